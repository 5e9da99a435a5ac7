"""Two classes with few rows: either some rows contradict each other, or a boundary has all of them right."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array, ends_of_columns
from glassneuron.proofs.budget import Budget, verified_work
from glassneuron.proofs.geometry.in_loops import InLoops
from glassneuron.proofs.geometry.scaled_table import power_of_two
from glassneuron.proofs.geometry.verified import cancel_in_whole_numbers, surely_meet, surely_right

HEAVY, LEVEL = 10.0, 1e-13
"""How heavy it weighs that coefficients add up to 1; and a slope that is level, beside that."""
NOTHING, NO_PART = 1e-11, 1e-9
"""Length of a sum, where columns are scaled to about 1, that comes to nothing; and coefficients, beside the largest,
that rounding has left there."""


class Either(NamedTuple):
    """Rows that no weights have right, or a boundary, the bias last, that has all rows right; neither if undecided.

    Then the classes may `meet` at some rows all the same, as far as floats tell, which they do not prove.
    """

    rows: Array | None = None
    boundary: Array | None = None
    meet: Array | None = None


def either(X: Array, second: Array, budget: Budget) -> Either:
    r"""Decide about two classes as far as floats prove it.

    .. math:: \min_{c \ge 0} \Big|\sum_i c_i s_i (x_i, 1)\Big|^2 + m^2 \Big(\sum_i c_i - 1\Big)^2

    A row counts with its side s, 1 or -1. If the first sum comes to nothing, no weights and bias make all of its terms
    positive; else the sum itself does, as weights and bias: Gordan (1873), Mathematische Annalen 6:23. That it comes to
    nothing is proven where there are as many rows as there mostly have to be, features + 2; for fewer ones, where some
    columns are sums of others; and, such as for equal rows of either class, where each counts as often as a small whole
    number says.

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
    columns, signs = np.empty((features + 2, rows)), np.where(second, 1.0, -1.0)
    np.subtract(X.T, centres[:, np.newaxis], out=columns[:features])
    columns[:features] *= 1.0 / scales[:, np.newaxis]
    columns[:features] *= signs
    columns[features], columns[-1] = signs, HEAVY
    vectors = columns.T
    found = InLoops(features + 2, rows)
    if not found.solve(vectors, np.full(rows, HEAVY**2), LEVEL * HEAVY**2, budget):
        return Either()
    total = found.sum()[:-1]
    if np.linalg.norm(total) <= NOTHING:
        coefficients, proven = found.coefficients, False
        some = coefficients > NO_PART * coefficients.max()
        keys, coefficients = found.keys[some], coefficients[some]
        if len(keys) < features + 2:
            alike = np.column_stack([X[keys], np.ones(len(keys))]) * signs[keys, np.newaxis]
            proven = cancel_in_whole_numbers(alike, coefficients)
        if not proven and budget.spend(verified_work(features)):
            proven = surely_meet(X[keys], second[keys])
        return Either(rows=np.sort(keys)) if proven else Either(meet=keys)
    weights = total[:-1] / scales
    boundary = np.append(weights, total[-1] - weights @ centres)
    return Either(boundary=boundary if surely_right(X, second, boundary) else None)
