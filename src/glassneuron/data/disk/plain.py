"""Plain tables of numbers, as most large ones are: read in one pass, with nothing to find out.

Whatever is not plain is left to the reader that all tables have: one gap, one zero before another digit, a column that
may be of no use. What is read here is what that one would have read, to the bit.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.columns.useless import ROW_NUMBER
from glassneuron.data.disk import typed_files
from glassneuron.data.disk.sources import TEXT, File, files_of, unchanged
from glassneuron.data.encoding import is_plain_text
from glassneuron.data.files import Source, of_text
from glassneuron.data.keeping import ARROW, PARQUET
from glassneuron.data.reading import Reading
from glassneuron.data.table import text_classes
from glassneuron.data.text_files.cells import TextFile, read_text
from glassneuron.data.text_files.content import BYTE_ORDER_MARKS, UNREADABLE, beginning, opened
from glassneuron.data.text_files.written import GAPS
from glassneuron.errors import GlassneuronError

Array = NDArray[Any]
LOOK = 1 << 20
"""Bytes at the start of a text file by which it is seen whether it is plain; and bytes that are read at once."""
HEADERS = ("the first line holds values",)
"""How notes begin on what is plain all the same."""
AT_ONCE = 1 << 17
"""Bytes that are looked at together, so that they stay in a processor's cache."""
ZERO, POINT = np.uint8(ord("0")), np.uint8(ord("."))
TRUE, FALSE = ["true", "True", "TRUE"], ["false", "False", "FALSE"]


class NotPlain(Exception):
    """Something that has to be looked at with more care."""


@dataclass
class Plain:
    """A plain table.

    Attributes
    ----------
    names : list of str
        The columns that are learned from, all of numbers of one kind each.
    target : str or None
    kinds : dict of str to Arrow type
    notes : list of str
    files : list of File
    """

    names: list[str]
    target: str | None
    kinds: dict[str, Any]
    notes: list[str]
    files: list[File]
    _texts: dict[Path, TextFile] = field(default_factory=dict)

    @property
    def delimiter(self) -> str:
        """What stands between the cells of text files."""
        return next((text.delimiter for text in self._texts.values()), "")

    def batches(self) -> Iterator[Any]:
        """Yield the rows as record batches; raise `NotPlain` where it turns out that they are not."""
        columns = [*self.names, *([] if self.target is None else [self.target])]
        for file in self.files:
            before = file.stamp()
            try:
                batches = self._text(file, columns) if file.kind in TEXT else typed_files.batches(file, columns)
                for batch in batches:
                    if any(column.null_count for column in batch.columns):
                        raise NotPlain
                    for start in range(0, batch.num_rows, typed_files.ROWS):
                        yield batch.slice(start, typed_files.ROWS)
            except UNREADABLE as error:
                unchanged(file, before)
                raise NotPlain from error
            unchanged(file, before)

    def _text(self, file: File, columns: list[str]) -> Iterator[Any]:
        import pyarrow as pa
        from pyarrow import csv

        text = self._texts[file.path]
        places = {name: str(j) for j, name in enumerate(text.names)}
        keys = [places[name] for name in columns]
        with opened(file.path) as raw:
            stream = Watched(raw, text)
            reader = csv.open_csv(
                pa.PythonFile(stream, mode="r"),
                csv.ReadOptions(column_names=list(places.values()), block_size=LOOK),
                csv.ParseOptions(delimiter=text.delimiter, newlines_in_values=text.quoted),
                csv.ConvertOptions(
                    column_types={key: self.kinds[name] for key, name in zip(keys, columns, strict=True)},
                    include_columns=keys, null_values=["", *GAPS], strings_can_be_null=True,
                    quoted_strings_can_be_null=False, true_values=TRUE, false_values=FALSE,
                ),
            )  # fmt: skip
            with reader:
                for batch in reader:
                    if stream.doubtful:
                        raise NotPlain
                    yield pa.RecordBatch.from_arrays(batch.columns, columns)
            if stream.doubtful:
                raise NotPlain


class Watched(io.RawIOBase):
    """The rows of a text file while they are read; `doubtful` if there is something that a parser passes over."""

    def __init__(self, file: Any, text: TextFile) -> None:
        self._file, self._quoted, self.doubtful = file, text.quoted, False
        start = file.read(3 + text.start)
        self._held = start.removeprefix(b"\xef\xbb\xbf")[text.start :]
        self._before = b"\n"

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read some bytes, and look at them."""
        piece = bytes(self._held + self._file.read(size - len(self._held)) if self._held else self._file.read(size))
        self._held = b""
        if not self.doubtful:
            odd = b"\0" in piece or (not self._quoted and b'"' in piece)
            odd = odd or b"0x" in piece or b"0X" in piece  # Arrow takes 0x10 for 16
            self.doubtful = odd or leading_zeros(self._before + piece[:2]) or leading_zeros(piece)
            self._before = (self._before + piece[-3:])[-3:]
        return piece


def leading_zeros(piece: bytes) -> bool:
    r"""Return whether a cell may begin with a zero before another digit, as 042 does, and 0.42 and 1e-05 do not.

    Examples
    --------
    >>> [leading_zeros(b"1,%b\n" % cell) for cell in (b"042", b"-042", b"0.42", b"10", b"1e-05")]
    [True, True, False, False, False]
    """
    text = np.frombuffer(piece, np.uint8)
    for start in range(0, max(len(text) - 2, 0), AT_ONCE):
        part = text[start : start + AT_ONCE + 2]
        found = part[1:-1] == ZERO
        found &= part[2:] - ZERO < 10  # numbers below 0 wrap around
        found &= part[:-2] - POINT > 11  # neither a digit nor a point
        if found.any():
            places = start + np.flatnonzero(found)
            signed = places[(text[places] == ord("-")) | (text[places] == ord("+"))]
            powers = text[signed - 1] | 32 == ord("e")
            if len(signed) < len(places) or not powers.all():
                return True
    return False


def plain_table(source: Any, reading: Reading, target: str | None, *, sought: tuple[str, ...] = ()) -> Plain | None:
    """Return a table that is plain as far as its start tells, or None.

    With `sought`, columns that have to be there, others are left out.
    """
    import pyarrow as pa

    as_said = reading.decimal, reading.thousands, reading.gaps, reading.encoding, *reading.text, *reading.numeric
    if not isinstance(source, (str, Path)) or any(each is not None for each in as_said):
        return None
    files = files_of(source)
    found: Plain | None = None
    try:
        for file in files:
            if file.keys or file.path.stat().st_size == 0:
                return None
            start = _text_start(file, reading, target) if file.kind in TEXT else _typed_start(file)
            if start is None:
                return None
            kinds, notes, text = start
            if found is None:
                wanted = sought or [n for n in kinds if n not in (target, *reading.drop)]
                names = [n for n in wanted if sought or not reading.only or n in reading.only]
                found = Plain(names, target, kinds, notes, files)
            if any(kinds.get(name) != found.kinds.get(name) for name in {*kinds, *found.kinds}):
                return None
            if text is not None:
                found._texts[file.path] = text
    except (*UNREADABLE, GlassneuronError):
        return None  # whoever reads with care says what is wrong
    if found is None or not found.names or not {*sought, *reading.named} <= found.kinds.keys():
        return None
    numbers = all(_is_plain_number(found.kinds.get(name)) for name in found.names)
    kind = found.kinds.get(target) if target is not None else pa.int64()
    return found if numbers and kind is not None and (_is_plain_number(kind) or is_plain_text(kind)) else None


def _is_plain_number(kind: Any) -> bool:
    import pyarrow.types as t

    return kind is not None and any(test(kind) for test in (t.is_integer, t.is_floating, t.is_boolean))


def _typed_start(file: File) -> tuple[dict[str, Any], list[str], None] | None:
    if file.kind not in (*PARQUET, *ARROW):
        return None
    schema = typed_files.schema(file)
    if len(set(schema.names)) < len(schema.names) or (schema.pandas_metadata or {}).get("index_columns"):
        return None
    return dict(zip(schema.names, schema.types, strict=True)), [], None


def _text_start(
    file: File, reading: Reading, target: str | None
) -> tuple[dict[str, Any], list[str], TextFile] | None:  # fmt: skip
    """Read the start of a text file as if it were all of it."""
    import pyarrow as pa

    start, _ = beginning(file.path, LOOK)
    if start.startswith(tuple(mark for mark, _ in BYTE_ORDER_MARKS)):
        return None
    text = read_text(file.path, pa.py_buffer(start), reading, target, [])
    seen = of_text(file.path, text)
    strange = [note for note in text.notes if not note.startswith(HEADERS)]
    if strange or list(seen.columns) != text.names or any(c.null_count for c in text.cells) or seen.rows == 0:
        return None
    columns, looks = seen.typed(seen.columns, reading)
    if any(look.numbers or look.codes for look in looks.values()):
        return None
    return {name: cells.type for name, cells in columns.items()}, list(text.notes), text


class Doubts:
    """Columns that may be of no use: of one value, the same as another, or numbers of rows."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self._first: Array | None = None
        self._one_value: Array = np.arange(len(names))
        self._same: list[tuple[int, int]] = []

    def look(self, block: Array) -> None:
        """Look at some rows, and raise `NotPlain` where a column may number them."""
        if not len(block):
            return
        if self._first is None:
            self._first = block[0].copy()
            seen: dict[bytes, int] = {}
            for j in range(len(self.names)):
                k = seen.setdefault(block[:, j].tobytes(), j)
                self._same += [(k, j)] * (k != j)
            for j, name in enumerate(self.names):
                if ROW_NUMBER.fullmatch(name) and (block[:, j] == np.round(block[:, j])).all():
                    raise NotPlain
        if len(self._one_value):
            alike = (block[:, self._one_value] == self._first[self._one_value]).all(axis=0)
            self._one_value = self._one_value[alike]
        self._same = [(k, j) for k, j in self._same if (block[:, k] == block[:, j]).all()]

    @property
    def any(self) -> bool:
        """Whether there are some."""
        return bool(len(self._one_value) or self._same)


def is_text_throughout(name: str, values: list[str], delimiter: str) -> bool:
    """Return whether the different texts of a target are texts for the reader of all tables, too."""
    import pyarrow as pa

    cells = pa.chunked_array([pa.array(values, pa.string())])
    try:
        kind = Source(name, {name: cells}, len(values), delimiter).typed([name], Reading())[0][name].type
        return is_plain_text(kind) and bool(text_classes(cells, name, said=False))
    except GlassneuronError:
        return False
