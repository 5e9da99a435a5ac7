"""Columns that tell a model nothing, or too much: of one value, copies of others, names and numbers of rows."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from glassneuron.data.encoding import is_number, is_text, numbers

OWN = 0.9
"""Share of the rows with a text of its own from which on a column of text names the rows."""
FEWEST = 10
"""Rows from which on that can be seen."""
ROW_NUMBER = re.compile(r"(?i)(.*[ _-])?(id|index|idx|key|uuid|row|nr|no|number)|.*[a-z]I[dD]")
"""What a column of row numbers is called."""


def useless(columns: dict[str, Any]) -> dict[str, str]:
    """Return the columns to leave out, Arrow arrays by their names, and why, in words that follow "left out, for it".

    Examples
    --------
    >>> import pyarrow as pa
    >>> useless({"a": pa.array([1, 2]), "b": pa.array([7, 7]), "c": pa.array([1, 2])})
    {'b': 'is 7 in every row', 'c': 'is the same as `a`'}
    """
    found: dict[str, str] = {}
    seen: dict[Any, str] = {}
    for name, cells in columns.items():
        why = _alone(name, cells) if len(cells) > 1 else ""
        if not why and len(cells) > 1:
            mark = _fingerprint(cells)
            first = seen.setdefault(mark, name)
            if first != name and cells.equals(columns[first]):
                why = f"is the same as `{first}`"
        if why:
            found[name] = why
    return found if len(found) < len(columns) else {}


def _alone(name: str, cells: Any) -> str:
    """Say why a column by itself is of no use, or nothing."""
    from pyarrow import compute

    rows = len(cells)
    if cells.null_count == rows:
        return "is empty"
    if not (is_number(cells.type) or is_text(cells.type)):
        return ""
    if cells.null_count == 0 and cells[0].equals(cells[rows - 1]) and len(cells.unique()) == 1:
        return f"is {cells[0].as_py()!r} in every row"
    if rows < FEWEST:
        return ""
    if is_text(cells.type):
        different = compute.count_distinct(cells).as_py()
        return "has a value of its own in nearly every row" if different >= OWN * rows else ""
    if ROW_NUMBER.fullmatch(name) and cells.null_count == 0 and (np.diff(numbers(cells)) == 1.0).all():
        return "counts the rows"
    return ""


def _fingerprint(cells: Any) -> Any:
    """Return what equal columns have in common and others hardly ever."""
    return str(cells.type), cells.null_count, tuple(map(str, cells.slice(0, 32).to_pylist()))
