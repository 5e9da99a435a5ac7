"""What is to be drawn: layers with their parameters, names and labels and, for a row, what the model makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, as_input, one_row
from glassneuron.errors import problem
from glassneuron.neurons.columns import in_order
from glassneuron.neurons.explain.network import Pass
from glassneuron.neurons.explain.numbers import format_probability, format_short
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling
from glassneuron.neurons.value import checked_names
from glassneuron.views.diagrams.svg import one_line


@dataclass(frozen=True, eq=False)
class DrawnLayer:
    """A layer, and for a row its weighted sums and answers, lists of one number a neuron."""

    weights: Array
    biases: Array
    activation: str
    sums: list[float] | None = None
    outputs: list[float] | None = None


@dataclass(frozen=True, eq=False)
class Subject:
    """What is to be drawn.

    `read` is what the first layer multiplies; `other` the same row in the other scale, in the table's units or scaled,
    where features were scaled. `labels` are lines of text beside each output, `chosen` the output that decides.
    """

    kind: str
    names: tuple[str, ...]
    layers: tuple[DrawnLayer, ...]
    read: Array | None = None
    other: Array | None = None
    scaling: Scaling | None = None
    folded: bool = True
    threshold: float | None = None
    labels: tuple[tuple[str, ...], ...] = ()
    chosen: int | None = None

    def label(self, k: int) -> tuple[str, ...]:
        """Return the lines beside output k."""
        return self.labels[k] if self.labels else ()


def subject_of(model: Any, row: Any = None, names: Sequence[str] | None = None) -> Subject:
    """Ask a model for all that its picture shows.

    Raises
    ------
    ParameterTypeError
        If it is nothing that can be drawn.
    ShapeError, DataError
        If the row is none that it reads.
    """
    if not isinstance(model, (Neuron, McCullochPitts, Layer, Network, Model)):
        model = _learned(model)
    subject = _asked(model, row)
    called = checked_names(names, len(subject.names), "input") or subject.names
    labels = tuple(tuple(map(one_line, lines)) for lines in subject.labels)
    return replace(subject, names=tuple(map(one_line, called)), labels=labels)


def _asked(model: Neuron | McCullochPitts | Layer | Network | Model, row: Any) -> Subject:
    if isinstance(model, Neuron):
        return _neuron(model, row)
    if isinstance(model, McCullochPitts):
        return _gate(model, row)
    if isinstance(model, Layer):
        return _layers("layer", (model,), None, row)
    if isinstance(model, Network):
        return _layers("network", model.layers, model.names, row)
    return _model(model, row)


def _learned(estimator: Any) -> Neuron | Network | Model:
    """Return what an estimator of this package has learned, as a plain value."""
    kind = type(estimator)
    if not any(base.__module__.startswith("glassneuron.estimators.") for base in kind.__mro__):
        last = "; of a pipeline give the last step: `pipeline[-1]`" if hasattr(estimator, "named_steps") else ""
        raise problem("not-drawable", kind=kind.__name__, last=last)
    several_numbers = not hasattr(estimator, "classes_") and getattr(estimator, "n_outputs_", 1) > 1
    if several_numbers or getattr(estimator, "_several", False):  # or labels a row: no model of ours holds them
        return estimator.network_  # type: ignore[no-any-return]
    return estimator.model_  # type: ignore[no-any-return]


def _named(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    return tuple(names) if names is not None else tuple(f"x{j + 1}" for j in range(count))


def _neuron(neuron: Neuron, row: Any) -> Subject:
    layer = DrawnLayer(neuron.weights[np.newaxis], np.array([neuron.bias]), neuron.activation)
    bare = Subject("neuron", _named(neuron.names, len(neuron.weights)), (layer,))
    if row is None:
        return bare
    values = one_row(in_order(row, bare.names))
    output = neuron.feedforward(values.tolist())
    asked = replace(layer, sums=[neuron.weighted_sum(values.tolist())], outputs=[output])
    return replace(bare, layers=(asked,), read=values, labels=(_fires(neuron.activation, output),))


def _gate(gate: McCullochPitts, row: Any) -> Subject:
    layer = DrawnLayer(gate.weights[np.newaxis], np.zeros(1), "step")
    bare = Subject("gate", _named(None, len(gate.weights)), (layer,), threshold=gate.threshold)
    if row is None:
        return bare
    values = one_row(row)
    output = float(gate.feedforward(values))
    asked = replace(layer, sums=[float(gate.weighted_sum(values))], outputs=[output])
    return replace(bare, layers=(asked,), read=values, labels=(_fires("step", output),))


def _fires(activation: str, output: float) -> tuple[str, ...]:
    return ("fires" if output else "silent",) if activation == "step" else ()


def _layers(kind: str, layers: Sequence[Layer], names: Sequence[str] | None, row: Any) -> Subject:
    if len(layers) == 1 and len(layers[0].biases) == 1:
        kind = "neuron"
    count = layers[0].weights.shape[1]
    bare = Subject(kind, _named(names, count), tuple(map(_drawn, layers)))
    if row is None:
        return bare
    values = as_input(one_row(in_order(row, bare.names)), count)
    drawn = _forward(layers, values)
    labels = tuple(_fires(layers[-1].activation, a) for a in drawn[-1].outputs or ())
    return replace(bare, layers=drawn, read=values, labels=labels)


def _drawn(layer: Layer) -> DrawnLayer:
    return DrawnLayer(layer.weights, layer.biases, layer.activation)


def _forward(layers: Sequence[Layer], values: Array) -> tuple[DrawnLayer, ...]:
    way = Pass(layers, values)
    passed = zip(layers, way.Z, way.A[1:], strict=True)
    return tuple(replace(_drawn(layer), sums=z[0].tolist(), outputs=a[0].tolist()) for layer, z, a in passed)


def _model(model: Model, row: Any) -> Subject:
    network, classes = model.network, model.classes
    alone = network.sizes[-1] == 1
    kind = "network" if len(network.layers) > 1 else "neuron" if alone else "layer"
    scaling = model.scaling if model.scaling is not None and model.scaling.changes else None
    target = str(model.about.get("target", ""))
    bare = Subject(
        kind, model.names, tuple(map(_drawn, network.layers)), scaling=scaling, folded=model.folded,
        labels=_targets(model, target),
    )  # fmt: skip
    if row is None:
        return bare
    values = one_row(in_order(row, model.names))
    sums, outputs = np.atleast_2d(model.decision_function(values).reshape(1, -1)), model.outputs(values)
    scaled = None if scaling is None else scaling.apply(values.astype(np.float64))
    if model.folded:
        asked = replace(bare.layers[0], sums=sums[0].tolist(), outputs=outputs[0].tolist())
        bare = replace(bare, layers=(asked,), read=values, other=scaled)
    else:
        read = values if scaled is None else scaled
        bare = replace(bare, layers=_forward(network.layers, read), read=read, other=None if scaled is None else values)
    if classes is None:
        scales = model.target_scaling
        units = ("in the target's units",) if scales is not None and scales.changes else ()
        told = f"{target or 'the answer'}: {format_short(float(outputs[0, 0]))}"
        return replace(bare, labels=((told, *units),))
    chosen = int(model.choose(sums)[0])
    shares = model.probabilities(values)[0].tolist() if model.gives_probabilities else None
    share = () if shares is None else (f"probability {format_probability(shares[chosen])}",)
    if alone:
        word = "always" if len(classes) == 1 else "fires:" if chosen else "silent:"
        return replace(bare, labels=((f"{word} {classes[chosen]}", *share),))
    largest = f"the largest {'output' if network.activations[-1] == 'softmax' else 'sum'}: the answer"
    extra = () if network.activations[-1] == "softmax" else share
    labels = tuple((str(c), *((largest, *extra) if k == chosen else ())) for k, c in enumerate(classes))
    return replace(bare, labels=labels, chosen=chosen)


def _targets(model: Model, target: str) -> tuple[tuple[str, ...], ...]:
    """Return what stands beside the outputs while there is no row."""
    classes = model.classes
    if classes is None:
        return ((target,) if target else (),)
    if len(classes) == 1:
        return ((f"always {classes[0]}",),)
    if len(classes) == 2:
        return ((f"fires: {classes[1]}", f"silent: {classes[0]}"),)
    return tuple((str(c),) for c in classes)
