"""Parts of a table on any executor of `concurrent.futures`: a pool of processes, of MPI, of another library."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from glassneuron.engine.parts import Part
from glassneuron.errors import problem
from glassneuron.workers.tables import Loaded, Shelf, run

HELD = 64
"""Parts that a process keeps at hand."""
_held: OrderedDict[bytes, Loaded] = OrderedDict()


class Executors:
    """An executor whose processes see the disks of this one."""

    def __init__(self, executor: Executor) -> None:
        self.executor, self.shelf = executor, Shelf(lambda path: True)
        self._packed: WeakKeyDictionary[Any, dict[tuple[int, int], bytes]] = WeakKeyDictionary()

    def reach(self, table: Any) -> bool:
        """Return whether a table is kept for more than one look, or lies on the disk."""
        return self.shelf.reaches(table)

    def map(self, function: Callable[..., Any], parts: Sequence[Part], weights: tuple[Any, ...]) -> Iterator[Any]:
        """Yield what a function returns for each part, in order."""
        task = pickle.dumps((function, weights))
        pending: list[Future[Any]] = []
        try:
            pending += [self.executor.submit(run_at_hand, task, self._pack(part)) for part in parts]
            for future in pending:
                yield future.result()
        except BrokenExecutor as error:
            raise problem("broken-executor", why=str(error) or type(error).__name__) from error
        finally:
            for future in pending:
                future.cancel()

    def _pack(self, part: Part) -> bytes:
        if isinstance(part.table, np.ndarray):
            return self.shelf.pack(part)
        known, rows = self._packed.setdefault(part.table, {}), (part.start, part.stop)
        if rows not in known:
            known[rows] = self.shelf.pack(part)
        return known[rows]

    def close(self) -> None:
        """Remove what was written aside for the processes."""
        self.shelf.close()


def run_at_hand(task: bytes, content: bytes) -> Any:
    """Do a task for a part, which stays at hand for the next task."""
    if content not in _held:
        _held[content] = Loaded(content)
        while len(_held) > HELD:
            _held.popitem(last=False)
    _held.move_to_end(content)
    return run(task, _held[content])
