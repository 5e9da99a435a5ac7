"""Models in one safetensors file: arrays, and plain facts beside them as JSON. Loading runs no code."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron import __version__
from glassneuron.data.encoding import Encoding
from glassneuron.errors import GlassneuronError, problem

FORMAT = 1
KEY = "glassneuron"

KINDS = {
    "Neuron": "glassneuron.neurons.neuron",
    "McCullochPitts": "glassneuron.neurons.logic.mcculloch_pitts",
    "Network": "glassneuron.neurons.network",
    "Model": "glassneuron.neurons.model",
    "NetworkModel": "glassneuron.neurons.network_model",
}
"""What a file may hold, and the module that knows it. A file cannot name anything else."""

SHAPES = {
    "Neuron": {"weights": 1, "bias": 1},
    "McCullochPitts": {"weights": 1, "threshold": 1},
    "Network": {"parameters": 1},
    "Model": {"weights": 2, "biases": 1},
    "NetworkModel": {"parameters": 1, "means": 1, "deviations": 1},
}
"""The arrays of each kind, and their dimensions."""

OPTIONAL = {
    "Model": {"means": 1, "deviations": 1},
    "NetworkModel": {"target_mean": 1, "target_deviation": 1},
}
"""Arrays that a kind has all or none of."""


def save(model: Any, path: str | Path) -> None:
    """Save a neuron or a trained model.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Network, Model, NetworkModel, or a fitted estimator of the package
    path : str or Path
        The file is written beside its place and moved there when it is whole.

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
    if KINDS.get(kind) != type(value).__module__:
        raise problem("not-savable", kind=kind)
    from safetensors.numpy import save as to_bytes

    arrays, meta = value.to_state()
    header = {"format": FORMAT, "kind": kind, "package": __version__, "meta": meta}
    try:
        text = json.dumps(header, default=_plain)
        _restored(arrays, json.loads(text))  # what could not be read back is not written
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
    Neuron, McCullochPitts, Network, Model or NetworkModel
        A fitted estimator comes back as its `Model` or `NetworkModel`, which predicts and explains.

    Raises
    ------
    ModelFileError
        If the file is not there, foreign, cut, or says what cannot be.
    """
    path = _path(path)
    from safetensors import SafetensorError, safe_open

    try:
        if path.is_dir():
            raise problem("model-folder", path=path)
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dictionary
    except FileNotFoundError as error:
        raise problem("no-model", path=path) from error
    except GlassneuronError:
        raise
    except (SafetensorError, OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        # AttributeError: a kind of number that NumPy does not have
        raise problem("not-a-model-file", path=path) from error
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


def _plain(value: Any) -> Any:
    """Give JSON the plain value of a NumPy one."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)


def _restored(arrays: dict[str, Any], header: dict[str, Any]) -> Any:
    """Build a model from what a file holds, after a look at every part of it."""
    if type(header["format"]) is not int or header["format"] != FORMAT:
        raise ValueError("no such format")
    kind, meta = header["kind"], header["meta"]
    shapes = dict(SHAPES[kind])
    optional = OPTIONAL.get(kind, {})
    if optional.keys() & arrays.keys():
        shapes |= optional
    if {name: array.ndim for name, array in arrays.items()} != shapes:
        raise ValueError("other arrays than this kind has")
    if any(array.dtype.name not in ("float32", "float64") for array in arrays.values()):
        raise ValueError("arrays of something else than fractions")
    if any(len(arrays[name]) != 1 for name in ("bias", "threshold") if name in arrays):
        raise ValueError("one neuron has one bias")
    if kind in ("Model", "NetworkModel"):
        _check_model(arrays, meta)
    elif meta.get("names") is not None:
        _texts(meta["names"])
    return getattr(import_module(KINDS[kind]), kind).from_state(arrays, meta)


def _check_model(arrays: dict[str, Any], meta: dict[str, Any]) -> None:
    names, classes = _texts(meta["names"]), meta["classes"]
    if classes is None and "target_mean" in arrays:
        classes = []  # it answers with a number
    if not isinstance(classes, list) or len(set(classes)) != len(classes):
        raise ValueError("classes are a list of different labels")
    if any(isinstance(c, (int, float)) and not -(2**63) <= c < 2**64 for c in classes):
        raise ValueError("a label is a text or a number")
    if not isinstance(meta["about"], dict):
        raise TypeError("facts are a dictionary")
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


def can_write(path: Path) -> None:
    """Refuse a place that cannot be written, before the work that is to be kept there.

    Raises
    ------
    ModelFileError
    """
    try:
        if path.is_dir():
            raise problem("model-folder", path=path)
        if not path.parent.is_dir():
            raise problem("unwritable", path=path, why="its folder does not exist")
    except OSError as error:  # a name that is too long
        raise problem("unwritable", path=path, why=error.strerror) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that an interrupt leaves the old one whole.

    A link stays a link to the file that is written, and a file keeps its permissions.

    Parameters
    ----------
    path : Path
    content : bytes

    Raises
    ------
    ModelFileError
        If the folder is not there or cannot be written.
    """
    can_write(path)
    try:
        if path.exists() and not path.is_file():  # a pipe or a device, whose place no file may take
            path.write_bytes(content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise problem("unwritable", path=path, why=error.strerror) from error
    except ValueError as error:  # a zero byte
        raise problem("unwritable", path=path, why="no file can have this name") from error


def _replace(path: Path, content: bytes) -> None:
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=".glassneuron-", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
