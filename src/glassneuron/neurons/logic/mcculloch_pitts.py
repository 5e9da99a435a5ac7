"""The threshold neuron of 1943, which reads zeros and ones: a logic gate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron import checks
from glassneuron.engine.arrays import Array, as_numbers, one_row
from glassneuron.errors import problem
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.logic.truth_table import TruthTable
from glassneuron.neurons.neuron import Neuron, short
from glassneuron.neurons.value import Value


class McCullochPitts(Value):
    """The threshold neuron of 1943: it reads zeros and ones and fires when their weighted sum reaches the threshold.

    Parameters
    ----------
    weights : array_like of shape (inputs,)
        Positive weights excite, negative ones inhibit.
    threshold : float
        The neuron fires at ``sum >= threshold``.

    References
    ----------
    McCulloch & Pitts (1943), Bulletin of Mathematical Biophysics 5:115.

    Examples
    --------
    >>> gate = McCullochPitts(weights=[1, 1], threshold=2)
    >>> gate.feedforward([1, 1])
    1
    >>> print(gate.truth_table())
    [0 0] ---> 0
    [0 1] ---> 0
    [1 0] ---> 0
    [1 1] ---> 1
    """

    __slots__ = ("_sum", "threshold")

    _arrays = ("weights", "threshold")

    def __init__(self, weights: ArrayLike, threshold: float) -> None:
        self._sum = Neuron(weights, 0.0, "linear")
        self.threshold = checks.number("threshold", threshold, "(-inf, inf)")

    @property
    def weights(self) -> Array:
        """One weight per input, shape (inputs,), read-only."""
        return self._sum.weights

    @property
    def neuron(self) -> Neuron:
        """The same gate as a step neuron: its bias is minus the threshold."""
        return Neuron(self.weights, -self.threshold + 0.0, "step")

    def weighted_sum(self, x: ArrayLike) -> Any:
        """Add up the weights of the inputs that are 1; the threshold is not part of it.

        Parameters
        ----------
        x : array_like of zeros and ones, of shape (inputs,) or (rows, inputs)

        Returns
        -------
        float, or ndarray of shape (rows,)

        Raises
        ------
        DataError
            If an input is neither 0 nor 1.
        """
        values = as_numbers(x, "x")
        wrong = np.argwhere((values != 0) & (values != 1))
        if len(wrong):
            place = tuple(int(i) for i in wrong[0])
            raise problem("not-bits", value=float(values[place]), where=f"position {place[-1]}")
        return self._sum.weighted_sum(values)

    def feedforward(self, x: ArrayLike) -> Any:
        """Fire (1) where the weighted sum reaches the threshold, stay silent (0) elsewhere.

        Parameters
        ----------
        x : array_like of zeros and ones, of shape (inputs,) or (rows, inputs)

        Returns
        -------
        int, or ndarray of int of shape (rows,)

        Raises
        ------
        ShapeError, DataError
        """
        z = self.weighted_sum(x)
        return int(z >= self.threshold) if isinstance(z, float) else (z >= self.threshold).astype(np.int64)

    def explain(self, x: ArrayLike) -> Explanation:
        """Show the arithmetic of one answer, the threshold written as a bias.

        Examples
        --------
        >>> print(McCullochPitts([1, 1], 2).explain([1, 0]))
        1·1 + 1·0 - 2 = -1 ; step(-1) = 0
        """
        self.weighted_sum(one_row(x))  # refuses what is neither 0 nor 1
        return self.neuron.explain(x)

    def truth_table(self) -> TruthTable:
        """Answer every row of zeros and ones.

        Raises
        ------
        ParameterError
            If there are more than 16 inputs.
        """
        return self.neuron.truth_table()

    def __repr__(self) -> str:
        return f"McCullochPitts(weights={short(self.weights.tolist())}, threshold={self.threshold:g})"
