"""Standardised features, and learned weights rewritten in the original units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import over_leaves
from glassneuron.neurons.neuron import Neuron


@dataclass(frozen=True, eq=False)
class Scaling:
    """Subtract each feature's mean and divide by its standard deviation, both arrays of shape (features,).

    They are in the features' own units. A constant feature has deviation 1, so that it becomes 0.
    """

    means: Array
    deviations: Array

    @classmethod
    def of(cls, rows: Array) -> Scaling:
        """Measure the features of a table of shape (rows, features), a leaf of rows at a time."""
        means = over_leaves(_sums_of_leaf, rows, (), float(rows.size))[0] / len(rows)
        squares = over_leaves(_squares_of_leaf, rows, (means,), float(rows.size))[0]
        deviations = np.sqrt(squares / len(rows))
        return cls(means, np.where(cls.constant(means, deviations), 1.0, deviations))

    @staticmethod
    def constant(means: Array, deviations: Array) -> Array:
        """Return which features are constant, up to rounding."""
        return np.asarray(deviations <= 1e-12 * np.abs(means))

    @classmethod
    def none(cls, features: int) -> Scaling:
        """Return the scaling that leaves this many features as they are."""
        return cls(np.zeros(features), np.ones(features))

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return bool(self.means.any() or (self.deviations != 1.0).any())

    def apply(self, rows: Array) -> Array:
        """Scale rows of shape (rows, features)."""
        return (rows - self.means) / self.deviations

    def fold(self, neuron: Neuron) -> Neuron:
        r"""Rewrite a neuron that reads scaled rows as one that reads rows in the original units.

        .. math:: w_j \frac{x_j - m_j}{s_j} = \frac{w_j}{s_j} x_j - \frac{w_j m_j}{s_j}

        Examples
        --------
        >>> scaling = Scaling(np.array([10.0]), np.array([2.0]))
        >>> scaling.fold(Neuron([4.0], 1.0))
        Neuron(weights=[2], bias=-19, activation='sigmoid')
        """
        weights, bias = self.folded(neuron.weights, neuron.bias)
        return Neuron(weights, float(bias), neuron.activation, names=neuron.names)

    def folded(self, W: Array, b: Any) -> tuple[Array, Any]:
        """Rewrite weights (of one neuron or of a layer) and biases that read scaled rows for rows as they were."""
        W = W / self.deviations
        return W, b - W @ self.means

    def unfolded(self, W: Array, b: Any) -> tuple[Array, Any]:
        """Rewrite weights and biases for scaled rows; `folded` takes it back."""
        scaled = W * np.where(np.isfinite(self.deviations), self.deviations, 0.0)
        return scaled, b + W @ self.means

    def stretched(self, W: Array, b: Array) -> tuple[Array, Array]:
        """Rewrite a layer that answers with scaled numbers as one that answers in their own units."""
        deviations = np.where(np.isfinite(self.deviations), self.deviations, 0.0)
        return W * deviations[:, np.newaxis], b * deviations + self.means

    def shrunk(self, W: Array, b: Array) -> tuple[Array, Array]:
        """Rewrite a layer that answers in numbers' own units as one that answers with scaled ones."""
        return W / self.deviations[:, np.newaxis], (b - self.means) / self.deviations


def _sums_of_leaf(rows: Array, start: int, stop: int) -> tuple[Array]:
    return (rows[start:stop].sum(axis=0, dtype=np.float64),)


def _squares_of_leaf(rows: Array, start: int, stop: int, means: Array) -> tuple[Array]:
    return (((rows[start:stop] - means) ** 2).sum(axis=0),)
