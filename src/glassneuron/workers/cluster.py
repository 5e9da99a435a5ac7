"""Parts of a table on a cluster of Dask."""

from __future__ import annotations

import itertools
import os
import pickle
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from glassneuron.engine.parts import Part
from glassneuron.errors import problem
from glassneuron.workers.connect import asked
from glassneuron.workers.tables import Loaded, Shelf, run

TOGETHER = 64
"""Results that are fetched together: the driver never holds more of them."""
SMALL = 1 << 16
"""Bytes that each task may carry along; more are a task of their own, whose result workers pass on to each other."""
STALLED = 60.0
"""Seconds in which nothing was finished and nobody was at work, after which tasks are handed in anew."""


class Cluster:
    """A cluster behind a client of Dask.

    The state of a training is in this process alone. A task has all that it needs, and can be run again anywhere.
    """

    def __init__(self, client: Any) -> None:
        self.client, self.name, self.number = client, uuid.uuid4().hex[:8], itertools.count()
        self.shelf = Shelf(self._seen)
        self._held: WeakKeyDictionary[Any, dict[tuple[int, int], Any]] = WeakKeyDictionary()
        self._pending: dict[str, tuple[Any, Part]] = {}

    def reach(self, table: Any) -> bool:
        """Return whether a table is kept for more than one look, or lies on a disk that workers see."""
        return self.shelf.reaches(table)

    def map(self, function: Callable[..., Any], parts: Sequence[Part], weights: tuple[Any, ...]) -> Iterator[Any]:
        """Yield what a function returns for each part, in order."""
        with self._told():
            task, loaded = self._task(function, weights), self._loaded(parts)
            waiting = self._submit(task, parts, loaded)
        try:
            while waiting:
                some = waiting[:TOGETHER]
                with self._told():
                    if self._stalled(some):
                        waiting = self._submit(task, [part for _, part in waiting], loaded)
                        continue
                    results = self._results(task, some, loaded)
                waiting = waiting[TOGETHER:]
                for future, _ in some:
                    del self._pending[future.key]
                yield from results
        finally:
            self._cancel([future for future, _ in waiting])

    def _key(self, what: str) -> str:
        return f"glassneuron-{what}-{self.name}-{next(self.number)}"

    def _task(self, function: Callable[..., Any], weights: tuple[Any, ...]) -> Any:
        """Return a task as bytes, or where they are many the future of a task of their own."""
        task = pickle.dumps((function, weights))
        return task if len(task) <= SMALL else self.client.submit(bytes, task, key=self._key("weights"), pure=False)

    def _loaded(self, parts: Sequence[Part]) -> dict[tuple[int, int], Any]:
        """Let workers load the parts that none of them holds yet; return the futures of all."""
        from dask import config

        table = parts[0].table
        held = {} if isinstance(table, np.ndarray) else self._held.setdefault(table, {})
        new = [part for part in parts if (part.start, part.stop) not in held]
        keys = [self._key("part") for _ in new]
        with config.set({"distributed.admin.large-graph-warning-threshold": "1 PB"}):
            futures = self.client.map(Loaded, [self.shelf.pack(part) for part in new], key=keys, pure=False)
        held.update(((part.start, part.stop), future) for part, future in zip(new, futures, strict=True))
        return held

    def _submit(
        self, task: Any, parts: Sequence[Part], loaded: dict[tuple[int, int], Any]
    ) -> list[tuple[Any, Part]]:  # fmt: skip
        """Hand in a task for each part, under keys that nobody has used."""
        held, keys = [loaded[part.start, part.stop] for part in parts], [self._key("task") for _ in parts]
        futures = self.client.map(run, [task] * len(parts), held, key=keys, pure=False)
        found = list(zip(futures, parts, strict=True))
        self._pending.update((future.key, (future, part)) for future, part in found)
        return found

    def _results(
        self, task: Any, some: list[tuple[Any, Part]], loaded: dict[tuple[int, int], Any]
    ) -> list[Any]:  # fmt: skip
        """Fetch results; a part over which workers died is tried once more, alone: it may have died beside another."""
        from distributed.scheduler import KilledWorker

        found: dict[str, Any] = {}
        for future, part in some:
            if future.status == "error" and isinstance(future.exception(), KilledWorker):
                loaded.pop((part.start, part.stop))
                ((again, _),) = self._submit(task, [part], self._loaded([part]))
                try:
                    found[future.key] = again.result()
                except KilledWorker as error:
                    deaths = 2 * (error.allowed_failures + 1)
                    raise problem("deadly-part", first=part.start, last=part.stop - 1, deaths=deaths) from None
                finally:
                    del self._pending[again.key]
        others = [future for future, _ in some if future.key not in found]
        found.update(zip((future.key for future in others), self.client.gather(others), strict=True))
        return [found[future.key] for future, _ in some]

    def _stalled(self, some: list[tuple[Any, Part]]) -> bool:
        """Wait until tasks are over; return True, and cancel them, where nothing moves any more."""
        from distributed import wait

        futures, over = [future for future, _ in some], -1
        while True:
            try:
                with self.client.as_current():
                    wait(futures, timeout=STALLED)
                return False
            except TimeoutError:
                before, over = over, sum(future.done() for future, _ in self._pending.values())
                if over == before and not any(self.client.processing().values()):
                    self._cancel([future for future, _ in self._pending.values()])
                    return True

    def _cancel(self, futures: list[Any]) -> None:
        for future in futures:
            self._pending.pop(future.key, None)
        if futures and self.client.status == "running":
            self.client.cancel(futures)

    def _seen(self, path: str) -> bool:
        """Return whether all workers see a file as it is here."""
        stat = os.stat(path)
        return all(asked(self.client, _looks_like, path, stat.st_size, stat.st_mtime_ns))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in a sentence what has become of workers and scheduler."""
        where = self.client.scheduler.address if self.client.scheduler else "?"
        try:
            if self.client.status == "closed":
                raise problem("client-closed")
            yield
        except (CancelledError, OSError, TimeoutError) as error:
            raise problem("scheduler-gone", value=where, why=type(error).__name__) from error

    def close(self) -> None:
        """Leave nothing behind: no task, no part, no file."""
        self._cancel([future for future, _ in self._pending.values()])
        self._held.clear()
        self.shelf.close()


def _looks_like(path: str, size: int, changed: int) -> bool:
    try:
        now = os.stat(path)
    except OSError:
        return False
    return (now.st_size, now.st_mtime_ns) == (size, changed)
