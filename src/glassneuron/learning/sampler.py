"""Which rows a training visits and when: as they stand or shuffled, a row of weight 2.5 by two and a half visits."""

from __future__ import annotations

from functools import cached_property
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.loops import pays
from glassneuron.engine.on_disk import row_by_row, row_numbers, taken
from glassneuron.errors import problem
from glassneuron.learning.dataset import NONE, Dataset

RUN, STREAMS = 256, 64
"""Rows in a row that keep their order, and how many such runs are merged, when a large table is shuffled."""
FEW = 4
"""Visits of a row, in the mean, up to which those of all rows are made at once."""
FIRST = 4
"""Rows that show whether the first column may tell all rows apart."""
BASE, PIECE = 0x9E3779B97F4A7C15, 1 << 14
"""The base of the hash that tells rows apart, an odd number without a pattern, the golden ratio's; and how many words
are hashed at a time so that they stay in a cache."""
GROUP = RUN * STREAMS
"""Rows that are merged together."""
SMALL_TABLE = 1 << 20
"""Numbers up to which a table is sorted before it is shuffled."""
MOST_VISITS = 100_000_000
"""Visits an epoch, beside 100 for each row, that sample weights may ask for."""
WORD = (1 << 64) - 1
"""All bits of a word of 64."""


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

    def __init__(self, order: Array | Riffled, weight: Array, share: Array = NONE) -> None:
        self.order, self.weight, self.share, self.ends = order, weight, share, NONE
        if not len(weight) or not len(order):
            return
        starts = range(0, len(order), GROUP)
        times = [np.ceil(weight[order[start : start + GROUP]]).sum() for start in starts]
        self.ends = np.cumsum(times)  # of groups
        if self.ends[-1] > 100 * len(order) + MOST_VISITS:
            visits = f"{MOST_VISITS:,} visits in an epoch, not {self.ends[-1]:,.0f}"
            rule = f"small enough for {visits} (divide all weights by one number)"
            raise problem("parameter", name="sample_weight", rule=rule, value=float(weight.max()))
        if isinstance(order, np.ndarray) and len(times) == 1 and times[0] <= FEW * len(order):
            (self.order, self.share), self.ends = _each_visit(order, weight[order]), NONE

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else len(self.order)

    def visits(self, start: int, stop: int) -> Visits:
        """Return the visits from number `start` to the one before `stop`."""
        if not len(self.ends):
            if stop - start == len(self.order) and isinstance(self.order, np.ndarray):
                return Visits(self.order, self.share)
            return Visits(self.order[start:stop], self.share[start:stop])
        first, last = np.searchsorted(self.ends, [start, stop - 1], side="right").tolist()
        order, before = self.order[first * GROUP : (last + 1) * GROUP], self.ends[first - 1] if first else 0.0
        own = self.weight[order]
        if self.ends[last] - before <= FEW * len(order):
            some = slice(start - int(before), stop - int(before))
            order, share = _each_visit(order, own)
            return Visits(order[some], share[some])
        times, numbers = np.ceil(own), np.arange(start, stop)
        ends = before + np.cumsum(times)
        place = np.searchsorted(ends, numbers, side="right")
        order, times, ends = order[place], times[place], ends[place]
        share = np.minimum(self.weight[order] - (numbers - (ends - times)), 1.0)
        return Visits(order, NONE if (share == 1.0).all() else share)


def _each_visit(order: Array, weight: Array) -> Visits:
    """Return every visit of some rows, each row's together and only the last of them less than whole.

    Examples
    --------
    >>> _each_visit(np.array([7, 3]), np.array([2.5, 1.0]))
    Visits(order=array([7, 7, 7, 3]), share=array([1. , 1. , 0.5, 1. ]))
    """
    times = np.ceil(weight).astype(np.intp)
    if times.max() == 1:
        return Visits(order, NONE if (weight == 1.0).all() else weight)
    last, left = times.cumsum() - 1, weight - (times - 1)
    if (left == 1.0).all():
        return Visits(order.repeat(times), NONE)
    share = np.ones(last[-1] + 1)
    share[last] = left
    return Visits(order.repeat(times), share)


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
    rows = row_numbers(len(data.y), np.int32 if len(data.y) < 2**31 else np.int64, data.y)
    if len(weight) and not weight.all():
        rows = taken(rows, row_by_row(lambda weight: weight > 0.0, weight))
    if not shuffle or len(data.y) > GROUP or data.shape[0] * data.shape[1] > SMALL_TABLE:
        return rows, weight
    order, new = _sorted(data, rows)
    if new.all():
        return rows[order], weight
    merged, first = np.zeros(len(data.y)), rows[order[new]]
    place = np.empty(len(rows), np.intp)
    place[order] = np.cumsum(new) - 1
    merged[first] = np.bincount(place, weight[rows] if len(weight) else None)
    return first, merged


def _sorted(data: Dataset, rows: Array) -> tuple[Array, Array]:
    """Return an order of rows that depends on their values alone, and whether each differs from the one before.

    Equal ones stay as they stand. Mostly the first column tells all others apart; else a hash of the whole row does.
    """
    X, some = data.dense(0, len(data.y)), slice(None) if len(rows) == len(data.y) else rows
    if len(set(X[rows[:FIRST], 0].tolist())) == min(FIRST, len(rows)):
        order, new = _by_key(_bytes(X[some, 0]))
        if new.all():
            return order, new
    X, y = X[some], data.y[some]
    order, new = _by_key(_hashes(X, y))
    if new.all():
        return order, new
    alike = ~new
    alike[:-1] |= alike[1:]
    places, group = np.flatnonzero(alike), np.cumsum(new[alike])
    order[places] = order[places][np.lexsort((order[places], group))]
    words = _words(X[order[places]], y[order[places]])
    if (words[1:] != words[:-1])[~new[places[1:]]].any():  # two rows have one hash, by a chance in many millions
        words = _words(X, y)
        order = np.lexsort(words.T)
        new[1:] = (words[order[1:]] != words[order[:-1]]).any(axis=1)
    by_first, apart = _by_key(_bytes(X[order[new], 0]))
    if apart.all():
        group = by_first.argsort()[np.cumsum(new) - 1]  # of each row, the place of its kind among all
        sort = group.argsort(kind="stable")
        order, group = order[sort], group[sort]
        new[1:] = group[1:] != group[:-1]
    return order, new


def _bytes(column: Array) -> Array:
    """Return numbers that have the order of the bytes of a column."""
    return (column + 0.0).astype(np.float64).view(np.uint64).byteswap()  # -0 is 0


def _by_key(keys: Array) -> tuple[Array, Array]:
    """Return the order of rows by a key each, and whether it differs from the one before."""
    order, new = keys.argsort(), np.ones(len(keys), bool)
    new[1:] = keys[order[1:]] != keys[order[:-1]]
    return order, new


def _hashes(X: Array, y: Array) -> Array:
    """Return a hash of each row: its words as the coefficients of a polynomial, modulo two to the power of 64.

    References
    ----------
    Karp & Rabin (1987), IBM Journal of Research and Development 31:249-260.

    Examples
    --------
    >>> _hashes(np.array([[0.0, 1.0], [-0.0, 1.0], [1.0, 0.0]]), np.zeros(3)).argsort(kind="stable").tolist()
    [2, 0, 1]
    """
    powers = np.multiply.accumulate(np.full(X.shape[1] + 1, BASE, np.uint64))
    size = max(1, PIECE // len(powers))
    return np.concatenate([_words(X[i : i + size], y[i : i + size]) @ powers for i in range(0, len(X), size)])


def _words(X: Array, y: Array) -> Array:
    """Return rows and targets as words, upper halves mixed into the lower: those of small whole numbers are all 0."""
    table = np.empty((len(X), X.shape[1] + 1))
    np.add(X, 0.0, out=table[:, :-1])  # which turns -0 into 0
    table[:, -1] = y
    words = table.view(np.uint64)
    words ^= words >> np.uint64(32)
    return words


class Sampler:
    """The order of the rows in each epoch, which follows from the seed and the epoch's number alone.

    Up to 16,384 rows are shuffled freely. Beyond that, a free order would wait for memory, so runs of 256 rows are
    dealt out at random, 64 at a time, and each 64 are merged like cards, in a random pattern that each epoch begins at
    another place: neighbours are parted by some 64 rows from all over the table, and memory is read in 64 streams.

    Of rows with weights that are shuffled freely, each visit has a place of its own. If a row that stands for many
    equal ones were visited in a run, it would be right at the last visit whatever the others say, and the last rows of
    an epoch would decide.
    """

    def __init__(self, rows: Array, shuffle: bool, seed: int | list[int], weight: Array = NONE) -> None:
        self.rows, self.shuffle, self.weight = rows, shuffle, weight
        self._seed = seed
        self._compiled: ModuleType | None = None  # what shuffles, once that is loaded

    @cached_property
    def _random(self) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(self._seed))

    @cached_property
    def _start(self) -> Any:
        return self._random.bit_generator.state

    def epoch(self, epoch: int) -> Epoch:
        """Return the visits of an epoch, the first being 0."""
        visits = self._visits
        if visits is None:
            return Epoch(self.order(epoch), self.weight)
        if not len(visits.share):
            return Epoch(self._shuffled(visits.order, epoch), NONE)
        places = self._shuffled(np.arange(len(visits.order), dtype=np.int32), epoch)
        return Epoch(visits.order[places], NONE, visits.share[places])

    @cached_property
    def _visits(self) -> Visits | None:
        """All visits of an epoch, if each has a place of its own: not of large tables, and not if they are too many."""
        if not self.shuffle or not len(self.weight) or not 0 < len(self.rows) <= GROUP:
            return None
        weight = self.weight[self.rows]
        return _each_visit(self.rows, weight) if np.ceil(weight).sum() <= FEW * GROUP else None

    def _drawn(self, epoch: int) -> np.random.Generator:
        """Return what draws the order of an epoch."""
        bits: Any = self._random.bit_generator
        bits.state = self._start
        bits.advance(epoch << 64)
        return self._random

    def order(self, epoch: int) -> Array | Riffled:
        """Return the row numbers in the order of this epoch, the first being 0; of many rows in slices."""
        if not self.shuffle:
            return self.rows
        if len(self.rows) <= GROUP:
            return self._shuffled(self.rows, epoch)
        return Riffled(len(self.rows), self._drawn(epoch), self._pattern, None if self._all else self.rows)

    def _shuffled(self, rows: Array, epoch: int) -> Array:
        """Return a few rows in the order of an epoch; compiled or not, in the same one."""
        if self._compiled is None:
            self._compiled = pays.orders.compiled(len(rows))
        if self._compiled is None:
            return rows[self._drawn(epoch).permutation(len(rows))]
        order = rows.copy()
        self._compiled.shuffle(order, self._words, epoch)
        return order

    @cached_property
    def _words(self) -> Array:
        """What the orders of all epochs are drawn from, as words."""
        numbers = self._start["state"]
        words = [(numbers[name] >> shift) & WORD for name in ("state", "inc") for shift in (64, 0)]
        return np.array(words, np.uint64)

    @cached_property
    def _pattern(self) -> Pattern:
        """How runs are merged, drawn where no epoch draws."""
        return Pattern.drawn(np.random.Generator(np.random.PCG64(self._seed).advance(1 << 127)))

    @cached_property
    def _all(self) -> bool:
        """Whether the rows are all from 0 up, so that a place is a row's number."""
        starts = range(0, len(self.rows), GROUP)
        pieces = (self.rows[start : start + GROUP] for start in starts)
        return all(bool((piece == np.arange(s, s + len(piece))).all()) for s, piece in zip(starts, pieces, strict=True))


class Pattern(NamedTuple):
    """How 64 runs are merged: which run each row comes from, and how far that one has been dealt."""

    run: Array
    place: Array

    @classmethod
    def drawn(cls, random: np.random.Generator) -> Pattern:
        """Draw a pattern in which each run has its 256 rows in their order."""
        run = random.permutation(np.repeat(np.arange(STREAMS, dtype=np.uint8), RUN))
        place = np.empty(GROUP, np.uint8)
        place[np.argsort(run, kind="stable")] = np.tile(np.arange(RUN, dtype=np.uint8), STREAMS)
        return cls(run, place)

    def begun_at(self, start: int) -> Pattern:
        """Return the pattern that begins at another place, and goes on at its first after its last.

        Examples
        --------
        >>> pattern = Pattern.drawn(np.random.default_rng(0)).begun_at(1000)
        >>> [bool((pattern.place[pattern.run == k] == np.arange(RUN)).all()) for k in (0, STREAMS - 1)]
        [True, True]
        """
        dealt = np.bincount(self.run[:start], minlength=STREAMS).astype(np.uint8)
        run, place = (np.concatenate([each[start:], each[:start]]) for each in self)
        return Pattern(run, place - dealt[run])  # a byte goes from 255 to 0, as a run of 256 rows begins again


class Riffled:
    """Row numbers in riffled order, made in slices when they are asked for, since there may be very many.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> order = Riffled(20_000, random, Pattern.drawn(random))
    >>> len(order), bool((np.sort(order[0:20_000]) == np.arange(20_000)).all())
    (20000, True)
    """

    def __init__(self, count: int, random: np.random.Generator, pattern: Pattern, rows: Array | None = None) -> None:
        self._count, self._rows, kind = count, rows, np.int32 if count < 2**31 else np.int64
        run, place = pattern.begun_at(int(random.integers(GROUP)))
        self._run, self._place = run.astype(np.intp), place.astype(kind)
        runs = random.permutation(-(-count // RUN))
        self._starts: Array = RUN * runs.astype(kind)
        self._short = int(np.argmax(runs)) // STREAMS  # the group with the last run, which may not be whole
        self._made: tuple[int, Array] = -1, NONE

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, some: slice) -> Array:
        start, stop, _ = some.indices(self._count)
        if start >= stop:
            return self._place[:0]
        missing = -self._count % RUN
        first, last = (0 if k <= GROUP * (self._short + 1) - missing - 1 else missing for k in (start, stop - 1))
        first, last = (start + first) // GROUP, (stop - 1 + last) // GROUP
        before = GROUP * first - (missing if first > self._short else 0)
        groups = [self._group(g) for g in range(first, last + 1)]
        order = groups[0] if len(groups) == 1 else np.concatenate(groups)
        order = order[start - before : stop - before]
        return order if self._rows is None else self._rows[order]

    def _group(self, g: int) -> Array:
        """Merge the runs of a group; the last one made is kept, for who takes small slices."""
        if g != self._made[0]:
            some = self._starts[g * STREAMS : (g + 1) * STREAMS]
            there = slice(None) if len(some) == STREAMS else self._run < len(some)
            part = some.take(self._run[there]) + self._place[there]
            self._made = g, part[part < self._count] if g == self._short else part
        return self._made[1]
