"""Verdicts on two classes, each with a certificate that `check` tests in exact arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property
from html import escape
from typing import Any

from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.explain.numbers import format_short, join_terms
from glassneuron.neurons.neuron import Neuron
from glassneuron.proofs.exact.convex_combination import CommonPoint
from glassneuron.proofs.exact.extremes import extremes
from glassneuron.proofs.exact.rational import normalized
from glassneuron.proofs.exact.table import MOST_LISTED, TwoClassTable
from glassneuron.proofs.geometry.margin import Street, margin_of_neuron, maximum_margin
from glassneuron.proofs.minimum_mistakes import Mistakes, fewest_mistakes
from glassneuron.proofs.mistake_bound import bound_of_neuron, mistake_bound, mistakes_of_a_run

MOST_SUSPECTS = 10_000
"""Rows that the best neuron gets wrong that are handed on, at most: of a large table there are very many."""


@dataclass(frozen=True, eq=False, repr=False)
class Separable(Displayed):
    """One neuron has every row on the right side.

    Its weights are integers without a common divisor, if they are not too long. Its bias puts the boundary in the
    middle: the sums `closest` to it, the largest of the first class and the smallest of the second, without the bias,
    are equally far from it. `neuron` has the same weights and bias, each rounded to the nearest float.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    closest: tuple[Fraction, Fraction]
    neuron: Neuron
    table: TwoClassTable
    separable = True

    def __repr__(self) -> str:
        return f"Separable({self.table!r})"

    @cached_property
    def street(self) -> Street:
        """The maximum margin between the classes; where that is too narrow for floats, the margin of this neuron."""
        X, second = self.table.rows.floats, self.table.second
        return maximum_margin(X, second) or margin_of_neuron(self.table, self.weights, self.bias)

    @cached_property
    def mistake_bound(self) -> float:
        """The most mistakes that a perceptron can make, in any order of the rows: (R / gamma)^2."""
        X = self.table.rows.floats
        bound = mistake_bound(X, self.table.second)
        return bound_of_neuron(X, self.weights, self.bias, self.closest) if bound is None else bound

    @cached_property
    def mistakes_made(self) -> int | None:
        """The mistakes of a perceptron that starts at zero and takes the rows in their order; None if it takes long."""
        return mistakes_of_a_run(self.table.rows.floats, self.table.second)

    def check(self) -> bool:
        """Test in exact arithmetic that every row lies on the right side."""
        rounded = [float(w) for w in (*self.weights, self.bias)]
        if rounded != [*self.neuron.weights.tolist(), self.neuron.bias] or normalized(self.weights) != [*self.weights]:
            return False
        first, second, _ = extremes(self.table, self.weights)
        return (first, second) == self.closest and first < second and self.bias == -(first + second) / 2

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, fractions as text."""
        return {
            "verdict": "separable",
            "classes": [str(c) for c in self.table.classes],
            "weights": [str(w) for w in self.weights],
            "bias": str(self.bias),
            "closest": [str(c) for c in self.closest],
        }

    def explain(self, *, first_row: int = 0) -> Explanation:
        """Say what separates the classes, with which margin; `first_row` is the number of the first row."""
        first, second = self.table.classes
        street = self.street
        names = self.table.names or tuple(f"x{j}" for j in range(1, len(self.weights) + 1))
        terms = [f"{number(w)}·{name}" for w, name in zip(self.weights, names, strict=True) if w]
        if len(terms) > MOST_LISTED:
            terms = [*terms[:MOST_LISTED], "..."]
        total = join_terms([*terms, number(self.bias)])
        lines = [
            f"separable: one neuron has all {len(self.table.rows):,} rows on the right side",
            f"  sum = {total}",
            f"  at most {number(self.closest[0] + self.bias)} for {first}, "
            f"at least {number(self.closest[1] + self.bias)} for {second}, in exact arithmetic",
            f"  {'maximum ' * street.widest}margin {format_short(street.margin)}: between the classes runs a street "
            f"{format_short(street.width)} wide, held by rows {self.table.listed(street.rows, first_row)}",
        ]
        if self.mistake_bound < 1e15:
            most = math.floor(self.mistake_bound * (1 + 1e-9))
            lines.append(
                f"  a perceptron, in any order of the rows, makes at most {most:,} mistakes before it separates them"
                + ("" if self.mistakes_made is None else f"; in the table's order it makes {self.mistakes_made:,}")
            )
        symbols = [f"{number(w)} x_{{{j}}}" for j, w in enumerate(self.weights, 1) if w]
        latex = f"z = {join_terms([*symbols, number(self.bias)])}"
        data = self.to_dict()
        for name, value in (("street", street.width), ("bound", self.mistake_bound)):
            data[name] = value if math.isfinite(value) else None
        data |= {"held_by": [self.table.place(i) for i in street.rows], "mistakes_made": self.mistakes_made}
        return in_four_forms(lines, latex, data)


@dataclass(frozen=True, eq=False, repr=False)
class NotSeparable(Displayed):
    """A few rows of either class have the same weighted mean, so that no weighted sum tells the classes apart.

    `indices` are these rows of `table`, at most two more than it has features, and `values` their features, exactly.
    The weights are positive integers; `sides` is true for rows of the second class.
    """

    indices: tuple[int, ...]
    values: tuple[tuple[Fraction, ...], ...]
    weights: tuple[int, ...]
    sides: tuple[bool, ...]
    table: TwoClassTable
    separable = False

    def __repr__(self) -> str:
        return f"NotSeparable({self.table!r}, {len(self.indices)} of them prove it)"

    def check(self) -> bool:
        """Test in exact arithmetic that the rows are the table's and that both weighted means are equal."""
        second = self.table.second
        return self.proof.check(self.table) and tuple(bool(second[i]) for i in self.indices) == self.sides

    @property
    def proof(self) -> CommonPoint:
        """The rows and their weights."""
        return CommonPoint(self.indices, self.values, self.weights)

    @cached_property
    def mistakes(self) -> Mistakes:
        """Bounds on the number of rows that the best neuron gets wrong, and which rows to look at."""
        return fewest_mistakes(self.table, self.proof)

    @property
    def equation(self) -> str:
        """Both weighted sums, such as ``1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)``."""
        return " = ".join(self._sums([f"({','.join(map(number, values))})" for values in self.values]))

    def _sums(self, names: Sequence[str]) -> list[str]:
        """Write the weighted sum of either class."""
        terms = [(f"{w}·{name}", side) for w, name, side in zip(self.weights, names, self.sides, strict=True)]
        return [" + ".join(term for term, side in terms if side is which) for which in (False, True)]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold, fractions as text."""
        return {
            "verdict": "not separable",
            "classes": [str(c) for c in self.table.classes],
            "rows": [self.table.place(i) for i in self.indices],
            "values": [[str(v) for v in values] for values in self.values],
            "weights": list(self.weights),
            "second": list(self.sides),
        }

    def explain(self, *, first_row: int = 0) -> Explanation:
        """Say why no neuron can, and what that costs; `first_row` is the number of the first row."""
        first, second = self.table.classes
        if len(self.indices) == 2:
            a, b = (self.table.place(i) + first_row for i in self.indices)
            lines = [
                f"not separable: rows {a} and {b} are equal and have both labels, {first} and {second}",
                f"  {self.equation}",
                "  A neuron gives both the same answer.",
            ]
        else:
            total = sum(w for w, side in zip(self.weights, self.sides, strict=True) if side)
            many = f"{total} in all" if total < 10**15 else "equally many"
            lines = [
                f"not separable: {len(self.indices)} rows prove it",
                f"  {self._equation_or_rows(first_row)}",
                f"  Rows of {first} on the left and of {second} on the right, {many} on either side, have one sum.",
                "  What a neuron makes of them would add up to less than 0 on the left, and to 0 or more on the right.",
                "  One number cannot be both.",
            ]
        worst = self.mistakes
        look = self.table.listed(worst.suspects, first_row)
        lines += [f"  the best neuron gets {worst} wrong", f"  rows to look at first: {look}"]
        suspects = [self.table.place(i) for i in worst.suspects[:MOST_SUSPECTS].tolist()]
        data = {**self.to_dict(), "mistakes": [worst.at_least, worst.at_most], "suspects": suspects}
        return in_four_forms(lines, self.equation.replace("·", r"\cdot "), data)

    def _equation_or_rows(self, first_row: int) -> str:
        if len(self.equation) <= 160:
            return self.equation
        sums = self._sums([f"row {self.table.place(i) + first_row}" for i in self.indices])
        if max(map(len, sums)) <= 400:
            return " = ".join(sums)
        digits = len(str(max(self.weights)))
        rows = self.table.listed(self.indices, first_row, 30)
        return f"rows {rows}, with integer weights of up to {digits} digits: see to_dict()"


@dataclass(frozen=True, eq=False)
class Undecided(Displayed):
    """Exact arithmetic could confirm neither answer; `why` says so in words.

    `likely` is what floating point believes, where it came to an end, and `weights` those that it believes in, the bias
    last.
    """

    why: str
    table: TwoClassTable = field(repr=False)
    likely: bool | None = None
    weights: Array | None = field(default=None, repr=False)
    separable = None

    def check(self) -> bool:
        """Return False: there is nothing to check."""
        return False

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {"verdict": "undecided", "why": self.why}

    def explain(self, *, first_row: int = 0) -> Explanation:
        """Say why there is no verdict."""
        return in_four_forms([f"undecided: {self.why}"], rf"\text{{{self.why}}}", self.to_dict())


def in_four_forms(lines: Sequence[str], latex: str, data: dict[str, Any]) -> Explanation:
    """Return sentences as an explanation: as text, HTML, LaTeX and plain values."""
    html = "".join(f"<p>{escape(line.strip())}</p>" for line in lines)
    return Explanation("\n".join(lines), html, latex, data)


def number(value: Fraction) -> str:
    """Write a fraction, as a decimal where that is exact and short.

    Examples
    --------
    >>> [number(Fraction(v)) for v in ("3", "5.1", "1/3", "1e-400", "1.6e308")]
    ['3', '5.1', '1/3', '1e-400', '1.6e+308']
    """
    if value.denominator == 1 and abs(value) < 10**15:
        return str(value.numerator)
    if value and not 1e-300 < abs(value) < 1e300:  # floats end here or lose digits
        return str(Context(prec=6).divide(Decimal(value.numerator), Decimal(value.denominator)).normalize()).lower()
    short = repr(float(value))
    if value.denominator > 1 and (Fraction(short) == value or Fraction(float(value)) == value):
        return short
    return str(value) if value.denominator > 1 and len(str(value)) <= 20 else f"{float(value):.6g}"
