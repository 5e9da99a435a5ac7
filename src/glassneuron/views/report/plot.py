"""A frame with two axes in SVG, and marks of classes on it."""

from __future__ import annotations

import math
import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.diagrams.svg import element, line, path, text
from glassneuron.views.palette import INK, PALE, colour, shape

LEFT, TOP, WIDE, TALL, BELOW = 62.0, 14.0, 420.0, 300.0, 46.0
SIZE = 12.0
"""Of letters, in pixels."""


class Plot:
    """Two axes with ticks and names, onto which shapes are put; `low` and `high` are pairs of numbers."""

    def __init__(
        self, low: tuple[float, float], high: tuple[float, float], names: tuple[str, str], *, up_ticks: bool = True,
        percent: bool = False,
    ) -> None:  # fmt: skip
        self.low, self.high, self.names = low, high, names
        self.up_ticks, self.percent = up_ticks, percent
        self.shapes: list[str] = []
        self.below = TOP + TALL

    @property
    def width(self) -> float:
        """In pixels."""
        return LEFT + WIDE + 12.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the place of a point in pixels."""
        (x0, y0), (x1, y1) = self.low, self.high
        return LEFT + WIDE * (x - x0) / (x1 - x0), TOP + TALL * (1.0 - (y - y0) / (y1 - y0))

    def add(self, *shapes: str) -> None:
        """Put shapes on it."""
        self.shapes += shapes

    def lines(self, points: Sequence[tuple[float, float]], **style: object) -> None:
        """Join points by lines."""
        flat = [number for point in points for number in self.at(*point)]
        d = path("M", *flat[:2], "L", *flat)
        self.add(element("path", d=d, **{"fill": "none", "stroke": INK, "stroke_width": 1.6} | style))

    def mark(self, x: float, y: float, k: int, size: float = 4.0) -> None:
        """Put the mark of class number k."""
        self.add(mark(*self.at(x, y), k, size))

    def image(self, colours: Array) -> None:
        """Fill the frame with colours of shape (rows, columns, 3), from 0 to 1, the first row below."""
        self.add(
            element(
                "image", x=LEFT, y=TOP, width=WIDE, height=TALL, preserveAspectRatio="none", href=png(colours[::-1])
            )
        )

    def body(self) -> str:
        """Return all shapes, and the frame around them."""
        frame = [element("rect", x=LEFT, y=TOP, width=WIDE, height=TALL, fill="none", stroke="#b0b0b0")]
        for value in ticks(self.low[0], self.high[0]):
            x = self.at(value, self.low[1])[0]
            frame += [
                line(x, self.below, x, self.below + 4.0, stroke="#909090"),
                text(x, self.below + 17.0, self._written(value), SIZE, fill=PALE, text_anchor="middle"),
            ]
        for value in ticks(self.low[1], self.high[1]) if self.up_ticks else ():
            y = self.at(self.low[0], value)[1]
            frame += [
                line(LEFT - 4.0, y, LEFT, y, stroke="#909090"),
                text(LEFT - 7.0, y + 4.0, self._written(value), SIZE, fill=PALE, text_anchor="end"),
            ]
        across, up = self.names
        middle = TOP + TALL / 2
        turned = {"transform": f"rotate(-90 14 {middle:.0f})", "text_anchor": "middle"}
        frame += [
            text(LEFT + WIDE / 2, self.below + 36.0, across, SIZE, most=WIDE, text_anchor="middle"),
            text(14.0, middle, up, SIZE, most=TALL, **turned) if up else "",
        ]
        return "".join([*self.shapes, *frame])

    def _written(self, value: float) -> str:
        return f"{100 * value:.0f} %" if self.percent else format_short(value).replace("-", "−")


def mark(x: float, y: float, k: int, size: float) -> str:
    """Draw the mark of class number k: its colour and its shape, with a white edge.

    Examples
    --------
    >>> mark(10.0, 10.0, 0, 4.0)
    '<path d="M 6 6 L 6 14 L 14 14 L 14 6 Z" fill="#0072B2" stroke="#ffffff" stroke-width="0.7"/>'
    """
    fill = {"fill": colour(k), "stroke": "#ffffff", "stroke_width": 0.7}
    if shape(k) == "circle":
        return element("circle", cx=x, cy=y, r=size * 1.1, **fill)
    d = ["M"]
    for i, (u, v) in enumerate(OUTLINES[shape(k)]):
        d += ["L"] * (i > 0) + [x + size * u, y + size * v]  # type: ignore[list-item]
    return element("path", d=path(*d, "Z"), **fill)


def _star(corners: int, inner: float, outer: float = 1.35) -> list[tuple[float, float]]:
    turns = [(math.pi * i / corners - math.pi / 2, inner if i % 2 else outer) for i in range(2 * corners)]
    return [(r * math.cos(a), r * math.sin(a)) for a, r in turns]


_PLUS = [(-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4), (0.4, 1.2), (-0.4, 1.2),
         (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4)]  # fmt: skip
OUTLINES = {
    "square": [(-1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (1.0, -1.0)],
    "triangle": [(0.0, -1.25), (1.2, 1.0), (-1.2, 1.0)],
    "diamond": [(0.0, -1.4), (1.4, 0.0), (0.0, 1.4), (-1.4, 0.0)],
    "star": _star(5, 0.6, 1.5),
    "plus": _PLUS,
    "cross": [((u - v) * 0.7071, (u + v) * 0.7071) for u, v in _PLUS],
    "pentagon": _star(5, 1.2 * math.cos(math.pi / 5), 1.2),
}
"""Corners of each shape, in halves of its size."""


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers between two others.

    Examples
    --------
    >>> ticks(0.0, 1.0), ticks(-130.0, 270.0)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [-100.0, 0.0, 100.0, 200.0])
    """
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    rough = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1.0, 2.0, 5.0, 10.0) if power * n >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 12 - math.floor(math.log10(step))) + 0.0 for k in range(first, last + 1)]


def png(colours: Array) -> str:
    """Return colours of shape (rows, columns, 3), from 0 to 1, as the address of a PNG that holds itself."""
    pixels = np.round(255.0 * colours).astype(np.uint8)
    rows, columns = pixels.shape[:2]
    raw = b"".join(b"\0" + row.tobytes() for row in pixels)  # 0: no filter

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")
    return f"data:image/png;base64,{b64encode(file).decode()}"


def key(entries: Sequence[tuple[str, str]], top: float) -> tuple[str, float]:
    """Write a legend below a plot: marks and what they stand for, as many lines as it takes; return where it ends."""
    from glassneuron.views.diagrams.svg import cut, width

    x, y, shapes = LEFT, top, []
    for shown, words in entries:
        words = cut(words, SIZE, WIDE - 30.0)
        wide = 20.0 + width(words, SIZE) + 14.0
        if x + wide > LEFT + WIDE and x > LEFT:
            x, y = LEFT, y + 20.0
        shapes += [f'<g transform="translate({x + 8.0:.0f} {y:.0f})">{shown}</g>', text(x + 20.0, y + 4.0, words, SIZE)]
        x += wide
    return "".join(shapes), y + 16.0
