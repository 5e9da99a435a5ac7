"""A trained model as a plain value: neurons, the classes they stand for, and what their inputs are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.engine.activations import activation
from glassneuron.engine.arrays import Array, as_numbers
from glassneuron.errors import problem
from glassneuron.neurons.explain.explanation import Explanation, shown
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling
from glassneuron.neurons.sums import activations, weighted_sums


@dataclass(frozen=True, eq=False)
class Model:
    """What training leaves behind: enough to answer new rows, to explain answers and to be saved.

    Attributes
    ----------
    neurons : tuple of Neuron
        One for two classes (it fires for the second), one a class for more. They read the original units.
    classes : tuple
        The labels, in order.
    names : tuple of str
        The features.
    scaling : Scaling or None
        How far the features spread where the model learned; a weight times its deviation is what the feature counts.
    encoding : dict or None
        How a table's columns become features, as `data.read_table` wrote it.
    about : dict
        Plain facts on the training: rule, rows, epochs, why it stopped.

    Examples
    --------
    >>> model = Model((Neuron([1, -1], 0, "step"),), classes=("left", "right"), names=("a", "b"))
    >>> model.predict([[3, 1], [1, 3]])
    array(['right', 'left'], dtype='<U5')
    """

    neurons: tuple[Neuron, ...]
    classes: tuple[Any, ...]
    names: tuple[str, ...]
    scaling: Scaling | None = None
    encoding: dict[str, Any] | None = None
    about: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that neurons, classes and names belong together."""
        wanted = len(self.classes) if len(self.classes) > 2 else 1
        if not self.classes or len(self.neurons) != wanted:
            raise problem(
                "parameter",
                name="neurons",
                rule=f"{wanted} for {len(self.classes)} classes",
                value=len(self.neurons),
            )
        widths = {len(neuron.weights) for neuron in self.neurons} | {len(self.names)}
        if self.scaling is not None:
            widths |= {len(self.scaling.means), len(self.scaling.deviations)}
        if len(widths) != 1:
            raise problem("parameter", name="names", rule="one for each weight and scale", value=sorted(widths))

    def decision_function(self, rows: ArrayLike) -> Array:
        """Give the weighted sums.

        Parameters
        ----------
        rows : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,) for two classes, (rows, classes) for more
        """
        values = np.atleast_2d(as_numbers(rows, "rows"))
        if values.shape[-1] != len(self.names):
            raise problem("features", expected=len(self.names), got=values.shape[-1])
        weights = np.array([neuron.weights for neuron in self.neurons])
        biases = np.array([neuron.bias for neuron in self.neurons])
        sums = weighted_sums(weights, biases, values)
        return sums[:, 0] if len(self.neurons) == 1 else sums

    @property
    def gives_probabilities(self) -> bool:
        """Whether its neurons are sigmoid ones, which say how probable each class is."""
        return self.neurons[0].activation == "sigmoid"

    def probabilities(self, rows: ArrayLike) -> Array:
        """Give the probability of each class; for more than two, the share of its neuron's answer in all answers.

        Parameters
        ----------
        rows : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows, classes)

        Raises
        ------
        ParameterError
            If the neurons are no sigmoid ones.

        Examples
        --------
        >>> Model((Neuron([1.0], 0.0),), classes=("no", "yes"), names=("x",)).probabilities([[0.0]])
        array([[0.5, 0.5]])
        """
        if not self.gives_probabilities:
            name = self.neurons[0].activation
            raise problem("no-probabilities", activation=name, call="decision_function", what="sums")
        return self._probable(self.decision_function(rows))

    def _probable(self, sums: Array) -> Array:
        answers = activations(activation("sigmoid").code, sums.reshape(len(sums), -1))
        if len(self.classes) == 1:
            return np.ones_like(answers)
        if len(self.classes) == 2:
            return np.hstack([1.0 - answers, answers])
        whole = answers.sum(axis=1, keepdims=True)
        even = np.full_like(answers, 1.0 / answers.shape[1])  # where none answers at all
        np.divide(answers, whole, out=even, where=whole > 0.0)
        return even

    def predict(self, rows: ArrayLike) -> Array:
        """Give the class of each row: where the neuron fires, or whose sum is largest.

        Parameters
        ----------
        rows : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,), of the labels' kind
        """
        labels = np.asarray(self.classes)
        return labels[self.positions(rows)]

    def positions(self, rows: ArrayLike) -> Array:
        """Give the class of each row as a position in `classes`."""
        return self.choose(self.decision_function(rows))

    def choose(self, sums: Array) -> Array:
        """Turn weighted sums into positions in `classes`."""
        if len(self.classes) == 1:
            return np.zeros(len(sums), dtype=np.intp)
        return np.argmax(sums, axis=1) if sums.ndim == 2 else (sums >= 0.0).astype(np.intp)

    def explain(self, row: ArrayLike) -> Explanation:
        """Show why one row gets its answer: the arithmetic of the neuron that decides.

        Parameters
        ----------
        row : array_like of shape (features,)

        Returns
        -------
        Explanation
        """
        sums = self.decision_function(row)
        chosen = int(self.choose(sums)[0])
        neuron = self.neurons[chosen if len(self.neurons) > 1 else 0]
        named = Neuron(neuron.weights, neuron.bias, neuron.activation, names=self.names)
        answer = named.explain(row)
        label = self.classes[chosen]
        sentence = f"so the answer is {label}"
        if len(self.neurons) > 1:
            sentence += f": its sum is the largest of {len(self.neurons)}"
        more = {}
        if self.gives_probabilities:
            more["probability"] = float(self._probable(sums)[0, chosen])
            sentence += f", with a probability of {shown(more['probability'])}"
        return Explanation(
            f"{answer.text}\n{sentence}",
            f"{answer.html}<p>{escape(sentence)}</p>",
            answer.latex,
            {**answer.data, "answer": label, **more},
        )

    def to_state(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """Give what a file has to hold: arrays, and plain values beside them."""
        arrays = {
            "weights": np.array([neuron.weights for neuron in self.neurons]),
            "biases": np.array([neuron.bias for neuron in self.neurons]),
        }
        if self.scaling is not None:
            arrays |= {"means": self.scaling.means, "deviations": self.scaling.deviations}
        meta = {
            "activation": self.neurons[0].activation,
            "classes": list(self.classes),
            "names": list(self.names),
            "encoding": self.encoding,
            "about": self.about,
        }
        return arrays, meta

    @classmethod
    def from_state(cls, arrays: dict[str, Array], meta: dict[str, Any]) -> Model:
        """Build the model again from what `to_state` gave."""
        neurons = tuple(
            Neuron(w, float(b), meta["activation"]) for w, b in zip(arrays["weights"], arrays["biases"], strict=True)
        )
        scaling = None
        if "means" in arrays:
            scaling = Scaling(as_numbers(arrays["means"], "means"), as_numbers(arrays["deviations"], "deviations"))
        classes = tuple(checked_label(label) for label in meta["classes"])
        names = tuple(str(name) for name in meta["names"])
        return cls(neurons, classes, names, scaling, meta["encoding"], dict(meta["about"]))


def checked_label(label: Any) -> Any:
    """Refuse what a file cannot hold as a label."""
    if not isinstance(label, (str, bool, int, float)):
        raise problem("parameter", name="classes", rule="made of texts and numbers", value=label)
    return label
