"""How many mistakes a perceptron can make before it has every row right, and how many one makes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.proofs.geometry.margin import CLOSE, NARROW, ROUNDS, power_of_two, spread, worst
from glassneuron.proofs.geometry.nearest_points import Nearest, nearest_points


def mistake_bound(X: Array, second: Array) -> float | None:
    """Work out (R / gamma)^2 for rows with a 1 behind them: it holds for any order of the rows, from a zero start.

    R is the length of the longest row. gamma is the largest margin of a unit vector: the distance from zero to the
    hull of the rows, those of the first class reflected.

    Parameters
    ----------
    X : ndarray of shape (rows, features)
    second : ndarray of bool, shape (rows,)

    Returns
    -------
    float or None
        None if floating point cannot tell the classes apart.

    References
    ----------
    Novikoff (1962), Symposium on the Mathematical Theory of Automata 12:615.

    Examples
    --------
    >>> rows = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> round(mistake_bound(rows, np.array([False, True, True, True])), 6)    # OR: 3 divided by (1/3)^2
    27.0
    """
    X = X.astype(np.float64, copy=False)
    unit = power_of_two(max(float(X.max()), -float(X.min()), 1.0))
    signs = np.where(second, 1.0, -1.0)
    keys = np.union1d(spread(np.flatnonzero(~second)), spread(np.flatnonzero(second)))
    origin = np.zeros((1, X.shape[1] + 1))
    nearest: Nearest | None = None
    for _ in range(ROUNDS):
        rows = np.column_stack([X[keys], np.ones(len(keys))]) * signs[keys, np.newaxis]
        points = np.vstack([origin, rows / unit])
        nearest = nearest_points(points, np.arange(len(points)) > 0, nearest)
        v = nearest.ends(points)[1]
        sums = (X @ (v[:-1] / unit) + v[-1] / unit) * signs
        more = worst(sums, sums < (1 - CLOSE) * float(v @ v), second, keys)
        if not len(more):
            break
        keys = np.concatenate([keys, more])
    length = float(np.linalg.norm(v))
    if length <= NARROW:
        return None
    gamma = float(sums.min()) / length  # what v achieves, so that the bound holds whatever the search has missed
    with np.errstate(over="ignore"):
        reach = (float(np.einsum("ij,ij->i", X, X).max()) + 1.0) / unit / unit
    return reach / gamma**2 if gamma > 0.0 and np.isfinite(reach) else None


def mistakes_of_a_run(X: Array, second: Array, most: int = 1000) -> int | None:
    """Count the mistakes of a perceptron that starts at zero and goes through the rows in their order, bias learned.

    Parameters
    ----------
    X : ndarray of shape (rows, features)
    second : ndarray of bool, shape (rows,)
        Rows for which it has to fire.
    most : int
        Epochs, and at most so many that they take about a second.

    Returns
    -------
    int or None
        None if it takes longer.

    Examples
    --------
    >>> rows = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> mistakes_of_a_run(rows, np.array([False, False, False, True]))    # AND
    11
    """
    epochs = max(1, min(most, AT_ONCE // X.size))
    k = backend.kernels(float(X.size) * epochs)
    W, b, y, fires_for, counts, none, order = backend.inputs(
        k, np.zeros((1, X.shape[1])), np.zeros((1, 1)), second.astype(np.int32), np.array([1], np.int32), np.empty(0),
        np.empty((0, 0)), np.arange(len(X), dtype=np.int32),
    )  # fmt: skip
    table, total = backend.table(k, np.ascontiguousarray(X, np.float64)), 0
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(epochs):
            mistakes = k.perceptron_epoch(
                W, b, table, y, fires_for, counts, order, 1.0, 1.0, none, none, np.zeros(2)
            )  # fmt: skip
            total += int(mistakes)
            if mistakes == 0:
                return total
    return None


AT_ONCE = 1 << 30
"""Multiply-adds that are worth the count."""


def bound_of_neuron(X: Array, weights: Sequence[Fraction], bias: Fraction, closest: tuple[Fraction, Fraction]) -> float:
    """Work out the bound with the margin of one neuron: larger, and it holds where floats cannot find the best one.

    Parameters
    ----------
    X : ndarray of shape (rows, features)
    weights : sequence of Fraction
    bias : Fraction
    closest : tuple of Fraction
        The largest sum of the first class and the smallest of the second, without the bias.
    """
    gamma = min(-closest[0] - bias, closest[1] + bias)
    squared = sum((w * w for w in (*weights, bias)), Fraction(0))
    with np.errstate(over="ignore"):
        reach = float(np.einsum("ij,ij->i", X, X, dtype=np.float64).max()) + 1.0
    if not np.isfinite(reach):
        return np.inf
    bound = Fraction(reach) * squared / (gamma * gamma)
    return float(bound) if bound < 10**300 else np.inf
