"""What all estimators share: the settings of a fit, held-out rows, steps to watch and findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field, fields, replace
from typing import Any, TypeVar

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.scikit import BaseEstimator, CallbackSupportMixin
from glassneuron.estimators.validation import fitted
from glassneuron.learning.algorithms.base import Algorithm, State
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.settings import Checked, TrainerSettings, seed_of, setting
from glassneuron.learning.split import split
from glassneuron.learning.trainer import Trainer
from glassneuron.learning.watch.watch import steps_of

S = TypeVar("S", bound=TrainerSettings)


def refuse_uncallable(value: object) -> None:
    """Refuse an `on_epoch` that is there and cannot be called."""
    if value is not None and not callable(value):
        rule, kind = "something to call", type(value).__name__
        raise problem("parameter-type", name="on_epoch", rule=rule, value=value, kind=kind)


@dataclass(frozen=True, eq=False)
class Task:
    """What there is to learn, checked.

    Attributes
    ----------
    data : Dataset
    validation : Dataset or None
        Rows held out.
    rows : ndarray of row numbers, or None
        Where the rows stood in the caller's table, if some are held out of it.
    """

    data: Dataset
    validation: Dataset | None = None
    rows: Array | None = None


@dataclass(eq=False, repr=False)
class FitSettings(Checked, CallbackSupportMixin, BaseEstimator):
    """The settings that every estimator adds to those of its rule."""

    _: KW_ONLY
    early_stopping: bool = setting(
        False, "bool", "Hold rows out, watch the loss on them and keep the weights of the best epoch."
    )
    validation_fraction: float = setting(0.1, "float (0, 1)", "Fraction of each class that is held out.")
    warm_start: bool = setting(
        False, "bool", "Start from what the last `fit` left, where classes and features are the same."
    )
    verbose: Any = setting(False, lambda value: None, "Show a progress bar, in a terminal.")
    on_epoch: OnEpoch | None = setting(
        None, refuse_uncallable, "Called with the history after each epoch; returning True stops."
    )

    def _settings(self, kind: type[S], **changes: Any) -> S:
        """Return the settings of the rule alone, checked."""
        self.check()
        return kind(**{each.name: getattr(self, each.name) for each in fields(kind) if each.init} | changes)

    def _hold_out(self, data: Dataset, groups: Array, seed: int) -> Task:
        """Hold rows out, the same fraction of each group, where that is asked for."""
        if not self.early_stopping:
            return Task(data)
        rows, held = split(groups, self.validation_fraction, seed)
        if len(held) == 0:
            enough = f"enough of the {len(groups)} rows to hold one out"
            raise problem("parameter", name="validation_fraction", rule=enough, value=self.validation_fraction)
        return Task(data.subset(rows), data.subset(held), rows)

    # What each kind of estimator says of itself.

    random_state: Any = field(init=False)
    history_: History = field(init=False)
    n_iter_: int = field(init=False)
    n_features_in_: int = field(init=False)
    _state: State = field(init=False)
    _findings: list[Finding] = field(init=False)

    def _task(self, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any] | None, seed: int) -> Task:
        raise NotImplementedError

    def _algorithm(self, data: Dataset, seed: int) -> Algorithm:
        raise NotImplementedError

    def steps(self, X: Any, y: Any) -> Iterator[Any]:
        """Yield each step of the training that `fit` would do; `glassneuron.watch` calls it."""
        learner: FitSettings = type(self)(**self.get_params())
        seed = seed_of(self.get_params()["random_state"])
        task = learner._task(X, y, None, None, seed)
        for step in steps_of(Trainer(learner._algorithm(task.data, seed), task.validation)):
            if task.rows is not None and hasattr(step, "example"):
                step = replace(step, example=int(task.rows[step.example]))
            yield step

    def diagnose(self) -> list[Finding]:
        """Return what kept the last training from learning, with evidence and what to do about it.

        For neurons: features on different scales, constant ones and copies, classes of very different size or one after
        the other, ties, a rate that only rescales, a loss that diverged or has not settled, saturated sigmoids, and
        whether any neuron can have every row right, where that was decided. For networks: a loss that diverged or stays
        at that of the same answer to every row, dead relu neurons, identical and saturated neurons. Up to 500 of the
        rows are looked at. After `partial_fit` of neurons only what a block of rows can tell is looked at.

        Returns
        -------
        list of Finding
            Empty where nothing stands out; print one for its sentences.
        """
        fitted(self)
        return list(self._findings)

    def _names(self) -> tuple[str, ...]:
        names = getattr(self, "feature_names_in_", [f"x{j + 1}" for j in range(self.n_features_in_)])
        return tuple(map(str, names))

    def _about(self, rule: str) -> dict[str, Any]:
        return {"rule": rule, "epochs": self.n_iter_, "why_stopped": self.history_.why_stopped}


def next_seed(state: State, random_state: int, steps: int) -> State:
    """Return a state whose orders are others than those of the calls before."""
    return state | {"seed": np.array([random_state + steps])}
