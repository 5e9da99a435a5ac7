"""A table of examples: features as numbers, and the target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
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
    refuse_text_in_numbers,
)
from glassneuron.data.files import read
from glassneuron.data.means import column_means
from glassneuron.data.reading import Reading
from glassneuron.data.survey import useless
from glassneuron.data.text_files.kinds import listed
from glassneuron.data.text_files.written import looks_like_number
from glassneuron.display import Displayed
from glassneuron.errors import DataError, problem
from glassneuron.neurons.preparing import with_products

MISSING = ("refuse", "drop", "mean")
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

    `missing` says what to do with a gap: refuse the table, drop the row, or fill in the column's mean. With the
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
    first, given = row or 1, encoding
    known = {} if given is None else {column.name: column.kind for column in given.columns if column.read}
    absent = [name for name in known if name not in source.columns]
    if absent:
        raise problem("absent", columns=", ".join(f"`{name}`" for name in absent))
    wanted = known or _wanted(source.columns, target, reading)
    columns, _ = source.typed([*wanted, *([] if target is None or target in wanted else [target])], reading, known)
    if given is None and reading.keep is not None:
        kept = (*reading.keep, *reading.only, *reading.text, *reading.numeric)
        out = useless({name: columns[name] for name in wanted if name not in kept})
        source.notes += _left_out(out)
        wanted = {name: "" for name in wanted if name not in out}
    if row is not None:
        columns = {name: cells.slice(row - 1, 1) for name, cells in columns.items()}
    if encoding is None:
        encoding = encoding_of({name: columns[name] for name in wanted}, target, reading.text)
        source.notes += [f"`{c.name}`: days since {c.start}" for c in encoding.columns if c.start]
    count = source.rows if row is None else 1
    X, unmet = np.empty((count, len(encoding.own))), None if unknown == "refuse" else dict[int, list[str]]()
    position = 0
    for column in encoding.columns:
        for values in encoded(column, columns[column.name], first, unmet) if column.read else ():
            X[:, position] = values
            position += 1
    y = None if target is None else _targets(columns[target], target, said=target in reading.text)
    _refuse_infinity(X, y, encoding.own, target, first)
    lost = 0 if y is None else int(_is_gap(y).sum())
    try:
        X, y, encoding, places = _without_gaps(X, y, target, encoding, missing, first, learned=given is not None)
    except DataError as error:
        if error.code == "missing" and source.gaps:
            raise problem("gap-words", why=str(error).rstrip("."), words=" and ".join(source.gaps)) from None
        raise
    notes = source.notes
    if places is not None:
        of_them = f", {lost:,} of them in `{target}`" if lost else ""
        words = f" ({' and '.join(source.gaps)} without quotes too)" if source.gaps else ""
        notes.append(
            f"{_rows(count - len(places))} with gaps left out{words}{of_them}; {len(places):,} of {count:,} are left"
        )
    if places is not None:
        carried = {name: [cells[place] for place in places.tolist()] for name, cells in carried.items()}
        there = {place: k for k, place in enumerate(places.tolist())}
        unmet = unmet and {there[place]: names for place, names in unmet.items() if place in there}
    X = with_products(encoding.to_dict()["columns"], X)
    return Table(X, y, target, encoding, places, tuple(notes), reading, unmet or {}, carried)


def _wanted(columns: Iterable[str], target: str | None, reading: Reading) -> dict[str, str]:
    """Return the columns to learn from, as keys."""
    out = {*reading.drop, *([] if target is None else [target])}
    wanted = [name for name in columns if name not in out and (not reading.only or name in reading.only)]
    return dict.fromkeys(wanted, "")


def _left_out(reasons: dict[str, str]) -> list[str]:
    """Say which columns are left out, one sentence for all of a kind."""
    kinds: dict[str, list[str]] = {}
    for name, why in reasons.items():
        kinds.setdefault(why, []).append(name)
    keep = " (--keep takes it in)"
    return [
        f"{listed([f'`{name}`' for name in names])}: left out, for it {why}{keep * (k == 0)}"
        for k, (why, names) in enumerate(kinds.items())
    ]


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _targets(cells: Any, name: str, *, said: bool) -> Array:
    import pyarrow as pa

    if is_text(cells.type):
        text = plain_text(cells)
        different = sorted(text.unique().drop_null().to_pylist())
        measured = any(looks_like_number(value) and not value.isdigit() for value in different)
        if not said:
            refuse_text_in_numbers(name, text, different, 0 if measured else MOST_CLASSES)
        return np.array(text.to_pylist(), dtype=object)
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
) -> tuple[Array, Array | None, Encoding, Array | None]:
    gaps = np.isnan(X)
    target_gaps = _is_gap(y) if y is not None else np.zeros(len(X), dtype=bool)
    if missing == "drop":
        keep = ~(gaps.any(axis=1) | target_gaps)
        if not keep.any():
            raise problem("all-dropped", rows=len(X))
        if keep.all():
            return X, y, encoding, None
        return X[keep], None if y is None else _tidy(y[keep]), encoding, np.flatnonzero(keep) + first - 1
    if missing == "mean" or learned:
        encoding = _filled(X, gaps, encoding, learned=learned)
        gaps = np.isnan(X)
    counts = dict(zip(encoding.own, gaps.sum(axis=0).tolist(), strict=True))
    owner = {feature: column.name for column in encoding.columns for feature in column.features}
    holes = {owner[name]: n for name, n in counts.items() if n}
    if target is not None and target_gaps.any():
        holes[target] = int(target_gaps.sum())
    if holes:
        rows = gaps.any(axis=1) | target_gaps
        listed = ", ".join(f"`{name}` ({n} of {len(X)})" for name, n in holes.items())
        fix = (
            "leave these rows out, as `predict --missing drop` does"
            if learned
            else _what_helps(holes, rows, target, encoding)
        )
        raise problem("missing", columns=listed, row=int(rows.argmax()) + first, fix=fix)
    return X, None if y is None else _tidy(y), encoding, None


def _what_helps(holes: dict[str, int], rows: Array, target: str | None, encoding: Encoding) -> str:
    """Return what to do about gaps: text and the target have no mean, and rows cannot all be dropped."""
    empty = [name for name, n in holes.items() if n == len(rows) and name != target]
    if empty:
        return f"leave `{empty[0]}` out"
    ways = [] if rows.all() else ["drop"]
    if {column.name for column in encoding.columns if column.kind != "text"} >= holes.keys():
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
        if column.kind in ("number", "date") and not column.values:
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
