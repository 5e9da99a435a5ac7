"""What the estimators of neurons side by side share: settings, checked rows, training, what it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils import Tags

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.callbacks import CallbackSupportMixin, followers, with_callbacks
from glassneuron.estimators.validation import (
    all_or_nothing,
    checked,
    class_counts,
    counts_of,
    fitted,
    known,
    labels,
    one_row,
    pair,
    seed_for_rows,
    seed_of,
    to_call,
)  # fmt: skip
from glassneuron.learning.course import CourseRule, Lesson, Memory
from glassneuron.learning.dataset import Examples
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.diagnosis.neurons import diagnose
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.split import split
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.model import Model
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.sums import weighted_sums


@dataclass(frozen=True, eq=False)
class Task:
    """What there is to learn, checked.

    Attributes
    ----------
    examples : Examples
    validation : Examples or None
        Rows held out.
    kept : ndarray of row numbers, or None
        Where the rows stood in the caller's table, if some are held out of it.
    """

    examples: Examples
    validation: Examples | None = None
    kept: Array | None = None


class NeuronEstimator(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]
    """Neurons side by side; the base of `Perceptron`, `Adaline`, `SigmoidNeuron` and `LinearNeuron`."""

    neurons_: list[Neuron]
    history_: History
    coef_: Array
    intercept_: Array
    n_features_in_: int
    n_iter_: int
    _memory: Memory
    _findings: list[Finding]

    # Settings that all have; each estimator names them in its own __init__, as scikit-learn wants it.
    learning_rate: float | None
    max_epochs: int
    fixed_bias: float | None
    shuffle: bool
    random_state: Any
    schedule: Any
    tol: float | None
    patience: int
    early_stopping: bool
    validation_fraction: float
    warm_start: bool
    verbose: Any
    on_epoch: OnEpoch | None

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # What each estimator says of itself.

    def _rule(self) -> CourseRule:
        raise NotImplementedError

    def _examples(self, X: Any, y: Array, counts: Array | None, *, first: bool) -> Examples:
        raise NotImplementedError

    def _lesson(self, examples: Examples, memory: Memory | None, *, once: bool = False) -> Lesson:
        raise NotImplementedError

    def _teach(self, lesson: Any, on_epoch: OnEpoch | None, validation: Examples | None) -> History:
        raise NotImplementedError

    def _activation(self) -> str:
        raise NotImplementedError

    def _outlook(self, examples: Examples) -> str:
        """Say whether more epochs could have every row right, where that was asked and is not known."""
        return ""

    # The common part.

    def _common(self) -> dict[str, Any]:
        return {
            "learning_rate": self.learning_rate,
            "max_epochs": self.max_epochs,
            "fixed_bias": self.fixed_bias,
            "shuffle": self.shuffle,
            "seed": seed_of(self.random_state),
            "schedule": self.schedule,
            "tolerance": self.tol,
            "patience": self.patience,
        }

    def _once(self, rule: Any) -> Any:
        """Give the rule for one more look at some rows, in an order of its own."""
        seed = None if rule.seed is None else rule.seed + getattr(self, "n_iter_", 0)
        return replace(rule, max_epochs=1, tolerance=None, schedule="constant", seed=seed)

    def _checked(self, X: Any, y: Any, *, first: bool = True, **more: Any) -> tuple[Any, Array]:
        X, y = checked(self, X, y, fitting=True, reset=first, accept_sparse="csr", **more)
        if issparse(X) and not X.has_canonical_format:
            X = X.copy()
            X.sum_duplicates()
        return X, y

    def _task(self, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any] | None) -> Task:
        X, y = self._checked(X, y)
        examples = self._examples(X, y, counts_of(X, sample_weight), first=True)
        if validation is not None:
            held = self._examples(*self._checked(*pair(validation), first=False), None, first=False)
            return Task(examples, held)
        if not checks.boolean("early_stopping", self.early_stopping):
            return Task(examples)
        checks.number("validation_fraction", self.validation_fraction, "(0, 1)")
        groups = examples.y if len(examples.fires_for) else np.zeros(len(examples.y))
        kept, held_out = split(groups, self.validation_fraction, seed_for_rows(self.random_state))
        if len(held_out) == 0:
            enough = f"enough of the {len(groups)} rows to hold one out"
            raise problem("parameter", name="validation_fraction", rule=enough, value=self.validation_fraction)
        return Task(examples.part(kept), examples.part(held_out), kept)

    @all_or_nothing
    @with_callbacks  # type: ignore[untyped-decorator]
    def _fit(self, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any] | None) -> None:
        rule, before = self._rule(), getattr(self, "classes_", None)
        task = self._task(X, y, sample_weight, validation)
        lesson = self._lesson(task.examples, self._standing(task.examples, before))
        called = to_call("on_epoch", self.on_epoch)
        with followers(
            self, X, y, rule.max_epochs, called, self.verbose, lambda _: self._attributes(lesson)
        ) as follow:  # fmt: skip
            self.history_ = self._teach(lesson, follow, task.validation)
        outlook = self._outlook(task.examples)
        if outlook:
            self.history_.why_stopped += f"; {outlook}"
        self._keep(lesson, outlook)

    def _standing(self, examples: Examples, before: Any) -> Memory | None:
        """Give where a warm start goes on from: the last fit, if it told the same classes apart by as many features."""
        if not checks.boolean("warm_start", self.warm_start) or not hasattr(self, "_memory"):
            return None
        same = before is None or np.array_equal(before, self.classes_)
        fits = self._memory.W.shape == (examples.neurons, examples.shape[1])
        return replace(self._memory, rate=self._rule().learning_rate or self._memory.rate) if same and fits else None

    @all_or_nothing
    def _partial_fit(self, X: Any, y: Any, classes: Any, sample_weight: Any) -> None:
        first, called = not hasattr(self, "_memory"), to_call("on_epoch", self.on_epoch)
        self._rule()  # refuses settings that cannot be
        X, y = self._checked(X, y, first=first)
        if first and classes is not None:
            self.classes_ = labels(classes)[0]
        counts = counts_of(X, sample_weight)
        examples = self._examples(X, y, counts, first=first and classes is None)
        lesson = self._lesson(examples, None if first else self._memory, once=True)
        new = self._teach(lesson, None, None)
        self.history_ = new.after(None if first else self.history_)
        self._keep(lesson, block=True)
        if called is not None and not new.diverged:
            called(self.history_)

    def _attributes(self, lesson: Lesson) -> dict[str, Any]:
        W, b = lesson.kept()
        names, activation = getattr(self, "feature_names_in_", None), self._activation()
        alone = "linear" if activation == "softmax" else activation  # a share is for a layer to give
        neurons = [Neuron(w, float(bias), alone, names=names) for w, bias in zip(W, b, strict=True)]
        told: dict[str, Any] = {"coef_": W, "intercept_": b, "neurons_": neurons, "_memory": lesson.memory()}
        return told | ({"neuron_": neurons[0]} if len(neurons) == 1 else {})

    def _keep(self, lesson: Lesson, outlook: str = "", *, block: bool = False) -> None:
        self.__dict__.pop("neuron_", None)
        for name, value in self._attributes(lesson).items():
            setattr(self, name, value)
        self.n_iter_ = self.history_.epochs
        names, classes = getattr(self, "feature_names_in_", None), getattr(self, "classes_", None)
        self._findings = diagnose(
            lesson,
            self.history_,
            outlook,
            names=names,
            classes=None if classes is None else classes.tolist(),
            block=block,
        )

    def diagnose(self) -> list[Finding]:
        """Tell what kept the last training from learning, with evidence and what to do about it.

        Looked at are the course of the training and up to 500 of the rows: features on different scales, constant ones
        and doubles, classes of very different size or one after the other, ties, a rate that only rescales, a loss that
        exploded or has not settled, saturated sigmoids, and whether any neuron can have every row right, where that was
        decided. After `partial_fit` only what a block of rows can tell is looked at: different scales, an explosion, a
        block of one class.

        Returns
        -------
        list of Finding
            Empty where nothing stands out; print one for its sentences.
        """
        fitted(self)
        return list(self._findings)

    def steps(self, X: Any, y: Any) -> Iterator[Any]:
        """Yield each step of the training that `fit` would do; `glassneuron.watch` calls it."""
        learner = type(self)(**self.get_params())
        task = learner._task(X, y, None, None)
        for step in learner._steps(task.examples, task.validation):
            if task.kept is not None and hasattr(step, "example"):
                step = replace(step, example=int(task.kept[step.example]))
            yield step

    def _steps(self, examples: Examples, validation: Examples | None) -> Iterator[Any]:
        raise NotImplementedError

    def _rows(self, X: Any) -> Any:
        fitted(self)
        return checked(self, X, fitting=False, accept_sparse="csr")[0]

    def _sums(self, X: Any) -> Array:
        """Give the weighted sums, of shape (rows, neurons)."""
        X = self._rows(X)
        return weighted_sums(np.atleast_2d(self.coef_), np.atleast_1d(self.intercept_), X)

    def _names(self) -> tuple[str, ...]:
        return tuple(map(str, getattr(self, "feature_names_in_", [f"x{j + 1}" for j in range(self.n_features_in_)])))

    def _about(self, rule: str) -> dict[str, Any]:
        return {"rule": rule, "epochs": self.n_iter_, "why_stopped": self.history_.why_stopped}

    @property
    def model_(self) -> Model | NetworkModel:
        """What was learned as a plain value that can be saved."""
        raise NotImplementedError

    def explain(self, row: Any) -> Explanation:
        """Show the arithmetic of the answer to one row.

        Parameters
        ----------
        row : array_like of shape (features,)
        """
        return self.model_.explain(one_row(self, row))


class NeuronClassifier(NeuronEstimator):
    """Neurons that tell classes apart: one for two classes, one a class for more."""

    classes_: Array
    class_weight: Any
    silent = 0.0

    def _examples(self, X: Any, y: Array, counts: Array | None, *, first: bool) -> Examples:
        if first:
            self.classes_, codes = labels(y)
        else:
            codes = known(self.classes_, y)
        counts = class_counts(self.class_weight, self.classes_, codes, counts, X.dtype)
        return Examples(X, codes, self._fires_for, self.silent, np.empty(0) if counts is None else counts)

    @property
    def _fires_for(self) -> Array:
        """The class that each neuron is to fire for.

        A single class is a constant to learn: 0, False and -1 mean that the neuron has to stay silent, any other label
        that it has to fire.
        """
        if len(self.classes_) > 2:
            return np.arange(len(self.classes_))
        silent = len(self.classes_) == 1 and self.classes_[0] in (0, -1)  # False equals 0
        return np.array([1 if len(self.classes_) == 2 or silent else 0])

    def fit(
        self, X: Any, y: Any, sample_weight: Any = None, validation: tuple[Any, Any] | None = None
    ) -> NeuronClassifier:
        """Learn from rows and their labels.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)
        y : array_like of shape (rows,)
            Labels of any kind.
        sample_weight : array_like of shape (rows,), optional
            How often each row counts: 2 is the same as the row twice.
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

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> NeuronClassifier:
        """Go through some rows once, from where the neurons stand.

        Without shuffling, one call for each block of a table after the other is the same as one epoch of `fit`: to the
        bit, or to 1e-12 with a penalty, which is then worked in at the end of each block. What is in a pocket is the
        best for the rows of the last call.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)
        y : array_like of shape (rows,)
        classes : array_like of shape (classes,)
            All that will ever come; needed in the first call, unless all are in its rows.
        sample_weight : array_like of shape (rows,), optional

        Returns
        -------
        self
        """
        self._partial_fit(X, y, classes, sample_weight)
        return self

    def decision_function(self, X: Any) -> Array:
        """Give the weighted sums.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,) for two classes, (rows, classes) for more
        """
        sums = self._sums(X)
        return sums[:, 0] if sums.shape[1] == 1 else sums

    def predict(self, X: Any) -> Array:
        """Give the class of each row: where the neuron fires, or whose sum is largest.

        Parameters
        ----------
        X : array_like or sparse of shape (rows, features)

        Returns
        -------
        ndarray of shape (rows,)
        """
        sums = self.decision_function(X)
        if len(self.classes_) == 1:
            return np.repeat(self.classes_, len(sums))
        return np.asarray(self.classes_[sums.argmax(axis=1) if sums.ndim == 2 else (sums >= 0.0).astype(np.intp)])

    def _model(self, rule: str) -> Model:
        fitted(self)
        return Model(
            tuple(self.neurons_), tuple(self.classes_.tolist()), self._names(), about=self._about(rule)
        )  # fmt: skip
