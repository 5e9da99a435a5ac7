"""Tables that the command reads: into memory, or by way of the disk where they are large."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from glassneuron.data.disk.open_table import DiskTable, estimated_rows, open_table, takes_the_road
from glassneuron.data.disk.rows import in_memory
from glassneuron.data.disk.sources import files_of, size_of
from glassneuron.data.reading import Reading
from glassneuron.data.table import Table, read_table
from glassneuron.errors import problem
from glassneuron.progress import bar

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
    """

    cache: Path | None = None
    keep: bool = False
    never: bool = False
    float32: bool = False

    def read(self, path: Path, target: str | None, missing: str, reading: Reading | None = None) -> Table:
        """Read a file, a folder or the files that a pattern names."""
        asked = self.cache is not None or self.keep or self.float32
        if self.never and asked:
            raise problem(
                "parameter", name="--no-cache", rule="left out beside --cache, --keep-cache and --float32", value=True
            )
        large = takes_the_road(path)
        if self.never or not (large or asked):
            return read_table(in_memory(path) if large else path, target, missing=missing, reading=reading)
        if not as_recognised(reading):
            said = next(f.name for f in fields(Reading) if getattr(reading, f.name) not in (None, ()))
            rule = "left out for a table that is read by way of the disk, or given with --no-cache"
            raise problem("parameter", name=said, rule=rule, value=getattr(reading, said))
        return self._by_disk(path, target, missing)

    def _by_disk(self, path: Path, target: str | None, missing: str) -> DiskTable:
        rows = int(estimated_rows(path)) or None
        with bar(rows, "reading", "{task.completed:,} rows") as tell:
            table = open_table(
                path, target, cache=self.cache or self.keep or None, missing="mean" if missing == "fill" else missing,
                dtype=np.float32 if self.float32 else np.float64, tell=lambda what, done: tell(done, what),
            )  # fmt: skip
        size = table.X.nbytes / 1e9
        kept = f"kept in {table.folder}" if table.folder else "add --keep-cache to have it ready next time"
        files = files_of(path)
        if size_of(files) > QUIET or table.folder is not None:  # else there is nothing to say
            print(f"{path} is read by way of the disk ({size:.2g} GB there; {kept})", file=sys.stderr)
        for note in table.notes:
            print(note, file=sys.stderr)
        return table


def as_recognised(reading: Reading | None) -> bool:
    """Return whether nothing was said about how to read a table."""
    return reading in (None, Reading(), Reading(keep=()))
