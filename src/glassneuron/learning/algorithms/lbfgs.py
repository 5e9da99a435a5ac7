"""L-BFGS: steps that remember how the gradient has changed, for single neurons and for networks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import over_leaves
from glassneuron.engine.threads import one_blas_thread
from glassneuron.errors import problem
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.newton import ToOptimum
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import NetworkSettings
from glassneuron.neurons.network import Network

PAIRS = 20
"""Steps that are remembered."""
DECREASE, CURVATURE = 1e-4, 0.5
"""How much of the expected fall a step has to bring, and of the slope along it may leave (Wolfe's conditions)."""
TRIES, FARTHEST = 40, 10.0
"""Points on the way, and how many times as far as the one before the next may lie."""
ROUNDING, STANDSTILL = 1e-12, 64 * 2.2e-16
"""Fraction of a loss by which it may rise for no other reason than rounding, and by which a step of a network has to
lower it."""


def direction(gradient: Array, steps: Array, changes: Array) -> Array:
    """Return minus the gradient times the inverse Hessian that past steps suggest, the latest last.

    `changes` says by how much the gradient changed over each; both are of shape (pairs, unknowns).

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


class Point(NamedTuple):
    """Where a line search has come to: the fraction of the step, the loss, its gradient, and whatever else is there."""

    share: float
    loss: float
    gradient: Array
    more: Any


def line_search(at: Callable[[float], Point], loss: float, slope: float, share: float, along: Array) -> Point | None:
    """Find how far to go along a direction: to where the loss has fallen and the slope along it is flatter.

    `at` evaluates the point at a fraction of the step, `share` is the first to be tried, `loss` and `slope` are
    those at the start (the slope below 0). Returns None where nothing lower is found.

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
        if enough and ahead >= CURVATURE * slope:
            return there
        if there.loss < (loss if best is None else best.loss):
            best = there
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


class Pairs:
    """The steps that are remembered, the latest last, and by how much the gradient changed over each.

    An algorithm that uses this keeps `steps` and `changes`, of shape (pairs, unknowns), in its state.
    """

    steps: Array
    changes: Array

    def descend(
        self, evaluate: Callable[[Array], tuple[float, Array, Any]], theta: Array, loss: float, gradient: Array
    ) -> tuple[Array, Point] | None:
        """Take one step, and remember it; return where it led, or None where nothing lower is found."""
        for _ in range(2):  # the second time straight downhill, with nothing remembered
            along = direction(gradient, self.steps, self.changes)
            first = 1.0 if len(self.steps) else 1.0 / max(float(np.linalg.norm(gradient)), STANDSTILL)

            def at(share: float, along: Array = along) -> Point:
                return Point(share, *evaluate(theta + share * along))

            found = line_search(at, loss, float(gradient @ along), first, along)
            if found is not None:
                step, change = found.share * along, found.gradient - gradient
                if float(step @ change) > 0.0:
                    self.steps = np.concatenate([self.steps, step[np.newaxis]])[-PAIRS:]
                    self.changes = np.concatenate([self.changes, change[np.newaxis]])[-PAIRS:]
                return theta + step, found
            self.steps, self.changes = self.steps[:0], self.changes[:0]
        return None


class NeuronLBFGS(Pairs, ToOptimum):
    """Single neurons to the lowest loss, without a Hessian.

    References
    ----------
    Liu & Nocedal (1989), Mathematical Programming 45:503-528.
    """

    slots = (*ToOptimum.slots, "steps", "changes")

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

        def evaluate(flat: Array) -> tuple[float, Array, Any]:
            there = self.evaluated(flat.reshape(self.theta.shape))
            return there.objective, there.gradient.ravel(), there

        found = self.descend(evaluate, self.theta.ravel(), float(self.marks[1]), self.gradient.ravel())
        if found is None:
            self.marks[3] = True
            return self.arrive(self.theta, self.evaluated(self.theta), 0.0)
        theta, there = found
        done = self.arrive(theta.reshape(self.theta.shape), there.more, there.share)
        self.marks[3] = self.slope <= self.tolerance
        return done


class NetworkLBFGS(Pairs, Backpropagation):
    """A network that moves once an epoch, by L-BFGS over all rows.

    Attributes
    ----------
    wide : ndarray of shape (parameters,)
        The parameters in double precision.
    marks : ndarray of shape (4,)
        The objective, the fraction of the step taken, the loss without its penalty; and whether it is over.

    References
    ----------
    Liu & Nocedal (1989), Mathematical Programming 45:503-528.
    """

    waits = False
    can_diverge = False
    wide: Array
    gradient: Array
    marks: Array

    def __init__(self, data: Dataset, settings: NetworkSettings, network: Network, state: State | None = None) -> None:
        super().__init__(data, settings, network, state)
        self.unit = self.rows

    def prepare(self, validation: Dataset | None) -> None:
        if validation is not None or self.settings.dropout > 0.0:
            rule = "one that takes steps from batches, for dropout and for rows held out"
            raise problem("parameter", name="optimiser", rule=rule, value=self.settings.optimiser)
        super().prepare(validation)

    def first_state(self) -> State:
        state = super().first_state()
        wide, none = state["theta"].astype(np.float64), np.zeros((0, len(state["theta"])))
        more = {"gradient": np.zeros_like(wide), "marks": np.zeros(4), "steps": none, "changes": none.copy()}
        return state | {"wide": wide} | more

    def state(self) -> State:
        more = ("wide", "gradient", "marks", "steps", "changes")
        return super().state() | {name: getattr(self, name).copy() for name in more}

    def restore(self, state: State) -> None:
        super().restore(state)
        for name in ("wide", "gradient", "marks", "steps", "changes"):
            setattr(self, name, state[name].copy())

    def _objective(self, theta: Array) -> tuple[float, Array, float]:
        """Return the loss with its penalty, the gradient, and the loss alone."""
        here, l2, views = theta.astype(self.theta.dtype), self.settings.l2 or 0.0, backend.load("python").weights_of

        def leaf(start: int, stop: int) -> tuple[Any, ...]:
            gradient, weight = np.empty_like(here), self.weight[start:stop]
            X, Y, total = self.X[start:stop], self.Y[start:stop], float(weight.sum(dtype=np.float64))
            with np.errstate(over="ignore", invalid="ignore"):
                mean = self.kernels.loss_and_gradient(
                    here, self.sizes, self.codes, self.loss.code, X, Y, weight, gradient
                )  # fmt: skip
            return total * float(mean), total * gradient.astype(np.float64)

        with one_blas_thread():
            loss, gradient = over_leaves(leaf, self.rows, 3.0 * self.rows * len(here))
        loss, gradient, penalty = loss / self.total, gradient / self.total, 0.0
        if l2 > 0.0:
            for w, g in zip(views(theta, self.sizes), views(gradient, self.sizes), strict=True):
                g += l2 * w
                penalty += 0.5 * l2 * float(np.vdot(w, w))
        return loss + penalty, gradient, loss

    def step(self, start: int, stop: int) -> tuple[int, float]:
        if self.clock[0] == 0:
            self.marks[0], self.gradient, self.marks[2] = self._objective(self.wide)
            if not np.isfinite(self.marks[0]):
                self.explain_divergence(1)
        self.clock += 1
        found = self.descend(self._objective, self.wide, float(self.marks[0]), self.gradient)
        if found is None:
            self.marks[3] = True
            return 0, float(self.marks[2]) * self.total
        fall = float(self.marks[0]) - found[1].loss
        self.wide, self.gradient = found[0], found[1].gradient
        self.theta = self.wide.astype(self.theta.dtype)
        self.marks[:3] = found[1].loss, found[1].share, found[1].more
        small = np.abs(self.gradient).max() <= (self.settings.tol or 0.0)
        self.marks[3] = float(small or fall <= STANDSTILL * abs(found[1].loss))
        return 0, float(self.marks[2]) * self.total

    def epochs_at_once(self, most: int) -> int:
        return 1  # each step has a line search of its own

    def is_sound(self, loss: float) -> bool:
        return True  # no step is taken to where the loss is higher

    def finished(self) -> tuple[bool, str] | None:
        if not self.marks[3]:
            return None
        largest, loss = float(np.abs(self.gradient).max()), f"the loss is {self.marks[2]:.4g}"
        if largest <= (self.settings.tol or 0.0):
            return True, f"converged: no entry of the gradient is larger than {self.settings.tol:g}; {loss}"
        return False, (
            f"no step lowers the loss within the precision of a {self.theta.dtype}, though the gradient is still "
            f"{largest:.1g}; {loss}"
        )
