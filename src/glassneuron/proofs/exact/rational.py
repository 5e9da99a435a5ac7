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
