"""A product of two columns, or a square, that makes two classes separable."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.certificates import NotSeparable
from glassneuron.proofs.exact.rational import exact_sum
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.working_set import TwoClasses, search

MOST_CELLS_SEARCHED = 2_000_000
MOST_FEATURES_SEARCHED = 60


def helpful_product(verdict: NotSeparable) -> tuple[int, int] | None:
    """Find two columns whose product, added as a column, makes the classes separable.

    The proof itself rules out most products: where it holds for the product too, the product does not help.

    The same column twice means its square. It returns None if there are none, or the table is large.

    Examples
    --------
    >>> from glassneuron.proofs.separability import separability
    >>> helpful_product(separability([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]))
    (0, 1)
    """
    X, second = verdict.table.rows.floats, verdict.table.second
    if X.size > MOST_CELLS_SEARCHED or X.shape[1] > MOST_FEATURES_SEARCHED:
        return None
    signed = [Fraction(w if side else -w) for w, side in zip(verdict.weights, verdict.sides, strict=True)]
    for a, b in combinations_with_replacement(range(X.shape[1]), 2):
        if exact_sum(signed, [row[a] * row[b] for row in verdict.values]) and _separates(X, second, a, b):
            return a, b
    return None


def _separates(X: Array, second: Array, a: int, b: int) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        wider = np.column_stack([X, X[:, a] * X[:, b]])
    return bool(np.isfinite(wider).all()) and search(TwoClasses(ScaledTable(wider), second)).v is not None
