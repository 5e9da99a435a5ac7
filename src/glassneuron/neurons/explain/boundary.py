"""The decision boundary of a neuron: the line, plane or hyperplane on which its weighted sum is zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from glassneuron.display import Displayed
from glassneuron.neurons.explain.numbers import format_short, join_terms


@dataclass(frozen=True)
class Boundary(Displayed):
    """The set of inputs whose weighted sum is zero.

    Attributes
    ----------
    equation : str
        Such as ``x1 + 2·x2 - 4 = 0``.
    slope, intercept : float or None
        For two inputs, of the line x2 = slope · x1 + intercept; None where the line is vertical or there is none.
    distance : float or None
        From the origin, in the units of the inputs; None where there is no boundary.
    """

    equation: str
    slope: float | None
    intercept: float | None
    distance: float | None

    def __str__(self) -> str:
        return self.equation


def boundary_of(weights: Sequence[float], bias: float, names: Sequence[str]) -> Boundary:
    """Return the boundary of a neuron with these weights and this bias."""
    length = math.hypot(*weights)
    if length == 0.0:
        where = f"{format_short(bias)} everywhere, {'zero or more' if bias >= 0.0 else 'below zero'}"
        return Boundary(f"none: all weights are 0, the sum is {where}", None, None, None)
    terms = [
        name if w == 1.0 else f"-{name}" if w == -1.0 else f"{format_short(w)}·{name}"
        for w, name in zip(weights, names, strict=True)
        if w != 0.0
    ]
    if bias != 0.0:
        terms.append(format_short(bias))
    slope = intercept = None
    if len(weights) == 2 and weights[1] != 0.0:
        slope, intercept = -weights[0] / weights[1] + 0.0, -bias / weights[1] + 0.0
    return Boundary(f"{join_terms(terms)} = 0", slope, intercept, abs(bias) / length)
