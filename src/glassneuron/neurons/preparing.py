"""From the columns of a table to the features that a model reads: gaps, values, products."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, numbers
from glassneuron.errors import problem
from glassneuron.neurons.columns import names_in
from glassneuron.neurons.dates import date_features, names_of

Column = dict[str, Any]
"""A column as `data.encoding` writes it: name, kind, values, mean, and what else it has."""


def feature_names(column: Column) -> tuple[str, ...]:
    """Return the names of a column's features.

    Examples
    --------
    >>> feature_names({"name": "age", "kind": "number", "values": ()})
    ('age',)
    >>> feature_names({"name": "floor", "kind": "number", "values": (1.0, 2.5)})
    ('floor=1', 'floor=2.5')
    """
    if column["kind"] == "date":
        return names_of(column["name"], column.get("parts") or ())
    if column["kind"] == "product" or (column["kind"] == "number" and not column["values"]):
        return (column["name"],)
    made = column["values"][1:] if column.get("single") else column["values"]
    return tuple(f"{column['name']}={_text(value)}" for value in made)


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def prepared(columns: Sequence[Column], rows: Any) -> Any:
    """Turn rows as a table has them into features; rows that are features already stay what they are.

    Rows of a table are a frame with its columns, or an array with one place for each column, which is told from
    features by its width or by the text in it.

    Examples
    --------
    >>> colour = {"name": "colour", "kind": "text", "values": ("blue", "red"), "mean": None}
    >>> prepared([colour, {"name": "size", "kind": "number", "values": (), "mean": 2.5}], [["red", None]])
    array([[0. , 1. , 2.5]])
    """
    sources = [column for column in columns if column["kind"] != "product"]
    features = sum(len(feature_names(column)) for column in columns)
    if _are_features(sources, features, rows):
        return _with_means(sources, rows)
    cells = _cells(sources, features, rows)
    if cells is None:
        return rows
    parts = [_features(c, values) for c, values in zip(sources, cells, strict=True) if feature_names(c)]
    return with_products(columns, np.column_stack(parts))


def _are_features(sources: list[Column], features: int, rows: Any) -> bool:
    """Return whether an array as wide as the features holds numbers where the table would hold texts or dates."""
    if not isinstance(rows, np.ndarray) or rows.dtype.kind not in "biuf" or rows.shape[-1:] != (features,):
        return False
    return any(column["kind"] in ("text", "date") and feature_names(column) for column in sources)


def _with_means(sources: list[Column], rows: Array) -> Array:
    """Fill gaps among features."""
    place = 0
    for column in sources:
        if column["mean"] is not None and np.isnan(rows[..., place]).any():
            rows = rows.copy()
            rows[..., place] = _filled(column, rows[..., place])
        place += len(feature_names(column))
    return rows


def _cells(sources: list[Column], features: int, rows: Any) -> list[Any] | None:
    """Return the cells of each column, or None where rows are features."""
    named = names_in(rows)
    if named:
        read = [column["name"] for column in sources if feature_names(column)]
        if not all(name in named for name in read):
            return None
        return [rows[column["name"]] if feature_names(column) else None for column in sources]
    array = rows if isinstance(rows, np.ndarray) else np.array(rows, dtype=object)
    if array.ndim not in (1, 2) or array.shape[-1] != len(sources):
        return None
    table = np.atleast_2d(array)
    gaps = any(column["mean"] is not None for column in sources)
    if len(sources) == features and array.dtype.kind in "biuf" and not gaps:
        return None
    return [table[:, j] for j in range(len(sources))]


def _features(column: Column, cells: Any) -> Array:
    if column["values"]:
        return indicators(column, cells.to_pylist() if hasattr(cells, "to_pylist") else np.asarray(cells).tolist())
    if column["kind"] == "date":
        values = date_features(column, _moments(cells))
    else:
        values = _numbers(cells, column["name"])[:, np.newaxis]
    return _filled(column, values)


def _filled(column: Column, values: Array) -> Array:
    if column["mean"] is not None and np.isnan(values).any():
        return np.where(np.isnan(values), values.dtype.type(column["mean"]), values)
    return values


def _moments(cells: Any) -> Array:
    """Return dates as NumPy has them, no time for what is missing."""
    moments = np.asarray(cells.to_pylist() if hasattr(cells, "to_pylist") else cells)
    if moments.dtype == object:
        moments = np.array([None if _missing(value) else value for value in moments], dtype="datetime64[us]")
    return moments.astype("datetime64[us]")


def _numbers(cells: Any, name: str) -> Array:
    """Return a column's numbers, NaN for what is missing."""
    array = np.asarray(cells.to_pylist() if hasattr(cells, "to_pylist") else cells)
    if array.dtype == object:
        array = np.array([np.nan if _missing(value) else _hours(value) for value in array], dtype=object)
    return numbers(array, name)


def _hours(value: Any) -> Any:
    """Turn a time of day into hours; all else stays as it is."""
    if not isinstance(value, time):
        return value
    return value.hour + value.minute / 60 + (value.second + value.microsecond / 1e6) / 3600


def _missing(value: Any) -> bool:
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def indicators(column: Column, cells: Sequence[Any], first: int = 1) -> Array:
    """Return one feature for each value of a column, which is 1 where the cell has this value.

    Raises
    ------
    TableError
        If a cell has another value and the column does not allow `others`, or is a gap and it does not allow `gaps`;
        rows are counted from `first`.
    """
    places = {value: place for place, value in enumerate(column["values"])}
    made = np.zeros((len(cells), len(places)))
    for i, cell in enumerate(cells):
        place = None if isinstance(cell, float) and cell != cell else places.get(cell)
        if place is not None:
            made[i, place] = 1.0
        elif not (column.get("others") or (column.get("gaps") and _missing(cell))):
            known = ", ".join(_text(value) for value in column["values"])
            raise problem("new-value", name=column["name"], value=cell, row=i + first, known=known)
    return made[:, 1:] if column.get("single") else made


def with_products(columns: Sequence[Column], X: Array) -> Array:
    """Return features, to which those of products of features are added.

    Products stand behind all columns of the table.

    Examples
    --------
    >>> square = {"name": "a^2", "kind": "product", "values": (), "factors": (("a", 1.0, 2.0), ("a", 1.0, 2.0))}
    >>> with_products([{"name": "a", "kind": "number", "values": ()}, square], np.array([[5.0]]))
    array([[5., 4.]])
    """
    products = [column.get("factors", ()) for column in columns if column["kind"] == "product"]
    if not products:
        return X
    place = {name: j for j, name in enumerate(name for column in columns for name in feature_names(column))}
    made = np.ones((len(X), len(products)), X.dtype)
    for k, factors in enumerate(products):
        for name, subtracted, divided in reversed(factors):
            made[:, k] *= (X[:, place[name]] - subtracted) / divided
    return np.hstack([X, made])
