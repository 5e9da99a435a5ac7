"""The rows of a table, batch by batch, whatever they are stored in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from glassneuron.data.disk import text_stream
from glassneuron.data.disk.chunks import ChunkedFrame, comes_in_chunks
from glassneuron.data.disk.sources import ARROW, PARQUET, TEXT, File, files_of, unchanged
from glassneuron.data.disk.text_stream import Misfit, Written, written
from glassneuron.data.encoding import is_number, is_text
from glassneuron.data.files import ROW_NUMBERS
from glassneuron.errors import GlassneuronError, problem

ROWS = 1 << 14
"""Rows in a batch, at most."""


class Again(Exception):
    """A column turned out to be of another kind: begin once more."""


@dataclass
class Stream:
    """The columns of a table, and its rows from the first to the last as often as one likes.

    Attributes
    ----------
    name : str or Path
        What messages call it.
    files : list of File
        None where it is a frame.
    kinds : dict of str to Arrow type
        The columns, in order.
    notes : list of str
        What was left out, in words.
    turned : set of str
        Columns of numbers in which a text turned up.
    """

    name: Any
    files: list[File]
    kinds: dict[str, Any]
    frame: Callable[[], Any] | None = None
    notes: list[str] = field(default_factory=list)
    turned: set[str] = field(default_factory=set)
    _written: dict[Path, Written] = field(default_factory=dict)
    _texts: set[str] = field(default_factory=set)

    def batches(self, columns: list[str]) -> Iterator[tuple[File | None, Any]]:
        """Yield the rows, of some columns, as record batches, each with its file; raise `Again` to be asked anew."""
        if self.frame is not None:
            for batch in self._guarded(None, self.frame()):
                yield None, batch.select(columns)
            return
        for file in self.files:
            before = file.stamp()
            try:
                for batch in self._guarded(file, self._of_file(file, columns)):
                    yield file, batch
            except GlassneuronError:
                unchanged(file, before)  # it may have been cut while it was read
                raise
            except Misfit as misfit:
                unchanged(file, before)
                if not misfit.name:
                    self._written[file.path].block *= 8
                else:
                    self._settle(misfit)
                raise Again from misfit
            unchanged(file, before)

    def _guarded(self, file: File | None, batches: Any) -> Iterator[Any]:
        """Pass batches on, cut into small ones, with Arrow's errors as ours."""
        import pyarrow as pa

        try:
            for batch in batches:
                rest = _plain(batch)
                for start in range(0, batch.num_rows, ROWS):
                    yield rest.slice(start, ROWS)
        except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
            why = str(getattr(error, "strerror", None) or error).split("\n")[0].rstrip(".")
            if file is None:
                raise problem("frame", why=why) from error
            raise problem("unreadable", path=file.path, why=why) from error

    def _of_file(self, file: File, columns: list[str]) -> Iterator[Any]:
        own = [name for name in columns if name not in dict(file.keys)]
        if file.kind in TEXT:
            read = text_stream.batches(file, self._written[file.path], own, self.kinds)
        elif file.kind in PARQUET:
            read = _parquet(file, own)
        else:
            read = (batch.select(own) for batch in _arrow(file))
        for batch in read:
            yield self._with_keys(batch, file, columns) if file.keys else batch

    def _with_keys(self, batch: Any, file: File, columns: list[str]) -> Any:
        import pyarrow as pa

        keys = dict(file.keys)
        arrays = [
            pa.repeat(_as(keys[name], self.kinds[name]), batch.num_rows) if name in keys else batch[name]
            for name in columns
        ]
        return pa.RecordBatch.from_arrays(arrays, columns)

    def _settle(self, misfit: Misfit) -> None:
        """Find the kind that all cells of a column have, where one of them was not of the kind seen at first."""
        import pyarrow as pa

        name, was = misfit.name, self.kinds[misfit.name]
        for kind in (pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("s"), pa.string()):
            if kind == was or (was == pa.float64() and kind != pa.string()):
                continue
            try:
                for file in self.files:
                    for _ in text_stream.batches(file, self._written[file.path], [name], {name: kind}):
                        pass
            except Misfit as another:
                if not another.name:
                    raise
                continue
            break
        self.kinds[name] = kind
        if is_text(kind) and is_number(was):
            self.turned.add(name)


def open_stream(source: Any, texts: tuple[str, ...] = ()) -> Stream:
    """Look at a file, a folder, a pattern of names or a frame; columns named in `texts` are text in any case."""
    if isinstance(source, (str, Path)):
        stream = _of_files(Path(source) if isinstance(source, Path) else source, texts)
    elif comes_in_chunks(source) and hasattr(source, "partitions"):
        stream = _of_frame(ChunkedFrame(source))
    elif hasattr(source, "__arrow_c_stream__"):
        stream = _of_frame(source)
    else:
        raise problem("source", kind=type(source).__name__)
    for name in [name for name in stream.kinds if ROW_NUMBERS.fullmatch(name)]:
        del stream.kinds[name]
    if not stream.kinds:
        raise problem("no-columns", source=stream.name)
    return stream


def refuse_absent(stream: Stream, target: str) -> None:
    """Refuse a target that is no column, and say which one may be meant."""
    if target not in stream.kinds:
        close = get_close_matches(target, list(stream.kinds), 1)
        hint = f"Did you mean `{close[0]}`? " if close else ""
        raise problem("no-column", name=target, hint=hint, columns=", ".join(list(stream.kinds)[:30]))


def _of_frame(source: Any) -> Stream:
    import pyarrow as pa

    def reader() -> Any:
        frame = source.reset_index(drop=True) if hasattr(source, "iloc") else source  # row labels are no column
        return pa.RecordBatchReader.from_stream(frame)

    try:
        first = reader()
        kinds = _kinds(first.schema, "the frame")
        if isinstance(source, pa.RecordBatchReader):
            return Stream("the frame", [], kinds, lambda: first)
    except GlassneuronError:
        raise
    except Exception as error:  # another library's frame may raise anything
        raise problem("frame", why=str(error).split("\n")[0].rstrip(".")) from error
    return Stream("the frame", [], kinds, reader)


def _of_files(source: str | Path, texts: tuple[str, ...]) -> Stream:
    import pyarrow as pa

    files, notes = files_of(source), []
    several = len(files) > 1
    looked: dict[Path, Written] = {}
    schemas: list[tuple[File, dict[str, Any]]] = []
    for file in files:
        try:
            if several and file.path.stat().st_size == 0:
                notes.append(f"{file.path.name} is empty and left out")
                continue
            if file.kind in TEXT:
                looked[file.path] = written(file)
                kinds = _kinds_of(looked[file.path].names, list(looked[file.path].kinds.values()), file.path)
            else:
                kinds = _kinds(_schema(file), file.path)
        except FileNotFoundError as error:
            raise problem("no-file", path=file.path) from error
        except UnicodeDecodeError as error:
            raise problem("encoding", path=file.path) from error
        except (OSError, pa.ArrowException) as error:
            why = str(getattr(error, "strerror", None) or error).split("\n")[0].rstrip(".")
            raise problem("unreadable", path=file.path, why=why) from error
        schemas.append((file, kinds))
    if not schemas:
        raise problem("empty-folder", path=source)
    kinds = _agreed(schemas)
    for name, kind in kinds.items():
        if looked and (pa.types.is_integer(kind) or pa.types.is_null(kind)) and name not in texts:
            kinds[name] = pa.float64() if pa.types.is_null(kind) else kind
    kinds |= {name: pa.string() for name in texts if looked and name in kinds}
    for key, values in _hive(schemas).items():
        if key in kinds:
            raise problem("same-name", name=key)
        kinds[key] = values
    return Stream(source, [file for file, _ in schemas], kinds, None, notes, set(), looked)


def _hive(schemas: list[tuple[File, dict[str, Any]]]) -> dict[str, Any]:
    import pyarrow as pa

    said: dict[str, list[str]] = {}
    for file, _ in schemas:
        for key, value in file.keys:
            said.setdefault(key, []).extend([] if value is None else [value])
    return {key: pa.int64() if all(map(_whole, values)) else pa.string() for key, values in said.items()}


def _whole(text: str) -> bool:
    return re.fullmatch(r"-?(0|[1-9]\d{0,17})", text) is not None


def _as(value: str | None, kind: Any) -> Any:
    import pyarrow as pa

    return pa.scalar(None if value is None else int(value) if is_number(kind) else value, kind)


def _agreed(schemas: list[tuple[File, dict[str, Any]]]) -> dict[str, Any]:
    """Return the columns of the first file; refuse a file that has others, or others of another kind."""
    import pyarrow as pa

    first, kinds = schemas[0][0], dict(schemas[0][1])
    for file, own in schemas[1:]:
        other = [name for name in (*own, *kinds) if name not in kinds or name not in own]
        if other:
            raise problem("columns-differ", path=file.path, name=other[0], first=first.path)
        for name, kind in own.items():
            was = kinds[name]
            text = file.kind in TEXT
            if pa.types.is_null(was) or (pa.types.is_integer(was) and pa.types.is_floating(kind)):
                kinds[name] = kind
            elif not (text or pa.types.is_null(kind) or is_number(kind) == is_number(was)):
                raise problem("kinds-differ", path=file.path, name=name, kind=kind, first=first.path, wanted=was)
    return kinds


def _kinds(schema: Any, name: Any) -> dict[str, Any]:
    return _kinds_of(schema.names, schema.types, name)


def _kinds_of(names: Any, types: list[Any], name: Any) -> dict[str, Any]:
    import pyarrow as pa

    if names:
        twice, count = Counter(names).most_common(1)[0]
        if count > 1:
            raise problem("same-name", name=twice)
    plain = {}
    for each, kind in zip(names, types, strict=True):
        category = pa.types.is_dictionary(kind) and is_number(kind.value_type)
        plain[each] = kind.value_type if category else kind
        if pa.types.is_binary(kind) and isinstance(name, Path) and name.suffix in TEXT:
            raise problem("encoding", path=name)
    return plain


def _plain(batch: Any) -> Any:
    """Return a batch in which categories that stand for numbers are numbers."""
    import pyarrow as pa

    for j, kind in enumerate(batch.schema.types):
        if not isinstance(kind, pa.DictionaryType):
            continue
        each = batch.schema.field(j)
        if pa.types.is_dictionary(each.type) and is_number(each.type.value_type):
            batch = batch.set_column(j, each.name, batch.column(j).cast(each.type.value_type))
    return batch


def _schema(file: File) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    if file.kind in PARQUET:
        with parquet.ParquetFile(file.path) as opened:
            return opened.schema_arrow
    with pa.OSFile(str(file.path)) as source:
        return _ipc(source).schema


def _parquet(file: File, columns: list[str]) -> Iterator[Any]:
    from pyarrow import parquet

    with parquet.ParquetFile(file.path, pre_buffer=False, buffer_size=1 << 16) as opened:
        yield from opened.iter_batches(ROWS, columns=columns)


def _ipc(source: Any) -> Any:
    import pyarrow as pa

    try:
        return pa.ipc.open_file(source)
    except pa.ArrowInvalid:  # written as a stream
        source.seek(0)
        return pa.ipc.open_stream(source)


def _arrow(file: File) -> Iterator[Any]:
    import pyarrow as pa

    if file.kind not in ARROW:
        raise problem("suffix", path=file.path)
    with pa.memory_map(str(file.path)) as source:
        reader = _ipc(source)
        if hasattr(reader, "num_record_batches"):
            for i in range(reader.num_record_batches):
                yield reader.get_batch(i)
        else:
            yield from reader
