"""`gn.play`: a neuron or a network to play with in a cell of a notebook."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.display import Displayed
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.views.diagrams.diagram import diagram
from glassneuron.views.live.live_page import live_page
from glassneuron.views.notebook.follower import Follower
from glassneuron.views.notebook.html import paragraph, table
from glassneuron.views.notebook.lesson import Lesson, lesson_of
from glassneuron.views.notebook.widget import kind
from glassneuron.views.playground.runs import MOST_AT_ONCE, Run
from glassneuron.views.playground.specs import Spec, read_spec

PATIENCE = 0.5
"""Seconds that the still picture may take to train."""
MOST_ROWS = 12
HEIGHT = 760


def play(model: Any, X: Any = None, y: Any = None, *, live: bool = False, static: bool = False) -> Any:
    """Play with a neuron or a network in a cell of a notebook.

    Without rows: a neuron whose inputs and weights are set by hand. With rows and classes: its training, forward and
    back, step by step, with every number of it. An estimator learns as its settings say, one row at a time; a neuron or
    a network goes on from its weights. Everything is computed in the page, so that it works without a kernel too.

    Parameters
    ----------
    model : Neuron, McCullochPitts, Network, Model, Perceptron, SigmoidNeuron or MLPClassifier
    X : array_like of shape (rows, features), optional
        Up to 5,000 rows and 50 features.
    y : array_like of shape (rows,), optional
    live : bool, default False
        Show each `fit` of this estimator while it runs, wherever it is called: its parameters after each epoch. Ends
        with ``model.on_epoch = None``.
    static : bool, default False
        Show the page in a frame, as a file of its own: without a widget, and it stays alive in a notebook that is saved
        or exported.

    Returns
    -------
    A widget, or with `static` a value that a notebook shows; beside both, a still picture, a sentence and a table.

    Raises
    ------
    ParameterError, ParameterTypeError, DataError
        For a model that cannot be played with, or rows that are too many.
    MissingExtraError
        Without the extra `notebook`, except with `static`.

    Examples
    --------
    >>> shown = play(Neuron([0, 1], 4), static=True)
    >>> print(shown)
    A neuron computes. Move an input or a weight, and see what follows.
    """
    checks.boolean("live", live)
    checks.boolean("static", static)
    if live:
        Follower.refuse(model, X, static=static)
    lesson = lesson_of(model, X, y, live=live)
    if static:
        return Framed(lesson)
    widget = kind()(lesson, still(lesson), live=live)
    if live:
        model.on_epoch = Follower(widget, model, lesson["spec"])
    return widget


class Framed(Displayed):
    """The page as a file in a frame."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        page = live_page({"lesson": self.lesson["id"], "hide": ["tabs"]}, [self.lesson])
        frame = (
            f'<iframe title="{escape(str(self))}" width="100%" height="{HEIGHT}" frameborder="0" '
            f'sandbox="allow-scripts" srcdoc="{escape(page)}"></iframe>'
        )
        beside = still(self.lesson)
        folded = f"<details><summary>without JavaScript</summary>{beside['text/html']}</details>"
        return {"text/html": frame + folded, "text/plain": str(self)}

    def __str__(self) -> str:
        return _sentence(self.lesson)


def _sentence(lesson: Lesson) -> str:
    return f"{lesson['title']}. {lesson['text']}"


def still(lesson: Lesson) -> dict[str, str]:
    """Return what stands beside the page: a picture, a sentence and a table, as HTML and as text."""
    words = _sentence(lesson)
    if "neuron" in lesson:
        now = lesson["neuron"]
        neuron = Neuron(now["w"], now["b"], now["activation"], names=lesson["names"])
        picture, explanation = diagram(neuron, now["x"]), neuron.explain(now["x"])
        html = paragraph(words) + picture.image + explanation.html
        return {"text/html": html, "text/plain": f"{words}\n{explanation}"}
    spec = read_spec(lesson["spec"])
    theta, why = trained(spec)
    network = network_of(spec, theta)
    words = f"{words} {why}"
    html = paragraph(words) + diagram(network, names=spec.names).image + _rows(spec, network)
    return {"text/html": html, "text/plain": f"{words}\n{diagram(network, names=spec.names)}"}


def trained(spec: Spec) -> tuple[list[float], str]:
    """Train as the page does, not too long, and return the parameters and a sentence on how it ended."""
    run = Run(spec)
    theta, frames = list[float](), run.frames(0, 1)
    seconds = PATIENCE
    while frames:
        theta, epoch = frames[-1]["theta"], frames[-1]["epoch"]
        if run.length is not None or seconds <= 0.0:
            break
        frames = run.frames(run.place, MOST_AT_ONCE, seconds=0.1)
        seconds -= 0.1
    why = run.why if run.length is not None else None
    return theta, f"It stopped: {why}." if why else f"The picture shows it after epoch {epoch}."


def network_of(spec: Spec, theta: list[float]) -> Network:
    """Return the network that flat parameters of a training stand for."""
    inner, outputs = len(spec.hidden) if spec.kind == "network" else 0, spec.outputs
    last = "step" if spec.kind == "perceptron" else "softmax" if outputs > 1 else "sigmoid"
    activations = [spec.activation] * inner + [last]
    return Network.of_parameters(np.array(theta), spec.sizes, activations)


def _rows(spec: Spec, network: Network) -> str:
    sums, _ = network.forward(spec.X[:MOST_ROWS])
    places = (sums[:, 0] >= 0.0).astype(int) if spec.outputs == 1 else sums.argmax(axis=1)
    most = 8
    names = [*spec.names[:most], *["…"] * (len(spec.names) > most)]
    rows = []
    for i, answer in enumerate(places.tolist()):
        cells = [*map(format_short, spec.X[i, :most].tolist()), *["…"] * (len(spec.names) > most)]
        rows.append([str(i), *cells, spec.classes[spec.y[i]], spec.classes[answer]])
    more = paragraph(f"and {len(spec.X) - MOST_ROWS:,} more rows") if len(spec.X) > MOST_ROWS else ""
    return table(["row", *names, "class", "answer"], rows) + more
