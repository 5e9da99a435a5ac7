"""L-BFGS: steps that remember how the gradient has changed, for single neurons and for networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.base import State

PAIRS = 10
"""Steps that are remembered, unless somebody says another number."""
DECREASE, CURVATURE, BEYOND = 1e-4, 0.5, 0.9
"""How much of the expected fall a step has to bring (Wolfe's conditions), and of the slope along it may leave: downhill
or, beyond the lowest point, uphill."""
GUESSED = 0.9
"""What may be left downhill where a guess of the inverse Hessian leads: the next step knows better than another try."""
TRIES, FARTHEST = 40, 10.0
"""Points on the way, and how many times as far as the one before the next may lie."""
ROUNDING = 1e-12
"""Fraction of a loss by which it may rise for no other reason than rounding."""

Guess = Callable[[Array], Array]
"""Multiplies by a first guess of the inverse Hessian."""


def direction(gradient: Array, steps: Array, changes: Array, guess: Guess = np.copy) -> Array:
    r"""Return minus the gradient times the inverse Hessian that past steps suggest, the latest last.

    `steps` and `changes` are of shape (pairs, unknowns); `changes` says by how much the gradient changed over each.
    Without steps it is the first `guess` B, and with them that guess on the scale that the last step suggests. Going
    back over the steps and forth again, each beside those that were taken into account before, solves two triangular
    systems:

    .. math:: R \alpha = -S g, \quad q = -B (g + Y^T \alpha), \quad R^T \beta = D \alpha - Y q, \quad q + S^T \beta,
        \qquad R + L = S Y^T

    Parameters
    ----------
    gradient : ndarray of shape (unknowns,)
    steps, changes : ndarray of shape (pairs, unknowns)
    guess : callable
        Multiplies by B.

    References
    ----------
    Nocedal (1980), Mathematics of Computation 35:773-782: the two-loop recursion.

    Examples
    --------
    >>> direction(np.array([4.0]), np.array([[1.0]]), np.array([[2.0]]))  # the second derivative is 2
    array([-2.])
    """
    if not len(steps):
        return guess(-gradient)
    from scipy.linalg.lapack import dtrtrs

    R, last = steps @ changes.T, changes[-1]  # what is below the diagonal of R is never read
    alpha, _ = dtrtrs(R, -(steps @ gradient))
    q = guess(-gradient - alpha @ changes)
    q *= R[-1, -1] / float(last @ guess(last))
    beta, _ = dtrtrs(R, R.diagonal() * alpha - changes @ q, trans=1)
    return np.asarray(q + beta @ steps)


class Point(NamedTuple):
    """Where a line search has come to: the fraction of the step, the loss, its gradient, and whatever else is there."""

    share: float
    loss: float
    gradient: Array
    more: Any


def line_search(
    at: Callable[[float], Point], loss: float, slope: float, share: float, along: Array, most: float = CURVATURE
) -> Point | None:
    """Find how far to go along a direction: to where the loss has fallen and the slope along it is flatter.

    `at` evaluates the point at a fraction of the step, `share` is the first to be tried, `loss` and `slope` are
    those at the start (the slope below 0), of which `most` may be left. Returns None where nothing lower is found.

    References
    ----------
    Lewis & Overton (2013), Mathematical Programming 141:135-163; near the optimum, where rounding hides the fall, the
    slopes decide: Hager & Zhang (2005), SIAM Journal on Optimization 16:170-192.
    """
    low, at_low, high = 0.0, slope, np.inf  # the slope along the direction at `low`
    best: Point | None = None
    for _ in range(TRIES):
        there = at(share)
        ahead = float(there.gradient @ along) if np.isfinite(there.loss) else np.inf
        level = there.loss <= loss + ROUNDING * abs(loss) and ahead <= (2.0 * DECREASE - 1.0) * slope
        enough = there.loss <= loss + DECREASE * share * slope or level
        if enough and most * slope <= ahead <= -BEYOND * slope:
            return there
        if there.loss < (loss if best is None else best.loss):
            best = there
        # Where the secant of the slopes is level:
        flat = low + (share - low) * at_low / (at_low - ahead) if ahead > at_low else np.inf
        if enough and ahead < 0.0:
            low, at_low = share, ahead
        else:
            high = share
        if high == np.inf:
            share = min(max(flat, 2.0 * share), FARTHEST * share)
        else:
            inside = 0.1 * (high - low)
            share = flat if low + inside <= flat <= high - inside else 0.5 * (low + high)
    return best


class Pairs:
    """The steps that are remembered, the latest last, and by how much the gradient changed over each.

    They lie in one array with room for twice as many, so that few have to be moved when one is forgotten.
    """

    def __init__(self, state: State | None = None, most: int = PAIRS) -> None:
        self.most, self._first, self._end = most, 0, 0
        self._room = np.empty((2, 2 * most, 0))
        if state is not None:
            for step, change in zip(state["steps"], state["changes"], strict=True):
                self._append(step, change)

    @property
    def steps(self) -> Array:
        """Those, of shape (pairs, unknowns)."""
        return self._room[0, self._first : self._end]

    @property
    def changes(self) -> Array:
        """By how much the gradient changed, likewise."""
        return self._room[1, self._first : self._end]

    def __len__(self) -> int:
        return self._end - self._first

    def state(self) -> State:
        """Return what is remembered, as arrays of shape (pairs, unknowns)."""
        return {"steps": self.steps.copy(), "changes": self.changes.copy()}

    def remember(self, step: Array, change: Array) -> None:
        """Take in a step, unless the loss is bent downward along it."""
        if float(step @ change) > 0.0:
            self._append(step, change)

    def _append(self, step: Array, change: Array) -> None:
        if not self._room.size:
            self._room = np.empty((2, 2 * self.most, len(step)))
        elif self._end == 2 * self.most:
            kept = self.most - 1
            self._room[:, :kept] = self._room[:, self._end - kept : self._end]
            self._first, self._end = 0, kept
        self._room[0, self._end], self._room[1, self._end] = step, change
        self._end += 1
        self._first = max(self._first, self._end - self.most)

    def forget(self) -> None:
        """Drop all of them."""
        self._first = self._end = 0

    def forget_last(self) -> None:
        """Drop the step that was remembered last."""
        self._end = max(self._first, self._end - 1)

    def direction(self, gradient: Array, guess: Guess = np.copy) -> Array:
        """Return the step that what is remembered suggests."""
        return direction(gradient, self.steps, self.changes, guess)

    def descend(
        self, evaluate: Callable[[Array], tuple[float, Array, Any]], theta: Array, loss: float, gradient: Array,
        guess: Guess | None = None, along: Array | None = None, first: float = 1.0,
    ) -> tuple[Array, Point] | None:  # fmt: skip
        """Take one step, and remember it; return where it led, or None where nothing lower is found.

        Without a `guess`, the first step of all is as long as 1. `along` is the direction, where it is known already,
        and `first` the fraction of it that is tried first.
        """
        for _ in range(2):  # the second time with nothing remembered
            if along is None:
                along, first = self.direction(gradient, guess or np.copy), 1.0
            share = first if guess or len(self) else 1.0 / max(float(np.linalg.norm(gradient)), np.finfo(float).tiny)

            def at(share: float, along: Array = along) -> Point:
                return Point(share, *evaluate(theta + share * along))

            slope = float(gradient @ along)
            most = GUESSED if guess else CURVATURE
            found = line_search(at, loss, slope, share, along, most) if slope < 0.0 else None
            if found is not None:
                self.remember(found.share * along, found.gradient - gradient)
                return theta + found.share * along, found
            if not len(self):
                break
            self.forget()
            along = None
        return None
