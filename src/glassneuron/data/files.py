"""CSV, Parquet and any frame that speaks Arrow, read into one form: an Arrow table."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from glassneuron.data.encoding import is_number
from glassneuron.errors import GlassneuronError, problem

CSV = (".csv", ".tsv", ".txt")
PARQUET = (".parquet", ".pq")
BLOCK = 1 << 20
ROW_NUMBERS = re.compile(r"__index_level_\d+__")
"""The names that pandas gives to row labels when it writes them beside the columns."""


def read_arrow(source: Any, text: tuple[str, ...] = ()) -> Any:
    """Read a file or take a frame, and return an Arrow table in which categories that stand for numbers are numbers.

    The source is a CSV file (comma, semicolon or tab, whichever the first line has), a Parquet file, or any frame with
    Arrow's stream interface; the row labels of a pandas frame are not a column. Columns of a CSV file named in `text`
    are read as text, whatever they look like.
    """
    import pyarrow as pa

    if isinstance(source, (str, Path)):
        table = _read_file(Path(source), text)
    elif hasattr(source, "__arrow_c_stream__"):
        table = _read_frame(source)
    else:
        raise problem("source", kind=type(source).__name__)
    table = table.drop_columns([name for name in table.column_names if ROW_NUMBERS.fullmatch(name)])
    for size, code in ((table.num_columns, "no-columns"), (table.num_rows, "no-rows")):
        if size == 0:
            raise problem(code, source=source if isinstance(source, (str, Path)) else "the frame")
    name, count = Counter(table.column_names).most_common(1)[0]
    if count > 1:
        raise problem("same-name", name=name)
    for position, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type) and is_number(field.type.value_type):
            table = table.set_column(position, field.name, table[position].cast(field.type.value_type))
    return table


def _read_frame(source: Any) -> Any:
    import pyarrow as pa

    try:
        if isinstance(source, pa.Table):
            return source
        if hasattr(source, "iloc"):  # pandas
            return pa.Table.from_pandas(source, preserve_index=False)
        return pa.table(source)
    except Exception as error:  # another library's frame may raise anything
        raise problem("frame", why=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    text = getattr(error, "strerror", None) or (error.args[0] if error.args else "") or type(error).__name__
    text = re.sub(r"^Could not open Parquet input source '.*?': ", "", str(text).strip())
    return text.split("\n")[0].rstrip(".")


def _read_file(path: Path, text: tuple[str, ...]) -> Any:
    import pyarrow as pa

    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            raise problem("folder", path=path)
        if suffix not in CSV + PARQUET:
            raise problem("suffix", path=path)
        if suffix in CSV:
            table = _read_csv(path, text)
        else:
            from pyarrow import parquet

            with parquet.ParquetFile(path) as file:
                table = file.read()
            table.validate(full=True)
        table.column_names  # noqa: B018 - this decodes the names, which may not be UTF-8
        return table
    except FileNotFoundError as error:
        raise problem("no-file", path=path) from error
    except UnicodeDecodeError as error:
        raise problem("encoding", path=path) from error
    except (OSError, pa.ArrowException) as error:
        raise problem("unreadable", path=path, why=_first_line(error)) from error
    except GlassneuronError:
        raise
    except ValueError as error:  # the name has a zero byte
        raise problem("unreadable", path=path, why="no file can have this name") from error


def _read_csv(path: Path, text: tuple[str, ...]) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    start, quoted = _looked_through(path)
    delimiter = _delimiter(start)
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=quoted)
    convert = csv.ConvertOptions(
        strings_can_be_null=True,
        decimal_point=_decimal_point(start, delimiter),
        column_types=dict.fromkeys(text, pa.string()),
    )
    attempts = [
        csv.ReadOptions(),
        # A later block may disagree with the type guessed from the first, or one cell may be larger than a block:
        # then the file is read as one block, and by one thread, so that messages name the row.
        csv.ReadOptions(block_size=min(max(path.stat().st_size, BLOCK) + 1, 2**31 - 1), use_threads=False),
    ]
    for read in attempts:
        try:
            table = csv.read_csv(path, read_options=read, parse_options=parse, convert_options=convert)
        except pa.ArrowInvalid as error:
            if read is attempts[-1]:
                raise _csv_problem(path, str(error)) from error
        else:
            break
    if any(pa.types.is_binary(kind) for kind in table.schema.types):
        raise problem("encoding", path=path)
    return table


def _looked_through(path: Path) -> tuple[bytes, bool]:
    """Return the start of a text file, and whether there are quotes anywhere in it."""
    with path.open("rb") as file:
        start = file.read(BLOCK)
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise problem("encoding", path=path)
        start = start.removeprefix(b"\xef\xbb\xbf")
        if not start.strip():
            raise problem("no-columns", source=path)
        block, quoted = start, False
        while block:
            if b"\0" in block:
                raise problem("unreadable", path=path, why="it is not text")
            quoted = quoted or b'"' in block
            block = file.read(BLOCK)
    return start, quoted


def _csv_problem(path: Path, message: str) -> Exception:
    ragged = re.search(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)", message)
    if ragged:
        line, expected, got = ragged.groups()
        where = f"row {int(line) - 1}" if line else "a row"
        return problem("ragged", path=path, where=where, got=got, expected=expected)
    if "UTF8" in message:
        return problem("encoding", path=path)
    if "Empty CSV" in message:
        return problem("no-rows", source=path)
    return problem("unreadable", path=path, why=message.split("\n")[0].rstrip("."))


def _delimiter(start: bytes) -> str:
    bare = re.sub(rb'(^|[,;\t\r\n])"(?:[^"]++|"")*+"', rb"\1", start[: 1 << 16])
    first = next((line for line in bare.splitlines() if line.strip()), b"")
    return max(",;\t", key=lambda mark: first.count(mark.encode()))


def _decimal_point(start: bytes, delimiter: str) -> str:
    number = rb'[;\n]"?[-+]?\d*%s\d+(?:[eE][-+]?\d+)?"?(?=[;\r\n]|\Z)'
    comma = delimiter == ";" and re.search(number % b",", start) and not re.search(number % rb"\.", start)
    return "," if comma else "."
