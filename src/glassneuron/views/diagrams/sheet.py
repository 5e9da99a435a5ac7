"""A sheet to draw on, and the sizes of what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from glassneuron.views.diagrams.choice import CONSTANT, Column, Fan
from glassneuron.views.diagrams.svg import element, text, width
from glassneuron.views.palette import INK

MARGIN, HEAD, LONGEST_NAME, LONGEST_LABEL = 16.0, 40.0, 190.0, 230.0
ROUND = 11.0  # radius of the constant 1

Ends = dict[int, tuple[float, float]]
"""Where the wires of each source begin."""


@dataclass(frozen=True)
class Measures:
    """Sizes in pixels, of a lone neuron or of many."""

    font: float
    gap: float  # between the wires into a neuron
    apart: float  # between neurons
    source_gap: float
    radius: float  # of a sum
    box: tuple[float, float]  # of a curve
    run: float  # of a wire, from its source to its number
    bend: float  # of a wire, from its number to the sum
    heaviest: float  # width of the heaviest wire
    strong: str | None  # how answers are written

    def spread(self, tall: float, rows: int) -> float:
        """Return how far apart so many sources stand; where there is much room, a little further."""
        return min(max(self.source_gap, 0.55 * tall / rows), max(self.source_gap, 72.0))

    def block(self, fan: Fan) -> float:
        """Return the height of a neuron with its wires and labels."""
        return max(len(fan.wires) * self.gap, self.box[1] + 14.0, (len(fan.labels) + 0.6) * (self.font + 4.0))

    def neurons(self, column: Column, following: Column | None) -> float:
        """Return the height of a layer, with what stands below its neurons for the layer that follows."""
        blocks = sum(map(self.block, column.fans)) + self.apart * (len(column.fans) - 1)
        below = int(column.hidden_fans > 0) if following is None else rows_of(following) - len(following.sources)
        return blocks + below * self.source_gap

    def tall(self, part: Sequence[Column]) -> float:
        """Return the height of layers side by side, and of what the first of them reads."""
        layers = zip(part, [*part[1:], None], strict=True)
        return max(rows_of(part[0]) * self.source_gap, *(self.neurons(*pair) for pair in layers), 60.0)


ALONE = Measures(13.0, 42.0, 0.0, 42.0, 20.0, (68.0, 50.0), 14.0, 86.0, 6.0, "bold")
MANY = Measures(11.0, 19.0, 22.0, 34.0, 13.0, (38.0, 30.0), 74.0, 44.0, 4.0, None)


def has_constant(column: Column) -> bool:
    """Return whether there are biases."""
    return any(wire.source == CONSTANT for wire in column.fans[0].wires)


def rows_of(column: Column) -> int:
    """Count what the neurons of a layer read: sources, the rest of them as one, the constant 1."""
    return len(column.sources) + (column.hidden_sources > 0) + has_constant(column)


@dataclass
class Sheet:
    """Shapes in three layers: wires at the bottom, then neurons, then texts."""

    wires: list[str] = field(default_factory=list)
    shapes: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        """All of them, one on the other."""
        return "".join([*self.wires, *self.shapes, *self.texts])

    def write(
        self, x: float, y: float, words: str, size: float, *, anchor: str | None = None, colour: str = INK,
        weight: str | None = None, most: float | None = None,
    ) -> None:  # fmt: skip
        """Write a text that starts, ends or has its middle at x."""
        if words:
            self.texts.append(text(x, y, words, size, most=most, fill=colour, text_anchor=anchor, font_weight=weight))

    def pill(self, x: float, y: float, wide: float, words: str, size: float, colour: str = INK) -> None:
        """Draw a number in a frame with round ends, whose left end is at x."""
        tall = size + 11.0
        self.shapes.append(
            element("rect", x=x, y=y - tall / 2, width=wide, height=tall, rx=tall / 2, fill="#ffffff", stroke=colour)
        )
        self.write(x + wide / 2, y + size * 0.36, words, size, anchor="middle")


def pill_width(words: Sequence[str], size: float) -> float:
    """Return how wide a frame must be that any of these numbers fits in; the smallest is a circle."""
    return max([size + 11.0, *(width(each, size) + 14.0 for each in words)])
