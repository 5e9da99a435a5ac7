"""Training a network: worked by hand, against the bare formulas, beside PyTorch, and what each setting does."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

import glassneuron as gn
from glassneuron.errors import TrainingWarning
from glassneuron.learning.algorithms.curvature import suggested_rate
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.schedules import rates
from glassneuron.learning.settings import NetworkSettings
from glassneuron.learning.stopping import EarlyStopping
from training import network_trainer, settings_of, train_network

PLAIN = {"loss": "squared_error", "optimiser": "sgd", "shuffle": False, "tol": None}
X_XOR, Y_XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


@pytest.fixture(params=["python", "compiled"])
def speed(request):
    with gn.speed(request.param):
        yield request.param


def line(*weights, bias=0.0):
    """One linear neuron."""
    return gn.Network([gn.Layer([list(weights)], [bias], "linear")])


# ------------------------------------------------------------------------------ by hand


def test_one_step_worked_by_hand(speed):
    # x = 3, hidden sigmoid neuron with w = 0, b = 0: sum 0, answers 1/2
    # output sigmoid neuron with w = 2, b = -1: sum 0, answers 1/2; the target is 1
    # slope at the output's sum: (1/2 - 1) * 1/2 * (1 - 1/2) = -1/8, at its weight -1/8 * 1/2 = -1/16
    # slope at the hidden sum: -1/8 * 2 * 1/4 = -1/16, at its weight -1/16 * 3 = -3/16
    network = gn.Network([gn.Layer([[0.0]], [0.0]), gn.Layer([[2.0]], [-1.0])])
    rule = NetworkSettings(**PLAIN, learning_rate=16.0, max_epochs=1)
    taught, history = train_network(network, np.array([[3.0]]), np.array([[1.0]]), rule)
    assert taught.parameters.tolist() == [0 + 3, 0 + 1, 2 + 1, -1 + 2]
    assert history.losses == [1 / 8]


def test_plain_online_descent_agrees_step_by_step_with_the_formulas(speed):
    """2-2-1, sigmoid neurons, squared error, one row at a time."""
    network = gn.Network.random([2, 2, 1], seed=3)
    eta = 0.7
    W, b = network.layers[0].weights.copy(), network.layers[0].biases.copy()
    v, c = network.layers[1].weights[0].copy(), network.layers[1].biases[0]

    def sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    state = None
    for step in range(40):
        x, y = X_XOR[step % 4], Y_XOR[step % 4, 0]
        h = sigmoid(W @ x + b)
        o = sigmoid(v @ h + c)
        at_output = (o - y) * o * (1.0 - o)
        at_hidden = at_output * v * h * (1.0 - h)
        v, c = v - eta * at_output * h, c - eta * at_output
        W, b = W - eta * np.outer(at_hidden, x), b - eta * at_hidden
        one = slice(step % 4, step % 4 + 1)
        rule = NetworkSettings(**PLAIN, learning_rate=eta, max_epochs=1)
        trainer = network_trainer(network, X_XOR[one], Y_XOR[one], rule, state=state)
        history, state = trainer.fit(), trainer.algorithm.state()
        network = trainer.algorithm.trained()
        assert network.parameters == pytest.approx([*W.ravel(), *b, *v, c], rel=1e-12, abs=1e-14)
        assert history.losses == pytest.approx([0.5 * (o - y) ** 2], rel=1e-12)
    assert state["clock"] == [40]


# -------------------------------------------------------------------------- beside PyTorch


@pytest.mark.parametrize("sizes", [[5, 8, 3], [5, 8, 7, 6, 3]], ids=["one hidden layer", "three hidden layers"])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "nesterov", "adam"])
def test_a_hundred_steps_beside_pytorch(optimiser, loss, sizes, speed):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50, 5))
    Y = np.eye(3)[rng.integers(3, size=50)] if loss == "cross_entropy" else rng.normal(size=(50, 3))
    start = gn.Network.random(sizes, "tanh", output="softmax" if loss == "cross_entropy" else "linear", seed=1)
    rate = 0.01 if optimiser == "adam" else 0.05
    rule = NetworkSettings(
        loss=loss, optimiser=optimiser, learning_rate=rate, batch_size=16, max_epochs=25, shuffle=False, tol=None,
        each_batch=True,
    )  # fmt: skip
    taught, history = train_network(start, X, Y, rule)

    layers = []
    for layer in start.layers:
        linear = torch.nn.Linear(*layer.weights.shape[::-1], dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(layer.weights))
            linear.bias.copy_(torch.tensor(layer.biases))
        layers += [linear, torch.nn.Tanh()]
    peer = torch.nn.Sequential(*layers[:-1])
    steps = {
        "sgd": lambda p: torch.optim.SGD(p, lr=rate),
        "momentum": lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9),
        "nesterov": lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9, nesterov=True),
        "adam": lambda p: torch.optim.Adam(p, lr=rate),
    }[optimiser](peer.parameters())
    losses = []
    for _ in range(25):
        for first in range(0, 50, 16):
            x, y = torch.tensor(X[first : first + 16]), torch.tensor(Y[first : first + 16])
            steps.zero_grad()
            if loss == "cross_entropy":
                value = torch.nn.functional.cross_entropy(peer(x), y)
            else:
                value = 0.5 * ((peer(x) - y) ** 2).sum(dim=1).mean()
            value.backward()
            steps.step()
            losses.append(value.item())
    theirs = np.concatenate([p.detach().numpy().ravel() for p in peer.parameters()])
    assert len(losses) == len(history.batch_losses) == 100
    assert np.abs(taught.parameters - theirs).max() < 1e-6
    assert history.batch_losses == pytest.approx(losses, abs=1e-6)


# ------------------------------------------------------------------------- what settings do


def test_l2_shrinks_weights_and_leaves_biases(speed):
    # the answer is the target, so that nothing but the penalty has a slope: w - eta * l2 * w
    rule = NetworkSettings(**PLAIN, learning_rate=0.5, l2=0.25, max_epochs=1)
    taught, history = train_network(line(2.0, -4.0, bias=1.0), np.array([[2.0, 1.0]]), np.array([[1.0]]), rule)
    assert taught.parameters.tolist() == [2.0 * 0.875, -4.0 * 0.875, 1.0]
    assert history.losses == [0.0]


def test_clip_shortens_a_gradient_and_keeps_its_direction(speed):
    # the slope is -10 times the input (2, 2) and -10 at the bias: length 30, direction (2, 2, 1) / 3
    rule = NetworkSettings(**PLAIN, learning_rate=1.0, clip=3.0, max_epochs=1)
    taught, _ = train_network(line(0.0, 0.0), np.array([[2.0, 2.0]]), np.array([[10.0]]), rule)
    assert taught.parameters == pytest.approx([2.0, 2.0, 1.0], rel=1e-12)
    short = NetworkSettings(**PLAIN, learning_rate=1.0, clip=31.0, max_epochs=1)
    assert train_network(line(0.0, 0.0), np.array([[2.0, 2.0]]), np.array([[10.0]]), short)[0].parameters.tolist() == [
        20,
        20,
        10,
    ]


def test_dropout_silences_some_neurons_and_makes_up_for_them(speed):
    # 1 - n - 1 of linear neurons, all weights 1: the kept ones answer 1 / keep, the others 0
    n, keep = 50, 0.6
    network = gn.Network([gn.Layer(np.ones((n, 1)), np.zeros(n), "linear"), gn.Layer(np.ones((1, n)), [0.0], "linear")])
    rule = NetworkSettings(**PLAIN, learning_rate=1e-3, dropout=1 - keep, max_epochs=1, random_state=0)
    taught, history = train_network(network, np.array([[1.0]]), np.array([[0.0]]), rule)
    moved = taught.layers[0].weights[:, 0] != 1.0
    answer = moved.sum() / keep
    assert 15 < moved.sum() < 45  # five standard deviations around 30
    assert history.losses[0] == pytest.approx(0.5 * answer**2, rel=1e-12)
    assert taught.layers[0].weights[moved, 0] == pytest.approx(1.0 - 1e-3 * answer / keep, rel=1e-12)
    assert taught.layers[1].weights[0, moved] == pytest.approx(1.0 - 1e-3 * answer / keep, rel=1e-12)
    assert (taught.layers[1].weights[0, ~moved] == 1.0).all()


def test_dropout_differs_from_step_to_step_and_the_seed_repeats_it():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
    rule = NetworkSettings(loss="squared_error", dropout=0.3, batch_size=8, max_epochs=3, random_state=5)
    start = gn.Network.random([3, 10, 10, 2], "tanh", output="linear", seed=0)
    first, second = (train_network(start, X, Y, rule)[0] for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("constant", [1, 1, 1]),
        ("linear", [1, 0.5, 0]),
        ("cosine", [1, 0.5, 0]),
        ("inverse", [1, 1 / 5.5, 0.1]),
        (lambda epoch: 0.2 / epoch, [1, 1 / 6, 1 / 11]),
    ],
)
def test_schedules(name, shares):
    assert rates(name, 0.2, np.array([0.0, 5.0, 10.0]), of=10) == pytest.approx(0.2 * np.array(shares), abs=1e-15)


def test_a_schedule_reaches_the_weights(speed):
    # slope of 1/2 (w x - y)^2 with x = 1, y = 0 is w (the bias moves alike): each epoch multiplies w + b by 1 - 2 eta
    rule = NetworkSettings(**PLAIN, schedule=lambda epoch: 0.1 * epoch, max_epochs=3)
    taught, _ = train_network(line(1.0, bias=1.0), np.array([[1.0]]), np.array([[0.0]]), rule)
    assert taught.feedforward([1.0]) == pytest.approx(2.0 * 0.8 * 0.6 * 0.4, rel=1e-12)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_epochs_together_are_the_same_as_one_by_one(speed, dropout):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(30, 3)), rng.normal(size=(30, 1))
    start = gn.Network.random([3, 4, 1], output="linear", seed=0)
    rule = NetworkSettings(
        loss="squared_error", batch_size=7, max_epochs=20, dropout=dropout, schedule="linear", tol=None, random_state=0
    )
    together, a = train_network(start, X, Y, rule)
    single, b = train_network(start, X, Y, rule, on_epoch=lambda history: None)
    assert together == single
    assert a.losses == pytest.approx(b.losses, rel=1e-12)
    assert len(a.losses) == len(a.seconds) == 20
    assert "reached max_epochs=20" in a.why_stopped


def test_weighted_rows_count_as_repeated_ones_in_their_batch(speed):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    start = gn.Network.random([3, 4, 2], "tanh", output="linear", seed=0)
    counts = np.array([2.0, 1, 0, 3, 1, 1])
    rule = NetworkSettings(**PLAIN, learning_rate=0.1, max_epochs=5)
    weighted, a = train_network(start, X, Y, rule, weights=counts)
    twice = np.repeat(np.arange(6), counts.astype(int))
    repeated, b = train_network(start, X[twice], Y[twice], rule)
    assert weighted.parameters == pytest.approx(repeated.parameters, rel=1e-12)
    assert a.losses == pytest.approx(b.losses, rel=1e-12)


@pytest.mark.parametrize("shuffle", [False, True])
def test_the_loss_of_an_epoch_is_the_mean_over_its_rows_weighted(shuffle):
    rng = np.random.default_rng(0)
    X, Y, counts = rng.normal(size=(7, 2)), rng.normal(size=(7, 1)), rng.uniform(0.5, 2.0, 7)
    start = gn.Network.random([2, 1], "linear", seed=0)
    still = PLAIN | {"learning_rate": 1e-15, "shuffle": shuffle}  # too small to change a thing
    rule = NetworkSettings(**still, batch_size=3, max_epochs=1, random_state=0)
    _, history = train_network(start, X, Y, rule, weights=counts)
    squares = 0.5 * (start.feedforward(X) - Y[:, 0]) ** 2
    assert history.losses[0] == pytest.approx(np.average(squares, weights=counts), rel=1e-9)


# ----------------------------------------------------------------------------------- L-BFGS


def test_lbfgs_finds_the_ridge_solution(speed):
    rng = np.random.default_rng(0)
    X, y, l2 = rng.normal(size=(40, 3)), rng.normal(size=40), 0.3
    rule = NetworkSettings(loss="squared_error", optimiser="lbfgs", l2=l2, tol=1e-10, max_epochs=500)
    taught, history = train_network(line(0.0, 0.0, 0.0), X, y[:, np.newaxis], rule)
    A = np.column_stack([X, np.ones(40)])
    exact = np.linalg.solve(A.T @ A / 40 + np.diag([l2, l2, l2, 0.0]), A.T @ y / 40)
    assert taught.parameters == pytest.approx(exact, abs=1e-6)
    assert history.converged
    assert history.losses[-1] == pytest.approx(0.5 * np.mean((A @ exact - y) ** 2), rel=1e-6)


def test_lbfgs_listens_to_the_caller():
    rule = NetworkSettings(loss="cross_entropy", optimiser="lbfgs", tol=0.0)
    start = gn.Network.random([2, 4, 1], "tanh", output="sigmoid", seed=0)
    _, history = train_network(start, X_XOR, Y_XOR, rule, on_epoch=lambda h: h.epochs == 2)
    assert history.epochs == 2
    assert not history.converged
    assert "epoch 2" in history.why_stopped


def test_lbfgs_that_loses_its_way_does_not_blame_the_caller():
    # the loss, 1e300 / 2, still fits into a float; its slope, 1e160 times the error of 1e150, does not
    rule, start = NetworkSettings(loss="squared_error", optimiser="lbfgs"), line(0.0)
    taught, history = train_network(start, np.array([[1e160]]), np.array([[1e150]]), rule)
    assert taught == start
    assert history.why_stopped.startswith("no step lowers the loss within the precision of a float64")
    assert np.isfinite(history.losses).all()
    assert not history.converged


# ------------------------------------------------------------------------------ when to stop


@given(st.lists(st.floats(0, 10), min_size=1, max_size=30), st.integers(1, 5), st.floats(0, 1))
@settings(deadline=None)
def test_patience_keeps_the_first_of_the_lowest_losses(losses, patience, tolerance):
    waiting = EarlyStopping(tolerance, patience)
    for epoch, loss in enumerate(losses, 1):
        exhausted = waiting.exhausted(loss)
        so_far = losses[:epoch]
        assert waiting.best == min(so_far)
        assert waiting.best_epoch == 1 + so_far.index(min(so_far))
        assert waiting.improved == (epoch == 1 or loss < min(losses[: epoch - 1]))
        if exhausted:
            assert epoch >= patience
            break


def test_no_progress_ends_it():
    # y = 0 is answered from the start: the loss is 0 in each epoch, the first of which counts as progress
    rule = NetworkSettings(loss="squared_error", optimiser="sgd", patience=4)
    _, history = train_network(line(0.0), np.array([[1.0]]), np.array([[0.0]]), rule)
    assert history.losses == [0.0] * 5
    assert history.converged
    assert history.why_stopped == "the loss has not improved by tol=0.0001 for 4 epochs; it is 0"


def test_the_best_epoch_on_rows_held_out_is_kept():
    # learning y = x, judged on y = x / 2: each epoch brings the slope closer to 1, and past 1/2 it gets worse
    X, Y = np.array([[-1.0], [1.0]]), np.array([[-1.0], [1.0]])
    rule = NetworkSettings(**PLAIN, learning_rate=0.1, max_epochs=30)
    seen = []
    taught, history = train_network(
        line(0.0), X, Y, rule, validation=(X, Y / 2), on_epoch=lambda h: seen.append(h.epochs)
    )
    slopes = [1.0 - 0.9**epoch for epoch in range(1, 31)]
    assert history.validation_losses == pytest.approx([0.5 * (w - 0.5) ** 2 for w in slopes], rel=1e-9, abs=1e-15)
    best = min(range(30), key=lambda e: abs(slopes[e] - 0.5))
    assert taught.parameters == pytest.approx([slopes[best], 0.0], rel=1e-9)
    assert f"epoch {best + 1} " in history.why_stopped
    assert seen == list(range(1, 31))


# ---------------------------------------------------------------------------------- warnings


def test_the_suggested_rate_is_one_over_the_greatest_curvature():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(50, 3)) * [1.0, 5.0, 0.1], rng.normal(size=(50, 1))
    A = np.column_stack([X, np.ones(50)])
    exact = 1.0 / np.linalg.eigvalsh(A.T @ A / 50).max()
    assert suggested_rate(line(0.0, 0.0, 0.0), X, Y, "squared_error") == pytest.approx(exact, rel=1e-3)


@pytest.mark.parametrize("epochs", [5, 200], ids=["large and finite", "infinite"])
def test_a_loss_that_explodes_is_told_with_a_rate_that_works(epochs, speed):
    X = np.linspace(0, 100, 20)[:, np.newaxis]
    rule = NetworkSettings(**PLAIN, learning_rate=0.1, max_epochs=epochs)
    with pytest.warns(TrainingWarning, match=r"diverged in epoch \d+: learning_rate=0\.1 is too large") as told:
        taught, history = train_network(line(0.0), X, X, rule)
    assert np.isfinite(taught.parameters).all()
    assert str(told[0].message) == f"{history.why_stopped}."
    assert re.search(rf"epoch {history.epochs + 1}\b", history.why_stopped)
    with pytest.warns(TrainingWarning):
        single, one_by_one = train_network(line(0.0), X, X, rule, on_epoch=lambda h: None)
    assert single == taught
    assert one_by_one.losses == pytest.approx(history.losses, rel=1e-12)
    better = float(history.why_stopped.split("try ")[1].split(",")[0])
    _, calm = train_network(line(0.0), X, X, NetworkSettings(**PLAIN, learning_rate=better, max_epochs=50))
    assert calm.losses[-1] < calm.losses[0] / 100


def test_the_network_from_before_the_explosion_is_kept(speed):
    # a single step of rate 1e3 on 1/2 (10 w - 10)^2 throws w from 0 to 1e5: the loss before it is 50, after it 5e13
    X, Y = np.array([[10.0]]), np.array([[10.0]])
    start, rule = line(0.0), NetworkSettings(**PLAIN, learning_rate=1e3, each_batch=True)
    for validation in (None, (X, Y)):
        trainer = network_trainer(start, X, Y, rule, validation=validation)
        with pytest.warns(TrainingWarning, match="diverged in epoch 1") as told:
            history = trainer.fit()
        assert trainer.algorithm.trained() == start
        assert history.losses == history.seconds == history.batch_losses == history.validation_losses == []
        assert told[0].filename == __file__
        trainer = network_trainer(start, X, Y, rule, validation=validation)
        states = (trainer.state() for frame in trainer.steps() if frame.ends_epoch)
        again = network_trainer(start, X, Y, rule, validation=validation).restore(next(states))
        with pytest.warns(TrainingWarning, match="diverged in epoch 1"):
            again.fit()
        assert again.algorithm.trained() == start


def test_an_explosion_with_dropout_is_the_same_together_and_one_by_one():
    rng = np.random.default_rng(0)
    X, Y = 30 * rng.normal(size=(20, 3)), rng.normal(size=(20, 1))
    start = gn.Network.random([3, 8, 1], "sigmoid", output="linear", seed=0)
    rule = NetworkSettings(
        loss="squared_error", optimiser="sgd", learning_rate=0.7, dropout=0.5, batch_size=5, tol=None, random_state=0
    )
    with pytest.warns(TrainingWarning):
        together, a = train_network(start, X, Y, rule)
    with pytest.warns(TrainingWarning):
        single, b = train_network(start, X, Y, rule, on_epoch=lambda history: None)
    assert together == single
    assert a.losses == pytest.approx(b.losses, rel=1e-12)
    assert a.epochs > 1  # so that there was something to go through again


def test_weights_beyond_a_float_do_not_wait_for_the_next_loss():
    # one step of 1e308 times the slope 100
    rule = NetworkSettings(loss="squared_error", optimiser="momentum", learning_rate=1e308, max_epochs=1)
    start, X = line(0.0), np.array([[10.0]])
    trainer = network_trainer(start, X, X, rule)
    with pytest.warns(TrainingWarning, match="diverged in epoch 1"):
        trainer.fit()
    assert trainer.algorithm.trained() == start
    state = trainer.algorithm.state()
    assert (state["clock"].tolist(), state["m"].tolist()) == ([0], [0.0, 0.0])


def test_adam_that_explodes_is_told_the_rate_of_its_paper():
    rule = NetworkSettings(loss="squared_error", learning_rate=1e10, tol=None)
    with pytest.warns(TrainingWarning, match=r"try 0\.001\.$"):  # Kingma & Ba (2015), algorithm 1
        train_network(line(0.0), np.array([[1.0]]), np.array([[1.0]]), rule)


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs"])
@pytest.mark.parametrize(("dtype", "far"), [(np.float64, 1e200), (np.float32, 1e30)])
def test_a_loss_beyond_a_float_is_no_matter_of_the_rate(optimiser, dtype, far):
    rule = NetworkSettings(loss="squared_error", optimiser=optimiser)
    sentence = f"the loss overflows {np.dtype(dtype)} before the first step, with features up to 1 and targets up"
    with pytest.raises(gn.GlassneuronError, match=sentence):
        train_network(line(0.0), np.ones((1, 1), dtype), np.full((1, 1), far, dtype), rule)


def test_neurons_that_start_alike_are_told():
    start = gn.Network.random([2, 3, 1], "sigmoid", start="zero")
    with pytest.warns(TrainingWarning, match="the 3 neurons of layer 1 start with equal weights"):
        taught, _ = train_network(start, X_XOR, Y_XOR, NetworkSettings(max_epochs=20))
    assert (taught.layers[0].weights == taught.layers[0].weights[0]).all()


# ---------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("setting", "code", "named"),
    [
        ({"loss": "hinge"}, "parameter", "`loss`"),
        ({"optimiser": "newton"}, "parameter", "`optimiser`"),
        ({"learning_rate": 0.0}, "parameter", "`learning_rate` must be in (0, inf)"),
        ({"learning_rate": math.inf}, "parameter", "`learning_rate`"),
        ({"schedule": "steps"}, "parameter", "`schedule`"),
        ({"batch_size": 0}, "parameter", "`batch_size`"),
        ({"max_epochs": 1.5}, "parameter-type", "`max_epochs`"),
        ({"momentum": 1.0}, "parameter", "`momentum` must be in [0, 1)"),
        ({"beta2": -0.1}, "parameter", "`beta2`"),
        ({"epsilon": 0.0}, "parameter", "`epsilon`"),
        ({"l2": -1.0}, "parameter", "`l2`"),
        ({"dropout": 1.0}, "parameter", "`dropout`"),
        ({"clip": 0.0}, "parameter", "`clip`"),
        ({"tol": -1.0}, "parameter", "`tol`"),
        ({"patience": 0}, "parameter", "`patience`"),
        ({"shuffle": 2}, "parameter-type", "`shuffle`"),
        ({"each_batch": "yes"}, "parameter-type", "`each_batch`"),
    ],
)
def test_settings_outside_their_rule(setting, code, named, refused):
    with refused(code, named):
        settings_of(NetworkSettings, **setting)


def test_a_schedule_that_gives_no_rate():
    rule = NetworkSettings(**PLAIN, schedule=lambda epoch: -1.0)
    with pytest.raises(gn.GlassneuronError, match=r"`schedule` must be in \(0, inf\); got -1"):
        train_network(line(0.0), np.ones((1, 1)), np.ones((1, 1)), rule)


@pytest.mark.parametrize(
    ("X", "Y", "weights", "code", "named"),
    [
        (np.ones((3, 2)), np.ones((3, 1)), None, "inputs", ["1 inputs", "has 2"]),
        (np.ones((3, 1)), np.ones((2, 1)), None, "targets", ["(3, 1)", "(2, 1)"]),
        (np.ones((3, 1)), np.ones((3, 1)), np.zeros(3), "parameter", ["`weights`", "above 0"]),
    ],
)
def test_tables_that_do_not_fit(X, Y, weights, code, named, refused):
    with refused(code, *named):
        train_network(line(0.0), X, Y, NetworkSettings(loss="squared_error"), weights=weights)


def test_a_step_has_no_slope_to_follow(refused):
    network = gn.Network([gn.Layer([[1.0]], [0.0], "step"), gn.Layer([[1.0]], [0.0])])
    with pytest.raises(gn.GlassneuronError, match="no layer up to layer 1 would learn; choose 'sigmoid'"):
        train_network(network, np.ones((1, 1)), np.ones((1, 1)), NetworkSettings())


def test_cross_entropy_needs_probabilities():
    with pytest.raises(gn.GlassneuronError, match=r"probabilities, from 0 to 1; got 2\.0 in row 0"):
        train_network(gn.Network.random([1, 1], seed=0), np.ones((1, 1)), np.full((1, 1), 2.0), NetworkSettings())
    with pytest.raises(gn.GlassneuronError, match="the last layer must be sigmoid or softmax; got 'linear'"):
        train_network(line(0.0), np.ones((1, 1)), np.ones((1, 1)), NetworkSettings(loss="cross_entropy"))


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_pieces_of_an_epoch_are_the_epoch(monkeypatch, dropout):
    start = gn.Network.random([2, 4, 1], "tanh", output="sigmoid", seed=1)
    X = np.random.default_rng(0).normal(size=(50, 2))
    Y = (X[:, :1] > 0).astype(float)
    rule = NetworkSettings(batch_size=8, max_epochs=3, tol=None, random_state=2, dropout=dropout)
    whole, history = train_network(start, X, Y, rule)
    piece = "glassneuron.learning.algorithms.backpropagation.PIECE"
    monkeypatch.setattr(piece, 12.0 * 17 * 8 * 2.5)  # two steps and a half
    pieces, again = train_network(start, X, Y, rule)
    assert pieces == whole
    assert again.losses == history.losses
    monkeypatch.setattr(piece, 0.0)
    assert train_network(start, X, Y, rule)[0] == whole


@pytest.mark.parametrize("optimiser", ["adam", "lbfgs"])
def test_a_training_goes_on_from_any_frame_to_the_same_bits(optimiser):
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    start = gn.Network.random([2, 4, 1], "tanh", output="linear", seed=1)
    rule = NetworkSettings(
        loss="squared_error", optimiser=optimiser, batch_size=8, max_epochs=4, tol=None, each_batch=optimiser == "adam"
    )
    whole = network_trainer(start, X, Y, rule)
    seen = [(frame, whole.state()) for frame in whole.steps(every=8)]
    for n, (_, state) in enumerate(seen, 1):
        again = network_trainer(start, X, Y, rule).restore(state)
        assert list(again.steps(every=8)) == [frame for frame, _ in seen[n:]]
        assert again.algorithm.trained() == whole.algorithm.trained()
        assert again.history.losses == whole.history.losses
        assert again.history.batch_losses == whole.history.batch_losses


@pytest.mark.parametrize(("size", "advice"), [(1.0, False), (100.0, True)])
def test_one_scale_is_advised_where_there_is_none(size, advice):
    X = np.linspace(-size, size, 20)[:, np.newaxis]
    rule = NetworkSettings(loss="squared_error", optimiser="sgd", learning_rate=1e6, tol=None)
    with pytest.warns(TrainingWarning, match="is too large") as caught:
        train_network(gn.Network.random([1, 3, 1], "tanh", output="linear", seed=0), X, X / size, rule)
    assert ("standardise" in str(caught[0].message)) == advice


# ------------------------------------------------------------------------- what is chosen


def test_a_rate_that_is_chosen_falls_to_nothing_and_is_not_given_up():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(100, 3)), rng.normal(size=(100, 1))  # noise: the loss hardly falls
    start = gn.Network.random([3, 4, 1], "tanh", output="linear", seed=0)
    chosen = network_trainer(start, X, Y, NetworkSettings(loss="squared_error", tol=0.3, patience=2))
    history = chosen.fit()
    steps = math.ceil(100 / 32)
    assert history.epochs == math.ceil(200 / steps)
    assert history.why_stopped.startswith(f"settled: the learning rate has fallen to nothing in {history.epochs} ep")
    said = NetworkSettings(
        loss="squared_error", learning_rate=0.006, schedule="linear", batch_size=32, max_epochs=50, l2=0.001, tol=None
    )
    assert train_network(start, X, Y, said)[0] == chosen.algorithm.trained()
    yours = NetworkSettings(loss="squared_error", learning_rate=0.006, tol=0.3, patience=2)
    assert train_network(start, X, Y, yours)[1].epochs == 3


@pytest.mark.parametrize(
    ("rows", "parameters", "batch", "epochs", "l2"),
    [
        (4, 0, 4, 200, 1e-3),  # 200 steps at least
        (1600, 0, 40, 30, 0.03 / 40),
        (22_500, 0, 150, 20, 0.03 / 150),  # 3,000 steps
        (10**6, 0, 200, 10, 0.03 / 1000),
        (1600, 10**7, 40, 10, 0.03 / 40),
    ],
)
def test_what_is_chosen_beside_the_rate(rows, parameters, batch, epochs, l2):
    chosen = NetworkSettings().for_table(rows, parameters)
    assert (chosen.batch_size, chosen.max_epochs) == (batch, epochs)
    assert chosen.l2 == pytest.approx(l2)
    kept = NetworkSettings(batch_size=7, max_epochs=3, l2=0.0, schedule="cosine").for_table(rows, parameters)
    assert (kept.batch_size, kept.max_epochs, kept.l2, kept.schedule) == (min(7, rows), 3, 0.0, "cosine")


@pytest.mark.parametrize("optimiser", ["sgd", "momentum", "nesterov", "adam"])
def test_each_optimiser_settles_by_itself(optimiser):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 5))
    Y = np.sin(X[:, :1]) + X[:, 1:2] * X[:, 2:3]
    start = gn.Network.random([5, 50, 1], "relu", output="linear", seed=0)
    _, history = train_network(start, X, Y, NetworkSettings(loss="squared_error", optimiser=optimiser))
    assert history.losses[-1] < 0.3 * 0.5 * Y.var()


def test_lbfgs_that_comes_to_a_standstill_does_not_say_converged():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(30, 3)) * 1e4, rng.normal(size=(30, 1)) * 1e6
    rule = NetworkSettings(loss="squared_error", optimiser="lbfgs", tol=1e-13, max_epochs=500)
    trainer = network_trainer(line(0.0, 0.0, 0.0), X, Y, rule)
    history = trainer.fit()
    assert np.abs(trainer.algorithm.gradient).max() > 1e-13
    assert not history.converged
    assert history.why_stopped.startswith("no step lowers the loss within the precision of a float64, though the grad")


def test_held_out_rows_that_do_not_count_are_watched_alike():
    X, Y = np.array([[-1.0], [1.0]]), np.array([[-1.0], [1.0]])
    rule = NetworkSettings(**PLAIN, learning_rate=0.1, max_epochs=1)
    algorithm = network_trainer(line(0.5), X, Y, rule).algorithm
    held = Dataset(X, Y, sample_weight=np.zeros(2))
    assert algorithm.mean_loss(held, algorithm.theta) == 0.125  # half of (0.5 - 1)^2, of both rows


@pytest.mark.parametrize("inputs", [50, 1500])
def test_threads_of_the_library_change_no_bit(inputs):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, inputs))
    Y = (X[:, :1] > 0).astype(float)
    start = gn.Network.random([inputs, 100, 1], "relu", output="sigmoid", seed=0)
    rule = NetworkSettings(learning_rate=0.001, max_epochs=2)
    as_it_is = train_network(start, X, Y, rule)[0]
    with threadpool_limits(limits=1):
        assert train_network(start, X, Y, rule)[0] == as_it_is
