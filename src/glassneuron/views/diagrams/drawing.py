"""Where everything stands: sources at the left, each neuron with its wires, its sum, its curve and its answer.

A wire leaves its source, runs level for as long as its number is, and then bends into the sum: so numbers stand in
columns like those of a sum on paper, and never on top of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.diagrams.choice import Column, Fan, Wire
from glassneuron.views.diagrams.curves import curve
from glassneuron.views.diagrams.sheet import (
    ALONE,
    HEAD,
    LONGEST_LABEL,
    MANY,
    MARGIN,
    ROUND,
    Ends,
    Measures,
    Sheet,
)
from glassneuron.views.diagrams.sources import below, sources
from glassneuron.views.diagrams.subject import Subject
from glassneuron.views.diagrams.svg import arrow, element, line, path, printable, width
from glassneuron.views.palette import INK, NEGATIVE, PALE, POSITIVE


def draw(subject: Subject, columns: Sequence[Column], skipped: int) -> tuple[str, float, float]:
    """Draw the columns; so many layers in the middle are left out. Return the shapes, the width and the height."""
    half = len(columns) // 2
    parts = [columns[:half], columns[half:]] if skipped else [columns]
    alone = len(columns) == 1 and len(columns[0].fans) == 1 and not columns[0].hidden_fans
    sizes = ALONE if alone else MANY
    tall = max(map(sizes.tall, parts))
    if not alone:  # wires that go far up or down take more room
        sizes = replace(sizes, run=min(max(sizes.run, 0.17 * tall), 150.0))
    sheet, x = Sheet(), MARGIN
    for part in parts:
        if part is not parts[0]:
            words = f"… {skipped} more layer{'s' * (skipped != 1)}"
            sheet.write(x + 24.0, HEAD + tall / 2, words, 12.0, colour=PALE)
            x += 48.0 + width(words, 12.0)
        ends, x = sources(sheet, sizes, subject, part[0], x, tall)
        for column, following in zip(part, [*part[1:], None], strict=True):
            ends, x = _layer(sheet, sizes, subject, column, following, ends, x, tall)
    x = _labels(sheet, sizes, columns[-1], ends, x)
    return sheet.body, x + MARGIN, HEAD + tall + MARGIN


def _layer(
    sheet: Sheet, m: Measures, subject: Subject, column: Column, following: Column | None, ends: Ends, x: float,
    tall: float,
) -> tuple[Ends, float]:  # fmt: skip
    """Draw a layer from where its wires begin, and return where the wires of the next one do."""
    fans = column.fans
    level = x + m.run  # from here to `turn` wires run level, under their numbers
    turn = level + max(width(wire.label, m.font - 1.0) for fan in fans for wire in fan.wires) + 8.0
    centre = turn + m.bend + m.radius
    box = centre + m.radius + max(18.0, *(width(fan.sum, m.font) + 16.0 for fan in fans))
    after = box + m.box[0]
    end = after + max(18.0, *(width(fan.output, m.font) + 16.0 for fan in fans))
    y = HEAD + (tall - m.neurons(column, following)) / 2
    out: Ends = {}
    for i, fan in enumerate(fans):
        middle = y + m.block(fan) / 2
        top = middle - (len(fan.wires) - 1) * m.gap / 2
        for j, wire in enumerate(fan.wires):
            bends = (level, turn, centre - m.radius)
            _wire(sheet, m, wire, column.heaviest or 1.0, ends[wire.source], bends, (top + j * m.gap, middle))
        _neuron(sheet, m, subject, column, fan, (centre, box, after, end), middle)
        if following is not None:
            sheet.shapes.append(element("circle", cx=end, cy=middle, r=2.5, fill=INK))
        out[i] = (end, middle)
        y += m.block(fan) + m.apart
    _headings(sheet, m, subject, column, level, centre, (box + after) / 2)
    y += m.source_gap / 2 - m.apart
    if following is not None:
        out |= below(sheet, m, following, end - ROUND, y, m.source_gap)
    elif column.hidden_fans:
        sheet.write(end, y, f"… {column.hidden_fans:,} more", m.font, colour=PALE, anchor="end")
    return out, end


def _wire(
    sheet: Sheet, m: Measures, wire: Wire, heaviest: float, start: tuple[float, float],
    bends: tuple[float, float, float], heights: tuple[float, float],
) -> None:  # fmt: skip
    """Draw a wire from its start, level at the first height, into the sum at the second."""
    (x, y), (level, turn, into), (at, middle) = start, bends, heights
    near, far = (x + level) / 2, (turn + into) / 2
    d = path("M", x, y, "C", near, y, near, at, level, at, "H", turn, "C", far, at, far, middle, into, middle)
    thick = 1.0 + (m.heaviest - 1.0) * min(abs(wire.weight) / heaviest, 1.0)
    colour = PALE if wire.weight == 0.0 else POSITIVE if wire.weight > 0.0 else NEGATIVE
    dash = "1 4" if wire.weight == 0.0 else "7 4" if wire.weight < 0.0 else None
    sheet.wires.append(
        element(
            "path", element("title", printable(wire.words)), d=d, fill="none", stroke=colour, stroke_width=thick,
            stroke_dasharray=dash, stroke_opacity=0.85,
        )
    )  # fmt: skip
    sheet.write(level + 2.0, at - 3.0 - thick / 2, wire.label, m.font - 1.0)


def _neuron(
    sheet: Sheet, m: Measures, subject: Subject, column: Column, fan: Fan, xs: tuple[float, float, float, float],
    y: float,
) -> None:  # fmt: skip
    """Draw the sum, the curve of the activation and the answer of a neuron."""
    (centre, box, after, end), layer, (wide, high) = xs, column.layer, m.box
    sheet.shapes.append(
        element(
            "circle", cx=centre, cy=y, r=m.radius, fill="#ffffff", stroke=INK, stroke_width=2.5 if fan.chosen else 1.5
        )
    )
    sheet.write(centre, y + m.radius * 0.36, "Σ", m.radius * 1.05, anchor="middle")
    sheet.shapes.append(arrow(centre + m.radius, box, y))
    sheet.write((centre + m.radius + box) / 2 - 3.0, y - 6.0, fan.sum, m.font, anchor="middle")
    place = (box, y - high / 2, wide, high)
    threshold = subject.threshold or 0.0
    sheet.shapes.append(curve(layer.activation, place, layer.sums, fan.number, threshold, len(layer.biases)))
    last = column.number == len(subject.layers)
    sheet.shapes.append(arrow(after, end, y) if last else line(after, y, end, y, stroke_width=1.5))
    strong = "bold" if fan.chosen else m.strong
    sheet.write((after + end) / 2 - 3.0, y - 6.0, fan.output, m.font, anchor="middle", weight=strong)
    if subject.threshold is not None:
        middle, foot = box + wide / 2, y + high / 2
        sheet.shapes.append(line(middle, foot, middle, foot + 5.0))
        sheet.write(middle, foot + 18.0, f"threshold {format_short(threshold)}", m.font - 1.0, anchor="middle")


def _headings(
    sheet: Sheet, m: Measures, subject: Subject, column: Column, level: float, centre: float, box: float
) -> None:
    layer = column.layer
    if m is ALONE:
        words = "weight" if layer.sums is None else "weight · value"
        sheet.write(level + 2.0, HEAD - 16.0, words, 11.0, colour=PALE)
        for x, words in ((centre, "sum"), (box, layer.activation)):
            sheet.write(x, HEAD - 16.0, words, 11.0, colour=PALE, anchor="middle")
        return
    count = len(layer.biases)
    number = f"layer {column.number}: " if len(subject.layers) > 1 else ""
    words = f"{number}{count:,} {layer.activation} neuron{'s' * (count != 1)}"
    sheet.write((level + box) / 2, HEAD - 16.0, words, 11.0, colour=PALE, anchor="middle")


def _labels(sheet: Sheet, m: Measures, column: Column, ends: Ends, x: float) -> float:
    """Write what the outputs stand for, and return where that ends."""
    widest, size = 0.0, m.font + (m.strong is not None)
    for i, fan in enumerate(column.fans):
        y = ends[i][1] - (len(fan.labels) - 1) * (size + 4.0) / 2 + size * 0.35
        for n, words in enumerate(fan.labels):
            strong = ("bold" if fan.chosen else m.strong) if n == 0 else None
            colour = PALE if n else INK
            sheet.write(x + 8.0, y, words, size, most=LONGEST_LABEL, weight=strong, colour=colour)
            widest = max(widest, min(width(words, size) * (1.08 if strong else 1.0), LONGEST_LABEL))
            y += size + 4.0
    return x + 8.0 + widest
