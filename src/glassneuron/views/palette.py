"""The colours and shapes of classes, in every picture alike: they differ for colour-blind eyes too, and in print."""

from __future__ import annotations

COLOURS = ("#0072B2", "#D55E00", "#008060", "#9A4F85", "#7A6A00", "#4B4B4B", "#0B8FB3", "#A33B00")
"""One for each class, from Okabe and Ito's set, darkened where white paper asks for it: 3.8 to 1 and more."""
SHAPES = ("square", "circle", "triangle", "diamond", "star", "cross", "plus", "pentagon")
POSITIVE, NEGATIVE = COLOURS[0], COLOURS[1]
"""Weights that excite (drawn solid) and weights that inhibit (drawn dashed)."""
INK, PALE = "#222222", "#767676"


def colour(k: int) -> str:
    """Return the colour of class number k.

    Examples
    --------
    >>> colour(0), shape(1)
    ('#0072B2', 'circle')
    """
    return COLOURS[k % len(COLOURS)]


def shape(k: int) -> str:
    """Return the shape of class number k; after as many as there are colours, both begin again, out of step."""
    return SHAPES[(k + k // len(COLOURS)) % len(SHAPES)]
