"""`glassneuron show TABLE`: what is in a table, column by column, and what would become of it."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from pathlib import Path

from glassneuron.cli.options import can_put
from glassneuron.cli.screen import heading
from glassneuron.data.atomic import write_whole
from glassneuron.data.columns.overview import overview
from glassneuron.data.columns.sample import sample_of
from glassneuron.data.disk.sources import files_of
from glassneuron.data.files import TYPED
from glassneuron.data.reading import Reading
from glassneuron.data.text_files.cells import CSV
from glassneuron.data.text_files.content import STANDARD_INPUT, suffix_of
from glassneuron.errors import TableError
from glassneuron.views.figures.canvas import ending_of, needed
from glassneuron.views.figures.table import figure
from glassneuron.views.text.table_page import FIELDS, page, records


def is_table(path: Path) -> bool:
    """Return whether a path is that of a table, or of a folder or pattern of tables, and not of a model."""
    if path == STANDARD_INPUT or suffix_of(path) in (*CSV, *TYPED, ".zip"):
        return True
    if not path.is_dir() and not any(mark in path.name for mark in "*?["):
        return False
    try:
        return bool(files_of(path))
    except TableError:
        return False


def show_table(path: Path, target: str | None, reading: Reading, picture: Path | None, as_json: bool) -> None:
    """Print an aligned page for a person, CSV with a row for each column for a program, or JSON; and draw a picture."""
    ending = ""
    if picture is not None:
        ending = ending_of(picture, "--picture")
        can_put(picture, "picture", path)
        needed()
    source, sample = sample_of(path)
    seen = overview(source, target, reading, sample, name=str(path))
    if picture is not None:
        write_whole(picture, figure(seen, ending))
    if as_json:
        print(json.dumps(seen.to_dict() | {"picture": picture and str(picture)}, indent=2))
        return
    if not sys.stdout.isatty():
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(FIELDS)
        rows.writerows(records(seen))
        about = [f"{seen.name}: {seen.rows:,} rows{', ' + sample if sample else ''}", *seen.notes, seen.refusal]
        print("\n".join(filter(None, about)), file=sys.stderr)
    else:
        command = shlex.join(["glassneuron", "train", str(path), "--target", target or "COLUMN"])
        for title, text in page(seen, command):
            heading(title)
            print(text, end="\n\n")
    if picture is not None:
        print(f"drawn to {picture}", file=sys.stderr)
