"""`glassneuron predict` and `glassneuron explain`: what a saved model says about the rows of a table."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from glassneuron import checks
from glassneuron.cli.models.streaming import is_parquet, stream_answers
from glassneuron.cli.options import can_draw, can_put
from glassneuron.data.atomic import write_whole
from glassneuron.data.disk.open_table import takes_the_road
from glassneuron.data.disk.rows import blocks
from glassneuron.data.encoding import Encoding
from glassneuron.data.saving import load
from glassneuron.data.table import Table, read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.model import Model
from glassneuron.views.diagrams.diagram import diagram
from glassneuron.views.text.tables import columns, counted, fraction

SHOWN_ROWS = 20


def predict_table(model_path: Path, table_path: Path, out: Path | None) -> None:
    """Predict every row; CSV for a file or a program, an aligned table for a person."""
    can_put(out, "out", model_path, table_path)
    if takes_the_road(table_path) or is_parquet(out):
        _predict_many(model_path, table_path, out)
        return
    model, table = opened(model_path, table_path)
    answers, names, beside = _answers(model, table.X)
    head = ["row", str(model.about.get("target", "answer")), *names]
    rows = [[i, a, *more] for i, (a, more) in enumerate(zip(answers, beside, strict=True), 1)]
    if out is not None:
        write_whole(out, _csv(head, rows).encode())
        print(f"{counted(len(rows), 'answer')} written to {out}")
    elif sys.stdout.isatty():
        write = str if model.classes is not None else "{:.6g}".format
        print(columns([head, *([str(i), write(a), *more] for i, a, *more in rows[:SHOWN_ROWS])]))
        if len(rows) > SHOWN_ROWS:
            print(f"and {counted(len(rows) - SHOWN_ROWS, 'row')} more; --out FILE writes all")
    else:
        sys.stdout.write(_csv(head, rows))
    _summary(model, Counter(answers))


def _predict_many(model_path: Path, table_path: Path, out: Path | None) -> None:
    model = known_model(model_path)
    rows, counts = stream_answers(model, table_path, out, _answers)
    if out is not None:
        print(f"{counted(rows, 'answer')} written to {out}")
    _summary(model, counts)


def _summary(model: Model, counts: dict[Any, int]) -> None:
    if model.classes is None:
        print(f"{format_short(min(counts))} to {format_short(max(counts))}", file=sys.stderr)
    else:
        print(", ".join(f"{c}: {counted(counts.get(c, 0), 'row')}" for c in model.classes), file=sys.stderr)


def explain_row(model_path: Path, table_path: Path, row: int, as_json: bool, picture: Path | None) -> None:
    """Show the arithmetic of one answer, and draw it where that is asked for."""
    checks.integer("row", row, "[1, inf)")
    can_draw(picture, model_path, table_path)
    model, table = opened(model_path, table_path, row)
    explanation = model.explain(table.X[0])
    print(json.dumps(explanation.to_dict(), indent=2) if as_json else explanation)
    if picture is not None:
        diagram(model, table.X[0]).save(picture)
        print(f"drawn to {picture}", file=sys.stderr)


def opened(model_path: Path, table_path: Path, row: int | None = None) -> tuple[Model, Table]:
    """Load a model that knows columns, and read a table, or one row of it, as the model reads it."""
    model = known_model(model_path)
    encoding = Encoding.from_dict(model.encoding or {})
    if row is not None and takes_the_road(table_path):
        return model, Table(_row(table_path, encoding, row), None, None, encoding)
    return model, read_table(table_path, encoding=encoding, row=row)


def known_model(path: Path) -> Model:
    """Load a model that knows columns."""
    model = load(path)
    if not isinstance(model, Model) or model.encoding is None:
        raise problem("not-a-model", path=path, kind=type(model).__name__)
    return model


def _row(path: Path, encoding: Encoding, row: int) -> Array:
    """Return one row of a large table, of shape (1, features)."""
    before = 0
    for block in blocks(path, encoding):
        if checks.integer("row", row, "[1, inf)") <= before + len(block):
            return block[row - before - 1 : row - before]
        before += len(block)
    raise problem("parameter", name="row", rule=f"at most {before}, the last of the table", value=row)


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


def _csv(head: list[str], rows: list[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
