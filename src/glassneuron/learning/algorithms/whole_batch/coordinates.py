"""Columns brought to one scale: the coordinates in which a step knows how far to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import over_leaves
from glassneuron.learning.algorithms.whole_batch.evaluation import leaf_of
from glassneuron.learning.dataset import Dataset
from glassneuron.neurons.scaling import Scaling

MIDDLE = 65
"""Rows of which the middle value of a column is near enough to its mean."""


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
        return cls.around(data, cls.near(data, centred=centred).centres, centred=centred)

    @classmethod
    def around(cls, data: Dataset, near: Array, *, centred: bool, kind: Any = np.float64) -> Coordinates:
        """Measure the same, by numbers near to the means, in some precision."""
        centred = centred and not data.sparse
        with np.errstate(over="ignore", invalid="ignore"):
            sums, squares, total = over_leaves(
                _moments, data, (near.astype(kind),), work=float(data.entries), size=leaf_of(data)
            )
            means = sums / total * centred
            return cls(near + means, spread(means, squares / total))

    @classmethod
    def near(cls, data: Dataset, *, centred: bool) -> Coordinates:
        """Return the columns' own scales; if `centred`, those far from 0 moved to the middle of some rows."""
        if not centred or data.sparse:
            return cls(np.zeros(data.shape[1]), np.ones(data.shape[1]))
        some = data.X[:: -(-len(data.y) // MIDDLE)]
        lowest, highest, near = some.min(axis=0), some.max(axis=0), np.zeros(data.shape[1])
        beside = (lowest > 0.0) | (highest < 0.0)
        if beside.any():
            middle = np.sort(some, axis=0)[len(some) // 2].astype(np.float64)
            far = beside & (2.0 * np.abs(middle) > highest - lowest)  # others are as near to 0, and need not be moved
            near[far] = middle[far]
        return cls(near, np.ones(data.shape[1]))

    def theta(self, unknowns: Array) -> Array:
        """Return weights and biases for the columns as they are."""
        theta = np.empty_like(unknowns)
        np.divide(unknowns[:, :-1], self.scales, out=theta[:, :-1])
        theta[:, -1] = unknowns[:, -1] - theta[:, :-1] @ self.centres
        return theta

    def unknowns(self, theta: Array) -> Array:
        """Return the unknowns that stand for some weights and biases."""
        return np.column_stack(Scaling(self.centres, self.scales).unfolded(theta[:, :-1], theta[:, -1]))

    def gradient(self, gradient: Array) -> Array:
        """Return the gradient by the unknowns, from that by weights and biases."""
        here = gradient.copy()
        here[:, :-1] -= gradient[:, -1:] * self.centres
        here[:, :-1] /= self.scales
        return here

    def rows(self, table: Array, kind: Any = np.float64) -> Array:
        """Return dense rows as the unknowns read them, with a 1 for the bias at their end.

        One column lies behind the other in memory: what is done to all rows goes along them, however few they are.
        """
        return self.read(table, np.empty((table.shape[1] + 1, len(table)), kind).T)

    def read(self, table: Array, rows: Array) -> Array:
        """Write dense rows, as the unknowns read them, into an array that has room for a 1 at the end of each."""
        self.of_columns(table, rows[:, :-1])
        rows[:, -1] = 1.0
        return rows

    def of_columns(self, table: Array, found: Array | None = None) -> Array:
        """Write dense rows as the weights read them."""
        kind = np.float64 if found is None else found.dtype
        centres = self.centres.astype(np.result_type(table, kind), copy=False)
        out = None if found is None else found.T  # so that loops go along columns where these lie together
        found = np.subtract(table.T, centres[:, np.newaxis], out=out, casting="same_kind").T
        if (self.scales != 1.0).any():
            found *= (1.0 / self.scales).astype(kind, copy=False)
        return found


def _moments(data: Dataset, start: int, stop: int, near: Array) -> tuple[Array, Array, float]:
    """Return the sums of the columns of some rows, less what they are near to, and of their squares."""
    weight = data.weight(start, stop)
    total = float(weight.sum())
    with np.errstate(over="ignore", invalid="ignore"):
        if data.sparse:
            part = data.part(start, stop)
            squares = type(part)((part.data.astype(np.float64) ** 2, part.indices, part.indptr), shape=part.shape)
            return near, np.asarray(squares.T @ weight), total
        shifted = np.subtract(data.X[start:stop], near, dtype=near.dtype)
        weight = weight.astype(near.dtype, copy=False)
        sums = (weight @ shifted).astype(np.float64, copy=False)
        shifted *= shifted
        return sums, (weight @ shifted).astype(np.float64, copy=False), total


def spread(means: Array, squares: Array) -> Array:
    """Return the spread of columns of such means and mean squares; 1 where there is none, or none that is finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        spreads = np.sqrt(np.maximum(squares - means * means, 0.0))
    return np.where((spreads > 0.0) & (spreads < np.inf), spreads, 1.0)
