"""Our estimators and what people would otherwise use, with nothing set but the seed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeClassifier, SGDClassifier
from sklearn.linear_model import Perceptron as ScikitLearnPerceptron
from sklearn.neural_network import MLPClassifier as ScikitLearnMLPClassifier
from sklearn.neural_network import MLPRegressor as ScikitLearnMLPRegressor
from sklearn.svm import LinearSVC

import glassneuron as gn

Make = Callable[..., Any]

OURS: dict[str, Make] = {
    "Perceptron": gn.Perceptron,
    "averaged": partial(gn.Perceptron, variant="averaged"),
    "pocket": partial(gn.Perceptron, variant="pocket"),
    "voted": partial(gn.Perceptron, variant="voted"),
    "Adaline": gn.Adaline,
    "SigmoidNeuron": gn.SigmoidNeuron,
    "MLPClassifier": gn.MLPClassifier,
    "LinearNeuron": gn.LinearNeuron,
    "MLPRegressor": gn.MLPRegressor,
}

AVERAGED = {"penalty": None, "learning_rate": "constant", "eta0": 1, "average": True}
"""What makes scikit-learn's `SGDClassifier` the averaged perceptron."""

PEERS: dict[str, Make] = {
    "sk Perceptron": ScikitLearnPerceptron,
    "SGD averaged": partial(SGDClassifier, "perceptron", **AVERAGED),
    "SGDClassifier": SGDClassifier,
    "LinearSVC": LinearSVC,
    "RidgeClassifier": RidgeClassifier,
    "LogisticRegression": LogisticRegression,
    "sk MLPClassifier": ScikitLearnMLPClassifier,
    "LinearRegression": LinearRegression,
    "Ridge": Ridge,
    "sk MLPRegressor": ScikitLearnMLPRegressor,
}

AGAINST: dict[str, tuple[str, ...]] = {
    "Perceptron": ("sk Perceptron",),
    "averaged": ("SGD averaged",),
    "pocket": ("LinearSVC", "SGDClassifier"),
    "voted": ("LinearSVC", "SGDClassifier"),
    "Adaline": ("RidgeClassifier",),
    "SigmoidNeuron": ("LogisticRegression",),
    "MLPClassifier": ("sk MLPClassifier",),
    "LinearNeuron": ("LinearRegression", "Ridge"),
    "MLPRegressor": ("sk MLPRegressor",),
}
"""Peers of the same kind, the one to be as good as first."""

NUMBERS = ("LinearNeuron", "MLPRegressor")
"""Those that answer with a number; all others with a class."""


def new(make: Make, seed: int) -> Any:
    try:
        return make(random_state=seed)
    except TypeError:  # nothing is drawn
        return make()
