"""What keeps rows and targets from being numbers: a gap, infinity or a text, with its column and its row."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import GlassneuronError, problem
from glassneuron.neurons.columns import names_in


def wrong_cell(X: Any) -> GlassneuronError | None:
    """Return the error that names the first column of an array, frame or sparse table with a cell that is no number."""
    columns = _columns(X)
    for name, cells in columns:
        if cells.dtype == object:
            for row, value in enumerate(cells):
                if isinstance(value, str) and not _reads_as_number(value):
                    return problem("text-column", name="X", column=name, row=row, value=value)
        try:
            numbers = cells.astype(np.float64)
        except (TypeError, ValueError, OverflowError):
            return None
        gaps = np.isnan(numbers)
        if gaps.any():
            count, row = int(gaps.sum()), int(gaps.argmax())
            others = sum(map(_has_gap, columns))
            more = f", and in {others} more column{'s' * (others != 1)}" if others else ""
            return problem("gaps", name="X", column=name, count=count, rows=len(gaps), row=row, more=more)
        if np.isinf(numbers).any():
            return problem("infinite-cell", name="X", column=name, row=int(np.isinf(numbers).argmax()))
    return None


def _has_gap(column: tuple[str, Array]) -> bool:
    try:
        return bool(np.isnan(column[1].astype(np.float64)).any())
    except (TypeError, ValueError, OverflowError):
        return False


def _columns(X: Any) -> Iterator[tuple[str, Array]]:
    """Yield the columns of a table with their names or, from 0, their numbers."""
    if hasattr(X, "tocsc"):
        values = X.tocsc()
        for j in range(X.shape[1]):
            column = np.zeros(X.shape[0])
            start, stop = values.indptr[j : j + 2]
            if not np.isfinite(values.data[start:stop]).all():
                column[values.indices[start:stop]] = values.data[start:stop]
            yield f"column {j}", column
        return
    names = names_in(X)
    if names is not None and len(set(names)) == len(names):
        for name in names:
            yield f"column {str(name)!r}", _plain(X[name])
        return
    table = np.asarray(X)
    if table.dtype.kind in "US":
        table = np.asarray(X, dtype=object)
    if table.ndim == 2:
        for j in range(table.shape[1]):
            yield f"column {j}", table[:, j]


def _plain(column: Any) -> Array:
    cells = np.asarray(column)
    return cells.astype(object) if cells.dtype.kind not in "biufO" else cells


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def wrong_target(y: Any) -> GlassneuronError | None:
    """Return the error that names the first target that is a gap, or infinite."""
    if y is None or hasattr(y, "tocsc"):
        return None
    targets = np.asarray(y)
    if targets.ndim != 1 or targets.dtype.kind not in "Of":
        return None
    values = targets.tolist()
    gaps = [row for row, value in enumerate(values) if value is None or value != value]
    if gaps:
        return problem("no-label", name="y", value=values[gaps[0]], row=gaps[0], count=len(gaps))
    infinite = [row for row, value in enumerate(values) if isinstance(value, Real) and value in (np.inf, -np.inf)]
    return problem("not-finite", name="y", value=values[infinite[0]], where=f"row {infinite[0]}") if infinite else None
