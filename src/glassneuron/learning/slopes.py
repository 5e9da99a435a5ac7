"""The loss of all rows, its slope and how it is bent, from sums that the kernels add up piece by piece."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from glassneuron.engine import backend, kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.dataset import BLOCK, COMPETING, NO_TABLE, Examples

CELLS = 1 << 17
"""Numbers in a piece of a table whose bends are added up, so that it stays close by."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What a place in the landscape of the loss looks like.

    Attributes
    ----------
    loss : float
        The mean over the rows, without the penalty.
    penalty : float
    mistakes : float
        Wrong answers.
    G, g : ndarrays of shape (neurons, features) and (neurons,)
        The way downhill: minus the slopes, penalty included.
    H : ndarray of shape (systems, unknowns, unknowns) or None
        How the slopes change: one system for each neuron, or one for all that compete. A neuron's unknowns are its
        weights and, last, its bias.
    """

    loss: float
    penalty: float
    mistakes: float
    G: Array
    g: Array
    H: Array | None

    @property
    def height(self) -> float:
        """What is to be made small: the loss with its penalty."""
        return self.loss + self.penalty

    @property
    def way(self) -> Array:
        """The way downhill as a table of shape (neurons, features + 1), biases last."""
        return np.column_stack([self.G, self.g])


def measure(code: int, W: Array, b: Array, examples: Examples, l2: float, *, bends: bool, asked: int = 10) -> Measured:
    r"""Measure the mean loss of neurons on all rows, its slopes and, if asked, how they change.

    .. math:: H = \frac{1}{\sum_i c_i} \sum_i c_i\,f'(z_i)\,x_i x_i^T + \lambda I

    Sums are added up in double precision, whatever the rows are.

    Parameters
    ----------
    code : int, the activation
    W, b : ndarrays of shape (neurons, features) and (neurons,)
    examples : Examples
    l2 : float
    bends : bool
    asked : int
        Times that the same rows will be measured, for the speed to suit.
    """
    k = backend.kernels(4.0 * examples.entries * len(W) * asked)
    W64, b64 = W.astype(np.float64), b.astype(np.float64)
    features, total, competing = W.shape[1], examples.total, code in COMPETING
    unknowns = features + 1
    W_, b_, y, fires_for, counts = backend.inputs(
        k, W64, b64[:, np.newaxis], examples.y, examples.fires_for, examples.counts
    )  # fmt: skip
    X, rows = backend.table(k, examples.X), max(256, CELLS // unknowns) if bends else BLOCK

    def add_up(first: int, last: int) -> tuple[Array, Array, Array, Array]:
        G, g = backend.inputs(k, np.zeros_like(W64), np.zeros((len(W), 1)))
        shape = (1, len(W) * unknowns) if competing else (len(W), unknowns)
        H, notes = np.zeros((*shape, shape[1]) if bends else (0, 0, 0)), np.zeros(3)
        for start in range(first, last, rows):
            stop = min(start + rows, last)
            A = np.empty((stop - start, len(W))) if bends else NO_TABLE
            with np.errstate(over="ignore", invalid="ignore"):
                k.slopes(code, W_, b_, X, y, fires_for, examples.silent, counts, start, stop, G, g, A, notes)
            if bends:
                count = examples.counts[start:stop] if len(examples.counts) else np.ones(stop - start)
                table = np.asarray(examples.dense(start, stop), np.float64)
                (_bends_together if competing else _bends_apart)(code, table, A, count, H)
        return np.array(G), np.array(g)[:, 0], H, notes

    if (
        not backend.interpreted(k) and len(y) > HALVED_FROM
    ):  # by the size alone, so that sums are the same on any machine
        halves = [(0, len(y) // 2), (len(y) // 2, len(y))]
        with ThreadPoolExecutor(2) as pool:
            G, g, H, notes = (a + b for a, b in zip(*pool.map(lambda half: add_up(*half), halves), strict=True))
    else:
        G, g, H, notes = add_up(0, len(y))
    H /= total
    for n in range(len(W) if competing else 1):
        weights = np.arange(features) + n * unknowns
        if bends:
            H[:, weights, weights] += l2
    return Measured(
        float(notes[0] / total), 0.5 * l2 * float(np.vdot(W64, W64)), float(notes[1]), G / total - l2 * W64, g / total,
        H if bends else None,
    )  # fmt: skip


HALVED_FROM = 10_000
"""Rows from which two cores take half of them each."""


def _bends_apart(code: int, table: Array, A: Array, count: Array, H: Array) -> None:
    for n in range(A.shape[1]):
        _add(H[n], table, count * (A[:, n] * (1.0 - A[:, n]) if code == kernels.SIGMOID else 1.0))


def _bends_together(code: int, table: Array, A: Array, count: Array, H: Array) -> None:
    unknowns = table.shape[1] + 1
    for n in range(A.shape[1]):
        for m in range(n + 1):
            block = np.zeros((unknowns, unknowns))
            _add(block, table, count * A[:, n] * ((1.0 - A[:, n]) if m == n else A[:, m]))
            place = np.s_[n * unknowns : (n + 1) * unknowns, m * unknowns : (m + 1) * unknowns]
            H[0][place] += block if m == n else -block
            if m != n:
                H[0].T[place] -= block


def _add(H: Array, table: Array, bend: Array) -> None:
    """Add the sum of bend x x^T, each x with a 1 for the bias at its end."""
    root = np.sqrt(bend)[:, np.newaxis] * table
    H[:-1, :-1] += root.T @ root  # a matrix with itself: half the work
    border = bend @ table
    H[-1, :-1] += border
    H[:-1, -1] += border
    H[-1, -1] += bend.sum()
