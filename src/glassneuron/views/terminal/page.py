"""One step on one screen, as text: its arithmetic, the rows, the weights, the plane, the epochs so far."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.learning.watch.gradient_step import WholeStep
from glassneuron.learning.watch.network_step import NetworkStep
from glassneuron.learning.watch.step import Step
from glassneuron.neurons.explain.numbers import format_output, format_short
from glassneuron.views.terminal.answers import Answers, after
from glassneuron.views.terminal.recording import Recording
from glassneuron.views.text.chart import bars

SIDE, WIDE_SIDE, WIDE = 33, 46, 100  # columns of the right half, and of it on a screen so wide
PLANE = 31
NARROW = 64  # columns below which there is one half only
BARS = 3  # lines of the chart of mistakes
POINTS = "■●▲◆★+x○"  # of classes in the plane, in the order of the palette's shapes
KEYS = "→ ← step  ↓ ↑ epoch  space play  Home End  g go to  j k scroll  ? help  q quit"
FEWER_KEYS = "→ ← step  ↓ ↑ epoch  ? help  q quit"
HELP = (
    ("→  n", "the next step"), ("←  p", "the step before"), ("↓  e", "the next epoch"), ("↑  E", "the epoch before"),
    ("Home", "the first step"), ("End", "learn to the end"), ("space", "play, pause"), ("g", "go to a step"),
    ("j  k", "scroll the arithmetic"), ("?", "this help"), ("q", "quit"), ("", ""),
)  # fmt: skip
WHAT = (
    "A step is one row that is shown; the arithmetic is what the training does with it. Going back shows the same "
    "training again. Beside it stand the weights after the step, and what they answer. The plane shows where the "
    "answer is the last class (·), the rows by their class, and as @ the one that is shown."
)


@dataclass(frozen=True)
class Place:
    """A step of a recording: the epoch from 1, and the step of it from 0."""

    epoch: int = 1
    step: int = 0


def page(film: Recording, place: Place, width: int, height: int, scroll: int = 0) -> list[str]:
    """Write a step on a screen of so many columns and lines."""
    steps = film.steps(place.epoch)
    if not steps:
        return [_fit(line, width) for line in ["nothing was learned", f"stopped: {film.why}"]][:height]
    step, answers = steps[place.step], after(steps, place.step)
    top = header(film, place, width)
    said = _wrapped(sentence(film, place, step, answers), width)
    bottom = [
        *_shortened(said, max(2, height // 6)),
        KEYS if width >= len(KEYS) else FEWER_KEYS,
    ]
    room = max(1, height - len(top) - len(bottom) - 1)
    wide, side = width >= NARROW, WIDE_SIDE if width >= WIDE else SIDE
    left, right = (width - side - 2, side) if wide else (width, 0)
    arithmetic = [part for line in str(step).splitlines() for part in _folded(line, left)]
    if not wide:
        table = _table(film, step, answers, width, max(room - len(arithmetic) - 1, room // 3))
        body = _scrolled(arithmetic, scroll, max(room - len(table) - 1, 1))
        return _screen(top, [*body, "", *table][:room], bottom, width, height)
    chart = _chart(film, place, steps, left)
    body = _scrolled(arithmetic, scroll, max(room - len(chart) - 1, 3))
    body = [*body, *[""] * (room - len(body) - len(chart)), *chart]
    spare = room - len(_table(film, step, answers, side, room)) - 2  # lines that the plane may have
    plane = _plane(film, answers, step, min(max(spare, room // 3), 12)) if film.course.rows.X.shape[1] == 2 else []
    beside = _table(film, step, answers, side, room - len(plane) - 1)
    beside = [*beside, *[""] * (room - len(beside) - len(plane)), *plane]
    middle = [f"{_fit(a, left):<{left}}  {_fit(b, right)}" for a, b in zip(body[:room], beside[:room], strict=False)]
    return _screen(top, middle, bottom, width, height)


def help_page(width: int, height: int) -> list[str]:
    """Say what the keys do."""
    told = [f"{keys:<7}{what}" for keys, what in HELP]
    if width >= NARROW:
        told = [f"{a:<32}{b}" for a, b in zip(told[::2], told[1::2], strict=True)]
    return _screen([], [*told, "", *_wrapped(WHAT, width)], [], width, height)


def _screen(top: list[str], middle: list[str], bottom: list[str], width: int, height: int) -> list[str]:
    gap = max(0, height - len(top) - len(middle) - len(bottom))
    return [_fit(line, width).rstrip() for line in [*top, *middle, *[""] * gap, *bottom]][:height]


def _fit(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(width - 1, 0)]}…"


def _shortened(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def _folded(line: str, width: int) -> list[str]:
    """Break a line that is too long; what follows stands further in."""
    indent = " " * (len(line) - len(line.lstrip()) + 6)
    return textwrap.wrap(line, width, subsequent_indent=indent, drop_whitespace=True) or [""]


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width) or [""]


def _scrolled(lines: list[str], scroll: int, room: int) -> list[str]:
    """Return the part of lines that has room, and say how many follow."""
    if len(lines) <= room:
        return lines
    start = min(scroll, len(lines) - room + 1)
    shown = lines[start : start + room - 1]
    rest = len(lines) - start - len(shown)
    return [*shown, f"… {rest} more lines (j, k)" if rest else f"… the end of {len(lines)} lines (j, k)"]


def number(film: Recording, place: Place) -> int:
    """Return the number of a step in the whole training, from 1: every epoch has as many steps."""
    return (place.epoch - 1) * len(film.steps(1)) + place.step + 1


def header(film: Recording, place: Place, width: int) -> list[str]:
    """Return the title, and where in the training the step is."""
    of = f" of {film.epochs}" if film.over else ""
    where = f"epoch {place.epoch}{of}, step {number(film, place)}"
    title = film.course.title
    if len(title) + len(where) + 2 > width:
        return [title, where, ""] if len(title) > width else [_fit(title, width - len(where) - 2) + "  " + where, ""]
    return [f"{title}{where:>{width - len(title)}}", ""]


def sentence(film: Recording, place: Place, step: Any, answers: Answers) -> str:
    """Say in a sentence what happened, and at the end why it stopped."""
    said = _happened(film, step)
    if film.over and place.epoch == film.epochs and place.step == len(film.steps(place.epoch)) - 1:
        rows = film.course.rows
        right = int((answers(film.course.seen) == rows.y).sum())
        return f"{said} The end: {film.why}. {right:,} of {len(rows.y):,} rows are right."
    return said


def _happened(film: Recording, step: Any) -> str:
    if isinstance(step, NetworkStep):
        output, target = step.before.feedforward(step.x), step.target
        last = step.before.activations[-1]
        told = ", ".join(format_output(last, a) for a in np.atleast_1d(output).tolist())
        told = told if isinstance(output, float) else f"({told})"
        wanted = ", ".join(map(format_short, target.tolist()))
        return f"It answered {told} where {wanted} was wanted: every weight moves a little down the slope of the loss."
    if isinstance(step, WholeStep):
        return "After a look at all rows the weights moved down the slope of the loss."
    assert isinstance(step, Step)
    who = f"Neuron {step.neuron + 1}" if len(step.sums) > 1 else "It"
    if step.error == 0.0:
        return f"{who} answered right: nothing changes."
    if step.activation == "step":
        if step.error > 0.0:
            return f"{who} stayed silent and should have fired: the weights move toward the row."
        tie = ", for a sum of 0 fires," if step.weighted_sum == 0.0 else ""
        return f"{who} fired{tie} and should have stayed silent: the weights move away from the row."
    if step.activation == "winner":
        moved = "should have won: it moves toward" if step.error > 0.0 else "won wrongly: it moves away from"
        return f"{who} {moved} the row."
    way = "toward the row" if step.error > 0.0 else "away from the row"
    answered = format_output(step.activation, step.output)
    return (
        f"{who} answered {answered} where {format_short(step.target)} was wanted: the weights move {way}, by rate · "
        "error · input."
    )


def _chart(film: Recording, place: Place, steps: list[Any], width: int) -> list[str]:
    """Draw the mistakes, or the loss, of the epochs that are over at this step."""
    done = place.epoch - (place.step < len(steps) - 1)
    history = film.front.history
    values, label = (history.mistakes, "mistakes in each epoch") if history.mistakes else (history.losses, "loss")
    values = values[:done]
    if not values:
        return [f"{'mistakes' if history.mistakes else 'loss'}: the first epoch is under way"]
    return bars(values, label=label, across="epochs", height=BARS, width=max(width - 8, 10)).splitlines()


def _table(film: Recording, step: Any, answers: Answers, width: int, room: int) -> list[str]:
    """List the weights, and the rows around the one that is shown, with their targets and answers."""
    rows, X = film.course.rows, film.course.seen
    lines = ["after this step:", *answers.lines]
    if len(lines) > max(3, room // 2):
        lines = [*lines[: max(2, room // 2 - 1)], f"and {len(answers.lines) - max(1, room // 2 - 2)} more neurons"]
    current = getattr(step, "example", None)
    most = max(1, room - len(lines) - 1)
    first = 0 if current is None else max(0, min(current - most // 2, len(X) - most))
    part = slice(first, first + most)
    given = answers(X[part]).tolist()
    shown = range(part.start, min(part.stop, len(X)))
    table = [["target", *(_label(rows.classes[rows.y[i]]) for i in shown)]]
    table.append(["answer", *(_label(rows.classes[k]) for k in given)])
    left = width - 3 - sum(max(map(len, column)) + 1 for column in table)
    wrong = " wrong" if left >= len(" wrong") + 8 else " ✗"
    left -= len(wrong)
    for j in range(X.shape[1]):  # as many inputs as have room
        column = [rows.names[j][:7], *(format_short(X[i, j]) for i in shown)]
        left -= max(map(len, column)) + 1
        if left < 0 and j > 0:
            break
        table.insert(-2, column)
    more = len(table) - 2 < X.shape[1]
    if more:
        table.insert(-2, ["…"] * len(table[0]))
    widths = [max(map(len, column)) for column in table]
    for r, cells in enumerate(zip(*table, strict=True)):
        row = " ".join(f"{cell:>{w}}" for cell, w in zip(cells, widths, strict=True))
        i = None if r == 0 else shown[r - 1]
        mark = wrong if i is not None and given[r - 1] != rows.y[i] else ""
        lines.append(f"{'>' if i is not None and i == current else ' '} {row}{mark}")
    return lines


def _label(label: Any) -> str:
    return _fit(str(label), 9)


def _plane(film: Recording, answers: Answers, step: Any, lines: int) -> list[str]:
    """Draw two inputs: points by their class, and · where the last class is the answer."""
    X, rows, width = film.course.seen, film.course.rows, PLANE
    if lines < 4:
        return []
    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.where(high > low, (high - low) * 0.25, 1.0)
    low, high = low - margin, high + margin
    across, up = np.linspace(low[0], high[0], width), np.linspace(high[1], low[1], lines)
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    last = len(rows.classes) - 1
    cells = [["·" if answer == last else " " for answer in row] for row in answers(grid).reshape(lines, width).tolist()]
    spots = np.round((X - low) / (high - low) * [width - 1, lines - 1]).astype(int)
    current = getattr(step, "example", None)
    order = [i for i in range(len(X)) if i != current] + ([] if current is None else [current])
    for i in order:
        cells[lines - 1 - int(spots[i, 1])][int(spots[i, 0])] = "@" if i == current else POINTS[rows.y[i] % len(POINTS)]
    marks = "  ".join(f"{POINTS[k % len(POINTS)]} {_label(label)}" for k, label in enumerate(rows.classes))
    legend = f"{marks}  · answer {_label(rows.classes[last])}  @ row"
    return ["".join(row) for row in cells] + [legend]
