"""Diagrams: a wire for each weight, the engine's numbers beside them, and everything said in words too."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.neurons.explain.numbers import format_output, format_short
from glassneuron.neurons.scaling import Scaling
from glassneuron.views.palette import NEGATIVE, POSITIVE

NUMBER = r"(?<![\w.-])-?\d+(?:[.,]\d+)*(?:e[+-]?\d+)?"
SVG = "{http://www.w3.org/2000/svg}"
OR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]


def parsed(picture):
    return ElementTree.fromstring(picture.svg)


def wires(picture):
    """The wires say what they are in their titles; other paths have none."""
    return [path for path in parsed(picture).iter(f"{SVG}path") if path.find(f"{SVG}title") is not None]


def texts(picture):
    return [element.text or element[-1].tail for element in parsed(picture).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def iris():
    return read_table(bundled("iris"), "species")


def drawn():
    rng = np.random.default_rng(0)
    network = gn.Network.random([3, 4, 2], "tanh", output="softmax", seed=0)
    scaling = Scaling(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 0.5]))
    target = Scaling(np.array([10.0]), np.array([3.0]))
    return {
        "neuron": (gn.Neuron([0.5, -2.0], 1.0), [3, 4]),
        "gate": (gn.McCullochPitts([1, -1], 1), [1, 0]),
        "layer": (gn.Layer(rng.normal(size=(3, 2)), activation="relu"), [1, 2]),
        "network": (network, [1, 2, 3]),
        "classes": (
            gn.Model(gn.Network.random([3, 2, 3], "relu", output="softmax", seed=1), "abc", "xyz", scaling),
            [1, 2, 3],
        ),
        "number": (
            gn.Model(
                gn.Network.random([3, 2, 1], "relu", output="linear", seed=1), None, "xyz", scaling, None, {}, target
            ),
            [1, 2, 3],
        ),
        "many": (gn.Neuron(rng.normal(size=500)), rng.normal(size=500)),
        "wide": (gn.Network.random([70, 30, 12], seed=0), rng.normal(size=70)),
        "deep": (gn.Network.random([3] * 9, seed=0), [1, 2, 3]),
        "zero": (gn.Neuron([0.0]), [0]),
        "huge": (gn.Neuron([1e300, -1e-300], 1e308, "linear"), [1, 1]),
    }


DRAWN = drawn()
with_and_without_row = pytest.mark.parametrize("asked", [False, True], ids=["bare", "row"])


@with_and_without_row
@pytest.mark.parametrize("name", DRAWN)
def test_every_picture_is_a_document_without_styles_that_a_screen_reader_can_read(name, asked):
    model, row = DRAWN[name]
    picture = gn.diagram(model, row if asked else None)
    root = parsed(picture)
    assert root.get("role") == "img"
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert desc.text == picture.text == str(picture)
    assert picture.text.startswith(title.text)
    for element in root.iter():
        assert not {"style", "class"} & element.attrib.keys()
        assert element.tag != f"{SVG}style"
    assert not re.search(r"nan|inf", re.sub(r"<(text|title|desc).*?</\1>", "", picture.svg))
    for element in root:  # nothing stands outside
        x, y = (float(element.get(a, element.get(f"c{a}", "0"))) for a in "xy")
        assert 0 <= x <= picture.width
        assert 0 <= y <= picture.height


@with_and_without_row
@pytest.mark.parametrize("name", DRAWN)
def test_the_words_hold_each_number_that_is_drawn(name, asked):
    model, row = DRAWN[name]
    picture = gn.diagram(model, row if asked else None)
    told = set(re.findall(NUMBER, picture.text.replace("(", " ")))
    for text in texts(picture):
        for number in re.findall(NUMBER, text.replace("(", " ")):
            assert number in told, (number, text)


@pytest.mark.parametrize("name", ["neuron", "gate", "layer", "network", "classes", "number"])
def test_a_wire_for_each_weight_and_each_bias(name):
    model, row = DRAWN[name]
    layers = (
        model.network.layers if isinstance(model, gn.Model)
        else model.layers if isinstance(model, gn.Network)
        else [model] if isinstance(model, gn.Layer)
        else [gn.Layer([model.weights], [getattr(model, "bias", 0)])]
    )  # fmt: skip
    biases = 0 if name == "gate" else sum(len(layer.biases) for layer in layers)
    weights = [w for layer in layers for w in layer.weights.ravel()]
    for given in (None, row):
        found = wires(gn.diagram(model, given))
        assert len(found) == len(weights) + biases
        colours = [wire.get("stroke") for wire in found if "bias" not in wire[0].text]
        assert colours == [POSITIVE if w > 0 else NEGATIVE for w in weights]
        dashed = [wire.get("stroke-dasharray") is not None for wire in found if "bias" not in wire[0].text]
        assert dashed == [w < 0 for w in weights]


def test_wires_are_as_wide_as_their_weights_are_heavy():
    widths = [float(wire.get("stroke-width")) for wire in wires(gn.diagram(gn.Neuron([1, -4, 2, 0, -1], 100)))]
    one, four, two, zero, minus_one, bias = widths
    assert zero < one == minus_one < two < four == bias  # a bias is drawn as the heaviest weight at most


def test_a_row_shows_the_numbers_of_the_engine():
    neuron, row = gn.Neuron([0.5, -2.25], 1.0, "tanh"), [3.0, 0.75]
    z, a = neuron.weighted_sum(row), neuron.feedforward(row)
    seen = texts(gn.diagram(neuron, row))
    for number in (z, a, *row):
        assert format_short(number) in seen
    for w, x in zip(neuron.weights, row, strict=True):
        assert f"{format_short(w)} · {format_short(x)} = {format_short(w * x)}" in seen
    assert "bias 1" in seen


@pytest.mark.parametrize("name", ["network", "classes"])
def test_each_neuron_of_a_network_shows_its_sum_and_activation(name):
    model, row = DRAWN[name]
    network = model.network if isinstance(model, gn.Model) else model
    values = np.array(row, dtype=float) if model.__class__ is gn.Network else model.scaling.apply(np.array(row))
    seen = texts(gn.diagram(model, row))
    for layer in network.layers:
        sums, values = layer.weights @ values + layer.biases, layer.feedforward(values)
        for z, a in zip(sums, values, strict=True):
            assert format_short(z) in seen
            assert format_output(layer.activation, a) in seen


def test_both_scales_where_features_were_scaled():
    model, row = DRAWN["classes"]
    assert {"value", "scaled"} <= set(texts(gn.diagram(model, row)))
    seen = texts(gn.diagram(model, row))
    for value, scaled in zip(row, model.scaling.apply(np.array(row)), strict=True):
        assert format_short(value) in seen
        assert format_short(scaled) in seen
    folded = gn.Model((model.scaling.fold(gn.Neuron([1.0, -1.0, 2.0])),), ("no", "yes"), "xyz", model.scaling)
    seen = texts(gn.diagram(folded, row))
    for value, scaled in zip(row, model.scaling.apply(np.array(row)), strict=True):
        assert format_short(value) in seen
        assert f"scaled {format_short(scaled)}" in seen
    model, row = DRAWN["number"]
    assert f"the answer: {format_short(model.predict([row])[0])}" in texts(gn.diagram(model, row))


def test_of_many_the_heaviest_and_how_many_more():
    neuron, row = DRAWN["many"]
    picture = gn.diagram(neuron)
    found = wires(picture)
    assert len(found) == 8 + 1 + 1
    assert "… 492 more" in texts(picture)
    shown = sorted(np.argsort(-np.abs(neuron.weights))[:8])
    assert [wire[0].text.split(":")[0] for wire in found[:8]] == [f"x{j + 1}" for j in shown]
    heaviest = sorted(np.abs(neuron.weights))[-9]
    assert format_short(heaviest) in picture.text.replace("-", "")
    found = wires(gn.diagram(neuron, row))
    products = neuron.weights * row
    shown = sorted(np.argsort(-np.abs(products))[:8])
    assert [wire[0].text.split(":")[0] for wire in found[:8]] == [f"x{j + 1}" for j in shown]
    together = np.delete(products, shown).sum()  # with the products that are shown and the bias it makes the sum
    assert f"together {format_short(together)}" in texts(gn.diagram(neuron, row))


def test_large_networks_make_small_pictures():
    network, row = DRAWN["wide"]
    picture = gn.diagram(network, row)
    assert len(picture.svg) < 120_000
    assert {"… 62 more", "… 24 more", "… 6 more"} <= set(texts(picture))
    assert "5 more layers" not in picture.text
    deep, row = DRAWN["deep"]
    assert "… 4 more layers" in texts(gn.diagram(deep, row))
    assert "4 more layers are not shown" in gn.diagram(deep).text
    last = deep.feedforward(row)
    assert all(format_output("sigmoid", a) in texts(gn.diagram(deep, row)) for a in last)


def test_the_largest_output_is_always_among_those_shown():
    layer = gn.Layer(np.eye(20), activation="relu")
    row = np.zeros(20)
    row[17] = 3.0
    assert "3" in texts(gn.diagram(layer, row))
    assert "Neuron 18:" in gn.diagram(layer, row).text


def test_ids_belong_to_one_picture(iris):
    def ids(svg):
        return [element.get("id") for element in ElementTree.fromstring(svg).iter() if element.get("id")]

    first, second = gn.diagram(gn.Neuron([1])), gn.diagram(gn.Neuron([2]))
    everything = [*ids(first.svg), *ids(second.svg), *ids(first._repr_svg_()), *ids(first._repr_svg_())]
    assert len(everything) == len(set(everything)) == 8
    assert gn.diagram(gn.Neuron([1])).svg == first.svg  # what is saved is the same each time


def test_names_are_escaped_cut_and_kept_whole_in_a_title():
    names = ['a & b < "c" > d\'s ' + "long " * 20, "tab\tand\x00zero", "x" * 200]
    picture = gn.diagram(gn.Neuron([1, 2, 3], names=names), [1, 2, 3])
    shown = [element for element in parsed(picture).iter(f"{SVG}text") if element.find(f"{SVG}title") is not None]
    assert [element[0].text for element in shown] == [names[0], names[2]]
    assert all(element[0].tail.endswith("…") for element in shown)
    assert "tab and zero" in texts(picture)


def test_a_gate_shows_its_threshold_and_no_bias():
    picture = gn.diagram(gn.McCullochPitts([1, 1], 2), [1, 0])
    assert "threshold 2" in texts(picture)
    assert "silent" in texts(picture)
    assert "1" in texts(picture)  # the sum, in which the threshold is no part
    assert "bias" not in picture.svg
    assert "fires" in texts(gn.diagram(gn.McCullochPitts([1, 1], 2), [1, 1]))


def test_what_a_neuron_fires_for():
    model = gn.Model((gn.Neuron([1.0, 1.0], -1.5, "step"),), ("versicolor", "virginica"), ("a", "b"))
    assert "fires: virginica" in texts(gn.diagram(model, [1, 1]))
    assert "silent: versicolor" in texts(gn.diagram(model, [0, 1]))
    assert {"fires: virginica", "silent: versicolor"} <= set(texts(gn.diagram(model)))


ESTIMATORS = {
    "perceptron": (gn.Perceptron(), 2), "many perceptrons": (gn.Perceptron(max_epochs=5, prove=False), 3),
    "voted": (gn.Perceptron(variant="voted", max_epochs=5, prove=False), 2), "adaline": (gn.Adaline(), 2),
    "sigmoid": (gn.SigmoidNeuron(), 2), "multinomial": (gn.SigmoidNeuron(), 3),
    "network": (gn.MLPClassifier(3, max_epochs=3), 2), "network of classes": (gn.MLPClassifier(3, max_epochs=3), 3),
}  # fmt: skip


@pytest.mark.parametrize("name", ESTIMATORS)
def test_fitted_estimators_answer_as_they_predict(name, iris):
    estimator, classes = ESTIMATORS[name]
    rows = slice(0, 50 * classes)
    estimator.fit(iris.X[rows], iris.y[rows])
    row = iris.X[60]
    picture = gn.diagram(estimator, row)
    answer = estimator.predict([row])[0]
    if classes == 2:
        assert any(text.endswith(f": {answer}") for text in texts(picture))
    else:
        assert re.search(rf"{answer}, the largest \w+: the answer", picture.text)
    for z in np.ravel(estimator.decision_function([row])):
        assert format_short(z) in texts(picture)
    assert str(estimator.classes_[0]) in gn.diagram(estimator).text


def test_estimators_that_answer_with_numbers(iris):
    line = gn.LinearNeuron().fit(iris.X[:, :2], iris.X[:, 2])
    row = iris.X[3, :2]
    assert f"the answer: {format_short(line.predict([row])[0])}" in texts(gn.diagram(line, row))
    both = gn.MLPRegressor(3, max_epochs=2).fit(iris.X[:, :2], iris.X[:, 2:])
    for answer in both.predict([row])[0]:
        assert format_short(answer) in texts(gn.diagram(both, row))
    labels = gn.MLPClassifier(3, max_epochs=2).fit(iris.X, (iris.X.mean(axis=0) < iris.X)[:, :2].astype(int))
    assert len(wires(gn.diagram(labels))) == 4 * 3 + 3 + 3 * 2 + 2


def test_a_frame_is_read_by_its_names():
    pandas = pytest.importorskip("pandas")
    neuron = gn.Neuron([2, 3], names=["a", "b"])
    row = pandas.DataFrame({"b": [10], "a": [1]}).iloc[0]
    assert "3 · 10 = 30" in texts(gn.diagram(neuron, row))


@pytest.mark.parametrize("name", ["step", "sigmoid", "tanh", "relu", "linear"])
def test_the_curve_is_the_textbook_s(name):
    """Ask the heights at which the curve is drawn whether they rise as the activation does."""
    row = [0.7]
    root = parsed(gn.diagram(gn.Neuron([1.0], 0.0, name), row))
    (curve,) = [p for p in root.iter(f"{SVG}path") if p.get("stroke-width") == "1.6"]
    points = np.array(re.findall(r"-?[\d.]+", curve.get("d")), dtype=float).reshape(-1, 2)
    half = {"sigmoid": 6.0, "tanh": 3.0}.get(name, 2.0)
    middle = (points[0, 0] + points[-1, 0]) / 2
    z = (points[:, 0] - middle) / (points[-1, 0] - middle) * half
    inside = np.abs(z) > 0.01  # the two points beside a step have one place
    a = gn.Neuron([1.0], 0.0, name).feedforward(z[:, np.newaxis])
    heights = -points[:, 1]
    slope, offset = np.polyfit(a[inside], heights[inside], 1)
    assert slope > 0
    assert np.allclose(slope * a[inside] + offset, heights[inside], atol=0.1)
    dots = [c for c in root.iter(f"{SVG}circle") if c.get("stroke") == "#ffffff"]
    assert len(dots) == 1
    assert float(dots[0].get("cy")) == pytest.approx(
        -(slope * gn.Neuron([1.0], 0.0, name).feedforward(row) + offset), abs=0.2
    )


def test_pictures_are_saved_whole(tmp_path, refused):
    picture = gn.diagram(gn.Neuron([1]))
    picture.save(tmp_path / "neuron.svg")
    assert (tmp_path / "neuron.svg").read_text(encoding="utf-8") == f"{picture.svg}\n"
    for name in ("neuron.png", "neuron"):
        with refused("parameter", "path", ".svg", name):
            picture.save(tmp_path / name)
    with refused("unwritable", "folder"):
        picture.save(tmp_path / "none" / "neuron.svg")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["neuron.svg"]


def test_a_notebook_shows_the_picture_and_the_words_stand_beside():
    picture = gn.diagram(gn.Neuron([1]))
    bundle = picture._repr_mimebundle_()
    assert bundle["text/plain"] == picture.text
    assert ElementTree.fromstring(bundle["image/svg+xml"]).get("role") == "img"


def test_what_cannot_be_drawn_is_refused(refused):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    with refused("not-drawable", "Pipeline", "pipeline[-1]"):
        gn.diagram(make_pipeline(StandardScaler(), gn.Perceptron()).fit(*OR))
    for thing, kind in ((LogisticRegression(), "LogisticRegression"), (3, "int"), (gn.Perceptron, "type")):
        with refused("not-drawable", kind):
            gn.diagram(thing)
    with pytest.raises(ValueError, match="not fitted"):
        gn.diagram(gn.Perceptron())
    with refused("features", "2"):
        gn.diagram(gn.Neuron([1, 1]), [1, 2, 3])
    with refused("not-bits"):
        gn.diagram(gn.McCullochPitts([1, 1], 2), [1, 0.5])
    with refused("not-finite"):
        gn.diagram(gn.Network.random([2, 2], seed=0), [1, float("nan")])
