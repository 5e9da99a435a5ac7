"""How a text file is written: its marks between cells, its header, comments on top, spaces and commas too many."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from glassneuron.data.text_files.written import looks_like_number

DELIMITERS = "\t,;|"
LOOK = 1 << 16
"""Bytes at the start of a file by which its dialect is recognised."""
RECORDS = 200
YEARS = range(1000, 3000)


@dataclass(frozen=True)
class Dialect:
    """How a text file is written.

    Attributes
    ----------
    delimiter : str
        What stands between cells.
    names : tuple of str
        The columns; "" for one that the header does not name.
    start : int
        The byte at which the rows begin.
    header : bool
        Whether the names are the file's own.
    notes : tuple of str
        What is unusual, in words.
    """

    delimiter: str
    names: tuple[str, ...]
    start: int
    header: bool = True
    notes: tuple[str, ...] = ()


def dialect_of(start: bytes, *, header: bool | None = None, target: str | None = None) -> Dialect:
    r"""Recognise the dialect of a file from its first bytes, which are UTF-8 and hold more than blanks.

    Of the delimiters, one wins with which the most lines have as many cells as the first, then one that leaves the most
    numbers. A first line of values is no header: its numbers stand above numbers, or its texts are met again below.
    `header` says whether there is one, and a `target` that the first line names says so, too.

    Examples
    --------
    >>> dialect_of(b"# flowers\nlength, cm\tkind\n1.5\trose\n").names
    ('length, cm', 'kind')
    >>> dialect_of(b"5.1;rose\n4.9;tulip\n4.7;rose\n").names
    ('x1', 'x2')
    """
    at, notes, text = 0, list[str](), start[:LOOK]
    stated, comment = None, b""
    while line := text[at:].partition(b"\n")[0]:  # also a blank one that ends in a carriage return
        said = re.fullmatch(rb"sep=(.)\r?", line) if at == 0 else None
        if said:
            stated = said[1].decode(errors="replace")
        elif line.lstrip().startswith(b"#"):
            comment = line
        elif line.strip():
            break
        at += len(line) + 1
        while text[at : at + 1] == b"\n":
            at += 1
    else:
        at = _first_filled(text, at)
    if comment and at >= len(text):  # nothing but comments: the last one may be the header of no rows
        at = text.rindex(comment)
        comment = b""
    lines = text[at:].decode("utf-8", errors="replace")
    if len(start) > LOOK:
        lines = lines[: lines.rfind("\n") + 1] or lines
    delimiter = stated or _delimiter(lines)
    records = _records(lines, delimiter)
    first, rows = [cell.strip() for cell in records[0]], records[1:]
    has_header = header if header is not None else _is_header(first, rows, target)
    above = None if has_header else _as_header(comment, delimiter, len(first))
    if above is not None:  # such as `# id,size` above rows of numbers
        return Dialect(delimiter, tuple(above), at, True, tuple(notes))
    if not has_header:
        notes.append(f"the first line holds values, so that columns are called x1 to x{len(first)}")
        return Dialect(delimiter, tuple(f"x{j + 1}" for j in range(len(first))), at, False, tuple(notes))
    if comment:
        notes.append("lines that begin with # are left out")
    return Dialect(delimiter, tuple(first), at + _length_of_first(text[at:], start[at:]), True, tuple(notes))


def _first_filled(text: bytes, at: int) -> int:
    rest = text[at:]
    return at + len(rest) - len(rest.lstrip(b"\r\n"))


def _records(lines: str, delimiter: str) -> list[list[str]]:
    spaced = delimiter + " " in lines
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=delimiter, skipinitialspace=spaced)
    records: list[list[str]] = []
    try:
        for record in reader:
            if any(cell.strip() for cell in record) and not record[0].lstrip().startswith("#"):
                records.append(record)
            if len(records) > RECORDS:
                break
    except csv.Error:  # a cell that is larger than the standard library takes
        pass
    return records or [lines.split("\n")[0].rstrip("\r").split(delimiter)]


def _delimiter(lines: str) -> str:
    best, chosen = (-1.0, -1.0, -1), ","
    for place, mark in enumerate(DELIMITERS):
        first, *rows = _records(lines, mark)
        if len(first) == 1 and not (rows and len(rows[0]) > 1):
            continue
        sizes = Counter(map(len, rows))
        usual = sizes.most_common(1)[0][0] if rows else len(first)
        if usual == 1:
            continue
        same = sizes[usual] / len(rows) if rows else 1.0
        same -= 0.5 * (len(first) not in (usual, usual - 1))  # one more for a comma at the end, or for row names
        same -= 0.25 * (len(first) == usual - 1)
        cells = [cell for row in rows for cell in row]
        numbers = sum(looks_like_number(cell) for cell in cells) / max(len(cells), 1)
        score = round(same, 2), round(numbers, 2), -place
        if score > best:
            best, chosen = score, mark
    return chosen


def _is_header(first: Sequence[str], rows: Sequence[Sequence[str]], target: str | None) -> bool:
    """Return whether the first line holds names, and not values like those below."""
    filled = [cell for cell in first if cell]
    if not rows or not filled or (target is not None and target in first):
        return True
    below = [{row[j].strip() for row in rows if j < len(row)} - {""} for j in range(len(first))]
    above_numbers = [
        (cell, others)
        for cell, others in zip(first, below, strict=True)
        if looks_like_number(cell) and any(map(looks_like_number, others))
    ]
    if above_numbers:
        return _are_names(above_numbers)
    return not all(cell in others for cell, others in zip(first, below, strict=True) if cell)


def _are_names(cells: Sequence[tuple[str, set[str]]]) -> bool:
    """Return whether numbers above numbers are names: years above other numbers, or 0, 1, 2 as pandas counts."""
    if all(_is_year(cell) and not all(map(_is_year, others)) for cell, others in cells):
        return True
    counted = [cell for cell, _ in cells] == [str(j) for j in range(len(cells))]
    return counted and len(cells) > 1 and not all(cell in others for cell, others in cells)


def _is_year(text: str) -> bool:
    return text.isdigit() and int(text) in YEARS


def _as_header(comment: bytes, delimiter: str, width: int) -> list[str] | None:
    """Return the names in the last comment above rows without a header, if it has one for each column."""
    if not comment or width < 2:
        return None
    text = comment.decode("utf-8", errors="replace").strip().lstrip("# \t")
    names = [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter))]
    return names if len(names) == width and all(names) else None


def _length_of_first(text: bytes, whole: bytes) -> int:
    """Return the bytes of the first record, with the end of its line."""
    quoted = False
    for block in (text, whole):
        for i, byte in enumerate(block):
            if byte == 34:
                quoted = not quoted
            elif byte in b"\r\n" and not quoted:
                return i + (2 if block[i : i + 2] == b"\r\n" else 1)
        quoted = False
    return len(whole)
