"""A model as a `keras.Sequential`."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron.errors import problem
from glassneuron.interop.export.description import Description, describe


def to_keras(model: Any, dtype: str = "float32") -> Any:
    """Return a model as a Keras 3 model, on whichever backend is there.

    It answers as the module of `to_torch` does: with probabilities, the sums that decide, the number, or what the last
    layer answers. `model.classes` holds the labels and `model.features` the features.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Layer, Network, Model, or a fitted estimator
    dtype : {"float32", "float64"}

    Returns
    -------
    keras.Sequential

    Raises
    ------
    MissingExtraError
        If Keras is not installed, or none of its backends.
    """
    return keras_model(describe(model), dtype)


def load_keras() -> Any:
    """Import Keras; where nobody chose a backend that is there, take PyTorch or JAX."""
    if find_spec("keras") is None or not any(map(find_spec, ("torch", "jax", "tensorflow"))):
        raise problem("extra", purpose="`to_keras`", library="Keras, and PyTorch or JAX below it", extra="keras")
    if "keras" not in sys.modules and _chosen() == "tensorflow" and find_spec("tensorflow") is None:
        os.environ["KERAS_BACKEND"] = "torch" if find_spec("torch") else "jax"
    import keras

    return keras


def _chosen() -> str:
    """Return the backend that Keras would take: the environment's, that of its file, or its default."""
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    try:
        said = json.loads((home / "keras.json").read_text(encoding="utf-8")).get("backend")
    except (OSError, ValueError, AttributeError):
        said = None
    return str(os.environ.get("KERAS_BACKEND") or said or "tensorflow")


def keras_model(model: Description, dtype: str) -> Any:
    """Return a described model as a Keras one."""
    if model.products:
        part = f"{model.names[-len(model.products)]!r}, a product of features"
        raise problem("cannot-hold", target="a Sequential of Keras", part=part, why="its layers have no such product")
    keras = load_keras()
    from glassneuron.interop.export.libraries import keras_parts as parts

    model = model.in_single_precision()  # which some backends multiply matrices in, whatever they are told
    first = []
    if model.scaling is not None:  # its own layer for this computes in single precision
        means, deviations = model.scaling.means, model.scaling.deviations
        first.append(keras.layers.Rescaling(1.0, offset=(-means).tolist(), dtype=dtype, name="centre"))
        first.append(keras.layers.Rescaling((1.0 / deviations).tolist(), dtype=dtype, name="scale"))
    made = [keras.Input((len(model.names),), dtype=dtype), *first]
    dense = []
    for n, layer in enumerate(model.layers, 1):
        own = parts.step if layer.activation == "step" else layer.activation
        dense.append(keras.layers.Dense(len(layer.biases), activation=own, dtype=dtype, name=f"layer_{n}"))
    made += dense
    if model.probable == "shares":
        made.append(keras.layers.Activation(parts.shares, dtype=dtype, name="shares"))
    if model.target is not None:
        deviation, mean = model.target
        made.append(keras.layers.Rescaling(deviation, offset=mean, dtype=dtype, name="units"))
    whole = keras.Sequential(made)
    for layer, into in zip(model.layers, dense, strict=True):
        into.set_weights([np.ascontiguousarray(layer.weights.T, dtype), layer.biases.astype(dtype)])
    whole.classes, whole.features = model.classes, model.names
    return whole
