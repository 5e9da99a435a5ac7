"""Loss and gradient of neurons on all rows, as sums over leaves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import LEAF, leaf_rows, over_leaves
from glassneuron.learning.algorithms.evaluate import wrong
from glassneuron.learning.dataset import COMPETING, Dataset

CELLS, LEAST, MOST = 1 << 20, 512, 4 * LEAF
"""Numbers in a leaf of a dense table, few enough for much of it to be in a cache still when the gradient is summed up;
and its rows at least, beside whose work that of calling it is little, and at most."""
FEW = 4
"""Rows that are sooner multiplied by a table one by one than together."""
EACH = 16
"""Numbers that a leaf stores, at least, for each unknown whose gradient it sums up: of sparse rows that takes many."""

WRONG = 0.03
"""Fraction of the rows up to which, where they are wrong, the others decide how far weights should grow."""
SUREST = 1e-16
"""The least loss that is more than rounding."""
WORTHWHILE, EVEN = 1.25, 0.02
"""By what factor weights have to grow or shrink to be worth a look; and the loss up to which they may grow."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Mean loss, penalty, mistakes and gradient of neurons at one point.

    The gradient is of shape (neurons, features + 1), penalty included and biases last. The Hessian of the loss, of
    shape (systems, m, m), is there where it was asked for.
    """

    loss: float
    penalty: float
    mistakes: float
    gradient: Array
    hessian: Array | None = None

    @property
    def objective(self) -> float:
        """What is to be made small: the loss with its penalty."""
        return self.loss + self.penalty

    def growth(self, ray: Array, rows: float) -> float:
        r"""Return the factor of the unknowns at which a log loss with its penalty is about the lowest along their ray.

        Where nearly all rows are right, the loss falls by the same factor for each growth by as much:

        .. math:: t = 1 + \frac1k \ln \frac{k L}{2\,t\,P}, \qquad k = -\frac{1}{L} \frac{\partial L}{\partial t},
            \qquad P = \tfrac12 \lambda |w|^2

        Steps alone would go there by a factor e of the loss each. It is 1 where rows are wrong, which would become more
        so, where little is won by another, and where weights would grow though the loss is not small yet: steps turn
        there, and what they have seen of the loss serves the next ones better than a leap ahead.

        Parameters
        ----------
        ray : ndarray of shape (neurons, features + 1)
            The unknowns, a bias that is held being 0.
        rows : float
            The weight of all rows.

        Examples
        --------
        >>> far = Evaluation(loss=1e-9, penalty=0.01, mistakes=0.0, gradient=np.array([[0.02 - 2.07e-8, 0.0]]))
        >>> round(far.growth(np.array([[1.0, 0.0]]), rows=100.0), 2)  # e^(-20.7 t) + t^2 / 100 is lowest there
        0.38
        """
        if not 0.0 < self.penalty < math.inf or self.mistakes > WRONG * rows:
            return 1.0
        loss = max(self.loss, SUREST)
        k = sure = -math.log(loss)
        if self.loss > SUREST:
            k = (2.0 * self.penalty - float(np.vdot(self.gradient, ray))) / loss
        if not k >= max(0.5 * sure, 1e-3):
            return 1.0
        t = 1.0
        for _ in range(20):  # the mean of two guesses settles, as one falls where the other grows
            t = 0.5 * (t + max(1.0 + math.log(k * loss / (2.0 * t * self.penalty)) / k, 0.1 * t))
        far = t <= 1.0 / WORTHWHILE or (t >= WORTHWHILE and self.loss <= EVEN)
        return t if far else 1.0


def leaf_of(data: Dataset) -> int:
    """Return how many rows a leaf has."""
    rows, features = data.shape
    if data.sparse:
        return leaf_rows(2.0 * EACH * features * rows / max(data.entries, 1), LEAF)
    return min(MOST, leaf_rows(CELLS / features, LEAST))


def evaluate_at(code: int, theta: Array, data: Dataset, l2: float, *, single: bool = False) -> Evaluation:
    r"""Return loss and gradient of neurons on all rows, in double precision.

    `theta` is of shape (neurons, features + 1), biases last. With `single`, leaves are worked out in single precision;
    sums over leaves stay double.

    .. math:: \nabla L = \frac{1}{\sum_i c_i} \sum_i c_i\,(a_i - y_i)\,x_i^T + \lambda w
    """
    W, b = np.ascontiguousarray(theta[:, :-1]), theta[:, -1]
    work, kind = 2.0 * data.entries * len(theta), np.float32 if single else np.float64
    weights = code, W.astype(kind, copy=False), b
    loss, mistakes, total, gradient = over_leaves(evaluate_leaf, data, weights, work, leaf_of(data))
    gradient /= total
    gradient[:, :-1] += l2 * W
    return Evaluation(loss / total, 0.5 * l2 * float(np.vdot(W, W)), mistakes, gradient)


def evaluate_leaf(
    data: Dataset, start: int, stop: int, code: int, W: Array, b: Array
) -> tuple[float, float, float, Array]:
    """Return the loss, the mistakes, the weight and the gradient of some rows, each summed up."""
    X, Y = data.part(start, stop), data.answers(code, start, stop)
    gradient = np.empty((len(W), W.shape[1] + 1))
    with np.errstate(over="ignore", invalid="ignore"):
        if data.sparse:
            Z = X @ W.T
        else:
            X = X.astype(W.dtype, copy=False)  # once, for both products
            Z = sums_of(X, W)
        if code == kernels.LINEAR:
            Z = Z.astype(np.float64, copy=False)  # targets may be large
        if code not in COMPETING:
            Y = Y.astype(Z.dtype, order="F", copy=False)
        Z += b
        losses, D = kernels.losses_of_rows(code, Z, Y)
        weighted = len(data.sample_weight) > 0
        if weighted:
            weight = data.weight(start, stop)
            D *= weight[:, np.newaxis]
        gradient[:, :-1] = (X.T @ D).T if data.sparse else D.T.astype(W.dtype, copy=False) @ X
        gradient[:, -1] = D.sum(axis=0)
    missed = wrong(code, Z, Y)
    if weighted:
        return float(weight @ losses), float(weight @ missed), float(weight.sum()), gradient
    return float(losses.sum(dtype=np.float64)), float(missed.sum()), float(stop - start), gradient


def sums_of(rows: Array, W: Array) -> Array:
    """Return the sums of neurons for dense rows, one column after the other in memory: what follows goes along them."""
    if rows.dtype == np.float32:  # what is faster depends on the precision
        return np.asfortranarray(rows @ W.T.astype(np.float32, copy=False))
    return np.asarray((W @ rows.T).T)


def few_times(few: Array, table: Any) -> Array:
    """Return the product of a matrix with a large table; of two to four rows, one by one, it takes half as long.

    Examples
    --------
    >>> few_times(np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return np.array([row @ table for row in few]) if len(few) <= FEW else np.asarray(few @ table)
