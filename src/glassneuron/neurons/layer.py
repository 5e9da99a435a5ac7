"""A layer: neurons that read the same inputs and have the same activation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.engine.activations import activation as activation_named
from glassneuron.engine.arrays import Array, as_input, as_numbers, in_kind
from glassneuron.errors import problem
from glassneuron.neurons.inference import activations, checked_sums
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.value import Value


class Layer(Value):
    """Neurons that read the same inputs and have the same activation.

    Parameters
    ----------
    weights : array_like of shape (neurons, inputs)
        One row per neuron.
    biases : array_like of shape (neurons,), optional
        Zero if left out.
    activation : {"sigmoid", "step", "linear", "tanh", "relu", "softmax"}, default "sigmoid"

    Attributes
    ----------
    weights : ndarray of shape (neurons, inputs), read-only
    biases : ndarray of shape (neurons,), read-only
    activation : str

    Raises
    ------
    ParameterError, DataError
        If the activation is unknown or a weight is not a finite number.
    ShapeError
        If weights and biases do not fit together.

    Examples
    --------
    >>> layer = Layer([[1, 1], [1, 1]], [-0.5, -1.5], "step")
    >>> layer.feedforward([0, 1])
    array([1., 0.])
    >>> layer.neurons[1]
    Neuron(weights=[1, 1], bias=-1.5, activation='step')
    """

    __slots__ = ("activation", "biases", "weights")

    _arrays, _facts = ("weights", "biases"), ("activation",)

    def __init__(self, weights: ArrayLike, biases: ArrayLike | None = None, activation: str = "sigmoid") -> None:
        W = as_numbers(weights, "weights").copy()
        if W.ndim != 2 or 0 in W.shape:
            rule, fix = "a table of shape (neurons, inputs)", "Give one row of weights for each neuron."
            raise problem("dimensions", name="weights", rule=rule, shape=W.shape, fix=fix)
        b = np.zeros(len(W), W.dtype) if biases is None else in_kind(W.dtype, biases, "biases")
        if b.shape != (len(W),):
            raise problem("biases", weights=W.shape, biases=b.shape, neurons=len(W))
        self._hold(W, b, activation)

    @classmethod
    def viewing(cls, W: Array, b: Array, activation: str) -> Layer:
        """Build a layer on these arrays without copying them."""
        layer = cls.__new__(cls)
        layer._hold(W, b, activation)
        return layer

    def _hold(self, W: Array, b: Array, activation: str) -> None:
        self.activation = activation_named(activation).name
        W.flags.writeable = b.flags.writeable = False
        self.weights, self.biases = W, b

    @classmethod
    def of(cls, neurons: Sequence[Neuron | McCullochPitts]) -> Layer:
        """Join neurons into a layer; a McCulloch-Pitts neuron becomes a step neuron.

        Raises
        ------
        ParameterError
            If they differ in their number of inputs or in their activation.

        Examples
        --------
        >>> Layer.of([Neuron([1, 2], 3), Neuron([4, 5], 6)])
        Layer(2 inputs, 2 sigmoid neurons)
        """
        given = list(neurons) if np.iterable(neurons) else [neurons]
        plain = [n.neuron if isinstance(n, McCullochPitts) else n for n in given]
        kinds = {(len(n.weights), n.activation) for n in plain if isinstance(n, Neuron)}
        if not np.iterable(neurons) or len(kinds) != 1 or not all(isinstance(n, Neuron) for n in plain):
            rule = "a list of neurons with the same number of inputs and the same activation"
            raise problem("parameter", name="neurons", rule=rule, value=neurons)
        return cls([n.weights for n in plain], [n.bias for n in plain], plain[0].activation)

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        """The neurons, each with its row of the layer's weights.

        Those of a softmax layer are shown as linear ones: softmax compares the sums of the whole layer.
        """
        activation = "linear" if self.activation == "softmax" else self.activation
        made = tuple(Neuron(w, float(b), activation) for w, b in zip(self.weights, self.biases, strict=True))
        for neuron, w in zip(made, self.weights, strict=True):
            neuron.weights = w  # a view, not a copy
        return made

    def feedforward(self, x: ArrayLike) -> Array:
        """Answer one row of inputs, or each row of a table.

        Parameters
        ----------
        x : array_like of shape (inputs,) or (rows, inputs)

        Returns
        -------
        ndarray of shape (neurons,) or (rows, neurons)
        """
        values = as_input(x, self.weights.shape[1])
        sums = checked_sums(self.weights, self.biases, values)
        answers = activations(activation_named(self.activation).code, sums)
        return answers if values.ndim == 2 else answers[0]

    def __repr__(self) -> str:
        neurons, inputs = self.weights.shape
        return f"Layer({inputs} input{'s' * (inputs != 1)}, {neurons} {self.activation} neuron{'s' * (neurons != 1)})"
