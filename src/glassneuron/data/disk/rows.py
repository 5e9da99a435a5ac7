"""The rows of a table as a model reads them, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.columns.gaps import dropped, gap_error, with_gap_words
from glassneuron.data.columns.judging import known_columns
from glassneuron.data.disk.build import BLOCK, as_rows, features_of
from glassneuron.data.disk.folders import Folder, home
from glassneuron.data.disk.kept import OnDisk
from glassneuron.data.disk.plain import NotPlain, plain_table
from glassneuron.data.disk.whole import located, whole_table
from glassneuron.data.encoding import Encoding, encoded
from glassneuron.data.files import Source
from glassneuron.data.reading import Reading
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


class Part(NamedTuple):
    """Some rows: their features and positions in the table, from 0; as in a `Table`, what is unmet and carried."""

    X: Array
    places: Array
    unmet: dict[int, list[str]]
    carried: dict[str, list[Any]]


class Rows:
    """The rows of a table on the disk as `read_table` reads them for a model, some at a time.

    Attributes
    ----------
    carried : dict of str to Arrow array
        The cells of columns that come along, as they are written.
    notes : list of str
        What was recognised; all of it once the last part was taken.
    """

    def __init__(
        self, whole: Source, encoding: Encoding, reading: Reading, missing: str, unknown: str, carry: Sequence[str]
    ) -> None:
        self._whole, self._encoding, self._missing, self._texts = whole, encoding, missing, dict[int, list[str]]()
        self._ignore = unknown == "ignore"
        self.carried = {name: whole.columns[name] for name in whole.named(carry)}
        if self._ignore:
            whole.without_texts([c.name for c in encoding.columns if c.read and c.kind == "number"], self._texts)
        self._columns, self.notes = known_columns(whole, encoding, None, reading.among(whole.columns)), whole.notes

    def __iter__(self) -> Iterator[Part]:
        """Yield parts, none of them without a row."""
        encoding, left, rows = self._encoding, 0, self._whole.rows
        plain, drop = encoding.to_dict()["columns"], self._missing == "drop"
        own = [column for column in encoding.columns if column.read for _ in column.features[:1]]
        means = np.array([m for c in own for m in (c.mean, *(None,) * (len(c.features) - 1))], np.float64)
        for start in range(0, rows, BLOCK):
            block, unmet = self._block(start)
            infinite = np.isinf(block)
            if infinite.any():
                j = int(infinite.any(axis=0).argmax())
                raise problem("infinite", name=encoding.own[j], row=start + int(infinite[:, j].argmax()) + 1)
            block = block if drop else np.where(np.isnan(block), means, block)
            gaps = np.isnan(block).any(axis=1)
            if gaps.any() and not drop:
                raise self._gaps(means)
            there = np.flatnonzero(~gaps)
            left += len(there)
            if len(there):
                cells = {name: each.slice(start, len(block)).to_pylist() for name, each in self.carried.items()}
                yield Part(
                    with_products(plain, block[there]),
                    there + start,
                    {k: unmet[i] for k, i in enumerate(there.tolist()) if i in unmet},
                    {name: [each[i] for i in there.tolist()] for name, each in cells.items()},
                )
        if left == 0:
            raise problem("all-dropped", rows=rows)
        if left < rows:
            self.notes.append(dropped(rows, left, 0, None, self._whole))

    def _block(self, start: int) -> tuple[Array, dict[int, list[str]]]:
        """Return the features of some rows, NaN for gaps, and the columns with unmet texts by the row among them."""
        cells = {name: each.slice(start, BLOCK) for name, each in self._columns.items()}
        count = min(BLOCK, self._whole.rows - start)
        block, position = np.empty((count, len(self._encoding.own))), 0
        unmet = {i: [*self._texts[start + i]] for i in range(count) if start + i in self._texts}
        for column in self._encoding.columns:
            noted, fill = unmet if self._ignore else None, self._missing == "fill"
            for values in encoded(column, cells[column.name], start + 1, noted, fill=fill) if column.read else ():
                block[:, position] = values
                position += 1
        return block, unmet

    def _gaps(self, means: Array) -> GlassneuronError:
        """Count the gaps that no mean fills, and return their error."""
        counts, with_gaps, first = np.zeros(len(means), np.int64), 0, 0
        for start in range(0, self._whole.rows, BLOCK):
            holes = np.isnan(self._block(start)[0]) & np.isnan(means)
            if holes.any():
                first = first or start + int(holes.any(axis=1).argmax()) + 1
                counts += holes.sum(axis=0)
                with_gaps += int(holes.any(axis=1).sum())
        return gap_error(counts.tolist(), 0, self._whole.rows, with_gaps, first, None, self._encoding, learned=True)


@contextmanager
def rows_of(
    source: Any, encoding: Encoding, reading: Reading | None = None, *, missing: str = "refuse",
    unknown: str = "refuse", carry: Sequence[str] = (),
) -> Iterator[Rows]:  # fmt: skip
    """Yield the rows of a table with gaps, unknown texts and cells to carry, as `read_table` takes them."""
    reading, folder = Reading() if reading is None else reading, Folder(home())
    try:
        whole, files = whole_table(source, reading, None, OnDisk(folder.path))
        try:
            yield Rows(whole, encoding, reading, missing, unknown, carry)
        except GlassneuronError as error:
            raise located(with_gap_words(error, whole), files) from error
    finally:
        folder.remove()


def in_memory(source: str | Path, reading: Reading | None = None, target: str | None = None) -> Source:
    """Read all files of a table into memory."""
    return whole_table(source, Reading() if reading is None else reading, target)[0]
