"""The nearest points of two convex hulls.

If they are apart, the line between them is the direction in which the two sets are separated by the widest street. If
they are one point, both sets mix to it, and the weights of the two mixtures are the proof that nothing separates them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glassneuron.engine.arrays import Array

EPSILON = float(np.finfo(np.float64).eps)
ROUNDS = 2_000
ZERO = 1e-13
"""Weights of a mixture below this are none."""
TOUCHING = 1e-14
"""Distance, relative to the largest coordinate, at which the hulls are one for floating point."""
CLOSE = 1e-12
"""Relative decrease of the distance that is not worth another round."""


@dataclass(frozen=True)
class Nearest:
    """A mixture of points on either side, the nearest to each other when the search has ended.

    Attributes
    ----------
    keys : list of int
        Points with a positive weight: at most dimensions + 2, with no other mixture of them that gives the same.
    weights : ndarray of shape (keys,)
        They add up to 1 on each side.
    sides : ndarray of bool, shape (keys,)
    """

    keys: list[int]
    weights: Array
    sides: Array

    def ends(self, points: Array) -> tuple[Array, Array]:
        """Give the two points, of the first and of the second side."""
        corners = points[self.keys]
        first, second = ~self.sides, self.sides
        return self.weights[first] @ corners[first], self.weights[second] @ corners[second]


def _pair(left: Array, right: Array, first: Array, second: Array) -> Nearest:
    """Begin with the two points that come closest along the line between the means."""
    line = right.mean(axis=0) - left.mean(axis=0)
    keys = [int(first[(left @ line).argmax()]), int(second[(right @ line).argmin()])]
    return Nearest(keys, np.ones(2), np.array([False, True]))


def nearest_points(points: Array, sides: Array, start: Nearest | None = None) -> Nearest:
    """Find the nearest points of the hulls of two sets.

    It is Wolfe's method for one hull, carried over to two: take in the point that reaches furthest across, move to the
    nearest points of the planes through the points at hand, and drop those that this would give a negative weight.

    Parameters
    ----------
    points : ndarray of shape (points, dimensions)
    sides : ndarray of bool, shape (points,)
        Whether a point is of the second set; both have at least one.
    start : Nearest, optional
        The outcome among the first of these points.

    Returns
    -------
    Nearest

    References
    ----------
    Wolfe (1976), Finding the nearest point in a polytope, Mathematical Programming 11:128-149.

    Examples
    --------
    >>> points = np.array([[0.0, 0.0], [3.0, 5.0], [2.0, 1.0], [2.0, -1.0]])
    >>> nearest = nearest_points(points, np.array([False, True, True, True]))
    >>> [end.tolist() for end in nearest.ends(points)]
    [[0.0, 0.0], [2.0, 0.0]]
    """
    first, second = np.flatnonzero(~sides), np.flatnonzero(sides)
    left, right = points[first], points[second]
    nearest = start or _pair(left, right, first, second)
    size = float(np.abs(points).max()) or 1.0
    for _ in range(ROUNDS):
        a, b = nearest.ends(points)
        across = b - a
        length = float(across @ across)
        lefts, rights = left @ across, right @ across
        far, near = int(lefts.argmax()), int(rights.argmin())
        first_gain, second_gain = float(lefts[far] - a @ across), float(b @ across - rights[near])
        enough = CLOSE * length + 1e-15 * size * length**0.5
        if length <= (TOUCHING * size) ** 2 or first_gain + second_gain <= enough:
            break
        gains = sorted([(first_gain, int(first[far]), False), (second_gain, int(second[near]), True)], reverse=True)
        new = [(key, side) for _, key, side in gains if key not in nearest.keys]
        if not new:
            break
        key, side = new[0]
        grown = np.zeros(len(nearest.weights) + 1), np.full(len(nearest.weights) + 1, side)
        grown[0][:-1], grown[1][:-1] = nearest.weights, nearest.sides
        nearest = _closer(Nearest([*nearest.keys, key], *grown), points)
    return nearest


def _closer(nearest: Nearest, points: Array) -> Nearest:
    """Move toward the nearest points of the two planes, dropping points until no weight is negative."""
    while True:
        mixture = _on_the_planes(nearest, points)
        outside = mixture <= ZERO
        if not outside.any():
            return replace(nearest, weights=mixture)
        weights = nearest.weights
        steps = np.full(len(weights), np.inf)
        steps[outside] = weights[outside] / np.maximum(weights[outside] - mixture[outside], ZERO**2)
        leaving = int(np.argmin(steps))
        step = min(float(steps[leaving]), 1.0)
        weights = (1.0 - step) * weights + step * mixture
        keep = weights > ZERO
        keep[leaving] = False
        for side in (nearest.sides, ~nearest.sides):
            if not keep[side].any():
                keep[np.flatnonzero(side)[np.argmax(weights[side])]] = True
        sides = nearest.sides[keep]
        weights = weights[keep]
        for side in (sides, ~sides):
            weights[side] /= weights[side].sum()
        nearest = Nearest([key for key, kept in zip(nearest.keys, keep, strict=True) if kept], weights, sides)


def _on_the_planes(nearest: Nearest, points: Array) -> Array:
    """Give the weights, of either sign, of the nearest points of the planes through each side's points."""
    sides = nearest.sides
    mixture = np.ones(len(sides))
    if len(mixture) == 2:
        return mixture
    corners = points[nearest.keys]
    a, b = int(sides.argmin()), int(sides.argmax())  # one corner of each side, from which the others are reached
    ways = corners - np.where(sides[:, np.newaxis], corners[b], corners[a])
    ways[sides] *= -1.0
    others = np.ones(len(sides), dtype=bool)
    others[[a, b]] = False
    mixture[others] = _least_squares(ways[others].T, corners[b] - corners[a])
    mixture[a] = 1.0 - mixture[others & ~sides].sum()
    mixture[b] = 1.0 - mixture[others & sides].sum()
    return mixture


def _least_squares(A: Array, b: Array) -> Array:
    """Solve by LAPACK's orthogonal factorisation with pivots, called directly: SciPy's `lstsq` takes 3 x as long."""
    from scipy.linalg.lapack import dgelsy

    rows, columns = A.shape
    longer = np.zeros((max(rows, columns), 1))
    longer[:rows, 0] = b
    work = min(rows, columns) + 65 * (columns + 1)
    solution = dgelsy(A, longer, np.zeros((columns, 1), np.int32), EPSILON, work, False, True)[1]
    return np.asarray(solution[:columns, 0])
