"""`glassneuron predict` and `glassneuron explain`: what a saved model says about the rows of a table."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from glassneuron import checks
from glassneuron.cli.models.streaming import stream_answers, stream_more, writer
from glassneuron.cli.options import can_draw, can_put
from glassneuron.cli.tables import known_encoding
from glassneuron.data.disk.open_table import takes_the_road
from glassneuron.data.disk.rows import row_of
from glassneuron.data.encoding import Encoding
from glassneuron.data.out.answers import answers_kind
from glassneuron.data.reading import Reading
from glassneuron.data.saving import load
from glassneuron.data.table import Table, read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import ParameterError, problem
from glassneuron.neurons.explain.moved import Moved, what_moved
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.model import Model
from glassneuron.views.diagrams.diagram import diagram
from glassneuron.views.text.tables import columns, counted, fraction

SHOWN_ROWS = 20


def predict_table(
    model_path: Path, table_path: Path, out: Path | None, reading: Reading | None = None, missing: str = "refuse",
    unknown: str = "refuse", keep: Sequence[str] = (), append: bool = False,
) -> None:  # fmt: skip
    """Predict every row; a file, CSV for a program, an aligned table for a person."""
    can_put(out, "out", model_path, table_path)
    if out is not None:
        answers_kind(out)
    plain = (missing, unknown, tuple(keep), append) == ("refuse", "refuse", (), False)
    if takes_the_road(table_path) and plain:
        _predict_many(model_path, table_path, out, reading)
        return

    def head_of(carried: Sequence[str], names: Sequence[str]) -> list[str]:
        added = [str(model.about.get("target", "answer")), *names, *["unmet"] * (unknown == "ignore")]
        first = [] if append else ["row"]
        return [*first, *carried, *(_other(name, {*first, *carried, *added[:k]}) for k, name in enumerate(added))]

    carry = ("*",) if append else keep
    if takes_the_road(table_path):
        model = known_model(model_path)
        told = stream_more(
            model, known_encoding(model, missing), table_path, out, _answers, head_of, reading,
            missing=missing, unknown=unknown, carry=carry, append=append,
        )  # fmt: skip
        if out is not None:
            print(f"{counted(told.rows, 'answer')} written to {out}")
        _notes(told.notes, told.unmet, told.where)
        _summary(model, told.counts)
        return
    model, table = opened(model_path, table_path, None, reading, missing, unknown, carry)
    answers, names, beside = _answers(model, table.X)
    places = range(len(answers)) if table.places is None else table.places.tolist()
    marks = [[" ".join(table.unmet.get(i, ()))] * (unknown == "ignore") for i in range(len(answers))]
    carried = list(table.carried)
    head = head_of(carried, names)
    cells = list(zip(*table.carried.values(), strict=True)) if carried else [()] * len(answers)
    rows = [
        [*([] if append else [place + 1]), *own, answer, *more, *mark]
        for place, own, answer, more, mark in zip(places, cells, answers, beside, marks, strict=True)
    ]
    if out is not None:
        with writer(out, head) as put:
            put(rows)
        print(f"{counted(len(rows), 'answer')} written to {out}")
    elif sys.stdout.isatty():
        at = len(carried) + (not append)
        write = str if model.classes is not None else "{:.6g}".format
        shown = [[write(cell) if k == at else str(cell) for k, cell in enumerate(row)] for row in rows[:SHOWN_ROWS]]
        print(columns([head, *shown]))
        if len(rows) > SHOWN_ROWS:
            print(f"and {counted(len(rows) - SHOWN_ROWS, 'row')} more; --out FILE writes all")
    else:
        with writer(None, head) as put:
            put(rows)
    _notes(table.notes, len(table.unmet), {name for names in table.unmet.values() for name in names})
    _summary(model, Counter(answers))


def _notes(notes: Sequence[str], unmet: int, where: Collection[str]) -> None:
    if notes:
        print("; ".join(notes), file=sys.stderr)
    if unmet:
        of = ", ".join(f"`{name}`" for name in sorted(where))
        print(f"{counted(unmet, 'row')} with a text that the model has not met, in {of}", file=sys.stderr)


def _predict_many(model_path: Path, table_path: Path, out: Path | None, reading: Reading | None) -> None:
    model = known_model(model_path)
    rows, counts = stream_answers(model, table_path, out, _answers, reading)
    if out is not None:
        print(f"{counted(rows, 'answer')} written to {out}")
    _summary(model, counts)


def _summary(model: Model, counts: dict[Any, int]) -> None:
    if model.classes is None:
        print(f"{format_short(min(counts))} to {format_short(max(counts))}", file=sys.stderr)
    else:
        print(", ".join(f"{c}: {counted(counts.get(c, 0), 'row')}" for c in model.classes), file=sys.stderr)


def _other(name: str, taken: Collection[str]) -> str:
    """Return a name for a column of answers that no other column has."""
    while name in taken:
        name = f"predicted {name}"
    return name


def explain_row(
    model_path: Path, table_path: Path, row: int, as_json: bool, picture: Path | None, reading: Reading | None = None
) -> None:
    """Show the arithmetic of one answer, and draw it where that is asked for."""
    checks.integer("row", row, "[1, inf)")
    can_draw(picture, model_path, table_path)
    model, table = opened(model_path, table_path, row, reading)
    explanation, moved = model.explain(table.X[0]), _moved(model, table.X[0])
    if as_json:
        print(json.dumps(explanation.to_dict() | {"moved": moved and moved.to_dict()}, indent=2))
    else:
        print(explanation, *([] if moved is None else [moved]), sep="\n\n")
    if picture is not None:
        diagram(model, table.X[0]).save(picture)
        print(f"drawn to {picture}", file=sys.stderr)


def _moved(model: Model, row: Array) -> Moved | None:
    """Say what moved the answer; None for models whose columns do not change one at a time."""
    try:
        return what_moved(model, row)
    except ParameterError:
        return None


def opened(
    model_path: Path, table_path: Path, row: int | None = None, reading: Reading | None = None,
    missing: str = "refuse", unknown: str = "refuse", carry: Sequence[str] = (),
) -> tuple[Model, Table]:  # fmt: skip
    """Load a model that knows columns, and read a table, or one row of it, as the model reads it.

    With `missing` "mean" or "fill" gaps are filled with the means of the rows that the model has learned from.
    """
    model = known_model(model_path)
    if row is not None and takes_the_road(table_path):
        return model, row_of(table_path, Encoding.from_dict(model.encoding or {}), row, reading)
    encoding = known_encoding(model, missing)
    return model, read_table(
        table_path, encoding=encoding, row=row, missing=missing, reading=reading, unknown=unknown, carry=carry
    )


def known_model(path: Path) -> Model:
    """Load a model that knows columns."""
    model = load(path)
    if not isinstance(model, Model) or model.encoding is None:
        raise problem("not-a-model", path=path, kind=type(model).__name__)
    return model


def _answers(model: Model, X: Array) -> tuple[list[Any], list[str], list[list[str]]]:
    """Return the answers, the names of the numbers that stand beside each, and those numbers to six digits."""
    if model.classes is None:
        return model.predict(X).tolist(), [], [[] for _ in X]
    outputs = model.decision_function(X)
    answers = [model.classes[c] for c in model.choose(outputs)]
    if model.gives_probabilities:
        names = [f"probability {c}" for c in model.classes]
        return answers, names, [[fraction(p, 6) for p in row] for row in model.probabilities(X).tolist()]
    sums = outputs.reshape(len(X), -1)
    names = ["sum"] if sums.shape[1] == 1 else [f"sum {c}" for c in model.classes]
    return answers, names, [[f"{z:.6g}" for z in row] for row in sums.tolist()]
