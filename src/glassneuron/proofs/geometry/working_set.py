"""A working set: solve for few rows, add those that the solution violates most, solve again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.engine.threads import one_blas_thread
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.geometry.nearest_points import Nearest, nearest_points

FIRST_OF_A_CLASS = 30
MOST_ADDED = 60
"""Rows of either class, with which a working set begins, and constraints by which it grows."""
NEAREST = 60
"""Rows of either class, the nearest to a boundary that is known, with which it begins as well."""
FEW_CELLS = 1 << 15
"""Numbers in all points up to which choosing some takes longer than taking all of them."""
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


class NearlyMet(Constraints, Protocol):
    """Constraints that a boundary nearly meets, where one is known."""

    @property
    def size(self) -> int:
        """How many rows there are."""

    def known(self) -> Array | None:
        """Return that boundary, of unit length, as a point of the space in which `normals` lie."""

    @property
    def close(self) -> tuple[Array, float]:
        """The keys that it violates the most or meets the least, and the share of the rows that it has wrong."""

    def normals(self, keys: Array) -> Array:
        """Return vectors, of shape (keys, dimensions), whose products with a boundary have to be positive."""


@dataclass(frozen=True)
class Found:
    """What floating point believes: v, which meets every constraint, if there is such, and the `keys` that decide.

    `ends` are the nearest points of the two sides, convex combinations of the points of `keys`, where those were looked
    for; without v they are one, unless the search was cut `short`.
    """

    v: Array | None
    keys: Array
    ends: tuple[Array, Array] = (NONE, NONE)
    short: bool = False


def search(
    constraints: Constraints, *, touching: float = TOUCHING, rounds: int = 500, budget: Budget | None = None
) -> Found:
    """Find a boundary that meets every constraint, or a few constraints that contradict each other.

    It gives up where the hulls of the two sides come as close as `touching`, after so many `rounds`, or where the
    `budget` ends.

    Examples
    --------
    >>> from glassneuron.proofs.geometry.scaled_table import ScaledTable
    >>> from glassneuron.proofs.geometry.two_classes import TwoClasses
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
