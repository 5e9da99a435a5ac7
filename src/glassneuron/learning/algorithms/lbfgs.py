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


def direction(gradient: Array, steps: list[Array], changes: list[Array], guess: Guess = np.copy) -> Array:
    """Return minus the gradient times the inverse Hessian that past steps suggest, the latest last.

    `changes` says by how much the gradient changed over each. Without steps it is the first `guess`, and with them that
    guess on the scale that the last step suggests.

    References
    ----------
    Nocedal (1980), Mathematics of Computation 35:773-782: the two-loop recursion.

    Examples
    --------
    >>> direction(np.array([4.0]), [np.array([1.0])], [np.array([2.0])])  # the second derivative is 2
    array([-2.])
    """
    q, alphas, along = -gradient, [], [float(s @ y) for s, y in zip(steps, changes, strict=True)]
    move = np.empty_like(q)
    for s, y, sy in zip(reversed(steps), reversed(changes), reversed(along), strict=True):
        alphas.append(float(s @ q) / sy)
        q -= np.multiply(y, alphas[-1], out=move)
    q = guess(q)
    if steps:
        q *= along[-1] / float(changes[-1] @ guess(changes[-1]))
    for s, y, sy, alpha in zip(steps, changes, along, reversed(alphas), strict=True):
        q += np.multiply(s, alpha - float(y @ q) / sy, out=move)
    return np.asarray(q)


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
    """The steps that are remembered, the latest last, and by how much the gradient changed over each."""

    def __init__(self, state: State | None = None, most: int = PAIRS) -> None:
        self.most = most
        self.steps: list[Array] = [] if state is None else list(state["steps"])
        self.changes: list[Array] = [] if state is None else list(state["changes"])

    def state(self) -> State:
        """Return what is remembered, as arrays of shape (pairs, unknowns)."""
        return {"steps": np.array(self.steps), "changes": np.array(self.changes)}

    def remember(self, step: Array, change: Array) -> None:
        """Take in a step, unless the loss is bent downward along it."""
        if float(step @ change) > 0.0:
            self.steps, self.changes = [*self.steps, step][-self.most :], [*self.changes, change][-self.most :]

    def forget_last(self) -> None:
        """Drop the step that was remembered last."""
        self.steps, self.changes = self.steps[:-1], self.changes[:-1]

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
            share = first if guess or self.steps else 1.0 / max(float(np.linalg.norm(gradient)), np.finfo(float).tiny)

            def at(share: float, along: Array = along) -> Point:
                return Point(share, *evaluate(theta + share * along))

            slope = float(gradient @ along)
            most = GUESSED if guess else CURVATURE
            found = line_search(at, loss, slope, share, along, most) if slope < 0.0 else None
            if found is not None:
                self.remember(found.share * along, found.gradient - gradient)
                return theta + found.share * along, found
            if not self.steps:
                break
            self.steps, self.changes, along = [], [], None
        return None
