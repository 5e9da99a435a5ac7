"""A table in small pictures: one a column, bars for how often values are there."""

from __future__ import annotations

from typing import Any

from glassneuron.data.columns.overview import ColumnFacts, Overview
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.figures.canvas import clean, file_of, new_figure
from glassneuron.views.palette import COLOURS, INK
from glassneuron.views.text.table_page import cut
from glassneuron.views.text.tables import counted, percent

MOST, ACROSS = 40, 4
"""Columns that are drawn, and side by side."""


def figure(seen: Overview, ending: str) -> bytes:
    """Return a file, png, svg or pdf, with a picture of each column."""
    columns = [column for column in seen.columns if column.bins or column.common][:MOST]
    across = min(ACROSS, max(len(columns), 1))
    down = -(-len(columns) // across) or 1
    page = new_figure(3.2 * across, 2.1 * down + 0.5)
    panels = page.subplots(down, across, squeeze=False).ravel()
    for panel, column in zip(panels, columns, strict=False):
        _draw(panel, column, seen.rows)
    for panel in panels[len(columns) :]:
        panel.set_axis_off()
    more = f", {len(columns)} of them drawn" if len(columns) < len(seen.columns) else ""
    page.suptitle(f"{seen.name}: {counted(seen.rows, 'row')}, {counted(len(seen.columns), 'column')}{more}")
    return file_of(page, ending)


def _draw(panel: Any, column: ColumnFacts, rows: int) -> None:
    look = {"color": COLOURS[1] if column.target else COLOURS[0], "alpha": 0.35 if column.left_out else 0.9}
    gaps = f"; {percent(column.gaps / rows)} gaps" if column.gaps else ""
    what = ", the target" if column.target else ", left out" if column.left_out else ""
    panel.set_title(cut(column.name, 26) + what + gaps, loc="left", fontsize=9)
    if column.common:
        texts, counts = [cut(value, 14) for value, _ in column.common], [count for _, count in column.common]
        panel.barh(range(len(texts)), counts, height=0.75, **look)
        panel.set_yticks(range(len(texts)), texts, fontsize=8)
        panel.invert_yaxis()
        panel.set_xticks([0, max(counts)], ["0", f"{max(counts):,}"], fontsize=8)
    else:
        panel.bar(range(len(column.bins)), column.bins, width=0.94, align="edge", **look)
        ends = (v if isinstance(v, str) else format_short(v) for v in (column.least, column.most))
        panel.set_xticks([0, len(column.bins)], list(ends), fontsize=8)
        panel.set_yticks([0, max(column.bins)], ["0", f"{max(column.bins):,}"], fontsize=8)
    panel.tick_params(colors=INK, length=2)
    clean(panel)
