"""`glassneuron prove`: can one neuron classify every row of a table correctly? A verdict with its proof."""

from __future__ import annotations

import json
from pathlib import Path

from glassneuron.cli.road import Road
from glassneuron.cli.screen import heading
from glassneuron.cli.tables import MEMORY, classes_of, exact_table, table_of
from glassneuron.data.disk.open_table import DiskTable
from glassneuron.data.disk.sources import TEXT, files_of
from glassneuron.data.exact_numbers import has_long_numbers, is_rounded
from glassneuron.data.reading import Reading
from glassneuron.engine.on_disk import row_by_row
from glassneuron.proofs.separability import separability
from glassneuron.views.text.proof import chapters

LARGEST_WHOLE = 2.0**53
"""Up to which different whole numbers are different floats."""


def prove_table(
    path: Path | None, target: str | None, missing: str, as_json: bool, reading: Reading | None = None,
    road: Road = MEMORY,
) -> None:  # fmt: skip
    """Print the verdict and its proof; numbers mean what the file says, to the last digit."""
    path, table, target = table_of(path, target, missing, reading, road)
    classes, codes = classes_of(table, "a neuron")
    labels = row_by_row(lambda codes: classes[codes], codes)
    if isinstance(table, DiskTable):
        files = files_of(path)
        texts = [file.path for file in files if file.kind in TEXT and not file.packed]
        rounded = max(table.X.max(), -table.X.min()) > LARGEST_WHOLE or any(map(has_long_numbers, texts))
        decimal = all(file.kind in TEXT for file in files)
        verdict = separability(table.X, labels, decimal=decimal, names=table.names)
    else:
        verdict = separability(exact_table(path, table), labels, names=table.names)
        rounded = path.is_file() and is_rounded(path, table)
    if as_json:
        print(json.dumps(verdict.explain().to_dict(), indent=2))
        return
    heading(f"{path.name}: {len(table.X):,} rows, {len(table.names)} features, predicting {target}")
    if table.notes:
        print("; ".join(table.notes))
    if rounded:
        print("so large a table that numbers of more than 15 digits were read as floats; the verdict is about those")
    for title, text in chapters(verdict):
        print()
        heading(title)
        print(text)
