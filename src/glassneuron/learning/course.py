"""The course of a training: epoch after epoch, until there is nothing left to learn or somebody says stop."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.learning import schedules
from glassneuron.learning.dataset import Examples, judge
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.sampler import arranged, orders
from glassneuron.learning.stopping import Patience

SHARED_FROM = 5_000_000
"""Multiply-adds of an epoch from which neurons that do not look at each other learn on two cores."""
THREADS = 2


@dataclass(frozen=True)
class CourseRule:
    """What every rule that goes through rows one at a time has in common.

    Attributes
    ----------
    learning_rate : float in (0, inf), or None for one that suits the rows
    max_epochs : int, at least 1
    fixed_bias : float or None
        Hold the bias at this value; None learns it like a weight.
    shuffle : bool
        Show the rows in a new random order each epoch.
    seed : int or None
        Of the random orders.
    schedule : {"constant", "linear", "cosine", "inverse"}, or a function from the epoch to a rate
    tolerance : float in [0, inf) or None
        Stop when what is watched has not fallen by more for `patience` epochs: the loss on rows kept aside, if there
        are any, or else the loss. None never stops for that.
    patience : int, at least 1
    """

    learning_rate: float | None = 1.0
    max_epochs: int = 1000
    fixed_bias: float | None = None
    shuffle: bool = True
    seed: int | None = None
    schedule: schedules.Schedule = "constant"
    tolerance: float | None = None
    patience: int = 5

    def __post_init__(self) -> None:
        """Check each setting."""
        if self.learning_rate is not None:
            checks.number("learning_rate", self.learning_rate, "(0, inf)")
        checks.integer("max_epochs", self.max_epochs, "[1, inf)")
        if self.fixed_bias is not None:
            checks.number("fixed_bias", self.fixed_bias, "(-inf, inf)")
        checks.boolean("shuffle", self.shuffle)
        schedules.checked(self.schedule)
        if self.tolerance is not None:
            checks.number("tol", self.tolerance, "[0, inf)")
        checks.integer("patience", self.patience, "[1, inf)")


@dataclass
class Memory:
    """Where a training stands, so that it can go on with other rows.

    Attributes
    ----------
    W, b : ndarrays of shape (neurons, features) and (neurons,)
        The neurons that learn.
    rate : float
    more : dict
        What a rule keeps besides: sums, a pocket, votes.
    """

    W: Array
    b: Array
    rate: float
    more: dict[str, Array]


class Lesson:
    """The neurons at work and everything the kernels need, in the form that suits the speed.

    A rule gives `code`, `first_rate` and `show`; what it keeps besides the weights, it names in `remembered`.

    Attributes
    ----------
    code : int
        The activation, by which the neurons are judged.
    settles : bool
        Whether an epoch without a mistake is the end.
    fresh : bool
        Whether the neurons started at 0, not from where a memory says.
    """

    code: int
    settles = False
    remembered: tuple[str, ...] = ()

    def __init__(self, examples: Examples, rule: CourseRule, memory: Memory | None = None) -> None:
        neurons, features = examples.neurons, examples.shape[1]
        self.examples, self.rule, self.dtype = examples, rule, examples.X.dtype
        self.work = float(examples.entries) * neurons
        self.kernels = backend.kernels(self.work * rule.max_epochs * self.effort(len(examples.y)))
        rows, counts = arranged(examples, rule.shuffle)
        self.rows, self.orders = rows, orders(rows, rule.shuffle, rule.seed)
        self.total = float(counts[rows].sum()) if len(counts) else float(len(rows))
        self.fresh = memory is None
        if memory is None:
            W = np.zeros((neurons, features), self.dtype)
            b = np.full((neurons, 1), rule.fixed_bias or 0.0, self.dtype)
        else:
            W, b = memory.W.astype(self.dtype), memory.b.astype(self.dtype)[:, np.newaxis]
        self.W, self.b, self.y, self.fires_for, self.counts = backend.inputs(
            self.kernels, W, b, examples.y, examples.fires_for, counts
        )
        self.X = backend.table(self.kernels, examples.X)
        self.rate = memory.rate if memory else rule.learning_rate or self.first_rate()
        self.bias_moves = 0.0 if rule.fixed_bias is not None else 1.0
        self._remember(memory.more if memory else self.first_memory())

    def effort(self, rows: int) -> float:
        """Give how many looks at a row it takes to learn from one."""
        return 1.0

    def first_rate(self) -> float:
        """Give a learning rate that suits the rows."""
        return 1.0

    def first_memory(self) -> dict[str, Array]:
        """Give what the rule keeps besides the weights, before it has seen anything."""
        return {}

    def show(self, order: Array, eta: float) -> tuple[int, float]:
        """Learn from some rows, in this order: the mistakes, and the sum of the losses."""
        raise NotImplementedError

    def end_epoch(self) -> None:
        """Do what is left to do when all rows were shown."""

    def settled(self) -> int:
        """After an epoch without a mistake: how many mistakes there are nevertheless."""
        return 0

    def sound(self, loss: float) -> bool:
        """Tell whether the numbers are still those of a training that goes well."""
        W, b = self.weights()
        return bool(math.isfinite(loss) and np.isfinite(W).all() and np.isfinite(b).all())

    def not_yet(self, history: History) -> str:
        """Say how it ends when all epochs are over."""
        return f"all {history.epochs} epochs are over; the last loss is {history.losses[-1]:.4g}"

    def weights(self) -> tuple[Array, Array]:
        """Give the neurons that learn, as arrays of shape (neurons, features) and (neurons,)."""
        return np.array(self.W, dtype=self.dtype), np.array(self.b, dtype=self.dtype)[:, 0]

    def kept(self) -> tuple[Array, Array]:
        """Give the neurons that the rule would answer with now."""
        return self.weights()

    def left_of_weights(self, eta: float) -> float:
        """Give what a penalty leaves of the weights in a step with this rate."""
        return 1.0

    def judged(self, validation: Examples) -> tuple[float, float]:
        """Give the share of wrong answers, and the mean loss, of what is kept on rows kept aside."""
        return judge(self.code, *self.kept(), validation)

    def _remember(self, more: dict[str, Array]) -> None:
        for name in self.remembered:
            setattr(self, name, backend.inputs(self.kernels, np.array(more[name]))[0])

    def memory(self) -> Memory:
        """Tell where the training stands."""
        W, b = self.weights()
        return Memory(W, b, self.rate, {name: np.array(getattr(self, name)) for name in self.remembered})

    def go_back(self, memory: Memory) -> None:
        """Return to where the training stood."""
        self.W, self.b = backend.inputs(self.kernels, memory.W.copy(), memory.b.copy()[:, np.newaxis])
        self._remember(memory.more)

    def order(self, order: Array) -> Any:
        """Hand an order of rows to the kernels."""
        return backend.inputs(self.kernels, order)[0] if self.dtype == np.float64 else order

    def shared(self, learn: Any) -> list[Any]:
        """Let neurons that do not look at each other learn on two cores: call `learn` with slices of them."""
        neurons = len(self.W)
        if neurons == 1 or backend.interpreted(self.kernels) or self.work < SHARED_FROM:
            return [learn(slice(0, neurons))]
        half = -(-neurons // THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(learn, [slice(k, k + half) for k in range(0, neurons, half)]))


def run(lesson: Lesson, history: History, validation: Examples | None = None, on_epoch: OnEpoch | None = None) -> None:
    """Learn until the rule says that it is enough, and leave the best in the lesson.

    Parameters
    ----------
    lesson : Lesson
    history : History, extended
    validation : Examples, optional
        Rows kept aside: the weights of the epoch with the smallest loss on them are kept.
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.
    """
    waiting = Patience(lesson.rule.tolerance or 0.0, lesson.rule.patience)
    best = before = lesson.memory()
    for eta in rates_of(lesson):
        began = time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):
            mistakes, loss = lesson.show(next(lesson.orders), eta)
            lesson.end_epoch()
        loss /= lesson.total
        if not lesson.sound(loss):
            lesson.go_back(before)
            explode(history, eta)
            break
        enough = close(lesson, history, waiting, validation, mistakes, loss, eta, began)
        before = before if lesson.settles else lesson.memory()
        if validation is not None and waiting.improved:
            best = lesson.memory()
        if (on_epoch is not None and on_epoch(history) is True) or enough:
            break
    if validation is not None and 0 < waiting.best_epoch < history.epochs:
        lesson.go_back(best)
        history.why_stopped += f"; the weights of epoch {waiting.best_epoch} are kept, the best on the validation rows"


def explode(history: History, eta: float) -> None:
    """Note that an epoch has ended the training by an explosion; it does not count."""
    history.diverged = True
    history.why_stopped = (
        f"the loss exploded in epoch {history.epochs + 1}: a learning rate of {eta:.3g} is too large here"
    )


def close(
    lesson: Lesson, history: History, waiting: Patience, validation: Examples | None, mistakes: int, loss: float,
    eta: float, began: float,
) -> bool:  # fmt: skip
    """Note an epoch that went well, and tell whether it was the last one."""
    if mistakes == 0 and lesson.settles:
        mistakes = lesson.settled()
    history.mistakes.append(mistakes)
    history.losses.append(loss)
    history.learning_rates.append(eta)
    history.norms.append(float(np.linalg.norm(lesson.kept()[0])))
    if validation is not None:
        wrong, held = lesson.judged(validation)
        history.validation_mistakes.append(wrong)
        history.validation_losses.append(held)
    history.seconds.append(time.perf_counter() - began)
    return finished(lesson, history, waiting)


def rates_of(lesson: Lesson) -> Iterator[float]:
    """Yield the learning rate of one epoch after another, as many as there may be."""
    rule = lesson.rule
    for epoch in range(rule.max_epochs):
        yield float(schedules.rates(rule.schedule, lesson.rate, np.array([float(epoch)]), rule.max_epochs)[0])


def finished(lesson: Lesson, history: History, waiting: Patience) -> bool:
    """Tell whether an epoch was the last one, and note why."""
    rule, epochs = lesson.rule, history.epochs
    watched = history.validation_losses or history.losses
    exhausted = waiting.exhausted(watched[-1]) and (rule.tolerance is not None or bool(history.validation_losses))
    history.why_stopped = f"it was asked to stop after epoch {epochs}"
    if lesson.settles and history.mistakes[-1] == 0:
        history.converged = True
        history.why_stopped = f"epoch {epochs} passed without a mistake: every row is answered right"
        return True
    if exhausted:
        where = " on the validation rows" if history.validation_losses else ""
        less = f" by more than {rule.tolerance:g}" if rule.tolerance else ""
        history.converged = not lesson.settles
        history.why_stopped = (
            f"for {rule.patience} epochs the loss{where} has not fallen{less}; it is {watched[-1]:.4g}"
        )
        return True
    if epochs >= rule.max_epochs:
        history.why_stopped = lesson.not_yet(history)
        return True
    return False
