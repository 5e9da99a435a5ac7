"""The beginner's scale: one answer, one epoch, and how long a process takes to show something."""

import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
from sklearn.linear_model import Perceptron as ScikitLearnPerceptron

import glassneuron as gn
from benchmarks.harness import Row, Way
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import PerceptronSettings
from glassneuron.learning.trainer import Trainer


def rows() -> Iterator[Row]:
    yield one_answer()
    for samples, features in ((569, 30), (100_000, 50)):
        yield one_epoch(samples, features)
    yield Row(
        "process: glassneuron tour",
        process("from glassneuron.cli.app import main; main(['tour'])"),
        {"import numpy": process("import numpy")},
        note="goal: at most 0.3 s more",
    )
    yield Row(
        "process: glassneuron train, bundled table, warm cache",
        process("from glassneuron.cli.app import main; main(['train'])"),
        {"import sklearn.linear_model": process("import sklearn.linear_model")},
        note="goal: at most 0.5 s more",
    )


def one_answer() -> Row:
    neuron = gn.Neuron([0, 1], 4)
    w, b, x = np.array([0.0, 1.0]), 4.0, np.array([2.0, 3.0])

    def three_lines() -> float:
        z = np.dot(w, x) + b
        return 1.0 / (1.0 + np.exp(-z))

    assert neuron.feedforward(x) == three_lines()
    return Row(
        "one answer of a two-input sigmoid neuron",
        lambda: neuron.feedforward(x),
        {"NumPy, three lines": three_lines},
        repeat=20_000,
    )


def one_epoch(samples: int, features: int) -> Row:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(samples, features))
    y = (X @ rng.normal(size=features) + rng.normal(size=samples) > 0).astype(np.int64)
    data, rule = Dataset(X, y), PerceptronSettings(max_epochs=1, shuffle=False)
    peer = ScikitLearnPerceptron(max_iter=1, tol=None, shuffle=False)

    def ours() -> object:
        with gn.speed("compiled"):
            return Trainer(algorithm_for(data, rule)).fit()

    return Row(
        f"one epoch of the perceptron, {samples:,} x {features}, rows in order",
        ours,
        {"scikit-learn Perceptron.fit": lambda: peer.fit(X, y), "one pass, X.sum()": lambda: X.sum()},
    )


def process(code: str) -> Way:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
