"""The content of a text file as UTF-8, whatever it is packed in and written in."""

from __future__ import annotations

import bz2
import codecs
import gzip
import lzma
import sys
import zipfile
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from glassneuron.errors import problem

PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
BYTE_ORDER_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
UNPACK = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}
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


def content(path: Path, charset: str | None = None) -> tuple[Any, str, list[str]]:
    """Read a file.

    Parameters
    ----------
    path : Path
    charset : str, optional
        How its text is written, such as "latin-1"; by default UTF-8, UTF-16 where it begins with a byte order mark, and
        Windows-1252 where it can be nothing else.

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
        whole, suffix = _unpacked(path)
    else:
        with path.open("rb") as file:  # which says in better words why it cannot be opened
            mapped = path.is_file() and path.stat().st_size > 0
            whole = b"" if mapped else file.read()
        whole, suffix = pa.memory_map(str(path)).read_buffer() if mapped else pa.py_buffer(whole), suffix_of(path)
    start = whole[:4].to_pybytes() if hasattr(whole, "to_pybytes") else whole[:4]
    marked = next((name for mark, name in BYTE_ORDER_MARKS if start.startswith(mark)), None)
    if charset is not None or marked is not None:
        return _decoded(path, bytes(whole), charset or marked or ""), suffix, [f"written in {charset or marked}"]
    if start.startswith(codecs.BOM_UTF8):
        whole = whole[3:]
    return (whole if isinstance(whole, pa.Buffer) else pa.py_buffer(whole)), suffix, []


def from_windows(path: Path, whole: Any) -> Any:
    """Decode text that is not UTF-8, if it looks like text of Windows."""
    text = bytes(whole)
    if any(byte < 9 or 13 < byte < 32 for byte in text[: 1 << 20]):
        raise problem("encoding", path=path)
    return _decoded(path, text, LIKELY)


def _decoded(path: Path, text: bytes, charset: str) -> Any:
    import pyarrow as pa

    try:
        return pa.py_buffer(text.decode(charset).removeprefix("\ufeff").encode())
    except LookupError:
        rule = "the name of an encoding, such as utf-8, windows-1252 or latin-1"
        raise problem("parameter", name="encoding", rule=rule, value=charset) from None
    except UnicodeDecodeError:
        raise problem("encoding", path=path) from None


def _unpacked(path: Path) -> tuple[bytes, str]:
    packed, suffix = path.read_bytes(), path.suffix.lower()
    try:
        if suffix == ".zip":
            with zipfile.ZipFile(BytesIO(packed)) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name]
                if len(names) == 1:
                    return archive.read(names[0]), Path(names[0]).suffix.lower()
        if suffix == ".zst":
            import pyarrow as pa

            return pa.CompressedInputStream(pa.BufferReader(packed), "zstd").read(), suffix_of(path)
        if suffix != ".zip":
            return UNPACK[suffix](packed), suffix_of(path)
    except (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
        raise problem("unreadable", path=path, why="it is damaged, or cut short") from error
    raise problem("unreadable", path=path, why=f"it holds {len(names)} files, and not one table")
