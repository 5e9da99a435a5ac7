"""Sums over many rows: leaves of a fixed size, added in one fixed tree, so that threads and machines change no bit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from functools import partial
from typing import Any

from glassneuron.engine.parts import LEAST_ROWS, Part, machines_in_use, parts_of
from glassneuron.engine.threads import one_blas_thread, shared

Sums = tuple[Any, ...]
Add = Callable[[Sums, Sums], Sums]

LEAF = LEAST_ROWS
"""Rows in one leaf, few enough for a leaf of usual width to stay in a processor's cache."""
RUNS = 16
"""Runs of leaves at most that threads share: enough to end together, and few sums to hold at a time."""
ALONE = 9_000
"""Multiply-adds up to which no library uses threads of its own, not even where a matrix meets one column."""
SHARED_WORK = 20_000_000
"""Multiply-adds from which leaves are shared out between threads: less is not worth the wait."""


def large(work: float) -> bool:
    """Return whether work is so large that threads and machines share it."""
    return work >= SHARED_WORK


def plus(a: Sums, b: Sums) -> Sums:
    """Add two tuples of arrays and numbers, place by place."""
    return tuple(x + y for x, y in zip(a, b, strict=True))


def add_tree(parts: Iterable[Sums], add: Add = plus) -> Sums:
    """Add tuples of arrays and numbers in a binary tree whose shape follows from their number alone.

    Two subtrees of equal height are added as soon as both are there, so that few are held at a time. The sum of a run
    of leaves whose number is a power of two, and whose first leaf's number is a multiple of that, is one of the
    subtrees; and so is that of what is left at the end: a tree over such runs is the tree over all leaves.
    """
    waiting: list[tuple[int, Sums]] = []
    for part in parts:
        height = 0
        while waiting and waiting[-1][0] == height:
            part, height = add(waiting.pop()[1], part), height + 1
        waiting.append((height, part))
    total = waiting.pop()[1]
    while waiting:
        total = add(waiting.pop()[1], total)
    return total


def leaf_rows(most: float, least: int = 64) -> int:
    """Return the rows of a leaf: the largest power of two that is not above the most, and not below the least.

    Examples
    --------
    >>> leaf_rows(5000), leaf_rows(3)
    (4096, 64)
    """
    return max(least, 1 << max(int(most), 1).bit_length() - 1)


def over_leaves(
    leaf: Callable[..., Sums], table: Any, weights: tuple[Any, ...], work: float, size: int = LEAF, add: Add = plus
) -> Sums:
    """Add up what a function returns for each leaf of a table, by so many multiply-adds in all.

    Parameters
    ----------
    leaf : callable
        A function of a module, which can be sent to other machines. It takes a table, the first row of a leaf, the one
        behind its last, and the weights; it returns a tuple of arrays and numbers.
    table : object with a `shape` of rows and features
        Machines cut it by `cut(start, stop)`, or as an array is cut.
    weights : tuple
        What is computed with the rows.
    work : float
        Multiply-adds, by which it is decided who computes: that changes no bit.
    size : int
        Rows in a leaf, a power of two; it has to follow from the table's shape alone.
    add : callable
        Takes the results for two runs of rows, and returns that for both.

    Examples
    --------
    >>> import numpy as np
    >>> over_leaves(lambda table, start, stop: (table[start:stop].sum(),), np.ones((10_000, 2)), (), work=20_000)
    (np.float64(20000.0),)
    """
    rows = table.shape[0]
    if rows <= size:
        with one_blas_thread() if work >= ALONE else nullcontext():
            return leaf(table, 0, rows, *weights)
    machines = machines_in_use()
    if machines is not None and large(work):
        parts = parts_of(table, max(size, LEAST_ROWS))
        if len(parts) > 1 and machines.reach(table):
            return add_tree(machines.map(partial(of_part, leaf, size, add), parts, weights), add)
    bounds = [(start, min(start + size, rows)) for start in range(0, rows, size)]

    def at(pair: tuple[int, int]) -> Sums:
        return leaf(table, *pair, *weights)

    if work < ALONE:
        return add_tree(map(at, bounds), add)
    if not large(work):
        with one_blas_thread():
            return add_tree(map(at, bounds), add)
    run = 1
    while run * RUNS < len(bounds):
        run *= 2
    runs = [bounds[i : i + run] for i in range(0, len(bounds), run)]
    return add_tree(shared(lambda some: add_tree(map(at, some), add), runs), add)


def over_parts(function: Callable[..., Any], table: Any, weights: tuple[Any, ...], work: float) -> list[Any]:
    """Return what a function returns for each part of a table, in order.

    It is a function of a module that takes a part and the weights. So that bits do not depend on who computes, it is
    called part by part in this process, too.
    """
    return list(each_part(function, table, weights, work))


def each_part(function: Callable[..., Any], table: Any, weights: tuple[Any, ...], work: float) -> Iterator[Any]:
    """Yield the same one by one, so that who puts them in their place holds few."""
    machines, parts = machines_in_use(), parts_of(table)
    if len(parts) == 1:
        with one_blas_thread() if work >= ALONE else nullcontext():
            found = function(parts[0], *weights)
        yield found
        return
    if machines is not None and large(work) and machines.reach(table):
        yield from machines.map(function, parts, weights)
        return
    for first in range(0, len(parts), RUNS):
        yield from shared(lambda part: function(part, *weights), parts[first : first + RUNS])


def of_part(leaf: Callable[..., Sums], size: int, add: Add, part: Part, *weights: Any) -> Sums:
    """Add up the leaves of a part."""
    starts = range(part.start, part.stop, size)
    with one_blas_thread():
        return add_tree((leaf(part.table, a, min(a + size, part.stop), *weights) for a in starts), add)
