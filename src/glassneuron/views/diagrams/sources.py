"""The left edge of a picture: the inputs with their values, those that are not shown, and the constant 1."""

from __future__ import annotations

from glassneuron.neurons.explain.numbers import format_output, format_short
from glassneuron.views.diagrams.choice import CONSTANT, REST, Column
from glassneuron.views.diagrams.sheet import (
    HEAD,
    LONGEST_NAME,
    ROUND,
    Ends,
    Measures,
    Sheet,
    has_constant,
    pill_width,
    rows_of,
)
from glassneuron.views.diagrams.subject import Subject
from glassneuron.views.diagrams.svg import arrow, element, width
from glassneuron.views.palette import INK, PALE

ARROW = 30.0  # from a value in the table's units to the same one scaled


def sources(sheet: Sheet, m: Measures, subject: Subject, column: Column, x: float, tall: float) -> tuple[Ends, float]:
    """Draw what the neurons of a layer read, and return where its wires begin."""
    first = column.number == 1
    values, others = _values(subject, column)
    scaled = bool(others) and not subject.folded  # the neurons read the scaled values, shown at the right of the others
    right = x + _widest_name(m, column)
    before = pill_width(others, m.font) + ARROW if scaled else 0.0
    left, wide = right + 8.0 + before, pill_width(values, m.font)
    gap = m.spread(tall, rows_of(column))
    y = HEAD + (tall - (rows_of(column) - 1) * gap) / 2
    ends: Ends = {}
    for i, name in enumerate(column.names):
        beside = bool(others) and not scaled
        sheet.write(right, y + m.font * 0.35 - 5.0 * beside, name, m.font, most=LONGEST_NAME, anchor="end")
        if beside:
            sheet.write(right, y + 14.0, f"scaled {others[i]}", 10.0, colour=PALE, anchor="end")
        if scaled:
            sheet.pill(right + 8.0, y, before - ARROW, others[i], m.font, PALE)
            sheet.shapes.append(arrow(left - ARROW + 2.0, left - 2.0, y, PALE))
        sheet.pill(left, y, wide, values[i] if values else "", m.font)
        ends[i] = (left + wide, y)
        y += gap
    if scaled:
        sheet.write(right + 8.0 + (before - ARROW) / 2, HEAD - 16.0, "value", 11.0, colour=PALE, anchor="middle")
    words = _heading(subject, first=first, asked=bool(values))
    sheet.write(left + wide / 2, HEAD - 16.0, words, 11.0, colour=PALE, anchor="middle")
    ends |= below(sheet, m, column, left + wide / 2, y, gap, right)
    return ends, left + wide


def _values(subject: Subject, column: Column) -> tuple[list[str], list[str]]:
    """Return what is read, and the same in the other scale; both are empty while there is no row."""
    if column.number > 1:
        layer = subject.layers[column.number - 2]
        outputs = layer.outputs
        return ([] if outputs is None else [format_output(layer.activation, outputs[j]) for j in column.sources]), []
    both = (subject.read, subject.other)
    values, others = ([] if x is None else [format_short(float(x[j])) for j in column.sources] for x in both)
    return values, others


def _widest_name(m: Measures, column: Column) -> float:
    more = [f"… {column.hidden_sources:,} more"] if column.hidden_sources else []
    return min(max(width(words, m.font) for words in (*column.names, "constant", *more)), LONGEST_NAME)


def _heading(subject: Subject, *, first: bool, asked: bool) -> str:
    if not first:
        return "output" if asked else ""
    if subject.scaling is not None and not subject.folded:
        return "scaled" if asked else "scaled input"
    return "value" if asked else "input"


def below(
    sheet: Sheet, m: Measures, column: Column, middle: float, y: float, gap: float, right: float | None = None
) -> Ends:
    """Draw the sources that are not shown, as one, and the constant 1 of the biases, and return where they end."""
    ends: Ends = {}
    right = middle - ROUND - 5.0 if right is None else right
    if column.hidden_sources:
        words = f"… {column.hidden_sources:,} more"
        sheet.write(right, y + m.font * 0.35, words, m.font, colour=PALE, anchor="end")
        sheet.shapes += [element("circle", cx=middle + dx, cy=y, r=1.4, fill=PALE) for dx in (-4.0, 0.0, 4.0)]
        ends[REST] = (middle + ROUND, y)
        y += gap
    if has_constant(column):
        sheet.write(right, y + m.font * 0.35, "constant", m.font, colour=PALE, anchor="end")
        sheet.shapes.append(element("circle", cx=middle, cy=y, r=ROUND, fill="#eeeeee", stroke=INK))
        sheet.write(middle, y + m.font * 0.36, "1", m.font, anchor="middle")
        ends[CONSTANT] = (middle + ROUND, y)
    return ends
