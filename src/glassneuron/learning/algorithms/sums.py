"""Rules that look at all rows before they move: loss, gradient and Hessian as sums over leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import LEAF, over_leaves
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.delta import CURVATURE, DeltaRule
from glassneuron.learning.algorithms.neurons import wrong
from glassneuron.learning.dataset import COMPETING, Dataset

CELLS = 1 << 17
"""Numbers in a leaf from which a Hessian is added up, so that it stays in the cache."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Mean loss, penalty, mistakes, gradient and Hessian of neurons at one point.

    The gradient is of shape (neurons, features + 1), penalty included and biases last. The Hessian is of shape
    (systems, unknowns, unknowns): one system for each neuron, or one for all that compete.
    """

    loss: float
    penalty: float
    mistakes: float
    gradient: Array
    hessian: Array | None

    @property
    def objective(self) -> float:
        """What is to be made small: the loss with its penalty."""
        return self.loss + self.penalty


def evaluate_at(code: int, theta: Array, data: Dataset, l2: float, *, hessian: bool = False) -> Evaluation:
    r"""Return loss and gradient of neurons (and, if asked, the Hessian) on all rows, in double precision.

    `theta` is of shape (neurons, features + 1), biases last.

    .. math:: \nabla L = \frac{1}{\sum_i c_i} \sum_i c_i\,(a_i - y_i)\,x_i^T + \lambda w, \qquad
              H = \frac{1}{\sum_i c_i} \sum_i c_i\,f'(z_i)\,x_i x_i^T + \lambda I
    """
    W, b, unknowns = np.ascontiguousarray(theta[:, :-1]), theta[:, -1], theta.shape[1]
    competing, n = code in COMPETING, len(theta)

    def leaf(start: int, stop: int) -> tuple[Any, ...]:
        X, Y, weight = data.part(start, stop), data.targets(start, stop), data.weight(start, stop)
        with np.errstate(over="ignore", invalid="ignore"):
            Z = X @ W.T + b
            losses, A = kernels.losses_of_rows(code, Z, Y)
            D = weight[:, np.newaxis] * (A - Y)
            gradient = np.column_stack([np.asarray(X.T @ D).T, D.sum(axis=0)])
        sums = float(weight @ losses), float(weight @ wrong(code, Z, Y)), float(weight.sum()), gradient
        if not hessian:
            return sums
        table = np.asarray(data.dense(start, stop), np.float64)
        return (*sums, (_hessian_together if competing else _hessian_apart)(code, table, A, weight))

    work = 2.0 * data.entries * n + (float(len(data.y)) * (unknowns * n) ** 2 if hessian else 0.0)
    size = max(256, min(LEAF, CELLS // unknowns)) if hessian else LEAF
    loss, mistakes, total, gradient, *more = over_leaves(leaf, len(data.y), work, size)
    gradient = gradient / total
    gradient[:, :-1] += l2 * W
    H = more[0] / total if hessian else None
    if H is not None:
        diagonal = np.arange(H.shape[1])[np.arange(H.shape[1]) % unknowns != unknowns - 1]
        H[:, diagonal, diagonal] += l2
    return Evaluation(loss / total, 0.5 * l2 * float(np.vdot(W, W)), mistakes, gradient, H)


def _hessian_apart(code: int, table: Array, A: Array, weight: Array) -> Array:
    slopes = A * (1.0 - A) if code == kernels.SIGMOID else np.ones_like(A)
    return np.array([_gram(table, weight * slopes[:, k]) for k in range(A.shape[1])])


def _hessian_together(code: int, table: Array, A: Array, weight: Array) -> Array:
    unknowns, n = table.shape[1] + 1, A.shape[1]
    H = np.zeros((1, n * unknowns, n * unknowns))
    for k in range(n):
        for l in range(k + 1):
            block = _gram(table, weight * A[:, k] * ((1.0 - A[:, k]) if l == k else A[:, l]))
            place = np.s_[k * unknowns : (k + 1) * unknowns, l * unknowns : (l + 1) * unknowns]
            H[0][place] = block if l == k else -block
            H[0].T[place] = H[0][place]
    return H


def _gram(table: Array, weight: Array) -> Array:
    """Return the sum of weight x x^T, each x with a 1 for the bias at its end."""
    H = np.empty((table.shape[1] + 1, table.shape[1] + 1))
    root = np.sqrt(weight)[:, np.newaxis] * table
    H[:-1, :-1] = root.T @ root  # a matrix with itself is half the work
    H[-1, :-1] = H[:-1, -1] = weight @ table
    H[-1, -1] = weight.sum()
    return H


class WholeBatch(DeltaRule):
    """Neurons that move once an epoch, after a look at all rows; a step is an epoch, of one visit.

    Attributes
    ----------
    theta : ndarray of shape (neurons, features + 1), float64, biases last
    """

    slots: tuple[str, ...] = ("theta",)
    in_turn = False
    theta: Array

    def first_state(self) -> State:
        state = super().first_state()
        return state | {"theta": np.column_stack([state["W"], state["b"]]).astype(np.float64)}

    def load_kernels(self) -> None:
        pass  # matrices are multiplied at either speed

    def kernel_form(self, array: Array) -> Array:
        return array

    def adopted(self, state: State) -> State:
        W, b = state["W"] * state.get("scale", np.ones(1))[0], state["b"]
        kept = {name: state[name] for name in ("rate", "seed", "work")}
        return self.first_state() | kept | {"W": W, "b": b, "theta": np.column_stack([W, b]).astype(np.float64)}

    def restore(self, state: State) -> None:
        super().restore(state)
        self.scale = np.ones(1)

    def state(self) -> State:
        self.write_back()
        return super().state()

    @property
    def weights(self) -> tuple[Array, Array]:
        self.write_back()
        return self.W.copy(), self.b[:, 0].copy()

    def write_back(self) -> None:
        """Bring the weights up to date with what the steps have found."""
        self.W, self.b = self.theta[:, :-1].astype(self.dtype), self.theta[:, -1:].astype(self.dtype)

    def begin_epoch(self, epoch: int) -> int:
        self.eta = self.rate_in(epoch)
        return 1

    def evaluated(self, theta: Array, data: Dataset | None = None, *, hessian: bool = False) -> Evaluation:
        """Return loss and gradient at a point; a bias that is held has no gradient."""
        there = evaluate_at(self.code, theta, data or self.data, self.settings.l2, hessian=hessian)
        if self.bias_moves == 0.0:
            there.gradient[:, -1] = 0.0
        return there


class GradientDescent(WholeBatch):
    """Neurons that move once an epoch, against the gradient of the mean loss of all rows."""

    def suitable_rate(self) -> float:
        """Return the rate at which plain steps are as long as they can be without overshooting: 1 / curvature."""
        largest = largest_eigenvalue(self.data)
        if not 0.0 < largest < math.inf:  # beyond what a float can hold; the longest row tells enough
            return super().suitable_rate()
        return 0.9 / (CURVATURE[self.code] * largest / self.total + self.settings.l2)

    def step(self, start: int, stop: int) -> tuple[int, float]:
        there = self.evaluated(self.theta)
        self.theta = self.theta - self.eta * there.gradient
        return round(there.mistakes), there.loss * self.total


def largest_eigenvalue(data: Dataset) -> float:
    r"""Return that of :math:`\sum_i c_i x_i x_i^T`, each row with a 1 for the bias at its end.

    Power iteration finds it: ten times through the table and back.
    """
    v, length = np.append(np.ones(data.shape[1]), 1.0), 1.0
    for _ in range(10):
        direction = np.zeros_like(v)
        with np.errstate(over="ignore", invalid="ignore"):
            for start, stop in data.blocks():
                part = data.X[start:stop]
                sums = ((part @ v[:-1].astype(part.dtype)).astype(np.float64) + v[-1]) * data.weight(start, stop)
                direction += np.append(part.T @ sums.astype(part.dtype), sums.sum())
            length = float(np.linalg.norm(direction))
        if not 0.0 < length < math.inf:
            return length
        v = direction / length
    return length
