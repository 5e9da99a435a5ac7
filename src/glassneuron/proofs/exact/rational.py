"""Fractions: sums, and scaling to integers, all without rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction


def exact_sum(weights: Sequence[Fraction], row: Sequence[Fraction]) -> Fraction:
    """Return the weighted sum without rounding."""
    return sum((w * x for w, x in zip(weights, row, strict=True) if x), Fraction(0))  # many cells are often 0


def integers(values: Sequence[Fraction]) -> list[int]:
    """Scale fractions to the smallest integers in the same proportions."""
    denominator = math.lcm(*(value.denominator for value in values))
    numbers = [int(value * denominator) for value in values]
    divisor = math.gcd(*numbers) or 1
    return [number // divisor for number in numbers]


def normalized(values: Sequence[Fraction]) -> list[Fraction]:
    """Scale fractions to integers in the same proportions, or to about 1 where floats could not hold those exactly."""
    numbers = integers(values)
    largest = max(map(abs, numbers), default=0)
    shorter = 1 if largest <= 10**15 else 1 << (largest.bit_length() - 1)
    return [Fraction(number, shorter) for number in numbers]


def eliminated_dependence(rows: list[list[int]]) -> list[Fraction] | None:
    """Return the coefficients with which columns of integers add up to zero, if they are unique but for a factor.

    Integers are eliminated without fractions (Bareiss 1968, Mathematics of Computation 22:565), so that none grows
    longer than a determinant: for few columns, faster than Dixon's method.
    """
    width, pivots, previous = len(rows[0]), list[int](), 1
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
    if len(pivots) != width - 1:
        return None
    (free,) = set(range(width)).difference(pivots)
    at = {column: Fraction(-rows[r][free], rows[r][column]) for r, column in enumerate(pivots)}
    return [at.get(column, Fraction(1)) for column in range(width)]
