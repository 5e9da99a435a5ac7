"""Models in one safetensors file: arrays, and plain facts beside them as JSON. Loading runs no code from the file."""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron import __version__
from glassneuron.data.atomic import write_whole
from glassneuron.data.encoding import Encoding
from glassneuron.errors import GlassneuronError, problem
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron

FORMAT = 2
KEY = "glassneuron"

KINDS = {
    "Neuron": ("glassneuron.neurons.neuron", {"weights", "bias"}),
    "McCullochPitts": ("glassneuron.neurons.logic.mcculloch_pitts", {"weights", "threshold"}),
    "Network": ("glassneuron.neurons.network", {"parameters"}),
    "Model": ("glassneuron.neurons.model", {"parameters"}),
}
"""What a file may hold and nothing else: the module that knows it, and its arrays, each of one dimension."""

SCALES = ({"means", "deviations"}, {"target_mean", "target_deviation"})
"""Pairs of arrays that a model has both or none of."""


def save(model: Any, path: str | Path, *, history: bool = False) -> None:
    """Save a neuron or a trained model.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Network, Model, or a fitted estimator of the package
    path : str or Path
        The file is written beside its place and moved there when it is whole.
    history : bool, default False
        Of a fitted estimator, keep the table of its training too: it is `model.about["history"]` when loaded.

    Raises
    ------
    ModelFileError
        If the model is of no known kind or not fitted, or the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from glassneuron.neurons.neuron import Neuron
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Neuron([0, 1], 4), f"{folder}/neuron.safetensors")
    ...     load(f"{folder}/neuron.safetensors")
    Neuron(weights=[0, 1], bias=4, activation='sigmoid')
    """
    place = _path(path)
    value = getattr(model, "model_", model)
    kind = type(value).__name__
    if KINDS.get(kind, ("",))[0] != type(value).__module__:
        raise problem("not-savable", kind=kind)
    from safetensors.numpy import save as to_bytes

    arrays, meta = value.to_state()
    if history and hasattr(model, "history_"):
        meta["about"] = {**meta["about"], "history": model.history_.table}
    header = {"format": FORMAT, "kind": kind, "package": __version__, "meta": meta}
    try:
        text = json.dumps(header, default=np.generic.item)
        _restored(dict(arrays), json.loads(text))  # a file that could not be read back is not written
    except (GlassneuronError, *MISFITS) as error:
        raise problem("unwritable", path=place, why=_reason(error).rstrip(".")) from error
    write_whole(place, to_bytes(arrays, {KEY: text}))


def load(path: str | Path) -> Any:
    """Load what `save` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Neuron, McCullochPitts, Network or Model
        A fitted estimator comes back as its `Model`, which predicts and explains.

    Raises
    ------
    ModelFileError
        If the file is not there, foreign, cut, or says what cannot be.
    """
    path = _path(path)
    arrays, metadata = read_arrays(path)
    if KEY not in metadata:
        raise problem("foreign", path=path)
    try:
        header = json.loads(metadata[KEY])
        if type(header["format"]) is int and header["format"] > FORMAT:
            raise problem("newer", path=path, package=_text(header["package"]))
        return _restored(arrays, header)
    except (GlassneuronError, *MISFITS) as error:
        if isinstance(error, GlassneuronError) and error.code == "newer":
            raise
        raise problem("damaged", path=path, why=_reason(error)) from error


def description(path: Path) -> dict[str, Any] | None:
    """Return what a file of this package says of itself: format, kind and version; None of other safetensors files."""
    metadata = read_arrays(path)[1]
    try:
        header = json.loads(metadata[KEY])
        return {name: str(header[name]) for name in ("format", "kind", "package")}
    except (KeyError, ValueError, TypeError):
        return None


def read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the arrays of any safetensors file, and what it says of itself."""
    from safetensors import SafetensorError, safe_open

    try:
        if path.is_dir():
            raise problem("model-folder", path=path)
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is not a dictionary
        if any(array.dtype.isbuiltin != 1 for array in arrays.values()):  # another library has taught NumPy this type
            raise problem("not-a-model-file", path=path)
    except FileNotFoundError as error:
        raise problem("no-model", path=path) from error
    except GlassneuronError:
        raise
    except (SafetensorError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        # An AttributeError comes from a number type that NumPy does not have.
        raise problem("not-a-model-file", path=path) from error
    return arrays, metadata


MISFITS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


def _reason(error: Exception) -> str:
    own = isinstance(error, GlassneuronError)
    return str(error).split("\n")[0] if own else "what it says of itself does not fit together."


def _path(path: Any) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise problem("parameter-type", name="path", rule="the path of a file", value=path, kind=type(path).__name__)
    if not os.fspath(path):
        raise problem("parameter", name="path", rule="the name of a file", value=path)
    return Path(path)


def _restored(arrays: dict[str, Any], header: dict[str, Any]) -> Any:
    """Build a model from what a file holds, after checking every part of it."""
    if type(header["format"]) is not int or not 1 <= header["format"] <= FORMAT:
        raise ValueError("no such format")
    kind, meta = header["kind"], header["meta"]
    if any(array.dtype.name not in ("float32", "float64") for array in arrays.values()):
        raise ValueError("arrays of something other than floats")
    if header["format"] == 1 and kind in ("Model", "NetworkModel"):
        kind, meta = "Model", _from_format_1(kind, arrays, meta)
    module, wanted = KINDS[kind]
    if kind == "Model":
        wanted = wanted.union(*(pair for pair in SCALES if pair & arrays.keys()))
    if arrays.keys() != wanted or any(array.ndim != 1 for array in arrays.values()):
        raise ValueError("other arrays than this kind has")
    if any(len(arrays[name]) != 1 for name in ("bias", "threshold") if name in arrays):
        raise ValueError("one neuron has one bias or threshold")
    if kind == "Model":
        _check_model(arrays, meta)
    elif meta.get("names") is not None:
        _texts(meta["names"])
    return getattr(import_module(module), kind).from_state(arrays, meta)


def _from_format_1(kind: str, arrays: dict[str, Any], meta: dict[str, Any]) -> dict[str, Any]:
    """Bring a model of format 1 to format 2: neurons become a network of one layer. The arrays are changed in place."""
    if kind == "NetworkModel":
        return {**meta, "folded": False}
    W, b = arrays.pop("weights"), arrays.pop("biases")
    if W.ndim != 2 or b.ndim != 1:
        raise ValueError("other arrays than this kind has")
    W = W.astype(np.result_type(W, b))  # float32 weights have float64 biases
    network = Network([[Neuron(w, float(bias), meta["activation"]) for w, bias in zip(W, b, strict=True)]])
    arrays["parameters"] = network.parameters
    return {**meta, "sizes": network.sizes, "activations": network.activations, "folded": True}


def _check_model(arrays: dict[str, Any], meta: dict[str, Any]) -> None:
    names, classes = _texts(meta["names"]), meta["classes"]
    if classes is None and "target_mean" in arrays:
        classes = []  # it answers with a number
    if not isinstance(classes, list) or len(set(classes)) != len(classes):
        raise ValueError("classes are a list of different labels")
    if any(isinstance(c, (int, float)) and not -(2**63) <= c < 2**64 for c in classes):
        raise ValueError("a label is a text or a number")
    if not isinstance(meta["about"], dict) or not isinstance(meta["folded"], bool):
        raise TypeError("facts are a dictionary, and folded is true or false")
    if not isinstance(meta.get("tie_fires", True), bool):
        raise TypeError("a tie fires or does not")
    if meta["encoding"] is not None and list(Encoding.from_dict(meta["encoding"]).names) != names:
        raise ValueError("the columns make other features")
    if any(not (arrays[name] > 0).all() for name in ("deviations", "target_deviation") if name in arrays):
        raise ValueError("a deviation is above zero")


def _texts(values: Any) -> list[str]:
    if not isinstance(values, list):
        raise TypeError("names are a list")
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a name is text")
    return value
