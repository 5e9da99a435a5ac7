"""Frames and arrays that are computed piece by piece, as those of Dask: one piece after the other goes to the disk."""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.disk.folders import Folder, home
from glassneuron.data.disk.growing import Growing
from glassneuron.data.disk.room import map_of, mapped
from glassneuron.errors import problem

AHEAD = 3
"""Pieces that are computed ahead of the one that is wanted."""


def comes_in_chunks(values: Any) -> bool:
    """Return whether values are still to be computed, piece by piece."""
    return hasattr(values, "__dask_graph__")


def in_pieces(source: Any) -> Any:
    """Return a frame of Dask as one with Arrow's stream interface, and any other source as it is."""
    return ChunkedFrame(source) if comes_in_chunks(source) and hasattr(source, "partitions") else source


class ChunkedFrame:
    """A frame of Dask with Arrow's stream interface: a few partitions at a time are computed, by whoever does that."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        import pyarrow as pa

        tables = self._tables()
        first = next(tables)

        def batches() -> Iterator[Any]:
            yield from first.to_batches()
            for table in tables:
                yield from table.cast(first.schema).to_batches()

        reader = pa.RecordBatchReader.from_batches(first.schema, batches())
        return reader.__arrow_c_stream__(requested_schema)

    def _tables(self) -> Iterator[Any]:
        import pyarrow as pa

        for part in ahead(self.frame.partitions[k] for k in range(self.frame.npartitions)):
            yield pa.Table.from_pandas(part, preserve_index=False)


def ahead(pieces: Iterable[Any]) -> Iterator[Any]:
    """Compute pieces in order, a few ahead of the one that is wanted where workers do that beside this process."""
    waiting: deque[Any] = deque()
    for piece in pieces:
        waiting.append(piece.persist())
        if len(waiting) > AHEAD:
            yield waiting.popleft().compute()
    while waiting:
        yield waiting.popleft().compute()


def as_array(values: Any, name: str) -> NDArray[Any]:
    """Return an array of Dask as an array: one of rows and columns on the disk, which goes with it, others in memory.

    Frames are refused: `open_table` makes features of their columns.
    """
    if hasattr(values, "npartitions") and not hasattr(values, "chunks"):
        if getattr(values, "ndim", 2) == 2:
            raise problem("chunked-frame", name=name)
        return np.asarray(values.compute())
    if values.ndim != 2:
        return np.asarray(values.compute())
    rows = values.rechunk({1: -1})
    folder = Folder(home())
    dtype = rows.dtype if rows.dtype in (np.float32, np.float64) else np.float64
    file = Growing(folder.path / "X.npy", rows.shape[1], dtype)
    try:
        for block in ahead(rows.blocks[k] for k in range(rows.numblocks[0])):
            file.append(block)
        file.close()
        array = mapped(file.path)
    except BaseException:
        file.abandon()
        folder.remove()
        raise
    weakref.finalize(map_of(array), folder.remove)  # what views of it hold on to
    return array
