"""What is wrong with a table: features on different scales, constant ones, copies of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.diagnosis.finding import TO_ONE_SCALE, Finding
from glassneuron.neurons.scaling import Scaling

ROWS = 500  # rows that are looked at, spread evenly over the table
CELLS = 1 << 20  # numbers that are looked at: of a very wide table not all columns are, of a sparse one the fullest
FEWEST = 50  # rows that are looked at even where they are very wide
GOLDEN = 0.6180339887498949  # the fractions of its multiples are spread evenly and follow no rhythm of the table
APART = 1000.0  # times that one feature may spread wider than another
FEW = 32  # rows that tell of most columns that nothing is wrong with them
ROUGHLY = 1e-6  # how far two copies may be apart by those rows
NEARLY = 1e-8  # share of its squares that the spread of a column has to be for its print to be sharp
ALIKE = 1e-9  # how far two copies may be apart, where each spreads by 1
WIDE = 2000  # columns from which on a sparse table is not searched for constant ones and copies: most are nearly empty
SUSPECTS = 64  # columns that are followed through the whole table before anything is said of them
BLOCK = 1 << 14  # rows at a time on the way through the whole table
ONE_RATE = "one learning rate is too large for the first or too small for the second"
NAMED = 3  # features that are named one by one


@dataclass(frozen=True, eq=False)
class Origin:
    """Where features come from.

    Attributes
    ----------
    names : sequence of str, optional
        What they are called; without names they are numbered from 1.
    scaling : Scaling, optional
        How they were brought to one scale.
    columns : sequence of int, optional
        The column of a table that each was made from.
    """

    names: Sequence[str] | None = None
    scaling: Scaling | None = None
    columns: Sequence[int] | None = None

    def value(self, feature: int, value: float) -> float:
        """Return a feature's value in its own unit."""
        if self.scaling is None:
            return value
        deviation, mean = self.scaling.deviations[feature], self.scaling.means[feature]
        return float(value * deviation + mean if np.isfinite(deviation) else mean)

    def apart(self, a: int, b: int) -> bool:
        """Return whether two features were made from two columns: those made from one are no finding."""
        return self.columns is None or self.columns[a] != self.columns[b]


@dataclass(frozen=True, eq=False)
class Sample:
    """Some rows of a table, dense or sparse (CSR).

    Attributes
    ----------
    part : ndarray or sparse array
        A copy of the rows that are looked at, all their columns.
    rows : ndarray
        Their numbers.
    whole : bool
        Whether they are all rows that count.
    origin : Origin
    source : tuple of the table and the numbers of the rows that count (None: all), optional
        As long as the table is at hand.
    only : ndarray, optional
        The columns to look at.
    """

    part: Any
    rows: Array
    whole: bool
    origin: Origin
    source: tuple[Any, Array | None] | None = None
    only: Array | None = None

    @classmethod
    def of(cls, X: Any, shown: Array | None = None, origin: Origin | None = None) -> Sample:
        """Choose up to 500 rows, fewer of a very wide table, spread evenly over those that count."""
        count = X.shape[0] if shown is None else len(shown)
        most = max(FEWEST, min(ROWS, CELLS // max(X.shape[1], 1)))
        rows = np.arange(min(count, most))
        if count > most:
            rows = np.sort((rows * GOLDEN % 1.0 * count).astype(np.intp))
            rows = rows[np.append(True, rows[1:] > rows[:-1])]
        whole = len(rows) == count
        rows = rows if shown is None else np.sort(shown[rows])
        part = X.copy() if whole and shown is None else X[rows]
        return cls(part, rows, whole, origin or Origin(), (X, shown))

    def alone(self) -> Sample:
        """Return the sample without the table that it was taken from."""
        return Sample(self.part, self.rows, self.whole, self.origin)

    @cached_property
    def columns(self) -> Array:
        """The numbers of the columns that are looked at: of a very wide table some, of a sparse one the fullest."""
        if self.only is not None:
            return self.only
        features, sparse = self.part.shape[1], hasattr(self.part, "indptr")
        columns, room = np.arange(features), WIDE if sparse else CELLS // max(len(self.rows), 1)
        if features > room and sparse:
            there = np.bincount(self.part.indices, minlength=features)
            return np.sort(np.argsort(-there, kind="stable")[:room])
        return columns[:: -(-features // room)] if features > room else columns

    @property
    def wide(self) -> bool:
        """Whether there are very many columns, mostly of zeros."""
        return hasattr(self.part, "indptr") and self.part.shape[1] > WIDE

    def first(self, rows: int, step: int = 1) -> Array:
        """Return some of the rows, and the columns that are looked at, in double precision."""
        part = self.part[: rows * step : step]
        return _dense(part if len(self.columns) == part.shape[1] else part[:, self.columns])

    def moments(self, rows: int) -> tuple[int, Array, Array, Array]:
        """Return a number of rows and, of each column there, the sum, that of the squares, and that along a wave.

        Of a dense table these are some rows, spread evenly; of a sparse one all that are looked at.
        """
        part = self.part
        if hasattr(part, "indptr"):
            wave = np.repeat(np.cos(np.arange(part.shape[0])), np.diff(part.indptr))
            values = part.data.astype(np.float64)
            with np.errstate(over="ignore"):
                sums = (np.bincount(part.indices, v, part.shape[1]) for v in (values, values**2, wave * values))
                return (part.shape[0], *(each[self.columns] for each in sums))
        some = self.first(rows, -(-len(self.rows) // rows))
        with np.errstate(over="ignore", invalid="ignore"):
            sums, waves = np.array([np.ones(len(some)), np.cos(np.arange(len(some)))]) @ some
            return len(some), sums, np.einsum("ij,ij->j", some, some), waves

    @cached_property
    def table(self) -> Array:
        """What is looked at, of shape (rows, columns), in double precision."""
        return self.first(len(self.rows))

    @cached_property
    def reach(self) -> Array:
        """The largest value of each column, signs apart."""
        return np.asarray(np.abs(self.table).max(axis=0, initial=0.0))

    @cached_property
    def centred(self) -> Array:
        """Each column less its mean, in units of its reach, so that nothing overflows."""
        table = self.table / np.where(self.reach > 0.0, self.reach, 1.0)
        return np.asarray(table - table.mean(axis=0))

    @cached_property
    def deviations(self) -> Array:
        """The standard deviation of each column, in units of its reach; 0 where it is constant, rounding or not."""
        deviations = np.sqrt(np.einsum("ij,ij->j", self.centred, self.centred) / max(len(self.rows), 1))
        return np.where(self.fixed, 0.0, deviations)

    @cached_property
    def fixed(self) -> Array:
        """Whether each column has one value only."""
        return np.asarray((self.table[:1] == self.table).all(axis=0))

    def name(self, column: int) -> str:
        """Call a feature by its name or, from 1, by its number."""
        names = self.origin.names
        return f"{column + 1}" if names is None else repr(str(names[column]))

    def named(self, columns: Sequence[int]) -> str:
        """Call some features by their names."""
        *some, last = [self.name(j) for j in columns[:NAMED]]
        if len(columns) > NAMED:
            return f"features {', '.join([*some, last])} and {len(columns) - NAMED} more"
        return f"features {', '.join(some)} and {last}" if some else f"feature {last}"

    def blocks(self, columns: Sequence[int]) -> Iterator[Array]:
        """Yield some columns of all rows that count, piece by piece."""
        assert self.source is not None
        X, shown = self.source
        for start in range(0, X.shape[0] if shown is None else len(shown), BLOCK):
            some: Any = slice(start, start + BLOCK)
            yield _dense(X[some if shown is None else shown[some]][:, columns])


def _dense(part: Any) -> Array:
    return np.asarray(part.toarray() if hasattr(part, "indptr") else part, np.float64)


def far_apart(sample: Sample, so_that: str = ONE_RATE) -> Iterator[Finding]:
    """Find features on wildly different scales; constant ones have none."""
    if not sample.table.size:
        return
    relative, reach = sample.deviations, sample.reach
    spread = relative * reach
    varies = (relative > 0.0) & (spread > 0.0)
    if not varies.any():
        return
    least, most = int(np.where(varies, spread, np.inf).argmin()), int(spread.argmax())
    if float(spread[most]) / APART > float(spread[least]):
        high, low = (sample.name(int(sample.columns[j])) for j in (most, least))
        yield Finding(
            "scales",
            f"feature {high} spreads by {spread[most]:.3g} and feature {low} by {spread[least]:.3g}, so that {so_that}",
            f"{TO_ONE_SCALE.format('')}.",
        )


def constant_columns(sample: Sample, bias_learns: bool = True) -> Iterator[Finding]:
    """Find columns that have one value only; with a bias that is held, one that is not 0 may serve as a bias."""
    if len(sample.rows) < 2 or sample.wide:
        return
    if hasattr(sample.part, "indptr"):  # what has some zeros and some other values is not constant
        filled = np.bincount(sample.part.indices, sample.part.data != 0.0, sample.part.shape[1])[sample.columns]
        sample = replace(sample, only=sample.columns[(filled == 0) | (filled == len(sample.rows))])
    for rows in (FEW, len(sample.rows)):  # a few rows tell of most columns that they are not constant
        some = sample.first(rows)
        fixed = (some == some[:1]).all(axis=0)
        fixed = fixed if bias_learns else fixed & (some[0] == 0.0)
        if not fixed.any():
            return
        sample = replace(sample, only=sample.columns[fixed])
    columns, values = sample.columns.tolist(), sample.first(1)[0]
    if not sample.whole:
        columns, values = columns[:SUSPECTS], values[:SUSPECTS]
        same = np.ones(len(columns), dtype=bool)
        for block in sample.blocks(columns):
            same &= (block == values).all(axis=0)
            if not same.any():
                return
        columns, values = [j for j, still in zip(columns, same.tolist(), strict=True) if still], values[same]
    if columns:
        has, them, value = "have", "them", ""
        if len(columns) == 1:
            has, them, value = "has", "it", f" {sample.origin.value(columns[0], float(values[0])):.6g}"
        evidence = f"{sample.named(columns)} {has} the same value{value} in every row"
        fix = f"Leave {them} out: the bias does what a constant can do."
        if len(columns) == sample.part.shape[1]:
            every = "every feature has" if len(columns) > 1 else "the only feature has"
            evidence = f"{every} the same value in every row, so that no row differs from another"
            fix = "Add features that tell the rows apart."
        yield Finding("constant columns", evidence, fix)


def copies(sample: Sample) -> Iterator[Finding]:
    """Find columns that are copies of others, up to a factor and a shift."""
    if len(sample.rows) < 3 or sample.wide:
        return
    suspects = _alike_at_first_sight(sample)
    if len(suspects) < 2:
        return
    sample = replace(sample, only=suspects)
    places = np.flatnonzero(sample.deviations > ALIKE)
    if len(places) < 2:
        return
    Z = sample.centred[:, places] / sample.deviations[places]
    print_of = np.abs(np.cos(np.arange(1.0, len(Z) + 1.0)) @ Z)  # a number each; copies have the same
    order = np.argsort(print_of, kind="stable")
    near = np.flatnonzero(np.diff(print_of[order]) <= len(Z) * ALIKE)[:SUSPECTS]
    if not len(near):
        return
    pairs = np.sort(places[np.column_stack([order[near], order[near + 1]])], axis=1)
    found = _copies(sample, pairs[np.lexsort(pairs.T[::-1])])
    if found:
        a, b, shift = found[0]
        how = "is the same as" if shift is None else f"is {shift} of"
        first, second = (sample.name(int(sample.columns[j])) for j in (a, b))
        more = f", and there are {len(found) - 1} more such pairs" if len(found) > 1 else ""
        more = more.replace("are 1 more such pairs", "is one more such pair")
        yield Finding(
            "copied columns",
            f"feature {second} {how} feature {first} in every row{more}, so that only what their "
            "weights do together is settled",
            f"Leave feature {second} out{': nothing is lost' if len(found) == 1 else ', and the others'}.",
        )


def _alike_at_first_sight(sample: Sample) -> Array:
    """Return the columns that may be copies by a few of the rows: of most tables none."""
    rows, sums, squares, waves = sample.moments(FEW)
    wave = np.cos(np.arange(rows)).sum()
    with np.errstate(all="ignore"):
        spread = squares - sums * sums / rows
        print_of = np.abs(waves - wave / rows * sums) / np.sqrt(spread)  # the same, whatever the factor and the shift
    if not np.isfinite(squares).all():
        return sample.columns
    suspect = ~(spread > NEARLY * squares)  # has one value only in these rows, or nearly
    print_of[suspect] = np.inf
    order = print_of.argsort()
    near = print_of[order[1:]] <= print_of[order[:-1]] + ROUGHLY
    suspect[order[1:][near]] = suspect[order[:-1][near]] = True
    if rows == len(sample.rows):
        suspect &= squares > 0.0
    return sample.columns[suspect]


def _copies(sample: Sample, pairs: Array) -> list[tuple[int, int, str | None]]:
    """Keep the pairs of columns that are copies in every row, and say how."""
    a, b = pairs.T
    reach, table = sample.reach, sample.table
    row = np.abs(sample.centred[:, a]).argmax(axis=0)  # where the first is far from its mean
    sign = np.sign(sample.centred[row, a] * sample.centred[row, b])
    slope = sign * sample.deviations[b] / sample.deviations[a]  # between columns in units of their reach
    u, v = table[row, a] / reach[a], table[row, b] / reach[b]
    same, equal = np.ones(len(a), dtype=bool), np.ones(len(a), dtype=bool)
    slack = 10.0 * ALIKE * np.maximum(1.0, np.abs(slope)) * np.maximum(sample.deviations[b], ALIKE)
    columns = np.concatenate([sample.columns[a], sample.columns[b]])
    for block in [table[:, np.concatenate([a, b])]] if sample.whole else sample.blocks(columns.tolist()):
        x, y = block[:, : len(a)], block[:, len(a) :]
        with np.errstate(over="ignore", invalid="ignore"):
            same &= (np.abs(y / reach[b] - v - slope * (x / reach[a] - u)) <= slack).all(axis=0)
        equal &= (x == y).all(axis=0)
        if not (same | equal).any():
            return []
    found: list[tuple[int, int, str | None]] = []
    for p in np.flatnonzero(same | equal).tolist():
        if not sample.origin.apart(columns[p], columns[p + len(a)]):
            continue
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            times = float(slope[p] * (reach[b[p]] / reach[a[p]]))
            shift = float(v[p] * reach[b[p]] - times * (u[p] * reach[a[p]]))
        shifted = abs(shift) > 10.0 * ALIKE * reach[b[p]]
        text = f"{times:.6g} times each value" + (" plus a constant" if shifted else "")
        found.append((int(a[p]), int(b[p]), None if equal[p] else text))
    return found
