"""A text file with a mark between cells, read batch by batch in little memory."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from glassneuron.data.disk.sources import File
from glassneuron.errors import GlassneuronError, problem

LOOK = 1 << 20
"""Bytes at the start of a file by which it is seen how it is written; and bytes that are read at once."""
LARGEST = 1 << 27
"""Bytes of a cell that is too long for a block, at most."""


@dataclass
class Written:
    """How a text file is written, and what its columns hold: `kinds` are Arrow types, by name."""

    delimiter: str
    decimal: str
    quoted: bool
    names: tuple[str, ...]
    kinds: dict[str, Any] = field(default_factory=dict)
    block: int = LOOK


class Misfit(Exception):
    """A cell that is not of its column's kind."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name, value)
        self.name, self.value = name, value


def written(file: File) -> Written:
    """Look at the start of a file."""
    from pyarrow import csv

    start, quoted = _looked_through(file)
    bare = re.sub(rb'(^|[,;\t\r\n])"(?:[^"]++|"")*+"', rb"\1", start[: 1 << 16])
    first = next((line for line in bare.splitlines() if line.strip()), b"")
    delimiter = max(",;\t", key=lambda mark: first.count(mark.encode()))
    number = rb'[;\n]"?[-+]?\d*%s\d+(?:[eE][-+]?\d+)?"?(?=[;\r\n]|\Z)'
    comma = delimiter == ";" and re.search(number % b",", start) and not re.search(number % rb"\.", start)
    found = Written(delimiter, "," if comma else ".", quoted, ())
    try:
        schema = _opened(file, found, None, csv).schema
        found.names = tuple(schema.names)
    except UnicodeDecodeError as error:
        raise problem("encoding", path=file.path) from error
    found.kinds = dict(zip(schema.names, schema.types, strict=True))
    return found


def batches(file: File, how: Written, columns: list[str], kinds: dict[str, Any]) -> Iterator[Any]:
    """Yield record batches of some columns, each of its kind; raise a `Misfit` where a cell is not."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        with _opened(file, how, {name: kinds[name] for name in columns}, csv) as reader:
            yield from reader
    except pa.ArrowInvalid as error:
        misfit = re.search(r"In CSV column #(\d+): .*?conversion error to .*?: invalid value '(.*)'", str(error), re.S)
        if misfit:
            names = how.names if int(misfit[1]) < len(how.names) else tuple(columns)
            raise Misfit(names[int(misfit[1])], misfit[2]) from error
        if "straddling" in str(error) and how.block < LARGEST:
            raise Misfit("", "") from error
        raise _refused(file, str(error)) from error


def _opened(file: File, how: Written, kinds: dict[str, Any] | None, csv: Any) -> Any:
    import pyarrow as pa

    chosen: dict[str, Any] = {} if kinds is None else {"include_columns": list(kinds), "column_types": kinds}
    try:
        return csv.open_csv(
            pa.input_stream(str(file.path), compression="detect"),
            read_options=csv.ReadOptions(block_size=how.block),
            parse_options=csv.ParseOptions(delimiter=how.delimiter, newlines_in_values=how.quoted),
            convert_options=csv.ConvertOptions(strings_can_be_null=True, decimal_point=how.decimal, **chosen),
        )
    except pa.ArrowInvalid as error:
        if kinds is None:
            raise _refused(file, str(error)) from error
        raise


def _looked_through(file: File) -> tuple[bytes, bool]:
    """Return the start of a text file, and whether there may be quotes anywhere in it."""
    import pyarrow as pa

    with pa.input_stream(str(file.path), compression="detect") as stream:
        start = stream.read(LOOK)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise problem("encoding", path=file.path)
    start = start.removeprefix(b"\xef\xbb\xbf")
    if not start.strip():
        raise problem("no-columns", source=file.path)
    if b"\0" in start:
        raise problem("unreadable", path=file.path, why="it is not text")
    if file.packed or b'"' in start:
        return start, True
    with file.path.open("rb") as plain, mmap.mmap(plain.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return start, text.find(b'"') >= 0


def _refused(file: File, message: str) -> GlassneuronError:
    ragged = re.search(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)", message)
    if ragged:
        line, expected, got = ragged.groups()
        where = f"row {int(line) - 1}" if line else "a row"
        fix = "give every line as many"
        return problem("ragged", path=file.path, where=where, got=got, expected=expected, fix=fix)
    if "UTF8" in message:
        return problem("encoding", path=file.path)
    if "Empty CSV" in message:
        return problem("no-rows", source=file.path)
    return problem("unreadable", path=file.path, why=message.split("\n")[0].rstrip("."))
