"""The sums that come closest to each other across two classes, without rounding but without exact work on every row."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.exact.rational import CHUNK, EPSILON, Rows, whole


def edges(rows: Rows, second: Array, weights: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """Find the largest sum of the first class and the smallest of the second, exactly.

    Floating point gives every sum with a bound on its error; only rows that could still be the extreme one are added
    up in exact arithmetic.

    Parameters
    ----------
    rows : Rows
    second : ndarray of bool, shape (rows,)
    weights : sequence of Fraction, shape (features,)

    Returns
    -------
    largest_of_first, smallest_of_second : Fraction
    """
    first, last, _ = extremes(rows, second, weights)
    return first, last


def extremes(
    rows: Rows, second: Array, weights: Sequence[Fraction], most: int = 0
) -> tuple[Fraction, Fraction, list[int]]:
    """Find the edges and the rows that lie on them, and some more that come close to them or overlap.

    Parameters
    ----------
    rows, second, weights
        As for `edges`.
    most : int
        How many more rows of each class.

    Returns
    -------
    largest_of_first, smallest_of_second : Fraction
    indices : list of int
    """
    sums, error = _sums(rows, weights)
    found, indices = [], []
    for side, sign in ((~second, 1.0), (second, -1.0)):
        here = np.flatnonzero(side)
        ranked = here[np.argsort(-sign * sums[here], kind="stable")] if most else here
        near = here[sign * sums[here] >= (sign * sums[here]).max() - 2.0 * error]
        exact = _exactly(rows, near, weights)
        edge, row = max((Fraction(int(sign)) * value, -row) for value, row in exact)
        found.append(int(sign) * edge)
        indices += [-row, *ranked[:most].tolist()]
    return found[0], found[1], list(dict.fromkeys(indices))


def wrong_rows(rows: Rows, second: Array, weights: Sequence[Fraction], bias: Fraction) -> Array:
    """Find the rows that a step neuron gets wrong, exactly; a sum of 0 fires.

    Parameters
    ----------
    rows, second, weights
        As for `edges`.
    bias : Fraction

    Returns
    -------
    ndarray of int, the most wrong first as far as floating point can tell
    """
    sums, error = _sums(rows, weights)
    with np.errstate(over="ignore", invalid="ignore"):
        totals = sums + float(bias)
        doubt = 2.0 * error + 4.0 * EPSILON * (np.abs(sums) + abs(float(bias)))
    fires = totals >= 0.0
    # Equal rows have one answer, which `_exactly` gives for the first of them only.
    for i in np.flatnonzero(~(np.abs(totals) > doubt)).tolist():
        fires[i] = _exactly(rows, np.array([i]), weights)[0][0] + bias >= 0
    wrong = np.flatnonzero(fires != second)
    return np.asarray(wrong[np.argsort(-np.abs(totals[wrong]), kind="stable")])


def _sums(rows: Rows, weights: Sequence[Fraction]) -> tuple[Array, float]:
    """Give the sums in floating point, and how far they can be off; where that cannot be told, infinitely far."""
    w = np.array([float(weight) for weight in weights])
    X = rows.floats
    sums = np.empty(len(X))
    largest = np.zeros(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(X), CHUNK):
            part = X[start : start + CHUNK].astype(np.float64, copy=False)
            sums[start : start + CHUNK] = part @ w
            np.maximum(largest, np.abs(part).max(axis=0), out=largest)
        # Each product and each addition rounds once, as does each weight and, read as a decimal, each cell.
        error = float((len(w) + 4) * EPSILON * (largest @ np.abs(w))) + 1e-300
    vanished = any(weight and abs(own) < 1e-290 for weight, own in zip(weights, w.tolist(), strict=True))
    if vanished or not (np.isfinite(error) and np.isfinite(sums).all()):
        return np.zeros(len(X)), np.inf
    return sums, error


def _exactly(rows: Rows, indices: Array, weights: Sequence[Fraction]) -> list[tuple[Fraction, int]]:
    """Add up some rows without rounding, equal ones once."""
    numerators = whole([*weights, Fraction(1)]) if any(weights) else [0] * len(weights) + [1]
    unit = numerators[-1]
    seen: dict[bytes, tuple[Fraction, int]] = {}
    for i in indices.tolist():
        key = b"%d" % i if rows.verbatim else rows.floats[i].tobytes()
        if key not in seen:
            value = sum((n * x for n, x in zip(numerators, rows.row(i), strict=False)), Fraction(0)) / unit
            seen[key] = value, i
    return list(seen.values())
