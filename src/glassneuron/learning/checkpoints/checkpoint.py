"""A training that can be killed: its state in a file, from where it goes on to the same bits."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron.data.checkpoints import read_checkpoint, write_checkpoint
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.checkpoints.facts import facts_of
from glassneuron.learning.dataset import Dataset

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
    _last: float = field(default_factory=lambda: time.monotonic())

    def of(self, data: Dataset, validation: Dataset | None, settings: Any, **more: Any) -> Checkpoint:
        """Return the checkpoint of a training on some rows, with these settings."""
        facts = facts_of(data, validation, settings, **more)
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


def _told(value: Any) -> str:
    return "not there" if value is None else str(value)
