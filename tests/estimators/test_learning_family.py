"""Single neurons as scikit-learn estimators: every check, every tool, one answer by every route, little memory."""

import gc
import math
import re
import tracemalloc
from itertools import product

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse as sp
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import glassneuron as gn
from glassneuron.learning.algorithms.perceptrons.votes import FIRST, telling_signs, telling_votes_on, votes_on

VARIANTS = ["plain", "averaged", "pocket", "voted"]
SOLVERS = ["online", "batch", "newton", "lbfgs"]
TOL = {"online": 1e-4, "batch": 1e-6, "newton": 1e-6, "lbfgs": 1e-10}  # checks ask for seven digits
PERCEPTRONS = [gn.Perceptron(variant=v, max_epochs=200) for v in VARIANTS] + [
    gn.Perceptron(multi_class="kesler"),
    gn.Perceptron(multi_class="kesler", variant="averaged"),
]
SLOPES = [
    *(gn.Adaline(solver=s, tol=TOL[s]) for s in SOLVERS),
    *(gn.SigmoidNeuron(solver=s, tol=TOL[s], l2=0.01) for s in SOLVERS),
    gn.SigmoidNeuron(multi_class="one_vs_rest"),
]
NUMBERS = [gn.LinearNeuron(solver=s, tol=TOL[s]) for s in SOLVERS]


# One for each class and each way to learn; the plain perceptron is checked in test_perceptron.py.
CHECKED = [
    gn.Perceptron(variant="pocket", max_epochs=200),
    gn.Perceptron(variant="voted", max_epochs=200),
    gn.Perceptron(multi_class="kesler", variant="averaged", max_epochs=200),
    gn.Adaline(solver="online", tol=TOL["online"]),
    gn.SigmoidNeuron(),
    gn.SigmoidNeuron(solver="lbfgs", tol=TOL["lbfgs"], l2=0.01),
    gn.SigmoidNeuron(solver="online", multi_class="one_vs_rest", max_epochs=200),
    gn.LinearNeuron(solver="batch", tol=TOL["batch"]),
]


@parametrize_with_checks(CHECKED)
def test_every_check_of_scikit_learn(estimator, check):
    check(estimator)


def named(estimator):
    return repr(estimator).replace("\n", "")


# ---------------------------------------------------------------- at home in scikit-learn


@pytest.fixture(scope="module")
def cancer():
    X, y = load_breast_cancer(return_X_y=True)
    return StandardScaler().fit_transform(X), y


@pytest.mark.parametrize("estimator", [*PERCEPTRONS, *SLOPES], ids=named)
def test_pipelines_searches_and_calibration(estimator, cancer):
    X, y = cancer
    assert cross_val_score(make_pipeline(StandardScaler(), clone(estimator)), X, y, cv=3).min() > 0.9
    many, kinds = load_iris(return_X_y=True)
    many = StandardScaler().fit_transform(many)
    rest = OneVsRestClassifier(clone(estimator)).fit(many, kinds)
    assert rest.score(many, kinds) > 0.6
    calibrated = CalibratedClassifierCV(clone(estimator), cv=2).fit(X, y)
    np.testing.assert_allclose(calibrated.predict_proba(X[:5]).sum(axis=1), 1.0)


def test_a_grid_search_in_two_processes(cancer):
    search = GridSearchCV(gn.Perceptron(prove=False), {"variant": ["averaged", "pocket"]}, cv=2, n_jobs=2)
    assert search.fit(*cancer).best_score_ > 0.9


def test_metadata_are_routed(cancer):
    X, y = cancer
    weights = np.where(y == 1, 2.0, 1.0)
    with sklearn.config_context(enable_metadata_routing=True):
        neuron = gn.SigmoidNeuron().set_fit_request(sample_weight=True)
        scaler = StandardScaler().set_fit_request(sample_weight=False)
        routed = make_pipeline(scaler, neuron).fit(X, y, sample_weight=weights)
    direct = gn.SigmoidNeuron().fit(StandardScaler().fit_transform(X), y, sample_weight=weights)
    np.testing.assert_array_equal(routed[-1].coef_, direct.coef_)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_names_of_features_are_kept_and_checked(frame):
    X = frame({"height": [1.0, 2.0, 3.0, 4.0], "age": [4.0, 1.0, 3.0, 2.0]})
    y = ["small", "small", "tall", "tall"]
    for estimator in (gn.Perceptron(), gn.Adaline(), gn.SigmoidNeuron()):
        fitted = estimator.fit(X, y)
        assert fitted.feature_names_in_.tolist() == ["height", "age"]
        assert fitted.neuron_.names == ("height", "age")
        assert "height" in str(fitted.explain([1.0, 4.0]))
        other = frame({"age": [1.0], "height": [1.0]})
        with pytest.raises(ValueError, match="feature names"):
            fitted.predict(other)


# ---------------------------------------------------------------- any labels


@pytest.mark.parametrize("estimator", [*PERCEPTRONS, *SLOPES], ids=named)
@pytest.mark.parametrize("two", [(0, 1), (-1, 1), ("no", "yes"), (False, True), (2.0, 7.0)])
def test_any_two_labels(estimator, two):
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [3.0, 3.0]])
    y = np.array(two)[[0, 0, 0, 1]]
    fitted = clone(estimator).set_params(max_epochs=5000).fit(X, y)
    assert fitted.classes_.tolist() == list(two)
    assert fitted.predict(X).tolist() == y.tolist()
    assert fitted.predict(X).dtype == y.dtype


# ---------------------------------------------------------------- the right answers


def test_all_1882_functions_of_four_inputs_are_learned_with_default_settings():
    # OEIS A000609; each is computed by whole weights up to 3 (Muroga 1971)
    X = np.array(list(product((0.0, 1.0), repeat=4)))
    weights = np.array(list(product(range(-3, 4), repeat=4)))
    sums = weights @ X.T  # (7^4, 16)
    found = {tuple(row) for threshold in range(-12, 14) for row in (sums >= threshold).astype(int)}
    assert len(found) == 1882
    for y in sorted(found):
        fitted = gn.Perceptron().fit(X, y)
        assert fitted.history_.converged
        assert fitted.decision_function(X).shape == (16,)
        assert ((fitted.decision_function(X) >= 0) == np.array(y)).all()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("multi_class", ["one_vs_rest", "kesler"])
def test_three_separable_classes_are_learned(variant, multi_class, refused):
    if multi_class == "kesler" and variant == "voted":
        with refused("parameter", "`variant`", "'plain', 'averaged' or 'pocket'"):
            gn.Perceptron(variant=variant, multi_class=multi_class).fit([[0.0], [1.0]], [0, 1])
        return
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    X = rng.normal(size=(60, 2)) + 12.0 * np.array([[0, 1], [1, -1], [-1, -1]])[y]
    fitted = gn.Perceptron(variant=variant, multi_class=multi_class).fit(X, y)
    assert fitted.history_.converged
    assert fitted.score(X, y) == 1.0


def test_kesler_learns_what_one_against_the_rest_cannot():
    # on a line the middle class has the others on both sides: no neuron of its own tells it from the rest
    X, y = np.array([[-2.0], [-1.5], [0.0], [0.2], [1.5], [2.0]]), [0, 0, 1, 1, 2, 2]
    assert not gn.Perceptron(multi_class="one_vs_rest").fit(X, y).history_.converged
    for variant in ("plain", "averaged", "pocket"):
        kesler = gn.Perceptron(variant=variant, multi_class="kesler").fit(X, y)
        assert kesler.history_.converged
        assert kesler.score(X, y) == 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 25), st.integers(1, 3))
def test_the_pocket_is_never_worse_than_any_neuron_on_the_way(seed, rows, features):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(rows, features)), rng.integers(0, 2, rows)
    if len(set(y.tolist())) < 2:
        return
    pocket = gn.Perceptron(variant="pocket", max_epochs=5, prove=False)
    steps = list(gn.watch(pocket, X, y))
    tried = [(np.zeros(features), 0.0), *((step.weights_after, step.bias_after) for step in steps)]
    for end in range(rows, len(steps) + 1, rows):  # and the mean at the end of each epoch
        tried.append(tuple(np.mean([part[k] for part in tried[1 : end + 1]], axis=0) for k in (0, 1)))
    right = [((X @ w + b >= 0) == y).sum() for w, b in tried]
    fitted = pocket.fit(X, y)
    assert (fitted.predict(X) == y).sum() >= max(right)  # the mean of them may be better still


def test_the_average_is_the_mean_of_the_neurons_after_each_row():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 3)), rng.integers(0, 2, 50)
    averaged = gn.Perceptron(variant="averaged", max_epochs=4, prove=False)
    steps = list(gn.watch(averaged, X, y))
    averaged.fit(X, y)
    np.testing.assert_allclose(averaged.coef_[0], np.mean([s.weights_after for s in steps], axis=0), rtol=1e-12)
    np.testing.assert_allclose(averaged.intercept_[0], np.mean([s.bias_after for s in steps]), rtol=1e-12)


def test_the_vote_is_that_of_the_neurons_on_the_way():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(40, 3)), rng.integers(0, 2, 40)
    voted = gn.Perceptron(variant="voted", max_epochs=3, prove=False)
    # after each row the neuron that stands has one more vote; a new neuron stands for the row that made it
    votes = np.sum(
        [np.where(X @ s.weights_after + s.bias_after >= 0, 1.0, -1.0) for s in gn.watch(voted, X, y)], axis=0
    )
    np.testing.assert_allclose(voted.fit(X, y).decision_function(X), votes, rtol=1e-12)
    assert voted.network_.activations == ("step", "linear")


@pytest.mark.parametrize(("room", "most"), [(9, 8), (40, 8), (9, 25)])
def test_of_too_many_neurons_on_the_way_those_at_every_nth_row_vote(monkeypatch, room, most):
    """However often voters had to be thinned out on the way."""
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(80, 3)), rng.integers(0, 2, 80)
    for name, value in {"MOST_VOTERS": most, "FEWEST": 1, "WAITING": room}.items():
        monkeypatch.setattr(f"glassneuron.learning.algorithms.perceptrons.voted.{name}", value)
    voted = gn.Perceptron(variant="voted", max_epochs=6, prove=False)
    stands = [np.where(X @ s.weights_after + s.bias_after >= 0, 1.0, -1.0) for s in gn.watch(voted, X, y)]
    voted.fit(X, y)
    pace = next(
        pace for pace in 2.0 ** np.arange(9) if len({tuple(w) for w in ends(gn.watch(voted, X, y), int(pace))}) <= most
    )
    votes = pace * np.sum(stands[int(pace) - 1 :: int(pace)], axis=0) + len(stands) % pace * stands[-1]
    assert pace > 1.0
    np.testing.assert_array_equal(voted.decision_function(X), votes)


def ends(steps, pace):
    """The neurons that stand at every nth row, but for those that have not been replaced in the end."""
    numbers = [(*step.weights_after, step.bias_after) for step in steps]
    return [numbers[i] for i in range(pace - 1, len(numbers), pace) if numbers[i] != numbers[-1]]


@pytest.mark.parametrize("solver", ["newton", "lbfgs"])
@pytest.mark.parametrize("weighted", [False, True])
def test_probabilities_beside_scikit_learn(solver, weighted, cancer):
    X, y = cancer
    for rows, labels in ((X, y), load_iris(return_X_y=True)):
        counts = np.random.default_rng(0).integers(1, 4, len(rows)).astype(float) if weighted else np.ones(len(rows))
        peer = LogisticRegression(C=0.1, tol=1e-12, max_iter=10_000).fit(rows, labels, sample_weight=counts)
        l2 = 1.0 / (0.1 * counts.sum())
        ours = gn.SigmoidNeuron(solver=solver, l2=l2, tol=1e-9).fit(rows, labels, sample_weight=counts)
        np.testing.assert_allclose(ours.predict_proba(rows), peer.predict_proba(rows), atol=1e-6)
        np.testing.assert_allclose(ours.coef_, peer.coef_, atol=1e-5)


def test_the_probability_of_two_classes_is_the_sigmoid_of_the_sum(cancer):
    X, y = cancer
    fitted = gn.SigmoidNeuron().fit(X, y)
    z = fitted.decision_function(X)
    np.testing.assert_allclose(fitted.predict_proba(X)[:, 1], [1 / (1 + math.exp(-v)) for v in z], rtol=1e-12)
    # where the slope is zero, the mean of what the neuron says is the share that there is
    assert fitted.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), abs=1e-7)


def test_least_squares_beside_scikit_learn():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5)) * [1, 10, 100, 0.1, 1]
    y = X @ rng.normal(size=5) + 3.0 + rng.normal(size=200)
    peer, ours = LinearRegression().fit(X, y), gn.LinearNeuron().fit(X, y)
    np.testing.assert_allclose(ours.coef_, peer.coef_, rtol=1e-9)
    assert ours.intercept_ == pytest.approx(peer.intercept_)
    assert ours.score(X, y) == pytest.approx(peer.score(X, y))


@pytest.mark.parametrize("estimator", [gn.Adaline(), gn.SigmoidNeuron(l2=0.01), gn.LinearNeuron()], ids=named)
def test_going_downhill_comes_to_where_newton_jumps(estimator):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = (X[:, 0] + 0.5 * rng.normal(size=60) > 0).astype(int)
    jumped = clone(estimator).set_params(solver="newton", tol=1e-10).fit(X, y)
    walked = clone(estimator).set_params(solver="batch", tol=0.0, max_epochs=20_000).fit(X, y)
    np.testing.assert_allclose(walked.coef_, jumped.coef_, rtol=1e-5)
    slow = clone(estimator).set_params(solver="online", schedule="inverse", tol=None, max_epochs=3000).fit(X, y)
    np.testing.assert_allclose(slow.coef_, jumped.coef_, rtol=0.05, atol=0.02)


# ---------------------------------------------------------------- one answer by every route


ROUTES = [gn.Perceptron(prove=False, variant=v) for v in VARIANTS]
ROUTES += [gn.Perceptron(prove=False, multi_class="kesler"), gn.Adaline(learning_rate=0.01)]
ROUTES += [gn.SigmoidNeuron(solver="online", learning_rate=0.1, l2=0.001)]


def mixed_table(dtype, classes):
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(90, 6)) * (rng.random((90, 6)) < 0.5)).astype(dtype)
    return X, np.arange(90) * 7 % classes


def same(a, b, exactly):
    for name in ("coef_", "intercept_"):
        one, other = getattr(a, name), getattr(b, name)
        assert one.dtype == other.dtype
        if exactly:
            np.testing.assert_array_equal(one, other)
        else:
            rtol = 1e-12 if one.dtype == np.float64 else 1e-5
            np.testing.assert_allclose(one, other, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("estimator", ROUTES, ids=named)
def test_one_answer_by_every_route(estimator, dtype, classes):
    X, y = mixed_table(dtype, classes)
    for shuffle in (False, True):
        asked = clone(estimator).set_params(shuffle=shuffle, max_epochs=4)
        if hasattr(asked, "tol"):
            asked.set_params(tol=None)
        with gn.speed("python"):
            first = clone(asked).fit(X, y)
            same(first, clone(asked).fit(sp.csr_array(X), y), exactly=True)  # zeros add nothing
            same(first, clone(asked).fit(np.asfortranarray(X), y), exactly=True)
            wide = np.zeros((90, 12), dtype)
            wide[:, ::2] = X
            same(first, clone(asked).fit(wide[:, ::2], y), exactly=True)
        assert first.coef_.dtype == dtype
        with gn.speed("compiled"):
            same(first, clone(asked).fit(X, y), exactly=False)
            if dtype == np.float64:  # sparse rows of float32 are compiled in the tests of the kernels
                same(first, clone(asked).fit(sp.csr_array(X), y), exactly=False)
    blocks = clone(estimator).set_params(shuffle=False)
    whole = clone(estimator).set_params(shuffle=False, max_epochs=4, tol=None)
    with gn.speed("python"):
        for _ in range(4):
            for start in range(0, 90, 25):
                blocks.partial_fit(X[start : start + 25], y[start : start + 25], np.arange(classes))
        whole.fit(X, y)
        if getattr(estimator, "variant", "") == "pocket":  # the one in the pocket is tried on the rows of a call
            np.testing.assert_array_equal(blocks._state["W"], whole._state["W"])
        else:
            same(blocks, whole, exactly=True)


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "batch"])
def test_the_optimum_is_the_same_from_dense_and_from_sparse_rows(solver):
    for classes in (2, 3):
        X, y = mixed_table(np.float64, classes)
        asked = gn.SigmoidNeuron(solver=solver, l2=0.01, tol=1e-9)
        one, other = clone(asked).fit(X, y), clone(asked).fit(sp.csr_matrix(X), y)
        np.testing.assert_allclose(one.coef_, other.coef_, rtol=1e-6)
        np.testing.assert_array_equal(one.predict(X), one.predict(sp.csr_array(X)))


@pytest.mark.parametrize("estimator", ROUTES, ids=named)
def test_a_small_table_may_be_sorted_as_one_likes(estimator):
    X, y = mixed_table(np.float64, 3)
    other = np.random.default_rng(5).permutation(90)
    same(clone(estimator).fit(X, y), clone(estimator).fit(X[other], y[other]), exactly=True)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from(ROUTES))
def test_weights_are_repetition(seed, estimator):
    rng = np.random.default_rng(seed)
    X, y, counts = rng.normal(size=(12, 3)), rng.integers(0, 2, 12), rng.integers(0, 4, 12)
    if len(set(y[counts > 0].tolist())) < 2:
        return
    asked = clone(estimator).set_params(max_epochs=20)
    same(
        clone(asked).fit(X, y, sample_weight=counts),
        clone(asked).fit(X.repeat(counts, 0), y.repeat(counts)),
        exactly=True,
    )


@pytest.mark.parametrize("estimator", ROUTES, ids=named)
def test_weights_are_repetition_in_order_too(estimator):
    # without shuffling, rows that repeat are shown one after the other, and not put together
    rng = np.random.default_rng(3)
    X, y, counts = rng.normal(size=(30, 3)), np.arange(30) % 2, rng.integers(1, 4, 30)
    asked = clone(estimator).set_params(max_epochs=6, shuffle=False)
    weighted = clone(asked).fit(X, y, sample_weight=counts)
    repeated = clone(asked).fit(X.repeat(counts, 0), y.repeat(counts))
    same(weighted, repeated, exactly=False)
    np.testing.assert_allclose(weighted.decision_function(X), repeated.decision_function(X), rtol=1e-9)


# ---------------------------------------------------------------- settings that all have


@pytest.mark.parametrize("estimator", [gn.Perceptron(), gn.Adaline(), gn.SigmoidNeuron()], ids=named)
def test_class_weights_count_as_sample_weights(estimator):
    X, y = mixed_table(np.float64, 2)
    y = np.where(np.arange(90) < 75, 0, y)
    direct = clone(estimator).fit(X, y, sample_weight=np.where(y == 1, 3.0, 1.0))
    same(clone(estimator).set_params(class_weight={1: 3.0}).fit(X, y), direct, exactly=True)
    share = np.bincount(y) / 90
    balanced = clone(estimator).fit(X, y, sample_weight=(1 / (2 * share))[y])
    same(clone(estimator).set_params(class_weight="balanced").fit(X, y), balanced, exactly=True)


@pytest.mark.parametrize("estimator", [gn.Perceptron(prove=False), gn.Adaline(), gn.SigmoidNeuron(solver="online")])
def test_the_epoch_that_is_best_on_rows_held_out_is_kept(estimator, refused):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 8))
    y = (X[:, 0] + rng.normal(size=120) > 0).astype(int)
    own = clone(estimator).fit(X[:80], y[:80], validation=(X[80:], y[80:]))
    history = own.history_
    assert len(history.validation_losses) == len(history.validation_mistakes) == history.epochs
    best = int(np.argmin(history.validation_losses))
    assert 1.0 - own.score(X[80:], y[80:]) == pytest.approx(history.validation_mistakes[best])
    if best + 1 < history.epochs:
        assert f"epoch {best + 1} " in history.why_stopped
    held = clone(estimator).set_params(early_stopping=True, validation_fraction=0.25).fit(X, y)
    assert held.history_.validation_losses
    with refused("parameter", "`validation_fraction`", "got 2.0"):
        clone(estimator).set_params(early_stopping=True, validation_fraction=2.0).fit(X, y)


@pytest.mark.parametrize("estimator", [gn.Perceptron(prove=False), gn.Adaline(), gn.SigmoidNeuron(solver="online")])
def test_a_warm_start_goes_on_from_the_last_fit(estimator):
    X, y = mixed_table(np.float64, 2)
    twice = clone(estimator).set_params(warm_start=True, shuffle=False, max_epochs=3, tol=None)
    once = clone(twice).set_params(warm_start=False, max_epochs=6)
    same(twice.fit(X, y).fit(X, y), once.fit(X, y), exactly=getattr(estimator, "l2", 0.0) == 0.0)


def test_a_warm_start_at_the_optimum_has_nowhere_to_go():
    X, y = mixed_table(np.float64, 2)
    neuron = gn.SigmoidNeuron(warm_start=True).fit(X, y)
    steps, coef = neuron.n_iter_, neuron.coef_
    assert neuron.fit(X, y).n_iter_ == 1 < steps
    np.testing.assert_allclose(neuron.coef_, coef, rtol=1e-6)


def test_schedules_change_the_rate():
    X, y = mixed_table(np.float64, 2)
    fitted = gn.Adaline(learning_rate=0.1, schedule="linear", max_epochs=10, tol=None).fit(X, y)
    np.testing.assert_allclose(fitted.history_.learning_rates, 0.1 * (1 - np.arange(10) / 10))
    fitted = gn.Perceptron(schedule=lambda epoch: 1 / epoch, max_epochs=3, prove=False).fit(X, y)
    assert fitted.history_.learning_rates == [1.0, 0.5, 1 / 3]


@pytest.mark.parametrize("estimator", [*PERCEPTRONS, *SLOPES, *NUMBERS], ids=named)
def test_the_history_tells_each_epoch(estimator):
    X, y = mixed_table(np.float64, 2)
    seen = []
    fitted = clone(estimator).set_params(max_epochs=3, on_epoch=lambda h: seen.append(h.epochs)).fit(X, y)
    history = fitted.history_
    for told in (history.mistakes, history.losses, history.learning_rates, history.norms, history.seconds):
        assert len(told) == history.epochs == len(seen) == fitted.n_iter_
    if len(np.atleast_2d(fitted.coef_)) == 1 and getattr(fitted, "variant", "plain") != "voted":
        assert history.norms[-1] == pytest.approx(float(np.linalg.norm(fitted.coef_)), rel=1e-5)
    assert history.why_stopped != "not started"
    stopped = clone(estimator).set_params(on_epoch=lambda h: True).fit(X, y)
    assert stopped.history_.epochs == 1
    assert stopped.history_.converged or "stopped" in stopped.history_.why_stopped


def test_a_rate_that_explodes_is_stopped_and_a_better_one_is_named():
    X, y = mixed_table(np.float64, 2)
    for estimator in (gn.Adaline(learning_rate=50.0), gn.LinearNeuron(solver="batch", learning_rate=1e4)):
        with pytest.warns(UserWarning, match=r"epoch .*try 0\.\d+,"):
            fitted = estimator.fit(X, y)
        assert fitted.history_.diverged
        assert np.isfinite(fitted.coef_).all()
        better = float(re.split("[Tt]ry ", fitted.history_.why_stopped)[1].split(",")[0])
        assert not estimator.set_params(learning_rate=better).fit(X, y).history_.diverged


def test_a_bias_that_is_held_stays():
    X, y = mixed_table(np.float64, 2)
    for estimator in (gn.Perceptron(prove=False), *SLOPES[:8]):
        fitted = clone(estimator).set_params(fixed_bias=-0.5, max_epochs=50).fit(X, y)
        assert fitted.intercept_.tolist() == [-0.5]
    free = gn.LinearNeuron(fixed_bias=0.0).fit(X, X[:, 0] * 2.0)
    np.testing.assert_allclose(free.coef_, [2, 0, 0, 0, 0, 0], atol=1e-9)


def test_models_are_saved_and_come_back(tmp_path):
    X, y = mixed_table(np.float64, 3)
    for estimator in (gn.Perceptron(prove=False), gn.Adaline(), gn.SigmoidNeuron(), gn.LinearNeuron()):
        fitted = estimator.fit(X, y)
        gn.save(fitted, tmp_path / "model.safetensors")
        np.testing.assert_allclose(gn.load(tmp_path / "model.safetensors").predict(X), fitted.predict(X))


# ---------------------------------------------------------------- memory


@pytest.mark.parametrize(
    "estimator",
    [
        *(gn.Perceptron(max_epochs=2, prove=False, variant=v) for v in VARIANTS),
        *(gn.Adaline(max_epochs=2, solver=s) for s in ("online", "batch")),
        *(gn.SigmoidNeuron(max_epochs=3, solver=s) for s in ("newton", "lbfgs")),
        gn.LinearNeuron(),
    ],
    ids=named,
)
def test_a_fit_needs_little_more_memory_than_its_table(estimator):
    X = np.random.default_rng(0).standard_normal((400_000, 20), dtype=np.float32)  # 32 MB
    y = (X[:, 0] > 0).astype(np.int64)
    with gn.speed("compiled"):
        clone(estimator).fit(X[:1000], y[:1000])  # compiles, which takes memory of its own
        gc.collect()
        tracemalloc.start()
        clone(estimator).fit(X, y)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak <= 0.5 * X.nbytes


@pytest.mark.parametrize("speed", ["python", "compiled"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_kept_has_every_row_right_where_it_says_so(variant, speed):
    X = np.array(list(product((0.0, 1.0), repeat=3)))
    learned = 0
    for number in range(256):
        y = np.array([(number >> row) & 1 for row in range(8)])
        with gn.speed(speed):
            fitted = gn.Perceptron(variant=variant, max_epochs=100, prove=False).fit(X, y)
        if fitted.history_.converged:
            learned += 1
            if len(set(y.tolist())) == 2:
                assert fitted.predict(X).tolist() == y.tolist()
    assert learned == 104  # OEIS A000609


def test_rows_that_stand_many_times_fit_into_the_room_of_the_voters():
    X, y = np.repeat([[0.0], [1.0], [2.0]], 400, axis=0), np.repeat([0, 1, 0], 400)
    voted = gn.Perceptron(variant="voted", max_epochs=3, prove=False).fit(X, y)
    assert voted.history_.epochs == 3


def test_a_vote_is_judged_as_a_vote_on_rows_held_out():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 4))
    y = (X[:, 0] + rng.normal(size=80) > 0).astype(int)
    voted = gn.Perceptron(variant="voted", max_epochs=4, patience=9, prove=False)
    voted.fit(X[:50], y[:50], validation=(X[50:], y[50:]))
    best = int(np.argmin(voted.history_.validation_losses))
    assert 1.0 - voted.score(X[50:], y[50:]) == pytest.approx(voted.history_.validation_mistakes[best])


@pytest.mark.parametrize(("classes", "share"), [(2, 0.0), (2, 0.3), (4, 0.1)])
def test_the_voters_that_are_asked_first_settle_what_all_would_answer(classes, share):
    rng = np.random.default_rng(classes)
    X = rng.normal(size=(900, 5))
    y = (X @ rng.normal(size=(5, classes))).argmax(axis=1)
    y = np.where(rng.random(900) < share, rng.permutation(y), y)
    p = gn.Perceptron(variant="voted", random_state=0, max_epochs=20).fit(X[:500], y[:500])
    votes = votes_on(p.network_, X)
    assert len(votes) > FIRST
    assert len(p.network_.layers[0].weights) > FIRST or share == 0.0
    assert ((telling_signs(p.network_, X) >= 0.0) == (votes >= 0.0)).all()
    if classes > 2:
        assert (telling_votes_on(p.network_, X).argmax(axis=1) == votes.argmax(axis=1)).all()
    assert (p.predict(X) == p.classes_[votes.argmax(axis=1) if classes > 2 else (votes[:, 0] >= 0.0).astype(int)]).all()
    assert (telling_signs(p.network_, sp.csr_array(X)) >= 0.0).tolist() == (votes >= 0.0).tolist()
