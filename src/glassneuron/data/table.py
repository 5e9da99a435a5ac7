"""A table of examples: features as numbers, and the target."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.data.columns.useless import useless
from glassneuron.data.encoding import (
    Array,
    Column,
    Encoding,
    are_classes,
    encoded,
    encoding_of,
    is_number,
    is_plain_text,
    is_text,
    is_time,
    numbers,
    plain_text,
    refuse_text_in_numbers,
)
from glassneuron.data.files import read
from glassneuron.data.means import column_means
from glassneuron.data.reading import Reading
from glassneuron.data.text_files.dates import IN_WORDS
from glassneuron.data.text_files.kinds import listed
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
    def means(self) -> dict[str, float]:
        """The mean of each column of numbers and dates, which a later table's gaps may be filled with."""
        with np.errstate(over="ignore"):
            means = self.X.mean(axis=0).tolist()
        found, position = {}, 0
        for column in self.encoding.columns:
            if column.kind != "text" and column.features and np.isfinite(means[position]):
                found[column.name] = means[position]
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
    too, makes the features of a missing text 0, and drops rows without a target. With the
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
    read_columns = [] if given is None else [column for column in given.columns if column.read]
    known = {column.name: column.order or column.kind for column in read_columns}
    absent = [name for name in known if name not in source.columns]
    if absent:
        raise problem("absent", columns=", ".join(f"`{name}`" for name in absent))
    wanted = known or _wanted(source.columns, target, reading)
    unmet = None if unknown == "refuse" else dict[int, list[str]]()
    if unmet is not None:
        source.without_texts([name for name, kind in known.items() if kind == "number"], unmet)
        unmet = unmet if row is None else {0: unmet[row - 1]} if row - 1 in unmet else {}
    columns, looks = source.typed([*wanted, *([] if target is None or target in wanted else [target])], reading, known)
    fill, places = missing == "fill", None
    if given is None:
        if fill and target is not None and row is None:
            columns, places = _with_target(columns, target, reading)
        if reading.keep is not None:
            kept = (*reading.keep, *reading.only, *reading.text, *reading.numeric)
            out = useless({name: columns[name] for name in wanted if name not in kept})
            source.notes += _left_out(out)
            wanted = {name: "" for name in wanted if name not in out}
    if row is not None:
        columns = {name: cells.slice(row - 1, 1) for name, cells in columns.items()}
    if encoding is None:
        most = reading.keep is not None
        features = {name: columns[name] for name in wanted}
        encoding = encoding_of(features, target, reading.text, dates=reading.dates, fill=fill, most=most)
        encoding = Encoding(
            tuple(
                replace(c, order=looks[c.name].order) if c.kind == "date" and c.name in looks else c
                for c in encoding.columns
            )
        )
        source.notes += _recognised(encoding, columns)
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
    lost = 0 if y is None else int(_is_gap(y).sum())
    if places is not None:
        source.notes.append(f"{_rows(source.rows - len(places))} without a value in `{target}` left out")
    if fill and given is None:
        source.notes += _filled_in(X, encoding, columns)
    before = places
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
    places = before if places is None else places
    if places is not None:
        carried = {name: [cells[place] for place in places.tolist()] for name, cells in carried.items()}
        there = {place: k for k, place in enumerate(places.tolist())}
        unmet = unmet and {there[place]: names for place, names in unmet.items() if place in there}
    X = with_products(encoding.to_dict()["columns"], X)
    return Table(X, y, target, encoding, places, tuple(notes), reading, unmet or {}, carried)


def _with_target(columns: dict[str, Any], target: str, reading: Reading) -> tuple[dict[str, Any], Array | None]:
    """Leave out rows without a target, and return the positions of the others; None where all have one."""
    gaps = columns[target].is_null(nan_is_null=True).to_numpy()
    if not gaps.any() or gaps.all():
        return columns, None
    for name, cells in columns.items():  # as long as rows are counted as the table has them
        if is_plain_text(cells.type) and name != target and name not in reading.text:
            values = plain_text(cells).unique().drop_null().to_pylist()
            if not (reading.keep is not None and are_classes(cells, values)):
                refuse_text_in_numbers(name, cells, values)
    there = np.flatnonzero(~gaps)
    return {name: cells.take(there) for name, cells in columns.items()}, there


def _recognised(encoding: Encoding, columns: dict[str, Any]) -> list[str]:
    """Say what dates, times and very many texts became."""
    said = []
    for column in encoding.columns:
        if column.start:
            parts = "".join(f", {part}" for part, _ in column.parts)
            order = f", written as {IN_WORDS[column.order]}" if column.order else ""
            said.append(f"`{column.name}`: days since {column.start}{parts}{order}")
        elif column.others and column.values:
            different = len(columns[column.name].unique().drop_null())
            said.append(
                f"`{column.name}`: the commonest {len(column.values)} of its {different:,} texts become features, the "
                "others none"
            )
        elif column.kind == "text" and any(map(looks_like_number, column.values)):
            odd = [value for value in column.values if not looks_like_number(value)]
            if odd and len(column.values) > 2 * len(odd):
                said.append(f"`{column.name}`: text, for {odd[0]!r} stands among its numbers")
        elif is_time(columns[column.name].type):
            said.append(f"`{column.name}`: hours since midnight")
    return said


def _filled_in(X: Array, encoding: Encoding, columns: dict[str, Any]) -> list[str]:
    """Say which gaps are filled, and with what."""
    gaps = np.isnan(X).sum(axis=0).tolist()
    position, means, texts = 0, [], []
    for column in encoding.columns:
        if column.kind == "text":
            lost = columns[column.name].null_count
            texts += [f"`{column.name}` ({lost:,})"] * (lost > 0)
        elif column.features and gaps[position]:
            means.append(f"`{column.name}` ({gaps[position]:,})")
        position += len(column.features)
    parts = [f"{listed(means)} with the mean"] * bool(means) + [f"{listed(texts)} as none of its texts"] * bool(texts)
    return [f"gaps filled: {', '.join(parts)}; of {len(X):,} rows"] if parts else []


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
    if missing == "drop" or (missing == "fill" and target_gaps.any() and not target_gaps.all()):
        if missing == "fill":
            encoding = _filled(X, gaps, encoding, learned=learned)
            gaps = np.isnan(X)
        keep = ~(gaps.any(axis=1) | target_gaps)
        if not keep.any():
            raise problem("all-dropped", rows=len(X))
        if keep.all():
            return X, y, encoding, None
        return X[keep], None if y is None else _tidy(y[keep]), encoding, np.flatnonzero(keep) + first - 1
    if missing in ("mean", "fill") or learned:
        encoding = _filled(X, gaps, encoding, learned=learned, some=missing == "fill")
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


def _filled(X: Array, gaps: Array, encoding: Encoding, *, learned: bool, some: bool = False) -> Encoding:
    """Fill gaps with means, which the columns keep for gaps to come: with `some`, those alone that have gaps."""
    columns: list[Column] = []
    means = np.full(X.shape[1], np.nan) if learned else column_means(X)
    position = 0
    for column in encoding.columns:
        mean = column.mean
        if column.kind in ("number", "date") and not column.values:
            known = ~gaps[:, position]
            if not learned and known.any() and not (some and known.all()):
                mean = float(means[position])
            if mean is not None:
                X[~known, position] = mean
        columns.append(replace(column, mean=mean))
        position += len(column.features)
    return Encoding(tuple(columns))


def _refuse_infinity(X: Array, y: Array | None, names: tuple[str, ...], target: str | None, rows: Array) -> None:
    for position, name in enumerate(names):
        infinite = np.isinf(X[:, position])
        if infinite.any():
            raise problem("infinite", name=name, row=int(rows[infinite.argmax()]))
    if y is not None:
        infinite = np.array([v in (np.inf, -np.inf) for v in y]) if y.dtype == object else np.isinf(y)
        if infinite.any():
            raise problem("infinite", name=target, row=int(rows[infinite.argmax()]))
