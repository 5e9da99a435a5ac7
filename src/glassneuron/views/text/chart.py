"""A small chart out of text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from glassneuron.neurons.explain.numbers import format_short

EIGHTHS = " ▁▂▃▄▅▆▇█"


def bars(values: Sequence[float], *, label: str, across: str, height: int = 5, width: int = 60) -> str:
    """Draw values from 0 on as bars; more of them than `width`, in characters, are averaged in groups."""
    columns = list(values)
    if len(values) > width:
        edges = [round(k * len(values) / width) for k in range(width + 1)]
        columns = [sum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    top = max(columns, default=0) or 1
    levels = [max(round(value / top * height * 8), 1 if value > 0 else 0) for value in columns]
    highest = f"{top:.0f}" if top >= 10 else format_short(top)
    left = len(highest)
    lines = [label]
    for row in range(height - 1, -1, -1):
        tick = highest if row == height - 1 else ""
        cells = "".join(EIGHTHS[min(max(level - 8 * row, 0), 8)] for level in levels)
        lines.append(f"{tick:>{left}} {'┤' if tick else '│'}{cells}".rstrip())
    lines.append(f"{'0':>{left}} └{'─' * len(columns)}")
    lines.append(f"{'':>{left}}  1 to {len(values)}, {across}")
    return "\n".join(lines)


def beside(left: str, right: str, gap: int = 4) -> str:
    """Put two charts of the same height side by side."""
    pairs = list(zip(left.splitlines(), right.splitlines(), strict=True))
    width = max(len(line) for line, _ in pairs) + gap
    return "\n".join(f"{one:<{width}}{other}".rstrip() for one, other in pairs)
