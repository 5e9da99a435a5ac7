"""The pictures of a report: regions, errors, calibration, weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.pipelines.importance import Importance
from glassneuron.pipelines.task import Report
from glassneuron.views.diagrams.picture import Picture
from glassneuron.views.diagrams.svg import element, line, text
from glassneuron.views.figures.canvas import short
from glassneuron.views.figures.plane.answers import answerer
from glassneuron.views.figures.plane.regions import DecisionRegionsDisplay
from glassneuron.views.figures.plane.section import limits, thinned
from glassneuron.views.palette import COLOURS, INK, NEGATIVE, PALE, POSITIVE
from glassneuron.views.report.plot import BELOW, TALL, TOP, WIDE, Plot, key, mark
from glassneuron.views.text.judging.importance import points
from glassneuron.views.text.tables import counted, percent

MOST_DOTS = 500
GRID = 150
MOST_BARS = 12
NUMBER = 62.0  # pixels
MOST_FEATURES = 8
"""Features of which a slice through two of them still says something."""
MOST_KEYS = 24


def regions(result: Report) -> Picture | None:
    """Draw which class is answered where, and the rows to judge by; None where a slice would hide nearly everything."""
    task, model = result.task, result.fitted.model
    assert task.classes is not None
    asked = answerer(model)
    project = asked.neuron is not None and len(task.names) > 2 and bool(asked.neuron.weights.any())
    if not project and len(task.names) > MOST_FEATURES:
        return None
    rows = result.judged
    labels = [task.classes[k] for k in task.y[rows].tolist()]
    shown = DecisionRegionsDisplay.computed(
        asked, task.X[rows], labels, features=_features(result), project=project, names=task.names, grid=GRID
    )
    low, high = (float(shown.u[0]), float(shown.v[0])), (float(shown.u[-1]), float(shown.v[-1]))
    plot = Plot(low, high, shown.section.labels, up_ticks=not shown.section.flat)
    plot.image(shown.painted())
    points = shown.points
    assert points is not None
    some = thinned(points.codes, MOST_DOTS)
    for i in some.tolist():
        plot.mark(points.u[i], points.v[i], int(points.codes[i]), 3.4)
        if points.wrong[i] and points.mistakes <= 60:
            x, y = plot.at(points.u[i], points.v[i])
            plot.add(element("circle", cx=x, cy=y, r=8.0, fill="none", stroke=INK, stroke_width=1.3))
    entries = [(mark(0.0, 0.0, k, 4.5), str(label)) for k, label in enumerate(shown.classes[:MOST_KEYS])]
    if 0 < points.mistakes <= 60:
        ring = element("circle", cx=0.0, cy=0.0, r=6.0, fill="none", stroke=INK, stroke_width=1.3)
        entries.append((ring, "answered wrong"))
    below, end = key(entries, TOP + TALL + BELOW + 10.0)
    absent = [str(c) for k, c in enumerate(shown.classes) if k not in shown.codes]
    words = [shown.section.told] if shown.section.told else []
    if len(some) < points.rows:
        words.append(f"{len(some):,} of {points.rows:,} rows drawn")
    if absent:
        words.append(f"no region here: {', '.join(absent[:12])}{' and others' if len(absent) > 12 else ''}")
    return Picture(
        f"Which class is answered where: {shown.section.labels[0]} and {shown.section.labels[1] or 'nothing else'}",
        "; ".join(words) or f"{counted(points.rows, 'row')}, {points.mistakes:,} of them answered wrong",
        plot.body() + below, plot.width, end,
    )  # fmt: skip


def _features(result: Report) -> Sequence[int] | None:
    """Return the two features that weigh most, on one scale; None where there are at most two."""
    if len(result.task.names) <= 2:
        return None
    order = np.argsort(-strengths(result), kind="stable")
    return sorted(order[:2].tolist())


def strengths(result: Report) -> Array:
    """Return how much each feature weighs: the length of all weights from it in the first layer, on one scale."""
    model = result.fitted.model
    weights = model.network.layers[0].weights
    if model.scaling is None or model.folded:
        weights = weights * result.fitted.scaling.deviations
    return np.asarray(np.linalg.norm(weights, axis=0))


def weights(result: Report) -> Picture:
    """Draw the features that weigh most: of one neuron with their sign, of more by the length of all their weights."""
    neurons, names = result.fitted.neurons, result.task.names
    if len(neurons) == 1:
        values, told = neurons[0].weights * result.fitted.scaling.deviations, "weight per standard deviation"
    else:
        values, told = strengths(result), "length of all weights from a feature, per standard deviation"
    order = np.argsort(-np.abs(values), kind="stable")[:MOST_BARS].tolist()
    more = len(names) - len(order)
    words = [f"{names[j]}: {format_short(float(values[j]))}" for j in order]
    left_out = f"; {more:,} more weigh less" if more else ""
    drawn, wide, end = _bars([names[j] for j in order], [float(values[j]) for j in order])
    return Picture(f"{told}{left_out}", f"{told}. {'; '.join(words)}{left_out}", drawn, wide, end)


def importance(found: Importance) -> Picture:
    """Draw how much the measure falls where a column is shuffled, with the spread over the shuffles."""
    order, of = found.order[:MOST_BARS], "accuracy" if found.measure == "accuracy" else "R²"
    means, spreads = ([float(each[j]) for j in order] for each in (found.means, found.deviations))
    names = [found.names[j] for j in order]
    more = len(found.names) - len(order)
    left_out = f"; {more:,} more matter less" if more else ""
    numbers = [points(found.measure, mean) for mean in means]
    words = [f"{n}: {m} ± {points(found.measure, s)}" for n, m, s in zip(names, numbers, spreads, strict=True)]
    drawn, wide, end = _bars(names, means, spreads, numbers)
    title = f"how much {of} falls where a column is shuffled{left_out}"
    return Picture(title, f"{title}. {'; '.join(words)}", drawn, wide, end)


def _bars(
    names: Sequence[str], values: Sequence[float], spreads: Sequence[float] = (), numbers: Sequence[str] = ()
) -> tuple[str, float, float]:
    """Draw a bar for each value, with its spread on either side; return the shapes, the width and the height."""
    reach = max([abs(v) + s for v, s in zip(values, spreads or [0.0] * len(values), strict=True)] + [1e-300])
    signed = min(values) < 0
    left, wide, step = 190.0, 250.0, 24.0
    before = NUMBER if signed else 0.0  # for the number of the longest bar to the left
    zero = left + before + (wide / 2 if signed else 0.0)
    span = wide / 2 if signed else wide
    shapes = [line(zero, 8.0, zero, 14.0 + step * len(values), stroke="#b0b0b0")]
    for row, (name, value) in enumerate(zip(names, values, strict=True)):
        y, size, positive = 14.0 + step * row, span * abs(value) / reach, value >= 0
        around = span * spreads[row] / reach if spreads else 0.0
        end = zero + size if positive else zero - size
        shapes += [
            text(left - 10.0, y + 14.0, short(name, 28), 12.0, most=left - 16.0, text_anchor="end"),
            element(
                "rect", x=min(zero, end), y=y + 3.0, width=max(size, 0.5), height=step - 8.0,
                fill=POSITIVE if positive else NEGATIVE,
            ),
        ]  # fmt: skip
        if around:
            shapes.append(line(end - around, y + step / 2 - 1.0, end + around, y + step / 2 - 1.0, stroke=INK))
        beyond = end + (around + 6.0 if positive else -around - 6.0)
        number = (numbers[row] if numbers else format_short(value)).replace("-", "−")
        shapes.append(text(beyond, y + 14.0, number, 12.0, text_anchor="start" if positive else "end", fill=PALE))
    return "".join(shapes), left + before + wide + 70.0, 20.0 + step * len(values)


def errors(result: Report) -> Picture:
    """Draw answers against true values, for numbers."""
    task, rows = result.task, result.judged
    true, answers = task.y[rows], result.answers[rows]
    low, high = limits([true, answers], margin=0.05)
    plot = Plot((low, low), (high, high), (f"true {task.about.get('target', 'value')}", "answer"))
    plot.lines([(low, low), (high, high)], stroke=PALE, stroke_dasharray="5 4", stroke_width=1.2)
    some = (
        np.arange(len(rows)) if len(rows) <= 2 * MOST_DOTS else np.linspace(0, len(rows) - 1, 2 * MOST_DOTS).astype(int)
    )
    for i in some.tolist():
        x, y = plot.at(float(true[i]), float(answers[i]))
        plot.add(element("circle", cx=x, cy=y, r=3.4, fill=COLOURS[0], fill_opacity=0.55))
    best = f'<path d="M -8 0 L 8 0" fill="none" stroke="{PALE}" stroke-width="1.5" stroke-dasharray="5 4"/>'
    below, end = key([(best, "  an answer that is true")], TOP + TALL + BELOW + 10.0)
    part = "" if len(some) == len(rows) else f"{len(some):,} of {len(rows):,} rows drawn; "
    told = f"{part}on the dashed line an answer is true"
    return Picture("Answers against true values", told, plot.body() + below, plot.width, end)


def calibration(told: Mapping[str, Any]) -> Picture:
    """Draw probabilities against outcomes."""
    of = "the answered class" if told["of"] is None else str(told["of"])
    plot = Plot((0.0, 0.0), (1.0, 1.0), (f"probability of {of}", "share that came true"), percent=True)
    most = max(each["rows"] for each in told["bins"])
    for each in told["bins"]:
        x, y = plot.at(each["low"], 0.18 * each["rows"] / most)
        wide = WIDE * (each["high"] - each["low"])
        plot.add(element("rect", x=x + 1.0, y=y, width=wide - 2.0, height=TOP + TALL - y, fill="#dcdcdc"))
    plot.lines([(0.0, 0.0), (1.0, 1.0)], stroke=PALE, stroke_dasharray="5 4", stroke_width=1.2)
    for each in told["bins"]:
        plot.lines([(each["mean"], each["least"]), (each["mean"], each["most"])], stroke=COLOURS[0], stroke_width=1.2)
    if len(told["bins"]) > 1:
        plot.lines([(each["mean"], each["share"]) for each in told["bins"]], stroke=COLOURS[0])
    for each in told["bins"]:
        plot.mark(each["mean"], each["share"], 0, 4.5)
    grey = '<rect x="-7" y="-6" width="14" height="12" fill="#dcdcdc"/>'
    entries = [(mark(0.0, 0.0, 0, 4.5), "share that came true, with 95 % confidence"), (grey, "how many rows")]
    below, end = key(entries, TOP + TALL + BELOW + 10.0)
    words = [
        f"{percent(e['mean'])} given, {percent(e['share'])} came true, {counted(e['rows'], 'row')}"
        for e in told["bins"]
    ]
    return Picture(f"Probabilities of {of} against outcomes", "; ".join(words), plot.body() + below, plot.width, end)
