"""Rows kept aside, so that a neuron is judged on what it has not seen."""

from __future__ import annotations

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, true_places

AT_ONCE = 1 << 18
"""Rows whose classes are looked at together."""


def split(codes: Array, share: float, seed: int) -> tuple[Array, Array]:
    """Choose rows to learn from and rows to hold out, the same fraction of each class, as row numbers in rising order.

    A class of one row is not held out.

    Examples
    --------
    >>> learn, held_out = split(np.array([0, 0, 0, 0, 1, 1, 1, 1]), 0.25, seed=0)
    >>> len(learn), len(held_out)
    (6, 2)
    """
    checks.number("holdout", share, "[0, 1)")
    random = np.random.default_rng(checks.integer("seed", seed, "[0, inf)"))
    learn = row_by_row(lambda codes: np.ones(len(codes), bool), codes)
    small = len(codes) < 2**31  # row numbers in half the room: there may be very many
    for code in different(codes):
        places = true_places(row_by_row(lambda codes, code=code: codes == code, codes))
        members = row_by_row(lambda places: places.astype(np.int32 if small else np.int64), places)
        random.shuffle(members)
        learn[members[: min(round(share * len(members)), len(members) - 1)]] = False
    return true_places(learn), true_places(row_by_row(np.logical_not, learn))


def different(codes: Array) -> Array:
    """Return the different classes, sorted; of many rows some at a time."""
    pieces = [np.unique(codes[start : start + AT_ONCE]) for start in range(0, len(codes), AT_ONCE)]
    return np.unique(np.concatenate(pieces)) if len(pieces) != 1 else pieces[0]
