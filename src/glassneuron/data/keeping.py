"""Where the columns of a table are kept while it is read: in memory here, on the disk where a table is large.

Whoever reads a table hands what is as large as a file to one of these; so the same reader serves tables of any size.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

PARQUET = (".parquet", ".pq")
ARROW = (".arrow", ".feather", ".ipc")


class InMemory:
    """Keeps everything in memory."""

    def content(self, pieces: Iterable[bytes]) -> Any:
        """Return pieces of a file as one Arrow buffer."""
        import pyarrow as pa

        return pa.py_buffer(b"".join(pieces))

    def rows(self, body: Any, block: int | None, parse: Any, convert: Any) -> list[Any]:
        """Parse text, an Arrow buffer, whose columns are those that are converted; return their cells.

        With a `block`, the bytes that the longest record may have, one thread reads it, so that messages name rows.
        """
        import pyarrow as pa
        from pyarrow import csv

        how = csv.ReadOptions(column_names=list(convert.column_types))
        if block is not None:
            how.block_size, how.use_threads = min(block, 2**31 - 1), False
        return list(csv.read_csv(pa.BufferReader(body), how, parse, convert).columns)

    def typed(self, path: Path) -> Any:
        """Read a Parquet or Arrow file into an Arrow table."""
        import pyarrow as pa
        from pyarrow import feather, parquet

        if path.suffix.lower() not in PARQUET:
            try:
                return feather.read_table(str(path))
            except pa.ArrowInvalid:  # written as a stream
                with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as stream:
                    return stream.read_all()
        with parquet.ParquetFile(path) as file:
            return file.read()

    def column(self, cells: Any) -> Any:
        """Return cells that were made, an Arrow array."""
        return cells


IN_MEMORY = InMemory()
