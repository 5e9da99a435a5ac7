"""The nearest points of two convex hulls, by Wolfe's method.

If they are apart, the direction from one to the other is that of the maximum margin. If they are one point, it is a
convex combination of either set, and the coefficients of both prove that nothing separates the sets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.budget import CALL, Budget

ZERO_COEFFICIENT = 1e-13
"""Coefficients up to this count as zero."""


@dataclass(frozen=True)
class Nearest:
    """A convex combination of the points on either side, the nearest to each other when the search has ended.

    Its keys are the points with a positive coefficient: at most dimensions + 2, affinely independent on each side. The
    coefficients add up to 1 on each side.
    """

    keys: list[int]
    coefficients: Array
    sides: Array

    def ends(self, points: Array) -> tuple[Array, Array]:
        """Return the two combinations, of the first and of the second side."""
        corners = points[self.keys]
        first, second = ~self.sides, self.sides
        return self.coefficients[first] @ corners[first], self.coefficients[second] @ corners[second]


def nearest_points(points: Array, sides: Array, start: Nearest | None = None, budget: Budget | None = None) -> Nearest:
    """Find the nearest points of the convex hulls of two sets.

    This is Wolfe's method, for two hulls instead of one: take in the point that reaches furthest across, move to the
    nearest points of the affine hulls of the points taken in, and drop those whose coefficient would turn negative.

    The points, of shape (points, dimensions), are of the second set where `sides` is true; both sets have at least one.
    `start` is the result for the first few of these points. Where the `budget` ends first, nothing is left of it, and
    the points are not yet the nearest.
    Source: Wolfe (1976), Finding the nearest point in a polytope, Mathematical Programming 11:128-149.
    """
    first, second = np.flatnonzero(~sides), np.flatnonzero(sides)
    left, right = points[first], points[second]
    if start is None:  # begin with the two points that come closest along the line between the means
        line = right.mean(axis=0) - left.mean(axis=0)
        keys = [int(first[(left @ line).argmax()]), int(second[(right @ line).argmin()])]
        start = Nearest(keys, np.ones(2), np.array([False, True]))
    nearest = start
    size = float(np.abs(points).max()) or 1.0
    for _ in range(2000):
        if budget is not None and not budget.spend(_work(len(nearest.keys), *points.shape)):
            budget.left = 0.0
            break
        a, b = nearest.ends(points)
        across = b - a
        length = float(across @ across)
        lefts, rights = left @ across, right @ across
        far, near = int(lefts.argmax()), int(rights.argmin())
        first_gain, second_gain = float(lefts[far] - a @ across), float(b @ across - rights[near])
        enough = 1e-12 * length + 1e-15 * size * length**0.5
        # Floating point cannot tell a distance from zero below 1e-14 of the largest coordinate.
        if length <= (1e-14 * size) ** 2 or first_gain + second_gain <= enough:
            break
        gains = sorted([(first_gain, int(first[far]), False), (second_gain, int(second[near]), True)], reverse=True)
        new = [(key, side) for _, key, side in gains if key not in nearest.keys]
        if not new:
            break
        key, side = new[0]
        grown = np.array([*nearest.coefficients.tolist(), 0.0]), np.array([*nearest.sides.tolist(), side])
        nearest = _closer(Nearest([*nearest.keys, key], *grown), points)
    return nearest


def _work(corners: int, points: int, dimensions: int) -> float:
    """Return about what one step costs, as multiply-adds."""
    return CALL + 4.0 * points * dimensions + 0.5 * corners**2 * dimensions


def _closer(nearest: Nearest, points: Array) -> Nearest:
    """Move toward the nearest points of the two affine hulls, dropping points until no coefficient is negative."""
    while True:
        goal = _on_affine_hulls(nearest, points)
        outside = goal <= ZERO_COEFFICIENT
        if not outside.any():
            return replace(nearest, coefficients=goal)
        now = nearest.coefficients
        steps = np.full(len(now), np.inf)
        steps[outside] = now[outside] / np.maximum(now[outside] - goal[outside], ZERO_COEFFICIENT**2)
        leaving = int(np.argmin(steps))
        step = min(float(steps[leaving]), 1.0)
        now = (1.0 - step) * now + step * goal
        keep = now > ZERO_COEFFICIENT
        keep[leaving] = False
        for side in (nearest.sides, ~nearest.sides):
            if not keep[side].any():
                keep[np.flatnonzero(side)[np.argmax(now[side])]] = True
        sides, now = nearest.sides[keep], now[keep]
        for side in (sides, ~sides):
            now[side] /= now[side].sum()
        nearest = Nearest([key for key, kept in zip(nearest.keys, keep, strict=True) if kept], now, sides)


def _on_affine_hulls(nearest: Nearest, points: Array) -> Array:
    """Return the coefficients, of either sign, of the nearest points of the affine hulls of the two sides."""
    sides = nearest.sides
    found = np.ones(len(sides))
    if len(found) == 2:
        return found
    corners = points[nearest.keys]
    a, b = int(sides.argmin()), int(sides.argmax())  # one corner of each side, from which the others are reached
    ways = corners - np.where(sides[:, np.newaxis], corners[b], corners[a])
    ways[sides] *= -1.0
    others = np.ones(len(sides), dtype=bool)
    others[[a, b]] = False
    found[others] = _least_squares(ways[others].T, corners[b] - corners[a])
    found[a] = 1.0 - found[others & ~sides].sum()
    found[b] = 1.0 - found[others & sides].sum()
    return found


def _least_squares(A: Array, b: Array) -> Array:
    """Solve by LAPACK's pivoted orthogonal factorisation, called directly: SciPy's `lstsq` takes 3 times as long."""
    from scipy.linalg.lapack import dgelsy

    rows, columns = A.shape
    longer = np.zeros((max(rows, columns), 1))
    longer[:rows, 0] = b
    work = min(rows, columns) + 65 * (columns + 1)
    epsilon = float(np.finfo(np.float64).eps)
    _, solution, *_ = dgelsy(A, longer, np.zeros((columns, 1), np.int32), epsilon, work, False, True)
    return np.asarray(solution[:columns, 0])
