"""How the columns of a table become features: numbers as they are, text as one feature per value."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.text_files.written import is_code, looks_like_number
from glassneuron.errors import problem
from glassneuron.neurons.dates import PARTS, date_features, names_of, part_of
from glassneuron.neurons.preparing import feature_names, indicators

MOST_VALUES = 50
"""Different texts up to which a column becomes one feature per value."""

OFTEN, FEW = 5, 10
"""Rows for each value of a column of classes, and how many values are so few that a text among numbers is one."""

Array = NDArray[Any]


@dataclass(frozen=True)
class Column:
    """One column of a table: of kind "number" (booleans too), "text" or "date", or a "product" of others' features.

    A date counts as days since the `start`.
    `values` are those of a text column, sorted; each becomes a feature, or where it is `single`, of two the second one
    alone, for the first one's is its opposite. `mean` fills gaps, if that was asked for.

    Models of other libraries bring more: numbers that stand for classes have `values` too, and `mean` may be a median.
    With `others`, a value that is none of these makes each of its features 0 (a column with others alone is not read);
    with `gaps`, a missing text does. `parts` are the months, weekdays or hours of dates that have a feature each, and
    `order` is that of day, month and year, where it was written in another one than ours.
    The `factors` of a product are features, each with what is subtracted from it and what it is divided by first.
    """

    name: str
    kind: str
    values: tuple[Any, ...] = ()
    mean: float | None = None
    single: bool = False
    start: str | None = None
    others: bool = False
    factors: tuple[tuple[str, float, float], ...] = ()
    gaps: bool = False
    parts: tuple[tuple[str, tuple[int, ...]], ...] = ()
    order: str = ""

    @cached_property
    def features(self) -> tuple[str, ...]:
        """The names of the column's features: ``age``, or ``colour=blue`` and ``colour=red``."""
        return feature_names(vars(self))

    @property
    def made(self) -> tuple[Any, ...]:
        """The values of a text column that become features."""
        return self.values[1:] if self.single else self.values

    @property
    def read(self) -> bool:
        """Whether it stands in the table and is looked at."""
        return self.kind != "product" and bool(self.features)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold; what only some columns have is left out of others."""
        plain, few = asdict(self), ("single", "start", "others", "factors", "gaps", "parts", "order")
        return {name: plain[name] for name in plain if name not in few or plain[name]}


@dataclass(frozen=True)
class Encoding:
    """The columns that a model reads, in order."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The features, in order."""
        return tuple(name for column in self.columns for name in column.features)

    @property
    def own(self) -> tuple[str, ...]:
        """The features that are read from the table, in order; products of them stand behind."""
        return tuple(name for column in self.columns if column.read for name in column.features)

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that are text."""
        return tuple(column.name for column in self.columns if column.kind == "text" and column.read)

    def with_means(self, means: dict[str, float]) -> Encoding:
        """Fill gaps in columns of numbers and dates with these means, by their names."""
        filled = (replace(c, mean=means.get(c.name, c.mean)) if c.kind != "text" else c for c in self.columns)
        return Encoding(tuple(filled))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {"columns": [column.to_dict() for column in self.columns]}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Encoding:
        """Build the encoding from what `to_dict` returned; anything else raises a ValueError, TypeError or KeyError."""
        return cls(tuple(_checked(**column) for column in plain["columns"]))


def _checked(
    name: Any, kind: Any, values: Any, mean: Any, single: Any = False, start: Any = None, others: Any = False,
    factors: Any = (), gaps: Any = False, parts: Any = (), order: Any = "",
) -> Column:  # fmt: skip
    lists = isinstance(values, (list, tuple)) and isinstance(factors, (list, tuple)) and isinstance(others, bool)
    known = mean is None or (isinstance(mean, float) and math.isfinite(mean))
    if not lists or not isinstance(name, str) or len(set(values)) != len(values) or not known:
        raise ValueError("a column has a name, different values and a finite mean")
    if single is not False and not (single is True and kind == "text" and len(values) == 2):
        raise ValueError("a single feature stands for two texts")
    if start is not None or kind == "date":
        np.datetime64(start, "us")  # raises if it is none
    fits = {
        "number": not factors and all(map(_finite, values)) and (not values or mean is None) and (values or not others),
        "text": not factors and all(isinstance(v, str) for v in values) and mean is None and (values or others),
        "date": not factors and not values and not others and isinstance(start, str),
        "product": not values and mean is None and not others,
    }
    if not fits.get(kind) or (start is not None and kind != "date"):
        raise ValueError("a column holds numbers, text or dates")
    if gaps is not False and not (gaps is True and kind == "text" and not single):
        raise ValueError("gaps have no feature of their own among several of texts")
    if (parts or order) and kind != "date":
        raise ValueError("a date has parts, and an order")
    for part, some in parts:
        if part not in PARTS or not all(isinstance(v, int) and 0 <= v <= 23 for v in some):
            raise ValueError("the parts of a date are whole numbers")
        names_of(name, parts)
    for feature, subtracted, divided in factors:
        if not isinstance(feature, str) or not _finite(subtracted) or not _finite(divided) or divided == 0:
            raise ValueError("a factor is a feature, and two numbers")
    return Column(
        name, kind, tuple(values), mean, single, start, others, tuple(tuple(factor) for factor in factors), gaps,
        tuple((part, tuple(some)) for part, some in parts), str(order),
    )  # fmt: skip


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def encoding_of(
    cells: dict[str, Any], target: str | None, text: Collection[str] = (), *, dates: Sequence[str] = (),
    fill: bool = False, most: bool = False,
) -> Encoding:  # fmt: skip
    """Return how columns, Arrow arrays by their names, become features; those in `text` are said to be text.

    `dates` are the parts of dates that become features; with `fill` a gap among texts makes each of their features 0;
    with `most` only the commonest of very many texts become features.
    """
    columns = tuple(_column(each, name, name in text, dates, fill, most) for name, each in cells.items())
    if not columns:
        raise problem("no-feature", target=target)
    encoding = Encoding(columns)
    name, count = Counter(encoding.names).most_common(1)[0]
    if count > 1:  # such as the text `red` in `colour` beside a column `colour=red`
        raise problem("same-name", name=name)
    return encoding


def _column(cells: Any, name: str, said: bool, dates: Sequence[str], fill: bool, most: bool) -> Column:
    if is_number(cells.type):
        return Column(name, "number")
    if is_date(cells.type) and cells.null_count < len(cells):
        moments = as_moments(cells)
        start = str(np.nanmin(moments).astype("M8[D]"))
        return Column(name, "date", start=start, parts=_parts(moments, dates))
    if not is_text(cells.type) and not is_date(cells.type):
        raise problem("column-kind", name=name, kind=cells.type)
    values = sorted(value for value in plain_text(cells).unique().to_pylist() if value is not None)
    if not (said or (most and are_classes(cells, values))):
        refuse_text_in_numbers(name, cells, values)
    if len(values) > MOST_VALUES:
        if not most:
            raise problem("many-values", name=name, count=len(values), most=MOST_VALUES)
        return Column(name, "text", tuple(commonest(cells)), others=True)
    if not values:
        raise problem("missing", columns=f"`{name}` ({len(cells)} of {len(cells)})", row=1, fix=f"leave `{name}` out")
    gaps = fill and cells.null_count > 0
    return Column(name, "text", tuple(values), single=len(values) == 2 and not gaps, gaps=gaps)


def _parts(moments: Array, dates: Sequence[str]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the parts of dates that differ between rows, with their values."""
    found = {part: np.unique(part_of(moments[~np.isnat(moments)], part)).astype(int).tolist() for part in dates}
    return tuple((part, tuple(values)) for part, values in found.items() if len(values) > 1)


def commonest(cells: Any, most: int = MOST_VALUES) -> list[str]:
    """Return the commonest texts of a column, sorted; of equally common ones the first by name.

    Examples
    --------
    >>> import pyarrow as pa
    >>> commonest(pa.chunked_array([["b", "a", "c", "b", None]]), 2)
    ['a', 'b']
    """
    counts = plain_text(cells).drop_null().value_counts()
    pairs = zip(counts.field("counts").to_pylist(), counts.field("values").to_pylist(), strict=True)
    return sorted(value for _, value in sorted(pairs, key=lambda pair: (-pair[0], pair[1]))[:most])


def are_classes(cells: Any, values: Sequence[str]) -> bool:
    """Return whether texts and numbers in a column are classes, such as 4, 6 and rotary, and no slip of the pen.

    There are few of them, or each of the texts is there again and again.
    """
    known = len(cells) - cells.null_count
    if len(values) > MOST_VALUES or known < OFTEN * len(values):
        return False
    if len(values) <= FEW:
        return True
    texts = [value for value in values if not looks_like_number(value)]
    counts = plain_text(cells).drop_null().value_counts()
    often = dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))
    return min(often[text] for text in texts) >= OFTEN if texts else False


def refuse_text_in_numbers(name: str, cells: Any, values: list[str], most: float = 0) -> None:
    """Refuse a column of more than `most` different numbers among which there are a few texts, and no codes."""
    texts = [value for value in values if not looks_like_number(value)]
    numbers = len(values) - len(texts)
    if texts and numbers > max(len(texts), 2, most) and not any(map(is_code, values)):
        row = plain_text(cells).to_pylist().index(texts[0]) + 1
        raise problem("text-in-numbers", name=name, value=texts[0], row=row)


def is_number(kind: Any) -> bool:
    """Return whether an Arrow type holds numbers, booleans or times of day; the null type does: it holds gaps alone."""
    import pyarrow.types as t

    return any(f(kind) for f in (t.is_integer, t.is_floating, t.is_boolean, t.is_decimal, t.is_null, t.is_time))


def is_text(kind: Any) -> bool:
    """Return whether an Arrow type holds text, or categories of text."""
    import pyarrow.types as t

    return is_text(kind.value_type) if t.is_dictionary(kind) else is_plain_text(kind)


def is_plain_text(kind: Any) -> bool:
    """Return whether an Arrow type holds text, and no categories."""
    import pyarrow.types as t

    return any(f(kind) for f in (t.is_string, t.is_large_string, t.is_string_view))


def is_time(kind: Any) -> bool:
    """Return whether an Arrow type holds times of day."""
    import pyarrow.types as t

    return bool(t.is_time(kind))


def is_date(kind: Any) -> bool:
    """Return whether an Arrow type holds dates, with or without a time of day."""
    import pyarrow.types as t

    return bool(t.is_date(kind) or t.is_timestamp(kind))


def as_moments(cells: Any) -> Array:
    """Return dates as microseconds; a gap is no time."""
    import pyarrow as pa

    kind = pa.timestamp("us", getattr(cells.type, "tz", None))
    return np.asarray(cells.cast(kind).to_numpy(), dtype="M8[us]")


def plain_text(cells: Any) -> Any:
    """Cast text of any Arrow type to large_string."""
    import pyarrow as pa

    if pa.types.is_dictionary(cells.type) and pa.types.is_string_view(cells.type.value_type):
        cells = cells.cast(pa.dictionary(cells.type.index_type, pa.large_string()))
    return cells.cast(pa.large_string())


def numbers(cells: Any) -> Array:
    """Turn a column of numbers into float64, a time of day into hours; a gap becomes NaN."""
    import pyarrow as pa
    import pyarrow.types as t

    if t.is_time(cells.type):
        whole = cells.cast(pa.time64("us")).cast(pa.int64())
        return np.asarray(whole.cast(pa.float64()).to_numpy(), dtype=np.float64) / 3.6e9

    if t.is_boolean(cells.type):
        cells = cells.cast(pa.int8())
    if t.is_decimal(cells.type):
        cells = cells.cast(pa.string())  # straight to floats, Arrow rounds a second time
    return np.asarray(cells.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)


def encoded(
    column: Column, cells: Any, first: int = 1, unmet: dict[int, list[str]] | None = None, *, fill: bool = False
) -> Iterator[Array]:
    """Yield the values of each feature of a column, with NaN for gaps; messages count rows from `first`.

    With `unmet`, a text that the column does not know, or a gap among its texts, is no error: all its features are 0,
    or a single one half way between its two texts, and the column is noted there under the position of the row.
    With `fill` such a gap is none either, and is not noted.
    """
    if column.kind == "number":
        if not is_number(cells.type):
            raise problem("not-the-kind", name=column.name, wanted="numbers", kind=cells.type)
        if column.values:
            yield from indicators(column.to_dict(), numbers(cells).tolist(), first).T
        else:
            yield numbers(cells)
        return
    if column.kind == "date":
        if cells.null_count == len(cells):
            yield np.full(len(cells), np.nan)
            yield from np.zeros((len(column.features) - 1, len(cells)))
            return
        if not is_date(cells.type):
            raise problem("not-the-kind", name=column.name, wanted="dates", kind=cells.type)
        yield from date_features(column.to_dict(), as_moments(cells), first, unmet).T
        return
    if not is_text(cells.type) and cells.null_count < len(cells):
        raise problem("not-the-kind", name=column.name, wanted="text", kind=cells.type)
    if column.others:
        yield from indicators(column.to_dict(), plain_text(cells).to_pylist(), first).T
        return
    text = plain_text(cells).combine_chunks().dictionary_encode()
    known = {value: position for position, value in enumerate(column.values)}
    own = text.dictionary.to_pylist()
    codes = text.indices.to_numpy(zero_copy_only=False).astype(np.float64)  # a gap becomes NaN
    for code, value in enumerate(own):
        if value not in known and unmet is None:
            row = int(np.flatnonzero(codes == code)[0]) + first
            raise problem("new-value", name=column.name, value=value, row=row, known=", ".join(column.values))
    gaps, nowhere = np.isnan(codes), len(column.values)
    positions = np.array([known.get(value, nowhere) for value in own] or [0])[np.where(gaps, 0, codes).astype(np.intp)]
    positions = np.where(gaps, nowhere, positions)
    allowed = column.gaps or fill
    if unmet is not None:
        new = (positions == nowhere) & ~gaps if allowed else positions == nowhere
        for row in np.flatnonzero(new).tolist():
            unmet.setdefault(row, []).append(column.name)
    refused = gaps & (not allowed and unmet is None)
    for position in range(len(column.values) - len(column.made), len(column.values)):
        values = np.where(refused, np.nan, positions == position)
        yield np.where((positions == nowhere) & ~refused, 0.5, values) if column.single else values
