"""What a person reads after a training: accuracy, confusion, the heaviest weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
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
    """Write a share as a percentage with one decimal, 100 % only where it is all.

    Examples
    --------
    >>> percent(1.0), percent(0.9996), percent(0.5)
    ('100 %', '99.9 %', '50.0 %')
    """
    return "100 %" if share == 1.0 else f"{min(100 * share, 99.9):.1f} %"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun.

    Examples
    --------
    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {noun}{'s' * (number != 1)}"


def confusion(classes: Sequence[Any], truth: Array, answers: Array) -> Array:
    """Count the rows of each class (down) by the answer they got (across), both as positions in `classes`."""
    table = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(table, (truth, answers), 1)
    return table


def confusion_text(classes: Sequence[Any], table: Array) -> str:
    """Write the confusion table out."""
    head = ["", *(f"answered {c}" for c in classes)]
    return columns([head, *([f"is {c}", *(f"{n:,}" for n in row)] for c, row in zip(classes, table, strict=True))])


def heaviest(
    neurons: Sequence[Neuron], names: Sequence[str], classes: Sequence[Any] | None, scaling: Scaling, most: int = 8
) -> str:
    """List the features that count most, by weight times how far the feature spreads.

    Parameters
    ----------
    neurons : sequence of Neuron
        Side by side, in the features' own units.
    names : sequence of str
    classes : sequence or None
        What more than one neuron stands for.
    scaling : Scaling
        How far the features spread.
    most : int
        How many to show.
    """
    deviations = scaling.deviations
    weights = np.array([neuron.weights for neuron in neurons])
    strength = np.abs(weights * deviations)
    order = np.argsort(-strength.max(axis=0), kind="stable")[:most]
    if len(neurons) == 1:
        head = ["", "per unit", "per deviation"]
        rows = [[names[j], format_short(weights[0, j]), format_short(weights[0, j] * deviations[j])] for j in order]
        rows.append(["bias", format_short(neurons[0].bias), ""])
    else:
        head = ["per deviation", *(str(c) for c in classes or ())]
        rows = [[names[j], *(format_short(w * deviations[j]) for w in weights[:, j])] for j in order]
    more = len(names) - len(order)
    return columns([head, *rows]) + (f"\nand {counted(more, 'lighter one')}" if more else "")
