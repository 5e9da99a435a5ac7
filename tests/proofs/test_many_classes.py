"""More than two classes, decided jointly."""

import itertools

import numpy as np
import pytest
from scipy.optimize import linprog

from glassneuron import separability
from glassneuron.proofs import many_classes as module
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.exact.table import ExactTable


def kesler(X, y, classes):
    """Ask one linear program for neurons whose own sum exceeds every other by 1 at least."""
    conditions = []
    for row, own in zip(np.column_stack([X, np.ones(len(X))]), y, strict=True):
        for other in set(range(classes)) - {int(own)}:
            blocks = np.zeros((classes, len(row)))
            blocks[own], blocks[other] = row, -row
            conditions.append(blocks.ravel())
    found = linprog(
        np.zeros(len(conditions[0])), A_ub=-np.array(conditions), b_ub=-np.ones(len(conditions)), bounds=(None, None)
    )
    return found.status == 0


def test_joint_verdicts_are_those_of_a_linear_program():
    ways = set()
    for seed in range(300):
        random = np.random.default_rng(seed)
        X = random.integers(-3, 4, (9, 2)).astype(float)
        y = np.arange(9) % 3
        verdict = separability(X, y)
        assert verdict.check()
        assert verdict.separable == kesler(X, y, 3)
        pairs = all(v.separable for v in verdict.pairs.values())
        rest = all(v.separable for v in verdict.one_against_rest.values())
        ways.add((pairs, rest, verdict.separable))
    assert ways == {(False, False, False), (True, False, True), (True, True, True)}


def test_classes_that_are_separable_two_by_two_and_not_jointly():
    """Rows p, q of class 0, r, s of class 1 and t, u of class 2 with p + q = r + t, r + s = p + u and t + u = q + s.

    With sums A, B and C of the three neurons, each row's own the largest: A(p) > B(p), B(r) > A(r), A(q) > C(q),
    C(t) > A(t), B(s) > C(s), C(u) > B(u). Added up, the left is A(p + q) + B(r + s) + C(t + u) and so is the right.
    """
    p, q, r, s = (-3, 0, 2), (0, -2, -1), (0, 1, 0), (0, 1, 2)
    t, u = (-3, -3, 1), (3, 2, 0)
    verdict = separability(np.array([p, q, r, s, t, u]), [0, 0, 1, 1, 2, 2])
    assert all(v.separable for v in verdict.pairs.values())
    assert verdict.separable is False
    assert verdict.check()
    assert sorted(verdict.joint.parts) == [(0, 1, 1), (1, 2, 1), (2, 0, 1), (3, 2, 1), (4, 0, 1), (5, 1, 1)]


def test_where_the_nearest_mean_is_wrong_the_search_goes_on():
    """On a line, the mean of a wide class is far from its edge."""
    X = np.array([[-100.0], [-1.0], [0.0], [1.0], [50.0]])
    verdict = separability(X, [0, 0, 1, 2, 2])
    assert verdict.separable
    assert verdict.check()
    assert not verdict.one_against_rest[1].separable


@pytest.mark.parametrize("classes", [3, 20])
def test_many_classes_are_told_in_few_lines(classes):
    angles = np.arange(classes) * 2 * np.pi / classes
    X = np.column_stack([np.cos(angles), np.sin(angles)])
    text = str(separability(X, range(classes)).explain())
    assert text.startswith("all classes jointly, one neuron each, the largest sum wins: separable")
    assert ("190 pairs: separable" in text) == (classes == 20)
    assert len(text.splitlines()) == 1 + classes + (3 if classes == 3 else 1)
    random = np.random.default_rng(0).normal(size=(400, 1))
    noisy = separability(random, np.arange(400) % classes)
    assert noisy.check()
    assert len(str(noisy.explain()).splitlines()) < 90


def test_words_and_numbers_as_labels():
    X = [[float(k)] for k in range(4)]
    for labels in (["a", "b", "c", "d"], [7, 8, 9, 10], [0.5, 1.5, 2.5, 3.5]):
        verdict = separability(X, labels)
        assert list(verdict.one_against_rest) == labels
        assert list(verdict.pairs) == list(itertools.combinations(labels, 2))
        assert str(labels[1]) in str(verdict.explain())


def test_a_lead_is_sure_only_beyond_what_rounding_may_take_from_it():
    table, codes = ExactTable(np.array([[1.0], [-1.0]])), np.array([0, 1])
    for lead, sure in (0.1, True), (2.0**-52, False), (0.0, False):
        W = np.array([[1.0 + lead, 0.0], [1.0, 0.0]])
        assert [ahead.tolist() for _, ahead in module._surely_ahead(table, codes, W)] == [[sure, sure]]


def test_where_weights_are_known_means_are_not_asked(monkeypatch):
    monkeypatch.setattr(module.Kesler, "nearest_means", lambda *_: pytest.fail("asked"))
    X, codes = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), np.arange(3)
    near = np.array([[-1.0, -1.0, 0.5], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    assert module.jointly(ExactTable(X), codes, [], {}, Budget(), near, hopeful=True).separable
