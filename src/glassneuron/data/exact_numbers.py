"""Numbers with more digits than a float holds, exactly as a file writes them."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.encoding import is_text
from glassneuron.data.files import TYPED, read
from glassneuron.data.table import Table
from glassneuron.data.text_files.content import content, suffix_of
from glassneuron.data.text_files.kinds import as_plain

LONG = rb"[0-9][0-9.]{15,}"  # more digits than 15, up to which different numbers are different floats
MOST_CELLS = 2_000_000
WHOLE = 2**53  # up to here, a float holds every whole number


def is_decimal_text(path: Path) -> bool:
    """Return whether a file holds numbers as decimals, as CSV does, and not as floats."""
    return suffix_of(path) not in TYPED


def has_long_numbers(path: Path) -> bool:
    """Return whether a file may hold different numbers that are the same float.

    A CSV file is searched for a long run of digits, a Parquet file for columns of 64-bit integers or decimals.
    """
    if is_decimal_text(path):
        return re.search(LONG, memoryview(content(path)[0])) is not None
    return any(_is_long(column) for column in read(path).columns.values())


def is_rounded(path: Path, table: Table) -> bool:
    """Return whether a table is so large that long numbers are taken as floats."""
    return table.X.size > MOST_CELLS and has_long_numbers(path)


def as_written(path: Path, table: Table) -> NDArray[Any] | None:
    """Read the numbers of a file's table as text or large integers, which lose nothing: objects, (rows, features).

    None if floats hold all that the file says, or if the table is large.
    """
    if table.X.size > MOST_CELLS or not has_long_numbers(path):
        return None
    columns = [column.name for column in table.encoding.columns if column.kind == "number"]
    cells, looks = read(path, table.reading, table.target).typed(
        columns, table.reading, dict.fromkeys(columns, "number")
    )
    position, finer = 0, {}
    for column in table.encoding.columns:
        if column.kind == "number":
            each = as_plain(looks[column.name]) if column.name in looks else cells[column.name]
            written = _finer(each, table.X[:, position], table.places)
            if written is not None:
                finer[position] = written
        position += len(column.features)
    if not finer:
        return None
    plain = table.X.T.tolist()
    if is_decimal_text(path):
        plain = [[repr(value) for value in column] for column in plain]
    return np.array([finer.get(j, own) for j, own in enumerate(plain)], dtype=object).T


def _is_long(cells: Any) -> bool:
    import pyarrow.types as t

    if t.is_int64(cells.type) or t.is_uint64(cells.type):
        from pyarrow import compute

        ends = compute.min_max(cells).as_py()
        return ends["max"] is not None and (ends["max"] > WHOLE or ends["min"] < -WHOLE)
    return bool(t.is_decimal(cells.type))


def _finer(cells: Any, floats: NDArray[Any], places: NDArray[Any] | None) -> list[Any] | None:
    """Return the cells if one of them is not exactly its float; a gap that was filled in is what it was filled with."""
    if not (is_text(cells.type) or _is_long(cells)):
        return None
    written = (cells if places is None else cells.take(places)).to_pylist()
    finer = False
    for i, (text, value) in enumerate(zip(written, floats.tolist(), strict=True)):
        if text is None:
            written[i] = repr(value)
            continue
        try:
            exact = Decimal(text)
        except (TypeError, ValueError, ArithmeticError):  # a boolean
            return None
        if float(exact) != value:
            return None
        finer = finer or exact != Decimal(repr(value))
    return written if finer else None
