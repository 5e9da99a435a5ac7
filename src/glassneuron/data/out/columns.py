"""Rows of answers, written as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def parquet_writer(file: Any, head: Sequence[str]) -> Iterator[Callable[[Sequence[Sequence[Any]]], None]]:
    """Yield a function that writes some rows, of which the first give the columns their kinds.

    The first two columns stay what they are; numbers that are written as text in the others become numbers again.
    """
    import pyarrow as pa
    from pyarrow import parquet

    opened: list[Any] = []

    def put(rows: Sequence[Sequence[Any]]) -> None:
        first, answers, *others = zip(*rows, strict=True)
        columns = [list(first), list(answers), *map(_numbers, others)]
        table = pa.table(columns, list(head)) if not opened else pa.table(columns, schema=opened[0].schema)
        if not opened:
            opened.append(parquet.ParquetWriter(file, table.schema))
        opened[0].write_table(table)

    try:
        yield put
    finally:
        for each in opened:
            each.close()


def _numbers(column: Sequence[Any]) -> list[Any]:
    """Return what was written as text with six digits as numbers."""
    try:
        return [float(value) if isinstance(value, str) else value for value in column]
    except ValueError:
        return list(column)
