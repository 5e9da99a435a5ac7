"""Two classes: each row has to lie on its own side of a boundary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.parts import Part, parts_of
from glassneuron.engine.sums import LEAF, over_parts
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.working_set import (
    BLOCK,
    FEW_CELLS,
    FIRST_OF_A_CLASS,
    MOST_ADDED,
    NEAREST,
    NONE,
    lowest,
    spread,
)


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


def _nearest_of_part(part: Part, weights: Array, bias: float, most: int) -> tuple[list[tuple[Array, Array]], int]:
    """Return, for either side, the rows of a part with the lowest sums, counted from its first, and these sums.

    And how many are on the wrong side.
    """
    wrong = 0
    found: list[tuple[list[Array], list[Array]]] = [([], []), ([], [])]
    for first, sums in _sums_of_part(part, weights, bias):
        wrong += int(np.count_nonzero(sums <= 0.0))
        second = part.table.second[part.start + first : part.start + first + len(sums)]
        for (places, lows), side in zip(found, (~second, second), strict=True):
            own = np.flatnonzero(side)
            few = own[lowest(sums[own], np.inf, most)]
            places.append(first + few)
            lows.append(sums[few])
    return [(np.concatenate(places), np.concatenate(lows)) for places, lows in found], wrong


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
        """Begin with rows spread over the table, and the nearest to a boundary that is known; of few rows with all."""
        if self.near is not None and self.few:
            return self.all_of_them
        begin = spread(self.second, self.first_of_a_class, self.without)
        return begin if self.near is None else np.union1d(begin, self.close[0])

    @property
    def few(self) -> bool:
        """Whether there are so few rows that choosing some takes longer than taking all of them."""
        return self.size <= 2 * (self.first_of_a_class + NEAREST) or self.rows.X.size <= FEW_CELLS

    @cached_property
    def all_of_them(self) -> Array:
        """All rows that have a constraint."""
        rows = np.arange(self.size)
        return np.setdiff1d(rows, self.without) if len(self.without) else rows

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.second)

    def known(self) -> Array | None:
        """Return the boundary that is known, for scaled columns, the bias last, of length 1."""
        if self.near is None:
            return None
        weights = self.near[:-1]
        v = np.append(weights * self.table.scales, self.near[-1] + weights @ self.table.centres)
        return v / (np.linalg.norm(v) or 1.0)

    @cached_property
    def close(self) -> tuple[Array, float]:
        """The rows nearest to the boundary that is known, of either class, and the share that is beyond it."""
        assert self.near is not None
        if self.few:
            keys = self.all_of_them
            sums = self.rows.X[keys] @ self.near[:-1] + self.near[-1]
            return keys, np.count_nonzero((sums > 0.0) != self.second[keys]) / len(self.second)
        rows, most = self.rows, NEAREST + len(self.without)
        boundary = self.near[:-1].astype(rows.X.dtype, copy=False), float(self.near[-1]), most
        found = over_parts(_nearest_of_part, rows, boundary, float(rows.X.size))
        keys = NONE
        for side in (0, 1):
            places = np.concatenate([p.start + f[side][0] for p, (f, _) in zip(parts_of(rows), found, strict=True)])
            sums = np.concatenate([each[side][1] for each, _ in found])
            keys = np.append(keys, places[lowest(sums, np.inf, most)])
        return np.setdiff1d(keys, self.without), sum(wrong for _, wrong in found) / len(self.second)

    def normals(self, keys: Array) -> Array:
        """Return the scaled rows with a 1 at their end, those of the first class reflected."""
        rows = np.column_stack([self.table[keys], np.ones(len(keys))])
        rows[~self.second[keys]] *= -1.0
        return rows

    def points(self, keys: Array) -> tuple[Array, Array]:
        """Return the scaled rows, and which are of the second class."""
        return self.table[keys], self.second[keys]

    def unscaled(self, v: Array) -> Array:
        """Return a boundary for the columns as they are."""
        weights = v[:-1] / self.table.scales
        return np.append(weights, v[-1] - float(weights @ self.table.centres))

    def violated(self, v: Array, known: Array) -> Array:
        """Return the rows on the wrong side. The table is read as it is, since to scale all rows takes memory."""
        if len(known) + len(self.without) >= self.size:
            return NONE
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
