"""`glassneuron train`: a table in, a neuron or a network and a report out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from glassneuron.cli.screen import heading, progress
from glassneuron.data.bundled import bundled
from glassneuron.data.saving import can_write, save
from glassneuron.data.table import Table, read_table
from glassneuron.errors import problem
from glassneuron.learning.holdout import split
from glassneuron.learning.learners import LEARNERS, Learned, Settings, Task, learner
from glassneuron.neurons.model import Model
from glassneuron.proofs.exact import Rows
from glassneuron.proofs.outlook import outlook
from glassneuron.views.training import chapters, facts

MOST_CLASSES = 100


@dataclass(frozen=True)
class Request:
    """What the command was asked to do; each field is an option of `glassneuron train`."""

    table: Path | None
    target: str | None
    model: str
    settings: Settings
    holdout: float
    missing: str
    save: Path | None
    json: bool


def train_and_report(request: Request) -> None:
    """Read, learn, save, and print what a person or, with ``--json``, a program wants to know."""
    settings, train = learner(request.model, request.settings)
    source, target = request.table, request.target
    if source is None:
        source, target = bundled("wisconsin"), target or "diagnosis"
    if request.save is not None:
        can_write(request.save)
    instead = ", or say --model network, which also answers with numbers"
    task = read_task(read_table(source, target, missing=request.missing), request.model, instead)
    learn, held_out = split(np.zeros(len(task.y)) if task.classes is None else task.y, request.holdout, settings.seed)
    with progress(settings.epochs or 0) as follow:
        trained = train(task.part(learn), follow)
    result = Learned(task, learn, held_out, trained)
    if request.save is not None:
        save(trained.model, request.save)
    if request.json:
        print(json.dumps({**facts(result), "saved": None if request.save is None else str(request.save)}, indent=2))
        return
    for title, text in _for_people(result, source, request):
        heading(title)
        print(text, end="\n\n")


def layers(text: str | None) -> tuple[int, ...] | None:
    """Read the sizes of hidden layers: "32,16", or "none".

    Examples
    --------
    >>> layers("32,16"), layers("none"), layers(None)
    ((32, 16), (), None)
    """
    if text is None or text.strip() == "none":
        return None if text is None else ()
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        rule = "'none', or the neurons of each hidden layer, such as 32,16"
        raise problem("parameter", name="hidden", rule=rule, value=text) from None


def read_task(table: Table, model: str, instead: str = "") -> Task:
    """Turn a table into classes, or a number, to learn; refuse a target that the model cannot answer with."""
    if table.target is None or table.y is None:
        columns = [column.name for column in table.encoding.columns]
        raise problem("no-target", columns=", ".join(columns[:30]))
    classes, codes = np.unique(table.y, return_inverse=True)
    encoding, about = table.encoding.to_dict(), {"target": table.target}
    if len(classes) == 1:
        raise problem("one-class", name=table.target, value=classes.tolist()[0])
    if table.target_kind == "number":
        if not LEARNERS[model].layered:
            raise problem("not-classes", name=table.target, count=len(classes), model=model, instead=instead)
        return Task(table.X, table.y.astype(np.float64), None, table.names, encoding, about)
    if len(classes) > MOST_CLASSES:
        raise problem("many-classes", name=table.target, count=len(classes), most=MOST_CLASSES)
    return Task(table.X, codes, tuple(classes.tolist()), table.names, encoding, about)


def _for_people(result: Learned, source: Path, request: Request) -> Iterator[tuple[str, str]]:
    for title, text in chapters(result, source.name):
        yield title, text + (_outlook(result, request) if title == "Learning" else "")
    if request.save is None:
        yield "Not saved", "Add --save FILE to keep the model, for `glassneuron predict` and `glassneuron explain`."
    else:
        yield "Saved", f"{request.save}"


def _outlook(result: Learned, request: Request) -> str:
    """Say whether more epochs can help neurons side by side, and where the proof is."""
    model, task = result.trained.model, result.task.part(result.learn)
    if result.trained.history.converged or not isinstance(model, Model):
        return ""
    assert model.scaling is not None
    seen = model.scaling.apply(task.X) if model.about["rule"] == "perceptron" else None  # its mistakes have a bound
    sentence = outlook(Rows(task.X, decimal=True), task.y, task.fires_for, model.classes, seen)
    what = "" if request.table is None else f" {request.table} --target {task.about['target']}"
    return f"\noutlook: {sentence}\n         `glassneuron prove{what}` shows the proof and what to do"
