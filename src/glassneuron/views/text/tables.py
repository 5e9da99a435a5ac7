"""Numbers as a person reads them: aligned columns, percentages, probabilities, confusion matrix, largest weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Align cells: the first column to the left, the others to the right.

    Examples
    --------
    >>> print(columns([["", "answers"], ["yes", "7"]]))
         answers
    yes        7
    """
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        "  ".join([f"{row[0]:<{widths[0]}}", *(f"{c:>{w}}" for c, w in zip(row[1:], widths[1:], strict=True))]).rstrip()
        for row in rows
    )


def percent(share: float) -> str:
    """Write a share as a percentage with one decimal; with more where it would look like 0 or 100 and is not."""
    number = 100 * share
    return f"{number:.0f} %" if number in (0.0, 100.0) else f"{_apart(number, 100.0, '{:.{}f}', 1)} %"


def fraction(share: float, digits: int = 3) -> str:
    """Write a share, such as a probability, to so many digits; to more where it would look like 0 or 1 and is not."""
    return _apart(share, 1.0, "{:.{}g}", digits)


def _apart(number: float, whole: float, form: str, digits: int) -> str:
    """Round to the fewest digits, from so many on, that keep a number apart from 0 and from the whole."""
    while number not in (0.0, whole) and float(form.format(number, digits)) in (0.0, whole):
        digits += 1
    return form.format(number, digits)


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: 1 row, 1,200 rows."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def confusion_text(classes: Sequence[Any], table: Sequence[Sequence[int]], widest: int) -> str | None:
    """Write a confusion matrix, in few words where it would be wider than so many characters; None if it still is."""
    rows = [[f"is {c}", *(f"{n:,}" for n in row)] for c, row in zip(classes, table, strict=True)]
    for head in (["", *(f"answered {c}" for c in classes)], ["answered", *map(str, classes)]):
        text = columns([head, *rows])
        if max(map(len, text.splitlines())) <= widest:
            return text
    return None


def largest_weights(
    neurons: Sequence[Neuron], names: Sequence[str], classes: Sequence[Any] | None, scaling: Scaling, most: int = 8
) -> str:
    """List the features with the largest weights, each times the standard deviation of its feature.

    The neurons have weights in the features' own units; where there is more than one, each stands for a class.
    """
    weights = np.array([neuron.weights for neuron in neurons])
    standardised = weights * scaling.deviations
    order = np.argsort(-np.abs(standardised).max(axis=0), kind="stable")[:most]
    if len(neurons) == 1:
        head = ["", "per unit", "per standard deviation"]
        rows = [[names[j], format_short(weights[0, j]), format_short(standardised[0, j])] for j in order]
        rows.append(["bias", format_short(neurons[0].bias), ""])
    else:
        head = ["per standard deviation", *(str(c) for c in classes or ())]
        rows = [[names[j], *map(format_short, standardised[:, j])] for j in order]
    more = len(names) - len(order)
    return columns([head, *rows]) + (f"\nand {counted(more, 'smaller one')}" if more else "")
