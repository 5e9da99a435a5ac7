"""The hidden plane: where two hidden neurons put the rows, and where the rest of the network cuts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import as_rows
from glassneuron.errors import problem
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.views.figures.plane.answers import answerer
from glassneuron.views.figures.plane.regions import DecisionRegionsDisplay


class HiddenPlaneDisplay(DecisionRegionsDisplay):
    """What the hidden neurons make of the rows: the plane that the next layer looks at, drawn as decision regions."""


def plot_hidden_plane(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    layer: int = 1,
    neurons: Sequence[int] = (1, 2),
    ax: Any = None,
) -> HiddenPlaneDisplay:
    """Draw where two hidden neurons put the rows, and what the layers behind them answer at each point.

    Parameters
    ----------
    estimator : Network, Model, or fitted MLPClassifier
    X : array_like of shape (rows, features)
    y : array_like of shape (rows,), optional
        Labels of any kind; without them no rows are drawn.
    layer : int, default 1
        Which hidden layer, from 1.
    neurons : two ints, default (1, 2)
        Which of its neurons, from 1; the others are held at the medians of what they answer.
    ax : matplotlib Axes, optional

    Examples
    --------
    >>> import glassneuron as gn
    >>> xor = gn.Network([gn.Layer([[1, 1], [1, 1]], [-0.5, -1.5], "step"), gn.Layer([[1, -1]], [-0.5], "step")])
    >>> drawn = plot_hidden_plane(xor, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> drawn.ax_.get_xlabel(), drawn.points_[1].get_offsets().tolist()
    ('hidden neuron 1', [[1.0, 0.0], [1.0, 0.0]])
    """
    network, classes, rows = _network_of(estimator, X)
    hidden = len(network.layers) - 1
    if hidden < 1:
        raise problem("parameter", name="estimator", rule="a network with a hidden layer", value=estimator)
    checks.integer("layer", layer, f"[1, {hidden}]")
    many = network.sizes[layer]
    if not np.iterable(neurons) or len(neurons) != 2 or neurons[0] == neurons[1] or many < 2:
        rule = f"two different neurons out of the {many} of layer {layer}, from 1"
        raise problem("parameter", name="neurons", rule=rule, value=neurons)
    chosen = [checks.integer("neurons", n, f"[1, {many}]") - 1 for n in neurons]
    answers = Network(network.layers[:layer]).forward(rows)[1]
    behind = Network(network.layers[layer:])
    asked = answerer(behind, y=y)
    if classes is not None and len(classes) == len(asked.classes):
        asked = replace(asked, classes=tuple(classes))
    where = "hidden neuron" if hidden == 1 else f"layer {layer}, neuron"
    names = [f"{where} {k + 1}" for k in range(many)]
    return HiddenPlaneDisplay.of(asked, answers, y, features=chosen, names=names, what="neurons", ax=ax)


def _network_of(estimator: Any, X: Any) -> tuple[Network, list[Any] | None, Any]:
    """Return the network of a model, its classes, and the rows as the network reads them."""
    rows = as_rows(X, "X").astype(np.float64, copy=False)
    if isinstance(estimator, Network):
        return estimator, None, rows
    if isinstance(estimator, Model):
        scaled = rows if estimator.scaling is None or estimator.folded else estimator.scaling.apply(rows)
        return estimator.network, None if estimator.classes is None else list(estimator.classes), scaled
    network = getattr(estimator, "network_", None)
    if not isinstance(network, Network):
        rule, kind = "a network, a model or a fitted MLPClassifier", type(estimator).__name__
        raise problem("parameter-type", name="estimator", rule=rule, value=estimator, kind=kind)
    classes = getattr(estimator, "classes_", None)
    return network, None if classes is None else classes.tolist(), rows
