"""Parts of a table, and who computes with them: this process, or machines that somebody has put to use."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol

PART = 1 << 24
"""Numbers in a part at most: some 100 milliseconds of work, beside which a message to a worker is short."""
MOST_ROWS = 1 << 20
"""Rows of a part at most, so that a number for each is little to hold."""
MOST_PARTS = 4096
"""Parts of a table at most, so that one scheduler can keep count of them: the parts of immense tables are larger."""
LEAST_ROWS = 4096
"""Rows of a part at least; like those of every leaf they are a power of two, so that a part is whole leaves."""


class Part(NamedTuple):
    """Some rows of a table that follow each other: from one row to the one behind the last."""

    table: Any
    start: int
    stop: int


class Machines(Protocol):
    """What computes with parts of a table: threads, an executor, a cluster."""

    def reach(self, table: Any) -> bool:
        """Return whether it is worth their while to be given a table, which may be a bare array."""

    def map(self, function: Callable[..., Any], parts: Sequence[Part], weights: tuple[Any, ...]) -> Iterator[Any]:
        """Yield what a function returns for each part, in order.

        The function is pure and has a name in a module: it takes a part and the weights, and returns a few arrays. It
        may be called more than once for a part, as a machine may fail; who holds a table, and where, is the machines'
        own affair.
        """


_in_use: ContextVar[Machines | None] = ContextVar("machines", default=None)


def machines_in_use() -> Machines | None:
    """Return the machines that were put to use around this call, if there are any."""
    return _in_use.get()


@contextmanager
def in_use(machines: Machines | None) -> Iterator[None]:
    """Let machines compute, or with None this process, what is done in here with large tables."""
    token = _in_use.set(machines)
    try:
        yield
    finally:
        _in_use.reset(token)


def parts_of(table: Any, least: int = LEAST_ROWS) -> list[Part]:
    """Cut a table into parts, which follow from its rows and features alone, and never from the machines.

    `table` has a `shape`, or `parts` of its own; a part has `least` rows or a multiple of that by a power of two.
    """
    own, rows = getattr(table, "parts", None), table.shape[0]
    if own is not None:
        return list(own)
    entries, size = getattr(table, "entries", rows * table.shape[1]), least
    while size * MOST_PARTS < rows or (2 * size * entries <= PART * rows and size < MOST_ROWS):
        size *= 2
    return [Part(table, start, min(start + size, rows)) for start in range(0, rows, size)]


def cut(part: Part) -> Any:
    """Return the rows of a part as a table of their own, without copying them."""
    own = getattr(part.table, "cut", None)
    return part.table[part.start : part.stop] if own is None else own(part.start, part.stop)
