"""Gaps in a table: refused, left out with their rows, or filled, and what is said of that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from glassneuron.data.encoding import (
    Array,
    Column,
    Encoding,
)
from glassneuron.data.files import Source
from glassneuron.data.means import column_means
from glassneuron.data.text_files.kinds import listed
from glassneuron.errors import GlassneuronError, problem


def with_gap_words(error: GlassneuronError, source: Source) -> GlassneuronError:
    """Say of gaps which words in the file were taken for them."""
    if error.code != "missing" or not source.gaps:
        return error
    return problem("gap-words", why=str(error).rstrip("."), words=" and ".join(source.gaps))


def dropped(count: int, left: int, lost: int, target: str | None, source: Source) -> str:
    """Say how many rows are left out for their gaps, `lost` of them for one in the target."""
    of_them = f", {lost:,} of them in `{target}`" if lost else ""
    words = f" ({' and '.join(source.gaps)} without quotes too)" if source.gaps else ""
    return f"{rows_in_words(count - left)} with gaps left out{words}{of_them}; {left:,} of {count:,} are left"


def filled_in(gaps: list[int], rows: int, encoding: Encoding, columns: dict[str, Any]) -> list[str]:
    """Say which gaps are filled, and with what; there are so many in each feature."""
    position, means, usual, texts = 0, list[str](), list[str](), list[str]()
    for column in encoding.columns:
        if column.kind == "text":
            lost = columns[column.name].null_count
            (usual if column.usual else texts).extend([f"`{column.name}` ({lost:,})"] * (lost > 0))
        elif column.features and gaps[position]:
            means.append(f"`{column.name}` ({gaps[position]:,})")
        position += len(column.features)
    ways = ((means, "with the mean"), (usual, "with the commonest text"), (texts, "as none of the texts"))
    parts = [f"{listed(names)} {how}" for names, how in ways if names]
    return [f"gaps filled: {', '.join(parts)}; of {rows:,} rows"] if parts else []


def rows_in_words(count: int) -> str:
    """Write a number of rows."""
    return "1 row" if count == 1 else f"{count:,} rows"


def is_gap(values: Array) -> Array:
    """Return whether each value is none."""
    return np.array([v is None or v != v for v in values]) if values.dtype.kind in "Of" else np.zeros(len(values), bool)


def without_gaps(
    X: Array, y: Array | None, target: str | None, encoding: Encoding, missing: str, first: int, *, learned: bool
) -> tuple[Array, Array | None, Encoding, Array | None]:
    """Refuse gaps, leave out their rows or fill them; return features, targets, encoding and the rows that are left.

    The rows are None where all are left.
    """
    gaps = np.isnan(X)
    target_gaps = is_gap(y) if y is not None else np.zeros(len(X), dtype=bool)
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
    rows = gaps.any(axis=1) | target_gaps
    if rows.any():
        counts, lost = gaps.sum(axis=0).tolist(), int(target_gaps.sum())
        raise gap_error(counts, lost, len(X), int(rows.sum()), int(rows.argmax()) + first, target, encoding, learned)
    return X, None if y is None else _tidy(y), encoding, None


def gap_error(
    counts: list[int], lost: int, rows: int, with_gaps: int, row: int, target: str | None, encoding: Encoding,
    learned: bool = False,
) -> GlassneuronError:  # fmt: skip
    """Return the error of gaps: `counts` of each feature, `lost` in the target; `row` is the first that has one."""
    owner = {feature: column.name for column in encoding.columns for feature in column.features}
    holes = {owner[name]: n for name, n in zip(encoding.own, counts, strict=True) if n}
    if target is not None and lost:
        holes[target] = lost
    listed = ", ".join(f"`{name}` ({n} of {rows})" for name, n in holes.items())
    fix = "leave these rows out, as `predict --missing drop` does"
    if not learned:
        fix = _what_helps(holes, rows, with_gaps, target, encoding)
    return problem("missing", columns=listed, row=row, fix=fix)


def _what_helps(holes: dict[str, int], rows: int, with_gaps: int, target: str | None, encoding: Encoding) -> str:
    """Return what to do about gaps: text and the target have no mean, and rows cannot all be dropped."""
    empty = [name for name, n in holes.items() if n == rows and name != target]
    if empty:
        return f"leave `{empty[0]}` out"
    ways = [] if with_gaps == rows else ["drop"]
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
