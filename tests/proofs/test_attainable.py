"""What a training could still reach: a value, not only a sentence."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest

from glassneuron.proofs import attainable as module
from glassneuron.proofs import questions
from glassneuron.proofs.attainable import Decider, attainable
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.certificates import Undecided
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable
from glassneuron.proofs.geometry.kesler import Kesler
from glassneuron.proofs.geometry.two_classes import TwoClasses
from glassneuron.proofs.many_classes import Jointly, jointly
from glassneuron.proofs.separability import two_classes

ROWS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
LINE = np.array([[0.0], [1.0], [2.0]])


@pytest.mark.parametrize(
    ("y", "can", "bound"),
    [([0, 1, 1, 0], False, None), ([0, 1, 1, 1], True, 27.0), ([0, 0, 0, 1], True, 51.0)],  # (R / gamma)^2, by hand
)
def test_one_neuron(y, can, bound):
    found = attainable(ExactTable(ROWS), np.array(y), np.array([1]), [0, 1], ROWS)
    assert found.attainable is can
    assert str(found) == found.why
    assert found.bound == (None if bound is None else pytest.approx(bound, rel=1e-9))
    ends = (
        "4 rows prove that no weights have every row right" if bound is None else f"at most {bound:.0f} mistakes in all"
    )
    assert found.why.endswith(ends)


def test_without_the_rows_that_were_learned_there_is_no_bound():
    found = attainable(ExactTable(ROWS), np.array([0, 1, 1, 1]), np.array([1]), [0, 1])
    assert (found.attainable, found.bound) == (True, None)


def test_three_neurons_each_against_the_rest_and_with_the_largest_sum():
    """The middle one of three classes on a line cannot be told from the rest, but it can have the largest sum."""
    each = attainable(ExactTable(LINE), np.arange(3), np.arange(3), "abc")
    assert each.attainable is False
    assert "b from the rest" in each.why
    assert attainable(ExactTable(LINE), np.arange(3), np.arange(3), "abc", largest_wins=True).attainable is True
    twice = np.vstack([LINE, LINE[:1]])
    found = attainable(ExactTable(twice), np.array([0, 1, 2, 1]), np.arange(3), "abc", largest_wins=True)
    assert found.attainable is False


def test_what_takes_long_is_left_undecided(monkeypatch):
    monkeypatch.setattr(module, "MOST_CELLS_JOINTLY", 1)
    found = attainable(ExactTable(LINE), np.arange(3), np.arange(3), "abc", largest_wins=True)
    assert found.attainable is None
    assert "no neuron can tell b from the rest" in found.why


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_a_budget_of_work_ends_in_an_honest_undecided(share):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 10))
    y = (X[:, 0] > 0) ^ (rng.random(300) < share)
    whole = two_classes(TwoClassTable(ExactTable(X), y))
    for work in (0.0, 1e5, 1e6, 1e7, 1e9):
        budget = Budget(work)
        found = two_classes(TwoClassTable(ExactTable(X), y), budget)
        assert 0.0 <= budget.left <= work
        assert found.separable in (None, whole.separable)
        assert found.check() is (found.separable is not None)
        if found.separable is None:
            assert found.likely in (None, whole.separable)
        again = attainable(ExactTable(X), y.astype(int), np.array([1]), [0, 1], budget=Budget(work))
        assert again.attainable in (found.separable, whole.separable)  # told in passing, it takes less work
    assert found.separable is whole.separable


def test_each_neuron_in_question_is_decided_on_its_own():
    decide = Decider(ExactTable(LINE), np.arange(3), np.arange(3), "abc")
    assert decide(1e9, np.array([1])).attainable is False
    assert decide(1e9, np.array([1, 2])).attainable is False  # c can be told from the rest, but no epoch will be clean
    assert decide(1e9, np.array([0, 2])).attainable is True
    assert decide(0.0, np.array([1, 2])).attainable is None
    assert Decider(ExactTable(LINE), np.arange(3), np.arange(3), "abc", True)(1e9, np.arange(3)).attainable is True


def test_a_large_table_is_decided_by_few_of_its_rows_where_those_contradict_each_other():
    """A fifth of the labels is flipped: some rows are enough to tell, with work that one look at all does not allow."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400_000, 5))
    clean, flipped = X[:, 0] > 0, (X[:, 0] > 0) ^ (rng.random(len(X)) < 0.2)
    table, work = ExactTable(X), 3.9e6
    assert work < 2 * X.size
    found = Decider(table, flipped.astype(int), np.array([1]), [0, 1])(work, np.arange(1))
    assert found.attainable is False
    assert int(found.why.split()[3]) <= X.shape[1] + 2  # Kirchberger (1903)
    assert Decider(table, clean.astype(int), np.array([1]), [0, 1])(work, np.arange(1)).attainable is None
    assert Decider(table, clean.astype(int), np.array([1]), [0, 1])(1e9, np.arange(1)).attainable is True


@pytest.mark.parametrize(
    ("share", "hope", "asked"),
    [
        (0.2, 0.0, [120]), (0.2, 0.3, [1000]), (0.2, 0.9, [9000]),
        (0.0, 0.0, [120, 1000, 9000]), (0.0, 0.3, [1000, 9000]), (0.0, 0.9, [9000]),
    ],
)  # fmt: skip
def test_the_less_hope_the_fewer_rows_are_asked_first(monkeypatch, share, hope, asked):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(9000, 2))
    w = np.array([1.0, -2.0, 0.3])
    y = ((X @ w[:-1] + w[-1] > 0) ^ (rng.random(len(X)) < share)).astype(int)
    sizes, in_passing = [], questions.in_passing

    def noted(data, *question, **more):
        sizes.append(len(data.second))
        return in_passing(data, *question, **more)

    monkeypatch.setattr(questions, "in_passing", noted)
    found = Decider(ExactTable(X), y, np.array([1]), [0, 1])(1e9, np.arange(1), w[np.newaxis], hope)
    assert found.attainable is (share == 0.0)
    assert sizes == pytest.approx(asked, rel=0.1)  # evenly spread rows of either class, about so many
    if share:
        sizes.clear()
        mixed = ExactTable(np.column_stack([X, X @ [[0.3], [0.7]]]))  # but for rounding: not proven, and yet believed
        found = Decider(mixed, y, np.array([1]), [0, 1])(1.5e6, np.arange(1), np.insert(w, 2, 0.0)[np.newaxis], hope)
        assert (found.attainable, found.likely) == (None, False)
        assert sizes == pytest.approx(asked, rel=0.1)


@pytest.mark.parametrize(
    ("rows", "hope", "only_refute", "hopeful"),
    [(600, 0.0, False, False), (600, 0.3, False, False), (600, 1.0, False, True), (30_000, 0.3, False, True),
     (30_000, 0.3, True, False), (30_000, 0.0, False, False)],
)  # fmt: skip
def test_a_boundary_beside_the_known_one_is_looked_for_where_nothing_else_is_sooner(
    monkeypatch, rows, hope, only_refute, hopeful
):
    told = []

    def noted(data, *question, **how):
        if len(data.second) == rows:
            told.append(how["hopeful"])
        return Undecided("it is not known", data)

    monkeypatch.setattr(questions, "in_passing", noted)
    X = np.random.default_rng(0).normal(size=(rows, 5))
    data = TwoClassTable(ExactTable(X), X[:, 0] > 0.0)
    questions.asked(data, Budget(1e9), np.ones(6), hope, only_refute=only_refute)
    assert told == [hopeful]


def test_few_mistakes_make_a_look_cheaper():
    """A boundary that has few rows wrong is moved by few of them, however many unknowns it has."""
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(800, 30)), rng.normal(size=(9, 30))
    codes, near = (X @ W.T).argmax(axis=1), np.column_stack([W + 0.02 * rng.normal(size=W.shape), np.zeros(9)])
    wrong = np.count_nonzero((X @ near[:, :-1].T).argmax(axis=1) != codes)
    assert 5 < wrong < 40
    decide, none = Decider(ExactTable(X), codes, np.arange(9), list("abcdefghi"), True), np.zeros(0, int)
    assert decide(5e6, none, near, True).attainable is None
    assert decide(5e6, none, near, True, wrong).attainable is True
    kept = codes < 8
    less = Decider(ExactTable(X[kept]), codes[kept], np.arange(9), list("abcdefghi"), True)
    assert less(1.2e7, none, near, True, wrong).attainable is None  # of the last class no row is there


def test_columns_that_are_mixtures_of_others_are_no_reason_to_compute_for_long_in_passing():
    """Rounded, such columns depend on each other only nearly: what meets in floats does not exactly."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(900, 18))
    X = np.column_stack([X, X @ rng.normal(size=(18, 3))])
    y = (X[:, 0] > 0) ^ (rng.random(900) < 0.2)
    budget = Budget(5e7)
    found = attainable(ExactTable(X), y.astype(int), np.array([1]), [0, 1], budget=budget)
    assert (found.attainable, found.likely) == (None, False)  # the exact simplex method would say no, much later


@pytest.mark.parametrize("classes", [2, 4])
def test_weights_that_are_nearly_right_shorten_the_search(monkeypatch, classes):
    """The rows nearest to their boundary are among the first that are looked at, and decide."""
    rng = np.random.default_rng(0)
    units = 10.0 ** np.arange(-3, 3)
    X, W = rng.normal(size=(30_000, 6)) * units, rng.normal(size=(classes, 6)) / units
    codes = (X @ W.T).argmax(axis=1)
    near = np.column_stack([W, np.zeros(classes)]) if classes > 2 else np.append(W[1] - W[0], 0.0)[np.newaxis]
    fires_for, looks = np.arange(classes) if classes > 2 else np.array([1]), []
    kind = Kesler if classes > 2 else TwoClasses
    violated = kind.violated

    def looking(self, v, known):
        looks.append(self)
        return violated(self, v, known)

    monkeypatch.setattr(kind, "violated", looking)
    counts = []
    for start in (None, near * (1.0 + 1e-3 * rng.normal(size=near.shape))):
        looks.clear()
        found = Decider(ExactTable(X), codes, fires_for, list(range(classes)), True)(1e12, np.zeros(0, int), start)
        assert found.attainable is True
        sums = X @ found.weights[:, :-1].T + found.weights[:, -1]
        assert ((sums.argmax(axis=1) if classes > 2 else sums[:, 0] > 0.0) == codes).all()
        counts.append(len(looks))
    assert counts[1] < counts[0]


def test_weights_that_only_floats_have_found_are_told_as_such():
    rng = np.random.default_rng(0)
    X = 1e12 + rng.normal(size=(2000, 15))  # so far from 0 that sums may be off by more than the margin
    y = (X - 1e12) @ rng.normal(size=15) > 0
    whole = Budget(1e12)
    assert attainable(ExactTable(X), y.astype(int), np.array([1]), [0, 1], budget=whole).attainable is True
    for work in np.linspace(0.0, 1e12 - whole.left, 20):
        found = attainable(ExactTable(X), y.astype(int), np.array([1]), [0, 1], budget=Budget(work))
        if found.likely:
            assert ((X @ found.weights[0, :-1] + found.weights[0, -1] > 0) == y).all()
            return
    pytest.fail("floats never came to an end before exact arithmetic")


def test_a_table_with_a_contradiction_has_no_weights():
    found = attainable(ExactTable(ROWS), np.array([0, 1, 1, 0]), np.array([1]), [0, 1], budget=Budget(1e9))
    assert (found.attainable, found.weights) == (False, None)


@pytest.mark.parametrize("classes", [2, 3])
def test_a_boundary_beyond_all_bounds_is_no_reason_to_warn(classes):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2)) * 1e200
    codes = (X @ rng.normal(size=(2, classes))).argmax(axis=1)
    fires_for = np.arange(classes) if classes > 2 else np.array([1])
    for near in (np.full((len(fires_for), 3), 1e300), np.full((len(fires_for), 3), np.nan)):
        decide = Decider(ExactTable(X), codes, fires_for, list(range(classes)), True)
        assert decide(1e12, np.zeros(0, int), near).attainable is True


def test_weights_that_are_only_believed_stand_in_no_certificate():
    believed = Jointly(None, ((Fraction(1), Fraction(0)),) * 3, (), ExactTable(LINE), np.arange(3), likely=True)
    assert believed.to_dict()["weights"] == []
    assert not believed.check()


def of_three(seed, rows=60):
    """Rows of three classes, half of the time of whole numbers, and weights that roughly tell them apart."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 2 + seed % 3))
    X = np.round(2 * X) if seed % 2 else X
    near = rng.normal(size=(3, X.shape[1] + 1))
    y = (X @ near[:, :-1].T + near[:, -1]).argmax(axis=1)
    wrong = rng.random(rows) < (0.0, 0.02, 0.1)[seed // 2 % 3]
    y[wrong] = rng.integers(0, 3, int(wrong.sum()))
    return X, y, near + 0.05 * rng.normal(size=near.shape)


def test_what_is_decided_of_three_classes_in_passing_is_so_in_exact_arithmetic():
    told = []
    for seed in range(60):
        X, y, near = of_three(seed)
        if len(set(y.tolist())) < 3:
            continue
        exact = attainable(ExactTable(X), y, np.arange(3), "abc", largest_wins=True).attainable
        passing = attainable(
            ExactTable(X),
            y,
            np.arange(3),
            "abc",
            largest_wins=True,
            budget=Budget(),
            near=near,
            hope=float(seed % 5 == 0),
        )
        assert passing.attainable in (exact, None)
        if passing.attainable:
            sums = X @ passing.weights[:, :-1].T + passing.weights[:, -1]
            assert (sums.argmax(axis=1) == y).all()
        told.append(passing.attainable)
    assert told.count(True) >= 10
    assert told.count(False) >= 10
    assert told.count(None) <= 5


def test_classes_are_refuted_by_the_two_that_are_taken_for_each_other_and_it_is_said_which():
    X, y, near = of_three(4, rows=300)
    noisy = {"largest_wins": True, "near": near, "hope": 0.0}
    found = attainable(ExactTable(X), y, np.arange(3), "abc", budget=Budget(), **noisy)
    said = re.fullmatch(r"no neuron can: (\d+) rows prove that no weights tell (\w) from (\w) in every row", found.why)
    assert int(said[1]) == X.shape[1] + 2
    pair = ["abc".index(said[k]) for k in (2, 3)]
    few = np.isin(y, pair)
    assert two_classes(TwoClassTable(ExactTable(X[few]), y[few] == pair[1])).separable is False


def test_the_two_are_asked_only_where_mistakes_are_many_beside_unknowns_and_rows(monkeypatch):
    X, _, near = of_three(0, rows=400)
    asked = []
    monkeypatch.setattr(questions, "asked", lambda *_, **__: asked.append(1))

    def asks(mistakes, of_class, work=math.inf, *, hope=0.0):
        y = (X @ near[:, :-1].T + near[:, -1]).argmax(axis=1)
        few = np.concatenate([np.flatnonzero(y == 0)[: of_class - mistakes], np.flatnonzero(y > 0)])
        y[np.flatnonzero(y == 0)[:mistakes]] = 1
        few = few[np.isin(y[few], [0, 2]) | (np.cumsum(y[few] == 1) <= of_class)]
        asked.clear()
        how = {"largest_wins": True, "near": near, "hope": hope}
        attainable(ExactTable(X[few]), y[few], np.arange(3), "abc", budget=Budget(work), **how)
        return bool(asked)

    assert [asks(mistakes, 20) for mistakes in (0, 1, 2)] == [False, False, True]  # of three unknowns and 40 rows
    assert [asks(mistakes, 100) for mistakes in (2, 5, 6, 8)] == [False, False, True, True]  # of 200 rows
    assert [asks(mistakes, 100, hope=0.3) for mistakes in (0, 1)] == [False, True]  # one label may be wrong
    assert [asks(mistakes, 100, hope=1.0) for mistakes in (6, 7, 8)] == [False, False, True]  # all can be asked
    monkeypatch.setattr(questions, "worth_a_look", lambda *_: False)
    assert [asks(mistakes, 100, 2e6, hope=1.0) for mistakes in (5, 6)] == [False, True]  # there is no time for it


@pytest.mark.parametrize("seed", range(8))
def test_constraints_of_many_classes_contradict_for_sure_where_they_do(seed):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(200, 3)), rng.integers(0, 4, 200)
    passing = jointly(ExactTable(X), y, [], {}, Budget())
    assert passing.separable is False
    assert not passing.parts  # floats alone prove it
    exact = jointly(ExactTable(X), y, [], {})
    assert exact.separable is False
    assert exact.check()


@pytest.mark.parametrize("gap", [2.0**-52, 2.0**-45])
def test_a_gap_that_floats_take_for_none_is_no_contradiction(gap):
    X, y = np.array([[0.0], [1.0], [1.0 + gap], [2.0]]), np.array([0, 1, 2, 2])
    assert jointly(ExactTable(X), y, [], {}).separable is True
    assert jointly(ExactTable(X), y, [], {}, Budget()).separable is True


def test_what_floats_believe_of_two_classes_is_believed_of_all():
    """Columns depend on each other but for rounding, and few labels are wrong."""
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(900, 5)), 3.0 * rng.normal(size=(3, 5))
    y, wrong = (X @ W.T).argmax(axis=1), rng.random(900) < 0.02
    y[wrong] = rng.integers(0, 3, wrong.sum())
    X, near = np.column_stack([X, X @ rng.normal(size=(5, 2))]), np.column_stack([W, np.zeros((3, 3))])
    found = Decider(ExactTable(X), y, np.arange(3), "abc", largest_wins=True)(3e6, np.arange(3), near, 0.3)
    assert (found.attainable, found.likely) == (None, False)
    assert str(found) == "no neuron can, it seems, which is not proven"


@pytest.mark.parametrize(("hope", "left"), [(0.0, 0.0), (0.3, 0.3), (1.0, 0.0)])
def test_the_two_are_asked_with_the_boundary_between_them(monkeypatch, hope, left):
    """That all classes can be told apart is hoped: what is asked of the two is to be refused."""
    X, y, near = of_three(4, rows=300)
    asked = []
    monkeypatch.setattr(questions, "asked", lambda pair, budget, *more, **_: asked.append((pair, *more)))
    attainable(ExactTable(X), y, np.arange(3), "abc", budget=Budget(), largest_wins=True, near=near, hope=hope)
    ((pair, boundary, told),) = asked
    fires = pair.rows.floats @ boundary[:-1] + boundary[-1] > 0.0
    assert (fires == pair.second).mean() > 0.7
    assert told == left


def test_of_few_rows_all_constraints_are_looked_at_and_what_is_not_known_is_violated():
    X, y, near = of_three(0)
    few = Kesler(X, y, near)
    keys, wrong = few.close
    assert few.few
    assert keys.tolist() == [3 * row + other for row in range(60) for other in range(3) if other != y[row]]
    assert wrong == ((X @ near[:, :-1].T + near[:, -1]).argmax(axis=1) != y).mean()
    boundary = -few.known()
    violated = few.violated(boundary, keys[:20])
    assert len(violated) > 0
    assert not set(violated.tolist()) & set(keys[:20].tolist())
    assert not len(few.violated(boundary, keys))


def test_weights_in_units_of_the_columns_are_those_without_rounding():
    X, y, _ = of_three(2)
    constraints = Kesler(X * [1e3, 1e-3, 1.0, 7.0] + [5.0, 0.0, -2.0, 1.0], y)
    v = np.random.default_rng(0).normal(size=3 * 5)
    exact = np.array([[float(w) for w in row] for row in constraints.unscaled(v)])
    np.testing.assert_allclose(constraints.in_units(v), exact, rtol=1e-12, atol=1e-12)
