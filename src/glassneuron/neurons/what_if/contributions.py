"""What moved an answer: how much of the sum each column of the row brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.what_if.layers import linearised
from glassneuron.neurons.what_if.question import Question

POINTS = 200  # of the way from the usual row to this one, at which slopes are taken


@dataclass(frozen=True)
class Contribution:
    """How much one column moved the sum.

    Attributes
    ----------
    name : str
    value : float, str or None
        The row's; None for a text column in which the row has no text.
    usual : float or None
        What it is compared with: the mean where the model was trained; None for 0, and for texts.
    effect : float
        How much larger the sum is for it: weight · (value - usual). Of networks the weight is the slope of the sum, on
        average over the straight way from the usual row to this one; where step neurons have no slope, it is by how
        much the sum falls if this column alone is put back to the usual.

    References
    ----------
    Sundararajan, Taly & Yan (2017), Axiomatic attribution for deep networks, ICML.
    """

    name: str
    value: Any
    usual: float | None
    effect: float


@dataclass(frozen=True)
class Contributions:
    """The sum of an answer, taken apart.

    Attributes
    ----------
    of : str
        What sum it is.
    total : float
    start : float
        The sum before any column moved it: the bias, or that of a row of means.
    start_name : str
    columns : tuple of Contribution
        The largest first.
    together : float
        What is left over of a network's sum: little where the slopes were averaged.
    """

    of: str
    total: float
    start: float
    start_name: str
    columns: tuple[Contribution, ...]
    together: float


def contributions(question: Question) -> Contributions:
    """Take the sum apart that decided: that of one neuron, or by how much the winner is ahead of the next class."""
    reader, row, z = question.reader, question.row, question.at_row
    usual = np.zeros(len(row)) if reader.means is None else reader.means
    pick, of = np.ones(len(z)), "the sum" if reader.labels is not None else "the answer"
    if len(z) > 1:
        others = [k for k in range(len(z)) if k != question.answer]
        rival = question.wanted if question.wanted is not None else max(others, key=lambda k: (z[k], -k))
        pick = np.eye(len(z))[question.answer] - np.eye(len(z))[rival]
        assert reader.labels is not None
        of = f"the lead of {reader.labels[question.answer]} over {reader.labels[rival]}"
    columns = [list(column.features) for column in reader.columns]
    if reader.alone:
        W, b, _ = reader.layers[0]
        w, bias = pick @ W.astype(np.float64), float(pick @ b)
        moved = w * (row - usual)
        effects = np.array([moved[features].sum() for features in columns])
        start = bias + float(w @ usual)
    else:
        start = float(reader.sums(usual[np.newaxis])[0] @ pick)
        if any(name == "step" for _, _, name in reader.layers):
            effects = float(z @ pick) - _put_back(question, columns, usual) @ pick
        else:
            moved = (row - usual) * (pick @ _mean_slopes(question, usual))
            effects = np.array([moved[features].sum() for features in columns])
    total = float(z @ pick)
    order = np.argsort(-np.abs(effects), kind="stable")
    told = [
        Contribution(reader.columns[c].name, _value(question, c), _usual(question, c), float(effects[c])) for c in order
    ]
    name = (
        "bias"
        if reader.means is None and reader.alone
        else "a row of means"
        if reader.means is not None
        else "a row of zeros"
    )
    together = 0.0 if reader.alone else total - start - float(effects.sum())
    return Contributions(of, total, start, name, tuple(told), together)


def _mean_slopes(question: Question, usual: Array) -> Array:
    """Return the slopes of the last layer's sums, of shape (outputs, features), averaged on the way to the row."""
    way, layers = question.row - usual, question.reader.layers
    slopes = np.zeros((len(question.at_row), len(usual)))
    for k in range(POINTS):
        slopes += linearised(layers, usual + (k + 0.5) / POINTS * way)[1]
    return slopes / POINTS


def _put_back(question: Question, columns: list[list[int]], usual: Array) -> Array:
    """Return the sums, of shape (columns, outputs), of the row with one column each put back to the usual."""
    rows = np.repeat(question.row[np.newaxis], len(columns), axis=0)
    for c, features in enumerate(columns):
        rows[c, features] = usual[features]
    return question.reader.sums(rows)


def _value(question: Question, c: int) -> Any:
    column = question.reader.columns[c]
    if not column.values:
        return column.written(question.row[column.features[0]])
    place = question.text(c, question.row)
    return None if place is None else column.values[place]


def _usual(question: Question, c: int) -> float | None:
    column, means = question.reader.columns[c], question.reader.means
    return None if means is None or column.values or column.two else float(means[column.features[0]])
