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


@pytest.mark.parametrize("few", [0, module.FEW], ids=["from two points", "from a guess"])
@pytest.mark.parametrize("gap", [0.0, 2.0, 9.0])
@pytest.mark.parametrize("dimensions", [1, 2, 5, 20])
def test_no_point_reaches_further_across(monkeypatch, few, gap, dimensions):
    monkeypatch.setattr(module, "FEW", few)
    for seed in range(10):
        points, sides = hulls(gap, dimensions, seed)
        assert is_nearest(nearest_points(points, sides), points, sides)


def test_a_guess_leaves_little_to_do(monkeypatch):
    spent = []
    for few in (0, module.FEW):
        monkeypatch.setattr(module, "FEW", few)
        budgets = [Budget(1e9) for _ in range(10)]
        for seed, budget in enumerate(budgets):
            nearest_points(*hulls(2.0, 20, seed), budget=budget)
        spent.append(sum(1e9 - budget.left for budget in budgets))
    assert spent[1] < spent[0] / 2


def test_where_there_is_no_guess_the_search_begins_with_two_points(monkeypatch):
    monkeypatch.setattr(module, "_without_negatives", lambda A, b: None)
    points, sides = hulls(9.0, 5, 0)
    assert is_nearest(nearest_points(points, sides), points, sides)


def test_least_squares_without_negative_coefficients_meet_their_conditions():
    # Lawson & Hanson (1974), theorem 23.4: no slope above 0, and none at all where a coefficient is not 0
    rng = np.random.default_rng(0)
    for rows, columns in ((3, 8), (6, 40), (12, 100)):
        A, b = rng.normal(size=(rows, columns)), rng.normal(size=rows)
        x = module._without_negatives(A, b)
        slopes = A.T @ (b - A @ x)
        assert x.min() >= 0.0
        assert slopes.max() < 1e-8
        np.testing.assert_allclose(slopes[x > 0.0], 0.0, atol=1e-8)
