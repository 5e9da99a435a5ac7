"""How a part of a table comes to another process: by the name of a file that both see, or else number by number."""

from __future__ import annotations

import io
import itertools
import os
import pickle
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from glassneuron.data.disk.folders import Folder, enough_room, home
from glassneuron.data.disk.room import map_of
from glassneuron.engine.arrays import Array
from glassneuron.engine.parts import Part, cut
from glassneuron.errors import problem

FEW = 1 << 16
"""Bytes that are sent rather than written aside."""


class OnDisk(NamedTuple):
    """Where an array lies: its file, as it was, and the place in it."""

    path: str
    offset: int
    shape: tuple[int, ...]
    dtype: str
    size: int
    changed: int

    def open(self) -> Array:
        """Map the array; refuse another file than was meant."""
        try:
            now = os.stat(self.path)
        except OSError as error:
            raise problem("unseen-file", path=self.path, why=error.strerror) from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed):
            raise problem("unseen-file", path=self.path, why="it is another file there, or was changed")
        array: Array = np.memmap(self.path, self.dtype, "c", self.offset, self.shape)
        return np.asarray(array)


def whole_map(array: Any) -> np.memmap[Any, Any] | None:
    """Return the whole map of which an array shows a part, or None where it lies in memory."""
    whole = map_of(array)
    while whole is not None and isinstance(whole.base, np.memmap):
        whole = whole.base
    return whole


def touched(array: Array) -> bool:
    """Return whether a map was written into, which changed it for this process alone; only Linux can tell."""
    whole = whole_map(array)
    if whole is None or whole.mode != "c":
        return False
    first = whole.__array_interface__["data"][0]
    inside = False
    try:
        with open("/proc/self/smaps") as ranges:
            for line in ranges:
                name, _, rest = line.partition(" ")
                if name[-1] != ":":
                    start, end = (int(number, 16) for number in name.split("-"))
                    inside = start < first + whole.nbytes and first < end
                elif inside and name in ("Anonymous:", "Swap:") and rest.split()[0] != "0":
                    return True
    except OSError:
        pass
    return False


def on_disk(array: Array) -> OnDisk | None:
    """Return where an array lies that looks into a map of a file, or None where it lies in memory."""
    whole = whole_map(array)
    if whole is None or whole.filename is None or whole.mode == "w+" or not array.flags.c_contiguous:
        return None
    inside = array.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    stat = os.stat(whole.filename)
    place = whole.offset + inside
    return OnDisk(str(whole.filename), place, array.shape, array.dtype.str, stat.st_size, stat.st_mtime_ns)


class _Pickler(pickle.Pickler):
    """Writes arrays that other processes can find by where they are."""

    def __init__(self, file: io.BytesIO, place: Callable[[Array], OnDisk | None]) -> None:
        super().__init__(file, protocol=5)
        self.place = place

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, np.ndarray) and value.nbytes > FEW:
            place = self.place(value)
            if place is not None:
                return OnDisk.open, (place,)
        return NotImplemented


def packed(table: Any, place: Callable[[Array], OnDisk | None] = on_disk) -> bytes:
    """Return a table as bytes, in which arrays that have a place on the disk are only named."""
    file = io.BytesIO()
    _Pickler(file, place).dump(table)
    return file.getvalue()


class Loaded:
    """A part of a table as another process holds it; it goes on from there as it came."""

    def __init__(self, content: bytes) -> None:
        self.table = pickle.loads(content)

    def __reduce__(self) -> tuple[Any, ...]:
        return Loaded, (packed(self.table),)

    def __sizeof__(self) -> int:
        arrays = (value for value in vars(self.table).values() if isinstance(value, np.ndarray))
        return 1000 + sum(array.nbytes for array in arrays if map_of(array) is None)


def run(task: bytes, loaded: Loaded) -> Any:
    """Do a task, a function and its weights as bytes, for a part that is loaded."""
    function, weights = pickle.loads(task)
    return function(Part(loaded.table, 0, loaded.table.shape[0]), *weights)


class Shelf:
    """What is lent to other processes of the tables of this one.

    A table that lies on a disk that they see stays there, and what lies in memory is written aside, once for each
    table, if they see the folder for that. What they cannot see is sent.
    """

    def __init__(self, seen: Callable[[str], bool]) -> None:
        self.seen, self.number = seen, itertools.count()
        self._folder: Folder | None = None
        self._known: dict[str, bool] = {}
        self._changes: WeakKeyDictionary[Any, dict[int, bool]] = WeakKeyDictionary()
        self._aside: WeakKeyDictionary[Any, dict[int, tuple[Array, OnDisk | None]]] = WeakKeyDictionary()

    def reaches(self, table: Any) -> bool:
        """Return whether other processes read a table from the disk, or will look at it more than once."""
        if not isinstance(table, np.ndarray):
            return True
        place = on_disk(table)
        return place is not None and self._seen(place.path) and not touched(table)

    def pack(self, part: Part) -> bytes:
        """Return the rows of a part as bytes that another process makes a table of."""
        own, table = cut(part), part.table
        whole = getattr(own, "whole", None)
        if whole is not None and not (isinstance(whole, np.ndarray) and self.reaches(whole)):
            own = own.taken()
            return packed(own, lambda array: self._place(array, table, {}))
        aside = {} if isinstance(table, np.ndarray) else self._aside.setdefault(table, {})
        return packed(own, lambda array: self._place(array, table, aside))

    def _place(self, array: Array, table: Any, aside: dict[int, tuple[Array, OnDisk | None]]) -> OnDisk | None:
        place = on_disk(array)
        if place is not None and self._seen(place.path) and not self._touched(array, table):
            return place
        if id(array) not in aside:
            aside[id(array)] = array, self._written(array, table)
        return aside[id(array)][1]

    def _touched(self, array: Array, table: Any) -> bool:
        """Return whether a map was written into before its table was first looked at."""
        if isinstance(table, np.ndarray):
            return False  # it would not have been handed over
        known, whole = self._changes.setdefault(table, {}), whole_map(array)
        if id(whole) not in known:
            known[id(whole)] = touched(array)
        return known[id(whole)]

    def _written(self, array: Array, table: Any) -> OnDisk | None:
        """Write an array aside, for as long as its table is there; return None where others would not see it."""
        if self._folder is None:
            self._folder = Folder(home())
        if not self._seen(str(self._folder.path / "lock")):
            return None
        path = self._folder.path / f"{next(self.number)}.npy"
        enough_room(path.parent, array.nbytes)
        np.save(path, array)
        weakref.finalize(table, _removed, path)
        return on_disk(np.load(path, mmap_mode="r"))

    def _seen(self, path: str) -> bool:
        if path not in self._known:
            self._known[path] = self.seen(path)
        return self._known[path]

    def close(self) -> None:
        """Remove what was written aside."""
        if self._folder is not None:
            self._folder.remove()


def _removed(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
