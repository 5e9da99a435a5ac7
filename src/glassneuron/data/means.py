"""Means of columns that have gaps, the same to the bit wherever the rows lie."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.engine.sums import over_leaves

Array = NDArray[Any]
SMALLER = 2.0**-64
"""By what numbers are multiplied whose sum is beyond a float."""


def column_means(table: Array) -> Array:
    """Return the mean of the known numbers of each column, of shape (columns,); NaN where there is none.

    Examples
    --------
    >>> column_means(np.array([[1.0, np.nan], [2.0, 5.0]])).tolist()
    [1.5, 5.0]
    """
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        sums, small, counts = over_leaves(_sums_of_leaf, table, (), float(table.size))
        return np.asarray(np.where(np.isfinite(sums), sums / counts, small / counts / SMALLER))


def _sums_of_leaf(table: Array, start: int, stop: int) -> tuple[Array, Array, Array]:
    part = table[start:stop].astype(np.float64)
    known = ~np.isnan(part)
    part = np.where(known, part, 0.0)
    return part.sum(axis=0), (part * SMALLER).sum(axis=0), known.sum(axis=0)
