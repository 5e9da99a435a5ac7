"""Sums of vectors without negative coefficients: which of many have a part in the one that is wanted."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.loops.active_set import DEPENDENT, NO_PART, TINY
from glassneuron.proofs.budget import AROUND, Budget, step_work

EACH = 20
"""Steps for each dimension after which rounding is taken to lead in a circle."""


class NonNegative:
    r"""Coefficients c of vectors p, none of them negative, that make an objective as small as can be.

    .. math:: \min_{c \ge 0}\ \tfrac12 \Big|\sum_i c_i p_i\Big|^2 - \sum_i h_i c_i

    A step takes in the vector along which that falls most, and drops those whose coefficient would
    turn negative. The vectors may become more from one call of `solve` to the next; what they are worth stays.

    This is for who wants a proof and nothing else: arrays are there at once. `InLoops` does the same for trainings.

    Attributes
    ----------
    keys : ndarray of shape (taken,)
        The vectors that have a part, by their number.
    coefficients : ndarray of shape (taken,)

    References
    ----------
    Lawson & Hanson (1974), Solving Least Squares Problems, chapter 23.

    Examples
    --------
    >>> wanted, vectors = np.array([2.0, -3.0]), np.eye(2)
    >>> found = NonNegative(2)
    >>> found.solve(vectors, vectors @ wanted, 1e-9), found.sum().tolist()
    (True, [2.0, 0.0])
    """

    def __init__(self, dimensions: int) -> None:
        room = dimensions + 1
        self._vectors = np.empty((room, dimensions))
        self._products, self._factor = np.empty((room, room), order="F"), np.zeros((room, room), order="F")
        self._half, self._h = np.empty(room), np.empty(0)  # R c for the best c, which is half of the way to it
        self.keys, self.coefficients = np.empty(0, np.intp), np.empty(0)

    def sum(self) -> Array:
        """Return the sum of the vectors that have a part, each times its coefficient."""
        return np.asarray(self.coefficients @ self._vectors[: len(self.keys)])

    def begin(self, vectors: Array, h: Array, keys: Array, coefficients: Array) -> bool:
        """Begin with some vectors that may have a part; return False where they depend on each other."""
        k = len(keys)
        if k > self._vectors.shape[1]:
            return False
        self.keys, self.coefficients, self._vectors[:k], self._h = keys, coefficients, vectors[keys], h
        self._products[:k, :k] = self._vectors[:k] @ self._vectors[:k].T
        return self._factored() and self._settle()

    def solve(
        self, vectors: Array, h: Array, level: float, budget: Budget | None = None, longest: float = np.inf
    ) -> bool:
        """Go on until no coefficient is worth more than `level`, in units of h; return False if that is not reached.

        `vectors` is of shape (vectors, dimensions). It gives up where their sum becomes longer than `longest`, and
        where it would without end: some vectors, each times a positive number, add up to nothing.
        """
        dimensions, self._h = vectors.shape[1], h
        for _ in range(EACH * dimensions):
            k = len(self.keys)
            if budget is not None and not budget.spend(AROUND + step_work(len(vectors), dimensions, k)):
                return False
            now = self.sum()
            if now @ now > longest**2:
                return False
            slopes = h - vectors @ now
            slopes[self.keys] = -np.inf
            best = int(slopes.argmax())
            if slopes[best] <= level:
                return True
            if not (self._taken_in(best, vectors[best]) and self._settle()):
                return False
        return False

    def _taken_in(self, key: int, new: Array, coefficient: float = 0.0) -> bool:
        """Take a vector in; in the place of another one, where it depends on those that have a part."""
        from scipy.linalg.lapack import dtrtrs

        k = len(self.keys)
        products, length = self._vectors[:k] @ new, float(new @ new)
        R = self._factor[:k, :k]
        along = dtrtrs(R, products, trans=1)[0] if k else products
        rest = length - float(along @ along)
        if k == len(new) or rest <= DEPENDENT * length:
            if coefficient or not k:
                return False  # rounding leads in a circle
            shares = dtrtrs(R, along)[0]  # of the others, of which it is the sum
            fall = (shares > NO_PART * np.abs(shares).max()).nonzero()[0]
            if not len(fall):
                return False
            steps = self.coefficients[fall] / shares[fall]
            step = float(steps.min())
            now = np.maximum(self.coefficients - step * shares, 0.0)
            now[fall[steps.argmin()]] = 0.0
            return self._left(now) and self._taken_in(key, new, max(step, TINY))
        self._vectors[k], self._factor[:k, k], self._factor[k, k] = new, along, rest**0.5
        self._products[:k, k] = self._products[k, :k] = products
        self._products[k, k] = length
        self._half[k] = (self._h[key] - along @ self._half[:k]) / self._factor[k, k]
        self.keys = np.concatenate((self.keys, (key,)))
        self.coefficients = np.concatenate((self.coefficients, (coefficient,)))
        return True

    def _settle(self) -> bool:
        """Go to the best coefficients of the vectors taken, dropping those that would turn negative on the way."""
        from scipy.linalg.lapack import dtrtrs

        while k := len(self.keys):
            goal = dtrtrs(self._factor[:k, :k], self._half[:k])[0]
            outside = (goal <= 0.0).nonzero()[0]
            if not len(outside):
                self.coefficients = goal
                return True
            now = self.coefficients
            steps = now[outside] / (now[outside] - goal[outside] + TINY)
            first = int(steps.argmin())
            now = np.maximum(now + steps[first] * (goal - now), 0.0)
            now[outside[first]] = 0.0
            if not self._left(now):
                return False
        return True

    def _left(self, now: Array) -> bool:
        """Leave out the vectors whose coefficients are 0 now."""
        kept = (now > NO_PART * now.max()).nonzero()[0]
        self.keys, self.coefficients, left = self.keys[kept], now[kept], len(kept)
        self._vectors[:left] = self._vectors[kept]
        self._products[:left, :left] = self._products[kept[:, np.newaxis], kept]
        return self._factored()

    def _factored(self) -> bool:
        """Factor the products of the vectors taken; return False where they depend on each other."""
        from scipy.linalg.lapack import dpotrf, dtrtrs

        k = len(self.keys)
        if k:
            self._factor[:k, :k], wrong = dpotrf(self._products[:k, :k])
            if not wrong:
                self._half[:k] = dtrtrs(self._factor[:k, :k], self._h[self.keys], trans=1)[0]
            return not wrong
        return True
