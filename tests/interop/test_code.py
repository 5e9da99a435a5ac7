"""Training scripts, run in a process of their own, reach the numbers that our training reaches."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

import glassneuron as gn
from interop import tools

BITS = [[0, 0], [0, 1], [1, 0], [1, 1]]
rng = np.random.default_rng(4)
X = np.round(rng.normal(size=(40, 3)), 2)
TWO, THREE = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int), np.digitize(X[:, 0], [-0.5, 0.5])
NAMES = np.array(["ä", "it's", "z"])[THREE]
FAR = rng.normal(2000, [5, 300, 1], size=(60, 3))
HEIGHT = FAR @ [1, 0.01, 2] + rng.normal(size=60)
LOW, MIDDLE, HIGH = np.quantile(HEIGHT, [0.3, 0.5, 0.6])
STEPS = {"learning_rate": 0.05, "max_epochs": 4}
CASES = {
    "or": (gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False), BITS, [0, 1, 1, 1]),
    "perceptron": (gn.Perceptron(max_epochs=5), np.round(X), TWO),
    "kesler": (gn.Perceptron(max_epochs=5), X, NAMES),
    "one_vs_rest": (gn.Perceptron(max_epochs=5, multi_class="one_vs_rest"), X, THREE),
    "far": (gn.Perceptron(max_epochs=5), FAR, np.median(HEIGHT) < HEIGHT),
    "adaline": (gn.Adaline(max_epochs=6), X, TWO),
    "adaline_3": (gn.Adaline(solver="online", max_epochs=30), X, NAMES),
    "adaline_optimum": (gn.Adaline(solver="auto"), X, NAMES),
    "sigmoid_online": (gn.SigmoidNeuron(**STEPS, l2=0.01), X, TWO),
    "softmax_online": (gn.SigmoidNeuron(**STEPS), X, NAMES),
    "rest_online": (gn.SigmoidNeuron(**STEPS, multi_class="one_vs_rest"), X, THREE),
    "sigmoid_batch": (gn.SigmoidNeuron(solver="batch", max_epochs=10), X, TWO),
    "sigmoid": (gn.SigmoidNeuron(tol=1e-12), X, TWO),
    "softmax": (gn.SigmoidNeuron(tol=1e-12), X, NAMES),
    "rest": (gn.SigmoidNeuron(tol=1e-12, multi_class="one_vs_rest"), X, NAMES),
    "small": (gn.SigmoidNeuron(tol=1e-12), FAR * [1e-6, 1, 1], MIDDLE < HEIGHT),
    "small_3": (gn.SigmoidNeuron(tol=1e-12), FAR * [1, 1e-6, 1e-6], np.digitize(HEIGHT, [LOW, HIGH])),
    "linear": (gn.LinearNeuron(), X, X @ [1, 2, 3] + 0.1 * X[:, 0] ** 2),
    "linear_online": (gn.LinearNeuron(**STEPS, shuffle=False), X, X @ [1, 2, 3]),
    "xor": (gn.MLPClassifier(4, "tanh", learning_rate=0.05, max_epochs=30), BITS, [0, 1, 1, 0]),
    "network": (gn.MLPClassifier((6, 5), "relu", max_epochs=3), X, NAMES),
    "network_sgd": (gn.MLPClassifier((5,), "sigmoid", optimiser="sgd", batch_size=7, max_epochs=3), X, TWO),
    "nesterov": (
        gn.MLPClassifier((5,), "tanh", optimiser="nesterov", learning_rate=0.1, batch_size=10, max_epochs=3), X, NAMES,
    ),
    "squared": (gn.MLPClassifier((5,), loss="squared_error", learning_rate=0.1, max_epochs=5), X, NAMES),
    "numbers": (gn.MLPRegressor((5,), max_epochs=3), FAR, HEIGHT),
    "two_numbers": (gn.MLPRegressor((5,), "tanh", l2=0.1, learning_rate=0.01, max_epochs=3), X, X[:, :2]),
    "large": (gn.MLPClassifier((5,), max_epochs=3), rng.normal(size=(300, 6)), rng.integers(2, size=300)),
}  # fmt: skip
SAME = {"numpy": 1e-9, "torch": 1e-9, "jax": 1e-9, "keras": 1e-6, "sklearn": 1e-6}
ADAM = 2e-4  # of those that add epsilon elsewhere
LOWEST = {"adaline", "adaline_optimum", "sigmoid", "softmax", "rest", "small", "small_3", "linear"}
SOME = {
    "or",
    "kesler",
    "far",
    "sigmoid_online",
    "softmax_online",
    "sigmoid",
    "linear_online",
    "xor",
    "nesterov",
    "numbers",
}
MISSING = {
    "keras": LOWEST,
    "sklearn": {"or", "perceptron", "kesler", "one_vs_rest", "far", "softmax_online", "sigmoid_batch", "squared"},
}
PYTHON = """
import json, os, sys, warnings
for name, path in json.load(open("scripts.json")).items():
    os.chdir(name)
    space = {}
    out, sys.stdout = sys.stdout, open(os.devnull, "w")
    exec(compile(open(path, encoding="utf-8").read(), path, "exec"), space)
    sys.stdout = out
    print(json.dumps([name, space["parameters"].tolist()]))
    os.chdir("..")
"""


def learned(estimator, X, y):
    fitted = type(estimator)(**estimator.get_params()).fit(X, y)
    if hasattr(fitted, "coef_"):
        return np.concatenate([np.ravel(fitted.coef_), np.ravel(fitted.intercept_)])
    return fitted.network_.parameters


@pytest.mark.parametrize("library", SAME)
def test_a_script_reaches_the_same_numbers(tmp_path, library):
    if library in ("torch", "jax", "keras"):
        tools.library(library)
    scripts = {}
    for name, (estimator, X, y) in CASES.items():
        slow = library in ("keras", "jax") and name not in SOME  # each has a compiler to wait for
        if name in MISSING.get(library, ()) or slow:
            continue
        (tmp_path / name).mkdir()
        text = gn.code(estimator, library, X, y)
        (tmp_path / name / "train.py").write_text(text, encoding="utf-8")
        np.savez(tmp_path / name / "data.npz", X=X, y=y)
        scripts[name] = "train.py"
        assert len(text.splitlines()) < 160
    (tmp_path / "scripts.json").write_text(json.dumps(scripts))
    own = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}  # the script chooses
    done = subprocess.run([sys.executable, "-c", PYTHON], cwd=tmp_path, capture_output=True, text=True, env=own)
    assert done.returncode == 0, done.stderr[-3000:]
    reached = dict(map(json.loads, done.stdout.splitlines()))
    assert reached.keys() == scripts.keys()
    for name, parameters in reached.items():
        adam = getattr(CASES[name][0], "optimiser", "") == "adam" and library in ("keras", "sklearn")
        tolerance = 1e-4 if name in LOWEST else ADAM if adam else SAME[library]
        right = learned(*CASES[name])
        scale = np.abs(right).max()
        np.testing.assert_allclose(parameters, right, rtol=tolerance, atol=tolerance * scale, err_msg=name)


@pytest.mark.parametrize(("library", "name"), [(lib, name) for lib, names in MISSING.items() for name in sorted(names)])
def test_what_a_library_cannot_train_so_is_named(library, name, refused):
    with refused("cannot-hold"):
        gn.code(CASES[name][0], library, *CASES[name][1:])


@pytest.mark.parametrize(
    ("estimator", "part"),
    [
        (gn.Perceptron(variant="voted"), "VotedPerceptron"),
        (gn.MLPClassifier(optimiser="lbfgs"), "LBFGS"),
        (gn.MLPClassifier(dropout=0.5), "dropout"),
        (gn.MLPClassifier(n_restarts=3), "n_restarts"),
        (gn.SigmoidNeuron(class_weight="balanced"), "class_weight"),
    ],
)  # fmt: skip
def test_what_no_script_says_is_named(estimator, part, refused):
    with refused("cannot-hold", part):
        gn.code(estimator, "numpy", X, TWO)


def test_weights_that_the_rule_has_not_found_are_in_no_script(refused):
    random = np.random.default_rng(0)
    rows = random.normal(size=(4000, 4))
    fires = (rows @ random.normal(size=4) > 0.0).astype(int)
    with refused("cannot-hold", "weights that a search for a proof found"):
        gn.code(gn.Perceptron(random_state=0), "numpy", rows, fires)
    assert " epochs, batches of 1" in gn.code(gn.Perceptron(random_state=0, tol=None), "numpy", rows, fires)


def test_only_an_estimator_has_a_training(refused):
    with refused("no-training", "Neuron"):
        gn.code(gn.Neuron([1.0]), "numpy", X, TWO)
    with refused("parameter", "library"):
        gn.code(gn.Perceptron(), "tensorflow", X, TWO)
