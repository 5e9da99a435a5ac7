"""An exact simplex method in integers: it decides where floating point mistakes a small margin for a common point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from glassneuron.proofs.budget import Budget, simplex_work
from glassneuron.proofs.exact.dixon import unique_dependence
from glassneuron.proofs.exact.rational import eliminated_dependence, integers

MOST_ELIMINATED = 12
"""Columns up to which elimination is faster than Dixon's method."""


def exact_search(
    keys: Sequence[int],
    column: Callable[[int], Sequence[Fraction]],
    violated: Callable[[list[Fraction]], Sequence[int]],
    budget: Budget | None = None,
) -> tuple[list[Fraction] | None, dict[int, int]]:
    """Find weights that meet every constraint, or a few constraints that contradict each other, in exact arithmetic.

    The search begins with the constraints of some `keys`. The product of a constraint's `column` with the weights has
    to be positive; `violated` returns constraints that some weights violate, none if they meet all. The outcome is
    weights, or positive coefficients with which columns add up to zero, or neither within 100 linear programs, or
    where the `budget` ends.
    """
    known = list(keys)
    for _ in range(100):
        weights, coefficients = feasible_weights([column(key) for key in known], budget=budget)
        if weights is None:
            return None, {key: c for key, c in zip(known, coefficients or [0] * len(known), strict=True) if c}
        more = [key for key in violated(weights) if key not in known]
        if not more:
            return weights, {}
        known += more
    return None, {}


def feasible_weights(
    columns: Sequence[Sequence[Fraction]], strict: Sequence[bool] | None = None, *, budget: Budget | None = None
) -> tuple[list[Fraction] | None, list[int]]:
    """Find weights whose product with every column is positive, or a convex combination of the columns that is zero.

    Where only some columns are `strict`, the product with the others may be zero too, and at least one strict column
    takes part in the combination (Motzkin 1936, Beitraege zur Theorie der linearen Ungleichungen).

    The combination that floating point found is mostly the only one of its columns. Where it is not, the first phase
    of the simplex method looks for one; if there is none, the dual values are the weights. Integers over one common
    denominator (Edmonds 1967, Journal of Research of the National Bureau of Standards 71B:241) keep it exact, and
    Bland's rule (1977, Mathematics of Operations Research 2:103) makes it end. No coefficient of the combination is
    negative, and as few are positive as Caratheodory's theorem allows. Where the `budget` cannot pay for the simplex
    method, both are empty.
    """
    n, m = len(columns), len(columns[0]) + 1
    only = None
    if 1 < n <= m and strict is None:
        depend = eliminated_dependence if n <= MOST_ELIMINATED else unique_dependence
        only = depend([integers(row) for row in zip(*columns, strict=True)])
    if only is not None and min(only) * max(only) >= 0:
        return None, [abs(value) for value in integers(only)]
    if budget is not None and not budget.spend(simplex_work(n, m)):
        return None, []
    points = [integers(column) for column in columns]
    rows = [[*(p[i] for p in points), *(int(i == k) for k in range(m)), 0] for i in range(m - 1)]
    counted = [1] * n if strict is None else [int(each) for each in strict]
    rows.append([*counted, *[0] * (m - 1), 1, 1])  # the coefficients add up to 1, those of strict columns
    costs = [-sum(row[j] for row in rows) for j in range(n)] + [0] * m + [-1]  # reduced costs
    basic, scale = list(range(n, n + m)), 1
    while (entering := next((j for j in range(n) if costs[j] < 0), None)) is not None:
        able = [i for i in range(m) if rows[i][entering] > 0]
        leaving = min(able, key=lambda i: (Fraction(rows[i][-1], rows[i][entering]), basic[i]))
        top = rows[leaving]
        pivot = top[entering]
        *rows, costs = (
            row if row is top else [(pivot * a - row[entering] * b) // scale for a, b in zip(row, top, strict=True)]
            for row in (*rows, costs)
        )
        basic[leaving], scale = entering, pivot
    if costs[-1] == 0:
        found = {j: row[-1] for j, row in zip(basic, rows, strict=True)}
        pairs = (zip(point, column, strict=True) for point, column in zip(points, columns, strict=True))
        factors = [next((p / c for p, c in pair if c), Fraction(1)) for pair in pairs]  # point = factor * column
        return None, integers([found.get(j, 0) * factor for j, factor in enumerate(factors)])
    return [Fraction(costs[n + k] - scale, scale) for k in range(m - 1)], []
