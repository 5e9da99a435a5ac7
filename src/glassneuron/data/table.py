"""A table of examples: features as numbers, and the target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.data.encoding import (
    Array,
    Column,
    Encoding,
    encoded,
    encoding_of,
    is_number,
    is_text,
    numbers,
    plain_text,
)
from glassneuron.data.files import read_arrow
from glassneuron.data.means import column_means
from glassneuron.display import Displayed
from glassneuron.errors import problem

MISSING = ("refuse", "drop", "mean")
MOST_CLASSES = 20
"""Different integers up to which a target column is taken for classes."""


@dataclass(frozen=True, eq=False)
class Table(Displayed):
    """Examples, ready for training: X of shape (rows, features), float64, and y of shape (rows,).

    y is the target as the table has it: numbers, booleans or text. The encoding makes the same features from another
    table.
    """

    X: Array
    y: Array | None
    target: str | None
    encoding: Encoding

    @property
    def names(self) -> tuple[str, ...]:
        """The features."""
        return self.encoding.names

    @property
    def target_kind(self) -> str:
        """Either "classes", or "number" where the target is a measurement."""
        if self.y is None or self.y.dtype.kind not in "iuf":
            return "classes"
        different = np.unique(self.y)
        whole = bool((different == np.round(different)).all())
        return "classes" if len(different) <= 2 or (whole and len(different) <= MOST_CLASSES) else "number"


def read_table(
    source: Any,
    target: str | None = None,
    *,
    missing: str = "refuse",
    encoding: Encoding | None = None,
    row: int | None = None,
) -> Table:
    """Read examples from a file or a frame; `target` is the column to predict.

    `missing` says what to do with a gap: refuse the table, drop the row, or fill in the column's mean. With the
    encoding of the table that a model was trained on, columns are found by name and others left out. `row` reads only
    this row, whatever the others hold; the first is 1. Errors name the column, the row and the fix.

    Examples
    --------
    >>> import pyarrow as pa
    >>> frame = pa.table({"size": [1.5, 2.0], "colour": ["red", "blue"], "sold": ["no", "yes"]})
    >>> table = read_table(frame, "sold")
    >>> table.names
    ('size', 'colour=blue', 'colour=red')
    >>> table.X
    array([[1.5, 0. , 1. ],
           [2. , 1. , 0. ]])
    """
    checks.choice("missing", missing, MISSING)
    target = None if target is None else str(target)
    table = read_arrow(source, () if encoding is None else encoding.texts)
    if target is not None and target not in table.column_names:
        close = get_close_matches(target, table.column_names, 1)
        hint = f"Did you mean `{close[0]}`? " if close else ""
        raise problem("no-column", name=target, hint=hint, columns=", ".join(table.column_names[:30]))
    if row is not None:
        if checks.integer("row", row, "[1, inf)") > table.num_rows:
            rule = f"at most {table.num_rows}, the last of the table"
            raise problem("parameter", name="row", rule=rule, value=row)
        table = table.slice(row - 1, 1)
    first = row or 1
    given = encoding
    encoding = encoding or encoding_of(table, target)
    absent = [column.name for column in encoding.columns if column.name not in table.column_names]
    if absent:
        raise problem("absent", columns=", ".join(f"`{name}`" for name in absent))
    X = np.empty((table.num_rows, len(encoding.names)))
    position = 0
    for column in encoding.columns:
        for values in encoded(column, table[column.name], first):
            X[:, position] = values
            position += 1
    y = None if target is None else _targets(table[target], target)
    _refuse_infinity(X, y, encoding.names, target, first)
    X, y, encoding = _without_gaps(X, y, target, encoding, missing, first, learned=given is not None)
    return Table(X, y, target, encoding)


def _targets(cells: Any, name: str) -> Array:
    import pyarrow as pa

    if is_text(cells.type):
        return np.array(plain_text(cells).to_pylist(), dtype=object)
    if not is_number(cells.type):
        raise problem("column-kind", name=name, kind=cells.type)
    if pa.types.is_decimal(cells.type):
        return numbers(cells)
    if cells.null_count:
        return np.array(cells.to_pylist(), dtype=object)
    values: Array = cells.to_numpy()
    return values


def _is_gap(values: Array) -> Array:
    return np.array([v is None or v != v for v in values]) if values.dtype.kind in "Of" else np.zeros(len(values), bool)


def _without_gaps(
    X: Array, y: Array | None, target: str | None, encoding: Encoding, missing: str, first: int, *, learned: bool
) -> tuple[Array, Array | None, Encoding]:
    gaps = np.isnan(X)
    target_gaps = _is_gap(y) if y is not None else np.zeros(len(X), dtype=bool)
    if missing == "drop":
        keep = ~(gaps.any(axis=1) | target_gaps)
        if not keep.any():
            raise problem("all-dropped", rows=len(X))
        if keep.all():
            return X, y, encoding
        return X[keep], None if y is None else _tidy(y[keep]), encoding
    if missing == "mean" or learned:
        encoding = _filled(X, gaps, encoding, learned=learned)
        gaps = np.isnan(X)
    counts = dict(zip(encoding.names, gaps.sum(axis=0).tolist(), strict=True))
    owner = {feature: column.name for column in encoding.columns for feature in column.features}
    holes = {owner[name]: n for name, n in counts.items() if n}
    if target is not None and target_gaps.any():
        holes[target] = int(target_gaps.sum())
    if holes:
        rows = gaps.any(axis=1) | target_gaps
        listed = ", ".join(f"`{name}` ({n} of {len(X)})" for name, n in holes.items())
        fix = "leave these rows out" if learned else _what_helps(holes, rows, target, encoding)
        raise problem("missing", columns=listed, row=int(rows.argmax()) + first, fix=fix)
    return X, None if y is None else _tidy(y), encoding


def _what_helps(holes: dict[str, int], rows: Array, target: str | None, encoding: Encoding) -> str:
    """Return what to do about gaps: text and the target have no mean, and rows cannot all be dropped."""
    empty = [name for name, n in holes.items() if n == len(rows) and name != target]
    if empty:
        return f"leave `{empty[0]}` out"
    ways = [] if rows.all() else ["drop"]
    if {column.name for column in encoding.columns if column.kind == "number"} >= holes.keys():
        ways.append("mean")
    return f"say --missing {' or '.join(ways)}" if ways else "leave out columns with many gaps"


def _tidy(y: Array) -> Array:
    """Return a column that held gaps in the dtype of its values."""
    return np.array(y.tolist()) if y.dtype == object and not isinstance(y[0], str) else y


def _filled(X: Array, gaps: Array, encoding: Encoding, *, learned: bool) -> Encoding:
    columns: list[Column] = []
    means = np.full(X.shape[1], np.nan) if learned else column_means(X)
    position = 0
    for column in encoding.columns:
        mean = column.mean
        if column.kind == "number":
            known = ~gaps[:, position]
            if not learned and known.any():
                mean = float(means[position])
            if mean is not None:
                X[~known, position] = mean
        columns.append(replace(column, mean=mean))
        position += len(column.features)
    return Encoding(tuple(columns))


def _refuse_infinity(X: Array, y: Array | None, names: tuple[str, ...], target: str | None, first: int) -> None:
    for position, name in enumerate(names):
        infinite = np.isinf(X[:, position])
        if infinite.any():
            raise problem("infinite", name=name, row=int(infinite.argmax()) + first)
    if y is not None:
        infinite = np.array([v in (np.inf, -np.inf) for v in y]) if y.dtype == object else np.isinf(y)
        if infinite.any():
            raise problem("infinite", name=target, row=int(infinite.argmax()) + first)
