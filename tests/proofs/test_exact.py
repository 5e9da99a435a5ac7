"""Exact arithmetic."""

from fractions import Fraction

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from glassneuron.proofs.budget import Budget
from glassneuron.proofs.exact.dixon import PRIME, unique_dependence
from glassneuron.proofs.exact.rational import eliminated_dependence, integers, normalized
from glassneuron.proofs.exact.simplex import exact_search, feasible_weights

small = st.integers(-3, 3).map(Fraction)
matrices = st.integers(1, 5).flatmap(
    lambda height: st.lists(st.lists(small, min_size=height, max_size=height), min_size=1, max_size=7)
)


def combined(columns, weights):
    return [sum((w * c[i] for w, c in zip(weights, columns, strict=True)), Fraction(0)) for i in range(len(columns[0]))]


def rank(columns):
    rows = [list(column) for column in columns]
    found = 0
    for j in range(len(rows[0])):
        pivot = next((i for i in range(found, len(rows)) if rows[i][j] != 0), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            share = rows[i][j] / rows[found][j]
            rows[i] = [a - share * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


@given(matrices)
def test_either_weights_are_on_one_side_of_all_columns_or_a_convex_combination_of_them_is_zero(columns):
    """Gordan (1873): always one of the two, never both."""
    weights, coefficients = feasible_weights(columns)
    if weights is not None:
        assert not coefficients
        assert min(sum(w * c for w, c in zip(weights, column, strict=True)) for column in columns) > 0
        return
    assert min(coefficients) >= 0
    assert max(coefficients) > 0
    assert combined(columns, coefficients) == [0] * len(columns[0])
    used = [c for c, w in zip(columns, coefficients, strict=True) if w]
    assert rank(used) == len(used) - 1  # no fewer columns would do


@given(st.lists(st.fractions(max_denominator=1000), min_size=1, max_size=6))
def test_whole_numbers_keep_the_proportions(values):
    numbers = integers(values)
    assert all(
        a * v == b * u for a, u in zip(numbers, values, strict=True) for b, v in zip(numbers, values, strict=True)
    )
    assert all((n > 0) == (v > 0) for n, v in zip(numbers, values, strict=True))


def test_numbers_too_long_for_floats_are_scaled_to_about_1():
    assert normalized([Fraction(1, 2), Fraction(1, 3)]) == [3, 2]
    assert normalized([Fraction(2**70), Fraction(1)]) == [1, Fraction(1, 2**70)]


@given(matrices)
def test_lifting_finds_what_elimination_finds(columns):
    """One way to zero in which the last column takes part, or nothing."""
    assume(len(columns) > 1)
    found = unique_dependence([integers(row) for row in zip(*columns, strict=True)])
    assert (found is not None) == (rank(columns) == rank(columns[:-1]) == len(columns) - 1)
    if found is not None:
        assert combined(columns, found) == [0] * len(columns[0])
        assert found[-1] != 0


@given(st.integers(0, 2**32), st.integers(2, 30))
def test_long_numbers_are_lifted_whole(seed, width):
    """Floats of very different sizes, and a last column that is a mixture of the others."""
    random = np.random.default_rng(seed)
    floats = random.normal(size=(width, width - 1)) * 2.0 ** random.integers(-30, 30, (width, 1))
    columns = [[Fraction(v) for v in column] for column in floats.T.tolist()]
    shares = [Fraction(int(p), int(q)) for p, q in random.integers(1, 99, (width - 1, 2))]
    columns.append([-v for v in combined(columns, shares)])
    found = unique_dependence([integers(row) for row in zip(*columns, strict=True)])
    assert [v / found[-1] for v in found] == [*shares, 1]
    columns[-1][0] += 1
    assert unique_dependence([integers(row) for row in zip(*columns, strict=True)]) is None


def test_a_prime_that_is_unlucky_is_given_up():
    assert unique_dependence([[PRIME, 1]]) is None
    columns = [[Fraction(PRIME * (i == j)) for i in range(20)] for j in range(20)] + [[Fraction(PRIME)] * 20]
    assert unique_dependence([[int(v) for v in row] for row in zip(*columns, strict=True)]) is None
    weights, coefficients = feasible_weights([[Fraction(PRIME)], [Fraction(-1)]])
    assert (weights, coefficients) == (None, [1, PRIME])


@given(matrices)
def test_elimination_finds_the_only_dependence(columns):
    found = eliminated_dependence([integers(row) for row in zip(*columns, strict=True)])
    assert (found is not None) == (rank(columns) == len(columns) - 1)
    if found is not None:
        assert combined(columns, found) == [0] * len(columns[0])
        assert any(found)


def test_the_exact_search_ends_where_its_budget_cannot_pay_for_the_simplex_method():
    """Three points on a line depend on each other in more than one way, so that the simplex method has to choose."""
    columns = {0: [Fraction(1), Fraction(1)], 1: [Fraction(-1), Fraction(1)], 2: [Fraction(0), Fraction(-1)]}
    columns[3] = columns[2]
    wanted = exact_search([0, 1, 2, 3], columns.__getitem__, lambda _: [])
    assert wanted[0] is None
    assert all(sum(c * columns[key][j] for key, c in wanted[1].items()) == 0 for j in range(2))
    assert exact_search([0, 1, 2, 3], columns.__getitem__, lambda _: [], Budget(1e9)) == wanted
    assert exact_search([0, 1, 2, 3], columns.__getitem__, lambda _: [], Budget(100.0)) == (None, {})
