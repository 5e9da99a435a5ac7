"""`gn.play`: what a cell is told, what stands beside it, and how a running fit is followed."""

import copy
import json
import pickle
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest
from sklearn.base import clone

import glassneuron as gn
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.views.notebook import follower as following
from glassneuron.views.notebook.follower import Follower
from glassneuron.views.notebook.lesson import lesson_of
from glassneuron.views.notebook.play import play, trained
from glassneuron.views.notebook.widget import code, style
from glassneuron.views.playground.runs import Run
from glassneuron.views.playground.specs import read_spec

X, OR, XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], [0, 1, 1, 0]


@pytest.fixture(scope="module")
def iris():
    return read_table(bundled("iris"), "species")


def perceptron(**settings):
    return gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False, **settings)


class Told:
    """Stands in for a widget: keeps what it was sent."""

    def __init__(self):
        self.messages, self.frames, self.why = [], [], None

    def send(self, message):
        json.dumps(message, allow_nan=False)
        self.messages.append(message)


def follow(model, rows, targets):
    told = Told()
    model.on_epoch = Follower(told, model, lesson_of(model, rows, targets, live=True)["spec"])
    return told


# What the page is told.


def test_an_estimator_trains_on_the_page_as_it_does_in_fit():
    spec = read_spec(lesson_of(perceptron(), X, OR)["spec"])
    frames = Run(spec).frames(0, 1000)
    fitted = perceptron().fit(X, OR)
    assert frames[-1]["theta"] == [*fitted.neuron_.weights, fitted.neuron_.bias]
    assert [frame["mistakes"] for frame in frames if frame["ends"]] == fitted.history_.mistakes


@pytest.mark.parametrize(
    ("model", "kind", "rate"),
    [
        (gn.Perceptron(), "perceptron", 1.0),
        (gn.Perceptron(variant="averaged", learning_rate=0.25), "perceptron", 0.25),
        (gn.SigmoidNeuron(), "sigmoid", 0.5),
        (gn.MLPClassifier((3, 2), "tanh", optimiser="sgd", learning_rate=0.125), "network", 0.125),
    ],
    ids=["perceptron", "averaged", "sigmoid", "network"],
)
def test_settings_of_estimators_are_those_of_the_page(model, kind, rate):
    spec = read_spec(lesson_of(model, X, ["no", "yes", "yes", "no"])["spec"])
    assert (spec.kind, spec.eta) == (kind, rate)
    assert spec.classes == ("no", "yes")
    assert spec.y.tolist() == XOR
    assert spec.shuffle == model.shuffle
    if kind == "network":
        assert (spec.hidden, spec.activation, spec.optimiser) == ((3, 2), "tanh", "sgd")
    if kind == "perceptron":
        assert spec.variant == model.variant


def test_a_neuron_and_a_network_go_on_from_their_weights():
    spec = lesson_of(gn.Neuron([2.0, -1.0], 0.5, "step", names=["a", "b"]), X, OR)["spec"]
    assert (spec["kind"], spec["start"], spec["names"]) == ("perceptron", [2.0, -1.0, 0.5], ["a", "b"])
    network = gn.Network.random([2, 3, 1], "tanh", output="sigmoid", seed=0)
    spec = lesson_of(network, X, XOR)["spec"]
    assert read_spec(spec).start.tolist() == network.parameters.tolist()
    first = Run(read_spec(spec)).frames(0, 1)[0]
    assert first["theta"] == network.parameters.tolist()


def test_without_rows_a_neuron_is_set_by_hand():
    lesson = lesson_of(gn.Neuron([1.5, 2], 3, "tanh"), None, None)
    assert lesson["neuron"] == {"w": [1.5, 2.0], "b": 3.0, "x": [1.0, 1.0], "activation": "tanh"}
    lesson = lesson_of(gn.McCullochPitts([1, 1], 2), None, None)
    assert (lesson["neuron"]["w"], lesson["neuron"]["b"], lesson["neuron"]["activation"]) == ([1.0, 1.0], -2.0, "step")
    fitted = perceptron().fit(X, OR)
    assert lesson_of(fitted, None, None)["neuron"]["w"] == fitted.neuron_.weights.tolist()


def test_features_far_from_one_scale_are_brought_there_and_that_is_said():
    rows = np.array([[100.0, 0.0], [300.0, 1.0], [200.0, 2.0]])
    lesson = lesson_of(gn.SigmoidNeuron(), rows, [0, 1, 1])
    assert np.allclose(np.mean(lesson["spec"]["X"], axis=0), 0.0)
    assert "one scale" in lesson["text"]
    assert lesson_of(gn.SigmoidNeuron(), X, OR)["spec"]["X"] == X


def test_long_trainings_are_shown_epoch_by_epoch(iris):
    assert "every" not in lesson_of(perceptron(), X, OR)["spec"]
    assert lesson_of(gn.MLPClassifier(4, "tanh", max_epochs=1000), iris.X, iris.y)["spec"]["every"] == "epoch"


def test_what_cannot_be_played_is_refused(refused, iris):
    with refused("not-playable", "LinearNeuron", "diagram"):
        play(gn.LinearNeuron(), X, OR)
    with refused("not-playable", "Neuron"):
        play(gn.Neuron([1, 2], 3, "relu"), X, OR)
    with refused("no-rows-to-play", "Network", "play(model, X, y)"):
        play(gn.Network.random([2, 2, 1], seed=0))
    with refused("parameter", "X and y"):
        play(gn.Perceptron(), X)
    with refused("lengths", "4", "3"):
        play(gn.Perceptron(), X, [0, 1, 1])
    with refused("parameter", "variant", "voted"):
        play(gn.Perceptron(variant="voted"), X, OR)
    with refused("parameter", "activation", "linear"):
        play(gn.MLPClassifier(3, "linear"), X, OR)
    with refused("parameter", "live"):
        play(gn.Neuron([1, 2], 3, "step"), X, OR, live=True)
    with refused("parameter", "live"):
        play(perceptron(), X, OR, live=True, static=True)
    with refused("parameter", "live"):
        play(gn.Perceptron(), live=True)
    with refused("parameter-type", "static"):
        play(gn.Perceptron(), X, OR, static="yes")


# What stands in the cell.


class Images(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found, self.cells = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in ("img", "iframe"):
            self.found.append((tag, dict(attributes)))

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        self.cells.append(data)


def test_beside_the_widget_stand_a_picture_a_sentence_and_a_table():
    pytest.importorskip("anywidget")
    widget = play(perceptron(), X, OR)
    data = widget._repr_mimebundle_()[0]
    assert "application/vnd.jupyter.widget-view+json" in data
    read = Images(data["text/html"])
    (_, image), fitted = read.found[0], perceptron().fit(X, OR)
    assert image["alt"] == gn.diagram(fitted.neuron_, names=["x1", "x2"]).text
    assert fitted.history_.why_stopped in data["text/plain"]
    assert read.cells[-5:] == ["3", "1", "1", "1", "1"]  # the last row, its class and the answer
    assert widget.data["verdicts"][0]["verdict"]["separable"] is True


def test_the_widget_s_module_is_one_and_asks_for_no_other():
    text = code()
    assert text.rstrip().endswith("export default { initialize, render };")
    assert "import " not in [line[:7] for line in text.splitlines()]
    assert 'document.getElementById("glassneuron")' not in text
    assert "@media (max-width:" not in style()
    assert "\nbody {" not in style()


def test_a_frame_holds_the_whole_page():
    framed = play(perceptron(), X, OR, static=True)
    bundle = framed._repr_mimebundle_()
    frames = [attributes for tag, attributes in Images(bundle["text/html"]).found if tag == "iframe"]
    assert len(frames) == 1
    assert frames[0]["sandbox"] == "allow-scripts"
    assert "</html>" in frames[0]["srcdoc"]
    assert bundle["text/plain"] == str(framed)
    assert "http://" not in frames[0]["srcdoc"].replace("http://www.w3.org/", "")


def test_the_still_picture_does_not_train_for_long(iris, monkeypatch):
    monkeypatch.setattr("glassneuron.views.notebook.play.PATIENCE", 0.0)
    spec = read_spec(lesson_of(gn.MLPClassifier(8, "tanh", max_epochs=10_000), iris.X, iris.y)["spec"])
    theta, words = trained(spec)
    assert len(theta) == 4 * 8 + 8 + 8 * 3 + 3
    assert "after epoch" in words


def test_without_the_extra_there_is_a_sentence():
    script = (
        "import sys; sys.modules['anywidget'] = None\nimport glassneuron as gn\n"
        "try: gn.play(gn.Neuron([1]))\nexcept gn.GlassneuronError as error: print(error)\n"
        "gn.play(gn.Neuron([1]), static=True)._repr_html_()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "playing in a notebook needs anywidget: pip install 'glassneuron[notebook]'." in done.stdout


# A running fit.


def frames_of(told):
    return [frame for message in told.messages for frame in message["frames"]]


@pytest.mark.parametrize(
    "model",
    [perceptron(), gn.Perceptron(variant="averaged"), gn.SigmoidNeuron(), gn.MLPClassifier(3, "tanh", max_epochs=15)],
    ids=["perceptron", "averaged", "sigmoid", "network"],
)
def test_each_epoch_of_a_fit_is_shown_with_its_parameters(model, monkeypatch):
    monkeypatch.setattr(following, "PAUSE", 0.0)
    plain = clone(model).fit(X, OR)
    told = follow(model, X, OR)
    model.fit(X, OR)
    assert model.history_.mistakes == plain.history_.mistakes
    frames = frames_of(told)
    assert [frame["epoch"] for frame in frames] == list(range(model.n_iter_ + 1))
    assert told.frames == frames
    assert told.why == told.messages[-1]["why"] == model.history_.why_stopped
    network = hasattr(model, "network_")
    last = model.network_.parameters if network else [*model.coef_.ravel(), *model.intercept_.ravel()]
    assert frames[-1]["theta"] == np.ravel(last).tolist()
    if model.history_.losses:
        assert [frame["loss"] for frame in frames[1:]] == model.history_.losses
    assert told.messages[0]["begins"]
    assert not any("begins" in message for message in told.messages[1:])
    model.on_epoch = None


def test_messages_are_few_and_the_last_epoch_is_always_among_them():
    model = perceptron(max_epochs=1000)
    told = follow(model, X, OR)
    model.fit(X, OR)
    assert len(told.messages) <= 3
    assert frames_of(told)[-1]["epoch"] == model.n_iter_


def test_of_a_long_training_some_epochs_are_kept(monkeypatch):
    monkeypatch.setattr(following, "MOST_FRAMES", 20)
    model = gn.Perceptron(max_epochs=333, tol=None, prove=False)
    told = follow(model, X, XOR)
    model.fit(X, XOR)
    assert len(told.frames) <= 22
    assert told.frames[-1]["epoch"] == 333


def test_a_second_fit_begins_anew():
    model = perceptron()
    told = follow(model, X, OR)
    model.fit(X, OR).fit(X, [0, 0, 0, 1])
    begins = [message for message in told.messages if message.get("begins")]
    assert len(begins) == 2
    assert told.frames[-1]["theta"] == [*model.neuron_.weights, model.neuron_.bias]


def test_the_on_epoch_that_was_there_is_still_called_and_may_stop():
    seen = []

    def mine(history):
        seen.append(history.epochs)
        return history.epochs == 3

    model = perceptron(on_epoch=mine)
    told = follow(model, X, OR)
    model.fit(X, OR)
    assert seen == [1, 2, 3]
    assert model.n_iter_ == 3
    follow(model, X, OR)
    assert model.on_epoch.before is mine  # and not the follower before
    assert model.history_.why_stopped.startswith(told.why)


def test_an_error_ends_what_is_shown():
    def fail(history):
        raise KeyboardInterrupt

    model = perceptron(on_epoch=fail)
    told = follow(model, X, OR)
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, OR)
    assert told.why == "it was interrupted"


def test_copies_of_a_followed_estimator_are_not_followed():
    model = perceptron()
    follow(model, X, OR)
    assert clone(model).on_epoch is None
    assert copy.deepcopy(model).on_epoch is None
    assert pickle.loads(pickle.dumps(model.fit(X, OR))).on_epoch is None
    assert isinstance(model.on_epoch, Follower)


def test_a_live_widget_is_told_through_its_traits():
    pytest.importorskip("anywidget")
    model = perceptron()
    widget = play(model, X, OR, live=True)
    assert widget.data["live"] is True
    assert len(widget.frames) == 1
    model.fit(X, OR)
    assert widget.frames[-1]["theta"] == [*model.neuron_.weights, model.neuron_.bias]
    assert widget.why == model.history_.why_stopped
