"""A training as lines: what each epoch cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

from glassneuron.learning.history import History
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.diagrams.picture import Picture
from glassneuron.views.diagrams.svg import element, line, path, text, width
from glassneuron.views.palette import COLOURS, PALE

WIDE, TALL, LEFT, TOP, BOTTOM, BETWEEN = 420.0, 120.0, 60.0, 26.0, 26.0, 18.0
MOST_POINTS = 300
"""Of a long training the least and the largest value of each stretch is drawn, so that no peak is lost."""

Series = tuple[str, Sequence[float], str | None]
"""The name of a line, its values, and its dashes."""


def history_chart(history: History) -> Picture | None:
    """Draw the mistakes and the losses of each epoch; None where there is nothing to draw."""
    panels: list[list[Series]] = [
        [("mistakes", history.mistakes, None)],
        [("loss", history.losses, None), ("validation loss", history.validation_losses, "6 3")],
    ]
    shown = [[each for each in panel if any(map(math.isfinite, each[1]))] for panel in panels]
    shown = [panel for panel in shown if panel]
    if not shown or history.epochs == 0:
        return None
    body = "".join(_panel(panel, TOP + k * (TALL + TOP + BETWEEN), history.epochs) for k, panel in enumerate(shown))
    foot = TOP + len(shown) * (TALL + TOP + BETWEEN) - TOP - BETWEEN + 18.0
    end = text(LEFT + WIDE, foot, f"epoch {history.epochs:,}", 11.0, fill=PALE, text_anchor="end")
    body += text(LEFT, foot, "epoch 1", 11.0, fill=PALE) + (end if history.epochs > 1 else "")
    words = [sentence for panel in shown for sentence in map(_words, panel)]
    title = f"A training of {history.epochs:,} epoch{'s' * (history.epochs != 1)}"
    return Picture(title, ". ".join([title, *words]) + ".", body, LEFT + WIDE + 16.0, foot + 12.0)


def _words(series: Series) -> str:
    name, values, _ = series
    known = [v for v in values if math.isfinite(v)]
    first, last = format_short(known[0]), format_short(known[-1])
    return f"{name}: {first} in the first epoch, {last} in the last, at least {format_short(min(known))}"


def _panel(panel: Sequence[Series], top: float, epochs: int) -> str:
    known = [v for _, values, _ in panel for v in values if math.isfinite(v)]
    low, high = min(0.0, *known), max(0.0, *known)
    high = high if high > low else low + 1.0

    def at(epoch: int, value: float) -> tuple[float, float]:
        share = (value / 2 - low / 2) / (high / 2 - low / 2)
        return LEFT + WIDE * (epoch / max(epochs - 1, 1)), top + TALL * (1.0 - share)

    shapes, x = [], LEFT
    for mark in (low, high):
        y = at(0, mark)[1]
        shapes += [
            line(LEFT, y, LEFT + WIDE, y, stroke="#d0d0d0"),
            text(LEFT - 6.0, y + 4.0, format_short(mark), 11.0, fill=PALE, text_anchor="end"),
        ]
    for k, (name, values, dashes) in enumerate(panel):
        colour = COLOURS[k]
        points = [at(*pair) for pair in _thinned(values)]
        if len(points) == 1:
            shapes.append(element("circle", cx=points[0][0], cy=points[0][1], r=3.0, fill=colour))
        d = path("M", *points[0], "L", *(number for point in points for number in point))
        shapes.append(
            element("path", d=d, fill="none", stroke=colour, stroke_width=1.8, stroke_dasharray=dashes,
                    stroke_linejoin="round")
        )  # fmt: skip
        shapes += [
            line(x, top - 12.0, x + 22.0, top - 12.0, stroke=colour, stroke_width=2.0, stroke_dasharray=dashes),
            text(x + 28.0, top - 8.0, f"{name} per epoch", 11.0),
        ]
        x += 28.0 + width(f"{name} per epoch", 11.0) + 16.0
    return "".join(shapes)


def _thinned(values: Sequence[float]) -> list[tuple[int, float]]:
    """Return epochs and values, of a long training the two extremes of each stretch."""
    pairs = [(epoch, value) for epoch, value in enumerate(values) if math.isfinite(value)]
    if len(pairs) <= MOST_POINTS:
        return pairs
    size = -(-2 * len(pairs) // MOST_POINTS)
    kept: list[tuple[int, float]] = []
    for start in range(0, len(pairs), size):
        stretch = pairs[start : start + size]
        ends = {min(stretch, key=lambda pair: pair[1]), max(stretch, key=lambda pair: pair[1])}
        kept += sorted(ends)
    return kept
