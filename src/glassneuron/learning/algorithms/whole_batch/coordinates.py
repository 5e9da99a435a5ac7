"""Columns brought to one scale: the coordinates in which a step knows how far to go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import over_leaves
from glassneuron.learning.algorithms.whole_batch.evaluation import leaf_of
from glassneuron.learning.dataset import Dataset
from glassneuron.neurons.scaling import Scaling


@dataclass(frozen=True, eq=False)
class Coordinates:
    r"""The unknowns u of neurons that read each column as :math:`(x - m) / s`: the same neurons, other numbers.

    .. math:: w_j = u_j / s_j, \qquad b = u_b - \sum_j w_j m_j

    Unknowns, weights and gradients are of shape (neurons, features + 1), biases last.

    Attributes
    ----------
    centres, scales : ndarray of shape (features,)

    Examples
    --------
    >>> inches = Coordinates(np.array([50.0]), np.array([10.0]))
    >>> inches.theta(np.array([[2.0, 1.0]])).tolist()  # 2 (x - 50) / 10 + 1 is 0.2 x - 9
    [[0.2, -9.0]]
    >>> inches.unknowns(np.array([[0.2, -9.0]])).tolist()
    [[2.0, 1.0]]
    """

    centres: Array
    scales: Array

    @classmethod
    def of(cls, data: Dataset, *, centred: bool) -> Coordinates:
        """Measure the mean and the spread of each column; of sparse rows, and if not `centred`, its size alone."""
        centred = centred and not data.sparse
        first = np.asarray(data.dense(0, 1)[0], np.float64) if centred else np.zeros(data.shape[1])

        def leaf(start: int, stop: int) -> tuple[Array, Array, float]:
            weight = data.weight(start, stop)
            if data.sparse:
                part = data.part(start, stop)
                squares = type(part)((part.data.astype(np.float64) ** 2, part.indices, part.indptr), shape=part.shape)
                return first, np.asarray(squares.T @ weight), float(weight.sum())
            shifted = np.subtract(data.X[start:stop], first, dtype=np.float64)
            sums = weight @ shifted
            shifted *= shifted
            return sums, weight @ shifted, float(weight.sum())

        with np.errstate(over="ignore", invalid="ignore"):
            sums, squares, total = over_leaves(leaf, len(data.y), float(data.entries), leaf_of(data))
            centres = first + sums / total if centred else first
            scales = np.sqrt(np.maximum(squares / total - (sums / total) ** 2 * centred, 0.0))
        return cls(centres, np.where((scales > 0.0) & np.isfinite(scales), scales, 1.0))

    def theta(self, unknowns: Array) -> Array:
        """Return weights and biases for the columns as they are."""
        return np.column_stack(Scaling(self.centres, self.scales).folded(unknowns[:, :-1], unknowns[:, -1]))

    def unknowns(self, theta: Array) -> Array:
        """Return the unknowns that stand for some weights and biases."""
        return np.column_stack(Scaling(self.centres, self.scales).unfolded(theta[:, :-1], theta[:, -1]))

    def gradient(self, gradient: Array) -> Array:
        """Return the gradient by the unknowns, from that by weights and biases."""
        here = gradient.copy()
        here[:, :-1] -= gradient[:, -1:] * self.centres
        here[:, :-1] /= self.scales
        return here

    def rows(self, table: Array) -> Array:
        """Return dense rows as the unknowns read them, with a 1 for the bias at their end."""
        rows = np.empty((len(table), table.shape[1] + 1))
        np.subtract(table, self.centres, out=rows[:, :-1])
        rows[:, :-1] *= 1.0 / self.scales
        rows[:, -1] = 1.0
        return rows
