"""What was seen through in another library's model is drawn, exported, proved and played with like one of ours."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Perceptron, Ridge
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import glassneuron as gn
from glassneuron.neurons.explain.numbers import format_short

rng = np.random.default_rng(3)
X = rng.normal(size=(60, 3)).round(2)
TWO = np.where(X[:, 0] + 0.5 * X[:, 1] > 0, "yes", "no")
THREE = np.array(["low", "middle", "high"])[np.digitize(X[:, 0], [-0.5, 0.5])]
NAMES = ["height", "weight", "age"]
MODELS = {
    "two classes": LogisticRegression().fit(X, TWO),
    "three classes": LogisticRegression().fit(X, THREE),
    "perceptron": Perceptron(random_state=0).fit(X, TWO),
    "scaled": make_pipeline(StandardScaler(), LogisticRegression()).fit(X, TWO),
    "network": MLPClassifier((4,), max_iter=30, random_state=0, solver="lbfgs").fit(X, TWO),
}


def cells(row):
    return dict(zip(NAMES, row.tolist(), strict=True))


@pytest.mark.parametrize("name", MODELS)
def test_it_is_drawn_and_exported(name):
    theirs, ours = MODELS[name], gn.see_through(MODELS[name], feature_names=NAMES)
    picture = gn.diagram(ours, X[0])
    for feature, value in zip(NAMES, X[0].tolist(), strict=True):
        assert feature in picture.text
        assert format_short(value) in picture.text
    space = {}
    exec(gn.export(ours, "py"), space)
    answers = [space["predict"](cells(row))[0] for row in X]
    assert answers == theirs.predict(X).tolist()


def test_a_number_is_drawn_and_exported():
    theirs = Ridge().fit(X, X @ [1, 2, 3])
    ours = gn.see_through(theirs, feature_names=NAMES)
    assert "height" in gn.diagram(ours, X[0]).text
    space = {}
    exec(gn.export(ours, "py"), space)
    answers = [np.ravel(space["predict"](cells(row)))[0] for row in X]
    np.testing.assert_allclose(answers, theirs.predict(X), rtol=1e-12)


def test_what_can_be_learned_of_its_answers_is_proved():
    ours = gn.see_through(MODELS["two classes"])
    assert gn.separability(X, ours.predict(X)).separable  # it is one neuron, so one neuron can
