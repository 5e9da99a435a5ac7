"""Rows of answers, written as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

AT_ONCE = 1 << 14
"""Cells that are looked at together."""


@contextmanager
def parquet_writer(
    file: Any, head: Sequence[str], kinds: Mapping[int, Any] | None = None
) -> Iterator[Callable[[Sequence[Sequence[Any]]], None]]:
    """Yield a function that writes some rows, of which the first give the columns their kinds, but those in `kinds`.

    The first two columns stay what they are; numbers that are written as text in the others become numbers again.
    """
    import pyarrow as pa
    from pyarrow import parquet

    opened, known = list[Any](), dict[int, Any]() if kinds is None else kinds

    def put(rows: Sequence[Sequence[Any]]) -> None:
        columns = [
            list(cells) if k < 2 or known.get(k) == pa.string() else _numbers(cells)
            for k, cells in enumerate(zip(*rows, strict=True))
        ]
        first = [pa.array(cells, known.get(k)) for k, cells in enumerate(columns)] if not opened else []
        table = pa.table(first, list(head)) if not opened else pa.table(columns, schema=opened[0].schema)
        if not opened:
            opened.append(parquet.ParquetWriter(file, table.schema))
        opened[0].write_table(table)

    try:
        yield put
    finally:
        for each in opened:
            each.close()


def kind_of(cells: Any, place: int) -> Any:
    """Return the kind that the cells of a whole Arrow column get in this place, looking at some at a time."""
    import pyarrow as pa

    known = cells.drop_null()
    if not len(known):
        return pa.null()
    first = known[0].as_py()
    if not isinstance(first, str) or place < 2:
        return pa.array([first]).type
    blocks = (known.slice(start, AT_ONCE).to_pylist() for start in range(0, len(known), AT_ONCE))
    return pa.string() if any(isinstance(_numbers(block)[0], str) for block in blocks) else pa.float64()


def _numbers(column: Sequence[Any]) -> list[Any]:
    """Return what was written as text with six digits as numbers."""
    try:
        return [float(value) if isinstance(value, str) else value for value in column]
    except ValueError:
        return list(column)
