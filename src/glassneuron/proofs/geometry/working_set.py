"""Search on few rows: ask for the answer on some hundred, add those that it gets most wrong, ask again."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.exact.rational import CHUNK, exact_sum
from glassneuron.proofs.geometry.nearest_points import Nearest, nearest_points

FIRST, MORE = 60, 60
ORIGIN = 1e-11
"""A nearest point this close to the origin, in columns scaled to about 1, counts as the origin until it is checked."""


class Family(Protocol):
    """Conditions on the weights v, one a key: the point of the key has to lie on its side."""

    def first(self) -> Array:
        """Keys to begin with, at least one on each side."""

    def points(self, keys: Array) -> Array:
        """Give the points of these keys, shape (keys, dimensions)."""

    def sides(self, keys: Array) -> Array:
        """Tell which keys are on the second side."""

    def weights(self, ends: tuple[Array, Array]) -> Array:
        """Give the weights v that the two nearest points suggest."""

    def wrong(self, v: Array, most: int) -> Array:
        """Give the keys whose condition v fails, the worst ones where there are many."""


@dataclass(frozen=True)
class Found:
    """What floating point believes.

    Attributes
    ----------
    v : ndarray or None
        Weights that meet all conditions, if there are such.
    keys : ndarray
        Conditions that decide; where there is no v, both sides mix to one point.
    mixture : ndarray of shape (keys,)
        Positive, adding up to 1 on each side.
    """

    v: Array | None
    keys: Array
    mixture: Array


def search(family: Family, rounds: int = 500) -> Found:
    """Find weights that meet every condition, or a few conditions that contradict each other.

    Parameters
    ----------
    family : Family
    rounds : int
        Passes over all conditions, at most.

    Returns
    -------
    Found
    """
    keys = family.first()
    points = family.points(keys)
    nearest: Nearest | None = None
    for _ in range(rounds):
        nearest = nearest_points(points, family.sides(keys), nearest)
        ends = nearest.ends(points)
        if np.linalg.norm(ends[1] - ends[0]) < ORIGIN:
            break
        v = family.weights(ends)
        wrong = np.setdiff1d(family.wrong(v, MORE), keys)
        if not len(wrong):
            return Found(v, keys[nearest.keys], nearest.weights)
        keys = np.concatenate([keys, wrong])
        points = np.concatenate([points, family.points(wrong)])
    assert nearest is not None
    return Found(None, keys[nearest.keys], nearest.weights)


class Columns:
    """Columns brought to about [-1, 1], so that the search sees no scales; weights come back in the columns' units."""

    def __init__(self, X: Array) -> None:
        low, high = X.min(axis=0).astype(np.float64), X.max(axis=0).astype(np.float64)
        self.centres = low / 2 + high / 2
        self.halves = high / 2 - low / 2
        spread = np.where(self.halves > 0, self.halves, 1.0)
        self.scales = np.exp2(np.clip(np.ceil(np.log2(spread)), -1000, 1000))  # powers of two: no rounding

    def scaled(self, X: Array) -> Array:
        """Scale rows."""
        return np.asarray((X - self.centres) / self.scales)

    def unscaled(self, weights: Array, bias: float) -> tuple[Array, float]:
        """Give weights and bias in the columns' own units."""
        own = weights / self.scales
        return own, bias - float(own @ self.centres)

    def exact(self, v: Array) -> tuple[tuple[Fraction, ...], Fraction]:
        """Give weights and bias in the columns' own units, without rounding; the bias is the last of v."""
        weights = tuple(Fraction(w) / Fraction(s) for w, s in zip(v[:-1].tolist(), self.scales.tolist(), strict=True))
        return weights, Fraction(float(v[-1])) - exact_sum(weights, [Fraction(c) for c in self.centres.tolist()])


class TwoClasses:
    """One condition a row: its weighted sum is positive for the second class, negative for the first."""

    def __init__(self, X: Array, second: Array, columns: Columns | None = None) -> None:
        self.X, self.second = X, second
        self.columns = columns or Columns(X)

    def first(self) -> Array:
        """Begin with rows spread over the table."""
        spread = np.arange(0, len(self.X), max(len(self.X) // FIRST, 1))
        return np.union1d(spread, [np.argmin(self.second), np.argmax(self.second)])

    def points(self, keys: Array) -> Array:
        """Give the rows, scaled."""
        return self.columns.scaled(self.X[keys])

    def sides(self, keys: Array) -> Array:
        """Tell which rows are of the second class."""
        return np.asarray(self.second[keys])

    def weights(self, ends: tuple[Array, Array]) -> Array:
        """Give the line across, and the bias that puts the boundary in the middle."""
        across = ends[1] - ends[0]
        return np.append(across, -float(across @ (ends[0] + ends[1])) / 2)

    def wrong(self, v: Array, most: int) -> Array:
        """Give the rows that v has on the wrong side."""
        weights, bias = self.columns.unscaled(v[:-1], v[-1])
        sums = self.X @ weights.astype(self.X.dtype, copy=False) + bias
        sums[~self.second] *= -1.0
        wrong = np.flatnonzero(sums <= 0.0)
        if len(wrong) > most:
            return np.asarray(wrong[np.argpartition(sums[wrong], most)[:most]])
        return wrong


class Classes:
    """Kesler's construction: each row's own sum exceeds every other class's; a condition a row and other class.

    All points are on the second side; the origin, with key -1, is the first.

    References
    ----------
    Nilsson (1965), Learning Machines.
    """

    def __init__(self, X: Array, codes: Array, classes: int) -> None:
        self.X, self.codes, self.classes = X, codes, classes
        self.columns = Columns(X)

    def first(self) -> Array:
        """Begin with some rows of every class, and the origin."""
        rows = np.concatenate([np.flatnonzero(self.codes == c)[: FIRST // 2] for c in range(self.classes)])
        keys = (rows[:, np.newaxis] * self.classes + np.arange(self.classes)).ravel()
        return np.append(-1, keys[self.codes[keys // self.classes] != keys % self.classes])

    def points(self, keys: Array) -> Array:
        """Give the row, a 1 behind it, in its own class's place and, negative, in the other's."""
        rows, others = np.divmod(keys, self.classes)
        blocks = np.zeros((len(keys), self.classes, self.X.shape[1] + 1))
        at = np.arange(len(keys))
        whole = np.column_stack([self.columns.scaled(self.X[rows]), np.ones(len(keys))])
        blocks[at, self.codes[rows]] = whole
        blocks[at, others] = -whole
        blocks[keys < 0] = 0.0
        return blocks.reshape(len(keys), -1)

    def nearest_means(self) -> Array:
        """Give the weights with which the largest sum is that of the class whose mean is the nearest."""
        blocks = []
        for c in range(self.classes):
            mean = self.columns.scaled(self.X[self.codes == c]).mean(axis=0)
            blocks.append(np.append(mean, -(mean @ mean) / 2))
        return np.concatenate(blocks)

    def sides(self, keys: Array) -> Array:
        """Tell the conditions from the origin."""
        return np.asarray(keys >= 0)

    def weights(self, ends: tuple[Array, Array]) -> Array:
        """Give the nearest point: every other one lies on its far side."""
        return ends[1] - ends[0]

    def wrong(self, v: Array, most: int) -> Array:
        """Give the rows, each with the class whose sum exceeds its own the most."""
        blocks = v.reshape(self.classes, -1)
        keys, sizes = [], []
        for start in range(0, len(self.X), CHUNK):
            part, own = self.X[start : start + CHUNK], self.codes[start : start + CHUNK]
            sums = self.columns.scaled(part) @ blocks[:, :-1].T + blocks[:, -1]
            at = np.arange(len(part))
            ahead = sums[at, own][:, np.newaxis] - sums
            ahead[at, own] = np.inf
            rows = np.flatnonzero(ahead.min(axis=1) <= 0.0)
            keys.append((start + rows) * self.classes + ahead[rows].argmin(axis=1))
            sizes.append(ahead[rows].min(axis=1))
        found, by = np.concatenate(keys), np.concatenate(sizes)
        return np.asarray(found[np.argpartition(by, most)[:most]] if len(found) > most else found)
