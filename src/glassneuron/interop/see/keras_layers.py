"""Layers of Keras 3, in a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from glassneuron.interop.see.chain import Chain, unseen

ACTIVATIONS = {"linear", "sigmoid", "tanh", "relu", "softmax"}
SILENT = (
    "InputLayer",
    "Dropout",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "ActivityRegularization",
    "Identity",
)
"""Without an effect once a model is trained."""


def chain_of(model: Any) -> Chain:
    """Follow the layers of a model, each of which must read what the one before it answers."""
    chain = Chain()
    for part, layer in _layers(model, ""):
        _add(chain, part, layer)
    return chain


def _layers(model: Any, path: str) -> Iterator[tuple[str, Any]]:
    kind = type(model)
    part = f"{path}{model.name}, {kind.__name__},"
    if kind.__module__.partition(".")[0] != "keras":
        raise unseen(part, "its call is code of its own")
    if kind.__name__ not in ("Sequential", "Functional", "Model"):
        yield part, model
        return
    if kind.__name__ == "Sequential":
        layers = list(model.layers)
    elif hasattr(model, "_nodes_by_depth"):
        layers = []
        for _, nodes in sorted(model._nodes_by_depth.items(), reverse=True):
            if len(nodes) > 1:
                names = ", ".join(node.operation.name for node in nodes)
                raise unseen(part, f"{names} stand side by side, which is no chain")
            layers.append(nodes[0].operation)
    else:
        raise unseen(part, "it has no layers in a row")
    for layer in layers:
        yield from _layers(layer, f"{path}{model.name}/" if path else f"{model.name}/")


def _add(chain: Chain, part: str, layer: Any) -> None:
    import keras  # whose layer this is

    kind = type(layer).__name__
    if chain.logarithm and kind not in SILENT:
        raise unseen(part, "it reads logarithms")
    if getattr(layer, "quantization_mode", None):
        raise unseen(part, "it is quantised")
    if kind == "Dense":
        if not layer.built:
            raise unseen(part, "it has no weights yet; call the model on some rows first")
        chain.weigh(part, _array(layer.kernel).T, None if layer.bias is None else _array(layer.bias))
        _activate(chain, part, layer.activation)
    elif kind == "Activation":
        _activate(chain, part, layer.activation)
    elif kind == "ReLU":
        if layer.max_value is not None or layer.negative_slope or layer.threshold:
            raise unseen(part, "it is more than max(0, z)")
        chain.activate(part, "relu")
    elif kind == "Softmax":
        if layer.axis not in (-1, 1):
            raise unseen(part, f"its axis is {layer.axis}")
        chain.activate(part, "softmax")
    elif kind == "BatchNormalization":
        if layer.axis not in (-1, 1):
            raise unseen(part, f"its axis is {layer.axis}")
        variance = _array(layer.moving_variance)
        deviation = np.sqrt(variance + variance.dtype.type(layer.epsilon))
        chain.normalise(part, _array(layer.moving_mean), deviation)
        if layer.scale or layer.center:
            chain.scale(part, _array(layer.gamma) if layer.scale else 1.0, _array(layer.beta) if layer.center else 0.0)
    elif kind == "Normalization":
        if getattr(layer, "invert", False):
            raise unseen(part, "it is inverted")
        mean, variance = _array(layer.mean).ravel(), _array(layer.variance).ravel()
        chain.normalise(part, mean, np.maximum(np.sqrt(variance), variance.dtype.type(keras.config.epsilon())))
    elif kind == "Rescaling":
        chain.scale(part, np.float32(layer.scale), np.float32(layer.offset))
    elif kind not in (*SILENT, "Flatten"):
        raise unseen(part, "it is none of the layers that can")


def _activate(chain: Chain, part: str, function: Any) -> None:
    name, home = getattr(function, "__name__", type(function).__name__), str(getattr(function, "__module__", ""))
    own = name == "step" and home.startswith("glassneuron.")  # of `to_keras`
    if not own and (not home.startswith("keras.") or name not in (*ACTIVATIONS, "log_softmax")):
        raise unseen(f"{part} with the activation {name}", "this package does not have it")
    chain.activate(part, "softmax" if name == "log_softmax" else name)
    chain.logarithm = name == "log_softmax"


def _array(values: Any) -> Any:
    """Return the numbers of a variable, or of a tensor of the backend."""
    import keras

    return np.asarray(keras.ops.convert_to_numpy(values))
