"""A text file with a mark between cells, read as columns of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from glassneuron.data.keeping import IN_MEMORY, InMemory
from glassneuron.data.reading import Reading
from glassneuron.data.text_files.content import content, from_windows
from glassneuron.data.text_files.dialect import Dialect, dialect_of
from glassneuron.data.text_files.written import GAPS
from glassneuron.errors import problem

CSV = (".csv", ".tsv", ".txt")
BLOCK = 1 << 20
COMMENTS = "lines that begin with # are left out"


class TextFile(NamedTuple):
    """The columns of a text file, as text; a column without a name is called "".

    An unquoted word for a gap, such as NA, is a gap already; `gaps` are those that were met near the start. The rows
    begin at byte `start`; `quoted` tells whether there are quotes.
    """

    names: list[str]
    cells: list[Any]
    delimiter: str
    notes: list[str]
    gaps: tuple[str, ...]
    start: int
    quoted: bool


def read_text_file(path: Path, reading: Reading, target: str | None, keep: InMemory = IN_MEMORY) -> TextFile:
    """Recognise how a text file is written, and read its cells."""
    whole, suffix, notes = content(path, reading.encoding, keep)
    if suffix not in CSV:
        raise problem("suffix", path=path)
    return read_text(path, whole, reading, target, notes, keep)


def read_text(
    path: Path, whole: Any, reading: Reading, target: str | None, notes: list[str], keep: InMemory = IN_MEMORY
) -> TextFile:
    """Recognise how text is written, an Arrow buffer that is UTF-8 or that of Windows, and read its cells."""
    try:
        return _read(path, whole, reading, target, notes, keep)
    except UnicodeDecodeError:
        whole, notes = from_windows(path, whole, keep), ["written in windows-1252, it seems"]
        return _read(path, whole, reading, target, notes, keep)


def _read(
    path: Path, whole: Any, reading: Reading, target: str | None, notes: list[str], keep: InMemory
) -> TextFile:  # fmt: skip
    """Read the cells; raise a UnicodeDecodeError where they are not UTF-8."""
    start = whole[:BLOCK].to_pybytes()
    if _blank(whole):
        raise problem("no-columns", source=path)
    text = memoryview(whole)
    if _holds(text, b"\0"):
        raise problem("unreadable", path=path, why="it is not text")
    start.decode(errors="strict" if len(start) < BLOCK else "ignore")
    quoted = _holds(text, b'"')
    dialect = dialect_of(start, header=reading.header, target=target)
    space = re.compile(rb'(?<=%s) +(?=")' % re.escape(dialect.delimiter.encode()))
    if quoted and space.search(start):  # Arrow would take a quote behind a space for a part of the cell
        whole = keep.content(space.sub(b"", lines) for lines in _lines(whole))
        dialect = dialect_of(whole[:BLOCK].to_pybytes(), header=reading.header, target=target)
    names, cells, comments = _cells(path, whole, dialect, reading, quoted, keep)
    notes = [*notes, *dialect.notes]
    if comments and COMMENTS not in notes:
        notes.append(COMMENTS)
    if len(cells) > len(names):
        if cells[-1].null_count == len(cells[-1]):
            cells = cells[:-1]  # a comma at the end of each row
        else:  # as R writes them
            cells = cells[1:]
            notes.append("the first cell of each row, which has no name, is left out")
    elif len(names) > 1 and not names[-1] and cells[-1].null_count == len(cells[-1]):
        names, cells = names[:-1], cells[:-1]  # a comma at the end of each line
    words = GAPS if reading.gaps is None else reading.gaps
    unquoted = rb"(?:^|[%s\n]) *(%s) *(?=[%s\r\n]|\Z)"
    mark, any_word = re.escape(dialect.delimiter.encode()), "|".join(re.escape(word) for word in words if word).encode()
    gaps = any(column.null_count for column in cells)
    met = re.findall(unquoted % (mark, any_word, mark), start) if any_word and gaps else []
    return TextFile(
        names, cells, dialect.delimiter, notes, tuple(sorted({word.decode() for word in met})), dialect.start, quoted
    )


def _holds(text: memoryview, mark: bytes) -> bool:
    return any(mark in bytes(text[start : start + BLOCK]) for start in range(0, len(text), BLOCK))


def _blank(whole: Any) -> bool:
    return all(not whole[start : start + BLOCK].to_pybytes().strip() for start in range(0, len(whole), BLOCK))


def _lines(whole: Any) -> Iterator[bytes]:
    """Cut text into pieces of whole lines."""
    rest = b""
    for start in range(0, len(whole), BLOCK):
        lines, end, last = (rest + whole[start : start + BLOCK].to_pybytes()).rpartition(b"\n")
        yield lines + end
        rest = last
    yield rest


def _cells(
    path: Path, whole: Any, dialect: Dialect, reading: Reading, quoted: bool, keep: InMemory
) -> tuple[list[str], list[Any], int]:
    """Return the names of the columns, their cells, one column more if all rows have it, and the comments left out."""
    import pyarrow as pa
    from pyarrow import csv

    comments = 0

    def look_at(row: Any) -> str:
        """Leave out comments, which have another number of cells than rows, and lines of spaces."""
        nonlocal comments
        comment = row.text.lstrip().startswith("#")
        comments += comment
        return "skip" if comment or not row.text.strip() else "error"

    names, body, refusal = list(dialect.names), whole[dialect.start :], ""
    if _blank(body):
        raise problem("no-rows", source=path)
    parse = csv.ParseOptions(
        delimiter=dialect.delimiter, newlines_in_values=quoted, invalid_row_handler=look_at, ignore_empty_lines=True
    )
    for width in (len(names), len(names) + 1):
        keys = [str(j) for j in range(width)]
        convert = csv.ConvertOptions(
            column_types=dict.fromkeys(keys, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=False,
            null_values=["", *(GAPS if reading.gaps is None else reading.gaps)],
        )  # fmt: skip
        message = ""
        for block in (None, max(len(body), BLOCK) + 1):  # one cell may be larger than a block
            comments = 0
            try:
                cells = keep.rows(body, block, parse, convert)
            except pa.ArrowInvalid as error:
                message = str(error)
                if "UTF8" in message:
                    raise UnicodeDecodeError("utf-8", b"", 0, 1, message) from error
            else:
                return names, cells, comments
        refusal = refusal or message
        if f"Expected {width} columns, got {width + 1}" not in message:
            break
    raise _refused(path, refusal, len(names), dialect.delimiter)


def _refused(path: Path, message: str, width: int, delimiter: str) -> Exception:
    ragged = re.search(r"(?:Row #(\d+): )?Expected \d+ columns, got (\d+)(?:: (.*))?", message, re.DOTALL)
    if ragged:
        line, got, text = ragged.groups()
        where = f"row {line}" if line else "a row"
        hint = f"take the {delimiter!r} at its end away" if (text or "").rstrip().endswith(delimiter) else ""
        fix = hint if hint and int(got) == width + 1 else "give every line as many"
        return problem("ragged", path=path, where=where, got=got, expected=width, fix=fix)
    if "Empty CSV" in message:
        return problem("no-rows", source=path)
    return problem("unreadable", path=path, why=message.split("\n")[0].rstrip("."))
