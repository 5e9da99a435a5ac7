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

from glassneuron.engine.arrays import Array
from glassneuron.neurons.explain.explanation import Explanation, added, shown
from glassneuron.neurons.neuron import Neuron
from glassneuron.proofs.exact.convex_combination import Contradiction
from glassneuron.proofs.exact.extremes import edges
from glassneuron.proofs.exact.rational import Rows, moderate
from glassneuron.proofs.geometry.margin import Street, neurons_street, widest_street
from glassneuron.proofs.minimum_mistakes import Mistakes, fewest_mistakes
from glassneuron.proofs.mistake_bound import bound_of_neuron, mistake_bound, mistakes_of_a_run

MOST_SHOWN = 12


@dataclass(frozen=True, eq=False)
class Problem:
    """The rows and classes that a verdict is about.

    Attributes
    ----------
    rows : Rows
    second : ndarray of bool
        Rows of the second class, for which a neuron has to fire.
    classes : tuple
        The first and the second label.
    names : tuple of str, optional
        What the features are called.
    numbers : ndarray of int, optional
        Where the rows stand in the table that they were taken from; without it they are the table.
    """

    rows: Rows
    second: Array
    classes: tuple[Any, Any]
    names: tuple[str, ...] | None = None
    numbers: Array | None = None

    def listed(self, rows: Sequence[int], first_row: int, most: int = MOST_SHOWN) -> str:
        """Name some rows by their place in the table, the first being `first_row`."""
        few = ", ".join(str(self.place(row) + first_row) for row in rows[:most])
        return few + (f" and {len(rows) - most} more" if len(rows) > most else "")

    def place(self, row: int) -> int:
        """Give a row's place in the table."""
        return row if self.numbers is None else int(self.numbers[row])

    def __repr__(self) -> str:
        return f"{len(self.rows):,} rows, {self.classes[0]!r} and {self.classes[1]!r}"


@dataclass(frozen=True, eq=False, repr=False)
class Separable:
    """One neuron has every row on its side.

    Attributes
    ----------
    weights : tuple of Fraction
        In lowest terms: whole numbers without a common divisor, if they are not too long.
    bias : Fraction
        In the middle: the sum is above 0 for each row of the second class and as far below 0 for the first.
    closest : tuple of Fraction
        The largest sum of the first class and the smallest of the second, bias left out.
    neuron : Neuron
        The same weights and bias, each rounded to the nearest float.
    """

    weights: tuple[Fraction, ...]
    bias: Fraction
    closest: tuple[Fraction, Fraction]
    neuron: Neuron
    problem: Problem
    separable = True

    def __repr__(self) -> str:
        return f"Separable({self.problem!r})"

    @cached_property
    def street(self) -> Street:
        """The widest street between the classes; where that is too narrow for floats, the one of this neuron."""
        rows, second = self.problem.rows, self.problem.second
        return widest_street(rows.floats, second) or neurons_street(rows, second, self.weights, self.bias)

    @cached_property
    def mistake_bound(self) -> float:
        """How many mistakes a perceptron can make at most, in any order of the rows: (R / gamma)^2."""
        X = self.problem.rows.floats
        bound = mistake_bound(X, self.problem.second)
        return bound_of_neuron(X, self.weights, self.bias, self.closest) if bound is None else bound

    @cached_property
    def mistakes_made(self) -> int | None:
        """How many a perceptron makes that starts at zero and takes the rows in their order; None if it takes long."""
        return mistakes_of_a_run(self.problem.rows.floats, self.problem.second)

    def check(self) -> bool:
        """Test in exact arithmetic that every row lies on its side."""
        rounded = [float(w) for w in (*self.weights, self.bias)]
        if (
            rounded != [*self.neuron.weights.tolist(), self.neuron.bias]
            or tuple(moderate(self.weights)) != self.weights
        ):
            return False
        first, second = edges(self.problem.rows, self.problem.second, self.weights)
        return (first, second) == self.closest and first < second and self.bias == -(first + second) / 2

    def to_dict(self) -> dict[str, Any]:
        """Give plain values that JSON can hold, fractions as text."""
        return {
            "verdict": "separable",
            "classes": [str(c) for c in self.problem.classes],
            "weights": [str(w) for w in self.weights],
            "bias": str(self.bias),
            "closest": [str(c) for c in self.closest],
        }

    def explain(self, *, first_row: int = 0) -> Explanation:
        """Say what separates the classes, how wide the street is, and how soon a perceptron must find it.

        Parameters
        ----------
        first_row : int, default 0
            What the first row is called.
        """
        first, second = self.problem.classes
        street = self.street
        names = self.problem.names or tuple(f"x{j}" for j in range(1, len(self.weights) + 1))
        terms = [f"{number(w)}·{name}" for w, name in zip(self.weights, names, strict=True) if w]
        if len(terms) > MOST_SHOWN:
            terms = [*terms[:MOST_SHOWN], "..."]
        total = added([*terms, number(self.bias)])
        lines = [
            f"separable: one neuron has all {len(self.problem.rows):,} rows on their side",
            f"  sum = {total}",
            f"  at most {number(self.closest[0] + self.bias)} for {first}, "
            f"at least {number(self.closest[1] + self.bias)} for {second}, in exact arithmetic",
            f"  {'widest street' if street.widest else 'a street'}: {shown(street.width)} wide, "
            f"held by rows {self.problem.listed(street.rows, first_row)}",
        ]
        if self.mistake_bound < 1e15:
            most = math.floor(self.mistake_bound * (1 + 1e-9))
            lines.append(
                f"  a perceptron, in any order of the rows, makes at most {most:,} mistakes before it separates them"
                + ("" if self.mistakes_made is None else f"; in the table's order it makes {self.mistakes_made:,}")
            )
        symbols = [f"{number(w)} x_{{{j}}}" for j, w in enumerate(self.weights, 1) if w]
        latex = f"z = {added([*symbols, number(self.bias)])}"
        held = [self.problem.place(i) for i in street.rows]
        finite = {"street": street.width, "bound": self.mistake_bound}
        data = {**self.to_dict(), **{k: v if math.isfinite(v) else None for k, v in finite.items()}}
        data |= {"held_by": held, "mistakes_made": self.mistakes_made}
        return told(lines, latex, data)


@dataclass(frozen=True, eq=False, repr=False)
class NotSeparable:
    """A few rows mix to the same point in both classes, so that no weighted sum tells them apart.

    Attributes
    ----------
    indices : tuple of int
        Rows of `problem`; d + 2 of them at most.
    values : tuple of tuples of Fraction
        Their features, exactly.
    weights : tuple of int, positive
    sides : tuple of bool
        Whether the row is of the second class.
    """

    indices: tuple[int, ...]
    values: tuple[tuple[Fraction, ...], ...]
    weights: tuple[int, ...]
    sides: tuple[bool, ...]
    problem: Problem
    separable = False

    def __repr__(self) -> str:
        return f"NotSeparable({self.problem!r}, {len(self.indices)} of them prove it)"

    def check(self) -> bool:
        """Test in exact arithmetic that the rows are the table's and that both mixtures are equal."""
        rows, second = self.problem.rows, self.problem.second
        if not self.proof.check(rows, second):
            return False
        return all(bool(second[i]) == side for i, side in zip(self.indices, self.sides, strict=True))

    @property
    def proof(self) -> Contradiction:
        """The rows and their weights."""
        return Contradiction(self.indices, self.values, self.weights)

    @cached_property
    def mistakes(self) -> Mistakes:
        """How many rows the best neuron gets wrong, at least and at most, and which to look at."""
        return fewest_mistakes(self.problem.rows, self.problem.second, self.proof)

    @property
    def equation(self) -> str:
        """The two mixtures, such as ``1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)``."""
        return " = ".join(
            " + ".join(
                f"{weight}·({','.join(map(number, values))})"
                for values, weight, side in zip(self.values, self.weights, self.sides, strict=True)
                if side is which
            )
            for which in (False, True)
        )

    def to_dict(self) -> dict[str, Any]:
        """Give plain values that JSON can hold, fractions as text."""
        return {
            "verdict": "not separable",
            "classes": [str(c) for c in self.problem.classes],
            "rows": [self.problem.place(i) for i in self.indices],
            "values": [[str(v) for v in values] for values in self.values],
            "weights": list(self.weights),
            "second": list(self.sides),
        }

    def explain(self, *, first_row: int = 0) -> Explanation:
        """Give the proof as an equation and a sentence, and say what it costs.

        Parameters
        ----------
        first_row : int, default 0
            What the first row is called.
        """
        first, second = self.problem.classes
        if len(self.indices) == 2:
            a, b = (self.problem.place(i) + first_row for i in self.indices)
            lines = [
                f"not separable: rows {a} and {b} are equal and have both labels, {first} and {second}",
                f"  {self.equation}",
                "  Whatever a neuron answers to one it answers to the other.",
            ]
        else:
            total = sum(w for w, side in zip(self.weights, self.sides, strict=True) if side)
            parts = f"{total} parts" if total < 10**15 else "equally many parts"
            lines = [
                f"not separable: {len(self.indices)} rows prove it",
                f"  {self._equation_or_rows(first_row)}",
                f"  The mixture of {first} on the left and that of {second} on the right have {parts} each and",
                "  are the same point. A weighted sum of a mixture is the mixture of the weighted sums: below 0 on the",
                "  left, not below 0 on the right. One number cannot be both.",
            ]
        worst = self.mistakes
        lines.append(f"  the best neuron gets {worst} wrong")
        lines.append(f"  rows to look at first: {self.problem.listed(worst.suspects, first_row)}")
        suspects = [self.problem.place(i) for i in worst.suspects]
        data = {**self.to_dict(), "mistakes": [worst.at_least, worst.at_most], "suspects": suspects}
        return told(lines, self.equation.replace("·", r"\cdot "), data)

    def _equation_or_rows(self, first_row: int) -> str:
        if len(self.equation) <= 160:
            return self.equation
        parts = [
            " + ".join(
                f"{w}·row {self.problem.place(i) + first_row}"
                for i, w, side in zip(self.indices, self.weights, self.sides, strict=True)
                if side is which
            )
            for which in (False, True)
        ]
        longest = max(map(len, parts))
        if longest <= 400:
            return " = ".join(parts)
        digits = len(str(max(self.weights)))
        rows = self.problem.listed(self.indices, first_row, 30)
        return f"rows {rows}, with whole weights of up to {digits} digits: see to_dict()"


@dataclass(frozen=True, eq=False)
class Undecided:
    """Floating point believed one thing or the other, and exact arithmetic could not confirm it.

    Attributes
    ----------
    why : str
    """

    why: str
    problem: Problem = field(repr=False)
    separable = None

    def check(self) -> bool:
        """There is nothing to check."""
        return False

    def to_dict(self) -> dict[str, Any]:
        """Give plain values that JSON can hold."""
        return {"verdict": "undecided", "why": self.why}

    def explain(self, *, first_row: int = 0) -> Explanation:
        """Say why there is no verdict."""
        return told([f"undecided: {self.why}"], rf"\text{{{self.why}}}", self.to_dict())


def told(lines: Sequence[str], latex: str, data: dict[str, Any]) -> Explanation:
    """Put sentences into the four forms of an explanation."""
    html = "".join(f"<p>{escape(line.strip())}</p>" for line in lines)
    return Explanation("\n".join(lines), html, latex, data)


def number(value: Fraction) -> str:
    """Write a fraction: as a decimal where that is exact and short.

    Examples
    --------
    >>> [number(Fraction(v)) for v in ("3", "5.1", "1/3", "1e-400", "1.6e308")]
    ['3', '5.1', '1/3', '1e-400', '1.6e+308']
    """
    if value.denominator == 1 and abs(value) < 10**15:
        return str(value.numerator)
    if value and not 1e-300 < abs(value) < 1e300:  # hardly for floats any more
        return str(Context(prec=6).divide(Decimal(value.numerator), Decimal(value.denominator)).normalize()).lower()
    short = repr(float(value))
    if value.denominator > 1 and (Fraction(short) == value or Fraction(float(value)) == value):
        return short
    return str(value) if value.denominator > 1 and len(str(value)) <= 20 else f"{float(value):.6g}"
