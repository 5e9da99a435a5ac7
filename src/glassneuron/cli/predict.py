"""`glassneuron predict` and `glassneuron explain`: a saved neuron answers a table."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

from glassneuron import checks
from glassneuron.cli.outputs import can_put
from glassneuron.data.atomic import write_whole
from glassneuron.data.encoding import Encoding
from glassneuron.data.saving import load
from glassneuron.data.table import Table, read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.model import Model
from glassneuron.views import tables as report

SHOWN_ROWS = 20


def predict_table(model_path: Path, table_path: Path, out: Path | None) -> None:
    """Answer every row; CSV for a file or a program, an aligned table for a person."""
    can_put(out, "out", model_path, table_path)
    model, table = _opened(model_path, table_path)
    answers, names, beside = _answers(model, table.X)
    head = ["row", str(model.about.get("target", "answer")), *names]
    rows = [[i, a, *(f"{v:.6g}" for v in vs)] for i, (a, vs) in enumerate(zip(answers, beside, strict=True), 1)]
    if out is not None:
        write_whole(out, _csv(head, rows).encode())
        print(f"{report.counted(len(rows), 'answer')} written to {out}")
    elif sys.stdout.isatty():
        write = str if model.classes is not None else "{:.6g}".format  # a label stays as it is
        print(report.columns([head, *([str(i), write(a), *more] for i, a, *more in rows[:SHOWN_ROWS])]))
        if len(rows) > SHOWN_ROWS:
            print(f"and {report.counted(len(rows) - SHOWN_ROWS, 'row')} more; --out FILE writes all")
    else:
        sys.stdout.write(_csv(head, rows))
    if model.classes is None:
        print(f"{format_short(min(answers))} to {format_short(max(answers))}", file=sys.stderr)
    else:
        counts = {c: answers.count(c) for c in model.classes}
        print(", ".join(f"{c}: {report.counted(n, 'row')}" for c, n in counts.items()), file=sys.stderr)


def explain_row(model_path: Path, table_path: Path, row: int, as_json: bool) -> None:
    """Show the arithmetic of one answer."""
    checks.integer("row", row, "[1, inf)")
    model, table = _opened(model_path, table_path, row)
    explanation = model.explain(table.X[0])
    print(json.dumps(explanation.to_dict(), indent=2) if as_json else explanation)


def _opened(model_path: Path, table_path: Path, row: int | None = None) -> tuple[Model, Table]:
    model = load(model_path)
    if not isinstance(model, Model) or model.encoding is None:
        raise problem("not-a-model", path=model_path, kind=type(model).__name__)
    return model, read_table(table_path, encoding=Encoding.from_dict(model.encoding), row=row)


def _answers(model: Model, X: Array) -> tuple[list[Any], list[str], list[list[float]]]:
    """Give the answers, and the numbers that stand beside each, with their names."""
    if model.classes is None:
        return model.predict(X).tolist(), [], [[] for _ in X]
    sums = model.decision_function(X).reshape(len(X), -1)
    answers = [model.classes[c] for c in model.choose(sums)]
    if not model.gives_probabilities:
        return answers, ["sum"] if sums.shape[1] == 1 else [f"sum {c}" for c in model.classes], sums.tolist()
    shares, classes = model.probabilities(X), model.classes
    if len(classes) == 2:
        shares, classes = shares[:, 1:], classes[1:]
    return answers, [f"probability {c}" for c in classes], shares.tolist()


def _csv(head: list[str], rows: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
