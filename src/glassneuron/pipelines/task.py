"""What there is to learn from a table, how, and what a training leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.diagnosis.finding import Finding, Outlook
from glassneuron.learning.history import History
from glassneuron.neurons.model import Model
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling

EACH_ONCE: Array = np.empty(0)
AT_A_TIME = 1_000_000_000
"""Multiply-adds of answers that are asked for together, so that Ctrl-C need not wait long."""


@dataclass(frozen=True)
class Task:
    """What there is to learn.

    Attributes
    ----------
    X : ndarray of shape (rows, features), finite
        In the features' own units.
    y : ndarray of shape (rows,)
        The class of each row as a position in `classes`, or the number to answer with.
    classes : tuple or None
        The labels; None where the target is a measurement.
    names : tuple of str
        The features.
    encoding : dict or None
        How a table's columns become features.
    about : dict
        Facts that the model is to keep.
    counts : ndarray of shape (rows,), or empty if each row counts once
    """

    X: Array
    y: Array
    classes: tuple[Any, ...] | None
    names: tuple[str, ...]
    encoding: dict[str, Any] | None = None
    about: dict[str, Any] = field(default_factory=dict)
    counts: Array = field(default_factory=lambda: EACH_ONCE)

    def part(self, rows: Array) -> Task:
        """Take some of the rows."""
        counts = self.counts[rows] if len(self.counts) else self.counts
        return replace(self, X=self.X[rows], y=self.y[rows], counts=counts)

    def weighed(self, weights: Array) -> Task:
        """Let the rows of each class count as much as its weight, of an ndarray of shape (classes,)."""
        return replace(self, counts=np.asarray(weights, np.float64)[self.y])

    @property
    def fires_for(self) -> Array:
        """The class that each neuron of a layer of its own is to fire for: the second of two, or each of more."""
        assert self.classes is not None
        return np.arange(len(self.classes)) if len(self.classes) > 2 else np.array([1])

    def balanced(self) -> Array:
        r"""Give each class the weight with which all count the same, and a row once on average.

        .. math:: w_c = \frac{n}{k\,n_c}

        Examples
        --------
        >>> Task(np.zeros((4, 1)), np.array([0, 0, 0, 1]), ("no", "yes"), ("x",)).balanced()
        array([0.66666667, 2.        ])
        """
        assert self.classes is not None
        return len(self.y) / (len(self.classes) * np.bincount(self.y, minlength=len(self.classes)))


@dataclass(frozen=True)
class Settings:
    """How to learn; None stands for what suits the learner.

    Attributes
    ----------
    rate : float in (0, inf) or None
    epochs : int, at least 1, or None
    seed : int, at least 0
    hidden : sequence of int or None
        Neurons of each hidden layer of a network; empty for none.
    """

    rate: float | None = None
    epochs: int | None = None
    seed: int = 0
    hidden: Sequence[int] | None = None


@dataclass(frozen=True)
class Trained:
    """What a training leaves behind: the model, its course, and what stands out in it.

    Attributes
    ----------
    model : Model
    history : History
    diagnosis : callable
        From what a proof says ("" where none was asked for) to the findings.
    scaling : Scaling
        How the features were brought to one scale.
    neurons : tuple of Neuron
        Those that stand side by side, in the table's own units; none of a model of more than one layer.
    """

    model: Model
    history: History
    diagnosis: Callable[[Outlook | None], list[Finding]]
    scaling: Scaling
    neurons: tuple[Neuron, ...] = ()


@dataclass(frozen=True)
class Learned:
    """A training with the rows that it was judged on.

    Attributes
    ----------
    task : Task
        All rows.
    learn, held_out : ndarrays of row numbers
    trained : Trained
    watched : Task or None
        The validation rows, by which the best epoch was chosen.
    """

    task: Task
    learn: Array
    held_out: Array
    trained: Trained
    watched: Task | None = None

    @cached_property
    def answers(self) -> Array:
        """The answer to each row: positions in the classes, or numbers."""
        return self._answers(self.task.X)

    @cached_property
    def parts(self) -> list[tuple[str, Array, Array]]:
        """The rows that were learned from, watched and held out, as far as there are any: name, targets, answers."""
        y, answers = self.task.y, self.answers
        parts = [("learned", y[self.learn], answers[self.learn])]
        if self.watched is not None:
            parts.append(("validation", self.watched.y, self._answers(self.watched.X)))
        if len(self.held_out):
            parts.append(("held_out", y[self.held_out], answers[self.held_out]))
        return parts

    def _answers(self, X: Array) -> Array:
        model = self.trained.model
        answer = model.predict if model.classes is None else model.positions
        rows = max(1, AT_A_TIME // len(model.network.parameters))  # a compiled answer cannot be interrupted
        return np.concatenate([answer(X[start : start + rows]) for start in range(0, len(X), rows)])

    @property
    def judged(self) -> Array:
        """The rows to judge by: those held out, if there are any."""
        return self.held_out if len(self.held_out) else self.learn

    @property
    def rule(self) -> str:
        """The name of the learner."""
        return str(self.trained.model.about["rule"])

    @property
    def mean(self) -> float:
        """The mean target of the rows that were learned from: what a measurement's answer is compared with."""
        return float(self.task.y[self.learn].mean())
