"""Rows that are dealt to shards, and how one shard learns from its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine import backend, kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, row_numbers, taken
from glassneuron.engine.parts import Part
from glassneuron.learning.algorithms.neurons import NO_POCKET, NO_TABLE
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.sampler import RUN, Epoch, Sampler

RUNS = 16
"""Runs of rows in a shard, at least, however short they are: a table may be sorted by class."""


def dealt(rows: Array, shards: int) -> list[Array]:
    """Deal rows to shards, in turn and a run of neighbours at a time, which are read from a disk together.

    Examples
    --------
    >>> [part.tolist() for part in dealt(np.arange(7), 2)]
    [[0, 2, 4, 6], [1, 3, 5]]
    """
    run = min(RUN, max(1, len(rows) // (RUNS * shards)))
    turn = row_by_row(lambda place: place // run % shards, row_numbers(len(rows), np.int64, rows))
    return [taken(rows, row_by_row(lambda turn, k=k: turn == k, turn)) for k in range(shards)]


@dataclass(frozen=True, eq=False)
class Shards:
    """Rows that are dealt to shards; `places` are those of each, and `first` is the number of the first shard."""

    data: Dataset
    places: list[Array]
    first: int = 0

    @property
    def shape(self) -> tuple[int, int]:
        """Shards, and features."""
        return len(self.places), self.data.shape[1]

    @property
    def parts(self) -> list[Part]:
        """Each shard on its own."""
        return [Part(self, k, k + 1) for k in range(len(self.places))]

    def cut(self, start: int, stop: int) -> Shards:
        """Return some of the shards, with all rows beside them."""
        return Shards(self.data, self.places[start:stop], self.first + start)

    @property
    def whole(self) -> Any:
        """The rows of all shards, which are not all needed."""
        return self.data.X

    def taken(self) -> Shards:
        """Return the first shard alone with its own rows."""
        rows = self.places[0]
        return Shards(self.data.subset(rows), [np.arange(len(rows), dtype=rows.dtype)], self.first)


@dataclass(frozen=True)
class Task:
    """What all shards do in one epoch."""

    speed: str
    averaged: bool
    competing: bool
    rates: tuple[float, float, float]
    shuffle: bool
    seed: int
    epoch: int


def learn_shard(part: Part, task: Task, W: Array, b: Array) -> tuple[Array, Array, Array, Array, float, int, float]:
    """Go through the rows of one shard once, from the common weights.

    Returns the weights and biases at the end, the sums of those that stood at each visit where the mean is wanted, the
    weight of all visits, the mistakes and the summed loss.
    """
    shards, number = part.table, part.table.first + part.start
    data, rows, speed = shards.data, shards.places[part.start], backend.load(task.speed)
    visits = Epoch(Sampler(rows, task.shuffle, [task.seed, number]).order(task.epoch), data.sample_weight)
    order, share = visits.visits(0, len(visits))
    zeros = np.zeros(W.shape), np.zeros(b.shape), np.zeros(1)
    mine = [backend.inputs(speed, each.copy())[0] for each in (W, b, *zeros)]
    X, y = backend.table(speed, data.X), backend.inputs(speed, data.y)[0]
    if task.speed == "python" and W.dtype == np.float64:
        order, share = order.tolist(), share.tolist()
    neurons, average = (mine[0], mine[1]), (mine[2], mine[3], mine[4])
    with np.errstate(over="ignore", invalid="ignore"):
        if task.competing:
            sums = average if task.averaged else (NO_TABLE, NO_TABLE, np.zeros(1))
            done = speed.multiclass_epoch(
                kernels.WINNER, neurons, (X, y), (order, share), task.rates, np.ones(1), sums, NO_POCKET
            )  # fmt: skip
        elif task.averaged:
            done = speed.averaged_epoch(neurons, (X, y), (order, share), task.rates, average)
        else:
            done = speed.perceptron_epoch(neurons, (X, y), (order, share), task.rates)
    time = float(mine[4][0])
    W, b = np.array(mine[0], np.float64), np.array(mine[1], np.float64)
    return W, b, time * W - np.array(mine[2]), time * b - np.array(mine[3]), time, int(done[0]), float(done[1])
