"""Frames and arrays that are computed piece by piece, as those of Dask: one piece after the other goes to the disk."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.disk.folders import Folder, home
from glassneuron.data.disk.growing import Growing
from glassneuron.data.disk.room import map_of, mapped
from glassneuron.errors import problem


def comes_in_chunks(values: Any) -> bool:
    """Return whether values are still to be computed, piece by piece."""
    return hasattr(values, "__dask_graph__")


class ChunkedFrame:
    """A frame of Dask with Arrow's stream interface: a partition at a time is computed, by whatever computes for it."""

    def __init__(self, frame: Any) -> None:
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        import pyarrow as pa

        first = self._partition(0, None)

        def batches() -> Iterator[Any]:
            yield from first.to_batches()
            for k in range(1, self.frame.npartitions):
                yield from self._partition(k, first.schema).to_batches()

        reader = pa.RecordBatchReader.from_batches(first.schema, batches())
        return reader.__arrow_c_stream__(requested_schema)

    def _partition(self, number: int, schema: Any) -> Any:
        import pyarrow as pa

        return pa.Table.from_pandas(self.frame.partitions[number].compute(), schema, preserve_index=False)


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
        for k in range(rows.numblocks[0]):
            file.append(rows.blocks[k].compute())
        file.close()
        array = mapped(file.path)
    except BaseException:
        file.abandon()
        folder.remove()
        raise
    weakref.finalize(map_of(array), folder.remove)  # what views of it hold on to
    return array
