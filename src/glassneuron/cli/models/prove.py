"""`glassneuron prove`: can one neuron classify every row of a table correctly? A verdict with its proof."""

from __future__ import annotations

import json
from pathlib import Path

from glassneuron.cli.road import Road
from glassneuron.cli.screen import heading
from glassneuron.cli.tables import MEMORY, classes_of, table_of
from glassneuron.data.disk.open_table import DiskTable
from glassneuron.data.disk.sources import TEXT, files_of
from glassneuron.data.exact_numbers import MOST_CELLS, as_written, has_long_numbers
from glassneuron.proofs.separability import separability
from glassneuron.views.text.proof import chapters

LARGEST_WHOLE = 2.0**53
"""Up to which different whole numbers are different floats."""


def prove_table(path: Path | None, target: str | None, missing: str, as_json: bool, road: Road = MEMORY) -> None:
    """Print the verdict and its proof; numbers mean what the file says, to the last digit."""
    path, table, target = table_of(path, target, missing, road)
    classes, codes = classes_of(table, "a neuron")
    X, rounded = table.X, False
    if isinstance(table, DiskTable):
        texts = [file.path for file in files_of(path) if file.kind in TEXT and not file.packed]
        rounded = max(X.max(), -X.min()) > LARGEST_WHOLE or any(map(has_long_numbers, texts))
    elif has_long_numbers(path):
        finer = as_written(path, table)
        X, rounded = (table.X, table.X.size > MOST_CELLS) if finer is None else (finer, False)
    is_text = all(file.kind in TEXT for file in files_of(path))
    verdict = separability(X, classes[codes], decimal=is_text, names=table.names)
    if as_json:
        print(json.dumps(verdict.explain().to_dict(), indent=2))
        return
    heading(f"{path.name}: {len(table.X):,} rows, {len(table.names)} features, predicting {target}")
    if rounded:
        print("so large a table that numbers of more than 15 digits were read as floats; the verdict is about those")
    for title, text in chapters(verdict):
        print()
        heading(title)
        print(text)
