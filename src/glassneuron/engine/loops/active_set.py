"""Least squares without negative coefficients, step by step: the loops, interpreted or compiled to the same bits.

`InLoops`, of the proofs, says what is found; here is how. The vectors stand side by side: `columns` has a row for each
dimension. What is known of the k of them that have a part is (keys, c, taken, L, half): their numbers and coefficients;
they themselves, one a row; L, with a triangle of numbers, where L L' are their products; and half, where L half is what
they are worth, so that L' c = half for the best coefficients. There is room for one more than there are dimensions. All
is changed in place.
"""

from __future__ import annotations

from math import inf, sqrt
from typing import Any

import numpy as np

from glassneuron.engine.backend import inlined, kernel, row

NO_PART = 1e-13
"""Coefficients up to this, beside the largest, count as zero."""
DEPENDENT = 1e-12
"""Part of a vector, squared, that others leave unexplained, up to which it is taken to depend on them."""
TINY = 1e-300
"""What divides by no zero."""
SOLVED, GOES_ON, GAVE_UP = 1, 0, -1


@inlined
def product(a: Any, b: Any, n: int) -> float:
    """Return the sum of the first n products of two vectors, as four sums of which none waits for another."""
    one, two, three, four = 0.0, 0.0, 0.0, 0.0
    whole = n - n % 4
    for j in range(0, whole, 4):
        one += a[j] * b[j]
        two += a[j + 1] * b[j + 1]
        three += a[j + 2] * b[j + 2]
        four += a[j + 3] * b[j + 3]
    for j in range(whole, n):
        one += a[j] * b[j]
    return (one + two) + (three + four)


@inlined
def forward(L: Any, k: int, given: Any, found: Any) -> None:
    """Find x in L x = given."""
    for i in range(k):
        found[i] = (given[i] - product(row(L, i), found, i)) / row(L, i)[i]


@inlined
def backward(L: Any, k: int, given: Any, found: Any) -> None:
    """Find x in L' x = given."""
    for i in range(k):
        found[i] = given[i]
    for i in range(k - 1, -1, -1):
        l = row(L, i)
        found[i] /= l[i]
        for j in range(i):
            found[j] -= l[j] * found[i]


@kernel
def without(known: Any, k: int, at: int) -> int:
    """Leave out the vector at one place; return how many are left.

    The rows below move up in L, and turns of two columns at a time make a triangle of it once more.
    Source: Golub & Van Loan (2013), Matrix Computations, section 6.5.2.
    """
    keys, c, taken, L, half = known
    for i in range(at, k - 1):
        keys[i], c[i] = keys[i + 1], c[i + 1]
        own, below = row(taken, i), row(taken, i + 1)
        for j in range(len(own)):
            own[j] = below[j]
        own, below = row(L, i), row(L, i + 1)
        for j in range(i + 2):
            own[j] = below[j]
    for i in range(at, k - 1):
        l = row(L, i)
        length = sqrt(l[i] * l[i] + l[i + 1] * l[i + 1])
        cosine, sine = l[i] / length, l[i + 1] / length
        for m in range(i, k - 1):
            l = row(L, m)
            l[i], l[i + 1] = cosine * l[i] + sine * l[i + 1], cosine * l[i + 1] - sine * l[i]
        half[i], half[i + 1] = cosine * half[i] + sine * half[i + 1], cosine * half[i + 1] - sine * half[i]
    return k - 1


@kernel
def with_a_part(known: Any, k: int) -> int:
    """Leave out the vectors whose coefficients are 0 now; return how many are left."""
    c, most = known[1], 0.0
    for t in range(k):
        most = max(most, c[t])
    for t in range(k - 1, -1, -1):
        if not c[t] > NO_PART * most:
            k = without(known, k, t)
    return k


@kernel
def settled(known: Any, k: int) -> int:
    """Go to the best coefficients, leaving out those that would turn negative on the way; return how many are left."""
    _, c, _, L, half = known
    goal = np.zeros(k)
    while k > 0:
        backward(L, k, half, goal)
        step, first = inf, -1
        for t in range(k):
            if not goal[t] > 0.0:
                length = c[t] / (c[t] - goal[t] + TINY)
                if first < 0 or length < step:
                    step, first = length, t
        if first < 0:
            for t in range(k):
                c[t] = goal[t]
            return k
        for t in range(k):
            c[t] = max(c[t] + step * (goal[t] - c[t]), 0.0)
        c[first] = 0.0
        k = with_a_part(known, k)
    return k


@kernel
def taken_in(columns: Any, h: Any, known: Any, k: int, key: int, coefficient: float) -> int:
    """Take a vector in; return how many have a part now, or -1 where it depends on those that have one.

    Then the row of L after theirs holds what part of it they explain.
    """
    keys, c, taken, L, half = known
    new, own = row(taken, k), row(L, k)
    for j in range(len(columns)):
        new[j] = row(columns, j)[key]
    length, products = product(new, new, len(new)), np.zeros(k)
    for t in range(k):
        products[t] = product(row(taken, t), new, len(new))
    forward(L, k, products, own)
    rest = length - product(own, own, k)
    if k == len(new) or not rest > DEPENDENT * length:
        return -1
    own[k] = sqrt(rest)
    half[k] = (h[key] - product(own, half, k)) / own[k]
    keys[k], c[k] = key, coefficient
    return k + 1


@kernel
def instead(known: Any, k: int) -> tuple[int, float]:
    """Make room for a vector that is a sum of others, which is the row of L after theirs: one loses its part to it.

    Return how many are left, and the coefficient of the new one; 0 of both where none loses anything.
    """
    _, c, _, L, _ = known
    shares, most, step, last = np.zeros(k), 0.0, inf, -1
    backward(L, k, row(L, k), shares)
    for t in range(k):
        most = max(most, abs(shares[t]))
    for t in range(k):
        if shares[t] > NO_PART * most and c[t] / shares[t] < step:
            step, last = c[t] / shares[t], t
    if last < 0:
        return 0, 0.0
    for t in range(k):
        c[t] = max(c[t] - step * shares[t], 0.0)
    c[last] = 0.0
    return with_a_part(known, k), max(step, TINY)


@kernel
def revalued(h: Any, known: Any, k: int) -> int:
    """Begin anew with what the vectors are worth now; return how many have a part then."""
    keys, _, _, L, half = known
    worth = np.zeros(k)
    for t in range(k):
        worth[t] = h[keys[t]]
    forward(L, k, worth, half)
    return settled(known, k)


@kernel
def steps(
    columns: Any, h: Any, known: Any, k: int, goal: tuple[float, float], work: tuple[float, float], most: int
) -> tuple[int, int, float]:
    """Take in the vector that is worth the most, until none is worth more than goal[0]; so many steps at most.

    It gives up where the sum becomes longer than goal[1]. The work is what is left, and what a step costs beside its
    multiply-adds. Return SOLVED, GOES_ON or GAVE_UP, how many have a part, and the work that is left.
    """
    keys, c, taken, _, _ = known
    (level, longest), (left, each), dimensions = goal, work, len(columns)
    total, slopes = np.zeros(dimensions), np.zeros(len(h))
    for _ in range(most):
        cost = each + len(h) * dimensions + k * (k + dimensions)
        if cost > left:
            return GAVE_UP, k, left
        left -= cost
        for j in range(dimensions):
            total[j] = 0.0
        for t in range(k):
            own = row(taken, t)
            for j in range(dimensions):
                total[j] += c[t] * own[j]
        if product(total, total, dimensions) > longest * longest:
            return GAVE_UP, k, left
        for i in range(len(h)):
            slopes[i] = h[i]
        for j in range(dimensions):
            values, along = row(columns, j), total[j]
            for i in range(len(h)):
                slopes[i] -= along * values[i]
        for t in range(k):
            slopes[keys[t]] = -inf
        best = 0
        for i in range(len(h)):
            if not slopes[i] <= slopes[best]:
                best = i
        if slopes[best] <= level:
            return SOLVED, k, left
        longer = taken_in(columns, h, known, k, best, 0.0)
        if longer < 0 and k > 0:
            k, coefficient = instead(known, k)
            longer = taken_in(columns, h, known, k, best, coefficient) if coefficient > 0.0 else -1
        if longer < 0:
            return GAVE_UP, k, left  # rounding leads in a circle
        k = settled(known, longer)
    return GOES_ON, k, left
