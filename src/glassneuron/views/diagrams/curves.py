"""The little curve of an activation, drawn by asking the textbook."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from glassneuron.engine import kernels
from glassneuron.engine.activations import activation
from glassneuron.views.diagrams.svg import element, line, path
from glassneuron.views.palette import INK, PALE

HALF = {"sigmoid": 6.0, "softmax": 6.0, "tanh": 3.0}
"""Half the range of sums that is drawn; 2 of the others, and more where the sum of a row lies further out."""
POINTS = 20  # on either side of the middle
LARGEST = sys.float_info.max


def curve(
    name: str,
    place: tuple[float, float, float, float],
    sums: Sequence[float] | None = None,
    k: int = 0,
    threshold: float = 0.0,
    neurons: int = 1,
) -> str:
    """Draw the activation of neuron k of a layer into a box; for the sums of a row with a dot where it is.

    Parameters
    ----------
    name : str
        Of the activation.
    place : tuple of float
        x, y, width and height of the box.
    sums : sequence of float, optional
        Of all neurons of the layer.
    k : int
    threshold : float
        Where a gate begins to fire; the middle of the box.
    neurons : int
        Of the layer: softmax compares them, and without a row the others have sum 0.
    """
    x, y, width, height = place
    others = list(sums) if sums is not None else [0.0] * neurons
    z = others[k] - threshold

    def answer(z: float) -> float:
        if name != "softmax":
            return kernels.activate(activation(name).code, z)
        shares = [0.0] * len(others)
        kernels.softmax([*others[:k], z, *others[k + 1 :]], shares)
        return shares[k]

    half = max(HALF.get(name, 2.0), min(1.2 * abs(z), LARGEST))
    right = [half * (i / POINTS) for i in range(POINTS + 1)]
    zs = [*(-v for v in reversed(right[1:])), -half * 1e-9, *right]  # a step falls just before 0
    values = [answer(v) for v in zs]
    low, high = min(*values, 0.0) / 2, max(*values, 0.0) / 2  # halves: a difference of floats may be too large for one
    low, high = (low, high) if high > low else (low - 1.0, high + 1.0)

    def at(z: float, a: float) -> tuple[float, float]:
        return x + width * (0.5 + 0.44 * (z / half)), y + height * (0.86 - 0.72 * (a / 2 - low) / (high - low))

    (middle, floor), points = at(0.0, 0.0), [at(*pair) for pair in zip(zs, values, strict=True)]
    d = path("M", *points[0], "L", *(number for point in points[1:] for number in point))
    dot = ""
    if sums is not None:
        cx, cy = at(z, answer(z))
        dot = element("circle", cx=cx, cy=cy, r=max(2.5, height / 14), fill=INK, stroke="#ffffff")
    return (
        element("rect", x=x, y=y, width=width, height=height, rx=4.0, fill="#ffffff", stroke=PALE)
        + line(middle, y + 3, middle, y + height - 3, stroke="#d0d0d0")
        + line(x + 3, floor, x + width - 3, floor, stroke="#d0d0d0")
        + element("path", d=d, fill="none", stroke=INK, stroke_width=1.6, stroke_linejoin="round")
        + dot
    )
