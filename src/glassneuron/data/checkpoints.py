"""Trainings under way in one safetensors file: arrays, and plain facts beside them as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron import __version__
from glassneuron.data.atomic import write_whole
from glassneuron.errors import problem

FORMAT = 7
KEY = "glassneuron-checkpoint"


def write_checkpoint(path: Path, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> None:
    """Write the state of a training: the file holds all of it, or what it held before."""
    from safetensors.numpy import save

    header = {"format": FORMAT, "package": __version__, "facts": facts}
    write_whole(
        path, save({name: np.ascontiguousarray(each) for name, each in arrays.items()}, {KEY: json.dumps(header)})
    )


def read_checkpoint(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read what `write_checkpoint` wrote: arrays and facts.

    Raises
    ------
    ModelFileError
        If the file is not there, foreign, cut, or of another version.
    """
    from safetensors import SafetensorError, safe_open

    try:
        if path.is_dir():
            raise problem("model-folder", path=path)
        with safe_open(path, framework="np") as file:
            header = json.loads((file.metadata() or {})[KEY])
            if (header["format"], header["package"]) != (FORMAT, __version__):
                raise problem("other-checkpoint", path=path, package=header["package"], now=__version__)
            return {name: file.get_tensor(name) for name in file.keys()}, header["facts"]  # noqa: SIM118 - no dictionary
    except FileNotFoundError as error:
        raise problem("no-model", path=path) from error
    except (SafetensorError, OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise problem("not-a-checkpoint", path=path) from error
