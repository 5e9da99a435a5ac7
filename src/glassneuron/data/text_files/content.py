"""The content of a text file as UTF-8, whatever it is packed in and written in."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from glassneuron.data.keeping import IN_MEMORY, InMemory
from glassneuron.errors import GlassneuronError, problem

PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
UNPACK: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
UNREADABLE = OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile
"""What is raised where a packed file is damaged."""
BLOCK = 1 << 20
"""Bytes that are unpacked or decoded at once."""
LIKELY = "windows-1252"
"""What text is written in that is not UTF-8, in Europe and America."""


STANDARD_INPUT = Path("-")


@cache
def standard_input() -> bytes:
    """Return what was sent to the standard input; it is read once, and kept."""
    return sys.stdin.buffer.read()


def suffix_of(path: Path) -> str:
    """Return what kind of file it is, whatever it is packed in.

    Examples
    --------
    >>> suffix_of(Path("a/t.csv.gz")), suffix_of(Path("t.CSV")), suffix_of(Path("t.zip"))
    ('.csv', '.csv', '.zip')
    """
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() or suffix if suffix in PACKED else suffix


def content(path: Path, charset: str | None = None, keep: InMemory = IN_MEMORY) -> tuple[Any, str, list[str]]:
    """Read a file.

    Parameters
    ----------
    path : Path
    charset : str, optional
        How its text is written, such as "latin-1"; by default UTF-8, UTF-16 where it begins with a byte order mark, and
        Windows-1252 where it can be nothing else.
    keep : InMemory
        Where what is unpacked or decoded is kept.

    Returns
    -------
    content : Arrow buffer
        UTF-8 without a byte order mark.
    suffix : str
        The kind of file.
    notes : list of str
        In what it was written, if not in UTF-8.
    """
    import pyarrow as pa

    whole: Any
    if path == STANDARD_INPUT:
        whole, suffix = pa.py_buffer(standard_input()), ".csv"
    elif path.suffix.lower() in PACKED:
        whole, suffix = _unpacked(path, keep)
    else:
        with path.open("rb") as file:  # which says in better words why it cannot be opened
            mapped = path.is_file() and path.stat().st_size > 0
            whole = b"" if mapped else file.read()
        whole, suffix = pa.memory_map(str(path)).read_buffer() if mapped else pa.py_buffer(whole), suffix_of(path)
    start = whole[:4].to_pybytes()
    marked = next((name for mark, name in BYTE_ORDER_MARKS if start.startswith(mark)), None)
    if charset is not None or marked is not None:
        return _decoded(path, whole, charset or marked or "", keep), suffix, [f"written in {charset or marked}"]
    return whole[3:] if start.startswith(codecs.BOM_UTF8) else whole, suffix, []


def from_windows(path: Path, whole: Any, keep: InMemory = IN_MEMORY) -> Any:
    """Decode text that is not UTF-8, if it looks like text of Windows."""
    if any(byte < 9 or 13 < byte < 32 for byte in whole[: 1 << 20].to_pybytes()):
        raise problem("encoding", path=path)
    return _decoded(path, whole, LIKELY, keep)


def _decoded(path: Path, whole: Any, charset: str, keep: InMemory) -> Any:
    def pieces() -> Iterator[bytes]:
        decoder = codecs.getincrementaldecoder(charset)()
        for start in range(0, len(whole), BLOCK):
            text = decoder.decode(whole[start : start + BLOCK].to_pybytes(), final=start + BLOCK >= len(whole))
            yield (text.removeprefix("\ufeff") if start == 0 else text).encode()

    try:
        return keep.content(pieces())
    except LookupError:
        rule = "the name of an encoding, such as utf-8, windows-1252 or latin-1"
        raise problem("parameter", name="encoding", rule=rule, value=charset) from None
    except UnicodeDecodeError:
        raise problem("encoding", path=path) from None


def _unpacked(path: Path, keep: InMemory) -> tuple[Any, str]:
    inside = suffix_of(path)
    try:
        if path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                name = _only_one(archive, path)
                with archive.open(name) as file:
                    return keep.content(iter(lambda: file.read(BLOCK), b"")), Path(name).suffix.lower()
        with opened(path) as file:
            return keep.content(iter(lambda: file.read(BLOCK), b"")), inside
    except (FileNotFoundError, GlassneuronError):
        raise
    except UNREADABLE as error:
        raise problem("unreadable", path=path, why="it is damaged, or cut short") from error


def _only_one(archive: zipfile.ZipFile, path: Path) -> str:
    names = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name]
    if len(names) != 1:
        raise problem("unreadable", path=path, why=f"it holds {len(names)} files, and not one table")
    return names[0]


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a file, of .gz, .bz2, .xz or .zst what is in it."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        if suffix == ".zst":
            import pyarrow as pa

            with pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd") as inside:
                yield inside
        elif suffix in UNPACK:
            with UNPACK[suffix](file) as inside:
                yield inside
        else:
            yield file


def beginning(path: Path, size: int) -> tuple[bytes, bool]:
    """Return the whole lines among the first bytes of a text file, without a byte order mark, and whether that is all.

    A quoted cell that has several lines is not cut.
    """
    with opened(path) as file:
        start = file.read(size)
        whole = len(start) < size or not file.read(1)
    start = bytes(start).removeprefix(codecs.BOM_UTF8)
    if not whole:
        end = start.rfind(b"\n") + 1
        while end and start.count(b'"', 0, end) % 2:
            end = start.rfind(b"\n", 0, end - 1) + 1
        start = start[:end]
    return start, whole
