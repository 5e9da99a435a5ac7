"""What notebooks show: something for every value, always with its text, small, escaped, and never an error."""

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.display import Displayed
from glassneuron.errors import TrainingWarning
from glassneuron.learning.diagnosis.finding import Finding, Findings
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.proofs.certificates import Undecided
from glassneuron.views.notebook import displays
from glassneuron.views.notebook.chart import history_chart

OR = [[0, 0], [0, 1], [1, 0], [1, 1]]
EVIL = "<script>alert('a & b')</script>\""
VOID = {"img", "br"}


class Checked(HTMLParser):
    """Reads HTML and complains of tags that do not close, and of any that could run something."""

    def __init__(self, html):
        super().__init__()
        self.open, self.words, self.images = [], [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        assert tag in {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "p", "b", "i", "img", "details",
                       "summary", "pre"}  # fmt: skip
        if tag == "img":
            self.images.append(dict(attributes))
        elif tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def iris():
    return read_table(bundled("iris"), "species")


@pytest.fixture(scope="module")
def values(iris):
    perceptron = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    network = gn.MLPClassifier(2, "tanh", max_epochs=2, optimiser="sgd", batch_size=2)
    many = gn.SigmoidNeuron(max_epochs=3)
    noisy = gn.MLPClassifier(2, learning_rate=1e9, max_epochs=3)
    with pytest.warns(TrainingWarning):
        noisy.fit(iris.X, iris.y)
    found = {
        "Neuron": gn.Neuron([1.0, -2.0], 3.0, names=[EVIL, "b"]),
        "Layer": gn.Layer([[1, 2], [3, 4]]),
        "Network": gn.Network.random([2, 2, 1], seed=0),
        "Model": many.fit(iris.X, iris.y).model_,
        "McCullochPitts": gn.McCullochPitts([1, 1], 2),
        "Step": list(gn.watch(perceptron, OR, [0, 1, 1, 1]))[1],
        "competing Step": next(iter(gn.watch(gn.Perceptron(shuffle=False), iris.X, iris.y))),
        "WholeStep": next(iter(gn.watch(gn.SigmoidNeuron(), OR, [0, 1, 1, 1]))),
        "NetworkStep": list(gn.watch(network, OR, [0, 1, 1, 0]))[1],
        "History": perceptron.fit(OR, [0, 1, 1, 1]).history_,
        "empty History": gn.History(),
        "diverged History": noisy.history_,
        "Finding": Finding(EVIL, "so it is", "do this"),
        "Findings": noisy.diagnose(),
        "no Findings": Findings(),
        "Separable": gn.separability(OR, [0, 0, 0, 1], names=[EVIL, "b"]),
        "NotSeparable": gn.separability(OR, [EVIL, "b", "b", EVIL]),
        "Undecided": Undecided(EVIL, gn.separability(OR, [0, 0, 0, 1]).table),
        "ManyClasses": gn.separability(iris.X, iris.y),
        "TruthTable": gn.TruthTable.of("a and b"),
        "Table": iris,
        "Explanation": gn.Neuron([1, 2]).explain([3, 4]),
        "network Explanation": gn.Network.random([2, 2, 1], seed=0).explain([1, 2]),
        "Boundary": gn.Neuron([1, 2], -4, names=[EVIL, "b"]).boundary(),
        "SmallestNeuron": gn.smallest_neuron(gn.TruthTable.of("a and (b or c)")),
        "TwoLayers": gn.two_layers(gn.TruthTable.of("xor")),
    }
    assert noisy.history_.diverged
    return found


NAMES = [
    "Neuron", "Layer", "Network", "Model", "McCullochPitts", "Step", "competing Step", "WholeStep", "NetworkStep",
    "History", "empty History", "diverged History", "Finding", "Findings", "no Findings", "Separable", "NotSeparable",
    "Undecided", "ManyClasses", "TruthTable", "Table", "Explanation", "network Explanation", "Boundary",
    "SmallestNeuron", "TwoLayers",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_value_shows_as_html_and_as_text(name, values):
    value = values[name]
    bundle = value._repr_mimebundle_()
    assert list(bundle) == ["text/html", "text/plain"]
    checked = Checked(bundle["text/html"])
    assert checked.words or checked.images
    for image in checked.images:
        assert image["alt"]
        assert image["src"].startswith("data:image/svg+xml;base64,")
    assert bundle["text/plain"]
    assert value._repr_html_() == bundle["text/html"]
    assert len(bundle["text/html"]) < 60_000


def test_all_who_can_be_shown_are_tried(values):
    def kinds(kind):
        yield kind
        for heir in kind.__subclasses__():
            yield from kinds(heir)

    tried = {type(value) for value in values.values()}
    shown = {kind for kind in kinds(Displayed) if kind.__module__.startswith("glassneuron.")}
    shown = {kind for kind in shown if not kind.__module__.startswith("glassneuron.views.")}
    assert {kind.__name__ for kind in shown - tried} <= {
        "Displayed",
        "Value",
        "DiskTable",
    }  # which shows itself as a table does


def test_pictures_are_those_of_diagram(values):
    for name in ("Neuron", "McCullochPitts", "Layer", "Network", "Model"):
        (image,) = Checked(values[name]._repr_html_()).images
        assert image["alt"] == gn.diagram(values[name]).text
    step = values["Step"]
    before = gn.Neuron(step.weights_before, step.bias_before, step.activation)
    (image,) = Checked(step._repr_html_()).images
    assert image["alt"] == gn.diagram(before, step.x).text


def test_steps_show_their_arithmetic(values):
    for name in ("Step", "WholeStep"):
        words = Checked(values[name]._repr_html_()).words
        for line in str(values[name]).split("\n")[1:]:
            left, _, right = line.strip().partition("  ")
            assert left in words
            assert right.strip() in words
    words = Checked(values["NetworkStep"]._repr_html_()).words
    assert "the weights move" in words
    assert all(any(line in each for each in words) for line in str(values["NetworkStep"]).split("\n") if "->" in line)


def test_a_history_draws_each_epoch_and_prints_some(values):
    history = values["History"]
    checked = Checked(history._repr_html_())
    assert f"stopped: {history.why_stopped}" in checked.words
    assert "10 epochs" in checked.images[0]["alt"]
    assert "mistakes: 3 in the first epoch, 0 in the last" in checked.images[0]["alt"]
    for loss in history.losses:
        assert format_short(loss) in checked.words


def test_a_long_history_keeps_its_peak_and_stays_small():
    losses = [1.0] * 10_000
    losses[4321] = 17.0
    history = gn.History(losses=losses, mistakes=[5] * 10_000, why_stopped="it was long")
    bundle = history._repr_mimebundle_()
    assert sum(map(len, bundle.values())) < 40_000
    chart = history_chart(history)
    assert ">17</text>" in chart.svg
    d = re.findall(r' d="([^"]*)"', chart.body)[-1]
    heights = [float(y) for y in re.findall(r"[\d.]+ ([\d.]+)", d)]
    assert heights.count(min(heights)) == 1  # the peak is the one epoch that stands out
    assert len(heights) <= 400


def test_wide_networks_and_tall_tables_stay_small(iris):
    network = gn.Network.random([300, 300, 34], "relu", seed=0)
    assert network.parameters.size > 100_000
    assert sum(map(len, network._repr_mimebundle_().values())) < 80_000
    rows = np.random.default_rng(0).normal(size=(1_000_000, 2))
    encoding = replace(iris.encoding, columns=iris.encoding.columns[:2])
    table = replace(iris, X=rows, y=np.arange(1_000_000), encoding=encoding)
    bundle = table._repr_mimebundle_()
    assert bundle["text/plain"] == "Table(1,000,000 rows, 2 features, target species)"
    assert sum(map(len, bundle.values())) < 5_000
    wide = gn.Model((gn.Neuron(np.ones(5000)),), ("a", "b"), [f"feature number {j}" for j in range(5000)])
    assert sum(map(len, wide._repr_mimebundle_().values())) < 20_000
    truth = gn.TruthTable.of("parity", 12)
    assert sum(map(len, truth._repr_mimebundle_().values())) < 20_000


def test_what_fails_to_be_drawn_shows_its_text(values, monkeypatch):
    monkeypatch.setattr(displays, "diagram", lambda *_: 1 / 0)
    assert values["Neuron"]._repr_mimebundle_() == {"text/plain": repr(values["Neuron"])}
    assert values["Neuron"]._repr_html_() is None

    class Broken(Displayed):
        def __str__(self):
            raise RuntimeError

    assert "Broken" in Broken()._repr_mimebundle_()["text/plain"]


def test_names_from_outside_are_escaped(values):
    for name in ("Neuron", "Finding", "NotSeparable", "Undecided", "Boundary", "Separable"):
        assert "<script" not in values[name]._repr_html_()
    assert any(EVIL in word for word in Checked(values["Finding"]._repr_html_()).words)


def test_findings_are_a_list_that_prints_as_sentences():
    findings = gn.Perceptron().fit(OR, [0, 1, 1, 1]).diagnose()
    assert isinstance(findings, Findings)
    assert str(findings) == "\n".join(map(str, findings))
    assert str(Findings()) == "nothing stands out"
    both = Findings([Finding("a", "b", "c."), Finding("d", "e", "f.")])
    assert str(both) == "a: b. c.\nd: e. f."


def test_ipython_shows_what_we_say(values):
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()
    for value in values.values():
        data, _ = formatter.format(value)
        assert data["text/plain"] == value._repr_mimebundle_()["text/plain"]
        assert data["text/html"] == value._repr_html_()


def test_values_load_their_pictures_only_when_they_are_shown():
    code = "import glassneuron as gn, sys; n = gn.Neuron([1]); assert 'glassneuron.views' not in sys.modules; "
    code += "n._repr_html_(); assert 'glassneuron.views.notebook.displays' in sys.modules; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"sklearn", "scipy", "numba", "matplotlib", "pyarrow", "anywidget", "IPython"} & set(done.stdout.split())
