"""Where everything stands: sources at the left, each neuron with its wires, its sum, its curve and its answer.

A wire leaves its source, runs level for as long as its number is, and then bends into the sum: so numbers stand in
columns like those of a sum on paper, and never on top of each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.diagrams.choice import CONSTANT, REST, Column, Fan, Wire
from glassneuron.views.diagrams.curves import curve
from glassneuron.views.diagrams.subject import Subject
from glassneuron.views.diagrams.svg import arrow, element, line, path, text, width
from glassneuron.views.palette import INK, NEGATIVE, PALE, POSITIVE

MARGIN, HEAD, LONGEST_NAME, LONGEST_LABEL = 16.0, 40.0, 190.0, 230.0


@dataclass(frozen=True)
class Measures:
    """Sizes in pixels."""

    font: float
    gap: float  # between wires
    apart: float  # between neurons
    source_gap: float
    radius: float  # of a sum
    box: tuple[float, float]  # of a curve
    run: float  # of a wire, from its source to its number
    bend: float  # of a wire, from its number to the sum
    heaviest: float  # width of the heaviest wire


ALONE = Measures(13.0, 42.0, 0.0, 42.0, 20.0, (68.0, 50.0), 14.0, 86.0, 6.0)
MANY = Measures(11.0, 19.0, 22.0, 34.0, 13.0, (38.0, 30.0), 74.0, 44.0, 4.0)


@dataclass
class Canvas:
    """Shapes in three sheets: wires at the bottom, then neurons, then texts."""

    wires: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        """All sheets, one on the other."""
        return "".join([*self.wires, *self.shapes, *self.texts])

    def write(self, x: float, y: float, words: str, size: float, **more: object) -> None:
        """Write a text."""
        if words:
            self.texts.append(text(x, y, words, size, **more))  # type: ignore[arg-type]


def draw(subject: Subject, columns: tuple[Column, ...], skipped: int) -> tuple[str, float, float]:
    """Draw the columns; so many layers in the middle are left out. Return the shapes, the width and the height."""
    alone = len(columns) == 1 and len(columns[0].fans) == 1 and not columns[0].hidden_fans
    m, canvas = ALONE if alone else MANY, Canvas()
    half = len(columns) // 2
    parts = [columns[:half], columns[half:]] if skipped else [columns]
    tall = max(_height(m, column, first) for part in parts for column, first in zip(part, [True] + [False] * 9))
    x, bottom = MARGIN, HEAD + tall
    for part in parts:
        if part is not parts[0]:
            x = _gap(canvas, m, x, HEAD + tall / 2, skipped)
        ends, x = _sources(canvas, m, subject, part[0], x, tall)
        for column, following in pairwise([*part, None]):
            assert column is not None
            ends, x = _column(canvas, m, subject, column, following, ends, x, tall)
        last = part[-1]
        if last is columns[-1]:
            x = _labels(canvas, m, subject, last, ends, x)
    return canvas.body, x + MARGIN, bottom + MARGIN


Ends = dict[int, tuple[float, float]]
"""Where the wires of each source begin."""


def _height(m: Measures, column: Column, first: bool) -> float:
    sources = len(column.sources) + (column.hidden_sources > 0) + any(w.source == CONSTANT for w in column.fans[0].wires)
    block = sum(_block(m, fan) for fan in column.fans) + m.apart * (len(column.fans) - 1)
    own = block + 30.0 * (column.hidden_fans > 0)
    reserve = 0.0 if first else 2 * m.source_gap  # for what stands below the neurons that it reads
    return max(sources * m.source_gap if first else 0.0, own + reserve, 96.0)


def _block(m: Measures, fan: Fan) -> float:
    return max(len(fan.wires) * m.gap, m.box[1] + 14.0, (len(fan.labels) + 0.6) * (m.font + 4.0))


def _places(m: Measures, column: Column, tall: float) -> list[float]:
    """Return the height of the middle of each neuron."""
    blocks = [_block(m, fan) for fan in column.fans]
    whole = sum(blocks) + m.apart * (len(blocks) - 1) + 30.0 * (column.hidden_fans > 0)
    y, places = HEAD + (tall - whole) / 2, []
    for block in blocks:
        places.append(y + block / 2)
        y += block + m.apart
    return places


def _sources(
    canvas: Canvas, m: Measures, subject: Subject, column: Column, x: float, tall: float
) -> tuple[Ends, float]:
    """Draw what the first neurons of a part of the picture read, and return where its wires begin."""
    first = column.number == 1
    read = None if column.layer.sums is None else _read(subject, column)
    values = [] if read is None else [format_short(v) for v in read]
    other = subject.other if first else None
    scaled = other is not None and not subject.folded
    beside = [] if other is None else [format_short(float(other[j])) for j in column.sources]
    label = max([width(name, m.font) for name in column.names] + [width("constant 1", m.font)])
    if column.hidden_sources:
        label = max(label, width(f"… {column.hidden_sources:,} more", m.font))
    label = min(label, LONGEST_NAME)
    pill = max([2 * 11.0] + [width(v, m.font) + 14.0 for v in values])
    left = x + label + 8.0
    if scaled:
        inner = max(width(v, m.font) + 14.0 for v in beside)
        canvas.write(left + inner / 2, HEAD - 16.0, "value", 11.0, fill=PALE, text_anchor="middle")
        left += inner + 30.0
    x = left + pill
    y = HEAD + (tall - _rows(column) * m.source_gap) / 2 + m.source_gap / 2
    canvas.write(left + pill / 2 if values else x, HEAD - 16.0, _read_heading(first, scaled, values), 11.0, fill=PALE,
                 text_anchor="middle" if values else "end")  # fmt: skip
    ends: Ends = {}
    for i, name in enumerate(column.names):
        canvas.write(left - 8.0 - ((inner + 30.0) if scaled else 0.0), y + m.font * 0.35 - (5.0 if beside and not scaled else 0.0),
                     name, m.font, most=LONGEST_NAME, text_anchor="end")  # fmt: skip
        if scaled:
            _pill(canvas, m, left - inner - 30.0, y, inner, beside[i], PALE)
            canvas.shapes.append(arrow(left - 28.0, left - 2.0, y, PALE))
        elif beside:
            canvas.write(left - 8.0, y + 14.0, f"scaled {beside[i]}", 10.0, fill=PALE, text_anchor="end")
        _pill(canvas, m, left, y, pill, values[i] if values else "", INK)
        ends[i] = (x, y)
        y += m.source_gap
    return _rest_and_constant(canvas, m, column, ends, left - 8.0, x - 11.0, y), x


def _rows(column: Column) -> int:
    constant = any(wire.source == CONSTANT for wire in column.fans[0].wires)
    return len(column.sources) + (column.hidden_sources > 0) + constant


def _read(subject: Subject, column: Column) -> list[float]:
    if column.number == 1:
        assert subject.read is not None
        return [float(subject.read[j]) for j in column.sources]
    outputs = subject.layers[column.number - 2].outputs
    assert outputs is not None
    return [outputs[j] for j in column.sources]


def _read_heading(first: bool, scaled: bool, values: list[str]) -> str:
    if not first:
        return "outputs" if values else ""
    return "scaled" if scaled else "value" if values else "input"


def _pill(canvas: Canvas, m: Measures, x: float, y: float, wide: float, words: str, ink: str) -> None:
    tall = m.font + 11.0
    canvas.shapes.append(
        element("rect", x=x, y=y - tall / 2, width=wide, height=tall, rx=tall / 2, fill="#ffffff", stroke=ink)
    )
    canvas.write(x + wide / 2, y + m.font * 0.36, words, m.font, text_anchor="middle")


def _rest_and_constant(
    canvas: Canvas, m: Measures, column: Column, ends: Ends, right: float, middle: float, y: float
) -> Ends:
    """Draw the sources that are not shown, as one, and the constant 1 of the biases."""
    if column.hidden_sources:
        canvas.write(right, y + m.font * 0.35, f"… {column.hidden_sources:,} more", m.font, fill=PALE, text_anchor="end")
        for k in (-1, 0, 1):
            canvas.shapes.append(element("circle", cx=middle + 4.0 * k + 2.0, cy=y, r=1.4, fill=PALE))
        ends[REST] = (middle + 11.0, y)
        y += m.source_gap
    if any(wire.source == CONSTANT for wire in column.fans[0].wires):
        if column.number == 1 or right > 0:
            canvas.write(right, y + m.font * 0.35, "constant", m.font, fill=PALE, text_anchor="end")
        canvas.shapes.append(element("circle", cx=middle, cy=y, r=11.0, fill="#eeeeee", stroke=INK))
        canvas.write(middle, y + m.font * 0.36, "1", m.font, text_anchor="middle")
        ends[CONSTANT] = (middle + 11.0, y)
    return ends


def _column(
    canvas: Canvas, m: Measures, subject: Subject, column: Column, following: Column | None, ends: Ends, x: float,
    tall: float,
) -> tuple[Ends, float]:  # fmt: skip
    """Draw a layer from where its wires begin, and return where the wires of the next one do."""
    wires = [wire for fan in column.fans for wire in fan.wires]
    words = max(width(wire.label, m.font - 1.0) for wire in wires) + 8.0
    level = x + m.run  # from here to `turn` wires run level, under their numbers
    turn = level + words
    centre = turn + m.bend + m.radius
    sums = max((width(fan.sum, m.font) for fan in column.fans), default=0.0)
    box = centre + m.radius + max(sums + 16.0, 18.0)
    after = box + m.box[0]
    outputs = max((width(fan.output, m.font) for fan in column.fans), default=0.0)
    end = after + max(outputs + 16.0, 18.0)
    places, out = _places(m, column, tall), {}
    for i, (fan, y) in enumerate(zip(column.fans, places, strict=True)):
        top = y - (len(fan.wires) - 1) * m.gap / 2
        for j, wire in enumerate(fan.wires):
            at = top + j * m.gap
            _wire(canvas, m, wire, column.heaviest, ends[wire.source], (level, turn, centre - m.radius), at, y)
        _neuron(canvas, m, subject, column, fan, (centre, box, after, end), y)
        out[i] = (end, y)
    _headings(canvas, m, subject, column, level, turn, centre, (box + after) / 2)
    if following is None and column.hidden_fans:
        y = places[-1] + _block(m, column.fans[-1]) / 2 + 18.0
        canvas.write(end, y, f"… {column.hidden_fans:,} more", m.font, fill=PALE, text_anchor="end")
    if following is not None:
        y = places[-1] + _block(m, column.fans[-1]) / 2 + m.apart
        out = _rest_and_constant(canvas, m, following, out, end - 24.0, end - 11.0, y)
    return out, end


def _wire(
    canvas: Canvas, m: Measures, wire: Wire, heaviest: float, start: tuple[float, float],
    stops: tuple[float, float, float], at: float, y: float,
) -> None:  # fmt: skip
    (x0, y0), (level, turn, sum_at) = start, stops
    near, far = (x0 + level) / 2, (turn + sum_at) / 2
    d = path("M", x0, y0, "C", near, y0, near, at, level, at, "H", turn, "C", far, at, far, y, sum_at, y)
    share = abs(wire.weight) / heaviest if heaviest else 0.0
    colour = PALE if wire.weight == 0.0 else POSITIVE if wire.weight > 0.0 else NEGATIVE
    dash = "1 4" if wire.weight == 0.0 else "7 4" if wire.weight < 0.0 else None
    canvas.wires.append(
        element(
            "path", element("title", _escaped(wire.words)), d=d, fill="none", stroke=colour,
            stroke_width=1.0 + (m.heaviest - 1.0) * share, stroke_dasharray=dash, stroke_opacity=0.85,
        )
    )  # fmt: skip
    lift = 3.0 + (1.0 + (m.heaviest - 1.0) * share) / 2
    canvas.write(level + 2.0, at - lift, wire.label, m.font - 1.0)


def _escaped(words: str) -> str:
    from glassneuron.views.diagrams.svg import printable

    return printable(words)


def _neuron(
    canvas: Canvas, m: Measures, subject: Subject, column: Column, fan: Fan, xs: tuple[float, float, float, float],
    y: float,
) -> None:  # fmt: skip
    centre, box, after, end = xs
    layer = column.layer
    weight = 2.5 if fan.chosen else 1.5
    canvas.shapes.append(
        element("circle", cx=centre, cy=y, r=m.radius, fill="#ffffff", stroke=INK, stroke_width=weight)
    )
    canvas.write(centre, y + m.radius * 0.36, "Σ", m.radius * 1.05, text_anchor="middle")
    canvas.shapes.append(arrow(centre + m.radius, box, y))
    canvas.write((centre + m.radius + box) / 2 - 3.0, y - 6.0, fan.sum, m.font, text_anchor="middle")
    place = (box, y - m.box[1] / 2, *m.box)
    canvas.shapes.append(
        curve(layer.activation, place, layer.sums, fan.number, subject.threshold or 0.0, len(layer.biases))
    )
    canvas.shapes.append(arrow(after, end, y))
    canvas.write((after + end) / 2 - 3.0, y - 6.0, fan.output, m.font, text_anchor="middle",
                 font_weight="bold" if m is ALONE or fan.chosen else None)  # fmt: skip
    if subject.threshold is not None:
        middle = box + m.box[0] / 2
        canvas.shapes.append(line(middle, y + m.box[1] / 2, middle, y + m.box[1] / 2 + 5.0))
        canvas.write(middle, y + m.box[1] / 2 + 18.0, f"threshold {format_short(subject.threshold)}", 12.0, text_anchor="middle")


def _headings(
    canvas: Canvas, m: Measures, subject: Subject, column: Column, level: float, turn: float, centre: float, box: float
) -> None:
    y, more = HEAD - 16.0, {"fill": PALE, "text_anchor": "middle"}
    if m is ALONE:
        asked = column.layer.sums is not None
        canvas.write(level + 2.0, y, "weight · value" if asked else "weight", 11.0, fill=PALE)
        canvas.write(centre, y, "sum", 11.0, **more)
        canvas.write(box, y, column.layer.activation, 11.0, **more)
        return
    count = len(column.layer.biases)
    words = f"layer {column.number}: {count:,} {column.layer.activation} neuron{'s' * (count != 1)}"
    canvas.write((level + box) / 2, y, words if len(subject.layers) > 1 else words.partition(": ")[2], 11.0, **more)


def _labels(canvas: Canvas, m: Measures, subject: Subject, column: Column, ends: Ends, x: float) -> float:
    """Write what the outputs stand for, and return where that ends."""
    widest = 0.0
    for i, fan in enumerate(column.fans):
        size = m.font + (1.0 if m is ALONE else 0.0)
        y = ends[i][1] - (len(fan.labels) - 1) * (size + 4.0) / 2 + size * 0.35
        for n, words in enumerate(fan.labels):
            heavy = "bold" if n == 0 and (fan.chosen or m is ALONE) else None
            canvas.write(x + 8.0, y, words, size, most=LONGEST_LABEL, font_weight=heavy, fill=INK if n == 0 else PALE)
            widest = max(widest, min(width(words, size) * (1.08 if heavy else 1.0), LONGEST_LABEL))
            y += size + 4.0
    return x + 8.0 + widest


def _gap(canvas: Canvas, m: Measures, x: float, y: float, skipped: int) -> float:
    words = f"… {skipped} more layers"
    canvas.write(x + 24.0, y, words, m.font + 1.0, fill=PALE)
    return x + 48.0 + width(words, m.font + 1.0)
