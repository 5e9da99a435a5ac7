"""Fractions: sums, scaling to integers, and linear dependence, all without rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from glassneuron.proofs.exact.dixon import unique_dependence

MOST_ELIMINATED = 12
"""Columns up to which elimination is faster than Dixon's method."""


def exact_sum(weights: Sequence[Fraction], row: Sequence[Fraction]) -> Fraction:
    """Return the weighted sum without rounding.

    Examples
    --------
    >>> exact_sum([Fraction(1, 3), Fraction(2)], [Fraction(3), Fraction(1, 2)])
    Fraction(2, 1)
    """
    return sum((w * x for w, x in zip(weights, row, strict=True) if x), Fraction(0))  # many cells are often 0


def integers(values: Sequence[Fraction]) -> list[int]:
    """Scale fractions to the smallest integers in the same proportions.

    Examples
    --------
    >>> integers([Fraction(1, 2), Fraction(1, 3)])
    [3, 2]
    """
    denominator = math.lcm(*(value.denominator for value in values)) if values else 1
    numbers = [int(value * denominator) for value in values]
    divisor = math.gcd(*numbers) or 1
    return [number // divisor for number in numbers]


def normalized(values: Sequence[Fraction]) -> list[Fraction]:
    """Scale fractions to integers in the same proportions, or to about 1 where those exceed what floats hold exactly.

    Examples
    --------
    >>> normalized([Fraction(1, 2), Fraction(1, 3)]), normalized([Fraction(2**70), Fraction(1)])[0]
    ([Fraction(3, 1), Fraction(2, 1)], Fraction(1, 1))
    """
    numbers = integers(values)
    largest = max(map(abs, numbers), default=0)
    shorter = 1 if largest <= 10**15 else 1 << (largest.bit_length() - 1)
    return [Fraction(number, shorter) for number in numbers]


def null_space(columns: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Return a basis of all coefficients with which the columns add up to zero, without rounding.

    Integers are eliminated without fractions (Bareiss 1968, Mathematics of Computation 22:565), so that none grows
    longer than a determinant.

    Examples
    --------
    >>> null_space([[Fraction(1)], [Fraction(2)]])
    [[Fraction(-2, 1), Fraction(1, 1)]]
    """
    rows = [integers(row) for row in zip(*columns, strict=True)]
    width = len(columns)
    if width > MOST_ELIMINATED and (only := unique_dependence(rows)) is not None:
        return [only]
    pivots: list[int] = []
    previous = 1
    for column in range(width):
        top = len(pivots)
        found = next((r for r in range(top, len(rows)) if rows[r][column]), None)
        if found is None:
            continue
        rows[top], rows[found] = rows[found], rows[top]
        pivot = rows[top]
        for r, row in enumerate(rows):
            if r != top and any(row):
                rows[r] = [(pivot[column] * a - row[column] * b) // previous for a, b in zip(row, pivot, strict=True)]
        previous = pivot[column]
        pivots.append(column)
    basis = []
    for free in (c for c in range(width) if c not in pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for r, column in enumerate(pivots):
            vector[column] = Fraction(-rows[r][free], rows[r][column])
        basis.append(vector)
    return basis
