"""CSV, Parquet and any frame that speaks Arrow, brought into one form: an Arrow table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from glassneuron.errors import problem

CSV = (".csv", ".tsv", ".txt")
PARQUET = (".parquet", ".pq")


def read_arrow(source: Any) -> Any:
    """Read a file or take a frame.

    Parameters
    ----------
    source : str, Path or an object with Arrow's stream interface
        CSV (comma, semicolon or tab, found out from the first line), Parquet, or a frame of pandas, polars, duckdb
        or pyarrow.

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    TableError
    """
    import pyarrow as pa

    if isinstance(source, (str, Path)):
        table = _read_file(Path(source))
    elif hasattr(source, "__arrow_c_stream__"):
        try:
            table = pa.table(source)
        except (pa.ArrowException, TypeError, ValueError) as error:
            raise problem("frame", why=_first_line(error)) from error
    else:
        raise problem("source", kind=type(source).__name__)
    if table.num_columns == 0:
        raise problem("no-columns", source=_called(source))
    if table.num_rows == 0:
        raise problem("no-rows", source=_called(source))
    for name in table.column_names:
        if table.column_names.count(name) > 1:
            raise problem("same-name", name=name)
    return table


def _called(source: Any) -> str:
    return str(source) if isinstance(source, (str, Path)) else "the frame"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")


def _read_file(path: Path) -> Any:
    import pyarrow as pa

    suffix = path.suffix.lower()
    if suffix not in CSV + PARQUET:
        raise problem("suffix", path=path)
    if path.is_dir():
        raise problem("folder", path=path)
    try:
        return _read_csv(path) if suffix in CSV else _read_parquet(path)
    except FileNotFoundError as error:
        raise problem("no-file", path=path) from error
    except OSError as error:
        raise problem("unreadable", path=path, why=_first_line(error)) from error
    except pa.ArrowException as error:
        raise problem("unreadable", path=path, why=_first_line(error)) from error


def _read_parquet(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.read_table(path, partitioning=None)


def _read_csv(path: Path) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    with path.open("rb") as file:
        start = file.read(1 << 20)
    if not start.strip():
        raise problem("no-columns", source=path)
    if b"\0" in start:
        raise problem("unreadable", path=path, why="it is not text")
    delimiter = _delimiter(start)
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in start)
    convert = csv.ConvertOptions(strings_can_be_null=True, decimal_point=_decimal_point(start, delimiter))
    try:
        return csv.read_csv(path, parse_options=parse, convert_options=convert)
    except pa.ArrowInvalid as error:
        message = str(error)
        if "conversion error" in message and "UTF8" not in message:
            # A type was guessed from the first block and a later one disagrees: look at the file as one block.
            whole = csv.ReadOptions(block_size=min(path.stat().st_size + 1, 2**31 - 1))
            return csv.read_csv(path, read_options=whole, parse_options=parse, convert_options=convert)
        raise _csv_problem(path, message) from error


def _csv_problem(path: Path, message: str) -> Exception:
    ragged = re.search(r"(?:Row #(\d+): )?Expected (\d+) columns, got (\d+)", message)
    if ragged:
        line, expected, got = ragged.groups()
        where = f"line {line}" if line else "a line"
        return problem("ragged", path=path, where=where, got=got, expected=expected)
    if "UTF8" in message:
        return problem("encoding", path=path)
    return problem("unreadable", path=path, why=message.split("\n")[0].rstrip("."))


def _delimiter(start: bytes) -> str:
    first = re.sub(rb'"[^"]*"', b"", start.splitlines()[0])
    return max(",;\t", key=lambda mark: first.count(mark.encode()))


def _decimal_point(start: bytes, delimiter: str) -> str:
    comma = delimiter == ";" and re.search(rb"[;\n]-?\d+,\d", start) and not re.search(rb"[;\n]-?\d+\.\d", start)
    return "," if comma else "."
