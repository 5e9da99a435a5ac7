"""`glassneuron prove`: can one neuron classify every row of a table correctly? A verdict with its proof."""

from __future__ import annotations

import json
from pathlib import Path

from glassneuron.cli.screen import heading
from glassneuron.cli.tables import classes_of, exact_table, table_of
from glassneuron.data.exact_numbers import is_rounded
from glassneuron.data.reading import Reading
from glassneuron.proofs.separability import separability
from glassneuron.views.text.proof import chapters


def prove_table(
    path: Path | None, target: str | None, missing: str, as_json: bool, reading: Reading | None = None
) -> None:
    """Print the verdict and its proof; numbers mean what the file says, to the last digit."""
    path, table, target = table_of(path, target, missing, reading)
    classes, codes = classes_of(table, "a neuron")
    verdict = separability(exact_table(path, table), classes[codes], names=table.names)
    if as_json:
        print(json.dumps(verdict.explain().to_dict(), indent=2))
        return
    heading(f"{path.name}: {len(table.X):,} rows, {len(table.names)} features, predicting {target}")
    if table.notes:
        print("; ".join(table.notes))
    if is_rounded(path, table):
        print("so large a table that numbers of more than 15 digits were read as floats; the verdict is about those")
    for title, text in chapters(verdict):
        print()
        heading(title)
        print(text)
