"""One pocket for a whole layer: what is in it is the best of all that was tried, counted as the layer answers."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris

import glassneuron as gn
from glassneuron.engine import backend
from glassneuron.learning.algorithms.perceptrons import pocket
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import PerceptronSettings
from glassneuron.learning.trainer import Trainer

ROUNDING = 1e-9


def leads(W, b, X, y):
    """By how much the sum of each row's own class leads; ties go to the first class, here to none."""
    Z = X @ W.T + b
    own = Z[np.arange(len(y)), y]
    Z[np.arange(len(y)), y] = -np.inf
    return own - Z.max(axis=1)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.integers(4, 20), st.integers(1, 3), st.booleans())
def test_the_pocket_is_never_worse_than_any_layer_on_the_way(seed, rows, features, whole):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(rows, features)), np.arange(rows) % 3
    X = X.round() if whole else X  # many ties
    weight = rng.integers(1, 4, rows) / 2.0
    learning = algorithm_for(Dataset(X, y, 3, sample_weight=weight), PerceptronSettings(variant="pocket", max_epochs=4))
    tried = [learning.weights]
    for frame in Trainer(learning).steps(every=1):
        tried.append(learning.mean() if frame.ends_epoch else learning.weights)
    found = np.array([leads(W, b, X, y) for W, b in tried])
    surely, at_most = (found > ROUNDING) @ weight, (found >= -ROUNDING) @ weight
    assert surely.max() <= learning.records[0][1] <= at_most.max()
    answering = leads(*learning.answering(), X, y)
    assert (answering > ROUNDING) @ weight <= learning.records[0][1] <= (answering >= -ROUNDING) @ weight


@pytest.mark.parametrize("form", [np.asarray, sp.csr_array], ids=["dense", "sparse"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("short", [0, np.inf], ids=["products", "kernels"])
def test_a_layer_in_the_pocket_is_counted_as_it_answers(monkeypatch, form, dtype, weighted, short):
    monkeypatch.setattr(pocket, "SHORT", short)
    rng = np.random.default_rng(0)
    X, y = rng.integers(-1, 2, (5000, 3)), rng.integers(0, 4, 5000)
    weight = rng.integers(1, 5, 5000) / 4.0 if weighted else np.empty(0)
    data = Dataset(form(X.astype(dtype)), y, 4, sample_weight=weight)
    learning = algorithm_for(data, PerceptronSettings(variant="pocket"))
    W, b = rng.integers(-1, 2, (4, 3)).astype(dtype), rng.integers(-1, 2, 4).astype(dtype)
    Z = X @ W.T + b  # whole numbers, with many ties
    expected = (Z.argmax(axis=1) == y) @ (weight if weighted else np.ones(5000))
    assert learning.rows_right(W, b) == [expected]
    for speed in ("python", "compiled"):
        k = backend.load(speed)
        rows = backend.table(k, data.X), y.astype(np.int32)
        assert k.rows_right((W, b[:, np.newaxis]), -1, rows, learning.counts, -1.0) == expected


@pytest.mark.parametrize("short", [0, np.inf], ids=["products", "kernels"])
@pytest.mark.parametrize("neurons", [1, 3])
def test_neurons_that_do_not_compete_are_counted_one_by_one(monkeypatch, neurons, short):
    monkeypatch.setattr(pocket, "SHORT", short)
    rng = np.random.default_rng(0)
    X, y = rng.integers(-1, 2, (500, 4)).astype(float), rng.integers(0, max(2, neurons), 500)
    rule = PerceptronSettings(variant="pocket", multi_class="one_vs_rest")
    learning = algorithm_for(Dataset(X, y, neurons), rule)
    W, b = rng.integers(-1, 2, (neurons, 4)).astype(float), rng.integers(-1, 2, neurons).astype(float)
    wanted = y[:, np.newaxis] == (np.arange(neurons) if neurons > 1 else 1)
    assert learning.rows_right(W, b) == ((X @ W.T + b >= 0.0) == wanted).sum(axis=0).tolist()


def test_of_two_layers_as_good_the_mean_is_kept():
    # two rows of each class, at one place: every layer has one class right, two rows of six, and so has the mean
    X, y = np.zeros((6, 1)), np.array([0, 1, 2] * 2)
    learning = algorithm_for(Dataset(X, y, 3), PerceptronSettings(variant="pocket", max_epochs=3, shuffle=False))
    for frame in Trainer(learning).steps():
        if frame.ends_epoch:
            assert learning.records[0][1] == 2.0
            np.testing.assert_array_equal(learning.answering()[1], learning.mean()[1])


def test_a_layer_that_has_every_row_right_is_in_the_pocket_though_the_mean_is_not_right_yet():
    rng = np.random.default_rng(3)
    X = rng.uniform(-1, 1, (300, 2))
    y = np.digitize(X @ [1.0, 2.0], [-0.5, 0.5])
    X = X + 0.02 * (y - 1)[:, np.newaxis] * [1.0, 2.0]  # a gap between the classes
    learning = algorithm_for(Dataset(X, y, 3), PerceptronSettings(variant="pocket", random_state=3))
    assert Trainer(learning).fit().converged
    assert (leads(*learning.weights, X, y) > 0.0).all()
    assert not (leads(*learning.mean(), X, y) > 0.0).all()
    assert (leads(*learning.answering(), X, y) > 0.0).all()


def test_a_pocket_goes_on_where_neurons_compete_from_where_they_did_not():
    X, y = load_iris(return_X_y=True)
    p = gn.Perceptron(variant="pocket", warm_start=True, max_epochs=3, prove=False)
    for rule, pockets in (("auto", 1), ("one_vs_rest", 3), ("kesler", 1)):
        p.set_params(multi_class=rule).fit(X, y)
        assert len(p._state["records"]) == pockets
        assert p.score(X, y) > 0.8


def test_why_it_stopped_names_the_layer():
    X, y = np.array([[-2.0], [-1.5], [0.0], [0.2], [1.5], [2.0]]), [0, 0, 1, 1, 2, 2]
    assert (
        "the layer in the pocket has every row right" in gn.Perceptron(variant="pocket").fit(X, y).history_.why_stopped
    )
    noise = np.random.default_rng(0).integers(0, 3, 200)
    p = gn.Perceptron(variant="pocket").fit(np.random.default_rng(1).normal(size=(200, 2)), noise)
    assert "the layer in the pocket has hardly had more rows right for 5 epochs" in p.history_.why_stopped
