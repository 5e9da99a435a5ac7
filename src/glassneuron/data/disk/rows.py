"""The rows of a table as a model reads them, some at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.disk.build import BLOCK, as_rows, features_of
from glassneuron.data.disk.folders import Folder, home
from glassneuron.data.disk.kept import OnDisk
from glassneuron.data.disk.plain import NotPlain, plain_table
from glassneuron.data.disk.whole import located, whole_table
from glassneuron.data.encoding import Encoding
from glassneuron.data.files import Source
from glassneuron.data.reading import Reading
from glassneuron.data.table import gap_error, known_columns, with_gap_words
from glassneuron.errors import GlassneuronError, problem
from glassneuron.neurons.preparing import with_products

Array = NDArray[Any]


def blocks(source: Any, encoding: Encoding, reading: Reading | None = None) -> Iterator[Array]:
    """Yield the features of some rows after the other, as a model with this encoding reads them.

    Columns that the model does not know are left out; gaps are filled in with its means, where it has them.
    """
    reading, done = (Reading() if reading is None else reading).marks, 0
    names = tuple(column.name for column in encoding.columns)
    if all(column.kind == "number" and not column.values for column in encoding.columns):
        plain = plain_table(source, reading, None, sought=names)
        if plain is not None:
            try:
                for batch in plain.batches():
                    block = as_rows(batch.select(names))
                    if not np.isfinite(block).all():
                        raise NotPlain
                    done += len(block)
                    yield block
                if done:
                    return
            except NotPlain:
                pass
    folder = Folder(home())
    try:
        whole, files = whole_table(source, reading, None, OnDisk(folder.path))
        try:
            yield from _others(whole, encoding, reading, done)
        except GlassneuronError as error:
            raise located(with_gap_words(error, whole), files) from error
    finally:
        folder.remove()


def _others(source: Source, encoding: Encoding, reading: Reading, done: int) -> Iterator[Array]:
    """Yield the rows behind those that are done."""
    columns, plain = known_columns(source, encoding, None, reading), encoding.to_dict()["columns"]
    own = [column for column in encoding.columns if column.read for _ in column.features[:1]]
    means = np.array([m for c in own for m in (c.mean, *(None,) * (len(c.features) - 1))], np.float64)
    for start in range(done, source.rows, BLOCK):
        cells = {name: each.slice(start, BLOCK) for name, each in columns.items()}
        block = features_of(encoding, cells, start, fill=False)
        infinite = np.isinf(block)
        if infinite.any():
            j = int(infinite.any(axis=0).argmax())
            raise problem("infinite", name=encoding.own[j], row=start + int(infinite[:, j].argmax()) + 1)
        block = np.where(np.isnan(block), means, block)
        holes = np.isnan(block)
        if holes.any():
            raise _gaps(columns, encoding, means, source.rows)
        yield with_products(plain, block)


def _gaps(columns: dict[str, Any], encoding: Encoding, means: Array, rows: int) -> GlassneuronError:
    """Count the gaps that no mean fills, and return their error."""
    counts, with_gaps, first = np.zeros(len(means), np.int64), 0, 0
    for start in range(0, rows, BLOCK):
        cells = {name: each.slice(start, BLOCK) for name, each in columns.items()}
        holes = np.isnan(features_of(encoding, cells, start, fill=False)) & np.isnan(means)
        if holes.any():
            first = first or start + int(holes.any(axis=1).argmax()) + 1
            counts += holes.sum(axis=0)
            with_gaps += int(holes.any(axis=1).sum())
    return gap_error(counts.tolist(), 0, rows, with_gaps, first, None, encoding, learned=True)


def in_memory(source: str | Path, reading: Reading | None = None, target: str | None = None) -> Source:
    """Read all files of a table into memory."""
    return whole_table(source, Reading() if reading is None else reading, target)[0]
