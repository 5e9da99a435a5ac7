"""Watching single neurons learn: the same training as `fit`, each move its own arithmetic."""

import re
from itertools import pairwise

import numpy as np
import pytest
import scipy.sparse as sp

import glassneuron as gn
from glassneuron.errors import TrainingWarning

rng = np.random.default_rng(0)
X = rng.normal(size=(24, 3)).round(2)
TWO = (X[:, 0] + 0.7 * rng.normal(size=24) > 0).astype(int)  # overlapping, so that no epoch is without a mistake
THREE = np.digitize(X[:, 0] + 0.7 * rng.normal(size=24), [-0.5, 0.5])
NUMBERS = X @ [1.0, -2.0, 0.5] + rng.normal(size=24)
FEW = {"max_epochs": 7}

ROW_BY_ROW = [
    (gn.Perceptron(variant="plain", **FEW), TWO),
    (gn.Perceptron(variant="averaged", learning_rate=0.3, **FEW), TWO),
    (gn.Perceptron(variant="pocket", **FEW), TWO),
    (gn.Perceptron(variant="voted", **FEW), TWO),
    (gn.Perceptron(variant="averaged", **FEW), THREE),
    (gn.Perceptron(variant="pocket", schedule="linear", learning_rate=0.5, **FEW), THREE),
    (gn.Perceptron(variant="pocket", multi_class="one_vs_rest", **FEW), THREE),
    (gn.Perceptron(multi_class="kesler", **FEW), THREE),
    (gn.Perceptron(multi_class="kesler", variant="averaged", fixed_bias=0.5, **FEW), THREE),
    (gn.Perceptron(class_weight={0: 2.5, 1: 0.5}, **FEW), TWO),
    (gn.Adaline(solver="online", **FEW), TWO),
    (gn.Adaline(solver="online", fixed_bias=-1.0, schedule="cosine", **FEW), THREE),
    (gn.Adaline(solver="online", class_weight={0: 2.5, 1: 0.5}, shuffle=False, **FEW), TWO),
    (gn.SigmoidNeuron(solver="online", l2=0.0, **FEW), TWO),
    (gn.SigmoidNeuron(solver="online", l2=0.0, class_weight="balanced", **FEW), THREE),
    (gn.SigmoidNeuron(solver="online", l2=0.0, multi_class="one_vs_rest", **FEW), THREE),
    (gn.LinearNeuron(solver="online", **FEW), NUMBERS),
]
ALL_AT_ONCE = [
    (gn.Adaline(solver="batch", **FEW), TWO),
    (gn.Adaline(solver="batch", fixed_bias=0.25, **FEW), THREE),
    (gn.Adaline(solver="newton"), TWO),
    (gn.SigmoidNeuron(solver="batch", l2=0.01, **FEW), TWO),
    (gn.SigmoidNeuron(solver="newton", l2=0.01), TWO),
    (gn.SigmoidNeuron(solver="batch", **FEW), THREE),
    (gn.SigmoidNeuron(solver="newton"), THREE),
    (gn.SigmoidNeuron(solver="lbfgs"), THREE),
    (gn.SigmoidNeuron(), THREE),
    (gn.LinearNeuron(solver="batch", l2=0.1, **FEW), NUMBERS),
    (gn.LinearNeuron(solver="newton"), NUMBERS),
]


def learned(estimator):
    """The neurons that learn, which is not always those that answer."""
    state = estimator._state
    return state["W"] * state.get("scale", np.ones(1)).astype(state["W"].dtype), state["b"][:, 0]


@pytest.mark.parametrize(
    ("table", "speed"),
    [(np.array, "python"), (np.float32, "python"), (sp.csr_array, "python"),
     (np.array, "compiled"), (sp.csr_array, "compiled")],
    ids=["float64-python", "float32-python", "csr-python", "float64-compiled", "csr-compiled"],
)  # fmt: skip
@pytest.mark.parametrize(("estimator", "y"), ROW_BY_ROW)
def test_the_last_steps_leave_what_fit_leaves(estimator, y, table, speed):
    rows = table(X)
    with gn.speed(speed):
        watched = list(gn.watch(estimator, rows, y))
        estimator.fit(rows, y)
    W, b = learned(estimator)
    for k in range(len(W)):
        last = [step for step in watched if step.neuron == k][-1]
        assert last.weights_after.tolist() == W[k].tolist()
        assert last.bias_after == b[k]
    assert watched[-1].epoch == estimator.n_iter_
    if getattr(estimator, "variant", "plain") == "plain":  # otherwise others answer than those that learn
        assert np.atleast_2d(estimator.coef_).tolist() == W.tolist()
        assert np.atleast_1d(estimator.intercept_).tolist() == b.tolist()


@pytest.mark.parametrize(("estimator", "y"), ROW_BY_ROW)
def test_each_step_is_its_own_arithmetic(estimator, y):
    now = {}
    for step in gn.watch(estimator, X, y):
        assert (step.x == X[step.example]).all()
        assert step.weighted_sum == pytest.approx(step.weights_before @ step.x + step.bias_before, rel=1e-12, abs=1e-14)
        z = np.array(step.sums)
        expected = {
            "step": lambda s: float(s.weighted_sum >= 0.0),
            "linear": lambda s: s.weighted_sum,
            "sigmoid": lambda s: 1.0 / (1.0 + np.exp(-s.weighted_sum)),
            "softmax": lambda s, z=z: np.exp(s.weighted_sum) / np.exp(z).sum(),
            "winner": lambda s, z=z: float(z.argmax() == s.neuron),
        }[step.activation](step)
        assert step.output == pytest.approx(expected, rel=1e-12)
        assert step.error == step.target - step.output
        rate = step.share * step.learning_rate
        after = step.kept * step.weights_before + rate * step.error * step.x
        np.testing.assert_allclose(step.weights_after, after, rtol=1e-12, atol=1e-14)
        moved = 0.0 if getattr(estimator, "fixed_bias", None) is not None else rate * step.error
        assert step.bias_after == pytest.approx(step.bias_before + moved, rel=1e-12, abs=1e-14)
        before = now.get(step.neuron)
        if before is not None:  # and it starts where the last one ended
            assert before.weights_after.tolist() == step.weights_before.tolist()
            assert before.bias_after == step.bias_before
        now[step.neuron] = step


@pytest.mark.parametrize("y", [TWO, THREE])
@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_with_a_penalty_the_last_step_leaves_what_fit_leaves_too(y, speed):
    neuron = gn.SigmoidNeuron(solver="online", l2=0.01, **FEW)
    with gn.speed(speed):
        watched = list(gn.watch(neuron, X, y))
        W, b = learned(neuron.fit(X, y))
    for k in range(len(W)):
        last = [step for step in watched if step.neuron == k][-1]
        assert last.weights_after.tolist() == W[k].tolist()
        assert last.bias_after == b[k]
        assert last.kept == 1.0 - last.learning_rate * 0.01


@pytest.mark.parametrize("table", [np.array, np.float32, sp.csr_array], ids=["float64", "float32", "csr"])
@pytest.mark.parametrize(("estimator", "y"), ALL_AT_ONCE)
def test_the_last_move_of_all_rows_leaves_what_fit_leaves(estimator, y, table):
    moves = list(gn.watch(estimator, table(X), y))
    estimator.fit(table(X), y)
    assert [move.epoch for move in moves] == list(range(1, estimator.n_iter_ + 1))
    assert moves[-1].weights_after.tolist() == np.atleast_2d(estimator.coef_).tolist()
    assert moves[-1].bias_after.tolist() == np.atleast_1d(estimator.intercept_).tolist()
    assert [move.loss for move in moves] == estimator.history_.losses
    assert not moves[0].weights_before.any()
    for earlier, later in pairwise(moves):
        assert earlier.weights_after.tolist() == later.weights_before.tolist()
        assert earlier.bias_after.tolist() == later.bias_before.tolist()


@pytest.mark.parametrize(("estimator", "y"), [case for case in ALL_AT_ONCE if case[0].solver == "batch"])
def test_a_batch_moves_down_the_slope_of_the_mean_loss(estimator, y):
    for move in gn.watch(estimator, X, y):
        Z = X @ move.weights_before.T + move.bias_before
        if isinstance(estimator, gn.LinearNeuron):
            error = y[:, np.newaxis] - Z
        elif isinstance(estimator, gn.Adaline):
            fires = y[:, np.newaxis] == (np.arange(3) if Z.shape[1] > 1 else [1])
            error = np.where(fires, 1.0, -1.0) - Z
        elif Z.shape[1] == 1:
            error = y[:, np.newaxis] - 1.0 / (1.0 + np.exp(-Z))
        else:
            error = np.eye(3)[y] - np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
        unset = 0.01 if isinstance(estimator, gn.SigmoidNeuron) else 0.0  # steps of an Adaline
        l2 = unset if estimator.l2 is None else estimator.l2
        way = error.T @ X / len(X) - l2 * move.weights_before
        np.testing.assert_allclose(move.weights_after, move.weights_before + move.rate * way, rtol=1e-10, atol=1e-13)
        bias = 0.0 if move.held else move.rate * error.mean(axis=0)
        np.testing.assert_allclose(move.bias_after, move.bias_before + bias, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("variant", ["plain", "averaged", "pocket", "voted"])
def test_rows_held_out_are_not_shown_and_end_it_as_they_end_fit(variant):
    p = gn.Perceptron(variant=variant, early_stopping=True, validation_fraction=0.3, patience=3, shuffle=False)
    watched = list(gn.watch(p, X, TWO))
    assert watched[-1].epoch == p.fit(X, TWO).n_iter_ < 1000
    assert len({step.example for step in watched}) < len(X)
    assert all((step.x == X[step.example]).all() for step in watched)
    batch = gn.Adaline(solver="batch", early_stopping=True, validation_fraction=0.3, patience=3)
    assert len(list(gn.watch(batch, X, TWO))) == batch.fit(X, TWO).n_iter_


@pytest.mark.parametrize("solver", ["online", "batch"])
def test_an_explosion_ends_it_as_it_ends_fit(solver, refused):
    neuron = gn.Adaline(solver=solver, learning_rate=50.0)
    with pytest.warns(TrainingWarning, match="diverged") as seen:
        watched = list(gn.watch(neuron, X, TWO))
    with pytest.warns(TrainingWarning, match="diverged") as said:
        neuron.fit(X, TWO)
    assert str(seen[0].message) == str(said[0].message)
    assert len({step.epoch for step in watched}) <= neuron.n_iter_ + 1
    with refused("diverged"):
        list(gn.watch(gn.Perceptron(shuffle=False), X * 1e300, TWO))


@pytest.mark.parametrize(("estimator", "y"), ROW_BY_ROW + ALL_AT_ONCE)
def test_every_step_prints(estimator, y):
    for step in gn.watch(estimator, X, y):
        first, *others = str(step).splitlines()
        assert re.match(rf"(epoch|step) {step.epoch}, (row \d+|all 24 rows)", first)
        assert all(line.startswith("  ") for line in others)
        assert all(len(line) < 120 for line in [first, *others])
        assert "nan" not in str(step)


def test_neurons_that_compete_are_told_apart():
    x, y = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], ["a", "b", "c"]
    kesler = gn.Perceptron(multi_class="kesler", shuffle=False, max_epochs=1)
    a, b, c, *rest = (str(step) for step in gn.watch(kesler, x, y))
    assert a.splitlines() == [  # all sums are 0, and the first of the largest wins: right
        "epoch 1, row 0, neuron 1 of 3: x = (1, 0), target 1",
        "  sum     0·1 + 0·0 + 0 = 0",
        "  output  1: it has the largest of the sums (0, 0, 0)",
        "  right: nothing changes",
    ]
    assert "  output  0: neuron 1 has the largest of the sums (0, 0, 0)" in b
    assert "right" in c
    assert rest[0].splitlines() == [  # row 1 is for neuron 2, and neuron 1 took it
        "epoch 1, row 1, neuron 1 of 3: x = (0, 1), target 0",
        "  sum     0·0 + 0·1 + 0 = 0",
        "  output  1: it has the largest of the sums (0, 0, 0)",
        "  error   0 - 1 = -1",
        "  w1      0 + 1·(-1)·0 = 0",
        "  w2      0 + 1·(-1)·1 = -1",
        "  bias    0 + 1·(-1) = -1",
    ]
    shared = gn.SigmoidNeuron(solver="online", l2=0.0, shuffle=False, learning_rate=1.0, max_epochs=1)
    first = next(gn.watch(shared, x, y))
    assert "  output  share 1 of softmax(0, 0, 0) = 0.333" in str(first)
    assert "  w1      0 + 1·0.667·1 = 0.667" in str(first)


def test_half_a_show_and_a_penalty_are_written_out():
    half = gn.Perceptron(shuffle=False, learning_rate=3.0, class_weight={0: 0.5, 1: 1.0})
    assert str(next(gn.watch(half, [[2.0], [4.0]], [0, 1]))).splitlines() == [
        "epoch 1, row 0, weight 0.5: x = (2), target 0",
        "  sum     0·2 + 0 = 0",
        "  output  step(0) = 1, for a tie fires",
        "  error   0 - 1 = -1",
        "  w1      0 + 0.5·3·(-1)·2 = -3",
        "  bias    0 + 0.5·3·(-1) = -1.5",
    ]
    twice = gn.Perceptron(shuffle=False, class_weight={0: 2.0, 1: 1.0})
    assert [step.example for step in gn.watch(twice, [[2.0], [4.0]], [0, 1])][:3] == [0, 0, 1]
    neuron = gn.LinearNeuron(solver="online", learning_rate=0.5, l2=0.1, shuffle=False, max_epochs=2)
    *_, last = gn.watch(neuron, [[1.0]], [2.0])
    # 0 -> 1 and bias 0 -> 1 in the first epoch; then the sum is 2, right, and only the penalty moves: 1·(1 - 0.05)
    assert str(last).splitlines() == [
        "epoch 2, row 0: x = (1), target 2",
        "  sum     1·1 + 1 = 2",
        "  output  linear(2) = 2",
        "  error   2 - 2 = 0",
        "  w1      1·0.95 + 0.5·0·1 = 0.95",
        "  bias    1, held",
    ]


def test_moves_of_all_rows_are_written_out():
    x, y = [[0.0], [2.0]], [0.0, 4.0]  # errors 0 and 4 at the start: slopes -4 of the weight, -2 of the bias
    batch = gn.LinearNeuron(solver="batch", learning_rate=0.5, max_epochs=1)
    assert str(next(gn.watch(batch, x, y))).splitlines() == [
        "epoch 1, all 2 rows: loss 4 before the move",
        "  w1      0 - 0.5·(-4) = 2",
        "  bias    0 - 0.5·(-2) = 1",
    ]
    newton = gn.LinearNeuron(solver="newton", fixed_bias=0.0)
    assert str(next(gn.watch(newton, x, y))).splitlines() == [
        "step 1, all 2 rows: loss 0 after it",
        "  w1      0 + 2 = 2",
        "  bias    0, held",
    ]
    even = gn.Adaline(solver="batch", learning_rate=0.5, max_epochs=1)  # a bias with no slope is not one that is held
    assert "  bias    0 - 0.5·0 = 0" in str(next(gn.watch(even, [[-1.0], [1.0]], [0, 1])))


def test_of_many_values_a_few_are_written_out():
    wide = np.zeros((2, 40))
    wide[0, :9], wide[1, 39] = 1.0, 1.0
    lines = str(next(gn.watch(gn.Perceptron(shuffle=False), wide, [0, 1]))).splitlines()
    assert lines[0] == "epoch 1, row 0: x = (1, 1, 1, 1, 1, 1, and 34 more), target 0"
    assert lines[1] == "  sum     9 products w·x of values that are not 0, and the bias 0: 0"
    assert lines[-2:] == ["  and 3 more weights", "  bias    0 + 1·(-1) = -1"]
    move = str(next(gn.watch(gn.Adaline(solver="batch"), wide, [0, 1])))
    assert "  and 34 more weights" in move


@pytest.mark.parametrize("kind", [gn.SigmoidNeuron, gn.Adaline])
def test_where_weights_of_0_are_the_best_it_says_so(kind):
    """In XOR each input is 1 as often in one class as in the other: the gradient at weights of 0 is 0."""
    learner = kind(solver="online", learning_rate=0.1, shuffle=False)
    learner.fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    assert "no weights have a lower loss than weights of 0" in learner.history_.why_stopped
    assert "e+" not in learner.history_.why_stopped
    assert not [finding for finding in learner.diagnose() if finding.what == "not settled"]
