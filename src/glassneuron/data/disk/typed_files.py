"""Parquet and Arrow files, whose columns have kinds of their own, read batch by batch in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from glassneuron.data.disk.sources import File
from glassneuron.data.keeping import ARROW, PARQUET
from glassneuron.errors import problem

ROWS = 1 << 13
"""Rows in a batch, at most."""
THREADS = 2
"""Threads that decode columns of a Parquet file: one alone takes longer than all that is done with them."""


def schema(file: File) -> Any:
    """Return the names and kinds of the columns."""
    import pyarrow as pa
    from pyarrow import parquet

    if file.kind in PARQUET:
        with parquet.ParquetFile(file.path) as opened:
            return opened.schema_arrow
    with pa.OSFile(str(file.path)) as source:
        return _ipc(source).schema


def batches(file: File, columns: Sequence[str]) -> Iterator[Any]:
    """Yield record batches of some columns."""
    if file.kind in PARQUET:
        return _parquet(file, columns)
    if file.kind in ARROW:
        return (batch.select(columns) for batch in _arrow(file))
    raise problem("suffix", path=file.path)


def _parquet(file: File, columns: Sequence[str]) -> Iterator[Any]:
    """Decode the next batch while the one before is looked at, each thread some of the columns."""
    import pyarrow as pa
    from pyarrow import parquet

    count = max(1, min(THREADS, len(columns)))
    shares = [columns[len(columns) * i // count : len(columns) * (i + 1) // count] for i in range(count)]
    with ExitStack() as opened, ThreadPoolExecutor(count) as pool:

        def reader(share: Sequence[str]) -> Iterator[Any]:
            part = opened.enter_context(parquet.ParquetFile(file.path, pre_buffer=False, buffer_size=1 << 16))
            return part.iter_batches(ROWS, columns=list(share), use_threads=False)  # type: ignore[no-any-return]  # untyped

        readers = [reader(share) for share in shares]
        coming = [pool.submit(next, each, None) for each in readers]
        while True:
            parts: list[Any] = [each.result() for each in coming]
            if parts[0] is None:
                return
            coming = [pool.submit(next, each, None) for each in readers]
            arrays = [array for part in parts for array in part.columns]
            names = [name for part in parts for name in part.schema.names]
            yield pa.RecordBatch.from_arrays(arrays, names) if count > 1 else parts[0]


def _ipc(source: Any) -> Any:
    import pyarrow as pa

    try:
        return pa.ipc.open_file(source)
    except pa.ArrowInvalid:  # written as a stream
        source.seek(0)
        return pa.ipc.open_stream(source)


def _arrow(file: File) -> Iterator[Any]:
    import pyarrow as pa

    with pa.memory_map(str(file.path)) as source:
        reader = _ipc(source)
        if hasattr(reader, "num_record_batches"):
            for i in range(reader.num_record_batches):
                yield reader.get_batch(i)
        else:
            yield from reader
