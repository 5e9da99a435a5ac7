"""`glassneuron train`: a table in, a neuron and a report out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron.cli.screen import heading, progress
from glassneuron.data.bundled import bundled
from glassneuron.data.saving import can_write, save
from glassneuron.data.table import Table, read_table
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning import perceptron
from glassneuron.learning.history import History
from glassneuron.learning.holdout import split
from glassneuron.neurons.explanation import shown
from glassneuron.neurons.model import Model
from glassneuron.neurons.scaling import Scaling
from glassneuron.proofs.exact import Rows
from glassneuron.proofs.outlook import outlook
from glassneuron.views import report
from glassneuron.views.chart import bars


@dataclass(frozen=True)
class Request:
    """What the command was asked to do; each field is an option of `glassneuron train`."""

    table: Path | None
    target: str | None
    holdout: float
    epochs: int
    rate: float
    seed: int
    missing: str
    save: Path | None
    json: bool


@dataclass(frozen=True)
class Result:
    """What came out of it."""

    table: Table
    model: Model
    history: History
    codes: Array
    answers: Array
    learn: Array
    held_out: Array

    def accuracy(self, rows: Array) -> float:
        """Give the share of these rows that is answered right."""
        return float(np.mean(self.codes[rows] == self.answers[rows]))

    def confusion(self, rows: Array) -> Array:
        """Count these rows by class and answer."""
        return report.confusion(self.model.classes, self.codes[rows], self.answers[rows])


def train_and_report(request: Request) -> None:
    """Read, learn, save, and print what a person or, with ``--json``, a program wants to know."""
    rule = perceptron.PerceptronRule(request.rate, request.epochs, seed=request.seed)
    source, target = request.table, request.target
    if source is None:
        source, target = bundled("wisconsin"), target or "diagnosis"
    if request.save is not None:
        can_write(request.save)
    result = _train(read_table(source, target, missing=request.missing), rule, request)
    if request.save is not None:
        save(result.model, request.save)
    if request.json:
        print(json.dumps(_for_programs(result, request), indent=2))
        return
    for title, text in _for_people(result, source, request):
        heading(title)
        print(text, end="\n\n")


def _train(table: Table, rule: perceptron.PerceptronRule, request: Request) -> Result:
    classes, codes = _classes(table)
    learn, held_out = split(codes, request.holdout, request.seed)
    scaling = Scaling.of(table.X[learn])
    fires_for = np.arange(len(classes)) if len(classes) > 2 else np.array([1])
    with progress(rule.max_epochs) as follow:
        neurons, history = perceptron.learn(scaling.apply(table.X[learn]), codes[learn], fires_for, rule, follow)
    about = {
        "rule": "perceptron",
        "target": table.target,
        "rows": len(learn),
        "epochs": history.epochs,
        "why_stopped": history.why_stopped,
    }
    model = Model(
        tuple(scaling.fold(neuron) for neuron in neurons),
        tuple(classes.tolist()),
        table.names,
        scaling,
        table.encoding.to_dict(),
        about,
    )
    answers = model.choose(model.decision_function(table.X))
    return Result(table, model, history, codes, answers, learn, held_out)


MOST_CLASSES = 100


def _classes(table: Table) -> tuple[Array, Array]:
    if table.target is None or table.y is None:
        columns = [column.name for column in table.encoding.columns]
        raise problem("no-target", columns=", ".join(columns[:30]))
    classes, codes = np.unique(table.y, return_inverse=True)
    if len(classes) == 1:
        raise problem("one-class", name=table.target, value=classes.tolist()[0])
    if table.target_kind == "number" or len(classes) > MOST_CLASSES:
        raise problem("not-classes", name=table.target, count=len(classes), most=MOST_CLASSES)
    return classes, codes


def _for_people(result: Result, source: Path, request: Request) -> Iterator[tuple[str, str]]:
    model, table = result.model, result.table
    counts = np.bincount(result.codes)
    sizes = ", ".join(f"{n:,} {c}" for c, n in zip(model.classes, counts, strict=True))
    yield (
        f"{source.name}: {report.counted(len(table.X), 'row')}, {report.counted(len(table.names), 'feature')}",
        f"target    {table.target}: {sizes}\n"
        + (
            f"neuron    one, which fires for {model.classes[1]} and stays silent for {model.classes[0]}"
            if len(model.classes) == 2
            else f"neurons   {len(model.classes)}, one for each class; the largest sum wins"
        )
        + f"\nscaling   {_scales(model)}"
        + f"\nlearns    from {report.counted(len(result.learn), 'row')}; {len(result.held_out):,} held out to judge it",
    )
    yield (
        "Learning",
        bars(result.history.mistakes, label="mistakes", across="epoch")
        + f"\nstopped: {result.history.why_stopped}"
        + _outlook(result, request),
    )
    parts = [("rows it learned from", result.learn), ("rows held out", result.held_out)]
    rows = [[name, report.percent(result.accuracy(part)), f"{len(part):,}"] for name, part in parts if len(part)]
    yield "Answers", report.columns([["", "right", "rows"], *rows])
    judged = result.held_out if len(result.held_out) else result.learn
    yield (
        "Held-out rows by class and answer" if len(result.held_out) else "Rows by class and answer",
        report.confusion_text(model.classes, result.confusion(judged)),
    )
    yield "Heaviest weights", report.heaviest(model)
    if request.save is None:
        yield "Not saved", "Add --save FILE to keep the neuron, for `glassneuron predict` and `glassneuron explain`."
    else:
        yield "Saved", f"{request.save}"


def _outlook(result: Result, request: Request) -> str:
    """Say whether more epochs can help, and where the proof is."""
    if result.history.converged:
        return ""
    model, codes, X = result.model, result.codes[result.learn], result.table.X[result.learn]
    assert model.scaling is not None
    fires_for = np.arange(len(model.classes)) if len(model.classes) > 2 else np.array([1])
    sentence = outlook(Rows(X, decimal=True), codes, fires_for, model.classes, model.scaling.apply(X))
    what = "" if request.table is None else f" {request.table} --target {result.table.target}"
    return f"\noutlook: {sentence}\n         `glassneuron prove{what}` shows the proof and what to do"


def _scales(model: Model) -> str:
    assert model.scaling is not None
    spread = model.scaling.deviations
    return (
        f"the features spread from {shown(spread.min())} to {shown(spread.max())}, so they are brought to one scale to "
        "learn;\n          the weights below are in the table's own units again"
    )


def _for_programs(result: Result, request: Request) -> dict[str, Any]:
    held = len(result.held_out) > 0
    return {
        "target": result.table.target,
        "classes": list(result.model.classes),
        "rows": {"learned": len(result.learn), "held_out": len(result.held_out)},
        "mistakes": result.history.mistakes,
        "converged": result.history.converged,
        "why_stopped": result.history.why_stopped,
        "accuracy": {
            "learned": result.accuracy(result.learn),
            "held_out": result.accuracy(result.held_out) if held else None,
        },
        "confusion": result.confusion(result.held_out if held else result.learn).tolist(),
        "neurons": [
            {"weights": dict(zip(result.model.names, n.weights.tolist(), strict=True)), "bias": n.bias}
            for n in result.model.neurons
        ],
        "saved": None if request.save is None else str(request.save),
    }
