"""Hints: over all gates and all locks, and against linear programming."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

import glassneuron as gn
from glassneuron.views.playground.hints import hint
from glassneuron.views.playground.tables import Tables

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
STARTS = ([0.0, 0.0, 0.0], [1.0, 1.0, -1.5], [0.4, -0.7, 0.2])


def ask(X, y, theta, locked, **more):
    return hint({"X": X, "y": list(y), "theta": list(theta), "locked": list(locked), **more}, Tables().find)


def right(X, y, theta):
    neuron = gn.Neuron(theta[:-1], theta[-1], "step")
    return [int(neuron.feedforward(row)) for row in X] == list(y)


def possible(X, y, theta, locked):
    """Brute force: fire rows demand z >= 0, silent ones z <= -1, in which a scale s >= 1 is free as well.

    z <= -s * tiny would do, too; the free parameters and s times the held ones make a cone, so that -1 loses nothing.
    """
    rows = np.column_stack([np.array(X, float), np.ones(len(X))])
    free = [j for j, held in enumerate(locked) if not held]
    fixed = rows @ np.where(locked, theta, 0.0)
    A = np.column_stack([rows[:, free], fixed])  # unknowns: the free parameters times s, and s
    sign = np.where(np.array(y) == 1, -1.0, 1.0)
    found = linprog(
        np.zeros(len(free) + 1), A_ub=A * sign[:, np.newaxis], b_ub=np.where(np.array(y) == 1, 0.0, -1.0),
        bounds=[(None, None)] * len(free) + [(1e-3, None)], method="highs",
    )  # fmt: skip
    return found.status == 0


def certificate_holds(X, y, theta, locked, certificate):
    """Check by hand: multipliers are positive, the free parameters cancel, and the total contradicts the demands."""
    exact = [Fraction(repr(float(v))) for v in theta]
    rows = [[Fraction(repr(float(v))) for v in row] + [Fraction(1)] for row in X]
    signed = [(i, -int(w)) for i, w in certificate["left"]] + [(i, int(w)) for i, w in certificate["right"]]
    assert signed
    assert all(y[i] == (1 if m > 0 else 0) for i, m in signed)
    sums = [sum(m * rows[i][j] for i, m in signed) for j in range(len(exact))]
    assert all(sums[j] == 0 for j in range(len(exact)) if not locked[j])
    total = sum(s * w for s, w in zip(sums, exact, strict=True))
    assert Fraction(certificate["exact"]) == total
    return total < 0 or (total == 0 and any(m < 0 for _, m in signed))


@pytest.mark.parametrize("locked", list(product((False, True), repeat=3)))
def test_all_gates_under_all_locks_are_as_linear_programming_says(locked):
    for y, theta in product(product((0, 1), repeat=4), STARTS):
        answer = ask(X, y, theta, locked)
        assert answer["possible"] == possible(X, y, theta, locked), (y, theta, locked)
        if answer["possible"]:
            solution = answer["theta"]
            assert right(X, y, solution)
            assert all(a == b for a, b, held in zip(solution, theta, locked, strict=True) if held)
            assert answer["certificate"] is None
            move = answer["move"]
            assert (move is None) == right(X, y, theta)
            if move:
                assert theta[move["parameter"]] == move["from"] != move["to"] == solution[move["parameter"]]
                assert move["way"] == ("up" if move["to"] > move["from"] else "down")
        else:
            assert certificate_holds(X, y, theta, locked, answer["certificate"])
            assert answer["theta"] is answer["move"] is None


def test_one_move_is_named_where_one_is_enough():
    for y, theta, locked in product(product((0, 1), repeat=4), STARTS, product((False, True), repeat=3)):
        free = [j for j in range(3) if not locked[j]]
        alone = [j for j in free if possible(X, y, theta, [k != j for k in range(3)])]
        answer = ask(X, y, theta, locked)
        if alone and not right(X, y, theta):
            moved = [j for j in free if answer["theta"][j] != theta[j]]
            assert len(moved) == 1
            assert answer["text"].startswith("Move ")
        elif answer["move"]:
            assert answer["text"].startswith("One move is not enough")


@pytest.mark.parametrize("seed", range(12))
def test_drawn_tables_are_as_linear_programming_says(seed):
    rng = np.random.default_rng(seed)
    rows, features = int(rng.integers(2, 14)), int(rng.integers(1, 7))
    table = rng.normal(size=(rows, features)).round(1).tolist()
    theta = rng.normal(size=features + 1).round(1).tolist()
    locked = (rng.random(features + 1) < 0.4).tolist()
    y = rng.integers(0, 2, rows).tolist()
    answer = ask(table, y, theta, locked)
    assert answer["possible"] == possible(table, y, theta, locked)
    if answer["possible"]:
        assert right(table, y, answer["theta"])
    else:
        assert certificate_holds(table, y, theta, locked, answer["certificate"])


def test_a_tie_counts_as_firing():
    """With w = 1 and the input 1 the bias has to be -1 or more; with the input 0.5 it has to be below -0.5."""
    assert ask([[1], [1]], [1, 1], [1, -2], [True, False])["theta"][1] >= -1
    answer = ask([[1], [-1]], [1, 1], [5, 0], [False, True])  # w >= 0 and -w >= 0
    assert answer["theta"] == [0.0, 0.0]


def test_names_are_said():
    answer = ask(X, [0, 1, 1, 1], [0, 0, -1], [False, False, True], names=["rain", "wind"])
    assert "the weight of rain" in answer["text"]


@pytest.mark.parametrize(
    ("more", "code", "named"),
    [
        ({"theta": [0, 0]}, "parameter", "theta"),
        ({"theta": ...}, "absent-field", "theta"),
        ({"locked": ...}, "absent-field", "locked"),
        ({"X": ...}, "absent-field", "X"),
        ({"locked": [0, 0, 0]}, "parameter", "locked"),
        ({"locked": [True]}, "parameter", "locked"),
        ({"y": [0, 1, 2, 1]}, "parameter", "y"),
        ({"classes": ["a", "b", "c"]}, "parameter", "classes"),
        ({"X": [[0] * 12] * 4}, "too-many", "theta"),
        ({"X": [[0, 1]] * 201, "y": [0] * 201}, "too-many", "X"),
    ],
)
def test_a_wrong_question_is_refused(refused, more, code, named):
    question = {"X": X, "y": [0, 1, 1, 1], "theta": [0, 0, 0], "locked": [False] * 3} | more
    with refused(code, named):
        hint({name: value for name, value in question.items() if value is not ...}, Tables().find)
