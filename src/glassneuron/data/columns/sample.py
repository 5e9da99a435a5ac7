"""Some rows of a table that is too large to look at whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from glassneuron.data.disk.open_table import estimated_rows, takes_the_road
from glassneuron.data.disk.sources import files_of
from glassneuron.data.disk.stream import Again, open_stream

MOST_ROWS = 200_000
MOST_FILES = 20


def sample_of(path: Path, most: int = MOST_ROWS) -> tuple[Any, str]:
    """Return what to look at, the path itself or an Arrow table, and which rows these are, in words; "" for all.

    Of many files, some that lie evenly among them give their first rows.
    """
    if not takes_the_road(path):
        return path, ""
    import pyarrow as pa

    stream, files = open_stream(path), files_of(path)
    steps = min(len(files), MOST_FILES)
    few = [files[k * (len(files) - 1) // max(steps - 1, 1)] for k in range(steps)]
    each, parts, whole = -(-most // steps), list[Any](), steps == len(files)
    while True:
        try:
            parts = []
            for stream.files in ([file] for file in few):
                count = 0
                for _, batch in stream.batches(list(stream.kinds)):
                    if count == each:
                        whole = False
                        break
                    parts.append(batch.slice(0, each - count))
                    whole = whole and parts[-1].num_rows == batch.num_rows
                    count += parts[-1].num_rows
            break
        except Again:
            continue
    schema = pa.schema(list(stream.kinds.items()))
    table = pa.Table.from_batches([part.cast(schema) for part in parts], schema)
    if whole:
        return table, ""
    rows = int(estimated_rows(path))
    where = "the first" if len(files) == 1 else f"the first ones of {steps} of {len(files)} files"
    return table, where + (f" of about {rows:,}" if rows else "")
