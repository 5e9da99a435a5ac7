"""Two classes with few rows: either some rows contradict each other, or a boundary has all of them right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array, ends_of_columns
from glassneuron.proofs.budget import Budget, verified_work
from glassneuron.proofs.geometry.in_loops import InLoops
from glassneuron.proofs.geometry.scaled_table import power_of_two
from glassneuron.proofs.geometry.verified import cancel_in_whole_numbers, surely_meet, surely_right

HEAVY, LEVEL = 10.0, 1e-10
"""How heavy it weighs that coefficients add up to 1; and a slope that is level, beside that."""
NOTHING, NO_PART = 1e-8, 1e-9
"""How far coefficients may be from adding up to 1, times that, where the sum comes to nothing; and coefficients, beside
the largest, that rounding has left there."""


class Either(NamedTuple):
    """Rows that no weights have right, or a boundary, the bias last, that has all rows right; neither if undecided."""

    rows: Array | None = None
    boundary: Array | None = None


def either(X: Array, second: Array, budget: Budget) -> Either:
    r"""Decide about two classes as far as floats prove it.

    .. math:: \min_{c \ge 0} \Big|\sum_i c_i s_i (x_i, 1)\Big|^2 + m^2 \Big(\sum_i c_i - 1\Big)^2

    A row counts with its side s, 1 or -1. If the first sum comes to nothing, no weights and bias make all of its terms
    positive; else the sum itself does, as weights and bias: Gordan (1873), Mathematische Annalen 6:23. That it comes to
    nothing is proven where there are as many rows as there mostly have to be, features + 2; and for fewer ones, such as
    equal rows of either class, where each counts as often as a small whole number says.

    Parameters
    ----------
    X : ndarray of shape (rows, features)
        A small table: all of it is looked at in each step.
    second : ndarray of bool, of shape (rows,)
        Which rows are of the second class.
    budget : Budget

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    >>> either(square, np.array([False, False, True, True]), Budget()).rows.tolist()  # XOR
    [0, 1, 2, 3]
    >>> found = either(square, np.array([False, True, True, True]), Budget())  # OR
    >>> (square @ found.boundary[:-1] + found.boundary[-1] > 0.0).tolist()
    [False, True, True, True]
    """
    rows, features = X.shape
    X = X.astype(np.float64, copy=False)
    low, high = ends_of_columns(X)
    centres, scales = low / 2 + high / 2, power_of_two(high / 2 - low / 2)
    vectors = np.empty((rows, features + 2))
    vectors[:, :features] = (X - centres) / scales
    vectors[:, features], vectors[:, -1] = 1.0, HEAVY
    vectors[~second, :-1] *= -1.0
    found = InLoops(features + 2, rows)
    if not found.solve(vectors, np.full(rows, HEAVY**2), LEVEL * HEAVY**2, budget):
        return Either()
    *weights, bias, rest = found.sum()
    if HEAVY - rest < NOTHING:
        coefficients, proven = found.coefficients, False
        some = coefficients > NO_PART * coefficients.max()
        keys, coefficients = found.keys[some], coefficients[some]
        if len(keys) == features + 2 and budget.spend(verified_work(features)):
            proven = surely_meet(X[keys], second[keys])
        if not proven:
            signs = np.where(second[keys], 1.0, -1.0)[:, np.newaxis]
            proven = cancel_in_whole_numbers(np.column_stack([X[keys], np.ones(len(keys))]) * signs, coefficients)
        return Either(rows=np.sort(keys) if proven else None)
    weights = weights / scales
    boundary = np.append(weights, bias - weights @ centres)
    return Either(boundary=boundary if surely_right(X, second, boundary) else None)
