"""Neurons or a network as a model: scales, classes and names around it, and its arithmetic."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.errors import DataError
from glassneuron.neurons.explain.numbers import format_probability
from glassneuron.neurons.scaling import Scaling

SCALING = Scaling(np.array([10.0, 0.0]), np.array([5.0, 2.0]))
NAMES = ("size", "weight")


def one_layer(weights, activation):
    return gn.Network([gn.Layer(weights, np.zeros(len(weights)), activation)])


def test_two_classes_are_told_by_one_probability():
    model = gn.Model(one_layer([[1.0, -1.0]], "sigmoid"), ("no", "yes"), NAMES, SCALING)
    rows = [[20.0, 0.0], [10.0, 0.0], [0.0, 0.0]]  # scaled: sums 2, 0 and -2
    p = 1 / (1 + np.exp([-2.0, 0.0, 2.0]))
    np.testing.assert_allclose(model.probabilities(rows), np.column_stack([1 - p, p]), rtol=1e-15)
    assert model.predict(rows).tolist() == ["yes", "yes", "no"]
    text = str(model.explain([20.0, 4.0]))
    assert "x1   size    (20 - 10) / 5 = 2" in text
    assert "x2   weight  (4 - 0) / 2 = 2" in text
    assert "1·2 - 1·2 + 0 = 0 ; sigmoid(0) = 0.5" in text
    assert text.endswith("so the answer is yes, with a probability of 0.5")


def test_more_classes_are_told_by_one_probability_each():
    model = gn.Model(one_layer([[1.0, 0], [0, 1.0], [0, 0]], "softmax"), ("a", "b", 3), NAMES, SCALING)
    weights = np.exp([2.0, 3.0, 0.0])
    np.testing.assert_allclose(model.probabilities([20.0, 6.0]), [weights / weights.sum()], rtol=1e-15)
    assert model.explain([20.0, 6.0]).data["answer"] == "b"


def test_a_number_comes_back_in_its_units():
    target = Scaling(np.array([100.0]), np.array([7.0]))
    model = gn.Model(one_layer([[1.0, -1.0]], "linear"), None, NAMES, SCALING, target_scaling=target)
    np.testing.assert_allclose(model.predict([[20.0, 0.0], [10.0, 2.0]]), [114, 93], rtol=1e-15)
    explained = model.explain([10.0, 2.0])
    assert str(explained).endswith("so the answer, back in the target's units, is -1·7 + 100 = 93")
    assert explained.data["answer"] == 93


def test_html_escapes_names():
    model = gn.Model(one_layer([[1.0, 0]], "sigmoid"), ("<a>", "b"), ("<size>", "y"), SCALING)
    html = model.explain([0.0, 0.0])._repr_html_()
    assert "&lt;size&gt;" in html
    assert "&lt;a&gt;" in html
    assert "<size>" not in html


SIGMOID = one_layer([[1.0, 0]], "sigmoid")
DEEP = gn.Network([*SIGMOID.layers, gn.Layer([[1.0]], [0.0], "tanh")])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((SIGMOID, ("a", "b"), ("x",), SCALING), "`names` must be 2, one for each input"),
        ((SIGMOID, ("a", "b"), NAMES, Scaling.none(1)), "`names` must be 2, one for each input"),
        ((SIGMOID, ("a", "b", "c"), NAMES, SCALING), "`neurons` must be 3 for 3 classes; got 1"),
        ((SIGMOID, (), NAMES, SCALING), "`neurons` must be 1 for 0 classes; got 1"),
        ((SIGMOID, None, NAMES, SCALING), "`target_scaling` must be that of one target; got None"),
        ((SIGMOID, None, NAMES, SCALING, None, None, Scaling.none(1)), "the last layer is linear for a number"),
        ((SIGMOID, ("a", "b"), NAMES, SCALING, None, None, SCALING), "`target_scaling` must be None beside classes"),
        ((DEEP, ("a", "b"), NAMES), "the last layer is linear or sigmoid for 2 classes"),
    ],
)
def test_what_does_not_belong_together_is_refused(given, sentence):
    with pytest.raises(gn.GlassneuronError, match=sentence):
        gn.Model(*given)


def test_a_row_beyond_what_a_float_can_hold_is_refused():
    model = gn.Model(one_layer([[9.0, 9.0]], "linear"), None, NAMES, SCALING, target_scaling=Scaling.none(1))
    with pytest.raises(gn.GlassneuronError, match="`answers` must hold finite numbers; got inf"):
        model.predict([[1e308, 1e308]])


@pytest.mark.parametrize("row", [[1.0], [1.0, 2.0, 3.0]])
def test_a_row_of_another_width_is_refused(row):
    model = gn.Model(SIGMOID, ("a", "b"), NAMES, SCALING)
    for call in (model.predict, model.explain, model.probabilities):
        with pytest.raises(gn.GlassneuronError, match="the network reads 2 inputs and the row has"):
            call(row)


VOTERS = gn.Layer([[1.0, 0], [0, 1.0]], [0.0, 0.0], "step")  # each fires where its input is not negative
ONE = gn.Network([VOTERS, gn.Layer([[1.0, 1.0]], [-1.0], "linear")])  # the sum of both votes, from -1 to 1
THREE = gn.Network([VOTERS, gn.Layer([[1.0, 0], [0, 2.0], [0, 0]], [0.0, 0, 0.5], "linear")])
NONE = Scaling.none(2)


def test_two_classes_can_be_told_by_a_sum_and_a_tie_fires():
    model = gn.Model(ONE, ("no", "yes"), NAMES, NONE)
    rows = [[1.0, 1], [1, -1], [-1, -1]]
    assert model.outputs(rows).tolist() == [[1], [0], [-1]]
    assert model.predict(rows).tolist() == ["yes", "yes", "no"]
    assert str(model.explain([1.0, -1])).endswith("so the answer is yes: the sum 0 is not negative")
    assert str(model.explain([-1.0, -1])).endswith("so the answer is no: the sum -1 is negative")
    assert "probability" not in model.explain([1.0, 1]).data


def test_more_classes_can_be_told_by_the_largest_sum():
    model = gn.Model(THREE, ("a", "b", "c"), NAMES, NONE)
    assert model.predict([[1.0, 1], [1, -1], [-1, -1]]).tolist() == ["b", "a", "c"]
    assert str(model.explain([1.0, 1])).endswith("so the answer is b: its sum is the largest of 3")


def test_sums_are_no_probabilities():
    for model in (
        gn.Model(ONE, ("no", "yes"), NAMES, NONE),
        gn.Model(one_layer([[1.0, 0]], "linear"), None, NAMES, NONE, target_scaling=Scaling.none(1)),
    ):
        assert not model.gives_probabilities
        call = "outputs" if model.classes is None else "decision_function"
        with pytest.raises(
            gn.GlassneuronError, match=f"linear neurons in the last layer give no probabilities; `{call}` gives"
        ):
            model.probabilities([1.0, 1])
    step = gn.Model((gn.Neuron([1.0], 0, "step"),), ("a", "b"), ("x",))
    with pytest.raises(gn.GlassneuronError, match="step neurons in the last layer give no"):
        step.probabilities([1.0])


def test_sigmoid_neurons_side_by_side_give_probabilities():
    one = gn.Model((gn.Neuron([2.0], 0),), ("no", "yes"), ("x",))
    p = 1 / (1 + np.exp(-2.0))
    np.testing.assert_allclose(one.probabilities([[1.0], [-1.0]]), [[1 - p, p], [p, 1 - p]], rtol=1e-14)
    assert str(one.explain([-1.0])).endswith("so the answer is no, with a probability of 0.881")
    assert one.explain([-1.0]).data["probability"] == pytest.approx(p, rel=1e-15)
    three = gn.Model((gn.Neuron([1.0], 0), gn.Neuron([0.0], 0), gn.Neuron([-1.0], 0)), ("a", "b", "c"), ("x",))
    shares = 1 / (1 + np.exp(-np.array([3.0, 0, -3])))
    np.testing.assert_allclose(three.probabilities([3.0]), [shares / shares.sum()], rtol=1e-15)
    assert three.probabilities([0.0]).tolist() == [[1 / 3] * 3]
    far = gn.Model(tuple(gn.Neuron([-1e6], 0) for _ in range(3)), ("a", "b", "c"), ("x",))
    assert far.probabilities([1.0]).tolist() == [[1 / 3] * 3]  # where none answers at all


def test_of_many_hidden_neurons_those_that_weigh_most_are_written_out():
    weights = np.arange(50.0)
    network = gn.Network([gn.Layer(np.ones((50, 1)), np.zeros(50), "step"), gn.Layer([weights], [0.0], "linear")])
    explained = network.explain([1.0])
    assert "  neuron 50 " in explained.text
    assert "  neuron 11 " in explained.text
    assert "  neuron 10 " not in explained.text
    assert "  and 10 more, which weigh less in layer 2" in explained.text
    assert len(explained.data["layers"][0]["neurons"]) == 50


SMALL = Scaling(np.array([0.0028444, 1000.0004]), np.array([0.00108, 0.00029912]))
"""Of small features, and of one that hardly differs from its mean."""


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?", text)]


@pytest.mark.parametrize("row", [[0.00101, 1000.0007], [-0.0000123, 1000.0003999]])
def test_the_scaling_of_small_features_can_be_checked_as_it_is_printed(row):
    model = gn.Model(one_layer([[1.0, -1.0]], "sigmoid"), ("no", "yes"), NAMES, SMALL)
    for line in str(model.explain(row)).splitlines()[1:3]:
        arithmetic, result = re.search(r"(\(.*) = (.*)$", line).groups()
        assert eval(arithmetic) == pytest.approx(float(result), rel=1e-3, abs=5.1e-4)


def test_a_small_number_in_its_units_can_be_checked_as_it_is_printed():
    target = Scaling(np.array([0.0012345]), np.array([0.00029912]))
    model = gn.Model(one_layer([[1.0, -1.0]], "linear"), None, NAMES, NONE, target_scaling=target)
    last, deviation, mean, value = numbers(str(model.explain([0.00123, 0.0])).splitlines()[-1].split(" is ")[1])
    assert last * deviation + mean == pytest.approx(0.0012345 + 0.00123 * 0.00029912, rel=1e-4)
    assert value == pytest.approx(last * deviation + mean, abs=5.1e-4)


def test_products_of_small_features_can_be_checked_as_they_are_printed():
    model = gn.Model((gn.Neuron([5841.3, -9123.4], 0.5),), ("no", "yes"), NAMES)
    for line in str(model.explain([0.0031263, 0.0000128])).splitlines()[:2]:
        weight, value, product = numbers(line)
        assert weight * value == pytest.approx(product, rel=1e-3, abs=5.1e-4)


def test_what_a_later_layer_reads_is_not_named_like_a_feature():
    network = gn.Network([gn.Layer(np.eye(13), np.zeros(13), "relu"), gn.Layer([np.arange(13.0)], [0.0], "linear")])
    first, *_, last = str(network.explain(np.ones(13))).split("\nlayer 2")
    assert "(x1)" in first
    assert "12·1 (neuron 13)" in last
    assert "(x" not in last


@pytest.mark.parametrize("sums", [[1.25, -4.371, 3.676], [-8.4321, -9.1234, -9.9], [1234.5678, 1236.1, -1.0]])
def test_shares_can_be_checked_as_they_are_printed(sums):
    network = gn.Network([gn.Layer(np.transpose([sums]), np.zeros(3), "softmax")])
    text = str(network.explain([1.0]))
    assert f"; each e^{'z' if max(sums) < 10 else '(z - largest z)'} is divided by the sum of them all" in text
    for power, whole, share in re.findall(r"e\^(\S+|\(.*\)) / (\S+) = (\S+)$", text, re.MULTILINE):
        assert math.exp(eval(power)) / float(whole) == pytest.approx(float(share), rel=2e-3, abs=5.1e-4)
    assert len(re.findall(r"softmax\(.*\) = e\^", text)) == 3


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.5, "0.5"), (0.9994, "0.999"), (0.99983, "0.9998"), (1 - 1e-9, "0.999999999"), (0.0002, "0.0002"), (1.0, "1")],
)
def test_a_probability_is_shown_as_1_or_0_only_where_it_is(probability, text):
    assert format_probability(probability) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_no_probability_between_0_and_1_is_written_as_one_of_them(probability):
    assert 0 < float(format_probability(probability)) < 1
    assert float(format_probability(probability)) == pytest.approx(probability, rel=5e-3, abs=5.1e-4)


def test_explanations_show_no_certainty_that_is_not_there():
    # sigmoid(8.68) = 1 / (1 + e^-8.68) = 0.99983; softmax of 8.68 and 0 is the same
    model = gn.Model((gn.Neuron([1.0], 0.0),), ("no", "yes"), ("x",))
    assert str(model.explain([8.68])).endswith(
        "sigmoid(8.68) = 0.9998\nso the answer is yes, with a probability of 0.9998"
    )
    assert "a = \\mathrm{sigmoid}(z) = \\frac{1}{1 + e^{-z}} = 0.9998" in model.explain([8.68]).latex
    two = gn.Network([gn.Layer([[1.0], [0.0]], [0.0, 0.0], "softmax")])
    text = str(two.explain([8.68]))
    assert "= 0.9998" in text
    assert "= 0.00017" in text
    deep = gn.Model(gn.Network([gn.Layer([[1.0]], [0.0], "relu"), *SIGMOID_OF_ONE]), ("no", "yes"), ("x",))
    assert str(deep.explain([8.68])).endswith("so the answer is yes, with a probability of 0.9998")


SIGMOID_OF_ONE = [gn.Layer([[1.0]], [0.0])]


def test_a_network_of_one_layer_shows_its_neurons_in_the_original_units():
    # 1·(20 - 10)/5 - 1·(4 - 0)/2 + 0.5 = 20/5 - 4/2 - 2 + 0.5
    network = gn.Network([gn.Layer([[1.0, -1.0]], [0.5], "sigmoid")])
    model = gn.Model(network, ("no", "yes"), NAMES, SCALING)
    assert model.neurons == (gn.Neuron([1 / 5, -1 / 2], 0.5 - 10 / 5),)
    assert model.neurons[0].weighted_sum([20.0, 4.0]) == pytest.approx(model.decision_function([20.0, 4.0])[0])
    target = Scaling(np.array([100.0]), np.array([7.0]))
    number = gn.Model(one_layer([[1.0, -1.0]], "linear"), None, NAMES, SCALING, target_scaling=target)
    assert number.neurons[0].feedforward([20.0, 4.0]) == pytest.approx(number.predict([20.0, 4.0])[0], rel=1e-15)
    assert gn.Model(ONE, ("no", "yes"), NAMES).neurons == ()


def test_neurons_are_a_network_of_one_layer():
    rng = np.random.default_rng(0)
    for dtype in (np.float32, np.float64):
        neurons = [gn.Neuron(rng.normal(size=3).astype(dtype), rng.normal(), "step") for _ in range(3)]
        model = gn.Model(neurons, ("a", "b", "c"), ("x", "y", "z"), SCALING_OF_THREE)
        X = rng.normal(size=(40, 3))
        by_hand = np.transpose([n.weighted_sum(X) for n in neurons])  # in the original units, to the last digit
        np.testing.assert_array_equal(model.decision_function(X), by_hand)
        np.testing.assert_array_equal(model.outputs(X), by_hand >= 0)
        assert model.neurons == tuple(neurons)
        assert model.network.sizes == (3, 3)


SCALING_OF_THREE = Scaling(np.array([1.0, 2, 3]), np.array([0.5, 1, 2]))


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_frame_is_taken_by_the_names_of_its_columns(library):
    frames = pytest.importorskip(library)
    make = frames.table if library == "pyarrow" else frames.DataFrame
    model = gn.Model(one_layer([[1.0, -1.0]], "step"), ("no", "yes"), NAMES)
    table = {"size": [3.0, 1.0], "weight": [1.0, 3.0]}
    assert model.predict(make(table)).tolist() == ["yes", "no"]
    turned = make({"weight": table["weight"], "size": table["size"]})
    assert model.predict(turned).tolist() == ["yes", "no"]
    assert model.decision_function(turned).tolist() == [2.0, -2.0]
    with pytest.raises(gn.GlassneuronError, match="the model reads columns that the table lacks: weight"):
        model.predict(make({"size": [1.0], "height": [2.0]}))
    with pytest.warns(UserWarning, match="the model does not read these columns: colour"):
        assert model.predict(make({"colour": [7.0, 7.0], **table})).tolist() == ["yes", "no"]


def test_a_row_of_a_frame_is_taken_by_name_and_names_that_nobody_gave_are_not_asked_for():
    pd = pytest.importorskip("pandas")
    model = gn.Model(one_layer([[1.0, -1.0]], "step"), ("no", "yes"), NAMES)
    row = pd.DataFrame({"weight": [1.0], "size": [3.0]}).iloc[0]
    assert model.explain(row).data["answer"] == "yes"
    nameless = gn.Model(one_layer([[1.0, -1.0]], "step"), ("no", "yes"), ("x1", "x2"))
    assert nameless.predict(pd.DataFrame({"a": [3.0], "b": [1.0]})).tolist() == ["yes"]


def test_a_model_that_was_saved_answers_a_frame_in_another_order_as_the_estimator_did(tmp_path):
    pd = pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(200, 4)), columns=list("abcd"))
    y = (frame["a"] - 2 * frame["d"] > 0).to_numpy()
    for estimator in (gn.SigmoidNeuron(), gn.MLPClassifier(max_epochs=5)):
        fitted = estimator.fit(frame, y)
        gn.save(fitted, tmp_path / "model.safetensors")
        model = gn.load(tmp_path / "model.safetensors")
        assert (model.predict(frame[list("dbca")]) == fitted.predict(frame)).all()


NAMED = {
    "Neuron": gn.Neuron([1.0, -2.0], 0.5, "linear", names=NAMES),
    "Network": gn.Network([gn.Layer([[1.0, -2.0]], [0.5], "linear")], names=NAMES),
}


@pytest.mark.parametrize("kind", NAMED)
def test_what_knows_the_names_of_its_inputs_takes_a_frame_by_them(kind):
    """Not the models alone, but all that a person may hold with names."""
    pd = pytest.importorskip("pandas")
    taken = NAMED[kind]
    frame = pd.DataFrame({"size": [3.0, 1.0], "weight": [1.0, 4.0]})
    turned = frame[["weight", "size"]]
    assert np.asarray(taken.feedforward(turned)).tolist() == [1.5, -6.5]  # size - 2 weight + 1/2, by hand
    assert str(taken.explain(turned.iloc[0])) == str(taken.explain([3.0, 1.0]))
    assert str(taken.explain(turned.iloc[[0]])) == str(taken.explain([3.0, 1.0]))
    with pytest.raises(gn.GlassneuronError, match="columns that the table lacks: weight"):
        taken.feedforward(frame[["size"]])
    if kind == "Network":
        by_hand = taken.gradient(frame.to_numpy(), [0.0, 1.0])
        np.testing.assert_array_equal(taken.gradient(turned, [0.0, 1.0])[1], by_hand[1])


def test_no_arithmetic_shows_a_sigmoid_as_certain_where_it_is_not():
    """sigmoid(8.68) is 0.99983."""
    network = gn.Network([gn.Layer([[8.68]], [0.0]), gn.Layer([[1.0]], [0.0])])
    hidden, back = str(network.explain([1.0])), str(network.explain_gradient([1.0], 1.0))
    assert "= 0.9998" in hidden
    assert "0.9998·(1 - 0.9998)" in back
    sure = gn.Network([gn.Layer([[8.68]], [0.0])])
    for loss in ("squared_error", "cross_entropy"):
        text = str(sure.explain_gradient([1.0], 1.0, loss=loss))
        assert "output (0.9998)" in text
        assert "0.9998 - 1" in text
    softmax = gn.Network([gn.Layer([[8.68], [0.0]], [0.0, 0.0], "softmax")])
    assert "(1)" not in str(softmax.explain_gradient([1.0], [1.0, 0.0], loss="cross_entropy"))
    assert "0.9998 - 1" in str(softmax.explain_gradient([1.0], [1.0, 0.0]))


@pytest.mark.parametrize("rows", [3, 700, 9000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_are_scaled_on_their_way_to_the_same_bits(rows, dtype):
    random = np.random.default_rng(rows)
    X = random.normal(100.0, 30.0, (rows, 60)).astype(dtype)
    scaling = Scaling.of(X)
    network = gn.Network.random([60, 50, 1], "relu", output="sigmoid", seed=1)
    model = gn.Model(network, ("no", "yes"), tuple(map(str, range(60))), scaling)
    kind = np.result_type(X, network.parameters)
    assert np.array_equal(model.outputs(X), network.forward(scaling.apply(X).astype(kind))[1])


def test_a_row_whose_scale_is_beyond_a_float_is_named():
    model = gn.Model(
        gn.Network([gn.Layer([[1.0]], [0.0])]), ("a", "b"), ("x",), Scaling(np.zeros(1), np.full(1, 1e-300))
    )
    rows = np.zeros((5000, 1))
    rows[4321] = 1e300
    with pytest.raises(DataError, match="row 4321"):
        model.outputs(rows)
