"""Every kind of model as what-if reads it: layers in the table's units, columns, labels, means and deviations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.engine.arrays import Array, as_rows
from glassneuron.errors import problem
from glassneuron.neurons.columns import in_order
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.preparing import feature_names
from glassneuron.neurons.scaling import Scaling
from glassneuron.neurons.what_if.question import Column, Reader


def read(model: Any, rows: ArrayLike | None = None) -> Reader:
    """Read a model; rows of its table tell how far values go, and means and deviations where it does not know them.

    Raises
    ------
    ParameterTypeError
        If it is no model of this package.
    """
    model = getattr(model, "model_", model)
    if isinstance(model, McCullochPitts):
        model, binary = model.neuron, True
    else:
        binary = False
    if isinstance(model, (Neuron, Layer)):
        layer = Layer.of([model]) if isinstance(model, Neuron) else model
        names = getattr(model, "names", None)
        if isinstance(model, Neuron) and layer.biases[0] != model.bias:  # float32 weights have float64 biases
            layer = Layer(layer.weights.astype(np.float64), [model.bias], layer.activation)
        model = Network([layer], names=names)
    if isinstance(model, Network):
        reader = _of_network(model, binary)
    elif isinstance(model, Model):
        reader = _of_model(model)
    else:
        rule = "a neuron, a layer, a network, a model or a fitted estimator of this package"
        raise problem("parameter-type", name="model", rule=rule, value=model, kind=type(model).__name__)
    return reader if rows is None else _measured(reader, rows)


def _of_network(network: Network, binary: bool) -> Reader:
    outputs, inputs = network.sizes[-1], network.sizes[0]
    names = network.names or tuple(f"x{j + 1}" for j in range(inputs))
    layers = tuple((layer.weights, layer.biases, layer.activation) for layer in network.layers)
    columns = tuple(Column(name, (j,), whole=binary) for j, name in enumerate(names))
    labels = tuple(range(max(outputs, 2)))

    def sums(rows: Array) -> Array:
        return network.forward(rows)[0]

    return Reader(layers, sums, names, columns, labels, _noun(network), binary=binary)


def _of_model(model: Model) -> Reader:
    first, *others = ((layer.weights, layer.biases, layer.activation) for layer in model.network.layers)
    scaling, target = model.scaling, model.target_scaling
    if scaling is not None and not model.folded:
        first = (*scaling.folded(first[0], first[1]), first[2])
    layers: list[tuple[Array, Array, str]] = [first, *others]
    if target is not None:
        layers[-1] = (*target.stretched(*layers[-1][:2]), layers[-1][2])

    def sums(rows: Array) -> Array:
        if model.classes is None:
            return model.outputs(rows)
        return model.decision_function(rows).reshape(len(rows), -1)

    means, deviations = (None, None) if scaling is None else (scaling.means, scaling.deviations)
    average = model.about.get("average")
    if means is None and isinstance(average, (list, tuple)) and len(average) == len(model.names):
        means = np.asarray(average, np.float64)
    columns = _columns(model.encoding, model.names)
    return Reader(
        tuple(layers), sums, model.names, columns, model.classes, _noun(model.network), means, deviations,
        tie_fires=model.tie_fires,
    )  # fmt: skip


def _noun(network: Network) -> str:
    return "network" if len(network.layers) > 1 else "neuron" if network.sizes[-1] == 1 else "neurons"


def _columns(encoding: dict[str, Any] | None, names: Sequence[str]) -> tuple[Column, ...]:
    """Return the table's columns: a text column is several features, of which one is 1."""
    if encoding is None:
        return tuple(Column(name, (j,)) for j, name in enumerate(names))
    columns, place = [], 0
    for each in encoding["columns"]:
        if each["kind"] == "product":
            raise problem("what-if-products", name=each["name"])
        if each.get("parts"):
            raise problem("what-if-dates", name=each["name"], part=each["parts"][0][0])
        values = tuple(map(str, each["values"]))
        if each.get("single"):
            columns.append(Column(each["name"], (place,), whole=True, two=values))
            place += 1
            continue
        count = len(feature_names(each))
        columns.append(Column(each["name"], tuple(range(place, place + count)), values))
        place += count
    return tuple(columns)


def _measured(reader: Reader, rows: ArrayLike) -> Reader:
    X = as_rows(in_order(rows, reader.names), "rows").astype(np.float64, copy=False)
    if X.shape[1] != len(reader.names):
        raise problem("inputs", expected=len(reader.names), got=X.shape[1])
    reader = replace(reader, rows=X, least=X.min(axis=0), most=X.max(axis=0), integers=(np.round(X) == X).all(axis=0))
    if reader.means is not None and reader.deviations is not None:
        return reader
    scaling = Scaling.of(X)
    means = scaling.means if reader.means is None else reader.means
    return replace(reader, means=means, deviations=scaling.deviations)
