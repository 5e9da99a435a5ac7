"""Rows kept aside, so that a neuron is judged on what it has not seen."""

from __future__ import annotations

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array


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
    held = np.zeros(len(codes), dtype=bool)
    small = len(codes) < 2**31  # row numbers in half the room: there may be very many
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code).astype(np.int32 if small else np.int64)
        random.shuffle(members)
        held[members[: min(round(share * len(members)), len(members) - 1)]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)
