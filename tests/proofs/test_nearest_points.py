"""The nearest points of two hulls: none of the points reaches further across, from wherever the search begins."""

import numpy as np
import pytest

from glassneuron.proofs.budget import Budget
from glassneuron.proofs.geometry import nearest_points as module
from glassneuron.proofs.geometry.nearest_points import nearest_points


def hulls(gap, dimensions, seed):
    rng = np.random.default_rng(seed)
    sides = rng.random(60) < 0.5
    sides[:2] = False, True
    points = rng.normal(size=(60, dimensions))
    points[:, 0] += np.where(sides, gap, 0.0)
    return points, sides


def is_nearest(nearest, points, sides):
    """Whether all points lie behind the two ends, seen along the line between them: Wolfe (1976), theorem 2.1."""
    a, b = nearest.ends(points)
    across = b - a
    assert nearest.coefficients.min() > 0.0
    np.testing.assert_allclose([nearest.coefficients[: nearest.of_first].sum(), nearest.coefficients.sum()], [1.0, 2.0])
    assert not sides[nearest.keys[: nearest.of_first]].any()
    assert sides[nearest.keys[nearest.of_first :]].all()
    length = np.linalg.norm(across)
    if length < 1e-13:
        return True  # the hulls meet: either end is a mean of its own points
    slack = 1e-9 * length
    return bool(((points[~sides] - a) @ across <= slack).all() and ((points[sides] - b) @ across >= -slack).all())


@pytest.mark.parametrize("guess", [False, True], ids=["from two points", "from a guess"])
@pytest.mark.parametrize("gap", [0.0, 2.0, 9.0])
@pytest.mark.parametrize("dimensions", [1, 2, 5, 20, 40])
def test_no_point_reaches_further_across(monkeypatch, guess, gap, dimensions):
    if not guess:
        monkeypatch.setattr(module, "_guess", lambda *problem: None)
    for seed in range(10):
        points, sides = hulls(gap, dimensions, seed)
        assert is_nearest(nearest_points(points, sides), points, sides)


@pytest.mark.parametrize("dimensions", [5, 40])
def test_more_points_are_looked_at_from_where_the_first_have_led(dimensions):
    for seed in range(10):
        points, sides = hulls(9.0, dimensions, seed)
        few = nearest_points(points[:30], sides[:30])
        again = nearest_points(points, sides, few)
        assert is_nearest(again, points, sides)
        a, b = (found.ends(points) for found in (again, nearest_points(points, sides)))
        np.testing.assert_allclose(a[1] - a[0], b[1] - b[0], atol=1e-9)


def test_a_guess_leaves_little_to_do(monkeypatch):
    spent, guess = [], module._guess
    for way in (lambda *problem: None, lambda *problem: guess(*problem[:-1], None)):
        monkeypatch.setattr(module, "_guess", way)
        budgets = [Budget(1e9) for _ in range(10)]
        for seed, budget in enumerate(budgets):
            nearest_points(*hulls(2.0, 20, seed), budget=budget)
        spent.append(sum(1e9 - budget.left for budget in budgets))
    assert spent[1] < spent[0] / 2


def test_where_the_budget_ends_in_a_guess_nothing_is_left_of_it():
    points, sides = hulls(9.0, 40, 0)
    budget = Budget(3e5)
    found = nearest_points(points, sides, budget=budget)
    assert budget.left == 0.0
    assert found.coefficients.min() > 0.0
