"""Models in one safetensors file: arrays, and plain facts beside them as JSON. Loading runs no code."""

from __future__ import annotations

import json
import os
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from glassneuron import __version__
from glassneuron.errors import GlassneuronError, problem

FORMAT = 1
KEY = "glassneuron"

KINDS = {
    "Neuron": "glassneuron.neurons.neuron",
    "McCullochPitts": "glassneuron.neurons.neuron",
    "Model": "glassneuron.neurons.model",
}
"""What a file may hold, and the module that knows it. A file cannot name anything else."""


def save(model: Any, path: str | Path) -> None:
    """Save a neuron or a trained model.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Model, or a fitted estimator of the package
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
    value = getattr(model, "model_", model)
    kind = type(value).__name__
    if KINDS.get(kind) != type(value).__module__:
        raise problem("not-savable", kind=kind)
    from safetensors.numpy import save as to_bytes

    arrays, meta = value.to_state()
    header = {"format": FORMAT, "kind": kind, "package": __version__, "meta": meta}
    write_whole(Path(path), to_bytes(arrays, {KEY: json.dumps(header)}))


def load(path: str | Path) -> Any:
    """Load what `save` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Neuron, McCullochPitts or Model
        A fitted estimator comes back as its `Model`, which predicts and explains.

    Raises
    ------
    ModelFileError
        If the file is not there, foreign, cut, or says what cannot be.
    """
    path = Path(path)
    if path.is_dir():
        raise problem("model-folder", path=path)
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dictionary
    except FileNotFoundError as error:
        raise problem("no-model", path=path) from error
    except (SafetensorError, OSError, ValueError, TypeError, KeyError) as error:
        raise problem("not-a-model-file", path=path) from error
    if KEY not in metadata:
        raise problem("foreign", path=path)
    try:
        header = json.loads(metadata[KEY])
        if header["format"] > FORMAT:
            raise problem("newer", path=path, package=header["package"])
        kind = getattr(import_module(KINDS[header["kind"]]), header["kind"])
        return kind.from_state(arrays, header["meta"])
    except GlassneuronError as error:
        if error.code == "newer":
            raise
        raise problem("damaged", path=path, why=str(error).split("\n")[0]) from error
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise problem("damaged", path=path, why="what it says of itself does not fit together.") from error


def can_write(path: Path) -> None:
    """Refuse a place that cannot be written, before the work that is to be kept there.

    Raises
    ------
    ModelFileError
    """
    if path.is_dir():
        raise problem("model-folder", path=path)
    if not path.parent.is_dir():
        raise problem("unwritable", path=path, why="its folder does not exist")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that an interrupt leaves the old one whole.

    Parameters
    ----------
    path : Path
    content : bytes

    Raises
    ------
    ModelFileError
        If the folder is not there or cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise problem("unwritable", path=path, why=error.strerror) from error
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    except OSError as error:
        raise problem("unwritable", path=path, why=error.strerror) from error
    finally:
        beside.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
