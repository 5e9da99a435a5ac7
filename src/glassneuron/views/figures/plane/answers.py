"""Whatever answers rows with classes, asked in one way: values of this package, its estimators and scikit-learn's."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.columns import names_in
from glassneuron.neurons.inference import activations, weighted_sums
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron

Ask = Callable[[Array], Array]


@dataclass(frozen=True)
class Answerer:
    """A model that answers rows of shape (rows, features) with classes.

    `positions` gives the place in `classes`; `probabilities`, where there are some, those of each class; `scores`,
    where there are some, what decides: of two classes by its sign, of more by the largest. `neuron` is there where the
    whole model is one.
    """

    classes: tuple[Any, ...]
    positions: Ask
    probabilities: Ask | None = None
    scores: Ask | None = None
    neuron: Neuron | None = None
    names: tuple[str, ...] | None = None


def answerer(model: Any, X: Any = None, y: Any = None) -> Answerer:
    """Return how to ask a model; labels `y` say what the answers of a neuron or a network stand for.

    Examples
    --------
    >>> asked = answerer(Neuron([1, 1], -1.5, "step"), y=["no", "yes"])
    >>> asked.classes, asked.positions(np.array([[0.0, 1.0], [1.0, 1.0]])).tolist()
    (('no', 'yes'), [0, 1])
    """
    if isinstance(model, McCullochPitts):
        model = model.neuron
    if isinstance(model, Neuron):
        return _of_network(Network([[model]], names=model.names), y, model)
    if isinstance(model, Layer):
        return _of_network(Network([model]), y)
    if isinstance(model, Network):
        return _of_network(model, y)
    if isinstance(model, Model):
        return _of_model(model)
    return _of_estimator(model, X)


def labels_of(y: Any) -> list[Any]:
    """Return labels of any kind as plain values."""
    return np.asarray(y, None if hasattr(y, "dtype") else object).reshape(-1).tolist()


def known_classes(y: Any) -> tuple[Any, ...]:
    """Return the different labels, sorted where they can be."""
    different = list(dict.fromkeys(labels_of(y)))
    try:
        return tuple(sorted(different))
    except TypeError:
        raise problem("mixed-labels", name="y") from None


def places(labels: Sequence[Any], classes: Sequence[Any]) -> tuple[Array, tuple[Any, ...]]:
    """Return each label's place among the classes, and the classes with those added that were missing."""
    known = {label: place for place, label in enumerate(classes)}
    for label in labels:
        known.setdefault(label, len(known))
    return np.array([known[label] for label in labels], np.intp), tuple(known)


def _of_network(network: Network, y: Any, neuron: Neuron | None = None) -> Answerer:
    outputs, last = network.sizes[-1], network.activations[-1]
    count = 2 if outputs == 1 else outputs
    classes = () if y is None else known_classes(y)
    if len(classes) != count:
        classes = tuple(range(count))
    alone = neuron or (network.layers[0].neurons[0] if len(network.layers) == outputs == 1 else None)

    def forward(rows: Array) -> tuple[Array, Array]:
        if len(network.layers) > 1:
            return network.forward(rows)
        layer = network.layers[0]  # of one layer all rows are one product, which is faster for so many
        sums = weighted_sums(layer.weights, layer.biases, rows)
        return sums, activations(int(network.codes[0]), sums)

    def scores(rows: Array) -> Array:
        sums = forward(rows)[0]
        return sums[:, 0] if outputs == 1 else sums

    def probabilities(rows: Array) -> Array:
        answers = forward(rows)[1]
        if outputs == 1:
            return np.hstack([1.0 - answers, answers])
        return np.asarray(answers / answers.sum(axis=1, keepdims=True))

    return Answerer(
        classes,
        lambda rows: decided(scores(rows)),
        probabilities if last in ("sigmoid", "softmax") else None,
        scores,
        alone,
        network.names,
    )


def decided(scores: Array) -> Array:
    """Return the places of the classes that scores decide for: a score of 0 is for the second of two."""
    return (scores >= 0.0).astype(np.intp) if scores.ndim == 1 else np.asarray(scores.argmax(axis=1))


def _of_model(model: Model) -> Answerer:
    if model.classes is None:
        raise problem("parameter", name="model", rule="one that answers with classes, not with a number", value=model)
    return Answerer(
        model.classes,
        model.positions,
        model.probabilities if model.gives_probabilities else None,
        model.decision_function if len(model.classes) > 1 else None,
        model.neurons[0] if len(model.neurons) == 1 else None,
        model.names,
    )


def _of_estimator(model: Any, X: Any) -> Answerer:
    classes = getattr(model, "classes_", None)
    if not hasattr(model, "predict") or not isinstance(classes, np.ndarray) or hasattr(model, "outputs_"):
        rule = "a neuron, a network or a fitted classifier, with `predict` and `classes_`"
        raise problem("parameter-type", name="estimator", rule=rule, value=model, kind=type(model).__name__)
    known = tuple(classes.tolist())
    like = _frame_like(X)

    def asked(ask: Callable[[Any], Any]) -> Ask:
        def answer(rows: Array) -> Array:
            with warnings.catch_warnings():  # a model that was fitted on a frame is asked about rows of none
                warnings.filterwarnings("ignore", "X does not have valid feature names", UserWarning)
                return np.asarray(ask(like(rows)))

        return answer

    def positions(rows: Array) -> Array:
        answers = asked(model.predict)(rows)
        if answers.shape != (len(rows),):
            raise problem("parameter", name="estimator", rule="one that gives each row one label", value=model)
        return places(answers.tolist(), known)[0]

    two = len(known) == 2
    weights = np.asarray(getattr(model, "coef_", ()))
    neuron = getattr(model, "neuron_", None)
    if neuron is None and two and weights.ndim == 2 and len(weights) == 1 and not hasattr(model, "coefs_"):
        neuron = Neuron(weights[0], float(np.ravel(model.intercept_)[0]), "step")
    probabilities = asked(model.predict_proba) if hasattr(model, "predict_proba") else None
    scores = asked(model.decision_function) if hasattr(model, "decision_function") else None
    if scores is None and probabilities is not None:
        scores = _lead(probabilities) if two else probabilities
    names = getattr(model, "feature_names_in_", None)
    return Answerer(
        known, positions, probabilities, scores, neuron if two else None, None if names is None else tuple(names)
    )


def _lead(probabilities: Ask) -> Ask:
    return lambda rows: probabilities(rows)[:, 1] - 0.5


def _frame_like(X: Any) -> Callable[[Array], Any]:
    """Return what makes of an array a frame of the same kind and columns as X, if X is one."""
    names = names_in(X)
    if names is None or not all(isinstance(name, str) for name in names):
        return lambda rows: rows
    made = getattr(X, "from_pydict", type(X))  # which is what pyarrow calls it
    return lambda rows: made(dict(zip(names, rows.T, strict=True)))


def names_of(X: Any, asked: Answerer | None, features: int) -> tuple[str, ...]:
    """Return the names of the features: those of a frame, of the model, or x1, x2 and so on."""
    columns = names_in(X)
    for names in (columns, None if asked is None else asked.names):
        if names is not None and len(names) == features:
            return tuple(str(name) for name in names)
    return tuple(f"x{j + 1}" for j in range(features))
