"""Some rows of a table that is too large to look at whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from glassneuron.data.disk.open_table import estimated_rows, takes_the_road
from glassneuron.data.disk.sources import files_of
from glassneuron.data.disk.whole import first_rows

MOST_ROWS = 200_000
MOST_FILES = 20


def sample_of(path: Path, most: int = MOST_ROWS) -> tuple[Any, str]:
    """Return what to look at, the path itself or some of its rows, and which rows these are, in words; "" for all.

    Of many files, some that lie evenly among them give their first rows.
    """
    if not takes_the_road(path):
        return path, ""
    files = files_of(path)
    steps = min(len(files), MOST_FILES)
    few = [files[k * (len(files) - 1) // max(steps - 1, 1)] for k in range(steps)]
    table, whole = first_rows(few, -(-most // steps))
    if whole and steps == len(files):
        return table, ""
    rows = int(estimated_rows(path))
    where = "the first" if len(files) == 1 else f"the first ones of {steps} of {len(files)} files"
    return table, where + (f" of about {rows:,}" if rows else "")
