"""How far along a step a log loss is lowest."""

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

from glassneuron.engine.kernels import SIGMOID, SOFTMAX
from glassneuron.learning.algorithms.whole_batch import ray
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import evaluate_at
from glassneuron.learning.dataset import Dataset


@pytest.mark.parametrize("code", [SIGMOID, SOFTMAX])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("some", [False, True])
def test_the_share_of_a_step_is_where_the_loss_is_lowest(monkeypatch, code, weighted, some):
    rng = np.random.default_rng(3)
    rows, neurons = 3000, 3 if code == SOFTMAX else 1
    X = rng.normal(size=(rows, 4)) * [1.0, 2.0, 5.0, 0.1] + [0.0, 3.0, 1.0, 0.0]
    y = (X @ rng.normal(size=(4, 3)) + rng.normal(size=(rows, 3))).argmax(axis=1)
    weight = rng.integers(1, 4, rows).astype(float) if weighted else np.empty(0)
    data = Dataset(X, y if code == SOFTMAX else (y == 0).astype(np.int32), neurons, 0.0, weight)
    coordinates = Coordinates(X.mean(axis=0), X.std(axis=0))
    l2, u = 0.01, 0.1 * rng.normal(size=(neurons, 5))
    penalty = np.append(l2 / coordinates.scales**2, 0.0)

    def at(t, step=0.0):
        there = evaluate_at(code, coordinates.theta(u + t * step), data, l2)
        return there.objective, coordinates.gradient(there.gradient)

    step = -4.0 * at(0.0)[1]
    if some:  # near the lowest loss some of the rows have a slope of their own there, which must not count
        lowest = minimize(lambda v: at(1.0, v.reshape(u.shape) - u)[0], u.ravel(), tol=1e-9).x.reshape(u.shape)
        u = lowest + 0.03 * rng.normal(size=u.shape)
        step = lowest - u
    slope = float(np.vdot(at(0.0)[1], step))
    wanted = minimize_scalar(lambda t: at(t, step)[0], bounds=(0.0, 60.0), options={"xatol": 1e-9}).x
    monkeypatch.setattr(ray, "TRIES", 30)
    monkeypatch.setattr(ray, "LEVEL", 1e-9)
    if some:
        monkeypatch.setattr(ray, "ROWS", 1000)
    share = ray.lowest_along(code, u, step, slope, data, coordinates, penalty)
    assert share == pytest.approx(wanted, rel=0.15 if some else 1e-5)  # a third of the rows bend alike, roughly
    if not some:
        read = Dataset(coordinates.rows(X), data.y, neurons, 0.0, weight)
        assert ray.lowest_along(code, u, step, slope, read, None, penalty) == pytest.approx(wanted, rel=1e-5)
