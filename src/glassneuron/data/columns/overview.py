"""What is in a table: its columns, one by one, and what would become of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from glassneuron.data.columns.leaks import warnings_of
from glassneuron.data.columns.useless import useless
from glassneuron.data.encoding import as_moments, is_date, is_number, is_text, is_time, numbers, plain_text
from glassneuron.data.files import Source, read
from glassneuron.data.reading import Reading
from glassneuron.data.table import read_table
from glassneuron.errors import DataError

BINS = 12
COMMON = 8
"""Texts that are counted one by one."""
STAND_IN = re.compile(r"-1|-?9{2,}|-?9{2,}8|-?8{2,}")
"""What people write for a value that they do not know, where only numbers may stand."""
FEWEST = 3


@dataclass(frozen=True)
class ColumnFacts:
    """What is in one column.

    Attributes
    ----------
    name : str
    kind : str
        "number", "true or false", "date", "time", "text", or what Arrow calls it.
    gaps, different : int
        Missing cells, and different values among the others.
    least, middle, most, mean : float or str or None
        Of numbers, dates and times of day.
    bins : tuple of int
        Rows in each of some equal parts of the range.
    common : tuple of (str, int)
        The commonest texts, and how often they are there.
    features : tuple of str
        What the column would become.
    left_out, warning : str
        Why it would be left out, in words that follow "left out, for it"; what is suspicious, in a sentence.
    target : bool
    """

    name: str
    kind: str
    gaps: int
    different: int
    least: Any = None
    middle: Any = None
    most: Any = None
    mean: Any = None
    bins: tuple[int, ...] = ()
    common: tuple[tuple[str, int], ...] = ()
    features: tuple[str, ...] = ()
    left_out: str = ""
    warning: str = ""
    target: bool = False


@dataclass(frozen=True)
class Overview:
    """What is in a table.

    Attributes
    ----------
    name : str
    rows : int
    columns : tuple of ColumnFacts
    target : str or None
    target_kind : str or None
        "classes" or "number".
    notes : tuple of str
        What was recognised, in sentences.
    refusal : str
        Why it could not be learned from as it is, if it could not.
    sample : str
        Which rows were looked at, if not all.
    """

    name: str
    rows: int
    columns: tuple[ColumnFacts, ...]
    target: str | None = None
    target_kind: str | None = None
    notes: tuple[str, ...] = ()
    refusal: str = ""
    sample: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return asdict(self)


def overview(
    source: Any, target: str | None = None, reading: Reading | None = None, sample: str = "", name: str = ""
) -> Overview:
    """Look at all columns of a file or a frame.

    Examples
    --------
    >>> import pyarrow as pa
    >>> seen = overview(pa.table({"size": [1.5, None, 4.0], "year": [2024] * 3, "sold": ["no", "yes", "yes"]}), "sold")
    >>> [(c.name, c.kind, c.gaps, c.different, c.left_out) for c in seen.columns]
    [('size', 'number', 1, 2, ''), ('year', 'number', 0, 1, 'is 2024 in every row'), ('sold', 'text', 0, 2, '')]
    """
    reading = Reading(keep=()) if reading is None else replace(reading, keep=reading.keep or ())
    found = read(source, reading, target)
    reading = reading.among(found.columns)
    own = replace(found, notes=list(found.notes))
    cells, refused = _typed(found, reading)
    out = dict.fromkeys(reading.drop, "was left out by hand")
    out |= {n: "was left out by hand" for n in found.columns if reading.only and n not in (*reading.only, target)}
    features = {column: each for column, each in cells.items() if column != target and column not in out}
    kept = (*(reading.keep or ()), *reading.only, *reading.text, *reading.numeric)
    out |= useless({column: each for column, each in features.items() if column not in kept})
    become: dict[str, tuple[str, ...]] = {}
    warnings, refusal, notes, kind = dict(refused), "", tuple(found.notes), None
    try:
        table = read_table(own, target, missing="fill", reading=reading)
        become = {column.name: column.features for column in table.encoding.columns}
        notes, kind = table.notes, None if target is None else table.target_kind
        warnings |= warnings_of(table) if target is not None else {}
    except DataError as error:
        refusal = str(error)
    columns = [
        replace(
            facts_of(each, cells[each]), features=become.get(each, ()), left_out=out.get(each, ""),
            warning=warnings.get(each) or _stand_in(each, cells[each]), target=each == target,
        )
        for each in cells
    ]  # fmt: skip
    return Overview(name or str(found.name), found.rows, tuple(columns), target, kind, tuple(notes), refusal, sample)


def _typed(found: Source, reading: Reading) -> tuple[Mapping[str, Any], dict[str, str]]:
    """Return all columns as what they hold; those that cannot be told as text, with the reason."""
    try:
        return found.typed(found.columns, reading)[0], {}
    except DataError:
        cells: dict[str, Any] = {}
        refused: dict[str, str] = {}
        for name, own in found.columns.items():
            try:
                cells |= found.typed([name], reading)[0]
            except DataError as error:
                cells[name], refused[name] = own, str(error)
        return cells, refused


def facts_of(name: str, cells: Any) -> ColumnFacts:
    """Return what is in a column, an Arrow array."""
    import pyarrow.types as t

    gaps = cells.null_count
    if is_text(cells.type):
        counts = plain_text(cells).drop_null().value_counts()
        pairs = zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True)
        ordered = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
        return ColumnFacts(name, "text", gaps, len(ordered), common=tuple(ordered[:COMMON]))
    if is_date(cells.type):
        moments = as_moments(cells)
        moments = np.sort(moments[~np.isnat(moments)])
        if not len(moments):
            return ColumnFacts(name, "date", gaps, 0)
        kind = "M8[D]" if (moments == moments.astype("M8[D]")).all() else "M8[m]"
        least, middle, most = (str(moments[k].astype(kind)).replace("T", " ") for k in (0, len(moments) // 2, -1))
        bins = np.histogram(moments.astype(np.int64), BINS)[0].tolist()
        return ColumnFacts(name, "date", gaps, len(np.unique(moments)), least, middle, most, bins=tuple(bins))
    if not is_number(cells.type):
        return ColumnFacts(name, str(cells.type), gaps, 0)
    kind = "true or false" if t.is_boolean(cells.type) else "time" if is_time(cells.type) else "number"
    values = numbers(cells)
    gaps = int(np.isnan(values).sum())
    values = values[np.isfinite(values)]
    if not len(values):
        return ColumnFacts(name, "empty" if t.is_null(cells.type) else kind, gaps, 0)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, least, middle, most = float(values.mean()), values.min(), np.median(values), values.max()
        different = np.unique(values)
        bins = np.histogram(values / max(abs(least), abs(most), 1e-300), min(BINS, max(len(different), 2)))[0].tolist()
    ends: list[Any] = [float(value) for value in (least, middle, most, mean)]
    if kind == "time":
        ends = [f"{int(hours):02}:{int(hours % 1 * 60 + 0.5) % 60:02}" for hours in ends]
    return ColumnFacts(
        name, kind, gaps, len(different), least=ends[0], middle=ends[1], most=ends[2], mean=ends[3], bins=tuple(bins)
    )


def _stand_in(name: str, cells: Any) -> str:
    """Name a number that stands far from all others and is there again and again, such as -999, as if for a gap."""
    if not is_number(cells.type):
        return ""
    values, counts = np.unique(numbers(cells)[cells.is_valid().to_numpy()], return_counts=True)
    if len(values) < 10 or not np.isfinite(values).all():
        return ""
    for end, near, others in ((0, 1, values[1:]), (-1, -2, values[:-1])):
        value, times = float(values[end]), int(counts[end])
        if times >= FEWEST and value.is_integer() and STAND_IN.fullmatch(f"{value:.0f}"):
            apart = abs(values[near] - value)
            if (value == -1.0 and apart >= 1.0) or apart > np.ptp(others):
                return f"`{name}` is {value:.0f} in {times:,} rows: does it stand for a gap? --gaps {value:.0f} says so"
    return ""
