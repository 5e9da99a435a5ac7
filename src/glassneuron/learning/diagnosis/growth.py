"""Quasi-complete separation: weights that grow without end though not every row is answered right."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array

CERTAIN = 5.0
"""Sums up to which no weight has grown far."""
CELLS = 200_000
"""Numbers in a table up to which columns are looked at together, by linear programming."""
TINY = 1e-7


class Growth(NamedTuple):
    """The features whose weights can grow for ever, and how many rows gain by it; to none it does harm."""

    features: list[int]
    rows: int


def growth(X: Array, fires: Array) -> Growth | None:
    r"""Return a direction in which the loss of a sigmoid neuron falls for ever, or None where there is none.

    Along it no row's sum moves to the wrong side, and some rows' sums move to the right one:
    :math:`s_i\,(x_i \cdot d + d_0) \ge 0` for every row, :math:`s_i = \pm 1`, and not 0 for all.

    Parameters
    ----------
    X : ndarray of shape (rows, features)
    fires : ndarray of bool of shape (rows,)
        The rows for which the neuron is to fire.

    References
    ----------
    Albert & Anderson (1984), Biometrika 71(1):1-10.

    Examples
    --------
    >>> growth(np.array([[0.0, 1], [0, 2], [1, 3], [0, 0]]), np.array([True, False, True, False]))
    Growth(features=[0], rows=1)
    """
    if fires.all() or not fires.any():
        return None
    alone = _each_alone(X, fires)
    if alone is not None or X.size > CELLS:
        return alone
    return _together(X, fires)


def _each_alone(X: Array, fires: Array) -> Growth | None:
    """Find columns that tell some rows without an exception, and have one value in all others."""
    gain, features = np.zeros(len(X), dtype=bool), []
    for sign in (1.0, -1.0):
        highest, lowest = (sign * X[~fires]).max(axis=0), (sign * X[fires]).min(axis=0)
        for j in np.flatnonzero((highest <= lowest) & (X[:1] != X).any(axis=0)).tolist():
            features.append(j)
            gain |= sign * X[:, j] != highest[j]
    return Growth(sorted(features), int(gain.sum())) if features else None


def _together(X: Array, fires: Array) -> Growth | None:
    from scipy.optimize import linprog

    middle, reach = X.mean(axis=0), np.ptp(X, axis=0)
    scaled = np.column_stack([(X - middle) / np.where(reach > 0.0, reach, 1.0), np.ones(len(X))])
    signed = np.where(fires, 1.0, -1.0)[:, np.newaxis] * scaled
    found: Any = linprog(-signed.mean(axis=0), A_ub=-signed, b_ub=np.zeros(len(X)), bounds=(-1.0, 1.0), method="highs")
    if found.status != 0:
        return None
    sums = signed @ found.x
    gain = sums > TINY
    if not gain.any() or sums.min() < -TINY:
        return None
    return Growth(np.flatnonzero(np.abs(found.x[:-1]) > TINY).tolist(), int(gain.sum()))
