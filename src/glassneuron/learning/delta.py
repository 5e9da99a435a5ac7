"""Neurons that follow the slope of their loss: the delta rule of Widrow and Hoff, and logistic regression."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from glassneuron import checks
from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.errors import TrainingWarning
from glassneuron.learning.course import CourseRule, Lesson, Memory, run
from glassneuron.learning.dataset import NO_TABLE, Examples
from glassneuron.learning.history import History, OnEpoch, Step
from glassneuron.learning.neuron_steps import steps_of
from glassneuron.learning.slopes import Measured, measure
from glassneuron.learning.whole_steps import WholeStep, whole_steps

ACTIVATIONS = {"linear": kernels.LINEAR, "sigmoid": kernels.SIGMOID, "softmax": kernels.SOFTMAX}
SOLVERS = ("online", "batch", "newton", "lbfgs", "auto")
EXPLODED = 1e6
"""Times the loss of answering nothing from which a loss counts as exploded."""
BENT = {kernels.LINEAR: 1.0, kernels.SIGMOID: 0.25, kernels.SOFTMAX: 0.5}
"""The steepest that the slope of each loss can change with a sum."""


@dataclass(frozen=True)
class DeltaRule(CourseRule):
    """How to learn.

    Attributes
    ----------
    activation : {"linear", "sigmoid", "softmax"}
        Softmax lets the neurons of more than two classes compete.
    solver : {"online", "batch", "newton", "lbfgs", "auto"}
        Move after each row, or after all of them; or go to the optimum, by Newton's method, by L-BFGS, or by whichever
        suits the size.
    l2 : float in [0, inf)
        Penalty l2 / 2 times the sum of the squared weights (not the biases), beside the mean loss.

    The others are those of `CourseRule`. For "newton" and "lbfgs", `tolerance` is the largest slope, as a share of the
    one at the start, at which the optimum is reached.
    """

    learning_rate: float | None = None
    activation: str = "sigmoid"
    solver: str = "online"
    l2: float = 0.0

    def __post_init__(self) -> None:
        """Check each setting."""
        super().__post_init__()
        checks.choice("activation", self.activation, tuple(ACTIVATIONS))
        checks.choice("solver", self.solver, SOLVERS)
        checks.number("l2", self.l2, "[0, inf)")

    @property
    def code(self) -> int:
        """The activation, as the kernels call it."""
        return ACTIVATIONS[self.activation]


class OnlineLesson(Lesson):
    """Neurons that move after each row."""

    rule: DeltaRule

    def __init__(self, examples: Examples, rule: DeltaRule, memory: Memory | None = None) -> None:
        self.code = rule.code
        super().__init__(examples, rule, memory)
        self.nothing = _loss_of_nothing(self.code, examples)

    def first_rate(self) -> float:
        """Give half the rate at which one move has the longest row right, so that none overshoots."""
        if self.rule.solver not in ("online", "batch"):
            return 1.0  # a jump knows how far to go
        steepest = BENT[self.code] * (1.0 + self.examples.longest_row())
        return 0.5 / (steepest + self.rule.l2)

    def show(self, order: Array, eta: float) -> tuple[int, float]:
        """Learn from some rows."""
        k, order, notes = self.kernels, self.order(order), np.zeros(2)
        if self.code == kernels.SOFTMAX:
            mistakes = k.contest_epoch(
                self.code, self.W, self.b, self.X, self.y, self.counts, order, eta, eta * self.bias_moves, self.rule.l2,
                NO_TABLE, NO_TABLE, notes,
            )  # fmt: skip
            return int(mistakes), float(notes[0])

        def learn(some: slice) -> tuple[int, float]:
            notes = np.zeros(1)
            mistakes = k.delta_epoch(
                self.code, self.W[some], self.b[some], self.X, self.y, self.fires_for[some], self.examples.silent,
                self.counts, order, eta, eta * self.bias_moves, self.rule.l2, notes,
            )  # fmt: skip
            return int(mistakes), float(notes[0])

        parts = self.shared(learn)
        return sum(mistakes for mistakes, _ in parts), sum(loss for _, loss in parts)

    def sound(self, loss: float) -> bool:
        """Tell whether the loss has not exploded."""
        return super().sound(loss) and loss <= EXPLODED * self.nothing

    def left_of_weights(self, eta: float) -> float:
        """Give what the penalty leaves of the weights in a step with this rate."""
        return 1.0 - eta * self.rule.l2


class BatchLesson(OnlineLesson):
    """Neurons that move once an epoch, down the slope of the mean loss of all rows."""

    def __init__(self, examples: Examples, rule: DeltaRule, memory: Memory | None = None) -> None:
        super().__init__(examples, replace(rule, shuffle=False), memory)

    def first_rate(self) -> float:
        """Give the rate at which plain steps downhill are as long as they can be without overshooting.

        It is one over the greatest curvature.
        """
        steepest = self.examples.steepest()
        if not 0.0 < steepest < math.inf:  # beyond what a float can hold; the longest row tells enough
            return super().first_rate()
        return 0.9 / (BENT[self.code] * steepest / self.total + self.rule.l2)

    def show(self, order: Array, eta: float) -> tuple[int, float]:
        """Add up the slopes of all rows, and move once."""
        there = self.measured()
        W, b = self.weights()
        W, b = W + eta * there.G, b + eta * self.bias_moves * there.g
        self.W, self.b = (list(map(list, W.tolist())), b[:, np.newaxis].tolist()) if isinstance(self.W, list) else (
            W.astype(self.dtype), b[:, np.newaxis].astype(self.dtype)
        )  # fmt: skip
        return round(there.mistakes), there.loss * self.total

    def measured(self) -> Measured:
        """Give the loss and its slopes where the neurons stand."""
        return measure(self.code, *self.weights(), self.examples, self.rule.l2, bends=False, asked=self.rule.max_epochs)


def _loss_of_nothing(code: int, examples: Examples) -> float:
    if code == kernels.LINEAR:
        numbers = len(examples.fires_for) == 0
        return max(0.5 * float(np.mean(examples.y**2)), 1e-300) if numbers else 0.5 * examples.neurons
    return math.log(max(2, examples.neurons)) * (examples.neurons if code == kernels.SIGMOID else 1)


def lesson_of(examples: Examples, rule: DeltaRule, memory: Memory | None = None) -> OnlineLesson:
    """Prepare neurons for learning by moves, after each row or after all, from where a memory says that they stand."""
    return (BatchLesson if rule.solver == "batch" else OnlineLesson)(examples, rule, memory)


def learn(
    examples: Examples,
    rule: DeltaRule,
    on_epoch: OnEpoch | None = None,
    *,
    validation: Examples | None = None,
    memory: Memory | None = None,
) -> tuple[OnlineLesson, History]:
    """Go down the slope of the loss until it no longer falls, or to its lowest point.

    Parameters
    ----------
    examples : Examples
    rule : DeltaRule
    on_epoch, validation, memory
        As `perceptron.learn` takes them.

    Returns
    -------
    lesson : OnlineLesson
    history : History

    Warns
    -----
    TrainingWarning
        If the loss explodes; the weights of the last good epoch are kept.

    References
    ----------
    Widrow & Hoff (1960), IRE WESCON Convention Record 4:96-104.

    Examples
    --------
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 3.0, 5.0, 7.0])
    >>> rule = DeltaRule(activation="linear", solver="newton", tolerance=1e-6)
    >>> lesson, history = learn(Examples(X, y, np.array([])), rule)
    >>> W, b = lesson.kept()
    >>> W.round(9).tolist(), b.round(9).tolist()
    ([[2.0]], [1.0])
    """
    lesson = lesson_of(examples, rule, memory)
    return lesson, teach(lesson, on_epoch, validation)


def teach(lesson: OnlineLesson, on_epoch: OnEpoch | None, validation: Examples | None = None) -> History:
    """Let the neurons of a lesson learn as their rule says."""
    rule, history = lesson.rule, History()
    if rule.solver in ("newton", "lbfgs", "auto"):
        from glassneuron.learning.optimum import go_to_optimum

        go_to_optimum(lesson, history, validation, on_epoch)
    else:
        run(lesson, history, validation, on_epoch)
    _warn_of_explosion(lesson, history, 5)
    return history


def _warn_of_explosion(lesson: OnlineLesson, history: History, frames: int) -> None:
    if history.diverged:
        better = lesson_of(lesson.examples, replace(lesson.rule, learning_rate=None)).rate
        history.why_stopped += f"; try {better:.1g}, or bring the features to one scale"
        warnings.warn(f"{history.why_stopped}.", TrainingWarning, stacklevel=frames)


def steps(examples: Examples, rule: DeltaRule, validation: Examples | None = None) -> Iterator[Step | WholeStep]:
    """Yield each move of the training that `learn` does: of each row, or of all rows together.

    Parameters
    ----------
    examples, rule, validation
        As for `learn`.

    Notes
    -----
    Row by row, a penalty shrinks the weights themselves at each step, and not one factor for all of them, as `learn`
    does, so that the last digits may differ there.
    """
    lesson, history = lesson_of(examples, rule), History()
    if rule.solver == "online":
        yield from steps_of(lesson, history, validation)
        _warn_of_explosion(lesson, history, 4)
    else:
        yield from whole_steps(lambda on_move: teach(lesson, on_move, validation), lesson)
