"""`glassneuron train`: a table in, a neuron or a network and a report out."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from glassneuron import __version__
from glassneuron.cli.models.judging import Judged, Judging, Recipe, judge
from glassneuron.cli.options import can_put, layers, share_or_table
from glassneuron.cli.road import Road
from glassneuron.cli.screen import Interrupted, heading, interrupts, progress
from glassneuron.cli.tables import (
    MEMORY,
    class_weights_of,
    exact_table,
    notes_of,
    table_of,
    task_of,
    validation_table,
)
from glassneuron.data.atomic import write_whole
from glassneuron.data.disk.open_table import DiskTable
from glassneuron.data.reading import Reading
from glassneuron.data.saving import save
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.checkpoints.checkpoint import Checkpoint
from glassneuron.learning.standardise import scaled
from glassneuron.pipelines.choice import AUTO, Candidate
from glassneuron.pipelines.pipelines import MODELS
from glassneuron.pipelines.task import FitResult, Report, Task
from glassneuron.proofs.attainable import Attainable, attainable
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.exact.table import ExactTable
from glassneuron.views.text.training import chapters, facts

CUT_SHORT = "interrupted before it was known whether any neuron can classify every row correctly"
MOST_WORK = 1e9
"""Multiply-adds that a proof may take in passing: a second or two. `glassneuron prove` takes as many as it needs."""
DEFAULTS = {"model": "perceptron", "seed": 0, "missing": "fill"}
"""What `_write_report` leaves out of the command that it shows."""
NOT_SAVED = "Add --save FILE to keep the model, for `glassneuron predict` and `glassneuron explain`."


def train_and_report(
    path: Path | None, target: str | None, model: str, hidden: str | None, judging: Judging, validation: str | None,
    class_weight: str | None, epochs: int | None, rate: float | None, seed: int, missing: str, save_to: Path | None,
    as_json: bool, report_to: Path | None = None, reading: Reading | None = None, road: Road = MEMORY,
    checkpoint: Checkpoint | None = None, shards: int | None = None,
) -> None:  # fmt: skip
    """Train, save, and print a report for a person or as JSON; each argument is an option of `glassneuron train`."""
    judging.check(model)
    sizes, validate_on = layers(hidden), share_or_table(validation)
    recipe = Recipe(rate, epochs, seed, class_weight, shards)
    if model == AUTO:
        recipe.check_auto(checkpoint, sizes)
    else:
        recipe.pipeline(Candidate(model, model, sizes))
    reading = judging.without(reading)
    road = replace(road, groups=judging.groups, time=judging.time)
    source, table, target = table_of(path, target, missing, reading, road)
    watched_from = validate_on if isinstance(validate_on, Path) else None
    can_put(save_to, "save", source, watched_from)
    if checkpoint is not None:
        can_put(checkpoint.path, "resume" if checkpoint.resume else "checkpoint", source, watched_from, save_to)
    _can_report(report_to, source, watched_from, save_to)
    others = "sigmoid, which predicts classes"
    if model != AUTO and "classes" in MODELS[model].answers:
        others = "linear or --model network, which predict numbers"
    task = replace(
        task_of(table, "network" if model == AUTO else model, f", or use --model {others}"),
        exact=None if isinstance(table, DiskTable) else exact_table(source, table),
    )
    apart = judging.apart(source, table, task, reading)
    learn, held_out = apart.hold_out(judging.share(model), seed)
    watched_rows = (
        validation_table(validate_on, task, missing, reading, road) if isinstance(validate_on, Path) else None
    )
    share = None if isinstance(validate_on, Path) else validate_on
    recipe = replace(recipe, target=target, share=share, watched_rows=watched_rows)
    candidate, judged = Candidate(model, model, sizes), Judged()
    if model == AUTO or judging.cv is not None:
        judged = judge(recipe, candidate, task.part(learn), apart.part(learn), judging)
        candidate = candidate if judged.choice is None else judged.choice.chosen
    saved: Path | None = None
    try:
        with interrupts():  # until it is saved, a first Ctrl-C loses nothing
            learn, watched, fitted = _trained(recipe, candidate, task, learn, checkpoint)
            fitted.model.about.update(judged.kept(judging))
            unlearned = fitted.history.diverged and fitted.history.epochs == 0
            save_to = None if unlearned else save_to
            if save_to is not None:
                save(fitted.model, save_to)
                saved = save_to
        result = Report(task, learn, held_out, fitted, watched, notes_of(table, task), apart.groups)
        if save_to is not None:
            fitted.model.about["scores"] = result.scores
            save(fitted.model, save_to)
        told = facts(result, _outlook(result, class_weight)) | judged.facts(judging)
        if report_to is not None and not unlearned:
            asked = {
                "model": model, "hidden": hidden, **judging.asked, "validation": validation,
                "class-weight": class_weight, "epochs": epochs, "rate": rate, "seed": seed, "missing": missing,
                "shards": shards,
            }  # fmt: skip
            _write_report(report_to, result, told, source, path, asked, save_to)
        if as_json:
            files = {"saved": save_to, "report": None if unlearned else report_to}
            print(json.dumps({**told, **{name: file and str(file) for name, file in files.items()}}, indent=2))
        else:
            what = "" if path is None else f" {path} --target {target}"
            proof = f"`glassneuron prove{what}` shows the proof and what to do"
            last = "Not saved", "Nothing was learned." if unlearned else NOT_SAVED
            if save_to is not None:
                last = "Saved", str(save_to)
            pages = [] if unlearned or report_to is None else [("Report", str(report_to))]
            for title, text in (*chapters(result, told, source.name, proof, measures=judging.measures), last, *pages):
                heading(title)
                print(text, end="\n\n")
    except KeyboardInterrupt:
        if saved is not None:
            raise Interrupted(f"interrupted; the model is in {saved}.") from None
        if checkpoint is not None and checkpoint.path.exists():
            raise Interrupted(f"interrupted; --resume {checkpoint.path} goes on from where it was.") from None
        raise
    if unlearned:
        raise problem("unlearned", why=fitted.history.why_stopped)


def _trained(
    recipe: Recipe, candidate: Candidate, task: Task, learn: Array, checkpoint: Checkpoint | None
) -> tuple[Array, Task | None, FitResult]:
    """Train the model that is kept; return the rows that it learned from, those watched, and what came out."""
    train, spec = recipe.pipeline(candidate), MODELS[candidate.model]
    learn, watched = recipe.watched(task, learn)
    to_learn = task.part(learn)
    weights = class_weights_of(to_learn, recipe.class_weight, recipe.target)
    most, row = recipe.epochs or spec.settings.max_epochs or 0, to_learn.X.shape[1] * to_learn.X.itemsize
    with progress(most, spec.unit, by_mistakes=spec.by_mistakes, row=row) as follow:
        held = None if watched is None else watched.weighed(weights)
        return learn, watched, train(to_learn.weighed(weights), follow, held, checkpoint)


def _outlook(result: Report, class_weight: str | None) -> Attainable | None:
    """Say whether any neurons could classify every row correctly, where those that learned do not."""
    spec, task = MODELS[result.rule], result.task.part(result.learn)
    if task.classes is None or spec.layered:
        return None
    converged = result.fitted.history.converged
    if converged if spec.by_mistakes else (result.answers[result.learn] == task.y).all():
        return None
    bounded = spec.by_mistakes and class_weight is None  # only then is there a bound on its mistakes
    seen = scaled(result.fitted.scaling, task.X) if bounded else None
    try:
        table = task.exact or ExactTable(task.X, decimal=True)
        largest = not spec.by_mistakes or spec.competing
        budget = Budget(MOST_WORK) if spec.by_mistakes else None
        return attainable(table, task.y, task.fires_for, task.classes, seen, largest_wins=largest, budget=budget)
    except KeyboardInterrupt:
        return Attainable(None, CUT_SHORT)


def _can_report(path: Path | None, *inputs: Path | None) -> None:
    """Refuse, before the work starts, a file that is no page, cannot be written or is one of the others."""
    if path is None:
        return
    if path.suffix.lower() not in (".html", ".htm"):
        raise problem("parameter", name="report", rule="a file that ends in .html", value=str(path))
    can_put(path, "report", *inputs)


def _write_report(
    path: Path,
    result: Report,
    told: Mapping[str, Any],
    source: Path,
    table: Path | None,
    asked: Mapping[str, Any],
    saved: Path | None,
) -> None:
    """Write the page, and into it what was typed to get it; without a table it is the bundled one, `source`."""
    from glassneuron.views.report.report import report

    typed = ["glassneuron", "train", *([] if table is None else [str(table), "--target", str(told["target"])])]
    for name, value in asked.items():
        if value is not None and value != DEFAULTS.get(name):
            typed += [f"--{name}", str(value)]
    typed += [] if saved is None else ["--save", str(saved)]
    settings = {name: str(value) for name, value in asked.items() if value is not None}
    command = shlex.join([*typed, "--report", str(path)])
    page = report(result, told, source.name, settings, command, None if saved is None else str(saved), __version__)
    write_whole(path, page.encode())
