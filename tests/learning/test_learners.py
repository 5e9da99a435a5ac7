"""Learners by name: settings filled in, and scores against scikit-learn's."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score

import glassneuron as gn
from glassneuron.learning import scores
from glassneuron.learning.learners import LEARNERS, Settings, Task, learner


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("classes", [("a", "b"), ("a", "b", "c")])
def test_every_learner_leaves_a_model_that_answers_in_the_tables_units(name, classes):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < len(classes)], y[y < len(classes)]
    settings, train = learner(name, Settings(epochs=30))
    told = []
    task = Task(X, y, classes, tuple("wxyz"), None, {"target": "kind"})
    trained = train(task, lambda history: told.append(history.epochs))
    assert settings.rate == LEARNERS[name].rate
    assert told[-1] == trained.history.epochs <= 30
    assert trained.model.about["rule"] == name
    assert trained.model.about["target"] == "kind"
    assert accuracy_score(np.array(classes)[y], trained.model.predict(X)) > 0.8
    assert "so the answer is" in str(trained.model.explain(X[0]))


def test_a_caller_can_stop_a_network():
    X = np.random.default_rng(0).normal(size=(50, 3))
    _, train = learner("network", Settings(hidden=(2,)))
    trained = train(Task(X, X @ [1.0, 2, 3], None, ("a", "b", "c")), lambda history: history.epochs == 3)
    assert trained.history.epochs == 3
    assert "the caller stopped it after epoch 3" in trained.model.about["why_stopped"]


def test_another_name_is_refused():
    with pytest.raises(gn.GlassneuronError, match=r"`model` must be .*'network'.*; got 'forest'\."):
        learner("forest", Settings())


def test_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, answers = rng.normal(size=100), rng.normal(size=100)
    assert scores.r_squared(truth, answers) == pytest.approx(r2_score(truth, answers), rel=1e-12)
    assert scores.mean_absolute_error(truth, answers) == pytest.approx(mean_absolute_error(truth, answers), rel=1e-12)
    assert scores.accuracy(truth > 0, answers > 0) == accuracy_score(truth > 0, answers > 0)
    assert scores.r_squared(np.ones(3), np.arange(3)) is None
