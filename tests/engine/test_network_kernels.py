"""Layers, losses, backpropagation and optimisers, at both speeds: by hand, by differences, and beside PyTorch."""

import math
from itertools import pairwise, product

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.engine import backend
from glassneuron.engine.activations import ACTIVATIONS

SPEEDS = ("python", "compiled")
SQUARED, ENTROPY = 0, 1


@pytest.fixture(params=SPEEDS)
def k(request):
    return backend.load(request.param)


def network(sizes, activations, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    count = sum(n * (m + 1) for m, n in pairwise(sizes))
    codes = np.array([ACTIVATIONS[name].code for name in activations])
    return rng.normal(0, 0.7, count).astype(dtype), np.array(sizes), codes


def examples(sizes, loss, last, rows=6, dtype=np.float64, seed=1):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, sizes[0])).astype(dtype)
    Y = rng.normal(size=(rows, sizes[-1]))
    if loss == ENTROPY:
        Y = np.eye(sizes[-1])[rng.integers(sizes[-1], size=rows)] if last == "softmax" else (Y > 0)
    return X, Y.astype(dtype), rng.uniform(0.5, 2.0, rows).astype(dtype)


DEPTHS = ([4, 3], [4, 5, 3], [4, 5, 4, 3])
HIDDEN = ("sigmoid", "tanh", "relu", "linear")
ENDS = ((SQUARED, "linear"), (SQUARED, "sigmoid"), (SQUARED, "tanh"), (SQUARED, "relu"), (SQUARED, "softmax"),
        (ENTROPY, "sigmoid"), (ENTROPY, "softmax"))  # fmt: skip


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize(("sizes", "hidden", "end"), list(product(DEPTHS, HIDDEN, ENDS)))
def test_gradients_by_fourth_order_differences(speed, sizes, hidden, end):
    loss, last = end
    kernels = backend.load(speed)
    theta, sizes, codes = network(sizes, [hidden] * (len(sizes) - 2) + [last])
    X, Y, weight = examples(sizes, loss, last)
    g, scratch, h = np.empty_like(theta), np.empty_like(theta), 1e-3

    def value(t):
        return kernels.loss_and_gradient(t, sizes, codes, loss, X, Y, weight, scratch)

    kernels.loss_and_gradient(theta, sizes, codes, loss, X, Y, weight, g)
    slopes = np.empty_like(g)
    for p in range(len(theta)):
        e = np.zeros_like(theta)
        e[p] = h
        slopes[p] = (value(theta - 2 * e) - 8 * value(theta - e) + 8 * value(theta + e) - value(theta + 2 * e)) / (
            12 * h
        )
    assert np.linalg.norm(g - slopes) <= 1e-7 * np.linalg.norm(slopes)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("sizes", [[40, 5], [40, 30, 5], [40, 30, 20, 5]], ids=lambda sizes: f"{len(sizes) - 1} layers")
@pytest.mark.parametrize(("loss", "last"), [end for end in ENDS if end != (SQUARED, "softmax")])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_gradients_beside_pytorch(k, dtype, tolerance, loss, last, hidden, sizes):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    theta, sizes, codes = network(sizes, [hidden] * (len(sizes) - 2) + [last], dtype)
    theta *= 0.4
    X, Y, weight = examples(sizes, loss, last, rows=12, dtype=dtype)
    g = np.empty_like(theta)
    value = k.loss_and_gradient(theta, sizes, codes, loss, X, Y, weight, g)
    t = torch.tensor(theta, requires_grad=True)
    a, start = torch.tensor(X), 0
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "linear": lambda z: z}
    for l, (m, n) in enumerate(pairwise(sizes)):
        z = a @ t[start : start + m * n].reshape(n, m).T + t[start + m * n : start + m * n + n]
        a = functions[hidden if l < len(sizes) - 2 else last](z) if last != "softmax" or l < len(sizes) - 2 else z
        start += n * (m + 1)
    if last == "softmax":
        each = -(torch.tensor(Y) * torch.log_softmax(z, 1)).sum(1)
    elif loss == ENTROPY:
        binary = torch.nn.functional.binary_cross_entropy_with_logits
        each = binary(z, torch.tensor(Y), reduction="none").sum(1)
    else:
        each = 0.5 * ((a - torch.tensor(Y)) ** 2).sum(1)
    w = torch.tensor(weight)
    mean = (each * w).sum() / w.sum()
    mean.backward()
    assert value == pytest.approx(mean.item(), rel=tolerance)
    theirs = t.grad.numpy()
    assert np.linalg.norm(g - theirs) <= tolerance * np.linalg.norm(theirs)


@pytest.mark.parametrize("loss", [SQUARED, ENTROPY])
def test_no_slope_comes_through_a_step(k, loss):
    theta, sizes, codes = network([4, 5, 3, 2], ["tanh", "step", "sigmoid"])
    X, Y, weight = examples(sizes, loss, "sigmoid")
    g = np.empty_like(theta)
    k.loss_and_gradient(theta, sizes, codes, loss, X, Y, weight, g)
    assert not g[: 4 * 5 + 5 + 5 * 3 + 3].any()
    assert g[-2:].all()  # the biases behind it do learn


def train(kernels, theta, sizes, codes, loss, X, Y, order, *, batch=1, optimiser=0, eta=0.5, masks=None, l2=0.0,
          longest=np.inf, knobs=(0.9, 0.999, 1e-8)):  # fmt: skip
    order = np.atleast_2d(order)
    steps = len(order) * -(-order.shape[1] // batch)
    losses = np.zeros(steps)
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    masks = np.empty((1, 0), theta.dtype) if masks is None else masks
    done = kernels.train_batches(
        (theta, sizes, codes, loss), (X, Y, np.ones(len(X), X.dtype)), order, (batch, masks),
        (optimiser, m, v, 0, np.array(knobs)), (np.full(steps, eta), l2, longest), losses,
    )  # fmt: skip
    return done, losses


def test_one_training_step_worked_by_hand(k):
    # 1-1-1, sigmoid, weights 1 and 2, biases 0; x = 0, target 1, squared error, rate 4
    theta, sizes, codes = np.array([1.0, 0.0, 2.0, 0.0]), np.array([1, 1, 1]), np.array([2, 2])
    # forward: h = sigmoid(0) = 1/2; z = 2 * 1/2 = 1; a = sigmoid(1)
    a = 1 / (1 + math.exp(-1))
    # backward: dL/dz = (a - 1) a (1 - a); dL/dw2 = dL/dz * h; at the hidden sum: dL/dz * 2 * 1/4; x = 0 stops dL/dw1
    d = (a - 1) * a * (1 - a)
    done, losses = train(k, theta, sizes, codes, SQUARED, np.array([[0.0]]), np.array([[1.0]]), [0], eta=4.0)
    assert done == 1
    assert losses[0] == pytest.approx((a - 1) ** 2 / 2, rel=1e-15)
    np.testing.assert_allclose(theta, [1.0, -4 * d / 2, 2 - 4 * d / 2, -4 * d], rtol=1e-14)


def test_online_sgd_agrees_with_the_formulas_written_out(k):
    """The introductory program, transcribed: 2-2-1, sigmoid everywhere, squared error, one row after another."""
    rng = np.random.default_rng(3)
    theta, sizes, codes = network([2, 2, 1], ["sigmoid", "sigmoid"], seed=3)
    X, y = rng.normal(size=(4, 2)), np.array([1.0, 0.0, 0.0, 1.0])
    w1, w2, w3, w4, b1, b2, w5, w6, b3 = theta.tolist()
    eta, order = 0.1, np.array([rng.permutation(4) for _ in range(25)])

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    for i in order.ravel():
        x1, x2 = X[i]
        h1, h2 = sigmoid(w1 * x1 + w2 * x2 + b1), sigmoid(w3 * x1 + w4 * x2 + b2)
        o = sigmoid(w5 * h1 + w6 * h2 + b3)
        d = (o - y[i]) * o * (1 - o)
        d1, d2 = d * w5 * h1 * (1 - h1), d * w6 * h2 * (1 - h2)
        w1, w2, b1 = w1 - eta * d1 * x1, w2 - eta * d1 * x2, b1 - eta * d1
        w3, w4, b2 = w3 - eta * d2 * x1, w4 - eta * d2 * x2, b2 - eta * d2
        w5, w6, b3 = w5 - eta * d * h1, w6 - eta * d * h2, b3 - eta * d
    train(k, theta, sizes, codes, SQUARED, X, y[:, np.newaxis], order, eta=eta)
    np.testing.assert_allclose(theta, [w1, w2, w3, w4, b1, b2, w5, w6, b3], rtol=1e-12)


@pytest.mark.parametrize(("optimiser", "name"), list(enumerate(["sgd", "momentum", "nesterov", "adam"])))
@pytest.mark.parametrize("sizes", [[6, 8, 3], [6, 8, 7, 5, 3]])
def test_a_hundred_steps_agree_with_pytorch(k, optimiser, name, sizes):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    theta, plan, codes = network(sizes, ["tanh"] * (len(sizes) - 2) + ["softmax"])
    X, Y, _ = examples(sizes, ENTROPY, "softmax", rows=20)
    order = np.array([np.random.default_rng(9).permutation(20) for _ in range(25)])
    layers = []
    for W, b in zip(k.weights_of(theta, plan), k.biases_of(theta, plan), strict=True):
        linear = torch.nn.Linear(W.shape[1], len(b), dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.tensor(W), torch.tensor(b)
        layers += [linear, torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers[:-1])
    eta = 0.01 if name == "adam" else 0.1
    if name == "adam":
        steps = torch.optim.Adam(model.parameters(), lr=eta)
    else:
        mu = 0.0 if name == "sgd" else 0.9
        steps = torch.optim.SGD(model.parameters(), lr=eta, momentum=mu, nesterov=name == "nesterov")
    for rows in order.reshape(100, 5):
        steps.zero_grad()
        torch.nn.functional.cross_entropy(model(torch.tensor(X[rows])), torch.tensor(Y[rows])).backward()
        steps.step()
    done, _ = train(k, theta, plan, codes, ENTROPY, X, Y, order, batch=5, optimiser=optimiser, eta=eta)
    assert done == 100
    theirs = np.concatenate([p.detach().numpy().ravel() for p in model.parameters()])
    np.testing.assert_allclose(theta, theirs, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("optimiser", "name"), list(enumerate(["sgd", "momentum", "nesterov", "adam"])))
def test_optimisers_agree_with_their_formulas(k, optimiser, name):
    """Polyak's momentum, Nesterov's, and Kingma & Ba's algorithm 1, transcribed, for a slope of 1/2 (w x)^2 at each."""
    mu, beta2, epsilon, eta = 0.8, 0.95, 1e-3, 0.1
    theta, sizes, codes = np.array([2.0, 0.0]), np.array([1, 1]), np.array([0])
    w, b, m, v = 2.0, 0.0, np.zeros(2), np.zeros(2)
    for t in range(1, 21):
        g = np.array([3.0 * (3.0 * w + b), 3.0 * w + b])
        if name == "adam":
            m, v = mu * m + (1 - mu) * g, beta2 * v + (1 - beta2) * g**2
            move = (m / (1 - mu**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
        else:
            m = g + (0.0 if name == "sgd" else mu) * m
            move = g + mu * m if name == "nesterov" else m
        w, b = np.array([w, b]) - eta * move
    train(k, theta, sizes, codes, SQUARED, np.array([[3.0]]), np.array([[0.0]]), np.zeros((20, 1), np.int64),
          optimiser=optimiser, eta=eta, knobs=(mu, beta2, epsilon))  # fmt: skip
    np.testing.assert_allclose(theta, [w, b], rtol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["momentum", "nesterov", "adam"])
def test_a_memory_that_fades_ends_at_zero_and_is_never_subnormal(k, name, dtype):
    theta, g, pace = np.ones(3, dtype), np.zeros(3, dtype), np.empty(8, dtype)
    m, v = np.array([1.0, -1e-30, 1e-36], dtype), np.ones(3, dtype)
    seen, m_before = [], m.copy()
    for t in range(1, 1000):
        k.update(
            {"momentum": 1, "nesterov": 2, "adam": 3}[name],
            theta,
            g,
            (m, v),
            t,
            0.1,
            np.array([0.9, 1.0 - 1e-3, 1e-8]),
            pace,
        )
        if t == 1:
            np.testing.assert_allclose(m, 0.9 * m_before, rtol=1e-6)
        seen.append(np.abs(m[m != 0.0]).min(initial=1.0))
    assert min(seen) >= np.finfo(np.float32).tiny
    assert (m == 0.0).all()
    assert (theta < 1.0)[0]


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-4)])
@pytest.mark.parametrize("optimiser", [0, 1, 2, 3])
@pytest.mark.parametrize("sizes", [[3, 4, 2], [80, 60, 10]])
def test_parity_of_a_training(dtype, tolerance, optimiser, sizes):
    results = []
    for speed in SPEEDS:
        theta, plan, codes = network(sizes, ["tanh", "sigmoid"], dtype)
        X, Y, _ = examples(sizes, ENTROPY, "sigmoid", rows=11, dtype=dtype)
        order = np.array([np.arange(11), np.arange(11)[::-1]])
        train(backend.load(speed), theta, plan, codes, ENTROPY, X, Y, order, batch=4, optimiser=optimiser, eta=0.01,
              l2=0.01, longest=1.0)  # fmt: skip
        results.append(theta)
    assert results[0].dtype == results[1].dtype == dtype
    assert np.linalg.norm(results[0] - results[1]) <= tolerance * np.linalg.norm(results[0])


def test_a_batch_does_not_reach_across_epochs(k):
    # 5 rows in batches of 2 are 3 steps an epoch; the mean of the last is over its single row
    theta, sizes, codes = np.zeros(2), np.array([1, 1]), np.array([0])
    X, Y = np.zeros((5, 1)), np.arange(5.0)[:, np.newaxis]
    done, losses = train(k, theta, sizes, codes, SQUARED, X, Y, np.array([np.arange(5)] * 2), batch=2, eta=0.0)
    assert done == 6
    # half of the mean square of 0, 1; of 2, 3; of 4
    assert losses.tolist() == [0.25, 3.25, 8.0] * 2


@pytest.mark.parametrize("hidden", HIDDEN)
def test_gradients_with_dropout_by_fourth_order_differences(k, hidden):
    theta, sizes, codes = network([4, 5, 4, 3], [hidden, hidden, "softmax"])
    X, Y, _ = examples(sizes, ENTROPY, "softmax")
    masks, h = (np.random.default_rng(2).random((1, 6 * 9)) < 0.7) / 0.7, 1e-3

    def value(t):
        return train(k, t.copy(), sizes, codes, ENTROPY, X, Y, np.arange(6), batch=6, eta=0.0, masks=masks)[1][0]

    moved, slopes = theta.copy(), np.empty_like(theta)
    train(k, moved, sizes, codes, ENTROPY, X, Y, np.arange(6), batch=6, eta=1.0, masks=masks)  # one slope downhill
    for p in range(len(theta)):
        e = np.zeros_like(theta)
        e[p] = h
        near, far = (value(theta + s * e) - value(theta - s * e) for s in (1, 2))
        slopes[p] = (8 * near - far) / (12 * h)
    assert np.linalg.norm(theta - moved - slopes) <= 1e-7 * np.linalg.norm(slopes)


def test_dropout_silences_forward_and_backward(k):
    # two hidden relu neurons answer 1 each; the first is dropped, the second counts double
    theta, sizes, codes = np.array([1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0]), np.array([1, 2, 1]), np.array([4, 0])
    masks = np.array([[0.0, 2.0]])
    _, losses = train(k, theta, sizes, codes, SQUARED, np.array([[1.0]]), np.array([[0.0]]), [0], eta=1.0, masks=masks)
    # output 0*1 + 2*1 = 2, loss 2; slope 2: output weights lose 2*0 and 2*2; the second hidden neuron 2 * 1 * 2
    assert losses[0] == 2.0
    assert theta.tolist() == [1.0, -3.0, 0.0, -4.0, 1.0, -3.0, -2.0]


def test_each_step_has_its_own_dropout(k):
    # hidden relu neurons answer 1 each, weighed with 1 and 3: 2 * 3 without the first, 2 * 1 without the second
    theta, sizes, codes = np.array([1.0, 1.0, 0.0, 0.0, 1.0, 3.0, 0.0]), np.array([1, 2, 1]), np.array([4, 0])
    masks, epochs = np.array([[0.0, 2.0], [2.0, 0.0]]), np.zeros((2, 1), np.int64)
    _, losses = train(k, theta, sizes, codes, SQUARED, np.array([[1.0]]), np.array([[0.0]]), epochs, eta=0.0,
                      masks=masks)  # fmt: skip
    assert losses.tolist() == [6.0**2 / 2, 2.0**2 / 2]


def test_penalty_and_clipping_by_hand(k):
    # linear 1-1, w = 3, b = 1, x = 1, target 4: no error; the penalty alone moves w by rate * l2 * w, and b not at all
    theta, sizes, codes = np.array([3.0, 1.0]), np.array([1, 1]), np.array([0])
    train(k, theta, sizes, codes, SQUARED, np.array([[1.0]]), np.array([[4.0]]), [0], eta=1.0, l2=0.5)
    assert theta.tolist() == [1.5, 1.0]
    # error 3 - 0 = 3 at x = 4/3: slope (4, 3) of length 5, clipped to 1: (0.8, 0.6)
    theta = np.array([0.0, 3.0])
    train(k, theta, sizes, codes, SQUARED, np.array([[4 / 3]]), np.array([[0.0]]), [0], eta=1.0, longest=1.0)
    np.testing.assert_allclose(theta, [-0.8, 2.4], rtol=1e-15)


def test_a_step_that_is_not_finite_ends_the_training(k):
    theta, sizes, codes = np.array([1.0, 0.0]), np.array([1, 1]), np.array([0])
    with np.errstate(over="ignore", invalid="ignore"):
        done, losses = train(k, theta, sizes, codes, SQUARED, np.array([[1e3]]), np.array([[0.0]]),
                             np.zeros((500, 1), np.int64), eta=1e3)  # fmt: skip
    assert 0 < done < 500
    assert not np.isfinite(losses[done])


def test_cross_entropy_of_huge_sums(k):
    # a sum of 1000 for a target of 0 is a surprise of 1000 nats, and of 0 for a target of 1
    z = np.array([1000.0])
    assert k.cross_entropy(2, z, np.array([1.0]), np.array([0.0])) == 1000.0
    assert k.cross_entropy(2, z, np.array([1.0]), np.array([1.0])) == 0.0
    assert k.cross_entropy(5, np.array([0.0, 1000.0]), np.array([0.0, 1.0]), np.array([1.0, 0.0])) == 1000.0
    # even shares over four: ln 4
    assert k.cross_entropy(5, np.zeros(4), np.full(4, 0.25), np.eye(4)[0]) == pytest.approx(math.log(4), rel=1e-15)


@pytest.mark.parametrize("rows", [1, 512, 513, 1100])
@pytest.mark.parametrize("end", [(SQUARED, "tanh"), (ENTROPY, "sigmoid"), (ENTROPY, "softmax")])
def test_the_mean_loss_is_that_of_learning(k, rows, end):
    loss, last = end
    theta, sizes, codes = network([4, 5, 3], ["tanh", last])
    X, Y, weight = examples(sizes, loss, last, rows)
    learned_from = k.loss_and_gradient(theta, sizes, codes, loss, X, Y, weight, np.empty_like(theta))
    assert k.mean_loss(theta, sizes, codes, loss, X, Y, weight) == pytest.approx(learned_from, rel=1e-12)


@pytest.mark.parametrize("last", ["linear", "softmax", "sigmoid"])
def test_answers_of_a_row_and_of_a_table_are_one(k, last):
    theta, sizes, codes = network([7, 9, 4, 3], ["relu", "tanh", last])
    X = np.random.default_rng(5).normal(size=(1100, 7))
    with gn.speed("python" if backend.interpreted(k) else "compiled"):
        answers, a = gn.Network.of_parameters(theta.copy(), sizes, ["relu", "tanh", last]).feedforward(X), np.empty(16)
    for i in (0, 511, 512, 1099):
        assert k.answer_row(theta, np.concatenate([sizes, codes]), X[i], a)
        np.testing.assert_allclose(a[-3:], answers[i], rtol=1e-12)
    for wrong in (np.nan, np.inf):
        with np.errstate(invalid="ignore"):
            assert not k.answer_row(theta, np.concatenate([sizes, codes]), np.array([wrong, 0, 0, 0, 0, 0, 0]), a)
