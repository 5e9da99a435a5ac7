"""Cross-validation: how well a kind of model answers rows that it has not learned from, and how much that varies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from glassneuron.data.disk.room import taken
from glassneuron.engine.arrays import Array
from glassneuron.learning.measures.classes import of_each_class, without_intervals
from glassneuron.pipelines.evaluation import Evaluation, evaluate, learned_targets
from glassneuron.pipelines.folds import Fold
from glassneuron.pipelines.task import FitResult, Task


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What was measured on each fold, by a model that learned from the others.

    Attributes
    ----------
    classes : tuple or None
    evaluations : tuple of Evaluation
    parts : int
        Into how many parts the rows were divided, each time.
    independent : bool
        Whether each row says something of its own, so that their number tells how far a share can be trusted.
    """

    classes: tuple[Any, ...] | None
    evaluations: tuple[Evaluation, ...]
    parts: int
    independent: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The measures."""
        return tuple(measure.name for measure in self.evaluations[0].measures)

    def values(self, name: str) -> list[float]:
        """Return a measure on each fold that has it."""
        measured = (measure for each in self.evaluations for measure in each.measures if measure.name == name)
        return [measure.value for measure in measured if measure.value is not None]

    def mean(self, name: str) -> float | None:
        """Return its mean over the folds."""
        values = self.values(name)
        return float(np.mean(values)) if values else None

    def deviation(self, name: str) -> float | None:
        """Return its standard deviation over the folds; None for a single one."""
        values = self.values(name)
        return float(np.std(values, ddof=1)) if len(values) > 1 else None

    def baseline(self, name: str) -> float | None:
        """Return the mean of the same without looking at the row."""
        measured = (measure for each in self.evaluations for measure in each.measures if measure.name == name)
        values = [measure.baseline for measure in measured if measure.baseline is not None]
        return float(np.mean(values)) if values else None

    def counts(self) -> Array | None:
        """Return the rows of each class (down) by their answer (across), with each row judged once."""
        counts = [each.counts for each in self.evaluations[: self.parts] if each.counts is not None]
        return np.sum(counts, axis=0) if counts else None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values: the rows of each fold, each measure with its mean and deviation, and each class."""
        measures = [
            {
                "name": name,
                "mean": self.mean(name),
                "deviation": self.deviation(name),
                "baseline": self.baseline(name),
                "values": self.values(name),
            }
            for name in self.names
        ]
        told: dict[str, Any] = {"rows": [each.rows for each in self.evaluations], "measures": measures}
        counts = self.counts()
        if counts is not None and self.classes is not None:
            told["confusion"] = counts.tolist()
            each = of_each_class(counts) if self.independent else without_intervals(of_each_class(counts))
            told["per_class"] = [{"class": c, **asdict(one)} for c, one in zip(self.classes, each, strict=True)]
        return told


def cross_validate(
    train: Callable[[Task], FitResult],
    task: Task,
    folds: Sequence[Fold],
    after: Callable[[int], bool] = lambda done: False,
    parts: int | None = None,
) -> CrossValidation | None:
    """Train on each fold's rows and measure the model on the others.

    Parameters
    ----------
    train : callable
        Learns a task.
    task : Task
    folds : sequence of pairs of row numbers
        To learn from and to judge by, as `folds.Apart` makes them.
    after : callable
        Called with the number of folds that are done; True stops.
    parts : int, optional
        Into how many parts the rows were divided, if that was done more than once.

    Returns
    -------
    CrossValidation, or None if it was stopped

    Examples
    --------
    >>> from glassneuron.pipelines.folds import Apart
    >>> from glassneuron.pipelines.pipelines import pipeline
    >>> X, y = np.arange(20.0)[:, np.newaxis], np.repeat([0, 1], 10)
    >>> task = Task(X, y, ("small", "large"), ("size",))
    >>> found = cross_validate(pipeline("sigmoid"), task, Apart(y).folds(5))
    >>> len(found.values("accuracy")), found.mean("accuracy") > 0.8
    (5, True)
    """
    found = []
    for done, (learn, judged) in enumerate(folds):
        if after(done):
            return None
        model = train(task.part(learn)).model
        learned = learned_targets(task.y[learn], task.classes)
        found.append(evaluate(model, taken(task.X, judged), task.y[judged], learned, bounds=False))
    return None if after(len(folds)) else CrossValidation(task.classes, tuple(found), parts or len(folds))
