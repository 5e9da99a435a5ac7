"""What all estimators share: the settings of a fit, held-out rows, steps to watch and findings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np

from glassneuron.data.atomic import can_write
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, taken, true_places
from glassneuron.errors import problem
from glassneuron.estimators.callbacks import has_callbacks
from glassneuron.estimators.scikit import BaseEstimator, CallbackSupportMixin, with_callbacks
from glassneuron.estimators.validation import as_pair, fitted, labels, transactional, weights_of
from glassneuron.learning.algorithms.base import Algorithm, State
from glassneuron.learning.checkpoints.checkpoint import EVERY, Checkpoint
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.diagnosis.case import Case
from glassneuron.learning.diagnosis.finding import Finding, Findings
from glassneuron.learning.diagnosis.neurons import findings
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.prospects import Decide
from glassneuron.learning.settings import Checked, TrainerSettings, rules, seed_of, setting
from glassneuron.learning.split import split
from glassneuron.learning.trainer import Trainer
from glassneuron.learning.watch.watch import steps_of

S = TypeVar("S", bound=TrainerSettings)


def refuse_uncallable(value: object) -> None:
    """Refuse an `on_epoch` that is there and cannot be called."""
    if value is not None and not callable(value):
        rule, kind = "something to call", type(value).__name__
        raise problem("parameter-type", name="on_epoch", rule=rule, value=value, kind=kind)


def refuse_no_file(value: object) -> None:
    """Refuse a `checkpoint` that is neither the name of a file nor None."""
    if value is not None and not isinstance(value, str | os.PathLike):
        kind = type(value).__name__
        raise problem("parameter-type", name="checkpoint", rule="the name of a file", value=value, kind=kind)


def _all_true(groups: Array) -> Array:
    return np.ones(len(groups), bool)


@dataclass(frozen=True, eq=False)
class Task:
    """What there is to learn, checked: rows, rows held out, and the numbers of the first where the caller had them.

    `given` is what the caller passed, all rows.
    """

    data: Dataset
    validation: Dataset | None = None
    rows: Array | None = None
    given: Any = None


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
    checkpoint: Any = setting(
        None, refuse_no_file,
        "A file that holds the state of the training, so that a `fit` that was killed goes on from there when it is "
        "called again, to the same bits. It stays when the training is over.",
    )  # fmt: skip
    checkpoint_every: float = setting(EVERY, "float [0, inf)", "Seconds from one state in that file to the next.")
    verbose: Any = setting(False, lambda value: None, "Show a progress bar, in a terminal.")
    on_epoch: OnEpoch | None = setting(
        None, refuse_uncallable, "Called with the history after each epoch; returning True stops."
    )

    def _settings(self, kind: type[S], **changes: Any) -> S:
        """Return the settings of the rule alone, which were checked before."""
        names = (name for name, _, _ in rules(kind))  # type: ignore[arg-type]  # a cached function takes what hashes
        return kind(**{name: getattr(self, name) for name in names} | changes)

    # What each kind of estimator says of itself.

    history_: History = field(init=False)
    n_iter_: int = field(init=False)
    n_features_in_: int = field(init=False)
    _state: State = field(init=False)
    _findings: list[Finding] | Case = field(init=False)

    def _checked(self, X: Any, y: Any, *, first: bool = True) -> tuple[Any, Array]:
        raise NotImplementedError

    def _dataset(self, X: Any, y: Array, weight: Array | None, *, first: bool) -> Dataset:
        raise NotImplementedError

    def _groups(self, data: Dataset) -> Array:
        """Return the group of each row, of which the same fraction is held out."""
        return np.zeros(len(data.y))

    def _algorithm(self, data: Dataset, seed: int) -> Algorithm:
        raise NotImplementedError

    def _decider(self, task: Task) -> Decide | None:
        """Return what the training may ask whether an end without mistakes can come."""
        return None

    def _train(self, X: Any, y: Any, task: Task, seed: int, before: Any) -> None:
        """Learn a task that is checked; the classes were these before."""
        raise NotImplementedError

    def _train_on(self, data: Dataset, seed: int, *, first: bool) -> History:
        """Go through some rows once, keep what was learned, and return the history of this call."""
        raise NotImplementedError

    # The common part.

    def _checkpoint(self, task: Task, settings: TrainerSettings, **more: Any) -> Checkpoint | None:
        """Return where the state of a training is kept, if anywhere."""
        if self.checkpoint is None:
            return None
        can_write(Path(self.checkpoint))
        found = Checkpoint(Path(self.checkpoint), self.checkpoint_every)
        return found.of(task.data, task.validation, settings, estimator=type(self).__name__, **more)

    def _seed(self) -> int:
        return seed_of(vars(self)["random_state"])  # declared by the settings of each rule

    def _task(self, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any] | None, seed: int) -> Task:
        given = X
        X, y = self._checked(X, y)
        data = self._dataset(X, y, weights_of(X, sample_weight), first=True)
        if validation is not None:
            held_out = self._dataset(*self._checked(*as_pair(validation), first=False), None, first=False)
            return Task(data, held_out, given=given)
        if not self.early_stopping:
            return Task(data, given=given)
        groups, weight = self._groups(data), data.sample_weight
        counting = true_places(weight) if len(weight) else None
        counted = groups if counting is None else taken(groups, counting)
        _, held = split(counted, self.validation_fraction, seed)
        if len(held) == 0:
            which = "rows" if len(counted) == len(groups) else "rows that weigh more than 0"
            enough = f"enough of the {len(counted)} {which} to hold one out"
            raise problem("parameter", name="validation_fraction", rule=enough, value=self.validation_fraction)
        held, kept = held if counting is None else taken(counting, held), row_by_row(_all_true, groups)
        kept[held] = False
        rows = true_places(kept)
        return Task(data.subset(rows), data.subset(held), rows, given)

    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation: tuple[Any, Any] | None = None) -> Self:
        """Learn from rows and their labels or numbers.

        Parameters
        ----------
        X : array_like of shape (rows, features)
            Sparse rows, too; networks make arrays of some of them at a time.
        y : array_like of shape (rows,)
            Labels of any kind, or numbers. `MLPClassifier` also takes a table of 0 and 1, (rows, labels), and
            `MLPRegressor` one of numbers, (rows, outputs).
        sample_weight : array_like of shape (rows,), optional
            How much each row counts: 2 is the same as the row twice, to a network as the row twice in its batch.
        validation : tuple of X and y, optional
            Rows of your own to watch, instead of those that `early_stopping` holds out.

        Returns
        -------
        self

        Raises
        ------
        ParameterError, ParameterTypeError, DataError
        """
        self._fit(X, y, sample_weight, validation)
        return self

    @transactional
    def _fit(self, *given: Any) -> None:
        (with_callbacks(FitSettings._learn) if has_callbacks(self) else FitSettings._learn)(self, *given)

    def _learn(self, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any] | None) -> None:
        self.check()
        before, seed = getattr(self, "classes_", None), self._seed()
        self._train(X, y, self._task(X, y, sample_weight, validation, seed), seed, before)

    @transactional
    def _partial_fit(self, X: Any, y: Any, classes: Any, sample_weight: Any) -> None:
        self.check()
        first = not hasattr(self, "_state")
        X, y = self._checked(X, y, first=first)
        weight = weights_of(X, sample_weight)
        if first and classes is not None:
            self._take_classes(y, classes)
        data = self._dataset(X, y, weight, first=first and classes is None)
        new = self._train_on(data, self._seed(), first=first)
        if self.on_epoch is not None and not new.diverged:
            self.on_epoch(self.history_)

    def _take_classes(self, y: Any, classes: Any) -> None:
        self.classes_ = labels(classes)[0]

    def steps(self, X: Any, y: Any) -> Iterator[Any]:
        """Yield each step of the training that `fit` would do; `glassneuron.watch` calls it."""
        learner, task = self._ready(X, y)
        for step in steps_of(learner._trainer(task)):
            if task.rows is not None and hasattr(step, "example"):
                step = replace(step, example=int(task.rows[step.example]))
            yield learner._told(step)

    def _told(self, step: Any) -> Any:
        """Add to a step what the estimator alone knows."""
        return step

    def training(self, X: Any, y: Any) -> tuple[Trainer, Any]:
        """Return the training that `fit` would do, from its first start, and how a network's table is scaled for it.

        `glassneuron.code` writes it down.
        """
        learner, task = self._ready(X, y)
        return learner._trainer(task), getattr(learner, "_scales", None)

    def _ready(self, X: Any, y: Any) -> tuple[FitSettings, Task]:
        learner: FitSettings = type(self)(**self.get_params())
        learner.check()
        return learner, learner._task(X, y, None, None, self._seed())

    def _trainer(self, task: Task) -> Trainer:
        return Trainer(self._algorithm(task.data, self._seed()), task.validation, decide=self._decider(task))

    def diagnose(self) -> list[Finding]:
        """Return what kept the last training from learning, with evidence and what to do about it.

        For neurons: features on different scales, constant ones and copies, classes of very different size or one after
        the other, ties, a rate that only rescales, a loss that diverged or has not settled, saturated sigmoids, and
        whether any neuron can have every row right, where that was decided. For networks: a loss that diverged or stays
        at that of the same answer to every row, dead relu neurons, identical and saturated neurons. Up to 500 of the
        rows are looked at; they are kept until this is first called or the estimator is pickled. After `partial_fit`
        of neurons only what a block of rows can tell is looked at.

        Returns
        -------
        list of Finding
            Empty where nothing stands out; `print` shows their sentences.
        """
        fitted(self)
        if not isinstance(self._findings, list):
            self._findings = findings(self._findings)
        return Findings(self._findings)

    def __getstate__(self) -> dict[str, Any]:
        if "_findings" in vars(self):
            self.diagnose()  # a few sentences are shorter than the rows that are looked at
        return super().__getstate__()

    def _names(self) -> tuple[str, ...]:
        names = getattr(self, "feature_names_in_", [f"x{j + 1}" for j in range(self.n_features_in_)])
        return tuple(map(str, names))

    def _about(self, rule: str) -> dict[str, Any]:
        return {"rule": rule, "epochs": self.n_iter_, "why_stopped": self.history_.why_stopped}


class PartialClassifier:
    """Learns block by block which class a row is of."""

    _partial_fit: Any

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Go through some rows once, from where the neurons or the network and its optimiser stand.

        Of single neurons and without shuffling, one call for each block of a table after the other is the same as one
        epoch of `fit`, to the bit. What is in a pocket is the best for the rows of the last call.

        Parameters
        ----------
        X, y, sample_weight
            As `fit` takes them.
        classes : array_like of shape (classes,)
            All that will ever come; needed in the first call, unless all are in its rows.

        Returns
        -------
        self
        """
        self._partial_fit(X, y, classes, sample_weight)
        return self


class PartialRegressor:
    """Learns block by block which number a row is answered with."""

    _partial_fit: Any

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Go through some rows once, from where the neuron or the network and its optimiser stand.

        Parameters
        ----------
        X, y, sample_weight
            As `fit` takes them.

        Returns
        -------
        self
        """
        self._partial_fit(X, y, None, sample_weight)
        return self


def next_seed(state: State, random_state: int, steps: int) -> State:
    """Return a state whose orders are others than those of the calls before."""
    return state | {"seed": np.array([random_state + steps])}
