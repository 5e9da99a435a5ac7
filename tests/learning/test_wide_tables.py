"""Tables wider than tall, and rows that are nearly all right: fewer numbers lead to the same lowest loss."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression, Ridge

import glassneuron as gn
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation
from glassneuron.learning.algorithms.whole_batch.least_squares.rows import RowProducts
from glassneuron.learning.algorithms.whole_batch.optimum import at_once
from glassneuron.learning.algorithms.whole_batch.optimum.costs import Costs
from glassneuron.learning.algorithms.whole_batch.optimum.marks import OVER
from glassneuron.learning.algorithms.whole_batch.optimum.optimum import ToOptimum
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings

KINDS = ("usual", "offsets", "scales", "timestamps", "copies", "constant", "weighted", "single", "same rows")


def table(kind, seed, classes=3):
    random = np.random.default_rng(seed)
    n, d = int(random.integers(20, 100)), int(random.integers(130, 300))
    X = random.normal(size=(n, d)) * random.lognormal(0.0, 0.5, d)
    y = (X @ random.normal(size=(d, classes)) + 10.0 * random.normal(size=(n, classes))).argmax(axis=1)
    y[:classes] = np.arange(classes)
    if kind == "offsets":
        X += 10.0 ** random.uniform(0, 3, d)
    if kind == "scales":
        X *= 10.0 ** random.uniform(-2, 2, d)
    if kind == "timestamps":
        X[:, 0] = 1.7e9 + 3e4 * random.random(n)
    if kind == "copies":
        X[:, 1], X[:, 2:20] = 3.0 * X[:, 0] + 2.0, X[:, 20:38]
    if kind == "constant":
        X[:, 3], X[:, 4] = 7.1, 0.0
    if kind == "single":
        X = (X + 10.0).astype(np.float32)
    if kind == "same rows":
        X[1::2] = X[: len(X[1::2])]
    weight = random.integers(0, 3, n).astype(float) if kind == "weighted" else np.ones(n)
    weight[:classes] = 1.0
    return X, y, weight


def unit(X, weight):
    """Bring the columns to one scale, and a 1 for the bias to their end."""
    share = weight / weight.sum()
    Z = X - X[0].astype(float)
    Z -= share @ Z
    scale = np.sqrt(share @ Z**2)
    return np.column_stack([Z / np.where(scale > 0.0, scale, 1.0), np.ones(len(X))])


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_penalty_least_squares_are_those_of_ridge_regression(monkeypatch, kind):
    monkeypatch.setattr(at_once, "least_squares", None)  # no other way is needed
    for seed in range(4):
        X, y, weight = table(kind, seed)
        targets, l2 = 2.0 * np.eye(3)[y] - 1.0, (1e-3, 1.0)[seed % 2]
        ours = gn.Adaline(l2=l2).fit(X, y, weight)
        near = X[0].astype(float)  # as a peer that does not move columns far from 0 loses digits
        best = Ridge(l2 * weight.sum(), solver="svd").fit(X - near, targets, weight)
        assert ours.history_.converged
        assert ours.history_.epochs == 1
        size, close = np.abs(best.coef_).max(), 1e-5 if kind in ("single", "timestamps") else 1e-8
        np.testing.assert_allclose(ours.coef_, best.coef_, atol=close * size)
        found = (X - near) @ ours.coef_.T + ours.intercept_ + near @ ours.coef_.T
        np.testing.assert_allclose(found, best.predict(X - near), atol=1e-5)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "same rows"])
def test_without_one_they_are_the_shortest_where_columns_have_one_scale(monkeypatch, kind):
    monkeypatch.setattr(at_once, "least_squares", None)
    for seed in range(4):
        X, y, weight = table(kind, seed)
        line = gn.LinearNeuron(l2=0.0).fit(X, y.astype(float), weight)
        A, there = unit(X, weight), weight > 0.0
        shortest = np.linalg.lstsq(A[there], y[there].astype(float), rcond=None)[0]
        assert line.history_.converged
        if kind == "constant":
            assert not line.coef_[3:5].any()
        np.testing.assert_allclose(
            line.predict(X), A @ shortest, atol=1e-4 if kind in ("single", "timestamps") else 1e-8
        )


@pytest.mark.parametrize("kind", KINDS)
def test_a_held_bias_stays_and_rows_are_read_as_they_are(kind):
    X, y, weight = table(kind, 0)
    X = X - X.mean(axis=0, dtype=float).astype(X.dtype)
    fitted = gn.LinearNeuron(fixed_bias=0.5, l2=0.1).fit(X, y.astype(float), weight)
    best = Ridge(0.1 * weight.sum(), fit_intercept=False, solver="svd").fit(X.astype(float), y - 0.5, weight)
    assert fitted.intercept_ == 0.5
    np.testing.assert_allclose(fitted.coef_, best.coef_, atol=1e-5 * np.abs(best.coef_).max())


def test_rows_that_contradict_each_other_are_answered_in_their_middle():
    """Without a penalty their products cannot be solved, and another way is found."""
    X, y, _ = table("same rows", 0)
    fitted = gn.LinearNeuron(l2=0.0).fit(X, y.astype(float))
    A = unit(X, np.ones(len(X)))
    best = A @ np.linalg.lstsq(A, y.astype(float), rcond=1e-10)[0]
    assert fitted.history_.converged
    np.testing.assert_allclose(fitted.predict(X), best, atol=1e-4)


def test_products_in_single_precision_are_made_good_on_the_rows_as_they_are(monkeypatch):
    """What they leave is worked out there and solved in turn; where that goes nowhere, they are made once more."""
    random = np.random.default_rng(0)
    X = random.normal(size=(80, 200))
    data = Dataset(X, random.normal(size=80))
    exact = np.linalg.solve(X @ X.T + 80 * 1e-2 * np.eye(80), data.y) @ X
    rough = RowProducts.of(data, np.zeros((0, 80)), centred=False, scaled=False, single=True)
    assert rough.single
    assert not rough.in_double().single
    found = rough.least_squares(1e-2, np.zeros(1))[0, :-1] / rough.coordinates.scales
    np.testing.assert_allclose(found, exact, atol=1e-8 * np.abs(exact).max())
    made, again = [], RowProducts.in_double
    monkeypatch.setattr(RowProducts, "in_double", lambda rows: made.append(again(rows)) or made[-1])
    gn.LinearNeuron(l2=0.1).fit((X + 10.0).astype(np.float32), data.y)  # whose means are not quite at 0 then
    assert not made
    X[40:] = X[:40] + 3e-4 * X[40:]  # rows that are nearly the same
    hard = X.astype(np.float32)
    line = gn.LinearNeuron(l2=1e-9).fit(hard, data.y)
    best = Ridge(80 * 1e-9, solver="svd").fit(hard.astype(float), data.y)
    np.testing.assert_allclose(line.predict(hard), best.predict(hard.astype(float)), atol=1e-3)
    assert made
    assert line.history_.epochs == 1


def square_tables(monkeypatch):
    """Return a list that takes in each square table that is made."""
    tables, whole = [], RowProducts.same
    monkeypatch.setattr(RowProducts, "same", lambda rows: tables.append(whole(rows)) or tables[-1])
    return tables


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "timestamps"])
@pytest.mark.parametrize("classes", [2, 3])
def test_a_square_table_with_the_same_products_leads_to_the_lowest_loss(monkeypatch, kind, classes):
    tables = square_tables(monkeypatch)
    monkeypatch.setattr(Costs, "price_of_steps", lambda costs, bend: np.inf)
    for seed in range(2):
        X, y, weight = (part[:60] for part in table(kind, seed, classes))
        ours = gn.SigmoidNeuron(standardise=False).fit(X, y, weight)
        l2 = min(1.0 / weight.sum(), 0.01)
        best = gn.SigmoidNeuron(solver="lbfgs", tol=1e-6, max_epochs=20_000, l2=l2).fit(X, y, weight)
        assert ours.history_.converged
        losses = [f.history_.losses[-1] + 0.5 * l2 * (f.coef_.astype(float) ** 2).sum() for f in (ours, best)]
        assert losses[0] == pytest.approx(losses[1], abs=1e-4 * np.log(classes))
    assert len(tables) == 2


@pytest.mark.parametrize("badly_scaled", [False, True])
def test_a_square_table_ends_the_steps_on_a_wide_one_where_they_are_many(monkeypatch, badly_scaled):
    monkeypatch.setattr(Costs, "price_of_steps", lambda costs, bend: 0.0)  # as if few were expected
    tables, random = square_tables(monkeypatch), np.random.default_rng(0)
    X = random.normal(size=(200, 300))
    y = X[:, 0] + X[:, 1] > random.normal(size=200)
    if badly_scaled:
        X *= 10.0 ** random.uniform(-3.0, 3.0, 300)
    ours = gn.SigmoidNeuron(standardise=False).fit(X, y)
    assert ours.history_.converged
    assert len(tables) == badly_scaled
    assert ours.history_.epochs > 10  # steps came first
    best = gn.SigmoidNeuron(solver="newton", l2=1 / 200).fit(X, y)
    losses = [f.history_.losses[-1] + 0.5 / 200 * (f.coef_**2).sum() for f in (ours, best)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-4 * np.log(2))


@pytest.mark.parametrize(("rows", "scale", "square"), [(200, 0.0, False), (200, 1.5, True), (50, 0.0, True)])
def test_a_square_table_comes_first_where_many_steps_are_expected(monkeypatch, rows, scale, square):
    """They are the more, the more the loss is bent along the columns than by the penalty."""
    tables, random = square_tables(monkeypatch), np.random.default_rng(0)
    X = random.normal(size=(rows, 500)) * np.exp(random.normal(size=500) * scale)
    steps = gn.SigmoidNeuron().fit(X, X[:, 0] > 0.0).history_.epochs
    assert bool(tables) == square
    assert (steps == 1) == square


def test_a_square_table_that_leads_astray_is_left_again(monkeypatch):
    monkeypatch.setattr(Costs, "price_of_steps", lambda costs, bend: 0.0)
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 300))
    y = X[:, 0] + X[:, 1] > random.normal(size=200)
    X *= 10.0 ** random.uniform(-3.0, 3.0, 300)
    asked = []
    monkeypatch.setattr(RowProducts, "theta", lambda rows, same, theta: asked.append(1) or np.full((1, 301), 1.0))
    losses = gn.SigmoidNeuron(max_epochs=80, standardise=False).fit(X, y).history_.losses
    assert asked
    assert max(losses) == losses[0]


def test_a_square_table_that_is_worse_than_guessing_is_left_before_the_first_step(monkeypatch):
    monkeypatch.setattr(Costs, "price_of_steps", lambda costs, bend: np.inf)
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 300))
    y = X[:, 0] > 0.0
    monkeypatch.setattr(RowProducts, "theta", lambda rows, same, theta: np.full((1, 301), 10.0))
    fitted = gn.SigmoidNeuron().fit(X, y)
    assert max(fitted.history_.losses) <= np.log(2)
    assert fitted.history_.converged
    assert fitted.score(X, y) == 1.0


def test_what_the_weights_of_classes_have_in_common_stays_0():
    """It changes no answer, and a penalty alone bends the loss along it: scaled by past steps, the next would swing."""
    random = np.random.default_rng(0)
    X = random.normal(size=(200, 800))
    y = (X @ random.normal(size=(800, 5))).argmax(axis=1)
    neuron = gn.SigmoidNeuron(warm_start=True).fit(X, y)
    assert neuron.history_.epochs < 30
    for _ in range(2):
        assert np.abs(neuron.coef_.mean(axis=0)).max() < 1e-13 * np.abs(neuron.coef_).max()
        neuron._state["W"] += random.normal(size=800)
        neuron.fit(X, y)


def test_a_square_table_has_the_same_products_and_its_weights_answer_the_same():
    X, y, _ = table("copies", 0)
    rows = RowProducts.of(Dataset(X, y.astype(float)), np.zeros((0, len(X))), centred=True, scaled=False)
    same, Z = rows.same(), X - X.mean(axis=0)
    np.testing.assert_allclose(same @ same.T, Z @ Z.T, atol=1e-6 * (Z @ Z.T).max())
    theta = np.column_stack([np.linalg.solve(same, np.eye(len(X))[:2].T @ np.ones((2, 1))).T, [[0.5]]])
    wide = rows.theta(same, theta)
    answers = X @ wide[0, :-1], same @ theta[0, :-1]  # what is the same for all rows is the bias's
    np.testing.assert_allclose(*(each - each.mean() for each in answers), atol=1e-6)


def test_weights_grow_or_shrink_to_the_lowest_loss_along_their_ray():
    """One margin for all rows: ln(1 + e^(-m t)) + P t^2, whose lowest point a fine grid shows."""
    grid = np.linspace(0.05, 20.0, 40_000)
    for margin, penalty in ((20.0, 1e-2), (40.0, 1e-4), (5.0, 1e-5), (4.0, 1e-4)):
        slope = -margin / (1.0 + np.exp(margin)) + 2.0 * penalty
        there = Evaluation(float(np.log1p(np.exp(-margin))), penalty, 0.0, np.array([[slope, 0.0]]))
        lowest = np.min(np.log1p(np.exp(-margin * grid)) + penalty * grid**2)
        t = there.growth(np.array([[1.0, 0.0]]), 10.0)
        assert t != 1.0
        assert np.log1p(np.exp(-margin * t)) + penalty * t**2 < 1.1 * lowest
    wrong = Evaluation(0.3, 1e-3, 2.0, np.array([[-0.2, 0.0]]))
    assert wrong.growth(np.array([[1.0, 0.0]]), 10.0) == 1.0
    large = Evaluation(float(np.log1p(np.exp(-2.0))), 1e-3, 0.0, np.array([[-0.236, 0.0]]))  # steps still turn there
    assert large.growth(np.array([[1.0, 0.0]]), 10.0) == 1.0
    assert Evaluation(0.3, 0.0, 0.0, np.array([[-0.9, 0.0]])).growth(np.array([[1.0, 0.0]]), 10.0) == 1.0


@pytest.mark.parametrize("solver", ["auto", "lbfgs"])
@pytest.mark.parametrize(("spread", "classes"), [(0.5, 2), (1.5, 3), (3.0, 5)])
def test_rows_far_apart_take_few_steps_and_end_where_little_is_certainly_left(spread, classes, solver):
    X, y = make_blobs(1500, 30, centers=classes, cluster_std=spread, random_state=1)
    fitted = gn.SigmoidNeuron(solver=solver).fit(X, y)
    best = LogisticRegression(tol=1e-9, max_iter=10_000).fit(X, y)
    penalties = [0.5 / 1500 * (f.coef_**2).sum() for f in (fitted, best)]
    losses = [fitted.history_.losses[-1] + penalties[0], loss(best, X, y) + penalties[1]]
    assert fitted.history_.converged
    if solver == "auto":
        assert fitted.history_.epochs <= 9
        assert losses[0] <= losses[1] + 1e-4 * np.log(classes)
        said = fitted.history_.why_stopped.partition("more than ")[2].split()
        assert said or classes < 5  # few unknowns settle for good
        assert losses[0] - losses[1] <= (1.05 * float(said[0]) if said else 1e-6)  # one digit of it is told
    else:
        assert losses[0] == pytest.approx(losses[1], abs=1e-6)


def loss(fitted, X, y):
    return -np.log(fitted.predict_proba(X)[np.arange(len(y)), y]).mean()


def test_no_end_is_certain_where_the_gradient_is_not_small(monkeypatch):
    X, y = make_blobs(600, 10, centers=3, cluster_std=4.0, random_state=0)
    ends, arrive = [], ToOptimum.arrive

    def noted(neurons, *where):
        done = arrive(neurons, *where)
        ends.append((bool(neurons.marks[OVER]), neurons.slope, neurons.most_left))
        return done

    monkeypatch.setattr(ToOptimum, "arrive", noted)
    gn.SigmoidNeuron().fit(X, y)
    assert not any(over for over, slope, left in ends if slope > 1e-3 or left > 1e-4 * np.log(3))
    assert ends[-1][0]


def test_wide_least_squares_begin_and_go_on_like_any_other():
    """With weights to go on from, as after a first fit, and with a bias as well as without."""
    X, y, _ = table("usual", 1)
    first = gn.LinearNeuron(l2=0.1, warm_start=True).fit(X, y.astype(float))
    again = first.fit(X, 2.0 * y)
    best = Ridge(0.1 * len(X), solver="svd").fit(X, 2.0 * y)
    np.testing.assert_allclose(again.coef_, best.coef_, atol=1e-8)
    coordinates = Coordinates.of(Dataset(X, y.astype(float)), centred=True)
    rows = RowProducts.of(Dataset(X, y.astype(float)), np.zeros((0, len(X))), centred=True, scaled=True)
    np.testing.assert_allclose(rows.coordinates.centres, coordinates.centres, atol=1e-12)
    np.testing.assert_allclose(rows.coordinates.scales, coordinates.scales, rtol=1e-12)


def test_with_rows_held_out_every_step_on_the_way_is_there_to_stop_at():
    X, y = make_blobs(400, 30, centers=2, cluster_std=0.5, random_state=0)
    alone, watched = gn.SigmoidNeuron().fit(X, y), gn.SigmoidNeuron().fit(X, y, validation=(X[:50], y[:50]))
    assert watched.history_.epochs > alone.history_.epochs
    assert watched.history_.losses[0] > watched.history_.losses[1] > watched.history_.losses[2]


def test_dense_columns_are_read_by_one_number_and_sparse_ones_by_one_each():
    X, y, _ = table("usual", 0, classes=2)
    X *= np.random.default_rng(0).random(X.shape) < np.linspace(0.02, 0.9, X.shape[1])
    for rows, alike in ((X, True), (sp.csr_array(X), False)):
        learning = algorithm_for(Dataset(rows, y), DeltaSettings(solver="auto", l2=None), "sigmoid")
        learning.step(0, 1)
        assert (np.ptp(learning.scales) == 0.0) == alike
