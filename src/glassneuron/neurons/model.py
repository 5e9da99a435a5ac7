"""A trained model as a plain value: a network, how a row reaches it, and what its answers stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.display import Displayed
from glassneuron.engine.activations import activation
from glassneuron.engine.arrays import Array, as_input, as_numbers, one_row, refuse_not_finite
from glassneuron.errors import problem
from glassneuron.neurons.columns import in_order
from glassneuron.neurons.consistency import refuse_inconsistent
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.explain.model import Answer
from glassneuron.neurons.explain.model import explain as explain_model
from glassneuron.neurons.inference import activations, weighted_sums
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.preparing import prepared
from glassneuron.neurons.scaling import Scaling


@dataclass(frozen=True, eq=False, init=False)
class Model(Displayed):
    """What training leaves behind: enough to answer new rows, to explain answers and to be saved.

    Parameters
    ----------
    neurons : sequence of Neuron, or Network
        One neuron for two classes: it fires for the second. One per class for more, or for two: the largest sum wins,
        the first of equal ones. Neurons read the original units; a network reads rows that `scaling` has scaled.
    classes : sequence or None
        The labels, in order; None if the network answers with a number.
    names : sequence of str
        The features.
    scaling : Scaling, optional
        Mean and deviation of each feature where the model was trained.
    encoding : dict, optional
        How a table's columns become features, as `data.read_table` wrote it.
    about : dict, optional
        Plain facts on the training: rule, rows, epochs, why it stopped.
    target_scaling : Scaling, optional
        That of the number that the model answers with; only without classes, and needed there.
    tie_fires : bool, default True
        Whether the neuron of two classes fires at a sum of exactly 0, as everywhere in this package. Models of
        scikit-learn do not: there it is the first class.

    Attributes
    ----------
    network : Network
        Neurons as a network of one layer.
    folded : bool
        Whether the network reads the original units, because the model was made of neurons.
    classes, names, scaling, encoding, about, target_scaling, tie_fires
        As above.

    Raises
    ------
    ParameterError
        If network, classes, names and scales do not belong together.

    Examples
    --------
    >>> model = Model((Neuron([1, -1], 0, "step"),), classes=("left", "right"), names=("a", "b"))
    >>> model.predict([[3, 1], [1, 3]])
    array(['right', 'left'], dtype='<U5')
    >>> scaling = Scaling(np.array([10.0]), np.array([5.0]))
    >>> model = Model(Network([Layer([[4.0]], [0.0])]), ("small", "large"), ("size",), scaling)
    >>> model.probabilities([[10.0]])
    array([[0.5, 0.5]])
    """

    network: Network
    classes: tuple[Any, ...] | None
    names: tuple[str, ...]
    scaling: Scaling | None
    encoding: dict[str, Any] | None
    about: dict[str, Any]
    target_scaling: Scaling | None
    tie_fires: bool
    folded: bool

    def __init__(
        self,
        neurons: Sequence[Neuron] | Network,
        classes: Sequence[Any] | None,
        names: Sequence[str],
        scaling: Scaling | None = None,
        encoding: dict[str, Any] | None = None,
        about: dict[str, Any] | None = None,
        target_scaling: Scaling | None = None,
        tie_fires: bool = True,
    ) -> None:
        network = neurons if isinstance(neurons, Network) else Network([_layer(neurons)])
        labels = None if classes is None else tuple(classes)
        folded, tie_fires = network is not neurons, tie_fires or network.sizes[-1] > 1  # of several the largest wins
        facts = (network, labels, tuple(names), scaling, encoding, about or {}, target_scaling, tie_fires, folded)
        for field, fact in zip(fields(self), facts, strict=True):
            object.__setattr__(self, field.name, fact)
        refuse_inconsistent(network, labels, self.names, scaling, target_scaling)

    @property
    def neurons(self) -> tuple[Neuron, ...]:
        """The neurons of a network of one layer, in the original units; none of a network of more layers."""
        if len(self.network.layers) > 1:
            return ()
        neurons = self.network.layers[0].neurons
        if self.scaling is not None and not self.folded:
            neurons = tuple(map(self.scaling.fold, neurons))
        if self.target_scaling is not None:
            deviation, mean = float(self.target_scaling.deviations[0]), float(self.target_scaling.means[0])
            neurons = tuple(Neuron(n.weights * deviation, n.bias * deviation + mean, n.activation) for n in neurons)
        return neurons

    @property
    def gives_probabilities(self) -> bool:
        """Whether it says how probable each class is: its last layer is sigmoid or softmax."""
        return self.classes is not None and self.network.activations[-1] in ("sigmoid", "softmax")

    def decision_function(self, rows: ArrayLike) -> Array:
        """Return the weighted sums of the last layer.

        Parameters
        ----------
        rows : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,) for one neuron, (rows, neurons) for more
        """
        values = self._checked(rows)
        sums = self._forward(values)[0]
        return sums[:, 0] if sums.shape[1] == 1 else sums

    def outputs(self, rows: ArrayLike) -> Array:
        """Return what the last layer answers.

        Parameters
        ----------
        rows : array_like of shape (rows, features), in the original units

        Returns
        -------
        ndarray of shape (rows, outputs)
            Without classes the number, in the target's units.
        """
        return self._forward(self._checked(rows))[1]

    def _checked(self, rows: ArrayLike) -> Array:
        rows = in_order(self._prepared(rows), self.names)
        values = as_input(rows, len(self.names), "features" if self.folded else "inputs", "rows")
        refuse_not_finite(values, "rows")
        return np.atleast_2d(values)

    def _prepared(self, rows: Any) -> Any:
        """Return features, of rows that may be those of a table: with its columns, texts and gaps."""
        return rows if self.encoding is None else prepared(self.encoding["columns"], rows)

    def _dtype(self, values: Array) -> Any:
        return np.result_type(values, self.network.parameters)

    def _scaled(self, values: Array) -> Array:
        """Return rows as the network reads them: in float32 if both are."""
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = values if self.scaling is None else self.scaling.apply(values)
            return scaled.astype(self._dtype(values), copy=False)

    def _forward(self, values: Array) -> tuple[Array, Array]:
        """Return the last layer's sums and its answers, these in the target's units."""
        if self.folded:
            layer = self.network.layers[0]
            sums = weighted_sums(layer.weights, layer.biases, values)
            return sums, activations(activation(layer.activation).code, sums)
        with np.errstate(over="ignore", invalid="ignore"):
            scaling, dtype = self.scaling, self._dtype(values)
            if scaling is None:
                sums, answers = self.network.forward(values.astype(dtype, copy=False))
            else:
                sums, answers = self.network.forward(values, (scaling.means, scaling.deviations, dtype))
            if self.target_scaling is not None:
                answers = answers * self.target_scaling.deviations + self.target_scaling.means
        refuse_not_finite(answers, "answers")
        return sums, answers

    def probabilities(self, rows: ArrayLike) -> Array:
        """Return the probability of each class.

        Sigmoid neurons for more than two classes were trained one against the rest: each class gets the share of its
        neuron's answer in the sum of all answers.

        Parameters
        ----------
        rows : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows, classes)

        Raises
        ------
        ParameterError
            If the last layer is neither sigmoid nor softmax.

        Examples
        --------
        >>> Model((Neuron([1.0], 0.0),), classes=("no", "yes"), names=("x",)).probabilities([[0.0]])
        array([[0.5, 0.5]])
        """
        if not self.gives_probabilities:
            call, what = ("outputs", "number") if self.classes is None else ("decision_function", "sums")
            raise problem("no-probabilities", activation=self.network.activations[-1], call=call, what=what)
        return self._probable(self.outputs(rows))

    def _probable(self, answers: Array) -> Array:
        if len(self.classes or ()) == 1:
            return np.ones_like(answers)
        if answers.shape[1] == 1:
            return np.hstack([1.0 - answers, answers])
        if self.network.activations[-1] == "softmax":
            return answers
        total = answers.sum(axis=1, keepdims=True)
        even = np.full_like(answers, 1.0 / answers.shape[1])  # for a row to which every neuron answers 0
        np.divide(answers, total, out=even, where=total > 0.0)
        return even

    def predict(self, rows: ArrayLike) -> Array:
        """Return the class of each row, or the number that the model answers with.

        Parameters
        ----------
        rows : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,), for classes of the labels' dtype
        """
        return self.outputs(rows)[:, 0] if self.classes is None else np.asarray(self.classes)[self.positions(rows)]

    def positions(self, rows: ArrayLike) -> Array:
        """Return the class of each row as a position in `classes`."""
        return self.choose(self.decision_function(rows))

    def choose(self, sums: Array) -> Array:
        """Return the positions in `classes` that weighted sums decide for; a sum of 0 fires if `tie_fires`."""
        if len(self.classes or ()) == 1:
            return np.zeros(len(sums), dtype=np.intp)
        if sums.ndim == 2 and sums.shape[1] > 1:
            return np.asarray(sums.argmax(axis=1))
        sums = sums.reshape(len(sums))
        return (sums >= 0.0 if self.tie_fires else sums > 0.0).astype(np.intp)

    def explain(self, row: ArrayLike) -> Explanation:
        """Show the arithmetic of the answer to one row.

        Neurons show the one that decides; a network shows how the row is scaled, and each layer.

        Parameters
        ----------
        row : array_like of shape (features,)

        Returns
        -------
        Explanation
        """
        values = one_row(in_order(self._prepared(row), self.names))
        sums, answers = self._forward(self._checked(values))
        chosen = None if self.classes is None else int(self.choose(sums)[0])
        probability = float(self._probable(answers)[0, chosen]) if self.gives_probabilities else None
        scaled = values if self.folded else self._scaled(values)
        return explain_model(self, Answer(values, scaled, sums[0], float(answers[0, 0]), chosen, probability))

    def to_state(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """Return what a file has to hold: arrays, and plain values beside them."""
        arrays, meta = self.network.to_state()
        if self.scaling is not None:
            arrays |= {"means": self.scaling.means, "deviations": self.scaling.deviations}
        if self.target_scaling is not None:
            arrays |= {"target_mean": self.target_scaling.means, "target_deviation": self.target_scaling.deviations}
        meta |= {name: getattr(self, name) for name in ("folded", "encoding", "about")}
        if not self.tie_fires:
            meta["tie_fires"] = False
        classes = None if self.classes is None else list(self.classes)
        return arrays, {**meta, "classes": classes, "names": list(self.names)}

    @classmethod
    def from_state(cls, arrays: dict[str, Array], meta: dict[str, Any]) -> Model:
        """Build the model from what `to_state` returned."""
        network = Network.of_parameters(arrays["parameters"], meta["sizes"], meta["activations"])
        if meta["folded"] and len(network.layers) > 1:
            raise problem("parameter", name="folded", rule="false for a network of several layers", value=True)
        for label in meta["classes"] or ():
            if not isinstance(label, (str, bool, int, float)):  # a file cannot hold others
                raise problem("parameter", name="classes", rule="made of texts and numbers", value=label)
        return cls(
            network.layers[0].neurons if meta["folded"] else network,
            meta["classes"],
            meta["names"],
            _scaling(arrays, "means", "deviations"),
            meta["encoding"],
            dict(meta["about"]),
            _scaling(arrays, "target_mean", "target_deviation"),
            meta.get("tie_fires", True),
        )


def _layer(neurons: Sequence[Neuron]) -> Layer:
    """Join neurons into a layer that answers as they do: the biases of float32 weights are float64."""
    layer = Layer.of(neurons)
    if layer.weights.dtype == np.float64 or layer.biases.tolist() == [n.bias for n in neurons]:
        return layer
    return Layer(layer.weights.astype(np.float64), [n.bias for n in neurons], layer.activation)


def _scaling(arrays: dict[str, Array], means: str, deviations: str) -> Scaling | None:
    if means not in arrays:
        return None
    return Scaling(as_numbers(arrays[means], means), as_numbers(arrays[deviations], deviations))
