"""Dixon's method: a linear system solved modulo a prime, the solution lifted digit by digit to exact fractions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from glassneuron.engine.arrays import Array

PRIME = 2**31 - 1
LIMB_BITS = 20
"""Bits of a long integer that are multiplied at once: products with 31 bits of a digit, many of them, fit into 64."""


def unique_dependence(rows: Sequence[Sequence[int]]) -> list[Fraction] | None:
    r"""Find the coefficients, unique but for a factor, with which the columns of a matrix add up to zero.

    For the matrix (B, c) they are (x, 1), where B x = -c. The digits of x to the base p follow one by one:

    .. math:: x_i = B^{-1} r_i \bmod p, \qquad r_{i+1} = (r_i - B x_i) / p, \qquad r_0 = -c

    Enough digits determine the fractions. The result is tested. It is None if there is no solution, or more than one,
    or if the prime divides a determinant that matters. Rows have at least two entries.
    Source: Dixon (1982), Numerische Mathematik 40:137.
    """
    table = np.array([list(row) for row in rows], dtype=object)
    B, rest = table[:, :-1], -table[:, -1]
    inverse = _left_inverse((B % PRIME).astype(np.int64))
    if inverse is None:
        return None
    limbs = _limbs(B)
    lengths = [int(sum(v * v for v in column)).bit_length() / 2 + 1 for column in table.T]
    steps = math.ceil((2 * sum(lengths) + 2) / math.log2(PRIME))  # Hadamard's bound on determinants
    digits = []
    for _ in range(steps):
        digit = (inverse * (rest % PRIME).astype(np.int64) % PRIME).sum(axis=1) % PRIME
        digits.append(digit.astype(object))
        for shift, limb in limbs:
            rest = rest - ((limb @ digit).astype(object) << shift)
        if (rest % PRIME).any():
            return None  # the last column does not depend on the others
        rest = rest // PRIME
    x = digits[-1]
    for digit in reversed(digits[:-1]):
        x = x * PRIME + digit
    coefficients = _common_fractions(x.tolist(), PRIME**steps)
    if (table @ np.array(coefficients, dtype=object)).any():
        return None
    return [Fraction(value) for value in coefficients]


def _left_inverse(B: Array) -> Array | None:
    """Return the left inverse modulo the prime; None if the columns are dependent there."""
    height, width = B.shape
    if width > height:
        return None
    work = np.hstack([B, np.eye(height, dtype=np.int64)])
    for j in range(width):
        able = np.flatnonzero(work[j:, j])
        if not len(able):
            return None
        work[[j, j + able[0]]] = work[[j + able[0], j]]
        work[j] = work[j] * pow(int(work[j, j]), -1, PRIME) % PRIME
        shares = work[:, j].copy()
        shares[j] = 0
        work = (work - shares[:, np.newaxis] * work[j] % PRIME) % PRIME
    return np.asarray(work[:width, width:])


def _limbs(B: Array) -> list[tuple[int, Array]]:
    sizes, signs = np.abs(B), np.where(B < 0, -1, 1).astype(np.int64)
    longest = max(int(size).bit_length() for size in sizes.flat)
    return [
        (shift, signs * (sizes >> shift & (2**LIMB_BITS - 1)).astype(np.int64))
        for shift in range(0, longest, LIMB_BITS)
    ]


def _common_fractions(values: Sequence[int], modulus: int) -> list[int]:
    """Return the numerators, and last the common denominator, of the fractions that these integers represent.

    Each is found by Euclid's algorithm, stopped half-way.
    """
    limit = math.isqrt(modulus // 2)
    denominator = 1
    numerators: list[int] = []
    for value in values:
        above, below = (modulus, 0), (value * denominator % modulus, 1)
        while below[0] > limit:
            times = above[0] // below[0]
            above, below = below, (above[0] - times * below[0], above[1] - times * below[1])
        numerator, more = below if below[1] > 0 else (-below[0], -below[1])
        numerators = [n * more for n in numerators] + [numerator]
        denominator *= more
    return [*numerators, denominator]
