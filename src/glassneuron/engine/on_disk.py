"""Arrays that lie on the disk, and what is made from them: that lies there, too."""

from __future__ import annotations

import errno
import math
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.errors import problem

Array = NDArray[Any]
SMALL = 1 << 18
"""Bytes that are not worth a file."""
NUMBERS = 1 << 18
"""Numbers that are copied or made at once."""


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
    source, size = map_of(beside), math.prod(shape) * np.dtype(dtype).itemsize
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
    rows = true_places(rows) if rows.dtype == bool else rows
    part = room((len(rows), *array.shape[1:]), array.dtype, array)
    size = _at_once(array)
    for start in range(0, len(rows), size):
        part[start : start + size] = array[rows[start : start + size]]
    return part


def row_by_row(function: Callable[..., Array], *arrays: Array) -> Array:
    """Return what a function makes of arrays, each row by itself: where the first is mapped on the disk, and piecewise.

    So one number a row of an immense table takes no memory.

    Examples
    --------
    >>> row_by_row(np.add, np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    array([4., 6.])
    """
    first = arrays[0]
    if map_of(first) is None:
        return function(*arrays)
    size = _at_once(*arrays)
    if len(first) <= size:
        return function(*arrays)
    made: Array | None = None
    for start in range(0, len(first), size):
        part = function(*(each[start : start + size] for each in arrays))
        if made is None:
            made = room((len(first), *part.shape[1:]), part.dtype, first)
        made[start : start + size] = part
    assert made is not None
    return made


def true_places(mask: Array) -> Array:
    """Return the places of what is true, as `np.flatnonzero` does; of a mapped array on the disk."""
    if map_of(mask) is None:
        return np.flatnonzero(mask)
    places, done = room((int(np.count_nonzero(mask)),), np.int64, mask), 0
    for start in range(0, len(mask), NUMBERS):
        some = np.flatnonzero(mask[start : start + NUMBERS])
        places[done : done + len(some)] = some + start
        done += len(some)
    return places


def rising(values: Array) -> Array:
    """Return the places of values from the lowest to the highest, equal ones as they come; on the disk as they are.

    There they are sorted in place, each as the real part of a number whose imaginary part is its place: such numbers
    are sorted by the one, and then by the other.

    Examples
    --------
    >>> rising(np.array([0.9, 0.1, 0.9])).tolist()
    [1, 0, 2]
    """
    if map_of(values) is None:
        return np.argsort(values, kind="stable")
    pairs = row_by_row(lambda v, place: v + 1j * place, values, row_numbers(len(values), np.int64, values))
    pairs.sort()
    return row_by_row(lambda pairs: pairs.imag.astype(np.int64), pairs)


def joined(parts: Iterable[Array], rows: int, beside: Any) -> Array:
    """Put parts of so many rows behind each other; on the disk beside a mapped array."""
    whole: Array | None = None
    done = 0
    for part in parts:
        if whole is None:
            if len(part) == rows and map_of(beside) is None:
                return part
            whole = room((rows, *part.shape[1:]), part.dtype, beside)
        whole[done : done + len(part)] = part
        done += len(part)
    assert whole is not None
    return whole


def row_numbers(rows: int, kind: Any, beside: Any) -> Array:
    """Return the numbers of so many rows, from 0; on the disk beside a mapped array."""
    if map_of(beside) is None:
        return np.arange(rows, dtype=kind)
    numbers = room((rows,), kind, beside)
    for start in range(0, rows, NUMBERS):
        numbers[start : start + NUMBERS] = np.arange(start, min(start + NUMBERS, rows))
    return numbers


def _at_once(*arrays: Array) -> int:
    return max(1, NUMBERS // max(1, *(each[:1].size for each in arrays)))


def full(error: OSError, path: Path) -> Exception:
    """Return the error of a disk on which something cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return problem("disk-full", path=path.parent)
    return problem("unwritable", path=path, why=error.strerror or str(error))
