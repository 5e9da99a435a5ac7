"""A function as an OR of ANDs (its disjunctive normal form): a hidden neuron for each AND, whose rows form a cube."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts


def ors_of_ands(rows: Array, fires: Array) -> tuple[list[McCullochPitts], McCullochPitts] | None:
    """Cover the rows that fire with cubes, or those that do not if that takes fewer.

    It returns the hidden neurons and the output neuron, which is OR or NOR; None if more than 64 cubes are needed.
    Source: Quine (1952), American Mathematical Monthly 59:521: a cube that cannot grow is a prime implicant.
    """
    either, neither = _cover(rows, fires), _cover(rows, ~fires)
    if either is not None and (neither is None or len(either) <= len(neither)):
        return either, McCullochPitts(np.ones(len(either)), 1)
    return None if neither is None else (neither, McCullochPitts(-np.ones(len(neither)), 0))


def _cover(rows: Array, wanted: Array) -> list[McCullochPitts] | None:
    """Grow a cube from each row that none covers yet, and leave out cubes whose rows the others cover."""
    cubes: list[McCullochPitts] = []
    inside: list[Array] = []
    left = wanted.copy()
    while left.any():
        if len(cubes) == 64:  # a larger network is not worth showing
            return None
        row = rows[int(np.argmax(left))]
        differs = rows != row
        apart = differs.sum(axis=1)  # the distance of each row from the cube
        kept = np.ones(len(row), dtype=bool)
        for j in range(len(row)):
            without = apart - differs[:, j]
            if wanted[without == 0].all():
                apart, kept[j] = without, False
        cubes.append(McCullochPitts(np.where(kept, np.where(row == 1, 1.0, -1.0), 0.0), float((row * kept).sum())))
        inside.append(apart == 0)
        left &= ~inside[-1]
    times = np.sum(inside, axis=0)
    needed = []
    for cube, own in zip(cubes, inside, strict=True):
        if (times[own] > 1).all():
            times -= own
        else:
            needed.append(cube)
    return needed
