"""What is refused, or stopped in the middle, leaves all as it was; and what cannot be is refused in a sentence."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone

import glassneuron as gn
from glassneuron.errors import TrainingWarning

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
TWO, THREE = (X[:, 0] > 0).astype(int), np.digitize(X[:, 0], [-0.4, 0.4])
CLASSIFIERS = [gn.MLPClassifier(4, max_epochs=5), gn.Perceptron(max_epochs=5, prove=False), gn.SigmoidNeuron()]


class Stop(Exception):
    pass


def stop(history):
    raise Stop


def same(before, after):
    return before.keys() == after.keys() and all(before[name] is after[name] for name in before)


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=repr)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_training_that_does_not_come_to_its_end_changes_nothing(estimator, method):
    fitted = clone(estimator).fit(X, TWO)
    answers, history = fitted.predict(X), fitted.history_.losses.copy()
    weights = fitted.decision_function(X)
    fitted.set_params(on_epoch=stop)
    before = dict(vars(fitted))
    with pytest.raises(Stop):
        getattr(fitted, method)(X, TWO if method == "partial_fit" else THREE)
    assert same(before, vars(fitted))
    assert fitted.history_.losses == history
    assert (fitted.predict(X) == answers).all()
    fitted.set_params(on_epoch=None)
    assert (fitted.decision_function(X) == weights).all()
    with pytest.raises(gn.GlassneuronError):
        getattr(fitted, method)(X, THREE, sample_weight=[1.0])
    assert same(before | {"on_epoch": None}, vars(fitted))


def test_a_network_learns_on_as_if_a_stopped_call_had_not_been():
    once, stopped = (gn.MLPClassifier(4).partial_fit(X, TWO) for _ in range(2))
    with pytest.raises(Stop):
        stopped.set_params(on_epoch=stop).partial_fit(X, TWO)
    assert stopped.set_params(on_epoch=None).partial_fit(X, TWO).network_ == once.partial_fit(X, TWO).network_


def test_a_first_training_that_is_refused_leaves_nothing_behind(refused):
    network = gn.MLPRegressor(activation="step")
    before = dict(vars(network))
    for method in (network.fit, network.partial_fit):
        with refused("slopeless"):
            method(X, X[:, 0])
        assert same(before, vars(network))
    warm = gn.MLPClassifier(4, warm_start=True, max_epochs=2, l2=-1)
    with refused("parameter", "`l2`", "-1"):
        warm.fit(X, TWO)
    assert warm.set_params(l2=0.0).fit(X, TWO).n_iter_ == 2


@pytest.mark.parametrize("speed", ["python", "compiled"])
@pytest.mark.parametrize(("estimator", "y", "held"), [
    (gn.MLPRegressor(3, max_epochs=2), X[:, :2], np.ones((5, 1))),
    (gn.MLPRegressor(3, max_epochs=2), X[:, 0], np.ones((5, 2))),
    (gn.MLPClassifier(3, max_epochs=2), (X > 0).astype(int), np.ones((5, 2), int)),
])  # fmt: skip
def test_rows_held_out_need_as_many_targets_as_the_others(speed, estimator, y, held, refused):
    with gn.speed(speed), refused("targets", "5 rows", held.shape):
        clone(estimator).fit(X, y, validation=(X[:5], held))


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=repr)
@pytest.mark.parametrize(("weights", "rule"), [
    ({0: -1, 1: 2}, "finite"),
    ({0: np.nan, 1: 1}, "finite"),
    ({0: np.inf, 1: 1}, "finite"),
    ({0: 0, 1: 0}, "above 0"),
    ({0: 1e308, 1: 1e308}, "float64"),
])  # fmt: skip
def test_weights_of_classes_that_cannot_be(estimator, weights, rule, refused):
    with refused("parameter", "`class_weight`", rule):
        clone(estimator).set_params(class_weight=weights).fit(X, TWO)


@pytest.mark.parametrize("estimator", CLASSIFIERS, ids=repr)
@pytest.mark.parametrize(("weight", "rule"), [(1e-50, "above 0"), (1e39, "small enough")])
def test_weights_of_rows_beyond_their_kind_of_float(estimator, weight, rule, refused):
    with refused("parameter", "`sample_weight`", rule, "float32"):
        clone(estimator).fit(X.astype(np.float32), TWO, sample_weight=np.full(60, weight))


@pytest.mark.parametrize("estimator", [*CLASSIFIERS, gn.MLPRegressor(3, max_epochs=3), gn.LinearNeuron()], ids=repr)
def test_a_row_to_explain_has_its_columns_in_order(estimator, refused):
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    fitted = clone(estimator).fit(frame, TWO)
    expected = str(fitted.explain(X[0]))
    assert str(fitted.explain(frame.iloc[[0]])) == expected
    assert str(fitted.explain(frame.iloc[0])) == expected
    assert str(fitted.explain(pd.Series(X[0]))) == expected
    for crossed in (frame[["c", "b", "a"]].iloc[[0]], frame[["c", "b", "a"]].iloc[0]):
        with refused("input", "feature names"):
            fitted.explain(crossed)


def test_a_network_of_one_class_is_saved_and_loaded(tmp_path):
    network = gn.MLPClassifier(3, max_epochs=2).fit(X, np.full(60, "only"))
    gn.save(network, tmp_path / "one.safetensors")
    model = gn.load(tmp_path / "one.safetensors")
    assert set(model.predict(X)) == set(network.predict(X)) == {"only"}
    assert model.probabilities(X).shape == network.predict_proba(X).shape == (60, 1)
    assert "so the answer is only" in str(model.explain(X[0]))


def test_held_out_rows_differ_where_there_is_no_random_state(monkeypatch):
    seeds = []
    from glassneuron.estimators import shared

    split = shared.split
    monkeypatch.setattr(shared, "split", lambda groups, share, seed: seeds.append(seed) or split(groups, share, seed))
    for _ in range(3):
        gn.MLPClassifier(3, max_epochs=1, early_stopping=True, random_state=None).fit(X, TWO)
    assert len(set(seeds)) == 3


def test_whole_numbers_beyond_a_float_are_refused():
    for call in (
        lambda: gn.Neuron([1, 2]).feedforward([10**400, 1]),
        lambda: gn.Network.random([2, 2, 1]).feedforward([[10**400, 1]]),
        lambda: gn.MLPClassifier(2).fit([[10**400, 1], [0, 1]], [0, 1]),
        lambda: gn.Perceptron().fit([[0, 1], [1, 0]], [0, 1], sample_weight=[10**400, 1]),
    ):
        with pytest.raises(gn.GlassneuronError):
            call()


@pytest.mark.filterwarnings("ignore::glassneuron.errors.TrainingWarning")
def test_losses_of_the_batches_before_an_explosion_are_kept():
    y = 3.0 * X[:50, 0] + X[:50, 1] ** 2
    settings = {"tol": None, "each_batch": True, "optimiser": "momentum", "batch_size": 10, "max_epochs": 60}
    for rate in (0.5, 0.1, 0.05, 0.03, 0.02, 0.014):
        network = gn.MLPRegressor(4, "linear", learning_rate=rate, **settings)
        network.fit(X[:50], y)
        assert len(network.history_.batch_losses) == 5 * network.history_.epochs


def test_an_explosion_names_the_rate_of_a_schedule_of_ones_own():
    network = gn.MLPRegressor(3, "linear", optimiser="sgd", max_epochs=30, schedule=lambda epoch: 10.0 * epoch)
    with pytest.warns(TrainingWarning, match=r"learning_rate=[1-9]\d*0 .*try 0"):
        network.fit(X, X[:, 0])


def test_the_optimum_is_told_apart_from_a_dead_end():
    flat = gn.MLPRegressor(3, optimiser="lbfgs", tol=0.05).fit(X, X[:, 0])
    assert flat.history_.converged
    assert "0.05" in flat.history_.why_stopped


WATCHING = [
    gn.Perceptron(), gn.Perceptron(variant="pocket"), gn.Perceptron(variant="voted"), gn.Adaline(),
    gn.SigmoidNeuron(solver="lbfgs"), gn.LinearNeuron(solver="newton"), gn.SigmoidNeuron(solver="online"),
    gn.MLPClassifier(4), gn.MLPRegressor(4),
]  # fmt: skip


@pytest.mark.parametrize("estimator", WATCHING, ids=lambda e: repr(e)[:40])
def test_rows_are_held_out_among_those_that_weigh(estimator):
    """As bagging passes weights: rows of none are as good as not there."""
    random = np.random.default_rng(0)
    X = random.normal(size=(60, 3))
    y = (X[:, 0] + 0.3 * random.normal(size=60) > 0).astype(int)
    learner = clone(estimator).set_params(early_stopping=True, validation_fraction=0.2, random_state=0, max_epochs=5)
    for weighty in (np.arange(60) % 2, np.arange(60) < 24, random.poisson(1, 60)):
        weight = weighty.astype(float)
        fitted = clone(learner).fit(X, y, sample_weight=weight)
        history = fitted.history_
        assert np.isfinite(history.losses).all()
        assert len(history.validation_losses) > 0
        assert np.isfinite(history.validation_losses).all()
        others = np.where(weight[:, np.newaxis] > 0, X, 7.0)  # what the rows of none hold makes no difference
        again = clone(learner).fit(others, y, sample_weight=weight).history_
        np.testing.assert_allclose(again.validation_losses, history.validation_losses, rtol=1e-9)


@pytest.mark.parametrize("estimator", WATCHING, ids=lambda e: repr(e)[:40])
def test_too_few_rows_that_weigh_are_a_sentence(estimator, refused):
    X, y = np.random.default_rng(0).normal(size=(60, 3)), np.arange(60) % 2
    weight = np.zeros(60)
    weight[:4] = 1.0
    learner = clone(estimator).set_params(early_stopping=True)
    with refused("parameter", "validation_fraction", "4 rows that weigh more than 0"):
        learner.fit(X, y, weight)


def with_cell(value):
    frame = pd.DataFrame(X, columns=["age", "size", "mass"]).astype(object if isinstance(value, str) else float)
    frame.loc[[7, 9], "size"] = value
    return frame


CELLS = {
    "a gap": (np.nan, "gaps", "2 of 60 rows, first in row 7"),
    "infinity": (np.inf, "infinite-cell", "row 7"),
    "a text": ("red", "text-column", "'red' in row 7"),
}


@pytest.mark.parametrize("case", CELLS)
@pytest.mark.parametrize("estimator", [gn.Perceptron(), gn.LinearNeuron(), gn.MLPClassifier(4)], ids=repr)
def test_a_cell_that_is_no_number_is_named_with_its_column(estimator, case, refused):
    value, code, where = CELLS[case]
    frame = with_cell(value)
    with refused(code, "column 'size'", where):
        clone(estimator).fit(frame, TWO)
    with refused(code, "column 1", where):
        clone(estimator).fit(frame.to_numpy(), TWO)
    with refused(code, "column 'size'", where):
        clone(estimator).fit(pd.DataFrame(X, columns=frame.columns), TWO).predict(frame)
    if case != "a text" and not isinstance(estimator, gn.MLPClassifier):
        with refused(code, "column 1"):
            clone(estimator).fit(csr_array(frame.to_numpy()), TWO)


def test_gaps_in_several_columns_are_all_counted(refused):
    frame = pd.DataFrame(X, columns=["age", "size", "mass"])
    frame.loc[3, "age"] = frame.loc[5, "mass"] = np.nan
    with refused("gaps", "column 'age' (1 of 60 rows, first in row 3), and in 1 more column"):
        gn.Perceptron().fit(frame, TWO)
