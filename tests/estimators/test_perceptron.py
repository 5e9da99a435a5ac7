"""`Perceptron` in scikit-learn's world."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import glassneuron as gn

X_OR, Y_OR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]


@parametrize_with_checks([gn.Perceptron()])
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_or_through_the_public_interface():
    p = gn.Perceptron(learning_rate=0.1, max_epochs=1000, fixed_bias=-1.0, shuffle=False).fit(X_OR, Y_OR)
    assert p.decision_function(X_OR).tolist() == [-1.0, 0.09999999999999987, 0.09999999999999987, 1.1999999999999997]
    assert p.predict(X_OR).tolist() == Y_OR
    assert p.history_.mistakes == [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    assert p.n_iter_ == 10
    assert np.round([*p.intercept_, *p.coef_[0]]).tolist() == [-1, 1, 1]
    assert p.neuron_.weights.tolist() == p.coef_[0].tolist()


@pytest.mark.parametrize(
    "labels", [(0, 1), (-1, 1), ("no", "yes"), (False, True), (2.0, 7.0)], ids=lambda pair: str(pair)
)
def test_any_two_labels(labels):
    y = [labels[v] for v in Y_OR]
    p = gn.Perceptron(random_state=1).fit(X_OR, y)
    assert p.predict(X_OR).tolist() == y
    assert p.classes_.tolist() == list(labels)


@pytest.mark.parametrize(("label", "fires"), [(0, 0), (1, 1), (-1, 0), (False, 0), (True, 1), ("yes", 1)])
def test_one_class_is_a_constant(label, fires):
    p = gn.Perceptron().fit(X_OR, [label] * 4)
    assert p.predict(X_OR).tolist() == [label] * 4
    assert p.neuron_.feedforward(X_OR).tolist() == [fires] * 4
    assert p.history_.converged


def test_many_classes_one_neuron_each():
    X, y = load_iris(return_X_y=True)
    p = gn.Perceptron(random_state=0).fit(X, y)
    assert p.coef_.shape == (3, 4)
    assert p.decision_function(X).shape == (150, 3)
    setosa = y == 0
    assert ((p.neurons_[0].feedforward(X) == 1) == setosa).all()  # the one class that is separable from the rest
    assert p.score(X, y) >= 2 / 3  # telling setosa from one of the other two
    assert not hasattr(p, "neuron_")
    assert [n.activation for n in p.neurons_] == ["step"] * 3


def test_watch_on_the_estimator_leaves_it_unfitted():
    p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    watched = list(gn.watch(p, X_OR, Y_OR))
    assert len(watched) == 40
    assert not hasattr(p, "classes_")
    p.fit(X_OR, Y_OR)
    assert watched[-1].weights_after.tolist() == p.coef_[0].tolist()


def test_names_of_the_features_come_along():
    frame = pd.DataFrame(X_OR, columns=["left", "right"], dtype=float)
    p = gn.Perceptron().fit(frame, Y_OR)
    assert p.neuron_.names == ("left", "right")
    assert "left" in str(p.explain([0.0, 1.0]))
    assert p.explain([0.0, 1.0]).to_dict()["answer"] == 1


def test_float32_stays_float32():
    p = gn.Perceptron().fit(np.array(X_OR, dtype=np.float32), Y_OR)
    assert p.coef_.dtype == p.intercept_.dtype == np.float32
    assert p.decision_function(np.array(X_OR, dtype=np.float32)).dtype == np.float32


def test_in_a_pipeline_a_grid_and_cross_validation():
    X, y = load_iris(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), gn.Perceptron(max_epochs=50))
    assert cross_val_score(pipeline, X, y).mean() > 0.8
    grid = GridSearchCV(pipeline, {"perceptron__max_epochs": [5, 20]}, n_jobs=2, cv=3).fit(X, y)
    assert grid.best_score_ > 0.8


def test_the_same_seed_gives_the_same_neuron():
    X, y = load_iris(return_X_y=True)
    a, b = (gn.Perceptron(max_epochs=20, random_state=7).fit(X, y) for _ in range(2))
    assert a.coef_.tolist() == b.coef_.tolist()


@pytest.mark.parametrize(
    ("X", "y", "sentence"),
    [
        ([[0, 0], [np.nan, 1]], [0, 1], "NaN"),
        ([[0, 0], [np.inf, 1]], [0, 1], "infinity"),
        ([[0, 0], ["a", 1]], [0, 1], "could not convert|numbers"),
        ([[0, 0], [1]], [0, 1], "inhomogeneous|equal length"),
        ([[0, 0], [1, 1]], [0, 1, 1], "inconsistent numbers of samples"),
        ([[0, 0], [1, 1]], [0.1, 0.7], "continuous"),
        ([[0, 0], [1, 1]], [None, "a"], "."),
        (np.empty((0, 2)), [], "0 sample"),
        (np.empty((2, 0)), [0, 1], "0 feature"),
    ],
)
def test_wrong_data_is_refused_with_the_packages_own_error(X, y, sentence):
    with pytest.raises(gn.GlassneuronError, match=sentence):
        gn.Perceptron().fit(X, y)


@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_a_rate_that_explodes_is_said_so(speed, refused):
    with gn.speed(speed), refused("diverged", "1e+308"):
        gn.Perceptron(learning_rate=1e308).fit([[10.0], [-10.0]], [0, 1])


def test_before_fit_it_says_so():
    with pytest.raises(NotFittedError, match="not fitted"):
        gn.Perceptron().predict(X_OR)
    with pytest.raises(NotFittedError, match="not fitted"):
        gn.Perceptron().explain([0, 1])


CELLS = st.one_of(
    st.integers(-(10**12), 10**12), st.floats(), st.booleans(), st.none(), st.text(max_size=3), st.complex_numbers()
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(CELLS, max_size=3), max_size=5),
    st.lists(CELLS, max_size=5),
    st.sampled_from([list, lambda v: np.array(v, dtype=object)]),
)
@pytest.mark.filterwarnings("ignore")  # NumPy's own remarks on the strange casts that random cells ask for
def test_random_tables_meet_only_the_packages_own_errors(X, y, kind):
    try:
        X = kind(X)
    except ValueError:
        return  # not even NumPy can hold it
    p = gn.Perceptron(max_epochs=3)
    try:
        p.fit(X, y)
    except gn.GlassneuronError:
        return
    assert len(p.predict(X)) == len(y)


def test_what_did_not_converge_is_told_from_what_cannot():
    rows = [[0, 0], [0, 1], [1, 0], [1, 1]]
    stopped = gn.Perceptron(max_epochs=50).fit(rows, [0, 1, 1, 0]).history_.why_stopped
    assert "no neuron can: 4 rows" in stopped
    held = gn.Perceptron(max_epochs=50, fixed_bias=1.0).fit(rows, [0, 0, 0, 1]).history_.why_stopped  # 00 fires always
    assert "learns its bias can" in held
    assert held.endswith("held at 1")
    line, y = [[-2.0], [0.0], [0.1], [2.0]], [0, 1, 1, 2]  # the largest of three sums can be right on a line
    stopped = gn.Perceptron(max_epochs=1, multi_class="kesler").fit(line, y).history_.why_stopped
    assert "it can: " in stopped
    assert "largest sum" in stopped
    stopped = gn.Perceptron(max_epochs=1, shuffle=False).fit(rows, [0, 0, 0, 1]).history_.why_stopped
    assert "it can: " in stopped
    assert "at most 51 mistakes" in stopped
    held = gn.Perceptron(max_epochs=1, shuffle=False, fixed_bias=-1.0).fit(rows, [0, 0, 0, 1]).history_.why_stopped
    assert "learns its bias can" in held
    assert held.endswith("held at -1")
    three = gn.Perceptron(max_epochs=5).fit([[0], [1], [2], [3]], ["a", "b", "a", "c"]).history_.why_stopped
    assert "no neuron can tell a or b from the rest" in three


def test_the_proof_is_asked_for_left_out_or_left_to_the_size(refused):
    random = np.random.default_rng(0)
    X, y = random.normal(size=(3000, 5)), random.random(3000) < 0.5
    assert "rows prove" not in gn.Perceptron(max_epochs=2).fit(X, y).history_.why_stopped
    assert "rows prove" in gn.Perceptron(max_epochs=2, prove=True).fit(X, y).history_.why_stopped
    small = gn.Perceptron(max_epochs=2, prove=False).fit(X[:100], y[:100])
    assert "rows prove" not in small.history_.why_stopped
    with refused("parameter", "`prove`", "True, False or 'auto'", "got 'maybe'"):
        gn.Perceptron(prove="maybe").fit(X, y)
