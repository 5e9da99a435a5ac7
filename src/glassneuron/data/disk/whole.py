"""A table of any size with all its columns, as the reader of tables in memory sees it; only that they lie on disk."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from glassneuron.data.disk import typed_files
from glassneuron.data.disk.kept import OnDisk
from glassneuron.data.disk.sources import TEXT, File, files_of, unchanged
from glassneuron.data.encoding import is_number, is_text
from glassneuron.data.files import Source, of_columns, of_text, read, read_file
from glassneuron.data.keeping import ARROW, IN_MEMORY, PARQUET, InMemory
from glassneuron.data.reading import Reading
from glassneuron.data.text_files.cells import read_text
from glassneuron.data.text_files.content import beginning
from glassneuron.errors import GlassneuronError, problem

LINE = 1 << 10
"""Bytes of a line of text, at a guess."""
Tell = Callable[[str, int], None]
"""Takes what is being done, and how many rows of it are done."""


def whole_table(
    source: Any, reading: Reading, target: str | None, keep: InMemory = IN_MEMORY, tell: Tell = lambda what, rows: None
) -> tuple[Source, list[tuple[File, int]]]:
    """Read a file, a folder, a pattern of names or a frame; return it, and the files with their rows.

    A `target` that a first line names makes it a header.
    """
    if not isinstance(source, (str, Path)):
        return _frame(source, reading, target, keep), []
    files, notes = files_of(source), list[str]()
    several = len(files) > 1
    parts: list[tuple[File, Source]] = []
    rows = 0
    for file in files:
        before = file.stamp()
        if several and before[1] == 0:
            notes.append(f"{file.path.name} is empty and left out")
            continue
        tell("reading", rows)
        try:
            found = read_file(file.path, reading, target, keep)
        except GlassneuronError as error:
            unchanged(file, before)  # it may have been cut while it was read
            if several and error.code == "no-rows":  # a header alone
                continue
            raise
        unchanged(file, before)
        parts.append((file, _with_keys(found, file)))
        rows += found.rows
    if not parts:
        raise problem("no-rows" if files else "empty-folder", source=source, path=source)
    whole = parts[0][1] if len(parts) == 1 else _together(parts, reading, keep)
    if not whole.delimiter and files[0].keys:  # they are numbers, if they look like it
        keys = replace(whole, delimiter=",").typed([key for key, _ in files[0].keys], Reading())[0]
        whole = replace(whole, columns=whole.columns | keys)
    whole = replace(whole, name=source, notes=list(dict.fromkeys([*notes, *whole.notes])))
    whole.check(reading, target)
    return whole, [(file, part.rows) for file, part in parts] if several else []


def _frame(source: Any, reading: Reading, target: str | None, keep: InMemory) -> Source:
    import pyarrow as pa

    lazy = hasattr(source, "__arrow_c_stream__") and not hasattr(source, "iloc") and not isinstance(source, pa.Table)
    if lazy and isinstance(keep, OnDisk):
        try:
            reader = pa.RecordBatchReader.from_stream(source)
            columns = keep.batches(reader)
        except pa.ArrowException as error:
            raise problem("frame", why=str(error).split("\n")[0].rstrip(".")) from error
        found = of_columns("the frame", reader.schema.names, columns, "", [], keep)
        found.check(reading, target)
        return found
    return replace(read(source, reading, target), keep=keep)


def _with_keys(found: Source, file: File) -> Source:
    """Add what the names of a file's folders say as columns."""
    import pyarrow as pa

    columns = dict(found.columns)
    for key, value in file.keys:
        if key in columns:
            raise problem("same-name", name=key)
        columns[key] = pa.chunked_array([pa.repeat(pa.scalar(value, pa.string()), found.rows)])
    return replace(found, columns=columns)


def _together(parts: list[tuple[File, Source]], reading: Reading, keep: InMemory) -> Source:
    """Put the rows of files behind each other."""
    (first, one), *others = parts
    for file, part in others:
        other = [name for name in (*part.columns, *one.columns) if (name in part.columns) != (name in one.columns)]
        if other:
            raise problem("columns-differ", path=file.path, name=other[0], first=first.path)
    text = [bool(part.delimiter) for _, part in parts]
    notes = list(dict.fromkeys(note for _, part in parts for note in part.notes))
    if not all(text):  # text beside files whose columns have kinds of their own
        parts = [(f, replace(p, columns=p.typed(p.columns, reading)[0]) if p.delimiter else p) for f, p in parts]
    columns = {
        name: _one_kind(name, [(file, part.columns[name]) for file, part in parts], keep) for name in one.columns
    }
    gaps = tuple(sorted({word for _, part in parts for word in part.gaps}))
    rows = sum(part.rows for _, part in parts)
    return Source(one.name, columns, rows, one.delimiter if all(text) else "", notes, gaps, keep)


def _one_kind(name: str, cells: list[tuple[File, Any]], keep: InMemory) -> Any:
    """Put the cells of a column behind each other, as what all of them are."""
    import pyarrow as pa

    types = list(dict.fromkeys(each.type for _, each in cells if not pa.types.is_null(each.type)))
    kind = types[0] if types else pa.null()
    if len(types) > 1:
        for test, common in (
            (is_text, pa.large_string()),
            (pa.types.is_integer, pa.int64()),
            (is_number, pa.float64()),
        ):
            if all(map(test, types)):
                kind = common
                break
        else:
            file, other = next((f, c) for f, c in cells if is_number(c.type) != is_number(kind) or c.type != kind)
            raise problem(
                "kinds-differ", path=file.path, name=name, kind=other.type, first=cells[0][0].path, wanted=kind
            )
    chunks = [chunk for _, each in cells for chunk in _as(each, kind, keep).chunks]
    return pa.chunked_array(chunks, kind)


def _as(cells: Any, kind: Any, keep: InMemory) -> Any:
    return cells if cells.type == kind else keep.column(cells.cast(kind, safe=False))


def located(error: GlassneuronError, files: list[tuple[File, int]]) -> GlassneuronError:
    """Say in which of several files something is wrong, and in which of its rows."""
    row = error.fields.get("row")
    if not files or not isinstance(row, int) or error.code == "in-file":
        return error
    ends = list(accumulate(rows for _, rows in files))
    place = min(bisect_right(ends, row - 1), len(ends) - 1)
    here = row - (ends[place] - files[place][1])
    return problem("in-file", path=files[place][0].path, why=problem(error.code, **{**error.fields, "row": here}))


def first_rows(files: list[File], each: int) -> tuple[Source, bool]:
    """Return the first rows of some files, so many of each, and whether these are all."""
    import pyarrow as pa

    parts, all_of_them = list[tuple[File, Source]](), True
    for file in files:
        if file.kind in TEXT:
            size = LINE * each
            start, whole = beginning(file.path, size)
            found = of_text(file.path, read_text(file.path, pa.py_buffer(start), Reading(), None, []))
        elif file.kind in (*PARQUET, *ARROW):
            batches, rows = list[Any](), 0
            try:
                for batch in typed_files.batches(file, typed_files.schema(file).names):
                    batches.append(batch)
                    rows += batch.num_rows
                    if rows > each:
                        break
            except (OSError, pa.ArrowException) as error:
                why = str(error).split("\n")[0].rstrip(".")
                raise problem("unreadable", path=file.path, why=why) from error
            table = pa.Table.from_batches(batches, typed_files.schema(file))
            found, whole = of_columns(file.path, table.column_names, table.columns, "", []), rows <= each
        else:
            found, whole = read_file(file.path, Reading(), None), True
        whole = whole and found.rows <= each
        columns = {name: cells.slice(0, each) for name, cells in found.columns.items()}
        found = replace(found, columns=columns, rows=min(found.rows, each))
        parts.append((file, _with_keys(found, file)))
        all_of_them = all_of_them and whole
    found = parts[0][1] if len(parts) == 1 else _together(parts, Reading(), IN_MEMORY)
    return found, all_of_them
