"""L-BFGS: the direction of its two loops, and the steps that it remembers."""

import numpy as np
import pytest

from glassneuron.learning.algorithms.lbfgs import Pairs, direction


def two_loops(gradient, steps, changes, guess):
    """Nocedal's recursion, as textbooks print it."""
    q, alphas = -gradient, []
    for s, y in zip(reversed(steps), reversed(changes), strict=True):
        alphas.append((s @ q) / (s @ y))
        q = q - alphas[-1] * y
    s, y = steps[-1], changes[-1]
    q = guess(q) * (s @ y) / (y @ guess(y))
    for s, y, alpha in zip(steps, changes, reversed(alphas), strict=True):
        q = q + (alpha - (y @ q) / (s @ y)) * s
    return q


@pytest.mark.parametrize("pairs", [1, 2, 5, 10])
def test_two_triangular_systems_are_the_two_loops(pairs):
    random = np.random.default_rng(pairs)
    root, guess = random.normal(size=(30, 30)), np.diag(random.random(30) + 0.5)
    steps = random.normal(size=(pairs, 30))
    changes = steps @ (root @ root.T + np.eye(30))
    gradient = random.normal(size=30)
    found = direction(gradient, steps, changes, lambda g: guess @ g)
    np.testing.assert_allclose(found, two_loops(gradient, steps, changes, lambda g: guess @ g), rtol=1e-8)


def test_a_quadratic_that_its_steps_span_is_solved():
    bent = np.diag([1.0, 2.0, 5.0])
    np.testing.assert_allclose(direction(np.ones(3), np.eye(3), bent), [-1.0, -0.5, -0.2])


@pytest.mark.parametrize("most", [1, 3, 10])
def test_the_latest_steps_are_remembered_however_many_there_were(most):
    pairs, seen = Pairs(most=most), []
    for k in range(4 * most + 2):
        step = np.array([1.0 + k, 2.0])
        pairs.remember(step, 3.0 * step)
        seen.append(step)
        np.testing.assert_array_equal(pairs.steps, seen[-most:])
        np.testing.assert_array_equal(pairs.changes, 3.0 * np.array(seen[-most:]))
        again = Pairs(pairs.state(), most)
        np.testing.assert_array_equal(again.steps, pairs.steps)
        np.testing.assert_array_equal(again.changes, pairs.changes)
        assert len(again) == len(pairs) == min(k + 1, most)
    pairs.remember(step, -step)  # bent downward
    np.testing.assert_array_equal(pairs.steps, seen[-most:])
    pairs.forget_last()
    np.testing.assert_array_equal(pairs.steps, np.array(seen[-most:-1]).reshape(-1, 2))
    pairs.forget()
    assert len(pairs) == 0
    pairs.forget_last()
    assert len(pairs) == 0
