"""Columns on one scale: when, how, and back to their own units."""

import numpy as np
import pytest
from sklearn.base import clone

import glassneuron as gn
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.standardise import Scales, scaling_for

NONE = np.empty(0)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "column",
    [
        RNG.integers(0, 2, 50),  # 0 and 1
        RNG.normal(size=50),
        RNG.integers(0, 17, 50),  # pixels
        np.full(50, 7.0),
        np.zeros(50),
        RNG.random(50) < 0.05,  # a rare class, as a column of its own
    ],
    ids=["bits", "standardised", "pixels", "constant", "nothing", "rare"],
)
def test_usual_columns_stay_as_they_are(column):
    column = column.astype(float)
    column[0] = 0.0 if column.std() else column[0]
    assert scaling_for(column[:, np.newaxis], NONE, "auto") is None
    assert scaling_for(column[:, np.newaxis], NONE, False) is None


@pytest.mark.parametrize(
    "column",
    [
        RNG.normal(40_000.0, 10_000.0, 50),
        1.7e9 + RNG.uniform(0, 3e7, 50),
        RNG.uniform(0.0, 1e-3, 50),
        RNG.uniform(1.0, 2.0, 50),
        RNG.normal(size=50) * 1e250,
    ],
    ids=["income", "timestamp", "tiny", "beside 0", "huge"],
)
def test_others_get_mean_0_and_deviation_1(column):
    table = np.column_stack([RNG.integers(0, 2, 50), column, np.full(50, 2024.0)])
    scaled = scaling_for(table, NONE, "auto").apply(table)
    assert scaled.mean(axis=0) == pytest.approx(0.0, abs=1e-6)
    assert scaled.std(axis=0) == pytest.approx([1.0, 1.0, 0.0], abs=1e-6)


def test_a_weight_of_two_is_the_row_twice_and_of_none_is_no_row():
    table, counts = RNG.normal(100.0, 5.0, (30, 2)), RNG.integers(0, 3, 30)
    weighted = scaling_for(table, counts.astype(float), True)
    repeated = scaling_for(np.repeat(table, counts, axis=0), NONE, True)
    assert weighted.means == pytest.approx(repeated.means, rel=1e-12)
    assert weighted.deviations == pytest.approx(repeated.deviations, rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_network_of_scaled_rows_is_told_in_their_own_units(dtype):
    X = np.column_stack([RNG.normal(1000, 50, 40), RNG.normal(size=40), np.full(40, 9.0)]).astype(dtype)
    Y = RNG.normal(200.0, 30.0, (40, 2)).astype(dtype)
    scales = Scales.of(Dataset(X, Y), True, targets=True)
    data, network = scales.apply(Dataset(X, Y)), gn.Network.random([3, 5, 2], "tanh", output="linear", seed=0)
    network = network.with_parameters(network.parameters.astype(dtype))
    told = scales.outside(network)
    exact = network.feedforward(data.X) * scales.targets.deviations + scales.targets.means
    assert told.feedforward(X) == pytest.approx(exact, rel=1e-10 if dtype is np.float64 else 1e-4)
    assert told.parameters.dtype == data.X.dtype == data.y.dtype == dtype
    assert scales.inside(told).feedforward(data.X) == pytest.approx(network.feedforward(data.X), abs=1e-3)
    assert (told.layers[0].weights[:, 2] == 0.0).all()  # nothing can be learned from a constant


def test_the_setting_follows_its_rule(refused):
    for wrong, code in (("always", "parameter"), (1.5, "parameter-type")):
        with refused(code, "`standardise`"):
            gn.MLPClassifier(standardise=wrong).fit([[0.0], [1.0]], [0, 1])


# ------------------------------------------------------------------- in the estimators


@pytest.fixture
def table():
    rng = np.random.default_rng(1)
    X = np.column_stack([rng.normal(40_000, 9000, 300), rng.uniform(0, 1e-3, 300), rng.integers(0, 2, 300)])
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    return X, Z, np.sin(Z[:, 0]) + Z[:, 1] * Z[:, 2]


def test_features_of_any_size_are_learned_as_standardised_ones(table):
    X, Z, y = table
    raw, scaled = (gn.MLPClassifier().fit(rows, y > 0) for rows in (X, Z))
    assert raw.predict_proba(X) == pytest.approx(scaled.predict_proba(Z), abs=1e-6)
    off = gn.MLPClassifier(standardise=False).fit(X, y > 0)
    assert off.score(X, y > 0) < raw.score(X, y > 0) - 0.1


def test_targets_of_any_size_are_learned(table):
    X, _, y = table
    net = gn.MLPRegressor().fit(X, 5000.0 + 700.0 * y)
    assert net.score(X, 5000.0 + 700.0 * y) > 0.9
    assert net.network_.feedforward(X) == pytest.approx(net.predict(X), rel=1e-12)
    fixed = gn.MLPRegressor(standardise=False).fit(X, 5000.0 + 700.0 * y)
    assert fixed.score(X, 5000.0 + 700.0 * y) < 0.1


def test_a_penalty_that_was_given_is_one_on_the_weights_as_they_are(table):
    X, _, y = table
    assert gn.MLPRegressor((), l2=0.1, max_epochs=1).fit(X, y)._scales.features is None
    assert gn.MLPRegressor((), max_epochs=1).fit(X, y)._scales.features is not None


def test_fit_goes_on_in_the_same_units(table):
    X, _, y = table
    y = 5000.0 + 700.0 * y
    settings = {"optimiser": "sgd", "learning_rate": 0.01, "tol": None, "shuffle": False}
    once = gn.MLPRegressor(5, max_epochs=10, **settings).fit(X, y)
    warm = gn.MLPRegressor(5, max_epochs=5, warm_start=True, **settings).fit(X, y).fit(X, y)
    assert warm.predict(X) == pytest.approx(once.predict(X), rel=1e-6)
    blocks = gn.MLPRegressor(5, max_epochs=9, **settings).fit(X, y).partial_fit(X, y)
    assert blocks.predict(X) == pytest.approx(once.predict(X), rel=1e-6)


def test_what_is_watched_is_what_is_learned(table):
    X, _, y = table
    net = gn.MLPClassifier(3, max_epochs=2)
    *_, last = gn.watch(net, X, y > 0)
    net.fit(X, y > 0)
    told = net._scales.outside(last.after)
    assert told.parameters.tolist() == net.network_.parameters.tolist()
    assert "layer 2" in str(net.explain(X[0]))


def test_rows_held_out_are_scaled_as_those_to_learn_from(table):
    X, _, y = table
    y = 5000.0 + 700.0 * y
    net = gn.MLPRegressor(5, max_epochs=20).fit(X[:200], y[:200], validation=(X[200:], y[200:]))
    deviation = net._scales.targets.deviations[0]
    squares = 0.5 * ((net.predict(X[200:]) - y[200:]) / deviation) ** 2
    assert min(net.history_.validation_losses) == pytest.approx(squares.mean(), rel=1e-6)


VARIANTS = ("plain", "averaged", "pocket", "voted")
ONLINE = [
    *(gn.Perceptron(variant=variant) for variant in VARIANTS),
    gn.Adaline(solver="online"),
    gn.SigmoidNeuron(solver="online", l2=0.0),
    gn.SigmoidNeuron(solver="batch", l2=0.0, max_epochs=50),
]


def scattered(rows=200, classes=2):
    """Draw a table with a gap between its classes, its columns of very different sizes and far from 0."""
    random = np.random.default_rng(3)
    X = random.normal(size=(rows, 3))
    sums = X @ random.normal(size=(3, classes if classes > 2 else 1))
    y = sums.argmax(axis=1) if classes > 2 else (sums[:, 0] > 0.0).astype(int)
    return X, X * [1e4, 1.0, 1e-3] + [5e4, -3.0, 0.0], y


@pytest.mark.parametrize("estimator", ONLINE, ids=repr)
@pytest.mark.parametrize("classes", [2, 3])
def test_neurons_learn_as_from_standardised_columns_and_answer_to_the_table(estimator, classes):
    _, table, y = scattered(classes=classes)
    ours = clone(estimator).set_params(shuffle=False).fit(table, y)  # a shuffled table is sorted first
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    by_hand = clone(estimator).set_params(standardise=False, shuffle=False).fit(scaled, y)
    assert ours.n_iter_ == by_hand.n_iter_
    assert np.mean(ours.predict(table) == by_hand.predict(scaled)) >= 0.99  # rounding may sort equal sums otherwise
    if ours.history_.converged and isinstance(estimator, gn.Perceptron):
        assert ours.score(table, y) == 1.0  # of the table as it is, not only of the scaled one


@pytest.mark.parametrize("estimator", ONLINE, ids=repr)
def test_tables_of_usual_columns_and_those_for_going_through_by_hand_stay_to_the_bit(estimator):
    usual, table, y = scattered()
    for X, labels in ((usual, y), (table[:40], y[:40])):
        one, other = (clone(estimator).set_params(standardise=how).fit(X, labels) for how in ("auto", False))
        np.testing.assert_array_equal(one.coef_, other.coef_)
        np.testing.assert_array_equal(one.intercept_, other.intercept_)


@pytest.mark.parametrize("estimator", ONLINE[:6], ids=repr)
def test_what_was_learned_goes_on_in_the_tables_units(estimator):
    _, table, y = scattered(rows=400)
    first = clone(estimator).set_params(max_epochs=3, tol=None).fit(table, y)
    W = np.array(first._state["W"]) * np.array(first._state.get("scale", 1.0))
    last = np.array([first._sums(row[np.newaxis])[0, 0] for row in table[:5]])
    if getattr(estimator, "variant", "plain") == "plain":
        np.testing.assert_allclose(table[:5] @ W[0] + first._state["b"][0], last, rtol=1e-9)
    warm = clone(first).set_params(warm_start=True).fit(table, y)
    warm.fit(table, y)
    assert warm.score(table, y) >= first.score(table, y) - 0.05


def test_a_bias_that_is_held_keeps_the_columns():
    _, table, y = scattered()
    one, other = (
        gn.Perceptron(fixed_bias=-1.0, max_epochs=5, standardise=how).fit(table, y) for how in ("auto", False)
    )
    np.testing.assert_array_equal(one.coef_, other.coef_)


@pytest.mark.parametrize("value", ["yes", 3, None])
@pytest.mark.parametrize("estimator", [gn.Perceptron, gn.MLPClassifier])
def test_a_wrong_setting_is_told_all_that_there_is(estimator, value):
    with pytest.raises(gn.GlassneuronError, match="`standardise` must be True, False or 'auto'; got "):
        estimator(standardise=value).fit([[0.0], [1.0]], [0, 1])
