"""The rows of a table as a model reads them, some at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glassneuron import checks
from glassneuron.data.columns.gaps import dropped, gap_error, with_gap_words
from glassneuron.data.columns.judging import known_columns
from glassneuron.data.disk.build import BLOCK, Built, X, Y, as_rows, build_plain, features_of
from glassneuron.data.disk.folders import Folder, home
from glassneuron.data.disk.growing import Growing
from glassneuron.data.disk.kept import OnDisk
from glassneuron.data.disk.open_table import DiskTable, for_this_run
from glassneuron.data.disk.plain import NotPlain, Plain, plain_table
from glassneuron.data.disk.targets import Targets
from glassneuron.data.disk.whole import Tell, located, whole_table
from glassneuron.data.encoding import Encoding, encoded, is_text
from glassneuron.data.files import Source
from glassneuron.data.reading import Reading
from glassneuron.data.table import MISSING, UNKNOWN, Table, read_table, text_classes
from glassneuron.errors import GlassneuronError, problem
from glassneuron.neurons.preparing import with_products

Array = NDArray[Any]


def blocks(source: Any, encoding: Encoding, reading: Reading | None = None) -> Iterator[Array]:
    """Yield the features of some rows after the other, as a model with this encoding reads them.

    Columns that the model does not know are left out; gaps are filled in with its means, where it has them.
    """
    reading, done = (Reading() if reading is None else reading).marks, 0
    with suppress(NotPlain):
        for block in _plain_blocks(source, encoding, reading):
            done += len(block)
            yield block
        if done:
            return
    with _on_disk(source, reading) as whole:
        yield from _others(whole, encoding, reading, done)


def _plain_blocks(source: Any, encoding: Encoding, reading: Reading) -> Iterator[Array]:
    """Yield some rows after the other, as long as they are plain numbers; raise `NotPlain` where they are not."""
    plain = _plain_table(source, encoding, reading)
    for batch in plain.batches():
        block = as_rows(batch.select(plain.names))
        if not np.isfinite(block).all():
            raise NotPlain
        yield block


def _plain_table(source: Any, encoding: Encoding, reading: Reading, target: str | None = None) -> Plain:
    names = tuple(column.name for column in encoding.columns)
    plain = plain_table(source, reading, target, sought=names)
    if plain is None or any(column.kind != "number" or column.values for column in encoding.columns):
        raise NotPlain
    return plain


@contextmanager
def _on_disk(source: Any, reading: Reading, target: str | None = None) -> Iterator[Source]:
    """Yield a table whose columns lie on the disk; an error while it is looked at tells the file and its row."""
    folder = Folder(home())
    try:
        whole, files = whole_table(source, reading, target, OnDisk(folder.path))
        try:
            yield whole
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
        self, whole: Source, encoding: Encoding, reading: Reading, missing: str, unknown: str, carry: Sequence[str],
        target: str | None = None,
    ) -> None:  # fmt: skip
        self._whole, self._encoding, self._missing, self._texts = whole, encoding, missing, dict[int, list[str]]()
        self._target, self._ignore, self._lost = target, unknown == "ignore", 0
        self._targets: Targets | None = None
        reading = reading.among(whole.columns)
        self.carried = {name: whole.columns[name] for name in whole.named(carry)}
        if self._ignore:
            whole.without_texts([c.name for c in encoding.columns if c.read and c.kind == "number"], self._texts)
        self._columns, self.notes = known_columns(whole, encoding, target, reading), whole.notes
        if target is not None:
            cells = self._columns[target]
            if is_text(cells.type):
                text_classes(cells, target, said=target in reading.text)
            self._lost = int(cells.is_null(nan_is_null=True).to_numpy().sum())

    def __iter__(self) -> Iterator[Part]:
        """Yield parts, none of them without a row."""
        encoding, left, rows = self._encoding, 0, self._whole.rows
        plain, fill = encoding.to_dict()["columns"], self._missing != "drop"
        drop = not fill or (self._missing == "fill" and 0 < self._lost < rows)
        own = [column for column in encoding.columns if column.read for _ in column.features[:1]]
        means = np.array([m for c in own for m in (c.mean, *(None,) * (len(c.features) - 1))], np.float64)
        for start in range(0, rows, BLOCK):
            block, unmet = self._block(start)
            infinite = np.isinf(block)
            if infinite.any():
                j = int(infinite.any(axis=0).argmax())
                raise problem("infinite", name=encoding.own[j], row=start + int(infinite[:, j].argmax()) + 1)
            block = np.where(np.isnan(block), means, block) if fill else block
            gaps = np.isnan(block).any(axis=1) | self._without_target(start, len(block))
            if gaps.any() and not drop:
                raise self._gaps(means)
            there = np.flatnonzero(~gaps)
            left += len(there)
            if self._targets is not None:
                self._targets.append(self._cells(start, len(block)), ~gaps)
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
            self.notes.append(dropped(rows, left, self._lost, self._target, self._whole))

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
            rows = holes.any(axis=1) | self._without_target(start, len(holes))
            if rows.any():
                first = first or start + int(rows.argmax()) + 1
                counts += holes.sum(axis=0)
                with_gaps += int(rows.sum())
        whole, target = self._whole.rows, self._target
        return gap_error(counts.tolist(), self._lost, whole, with_gaps, first, target, self._encoding, learned=True)

    def _cells(self, start: int, count: int) -> Any:
        """Return the targets of some rows, an Arrow array."""
        return self._columns[str(self._target)].slice(start, count)

    def _without_target(self, start: int, count: int) -> Array:
        """Return which of some rows have a gap in the target."""
        gaps = self._cells(start, count).is_null(nan_is_null=True).to_numpy() if self._lost else np.zeros(count, bool)
        return np.asarray(gaps)

    def write(self, folder: Path, tell: Tell) -> Built:
        """Write all features, and the targets if there are some, as arrays into a folder."""
        features = Growing(folder / X, len(self._encoding.names), np.float64)
        if self._target is not None:
            cells = self._columns[self._target]
            self._targets = Targets(self._target, folder / Y, cells.type, gaps=bool(cells.null_count))
        try:
            for part in self:
                features.append(part.X)
                tell("writing", features.rows)
            features.close()
            return Built.of(self._encoding, features, self._targets, self.notes)
        finally:
            features.abandon()
            if self._targets is not None:
                self._targets.abandon()


@contextmanager
def rows_of(
    source: Any, encoding: Encoding, reading: Reading | None = None, *, missing: str = "refuse",
    unknown: str = "refuse", carry: Sequence[str] = (), target: str | None = None,
) -> Iterator[Rows]:  # fmt: skip
    """Yield the rows of a table with gaps, unknown texts and cells to carry, as `read_table` takes them."""
    reading = Reading() if reading is None else reading
    with _on_disk(source, reading, target) as whole:
        yield Rows(whole, encoding, reading, missing, unknown, carry, target)


def known_table(
    source: Any, encoding: Encoding, target: str | None = None, reading: Reading | None = None, *,
    missing: str = "refuse", unknown: str = "refuse", tell: Tell = lambda what, rows: None,
) -> DiskTable:  # fmt: skip
    """Read a table with an encoding as `read_table` does, only that its rows and targets lie on the disk."""
    checks.choice("missing", missing, MISSING)
    checks.choice("unknown", unknown, UNKNOWN)
    reading = Reading() if reading is None else reading

    def make(folder: Path) -> Built:
        with suppress(NotPlain):
            plain = _plain_table(source, encoding, reading.marks, target)
            return replace(build_plain(plain, folder, np.float64, "refuse", reading.marks, tell), encoding=encoding)
        with rows_of(source, encoding, reading, missing=missing, unknown=unknown, target=target) as rows:
            return rows.write(folder, tell)

    return for_this_run(make, target, home(), reading)


def row_of(source: Any, encoding: Encoding, row: int, reading: Reading | None = None) -> Table:
    """Return one row of a table as a model reads it, whatever the others hold; the first is 1."""
    checks.integer("row", row, "[1, inf)")
    reading, before = Reading() if reading is None else reading, 0
    with suppress(NotPlain):
        for block in _plain_blocks(source, encoding, reading.marks):
            if row <= before + len(block):
                return Table(block[row - before - 1 : row - before], None, None, encoding)
            before += len(block)
    with _on_disk(source, reading) as whole:
        return read_table(whole, encoding=encoding, row=row, reading=reading)


def in_memory(source: str | Path, reading: Reading | None = None, target: str | None = None) -> Source:
    """Read all files of a table into memory."""
    return whole_table(source, Reading() if reading is None else reading, target)[0]
