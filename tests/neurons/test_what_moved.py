"""What pushed an answer up and what pulled it down, against the average row."""

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.neurons.scaling import Scaling
from glassneuron.pipelines.pipelines import pipeline
from glassneuron.pipelines.task import Task

RNG = np.random.default_rng(0)
X = RNG.normal(size=(90, 4)) * [1.0, 10.0, 0.1, 3.0] + [0.0, 50.0, 1.0, -2.0]
NAMES = ("a", "b", "c", "d")
TWO = (X[:, 0] + X[:, 1] / 10 > 5).astype(int)
THREE = np.digitize(X[:, 0] + X[:, 3] / 3, [-1.0, 0.5])


def trained(name, **more):
    if name == "linear":
        return pipeline(name)(Task(X, X[:, 0] - X[:, 1], None, NAMES)).model
    classes = ("low", "middle", "high") if more.pop("three", False) else ("no", "yes")
    return pipeline(name, **more)(Task(X, THREE if len(classes) == 3 else TWO, classes, NAMES)).model


@pytest.mark.parametrize("name", ["sigmoid", "perceptron", "adaline", "linear"])
def test_the_parts_of_a_neuron_are_weight_times_the_way_from_the_mean(name):
    model = trained(name)
    moved = gn.what_moved(model, X[3])
    (neuron,) = model.neurons
    expected = dict(zip(NAMES, neuron.weights * (X[3] - X.mean(axis=0)), strict=True))
    assert {each.name: each.effect for each in moved.contributions.columns} == pytest.approx(expected, rel=1e-9)
    assert moved.contributions.start == pytest.approx(neuron.weights @ X.mean(axis=0) + neuron.bias, rel=1e-9)
    assert moved.exact


def test_of_several_neurons_it_is_the_lead_over_the_next():
    model = trained("sigmoid", three=True)
    moved = gn.what_moved(model, X[5])
    sums = model.decision_function(X[5:6])[0]
    second, first = np.argsort(sums)[-2:]
    assert moved.toward == (f"toward {model.classes[first]}", f"toward {model.classes[second]}")
    w = model.network.layers[0].weights
    expected = dict(zip(NAMES, (w[first] - w[second]) * (X[5] - X.mean(axis=0)), strict=True))
    assert {each.name: each.effect for each in moved.contributions.columns} == pytest.approx(expected, rel=1e-9)


def test_the_parts_of_a_network_add_up_and_are_called_what_they_are():
    model = trained("network", hidden=(6,), epochs=20)
    moved = gn.what_moved(model, X[7])
    found = moved.contributions
    assert found.start == pytest.approx(float(model.decision_function(X.mean(axis=0)[np.newaxis])[0]), rel=1e-9)
    parts = sum(each.effect for each in found.columns)
    assert parts + found.together == pytest.approx(found.total - found.start, rel=1e-9)
    assert abs(found.together) < 0.02 * (1 + abs(found.total))
    assert moved.to_dict()["method"] == "integrated gradients"
    assert "integrated" in str(moved)
    assert "they add up to the difference" in str(moved)


def test_steps_have_no_slope_and_it_is_said():
    moved = gn.what_moved(trained("voted", epochs=3), X[7])
    assert moved.to_dict()["method"] == "one column put back"
    assert "need not add up" in str(moved)


def test_words_name_the_side_the_mean_and_the_probability():
    model = gn.Model(
        (gn.Neuron([2.0, -1.0, 0.0], 0.5),), ("no", "yes"), ("salary", "debts", "age"),
        Scaling(np.array([1.5, 2.5, 40.0]), np.ones(3)),
    )  # fmt: skip
    lines = str(gn.what_moved(model, [3.0, 3.0, 20.0])).splitlines()
    sum_of_means, total = 2 * 1.5 - 2.5 + 0.5, 2 * 3.0 - 3.0 + 0.5
    assert f"a sum of {sum_of_means:g}, which is a probability of 0.731 of yes" in lines[0]
    assert lines[1].split() == ["toward", "yes", "salary", "is", "3,", "above", "its", "mean", "1.5", "+3"]
    assert lines[2].split() == ["toward", "no", "debts", "is", "3,", "above", "its", "mean", "2.5", "-0.5"]
    assert f"a sum of {total:g}: a probability of 0.971 of yes" in lines[3]
    assert len(lines) == 4  # a weight of 0 moves nothing


def test_a_row_that_is_the_average_is_said_to_be_it():
    assert "nothing moves it" in str(gn.what_moved(gn.Neuron([1.0], 2.0), [0.0]))


def test_a_sure_answer_is_not_shown_as_certain():
    assert "a probability of 0.9998 of 1" in str(gn.what_moved(gn.Neuron([8.68], 0.0), [1.0]))


def test_a_text_is_told_as_it_is_written(refused):
    columns = [{"name": "colour", "kind": "text", "values": ("blue", "green", "red"), "mean": None}]
    names = ("colour=blue", "colour=green", "colour=red")
    model = gn.Model((gn.Neuron([1.0, 2.0, -1.0], 0.0),), ("no", "yes"), names, None, {"columns": columns})
    assert "colour is green" in str(gn.what_moved(model, [0.0, 1.0, 0.0]))
    with refused("inputs"):
        gn.what_moved(model, [0.0, 1.0])
    with refused("not-finite"):
        gn.what_moved(model, [0.0, np.nan, 1.0])


def test_what_only_rounding_moves_is_not_listed():
    told = str(
        gn.what_moved(gn.Neuron([1.0, 1e-3], names=["size", "filled"]), [2.0, 14.3378], rows=[[1.0, 14.3378 + 1e-13]])
    )
    assert "size is 2" in told
    assert "filled" not in told
