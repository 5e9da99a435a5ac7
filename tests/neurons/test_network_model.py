"""A network as a model: scales, classes and names around it, and its arithmetic from the row to the answer."""

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.neurons.scaling import Scaling

SCALING = Scaling(np.array([10.0, 0.0]), np.array([5.0, 2.0]))
NAMES = ("size", "weight")


def one_layer(weights, activation):
    return gn.Network([gn.Layer(weights, np.zeros(len(weights)), activation)])


def test_two_classes_are_told_by_one_probability():
    model = NetworkModel(one_layer([[1.0, -1.0]], "sigmoid"), SCALING, ("no", "yes"), NAMES)
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
    model = NetworkModel(one_layer([[1.0, 0], [0, 1.0], [0, 0]], "softmax"), SCALING, ("a", "b", 3), NAMES)
    weights = np.exp([2.0, 3.0, 0.0])
    np.testing.assert_allclose(model.probabilities([20.0, 6.0]), [weights / weights.sum()], rtol=1e-15)
    assert model.explain([20.0, 6.0]).data["answer"] == "b"


def test_a_number_comes_back_in_its_units():
    model = NetworkModel(
        one_layer([[1.0, -1.0]], "linear"), SCALING, None, NAMES, Scaling(np.array([100.0]), np.array([7.0]))
    )
    np.testing.assert_allclose(model.predict([[20.0, 0.0], [10.0, 2.0]]), [114, 93], rtol=1e-15)
    explained = model.explain([10.0, 2.0])
    assert str(explained).endswith("so the answer, back in the target's units, is -1·7 + 100 = 93")
    assert explained.data["answer"] == 93


def test_html_escapes_names():
    model = NetworkModel(one_layer([[1.0, 0]], "sigmoid"), SCALING, ("<a>", "b"), ("<size>", "y"))
    html = model.explain([0.0, 0.0])._repr_html_()
    assert "&lt;size&gt;" in html
    assert "&lt;a&gt;" in html
    assert "<size>" not in html


SIGMOID = one_layer([[1.0, 0]], "sigmoid")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ((SIGMOID, SCALING, ("a", "b"), ("x",)), "`names` must be 2, one for each input"),
        ((SIGMOID, Scaling(np.zeros(1), np.ones(1)), ("a", "b"), NAMES), "`names` must be 2, one for each input"),
        ((SIGMOID, SCALING, ("a", "b", "c"), NAMES), "its last layer is 3 softmax, for 3 classes"),
        ((SIGMOID, SCALING, None, NAMES), "`target_scaling` must be that of one target; got None"),
        ((SIGMOID, SCALING, None, NAMES, Scaling(np.zeros(1), np.ones(1))), "its last layer is 1 linear, for a number"),
        ((SIGMOID, SCALING, ("a", "b"), NAMES, SCALING), "`target_scaling` must be None beside classes"),
    ],
)
def test_what_does_not_belong_together_is_refused(given, sentence):
    with pytest.raises(gn.GlassneuronError, match=sentence):
        NetworkModel(*given)


def test_a_row_beyond_what_a_float_can_hold_is_refused():
    model = NetworkModel(one_layer([[9.0, 9.0]], "linear"), SCALING, None, NAMES, Scaling(np.zeros(1), np.ones(1)))
    with pytest.raises(gn.GlassneuronError, match="`answers` must hold finite numbers; got inf"):
        model.predict([[1e308, 1e308]])


@pytest.mark.parametrize("row", [[1.0], [1.0, 2.0, 3.0]])
def test_a_row_of_another_width_is_refused(row):
    model = NetworkModel(SIGMOID, SCALING, ("a", "b"), NAMES)
    for call in (model.predict, model.explain, model.probabilities):
        with pytest.raises(gn.GlassneuronError, match="the network reads 2 inputs and the row has"):
            call(row)
