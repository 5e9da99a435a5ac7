"""L-BFGS: steps that remember how the gradient has changed, for single neurons and for networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.newton import FLAT, ToOptimum
from glassneuron.learning.algorithms.sums import Evaluation

PAIRS = 20
"""Steps that are remembered."""
DECREASE, CURVATURE = 1e-4, 0.5
"""How much of the expected fall a step has to bring, and of the slope along it may leave (Wolfe's conditions)."""
TRIES, FARTHEST = 40, 10.0
"""Points on the way, and how many times as far as the one before the next may lie."""
ROUNDING = 1e-12
"""Fraction of a loss by which it may rise for no other reason than rounding."""


def direction(gradient: Array, steps: Array, changes: Array) -> Array:
    """Return minus the gradient times the inverse Hessian that the remembered steps suggest.

    Parameters
    ----------
    gradient : ndarray of shape (unknowns,)
    steps, changes : ndarrays of shape (pairs, unknowns)
        Past steps, the latest last, and by how much the gradient changed over each.

    References
    ----------
    Nocedal (1980), Mathematics of Computation 35:773-782: the two-loop recursion.

    Examples
    --------
    >>> direction(np.array([4.0]), np.array([[1.0]]), np.array([[2.0]]))  # the second derivative is 2
    array([-2.])
    """
    q, alphas = -gradient, []
    for s, y in zip(steps[::-1], changes[::-1], strict=True):
        alphas.append(float(s @ q) / float(y @ s))
        q = q - alphas[-1] * y
    if len(steps):
        q = q * (float(steps[-1] @ changes[-1]) / float(changes[-1] @ changes[-1]))
    for s, y, alpha in zip(steps, changes, reversed(alphas), strict=True):
        q = q + (alpha - float(y @ q) / float(y @ s)) * s
    return np.asarray(q)


def line_search(
    at: Callable[[float], tuple[float, Array, Any]], loss: float, slope: float, first: float, along: Array
) -> tuple[float, float, Array, Any] | None:
    """Find how far to go along a direction: the loss falls, and the slope along it becomes flatter.

    Parameters
    ----------
    at : callable
        From a fraction of the step to the loss there, its gradient, and whatever else belongs to it.
    loss, slope : float
        The loss here, and its slope along the direction, below 0.
    first : float
        Fraction of the step that is tried first.
    along : ndarray of shape (unknowns,), the direction

    Returns
    -------
    share, loss, gradient, more : or None, where nothing lower is found

    References
    ----------
    Lewis & Overton (2013), Mathematical Programming 141:135-163; near the optimum, where rounding hides the fall, the
    slopes decide: Hager & Zhang (2005), SIAM Journal on Optimization 16:170-192.
    """
    low, high, share, best = 0.0, np.inf, first, None
    at_low = slope  # the slope along the direction at `low`
    for _ in range(TRIES):
        new, gradient, more = at(share)
        ahead = float(gradient @ along) if np.isfinite(new) else np.inf
        level = new <= loss + ROUNDING * abs(loss) and ahead <= (2.0 * DECREASE - 1.0) * slope
        if new < loss and (best is None or new < best[1]):
            best = share, new, gradient, more
        enough = new <= loss + DECREASE * share * slope or level
        if enough and ahead >= CURVATURE * slope:
            return share, new, gradient, more
        # Where the secant of the slopes is level:
        flat = low + (share - low) * at_low / (at_low - ahead) if ahead > at_low else np.inf
        if enough:
            low, at_low = share, ahead
        else:
            high = share
        if high == np.inf:
            share = min(max(flat, 2.0 * share), FARTHEST * share)
        else:
            inside = 0.1 * (high - low)
            share = flat if low + inside <= flat <= high - inside else 0.5 * (low + high)
    return best


def remember(pairs: Array, new: Array) -> Array:
    """Add a row to a table of which the last few are kept."""
    return np.concatenate([pairs, new[np.newaxis]])[-PAIRS:]


class NeuronLBFGS(ToOptimum):
    """Single neurons to the lowest loss, without a Hessian.

    References
    ----------
    Liu & Nocedal (1989), Mathematical Programming 45:503-528.
    """

    slots = (*ToOptimum.slots, "steps", "changes")
    steps: Array
    changes: Array

    def first_state(self) -> State:
        state = super().first_state()
        none = np.zeros((0, state["theta"].size))
        return state | {"steps": none, "changes": none.copy()}

    def step(self, start: int, stop: int) -> tuple[int, float]:
        if self.marks[0] == 0.0:
            here = self.begin()
            if self.slope <= self.tolerance:
                self.marks[3] = True
                return round(here.mistakes), here.loss * self.total
        for _ in range(2):  # the second time straight downhill, with nothing remembered
            along, gradient = direction(self.gradient.ravel(), self.steps, self.changes), self.gradient.ravel()

            def at(share: float, along: Array = along) -> tuple[float, Array, Evaluation]:
                there = self.evaluated(self.theta + share * along.reshape(self.theta.shape))
                return there.objective, there.gradient.ravel(), there

            first = 1.0 if len(self.steps) else 1.0 / max(float(np.linalg.norm(gradient)), FLAT)
            found = line_search(at, float(self.marks[1]), float(gradient @ along), first, along)
            if found is not None:
                break
            self.steps, self.changes = self.steps[:0], self.changes[:0]
        if found is None:
            self.marks[3] = True
            return self.arrive(self.theta, self.evaluated(self.theta), 0.0)
        share, _, new, there = found
        step, change = share * along, new - gradient
        if float(step @ change) > 0.0:
            self.steps, self.changes = remember(self.steps, step), remember(self.changes, change)
        done = self.arrive(self.theta + step.reshape(self.theta.shape), there, share)
        self.marks[3] = self.slope <= self.tolerance
        return done
