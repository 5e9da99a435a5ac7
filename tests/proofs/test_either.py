"""Few rows of two classes: whatever is said has to be what exact arithmetic says, and it should mostly be said."""

from fractions import Fraction

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.proofs import separability as module
from glassneuron.proofs.attainable import Decider
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable
from glassneuron.proofs.geometry.either import Either, either
from glassneuron.proofs.geometry.verified import cancel_in_whole_numbers
from glassneuron.proofs.separability import Boundary, Contradiction, in_passing, two_classes


def drawn(kind, rows, features, noise, random):
    X = random.normal(size=(rows, features))
    second = X @ random.normal(size=features) + noise * random.normal(size=rows) > 0.0
    if kind == "whole":
        X = np.round(2.0 * X)
    elif kind == "binary":
        X = (X > 0.0).astype(np.float64)
    elif kind == "far":
        X = X * 10.0 ** random.uniform(-6, 6, features) + 1e3
    elif kind == "single":
        X = X.astype(np.float32)
    second[:2] = False, True
    return X, second


@pytest.mark.parametrize("noise", [0.0, 0.3, 2.0])
@pytest.mark.parametrize("kind", ["normal", "whole", "binary", "far", "single"])
def test_it_says_what_exact_arithmetic_says(kind, noise):
    random = np.random.default_rng(0)
    told = 0
    for _ in range(40):
        X, second = drawn(kind, int(random.integers(4, 40)), int(random.integers(1, 6)), noise, random)
        rows, boundary, meet = either(X, second, Budget())
        assert meet is None or two_classes(TwoClassTable(ExactTable(X), second)).separable is False
        verdict = two_classes(TwoClassTable(ExactTable(X), second))
        assert rows is None or boundary is None
        told += rows is not None or boundary is not None
        if rows is not None:
            assert verdict.separable is False
            assert two_classes(TwoClassTable(ExactTable(X[rows]), second[rows])).separable is False
        if boundary is not None:
            assert verdict.separable
            *w, b = map(Fraction, boundary.tolist())
            sums = [sum(wj * Fraction(xj) for wj, xj in zip(w, x, strict=True)) + b for x in X.tolist()]
            assert [z > 0 for z in sums] == second.tolist()
            assert all(sums)
    assert told >= (30 if kind == "far" else 36)  # far from 0, floats lose digits


def test_a_training_is_told_without_a_search(monkeypatch):
    monkeypatch.setattr("glassneuron.proofs.separability.search", lambda *_, **__: pytest.fail("searched"))
    monkeypatch.setattr("glassneuron.proofs.separability._proven", lambda *_: pytest.fail("Fractions"))
    square = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    for labels, kind in ([0, 1, 1, 0], Contradiction), ([0, 1, 1, 1], Boundary):
        data = TwoClassTable(ExactTable(np.concatenate([square, square])), np.array(2 * labels) == 1)
        assert type(in_passing(data, Budget(), only_refute=True)) is kind
        assert type(in_passing(data, Budget())) is kind
    one = TwoClassTable(ExactTable(np.array([[1.0], [2.0], [2.0]])), np.array([False, True, False]))
    assert in_passing(one, Budget()).indices == (1, 2)


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-5])
def test_a_boundary_between_classes_that_nearly_touch_is_told(gap):
    random = np.random.default_rng(0)
    X, second = drawn("normal", 400, 6, 0.0, random)
    w = random.normal(size=6)
    w /= np.linalg.norm(w)
    X += np.outer(np.where(second, gap, -gap) * random.uniform(1, 4, 400) - X @ w, w)
    assert either(X, second, Budget()).boundary is not None


@pytest.mark.parametrize("features", [1, 3])
@pytest.mark.parametrize("gap", [1e-9, 1e-12, 2.0**-45])
def test_a_gap_that_floats_take_for_none_is_looked_at_in_exact_arithmetic(gap, features):
    random = np.random.default_rng(0)
    X, second = np.append(random.random((398, features)), np.ones((2, features)), axis=0), np.arange(400) % 2 == 1
    X[second, 0] += 1.0
    X[-1, 0] = 1.0 + gap
    found = Decider(ExactTable(X), second.astype(int), np.array([1]), [0, 1])(1e8, np.arange(1))
    assert found.attainable
    assert gap < 1e-10 or either(X, second, Budget()).meet is None
    assert gap > 1e-10 or either(X, second, Budget()).meet is not None
    assert features > 1 or gn.Perceptron(random_state=0).fit(X, second).score(X, second) == 1.0


def test_the_last_row_of_a_contradiction_is_found_however_little_it_adds():
    """Without it, the sum of 31 rows comes to a billionth."""
    random = np.random.default_rng(130)
    X = random.normal(size=(700, 30))
    second = (X @ random.normal(size=30) > 0.0) ^ (random.random(700) < 0.05)
    assert len(either(X, second, Budget()).rows) == 32


def test_columns_that_are_sums_of_others_leave_a_proof():
    """One column for each value of a text: beside a bias, each is what the others leave."""
    random = np.random.default_rng(4)
    X, second = drawn("normal", 300, 5, 2.0, random)
    X = np.column_stack([X, np.eye(4)[random.integers(4, size=300)], np.eye(3)[random.integers(3, size=300)]])
    rows, _, _ = either(X, second, Budget())
    assert len(rows) <= X.shape[1]  # two fewer than of independent columns
    assert two_classes(TwoClassTable(ExactTable(X[rows]), second[rows])).separable is False


def test_columns_that_depend_on_each_other_but_for_rounding_leave_a_belief(monkeypatch):
    random = np.random.default_rng(5)
    X, second = drawn("normal", 300, 5, 2.0, random)
    X = np.column_stack([X, X[:, :2] @ random.normal(size=(2, 2))])
    rows, boundary, meet = either(X, second, Budget())
    assert rows is boundary is None
    assert len(meet) < X.shape[1] + 2
    decide = Decider(ExactTable(X), second.astype(int), np.array([1]), [0, 1])
    with monkeypatch.context() as patch:
        patch.setattr(module, "search", lambda *_, **__: pytest.fail("searched"))
        patch.setattr(module, "_proven", lambda *_, **__: pytest.fail("Fractions"))
        found = decide(3e6, np.arange(1))
    assert (found.attainable, found.likely) == (None, False)
    assert decide(1e9, np.arange(1)).attainable is False  # in exact arithmetic, with other rows
    assert str(found) == "no neuron can, it seems, which is not proven"


def test_a_boundary_is_told_only_where_floats_prove_it(monkeypatch):
    X, second = np.arange(6.0)[:, np.newaxis], np.arange(6) > 2
    assert either(X, second, Budget()).boundary is not None
    monkeypatch.setattr("glassneuron.proofs.geometry.either.surely_right", lambda *_: False)
    assert either(X, second, Budget()) == Either()


def test_numbers_at_the_end_of_what_floats_hold_are_no_reason_to_fail():
    X = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]) * 1.5e308
    for second in ([0, 1, 0, 1], [0, 0, 1, 1]):
        rows, boundary, _ = either(X, np.array(second) == 1, Budget())
        assert rows is None or two_classes(TwoClassTable(ExactTable(X), np.array(second) == 1)).separable is False
        assert boundary is None or np.isfinite(boundary).all()


def test_it_gives_up_where_work_ends():
    X, second = drawn("normal", 40, 3, 0.3, np.random.default_rng(1))
    assert either(X, second, Budget(1e4)) == Either()
    rows, _, meet = either(X, second, Budget(1e5))
    assert rows is None
    assert len(meet) == 5  # which a proof would take longer to show


@pytest.mark.parametrize(
    ("vectors", "coefficients", "cancel"),
    [
        ([[0.1, 0.3], [-0.1, -0.3]], [1.0, 1.0], True),  # each once: no product is rounded
        ([[0.1], [0.2], [-0.3]], [1.0, 1.0, 1.0], False),  # as floats they do not
        ([[3.0], [-2.0]], [0.4, 0.6], True),
        ([[3.0], [-2.0]], [0.4, 0.61], False),
        ([[0.5], [-0.25]], [0.1, 0.2], False),  # they do, but it is not proven
        ([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], False),
        ([[2.0**53 + 2.0], [-(2.0**53) - 2.0]], [1.0, 1.0], True),
        ([[3.0 * 2.0**53], [-(2.0**54 + 2.0**53)]], [1.0, 1.0], True),
        ([[2.0**52 + 1.0], [-(1.5 * 2.0**52 + 2.0)]], [0.3, 0.2], False),  # three times the first is rounded to a tie
        ([[1.5e308], [1.5e308], [-1.5e308], [-1.5e308]], [1.0, 1.0, 1.0, 1.0], False),  # a sum on the way is no float
        ([], [], False),
    ],
)
def test_whole_numbers_prove_that_vectors_cancel(vectors, coefficients, cancel):
    vectors = np.array(vectors).reshape(len(coefficients), -1) if vectors else np.empty((0, 2))
    assert cancel_in_whole_numbers(vectors, np.array(coefficients)) == cancel


@pytest.mark.parametrize(("hopeful", "told"), [(True, True), (False, False)])
def test_where_there_is_hope_few_rows_are_asked_about_with_little_work(hopeful, told):
    X, second = drawn("normal", 60, 4, 0.0, np.random.default_rng(2))
    near = np.ones((1, 5))
    found = Decider(ExactTable(X), second.astype(int), np.array([1]), [0, 1])(1e6, np.arange(1), near, hopeful)
    assert (found.attainable is not None) == told
    less = Decider(ExactTable(X), second.astype(int), np.array([1]), [0, 1])(4e5, np.arange(1), near, hopeful)
    assert less.attainable is None


@pytest.mark.parametrize(
    ("rows", "features", "hopeful", "who"),
    [
        (60, 4, True, ["at once", "beside"]),
        (60, 20, True, ["beside", "at once"]),  # of many unknowns, where there is hope, few rows move the boundary
        (60, 20, False, ["at once"]),
        (50_000, 4, True, ["beside"]),
    ],
)
def test_who_decides(monkeypatch, rows, features, hopeful, who):
    asked = []
    monkeypatch.setattr(module, "either", lambda *_: asked.append("at once") or Either())
    monkeypatch.setattr(module, "beside", lambda *_: asked.append("beside"))
    monkeypatch.setattr(module, "search", lambda *_, **__: pytest.fail("searched"))
    monkeypatch.setattr(module, "worth_a_try", lambda *_: False)
    X, second = drawn("normal", rows, features, 0.0, np.random.default_rng(3))
    in_passing(TwoClassTable(ExactTable(X), second), Budget(1e9), np.ones(features + 1), hopeful=hopeful)
    assert asked == who
    asked.clear()
    as_written = TwoClassTable(ExactTable(X[:200], decimal=True), second[:200])  # of which floats prove nothing
    in_passing(as_written, Budget(1e9), np.ones(features + 1), hopeful=hopeful)
    assert asked == ["beside"] * hopeful
