"""Tables that the command reads: into memory, or by way of the disk where they are large."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron.data.disk.open_table import DiskTable, estimated_rows, open_table, takes_the_road
from glassneuron.data.disk.rows import in_memory, known_table
from glassneuron.data.disk.sources import files_of, size_of
from glassneuron.data.encoding import Encoding
from glassneuron.data.reading import Reading
from glassneuron.data.table import Table, read_table
from glassneuron.data.text_files.content import STANDARD_INPUT
from glassneuron.errors import problem
from glassneuron.progress import bar

UNITS = (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "bytes")
QUIET = 1 << 20
"""Bytes of files up to which nothing is said."""


@dataclass(frozen=True)
class Road:
    """What the options say about how a table is read.

    Attributes
    ----------
    cache : Path, optional
        The folder to keep the decoded table in.
    keep : bool
        Whether to keep it in the user's own folder for caches.
    never : bool
        Whether to read it into memory, however large it is.
    float32 : bool
        Whether to store numbers in half the room.
    groups, time : str, optional
        A column that sets rows apart, and is no feature.
    """

    cache: Path | None = None
    keep: bool = False
    never: bool = False
    float32: bool = False
    groups: str | None = None
    time: str | None = None

    def read(self, path: Path, target: str | None, missing: str, reading: Reading | None = None) -> Table:
        """Read a file, a folder or the files that a pattern names."""
        if self.never and self.asked:
            raise problem(
                "parameter", name="--no-cache", rule="left out beside --cache, --keep-cache and --float32", value=True
            )
        if self.asked and path == STANDARD_INPUT:
            option = "cache" if self.cache is not None else "keep-cache" if self.keep else "float32"
            rule = "left out for the standard input, which is read into memory"
            raise problem("parameter", name=option, rule=rule, value=str(self.cache or True))
        if self.cache is not None and self.cache.exists() and not self.cache.is_dir():
            raise problem("parameter", name="cache", rule="a folder, which need not be there", value=str(self.cache))
        large = takes_the_road(path)
        if self.never or not (large or self.asked):
            source = in_memory(path, reading, target) if large else path
            return read_table(source, target, missing=missing, reading=reading)
        return self._by_disk(path, target, missing, reading)

    def read_known(
        self, path: Path, encoding: Encoding, target: str | None, reading: Reading | None = None, *,
        missing: str = "refuse", unknown: str = "refuse",
    ) -> Table:  # fmt: skip
        """Read a table as a model or another table knows it."""
        how: dict[str, Any] = {"missing": missing, "unknown": unknown}
        large = takes_the_road(path)
        if self.never or not (large or self.asked) or path == STANDARD_INPUT:
            source = in_memory(path, reading, target) if large else path
            return read_table(source, target, encoding=encoding, reading=reading, **how)
        with bar(int(estimated_rows(path)) or None, "reading", "{task.completed:,} rows") as tell:
            return known_table(path, encoding, target, reading, tell=lambda what, done: tell(done, what), **how)

    @property
    def asked(self) -> bool:
        """Whether the road of the disk is asked for, for a table of any size."""
        return self.cache is not None or self.keep or self.float32

    def _by_disk(self, path: Path, target: str | None, missing: str, reading: Reading | None) -> DiskTable:
        rows = int(estimated_rows(path)) or None
        with bar(rows, "reading", "{task.completed:,} rows") as tell:
            table = open_table(
                path, target, cache=self.cache or self.keep or None, missing=missing, reading=reading,
                groups=self.groups, time=self.time,
                dtype=np.float32 if self.float32 else np.float64, tell=lambda what, done: tell(done, what),
            )  # fmt: skip
        unit, name = next(each for each in UNITS if table.X.nbytes >= each[0])
        size = f"{table.X.nbytes / unit:.3g} {name}"
        kept = f"kept in {table.folder}" if table.folder else "add --keep-cache to have it ready next time"
        files = files_of(path)
        if size_of(files) > QUIET or table.folder is not None:  # else there is nothing to say
            print(f"{path} is read by way of the disk ({size} there; {kept})", file=sys.stderr)
        return table
