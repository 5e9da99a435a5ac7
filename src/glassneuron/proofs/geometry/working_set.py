"""A working set: solve for few rows, add those that the solution violates most, solve again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Protocol

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, true_places
from glassneuron.engine.parts import Part, parts_of
from glassneuron.engine.sums import LEAF, over_parts
from glassneuron.engine.threads import one_blas_thread
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.exact.table import is_one
from glassneuron.proofs.geometry.nearest_points import Nearest, nearest_points
from glassneuron.proofs.geometry.scaled_table import ScaledTable

FIRST_OF_A_CLASS = 30
MOST_ADDED = 60
"""Rows of either class, with which a working set begins, and constraints by which it grows."""
NEAREST = 60
"""Rows of either class, the nearest to a boundary that is known, with which it begins as well."""
NONE: Array = np.empty(0, np.intp)
BLOCK = 1 << 16
"""Rows whose sums are looked at together."""
TOUCHING = 1e-11
"""Hulls this close to each other, in columns scaled to about 1, are taken to meet until exact arithmetic decides."""


class Constraints(Protocol):
    """Linear constraints, each with a key: the point of the key has to lie on its side of a boundary.

    The boundary v is weights with the bias last. Where it has to go through the origin, that is the only point of the
    first side, and the bias is ignored.
    """

    def first(self) -> Array:
        """Return keys to begin with, at least one on each side."""

    def points(self, keys: Array) -> tuple[Array, Array]:
        """Return the points of these keys, of shape (keys, dimensions), and which of them are on the second side."""

    def violated(self, v: Array, known: Array) -> Array:
        """Return the keys, known ones left out, whose constraint v violates: the worst if there are many."""

    def work(self) -> float:
        """Return how many multiply-adds it takes to look at every constraint."""


@dataclass(frozen=True)
class Found:
    """What floating point believes: v, which meets every constraint, if there is such, and the `keys` that decide.

    `ends` are the nearest points of the two sides, convex combinations of the points of `keys`; without v they are one,
    unless the search was cut `short`.
    """

    v: Array | None
    keys: Array
    ends: tuple[Array, Array]
    short: bool = False


def search(
    constraints: Constraints, *, touching: float = TOUCHING, rounds: int = 500, budget: Budget | None = None
) -> Found:
    """Find a boundary that meets every constraint, or a few constraints that contradict each other.

    It gives up where the hulls of the two sides come as close as `touching`, after so many `rounds`, or where the
    `budget` ends.

    Examples
    --------
    >>> table = ScaledTable(np.array([[0.0], [1.0], [2.0]]))
    >>> search(TwoClasses(table, np.array([False, False, True]))).v.tolist()
    [1.0, -0.5]
    >>> search(TwoClasses(table, np.array([False, True, False]))).v is None
    True
    """
    nearest: Nearest | None = None
    v: Array | None = None
    short = False
    with one_blas_thread():  # shared out, small systems would take longer, and have other last bits
        with np.errstate(over="ignore", invalid="ignore"):  # a boundary that is known may be beyond all bounds
            keys = constraints.first()
        points, sides = constraints.points(keys)
        for _ in range(rounds):
            nearest = nearest_points(points, sides, nearest, budget)
            ends = nearest.ends(points)
            across = ends[1] - ends[0]
            short = budget is not None and not budget.spend(constraints.work())
            if short or np.linalg.norm(across) <= touching:
                break
            middle = np.append(across, -float(across @ (ends[0] + ends[1])) / 2)
            violated = constraints.violated(middle, keys)
            if not len(violated):
                v = middle
                break
            more = constraints.points(violated)
            keys, points = np.concatenate((keys, violated)), np.concatenate((points, more[0]))
            sides = np.concatenate((sides, more[1]))
    assert nearest is not None
    return Found(v, keys[nearest.keys], ends, short)


def spread(second: Array, most: int, without: Array = NONE) -> Array:
    """Return some rows of each class, evenly spread over the table: about `most`, or all if there are fewer."""
    kept = row_by_row(lambda side: side.astype(np.int8), second)
    kept[without] = -1
    chosen: list[Array] = []
    for side in (0, 1):
        count, seen = sum(len(rows) for _, rows in _places(kept, side)), 0
        step = max(count // most, 1)
        for start, rows in _places(kept, side):
            chosen.append(start + rows[-seen % step :: step])
            seen += len(rows)
    return np.unique(np.concatenate(chosen))


def _places(values: Array, value: int) -> Iterator[tuple[int, Array]]:
    """Yield the places of a value, from the first row of a block on, block by block."""
    for start in range(0, len(values), BLOCK):
        yield start, np.flatnonzero(values[start : start + BLOCK] == value)


def below(sums: Array, goal: float, known: Array, most: int) -> Array:
    """Return where a sum does not exceed the goal, known places left out: the lowest if there are many."""
    places: list[Array] = []
    for start in range(0, max(1, len(sums)), BLOCK):
        few = sums[start : start + BLOCK]
        there = np.flatnonzero(few <= goal)
        there = there[~np.isin(there + start, known)]
        places.append(start + there[lowest(few[there], goal, most)])
    found = np.concatenate(places)
    return np.asarray(found[lowest(sums[found], goal, most)])


def lowest(sums: Array, goal: float, most: int) -> Array:
    """Return where a sum does not exceed the goal: all such places, or so many of the lowest, of equal ones the first.

    Examples
    --------
    >>> lowest(np.array([3.0, -1.0, -2.0, -1.0]), 0.0, 2).tolist()
    [1, 2]
    """
    places = np.flatnonzero(sums <= goal)
    if len(places) <= most:
        return places
    own = sums[places]
    near = own <= np.partition(own, most - 1)[most - 1]
    return np.sort(places[near][np.argsort(own[near], kind="stable")[:most]])


@dataclass(frozen=True, eq=False)
class Sided:
    """Rows, and which of them are of the second class."""

    X: Array
    second: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and features."""
        return self.X.shape

    def cut(self, start: int, stop: int) -> Sided:
        """Return some of the rows."""
        return Sided(self.X[start:stop], self.second[start:stop])


def _sums_of_part(part: Part, weights: Array, bias: float) -> Iterator[tuple[int, Array]]:
    """Yield the sums of some rows, below 0 on the wrong side, and the number of the first, counted from the part's."""
    for first in range(part.start, part.stop, BLOCK):
        last = min(first + BLOCK, part.stop)
        sums = np.empty(last - first)
        for start in range(first, last, LEAF):
            X = part.table.X[start : min(start + LEAF, last)]
            sums[start - first : start - first + len(X)] = X @ weights
        sums += bias
        sums[~part.table.second[first:last]] *= -1.0
        yield first - part.start, sums


def _worst_of_part(part: Part, weights: Array, bias: float, most: int) -> tuple[Array, Array]:
    """Return the rows of a part that are furthest on the wrong side, counted from its first, and their sums."""
    found = []
    for first, sums in _sums_of_part(part, weights, bias):
        worst = lowest(sums, 0.0, most)
        found.append((first + worst, sums[worst]))
    places, sums = (np.concatenate(each) for each in zip(*found, strict=True))
    worst = lowest(sums, 0.0, most)
    return places[worst], sums[worst]


def _nearest_of_part(part: Part, weights: Array, bias: float, most: int) -> list[tuple[Array, Array]]:
    """Return, for either side, the rows of a part with the lowest sums, counted from its first, and these sums."""
    found: list[tuple[list[Array], list[Array]]] = [([], []), ([], [])]
    for first, sums in _sums_of_part(part, weights, bias):
        second = part.table.second[part.start + first : part.start + first + len(sums)]
        for (places, lows), side in zip(found, (~second, second), strict=True):
            own = np.flatnonzero(side)
            few = own[lowest(sums[own], np.inf, most)]
            places.append(first + few)
            lows.append(sums[few])
    return [(np.concatenate(places), np.concatenate(lows)) for places, lows in found]


class TwoClasses:
    """One constraint for each row: its weighted sum is positive for the second class, negative for the first.

    Rows `without` a constraint are left out. A boundary that nearly meets all constraints, weights for the columns as
    they are and the bias, shortens the search: few rows but the `near` ones will decide.
    """

    first_of_a_class = FIRST_OF_A_CLASS

    def __init__(
        self, table: ScaledTable, second: Array, without: Sequence[int] | Array = (), near: Array | None = None
    ) -> None:
        self.table, self.second, self.without, self.near = table, second, np.asarray(without, np.intp), near

    @cached_property
    def rows(self) -> Sided:
        """The rows and their sides."""
        return Sided(self.table.X, self.second)

    def first(self) -> Array:
        """Begin with rows spread over the table, and the nearest to a boundary that is known."""
        begin = spread(self.second, self.first_of_a_class, self.without)
        if self.near is None:
            return begin
        rows, most = self.rows, NEAREST + len(self.without)
        boundary = self.near[:-1].astype(rows.X.dtype, copy=False), float(self.near[-1]), most
        found = over_parts(_nearest_of_part, rows, boundary, float(rows.X.size))
        for side in (0, 1):
            places = np.concatenate([p.start + f[side][0] for p, f in zip(parts_of(rows), found, strict=True)])
            sums = np.concatenate([each[side][1] for each in found])
            begin = np.append(begin, places[lowest(sums, np.inf, most)])
        return np.setdiff1d(begin, self.without)

    def points(self, keys: Array) -> tuple[Array, Array]:
        """Return the scaled rows, and which are of the second class."""
        return self.table[keys], self.second[keys]

    def unscaled(self, v: Array) -> Array:
        """Return a boundary for the columns as they are."""
        weights = v[:-1] / self.table.scales
        return np.append(weights, v[-1] - float(weights @ self.table.centres))

    def violated(self, v: Array, known: Array) -> Array:
        """Return the rows on the wrong side. The table is read as it is, since to scale all rows takes memory."""
        rows, v, known = self.rows, self.unscaled(v), np.concatenate((known, self.without))
        boundary = v[:-1].astype(rows.X.dtype, copy=False), float(v[-1]), MOST_ADDED + len(known)
        found = over_parts(_worst_of_part, rows, boundary, float(rows.X.size))
        places = [part.start + worst for part, (worst, _) in zip(parts_of(rows), found, strict=True)]
        keys, sums = np.concatenate(places), np.concatenate([sums for _, sums in found])
        new = ~np.isin(keys, known)
        return np.asarray(keys[new][lowest(sums[new], 0.0, MOST_ADDED)])

    def work(self) -> float:
        """Return the multiply-adds of one weighted sum a row, twice as dear as the table is read from memory."""
        return 2.0 * self.table.X.size


class Kesler:
    """Kesler's construction: each row's own sum exceeds that of every other class; a key for each row and other class.

    The differences have to be positive: all points are on the second side, the origin (key -1) on the first. Weights,
    the bias last, one row a class, that nearly meet all constraints shorten the search, as with two classes.
    Source: Nilsson (1965), Learning Machines.
    """

    def __init__(self, X: Array, codes: Array, near: Array | None = None) -> None:
        self.table, self.codes, self.classes, self.near = ScaledTable(X), codes, int(codes.max()) + 1, near

    def first(self) -> Array:
        """Begin with the origin and some rows of every class, and with those that lead the least."""
        rows = np.concatenate([true_places(is_one(self.codes, c))[:FIRST_OF_A_CLASS] for c in range(self.classes)])
        keys = (rows[:, np.newaxis] * self.classes + np.arange(self.classes)).ravel()
        keys = np.append(-1, keys[self.codes[keys // self.classes] != keys % self.classes])
        if self.near is None:
            return keys
        weights = self.near[:, :-1]
        near = np.column_stack([weights * self.table.scales, self.near[:, -1] + weights @ self.table.centres])
        return np.union1d(keys, self._least_ahead(near, np.inf, NEAREST * self.classes, NONE))

    def points(self, keys: Array) -> tuple[Array, Array]:
        """Return (row, 1) in the block of its own class and, negative, in that of the other."""
        rows, others = np.divmod(keys, self.classes)
        blocks = np.zeros((len(keys), self.classes, len(self.table.scales) + 1))
        at = np.arange(len(keys))
        whole = np.ones((len(keys), blocks.shape[2]))
        whole[:, :-1] = self.table[rows]
        blocks[at, self.codes[rows]] = whole
        blocks[at, others] = -whole
        blocks[keys < 0] = 0.0
        return blocks.reshape(len(keys), -1), keys >= 0

    def unscaled(self, v: Array) -> tuple[tuple[Fraction, ...], ...]:
        """Return weights and bias of each class for the columns as they are, without rounding."""
        return tuple(map(self.table.exact, v.reshape(self.classes, -1)))

    def nearest_means(self) -> Array:
        """Return the weights with which the largest sum is that of the class with the nearest mean."""
        means = self.table.means(self.codes, self.classes)
        return np.concatenate([np.append(mean, -(mean @ mean) / 2) for mean in means])

    def violated(self, v: Array, known: Array) -> Array:
        """Return rows that are wrong, each with the class whose sum exceeds its own the most."""
        return self._least_ahead(v[:-1].reshape(self.classes, -1), 0.0, MOST_ADDED, known)

    def _least_ahead(self, blocks: Array, goal: float, most: int, known: Array) -> Array:
        """Return the rows that lead the least, each with the class that follows it, if that is not beyond a goal."""
        keys, leads, start = [], [], 0
        for part in self.table.parts():
            at, own = np.arange(len(part)), self.codes[start : start + len(part)]
            sums = part @ blocks[:, :-1].T + blocks[:, -1]
            ahead = sums[at, own][:, np.newaxis] - sums
            ahead[at, own] = np.inf
            rows = np.flatnonzero(ahead.min(axis=1) <= goal)
            wrong = (start + rows) * self.classes + ahead[rows].argmin(axis=1)
            if len(known) and len(wrong):
                new = ~np.isin(wrong, known)
                rows, wrong = rows[new], wrong[new]
            worst = lowest(ahead[rows].min(axis=1), goal, most)
            keys.append(wrong[worst])
            leads.append(ahead[rows[worst]].min(axis=1))
            start += len(part)
        return np.asarray(np.concatenate(keys)[lowest(np.concatenate(leads), goal, most)])

    def work(self) -> float:
        """Return the multiply-adds of one weighted sum a row, twice as dear as the table is read from memory."""
        return 2.0 * self.table.X.size * self.classes
