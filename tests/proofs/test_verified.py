"""What floats prove in spite of their rounding is so in exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassneuron.proofs.attainable import attainable
from glassneuron.proofs.budget import EXACT_CELL, Budget, BudgetSpent
from glassneuron.proofs.exact.extremes import extremes
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable
from glassneuron.proofs.geometry.verified import columns_depend, surely_cancel, surely_meet, surely_right, without_sums
from glassneuron.proofs.separability import Boundary, Contradiction, in_passing, separability, two_classes


def crossing(rng, dimensions):
    """Points of which a positive combination of either side is one point, and their sides."""
    sides = np.arange(dimensions + 2) % 2 == 0
    points, weights = rng.normal(size=(len(sides), dimensions)), rng.uniform(0.1, 1.0, len(sides))
    for side in (True, False):
        weights[sides == side] /= weights[sides == side].sum()
        points[sides == side] -= weights[sides == side] @ points[sides == side]
    return points, sides


@pytest.mark.parametrize("dimensions", [1, 2, 7, 30, 60])
def test_hulls_that_cross_are_proved_to_meet_wherever_they_lie_and_however_they_are_scaled(dimensions):
    rng = np.random.default_rng(dimensions)
    points, sides = crossing(rng, dimensions)
    for table in (points, points + 10.0, points * 10.0 ** rng.integers(-8, 9, dimensions), points * 1e280):
        assert surely_meet(table, sides)
    assert surely_meet(points.astype(np.float32), sides)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 3), st.data())
def test_what_is_proved_is_so_in_exact_arithmetic(dimensions, data):
    near = st.sampled_from([0.0, 1.0, -1.0, 0.5, 1.0 + 2.0**-52, 1.0 - 2.0**-53, 2.0**-40, 1e-160, 1e16, 3.0, 1e300])
    points = np.array([[data.draw(near) for _ in range(dimensions)] for _ in range(dimensions + 2)])
    sides = np.array([True, False] + [data.draw(st.booleans()) for _ in range(dimensions)])
    if surely_meet(points, sides):
        assert separability(points, sides.astype(int)).separable is False


@pytest.mark.parametrize("step", [-4, -1, 1, 4])
def test_a_gap_of_one_bit_is_not_taken_for_a_meeting(step):
    inside = 1.0 + step * (2.0**-53 if step < 0 else 2.0**-52)
    for points in ([[0.0], [1.0], [inside]], [[1e6], [1e6 + 1.0], [1e6 + 1.0 + step * 2.0**-33]]):
        if surely_meet(np.array(points), np.array([False, False, True])):
            assert step < 0


@pytest.mark.parametrize("dimensions", [3, 6, 12])
def test_where_a_weight_is_nothing_but_rounding_its_sign_is_not_trusted(dimensions):
    for seed in range(40):
        rng = np.random.default_rng(seed)
        plane, sides = crossing(rng, dimensions - 1)
        beside = np.append(rng.normal(size=dimensions - 1), 1.0)  # off the plane of the others: its weight is 0
        points = np.vstack([beside, np.column_stack([plane, np.zeros(len(plane))])])
        points, sides = points @ rng.normal(size=(dimensions, dimensions)), np.append(sides[0], sides)
        if surely_meet(points, sides):
            assert separability(points, sides.astype(int)).separable is False


def test_of_too_few_or_dependent_points_nothing_is_proved():
    sides = np.array([True, False, True, False])
    assert not surely_meet(np.zeros((3, 2)), sides[:3])
    assert not surely_meet(np.zeros((4, 2)), sides)  # they meet, and yet not at one combination alone
    assert not surely_meet(np.array([[0.0, 1e200], [1.0, 1e-200], [2.0, 0.0], [3.0, 1.0]]), sides)


def test_in_passing_a_contradiction_needs_no_certificate():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 20))
    y = (X[:, 0] + rng.normal(size=400) > 0).astype(int)
    data = TwoClassTable(ExactTable(X), y == 1)
    exact, passing = two_classes(data), in_passing(data, Budget())
    assert isinstance(passing, Contradiction)
    assert exact.separable is passing.separable is False
    assert not two_classes(TwoClassTable(ExactTable(X[[*passing.indices]]), y[[*passing.indices]] == 1)).separable
    found = attainable(ExactTable(X), y, np.array([1]), [0, 1], budget=Budget())
    assert str(found) == f"no neuron can: {len(passing.indices)} rows prove that no weights have every row right"


@pytest.mark.parametrize("options", [{"decimal": True}, {"written": lambda: np.array([["0"], ["2"], ["1"]], object)}])
def test_cells_that_floats_do_not_hold_are_decided_exactly(options):
    table = ExactTable(np.array([[0.0], [2.0], [1.0]]), **options)
    assert not isinstance(in_passing(TwoClassTable(table, np.array([False, False, True])), Budget()), Contradiction)


def test_sums_without_rounding_are_paid_for():
    X = np.random.default_rng(0).normal(size=(3000, 4))
    y = X[:, 0] + X[:, 1] + np.random.default_rng(1).normal(size=3000) > 0
    mixed = TwoClassTable(ExactTable(np.column_stack([X, X @ np.random.default_rng(2).normal(size=(4, 4))])), y)
    ties = TwoClassTable(ExactTable(np.arange(200.0).reshape(100, 2)), np.arange(100) % 2 == 0)
    with pytest.raises(BudgetSpent):  # the sums of all rows are 0
        extremes(ties, [Fraction(0), Fraction(0)], budget=Budget(99 * EXACT_CELL))
    assert extremes(ties, [Fraction(0), Fraction(0)], budget=Budget(200 * EXACT_CELL))[:2] == (0, 0)
    assert in_passing(mixed, Budget(1e8)).separable is None  # they nearly all tie along a mixture


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 3), st.data())
def test_a_boundary_that_surely_is_right_is_so_in_exact_arithmetic(features, data):
    near = st.sampled_from([0.0, 1.0, -1.0, 1.0 + 2.0**-52, 2.0**-40, 1e-160, 1e16, 1e16 + 2.0, 1e300, 0.1, 0.3])
    X = np.array([[data.draw(near) for _ in range(features)] for _ in range(3)])
    boundary = np.array([data.draw(near) for _ in range(features + 1)])
    second = np.array([data.draw(st.booleans()) for _ in range(3)])
    if surely_right(X, second, boundary):
        *weights, bias = map(Fraction, boundary.tolist())
        for row, fires in zip(X.tolist(), second.tolist(), strict=True):
            total = sum((w * Fraction(x) for w, x in zip(weights, row, strict=True)), bias)
            assert total > 0 if fires else total < 0


def test_a_boundary_is_told_to_be_right_up_to_a_margin_of_some_last_digits():
    line, second = np.array([[0.0], [1.0]]), np.array([False, True])
    assert surely_right(line, second, np.array([1.0, -0.5]))
    assert surely_right(line, second, np.array([1.0, -1e-13]))
    assert not surely_right(line, second, np.array([1.0, 0.0]))
    assert not surely_right(line, ~second, np.array([1.0, -0.5]))
    assert not surely_right(line, second, np.array([1e308, -np.inf]))


def test_vectors_that_cancel_but_for_a_last_bit_are_not_told_to():
    vectors = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    assert not surely_cancel(vectors)  # the third has no part in it
    assert not surely_cancel(vectors[::2])
    assert surely_cancel(np.array([[1.0, 0.0], [-1.0, -1.0], [0.0, 1.0]]))
    assert not surely_cancel(np.array([[1.0, 0.0], [-1.0, -1.0], [0.0, -1.0]]))
    assert not surely_cancel(np.array([[np.inf, 0.0], [-1.0, -1.0], [0.0, 1.0]]))


@pytest.mark.parametrize(
    ("columns", "kept"),
    [
        ([[0.1, 0.3, 0.7, -1.1], [2.0, 0.0, -2.0, 0.0], [1.0, 0.0, -1.0, 0.0]], 3),  # none depends on others
        ([[0.1, 0.3, 0.7], [0.1, 0.3, 0.7], [2.0, 0.0, -2.0]], 2),  # a copy
        ([[0.1, 0.3, 0.7], [-0.1, -0.3, -0.7], [2.0, 0.0, -2.0]], 2),
        ([[0.1, 0.3, 0.7], [0.1, 0.3, np.nextafter(0.7, 1.0)], [2.0, 0.0, -2.0]], 3),  # but for a last digit
        ([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0], [1.0, 1.0, 1.0]], 2),
        ([[0.5, 0.25, 0.125], [0.25, 0.5, 1.0], [0.75, 0.75, 1.125]], 2),  # sums that floats hold
        ([[0.1, 0.3, 0.7], [0.2, 0.1, -0.2], [0.1 + 0.2, 0.3 + 0.1, 0.7 - 0.2]], 3),  # and that they round
        ([[1.0, 2.0, 4.0], [5.0, 4.0, 1.0], [7.0, 8.0, 9.0]], 3),  # the first is a half of what the others leave
        ([[1e11, 2e11, -3e11], [1e11, 0.0, -5e10], [1e11, 2e11, 1.0 - 3e11]], 3),  # but for the last digit
        ([[1.0, 2.0, 4.0], [5.0, 4.0, 1.0], [6.0, 6.0, 7.0]], 3),
        ([[1.0, 2.0, 4.0]], 1),
        ([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], 3),  # too many depend on others
        ([[np.inf, 0.0], [1.0, 2.0]], 2),
        ([[1.0], [2.0]], 2),
    ],
)
def test_coordinates_that_are_sums_of_others_are_left_out(columns, kept):
    vectors = np.array(columns).T
    assert without_sums(vectors).shape == (len(vectors), kept)


@pytest.mark.parametrize(
    ("kind", "depend"),
    [
        ("independent", False),
        ("mixture", True),
        ("scales", False),
        ("constant", False),
        ("copied", True),
        ("wide", True),
    ],
)
def test_columns_that_depend_on_each_other_are_told(kind, depend):
    random = np.random.default_rng(0)
    X = random.normal(size=(4 if kind == "wide" else 500, 6))
    more = {
        "mixture": X[:, :3] @ random.normal(size=(3, 1)),
        "constant": np.full((len(X), 1), 3.0),
        "copied": 2.0 * X[:, :1] + 1.0,
    }.get(kind, X[:, :0])
    X = np.column_stack([X, more]) * (10.0 ** np.arange(-3, 3) if kind == "scales" else 1.0)
    assert columns_depend(X) == depend
    assert not columns_depend(np.full((3, 2), 1e308 * np.array([1.0, -1.0])))
    assert not columns_depend(np.array([[1e308, 0.0], [-1e308, 1.0], [1e308, np.inf]]))


def test_hulls_in_a_plane_meet_for_sure_where_they_do_there():
    square = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 2.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])  # the last is a sum
    assert surely_meet(square, np.array([False, False, True, True]))
    assert not surely_meet(square, np.array([False, True, False, True]))


def test_in_passing_a_boundary_needs_no_certificate_and_is_right():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(400, 6)) * 10.0 ** rng.integers(-4, 5, 6) + rng.normal(size=6)
    sums = X @ (rng.normal(size=6) / X.std(axis=0))
    y = sums > np.median(sums)
    found = in_passing(TwoClassTable(ExactTable(X), y), Budget())
    assert isinstance(found, Boundary)
    assert found.separable is two_classes(TwoClassTable(ExactTable(X), y)).separable is True
    assert ((X @ found.weights[:-1] + found.weights[-1] > 0) == y).all()
    told = attainable(ExactTable(X), y.astype(int), np.array([1]), [0, 1], budget=Budget())
    assert str(told) == "it can: there are weights that have every row right"
    np.testing.assert_array_equal(told.weights, [found.weights])
