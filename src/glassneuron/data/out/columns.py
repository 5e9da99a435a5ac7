"""Rows of answers, written as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any


@contextmanager
def parquet_writer(file: Any, head: Sequence[str]) -> Iterator[Callable[[list[list[Any]]], None]]:
    """Yield a function that writes some rows, of which the first give the columns their kinds.

    Numbers that are written as text become numbers again.
    """
    import pyarrow as pa
    from pyarrow import parquet

    opened: list[Any] = []

    def put(rows: list[list[Any]]) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        columns[2:] = [[float(cell) for cell in column] for column in columns[2:]]
        table = pa.table(columns, list(head)) if not opened else pa.table(columns, schema=opened[0].schema)
        if not opened:
            opened.append(parquet.ParquetWriter(file, table.schema))
        opened[0].write_table(table)

    try:
        yield put
    finally:
        for each in opened:
            each.close()
