"""`glassneuron predict` and `glassneuron explain`: a saved neuron answers a table."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.data.encoding import Encoding
from glassneuron.data.saving import load, write_whole
from glassneuron.data.table import Table, read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.model import Model
from glassneuron.views import report

SHOWN_ROWS = 20


def predict_table(model_path: Path, table_path: Path, out: Path | None) -> None:
    """Answer every row; CSV for a file or a program, an aligned table for a person."""
    model, table = _opened(model_path, table_path)
    sums = model.decision_function(table.X)
    answers = [model.classes[c] for c in model.choose(sums)]
    head, rows = _answers(model, answers, sums)
    if out is not None:
        write_whole(out, _csv(head, rows).encode())
        print(f"{report.counted(len(rows), 'answer')} written to {out}")
    elif sys.stdout.isatty():
        print(report.columns([head, *([str(v) for v in row] for row in rows[:SHOWN_ROWS])]))
        if len(rows) > SHOWN_ROWS:
            print(f"and {report.counted(len(rows) - SHOWN_ROWS, 'row')} more; --out FILE writes all")
    else:
        sys.stdout.write(_csv(head, rows))
    counts = {c: answers.count(c) for c in model.classes}
    print(", ".join(f"{c}: {report.counted(n, 'row')}" for c, n in counts.items()), file=sys.stderr)


def explain_row(model_path: Path, table_path: Path, row: int, as_json: bool) -> None:
    """Show the arithmetic of one answer."""
    checks.integer("row", row, "[1, inf)")
    model, table = _opened(model_path, table_path)
    if row > len(table.X):
        raise problem("parameter", name="row", rule=f"at most {len(table.X)}, the last of the table", value=row)
    explanation = model.explain(table.X[row - 1])
    print(json.dumps(explanation.to_dict(), indent=2) if as_json else explanation)


def _opened(model_path: Path, table_path: Path) -> tuple[Model, Table]:
    model = load(model_path)
    if not isinstance(model, Model) or model.encoding is None:
        raise problem("not-a-model", path=model_path, kind=type(model).__name__)
    return model, read_table(table_path, encoding=Encoding.from_dict(model.encoding))


def _answers(model: Model, answers: list[Any], sums: Array) -> tuple[list[str], list[list[Any]]]:
    target = str(model.about.get("target", "answer"))
    totals = np.atleast_2d(sums.T).T
    names = ["sum"] if totals.shape[1] == 1 else [f"sum {c}" for c in model.classes]
    rows = [
        [i, answer, *(f"{z:.6g}" for z in total)]
        for i, (answer, total) in enumerate(zip(answers, totals.tolist(), strict=True), 1)
    ]
    return ["row", target, *names], rows


def _csv(head: list[str], rows: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
