"""A network on the way to the lowest loss, by L-BFGS over all rows."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import over_leaves
from glassneuron.errors import problem
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.lbfgs import Pairs
from glassneuron.learning.dataset import Dataset, as_dense
from glassneuron.learning.settings import NetworkSettings
from glassneuron.neurons.network import Network

PAIRS = 20
"""Steps that are remembered."""
STANDSTILL = 64 * 2.2e-16
"""Fraction of a loss by which a step has to lower it."""


class NetworkLBFGS(Backpropagation):
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
    alone = None
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
        wide = state["theta"].astype(np.float64)
        return state | {"wide": wide, "gradient": np.zeros_like(wide), "marks": np.zeros(4)} | Pairs().state()

    def state(self) -> State:
        more = {name: getattr(self, name).copy() for name in ("wide", "gradient", "marks")}
        return super().state() | more | self.pairs.state()

    def restore(self, state: State) -> None:
        super().restore(state)
        for name in ("wide", "gradient", "marks"):
            setattr(self, name, state[name].copy())
        self.pairs = Pairs(state, PAIRS)

    @cached_property
    def weighed(self) -> Dataset:
        """The rows, their targets and weights, in the network's own kind of numbers."""
        return replace(self.data, X=self.X, y=self.Y)

    def _objective(self, theta: Array) -> tuple[float, Array, float]:
        """Return the loss with its penalty, the gradient, and the loss alone."""
        here, l2, views = theta.astype(self.theta.dtype), self.settings.l2 or 0.0, backend.load("python").weights_of
        speed = "python" if backend.interpreted(self.kernels) else "compiled"
        network = speed, here, self.sizes, self.codes, self.loss.code
        loss, gradient = over_leaves(_objective_of_leaf, self.weighed, network, 3.0 * self.rows * len(here))
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
        found = self.pairs.descend(self._objective, self.wide, float(self.marks[0]), self.gradient)
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


def _objective_of_leaf(
    data: Dataset, start: int, stop: int, speed: str, theta: Array, sizes: Array, codes: Array, loss: int
) -> tuple[float, Array]:
    """Return the summed loss of some rows, and its gradient by the parameters of a network."""
    theta, sizes, codes = (np.require(each, requirements="W") for each in (theta, sizes, codes))
    gradient, weight = np.empty_like(theta), data.weight(start, stop).astype(theta.dtype)
    X, Y, total = as_dense(data.X[start:stop]), data.y[start:stop], float(weight.sum(dtype=np.float64))
    with np.errstate(over="ignore", invalid="ignore"):
        mean = backend.load(speed).loss_and_gradient(theta, sizes, codes, loss, X, Y, weight, gradient)
    return total * float(mean), total * gradient.astype(np.float64)
