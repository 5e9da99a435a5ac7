"""One column alone: every text of it is tried, and along a number the model is followed piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.activations import activation
from glassneuron.engine.arrays import Array
from glassneuron.neurons.what_if.layers import Layers
from glassneuron.neurons.what_if.pieces import MOST_HIDDEN, Found, distance, hidden_neurons
from glassneuron.neurons.what_if.question import Question

MOST_SEGMENTS = 5000
GRID = np.geomspace(1e-4, 1e3, 300)  # steps, in units of the scale, at which a smooth network is looked at
HALVINGS = 60
NUDGES = 40

Span = tuple[float, float]


def alone(question: Question, c: int) -> Found:
    """Return the smallest change of one column that flips the answer."""
    if not question.free(c) or not question.goals:
        return Found(certified=True)
    if question.reader.columns[c].values:
        return _by_text(question, c)
    (j,) = question.reader.columns[c].features
    if question.reader.in_pieces and hidden_neurons(question) <= MOST_HIDDEN:
        spans, whole = _spans(question, j)
        return _nearest(question, j, spans, whole)
    return _on_grid(question, j)


def _by_text(question: Question, c: int) -> Found:
    """Try every text that the column may have."""
    best = Found(certified=True)
    for k in question.others(c):
        row = question.row.copy()
        row[list(question.reader.columns[c].features)] = np.eye(len(question.reader.columns[c].values))[k]
        if (far := distance(question, row)) < best.distance and question.flips(row):
            best = Found(row, far, far, certified=True)
    return best


def _spans(question: Question, j: int) -> tuple[list[Span], bool]:
    """Return all spans of steps of a feature in which the answer is flipped, and whether these are all."""
    (W, b, name), *others = question.layers
    line: Layers = ((W[:, j : j + 1], b, name), *others)
    low, high = ((end[j] - question.row[j]) / question.scale[j] for end in (question.low, question.high))
    segments: list[tuple[Array, Array, Span]] = []
    for k, segment in enumerate(_segments(line, np.ones(1), np.zeros(1), float(low), float(high))):
        if k == MOST_SEGMENTS:
            return _flipped(question, segments), False
        segments.append(segment)
    return _flipped(question, segments), True


def _segments(
    layers: Layers, slope: Array, start: Array, low: float, high: float
) -> Iterator[tuple[Array, Array, Span]]:
    """Yield where the last layer's sums are slope · t + start, for each span of t in which they are straight."""
    (W, b, name), *others = layers
    z, c = W @ slope, W @ start + b
    if not others:
        yield z, c, (low, high)
        return
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        bends = -c / z if name != "linear" else np.empty(0)
    bends = np.unique(bends[np.isfinite(bends) & (bends > low) & (bends < high)])
    ends = [low, *bends.tolist(), high]
    for a, e in pairwise(ends):
        middle = (
            (a + e) / 2.0 if np.isfinite(a + e) else a + 1.0 if np.isfinite(a) else e - 1.0 if np.isfinite(e) else 0.0
        )
        on = z * middle + c >= 0.0
        if name == "relu":
            yield from _segments(tuple(others), z * on, c * on, a, e)
        elif name == "step":
            yield from _segments(tuple(others), np.zeros(len(z)), on.astype(np.float64), a, e)
        else:
            yield from _segments(tuple(others), z, c, a, e)


def _flipped(question: Question, segments: list[tuple[Array, Array, Span]]) -> list[Span]:
    """Return the spans in which a goal is reached, the nearest first."""
    spans = []
    for slope, start, (low, high) in segments:
        for C, d in question.goals:
            a, e = low, high
            for w, z in zip((C @ slope).tolist(), (C @ start + d).tolist(), strict=True):
                if w > 0.0:
                    a = max(a, -z / w)
                elif w < 0.0:
                    e = min(e, -z / w)
                elif z < 0.0:
                    a, e = 1.0, -1.0
            if a <= e:
                spans.append((a, e))
    return sorted(spans, key=lambda span: max(span[0], -span[1], 0.0))


def _nearest(question: Question, j: int, spans: list[Span], whole: bool) -> Found:
    """Step into the nearest span by as little as makes the model itself answer otherwise."""
    integer = question.reader.columns[question.owner[j]].whole
    for low, high in spans:
        t = min(max(0.0, low), high)
        inward = 1.0 if t >= 0.0 and t != high else -1.0
        found = _whole_steps(question, j, low, high) if integer else _into(question, j, t, inward)
        if found is not None:
            far = distance(question, found)
            return Found(found, far, far if whole else 0.0, certified=whole)
    return Found(certified=whole)


def _into(question: Question, j: int, t: float, inward: float) -> Array | None:
    x, scale = question.row[j], question.scale[j]
    beyond = np.append(0.0, np.spacing(abs(x + scale * t)) * 4.0 ** np.arange(NUDGES - 1))
    values = x + scale * t + inward * beyond[beyond <= 1e-6 * (abs(x) + scale)]
    rows = np.repeat(question.row[np.newaxis], len(values), axis=0)
    rows[:, j] = np.clip(values, question.low[j], question.high[j])
    for k in np.flatnonzero(question.flipped(question.reader.sums(rows))):
        if question.holds(rows[k]) and question.flips(rows[k]):
            return np.array(rows[k])
    return None


def _whole_steps(question: Question, j: int, low: float, high: float) -> Array | None:
    """Return the nearest whole number in a span."""
    x, scale = question.row[j], question.scale[j]
    near = x + scale * min(max(0.0, low), high)
    for value in sorted(
        {np.floor(near), np.ceil(near), np.floor(near) - 1.0, np.ceil(near) + 1.0}, key=lambda v: abs(v - x)
    ):
        row = question.row.copy()
        row[j] = value
        if question.low[j] <= value <= question.high[j] and question.flips(row):
            return row
    return None


def _on_grid(question: Question, j: int) -> Found:
    """Look at a network on a grid, and halve the way to the first flip on either side."""
    x, scale = question.row[j], question.scale[j]
    best = Found()
    integer = question.reader.columns[question.owner[j]].whole
    for way in (1.0, -1.0):
        values = np.clip(x + way * scale * GRID, question.low[j], question.high[j])
        if integer:
            values = np.ceil(values) if way > 0.0 else np.floor(values)
            values = values[(values >= question.low[j]) & (values <= question.high[j])]
        steps = (values - x) / scale
        flipped = np.flatnonzero(question.flipped(_sums_along(question.layers, j, steps)))
        if len(flipped) == 0:
            continue
        k = int(flipped[0])
        near, far = (0.0 if k == 0 else float(steps[k - 1])), float(steps[k])
        for _ in range(HALVINGS if not integer else 0):
            middle = (near + far) / 2.0
            if middle in (near, far):
                break
            on = question.flipped(_sums_along(question.layers, j, np.array([middle])))[0]
            near, far = (near, middle) if on else (middle, far)
        row = _whole_steps(question, j, far, far) if integer else _into(question, j, far, way)
        if row is not None and (length := distance(question, row)) < best.distance:
            best = Found(row, length)
    return best


def _sums_along(layers: Layers, j: int, steps: Array) -> Array:
    """Return the last layer's sums at some steps of one feature alone, of shape (steps, outputs)."""
    kernels = backend.load("python")
    (W, b, name), *others = layers
    Z = np.multiply.outer(steps, W[:, j]) + b
    for W, b, following in others:
        Z, name = kernels.activations_at_once(activation(name).code, Z) @ W.T + b, following
    return np.asarray(Z)
