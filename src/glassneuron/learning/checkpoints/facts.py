"""What a training is of: the numbers of its tables, and its settings, as short plain facts."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.dataset import BLOCK, Dataset


def facts_of(data: Dataset, validation: Dataset | None, settings: Any, **more: Any) -> dict[str, Any]:
    """Return the facts of a training by what a sentence calls them; other rows or settings have other facts."""
    return {
        **_of_table("table", data),
        **({} if validation is None else _of_table("validation rows", validation)),
        **{f"`{each.name}`": _plain(getattr(settings, each.name)) for each in fields(settings)},
        **{f"`{name}`": _plain(value) for name, value in more.items()},
    }


def _plain(value: Any) -> Any:
    """Return a setting as JSON has it; a function by its name."""
    if callable(value):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__name__)}"
    return json.loads(json.dumps(value, default=lambda each: each.tolist() if hasattr(each, "tolist") else str(each)))


def _of_table(name: str, data: Dataset) -> dict[str, Any]:
    parts = [data.X.data, data.X.indices, data.X.indptr] if data.sparse else [data.X]
    return {
        f"the shape of the {name}": [*data.shape, str(data.X.dtype)],
        f"the {name}": _digest(*parts),
        f"the targets of the {name}": _digest(data.y),
        f"the sample weights of the {name}": _digest(data.sample_weight),
    }


def _digest(*arrays: Array) -> str:
    """Return a short mark of all numbers in some arrays."""
    mark = 0
    for part in _parts(arrays):
        mark = zlib.crc32(np.ascontiguousarray(part).data, mark)
    return f"{mark:08x}"


def _parts(arrays: tuple[Array, ...]) -> Iterator[Array]:
    for array in arrays:
        for start in range(0, len(array), BLOCK):
            yield array[start : start + BLOCK]
