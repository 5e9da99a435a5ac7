"""`glassneuron prove`: can one neuron have every row of a table right? A verdict with its proof."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from glassneuron.cli.screen import heading
from glassneuron.data.bundled import bundled
from glassneuron.data.exact_numbers import MOST_CELLS, as_written, has_long_numbers, is_decimal_text
from glassneuron.data.table import read_table
from glassneuron.errors import problem
from glassneuron.proofs.separability import separability
from glassneuron.views.proof import chapters

MOST_CLASSES = 100


def prove_table(path: Path | None, target: str | None, missing: str, as_json: bool) -> None:
    """Read, decide, and print the verdict first; numbers mean what the file says, to the last digit."""
    if path is None:
        path, target = bundled("wisconsin"), target or "diagnosis"
    table = read_table(path, target, missing=missing)
    if table.target is None or table.y is None:
        raise problem("no-target", columns=", ".join(column.name for column in table.encoding.columns[:30]))
    count = len(np.unique(table.y))
    if table.target_kind == "number":
        raise problem("not-classes", name=table.target, count=count, model="a neuron", instead="")
    if count > MOST_CLASSES:
        raise problem("many-classes", name=table.target, count=count, most=MOST_CLASSES)
    X, rounded = table.X, False
    if has_long_numbers(path):
        finer = as_written(path, table)
        X, rounded = (table.X, table.X.size > MOST_CELLS) if finer is None else (finer, False)
    verdict = separability(X, table.y, decimal=is_decimal_text(path), names=table.names)
    if as_json:
        print(json.dumps(verdict.explain().to_dict(), indent=2))
        return
    heading(f"{path.name}: {len(table.X):,} rows, {len(table.names)} features, predicting {table.target}")
    if rounded:
        print("so many rows that numbers of more than 15 digits were read as floats, and the verdict is about those")
    for title, text in chapters(verdict):
        print()
        heading(title)
        print(text)
