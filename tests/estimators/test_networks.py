"""`MLPClassifier` and `MLPRegressor` in scikit-learn's world."""

import pickle
from statistics import median

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_matrix, csr_array, csr_matrix
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import glassneuron as gn
from glassneuron.errors import TrainingWarning
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.split import split
from glassneuron.learning.trainer import Trainer

X_XOR, Y_XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


@parametrize_with_checks([gn.MLPClassifier(), gn.MLPRegressor()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def waves():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (60, 2))
    return X, np.column_stack([np.sin(2 * X[:, 0]), X[:, 0] * X[:, 1]])


@pytest.mark.parametrize(("scale", "seeds"), [(1.0, 3), (16.0, 1)], ids=["raw pixels", "pixels from 0 to 1"])
def test_digits_with_the_default_settings(scale, seeds):
    X, y = load_digits(return_X_y=True)

    def accuracy(seed):
        learn_X, test_X, learn_y, test_y = train_test_split(X / scale, y, test_size=0.25, random_state=seed, stratify=y)
        return gn.MLPClassifier(random_state=seed).fit(learn_X, learn_y).score(test_X, test_y)

    assert median(accuracy(seed) for seed in range(seeds)) >= 0.97


# ------------------------------------------------------------------------------ answers


def test_two_classes_have_one_sigmoid_output():
    X, y = load_breast_cancer(return_X_y=True)
    labels = np.array(["malignant", "benign"])[y]
    net = make_pipeline(StandardScaler(), gn.MLPClassifier(8, learning_rate=0.01)).fit(X, labels)
    mlp = net[-1]
    assert mlp.classes_.tolist() == ["benign", "malignant"]
    assert (mlp.network_.sizes, mlp.network_.activations) == ((30, 8, 1), ("relu", "sigmoid"))
    sums, p = net.decision_function(X), net.predict_proba(X)
    assert p[:, 1] == pytest.approx(1 / (1 + np.exp(-sums)), rel=1e-12)
    assert p.sum(axis=1) == pytest.approx(1.0)
    assert (net.predict(X) == mlp.classes_[p.argmax(axis=1)]).all()
    assert net.score(X, labels) > 0.95


def test_many_classes_have_softmax_outputs():
    X, y = load_iris(return_X_y=True)
    net = gn.MLPClassifier(5, "tanh", learning_rate=0.01).fit(X, y)
    sums, p = net.decision_function(X), net.predict_proba(X)
    e = np.exp(sums - sums.max(axis=1, keepdims=True))
    assert p == pytest.approx(e / e.sum(axis=1, keepdims=True), rel=1e-10)
    assert net.network_.activations == ("tanh", "softmax")
    assert net.score(X, y) > 0.95


def test_without_a_hidden_layer_it_is_logistic_regression():
    X, y = load_iris(return_X_y=True)
    ours = gn.MLPClassifier((), optimiser="lbfgs", l2=0.01, max_epochs=2000, tol=1e-8).fit(X, y)
    theirs = LogisticRegression(C=1 / (0.01 * len(X)), tol=1e-10, max_iter=5000).fit(X, y)
    assert ours.predict_proba(X) == pytest.approx(theirs.predict_proba(X), abs=1e-4)


def test_without_a_hidden_layer_regression_is_least_squares(waves):
    X, Y = waves
    ours = gn.MLPRegressor((), optimiser="lbfgs", tol=1e-10).fit(X, Y)
    assert ours.predict(X) == pytest.approx(LinearRegression().fit(X, Y).predict(X), abs=1e-6)


def test_one_class_is_the_only_answer():
    net = gn.MLPClassifier(2).fit(X_XOR, ["only"] * 4)
    assert net.predict(X_XOR).tolist() == ["only"] * 4
    assert net.predict_proba(X_XOR).tolist() == [[1.0]] * 4


@pytest.mark.parametrize("form", [np.array, csr_matrix, pd.DataFrame, lambda Y: Y.tolist()])
def test_several_labels_a_row(waves, form):
    X, Y = waves[0], (waves[1] > 0).astype(int)
    net = gn.MLPClassifier(16, "tanh", learning_rate=0.05, max_epochs=400).fit(X, form(Y))
    assert net.network_.activations[-1] == "sigmoid"
    assert net.predict(X).shape == net.predict_proba(X).shape == net.decision_function(X).shape == (60, 2)
    assert (net.predict(X) == (net.predict_proba(X) >= 0.5)).all()
    assert net.score(X, Y) > 0.9
    assert "so the answer is [" in str(net.explain(X[0]))


def test_several_outputs(waves):
    X, Y = waves
    net = gn.MLPRegressor(16, "tanh", optimiser="lbfgs", tol=1e-6, max_epochs=500).fit(X, Y)
    assert net.predict(X).shape == (60, 2)
    assert net.score(X, Y) > 0.99
    assert net.restarts_[0].success
    assert gn.MLPRegressor(4).fit(X, Y[:, 0]).predict(X).shape == (60,)
    assert gn.MLPRegressor(4).fit(X, Y[:, :1]).predict(X).shape == (60,)


def test_names_and_explanation():
    frame = pd.DataFrame(X_XOR, columns=["left", "right"])
    net = gn.MLPClassifier(2, "tanh", max_epochs=5).fit(frame, ["no", "yes", "yes", "no"])
    assert net.network_.names == ("left", "right")
    shown = net.explain([0.0, 1.0])
    answer = net.predict(frame)[1]
    assert str(shown).endswith(f"so the answer is {answer}")
    assert shown.to_dict()["answer"] == answer
    assert "layer 2, 1 sigmoid neuron" in str(gn.MLPClassifier(2, max_epochs=5).fit(X_XOR, Y_XOR).explain([1, 0]))
    assert "linear" in str(gn.MLPRegressor(2, max_epochs=5).fit(X_XOR, Y_XOR).explain([1, 0]))


@pytest.mark.parametrize("make", [gn.MLPClassifier, gn.MLPRegressor])
def test_float32_stays_float32(make):
    X = X_XOR.astype(np.float32)
    net = make(3, max_epochs=5).fit(X, Y_XOR)
    assert net.network_.parameters.dtype == np.float32
    if make is gn.MLPClassifier:
        assert net.predict_proba(X).dtype == net.decision_function(X).dtype == np.float32
    else:
        assert net.predict(X).dtype == np.float32


# ----------------------------------------------------------------------------- weights


FULL = {"hidden_layer_sizes": 5, "activation": "tanh", "learning_rate": 0.01, "max_epochs": 50, "tol": None}


def test_a_weight_of_two_is_the_row_twice_and_of_none_is_no_row(waves):
    X, Y = waves
    counts = np.random.default_rng(1).integers(0, 3, len(X))
    weighted = gn.MLPRegressor(**FULL).fit(X, Y, sample_weight=counts)
    repeated = gn.MLPRegressor(**FULL).fit(np.repeat(X, counts, axis=0), np.repeat(Y, counts, axis=0))
    assert weighted.network_.parameters == pytest.approx(repeated.network_.parameters, rel=1e-9, abs=1e-12)
    assert weighted.loss_ == pytest.approx(repeated.loss_, rel=1e-9)


@pytest.mark.parametrize(
    ("class_weight", "weights"),
    [({"a": 1.0, "b": 3.0}, {"a": 1.0, "b": 3.0}), ("balanced", {"a": 40 / (2 * 30), "b": 40 / (2 * 10)})],
)
def test_class_weight(waves, class_weight, weights):
    X, y = waves[0][:40], np.array(["a"] * 30 + ["b"] * 10)
    net = gn.MLPClassifier(**FULL, class_weight=class_weight).fit(X, y)
    by_hand = gn.MLPClassifier(**FULL).fit(X, y, sample_weight=[weights[label] for label in y])
    assert net.network_.parameters == pytest.approx(by_hand.network_.parameters, rel=1e-9, abs=1e-12)


# ------------------------------------------------------------------------ going on, stopping


def test_warm_start_goes_on_where_fit_ended(waves):
    X, Y = waves
    half = FULL | {"optimiser": "sgd", "max_epochs": 25, "warm_start": True}
    twice = gn.MLPRegressor(**half).fit(X, Y).fit(X, Y)
    once = gn.MLPRegressor(**FULL | {"optimiser": "sgd"}).fit(X, Y)
    assert twice.network_.parameters == pytest.approx(once.network_.parameters, rel=1e-12)
    other = twice.set_params(hidden_layer_sizes=3).fit(X, Y)
    assert other.network_.sizes == (2, 3, 2)


def test_partial_fit_remembers_the_optimisers_memory(waves):
    X, Y = waves
    bit_by_bit = gn.MLPRegressor(**FULL)
    for _ in range(50):
        bit_by_bit.partial_fit(X, Y)
    once = gn.MLPRegressor(**FULL).fit(X, Y)
    assert bit_by_bit.network_.parameters == pytest.approx(once.network_.parameters, rel=1e-12)
    assert bit_by_bit.history_.losses == pytest.approx(once.history_.losses, rel=1e-12)
    assert bit_by_bit.n_iter_ == 50


def test_partial_fit_knows_the_classes_from_the_first_call(refused):
    net = gn.MLPClassifier(4).partial_fit(X_XOR[:2], ["a", "b"], classes=["a", "b", "c"])
    net.partial_fit(X_XOR[2:], ["c", "c"])
    assert net.predict_proba(X_XOR).shape == (4, 3)
    with refused("new-class", "'d'"):
        net.partial_fit(X_XOR[:1], ["d"])
    with refused("parameter", "`optimiser`", "batches", "'lbfgs'"):
        gn.MLPClassifier(optimiser="lbfgs").partial_fit(X_XOR, Y_XOR)
    with refused("parameter", "`y`", "one label"):
        net.partial_fit(X_XOR, np.eye(4, dtype=int))


def test_the_best_epoch_on_the_callers_rows_is_kept():
    X, y = load_iris(return_X_y=True)
    learn_X, held_X, learn_y, held_y = train_test_split(X, y, test_size=0.4, random_state=0, stratify=y)
    learn_y = np.where(np.random.default_rng(0).random(len(learn_y)) < 0.3, 2 - learn_y, learn_y)  # some are wrong
    net = gn.MLPClassifier(50, learning_rate=0.02, max_epochs=200, tol=None)
    net.fit(learn_X, learn_y, validation=(held_X, held_y))
    losses = net.history_.validation_losses
    assert losses[-1] > min(losses)  # so that there is something to keep
    assert log_loss(held_y, net.predict_proba(held_X)) == pytest.approx(min(losses), rel=1e-9)
    assert f"epoch {1 + losses.index(min(losses))} " in net.history_.why_stopped


def test_early_stopping_holds_rows_of_each_class_out(refused):
    X, y = load_digits(return_X_y=True)
    net = gn.MLPClassifier(20, early_stopping=True, validation_fraction=0.2, patience=3).fit(X / 16, y)
    assert len(net.history_.validation_losses) == net.n_iter_ < 200
    assert net.loss_ == min(net.history_.validation_losses)
    with refused("parameter", "`validation_fraction`", "4 rows"):
        gn.MLPClassifier(early_stopping=True).fit(X_XOR, Y_XOR)
    with refused("parameter", "`optimiser`", "batches", "'lbfgs'"):
        gn.MLPClassifier(early_stopping=True, optimiser="lbfgs").fit(X, y)


def test_the_caller_hears_of_each_epoch_and_can_stop():
    heard = []

    def three(history):
        heard.append(history.epochs)
        return history.epochs == 3

    net = gn.MLPClassifier(4, on_epoch=three, each_batch=True, batch_size=2).fit(X_XOR, Y_XOR)
    assert heard == [1, 2, 3]
    assert net.n_iter_ == 3
    assert len(net.history_.batch_losses) == 6


def test_a_stop_is_a_stop_of_all_starts():
    net = gn.MLPClassifier(4, n_restarts=5, max_epochs=3, tol=None, on_epoch=lambda h: h.losses[-1] < net_loss)
    net_loss = 0.0
    assert len(net.fit(X_XOR, Y_XOR).restarts_) == 5
    net_loss = np.inf
    assert [r.epochs for r in net.fit(X_XOR, Y_XOR).restarts_] == [1]


def test_each_setting_reaches_the_rule():
    settings = {
        "optimiser": "nesterov", "learning_rate": 0.5, "schedule": "cosine", "batch_size": 3, "max_epochs": 7,
        "momentum": 0.25, "l2": 0.125, "dropout": 0.75, "clip": 2.0, "patience": 4, "shuffle": False,
        "each_batch": True,
    }  # fmt: skip
    for net in (gn.MLPClassifier(**settings, loss="squared_error"), gn.MLPRegressor(**settings)):
        rule = net.set_params(tol=0.5)._rule(seed=9)
        assert {name: getattr(rule, name) for name in settings} == settings
        assert (rule.loss, rule.tol, rule.random_state) == ("squared_error", 0.5, 9)
    assert gn.MLPClassifier()._rule(0).loss == "cross_entropy"


def test_rows_held_out_take_their_weights_along():
    X, y = load_iris(return_X_y=True)
    counts = np.random.default_rng(0).uniform(0.5, 2.0, len(X))
    net = gn.MLPClassifier(5, max_epochs=20, early_stopping=True, validation_fraction=0.2, random_state=3)
    kept, held = split(y, 0.2, seed=3)
    assert np.bincount(y[held]).tolist() == [10, 10, 10]
    by_hand = clone(net).set_params(early_stopping=False)
    by_hand.fit(X[kept], y[kept], counts[kept], validation=(X[held], y[held]))
    assert net.fit(X, y, counts).network_ == by_hand.network_


@pytest.mark.parametrize("by", ["sample_weight", "class_weight"])
def test_rows_held_out_count_as_much_as_their_weights_say(by):
    X, y = load_iris(return_X_y=True)
    of_class = {0: 1.0, 1: 5.0, 2: 0.2}
    counts = np.array([of_class[label] for label in y])
    net = gn.MLPClassifier(5, max_epochs=20, early_stopping=True, validation_fraction=0.2, random_state=3, tol=None)
    net.set_params(class_weight=of_class if by == "class_weight" else None)
    net.fit(X, y, counts if by == "sample_weight" else None)
    held = split(y, 0.2, seed=3)[1]
    weighted = log_loss(y[held], net.predict_proba(X[held]), sample_weight=counts[held])
    assert min(net.history_.validation_losses) == pytest.approx(weighted, rel=1e-9)


def test_rows_held_out_of_numbers_count_as_much_as_their_weights_say(waves):
    X, Y = waves
    counts = np.random.default_rng(0).uniform(0.1, 5.0, len(X))
    net = gn.MLPRegressor(5, max_epochs=20, early_stopping=True, validation_fraction=0.3, random_state=3, tol=None)
    net.fit(X, Y, counts)
    held = split(np.zeros(len(X)), 0.3, seed=3)[1]
    squares = 0.5 * ((net.predict(X[held]) - Y[held]) ** 2).sum(axis=1)
    assert min(net.history_.validation_losses) == pytest.approx(np.average(squares, weights=counts[held]), rel=1e-9)


def test_xor_is_learned_with_nothing_set():
    assert gn.MLPClassifier().fit(X_XOR, Y_XOR).predict(X_XOR).tolist() == Y_XOR.tolist()


def test_fit_forgets_what_partial_fit_remembers(waves):
    X, Y = waves
    after, without = (gn.MLPRegressor(**FULL) for _ in range(2))
    after.partial_fit(X, Y).fit(X, Y).partial_fit(X, Y)
    assert after.network_ == without.fit(X, Y).partial_fit(X, Y).network_


def test_partial_fit_takes_the_rows_in_another_order_each_time(waves):
    X, Y = waves
    still = {"optimiser": "sgd", "learning_rate": 1e-15, "batch_size": 1, "each_batch": True}
    losses = np.reshape(gn.MLPRegressor(4, **still).partial_fit(X, Y).partial_fit(X, Y).history_.batch_losses, (2, 60))
    assert np.sort(losses[0]) == pytest.approx(np.sort(losses[1]), rel=1e-9)
    assert losses[0] != pytest.approx(losses[1], rel=1e-9)


# ------------------------------------------------------------------------------ restarts


def test_xor_from_many_starts_keeps_the_best_and_counts_the_successes():
    settings = {"learning_rate": 0.1, "max_epochs": 300, "tol": None}
    net = gn.MLPClassifier(2, "sigmoid", n_restarts=20, **settings).fit(X_XOR, Y_XOR)
    assert len({r.seed for r in net.restarts_}) == 20
    assert net.loss_ == min(r.loss for r in net.restarts_)
    assert net.success_rate_ == sum(r.success for r in net.restarts_) / 20
    assert 0.0 < net.success_rate_ < 1.0  # two hidden neurons are just enough, and some starts get stuck
    assert net.predict(X_XOR).tolist() == Y_XOR.tolist()
    for restart in net.restarts_[:5]:  # each can be had again from its seed
        start = gn.Network.random([2, 2, 1], "sigmoid", start="glorot", seed=restart.seed)
        again = Backpropagation(Dataset(X_XOR, Y_XOR[:, np.newaxis].astype(float)), net._rule(seed=0), start)
        assert Trainer(again).fit().losses[-1] == restart.loss
        assert restart.success == (again.trained().feedforward(X_XOR).round() == Y_XOR).all()


# ------------------------------------------------------------------------ scikit-learn's tools


def test_pipeline_grid_clone_and_pickle():
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), gn.MLPClassifier(max_epochs=100, learning_rate=0.05))
    grid = GridSearchCV(pipeline, {"mlpclassifier__hidden_layer_sizes": [(4,), (8, 4)]}, cv=3, n_jobs=2).fit(X, y)
    assert grid.best_score_ > 0.9
    best = grid.best_estimator_[-1]
    again = clone(best)
    assert again.get_params() == best.get_params()
    assert not hasattr(again, "network_")
    assert (pickle.loads(pickle.dumps(grid)).predict(X) == grid.predict(X)).all()


def test_the_same_seed_gives_the_same_network(waves):
    X, Y = waves
    settings = {"dropout": 0.2, "batch_size": 7, "max_epochs": 5}
    a, b, c = (gn.MLPRegressor(8, **settings, random_state=s).fit(X, Y).network_ for s in (3, 3, 4))
    assert a == b != c


# --------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("settings", "code", "named"),
    [
        ({"hidden_layer_sizes": 0}, "parameter", "`hidden_layer_sizes` must be in [1, inf)"),
        ({"hidden_layer_sizes": (4, -1)}, "parameter", "`hidden_layer_sizes` must be in [1, inf)"),
        ({"hidden_layer_sizes": "4"}, "parameter", "`hidden_layer_sizes`"),
        ({"hidden_layer_sizes": 2.5}, "parameter", "`hidden_layer_sizes`"),
        ({"activation": "swish"}, "parameter", "`activation`"),
        ({"activation": ["relu", "tanh"]}, "parameter", "`activation`"),
        ({"optimiser": "newton"}, "parameter", "`optimiser`"),
        ({"loss": "hinge"}, "parameter", "`loss`"),
        ({"learning_rate": 0.0}, "parameter", "`learning_rate` must be in (0, inf)"),
        ({"max_epochs": 0}, "parameter", "`max_epochs`"),
        ({"n_restarts": 0}, "parameter", "`n_restarts`"),
        ({"start": "ones"}, "parameter", "`start`"),
        ({"early_stopping": True, "validation_fraction": 1.0}, "parameter", "`validation_fraction`"),
        ({"class_weight": "fair"}, "input-type", "class_weight"),
        ({"class_weight": {7: 2.0}}, "input", "class_weight"),
        ({"random_state": "x"}, "parameter", "'x'"),
        ({"activation": "softmax"}, "parameter", "`activation`"),
        ({"activation": "step"}, "slopeless", "'sigmoid'"),
        ({"on_epoch": 3}, "parameter-type", "`on_epoch`"),
    ],
)
def test_settings_outside_their_rule(settings, code, named, refused):
    with refused(code, named):
        gn.MLPClassifier(**settings).fit(X_XOR, Y_XOR)


@pytest.mark.parametrize(
    ("y", "weights", "code", "named"),
    [
        ([0, 1, 1], None, "input", "inconsistent numbers of samples"),
        ([0.1, 0.2, 0.3, 0.4], None, "input", "continuous"),
        ([[0, 1], [1, 2], [1, 1], [0, 0]], None, "parameter", "`y`"),
        ([[0, 1], [1], [1, 1], [0, 0]], None, "input", "inhomogeneous"),
        ([0, 1, 1, 0], [1, 1, 1, -1], "input", "Negative values"),
        ([0, 1, 1, 0], [1, 1], "input", "sample_weight"),
    ],
)
def test_wrong_targets_and_weights(y, weights, code, named, refused):
    with refused(code, named):
        gn.MLPClassifier(2).fit(X_XOR, y, sample_weight=weights)


def test_weights_of_nothing():
    with pytest.raises(gn.GlassneuronError, match="at least one"):  # in scikit-learn's words, or in ours before 1.9
        gn.MLPClassifier(2).fit(X_XOR, Y_XOR, sample_weight=[0, 0, 0, 0])


def test_class_weight_is_for_one_label_a_row(refused):
    with refused("parameter", "`class_weight`", "'balanced'"):
        gn.MLPClassifier(class_weight="balanced").fit(X_XOR, [[0, 1], [1, 1], [1, 0], [0, 0]])


def test_a_validation_row_of_a_new_class(refused):
    with refused("new-class", "`y` holds 2"):
        gn.MLPClassifier(2).fit(X_XOR, Y_XOR, validation=(X_XOR[:1], [2]))


@pytest.mark.parametrize("make", [gn.MLPClassifier, gn.MLPRegressor])
@pytest.mark.parametrize("validation", [3, (X_XOR, Y_XOR, Y_XOR)])
def test_validation_that_is_no_pair(make, validation, refused):
    with refused("parameter", "`validation`"):
        make(2).fit(X_XOR, Y_XOR, validation=validation)


def test_measurements_that_are_none(refused):
    with refused("numbers", "`y` must hold numbers"):
        gn.MLPRegressor(2).fit(X_XOR, ["a", "b", "c", "d"])
    with refused("beyond-float", "float32", "1e+60"):
        gn.MLPRegressor(2).fit(X_XOR.astype(np.float32), [1e60, 2, 3, 4])


@pytest.mark.parametrize("make", [gn.MLPClassifier, gn.MLPRegressor])
def test_before_fit_it_says_so(make):
    for ask in ("predict", "explain"):
        with pytest.raises(NotFittedError, match="not fitted"):
            getattr(make(), ask)([[0.0, 1.0]])


def test_a_rate_that_explodes_is_said_so():
    X = np.linspace(0, 1000, 50)[:, np.newaxis]
    net = gn.MLPRegressor((), optimiser="sgd", learning_rate=1.0, standardise=False)
    with pytest.warns(TrainingWarning, match=r"learning_rate=1 .*try"):
        net.fit(X, X[:, 0])
    assert np.isfinite(net.predict(X)).all()
    assert net.n_iter_ < 200


WAYS = {
    "adam": {"max_epochs": 5},
    "early stopping": {"max_epochs": 5, "early_stopping": True},
    "dropout": {"max_epochs": 3, "dropout": 0.2},
    "lbfgs": {"optimiser": "lbfgs", "max_epochs": 8},
}


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("kind", ["two classes", "three classes", "several labels", "numbers"])
def test_sparse_rows_are_learned_as_if_they_were_dense(kind, how, monkeypatch):
    random = np.random.default_rng(0)
    X = random.normal(size=(120, 30)) * (random.random((120, 30)) < 0.2)
    sums = X.sum(axis=1)
    targets = {
        "two classes": sums > 0, "three classes": np.digitize(sums, [-0.5, 0.5]),
        "several labels": (X[:, :2] > 0).astype(int), "numbers": sums,
    }  # fmt: skip
    make = gn.MLPRegressor if kind == "numbers" else gn.MLPClassifier
    learner = make(6, random_state=0, standardise=False, **WAYS[how])
    dense = clone(learner).fit(X, targets[kind])
    monkeypatch.setattr("glassneuron.learning.algorithms.backpropagation.NUMBERS", 30 * 16)  # of 16 rows at a time
    monkeypatch.setattr("glassneuron.estimators.networks.NUMBERS", 30 * 16)
    for form in (csr_array, csc_matrix):
        sparse = clone(learner).fit(form(X), targets[kind])
        np.testing.assert_allclose(sparse.network_.parameters, dense.network_.parameters, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(sparse.history_.losses, dense.history_.losses, rtol=1e-9)
        np.testing.assert_allclose(sparse.history_.validation_losses, dense.history_.validation_losses, rtol=1e-9)
        np.testing.assert_allclose(sparse.predict(form(X)), dense.predict(X), rtol=1e-9)
        assert [f.what for f in sparse.diagnose()] == [f.what for f in dense.diagnose()]
        assert str(sparse.explain(csr_array(X)[[3]])) == str(dense.explain(X[3]))


def test_sparse_rows_come_block_by_block_and_stay_as_they_are(refused):
    X, y = csr_array(np.eye(40)), np.arange(40) % 2
    network = gn.MLPClassifier(3, random_state=0)
    assert network.partial_fit(X, y).partial_fit(X, y).n_iter_ == 2
    steps = list(gn.watch(gn.MLPClassifier(3, max_epochs=1, random_state=0), X, y))
    assert len(steps) == 40
    with refused("parameter", "`standardise` must be 'auto' or False for sparse rows"):
        gn.MLPClassifier(3, standardise=True).fit(X, y)
