"""Columns that tell a model nothing, or too much: of one value, copies of others, names and numbers of rows."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from glassneuron.data.encoding import MOST_VALUES, is_date, is_number, is_text, numbers, plain_text
from glassneuron.data.text_files.written import is_code, looks_like_number

OWN = 0.9
"""Share of the rows with a text of its own from which on a column of text names the rows."""
MANY = 0.5
"""Share of the rows with a text of its own from which on very many texts are not worth a feature each."""
FEWEST_TEXTS, FEWEST = 5, 10
"""Rows from which on that can be seen of texts, and of numbers: what has fewer is a lesson rather than a table."""
ROW_NUMBER = re.compile(
    r"(?i)(.*[ ._-])?(id|index|idx|key|uuid|row|rows?[ ._-]?(id|names?|numbers?)|nr|no|number)|.*[a-z]I[dD]"
)
"""What a column of row numbers is called."""
SOME = 200
"""Different texts by which it is seen that a column holds numbers, and some texts."""
DENSE = 2
"""Times the rows that such numbers may reach over, where only some of the rows are there."""


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

    rows, known = len(cells), len(cells) - cells.null_count
    if known == 0:
        return "is empty"
    if not (is_number(cells.type) or is_text(cells.type) or is_date(cells.type)):
        return f"holds {cells.type}, which is neither numbers nor text nor dates"
    if known == rows and cells[0].equals(cells[rows - 1]) and len(cells.unique()) == 1:
        value = cells[0].as_py()
        return f"is {value!r} in every row" if not is_date(cells.type) else f"is {value} in every row"
    if known < (FEWEST_TEXTS if is_text(cells.type) else FEWEST):
        return ""
    if is_text(cells.type):
        different = compute.count_distinct(plain_text(cells), mode="only_valid").as_py()
        if different < OWN * known and (different <= MOST_VALUES or different <= MANY * known):
            return ""
        some = plain_text(cells).unique().drop_null()[:SOME].to_pylist()
        if sum(map(looks_like_number, some)) > len(some) / 2 and not any(map(is_code, some)):
            return ""  # numbers with a slip of the pen among them, which has to be mended
        own = different >= OWN * known
        return "has a value of its own in nearly every row" if own else "has very many texts, most of them in one row"
    return "counts the rows" if ROW_NUMBER.fullmatch(name) and known == rows and _counts(cells) else ""


def _counts(cells: Any) -> bool:
    """Return whether numbers count the rows, or some of the rows of a larger table in any order."""
    values = numbers(cells)
    if (np.diff(values) == 1.0).all():
        return True
    if not (values == np.round(values)).all() or np.ptp(values) >= DENSE * len(values):
        return False
    return len(np.unique(values)) == len(values)


def _fingerprint(cells: Any) -> Any:
    """Return what equal columns have in common and others hardly ever."""
    return str(cells.type), cells.null_count, tuple(map(str, cells.slice(0, 32).to_pylist()))
