"""`glassneuron train`: a table in, a neuron or a network and a report out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from glassneuron.cli.app import Interrupted
from glassneuron.cli.options import share_of, share_or_table, table_of, weighed
from glassneuron.cli.outputs import can_put
from glassneuron.cli.screen import heading, progress
from glassneuron.data.bundled import bundled
from glassneuron.data.saving import save
from glassneuron.data.table import Table, read_table
from glassneuron.errors import problem
from glassneuron.learning.split import split
from glassneuron.pipelines.pipelines import LEARNERS, learner
from glassneuron.pipelines.task import Learned, Settings, Task, Trained
from glassneuron.proofs.attainable import Attainable, attainable
from glassneuron.proofs.exact.table import ExactTable
from glassneuron.views.training import chapters, facts

MOST_CLASSES = 100
CUT_SHORT = "interrupted before it was known whether any neuron can have every row right"


@dataclass(frozen=True)
class Request:
    """What the command was asked to do; each field is an option of `glassneuron train`."""

    table: Path | None
    target: str | None
    model: str
    settings: Settings
    holdout: float
    validation: str | None
    class_weight: str | None
    missing: str
    save: Path | None
    json: bool


def train_and_report(request: Request) -> None:
    """Read, learn, save, and print what a person or, with ``--json``, a program wants to know."""
    settings, train = learner(request.model, request.settings)
    watch = share_or_table(request.validation)
    source, target = request.table, request.target
    if source is None:
        source, target = bundled("wisconsin"), target or "diagnosis"
    can_put(request.save, "save", source, watch if isinstance(watch, Path) else None)
    task = read_task(read_table(source, target, missing=request.missing), request.model, _instead(request.model))
    learn, held_out = split(np.zeros(len(task.y)) if task.classes is None else task.y, request.holdout, settings.seed)
    watched = None
    if isinstance(watch, Path):
        watched = table_of(watch, task, request.missing)
    elif watch is not None:
        learn, rows = share_of(task, learn, watch, settings.seed)
        watched = task.part(rows)
    kind = LEARNERS[request.model]
    to_learn = weighed(task.part(learn), request.class_weight, str(task.about["target"]))
    to_watch = None if watched is None else _like(watched, to_learn)
    with progress(settings.epochs or 0, kind.unit, by_mistakes=kind.by_mistakes) as follow:
        trained = train(to_learn, follow, to_watch)
    result = Learned(task, learn, held_out, trained, watched)
    if _is_unlearned(trained):
        request = replace(request, save=None)
    elif request.save is not None:
        save(trained.model, request.save)
    try:
        _report(result, source, request)
    except KeyboardInterrupt:
        if request.save is None:
            raise
        raise Interrupted(f"interrupted; the model is in {request.save}.") from None
    if _is_unlearned(trained):
        raise problem("unlearned", why=trained.history.why_stopped)


def _is_unlearned(trained: Trained) -> bool:
    """Tell whether the training exploded before any epoch went well."""
    return trained.history.diverged and trained.history.epochs == 0


def _report(result: Learned, source: Path, request: Request) -> None:
    said = cache(lambda: _outlook(result, request))
    if request.json:
        saved = None if request.save is None else str(request.save)
        print(json.dumps({**facts(result, said), "saved": saved}, indent=2))
        return
    what = "" if request.table is None else f" {request.table} --target {result.task.about['target']}"
    proof = f"`glassneuron prove{what}` shows the proof and what to do"
    for title, text in _for_people(chapters(result, source.name, said, proof), result, request):
        heading(title)
        print(text, end="\n\n")


def _like(watched: Task, learned: Task) -> Task:
    """Let the validation rows of a class count as much as those that are learned from."""
    if len(learned.counts) == 0 or learned.classes is None:
        return watched
    first = [int(np.flatnonzero(learned.y == c)[0]) for c in range(len(learned.classes))]
    return watched.weighed(learned.counts[first])


def read_task(table: Table, model: str, instead: str = "") -> Task:
    """Turn a table into classes, or a number, to learn; refuse a target that the model cannot answer with."""
    if table.target is None or table.y is None:
        columns = [column.name for column in table.encoding.columns]
        raise problem("no-target", columns=", ".join(columns[:30]))
    kind, y = LEARNERS[model], table.y
    classes, codes = np.unique(y, return_inverse=True)
    encoding, about = table.encoding.to_dict(), {"target": table.target}
    if "classes" not in kind.answers:
        if y.dtype.kind not in "iuf":
            some = ", ".join(str(c) for c in classes.tolist()[:5])
            raise problem("not-numbers", name=table.target, classes=some, model=kind.noun, instead=instead)
        if len(classes) == 1:
            raise problem("one-number", name=table.target, value=classes.tolist()[0])
        return Task(table.X, y.astype(np.float64), None, table.names, encoding, about)
    if len(classes) == 1:
        raise problem("one-class", name=table.target, value=classes.tolist()[0])
    if table.target_kind == "number":
        if "numbers" not in kind.answers:
            raise problem("not-classes", name=table.target, count=len(classes), model=kind.noun, instead=instead)
        return Task(table.X, y.astype(np.float64), None, table.names, encoding, about)
    if len(classes) > MOST_CLASSES:
        raise problem("many-classes", name=table.target, count=len(classes), most=MOST_CLASSES)
    return Task(table.X, codes, tuple(classes.tolist()), table.names, encoding, about)


def _instead(model: str) -> str:
    """Say what to train where the target is of the other kind."""
    if "classes" in LEARNERS[model].answers:
        return ", or say --model linear or --model network, which answer with numbers"
    return ", or say --model sigmoid, which tells classes apart"


def _for_people(told: Iterator[tuple[str, str]], result: Learned, request: Request) -> Iterator[tuple[str, str]]:
    yield from told
    if _is_unlearned(result.trained):
        yield "Not saved", "Nothing was learned."
    elif request.save is None:
        yield "Not saved", "Add --save FILE to keep the model, for `glassneuron predict` and `glassneuron explain`."
    else:
        yield "Saved", f"{request.save}"


def _outlook(result: Learned, request: Request) -> Attainable | None:
    """Say whether any neurons could have every row right, where those that learned have not."""
    kind, task = LEARNERS[request.model], result.task.part(result.learn)
    if task.classes is None or kind.layered:
        return None
    if kind.by_mistakes:
        settled = result.trained.history.converged
    else:
        settled = bool((result.answers[result.learn] == task.y).all())
    if settled:
        return None
    bounded = kind.by_mistakes and request.class_weight is None  # only then have its mistakes a bound
    seen = result.trained.scaling.apply(task.X) if bounded else None
    try:
        table = ExactTable(task.X, decimal=True)
        return attainable(table, task.y, task.fires_for, task.classes, seen, largest_wins=not kind.by_mistakes)
    except KeyboardInterrupt:
        return Attainable(None, CUT_SHORT)
