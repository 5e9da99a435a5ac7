"""The certificate that two classes are not separable: one convex combination of rows of either class, equal exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.exact.rational import ExactTable, exact_sum, positive_dependence

CACHED_ROWS = 4096
"""Rows that fit into a processor's cache."""


@dataclass(frozen=True)
class CommonPoint:
    """A point of both convex hulls: rows, and weights with which those of either class have the same mean.

    Attributes
    ----------
    indices : tuple of int
    values : tuple of tuples of Fraction
    weights : tuple of int
        Positive; they add up to the same number for either class.
    """

    indices: tuple[int, ...]
    values: tuple[tuple[Fraction, ...], ...]
    weights: tuple[int, ...]

    def check(self, table: ExactTable, second: Array) -> bool:
        r"""Test in exact arithmetic that the rows are the table's and that both weighted means are equal.

        .. math:: \sum_{i \in \text{first}} m_i (x_i, 1) = \sum_{i \in \text{second}} m_i (x_i, 1), \qquad m_i > 0
        """
        if not self.indices or len(set(self.indices)) < len(self.indices):
            return False
        if not all(0 <= index < len(table) for index in self.indices) or min(self.weights) <= 0:
            return False
        if any(tuple(table.row(i)) != values for i, values in zip(self.indices, self.values, strict=True)):
            return False
        signed = [Fraction(w if second[i] else -w) for i, w in zip(self.indices, self.weights, strict=True)]
        return sum(signed) == 0 and all(exact_sum(signed, c) == 0 for c in zip(*self.values, strict=True))


def signed_row(table: ExactTable, second: Array, i: int) -> list[Fraction]:
    """Return row i exactly, with a 1 behind it, and negative if it is of the first class."""
    cells = [*table.row(i), Fraction(1)]
    return cells if second[i] else [-cell for cell in cells]


def common_point(table: ExactTable, second: Array, keys: Array, coefficients: Array) -> CommonPoint | None:
    """Turn the convex combinations that floating point found into exact ones.

    Parameters
    ----------
    table : ExactTable
    second : ndarray of bool
    keys : ndarray of row numbers
    coefficients : ndarray
        Of these rows, in floating point.

    Returns
    -------
    CommonPoint or None
        None if the combinations are equal in floating point alone.
    """
    order = np.argsort(keys)
    indices = keys[order].tolist()
    columns = [signed_row(table, second, i) for i in indices]
    weights = positive_dependence(columns, coefficients[order].tolist())
    return None if weights is None else weighted_rows(table, dict(zip(indices, map(int, weights), strict=True)))


def weighted_rows(table: ExactTable, weights: dict[int, int]) -> CommonPoint:
    """Return the rows whose weight is positive, in the order of the table."""
    indices = tuple(sorted(i for i, weight in weights.items() if weight > 0))
    return CommonPoint(indices, tuple(tuple(table.row(i)) for i in indices), tuple(weights[i] for i in indices))


def conflicting_duplicates(table: ExactTable, second: Array) -> Iterator[CommonPoint]:
    """Pair equal rows with different labels, in the order of the table, each row once.

    Yields
    ------
    CommonPoint
        Of two rows, each with weight 1.
    """
    marks = fingerprints(table.floats)
    both = np.intersect1d(marks[second], marks[~second])
    waiting: dict[Any, list[int]] = {}  # by their values, rows without a partner yet: all of one class
    for i in np.flatnonzero(np.isin(marks, both)).tolist():
        alike = waiting.setdefault(tuple(table.row(i)) if table.verbatim else (table.floats[i] + 0.0).tobytes(), [])
        if alike and second[alike[0]] != second[i]:
            yield weighted_rows(table, {alike.pop(0): 1, i: 1})
        else:
            alike.append(i)


def fingerprints(X: Array) -> Array:
    """Return a number for each row that is the same for equal rows, and hardly ever for others.

    A product of table and vector will not do: BLAS adds up the last rows in another order than the rest, and so rounds
    equal rows to different sums.

    Parameters
    ----------
    X : ndarray of shape (rows, features), float32 or float64

    Returns
    -------
    ndarray of shape (rows,)
    """
    direction: Array = np.random.default_rng(0).normal(size=(X.shape[1],)) / 2**20  # so that nothing overflows
    sums = np.zeros(len(X))
    for start in range(0, len(X), CACHED_ROWS):
        part, own = X[start : start + CACHED_ROWS], sums[start : start + CACHED_ROWS]
        for j, weight in enumerate(direction):
            own += part[:, j] * weight
    return sums
