"""Watching a network learn: the same training as `fit`, one example at a time."""

from itertools import pairwise

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.errors import TrainingWarning

X_XOR, Y_XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"batch_size": 3, "optimiser": "momentum", "schedule": "cosine"},
        {"batch_size": 1, "optimiser": "sgd", "l2": 0.1, "clip": 0.2},
        {"class_weight": {0: 1.0, 1: 2.0}},
        {"class_weight": {0: 0.0, 1: 2.0}, "batch_size": 3},
    ],
)
@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_the_last_step_leaves_what_fit_leaves(settings, speed):
    X, y = np.vstack([X_XOR, X_XOR + 0.1]), np.tile(Y_XOR, 2)
    net = gn.MLPClassifier(3, "tanh", max_epochs=15, tol=None, **settings)
    with gn.speed(speed):
        *_, last = gn.watch(net, X, y)
        assert not hasattr(net, "network_")
        assert last.after.parameters.tolist() == net.fit(X, y).network_.parameters.tolist()
    assert last.epoch == 15
    assert last.moves


def test_it_stops_when_fit_stops():
    net = gn.MLPClassifier(2, "sigmoid", learning_rate=0.01)
    *_, last = gn.watch(net, X_XOR, Y_XOR)
    net.fit(X_XOR, Y_XOR)
    assert last.epoch == net.n_iter_ < 200
    assert (last.after.parameters == net.network_.parameters).all()


def test_rows_held_out_are_not_shown_and_end_it_as_they_end_fit():
    X, y = np.vstack([X_XOR, X_XOR + 0.1, X_XOR - 0.1]), np.tile(Y_XOR, 3)
    net = gn.MLPClassifier(3, "tanh", learning_rate=0.3, early_stopping=True, validation_fraction=0.5, patience=3)
    steps = list(gn.watch(net, X, y))
    losses = net.fit(X, y).history_.validation_losses
    assert steps[-1].epoch == net.n_iter_ < 200
    assert len({step.example for step in steps}) == 6
    assert all((step.x == X[step.example]).all() and step.target == y[step.example] for step in steps)
    best = 1 + losses.index(min(losses))
    kept = next(step.after for step in steps if step.epoch == best and step.moves)
    assert kept.parameters.tolist() == net.network_.parameters.tolist()


def test_each_row_once_an_epoch_and_the_weights_move_once_a_batch():
    net = gn.MLPRegressor(2, batch_size=3, max_epochs=2, tol=None)
    steps = list(gn.watch(net, X_XOR, Y_XOR))
    assert [(s.epoch, s.batch) for s in steps] == [(1, 1)] * 3 + [(1, 2)] + [(2, 1)] * 3 + [(2, 2)]
    assert [s.moves for s in steps] == [False, False, True, True] * 2
    assert sorted(s.example for s in steps[:4]) == [0, 1, 2, 3]
    for step in steps:
        assert (step.x == X_XOR[step.example]).all()
        assert step.target.tolist() == [Y_XOR[step.example]]
        assert (step.after is step.before) != step.moves
    for earlier, later in pairwise(steps):
        assert earlier.after.parameters.tolist() == later.before.parameters.tolist()


def test_a_step_shows_both_ways_and_the_move():
    net = gn.MLPClassifier(2, "tanh", optimiser="sgd", learning_rate=0.5, batch_size=1)
    step = next(gn.watch(net, X_XOR, Y_XOR))
    assert step.forward.text == step.before.explain(step.x).text
    slopes = step.before.gradient([step.x], [step.target], loss="cross_entropy")[1]
    assert step.after.parameters == pytest.approx(step.before.parameters - 0.5 * slopes, rel=1e-12)
    lines = str(step).splitlines()
    assert lines[0].startswith(f"epoch 1, batch 1, row {step.example}: x = (")
    assert lines.index("forward") < lines.index("backward") < lines.index("the weights move")
    assert sum(line.startswith("  layer 1, neuron ") for line in lines) == 2
    batch = next(gn.watch(net.set_params(batch_size=4), X_XOR, Y_XOR))
    assert str(batch).endswith("the weights move when the batch is through")


def test_what_cannot_be_watched(refused):
    for settings in ({"optimiser": "lbfgs"}, {"dropout": 0.5}):
        with refused("parameter", "`optimiser`", "dropout"):
            next(gn.watch(gn.MLPClassifier(2, **settings), X_XOR, Y_XOR))


def test_an_explosion_ends_it():
    net = gn.MLPRegressor((), optimiser="sgd", learning_rate=10.0)
    with pytest.warns(TrainingWarning, match="diverged"):
        steps = list(gn.watch(net, 100 * X_XOR, Y_XOR))
    assert all(np.isfinite(step.after.parameters).all() for step in steps)
