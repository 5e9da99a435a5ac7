"""The certificate that two classes are not separable: one convex combination of rows of either class, equal exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import joined, row_by_row, taken
from glassneuron.engine.parts import Part
from glassneuron.engine.sums import each_part
from glassneuron.proofs.exact.rational import exact_sum
from glassneuron.proofs.exact.table import CACHED_ROWS, TwoClassTable

BLOCK = 1 << 16
"""Rows whose numbers are compared together."""


@dataclass(frozen=True)
class CommonPoint:
    """A point of both convex hulls: rows of a table, and weights with which those of either class have the same mean.

    The weights are positive and add up to the same number for either class.
    """

    indices: tuple[int, ...]
    values: tuple[tuple[Fraction, ...], ...]
    weights: tuple[int, ...]

    @classmethod
    def of(cls, data: TwoClassTable, weights: dict[int, int]) -> CommonPoint:
        """Take rows with their weights, in the order of the table."""
        indices = tuple(sorted(weights))
        return cls(indices, tuple(tuple(data.rows.row(i)) for i in indices), tuple(weights[i] for i in indices))

    def check(self, data: TwoClassTable) -> bool:
        r"""Test in exact arithmetic that the rows are the table's and that both weighted means are equal.

        .. math:: \sum_{i \in \text{first}} m_i (x_i, 1) = \sum_{i \in \text{second}} m_i (x_i, 1), \qquad m_i > 0
        """
        if not self.indices or len(set(self.indices)) < len(self.indices) or min(self.weights) <= 0:
            return False
        pairs = zip(self.indices, self.values, strict=True)
        if not all(0 <= i < len(data.rows) and tuple(data.rows.row(i)) == values for i, values in pairs):
            return False
        signed = [Fraction(w if data.second[i] else -w) for i, w in zip(self.indices, self.weights, strict=True)]
        return sum(signed) == 0 and all(exact_sum(signed, c) == 0 for c in zip(*self.values, strict=True))


def conflicting_duplicates(data: TwoClassTable) -> Iterator[CommonPoint]:
    """Pair equal rows with different labels, in the order of the table, each row once."""
    rows, second = data.rows, data.second
    marks = fingerprints(rows.floats)
    side = bool(second.sum() * 2 < len(second))  # that of fewer rows
    some = taken(marks, row_by_row(lambda second: second == side, second))
    some.sort()
    other = row_by_row(lambda second: second != side, second)
    both = np.unique(np.concatenate([few[_among(some, few)] for few in _in_blocks(marks, other)]))
    waiting: dict[Any, list[int]] = {}  # by their values, rows without a partner yet: all of one class
    for i in _places_of(both, marks):
        alike = waiting.setdefault(tuple(rows.row(i)) if rows.verbatim else (rows.floats[i] + 0.0).tobytes(), [])
        if alike and second[alike[0]] != second[i]:
            yield CommonPoint.of(data, {alike.pop(0): 1, i: 1})
        else:
            alike.append(i)


def _places_of(ordered: Array, marks: Array) -> Iterator[int]:
    """Yield the rows whose numbers are among some that are sorted."""
    for k, few in enumerate(_in_blocks(marks)):
        for i in np.flatnonzero(_among(ordered, few)).tolist():
            yield k * BLOCK + i


def _in_blocks(marks: Array, chosen: Array | None = None) -> Iterator[Array]:
    """Yield numbers, or those that are chosen, some at a time."""
    for start in range(0, max(1, len(marks)), BLOCK):
        few = marks[start : start + BLOCK]
        yield few if chosen is None else few[chosen[start : start + BLOCK]]


def _among(ordered: Array, values: Array) -> Array:
    """Return which values are among some that are sorted."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    places = np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)
    return np.asarray(ordered[places] == values)


def fingerprints(X: Array) -> Array:
    """Return a number for each row that is the same for equal rows, and hardly ever for others.

    A product of table and vector will not do: BLAS adds up the last rows in another order than the rest, and so rounds
    equal rows to different sums.
    """
    direction: Array = np.random.default_rng(0).normal(size=(X.shape[1],)) / 2**20  # so that nothing overflows
    return joined(each_part(_fingerprints_of_part, X, (direction,), float(X.size)), len(X), X)


def _fingerprints_of_part(part: Part, direction: Array) -> Array:
    sums = np.zeros(part.stop - part.start)
    for start in range(part.start, part.stop, CACHED_ROWS):
        few = part.table[start : min(start + CACHED_ROWS, part.stop)]
        own = sums[start - part.start : start - part.start + len(few)]
        for j, weight in enumerate(direction):
            own += few[:, j] * weight
    return sums
