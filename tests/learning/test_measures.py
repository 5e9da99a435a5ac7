"""Measures against scikit-learn's, and their intervals against mathematics."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn import metrics as theirs
from sklearn.dummy import DummyClassifier, DummyRegressor

from glassneuron.learning.measures import intervals
from glassneuron.learning.measures.classes import balanced_accuracy, confusion, of_each_class
from glassneuron.learning.measures.intervals import bootstrap, mean_of_shares, wilson
from glassneuron.learning.measures.measure import ClassAnswers, measures_of_classes, measures_of_numbers
from glassneuron.learning.measures.numbers import mean
from glassneuron.learning.measures.ranking import Ranking, mean_of
from glassneuron.learning.split import split


def answered(classes, rows, *, tied, absent=None, seed=0):
    """Targets, and probabilities that have something to do with them."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, rows)
    if absent is not None:
        y[y == absent] = (absent + 1) % classes
    p = rng.dirichlet(np.ones(classes), rows) + 0.3 * np.eye(classes)[y]
    p = p.round(1) + 1e-3 if tied else p
    return y, p / p.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("classes", [2, 3, 26])
def test_measures_of_classes_are_those_of_scikit_learn(classes, tied, weighted):
    y, p = answered(classes, 400, tied=tied)
    weight = np.random.default_rng(1).uniform(0.1, 3.0, len(y)) if weighted else None
    learned = np.random.default_rng(2).integers(0, classes, 90)
    shares = np.bincount(learned, minlength=classes) / len(learned)
    found = measures_of_classes(ClassAnswers(y, p.argmax(axis=1), shares, p, weight=weight), bounds=False)
    dummy = DummyClassifier(strategy="prior").fit(np.zeros((len(learned), 1)), learned)
    blind = np.zeros((len(y), classes))
    blind[:, dummy.classes_] = dummy.predict_proba(np.zeros((len(y), 1)))
    always = np.full(len(y), int(dummy.predict(np.zeros((1, 1)))[0]))
    for given, answers, of in ((p, p.argmax(axis=1), "value"), (blind, always, "baseline")):
        second = given if classes > 2 else given[:, 1]
        weights = {"sample_weight": weight}
        expected = {
            "accuracy": theirs.accuracy_score(y, answers, **weights),
            "balanced_accuracy": theirs.balanced_accuracy_score(y, answers, **weights),
            "log_loss": theirs.log_loss(y, given, labels=range(classes), **weights),
            "brier_score": theirs.brier_score_loss(y, second, labels=range(classes), **weights),
            "roc_auc": theirs.roc_auc_score(y, second, multi_class="ovr", **weights),
            "average_precision": theirs.average_precision_score(y, second, **weights),
        }
        assert {each.name: getattr(each, of) for each in found} == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("classes", [2, 5])
def test_sums_rank_where_there_are_no_probabilities(classes):
    y, p = answered(classes, 200, tied=False)
    sums = p[:, 1] - 0.5 if classes == 2 else p - 0.3
    found = measures_of_classes(ClassAnswers(y, p.argmax(axis=1), np.full(classes, 1 / classes), None, sums))
    assert [each.name for each in found] == ["accuracy", "balanced_accuracy", "roc_auc", "average_precision"]
    binary = np.eye(classes)[y]
    expected = theirs.roc_auc_score(y, sums) if classes == 2 else theirs.roc_auc_score(binary, sums, average="macro")
    assert found[2].value == pytest.approx(expected, rel=1e-12)


def test_a_class_that_is_not_among_the_rows_is_left_out_of_means():
    y, p = answered(4, 300, tied=False, absent=2)
    found = {
        each.name: each.value
        for each in measures_of_classes(ClassAnswers(y, p.argmax(axis=1), np.full(4, 0.25), p), bounds=False)
    }
    there = [0, 1, 3]
    binary = np.eye(4)[y][:, there]
    assert found["roc_auc"] == pytest.approx(theirs.roc_auc_score(binary, p[:, there]), rel=1e-12)
    assert found["average_precision"] == pytest.approx(theirs.average_precision_score(binary, p[:, there]), rel=1e-12)
    recalls = theirs.recall_score(y, p.argmax(axis=1), labels=there, average=None)
    assert found["balanced_accuracy"] == pytest.approx(recalls.mean(), rel=1e-12)
    alone = measures_of_classes(ClassAnswers(np.zeros(3, int), np.zeros(3, int), np.array([0.5, 0.5]), p[:3, :2]))
    assert [each.name for each in alone] == ["accuracy", "balanced_accuracy", "log_loss", "brier_score"]


@pytest.mark.parametrize("absent", [None, 3])
def test_each_class_is_as_scikit_learn_has_it(absent):
    y, p = answered(5, 200, tied=False, absent=absent)
    answers = p.argmax(axis=1)
    precision, recall, f1, support = theirs.precision_recall_fscore_support(
        y, answers, labels=range(5), zero_division=np.nan
    )
    for k, each in enumerate(of_each_class(confusion(y, answers, 5))):
        found = [math.nan if number is None else number for number in (each.precision, each.recall, each.f1)]
        assert found == pytest.approx([precision[k], recall[k], f1[k]], rel=1e-12, nan_ok=True)
        assert each.support == support[k]


@pytest.mark.parametrize("weighted", [False, True])
def test_measures_of_numbers_are_those_of_scikit_learn(weighted):
    rng = np.random.default_rng(0)
    y, answers, learned = 1e3 + rng.normal(size=300), 1e3 + rng.normal(size=300), 1e3 + rng.normal(size=50)
    weight = rng.uniform(0.1, 3.0, 300) if weighted else None
    found = measures_of_numbers(y, answers, float(learned.mean()), weight, bounds=False)
    blind = DummyRegressor().fit(np.zeros((50, 1)), learned).predict(np.zeros((300, 1)))
    for given, of in ((answers, "value"), (blind, "baseline")):
        expected = {
            "r_squared": theirs.r2_score(y, given, sample_weight=weight),
            "mean_absolute_error": theirs.mean_absolute_error(y, given, sample_weight=weight),
            "root_mean_squared_error": theirs.root_mean_squared_error(y, given, sample_weight=weight),
        }
        assert {each.name: getattr(each, of) for each in found} == pytest.approx(expected, rel=1e-9)
    still = measures_of_numbers(np.ones(9), np.arange(9.0), 1.0)
    assert (still[0].value, still[0].low) == (None, None)


@pytest.mark.parametrize(("hits", "rows"), [(0, 7), (132, 142), (142, 142), (1, 2), (50_000, 100_000)])
def test_the_interval_of_a_share_is_wilsons(hits, rows):
    expected = binomtest(hits, rows).proportion_ci(method="wilson")
    low, high = wilson(hits, rows)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    exact = binomtest(hits, rows).proportion_ci(method="exact")
    assert exact.low - 0.1 / math.sqrt(rows) < low <= hits / rows <= high < exact.high + 0.1 / math.sqrt(rows)


def test_93_percent_of_142_rows_is_87_to_97():
    truth = np.zeros(142, int)
    answers = (np.arange(142) < 10).astype(int)
    (found, *_) = measures_of_classes(ClassAnswers(truth, answers, np.array([0.6, 0.4])))
    exact = binomtest(132, 142).proportion_ci(method="exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=0.006)


def test_the_interval_of_f1_holds_as_often_as_it_says():
    rng = np.random.default_rng(0)
    chances = np.array([[0.5, 0.1], [0.08, 0.32]])  # F1 of the second class: 2·0.32 / (0.42 + 0.4)
    true = 2 * 0.32 / (0.42 + 0.4)
    draws = rng.multinomial(80, chances.ravel(), size=2000).reshape(-1, 2, 2)
    bounds = [of_each_class(counts)[1].f1_interval for counts in draws]
    held = np.mean([low <= true <= high for low, high in bounds])
    assert 0.93 < held < 0.97


def test_the_interval_of_a_mean_of_shares_holds_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = np.column_stack([rng.binomial(60, 0.9, 2000), rng.binomial(15, 0.7, 2000)])
    held = []
    for a, b in hits.tolist():
        value, bounds = balanced_accuracy(of_each_class(np.array([[a, 60 - a], [15 - b, b]])))
        assert value == pytest.approx((a / 60 + b / 15) / 2)
        held.append(bounds[0] <= 0.8 <= bounds[1])
    assert 0.93 < np.mean(held) < 0.98
    assert mean_of_shares([], []) is None
    assert wilson(0, 0) is None


def spread(rows=300):
    y, p = answered(3, rows, tied=True)
    rankings = [Ranking(p[:, k], y == k) for k in range(3)]
    return {
        "mean": mean(p[:, 0]),
        "roc_auc": mean_of([each.roc_auc for each in rankings]),
        "average_precision": mean_of([each.average_precision for each in rankings]),
    }


@pytest.mark.parametrize("name", ["mean", "roc_auc", "average_precision"])
def test_an_influence_is_the_slope_for_the_weight_of_a_row(name):
    statistic, h = spread(30)[name], 1e-6
    for row in range(0, 30, 7):
        moved = np.ones((2, 30))
        moved[:, row] += [h, -h]
        up, down = statistic.of(moved)
        assert statistic.influence()[row] == pytest.approx((up - down) / (2 * h), rel=1e-4, abs=1e-8)


def test_the_slopes_of_measures_of_numbers_too():
    from glassneuron.learning.measures.numbers import explained, root_mean_squared_error

    rng = np.random.default_rng(0)
    y, answers, weight, h = rng.normal(size=20), rng.normal(size=20), rng.uniform(0.5, 2.0, 20), 1e-6
    for statistic in (explained(y, answers, weight), root_mean_squared_error(y, answers, weight)):
        moved = np.ones((2, 20))
        moved[:, 3] += [h, -h]
        up, down = statistic.of(moved)
        assert statistic.influence()[3] == pytest.approx((up - down) / (2 * h), rel=1e-5)


def test_a_row_that_is_drawn_twice_counts_as_two_rows():
    from glassneuron.learning.measures.numbers import explained, root_mean_squared_error

    rng = np.random.default_rng(0)
    y, answers, positive = rng.normal(size=40), rng.normal(size=40).round(1), rng.integers(0, 2, 40) == 1
    times = rng.multinomial(40, np.full(40, 1 / 40), size=3)
    for draw in times:
        rows = np.repeat(np.arange(40), draw)
        ranking = Ranking(answers, positive)
        pairs = {
            theirs.r2_score(y[rows], answers[rows]): explained(y, answers),
            theirs.root_mean_squared_error(y[rows], answers[rows]): root_mean_squared_error(y, answers),
            y[rows].mean(): mean(y),
            theirs.roc_auc_score(positive[rows], answers[rows]): ranking.roc_auc,
            theirs.average_precision_score(positive[rows], answers[rows]): ranking.average_precision,
        }
        for expected, statistic in pairs.items():
            assert statistic.of(draw[np.newaxis].astype(float))[0] == pytest.approx(expected, rel=1e-10)


def test_weights_say_how_many_rows_there_are_and_not_how_large_they_are():
    y, p = answered(2, 100, tied=False)
    given = [y, p.argmax(axis=1), np.array([0.5, 0.5])]
    half = (np.arange(100) < 50).astype(float)
    (those, *_) = measures_of_classes(ClassAnswers(*(each[:50] for each in given[:2]), given[2]))
    for weight in (half, 7 * half):
        (found, *_) = measures_of_classes(ClassAnswers(*given, weight=weight))
        assert (found.low, found.value, found.high) == pytest.approx((those.low, those.value, those.high), rel=1e-12)


def test_draws_and_slopes_say_the_same_of_many_rows(monkeypatch):
    statistics = spread(600)
    drawn = bootstrap(statistics, 600)
    monkeypatch.setattr(intervals, "MOST_WORK", 0)
    for name, by_slopes in bootstrap(statistics, 600).items():
        width = drawn[name][1] - drawn[name][0]
        assert by_slopes == pytest.approx(drawn[name], abs=0.15 * width)


def test_a_bootstrap_is_the_textbooks():
    """The spread of the mean of drawn rows is their deviation over the root of their number."""
    values = np.random.default_rng(0).exponential(size=200)
    low, high = bootstrap({"mean": mean(values)}, 200, draws=4000)["mean"]
    expected = 2 * 1.96 * values.std() / math.sqrt(200)
    assert high - low == pytest.approx(expected, rel=0.06)
    again = bootstrap({"mean": mean(values)}, 200, draws=4000)["mean"]
    assert (low, high) == again
    assert bootstrap({"mean": mean(values)}, 200, seed=1, draws=4000)["mean"] != again


def test_no_interval_where_every_draw_says_the_same():
    perfect = Ranking(np.array([0.9, 0.8, 0.2, 0.1]), np.array([True, True, False, False]))
    assert bootstrap({"roc_auc": perfect.roc_auc}, 4) == {"roc_auc": None}


def test_what_is_measured_of_a_million_rows_is_bounded(monkeypatch):
    """No draws are made: their weights would be a thousand times a million."""

    def refused(*_, **__):
        raise AssertionError("rows were drawn")

    y, p = answered(3, 20_000, tied=False)
    given = ClassAnswers(y, p.argmax(axis=1), np.full(3, 1 / 3), p)
    monkeypatch.setattr(intervals.np.random, "default_rng", refused)
    found = measures_of_classes(given)
    assert all(each.low < each.value < each.high for each in found)


def test_rows_of_one_group_count_as_one_where_they_say_the_same():
    """Each group says one thing ten times: the interval is that of the groups, and not of ten times as many rows."""
    y, p = answered(2, 80, tied=False)
    alone = ClassAnswers(y, p.argmax(axis=1), np.array([0.5, 0.5]), p, groups=np.arange(80))
    copies = ClassAnswers(
        np.repeat(y, 10), np.repeat(p.argmax(axis=1), 10), np.array([0.5, 0.5]), np.repeat(p, 10, axis=0),
        groups=np.repeat(np.arange(80), 10),
    )  # fmt: skip
    for one, ten in zip(measures_of_classes(alone), measures_of_classes(copies), strict=True):
        assert (one.low, one.high) == pytest.approx((ten.low, ten.high), rel=1e-9)
    plain = measures_of_classes(ClassAnswers(copies.truth, copies.answers, copies.shares, copies.probabilities))
    for ten, narrow in zip(measures_of_classes(copies), plain, strict=True):
        assert ten.high - ten.low > 2 * (narrow.high - narrow.low)
    numbers = [measures_of_numbers(y * 1.0, p[:, 1], 0.5, groups=np.repeat(np.arange(8), 10))[k] for k in range(3)]
    assert all(each.low < each.value < each.high for each in numbers)


def test_groups_by_slopes_too(monkeypatch):
    y, p = answered(2, 400, tied=False)
    given = ClassAnswers(y, p.argmax(axis=1), np.array([0.5, 0.5]), p, groups=np.arange(400) // 4)
    drawn = measures_of_classes(given)
    monkeypatch.setattr(intervals, "MOST_WORK", 0)
    for one, other in zip(drawn, measures_of_classes(given), strict=True):
        assert (other.low, other.high) == pytest.approx((one.low, one.high), abs=0.2 * (one.high - one.low))


def test_counts_of_many_rows_are_those_of_all_at_once(monkeypatch):
    random = np.random.default_rng(0)
    truth, answers = random.integers(0, 3, (2, 1000)).astype(np.int32)
    monkeypatch.setattr("glassneuron.learning.measures.classes.AT_ONCE", 7)
    assert confusion(truth, answers, 3).tolist() == theirs.confusion_matrix(truth, answers).tolist()


def test_rows_are_drawn_as_numpy_permutes_them():
    codes = np.random.default_rng(1).integers(0, 3, 500)
    random, held = np.random.default_rng(5), []
    for code in range(3):
        members = random.permutation(np.flatnonzero(codes == code))
        held += members[: round(0.25 * len(members))].tolist()
    assert split(codes, 0.25, 5)[1].tolist() == sorted(held)
