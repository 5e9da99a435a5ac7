"""In which order rows are shown: as they stand, or shuffled anew each epoch."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.dataset import Examples

WINDOW, STREAMS = 256, 64
"""Rows in a row that keep their order, and how many such runs are merged, when a large table is shuffled."""
FEW_CELLS = 1 << 20
"""Cells up to which the rows themselves say where they belong."""


def arranged(examples: Examples, shuffle: bool) -> tuple[Array, Array]:
    """Choose the rows to show, and how much each counts.

    Rows that count nothing are left out. If a small table is to be shuffled, its rows are first sorted and equal ones
    put together: what is learned then depends on the rows and not on where they stood, and a row that stands twice is
    the same as one that counts twice.

    Parameters
    ----------
    examples : Examples
    shuffle : bool

    Returns
    -------
    rows : ndarray of row numbers
    counts : ndarray of shape (rows of the table,), or empty if each counts once

    Examples
    --------
    >>> X = np.array([[2.0], [1.0], [2.0]])
    >>> rows, counts = arranged(Examples(X, np.array([1, 0, 1]), np.array([1])), shuffle=True)
    >>> sorted(rows.tolist()), counts.tolist()
    ([0, 1], [2.0, 1.0, 0.0])
    """
    counts = examples.counts
    kind = np.int32 if len(examples.y) < 2**31 else np.int64
    rows = np.arange(len(examples.y), dtype=kind)
    if len(counts) and not counts.all():
        rows = rows[counts > 0.0]
    if not shuffle or len(examples.y) > WINDOW * STREAMS or examples.shape[0] * examples.shape[1] > FEW_CELLS:
        return rows, counts
    table = np.column_stack([examples.dense(0, len(examples.y)) + 0.0, examples.y])[rows]  # + 0.0: -0 is 0
    keys = table.view(np.dtype((np.void, table.itemsize * table.shape[1])))[:, 0]
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    if len(first) < len(rows):
        merged = np.zeros(len(examples.y))
        merged[rows[first]] = np.bincount(place.ravel(), counts[rows] if len(counts) else None)
        counts = merged
    return rows[first], counts


def orders(rows: Array, shuffle: bool, seed: int | None) -> Iterator[Array]:
    """Yield the order of the rows for one epoch after another.

    Up to 16,384 rows are shuffled freely. Beyond, rows at random would wait for memory, so runs of 256 rows are dealt
    out at random, 64 at a time, and each 64 are merged like cards, in a new random pattern each epoch: neighbours are
    parted by some 64 rows from all over the table, and memory is read in 64 streams.

    Parameters
    ----------
    rows : ndarray of row numbers
    shuffle : bool
    seed : int or None

    Examples
    --------
    >>> next(orders(np.arange(4), shuffle=False, seed=None))
    array([0, 1, 2, 3])
    """
    random = np.random.default_rng(seed)
    while True:
        if not shuffle:
            yield rows
        elif len(rows) <= WINDOW * STREAMS:
            yield random.permutation(rows)
        else:
            yield rows[_riffled(len(rows), random)]


def _riffled(rows: int, random: np.random.Generator) -> Array:
    run = random.permutation(np.repeat(np.arange(STREAMS, dtype=np.int32), WINDOW))  # which run comes next
    place = np.empty(len(run), np.int32)  # and how far it has been dealt
    place[np.argsort(run, kind="stable")] = np.tile(np.arange(WINDOW, dtype=np.int32), STREAMS)
    starts = WINDOW * random.permutation(-(-rows // WINDOW)).astype(np.int32 if rows < 2**31 else np.int64)
    order, done = np.empty(rows, starts.dtype), 0
    for first in range(0, len(starts), STREAMS):
        some = starts[first : first + STREAMS]
        there = slice(None) if len(some) == STREAMS else run < len(some)
        part = some[run[there]] + place[there]
        if some.max() + WINDOW > rows:
            part = part[part < rows]
        order[done : done + len(part)] = part
        done += len(part)
    return order
