"""The widest street between two classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.exact.extremes import extremes
from glassneuron.proofs.exact.rational import CHUNK, Rows
from glassneuron.proofs.geometry.nearest_points import Nearest, nearest_points

FIRST, MORE, ROUNDS = 500, 40, 2000
NARROW = 1e-11
"""Width, relative to the largest number, that rounding could feign."""
CLOSE = 1e-10
"""Relative distance at which a row counts as lying on the street's edge."""


@dataclass(frozen=True, eq=False)
class Street:
    """The widest strip without a row that has the classes on its two sides.

    Attributes
    ----------
    direction : ndarray of shape (features,)
        Of unit length, from the first class to the second.
    bias : float
        The middle line is ``direction · x + bias = 0``.
    width : float
        In the units of the features.
    rows : list of int
        The rows on its edges that hold it.
    widest : bool
        False where the widest one is too narrow for floating point: then this is the street of a known neuron.

    References
    ----------
    Vapnik & Lerner (1963), Automation and Remote Control 24:774.
    """

    direction: Array
    bias: float
    width: float
    rows: list[int]
    widest: bool = True

    @property
    def margin(self) -> float:
        """Distance from the middle line to the nearest row."""
        return self.width / 2


def widest_street(X: Array, second: Array) -> Street | None:
    """Find the two nearest points of the classes' hulls; the street runs between them.

    Parameters
    ----------
    X : ndarray of shape (rows, features)
    second : ndarray of bool, shape (rows,)

    Returns
    -------
    Street or None
        None if floating point cannot tell the classes apart.

    Examples
    --------
    >>> street = widest_street(np.array([[0.0, 0.0], [0.0, 1.0], [2.0, 0.0]]), np.array([False, False, True]))
    >>> street.width, street.bias, street.rows
    (2.0, -1.0, [0, 2])
    """
    rows = Centred(X)
    keys = np.union1d(spread(np.flatnonzero(~second)), spread(np.flatnonzero(second)))
    nearest: Nearest | None = None
    for _ in range(ROUNDS):
        nearest = nearest_points(rows[keys], second[keys], nearest)
        first_end, second_end = nearest.ends(rows[keys])
        across = second_end - first_end
        sums = rows @ across
        slack = CLOSE * float(across @ across)
        inside = np.where(second, sums - second_end @ across, first_end @ across - sums) < -slack
        more = worst(np.abs(sums - (first_end + second_end) @ across / 2), inside, second, keys)
        if not len(more):
            break
        keys = np.concatenate([keys, more])
    assert nearest is not None
    length = float(np.linalg.norm(across))
    if length == 0.0:
        return None
    direction = across / length
    sums = rows @ direction
    low, high = float(sums[~second].max()), float(sums[second].min())
    if high - low <= NARROW * max(1.0, rows.largest / rows.unit):
        return None
    held = sorted(int(row) for row in keys[nearest.keys])
    bias = -((low + high) / 2 * rows.unit + float(direction @ rows.centre))
    return Street(direction, bias, (high - low) * rows.unit, held)


class Centred:
    """Rows around the middle of the table, in a unit that makes the longest side about 1; only few are held at once.

    Examples
    --------
    >>> rows = Centred(np.array([[10.0, 3.0], [14.0, 5.0]]))
    >>> rows[np.array([0])].tolist(), (rows @ np.array([1.0, 0.0])).tolist()
    ([[-1.0, -0.5]], [-1.0, 1.0])
    """

    def __init__(self, X: Array) -> None:
        low, high = X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64)
        self.X, self.centre = X, low / 2 + high / 2
        self.unit = power_of_two(float((high / 2 - low / 2).max()))
        self.largest = max(float(high.max()), -float(low.min()))
        self._few = (X - self.centre) / self.unit if len(X) <= CHUNK else None

    def __getitem__(self, keys: Array) -> Array:
        """Give some rows."""
        if self._few is not None:
            return np.asarray(self._few[keys])
        return np.asarray((self.X[keys] - self.centre) / self.unit)

    def __matmul__(self, v: Array) -> Array:
        """Give every row's weighted sum."""
        if self._few is not None:
            return np.asarray(self._few @ v)
        parts = (self.X[start : start + CHUNK] for start in range(0, len(self.X), CHUNK))
        return np.concatenate([(part - self.centre) / self.unit @ v for part in parts])


def neurons_street(rows: Rows, second: Array, weights: Sequence[Fraction], bias: Fraction) -> Street:
    """Give the street that a neuron leaves between its boundary and the nearest rows.

    Parameters
    ----------
    rows : Rows
    second : ndarray of bool, shape (rows,)
    weights : sequence of Fraction
    bias : Fraction
        They have every row on its side.
    """
    low, high, held = extremes(rows, second, weights)
    w = np.array([float(weight) for weight in weights])
    length = float(np.linalg.norm(w))
    return Street(w / length, float(bias) / length, float(high - low) / length, sorted(held), widest=False)


def power_of_two(size: float) -> float:
    """Give the power of two at or below a size: to divide by it rounds nothing."""
    return float(2.0 ** np.floor(np.log2(size))) if size > 0.0 else 1.0


def spread(rows: Array) -> Array:
    """Pick some rows, evenly."""
    return rows[:: max(len(rows) // FIRST, 1)]


def worst(values: Array, wrong: Array, second: Array, known: Array) -> Array:
    """Give the wrong rows with the smallest values, some of each class, known ones left out."""
    found = []
    for side in (~second, second):
        rows = np.setdiff1d(np.flatnonzero(wrong & side), known)
        found.append(rows[np.argpartition(values[rows], MORE)[:MORE]] if len(rows) > MORE else rows)
    return np.concatenate(found)
