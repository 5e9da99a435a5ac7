"""A training that can be killed: its state in a file, from where it goes on to the same bits."""

from __future__ import annotations

import json
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron.data.checkpoints import read_checkpoint, write_checkpoint
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.dataset import BLOCK, Dataset

EVERY = 30.0
"""Seconds from one state in the file to the next."""


@dataclass
class Checkpoint:
    """A file that holds the last state of a training.

    Attributes
    ----------
    path : Path
    every : float
        Seconds from one state to the next; the last one of all is always written.
    facts : dict
        What the training is of: going on with another table or other settings is refused.
    resume : bool, optional
        Whether to go on from the file: True if it has to be there, False if it must not, None to see.
    """

    path: Path
    every: float = EVERY
    facts: dict[str, Any] = field(default_factory=dict)
    resume: bool | None = None
    _last: float = field(default_factory=time.monotonic)

    def of(self, data: Dataset, validation: Dataset | None, settings: Any, **more: Any) -> Checkpoint:
        """Return the checkpoint of a training on some rows, with these settings."""
        facts = {
            **_facts_of("table", data),
            **({} if validation is None else _facts_of("validation rows", validation)),
            **{f"`{each.name}`": _plain(getattr(settings, each.name)) for each in fields(settings)},
            **{f"`{name}`": _plain(value) for name, value in more.items()},
        }
        return Checkpoint(self.path, self.every, facts, self.resume)

    def load(self) -> State | None:
        """Return the state to go on from; None where there is none yet."""
        there = self.path.exists()
        if there and self.resume is False:
            raise problem("checkpoint-there", path=self.path)
        if not there and self.resume is not True:
            return None
        state, facts = read_checkpoint(self.path)
        for name in {**facts, **self.facts}:
            was, now = facts.get(name), self.facts.get(name)
            if was != now:
                raise problem("another-training", path=self.path, what=name, was=_told(was), now=_told(now))
        return state

    def save(self, state: State, *, last: bool = False) -> None:
        """Write a state, if it is time to."""
        if last or time.monotonic() - self._last >= self.every:
            write_checkpoint(self.path, state, self.facts)
            self._last = time.monotonic()


def packed(value: Any) -> Array:
    """Return plain facts as an array of bytes."""
    return np.frombuffer(json.dumps(value).encode(), np.uint8).copy()


def unpacked(array: Array) -> Any:
    """Return the facts that `packed` put into an array.

    Examples
    --------
    >>> unpacked(packed(["stopped", True]))
    ['stopped', True]
    """
    return json.loads(array.tobytes())


def _plain(value: Any) -> Any:
    """Return a setting as JSON has it; a function by its name."""
    if callable(value):
        return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__name__)}"
    return json.loads(json.dumps(value, default=lambda each: each.tolist() if hasattr(each, "tolist") else str(each)))


def _told(value: Any) -> str:
    return "not there" if value is None else str(value)


def _facts_of(name: str, data: Dataset) -> dict[str, Any]:
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
        mark = zlib.crc32(np.ascontiguousarray(part), mark)
    return f"{mark:08x}"


def _parts(arrays: tuple[Array, ...]) -> Iterator[Array]:
    for array in arrays:
        for start in range(0, len(array), BLOCK):
            yield array[start : start + BLOCK]
