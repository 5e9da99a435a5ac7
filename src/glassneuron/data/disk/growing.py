"""Arrays on disk: one that grows row by row while it is written, and one mapped to be read."""

from __future__ import annotations

import errno
import io
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.errors import problem

Array = NDArray[Any]


class Growing:
    """A `.npy` file of rows of one kind, whose number is written into its head at the end."""

    def __init__(self, path: Path, columns: int | None, dtype: Any) -> None:
        self.path, self.columns, self.dtype, self.rows = path, columns, np.dtype(dtype), 0
        self._file = path.open("wb", buffering=0)
        self._put(self._head())

    def append(self, block: Array) -> None:
        """Write some rows behind the others."""
        if len(block):
            self._put(memoryview(np.ascontiguousarray(block, self.dtype)).cast("B"))
            self.rows += len(block)

    def close(self) -> None:
        """Write the number of rows, and wait until all of it is on the disk."""
        try:
            self._file.seek(0)
            self._put(self._head())
            self._file.close()
        except OSError as error:
            raise full(error, self.path) from error

    def abandon(self) -> None:
        """Close the file without more ado."""
        self._file.close()

    def _put(self, content: Any) -> None:
        view = memoryview(content)
        try:
            while len(view):
                view = view[self._file.write(view) :]
        except OSError as error:
            raise full(error, self.path) from error

    def _head(self) -> bytes:
        """Return the head, which is as long for any number of rows: NumPy leaves room for it to grow."""
        text = io.BytesIO()
        shape = (self.rows,) if self.columns is None else (self.rows, self.columns)
        facts = {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(text, facts)
        return text.getvalue()


def full(error: OSError, path: Path) -> Exception:
    """Return the error of a disk on which something cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return problem("disk-full", path=path.parent)
    return problem("unwritable", path=path, why=error.strerror or str(error))


def mapped(path: Path) -> Array:
    """Map an array: its rows are read from the disk when they are looked at; a change stays in memory.

    It is an ordinary array for everything that works on one, compiled kernels too.
    """
    array: Array = np.load(path, mmap_mode="c")
    return np.asarray(array)  # an array over the map, and not of a kind of its own


def map_of(array: Any) -> np.memmap[Any, Any] | None:
    """Return the map that an array looks into, or None where it lies in memory."""
    while array is not None:
        if isinstance(array, np.memmap):
            return array
        array = getattr(array, "base", None)
    return None


def room(shape: tuple[int, ...], dtype: Any, beside: Any) -> Array:
    """Return an array to be filled: in memory, or on the disk beside a mapped array that it is made from.

    What is on the disk has no name there, and is gone when nobody holds it any more.
    """
    source = map_of(beside)
    if source is None or source.filename is None or np.prod(shape) * np.dtype(dtype).itemsize < SMALL:
        return np.empty(shape, dtype)
    folder = Path(source.filename).parent
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)  # a disk that is full says so now, and does not kill
            mapped_file = np.memmap(file, dtype, "r+" if hasattr(os, "posix_fallocate") else "w+", shape=shape)
            mapped_file.filename = source.filename  # for what is made from it in turn
            return np.asarray(mapped_file)
    except OSError as error:
        raise full(error, folder / "rows") from error


def taken(array: Array, rows: Array) -> Array:
    """Return some rows of an array, as `array[rows]` does; of a mapped one on the disk.

    Examples
    --------
    >>> taken(np.array([[1.0], [2.0], [3.0]]), np.array([2, 0])).tolist()
    [[3.0], [1.0]]
    """
    if map_of(array) is None:
        return array[rows]
    rows = np.flatnonzero(rows) if rows.dtype == bool else rows
    part = room((len(rows), *array.shape[1:]), array.dtype, array)
    for start in range(0, len(rows), BLOCK):
        part[start : start + BLOCK] = array[rows[start : start + BLOCK]]
    return part


SMALL = 1 << 22
"""Bytes that are not worth a file."""
BLOCK = 1 << 12
"""Rows that are copied at once."""
