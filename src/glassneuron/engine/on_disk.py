"""Arrays that lie on the disk, and what is made from them: that lies there, too."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.errors import problem

Array = NDArray[Any]
SMALL = 1 << 22
"""Bytes that are not worth a file."""
BLOCK = 1 << 12
"""Rows that are copied at once."""


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
    source, size = map_of(beside), int(np.prod(shape)) * np.dtype(dtype).itemsize
    if source is None or source.filename is None or size < max(SMALL, 1):
        return np.empty(shape, dtype)
    folder = Path(source.filename).parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)  # a full disk says so now, and not by a signal later
            whole = np.memmap(file, dtype, "w+", shape=shape)
            whole.filename = source.filename  # for what is made from it in turn
            return np.asarray(whole)
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


def full(error: OSError, path: Path) -> Exception:
    """Return the error of a disk on which something cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return problem("disk-full", path=path.parent)
    return problem("unwritable", path=path, why=error.strerror or str(error))
