"""Sentences about settings, in the words of the command."""

from __future__ import annotations

import re

WORDS = (
    (r"variant='(\w+)'", r"--model \1"),
    (r"\bMLP(?:Classifier|Regressor)\b", "--model network"),
    (r"max_epochs=(\d+)", r"--epochs \1"),
    (r": learning_rate=None finds one", ": one is found"),
    (r"learning_rate=([\d.e+-]*\d)", r"--rate \1"),
    (r"a smaller learning_rate", "a smaller --rate"),
    (r"ask with prove=True or `separability`", "ask `glassneuron prove`"),
    (r"the rate out and let solver='auto' go", "--rate out, so that it goes"),
    (r", and solver='auto' needs none", ""),
)


def with_options(sentence: str) -> str:
    """Name settings as who uses the command has them.

    Examples
    --------
    >>> with_options("Set max_epochs=300, or variant='averaged', or take MLPClassifier.")
    'Set --epochs 300, or --model averaged, or take --model network.'
    """
    for setting, option in WORDS:
        sentence = re.sub(setting, option, sentence)
    return sentence
