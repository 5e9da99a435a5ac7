"""Where the rows of a large table come from: a file, a folder, a pattern of names, or a frame."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from glassneuron.data.files import TYPED
from glassneuron.data.keeping import PARQUET
from glassneuron.errors import problem

TEXT = (".csv", ".tsv", ".txt")
PACKED = (".gz", ".zst", ".bz2", ".xz")
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""What the name of a folder says where a row has no value."""

Stamp = tuple[str, int, int]


@dataclass(frozen=True)
class File:
    """One file of a table, and what the names of its folders say of each of its rows, such as ``year=2024``."""

    path: Path
    keys: tuple[tuple[str, str | None], ...] = ()

    @property
    def kind(self) -> str:
        """Its suffix, whatever it is packed in.

        Examples
        --------
        >>> File(Path("a/b.CSV.gz")).kind
        '.csv'
        """
        return kind_of(self.path)

    @property
    def packed(self) -> bool:
        """Whether it is compressed as a whole."""
        return self.path.suffix.lower() in PACKED

    def stamp(self) -> Stamp:
        """Return its place, size and time: a file with another stamp is another file."""
        try:
            facts = self.path.stat()
        except OSError as error:
            raise problem("no-file", path=self.path) from error
        return str(self.path.resolve()), facts.st_size, facts.st_mtime_ns


def kind_of(path: Path) -> str:
    """Return the suffix of a file, whatever it is packed in."""
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix in PACKED else suffix


def is_table(path: Path) -> bool:
    """Return whether the name is that of a table, and not of a note beside it as ``_SUCCESS`` is."""
    return path.name[0] not in "._" and kind_of(path) in (*TEXT, *TYPED)


def naturally(path: Path) -> list[tuple[int, int, str]]:
    """Return by what to sort: ``part-2`` comes before ``part-10``.

    Examples
    --------
    >>> sorted([Path("part-10.csv"), Path("part-2.csv")], key=naturally)[0].name
    'part-2.csv'
    """
    pieces = re.split(r"(\d+)", path.as_posix())
    return [(0, int(piece), piece) if piece.isdigit() else (1, 0, piece) for piece in pieces if piece]


def files_of(source: str | Path) -> list[File]:
    """Return the files of a table in natural order: of a file itself, a folder, or a pattern such as ``2024-*.csv``."""
    path = Path(source)
    try:
        folder, there = path.is_dir(), path.exists()
    except ValueError as error:  # the name has a zero byte
        raise problem("unreadable", path=path, why="no file can have this name") from error
    if folder:
        return _in_folder(path)
    if there or not glob.has_magic(str(source)):
        if not there:
            raise problem("no-file", path=path)
        if kind_of(path) not in (*TEXT, *TYPED, ".zip"):
            raise problem("suffix", path=path)
        return [File(path)]
    found = [Path(name) for name in glob.glob(str(source), recursive=True)]
    files = [file for each in found for file in (_in_folder(each) if each.is_dir() else [File(each)])]
    files = [File(f.path, f.keys or _keys(f.path.parent)) for f in files if is_table(f.path)]  # a pattern names folders
    if not files:
        raise problem("no-match", pattern=source)
    return _agreeing(sorted(files, key=lambda file: naturally(file.path)))


def _in_folder(folder: Path) -> list[File]:
    paths = [Path(root) / name for root, _, names in os.walk(folder, followlinks=True) for name in names]
    inside = [path for path in paths if is_table(path) and not _hidden(path.relative_to(folder))]
    if not inside:
        raise problem("empty-folder", path=folder)
    inside.sort(key=lambda path: naturally(path.relative_to(folder)))
    return _agreeing([File(path, _keys(path.parent.relative_to(folder))) for path in inside])


def _hidden(path: Path) -> bool:
    return any(part[0] in "._" for part in path.parts)


def _keys(folder: Path) -> tuple[tuple[str, str | None], ...]:
    pairs = [part.partition("=") for part in folder.parts if re.fullmatch(r"[^=]+=[^=]*", part)]
    return tuple((unquote(key), None if value == NO_VALUE else unquote(value)) for key, _, value in pairs)


def _agreeing(files: list[File]) -> list[File]:
    """Refuse files of which the folders' names say different things."""
    first = [key for key, _ in files[0].keys]
    for file in files:
        own = [key for key, _ in file.keys]
        if own != first:
            name = next(iter(set(first) ^ set(own)), first[0] if first else "")
            raise problem("columns-differ", path=file.path, name=name, first=files[0].path)
    return files


def stamps(files: list[File]) -> list[Stamp]:
    """Return the stamps of files, in order."""
    return [file.stamp() for file in files]


def unchanged(file: File, before: Stamp) -> None:
    """Refuse a file that is not as it was."""
    try:
        now = file.stamp()
    except Exception as error:
        raise problem("changed", path=file.path) from error
    if now != before:
        raise problem("changed", path=file.path)


def memory() -> int:
    """Return the bytes of memory of this machine, or of the group of processes that this one belongs to."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 4 << 30
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        return whole
    return min(whole, int(limit)) if limit.isdigit() else whole


def size_of(files: list[File]) -> int:
    """Estimate the bytes that a table takes once it is decoded."""
    total = 0
    for file in files:
        size = file.path.stat().st_size
        total += 4 * size if file.packed or file.kind in PARQUET else size
    return total
