"""A feed-forward network: each layer reads what the one before it answered."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.engine import backend
from glassneuron.engine.activations import activation as activation_named
from glassneuron.engine.arrays import Array, as_input, as_numbers, as_rows, in_kind, one_row
from glassneuron.engine.losses import loss_for
from glassneuron.errors import problem
from glassneuron.neurons.columns import in_order
from glassneuron.neurons.explain import network as network_explanation
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.inference import Scale, forward, row_answerer
from glassneuron.neurons.initializers import checked_sizes, init_parameters, per_layer
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import TruthTable
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.value import Value, checked_names


class Network(Value):
    """Layers, each reading what the one before it answered.

    Parameters
    ----------
    layers : sequence of Layer, or of sequences of Neuron or McCullochPitts
        The first reads the row, each other one what the layer before it answered.
    names : sequence of str, optional
        What the inputs are called.

    Attributes
    ----------
    parameters : ndarray of shape (parameters,), read-only
        All weights and biases in one flat vector: for each layer its weights, one row per neuron, then its biases.
    layers : tuple of Layer
        Views of it.
    sizes : tuple of int
        Inputs, and the neurons of each layer.
    activations : tuple of str
        The activation of each layer.
    codes : ndarray of shape (layers,)
        The activations' numbers in `engine.kernels`.
    names : tuple of str or None

    Raises
    ------
    ParameterError, ShapeError
        If there is no layer, or a layer reads another number of inputs than the one before it answers.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323:533.

    Examples
    --------
    >>> from glassneuron.neurons.layer import Layer
    >>> network = Network([Layer([[0, 1], [0, 1]], [0, 0]), Layer([[0, 1]], [0])])
    >>> network.feedforward([2, 3])
    0.7216325609518421
    >>> network.feedforward([[2, 3], [0, 0]])
    array([0.72163256, 0.62245933])
    >>> network.layers[0].neurons[1]
    Neuron(weights=[0, 1], bias=0, activation='sigmoid')
    """

    # _theta views the parameters without being read-only, which is another type to Numba; _row_answer is rebuilt
    # whenever the speed for which it was built, _speed, is no longer the chosen one.
    __slots__ = (
        "_row_answer", "_sizes", "_speed", "_theta", "activations", "codes", "layers", "names", "parameters", "sizes",
    )  # fmt: skip

    _arrays, _facts = ("parameters",), ("sizes", "activations", "names")

    def __init__(
        self, layers: Sequence[Layer | Sequence[Neuron | McCullochPitts]], *, names: Sequence[str] | None = None
    ) -> None:
        if not np.iterable(layers):
            raise problem("parameter", name="layers", rule="a list of layers", value=layers)
        given = [layer if isinstance(layer, Layer) else Layer.of(layer) for layer in layers]
        if not given:
            raise problem("empty", name="layers", what="layer")
        for before, layer in pairwise(given):
            if layer.weights.shape[1] != len(before.biases):
                raise problem("layers", answers=len(before.biases), reads=layer.weights.shape[1])
        dtype = np.result_type(*(layer.weights for layer in given))
        flat = [part.ravel().astype(dtype) for layer in given for part in (layer.weights, layer.biases)]
        sizes = (given[0].weights.shape[1], *(len(layer.biases) for layer in given))
        self._build(np.concatenate(flat), sizes, tuple(layer.activation for layer in given), names)

    def _build(
        self, theta: Array, sizes: Sequence[int], activations: Sequence[str], names: Sequence[str] | None
    ) -> None:
        self.sizes = tuple(int(n) for n in sizes)
        self._sizes = np.array(self.sizes, dtype=np.int64)
        self.activations = tuple(activation_named(name).name for name in activations)
        self.codes = np.array([activation_named(name).code for name in activations], dtype=np.int64)
        self._theta = theta.view() if theta.flags.writeable else theta.copy()
        theta.flags.writeable = False
        self.parameters = theta
        self._speed = ""
        if "softmax" in activations[:-1]:
            raise problem("parameter", name="activation", rule="of the last layer alone", value="softmax")
        self.names = checked_names(names, self.sizes[0], "input")
        kernels = backend.load("python")
        views = zip(kernels.weights_of(theta, self._sizes), kernels.biases_of(theta, self._sizes), strict=True)
        self.layers = tuple(Layer.viewing(W, b, name) for (W, b), name in zip(views, self.activations, strict=True))

    @classmethod
    def of_parameters(
        cls, parameters: Array, sizes: Sequence[int], activations: Sequence[str], names: Sequence[str] | None = None
    ) -> Network:
        """Build a network on a flat vector of as many parameters as its sizes need, which becomes read-only."""
        checked_sizes(sizes)
        wanted = sum(neurons * (inputs + 1) for inputs, neurons in pairwise(sizes))
        # A view is copied: it would change with the array that owns its memory.
        theta = np.require(as_numbers(parameters, "parameters"), requirements=("C", "A", "O"))
        if theta.shape != (wanted,):
            rule = f"a row of {wanted} numbers for sizes {tuple(sizes)}"
            fix = "For each layer give its weights, then its biases."
            raise problem("dimensions", name="parameters", rule=rule, shape=theta.shape, fix=fix)
        if not isinstance(activations, Sequence) or len(activations) != len(sizes) - 1:
            raise problem("parameter", name="activations", rule="one for each layer", value=activations)
        network = cls.__new__(cls)
        network._build(theta, sizes, activations, names)
        return network

    @classmethod
    def random(
        cls,
        sizes: Sequence[int],
        activation: str | Sequence[str] = "sigmoid",
        *,
        output: str | None = None,
        start: str = "auto",
        seed: int | None = None,
        dtype: Any = np.float64,
    ) -> Network:
        """Draw the weights at random; biases start at 0.

        Parameters
        ----------
        sizes : sequence of int
            Inputs, and the neurons of each layer: [2, 2, 1].
        activation : str, or a sequence with one per layer
        output : str, optional
            Activation of the last layer; that of the others if left out.
        start : {"auto", "glorot", "he", "zero"}, default "auto"
            Glorot suits sigmoid and tanh, He suits relu; "auto" is He for relu layers and Glorot for others. "zero"
            shows what happens to neurons that start with equal weights. `neurons.initializers` has the formulas.
        seed : int, optional
        dtype : float32 or float64

        Examples
        --------
        >>> Network.random([2, 2, 1], activation="sigmoid", seed=0)
        Network(2-2-1, sigmoid, sigmoid)
        """
        checked_sizes(sizes)
        names = per_layer("activation", activation, len(sizes) - 1)
        if output is not None:
            names[-1] = output
        if dtype not in (np.float32, np.float64, "float32", "float64"):
            raise problem("parameter", name="dtype", rule="float32 or float64", value=dtype)
        return cls.of_parameters(init_parameters(sizes, names, start, seed).astype(dtype), sizes, names)

    def with_parameters(self, parameters: Array) -> Network:
        """Return a network of the same shape that keeps this flat vector, which becomes read-only."""
        return Network.of_parameters(parameters, self.sizes, self.activations, self.names)

    def feedforward(self, x: ArrayLike) -> Any:
        """Answer one row of inputs, or each row of a table.

        Parameters
        ----------
        x : array_like of shape (inputs,) or (rows, inputs)

        Returns
        -------
        float or ndarray
            For a network with one output a float, or one number per row; otherwise shape (outputs,) or (rows, outputs).

        Raises
        ------
        ShapeError
            If a row does not have one number for each input.
        DataError
            If it holds anything but finite numbers.
        """
        if backend.chosen is not self._speed:
            speed = backend.chosen
            self._row_answer = row_answerer(self._theta, self._sizes, self.codes)
            self._speed = speed  # set last: other threads may be asking
        answer = self._row_answer(x)
        if answer is not None:
            return answer
        values = as_input(in_order(x, self.names), self.sizes[0])
        _, answers = self.forward(values)
        if self.sizes[-1] == 1:
            answers = answers[:, 0]
        if values.ndim == 2:
            return answers
        return float(answers[0]) if answers.ndim == 1 else answers[0]

    def forward(self, rows: Array, scale: Scale | None = None) -> tuple[Array, Array]:
        """Return the weighted sums and the activations of the last layer, both of shape (rows, outputs)."""
        return forward(self._theta, self._sizes, self.codes, rows, scale)

    def gradient(
        self, x: ArrayLike, targets: ArrayLike, *, loss: str = "squared_error", weights: ArrayLike | None = None
    ) -> tuple[float, Array]:
        """Return the mean loss over some rows and its gradient.

        Parameters
        ----------
        x : array_like of shape (inputs,) or (rows, inputs)
        targets : array_like of shape (rows, outputs), or (rows,) or (outputs,) where that is unambiguous
        loss : {"squared_error", "cross_entropy"}
        weights : array_like of shape (rows,), optional
            Sample weights.

        Returns
        -------
        loss : float
        gradient : ndarray of shape (parameters,)

        Examples
        --------
        >>> value, slope = Network([Layer([[1.0]], [0.0], "linear")]).gradient([2.0], [5.0])
        >>> value, slope  # half of (2 - 5)^2; -3 times the input 2, and -3
        (4.5, array([-6., -3.]))
        """
        X = np.require(as_rows(np.atleast_2d(as_numbers(in_order(x, self.names), "x")), "x"), requirements=("C", "W"))
        if X.shape[-1] != self.sizes[0]:
            raise problem("inputs", expected=self.sizes[0], got=X.shape[-1])
        Y = in_kind(X.dtype, targets, "targets")
        if [n for n in Y.shape if n != 1] != [n for n in (len(X), self.sizes[-1]) if n != 1]:
            raise problem("targets", rows=len(X), outputs=self.sizes[-1], shape=Y.shape)
        Y = np.ascontiguousarray(Y.reshape(len(X), -1))
        code = loss_for(loss, self.activations[-1], Y).code
        counts = np.ones(len(X), X.dtype) if weights is None else in_kind(X.dtype, weights, "weights")
        with np.errstate(over="ignore"):
            whole = counts.sum()
        if counts.shape != (len(X),) or counts.min() < 0.0 or not 0.0 < whole < np.inf:
            rule = f"{len(X)} numbers of at least 0, one per row, with a sum that is finite and not 0"
            raise problem("parameter", name="weights", rule=rule, value=weights)
        theta = self._theta.astype(X.dtype, copy=False)
        gradient = np.empty_like(theta)
        kernels = backend.kernels(3.0 * len(X) * len(theta))
        with np.errstate(over="ignore", invalid="ignore"):
            value = kernels.loss_and_gradient(theta, self._sizes, self.codes, code, X, Y, counts, gradient)
        return float(value), gradient

    def explain(self, x: ArrayLike) -> Explanation:
        """Show the arithmetic of one answer, layer by layer and neuron by neuron.

        Parameters
        ----------
        x : array_like of shape (inputs,)

        Examples
        --------
        >>> print(Network([Layer([[0, 1], [0, 1]], [0, 0]), Layer([[0, 1]], [0])]).explain([2, 3]))
        layer 1, 2 sigmoid neurons, reads x
          neuron 1  0·2 + 1·3 + 0 = 3 ; sigmoid(3) = 0.953
          neuron 2  0·2 + 1·3 + 0 = 3 ; sigmoid(3) = 0.953
        layer 2, 1 sigmoid neuron, reads layer 1
          neuron 1  0·0.953 + 1·0.953 + 0 = 0.953 ; sigmoid(0.953) = 0.722
        """
        row = as_input(one_row(in_order(x, self.names)), self.sizes[0])
        return network_explanation.explain(self.layers, row, self.names)

    def explain_gradient(self, x: ArrayLike, target: ArrayLike, *, loss: str = "squared_error") -> Explanation:
        """Show how the chain rule reaches every weight, from the loss of one row back to the first layer.

        Parameters
        ----------
        x : array_like of shape (inputs,)
        target : float or array_like of shape (outputs,)
        loss : {"squared_error", "cross_entropy"}
        """
        row = as_input(one_row(in_order(x, self.names)), self.sizes[0])
        wanted = np.atleast_1d(in_kind(row.dtype, target, "target"))
        if wanted.shape != self.sizes[-1:]:
            raise problem("targets", rows=1, outputs=self.sizes[-1], shape=wanted.shape)
        function = loss_for(loss, self.activations[-1], wanted[np.newaxis])
        return network_explanation.explain_gradient(self.layers, row, wanted, function)

    def summary(self) -> str:
        """List the layers with their shapes and number of parameters.

        Examples
        --------
        >>> print(Network.random([64, 32, 10], "relu", output="softmax", seed=0).summary())
        layer  neurons  inputs  activation  weights  biases
            1       32      64  relu          2,048      32
            2       10      32  softmax         320      10
        2,410 parameters, float64
        """
        return network_explanation.summary(self.layers)

    def truth_table(self) -> TruthTable:
        """Answer every row of zeros and ones, if the last layer is one step neuron.

        Raises
        ------
        ParameterError
        """
        if self.sizes[-1] != 1 or self.activations[-1] != "step":
            rule = "such that the last one is a single step neuron, for a truth table of 0 and 1"
            raise problem("parameter", name="layers", rule=rule, value=self)
        return TruthTable.asked(lambda *bits: self.feedforward(bits), self.sizes[0])

    @classmethod
    def from_state(cls, arrays: dict[str, Array], meta: dict[str, Any]) -> Network:
        """Build the network from what `to_state` returned."""
        return cls.of_parameters(arrays["parameters"], meta["sizes"], meta["activations"], meta["names"])

    def __repr__(self) -> str:
        return f"Network({'-'.join(map(str, self.sizes))}, {', '.join(self.activations)})"
