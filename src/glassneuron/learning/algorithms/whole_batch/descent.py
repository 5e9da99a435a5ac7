"""Neurons that move once an epoch, after a look at all rows."""

from __future__ import annotations

import math

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import over_leaves
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.delta import CURVATURE, DeltaRule
from glassneuron.learning.algorithms.whole_batch.evaluation import evaluate_at
from glassneuron.learning.dataset import Dataset


class WholeBatch(DeltaRule):
    """Neurons that move once an epoch, after a look at all rows; a step is an epoch, of one visit.

    Attributes
    ----------
    theta : ndarray of shape (neurons, features + 1), float64, biases last
    """

    slots: tuple[str, ...] = ("theta",)
    alone = None
    in_turn = False
    theta: Array

    def first_state(self) -> State:
        state = super().first_state()
        theta = np.zeros((len(state["W"]), state["W"].shape[1] + 1))
        theta[:, -1:] = state["b"]
        return state | {"theta": theta}

    def load_kernels(self) -> None:
        pass  # matrices are multiplied at either speed

    def kernel_form(self, array: Array) -> Array:
        return array

    def adopted(self, state: State) -> State:
        state = self.rewritten(state, inside=True)
        W, b = state["W"] * state.get("scale", np.ones(1))[0], state["b"]
        kept = {name: state[name] for name in ("rate", "seed", "work")}
        return self.first_state() | kept | {"W": W, "b": b, "theta": np.column_stack([W, b]).astype(np.float64)}

    def restore(self, state: State) -> None:
        super().restore(state)
        self.scale = np.ones(1)

    def state(self) -> State:
        self.write_back()
        return super().state()

    def carried(self) -> State:
        """Return the weights for rows as they are: the way to the lowest loss on others begins anew."""
        self.write_back()
        return self.rewritten(self.noted(DeltaRule.slots), inside=False)

    @property
    def weights(self) -> tuple[Array, Array]:
        self.write_back()
        return self.W, self.b[:, 0]

    def write_back(self) -> None:
        """Bring the weights up to date with what the steps have found."""
        self.W, self.b = self.theta[:, :-1].astype(self.dtype), self.theta[:, -1:].astype(self.dtype)

    def begin_epoch(self, epoch: int) -> int:
        self.eta = self.rate_in(epoch)
        return 1


class GradientDescent(WholeBatch):
    """Neurons that move once an epoch, against the gradient of the mean loss of all rows."""

    def suitable_rate(self) -> float:
        """Return the rate at which plain steps are as long as they can be without overshooting: 1 / curvature."""
        largest = largest_eigenvalue(self.seen)
        if not 0.0 < largest < math.inf:  # beyond what a float can hold; the longest row tells enough
            return super().suitable_rate()
        return 0.9 / (CURVATURE[self.code] * largest / self.total + self.l2)

    def step(self, start: int, stop: int) -> tuple[int, float]:
        there = evaluate_at(self.code, self.theta, self.seen, self.l2)
        if self.bias_moves == 0.0:
            there.gradient[:, -1] = 0.0
        self.theta = self.theta - self.eta * there.gradient
        return round(there.mistakes), there.loss * self.total


def _there_and_back(data: Dataset, start: int, stop: int, v: Array) -> tuple[Array]:
    part = data.part(start, stop)
    with np.errstate(over="ignore", invalid="ignore"):
        sums = ((part @ v[:-1].astype(part.dtype)).astype(np.float64) + v[-1]) * data.weight(start, stop)
        return (np.append(part.T @ sums.astype(part.dtype), sums.sum()),)


def largest_eigenvalue(data: Dataset) -> float:
    r"""Return that of :math:`\sum_i c_i x_i x_i^T`, each row with a 1 for the bias at its end.

    Power iteration finds it: ten times through the table and back.
    """
    v, length = np.append(np.ones(data.shape[1]), 1.0), 1.0
    for _ in range(10):
        with np.errstate(over="ignore", invalid="ignore"):
            (direction,) = over_leaves(_there_and_back, data, (v,), 2.0 * data.entries)
            length = float(np.linalg.norm(direction))
        if not 0.0 < length < math.inf:
            return length
        v = direction / length
    return length
