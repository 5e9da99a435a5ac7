"""A trained network as a plain value: how it brings a row to its scale, and what its outputs stand for."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.engine.arrays import Array, as_numbers
from glassneuron.errors import problem
from glassneuron.neurons.explain.explanation import Explanation, added, bracketed, closely, shown
from glassneuron.neurons.model import checked_label
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling

MOST_SCALED = 12
"""Features whose scaling is written out; of more, those farthest from their mean."""


@dataclass(frozen=True, eq=False)
class NetworkModel:
    """What the training of a network leaves behind: enough to answer new rows, to explain answers and to be saved.

    Attributes
    ----------
    network : Network
        It reads scaled rows.
    scaling : Scaling
        From the original units of the features to those of the network; `Scaling.none` where they are the same.
    classes : tuple or None
        The labels, in order. Two are told apart by one last neuron, which answers for the second: a sigmoid one with
        its probability, a linear one by a sum of at least 0, so that a tie fires. More have one each: of softmax the
        most probable wins, of linear ones the largest sum. None where the network answers with a number.
    names : tuple of str
        The features.
    target_scaling : Scaling or None
        Of the number that it answers with, where there are no classes.
    encoding : dict or None
        How a table's columns become features, as `data.read_table` wrote it.
    about : dict
        Plain facts on the training: rule, rows, epochs, why it stopped.

    Examples
    --------
    >>> from glassneuron.neurons.layer import Layer
    >>> scaling = Scaling(np.array([10.0]), np.array([5.0]))
    >>> model = NetworkModel(Network([Layer([[4.0]], [0.0])]), scaling, ("small", "large"), ("size",))
    >>> model.predict([[5.0], [15.0]])
    array(['small', 'large'], dtype='<U5')
    """

    network: Network
    scaling: Scaling
    classes: tuple[Any, ...] | None
    names: tuple[str, ...]
    target_scaling: Scaling | None = None
    encoding: dict[str, Any] | None = None
    about: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that network, scaling, classes and names belong together."""
        inputs, outputs = self.network.sizes[0], self.network.sizes[-1]
        if {len(self.names), len(self.scaling.means), len(self.scaling.deviations)} != {inputs}:
            rule = f"{inputs}, one for each input, like the scales"
            raise problem("parameter", name="names", rule=rule, value=len(self.names))
        if self.classes is None:
            wanted, scales = 1, self.target_scaling
            lasts: tuple[str, ...] = ("linear",)
            if scales is None or len(scales.means) != 1 or len(scales.deviations) != 1:
                raise problem("parameter", name="target_scaling", rule="that of one target", value=scales)
        else:
            if self.target_scaling is not None:
                raise problem("parameter", name="target_scaling", rule="None beside classes", value=self.target_scaling)
            two = len(self.classes) == 2
            wanted, lasts = (1, ("sigmoid", "linear")) if two else (len(self.classes), ("softmax", "linear"))
        if outputs != wanted or self.network.activations[-1] not in lasts:
            what = "a number" if self.classes is None else f"{len(self.classes)} classes"
            rule = f"such that its last layer is {wanted} {' or '.join(lasts)}, for {what}"
            raise problem("parameter", name="network", rule=rule, value=self.network)

    @property
    def gives_probabilities(self) -> bool:
        """Whether it says how probable each class is."""
        return self.classes is not None and self.network.activations[-1] != "linear"

    def outputs(self, rows: ArrayLike) -> Array:
        """Give what the network answers.

        Parameters
        ----------
        rows : array_like of shape (rows, features), in the original units

        Returns
        -------
        ndarray of shape (rows, outputs)
            Of two classes the probability of the second, of more that of each, or the sums by which a linear last
            layer decides; or the number, in the target's units.
        """
        values = np.atleast_2d(as_numbers(rows, "rows"))
        if values.shape[-1] != len(self.names):
            raise problem("inputs", expected=len(self.names), got=values.shape[-1])
        with np.errstate(over="ignore", invalid="ignore"):
            answers = np.asarray(self.network.feedforward(self.scaling.apply(values))).reshape(len(values), -1)
            if self.target_scaling is not None:
                answers = answers * self.target_scaling.deviations + self.target_scaling.means
        return as_numbers(answers, "answers")

    def probabilities(self, rows: ArrayLike) -> Array:
        """Give the probability of each class.

        Parameters
        ----------
        rows : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows, classes)

        Raises
        ------
        ParameterError
            If the last layer is linear.
        """
        if not self.gives_probabilities:
            what = "number" if self.classes is None else "sums"
            raise problem("no-probabilities", activation="linear", call="outputs", what=what)
        outputs = self.outputs(rows)
        return np.hstack([1.0 - outputs, outputs]) if len(self.classes or ()) == 2 else outputs

    def predict(self, rows: ArrayLike) -> Array:
        """Give the class of each row, the most probable or that of the largest sum; or the number that it answers with.

        Parameters
        ----------
        rows : array_like of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,)
        """
        return self.outputs(rows)[:, 0] if self.classes is None else np.asarray(self.classes)[self.positions(rows)]

    def positions(self, rows: ArrayLike) -> Array:
        """Give the class of each row as a position in `classes`."""
        return self.choose(self.outputs(rows))

    def choose(self, outputs: Array) -> Array:
        """Turn outputs into positions in `classes`."""
        half = 0.5 if self.gives_probabilities else 0.0
        two = len(self.classes or ()) == 2
        return (outputs[:, 0] >= half).astype(np.intp) if two else outputs.argmax(axis=1)

    def explain(self, row: ArrayLike) -> Explanation:
        """Show how one row gets its answer: its way to the network's scale, and forward through each layer.

        Parameters
        ----------
        row : array_like of shape (features,)

        Returns
        -------
        Explanation
        """
        output = self.outputs(row)[0]
        values = np.asarray(as_numbers(row, "row")).reshape(-1)
        scaled = self.scaling.apply(values)
        named = Network.of_parameters(self.network.parameters, self.network.sizes, self.network.activations, self.names)
        with np.errstate(over="ignore", invalid="ignore"):
            way = named.explain(scaled)
        steps = self._steps(values, scaled)
        answer, sentence = self._answer(output, float(way.data["output"][0]))
        more = {"probability": float(self._probable(output).max())} if self.gives_probabilities else {}
        return Explanation(
            "\n".join([*steps, way.text, sentence]),
            "".join(f"<p>{escape(step)}</p>" for step in steps) + f"{way.html}<p>{escape(sentence)}</p>",
            way.latex,
            {
                "names": list(self.names),
                "row": values.tolist(),
                "scaled": scaled.tolist(),
                **way.data,
                "answer": answer,
                **more,
            },
        )

    def _steps(self, values: Array, scaled: Array) -> list[str]:
        if not self.scaling.changes:
            return []
        order = np.argsort(-np.abs(scaled), kind="stable")[:MOST_SCALED]
        lines = ["x is the row, brought to one scale: (value - mean) / deviation"]
        width = max(len(self.names[j]) for j in order)
        for j in sorted(order.tolist()):
            left = values[j] - self.scaling.means[j]
            difference = f"{closely(values[j], left)} - {bracketed(closely(self.scaling.means[j], left))}"
            deviation = closely(self.scaling.deviations[j])
            lines.append(f"  x{j + 1:<3} {self.names[j]:<{width}}  ({difference}) / {deviation} = {shown(scaled[j])}")
        more = len(values) - len(order)
        return lines + ([f"  and {more} more, which are nearer to their mean"] if more else [])

    def _answer(self, output: Array, last: float) -> tuple[Any, str]:
        if self.classes is None:
            assert self.target_scaling is not None
            value = float(output[0])
            if not self.target_scaling.changes:
                return value, f"so the answer is {shown(value)}"
            deviation, mean = self.target_scaling.deviations[0], self.target_scaling.means[0]
            steps = added([f"{closely(last, value / deviation)}·{closely(deviation, value)}", closely(mean, value)])
            return value, f"so the answer, back in the target's units, is {steps} = {shown(value)}"
        chosen = int(self.choose(output[np.newaxis])[0])
        label = self.classes[chosen]
        if self.gives_probabilities:
            probable = float(self._probable(output)[chosen])
            return label, f"so the answer is {label}, with a probability of {shown(probable)}"
        if len(output) > 1:
            return label, f"so the answer is {label}: its sum is the largest of {len(output)}"
        side = "is not negative" if chosen else "is negative"
        return label, f"so the answer is {label}: the sum {shown(float(output[0]))} {side}"

    def _probable(self, output: Array) -> Array:
        return np.array([1.0 - output[0], output[0]]) if len(self.classes or ()) == 2 else output

    def to_state(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """Give what a file has to hold: arrays, and plain values beside them."""
        arrays = {
            "parameters": self.network.parameters,
            "means": self.scaling.means,
            "deviations": self.scaling.deviations,
        }
        if self.target_scaling is not None:
            arrays |= {"target_mean": self.target_scaling.means, "target_deviation": self.target_scaling.deviations}
        meta = {
            "sizes": list(self.network.sizes),
            "activations": list(self.network.activations),
            "classes": None if self.classes is None else list(self.classes),
            "names": list(self.names),
            "encoding": self.encoding,
            "about": self.about,
        }
        return arrays, meta

    @classmethod
    def from_state(cls, arrays: dict[str, Array], meta: dict[str, Any]) -> NetworkModel:
        """Build the model again from what `to_state` gave."""
        scaling = Scaling(as_numbers(arrays["means"], "means"), as_numbers(arrays["deviations"], "deviations"))
        target_scaling = None
        if "target_mean" in arrays:
            mean, deviation = arrays["target_mean"], arrays["target_deviation"]
            target_scaling = Scaling(as_numbers(mean, "target_mean"), as_numbers(deviation, "target_deviation"))
        return cls(
            Network.of_parameters(arrays["parameters"], meta["sizes"], meta["activations"]),
            scaling,
            None if meta["classes"] is None else tuple(checked_label(label) for label in meta["classes"]),
            tuple(str(name) for name in meta["names"]),
            target_scaling,
            meta["encoding"],
            dict(meta["about"]),
        )
