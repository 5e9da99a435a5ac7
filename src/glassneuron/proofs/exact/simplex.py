"""A linear program in whole numbers: the judge where floating point cannot tell a common point from a narrow street."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from glassneuron.proofs.exact.rational import whole

ROUNDS = 100


def settle(
    keys: Sequence[int],
    column: Callable[[int], Sequence[Fraction]],
    wrong: Callable[[list[Fraction]], Sequence[int]],
    rounds: int = ROUNDS,
) -> tuple[list[Fraction] | None, dict[int, int]]:
    """Find weights that meet every condition, or a few conditions that contradict each other, in exact arithmetic.

    Parameters
    ----------
    keys : sequence of int
        Conditions to begin with.
    column : callable
        Gives the point of a condition; its product with the weights has to be positive.
    wrong : callable
        Gives conditions that some weights fail, none if they meet all.
    rounds : int
        Programs to solve, at most.

    Returns
    -------
    weights : list of Fraction, or None
    mixture : dict of key to positive whole number
        With which the columns add up to zero; empty if weights were found, or nothing within these rounds.
    """
    known = list(keys)
    for _ in range(rounds):
        columns = [column(key) for key in known]
        weights, mixture = one_side(columns)
        if weights is None:
            return None, {key: part for key, part in zip(known, mixture, strict=True) if part}
        more = [key for key in wrong(weights) if key not in known]
        if not more:
            return weights, {}
        known += more
    return None, {}


def one_side(columns: Sequence[Sequence[Fraction]]) -> tuple[list[Fraction] | None, list[int]]:
    """Find weights whose product with every column is positive, or a mixture of the columns that is zero.

    The first phase of the simplex method looks for the mixture; if there is none, its prices are the weights. Bland's
    rule ends it, and whole numbers over one common denominator keep it exact.

    Returns
    -------
    weights : list of Fraction, or None
    mixture : list of int, none negative
        As few positive as a corner has; empty if there are weights.

    References
    ----------
    Bland (1977), Mathematics of Operations Research 2:103; Edmonds (1967), Journal of Research of the National Bureau
    of Standards 71B:241.

    Examples
    --------
    >>> one_side([[Fraction(1)], [Fraction(-2)]])
    (None, [2, 1])
    >>> one_side([[Fraction(1)], [Fraction(2)]])
    ([Fraction(1, 1)], [])
    """
    integers, lengths = zip(*(_lengthened(column) for column in columns), strict=True)
    n, m = len(columns), len(columns[0]) + 1
    rows = [[*(c[i] for c in integers), *(int(i == k) for k in range(m)), 0] for i in range(m - 1)]
    rows.append([1] * n + [0] * (m - 1) + [1, 1])  # the parts add up to 1
    prices = [-sum(row[j] for row in rows) for j in range(n)] + [0] * m + [-1]
    basis, scale = list(range(n, n + m)), 1
    while (entering := next((j for j in range(n) if prices[j] < 0), None)) is not None:
        able = [i for i in range(m) if rows[i][entering] > 0]
        leaving = min(able, key=lambda i: (Fraction(rows[i][-1], rows[i][entering]), basis[i]))
        top = rows[leaving]
        pivot = top[entering]

        def without(row: list[int], top: list[int] = top, pivot: int = pivot, at: int = entering) -> list[int]:
            share = row[at]
            return [(pivot * a - share * b) // scale for a, b in zip(row, top, strict=True)]  # noqa: B023

        rows = [row if i == leaving else without(row) for i, row in enumerate(rows)]
        prices = without(prices)
        basis[leaving], scale = entering, pivot
    if prices[-1] == 0:
        parts = {j: row[-1] for j, row in zip(basis, rows, strict=True)}
        mixture = [parts.get(j, 0) * length for j, length in enumerate(lengths)]
        return None, whole(mixture)
    return [Fraction(prices[n + k] - scale, scale) for k in range(m - 1)], []


def _lengthened(column: Sequence[Fraction]) -> tuple[list[int], Fraction]:
    """Give the column in whole numbers, and how many times longer that is."""
    numbers = whole(column)
    at = next((i for i, number in enumerate(numbers) if number), None)
    return numbers, Fraction(1) if at is None else numbers[at] / column[at]
