"""Neurons: the numbers of the classic introductions, and what they say to wrong input."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.engine import kernels
from glassneuron.neurons.inference import weighted_sums


@pytest.fixture(params=["python", "compiled"])
def both_speeds(request):
    with gn.speed(request.param):
        yield request.param


@pytest.mark.usefixtures("both_speeds")
def test_the_sigmoid_neuron_of_the_introductions():
    n = gn.Neuron(weights=[0, 1], bias=4)
    assert n.weighted_sum([2, 3]) == 7.0
    assert n.feedforward([2, 3]) == 0.9990889488055994
    assert f"{n.feedforward([2, 3]):.3f}" == "0.999"


@pytest.mark.usefixtures("both_speeds")
def test_mcculloch_and_pitts_and_gate():
    gate = gn.McCullochPitts(weights=[1, 1], threshold=2)
    rows = [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert [gate.feedforward(row) for row in rows] == [0, 0, 0, 1]
    assert gate.feedforward(rows).tolist() == [0, 0, 0, 1]
    assert str(gate.truth_table()) == "[0 0] ---> 0\n[0 1] ---> 0\n[1 0] ---> 0\n[1 1] ---> 1"


@pytest.mark.parametrize("kind", [list, tuple, np.array, lambda v: np.array(v, dtype=np.float32)])
def test_a_row_may_be_a_list_a_tuple_or_an_array(kind):
    assert gn.Neuron([0, 1], 4).feedforward(kind([2, 3])) == 0.9990889488055994


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(0, 60), st.integers(0, 2**31), st.sampled_from(["sigmoid", "step", "tanh"]))
def test_a_table_is_its_rows(features, rows, seed, activation):
    rng = np.random.default_rng(seed)
    n = gn.Neuron(rng.normal(size=features), rng.normal(), activation)
    X = rng.normal(size=(rows, features))
    np.testing.assert_allclose(n.feedforward(X), [n.feedforward(x) for x in X], rtol=1e-10, atol=1e-12)


def test_large_tables_agree_with_numpy():
    rng = np.random.default_rng(0)
    X, w = rng.normal(size=(120_000, 5)), rng.normal(size=5)
    np.testing.assert_allclose(gn.Neuron(w, 0.5).feedforward(X), 1 / (1 + np.exp(-(X @ w + 0.5))), rtol=1e-12)


def test_float32_stays_float32():
    n = gn.Neuron(np.array([0.5, 1], dtype=np.float32))
    assert n.weights.dtype == np.float32
    assert n.feedforward(np.ones((600, 2), dtype=np.float32)).dtype == np.float32


def test_a_neuron_is_a_value():
    weights = np.array([1.0, 2.0])
    n = gn.Neuron(weights, 3)
    weights[0] = 9.0
    assert n.weights.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        n.weights[0] = 5.0
    assert n == gn.Neuron([1, 2], 3.0)
    assert hash(n) == hash(gn.Neuron([1, 2], 3.0))
    assert n != gn.Neuron([1, 2], 3.0, "step")
    assert repr(n) == "Neuron(weights=[1, 2], bias=3, activation='sigmoid')"
    assert gn.McCullochPitts([1, 1], 2) == gn.McCullochPitts([1, 1], 2.0)


def test_boundary_of_two_inputs():
    # x1 + 2 x2 - 4 = 0: x2 = -x1/2 + 2, at distance 4 / sqrt(5) from the origin
    line = gn.Neuron([1, 2], -4).boundary()
    assert (line.equation, line.slope, line.intercept) == ("x1 + 2·x2 - 4 = 0", -0.5, 2.0)
    assert line.distance == pytest.approx(4 / math.sqrt(5))


def test_boundaries_that_are_no_line():
    vertical = gn.Neuron([2, 0], -4, names=["a", "b"]).boundary()
    assert (vertical.equation, vertical.slope, vertical.distance) == ("2·a - 4 = 0", None, 2.0)
    assert gn.Neuron([0, 0], 1).boundary().distance is None
    assert "none: all weights are 0" in str(gn.Neuron([0, 0], -1).boundary())
    plane = gn.Neuron([3, -1, 2], 0).boundary()
    assert (plane.equation, plane.slope, plane.distance) == ("3·x1 - x2 + 2·x3 = 0", None, 0.0)


def test_explain_in_four_forms():
    e = gn.Neuron([0, 1], 4).explain([2, 3])
    assert str(e) == "0·2 + 1·3 + 4 = 7 ; sigmoid(7) = 0.999"
    assert e.to_dict()["sum"] == 7.0
    assert e.to_dict()["terms"][1] == {"name": "x2", "weight": 1.0, "input": 3.0, "product": 3.0}
    assert json.loads(json.dumps(e.to_dict()))["output"] == 0.9990889488055994
    assert e.latex.startswith(r"z = 0 \cdot 2 + 1 \cdot 3 + 4 = 7")
    assert e._repr_html_().startswith("<table>")


def test_a_tie_is_named():
    assert str(gn.Neuron([1, 1], -2, "step").explain([1, 1])).endswith("step(0) = 1, for a tie fires")
    assert "tie" not in str(gn.Neuron([1, 1], -1, "step").explain([1, 1]))


def test_explain_with_names_lists_the_heaviest_first_and_escapes_them():
    n = gn.Neuron([0.5, -2], 1, "step", names=["<b>height</b>", "age"])
    e = n.explain([3, 4])
    assert [line.split()[0] for line in str(e).splitlines()[:2]] == ["age", "<b>height</b>"]
    assert "<b>" not in e._repr_html_()
    assert "&lt;b&gt;height" in e._repr_html_()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda n: n.feedforward([1, 2, 3]), r"2 weights and the row has 3 numbers"),
        (lambda n: n.feedforward([[1, 2, 3]]), r"row      \(3,\)"),
        (lambda n: n.feedforward([1, math.nan]), r"`x` must hold finite numbers; got nan at position 1"),
        (lambda n: n.feedforward([[1, 2], [math.inf, 0]]), r"got inf at row 1, column 0"),
        (lambda n: n.feedforward(["a", 2]), r"`x` must hold numbers; got 'a'"),
        (lambda n: n.feedforward([None, 2]), r"`x` must hold numbers; got None"),
        (lambda n: n.feedforward([1j, 2]), r"`x` must hold numbers; got 1j"),
        (lambda n: n.feedforward([[1, 2], [3]]), r"`x` must be rows of equal length"),
        (lambda n: n.feedforward(3), r"one row \(inputs,\) or a table"),
        (lambda n: n.feedforward([[[1, 2]]]), r"got an array of shape \(1, 1, 2\)"),
        (lambda n: n.explain([[1, 2], [3, 4]]), r"Explain one row at a time"),
        (lambda n: n.truth_table(), r"`activation` must be 'step' for a truth table"),
        (lambda n: gn.Neuron([]), r"`weights` must be a row of shape"),
        (lambda n: gn.Neuron([[1, 2]]), r"got an array of shape \(1, 2\)"),
        (lambda n: gn.Neuron([1, math.nan]), r"`weights` must hold finite numbers"),
        (lambda n: gn.Neuron([1], math.inf), r"`bias` must be in \(-inf, inf\); got inf"),
        (lambda n: gn.Neuron([1], "4"), r"`bias` must be a number; got '4', a str"),
        (lambda n: gn.Neuron([1], 0, "sigmoidal"), r"`activation` must be one of 'step', 'sigmoid'"),
        (lambda n: gn.Neuron([1], 0, "softmax"), r"one that a single neuron can have"),
        (lambda n: gn.Neuron([1, 2], names=["a"]), r"`names` must be 2 names"),
        (lambda n: gn.Neuron([1] * 17, 0, "step").truth_table(), r"at most 16 for a truth table"),
        (lambda n: gn.McCullochPitts([1, 1], 2).feedforward([0.5, 1]), r"inputs of 0 or 1; got 0.5 at position 0"),
        (lambda n: gn.McCullochPitts([1, 1], math.nan), r"`threshold` must be in"),
        (lambda n: gn.TruthTable((0, 1, 1)), r"2\^n answers"),
        (lambda n: gn.TruthTable((0, 2)), r"`outputs` must be made of 0 and 1; got 2"),
    ],
)
def test_wrong_input_gets_one_sentence(call, sentence):
    with pytest.raises(gn.GlassneuronError, match=sentence) as caught:
        call(gn.Neuron([1, 2]))
    assert isinstance(caught.value, (ValueError, TypeError))
    assert caught.value.code


def test_overflow_is_not_hidden():
    assert gn.Neuron([1e308, 1e308], 0, "linear").feedforward([10, 10]) == math.inf


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_many_rows_are_added_up_in_the_order_of_one(dtype):
    rng = np.random.default_rng(0)
    for rows, inputs in ((7, 3), (200, 5), (1000, 1)):
        X, W, b = (rng.normal(size=size).astype(dtype) for size in ((rows, inputs), (1, inputs), (1,)))
        expected = [kernels.weighted_sum(W[0], b[0], x) for x in X]
        assert weighted_sums(W, b, X)[:, 0].tolist() == [float(z) for z in expected]


@pytest.mark.parametrize("name", ["STEP", "SIGMOID", "TANH", "RELU", "LINEAR", "SOFTMAX"])
def test_activations_at_once_are_those_one_by_one(name):
    code = getattr(kernels, name)
    Z = np.concatenate([np.random.default_rng(0).normal(size=(60, 3)), [[-800.0, 0.0, 800.0]]])
    expected = np.empty_like(Z)
    kernels.activations(code, Z, expected)
    np.testing.assert_allclose(kernels.activations_at_once(code, Z), expected, rtol=1e-14, atol=1e-300)
