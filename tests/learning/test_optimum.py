"""The lowest loss: found from any table, and claimed only where the gradient is small."""

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.engine import kernels
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings
from glassneuron.learning.trainer import Trainer

KINDS = ("one-hot", "constant", "copied", "scales", "timestamps", "years", "wide", "weighted")


def table(kind, seed):
    random = np.random.default_rng(seed)
    n, k = int(random.integers(50, 300)), int(random.integers(2, 4))
    values = random.integers(0, k, n)
    X = np.column_stack([random.normal(size=(n, 3)), np.eye(k)[values]])  # with a bias, such columns are singular
    y = 3.0 * X[:, 0] + values + random.normal(size=n)
    more = {
        "constant": np.full((n, 1), 7.0),
        "copied": np.column_stack([X[:, 0], 3.0 * X[:, 1] + 2.0]),
        "timestamps": 1.7e9 + 3e7 * random.random((n, 1)),
        "years": random.integers(2000, 2020, (n, 1)).astype(float),
        "wide": random.normal(size=(n, n + 20)),
    }.get(kind, np.empty((n, 0)))
    X = np.column_stack([X, more])
    if kind == "scales":
        X = X * 10.0 ** random.integers(-6, 7, X.shape[1])
    weight = random.integers(0, 4, n).astype(float) if kind == "weighted" else np.ones(n)
    return X, y, weight


@pytest.mark.parametrize("kind", KINDS)
def test_newtons_method_reaches_least_squares_on_any_table(kind):
    for seed in range(15):
        X, y, weight = table(kind, seed)
        root = np.sqrt(weight)[:, np.newaxis]
        A = np.column_stack([X, np.ones(len(X))])
        size = np.abs(A).max(axis=0)
        best = A @ (np.linalg.lstsq(root * A / size, root[:, 0] * y, rcond=None)[0] / size)
        fitted = gn.LinearNeuron().fit(X, y, weight)
        errors = [float(weight @ (y - answers) ** 2) / float(weight @ y**2) for answers in (fitted.predict(X), best)]
        assert errors[0] == pytest.approx(errors[1], rel=1e-6, abs=1e-9)
        assert fitted.history_.converged


@pytest.mark.parametrize("solver", ["newton", "lbfgs"])
@pytest.mark.parametrize("estimator", [gn.SigmoidNeuron, gn.Adaline], ids=lambda kind: kind.__name__)
def test_no_tolerance_that_was_missed_is_called_converged(estimator, solver):
    X, y, _ = table("one-hot", 0)
    history = estimator(solver=solver, tol=1e-300, max_epochs=500).fit(X, y > 1.0).history_
    few = estimator(solver=solver, max_epochs=1, tol=1e-12).fit(X, y > 1.0).history_
    for each in (history, few):
        small = float(each.why_stopped.partition("gradient is ")[2].split()[0]) <= 1e-10  # of rounding
        assert small or not each.converged


@pytest.mark.parametrize("solver", ["newton", "lbfgs", "batch"])
def test_no_loop_over_rows_is_interpreted(monkeypatch, solver):
    """A table of 569 rows took seconds that way."""
    for name in ("weighted_sum", "activate", "row_sum", "row_move"):
        monkeypatch.setattr(kernels, name, None)
    X, y, _ = table("one-hot", 1)
    settings = DeltaSettings(solver=solver, l2=1e-3, max_epochs=50)
    history = Trainer(algorithm_for(Dataset(X, (y > 1.0).astype(int)), settings, "sigmoid")).fit()
    assert history.losses[-1] < 0.69
