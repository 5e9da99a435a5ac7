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

spent = 0.0
"""Multiply-adds of this process that were interpreted where they could have been exact."""


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
    if spent < COMPILING and not _compiled_before(name):
        return backend.load("python")
    return backend.load("exact")


@cache
def _compiled_before(name: str) -> bool:
    return backend.in_cache(getattr(backend.load("exact"), name))
