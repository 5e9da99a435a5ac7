"""A model and its rows as a lesson of the page: what it trains, from where, at which rate."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine.arrays import as_rows
from glassneuron.errors import problem
from glassneuron.learning.settings import RATES
from glassneuron.neurons.columns import names_in
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling
from glassneuron.views.playground.specs import ACTIVATIONS, VARIANTS, read_spec

HERE = "here"
KINDS = {"Perceptron": "perceptron", "SigmoidNeuron": "sigmoid", "MLPClassifier": "network"}
"""The estimators that the page can train, by the name of their class, and what it calls them."""
RATE = {"perceptron": 1.0, "sigmoid": 0.5}
FAR = 20.0  # values from which on features are brought to one scale
MOST_VISITS = 20_000  # of a training that is shown row by row; of a longer one, each epoch is shown

Lesson = dict[str, Any]


def lesson_of(model: Any, X: Any, y: Any, *, live: bool = False) -> Lesson:
    """Return what the page shows of a model: a neuron to set by hand or, with rows and targets, a training.

    Raises
    ------
    ParameterError, ParameterTypeError, DataError
        For a model that the page does not know, or rows that it does not take.
    """
    if (X is None) != (y is None):
        raise problem("parameter", name="X and y", rule="given both, or neither of them", value=None)
    if X is None:
        return _by_hand(model)
    names = names_in(X) or getattr(model, "names", None)
    rows = as_rows(X, "X")
    classes, codes = np.unique(np.asarray(y), return_inverse=True)
    if np.shape(y) != (len(rows),):
        raise problem("lengths", rows=len(rows), targets=np.size(y))
    spec: dict[str, Any] = {
        "names": None if names is None else [str(name) for name in names],
        "classes": [str(label) for label in classes.tolist()],
        "y": codes.tolist(), **_training(model),
    }  # fmt: skip
    text = f"{len(rows):,} rows, classes {' and '.join(spec['classes'])}. Step through the training, forward and back."
    if np.abs(rows).max() > FAR and spec["kind"] != "perceptron" and spec.get("start") is None and not live:
        rows = Scaling.of(rows).apply(rows)
        text += " The features are brought to one scale: (value - mean) / deviation."
    spec["X"] = rows.tolist()
    spec["epochs"] = min(spec["epochs"], 10_000)
    if live or len(rows) * spec["epochs"] > MOST_VISITS:
        spec["every"] = "epoch"
    spec = {name: value for name, value in spec.items() if value is not None}
    spec |= {"names": list(read_spec(spec).names)}
    title = f"{type(model).__name__} learns" if hasattr(model, "fit") else "It goes on from these weights"
    return {"id": HERE, "screen": spec["kind"], "tab": "here", "title": title, "text": text, "spec": spec}


def _training(model: Any) -> dict[str, Any]:
    """Return what is to be trained: an estimator as its settings say, a neuron or a network on from its weights."""
    kind = next((KINDS[base.__name__] for base in type(model).__mro__ if base.__name__ in KINDS), None)
    if kind is not None and hasattr(model, "get_params"):
        return _of_settings(kind, model)
    if isinstance(model, Model) and (model.folded or model.scaling is None) and model.classes is not None:
        model = model.neurons[0] if len(model.neurons) == 1 else model.network
    if isinstance(model, Neuron) and model.activation in ("step", "sigmoid"):
        kind = "perceptron" if model.activation == "step" else "sigmoid"
        return {"kind": kind, "start": [*model.weights.tolist(), model.bias], "eta": RATE[kind], "epochs": 100}
    if isinstance(model, Network):
        *inner, last = model.activations
        if last in ("sigmoid", "softmax") and len(set(inner)) == 1 and inner[0] in ACTIVATIONS:
            theta = {"hidden": list(model.sizes[1:-1]), "start": model.parameters.tolist()}
            return {"kind": "network", "activation": inner[0], "eta": 0.5, "epochs": 1000, **theta}
    raise problem("not-playable", kind=type(model).__name__)


def _of_settings(kind: str, estimator: Any) -> dict[str, Any]:
    given = estimator.get_params()
    seed = given["random_state"] if isinstance(given["random_state"], int) else 0
    common = {"kind": kind, "seed": seed, "shuffle": bool(given["shuffle"]), "epochs": given["max_epochs"] or 100}
    if kind == "network":
        hidden, activation = given["hidden_layer_sizes"], given["activation"]
        optimiser = given["optimiser"] if given["optimiser"] in RATES else "adam"
        if activation not in ACTIVATIONS:
            rule = f"one of {', '.join(map(repr, ACTIVATIONS))} for all hidden layers, to be played"
            raise problem("parameter", name="activation", rule=rule, value=activation)
        return common | {
            "hidden": [int(n) for n in np.atleast_1d(hidden)], "activation": activation, "optimiser": optimiser,
            "eta": given["learning_rate"] or RATES[optimiser],
        }  # fmt: skip
    rate = given["learning_rate"] or RATE[kind]
    neuron = common | {"eta": float(rate), "fixed_bias": given["fixed_bias"]}
    if kind == "sigmoid":
        return neuron
    if given["variant"] not in VARIANTS:
        rule = f"one of {', '.join(map(repr, VARIANTS))}, to be played"
        raise problem("parameter", name="variant", rule=rule, value=given["variant"])
    return neuron | {"variant": given["variant"]}


def _by_hand(model: Any) -> Lesson:
    """Return a neuron whose inputs and weights are set by hand."""
    if not isinstance(model, (Neuron, McCullochPitts, Model, Network)) and hasattr(type(model), "model_"):
        model = model.model_
    if isinstance(model, Model) and len(model.neurons) == 1:
        neuron = model.neurons[0]
        model = Neuron(neuron.weights, neuron.bias, neuron.activation, names=model.names)
    names = getattr(model, "names", None)
    if isinstance(model, McCullochPitts):
        model = model.neuron
    if not isinstance(model, Neuron):
        raise problem("no-rows-to-play", kind=type(model).__name__)
    count = len(model.weights)
    now = {"w": model.weights.tolist(), "b": model.bias, "x": [1.0] * count, "activation": model.activation}
    return {
        "id": HERE, "screen": "neuron", "tab": "here", "title": "A neuron computes",
        "text": "Move an input or a weight, and see what follows.", "neuron": now, "spec": {"kind": "none"},
        "names": list(names or (f"x{j + 1}" for j in range(count))),
    }  # fmt: skip
