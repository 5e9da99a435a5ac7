"""The textbook, function by function, at both speeds: hand-worked numbers, mathematics, and parity."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glassneuron.engine import backend
from glassneuron.engine.activations import ACTIVATIONS

NO_TABLE = np.empty((0, 0))
SPEEDS = ("python", "compiled")
NUMBERS = st.floats(-100, 100, allow_subnormal=False)


@pytest.fixture(params=SPEEDS)
def k(request):
    return backend.load(request.param)


def table(values, dtype=np.float64):
    return np.array(values, dtype=dtype)


def test_weighted_sum_worked_by_hand(k):
    # 0*2 + 1*3 + 4 = 7
    assert k.weighted_sum(table([0, 1]), 4.0, table([2, 3])) == 7.0


def test_sigmoid_at_known_points(k):
    # 1 / (1 + e^-7), to the last digit, as the classic example prints it
    assert k.sigmoid(7.0) == 0.9990889488055994
    assert k.sigmoid(0.0) == 0.5
    # sigmoid(ln 3) = 3/4 because e^-ln 3 = 1/3
    assert math.isclose(k.sigmoid(math.log(3.0)), 0.75, rel_tol=1e-15)


def test_sigmoid_never_overflows(k):
    assert k.sigmoid(1e4) == 1.0
    assert k.sigmoid(-1e4) == 0.0
    assert k.sigmoid(-700.0) == pytest.approx(math.exp(-700.0), rel=1e-12)


def test_step_fires_on_a_tie(k):
    assert [k.step(z) for z in (-1e-300, 0.0, -0.0, 1e-300)] == [0.0, 1.0, 1.0, 1.0]


def test_relu_and_tanh(k):
    assert [k.relu(z) for z in (-2.0, 0.0, 3.0)] == [0.0, 0.0, 3.0]
    # tanh z = 2 sigmoid(2z) - 1
    assert math.isclose(k.tanh(0.3), 2.0 * k.sigmoid(0.6) - 1.0, rel_tol=1e-14)


@pytest.mark.parametrize("name", [n for n in ACTIVATIONS if n != "softmax"])
def test_nan_and_infinity_keep_their_meaning(k, name):
    code = ACTIVATIONS[name].code
    if name != "step":
        assert math.isnan(k.activate(code, math.nan))
    limit = {"step": 1.0, "sigmoid": 1.0, "tanh": 1.0, "relu": math.inf, "linear": math.inf}[name]
    assert k.activate(code, math.inf) == limit


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "linear"])
@pytest.mark.parametrize("z", [-3.0, -0.7, 0.4, 2.5])
def test_derivatives_by_fourth_order_differences(k, name, z):
    code, h = ACTIVATIONS[name].code, 1e-3
    f = [k.activate(code, z + m * h) for m in (-2, -1, 1, 2)]
    slope = (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h)
    assert k.activation_derivative(code, z, k.activate(code, z)) == pytest.approx(slope, rel=1e-9, abs=1e-12)


def test_step_has_no_slope(k):
    assert k.activation_derivative(ACTIVATIONS["step"].code, 1.0, 1.0) == 0.0


def test_softmax_worked_by_hand(k):
    # e^0 : e^ln2 : e^ln5 = 1 : 2 : 5
    a = np.empty(3)
    k.softmax(np.log(table([1, 2, 5])), a)
    np.testing.assert_allclose(a, [1 / 8, 2 / 8, 5 / 8], rtol=1e-15)


def test_softmax_of_huge_sums(k):
    a = np.empty(2)
    k.softmax(table([1000.0, 1000.0]), a)
    np.testing.assert_array_equal(a, [0.5, 0.5])


def test_softmax_derivative_by_fourth_order_differences(k):
    z, s, h = table([0.3, -1.2, 0.8]), table([1.0, -2.0, 0.5]), 1e-3

    def loss(z):
        a = np.empty(3)
        k.softmax(z, a)
        return float(s @ a)

    a, dz = np.empty(3), np.empty(3)
    k.softmax(z, a)
    k.softmax_derivative(a, s, dz)
    for j in range(3):
        e = h * np.eye(3)[j]
        slope = (loss(z - 2 * e) - 8 * loss(z - e) + 8 * loss(z + e) - loss(z + 2 * e)) / (12 * h)
        assert dz[j] == pytest.approx(slope, rel=1e-8)


def test_perceptron_update_worked_by_hand(k):
    # sum 0*0 + 0*1 - 1 = -1: silent though 1 was wanted; error 1; w2 becomes 0 + 0.1*1*1
    w, b = table([0, 0]), table([-1])
    assert k.perceptron_update(w, b, table([0, 1]), -1.0, 1.0, 0.1, 0.0) == 1.0
    assert w.tolist() == [0.0, 0.1]
    assert b.tolist() == [-1.0]
    # sum 0.1 - 1 < 0 where 0 is wanted: right, nothing moves
    assert k.perceptron_update(w, b, table([0, 1]), -0.9, 0.0, 0.1, 0.1) == 0.0
    assert w.tolist() == [0.0, 0.1]
    # sum 5 + 0.1 - 1 >= 0 where 0 is wanted: everything moves the other way, the bias too
    w[0] = 5.0
    assert k.perceptron_update(w, b, table([1, 1]), 4.1, 0.0, 0.1, 0.1) == -1.0
    assert w.tolist() == [4.9, 0.0]
    assert b.tolist() == [-1.1]


def test_perceptron_epoch_counts_each_neurons_mistakes(k):
    # from zero every neuron fires (a tie fires): for classes 0 and 1 each of the two rows is wrong for one neuron
    W, b = np.zeros((2, 1)), np.zeros((2, 1))
    X, both = table([[1.0], [-1.0]]), np.array([0, 1], np.int32)
    notes = np.zeros(2)
    mistakes = k.perceptron_epoch(W, b, X, both, both, np.empty(0), both, 1.0, 1.0, NO_TABLE, NO_TABLE, notes)
    # row 0: neuron 0 right, neuron 1 wrong: w1 = -1, b1 = -1. row 1: neuron 0 fires wrongly: w0 = 1, b0 = -1;
    # neuron 1: -1*-1 - 1 = 0, fires, right
    assert mistakes == 2
    assert W[:, 0].tolist() == [1.0, -1.0]
    assert b[:, 0].tolist() == [-1.0, -1.0]
    assert notes.tolist() == [0.0, 2.0]  # both mistakes were ties: no sum was on the wrong side; two rows were shown


def test_weighted_sums_are_the_weighted_sums(k):
    rng = np.random.default_rng(0)
    W, b, X = rng.normal(size=(3, 7)), rng.normal(size=3), rng.normal(size=(5, 7))
    Z = k.weighted_sums(W, b, X)
    for i in range(5):
        for n in range(3):
            assert Z[i, n] == pytest.approx(k.weighted_sum(W[n], b[n], X[i]), rel=1e-12, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=12), NUMBERS)
def test_parity_of_the_weighted_sum(pairs, bias):
    w, x = table([p[0] for p in pairs]), table([p[1] for p in pairs])
    slow = backend.load("python").weighted_sum(w.tolist(), bias, x.tolist())
    fast = backend.load("compiled").weighted_sum(w, bias, x)
    size = sum(abs(a * c) for a, c in pairs) + abs(bias)
    assert abs(slow - fast) <= 1e-12 * max(size, 1.0)


@settings(max_examples=60, deadline=None)
@given(st.floats(-800, 800))
def test_parity_of_the_activations(z):
    slow, fast = backend.load("python"), backend.load("compiled")
    for name, known in ACTIVATIONS.items():
        if name != "softmax":
            a, b = slow.activate(known.code, z), fast.activate(known.code, z)
            assert math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-300)


def test_lists_and_arrays_are_the_same_to_the_interpreted_kernels():
    rng = np.random.default_rng(2)
    X, y, order = rng.normal(size=(20, 3)), rng.integers(0, 2, size=20), rng.permutation(20)
    kernels = backend.load("python")
    W, b, more = np.zeros((1, 3)), np.zeros((1, 1)), (0.1, 0.1, [], [], np.zeros(2))
    as_array = kernels.perceptron_epoch(W, b, X, y, np.array([1]), np.empty(0), order, *more)
    lists = [[[0.0] * 3], [[0.0]], X.tolist(), y.tolist(), [1], [], order.tolist()]
    assert kernels.perceptron_epoch(*lists, *more) == as_array
    assert lists[0] == W.tolist()
    assert lists[1] == b.tolist()
