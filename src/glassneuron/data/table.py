"""A table of examples: features as numbers, and the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.data.columns.gaps import dropped, filled_in, is_gap, with_gap_words, without_gaps
from glassneuron.data.columns.judging import judged, known_columns
from glassneuron.data.encoding import (
    Array,
    Encoding,
    encoded,
    is_number,
    is_text,
    numbers,
    plain_text,
    refuse_text_in_numbers,
)
from glassneuron.data.files import read
from glassneuron.data.reading import Reading
from glassneuron.data.text_files.written import looks_like_number
from glassneuron.display import Displayed
from glassneuron.errors import DataError, problem
from glassneuron.neurons.preparing import with_products

MISSING = ("refuse", "drop", "mean", "fill")
UNKNOWN = ("refuse", "ignore")
MOST_CLASSES = 20
"""Different integers up to which a target column is taken for classes."""


@dataclass(frozen=True, eq=False)
class Table(Displayed):
    """Examples, ready for training: X of shape (rows, features), float64, and y of shape (rows,).

    y is the target as the table has it: numbers, booleans or text. The encoding makes the same features from another
    table. `places` are the positions of the rows in their file or frame, from 0, where some were left out. `notes` say
    what was recognised in it and what was left out; `reading` is what a person said about it.
    `unmet` holds, by the position of a row in X, the columns with a text that the encoding does not know, where these
    are ignored; `carried` the cells of columns that were asked for, as they are written.
    """

    X: Array
    y: Array | None
    target: str | None
    encoding: Encoding
    places: Array | None = None
    notes: tuple[str, ...] = ()
    reading: Reading = field(default_factory=Reading)
    unmet: dict[int, list[str]] = field(default_factory=dict)
    carried: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The features."""
        return self.encoding.names

    @property
    def kinds(self) -> dict[str, str]:
        """What each column that is read holds: "number", "text" or "date"."""
        return {column.name: column.kind for column in self.encoding.columns}

    @property
    def means(self) -> dict[str, Any]:
        """What gaps to come may be filled with: the mean of each column of numbers or dates, the commonest text."""
        with np.errstate(over="ignore"):
            means = self.X.mean(axis=0)
        found, position = dict[str, Any](), 0
        for column in self.encoding.columns:
            own = means[position : position + len(column.features)]
            if column.kind == "text":
                if len(column.values) and not (column.gaps or column.others):
                    first = column.single and own[0] < 0.5
                    found[column.name] = column.values[0] if first else column.made[int(own.argmax())]
            elif len(own) and np.isfinite(own[0]):
                found[column.name] = float(own[0])
            position += len(column.features)
        return found

    @property
    def target_kind(self) -> str:
        """Either "classes", or "number" where the target is a measurement."""
        if self.y is None or self.y.dtype.kind not in "iuf" or self.reading.task == "classification":
            return "classes"
        if self.reading.task == "regression":
            return "number"
        different = np.unique(self.y)
        whole = bool((different == np.round(different)).all())
        return "classes" if len(different) <= 2 or (whole and len(different) <= MOST_CLASSES) else "number"

    @property
    def whole_target(self) -> bool:
        """Whether the target holds whole numbers, so that it could be a class or a number."""
        return self.y is not None and self.y.dtype.kind in "iuf" and bool((self.y == np.round(self.y)).all())


def read_table(
    source: Any,
    target: str | None = None,
    *,
    missing: str = "refuse",
    encoding: Encoding | None = None,
    row: int | None = None,
    reading: Reading | None = None,
    unknown: str = "refuse",
    carry: Sequence[str] = (),
) -> Table:
    """Read examples from a file or a frame; `target` is the column to predict.

    `missing` says what to do with a gap: refuse the table, drop the row, or fill in the column's mean; "fill" does so
    too, takes a missing text for the commonest, and drops rows without a target. With the
    encoding of the table that a model was trained on, columns are found by name and others left out. `row` reads only
    this row, whatever the others hold; the first is 1. A text that the encoding does not know is refused or, where
    `unknown` is "ignore", noted in `unmet`. The cells of columns in `carry` come along, "*" for all. What cannot be
    recognised, such as columns to leave out, is said in a `Reading`. Errors name the column, the row and the fix;
    `notes` of the table tell what was recognised.

    Examples
    --------
    >>> import pyarrow as pa
    >>> frame = pa.table({"size": [1.5, 2.0], "colour": ["red", "blue"], "sold": ["no", "yes"]})
    >>> table = read_table(frame, "sold")
    >>> table.names
    ('size', 'colour=red')
    >>> table.X
    array([[1.5, 1. ],
           [2. , 0. ]])
    """
    checks.choice("missing", missing, MISSING)
    checks.choice("unknown", unknown, UNKNOWN)
    target = None if target is None else str(target)
    reading = Reading() if reading is None else reading
    source = read(source, reading, target)
    reading = reading.among(source.columns)
    carried = source.carried(carry)
    if row is not None and checks.integer("row", row, "[1, inf)") > source.rows:
        rule = f"at most {source.rows}, the last of the table"
        raise problem("parameter", name="row", rule=rule, value=row)
    first, given, fill, places = row or 1, encoding, missing == "fill", None
    unmet = None if unknown == "refuse" else dict[int, list[str]]()
    if encoding is None:
        columns, encoding, places = judged(source, target, missing, reading, row)
    else:
        if unmet is not None:
            source.without_texts([c.name for c in encoding.columns if c.read and c.kind == "number"], unmet)
            unmet = unmet if row is None else {0: unmet[row - 1]} if row - 1 in unmet else {}
        columns = known_columns(source, encoding, target, reading)
        if row is not None:
            columns = {name: cells.slice(row - 1, 1) for name, cells in columns.items()}
    count = len(next(iter(columns.values()))) if columns else source.rows
    X, position = np.empty((count, len(encoding.own))), 0
    for column in encoding.columns:
        for values in encoded(column, columns[column.name], first, unmet, fill=fill) if column.read else ():
            X[:, position] = values
            position += 1
        if given is None and column.others and not fill:
            X[columns[column.name].is_null().to_numpy(), position - 1] = np.nan
    y = None if target is None else _targets(columns[target], target, said=target in reading.text)
    _refuse_infinity(X, y, encoding.own, target, np.arange(count) + first if places is None else places + 1)
    lost = 0 if y is None else int(is_gap(y).sum())
    if fill and given is None:
        source.notes += filled_in(np.isnan(X).sum(axis=0).tolist(), count, encoding, columns)
    before = places
    try:
        X, y, encoding, places = without_gaps(X, y, target, encoding, missing, first, learned=given is not None)
    except DataError as error:
        raise with_gap_words(error, source) from None
    notes = source.notes
    if places is not None:
        notes.append(dropped(count, len(places), lost, target, source))
    places = before if places is None else places
    if places is not None:
        carried = {name: [cells[place] for place in places.tolist()] for name, cells in carried.items()}
        there = {place: k for k, place in enumerate(places.tolist())}
        unmet = unmet and {there[place]: names for place, names in unmet.items() if place in there}
    X = with_products(encoding.to_dict()["columns"], X)
    return Table(X, y, target, encoding, places, tuple(notes), reading, unmet or {}, carried)


def _targets(cells: Any, name: str, *, said: bool) -> Array:
    import pyarrow as pa

    if is_text(cells.type):
        text_classes(cells, name, said=said)
        return np.array(plain_text(cells).to_pylist(), dtype=object)
    if not is_number(cells.type):
        raise problem("column-kind", name=name, kind=cells.type)
    if pa.types.is_decimal(cells.type):
        return numbers(cells)
    if cells.null_count:
        return np.array(cells.to_pylist(), dtype=object)
    values: Array = cells.to_numpy()
    return values


def text_classes(cells: Any, name: str, *, said: bool) -> list[str]:
    """Return the different texts of a target, sorted; refuse numbers with a few texts among them."""
    text = plain_text(cells)
    different: list[str] = sorted(text.unique().drop_null().to_pylist())
    measured = any(looks_like_number(value) and not value.isdigit() for value in different)
    if not said:
        refuse_text_in_numbers(name, text, different, 0 if measured else MOST_CLASSES)
    return different


def _refuse_infinity(X: Array, y: Array | None, names: tuple[str, ...], target: str | None, rows: Array) -> None:
    for position, name in enumerate(names):
        infinite = np.isinf(X[:, position])
        if infinite.any():
            raise problem("infinite", name=name, row=int(rows[infinite.argmax()]))
    if y is not None:
        infinite = np.array([v in (np.inf, -np.inf) for v in y]) if y.dtype == object else np.isinf(y)
        if infinite.any():
            raise problem("infinite", name=target, row=int(rows[infinite.argmax()]))
