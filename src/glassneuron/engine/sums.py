"""Sums over many rows: leaves of a fixed size, added in one fixed tree, so that threads change no bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from glassneuron.engine.threads import one_blas_thread

Sums = tuple[Any, ...]

LEAF = 4096
"""Rows in one leaf, few enough for a leaf of usual width to stay in a processor's cache."""
THREADS = 2
ALONE = 9_000
"""Multiply-adds up to which no library uses threads of its own, not even where a matrix meets one column."""
SHARED_FROM, SHARED_WORK = 1_500_000, 20_000_000
"""Multiply-adds of a leaf, and of all, from which leaves are shared out between threads: less is not worth the wait."""


def add_tree(parts: Iterable[Sums]) -> Sums:
    """Add tuples of arrays and numbers in a binary tree whose shape follows from their number alone.

    Two subtrees of equal height are added as soon as both are there, so that few are held at a time.
    """
    waiting: list[tuple[int, Sums]] = []
    for part in parts:
        height = 0
        while waiting and waiting[-1][0] == height:
            part, height = _add(waiting.pop()[1], part), height + 1
        waiting.append((height, part))
    total = waiting.pop()[1]
    while waiting:
        total = _add(waiting.pop()[1], total)
    return total


def _add(a: Sums, b: Sums) -> Sums:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def over_leaves(leaf: Callable[[int, int], Sums], rows: int, work: float, size: int = LEAF) -> Sums:
    """Add up what a function returns for each leaf of a table of so many rows, by so many multiply-adds in all.

    The function takes the first row of a leaf and the one behind its last, and returns a tuple of arrays and numbers.
    The size, the rows in a leaf, has to follow from the table's shape alone.

    Examples
    --------
    >>> over_leaves(lambda start, stop: (stop - start,), rows=10_000, work=10_000)
    (10000,)
    """
    bounds = [(start, min(start + size, rows)) for start in range(0, rows, size)]
    if work < ALONE:
        return add_tree(leaf(*pair) for pair in bounds)
    with one_blas_thread():
        if work < SHARED_WORK or work * size < SHARED_FROM * rows or len(bounds) == 1:
            return add_tree(leaf(*pair) for pair in bounds)
        with ThreadPoolExecutor(THREADS) as pool:
            return add_tree(pool.map(lambda pair: leaf(*pair), bounds))
