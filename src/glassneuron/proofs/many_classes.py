"""More than two classes: each against the rest, each pair, and all of them jointly (Kesler's construction)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.proofs.budget import OF_MANY, Budget, exact_work, verified_work, worth_a_look, worth_a_try
from glassneuron.proofs.certificates import NotSeparable, Separable, Undecided, in_four_forms
from glassneuron.proofs.exact.rational import exact_sum, normalized
from glassneuron.proofs.exact.simplex import exact_search
from glassneuron.proofs.exact.table import MOST_LISTED, ROWS_AT_ONCE, ExactTable
from glassneuron.proofs.geometry.beside import beside
from glassneuron.proofs.geometry.kesler import Kesler
from glassneuron.proofs.geometry.verified import error_of_sums
from glassneuron.proofs.geometry.working_set import MOST_ADDED, NEAREST, NONE, search

Verdict = Separable | NotSeparable | Undecided
Weights = tuple[tuple[Fraction, ...], ...]

WORD = {True: "separable", False: "not separable", None: "undecided"}
MOST_PROOFS = 5
"""Pairs of classes whose proof is written out, at most; the others are in `pairs`."""


@dataclass(frozen=True, eq=False)
class Jointly:
    """Whether one neuron a class, the largest sum winning, has every row right.

    Where `separable`, `weights` holds those of the neuron of each class, the bias last. Where not, `parts` holds rows,
    each with another class and a positive integer weight: with these weights, the constraints "the row's own sum
    exceeds that of the other class" add up to 0 > 0; there are none where floats prove that in passing. `likely` is
    what floating point believes, where that is all, and `weights` then those that it believes in. Where floats prove
    in passing that it is separable, `floats` holds the weights instead.
    """

    separable: bool | None
    weights: Weights
    parts: tuple[tuple[int, int, int], ...]
    table: ExactTable = field(repr=False)
    codes: Array = field(repr=False)
    likely: bool | None = None
    floats: Array | None = field(default=None, compare=False, repr=False)

    def check(self) -> bool:
        """Test the verdict in exact arithmetic."""
        if self.separable:
            return next(_misclassified(self.table, self.codes, self.weights), None) is None
        if self.separable is None or not self.parts or min(weight for _, _, weight in self.parts) <= 0:
            return False
        others = set(range(int(self.codes.max()) + 1))
        if any(other not in others - {int(self.codes[row])} for row, other, _ in self.parts):
            return False
        columns = [kesler_column(self.table, self.codes, row, other) for row, other, _ in self.parts]
        weights = [Fraction(weight) for _, _, weight in self.parts]
        return all(exact_sum(weights, cells) == 0 for cells in zip(*columns, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            "separable": self.separable,
            "weights": [[str(w) for w in row] for row in self.weights] if self.separable else [],
            "parts": [[self.table.place(row), other, weight] for row, other, weight in self.parts],
        }


def kesler_column(table: ExactTable, codes: Array, row: int, other: int) -> list[Fraction]:
    """Return (row, 1) in the block of its own class and, negative, in that of the other: both sums' difference."""
    cells, own = [*table.row(row), Fraction(1)], int(codes[row])
    size = len(cells)
    blocks = [Fraction(0)] * (int(codes.max()) + 1) * size
    blocks[own * size : (own + 1) * size] = cells
    blocks[other * size : (other + 1) * size] = [-cell for cell in cells]
    return blocks


def jointly(
    table: ExactTable,
    codes: Array,
    rest: Sequence[Verdict],
    pairs: dict[tuple[int, int], Verdict],
    budget: Budget | None = None,
    near: Array | None = None,
    *,
    hopeful: bool = False,
) -> Jointly:
    """Decide for all classes at once: from the other verdicts, by a known boundary or the means, or else by a search.

    Two classes that cannot be told apart cannot be told apart among others. If each neuron tells its class from the
    rest, its rows alone have a sum above 0, so that the largest sum is right. `rest` holds the verdicts on each class
    against the others, `pairs` those on pairs of classes that are known. With a budget it may be undecided. Weights
    that have nearly every row right, one row a class, the bias last, shorten the search; where it is `hopeful`, a
    boundary beside theirs that has them all right is looked for first.
    """
    for (a, b), verdict in pairs.items():
        if isinstance(verdict, NotSeparable):
            ends = zip(verdict.indices, verdict.weights, verdict.sides, strict=True)
            parts = tuple((verdict.table.index(i), a if side else b, weight) for i, weight, side in ends)
            return Jointly(False, (), parts, table, codes)
    if rest and all(isinstance(verdict, Separable) for verdict in rest):
        known = tuple((*v.weights, v.bias) for v in rest if isinstance(v, Separable))
        return Jointly(True, known, (), table, codes)
    constraints, exactly, budget = Kesler(table.floats, codes, near), budget is None, budget or Budget()
    if near is not None and len(near) != constraints.classes:  # of the last no row is there
        return Jointly(None, (), (), table, codes)
    if not budget.spend(constraints.work() * (1.0 if near is None else 2.0)):
        return Jointly(None, (), (), table, codes)
    if near is None:
        v = constraints.nearest_means()
        if not len(constraints.violated(np.append(v, 0.0), NONE)):
            means = Jointly(True, constraints.unscaled(v), (), table, codes)
            if means.check():
                return means
    k, unknowns = constraints.classes, constraints.classes * (table.floats.shape[1] + 1)
    close = hopeful and worth_a_look(budget, unknowns, 2 * NEAREST, table.floats.size, OF_MANY)
    found = beside(constraints, budget) if close else None
    if found is None and not worth_a_try(budget, unknowns, table.floats.size):
        return Jointly(None, (), (), table, codes)
    found = found or search(constraints, budget=budget)
    believed = None if found.short or table.verbatim else found.v is not None
    keys = found.keys[found.keys >= 0]  # without the origin
    told = believed is False and not exactly and not table.decimal and budget.spend(verified_work(unknowns))
    if told and constraints.surely_contradict(keys):
        return Jointly(False, (), (), table, codes)
    if found.v is not None and not exactly and not table.verbatim:
        W = constraints.in_units(found.v)
        if all(ahead.all() for _, ahead in _surely_ahead(table, codes, W)):
            return Jointly(True, (), (), table, codes, floats=W)
    rounded = () if found.v is None else constraints.unscaled(found.v)
    if found.short or not budget.spend(exact_work(unknowns)):
        return Jointly(None, rounded, (), table, codes, believed)
    if rounded and (likely := Jointly(True, rounded, (), table, codes)).check():
        return likely

    def by_class(v: list[Fraction]) -> Weights:
        return tuple(map(tuple, np.array(normalized(v), dtype=object).reshape(k, -1)))

    def violated(v: list[Fraction]) -> list[int]:
        return [row * k + other for row, other in islice(_misclassified(table, codes, by_class(v)), MOST_ADDED)]

    weights, coefficients = exact_search(
        keys.tolist(), lambda key: kesler_column(table, codes, *divmod(key, k)), violated, budget
    )
    if weights is not None:
        return Jointly(True, by_class(weights), (), table, codes)
    proof = tuple((*divmod(key, k), weight) for key, weight in coefficients.items())
    if proof:
        return Jointly(False, (), proof, table, codes)
    return Jointly(None, rounded, (), table, codes, believed)


def _misclassified(table: ExactTable, codes: Array, weights: Weights) -> Iterator[tuple[int, int]]:
    """Yield rows that these weights get wrong, each with the other class whose sum is the largest.

    Sums are taken in floating point with a bound on the error, and exactly where that leaves a doubt.
    """
    W = np.array([[float(w) for w in row] for row in weights])
    for start, ahead in _surely_ahead(table, codes, W):
        for i in (start + np.flatnonzero(~ahead)).tolist():
            cells, own = [*table.row(i), Fraction(1)], int(codes[i])
            exact = [exact_sum(row, cells) for row in weights]
            best = max((c for c in range(len(exact)) if c != own), key=exact.__getitem__)
            if exact[own] <= exact[best]:
                yield i, best


def _surely_ahead(table: ExactTable, codes: Array, W: Array) -> Iterator[tuple[int, Array]]:
    """Yield, from the first row of a block on, which rows' own sums surely exceed those of all other classes."""
    for start in range(0, len(table), ROWS_AT_ONCE):
        X = table.floats[start : start + ROWS_AT_ONCE].astype(np.float64, copy=False)
        own, at = codes[start : start + ROWS_AT_ONCE], np.arange(len(X))
        with np.errstate(over="ignore", invalid="ignore"):
            sums = W[:, :-1] @ X.T + W[:, -1:]  # (classes, rows)
            size = np.abs(X) @ np.abs(W[:, :-1]).max(axis=0) + np.abs(W[:, -1]).max()
            leads = sums[own, at]
            sums[own, at] = -np.inf
            yield start, leads - sums.max(axis=0) > error_of_sums(X.shape[1], size)


@dataclass(frozen=True, eq=False, repr=False)
class ManyClasses(Displayed):
    """Verdicts for more than two classes: by label, by pair of labels, and on all of them jointly."""

    one_against_rest: dict[Any, Verdict]
    pairs: dict[tuple[Any, Any], Verdict]
    joint: Jointly

    def __repr__(self) -> str:
        return f"ManyClasses({len(self.one_against_rest)} classes, jointly {WORD[self.separable]})"

    @property
    def separable(self) -> bool | None:
        """Whether one neuron a class, the largest sum winning, can have every row right."""
        return self.joint.separable

    def check(self) -> bool:
        """Test every verdict in exact arithmetic."""
        return all(v.check() for v in (*self.one_against_rest.values(), *self.pairs.values(), self.joint))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {
            "verdict": WORD[self.separable],
            "one_against_rest": {str(c): v.to_dict() for c, v in self.one_against_rest.items()},
            "pairs": {f"{a} / {b}": v.to_dict() for (a, b), v in self.pairs.items()},
            "joint": self.joint.to_dict(),
        }

    def overview(self) -> list[tuple[str, str]]:
        """Return what can be told apart from what; of many pairs only those that cannot, and how many can."""
        lines = [(f"{c} from the rest", WORD[v.separable]) for c, v in self.one_against_rest.items()]
        few = len(self.pairs) <= MOST_LISTED
        named = [(pair, v.separable) for pair, v in self.pairs.items() if few or not v.separable]
        lines += [(f"{a} from {b}", WORD[separable]) for (a, b), separable in named[:MOST_LISTED]]
        if len(named) > MOST_LISTED:
            lines.append((f"and {len(named) - MOST_LISTED:,} more pairs", "not"))
        if len(self.pairs) > len(named):
            lines.append((f"{len(self.pairs) - len(named):,} {'other ' * bool(named)}pairs", WORD[True]))
        return lines

    def refused(self) -> list[tuple[tuple[Any, Any], NotSeparable]]:
        """Return the pairs that cannot be told apart, with their proofs."""
        return [(pair, v) for pair, v in self.pairs.items() if isinstance(v, NotSeparable)]

    def explain(self, *, first_row: int = 0) -> Explanation:
        """Say which classes can be told from which; `first_row` is the number of the first row."""
        lines = [f"all classes jointly, one neuron each, the largest sum wins: {WORD[self.separable]}"]
        lines += [f"  {what}: {word}" for what, word in self.overview()]
        for _, verdict in self.refused()[:MOST_PROOFS]:
            lines += ["", *str(verdict.explain(first_row=first_row)).splitlines()]
        return in_four_forms(lines, r"\text{" + lines[0] + "}", self.to_dict())
