"""From a mixture that floating point found to whole weights that hold exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.exact import Rows, positive_mixture


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


def twins(rows: Rows, second: Array) -> Contradiction | None:
    """Find two equal rows with different labels.

    Returns
    -------
    Contradiction or None
    """
    X = rows.floats
    direction = np.asarray(np.random.default_rng(0).normal(size=X.shape[1]), dtype=X.dtype)
    projected = X @ direction  # equal rows have equal sums
    both = np.intersect1d(projected[second], projected[~second])
    for value in both[:100]:
        alike = np.flatnonzero(projected == value)
        for i in alike[~second[alike]][:50]:
            for j in alike[second[alike]][:50]:
                row = tuple(rows.row(int(i)))
                if row == tuple(rows.row(int(j))):
                    a, b = sorted((int(i), int(j)))
                    return Contradiction((a, b), (row, row), (1, 1))
    return None
