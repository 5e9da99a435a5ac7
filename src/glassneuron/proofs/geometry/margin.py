"""The maximum margin between two classes: the widest "street" that keeps them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.proofs.exact.extremes import extremes
from glassneuron.proofs.exact.table import TwoClassTable
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.two_classes import TwoClasses
from glassneuron.proofs.geometry.working_set import below, search

FIRST_FOR_MARGIN = 500
MOST_ADDED_FOR_MARGIN = 40
"""Rows of either class with which the working set begins, and by which it grows."""
MOST_ROUNDS_FOR_MARGIN = 2000
NARROWEST = 1e-11
"""Width, relative to the largest number, below which a margin may be nothing but rounding."""
ON_THE_EDGE = 1e-10
"""Relative distance at which a row counts as lying on the margin's edge."""


@dataclass(frozen=True, eq=False)
class Street:
    """A strip without a row that has the classes on its two sides; the neuron in its middle has the largest margin.

    `direction` has unit length and points from the first class to the second; the middle line is
    ``direction · x + bias = 0``. `width` is twice the margin, in the units of the features. `rows` are the support
    vectors, on the edges, which keep it from being wider. `widest` is False where the maximum margin is too small for
    floating point: then this is the margin of a known neuron.
    Source: Vapnik & Lerner (1963), Automation and Remote Control 24:774.
    """

    direction: Array
    bias: float
    width: float
    rows: list[int]
    widest: bool = True

    @property
    def margin(self) -> float:
        """Distance from the middle line to the nearest row."""
        return self.width / 2


class _MaximumMargin(TwoClasses):
    """One constraint for each row: it is no nearer to the boundary than the nearest points of the hulls are."""

    first_of_a_class = FIRST_FOR_MARGIN

    def violated(self, v: Array, known: Array) -> Array:
        """Return rows inside the margin, some of each class."""
        sums = self.table.sums(v)
        goal = (0.5 - ON_THE_EDGE) * float(v[:-1] @ v[:-1])  # the sum at the edge is half the squared distance
        sides = [(self.second, sums), (row_by_row(np.logical_not, self.second), row_by_row(np.negative, sums))]
        found = [below(row_by_row(_of_side, own, side), goal, known, MOST_ADDED_FOR_MARGIN) for side, own in sides]
        return np.concatenate(found)


def _of_side(sums: Array, side: Array) -> Array:
    """Return the sums of the rows of one side, and infinity for all others."""
    return np.where(side, sums, np.inf)


def maximum_margin(X: Array, second: Array) -> Street | None:
    """Find the two nearest points of the classes' convex hulls: the maximum margin lies between them.

    It returns None if floating point cannot tell the classes apart.
    """
    table = ScaledTable(X, one_unit=True)
    unit = float(table.scales[0])
    found = search(_MaximumMargin(table, second), touching=0.0, rounds=MOST_ROUNDS_FOR_MARGIN)
    across = found.ends[1] - found.ends[0]
    length = float(np.linalg.norm(across))
    if length == 0.0:
        return None
    direction = across / length
    sums = table.sums(np.append(direction, 0.0))
    low = -float(row_by_row(_of_side, row_by_row(np.negative, sums), row_by_row(np.logical_not, second)).min())
    high = float(row_by_row(_of_side, sums, second).min())
    if high - low <= NARROWEST * max(1.0, table.largest / unit):
        return None
    bias = -((low + high) / 2 * unit + float(direction @ table.centres))
    return Street(direction, bias, (high - low) * unit, sorted(found.keys.tolist()))


def margin_of_neuron(data: TwoClassTable, weights: Sequence[Fraction], bias: Fraction) -> Street:
    """Return the margin of a neuron that has every row on the right side."""
    low, high, held = extremes(data, weights)
    w = np.array([float(weight) for weight in weights])
    length = float(np.linalg.norm(w))
    return Street(w / length, float(bias) / length, float(high - low) / length, sorted(held), widest=False)
