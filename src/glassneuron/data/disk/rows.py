"""The rows of a table as a model reads them, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.disk.stream import Again, open_stream
from glassneuron.data.encoding import Encoding, encoded
from glassneuron.errors import problem

Array = NDArray[Any]


def blocks(source: Any, encoding: Encoding) -> Iterator[Array]:
    """Yield the features of some rows after the other, as a model with this encoding reads them.

    Columns that the model does not know are left out; gaps are filled in with its means, where it has them.
    """
    stream = open_stream(source, encoding.texts)
    names = [column.name for column in encoding.columns]
    absent = [name for name in names if name not in stream.kinds]
    if absent:
        raise problem("absent", columns=", ".join(f"`{name}`" for name in absent))
    known = {column.name: column.mean for column in encoding.columns if column.kind == "number"}
    means = np.array([known.get(column.name) or 0.0 for column in encoding.columns for _ in column.features])
    has_mean = np.array([known.get(column.name) is not None for column in encoding.columns for _ in column.features])
    done = 0
    while True:
        try:
            first = 1
            for _, batch in stream.batches(names):
                if first + batch.num_rows - 1 > done:  # what comes before was yielded already
                    block = _block(batch, encoding, first)
                    holes = np.isnan(block)
                    if holes.any():
                        fill = holes & has_mean
                        block[fill] = np.broadcast_to(means, block.shape)[fill]
                        _refuse_gaps(block, encoding, first)
                    yield block[max(0, done - first + 1) :]
                first += batch.num_rows
                done = max(done, first - 1)
            break
        except Again:
            continue
    if done == 0:
        raise problem("no-rows", source=stream.name)


def _block(batch: Any, encoding: Encoding, first: int) -> Array:
    import pyarrow as pa

    block, position = np.empty((batch.num_rows, len(encoding.names))), 0
    for column in encoding.columns:
        for values in encoded(column, pa.chunked_array([batch[column.name]]), first):
            infinite = np.isinf(values)
            if infinite.any():
                raise problem("infinite", name=column.name, row=first + int(infinite.argmax()))
            block[:, position] = values
            position += 1
    return block


def _refuse_gaps(block: Array, encoding: Encoding, first: int) -> None:
    holes = np.isnan(block)
    if not holes.any():
        return
    owner = [column.name for column in encoding.columns for _ in column.features]
    counts = {name: n for name, n in zip(owner, holes.sum(axis=0).tolist(), strict=True) if n}
    listed = ", ".join(f"`{name}` ({n} of rows {first} to {first + len(block) - 1})" for name, n in counts.items())
    row = first + int(holes.any(axis=1).argmax())
    raise problem("missing", columns=listed, row=row, fix="leave these rows out")


def in_memory(source: str | Path) -> Any:
    """Read all files of a table into one Arrow table."""
    import pyarrow as pa

    stream = open_stream(source)
    while True:
        try:
            batches = [batch for _, batch in stream.batches(list(stream.kinds))]
        except Again:
            continue
        return pa.Table.from_batches([batch.cast(pa.schema(list(stream.kinds.items()))) for batch in batches])
