"""The page of a table: a line a column, what is suspicious in it, and what would become of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from glassneuron.data.columns.overview import ColumnFacts, Overview
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.text.chart import EIGHTHS
from glassneuron.views.text.tables import counted, percent

SHOWN = 60
"""Columns that the page shows."""
LONGEST, WIDEST = 24, 40
"""Characters of a name, and of what is in a column."""
MOST_SAID = 4
"""Sentences in a line of a report; `glassneuron show` tells all."""
FIELDS = (
    "column", "kind", "gaps", "different", "least", "middle", "most", "mean", "commonest", "features", "left out",
    "warning",
)  # fmt: skip


def page(seen: Overview, command: str) -> Iterator[tuple[str, str]]:
    """Yield headings and texts; `command` is how one would train on the table."""
    rows = counted(seen.rows, "row") + (f", {seen.sample}" if seen.sample else "")
    yield f"{seen.name}: {rows}, {counted(len(seen.columns), 'column')}", _columns(seen)
    warnings = [each.warning for each in seen.columns if each.warning]
    if warnings:
        yield "Suspicious", "\n".join(warnings)
    if seen.notes:
        yield "Recognised", "\n".join(seen.notes)
    if seen.refusal:
        yield "To mend", seen.refusal
    count = sum(len(each.features) for each in seen.columns)
    if not seen.refusal:
        last = (
            f"{counted(count, 'feature')}; the target is {'a class' if seen.target_kind == 'classes' else 'a number'}"
        )
        last = last if seen.target else f"{counted(count, 'feature')}; --target COLUMN says what is to be predicted"
        yield "To learn from", f"{last}\n{command}"


def _columns(seen: Overview) -> str:
    head = ["column", "kind", "gaps", "different", "what is in it", "becomes"]
    lines = [[cut(c.name, LONGEST), c.kind, _gaps(c, seen.rows), f"{c.different:,}", inside(c, seen.rows), becomes(c)]
             for c in seen.columns[:SHOWN]]  # fmt: skip
    widths = [max(len(line[k]) for line in (head, *lines)) for k in range(len(head))]
    right = {2, 3}
    text = [
        "  ".join(
            f"{cell:>{w}}" if k in right else f"{cell:<{w}}"
            for k, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in (head, *lines)
    ]
    more = [f"and {len(seen.columns) - SHOWN} more; --json tells all"] * (len(seen.columns) > SHOWN)
    return "\n".join([*(line.rstrip() for line in text), *more])


def _gaps(column: ColumnFacts, rows: int) -> str:
    return percent(column.gaps / rows) if column.gaps else ""


def inside(column: ColumnFacts, rows: int) -> str:
    """Say in a few characters what is in a column: the range around a small picture, or the commonest texts."""
    if column.common:
        parts: list[str] = []
        for value, count in column.common:
            part = f"{cut(value, 20)} {percent(count / rows)}"
            if parts and len(", ".join([*parts, part])) > WIDEST - 3:
                return ", ".join(parts) + ", …"
            parts.append(part)
        return ", ".join(parts) + (", …" if column.different > len(parts) else "")
    if column.least is None:
        return ""
    least, most = (value if isinstance(value, str) else format_short(value) for value in (column.least, column.most))
    return f"{least} {spark(column.bins)} {most}" if column.different > 1 else least


def spark(bins: Sequence[int]) -> str:
    """Draw counts as bars of one line; what is not empty is seen.

    Examples
    --------
    >>> spark([1, 0, 8, 4])
    '▁ █▄'
    """
    top = max(bins, default=0) or 1
    return "".join(EIGHTHS[max(round(8 * count / top), 1 if count else 0)] for count in bins)


def becomes(column: ColumnFacts) -> str:
    """Say what would become of a column."""
    if column.target:
        return "the target"
    if column.left_out:
        return "left out"
    return counted(len(column.features), "feature") if column.features else ""


def few_lines(notes: Sequence[str]) -> list[str]:
    """Say in three lines at most what was changed in a table, what was left out, and what is suspicious.

    Examples
    --------
    >>> few_lines(["`a`: read as numbers in %", "`id`: left out, for it counts the rows", "gaps filled: `a` (1)"])
    ['`a`: read as numbers in %; gaps filled: `a` (1)', '`id`: left out, for it counts the rows']
    """
    lines: list[list[str]] = [[], [], []]
    for note in notes:
        lines[2 if note.endswith("?") else 1 if "left out" in note else 0].append(note)
    return [
        "; ".join(line[:MOST_SAID]) + f"; and {len(line) - MOST_SAID} more" * (len(line) > MOST_SAID)
        for line in lines
        if line
    ]


def cut(text: str, longest: int) -> str:
    """Shorten a text, and keep it in one line."""
    plain = " ".join(str(text).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def records(seen: Overview) -> Iterator[list[Any]]:
    """Yield a row for each column, as CSV has it, under `FIELDS`."""
    for c in seen.columns:
        common = "; ".join(f"{value}: {count}" for value, count in c.common)
        ends = (None if value is None else value for value in (c.least, c.middle, c.most, c.mean))
        yield [c.name, c.kind, c.gaps, c.different, *ends, common, len(c.features), c.left_out, c.warning]
