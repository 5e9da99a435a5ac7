"""A product of two columns, or a square, that makes two classes separable."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from glassneuron.proofs.certificates import NotSeparable
from glassneuron.proofs.exact.rational import exact_sum
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.two_classes import TwoClasses
from glassneuron.proofs.geometry.working_set import search


def helpful_product(verdict: NotSeparable) -> tuple[int, int] | None:
    """Find two columns whose product, added as a column, makes the classes separable; the same twice means its square.

    The proof itself rules out the products it holds for too. It returns None if none helps or the table is large.
    """
    X, second = verdict.table.rows.floats, verdict.table.second
    if X.size > 2_000_000 or X.shape[1] > 60:
        return None
    signed = [Fraction(w if side else -w) for w, side in zip(verdict.weights, verdict.sides, strict=True)]
    for a, b in combinations_with_replacement(range(X.shape[1]), 2):
        if exact_sum(signed, [row[a] * row[b] for row in verdict.values]):
            with np.errstate(over="ignore", invalid="ignore"):
                wider = np.column_stack([X, X[:, a] * X[:, b]])
            if np.isfinite(wider).all() and search(TwoClasses(ScaledTable(wider), second)).v is not None:
                return a, b
    return None
