"""Sums without negative coefficients: the conditions of an optimum, vectors that come later, and no optimum."""

from types import SimpleNamespace

import numpy as np
import pytest

from glassneuron.engine.loops import pays
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.geometry.in_loops import InLoops
from glassneuron.proofs.geometry.non_negative import NonNegative

WAYS = NonNegative, lambda dimensions: InLoops(dimensions, 40)


@pytest.fixture(params=WAYS, ids=["arrays", "loops"])
def new(request):
    """What makes one for vectors of so many dimensions."""
    return request.param


def solved(new, vectors, h, **more):
    found = new(vectors.shape[1])
    assert found.solve(vectors, h, 1e-10, **more)
    return found


def is_optimum(found, vectors, h):
    """Whether no slope is above 0, and there is none along a coefficient that is not 0: Lawson & Hanson (1974)."""
    slopes = h - vectors @ found.sum()
    assert found.coefficients.min(initial=1.0) > 0.0
    np.testing.assert_allclose(found.sum(), found.coefficients @ vectors[found.keys], atol=1e-9)
    return slopes.max() < 1e-8 and np.allclose(slopes[found.keys], 0.0, atol=1e-8)


@pytest.mark.parametrize(("dimensions", "count"), [(1, 4), (3, 8), (6, 40), (12, 100), (30, 60)])
def test_the_conditions_of_an_optimum_hold(new, dimensions, count):
    random = np.random.default_rng(0)
    for _ in range(20):
        vectors, wanted = random.normal(size=(count, dimensions)), random.normal(size=dimensions)
        assert is_optimum(solved(new, vectors, vectors @ wanted), vectors, vectors @ wanted)


def test_vectors_that_come_later_change_what_was_found_to_the_optimum_of_all(new):
    random = np.random.default_rng(1)
    for _ in range(20):
        vectors, wanted = random.normal(size=(60, 8)), random.normal(size=8)
        h = vectors @ wanted - 0.1
        found = solved(new, vectors[:20], h[:20])
        assert found.solve(vectors, h, 1e-10)
        assert is_optimum(found, vectors, h)
        np.testing.assert_allclose(found.sum(), solved(new, vectors, h).sum(), atol=1e-8)


@pytest.mark.parametrize("dimensions", [2, 8])
def test_worths_that_change_change_what_was_found(dimensions):
    random = np.random.default_rng(4)
    for _ in range(20):
        vectors, wanted = random.normal(size=(60, dimensions)), random.normal(size=(2, dimensions))
        h, other = vectors @ wanted.T[:, 0] - 0.5, vectors @ wanted.T[:, 1] - 0.1
        found = solved(WAYS[1], vectors, h)
        assert found.solve(vectors, other, 1e-10)
        assert is_optimum(found, vectors, other)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize(("dimensions", "count"), [(1, 4), (3, 8), (6, 40), (12, 100)])
def test_interpreted_and_compiled_it_is_the_same_to_the_last_bit(monkeypatch, dimensions, count, tied):
    random = np.random.default_rng(5)
    for _ in range(10):
        vectors, wanted = random.normal(size=(count, dimensions)), random.normal(size=dimensions)
        vectors = np.round(vectors) if tied else vectors
        told = []
        for spent in 0.0, np.inf:
            monkeypatch.setattr(pays.active_set, "spent", spent)
            budget, found = Budget(1e9), InLoops(dimensions, 1)
            for h in vectors @ wanted, 0.1 - vectors @ wanted:
                ended = found.solve(vectors, h, 1e-10, budget)
                told.append((ended, found.keys.tolist(), found.coefficients.tolist(), budget.left))
            assert hasattr(found._loops.steps, "stats") == (spent > 0.0)  # compiled
        assert told[:2] == told[2:]


def test_long_work_goes_on_in_pieces(monkeypatch):
    random = np.random.default_rng(6)
    vectors, wanted = random.normal(size=(80, 10)), random.normal(size=10)
    whole = solved(WAYS[1], vectors, vectors @ wanted)
    monkeypatch.setattr("glassneuron.proofs.geometry.in_loops.PIECE", 1)
    pieces, calls = InLoops(10, 80), []
    steps = pieces._loops.steps
    parts = SimpleNamespace(**vars(pieces._loops) | {"steps": lambda *given: calls.append(given[-1]) or steps(*given)})
    monkeypatch.setattr(pieces, "_loops", parts)
    assert pieces.solve(vectors, vectors @ wanted, 1e-10)
    assert len(calls) > 10
    assert set(calls) == {1}
    assert pieces.keys.tolist() == whole.keys.tolist()
    assert pieces.coefficients.tolist() == whole.coefficients.tolist()


def test_rounding_does_not_take_a_vector_in_twice(new):
    random = np.random.default_rng(7)
    for _ in range(20):
        vectors, wanted = random.normal(size=(30, 5)), random.normal(size=5)
        assert new(5).solve(vectors, vectors @ wanted - random.exponential(size=30), 0.0)


def test_it_begins_from_vectors_that_are_named():
    random = np.random.default_rng(2)
    vectors, wanted = random.normal(size=(40, 6)), random.normal(size=6)
    found = NonNegative(6)
    assert found.begin(vectors, vectors @ wanted, np.arange(5), np.ones(5))
    assert found.solve(vectors, vectors @ wanted, 1e-10)
    assert is_optimum(found, vectors, vectors @ wanted)
    assert not NonNegative(6).begin(vectors, vectors @ wanted, np.arange(7), np.ones(7))  # more than dimensions
    twice = np.array([[1.0, 2.0], [1.0, 2.0]])
    assert not NonNegative(2).begin(twice, np.ones(2), np.arange(2), np.ones(2))


def test_a_vector_that_depends_on_others_takes_the_place_of_one(new):
    """In a plane: (1, 0) and (0, 1) first, then (1, 1), which is their sum, and of which h wants more than of both."""
    vectors, h = np.array([[2.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), np.array([2.0, 2.0, 3.0])
    found = solved(new, vectors, h)
    assert is_optimum(found, vectors, h)
    assert 2 in found.keys
    assert len(found.keys) <= 2


def test_there_is_no_end_where_vectors_oppose_each_other(new):
    """c (1, 0) + c (-1, 0) is nothing, and worth 2c, whatever c."""
    vectors = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])
    assert not new(2).solve(vectors, np.ones(3), 1e-10)
    triangle = np.array([[1.0, 0.0], [-0.5, 0.9], [-0.5, -0.9]])
    assert not new(2).solve(triangle, np.ones(3), 1e-10)


def test_it_gives_up_where_work_ends_or_the_sum_becomes_long(new):
    random = np.random.default_rng(3)
    vectors, wanted = random.normal(size=(40, 6)), random.normal(size=6)
    budget = Budget(1e4)
    assert not new(6).solve(vectors, vectors @ wanted, 1e-10, budget)
    assert 0.0 <= budget.left <= 1e4
    length = float(np.linalg.norm(solved(new, vectors, vectors @ wanted).sum()))
    assert not new(6).solve(vectors, vectors @ wanted, 1e-10, longest=0.5 * length)
    assert new(6).solve(vectors, vectors @ wanted, 1e-10, longest=2.0 * length)
    assert not new(2).solve(np.zeros((1, 2)), np.ones(1), 1e-10)  # nothing can be made of it
