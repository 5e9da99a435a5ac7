"""`glassneuron predict` and `glassneuron explain`: what a saved model says about the rows of a table."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from glassneuron import checks
from glassneuron.cli.options import can_put
from glassneuron.data.answers import answers_file, answers_kind, as_text
from glassneuron.data.atomic import write_whole
from glassneuron.data.encoding import Encoding
from glassneuron.data.reading import Reading
from glassneuron.data.saving import load
from glassneuron.data.table import Table, read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.model import Model
from glassneuron.views.text.tables import columns, counted, fraction

SHOWN_ROWS = 20


def predict_table(model_path: Path, table_path: Path, out: Path | None, reading: Reading | None = None) -> None:
    """Predict every row; CSV for a file or a program, an aligned table for a person."""
    can_put(out, "out", model_path, table_path)
    kind = None if out is None else answers_kind(out)
    model, table = opened(model_path, table_path, reading=reading)
    answers, names, beside = _answers(model, table.X)
    target = str(model.about.get("target", "answer"))
    head = ["row", f"predicted {target}" if target in ("row", *names) else target, *names]
    rows = [[i, a, *more] for i, (a, more) in enumerate(zip(answers, beside, strict=True), 1)]
    if out is not None and kind is not None:
        write_whole(out, answers_file(head, rows, kind))
        print(f"{counted(len(rows), 'answer')} written to {out}")
    elif sys.stdout.isatty():
        write = str if model.classes is not None else "{:.6g}".format
        print(columns([head, *([str(i), write(a), *more] for i, a, *more in rows[:SHOWN_ROWS])]))
        if len(rows) > SHOWN_ROWS:
            print(f"and {counted(len(rows) - SHOWN_ROWS, 'row')} more; --out FILE writes all")
    else:
        sys.stdout.write(as_text(head, rows))
    if table.notes:
        print("; ".join(table.notes), file=sys.stderr)
    if model.classes is None:
        print(f"{format_short(min(answers))} to {format_short(max(answers))}", file=sys.stderr)
    else:
        counts = {c: answers.count(c) for c in model.classes}
        print(", ".join(f"{c}: {counted(n, 'row')}" for c, n in counts.items()), file=sys.stderr)


def explain_row(model_path: Path, table_path: Path, row: int, as_json: bool) -> None:
    """Show the arithmetic of one answer."""
    checks.integer("row", row, "[1, inf)")
    model, table = opened(model_path, table_path, row)
    explanation = model.explain(table.X[0])
    print(json.dumps(explanation.to_dict(), indent=2) if as_json else explanation)


def opened(
    model_path: Path, table_path: Path, row: int | None = None, reading: Reading | None = None
) -> tuple[Model, Table]:
    """Load a model that knows columns, and read a table, or one row of it, as the model reads it."""
    model = load(model_path)
    if not isinstance(model, Model) or model.encoding is None:
        raise problem("not-a-model", path=model_path, kind=type(model).__name__)
    return model, read_table(table_path, encoding=Encoding.from_dict(model.encoding), row=row, reading=reading)


def _answers(model: Model, X: Array) -> tuple[list[Any], list[str], list[list[str]]]:
    """Return the answers, the names of the numbers that stand beside each, and those numbers to six digits."""
    if model.classes is None:
        return model.predict(X).tolist(), [], [[] for _ in X]
    outputs = model.decision_function(X)
    answers = [model.classes[c] for c in model.choose(outputs)]
    if model.gives_probabilities:
        first = int(len(model.classes) == 2)  # of two classes, the second one's probability says all
        names = [f"probability {c}" for c in model.classes[first:]]
        return answers, names, [[fraction(p, 6) for p in row] for row in model.probabilities(X)[:, first:].tolist()]
    sums = outputs.reshape(len(X), -1)
    names = ["sum"] if sums.shape[1] == 1 else [f"sum {c}" for c in model.classes]
    return answers, names, [[f"{z:.6g}" for z in row] for row in sums.tolist()]
