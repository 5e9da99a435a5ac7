"""Which rows a training visits and when: as they stand or shuffled, a row of weight 2.5 by two and a half visits."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.dataset import NONE, Dataset

RUN, STREAMS = 256, 64
"""Rows in a row that keep their order, and how many such runs are merged, when a large table is shuffled."""
FEW = 4
"""Visits of a row, in the mean, that are all made at once where they are whole."""
SMALL_TABLE = 1 << 20
"""Numbers up to which a table is sorted before it is shuffled."""
MOST_VISITS = 100_000_000
"""Visits an epoch, beside 100 for each row, that sample weights may ask for."""


class Visits(NamedTuple):
    """Row numbers, and how much of a row each visit counts; `share` is empty if every visit is whole."""

    order: Array
    share: Array


class Epoch:
    """The visits of one epoch, made piece by piece, since large sample weights stand for very many.

    Examples
    --------
    >>> Epoch(np.array([1, 0]), np.array([1.0, 2.5])).visits(0, 4)
    Visits(order=array([1, 1, 1, 0]), share=array([1. , 1. , 0.5, 1. ]))
    """

    def __init__(self, order: Array, weight: Array) -> None:
        self.order, self.weight, self.ends = order, weight, NONE
        if not len(weight):
            return
        own = weight[order]
        times = np.ceil(own)
        self.ends = np.cumsum(times)
        if len(self.ends) and self.ends[-1] <= FEW * len(order) and (times == own).all():
            self.order, self.ends = order.repeat(times.astype(np.intp)), NONE
        elif len(self.ends) and self.ends[-1] > 100 * len(order) + MOST_VISITS:
            visits = f"{MOST_VISITS:,} visits in an epoch, not {self.ends[-1]:,.0f}"
            rule = f"small enough for {visits} (divide all weights by one number)"
            raise problem("parameter", name="sample_weight", rule=rule, value=float(weight.max()))

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else len(self.order)

    def visits(self, start: int, stop: int) -> Visits:
        """Return the visits from number `start` to the one before `stop`."""
        if not len(self.ends):
            return Visits(self.order[start:stop], NONE)
        numbers = np.arange(start, stop)
        place = np.searchsorted(self.ends, numbers, side="right")
        order = self.order[place]
        times = np.ceil(self.weight[order])
        share = np.minimum(self.weight[order] - (numbers - (self.ends[place] - times)), 1.0)
        return Visits(order, NONE if (share == 1.0).all() else share)


def distinct_rows(data: Dataset, shuffle: bool) -> tuple[Array, Array]:
    """Choose the rows to visit, and return their numbers and the weight of each row of the table (empty if all are 1).

    Rows of weight 0 are left out. If a small table is to be shuffled, its rows are first sorted and equal ones merged:
    what is learned then depends on the rows and not on their order, and a row that occurs twice is the same as one of
    weight 2.

    Examples
    --------
    >>> rows, weight = distinct_rows(Dataset(np.array([[2.0], [1.0], [2.0]]), np.array([1, 0, 1])), shuffle=True)
    >>> sorted(rows.tolist()), weight.tolist()
    ([0, 1], [2.0, 1.0, 0.0])
    """
    weight = data.sample_weight
    rows = np.arange(len(data.y), dtype=np.int32 if len(data.y) < 2**31 else np.int64)
    if len(weight) and not weight.all():
        rows = rows[weight > 0.0]
    if not shuffle or len(data.y) > RUN * STREAMS or data.shape[0] * data.shape[1] > SMALL_TABLE:
        return rows, weight
    table = np.empty((len(data.y), data.shape[1] + 1))
    np.add(data.dense(0, len(data.y)), 0.0, out=table[:, :-1])  # which turns -0 into 0
    table[:, -1] = data.y
    if len(rows) < len(table):
        table = table[rows]
    order, new = _sorted(table)
    if new.all():
        return rows[order], weight
    merged, first = np.zeros(len(data.y)), rows[order[new]]
    place = np.empty(len(rows), np.intp)
    place[order] = np.cumsum(new) - 1
    merged[first] = np.bincount(place, weight[rows] if len(weight) else None)
    return first, merged


def _sorted(table: Array) -> tuple[Array, Array]:
    """Return the order of rows by their bytes, equal ones as they stand, and whether each differs from the one before.

    Mostly the first column tells all rows apart. Zeros and ones alone are as many bits.
    """
    words, rows = table.view(np.uint64), len(table)
    if ((table[0] == 1.0) | (table[0] == 0.0)).all():  # a look at one row before all
        bits = np.zeros((rows, -(-table.shape[1] // 64) * 64), bool)
        ones = np.equal(table, 1.0, out=bits[:, : table.shape[1]])
        if (ones | (table == 0.0)).all():
            words = np.packbits(bits).view(np.uint64).reshape(rows, -1)
    first, new = words[:, 0].byteswap(), np.ones(rows, bool)
    order = first.argsort()
    new[1:] = first[order[1:]] != first[order[:-1]]
    if not new.all():
        order = words.view(np.dtype((np.void, 8 * words.shape[1])))[:, 0].argsort(kind="stable")
        new[1:] = (words[order[1:]] != words[order[:-1]]).any(axis=1)
    return order, new


class Sampler:
    """The order of the rows in each epoch, which follows from the seed and the epoch's number alone.

    Up to 16,384 rows are shuffled freely. Beyond that, a free order would wait for memory, so runs of 256 rows are
    dealt out at random, 64 at a time, and each 64 are merged like cards, in a new random pattern each epoch: neighbours
    are parted by some 64 rows from all over the table, and memory is read in 64 streams.
    """

    def __init__(self, rows: Array, shuffle: bool, seed: int | list[int]) -> None:
        self.rows, self.shuffle = rows, shuffle
        self._places = rows.astype(np.intp) if len(rows) <= RUN * STREAMS else rows  # which NumPy shuffles faster
        self._bits = np.random.PCG64(seed)
        self._start, self._random = self._bits.state, np.random.Generator(self._bits)

    def order(self, epoch: int) -> Array:
        """Return the row numbers in the order of this epoch, the first being 0."""
        if not self.shuffle:
            return self.rows
        self._bits.state = self._start
        self._bits.advance(epoch << 64)
        if len(self.rows) <= RUN * STREAMS:
            return self._random.permutation(self._places).astype(self.rows.dtype)
        order = _riffled(len(self.rows), self._random)
        return order if self._all else self.rows[order]

    @cached_property
    def _all(self) -> bool:
        """Whether the rows are all from 0 up, so that a place is a row's number."""
        return bool((self.rows == np.arange(len(self.rows))).all())


def _riffled(rows: int, random: np.random.Generator) -> Array:
    kind = np.int32 if rows < 2**31 else np.int64
    run = random.permutation(np.repeat(np.arange(STREAMS, dtype=np.intp), RUN))  # which run comes next
    few = run.astype(np.uint8)
    place: Array = np.empty(len(few), kind)  # and how far it has been dealt
    place[np.argsort(few, kind="stable")] = np.tile(np.arange(RUN, dtype=kind), STREAMS)
    starts: Array = RUN * random.permutation(-(-rows // RUN)).astype(kind)
    order, done = np.empty(rows, kind), 0
    for first in range(0, len(starts), STREAMS):
        some = starts[first : first + STREAMS]
        there = slice(None) if len(some) == STREAMS else run < len(some)
        part = some.take(run[there]) + place[there]
        if some.max() + RUN > rows:
            part = part[part < rows]
        order[done : done + len(part)] = part
        done += len(part)
    return order
