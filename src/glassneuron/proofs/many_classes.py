"""More than two classes: each against the rest, each pair, and all of them jointly (Kesler's construction)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.proofs.certificates import MOST_SHOWN, NotSeparable, Separable, Undecided, told
from glassneuron.proofs.exact.rational import CHUNK, EPSILON, Rows, exact_sum, moderate, positive_mixture
from glassneuron.proofs.exact.simplex import settle
from glassneuron.proofs.geometry.working_set import MORE, Classes, search

Verdict = Separable | NotSeparable | Undecided

WORD = {True: "separable", False: "not separable", None: "undecided"}
MOST_PROOFS = 5
"""Pairs whose proof is written out, at most; the others are in `pairs`."""


@dataclass(frozen=True, eq=False)
class Jointly:
    """Whether one neuron a class, the largest sum winning, has every row right.

    Attributes
    ----------
    separable : bool or None
    weights : tuple of tuples of Fraction
        Where separable: of each class's neuron, the bias last.
    parts : tuple of (row, other class, positive whole weight)
        Where not: conditions "the row's own sum exceeds the other class's" that add up to 0 > 0.
    """

    separable: bool | None
    weights: tuple[tuple[Fraction, ...], ...]
    parts: tuple[tuple[int, int, int], ...]
    rows: Rows = field(repr=False)
    codes: Array = field(repr=False)

    def check(self) -> bool:
        """Test the verdict in exact arithmetic."""
        if self.separable:
            return next(_wrong(self.rows, self.codes, self.weights), None) is None
        if self.separable is None or not self.parts or min(weight for _, _, weight in self.parts) <= 0:
            return False
        if any(other == self.codes[row] for row, other, _ in self.parts):
            return False
        totals: dict[int, list[Fraction]] = {}
        for row, other, weight in self.parts:
            cells = [*self.rows.row(row), Fraction(1)]
            for k, sign in ((int(self.codes[row]), weight), (other, -weight)):
                old = totals.get(k, [Fraction(0)] * len(cells))
                totals[k] = [t + sign * c for t, c in zip(old, cells, strict=True)]
        return all(value == 0 for total in totals.values() for value in total)

    def to_dict(self) -> dict[str, Any]:
        """Give plain values that JSON can hold."""
        return {
            "separable": self.separable,
            "weights": [[str(w) for w in row] for row in self.weights],
            "parts": [list(part) for part in self.parts],
        }


def jointly(
    rows: Rows, codes: Array, classes: int, rest: Sequence[Verdict], pairs: dict[tuple[int, int], Verdict]
) -> Jointly:
    """Decide for all classes at once: by what is known of the parts, by the classes' means, or else by a search.

    Two classes that cannot be told apart, cannot be among others. Neurons that each know their class from the rest have
    its rows alone above 0, so that the largest sum is right.

    Parameters
    ----------
    rows : Rows
    codes : ndarray of shape (rows,)
        The class of each row, from 0 on.
    classes : int
    rest : sequence of verdicts
        On each class against the rest.
    pairs : dict of (class, class) to verdict

    References
    ----------
    Nilsson (1965), Learning Machines: Kesler's construction.
    """
    for (a, b), verdict in pairs.items():
        if isinstance(verdict, NotSeparable):
            ends = zip(verdict.indices, verdict.weights, verdict.sides, strict=True)
            parts = tuple((verdict.problem.place(i), a if side else b, weight) for i, weight, side in ends)
            return Jointly(False, (), parts, rows, codes)
    if all(isinstance(verdict, Separable) for verdict in rest):
        known = tuple((*v.weights, v.bias) for v in rest if isinstance(v, Separable))
        return Jointly(True, known, (), rows, codes)
    family = Classes(rows.floats, codes, classes)
    means = Jointly(True, _own_units(family, family.nearest_means()), (), rows, codes)
    return means if means.check() else _by_search(rows, codes, family)


def _own_units(family: Classes, v: Array) -> tuple[tuple[Fraction, ...], ...]:
    """Give each class's weights and bias for the columns as they are, without rounding."""
    return tuple((*weights, bias) for weights, bias in (family.columns.exact(b) for b in v.reshape(family.classes, -1)))


def _by_search(rows: Rows, codes: Array, family: Classes) -> Jointly:
    k = family.classes
    found = search(family)
    if found.v is not None:
        verdict = Jointly(True, _own_units(family, found.v), (), rows, codes)
        if verdict.check():
            return verdict
    size = rows.floats.shape[1] + 1

    def column(key: int) -> list[Fraction]:
        row, other = divmod(key, k)
        cells = [*rows.row(row), Fraction(1)]
        blocks = [Fraction(0)] * (k * size)
        own = int(codes[row])
        blocks[own * size : (own + 1) * size] = cells
        blocks[other * size : (other + 1) * size] = [-cell for cell in cells]
        return blocks

    def by_class(v: list[Fraction]) -> tuple[tuple[Fraction, ...], ...]:
        values = moderate(v)
        return tuple(tuple(values[c * size : (c + 1) * size]) for c in range(k))

    def wrong(v: list[Fraction]) -> list[int]:
        return [row * k + other for row, other in islice(_wrong(rows, codes, by_class(v)), MORE)]

    parts = found.keys >= 0  # without the origin
    keys = found.keys[parts].tolist()
    likely = positive_mixture([column(key) for key in keys], found.mixture[parts].tolist())
    v, mixture = None, dict(zip(keys, map(int, likely or []), strict=False))
    if likely is None:
        v, mixture = settle(keys, column, wrong)
    if v is not None:
        return Jointly(True, by_class(v), (), rows, codes)
    proof = tuple((*divmod(key, k), weight) for key, weight in mixture.items() if weight)
    return Jointly(False if proof else None, (), proof, rows, codes)


def _wrong(rows: Rows, codes: Array, weights: tuple[tuple[Fraction, ...], ...]) -> Iterator[tuple[int, int]]:
    """Yield rows that these weights get wrong, each with the class whose sum is the largest.

    It adds up in floats with a bound on the error, and exactly where the bound leaves a doubt.
    """
    W = np.array([[float(w) for w in row] for row in weights])
    for start in range(0, len(rows), CHUNK):
        X = rows.floats[start : start + CHUNK].astype(np.float64, copy=False)
        own = codes[start : start + CHUNK]
        with np.errstate(over="ignore", invalid="ignore"):
            sums = X @ W[:, :-1].T + W[:, -1]
            size = np.abs(X) @ np.abs(W[:, :-1]).max(axis=0) + np.abs(W[:, -1]).max()
            ahead = sums[np.arange(len(X)), own][:, np.newaxis] - sums
            ahead[np.arange(len(X)), own] = np.inf
            certain = ahead.min(axis=1) > 4 * (X.shape[1] + 4) * EPSILON * size + 1e-300
        for i in np.flatnonzero(~certain):
            cells = [*rows.row(start + int(i)), Fraction(1)]
            exact = [exact_sum(row, cells) for row in weights]
            others = [c for c in range(len(exact)) if c != own[i]]
            best = max(others, key=exact.__getitem__)
            if exact[own[i]] <= exact[best]:
                yield start + int(i), best


@dataclass(frozen=True, eq=False, repr=False)
class ManyClasses:
    """Verdicts for more than two classes.

    Attributes
    ----------
    one_against_rest : dict of label to verdict
    pairs : dict of (label, label) to verdict
    joint : Jointly
    """

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
        verdicts = [*self.one_against_rest.values(), *self.pairs.values(), self.joint]
        return all(verdict.check() for verdict in verdicts)

    def to_dict(self) -> dict[str, Any]:
        """Give plain values that JSON can hold."""
        return {
            "verdict": WORD[self.separable],
            "one_against_rest": {str(c): v.to_dict() for c, v in self.one_against_rest.items()},
            "pairs": {f"{a} / {b}": v.to_dict() for (a, b), v in self.pairs.items()},
            "joint": self.joint.to_dict(),
        }

    def overview(self) -> list[tuple[str, str]]:
        """Tell what can be told apart from what; of many pairs only those that cannot, and how many can."""
        lines = [(f"{c} from the rest", WORD[v.separable]) for c, v in self.one_against_rest.items()]
        few = len(self.pairs) <= MOST_SHOWN
        named = [(pair, v.separable) for pair, v in self.pairs.items() if few or not v.separable]
        lines += [(f"{a} from {b}", WORD[separable]) for (a, b), separable in named[:MOST_SHOWN]]
        if len(named) > MOST_SHOWN:
            lines.append((f"and {len(named) - MOST_SHOWN:,} more pairs", "not"))
        if len(self.pairs) > len(named):
            lines.append((f"{len(self.pairs) - len(named):,} {'other ' * bool(named)}pairs", WORD[True]))
        return lines

    def refused(self) -> list[tuple[tuple[Any, Any], NotSeparable]]:
        """Give the pairs that cannot be told apart, with their proofs."""
        return [(pair, v) for pair, v in self.pairs.items() if isinstance(v, NotSeparable)]

    def explain(self, *, first_row: int = 0) -> Explanation:
        """Say what can be told apart from what.

        Parameters
        ----------
        first_row : int, default 0
            What the first row is called.
        """
        lines = [f"all classes jointly, one neuron each, the largest sum wins: {WORD[self.separable]}"]
        lines += [f"  {what}: {word}" for what, word in self.overview()]
        for _, verdict in self.refused()[:MOST_PROOFS]:
            lines += ["", *str(verdict.explain(first_row=first_row)).splitlines()]
        return told(lines, r"\text{" + lines[0] + "}", self.to_dict())
