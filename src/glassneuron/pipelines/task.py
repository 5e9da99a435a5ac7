"""What there is to learn from a table, how, and what a training leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, taken
from glassneuron.learning.diagnosis.finding import Finding, Outlook
from glassneuron.learning.history import History
from glassneuron.learning.measures.classes import accuracy, how_many
from glassneuron.learning.measures.numbers import mean_absolute_error, r_squared
from glassneuron.neurons.model import Model
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.preparing import feature_names
from glassneuron.neurons.scaling import Scaling
from glassneuron.pipelines.evaluation import Evaluation, asked, evaluate, learned_targets
from glassneuron.proofs.exact.table import ExactTable


@dataclass(frozen=True)
class Task:
    """Finite rows `X` in the features' own units, of shape (rows, features), and one target in `y` for each of them.

    A target is a position in `classes`, or a number where `classes` is None. `encoding` says how a table's columns
    become features, `about` holds facts that the model keeps, and `weight`, if not empty, is the weight of each row.
    `exact` holds the same rows with all their digits, for proofs.
    """

    X: Array
    y: Array
    classes: tuple[Any, ...] | None
    names: tuple[str, ...]
    encoding: dict[str, Any] | None = None
    about: dict[str, Any] = field(default_factory=dict)
    weight: Array = field(default_factory=lambda: np.empty(0))
    exact: ExactTable | None = None

    def part(self, rows: Array) -> Task:
        """Take some of the rows."""
        weight = taken(self.weight, rows) if len(self.weight) else self.weight
        exact = self.exact and self.exact.only(rows)
        return replace(self, X=taken(self.X, rows), y=taken(self.y, rows), weight=weight, exact=exact)

    def weighed(self, weights: Array | None) -> Task:
        """Weigh each row by its class, from an ndarray of shape (classes,)."""
        if weights is None:
            return self
        each = np.asarray(weights, np.float64)
        return replace(self, weight=row_by_row(lambda y: each[y], self.y))

    @property
    def columns(self) -> list[int] | None:
        """The number of the table's column that each feature was made from, where the table is known."""
        if self.encoding is None:
            return None
        sizes = [len(feature_names(each)) for each in self.encoding["columns"]]
        return np.repeat(np.arange(len(sizes)), sizes).tolist()

    @property
    def fires_for(self) -> Array:
        """The class that each neuron of a layer of its own is to fire for: the second of two, or each of more."""
        assert self.classes is not None
        return np.arange(len(self.classes)) if len(self.classes) > 2 else np.array([1])

    def balanced(self) -> Array:
        r"""Return :math:`w_c = n / (k\,n_c)`: with it all classes weigh the same, and a row weighs 1 on average."""
        assert self.classes is not None
        return len(self.y) / (len(self.classes) * how_many(self.y, len(self.classes)))


@dataclass(frozen=True)
class FitResult:
    """What a training leaves behind: the model, its history, and how the features were scaled.

    `diagnosis` returns the findings, given what a proof says, if one was asked for. `neurons` are those side by side,
    in the table's own units; there are none if the model has more than one layer.
    """

    model: Model
    history: History
    diagnosis: Callable[[Outlook | None], list[Finding]]
    scaling: Scaling
    neurons: tuple[Neuron, ...] = ()


@dataclass(frozen=True)
class Report:
    """A training on the rows `learn` of a task, and the rows held out or watched to judge it by.

    `notes` say what was recognised in the table, or left out; `groups` which rows belong together, where some do.
    """

    task: Task
    learn: Array
    held_out: Array
    fitted: FitResult
    watched: Task | None = None
    notes: tuple[str, ...] = ()
    groups: Array | None = None

    @cached_property
    def answers(self) -> Array:
        """The answer to each row: positions in the classes, or numbers."""
        return self._answers(self.task.X)

    @cached_property
    def parts(self) -> list[tuple[str, Array, Array]]:
        """The rows that were learned from, watched and held out, as far as there are any: name, targets, answers."""
        y, answers = self.task.y, self.answers
        parts = [("learned", taken(y, self.learn), taken(answers, self.learn))]
        if self.watched is not None:
            parts.append(("validation", self.watched.y, self._answers(self.watched.X)))
        if len(self.held_out):
            parts.append(("held_out", taken(y, self.held_out), taken(answers, self.held_out)))
        return parts

    @property
    def scores(self) -> dict[str, dict[str, Any]]:
        """How many rows each part has, and how good the answers to them are."""
        scores: dict[str, Callable[[Array, Array], float | None]] = {"accuracy": accuracy}
        if self.task.classes is None:
            scores = {"r_squared": r_squared, "mean_absolute_error": mean_absolute_error}
        found: dict[str, dict[str, Any]] = {
            name: {"rows": len(y)} | {score: measure(y, got) for score, measure in scores.items()}
            for name, y, got in self.parts
        }
        found["held_out" if len(self.held_out) else "learned"]["measures"] = [
            measure.to_dict() for measure in self.evaluation.measures
        ]
        return found

    @cached_property
    def evaluation(self) -> Evaluation:
        """What was measured on the rows to judge by; how far it can be trusted is known where they were held out."""
        y, rows = self.task.y, self.judged
        learned = learned_targets(taken(y, self.learn), self.task.classes)
        groups = None if self.groups is None else taken(self.groups, rows)
        X, bounds = taken(self.task.X, rows), len(self.held_out) > 0
        return evaluate(self.fitted.model, X, taken(y, rows), learned, groups=groups, bounds=bounds)

    def _answers(self, X: Array) -> Array:
        model = self.fitted.model
        if model.classes is None:
            return asked(model, model.predict, X)
        return asked(model, lambda rows: model.positions(rows).astype(np.int32), X)

    @property
    def judged(self) -> Array:
        """The rows to judge by: those held out, if there are any."""
        return self.held_out if len(self.held_out) else self.learn

    @property
    def rule(self) -> str:
        """The name of the model in `pipelines.MODELS`."""
        return str(self.fitted.model.about["rule"])

    @property
    def mean(self) -> float:
        """The mean target of the rows that were learned from: what a measurement's answer is compared with."""
        return float(taken(self.task.y, self.learn).mean())
