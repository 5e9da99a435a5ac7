"""Layers and networks as values: built, asked, explained, saved."""

import copy
import math
import pickle
import time
from fractions import Fraction

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.neurons.logic.gates import NETWORKS, NEURONS
from glassneuron.neurons.logic.truth_table import truth_table

INTRODUCTION = [gn.Layer([[0, 1], [0, 1]], [0, 0]), gn.Layer([[0, 1]], [0])]


def test_the_introductory_network():
    # victorzhou.com/blog/intro-to-neural-networks: all weights (0, 1), all biases 0, x = (2, 3): 0.7216325609518421
    network = gn.Network(INTRODUCTION)
    assert network.feedforward([2, 3]) == 0.7216325609518421
    assert network.feedforward(np.array([2.0, 3.0])) == 0.7216325609518421
    assert network.feedforward([[2, 3]]).tolist() == [0.7216325609518421]


def test_xor_from_three_mcculloch_pitts_neurons():
    network = gn.Network([[NEURONS["or"], NEURONS["nand"]], [NEURONS["and"]]])
    assert network.truth_table() == truth_table("xor")
    for name, layers in NETWORKS.items():
        assert gn.Network(layers).truth_table() == truth_table(name)
    assert network.layers[0].activation == "step"


def test_one_flat_vector_and_views_of_it():
    network = gn.Network.random([3, 4, 2], seed=1)
    assert network.parameters.shape == (3 * 4 + 4 + 4 * 2 + 2,)
    for layer in network.layers:
        assert np.shares_memory(layer.weights, network.parameters)
        assert np.shares_memory(layer.biases, network.parameters)
        assert np.shares_memory(layer.neurons[1].weights, network.parameters)
    assert network.layers[0].weights.shape == (4, 3)  # a row is a neuron
    assert network.layers[1].neurons[1].weights.tolist() == network.parameters[20:24].tolist()
    with pytest.raises(ValueError, match="read-only"):
        network.parameters[0] = 1.0


def test_layers_from_neurons_and_from_matrices_are_the_same():
    neurons = [gn.Neuron([1, 2], 3, "tanh"), gn.Neuron([4, 5], 6, "tanh")]
    assert gn.Layer.of(neurons) == gn.Layer([[1, 2], [4, 5]], [3, 6], "tanh")
    assert gn.Layer.of(neurons).neurons == tuple(neurons)
    assert gn.Network([neurons]).layers == (gn.Layer([[1, 2], [4, 5]], [3, 6], "tanh"),)


def test_a_layer_answers_like_its_neurons():
    layer = gn.Layer([[1, 2], [4, -5]], [3, 6], "tanh")
    row, rows = [0.1, 0.2], [[0.1, 0.2], [-1.0, 0.5]]
    np.testing.assert_allclose(layer.feedforward(row), [n.feedforward(row) for n in layer.neurons], rtol=1e-15)
    assert layer.feedforward(rows).shape == (2, 2)
    shares = gn.Layer([[1.0], [1.0]], activation="softmax").feedforward([7.0])
    assert shares.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(("start", "activation", "limit"), [
    ("glorot", "relu", math.sqrt(6 / 500)), ("he", "tanh", math.sqrt(6 / 300)),
    ("auto", "relu", math.sqrt(6 / 300)), ("auto", "sigmoid", math.sqrt(6 / 500)),
])  # fmt: skip
def test_starts_have_the_spread_of_their_papers(start, activation, limit):
    W = gn.Network.random([300, 200], activation, start=start, seed=0).layers[0].weights
    assert limit * 0.99 < np.abs(W).max() <= limit
    assert np.std(W) == pytest.approx(limit / math.sqrt(3), rel=0.01)  # 60,000 uniform draws


def test_random_starts_follow_the_seed_and_zero_ones_do_not():
    assert gn.Network.random([2, 2, 1], seed=4) == gn.Network.random([2, 2, 1], seed=4)
    assert gn.Network.random([2, 2, 1], seed=4) != gn.Network.random([2, 2, 1], seed=5)
    assert not gn.Network.random([2, 2, 1], start="zero").parameters.any()


def test_activations_of_each_layer():
    network = gn.Network.random([3, 5, 4, 2], ["relu", "tanh", "softmax"], seed=0)
    assert network.activations == ("relu", "tanh", "softmax")
    assert network.feedforward([[1, 2, 3]]).sum() == pytest.approx(1.0, abs=1e-15)
    assert gn.Network.random([3, 5, 1], "relu", output="linear", seed=0).activations == ("relu", "linear")


@pytest.mark.parametrize("speed", ["python", "compiled"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_answers_of_rows_and_tables(speed, dtype):
    network = gn.Network.random([4, 6, 3], ["tanh", "softmax"], seed=0, dtype=dtype)
    X = np.random.default_rng(0).normal(size=(40, 4)).astype(dtype)
    with gn.speed(speed):
        table = network.feedforward(X)
        rows = np.array([network.feedforward(x) for x in X])
        sliced = network.feedforward(X[:, ::-1])
    assert table.dtype == rows.dtype == dtype
    np.testing.assert_allclose(rows, table, rtol=1e-12 if dtype == np.float64 else 1e-5)
    assert sliced.shape == (40, 3)
    frozen = X.copy()
    frozen.flags.writeable = False
    np.testing.assert_array_equal(network.feedforward(frozen), network.feedforward(X))


@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_a_table_without_rows_has_no_answers(speed):
    with gn.speed(speed):
        assert gn.Network(INTRODUCTION).feedforward(np.empty((0, 2))).shape == (0,)
        assert gn.Network.random([2, 3], seed=0).feedforward(np.empty((0, 2))).shape == (0, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("output", ["softmax", "tanh"])
def test_one_row_is_answered_like_a_table_of_one_whatever_it_lies_in(output, dtype):
    network = gn.Network.random([64, 32, 10 if output == "softmax" else 1], "relu", output=output, seed=3, dtype=dtype)
    x = np.random.default_rng(0).normal(size=64).astype(dtype)
    expected = network.feedforward(x[np.newaxis])[0]
    spread, fixed = np.repeat(x, 2)[::2], x.copy()
    fixed.flags.writeable = False
    crooked = np.frombuffer(b"." + x.tobytes(), dtype, offset=1)  # not on a boundary of the memory
    swapped, single = x.astype(x.dtype.newbyteorder()), x.astype(np.float32)
    assert not any(row.flags.carray for row in (spread, fixed, crooked))
    for speed in ("compiled", "python", "auto", "compiled"):  # the network finds its code anew for each
        with gn.speed(speed):
            for row in (x, spread, fixed, crooked, swapped, x.tolist(), list(x), tuple(map(Fraction, x.tolist()))):
                assert network.feedforward(row) == pytest.approx(expected, rel=1e-5 if dtype == np.float32 else 1e-12)
            assert network.feedforward(single) == pytest.approx(expected, rel=1e-5)
            assert np.asarray(network.feedforward(single)).dtype == (np.float32 if output == "softmax" else np.float64)
            assert isinstance(network.feedforward(x), np.ndarray if output == "softmax" else float)
            for wrong in (x[:-1], np.append(x, x), x[0], [], "0" * 64, ["0"] * 64, [None] * 64, [[1.0], [2.0, 3.0]]):
                with pytest.raises(gn.GlassneuronError):
                    network.feedforward(wrong)
            for place in (0, 31, 63):
                for value in (np.nan, np.inf, -np.inf):
                    row = x.copy()
                    row[place] = value
                    with pytest.raises(gn.GlassneuronError, match=f"position {place}"):
                        network.feedforward(row)


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_copies_are_whole(again):
    network = gn.Network.random([60, 40, 3], "relu", output="softmax", seed=1, dtype=np.float32)
    x = np.ones(60, np.float32)
    answer = network.feedforward(x)
    twin = again(network)
    assert twin == network
    assert (twin.feedforward(x) == answer).all()
    assert twin.parameters.dtype == np.float32
    assert all(np.shares_memory(layer.weights, twin.parameters) for layer in twin.layers)
    neuron = gn.Neuron([1, 2], 3, "tanh", names=("a", "b"))
    gate = gn.McCullochPitts([1, 1], 2)
    for value in (network.layers[1], neuron, gate):
        assert again(value) == value
        assert not again(value).weights.flags.writeable
    assert not twin.parameters.flags.writeable
    assert again(neuron).feedforward([1, 2]) == neuron.feedforward([1, 2])


def test_the_way_forward_is_written_out():
    text = str(gn.Network(INTRODUCTION).explain([2, 3]))
    assert "0·2 + 1·3 + 0 = 3 ; sigmoid(3) = 0.953" in text
    assert "0·0.953 + 1·0.953 + 0 = 0.953 ; sigmoid(0.953) = 0.722" in text
    explanation = gn.Network(INTRODUCTION).explain([2, 3])
    assert explanation.to_dict()["output"] == [0.7216325609518421]
    assert "<table>" in explanation.html
    assert "aligned" in explanation.latex
    wide = str(gn.Network.random([40, 2, 1], seed=0).explain(range(40)))
    assert "more)" in wide
    ones = gn.Network([gn.Layer(np.ones((1, 40)), [0.5], "linear")]).explain(np.ones(40))
    assert "34 (34 more) + 0.5 = 40.5" in str(ones)  # six of forty are written out


def test_the_way_back_is_the_chain_rule_term_by_term():
    # o = sigmoid(h2) with h2 = sigmoid(3); target 1: dL/dz = (o - 1) o (1 - o), and 1 times that behind neuron 2
    h = 1 / (1 + math.exp(-3))
    o = 1 / (1 + math.exp(-h))
    d = (o - 1) * o * (1 - o)
    explanation = gn.Network(INTRODUCTION).explain_gradient([2, 3], 1)
    last, first = explanation.to_dict()["layers"]
    assert last["neurons"][0]["slope_at_sum"] == pytest.approx(d, rel=1e-14)
    np.testing.assert_allclose(last["neurons"][0]["slope_at_weights"], [d * h, d * h], rtol=1e-14)
    assert first["neurons"][0]["slope_at_sum"] == 0.0  # its output is weighed with 0
    np.testing.assert_allclose(
        first["neurons"][1]["slope_at_weights"], [d * h * (1 - h) * 2, d * h * (1 - h) * 3], rtol=1e-13
    )
    text = str(explanation)
    assert "dL/dz = (0.722 - 1)·0.722·(1 - 0.722) = -0.056" in text
    assert "dL/dz = -0.056·1·0.953·(1 - 0.953) = -0.003" in text or "(-0.056·1)·0.953·(1 - 0.953)" in text


@pytest.mark.parametrize(("last", "loss"), [("softmax", "cross_entropy"), ("softmax", "squared_error"),
                                            ("linear", "squared_error")])  # fmt: skip
def test_explained_slopes_are_the_gradient(last, loss):
    network = gn.Network.random([3, 4, 2], ["relu", last], seed=2)
    x, y = [0.3, -1.0, 2.0], [1.0, 0.0]
    value, gradient = network.gradient(x, y, loss=loss)
    told = network.explain_gradient(x, y, loss=loss).to_dict()
    flat = [
        part
        for layer in reversed(told["layers"])
        for part in (
            np.ravel([n["slope_at_weights"] for n in layer["neurons"]]),
            [n["slope_at_bias"] for n in layer["neurons"]],
        )
    ]
    np.testing.assert_allclose(np.concatenate(flat), gradient, rtol=1e-12, atol=1e-15)
    assert told["loss"] == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_saved_and_loaded_it_is_the_same(tmp_path, dtype):
    network = gn.Network.random([3, 4, 2], ["relu", "softmax"], seed=2, dtype=dtype)
    gn.save(network, tmp_path / "network.safetensors")
    again = gn.load(tmp_path / "network.safetensors")
    assert again == network
    assert again.parameters.dtype == dtype


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: gn.Network([]), "`layers` has no layer"),
        (lambda: gn.Network([gn.Layer([[1, 2]]), gn.Layer([[1, 2]])]), "reads 2 inputs and the layer before it has 1"),
        (lambda: gn.Layer([1, 2]), r"`weights` must be a table of shape \(neurons, inputs\)"),
        (lambda: gn.Layer([[1, 2]], [1, 2]), "Give 1 biases"),
        (lambda: gn.Layer([[1]], activation="swish"), "`activation` must be one of"),
        (lambda: gn.Layer([[math.nan]]), "finite"),
        (lambda: gn.Layer.of([gn.Neuron([1]), gn.Neuron([1, 2])]), "same number of inputs"),
        (lambda: gn.Layer.of(["a"]), "same number of inputs"),
        (lambda: gn.Layer([[1, 2]]).feedforward([1]), "reads 2 inputs and the row has 1"),
        (lambda: gn.Network([gn.Layer([[1]], activation="softmax"), gn.Layer([[1]])]), "of the last layer alone"),
        (lambda: gn.Network.random([2, 3, 1], ["softmax", "sigmoid"]), "of the last layer alone"),
        (lambda: gn.Network.random([2, 1], dtype=int), "`dtype` must be float32 or float64"),
        (lambda: gn.Network(3), "`layers` must be a list of layers; got 3"),
        (lambda: gn.Network([gn.Neuron([1, 2])]), "`neurons` must be a list of neurons .* got Neuron"),
        (lambda: gn.Network.random([3]), "`sizes` must be"),
        (lambda: gn.Network.random([3, 0]), r"`sizes` must be in \[1, inf\); got 0"),
        (lambda: gn.Network.random([3, 2], start="warm"), "`start` must be 'auto', 'glorot', 'he' or 'zero'"),
        (lambda: gn.Network.random([3, 2, 1], ["relu"]), "one for each layer"),
        (lambda: gn.Network(INTRODUCTION).feedforward([1]), "reads 2 inputs and the row has 1"),
        (lambda: gn.Network(INTRODUCTION).feedforward([1, math.inf]), "finite"),
        (lambda: gn.Network(INTRODUCTION).feedforward([[[1, 2]]]), "one row"),
        (lambda: gn.Network(INTRODUCTION).explain([[1, 2], [3, 4]]), "one row at a time"),
        (lambda: gn.Network(INTRODUCTION).explain([1]), "reads 2 inputs"),
        (lambda: gn.Network(INTRODUCTION).explain_gradient([1, 2], [1, 2]), "1 rows and 1 outputs"),
        (lambda: gn.Network(INTRODUCTION).gradient([1, 2], [1, 2]), "1 rows and 1 outputs"),
        (lambda: gn.Network(INTRODUCTION).gradient([[[1, 2]]], 1), r"a table of shape \(rows, features\)"),
        (lambda: gn.Network(INTRODUCTION).gradient(np.empty((0, 2)), []), "`x` has no row"),
        (lambda: gn.Network(INTRODUCTION).gradient([1, 2], 1, weights=[1, 1]), "`weights` must be 1 numbers of at"),
        (lambda: gn.Network(INTRODUCTION).gradient([1, 2], 1, weights=[0]), "finite and not 0"),
        (lambda: gn.Network(INTRODUCTION).gradient([1, 2], 7, loss="cross_entropy"), "from 0 to 1; got 7.0 in row 0"),
        (lambda: gn.Network(INTRODUCTION).explain_gradient([1, 2], -1, loss="cross_entropy"), "from 0 to 1; got -1.0"),
        (lambda: gn.Network.random([2, 2], "softmax").gradient([1, 2], [1, 1], loss="cross_entropy"),
         r"probabilities that sum to 1; got \[1.0, 1.0\] in row 0"),
        (lambda: gn.Network(INTRODUCTION).gradient([1, 2], 1, loss="hinge"), "`loss` must be"),
        (lambda: gn.Network([gn.Layer([[1]], activation="tanh")]).gradient([1], 1, loss="cross_entropy"),
         "the last layer must be sigmoid or softmax; got 'tanh'"),
        (lambda: gn.Network(INTRODUCTION).truth_table(), "the last one is a single step neuron"),
        (lambda: gn.Network(INTRODUCTION, names=["a"]), "2 names, one for each input"),
        (lambda: gn.Network.of_parameters(np.zeros(3), [2, 1], ["sigmoid", "relu"]), "one for each layer"),
        (lambda: gn.Network.of_parameters(np.zeros(4), [2, 1], ["sigmoid"]), "a row of 3 numbers"),
    ],
)  # fmt: skip
def test_what_makes_no_network_is_told(make, sentence):
    with pytest.raises(gn.GlassneuronError, match=sentence):
        make()


@pytest.mark.parametrize("speed", ["python", "compiled"])
@pytest.mark.parametrize("neurons", [1, 400])  # 400 are past the size at which a product of matrices takes over
def test_a_tie_is_the_same_tie_in_a_row_in_a_table_and_in_one_neuron(speed, neurons):
    # as decimals these are ties; in floats the order of adding decides
    for weights, bias in (([0.1, 0.2], -0.3), ([-0.9, 0.2], 0.7), ([0.2, -0.9], 0.7), ([0.1] * 10, -1.0)):
        one = gn.Neuron(weights, bias, "step")
        counting = gn.Layer(np.ones((1, neurons)), [0.0], "linear")
        network = gn.Network([gn.Layer(np.tile(weights, (neurons, 1)), np.full(neurons, bias), "step"), counting])
        row = np.ones(len(weights))
        with gn.speed(speed):
            expected = one.feedforward(row) * neurons
            assert network.feedforward(row) == network.feedforward(row.tolist()) == expected
            assert network.feedforward([row, row]).tolist() == [expected, expected]


def test_equal_values_hash_alike_and_a_hash_does_not_cost_the_size():
    rng = np.random.default_rng(0)
    theta = rng.normal(size=2001 * 1000).astype(np.float32)
    big = gn.Network.of_parameters(theta, [2000, 1000], ["tanh"])
    twin = gn.Network.of_parameters(theta.astype(np.float64), [2000, 1000], ["tanh"])
    pairs = [
        (big, twin),
        (big.layers[0], twin.layers[0]),
        (gn.Neuron(theta), gn.Neuron(theta.astype(np.float64))),
        (gn.Neuron([0.0, 1]), gn.Neuron([-0.0, 1])),
        (gn.McCullochPitts([1, 1], 2), gn.McCullochPitts([1.0, 1.0], 2.0)),
    ]
    for one, other in pairs:
        assert one == other
        assert hash(one) == hash(other)
        assert {one: "found"}[other] == "found"
    changed = theta.copy()
    changed[-1] += 1.0  # where no hash looks
    assert big != gn.Network.of_parameters(changed, [2000, 1000], ["tanh"])
    assert big.layers[0] != gn.Layer(big.layers[0].weights, changed[-1000:], "tanh")
    start = time.perf_counter()
    for value, _ in pairs:
        for _ in range(1000):
            hash(value)
    assert time.perf_counter() - start < 2.0  # two million numbers, a thousand times, would take a minute
