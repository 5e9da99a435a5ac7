"""Products of columns with each other and with the targets: all that least squares have to know of the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import leaf_rows, over_leaves
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates, spread
from glassneuron.learning.algorithms.whole_batch.evaluation import few_times
from glassneuron.learning.algorithms.whole_batch.hessian import CELLS
from glassneuron.learning.dataset import Dataset

NEAR = 4.0
"""Spreads between two centres up to which products around one tell those around the other but for a few roundings."""


@dataclass(frozen=True, eq=False)
class Products:
    """Sums over all rows, by their weights, of each number of a row times each: one look at the table.

    Attributes
    ----------
    coordinates : Coordinates
        In which the rows were read.
    sums : ndarray of shape (features + 1 + neurons, features + 1 + neurons)
        Of the columns, the 1 for the bias, and the targets.
    single : bool
        Whether they are told in single precision.

    Examples
    --------
    >>> line = Dataset(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0]))
    >>> Products.of(line, Coordinates(np.zeros(1), np.ones(1))).sums.tolist()
    [[5.0, 3.0, 13.0], [3.0, 3.0, 9.0], [13.0, 9.0, 35.0]]
    """

    coordinates: Coordinates
    sums: Array
    single: bool = False

    @classmethod
    def of(cls, data: Dataset, coordinates: Coordinates, *, single: bool = False) -> Products:
        """Add them up, leaf by leaf, or those within a leaf in single precision."""
        rows, features = data.shape
        width = features + 1 + data.neurons
        work, size = 0.5 * rows * width**2, leaf_rows(CELLS / width)
        moves = coordinates.centres.any() or (coordinates.scales != 1.0).any()
        weights = coordinates if moves else None, np.float32 if single else np.float64
        (sums,) = over_leaves(_products_of_leaf, data, weights, work, size)
        return cls(coordinates, sums, single)

    @property
    def features(self) -> int:
        """How many columns there are."""
        return len(self.coordinates.scales)

    def measured(self, *, centred: bool) -> Coordinates:
        """Return the coordinates in which all columns have one scale, as `Coordinates.of` would measure them."""
        d, here = self.features, self.coordinates
        total = self.sums[d, d]
        means, squares = self.sums[d, :d] / total * centred, self.sums.diagonal()[:d] / total
        return Coordinates(here.centres + here.scales * means, here.scales * spread(means, squares))

    def moved(self, there: Coordinates) -> Products | None:
        """Return them in other coordinates; None where rounding would show, as their centres are far away."""
        d, here = self.features, self.coordinates
        with np.errstate(over="ignore", invalid="ignore"):
            move = (there.centres - here.centres) / there.scales
            if not (np.abs(move) <= (1.0 if self.single else NEAR)).all():
                return None
            each = np.ones(len(self.sums))
            np.divide(here.scales, there.scales, out=each[:d])
            sums = self.sums * each * each[:, np.newaxis]
            sums[:d] -= move[:, np.newaxis] * sums[d]
            sums[:, :d] -= sums[:, d, np.newaxis] * move
        return Products(there, sums, self.single) if np.isfinite(sums).all() else None

    def gradient(self, theta: Array) -> Array:
        """Return the gradient of the mean loss, in `coordinates`, of linear neurons that answer the same to all rows.

        `theta` is of shape (neurons, features + 1), all but the biases 0.
        """
        m = self.features + 1
        return np.asarray((theta[:, -1:] * self.sums[m - 1, :m] - self.sums[m:, :m]) / self.sums[m - 1, m - 1])

    def loss(self, theta: Array) -> float:
        """Return the mean loss of linear neurons that answer the same to all rows."""
        m, b = self.features + 1, theta[:, -1]
        squares, total = self.sums.diagonal()[m:], float(self.sums[m - 1, m - 1])
        return 0.5 * float((squares - (2.0 * self.sums[m - 1, m:] - total * b) * b).sum()) / total


def _products_of_leaf(data: Dataset, start: int, stop: int, coordinates: Coordinates | None, kind: Any) -> tuple[Array]:
    part, Y, features = data.dense(start, stop), data.targets(start, stop), data.shape[1]
    m = features + 1
    sums = np.empty((m + data.neurons, m + data.neurons))
    with np.errstate(over="ignore", invalid="ignore"):
        if coordinates is None:
            rows = part.astype(kind, copy=False)
        else:
            rows = coordinates.of_columns(part, np.empty(part.T.shape, kind).T)
        beside = np.ones((1 + data.neurons, len(rows)), kind)
        beside[1:] = Y.T
        if len(data.sample_weight):
            roots = np.sqrt(data.weight(start, stop)).astype(kind, copy=False)
            rows, beside = rows * roots[:, np.newaxis], beside * roots
        sums[:features, :features] = rows.T @ rows  # a matrix with itself is half the work
        sums[features:, :features], sums[features:, features:] = few_times(beside, rows), beside @ beside.T
    sums[:features, features:] = sums[features:, :features].T
    return (sums,)
