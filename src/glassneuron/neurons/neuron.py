"""The neuron: a weighted sum, a bias and an activation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron import checks
from glassneuron.engine import backend
from glassneuron.engine import kernels as textbook
from glassneuron.engine.activations import activation as activation_named
from glassneuron.engine.arrays import as_input, as_numbers, one_row
from glassneuron.errors import problem
from glassneuron.neurons.columns import in_order
from glassneuron.neurons.explain.boundary import Boundary, boundary_of
from glassneuron.neurons.explain.explanation import Explanation, explain_answer
from glassneuron.neurons.inference import LOOP_UP_TO, activations, checked_sums
from glassneuron.neurons.logic.truth_table import TruthTable
from glassneuron.neurons.value import Value, checked_names

SHORT = 8  # numbers in a row up to which a Python loop is faster than a product of arrays


class Neuron(Value):
    """A neuron: multiply each input by its weight, add them up with the bias, apply the activation.

    Parameters
    ----------
    weights : array_like of shape (inputs,)
        One weight per input, dimensionless or one over the input's unit.
    bias : float, default 0
    activation : {"sigmoid", "step", "linear", "tanh", "relu"}, default "sigmoid"
    names : sequence of str, optional
        What the inputs are called.

    Attributes
    ----------
    weights : ndarray of shape (inputs,), read-only
    bias : float
    activation : str
    names : tuple of str or None

    Raises
    ------
    ParameterError, DataError
        If the activation is unknown or is softmax (which needs a layer), or a weight is not a finite number.

    References
    ----------
    McCulloch & Pitts (1943), Bulletin of Mathematical Biophysics 5:115; Rosenblatt (1958), Psychological Review
    65(6):386-408.

    Examples
    --------
    >>> n = Neuron(weights=[0, 1], bias=4)
    >>> n.feedforward([2, 3])
    0.9990889488055994
    >>> n.feedforward([[2, 3], [-2, -4]])
    array([0.99908895, 0.5       ])
    >>> print(n.explain([2, 3]))
    0·2 + 1·3 + 4 = 7 ; sigmoid(7) = 0.999
    """

    __slots__ = ("_answer", "_code", "_product", "_row", "activation", "bias", "names", "weights")

    _arrays, _facts = ("weights", "bias"), ("activation", "names")

    def __init__(
        self, weights: ArrayLike, bias: float = 0.0, activation: str = "sigmoid", *, names: Sequence[str] | None = None
    ) -> None:
        values = as_numbers(weights, "weights").copy()
        if values.ndim != 1 or len(values) == 0:
            rule, fix = "a row of shape (inputs,)", "Give one weight for each input."
            raise problem("dimensions", name="weights", rule=rule, shape=values.shape, fix=fix)
        if activation == "softmax":
            raise problem("parameter", name="activation", rule="one that a single neuron can have", value=activation)
        values.flags.writeable = False
        self.weights = values
        self.bias = checks.number("bias", bias, "(-inf, inf)")
        self.activation = activation
        self.names = checked_names(names, len(values), "weight")
        self._code = activation_named(activation).code
        self._answer = getattr(textbook, activation)
        self._product = values.dot
        self._row: list[float] = values.tolist()

    def weighted_sum(self, x: ArrayLike) -> Any:
        """Multiply each input by its weight, add them up, add the bias.

        Parameters
        ----------
        x : array_like of shape (inputs,) or (rows, inputs)

        Returns
        -------
        float, or ndarray of shape (rows,)

        Raises
        ------
        ShapeError
            If a row does not have one number for each weight.
        DataError
            If it holds anything but finite numbers.

        Examples
        --------
        >>> Neuron([0, 1], 4).weighted_sum([2, 3])
        7.0
        """
        speed = backend.chosen
        if speed != "compiled":
            try:
                if type(x) is np.ndarray:
                    if speed == "auto" and len(x) > SHORT:
                        z = self._product(x) + self.bias
                        if type(z) is np.float64 and z - z == 0.0:  # it is one number, neither NaN nor infinite
                            return float(z)
                    elif x.ndim == 1:
                        x = x.tolist()
                if isinstance(x, (list, tuple)) and len(x) == len(self._row) <= LOOP_UP_TO:
                    z = textbook.weighted_sum(self._row, self.bias, x)
                    if math.isfinite(z):
                        return z
            except (TypeError, ValueError, OverflowError):
                pass  # a nested list, text, another length, a huge integer: the careful way says what is wrong
        values = as_input(in_order(x, self.names), len(self._row), "features")
        sums = checked_sums(self.weights[np.newaxis], np.array([self.bias]), values)[:, 0]
        return float(sums[0]) if values.ndim == 1 else sums

    def feedforward(self, x: ArrayLike) -> Any:
        """Answer one row of inputs, or each row of a table.

        Parameters
        ----------
        x : array_like of shape (inputs,) or (rows, inputs)

        Returns
        -------
        float, or ndarray of shape (rows,)

        Raises
        ------
        ShapeError, DataError
            As `weighted_sum` does.

        Examples
        --------
        >>> Neuron([1, 1], -1.5, "step").feedforward([[0, 1], [1, 1]])
        array([0., 1.])
        """
        z = self.weighted_sum(x)
        if isinstance(z, float):
            return backend.kernels(0).activate(self._code, z) if backend.chosen == "compiled" else self._answer(z)
        return activations(self._code, z[:, np.newaxis])[:, 0]

    def boundary(self) -> Boundary:
        """Return where the weighted sum is zero: the point, line or plane at which the answer changes.

        Returns
        -------
        Boundary
            With `equation`, `slope`, `intercept` and `distance` from the origin.

        Examples
        --------
        >>> line = Neuron([1, 2], -4, "step").boundary()
        >>> print(line)
        x1 + 2·x2 - 4 = 0
        >>> line.slope, line.intercept
        (-0.5, 2.0)
        """
        return boundary_of(self._row, self.bias, self.names or [f"x{j + 1}" for j in range(len(self._row))])

    def explain(self, x: ArrayLike) -> Explanation:
        """Show the arithmetic of one answer.

        Parameters
        ----------
        x : array_like of shape (inputs,)

        Returns
        -------
        Explanation
            `print` shows text, a notebook a table; `latex` and `to_dict()` give the other forms.

        Examples
        --------
        >>> print(Neuron([0.5, -2], 1, "step", names=["height", "age"]).explain([3, 4]))
        age      -2 · 4 =   -8
        height  0.5 · 3 =  1.5
        bias                 1
        ----------------------
        sum               -5.5
        step(-5.5) = 0
        """
        row = one_row(in_order(x, self.names)).tolist()
        z = self.weighted_sum(row)
        output = backend.kernels(0).activate(self._code, z)
        return explain_answer(self._row, self.bias, row, z, output, self.activation, self.names)

    def truth_table(self) -> TruthTable:
        """Answer every row of zeros and ones.

        Raises
        ------
        ParameterError
            If the activation is not "step", so that answers are not 0 or 1; or if there are more than 16 inputs.

        Examples
        --------
        >>> print(Neuron([1, 1], -2, "step").truth_table())
        [0 0] ---> 0
        [0 1] ---> 0
        [1 0] ---> 0
        [1 1] ---> 1
        """
        if self.activation != "step":
            rule = "'step' for a truth table of 0 and 1"
            raise problem("parameter", name="activation", rule=rule, value=self.activation)
        return TruthTable.asked(lambda *bits: self.feedforward(bits), len(self._row))

    def __repr__(self) -> str:
        return f"Neuron(weights={short(self._row)}, bias={self.bias:g}, activation={self.activation!r})"


def short(numbers: list[float]) -> str:
    """Write the first few of some numbers."""
    few = [f"{v:g}" for v in numbers[:6]]
    return f"[{', '.join(few)}{', ...' if len(numbers) > 6 else ''}]"
