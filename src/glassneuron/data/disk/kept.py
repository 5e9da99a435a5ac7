"""Columns that are kept on the disk while a table is read, and mapped from there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from glassneuron.data.disk import typed_files
from glassneuron.data.disk.sources import File
from glassneuron.data.keeping import InMemory
from glassneuron.engine.on_disk import full

SMALL = 1 << 20
"""Bytes that are not worth a file."""
BLOCK = 1 << 20
"""Bytes of text that are parsed at once."""


class OnDisk(InMemory):
    """Keeps what is large in files of a folder, which is removed with them."""

    def __init__(self, folder: Path, tell: Callable[[str, int], None] = lambda what, rows: None) -> None:
        self.folder, self._numbers, self._tell, self._rows = folder, count(), tell, 0

    def _place(self) -> Path:
        return self.folder / f"kept-{next(self._numbers)}"

    def content(self, pieces: Iterable[bytes]) -> Any:
        """Write pieces of a file behind each other, and map them."""
        import pyarrow as pa

        place = self._place()
        with _room(place):
            file = place.open("wb", buffering=0)
        with file:
            for piece in pieces:
                rest = memoryview(piece)
                with _room(place):
                    while len(rest):
                        rest = rest[file.write(rest) :]
        return pa.memory_map(str(place)).read_buffer() if place.stat().st_size else pa.py_buffer(b"")

    def rows(self, body: Any, block: int | None, parse: Any, convert: Any) -> list[Any]:
        """Parse text block by block."""
        import pyarrow as pa
        from pyarrow import csv

        how = csv.ReadOptions(column_names=list(convert.column_types), block_size=BLOCK)
        if block is not None:
            how.use_threads = False
            if block > BLOCK:
                try:
                    return self.batches(csv.open_csv(pa.BufferReader(body), how, parse, convert))
                except pa.ArrowInvalid as error:
                    if "straddling" not in str(error):
                        raise
                how.block_size = min(block, 2**31 - 1)
        return self.batches(csv.open_csv(pa.BufferReader(body), how, parse, convert))

    def typed(self, path: Path) -> Any:
        """Decode a Parquet or Arrow file batch by batch."""
        import pyarrow as pa

        file = File(path)
        schema = typed_files.schema(file)
        batches = typed_files.batches(file, schema.names)
        columns = self.batches(pa.RecordBatchReader.from_batches(schema, batches))
        return pa.table(columns, schema=schema)

    def batches(self, reader: Any, what: str = "reading") -> list[Any]:
        """Write record batches, and return their columns; tell what is being done."""
        import pyarrow as pa

        place = self._place()
        with _room(place):
            file = place.open("wb", buffering=0)
        with file:
            with _room(place):
                writer = pa.ipc.new_file(file, reader.schema)
            for batch in reader:
                with _room(place):
                    writer.write_batch(batch)
                self._rows += batch.num_rows
                if what:
                    self._tell(what, self._rows)
            with _room(place):
                writer.close()
        return list(pa.ipc.open_file(pa.memory_map(str(place))).read_all().columns)

    def column(self, cells: Any) -> Any:
        """Write a column that was made, if it is large."""
        import pyarrow as pa

        if cells.nbytes < SMALL:
            return cells
        whole = pa.table([cells], ["cells"])
        return self.batches(pa.RecordBatchReader.from_batches(whole.schema, whole.to_batches()), "")[0]


@contextmanager
def _room(place: Path) -> Iterator[None]:
    """Say of a disk on which something cannot be written that it is full."""
    try:
        yield
    except OSError as error:
        raise full(error, place) from error
