"""Small trainings, interpreted or compiled to the same bits: whichever costs this process less.

Interpreted kernels are there at once; exact ones, which add up in the same order, take a tenth of the time but have to
be loaded. As nobody knows how many trainings a process has before it, they are interpreted until that has cost what
loading would: then, whatever comes, it is never more than twice what it had to be. That is how to ski: rent until you
have paid the price of skis. Karlin, Manasse, Rudolph & Sleator (1988), Algorithmica 3:79-119.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType

from glassneuron.engine import backend

VISIT = 20.0
"""Multiply-adds that take as long, interpreted, as what a visit of a row does beside them, for each neuron."""
LOADING, COMPILING = 4e6, 3e7
"""Multiply-adds, interpreted, that take as long as loading Numba and the exact kernels, and as compiling one of which
there is nothing in the cache: half a second, and 3 to 4 seconds."""

ROWS_LOADING, ROWS_COMPILING = 1e6, 8e7
"""Rows that take as much longer to shuffle by NumPy than compiled as it takes to load, and to compile, what does it: a
hundredth of a second, and most of one."""

spent = 0.0
"""Multiply-adds of this process that were interpreted where they could have been exact."""
shuffled = 0
"""Rows that NumPy has shuffled in this process."""


def spend(work: float) -> None:
    """Note so many multiply-adds that are interpreted."""
    global spent
    spent += work


def kernels_with(name: str) -> ModuleType:
    """Return the kernels for a small training to go on with, of which it needs one above all.

    Beside compiled kernels, exact ones are loaded in a fortieth of a second, which is next to nothing.

    Examples
    --------
    >>> kernels_with("perceptron_epoch").step(0.0)
    1.0
    """
    if spent < LOADING and not (backend.is_loaded("exact") or backend.is_loaded("compiled")):
        return backend.load("python")
    if spent < COMPILING and not _compiled_before("exact", name):
        return backend.load("python")
    return backend.load("exact")


def orders(rows: int) -> ModuleType | None:
    """Return what shuffles so many rows, compiled, where that costs this process less than what NumPy does; else None.

    Examples
    --------
    >>> shuffle = orders(100)  # of which there is none until very many rows have been shuffled
    """
    global shuffled
    shuffled += rows
    if shuffled < ROWS_LOADING or not _compiles():
        return None
    if shuffled < ROWS_COMPILING and not _compiled_before("orders", "shuffle"):
        return None
    return backend.load("orders")


def _compiles() -> bool:
    """Return whether this process has compiled kernels; where Numba is switched off, they are interpreted."""
    there = [backend.load(speed) for speed in ("exact", "compiled") if backend.is_loaded(speed)]
    return any(not backend.interpreted(kernels) for kernels in there)


@cache
def _compiled_before(speed: str, name: str) -> bool:
    return backend.in_cache(getattr(backend.load(speed), name))
