"""What is wrong with an option, said in the words that were typed: `--rate` and 0, not `learning_rate` and 0.0."""

from __future__ import annotations

import re
from collections.abc import Sequence

OPTIONS = {"learning_rate": "rate", "max_epochs": "epochs", "n_inputs": "inputs"}
"""Settings of the package that have a shorter name in the command."""
SETTING = re.compile(r"`(?P<name>[\w-]+)` must be (?P<rule>.*?); got (?P<value>.*)\.", re.DOTALL)
"""The message of a setting outside its rule."""
NO_NUMBER = re.compile(r"Invalid value for '(?P<option>--[\w-]+)':.*\b(?P<kind>integer|float|number)\b", re.DOTALL)
"""What typer says of a value that is no number; some of its versions leave the value out."""


def as_typed(sentence: str, arguments: Sequence[str]) -> str:
    """Name the option and the value as they were typed, where a sentence is about an option.

    Examples
    --------
    >>> as_typed("`learning_rate` must be in (0, inf); got 0.0.", ["train", "--rate", "0"])
    '`--rate` must be in (0, inf); got 0.'
    """
    no_number = NO_NUMBER.match(sentence)
    if no_number:
        option, kind = no_number["option"], "a whole number" if no_number["kind"] == "integer" else "a number"
        return f"`{option}` must be {kind}; got {typed_value(option, arguments)}."
    found = SETTING.fullmatch(sentence)
    option = f"--{OPTIONS.get(found['name'], found['name'])}" if found else ""
    typed = typed_value(option, arguments)
    if not found or typed is None:
        return sentence.replace("`learning_rate`", "`--rate`")
    value = repr(typed) if found["value"][:1] in ("'", '"') else typed
    return f"`{option}` must be {found['rule']}; got {value}."


def typed_value(option: str, arguments: Sequence[str]) -> str | None:
    """Find what was typed for an option; the last one counts.

    Examples
    --------
    >>> typed_value("--rate", ["--rate", "1", "--rate=2"]), typed_value("--seed", [])
    ('2', None)
    """
    value = None
    for place, argument in enumerate(arguments):
        name, equals, text = argument.partition("=")
        if name == option:
            value = text if equals else arguments[place + 1] if place + 1 < len(arguments) else None
    return value
