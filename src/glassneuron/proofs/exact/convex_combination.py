"""Rows that contradict each other: from a mixture that floating point found to whole weights that hold exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.exact.rational import Rows, exact_sum, positive_mixture

FEW = 4096
"""Rows that a processor keeps at hand."""


@dataclass(frozen=True)
class Contradiction:
    """Rows and positive whole weights with which both classes mix to the same point.

    Attributes
    ----------
    indices : tuple of int
    values : tuple of tuples of Fraction
    weights : tuple of int
    """

    indices: tuple[int, ...]
    values: tuple[tuple[Fraction, ...], ...]
    weights: tuple[int, ...]

    def check(self, rows: Rows, second: Array) -> bool:
        r"""Test in exact arithmetic that the rows are the table's and that both mixtures are equal.

        .. math:: \sum_{i \in \text{first}} m_i (x_i, 1) = \sum_{i \in \text{second}} m_i (x_i, 1), \qquad m_i > 0
        """
        if not self.indices or len(set(self.indices)) < len(self.indices):
            return False
        if not all(0 <= index < len(rows) for index in self.indices) or min(self.weights) <= 0:
            return False
        if any(tuple(rows.row(i)) != values for i, values in zip(self.indices, self.values, strict=True)):
            return False
        signed = [Fraction(w if second[i] else -w) for i, w in zip(self.indices, self.weights, strict=True)]
        return sum(signed) == 0 and all(exact_sum(signed, c) == 0 for c in zip(*self.values, strict=True))


def contradiction(rows: Rows, second: Array, keys: Array, mixture: Array) -> Contradiction | None:
    """Solve for the weights in exact arithmetic.

    Parameters
    ----------
    rows : Rows
    second : ndarray of bool
    keys : ndarray of row numbers
    mixture : ndarray
        Their weights in floating point.

    Returns
    -------
    Contradiction or None
        None if these rows contradict each other only in floating point.
    """
    order = np.argsort(keys)
    keys, mixture = keys[order], mixture[order]
    values = [tuple(rows.row(int(i))) for i in keys]
    signs = [1 if second[i] else -1 for i in keys]
    columns = [[sign * v for v in (*row, Fraction(1))] for row, sign in zip(values, signs, strict=True)]
    weights = positive_mixture(columns, mixture.tolist())
    if weights is None:
        return None
    kept = [j for j, weight in enumerate(weights) if weight > 0]
    return Contradiction(
        tuple(int(keys[j]) for j in kept), tuple(values[j] for j in kept), tuple(int(weights[j]) for j in kept)
    )


def twins(rows: Rows, second: Array) -> Iterator[Contradiction]:
    """Pair equal rows with different labels, in the order of the table, each row once.

    Yields
    ------
    Contradiction
        Of two rows, in one part each.
    """
    marks = fingerprints(rows.floats)
    both = np.intersect1d(marks[second], marks[~second])
    waiting: dict[Any, list[int]] = {}  # rows of one value that have found no partner: all of one class
    for i in np.flatnonzero(np.isin(marks, both)).tolist():
        alike = waiting.setdefault(tuple(rows.row(i)) if rows.verbatim else (rows.floats[i] + 0.0).tobytes(), [])
        if alike and second[alike[0]] != second[i]:
            row = tuple(rows.row(i))
            yield Contradiction((alike.pop(0), i), (row, row), (1, 1))
        else:
            alike.append(i)


def fingerprints(X: Array) -> Array:
    """Give each row a number that equal rows share, and hardly any others.

    A product of table and vector will not do: BLAS takes the last rows in another order than the rest, and so rounds
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
    for start in range(0, len(X), FEW):
        part, own = X[start : start + FEW], sums[start : start + FEW]
        for j, weight in enumerate(direction):
            own += part[:, j] * weight
    return sums
