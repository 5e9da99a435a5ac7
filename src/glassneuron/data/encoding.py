"""How the columns of a table become features: numbers as they are, text as one feature per value."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.errors import problem
from glassneuron.neurons.preparing import feature_names, indicators

MOST_VALUES = 50
"""Different texts up to which a column becomes one feature per value."""

Array = NDArray[Any]


@dataclass(frozen=True)
class Column:
    """One column of a table: of kind "number", as booleans are too, or "text"; or a "product" of others' features.

    `values` are those of a text column, sorted; each becomes a feature. `mean` fills gaps, if that was asked for.

    Models of other libraries bring more: numbers that stand for classes have `values` too, and `mean` may be a median.
    With `others`, a value that is none of these makes each of its features 0 (a column with others alone is not read).
    The `factors` of a product are features, each with what is subtracted from it and what it is divided by first.
    """

    name: str
    kind: str
    values: tuple[Any, ...] = ()
    mean: float | None = None
    others: bool = False
    factors: tuple[tuple[str, float, float], ...] = ()

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the column's features: ``age``, or ``colour=blue`` and ``colour=red``."""
        return feature_names(asdict(self))

    @property
    def read(self) -> bool:
        """Whether it stands in the table and is looked at."""
        return self.kind != "product" and bool(self.features)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold; what only models of other libraries have is left out of others."""
        plain = asdict(self)
        return {name: plain[name] for name in plain if name not in ("others", "factors") or plain[name]}


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

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that JSON can hold."""
        return {"columns": [column.to_dict() for column in self.columns]}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> Encoding:
        """Build the encoding from what `to_dict` returned; anything else raises a ValueError, TypeError or KeyError."""
        return cls(tuple(_checked(**column) for column in plain["columns"]))


def _checked(
    name: Any, kind: Any, values: Any, mean: Any, others: Any = False, factors: Any = ()
) -> Column:  # fmt: skip
    lists = isinstance(values, (list, tuple)) and isinstance(factors, (list, tuple)) and isinstance(others, bool)
    known = mean is None or (isinstance(mean, float) and math.isfinite(mean))
    if not lists or not isinstance(name, str) or len(set(values)) != len(values) or not known:
        raise ValueError("a column has a name, different values and a finite mean")
    fits = {
        "number": not factors and all(map(_finite, values)) and (not values or mean is None) and (values or not others),
        "text": not factors and all(isinstance(v, str) for v in values) and mean is None and (values or others),
        "product": not values and mean is None and not others,
    }
    if not fits.get(kind):
        raise ValueError("a column holds numbers or text")
    for feature, subtracted, divided in factors:
        if not isinstance(feature, str) or not _finite(subtracted) or not _finite(divided) or divided == 0:
            raise ValueError("a factor is a feature, and two numbers")
    return Column(name, kind, tuple(values), mean, others, tuple(tuple(factor) for factor in factors))


def _finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def encoding_of(table: Any, target: str | None) -> Encoding:
    """Return how each column of an Arrow table except the target becomes features."""
    columns = tuple(_column(table[name], name) for name in table.column_names if name != target)
    if not columns:
        raise problem("no-feature", target=target)
    encoding = Encoding(columns)
    name, count = Counter(encoding.names).most_common(1)[0]
    if count > 1:  # such as the text `red` in `colour` beside a column `colour=red`
        raise problem("same-name", name=name)
    return encoding


def _column(cells: Any, name: str) -> Column:
    if is_number(cells.type):
        return Column(name, "number")
    if not is_text(cells.type):
        raise problem("column-kind", name=name, kind=cells.type)
    values = sorted(value for value in plain_text(cells).unique().to_pylist() if value is not None)
    texts = [value for value in values if not _reads_as_number(value)]
    if texts and len(values) - len(texts) > max(len(texts), 2):
        row = plain_text(cells).to_pylist().index(texts[0]) + 1
        raise problem("text-in-numbers", name=name, value=texts[0], row=row)
    if len(values) > MOST_VALUES:
        raise problem("many-values", name=name, count=len(values), most=MOST_VALUES)
    if not values:
        raise problem("missing", columns=f"`{name}` ({len(cells)} of {len(cells)})", row=1, fix=f"leave `{name}` out")
    return Column(name, "text", tuple(values))


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def is_number(kind: Any) -> bool:
    """Return whether an Arrow type holds numbers or booleans; the null type does, for it holds gaps alone."""
    import pyarrow.types as t

    return any(f(kind) for f in (t.is_integer, t.is_floating, t.is_boolean, t.is_decimal, t.is_null))


def is_text(kind: Any) -> bool:
    """Return whether an Arrow type holds text, or categories of text."""
    import pyarrow.types as t

    if t.is_dictionary(kind):
        return is_text(kind.value_type)
    return any(f(kind) for f in (t.is_string, t.is_large_string, t.is_string_view))


def plain_text(cells: Any) -> Any:
    """Cast text of any Arrow type to large_string."""
    import pyarrow as pa

    if pa.types.is_dictionary(cells.type) and pa.types.is_string_view(cells.type.value_type):
        cells = cells.cast(pa.dictionary(cells.type.index_type, pa.large_string()))
    return cells.cast(pa.large_string())


def numbers(cells: Any) -> Array:
    """Turn a column of numbers into float64; a gap becomes NaN."""
    import pyarrow as pa
    import pyarrow.types as t

    if t.is_boolean(cells.type):
        cells = cells.cast(pa.int8())
    return np.asarray(cells.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)


def encoded(column: Column, cells: Any, first: int = 1) -> Iterator[Array]:
    """Yield the values of each feature of a column, with NaN for gaps; messages count rows from `first`."""
    if column.kind == "number" and not is_number(cells.type):
        raise problem("not-the-kind", name=column.name, wanted="numbers", kind=cells.type)
    if column.kind == "number" and not column.values:
        yield numbers(cells)
        return
    if column.kind == "number":
        yield from indicators(column.to_dict(), numbers(cells).tolist(), first).T
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
        if value not in known:
            row = int(np.flatnonzero(codes == code)[0]) + first
            raise problem("new-value", name=column.name, value=value, row=row, known=", ".join(column.values))
    gaps = np.isnan(codes)
    positions = np.array([known[value] for value in own] or [0])[np.where(gaps, 0, codes).astype(np.intp)]
    for position in range(len(column.values)):
        yield np.where(gaps, np.nan, positions == position)
