"""The textbook in JavaScript is the textbook in Python: every kernel, on the same arguments, in a real Chromium."""

import copy

import numpy as np
import pytest

from glassneuron.engine import backend, javascript

python = backend.load("python")
LINEAR, STEP, SIGMOID, TANH, RELU, SOFTMAX, WINNER = range(7)
NO_TABLE, NONE = np.empty((0, 0)), np.empty(0)
EXACT = ("1.", "4.")  # the sections without exp, log and matrix products: perceptrons are equal to the last bit
SEEDS = 4

CALL = """
async ([text, calls]) => {
  const kernels = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  const decode = (value) => {
    if (value === null || typeof value !== "object") return value;
    if (value.row) return Float64Array.from(value.row);
    if (value.table) return value.table.map((row) => Float64Array.from(row));
    return value.map(decode);
  };
  const encode = (value) => (value !== null && typeof value === "object" ? Array.from(value, encode) : value);
  return calls.map(([name, given]) => {
    const found = kernels[name], a = given.map(decode);
    return [encode(typeof found === "function" ? found(...a) : found) ?? null, encode(a)];
  });
}
"""


@pytest.fixture(scope="module")
def call(browser):
    """Call kernels of an ES module in the browser: what each returns, and its arguments afterwards."""
    page = browser.new_context().new_page()

    def run(calls, text=None):
        return page.evaluate(CALL, [text or javascript.module(), calls])

    yield run
    page.context.close()


def encoded(value):
    """Floats of an array become a Float64Array, or a list of them; whole numbers, tuples and lists a list."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return {"row" if value.ndim == 1 else "table": value.tolist()}
    if isinstance(value, list | tuple):
        return [encoded(part) for part in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def plain(value):
    """Turn arrays and tuples into lists, to compare."""
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def flat(value):
    if isinstance(value, list):
        return [number for part in value for number in flat(part)]
    return [] if value is None else [value]


def shape(value):
    return [shape(part) for part in value] if isinstance(value, list) else value is None


# ------------------------------------------------------------------------------- arguments, by the kernel's name


def some_neurons(rng, count, d=3):
    return rng.normal(size=(count, d)), rng.normal(size=(count, 1))


def some_rows(rng, classes, n=12, d=3):
    """Rows, dense or mostly zeros, and their classes."""
    X = rng.normal(size=(n, d)).round(1)
    if rng.random() < 0.4:
        X = [(np.flatnonzero(x > 0), x[x > 0]) for x in X]
    return X, rng.integers(0, max(2, classes), n)


def some_visits(rng, n=12):
    order = rng.permutation(np.repeat(np.arange(n), 2))
    return order, (rng.choice([1.0, 0.5], len(order)) if rng.random() < 0.5 else NONE)


def some_rates(rng, l2=0.0):
    return float(rng.uniform(0.05, 0.5)), float(rng.choice([0.0, 0.1])), l2


def no_average():
    return NO_TABLE, NO_TABLE, np.zeros(1)


def an_average(rng, count):
    return *(np.zeros_like(part) for part in some_neurons(rng, count)), np.array([3.0])


def an_epoch(rng):
    count = int(rng.choice([1, 3]))
    return some_neurons(rng, count), some_rows(rng, count), some_visits(rng), some_rates(rng)


def averaged_epoch(rng):
    groups = an_epoch(rng)
    return *groups, an_average(rng, len(groups[0][0]))


def some_counts(weight):
    return weight, float(weight.sum() if len(weight) else 12), float(weight.max(initial=1.0))


def a_pocket(rng, count, records):
    counts = some_counts(rng.choice([1.0, 2.0], 12) if rng.random() < 0.5 else NONE)
    return *some_neurons(rng, count), np.tile([0.0, 2.0, 1.0], (records, 1)), counts, bool(rng.random() < 0.5)


def pocket_epoch(rng):
    groups = an_epoch(rng)
    count = len(groups[0][0])
    return *groups, an_average(rng, count), a_pocket(rng, count, count)


def judged(rng):
    weight = rng.random(12) if rng.random() < 0.5 else NONE
    return some_neurons(rng, 3), int(rng.integers(-1, 3)), some_rows(rng, 3), weight


def rows_wrong(rng):
    return *judged(rng), int(rng.choice([1, 5])), float(rng.choice([2.0, 99.0]))


def rows_right(rng):
    neurons, k, rows, weight = judged(rng)
    return neurons, k, rows, some_counts(weight), float(rng.choice([0.0, 9.0]))


def into_pocket(rng):
    return some_neurons(rng, 3), int(rng.integers(-1, 3)), some_rows(rng, 3), a_pocket(rng, 3, 3)


def voted_epoch(rng):
    groups = an_epoch(rng)
    count, room = len(groups[0][0]), int(rng.choice([6, 80]))
    return *groups, (np.zeros((room, 4)), np.zeros((room, 2)), np.ones(count), rng.choice([0.0, 2.0], count))


def delta_epoch(rng):
    code, scale = int(rng.choice([LINEAR, SIGMOID])), np.array([float(rng.choice([1.0, 2e-6]))])
    neurons, rows, visits, (eta, eta_bias, _) = an_epoch(rng)
    return code, neurons, rows, visits, (eta, eta_bias, float(rng.choice([0.0, 0.5]))), scale


def multiclass_epoch(rng):
    _, _, visits, rates = an_epoch(rng)
    kept = an_average(rng, 3), a_pocket(rng, 3, 1) if rng.random() < 0.5 else a_pocket(rng, 0, 0)
    average, pocket = kept if rng.random() < 0.7 else (no_average(), a_pocket(rng, 0, 0))
    code, scale = int(rng.choice([WINNER, SOFTMAX])), np.array([float(rng.choice([1.0, 2e-6]))])
    return code, some_neurons(rng, 3), some_rows(rng, 3), visits, (*rates[:2], 0.1), scale, average, pocket


def some_losses(rng):
    code, n = int(rng.choice([STEP, LINEAR, SIGMOID, WINNER, SOFTMAX])), 6
    Y = rng.integers(0, 3, n) if code in (WINNER, SOFTMAX) else rng.integers(0, 2, (n, 3)).astype(float)
    return code, 3.0 * rng.normal(size=(n, 3)), Y


def a_layer(rng):
    """Weights, biases and rows, so many at times that the product is left to a library."""
    n, d, k = (60, 10, 8) if rng.random() < 0.5 else (4, 3, 2)
    return rng.normal(size=(k, d)), rng.normal(size=k), rng.normal(size=(n, d))


def layer_forward(rng):
    W, b, X = a_layer(rng)
    return W, b, X, a_code(rng), *(np.zeros((len(X), len(b))) for _ in "ZA")


def layer_backward(rng):
    W, b, X = a_layer(rng)
    asked = X if rng.random() < 0.5 else X[:0]
    return W, X, rng.normal(size=(len(X), len(b))), np.ones_like(W), np.ones_like(b), np.ones_like(asked)


def through_activation(rng):
    code, Z = a_code(rng), rng.normal(size=(5, 3))
    A = python.activations_at_once(code, Z)
    mask = rng.choice([0.0, 2.0], Z.shape) if rng.random() < 0.5 else Z[:0]
    return code, Z, A, mask, rng.normal(size=Z.shape)


def a_code(rng):
    return int(rng.choice([LINEAR, STEP, SIGMOID, TANH, RELU, SOFTMAX]))


def an_answer(rng, loss=None):
    """A loss, the activation that goes with it, sums, answers and targets of some rows."""
    loss = int(rng.integers(0, 2)) if loss is None else loss
    code = int(rng.choice([SIGMOID, SOFTMAX] if loss else [LINEAR, TANH, SIGMOID]))
    Z = 3.0 * rng.normal(size=(5, 3))
    return loss, code, Z, python.activations_at_once(code, Z), np.eye(3)[rng.integers(0, 3, 5)]


def output_slopes(rng):
    *answer, Y = an_answer(rng)
    return *answer, Y, rng.uniform(0.5, 2.0, 5), np.zeros_like(Y)


def one_answer(rng):
    loss, code, Z, A, Y = an_answer(rng)
    return loss, code, Z[0], A[0], Y[0]


SIZES = np.array([2, 4, 3])


def a_network(rng, n=5):
    """Parameters and sizes, activations, loss, rows, targets and their weights."""
    loss, code, _, _, Y = an_answer(rng)
    codes = np.array([int(rng.choice([SIGMOID, TANH, RELU])), code])
    return rng.normal(size=27), SIZES, codes, loss, rng.normal(size=(n, 2)), Y[:n], rng.uniform(0.5, 2.0, n)


def passes(rng, n=5):
    """The layers of a network, a mask for the hidden one, and room for sums, activations, slopes and the gradient."""
    theta, sizes, codes, loss, X, Y, weight = a_network(rng, n)
    W, b = python.weights_of(theta, sizes), python.biases_of(theta, sizes)
    Z, A, D = ([np.zeros((n, k)) for k in part] for part in (sizes[1:], sizes, sizes[1:]))
    A[0] = X
    masks = [rng.choice([0.0, 2.0], (n, 4)) if rng.random() < 0.5 else np.empty((0, 4))]
    gradient = [np.zeros_like(w) for w in W], [np.zeros_like(part) for part in b]
    return (W, b, codes), loss, masks, (Y, weight), (Z, A, D), gradient


def forward(rng):
    (W, b, codes), _, masks, _, (Z, A, _), _ = passes(rng)
    return W, b, codes, masks, Z, A


def backward(rng):
    (W, b, codes), loss, masks, (Y, weight), (Z, A, D), (gW, gb) = passes(rng)
    python.forward(W, b, codes, masks, Z, A)
    python.output_slopes(loss, codes[-1], Z[-1], A[-1], Y, weight, D[-1])
    return W, codes, masks, Z, A, D, gW, gb


def an_update(rng):
    slots = rng.normal(size=6), rng.uniform(0.1, 1.0, 6)
    constants = np.array([0.9, 0.999, 1e-8])
    kind, t = int(rng.integers(0, 4)), int(rng.integers(1, 9))
    return kind, rng.normal(size=6), rng.normal(size=6), slots, t, 0.1, constants, np.zeros(8)


def train_batches(rng):
    theta, sizes, codes, loss, X, Y, weight = a_network(rng)
    batch, epochs = int(rng.choice([1, 2, 5])), 3
    order = np.stack([rng.permutation(5) for _ in range(epochs)])
    steps = epochs * -(-5 // batch)
    masks = rng.choice([0.0, 2.0], (steps, batch * 4)) if rng.random() < 0.5 else np.empty((1, 0))
    optimiser = int(rng.integers(0, 4)), np.zeros(27), np.zeros(27), 2, np.array([0.9, 0.999, 1e-8])
    rates = np.full(steps, 0.1), float(rng.choice([0.0, 0.01])), float(rng.choice([np.inf, 0.5]))
    return (theta, sizes, codes, loss), (X, Y, weight), order, (batch, masks), optimiser, rates, np.zeros(steps)


def answer_row(rng):
    plan = np.array([2, 4, 3, int(rng.choice([SIGMOID, TANH, RELU])), int(rng.choice([STEP, SOFTMAX]))])
    x = rng.normal(size=2) if rng.random() < 0.8 else np.array([np.nan, 1.0])
    theta, answers = rng.normal(size=27), np.zeros(7)
    return (theta, plan, x, answers) if rng.random() < 0.5 else (theta.tolist(), plan, x.tolist(), answers.tolist())


def z(rng):
    return (float(rng.choice([rng.normal(), 0.0, 30.0 * rng.normal()])),)


def z_and_a(rng):
    return *z(rng), float(rng.random())


def dense_sum(rng):
    return rng.normal(size=4), float(rng.normal()), rng.normal(size=4)


def sparse_sum(rng):
    return rng.normal(size=4), float(rng.normal()), (np.array([2, 0]), rng.normal(size=2))


def a_move(rng, x=None):
    x = (np.array([1, 3]), rng.normal(size=2)) if rng.random() < 0.5 else rng.normal(size=4)
    return rng.normal(size=4), rng.normal(size=1), float(rng.choice([-1, 1])), 0.1, 0.2, x


def dense_move(rng):
    return *a_move(rng)[:-1], rng.normal(size=4)


def sparse_move(rng):
    return *a_move(rng)[:-1], (np.array([1, 3]), rng.normal(size=2))


def an_update_of_a_perceptron(rng):
    w, b, _, eta, eta_bias, x = a_move(rng)
    return w, b, x, float(rng.normal()), float(rng.integers(0, 2)), eta, eta_bias


def optimiser_step(rng, slots):
    return (*(rng.uniform(0.1, 1.0, 6) for _ in range(2 + slots)),)


CASES = {
    "weighted_sum": dense_sum,
    "sparse_sum": sparse_sum,
    "row_sum": lambda rng: sparse_sum(rng) if rng.random() < 0.5 else dense_sum(rng),
    **dict.fromkeys(["linear", "step", "sigmoid", "tanh", "relu"], z),
    **dict.fromkeys([f"{name}_derivative" for name in ("linear", "step", "sigmoid", "tanh", "relu")], z_and_a),
    "activate": lambda rng: (int(rng.integers(0, 5)), *z(rng)),
    "activation_derivative": lambda rng: (int(rng.integers(0, 5)), *z_and_a(rng)),
    "softmax": lambda rng: (3.0 * rng.normal(size=4), np.zeros(4)),
    "softmax_derivative": lambda rng: (rng.dirichlet(np.ones(4)), rng.normal(size=4), np.zeros(4)),
    "weighted_sums": a_layer,
    "activations": lambda rng: (a_code(rng), rng.normal(size=(5, 3)), np.zeros((5, 3))),
    "perceptron_move": dense_move,
    "sparse_move": sparse_move,
    "row_move": a_move,
    "perceptron_update": an_update_of_a_perceptron,
    "target_for": lambda rng: (int(rng.integers(0, 3)), int(rng.integers(0, 3)), int(rng.choice([1, 3])), -1.0),
    "share_of": lambda rng: (rng.random(4) if rng.random() < 0.5 else NONE, 2),
    "perceptron_epoch": an_epoch,
    "averaged_epoch": averaged_epoch,
    "winner": lambda rng: (some_neurons(rng, 3), some_rows(rng, 3)[0], int(rng.integers(0, 12))),
    "rows_wrong": rows_wrong,
    "rows_right": rows_right,
    "into_pocket": into_pocket,
    "stood_longer": lambda rng: (np.array([float(rng.choice([1.0, 3.0])), 2.0, 1.0]), 3.0, 0.5),
    "pocket_epoch": pocket_epoch,
    "voted_epoch": voted_epoch,
    "neuron_loss": lambda rng: (
        int(rng.choice([SIGMOID, STEP, LINEAR])), *z_and_a(rng), float(rng.integers(0, 2))
    ),
    "rescaled": lambda rng: (rng.normal(size=(2, 3)), float(rng.choice([0.5, 1e-7]))),
    "delta_epoch": delta_epoch,
    "largest": lambda rng: (rng.normal(size=4),),
    "compete": lambda rng: (int(rng.choice([WINNER, SOFTMAX])), rng.normal(size=4), np.zeros(4)),
    "multiclass_epoch": multiclass_epoch,
    "activations_at_once": lambda rng: (a_code(rng), 9.0 * rng.normal(size=(5, 3))),
    "losses_of_rows": some_losses,
    "neurons_of": lambda rng: (SIZES,),
    "weights_of": lambda rng: (rng.normal(size=27), SIZES),
    "biases_of": lambda rng: (rng.normal(size=27), SIZES),
    "rows_of": lambda rng: (rng.normal(size=18), SIZES, 2),
    "layer_forward": layer_forward,
    "layer_backward": layer_backward,
    "through_activation": through_activation,
    "squared_error": lambda rng: (rng.random(3), rng.random(3)),
    "cross_entropy": lambda rng: tuple(part if i == 0 else part[0] for i, part in enumerate(an_answer(rng, 1)[1:])),
    "example_loss": one_answer,
    "output_slopes": output_slopes,
    "forward": forward,
    "backward": backward,
    "forward_and_backward": passes,
    "loss_and_gradient": lambda rng: (*a_network(rng), np.zeros(27)),
    "faded": lambda rng: (float(rng.choice([1e-40, 0.5, -0.5])), 1e-37),
    "sgd": lambda rng: (*optimiser_step(rng, 0), 0.1),
    "momentum": lambda rng: (*optimiser_step(rng, 1), 0.1, 0.9, 1e-37),
    "nesterov": lambda rng: (*optimiser_step(rng, 1), 0.1, 0.9, 1e-37),
    "adam": lambda rng: (*optimiser_step(rng, 2), np.array([0.1, 0.9, 0.1, 0.99, 0.01, 1.2, 1e-8, 1e-37])),
    "update": an_update,
    "penalise": lambda rng: ([rng.normal(size=(2, 3))], 0.1, [rng.normal(size=(2, 3))]),
    "clip": lambda rng: (rng.normal(size=5), float(rng.choice([0.5, 50.0]))),
    "train_batches": train_batches,
    "answer_row": answer_row,
    "mean_loss": a_network,
}  # fmt: skip


def test_every_kernel_of_the_textbook_has_a_case():
    assert sorted(CASES) == sorted(javascript.sources())


@pytest.fixture(scope="module")
def outcomes(call):
    """Every kernel on some arguments, in Python and in the browser: for each [result, arguments afterwards] twice."""
    calls, expected = [], []
    for name, arguments_for in CASES.items():
        for seed in range(SEEDS * (4 if name.endswith(("epoch", "batches")) else 1)):
            given = arguments_for(np.random.default_rng(seed))
            calls.append([name, encoded(given)])
            given = copy.deepcopy(given)
            returned = getattr(python, name)(*given)
            expected.append([plain(returned), plain(list(given))])
    found = call(calls)
    outcomes = {name: [] for name in CASES}
    for (name, _), here, there in zip(calls, expected, found, strict=True):
        outcomes[name].append((here, there))
    return outcomes


@pytest.mark.parametrize("name", CASES)
def test_a_kernel_returns_and_writes_the_same_in_both_languages(outcomes, name):
    exact = javascript.sources()[name].section.startswith(EXACT)
    for here, there in outcomes[name]:
        assert shape(there) == shape(here)
        assert flat(there) == (flat(here) if exact else pytest.approx(flat(here), rel=1e-12, abs=1e-15, nan_ok=True))


LESSON = """
def remainders(a: int, b: int) -> int:
    return a // b, a % b

def between(low: float, x: float, high: float) -> int:
    return float(low <= x < high)

def grown(count: int) -> Any:
    delete, here = [], [0]
    for new in range(count - 1, -1, -1):
        here += [new, -new]
    for new in here:
        if not new != 2 or (new > 0 and new % 2 == 1):
            delete.append(new - (1 - new) - 1)
        elif -new ** 2 == -4:
            continue
        else:
            delete.append(0)
    total = 0
    for k in range(len(delete)):
        if k == 0:
            last = delete[k]
        total += last + (delete[k] != 0)
    return delete, total
"""


def test_what_python_and_javascript_mean_by_one_sign_is_told_apart(call):
    here = {}
    exec(f"from typing import Any\n{LESSON}", here)
    calls = [["remainders", [a, b]] for a in (7, -7, 6, 0) for b in (2, -2, 4)]
    calls += [["between", [0, x, 1]] for x in (-1, 0, 0.5, 1)] + [["grown", [4]]]
    text = javascript.translate(
        f"from typing import Any\n{LESSON}", javascript.RUNTIME.read_text(encoding="utf-8")
    ).text
    found = [value for value, _ in call(calls, text)]
    assert found == [plain(here[name](*given)) for name, given in calls]


def test_constants_are_the_same(call):
    names = [name for name in vars(python) if name.isupper()]
    assert [value for value, _ in call([[name, []] for name in names])] == [getattr(python, name) for name in names]
