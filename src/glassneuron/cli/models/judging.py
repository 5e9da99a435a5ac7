"""How `glassneuron train` judges a model: held-out rows, cross-validation, and the choice of `--model auto`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.cli.screen import interrupts
from glassneuron.cli.tables import class_weights_of, validation_share
from glassneuron.data.columns.apart import Times, group_names, without_group
from glassneuron.data.disk.open_table import DiskTable
from glassneuron.data.files import read
from glassneuron.data.reading import Reading
from glassneuron.data.table import Table
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.errors import problem
from glassneuron.learning.history import OnEpoch
from glassneuron.pipelines.choice import AUTO, SMALL, Candidate, Choice, candidates, choose
from glassneuron.pipelines.cross_validation import CrossValidation, cross_validate
from glassneuron.pipelines.folds import Apart, Fold
from glassneuron.pipelines.pipelines import Train, pipeline
from glassneuron.pipelines.task import FitResult, Task
from glassneuron.progress import bar

FOLDS = 5
HOLDOUT = 0.25
DEFAULTS = {"repeats": 1, "budget": 30.0}


@dataclass(frozen=True)
class Judging:
    """What the options say about how a model is judged.

    Attributes
    ----------
    holdout : float, optional
        Share of the rows held out.
    cv : int, optional
        Folds of a cross-validation.
    repeats : int
    groups, time : str, optional
        Columns: of rows that belong together, and of when a row was measured.
    budget : float
        Seconds that `--model auto` may take.
    measures : bool
        Whether to print all measures.
    """

    holdout: float | None = None
    cv: int | None = None
    repeats: int = 1
    groups: str | None = None
    time: str | None = None
    budget: float = 30.0
    measures: bool = False

    def check(self, model: str) -> None:
        """Refuse what cannot be, before the table is read."""
        if self.holdout is not None:
            checks.number("holdout", self.holdout, "[0, 1)")
        if self.cv is not None:
            checks.integer("cv", self.cv, "[2, inf)")
        checks.integer("repeats", self.repeats, "[1, inf)")
        checks.number("budget", self.budget, "(0, inf)")
        if self.repeats > 1 and self.cv is None and model != AUTO:
            raise problem("parameter", name="repeats", rule="left out without --cv", value=self.repeats)
        if self.groups is not None and self.time is not None:
            raise problem("parameter", name="groups", rule="left out beside --time", value=self.groups)

    @property
    def asked(self) -> dict[str, Any]:
        """What differs from the default, by the names of the options."""
        given = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "measures"}
        return {name: value for name, value in given.items() if value not in (None, DEFAULTS.get(name))}

    @property
    def column(self) -> str | None:
        """The column that sets rows apart."""
        return self.time if self.groups is None else self.groups

    @property
    def option(self) -> str:
        """Which of the two options names a column."""
        return "groups" if self.groups is not None else "time"

    def share(self, model: str) -> float:
        """Return the share of rows that are held out: none where a cross-validation judges instead."""
        if self.holdout is not None:
            return self.holdout
        return 0.0 if self.cv is not None and model != AUTO else HOLDOUT

    def without(self, reading: Reading | None) -> Reading | None:
        """Leave the column of groups or times out of the features."""
        column = self.column
        if column is None:
            return reading
        reading = Reading() if reading is None else reading
        return replace(reading, drop=(*reading.drop, column))

    def apart(self, source: Path, table: Table, task: Task, reading: Reading | None) -> Apart:
        """Return how the rows of a table are set apart."""
        codes = task.y if task.classes else row_by_row(lambda y: np.zeros(len(y), np.int8), task.y)
        groups, times, column = None, None, self.column
        if column is not None and column == table.target:
            raise problem("parameter", name=self.option, rule="another column than the target", value=column)
        if isinstance(table, DiskTable):
            groups, times = table.groups, table.times
        elif self.groups is not None:
            groups = _groups(source, self.groups, table, reading)
        elif self.time is not None:
            times = _times(source, self.time, table, reading)
        return Apart(codes, groups, times, task.classes or ())

    def words(self, parts: int) -> str:
        """Say how the rows were divided."""
        if self.time is not None:
            return f"{parts} parts in the order of `{self.time}`, each judged by a model of the rows before it"
        again = f", {self.repeats} times" if self.repeats > 1 else ""
        together = f", each `{self.groups}` in one of them" if self.groups is not None else ""
        return f"{parts} folds{again}{together}; each is judged by a model of the others"


def _groups(source: Path, column: str, table: Table, reading: Reading | None) -> Array:
    names = group_names(read(source, reading, table.target).columns[column])
    texts = np.array(names if table.places is None else [names[place] for place in table.places.tolist()])
    gaps = np.flatnonzero(texts == "")
    if len(gaps):
        first = gaps[0] if table.places is None else table.places[gaps[0]]
        raise without_group(column, len(gaps), len(texts), int(first) + 1)
    return np.unique(texts, return_inverse=True)[1]


def _times(source: Path, column: str, table: Table, reading: Reading | None) -> Array:
    found = read(source, reading, table.target)
    times = Times(found, column, Reading() if reading is None else reading).of(0, found.rows)
    return times if table.places is None else times[table.places]


@dataclass(frozen=True)
class Recipe:
    """How each of the models is trained.

    Attributes
    ----------
    rate : float, optional
    epochs : int, optional
    seed : int
    class_weight : str, optional
    shards : int, optional
    target : str
    share : float, optional
        Of the rows, to keep the best epoch.
    watched_rows : Task, optional
        Rows of their own for it.
    """

    rate: float | None
    epochs: int | None
    seed: int
    class_weight: str | None
    shards: int | None = None
    target: str = ""
    share: float | None = None
    watched_rows: Task | None = None

    def check_auto(self, checkpoint: object, hidden: tuple[int, ...] | None) -> None:
        """Refuse what several models cannot share."""
        for name, value in (("rate", self.rate), ("shards", self.shards), ("checkpoint", checkpoint)):
            if value is not None:
                shown = "a file" if name == "checkpoint" else value
                raise problem("parameter", name=name, rule="left out with --model auto", value=shown)
        self.pipeline(SMALL if hidden is None else replace(SMALL, hidden=hidden))

    def pipeline(self, candidate: Candidate) -> Train:
        """Return a training, ready to begin."""
        return pipeline(
            candidate.model, rate=self.rate, epochs=self.epochs, seed=self.seed, hidden=candidate.hidden,
            shards=self.shards,
        )  # fmt: skip

    def watched(self, task: Task, learn: Array) -> tuple[Array, Task | None]:
        """Return which of the rows are learned from, and those that are watched."""
        if self.share is None:
            return learn, self.watched_rows
        learn, rows = validation_share(task, learn, self.share, self.seed)
        return learn, task.part(rows)

    def fit(self, candidate: Candidate, task: Task, on_epoch: OnEpoch) -> FitResult:
        """Train on all rows of a task but those that are watched."""
        learn, watched = self.watched(task, np.arange(len(task.y)))
        part = task.part(learn)
        weights = class_weights_of(part, self.class_weight, self.target)
        held = None if watched is None else watched.weighed(weights)
        return self.pipeline(candidate)(part.weighed(weights), on_epoch, held)


@dataclass(frozen=True)
class Judged:
    """What a cross-validation found, or the choice among several."""

    cross_validation: CrossValidation | None = None
    choice: Choice | None = None

    def kept(self, judging: Judging) -> dict[str, Any]:
        """Return what the model keeps of it."""
        told = self.facts(judging)
        for each in ("confusion", "per_class"):
            told.get("cross_validation", {}).pop(each, None)
        return told

    def facts(self, judging: Judging) -> dict[str, Any]:
        """Return both as plain values."""
        found, choice = self.cross_validation, self.choice
        told: dict[str, Any] = {}
        if found is not None:
            told["cross_validation"] = {"how": judging.words(found.parts), **found.to_dict()}
        if choice is not None:
            told["choice"] = {"how": judging.words(choice.folds), "budget": judging.budget, **choice.to_dict()}
        return told


def judge(recipe: Recipe, candidate: Candidate, task: Task, apart: Apart, judging: Judging) -> Judged:
    """Cross-validate a model, or choose one where it is to be chosen."""
    parts = max(2, min(FOLDS, apart.most)) if judging.cv is None else judging.cv
    folds = apart.folds(parts, judging.repeats, recipe.seed)
    if candidate.model == AUTO:
        return Judged(choice=_chosen(recipe, candidates(task, candidate.hidden), task, folds, parts, judging))
    with interrupts() as interrupted, bar(len(folds), "judging", "fold {task.completed} of {task.total}") as tell:

        def after(done: int) -> bool:
            tell(done, "")
            return interrupted()

        found = cross_validate(
            lambda part: recipe.fit(candidate, part, lambda _: interrupted()), task, folds, after, parts
        )
    if found is None:  # a part of it says nothing
        raise KeyboardInterrupt
    return Judged(replace(found, independent=judging.groups is None))


def _chosen(
    recipe: Recipe, among: Sequence[Candidate], task: Task, folds: Sequence[Fold], parts: int, judging: Judging
) -> Choice:
    """Choose a model within the budget of time; Ctrl-C ends the search, and one of those that are done is taken."""
    measure = "accuracy" if recipe.class_weight is None else "balanced_accuracy"
    measure = "root_mean_squared_error" if task.classes is None else measure
    end, some = time.monotonic() + judging.budget, False
    count = "{task.completed} of {task.total} trainings,"
    with interrupts() as interrupted, bar(len(among) * len(folds), "choosing", count) as tell:
        begun: list[Candidate] = []

        def stop(done: bool) -> bool:
            nonlocal some
            some = done
            return interrupted() or (done and time.monotonic() > end)

        def say(candidate: Candidate, fold: int) -> None:
            if candidate not in begun:
                begun.append(candidate)
            left = max(0.0, end - time.monotonic())
            tell((len(begun) - 1) * len(folds) + fold, f"{candidate.name}, {left:.0f} s left")

        found = choose(
            lambda each, part: recipe.fit(each, part, lambda _: stop(some)), task, among, folds, measure,
            parts, stop, say,
        )  # fmt: skip
    if found is None:
        raise KeyboardInterrupt
    return found
