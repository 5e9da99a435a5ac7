"""The columns of a frame, taken by their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glassneuron.errors import problem, warn


def names_in(rows: Any) -> list[Any] | None:
    """Return the names of the columns of a frame, of pyarrow's or of others; None where rows have no names.

    Examples
    --------
    >>> import pandas, pyarrow
    >>> names_in(pandas.DataFrame({"a": [1]})), names_in(pyarrow.table({"a": [1]})), names_in([[1]])
    (['a'], ['a'], None)
    """
    names = getattr(rows, "column_names", getattr(rows, "columns", None))
    return None if names is None or callable(names) else list(names)


def in_order(rows: Any, names: Sequence[str] | None) -> Any:
    """Take the columns of a frame, or the cells of one of its rows, by name; what has no names stays as it is.

    Names that nobody gave, x1, x2 and so on, are asked of no frame that has others. Columns without a use are told in a
    warning.

    Raises
    ------
    TableError
        If a name is missing.

    Examples
    --------
    >>> import pandas
    >>> in_order(pandas.DataFrame({"b": [2], "a": [1]}), ["a", "b"]).columns.tolist()
    ['a', 'b']
    """
    if names is None:
        return rows
    if hasattr(rows, "to_frame") and hasattr(rows, "index"):
        rows = rows.to_frame().T  # a row of a frame
    columns = names_in(rows) or []
    if columns == list(names) or not columns or not all(isinstance(name, str) for name in columns):
        return rows
    missing = [name for name in names if name not in set(columns)]
    if missing:
        if list(names) == [f"x{j + 1}" for j in range(len(names))]:
            return rows
        raise problem("absent", columns=", ".join(missing))
    extra = [name for name in columns if name not in set(names)]
    if extra:
        warn(f"the model does not read these columns: {', '.join(extra)}.", UserWarning)
    return rows.select(list(names)) if hasattr(rows, "select") else rows[list(names)]
