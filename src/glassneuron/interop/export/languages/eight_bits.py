"""Weights in 8 bits: each neuron's are whole numbers from -127 to 127, times a unit of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron.engine.arrays import Array
from glassneuron.interop.export.description import Description, in_full
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network

MOST = 127


@dataclass(frozen=True, eq=False)
class Quantised:
    """Whole weights of each layer, of shape (neurons, inputs); the unit of each neuron; what that costs, in words."""

    whole: tuple[Array, ...]
    units: tuple[Array, ...]
    said: tuple[str, ...]


def quantise(model: Description, rows: ArrayLike | None = None, answers: Any = None) -> tuple[Description, Quantised]:
    """Round the weights to 8 bits; return the model that they make, and what was rounded.

    With rows and their right answers, what is lost on them is measured: in accuracy, or in the root of the mean squared
    error of numbers.
    """
    units = tuple(_units(layer.weights) for layer in model.layers)
    whole = tuple(
        np.rint(layer.weights / unit[:, np.newaxis]).astype(np.int8)
        for layer, unit in zip(model.layers, units, strict=True)
    )
    layers = tuple(
        Layer(q * unit[:, np.newaxis], layer.biases, layer.activation)
        for q, unit, layer in zip(whole, units, model.layers, strict=True)
    )
    said = ["Weights in 8 bits: whole numbers, times a unit for each neuron."]
    if rows is not None:
        said.append(_measured(model, layers, rows, answers))
    return replace(model, layers=layers), Quantised(whole, units, tuple(said))


def _units(W: Array) -> Array:
    largest = np.abs(W).max(axis=1)
    return np.where(largest > 0.0, largest, 1.0) / MOST


def _measured(model: Description, layers: tuple[Layer, ...], rows: ArrayLike, answers: Any) -> str:
    value = model.value
    if not isinstance(value, Model):
        network = Network(model.layers)
        before, after = (np.asarray(each.feedforward(rows)) for each in (network, Network(layers)))
        return f"On {len(before):,} rows its answers differ by {np.abs(before - after).max():.3g} at most."
    activation = value.network.activations[-1]
    last = Layer(layers[-1].weights, layers[-1].biases, activation)
    rounded = Network([*layers[:-1], last])
    other = Model(
        rounded.layers[0].neurons if value.folded else rounded, value.classes, model.names,
        None if value.folded else model.scaling, None, None, value.target_scaling,
    )  # fmt: skip
    full = in_full(value, np.asarray(rows), 0.0)
    given, after, y = value.predict(rows), other.predict(full), np.asarray(answers)
    if value.classes is None:
        errors = [float(np.sqrt(np.mean((a - y) ** 2))) for a in (given, after)]
        was, is_ = (f"{error:.4g}" for error in errors)
        return f"Root mean squared error on {len(y):,} rows: {is_}; with the weights as they were {was}."
    right = [float(np.mean(a == y)) for a in (given, after)]
    return f"Right on {len(y):,} rows: {right[1]:.2%}; with the weights as they were {right[0]:.2%}."
