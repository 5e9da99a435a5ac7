"""What moved the answer to a row of the page, and the smallest change that flips it, in the table's units."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling
from glassneuron.neurons.what_if.what_if import what_if
from glassneuron.neurons.what_if.wording import parts
from glassneuron.views.playground.specs import (
    ACTIVATIONS,
    KINDS,
    MOST_CLASSES,
    MOST_FEATURES,
    Find,
    numbers,
    parameters,
    texts,
)

FIELDS = ("kind", "hidden", "activation", "theta", "names", "classes", "means", "deviations", "row", "locked")
MOST_HIDDEN = 64
"""Hidden neurons of a network that is asked about, in all layers together."""


def answer_what_if(request: dict[str, Any], find: Find) -> dict[str, Any]:
    """Answer for a model that the page trained.

    Examples
    --------
    >>> question = {"kind": "perceptron", "theta": [1, -3], "names": ["size"], "classes": ["small", "large"]}
    >>> told = answer_what_if({**question, "means": [0], "deviations": [1], "row": [2], "locked": []}, {}.__getitem__)
    >>> told["answer"], told["text"], told["flip"]["changes"][0]["written"]
    ('small', 'The smallest change that flips it to large (1 deviations; proved to be the smallest)', '3')
    """
    for name in FIELDS:
        if name not in request and name not in ("hidden", "activation"):
            raise problem("absent-field", name=name, what="the question", rule="there")
    model = _model(request)
    row = _numbers(request, "row", len(model.names))
    locked = texts("locked", request["locked"], None, "feature") if request["locked"] else ()
    told = what_if(model, row, locked=locked)
    titles = [part.title for part in parts(told)]
    return {**told.to_dict(), "text": titles[1]}


def _model(request: dict[str, Any]) -> Model:
    kind = checks.choice("kind", request["kind"], KINDS)
    names, classes = (
        texts("names", request["names"], None, "feature"),
        texts("classes", request["classes"], None, "class"),
    )
    if not 1 <= len(names) <= MOST_FEATURES:
        raise problem("parameter", name="names", rule=f"1 to {MOST_FEATURES} names", value=len(names))
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise problem("parameter", name="classes", rule=f"2 to {MOST_CLASSES} labels", value=len(classes))
    outputs, hidden = len(classes) if len(classes) > 2 else 1, []
    if kind == "network":
        asked = request.get("hidden", [])
        hidden = [
            checks.integer("hidden", size, f"[1, {MOST_HIDDEN}]")
            for size in (asked if isinstance(asked, list) else [asked])
        ]
        if sum(hidden) > MOST_HIDDEN:
            raise problem("parameter", name="hidden", rule=f"{MOST_HIDDEN} neurons at most", value=sum(hidden))
    last = "step" if kind == "perceptron" else "softmax" if outputs > 1 else "sigmoid"
    inner = checks.choice("activation", request.get("activation", "tanh"), ACTIVATIONS)
    sizes = (len(names), *hidden, outputs)
    theta = _numbers(request, "theta", parameters(sizes))
    network = Network.of_parameters(theta, list(sizes), [*[inner] * len(hidden), last])
    deviations = _numbers(request, "deviations", len(names))
    if not (deviations > 0.0).all():
        raise problem("parameter", name="deviations", rule="positive", value=float(deviations.min()))
    return Model(network, classes, names, Scaling(_numbers(request, "means", len(names)), deviations))


def _numbers(request: dict[str, Any], name: str, length: int) -> Array:
    return np.asarray(numbers(name, request[name], length, "one each"), np.float64)
