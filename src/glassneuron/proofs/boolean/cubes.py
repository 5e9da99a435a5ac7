"""A function as an OR of ANDs: a hidden neuron for each AND, which fires for a cube of rows."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts

MOST = 64
"""Cubes of a network that is still worth showing."""


def ors_of_ands(rows: Array, fires: Array) -> tuple[list[McCullochPitts], McCullochPitts] | None:
    """Cover the rows that fire with cubes, or those that do not if fewer cubes do it.

    Parameters
    ----------
    rows : ndarray of shape (2^n, n)
    fires : ndarray of bool, shape (2^n,)

    Returns
    -------
    hidden : list of McCullochPitts
    output : McCullochPitts
        OR of them, or "none of them". None in place of both if it takes more than 64.

    References
    ----------
    Quine (1952), American Mathematical Monthly 59:521: a cube that cannot grow is a prime implicant.

    Examples
    --------
    >>> rows = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> ors_of_ands(rows, np.array([False, True, True, False]))[0]
    [McCullochPitts(weights=[-1, 1], threshold=1), McCullochPitts(weights=[1, -1], threshold=1)]
    """
    either, neither = _cover(rows, fires), _cover(rows, ~fires)
    if either is not None and (neither is None or len(either) <= len(neither)):
        return either, McCullochPitts(np.ones(len(either)), 1)
    return None if neither is None else (neither, McCullochPitts(-np.ones(len(neither)), 0))


def _cover(rows: Array, wanted: Array) -> list[McCullochPitts] | None:
    """Grow a cube from each row that none covers yet, and leave out those whose rows the others cover."""
    cubes: list[McCullochPitts] = []
    inside: list[Array] = []
    left = wanted.copy()
    while left.any():
        if len(cubes) == MOST:
            return None
        row = rows[int(np.argmax(left))]
        differs = rows != row
        apart = differs.sum(axis=1)  # from each row to the cube
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
