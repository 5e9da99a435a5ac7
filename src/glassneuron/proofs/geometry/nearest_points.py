"""The nearest points of two convex hulls, by Wolfe's method.

If they are apart, the direction from one to the other is that of the maximum margin. If they are one point, it is a
convex combination of either set, and the coefficients of both prove that nothing separates the sets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.budget import CALL, Budget
from glassneuron.proofs.exact.extremes import EPSILON
from glassneuron.proofs.geometry.non_negative import NonNegative

ZERO_COEFFICIENT = 1e-13
"""Coefficients up to this count as zero."""
MANY = 24
"""Dimensions from which on each search begins with a guess; else only the first one does."""
HEAVY, LEVEL = 10.0, 1e-10
"""How heavy it weighs in a guess that coefficients add up to 1; and a slope that is level."""


@dataclass(frozen=True)
class Nearest:
    """A convex combination of the points on either side, the nearest to each other when the search has ended.

    Its keys are the points with a positive coefficient, those of the first side before those of the second: at most
    dimensions + 2, affinely independent on each side. The coefficients add up to 1 on each side.
    """

    keys: list[int]
    coefficients: Array
    of_first: int

    def ends(self, points: Array) -> tuple[Array, Array]:
        """Return the two combinations, of the first and of the second side."""
        corners, p = points[self.keys], self.of_first
        return self.coefficients[:p] @ corners[:p], self.coefficients[p:] @ corners[p:]

    def grown(self, key: int, side: bool) -> Nearest:
        """Return the same combination, in which one more point has no part yet."""
        at = len(self.keys) if side else self.of_first
        now = self.coefficients
        longer = np.concatenate((now[:at], (0.0,), now[at:]))
        return Nearest([*self.keys[:at], key, *self.keys[at:]], longer, self.of_first + (not side))


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
    size = float(np.abs(points).max()) or 1.0
    if start is None or points.shape[1] >= MANY:
        start = _guess(points, sides, size, start, budget) or start
    if start is None:  # begin with the two points that come closest along the line between the means
        line = right.mean(axis=0) - left.mean(axis=0)
        keys = [int(first[(left @ line).argmax()]), int(second[(right @ line).argmin()])]
        start = Nearest(keys, np.ones(2), 1)
    nearest = start
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
        nearest = _closer(nearest.grown(*new[0]), points)
    return nearest


def _guess(points: Array, sides: Array, size: float, start: Nearest | None, budget: Budget | None) -> Nearest | None:
    r"""Return about the nearest points, by least squares without negative coefficients.

    .. math:: \min_{c \ge 0} \Big|\sum_{i \in B} c_i p_i - \sum_{i \in A} c_i p_i\Big|^2
              + m^2 \Big(\sum_{i \in A} c_i - 1\Big)^2 + m^2 \Big(\sum_{i \in B} c_i - 1\Big)^2

    """
    count, dimensions = points.shape
    m = HEAVY * size
    vectors, h = np.empty((count, dimensions + 2)), np.full(count, m * m)
    vectors[:, :-2] = np.where(sides[:, np.newaxis], points, -points)
    vectors[:, -2], vectors[:, -1] = m * ~sides, m * sides
    found = NonNegative(dimensions + 2)
    if start is not None and not found.begin(vectors, h, np.array(start.keys), start.coefficients):
        return None
    if not found.solve(vectors, h, LEVEL * m * m, budget):
        return None
    order = np.argsort(found.keys)
    keys, now = found.keys[order], found.coefficients[order]
    order = np.argsort(sides[keys], kind="stable")
    keys, now, p = keys[order], now[order], int(np.count_nonzero(~sides[keys]))
    if not 0 < p < len(keys):
        return None
    now[:p] /= now[:p].sum()
    now[p:] /= now[p:].sum()
    return _closer(Nearest(keys.tolist(), now, p), points)


def _work(corners: int, points: int, dimensions: int) -> float:
    """Return about what one step costs, as multiply-adds."""
    return CALL + 4.0 * points * dimensions + 0.5 * corners**2 * dimensions


def _closer(nearest: Nearest, points: Array) -> Nearest:
    """Move toward the nearest points of the two affine hulls, dropping points until no coefficient is negative."""
    keys, now, p = nearest.keys, nearest.coefficients, nearest.of_first
    corners = points[keys]
    while True:
        goal = _on_affine_hulls(corners, p)
        outside = (goal <= ZERO_COEFFICIENT).nonzero()[0]
        if not len(outside):
            return Nearest(keys, goal, p)
        steps = now[outside] / np.maximum(now[outside] - goal[outside], ZERO_COEFFICIENT**2)
        first = int(steps.argmin())
        step = min(float(steps[first]), 1.0)
        now = (1.0 - step) * now + step * goal
        keep = now > ZERO_COEFFICIENT
        keep[outside[first]] = False
        for start, side in ((0, now[:p]), (p, now[p:])):
            if not keep[start : start + len(side)].any():
                keep[start + int(side.argmax())] = True
        p = int(np.count_nonzero(keep[:p]))
        keys = [key for key, kept in zip(keys, keep.tolist(), strict=True) if kept]
        now, corners = now[keep], corners[keep]
        now[:p] /= now[:p].sum()
        now[p:] /= now[p:].sum()


def _on_affine_hulls(corners: Array, p: int) -> Array:
    """Return the coefficients, of either sign, of the nearest points of the affine hulls of the two sides.

    The first p corners are those of the first side. The others of each side are reached from its first one.
    """
    if len(corners) == 2:
        return np.ones(2)
    a, b = corners[0], corners[p]
    x = _least_squares(np.concatenate((corners[1:p] - a, b - corners[p + 1 :])).T, b - a)
    return np.concatenate(((1.0 - x[: p - 1].sum(),), x[: p - 1], (1.0 - x[p - 1 :].sum(),), x[p - 1 :]))


def _least_squares(A: Array, b: Array) -> Array:
    """Solve by LAPACK's pivoted orthogonal factorisation, called directly: SciPy's `lstsq` takes 3 times as long."""
    from scipy.linalg.lapack import dgelsy

    rows, columns = A.shape
    longer = np.zeros((max(rows, columns), 1))
    longer[:rows, 0] = b
    work = min(rows, columns) + 65 * (columns + 1)
    _, solution, *_ = dgelsy(A, longer, np.zeros((columns, 1), np.int32), EPSILON, work, False, True)
    return np.asarray(solution[:columns, 0])
