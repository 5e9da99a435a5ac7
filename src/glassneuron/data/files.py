"""CSV, Parquet and any frame that speaks Arrow, read into one form: an Arrow table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from numbers import Number
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from glassneuron.data.encoding import is_date, is_number, is_plain_text, is_text, is_time, plain_text
from glassneuron.data.keeping import ARROW, IN_MEMORY, PARQUET, InMemory
from glassneuron.data.reading import Reading
from glassneuron.data.text_files.cells import CSV, TextFile, read_text_file
from glassneuron.data.text_files.content import STANDARD_INPUT, content, suffix_of
from glassneuron.data.text_files.kinds import TIME, Look, typed_columns
from glassneuron.data.text_files.written import GAPS_AMONG_NUMBERS, looks_like_number
from glassneuron.errors import GlassneuronError, problem

LINES, EXCEL = (".jsonl", ".ndjson"), (".xlsx",)
TYPED = (*PARQUET, *ARROW, *LINES, *EXCEL)
"""Files whose columns have kinds of their own."""
ROW_NUMBERS = re.compile(r"__index_level_\d+__")
"""The names that pandas gives to row labels when it writes them beside the columns."""
NAMELESS = re.compile(r"|Unnamed: 0")
"""What a first column is called that has no name, or that had none when pandas read it."""


@dataclass
class Source:
    """What a file or frame holds.

    Attributes
    ----------
    name : str or Path
        What messages call it.
    columns : dict of str to Arrow arrays
        Of a text file text, as it is written; otherwise of any kind.
    rows : int
    delimiter : str
        What stands between the cells of a text file; "" for a file or frame whose columns have kinds of their own.
    notes : list of str
        What was recognised on the way, in words.
    gaps : tuple of str
        Words in a text file that were taken for gaps.
    keep : InMemory
        Where what is made of the columns is kept.
    """

    name: Any
    columns: dict[str, Any]
    rows: int
    delimiter: str = ""
    notes: list[str] = field(default_factory=list)
    gaps: tuple[str, ...] = ()
    keep: InMemory = IN_MEMORY

    def typed(
        self, names: Iterable[str], reading: Reading, known: dict[str, str] | None = None
    ) -> tuple[dict[str, Any], dict[str, Look]]:
        """Return some columns as numbers, truth values or text, and what was recognised of those that were text.

        `known` says of columns that a model has met whether they are "number" or "text", or of dates their order.
        """
        some, known = {name: self.columns[name] for name in names}, known or {}
        if self.delimiter:
            looks, notes = typed_columns(some, reading, self.delimiter, known, self.keep)
            self.notes += notes
            return {name: looks[name].cells for name in some}, looks
        some |= {name: self.keep.column(_as_text(some[name])) for name in reading.text if name in some}
        as_text = {n: plain_text(cells) for n, cells in some.items() if n in reading.numeric and is_text(cells.type)}
        as_text |= {
            name: plain_text(cells)
            for name, cells in some.items()
            if name not in reading.text and known.get(name) != "text" and is_plain_text(cells.type)
        }
        looks, notes = typed_columns(as_text, reading, "", known, self.keep)
        # A text column of a frame is meant as text; but what is written like 25 % or 31.12.2024 is no name of anything.
        for name in [name for name in looks if name not in reading.numeric]:
            kind = looks[name].cells.type
            if not (looks[name].numbers or is_date(kind) or is_time(kind)):
                del looks[name]
        self.notes += notes
        return {name: looks[name].cells if name in looks else cells for name, cells in some.items()}, looks

    def without_texts(self, names: Iterable[str], unmet: dict[int, list[str]]) -> None:
        """Make gaps of texts in columns of numbers, and note the columns under the positions of the rows."""
        import pyarrow as pa
        from pyarrow import compute

        for name in names:
            cells = self.columns[name]
            if not is_plain_text(cells.type):
                continue
            texts = [each for each in cells.unique().drop_null().to_pylist() if each.strip()]
            times = [each for each in texts if re.match(TIME, each.strip())]
            known = set(times) if 2 * len(times) > len(texts) else set(filter(looks_like_number, texts))
            no_numbers = [each for each in texts if each not in known]
            truths = () if len(no_numbers) < len(texts) else ("true", "false")
            new = [each for each in no_numbers if each not in GAPS_AMONG_NUMBERS and each.lower() not in truths]
            if new:
                there = compute.is_in(cells, pa.array(new, cells.type))
                left = self.keep.column(compute.if_else(there, pa.scalar(None, cells.type), cells))
                self.columns = self.columns | {name: left}
                for row in np.flatnonzero(there.to_numpy()).tolist():
                    unmet.setdefault(row, []).append(name)

    def carried(self, names: Sequence[str]) -> dict[str, list[Any]]:
        """Return the cells of some columns as they are written; "*" stands for all."""
        return {name: self.columns[name].to_pylist() for name in self.named(names)}

    def named(self, names: Sequence[str]) -> list[str]:
        """Return the columns that are named, some with commas between them; "*" stands for all."""
        apart = [n for name in names for n in ([name] if name in self.columns else map(str.strip, name.split(",")))]
        wanted = list(self.columns) if apart == ["*"] else apart
        for name in wanted:
            self.refuse_absent(name)
        return list(dict.fromkeys(wanted))

    def check(self, reading: Reading, target: str | None) -> None:
        """Refuse a table without columns or rows, and names of columns that it has not."""
        for size, code in ((len(self.columns), "no-columns"), (self.rows, "no-rows")):
            if size == 0:
                raise problem(code, source=self.name)
        for name in (*reading.among(self.columns).named, *([] if target is None else [target])):
            self.refuse_absent(name)

    def refuse_absent(self, name: str) -> None:
        """Refuse the name of a column that is not there."""
        if name not in self.columns:
            close = get_close_matches(name, self.columns, 1)
            hint = f"Did you mean `{close[0]}`? " if close else ""
            raise problem("no-column", name=name, hint=hint, columns=", ".join(list(self.columns)[:30]))


def read(source: Any, reading: Reading | None = None, target: str | None = None) -> Source:
    """Read a file or take a frame.

    The source is a text file with a mark between cells (CSV), a Parquet file, or any frame with Arrow's stream
    interface; the row labels of a pandas frame are not a column. A `target` that a first line names makes it a header.
    """
    reading = Reading() if reading is None else reading
    if isinstance(source, Source):
        found = replace(source, notes=list(source.notes))
    elif isinstance(source, (str, Path)):
        found = read_file(Path(source), reading, target)
    elif hasattr(source, "__arrow_c_stream__"):
        table = read_frame(source)
        found = of_columns("the frame", table.column_names, table.columns, "", [])
    else:
        raise problem("source", kind=type(source).__name__)
    found.check(reading, target)
    return found


def read_arrow(source: Any, text: tuple[str, ...] = ()) -> Any:
    """Read a file or take a frame, and return an Arrow table in which text that stands for numbers is numbers.

    Columns of a text file that are named in `text` are text, whatever they look like.
    """
    import pyarrow as pa

    found = read(source)
    columns, _ = found.typed(found.columns, Reading(), dict.fromkeys(text, "text"))
    return pa.table(list(columns.values()), list(columns))


def of_text(path: Path, text: TextFile, keep: InMemory = IN_MEMORY) -> Source:
    """Take the columns of a text file."""
    found = of_columns(path, text.names, text.cells, text.delimiter, text.notes, keep)
    found.gaps = text.gaps
    return found


def of_columns(
    name: Any, names: Sequence[str], cells: Sequence[Any], delimiter: str, notes: list[str], keep: InMemory = IN_MEMORY
) -> Source:
    """Take columns, without row numbers; categories that stand for numbers become numbers."""
    import pyarrow as pa

    twice, count = Counter(filter(None, names)).most_common(1)[0] if any(names) else ("", 0)
    if count > 1:
        raise problem("same-name", name=twice)
    columns = {}
    for j, (name_, column) in enumerate(zip(names, cells, strict=True)):
        each = name_ or f"x{j + 1}"
        if j == 0 and NAMELESS.fullmatch(name_) and len(names) > 1 and _counts(column):
            notes.append("the first column, which has no name and counts the rows, is left out")
        elif not ROW_NUMBERS.fullmatch(each):
            category = pa.types.is_dictionary(column.type) and is_number(column.type.value_type)
            columns[each] = keep.column(column.cast(column.type.value_type)) if category else column
    return Source(name, columns, len(cells[0]) if cells else 0, delimiter, notes, keep=keep)


def of_array(values: Any, names: Sequence[str] | None = None) -> Source:
    """Take the columns of an array, of numbers or of objects, which are called x0, x1, ... if they have no names."""
    import pyarrow as pa

    names = [f"x{j}" for j in range(values.shape[1])] if names is None else list(names)
    columns = []
    for j, cells in enumerate(values.T):
        if cells.dtype == object:
            refuse_mixed(names[j], cells)
        try:
            each = pa.array(
                cells.tolist() if cells.dtype.kind == "U" else np.ascontiguousarray(cells), from_pandas=True
            )
        except pa.ArrowException as error:
            raise problem("frame", why=_first_line(error)) from error
        columns.append(pa.chunked_array([each]))
    return of_columns("the array", names, columns, "", [])


def _counts(column: Any) -> bool:
    """Return whether a column counts the rows, from 0 or from 1."""
    import pyarrow as pa

    try:
        numbers = column.cast(pa.int64()).to_numpy()
    except pa.ArrowException:
        return False
    return (
        numbers.dtype.kind == "i"
        and len(numbers) > 2
        and bool((numbers == np.arange(len(numbers)) + min(numbers[0], 1)).all())
    )


def _as_text(cells: Any) -> Any:
    import pyarrow as pa

    return cells if is_text(cells.type) else cells.cast(pa.large_string())


def read_frame(source: Any) -> Any:
    """Return a frame as an Arrow table."""
    import pyarrow as pa

    try:
        if isinstance(source, pa.Table):
            return source
        if hasattr(source, "iloc"):  # pandas
            return pa.Table.from_pandas(source, preserve_index=False)
        return pa.table(source)
    except Exception as error:  # another library's frame may raise anything
        _refuse_mixed(source)
        raise problem("frame", why=_first_line(error)) from error


def _refuse_mixed(source: Any) -> None:
    """Name the column of a pandas frame in which objects of several kinds stand."""
    if hasattr(source, "iloc") and len(set(source.columns)) == len(source.columns):
        for name in source.columns:
            refuse_mixed(name, source[name] if source[name].dtype == object else ())


def refuse_mixed(name: Any, cells: Iterable[Any]) -> None:
    """Refuse a column in which objects of several kinds stand, and name two of them."""
    seen: dict[type, tuple[int, Any]] = {}
    for row, value in enumerate(cells):
        if value is not None and value == value:
            seen.setdefault(type(value), (row + 1, value))
    if len(seen) > 1 and not all(issubclass(kind, Number) for kind in seen):
        (row, value), (other_row, other) = list(seen.values())[:2]
        raise problem("mixed-column", name=name, value=value, row=row, other=other, other_row=other_row) from None


def _first_line(error: Exception) -> str:
    text = getattr(error, "strerror", None) or (error.args[0] if error.args else "") or type(error).__name__
    text = re.sub(r"^Could not open Parquet input source '.*?': ", "", str(text).strip())
    return text.split("\n")[0].rstrip(".")


def read_file(path: Path, reading: Reading, target: str | None, keep: InMemory = IN_MEMORY) -> Source:
    """Read a file."""
    import pyarrow as pa

    try:
        if path.is_dir():
            raise problem("folder", path=path)
        suffix = suffix_of(path)
        if suffix not in (*CSV, *TYPED, ".zip") and path != STANDARD_INPUT:
            raise problem("suffix", path=path)
        if suffix not in TYPED:
            return of_text(path, read_text_file(path, reading, target, keep), keep)
        table = _typed_table(path, suffix, keep)
        table.validate(full=True)
        names = table.column_names  # decoded here: they may not be UTF-8
        labels = row_labels(table.schema)
        kept = [(name, cells) for name, cells in zip(names, table.columns, strict=True) if name not in labels]
        notes = [f"row labels of pandas are left out: {', '.join(sorted(labels))}"] * bool(labels)
        return of_columns(path, [name for name, _ in kept], [cells for _, cells in kept], "", notes, keep)
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


def _typed_table(path: Path, suffix: str, keep: InMemory) -> Any:
    import pyarrow as pa

    if suffix in (*PARQUET, *ARROW):
        return keep.typed(path)
    if suffix in LINES:
        from pyarrow import json

        return json.read_json(pa.BufferReader(content(path)[0]))
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise problem("extra", purpose="reading .xlsx files", library="openpyxl", extra="excel") from None
    try:
        with closing(load_workbook(path, read_only=True, data_only=True)) as book:
            head, *rows = [*book.worksheets[0].iter_rows(values_only=True)] or [()]
    except (BadZipFile, IndexError, KeyError, ValueError) as error:
        raise problem("unreadable", path=path, why="it is no Excel file, or a damaged one") from error
    cells = list(zip(*rows, strict=True)) if rows else [()] * len(head)
    names = ["" if name is None else str(name).strip() for name in head]
    for name, column in zip(names, cells, strict=True):
        refuse_mixed(name, column)
    return pa.table([pa.array(column) for column in cells], names)


def row_labels(schema: Any) -> set[str]:
    """Return the columns in which pandas has kept row labels that have a name; as in its frame, they are no column."""
    kept = (schema.pandas_metadata or {}).get("index_columns", [])
    return {name for name in kept if isinstance(name, str) and not ROW_NUMBERS.fullmatch(name)}
