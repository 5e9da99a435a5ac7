"""Rows kept aside, so that a neuron is judged on what it has not seen."""

from __future__ import annotations

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array


def split(codes: Array, share: float, seed: int) -> tuple[Array, Array]:
    """Choose rows to learn from and rows to hold out, the same share of each class.

    Parameters
    ----------
    codes : ndarray of shape (rows,)
        The class of each row.
    share : float in [0, 1)
        Held out. A class of one row is not held out.
    seed : int

    Returns
    -------
    learn, held_out : ndarrays of row numbers, in rising order

    Examples
    --------
    >>> learn, held_out = split(np.array([0, 0, 0, 0, 1, 1, 1, 1]), 0.25, seed=0)
    >>> len(learn), len(held_out)
    (6, 2)
    """
    checks.number("holdout", share, "[0, 1)")
    random = np.random.default_rng(checks.integer("seed", seed, "[0, inf)"))
    held = np.zeros(len(codes), dtype=bool)
    for code in np.unique(codes):
        members = random.permutation(np.flatnonzero(codes == code))
        held[members[: min(round(share * len(members)), len(members) - 1)]] = True
    return np.flatnonzero(~held), np.flatnonzero(held)
