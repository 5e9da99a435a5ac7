"""Rosenblatt's perceptron: a neuron that finds its own weights by learning from its mistakes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from glassneuron import checks
from glassneuron.engine import jit
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.history import History, OnEpoch, Step, orders
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.sums import weighted_sums


@dataclass(frozen=True)
class PerceptronRule:
    """How to learn.

    Attributes
    ----------
    learning_rate : float in (0, inf)
    max_epochs : int, at least 1
    fixed_bias : float or None
        Hold the bias at this value; None learns it like a weight.
    shuffle : bool
        Show the rows in a new random order each epoch.
    seed : int or None
        Of the random orders.
    """

    learning_rate: float = 1.0
    max_epochs: int = 1000
    fixed_bias: float | None = None
    shuffle: bool = True
    seed: int | None = None

    def __post_init__(self) -> None:
        """Check each setting."""
        checks.number("learning_rate", self.learning_rate, "(0, inf)")
        checks.integer("max_epochs", self.max_epochs, "[1, inf)")
        checks.boolean("shuffle", self.shuffle)
        if self.fixed_bias is not None:
            checks.number("fixed_bias", self.fixed_bias, "(-inf, inf)")


class _Lesson:
    """The neurons at work and everything the kernels need, in the form that suits the speed."""

    def __init__(self, X: Array, y: Array, classes: Array, rule: PerceptronRule) -> None:
        shape = (len(classes), X.shape[1])
        self.kernels = jit.kernels(float(X.size) * len(classes) * rule.max_epochs)
        bias = rule.fixed_bias if rule.fixed_bias is not None else 0.0
        self.W, self.b, self.X, self.y, self.classes = jit.inputs(
            self.kernels,
            np.zeros(shape, dtype=X.dtype),
            np.full((len(classes), 1), bias, dtype=X.dtype),
            X,
            y.astype(np.int64),
            classes.astype(np.int64),
        )
        self.eta = float(rule.learning_rate)
        self.eta_bias = 0.0 if rule.fixed_bias is not None else self.eta
        self.dtype = X.dtype

    def epoch(self, order: Array) -> int:
        (order,) = jit.inputs(self.kernels, order)
        with np.errstate(over="ignore", invalid="ignore"):
            return int(
                self.kernels.perceptron_epoch(
                    self.W, self.b, self.X, self.y, self.classes, order, self.eta, self.eta_bias
                )
            )

    def weights(self) -> tuple[Array, Array]:
        return np.array(self.W, dtype=self.dtype), np.array(self.b, dtype=self.dtype)[:, 0]


def learn(
    X: Array, y: Array, classes: Array, rule: PerceptronRule, on_epoch: OnEpoch | None = None
) -> tuple[list[Neuron], History]:
    """Show the rows to the neurons, epoch after epoch, until an epoch passes without a mistake.

    Parameters
    ----------
    X : ndarray of shape (rows, features), finite
    y : ndarray of shape (rows,), whole numbers
        The class of each row.
    classes : ndarray of shape (neurons,)
        The class that each neuron is to fire for: one neuron for two classes, one a class for more.
    rule : PerceptronRule
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.

    Returns
    -------
    neurons : list of Neuron
    history : History

    Raises
    ------
    DataError
        If the weights overflow.

    References
    ----------
    Rosenblatt (1958), Psychological Review 65(6):386-408. It converges where the classes are separable: Novikoff
    (1962), Symposium on the Mathematical Theory of Automata 12:615.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> rule = PerceptronRule(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    >>> neurons, history = learn(X, np.array([0, 1, 1, 1]), np.array([1]), rule)
    >>> history.mistakes
    [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    """
    lesson = _Lesson(X, y, classes, rule)
    history = History()
    for order in orders(len(X), rule.shuffle, rule.seed):
        start = time.perf_counter()
        mistakes = lesson.epoch(order)
        if mistakes == 0:
            mistakes = _unsettled(lesson, X, y, classes)
        history.mistakes.append(mistakes)
        history.seconds.append(time.perf_counter() - start)
        if _finished(history, rule, on_epoch):
            break
    W, b = lesson.weights()
    if not (np.isfinite(W).all() and np.isfinite(b).all()):
        raise problem("diverged", largest=float(np.abs(X).max()), rate=lesson.eta)
    return [Neuron(w, float(bias), "step") for w, bias in zip(W, b, strict=True)], history


def _finished(history: History, rule: PerceptronRule, on_epoch: OnEpoch | None) -> bool:
    epochs = history.epochs
    if history.mistakes[-1] == 0:
        history.converged = True
        history.why_stopped = f"epoch {epochs} passed without a mistake: every row is answered right"
    elif epochs >= rule.max_epochs:
        history.why_stopped = (
            f"not within {epochs} epoch{'s' * (epochs != 1)}: the last one still made {history.mistakes[-1]} "
            f"mistake{'s' * (history.mistakes[-1] != 1)}"
        )
    else:
        history.why_stopped = f"the caller stopped it after epoch {epochs}"
        stop = on_epoch is not None and on_epoch(history) is True
        return stop
    if on_epoch is not None:
        on_epoch(history)
    return True


def _unsettled(lesson: _Lesson, X: Array, y: Array, classes: Array) -> int:
    """Learn once more from rows that only rounding puts on the right side; usually there are none.

    Learning adds a sum up in one order, answering a large table in another. Where a sum is zero but for the last
    bit, the two can differ. Such a row is learned like a mistake, which moves it away from the tie.
    """
    W, b = lesson.weights()
    targets = np.equal.outer(y, classes)
    wrong = np.argwhere((weighted_sums(W, b, X) >= 0.0) != targets)
    for i, k in wrong:
        error = 1.0 if targets[i, k] else -1.0
        lesson.kernels.perceptron_move(lesson.W[k], lesson.b[k], lesson.X[i], error, lesson.eta, lesson.eta_bias)
    return len(wrong)


def steps(X: Array, y: Array, classes: Array, rule: PerceptronRule) -> Iterator[Step]:
    """Yield every example of the training that `learn` does, one at a time, from the same kernels.

    Parameters
    ----------
    X, y, classes, rule
        As for `learn`.

    Yields
    ------
    Step
    """
    lesson = _Lesson(X, y, classes, rule)
    k = lesson.kernels
    for epoch, order in enumerate(orders(len(X), rule.shuffle, rule.seed), 1):
        mistakes = 0
        for i in order:
            for n in range(len(classes)):
                w, b, x = lesson.W[n], lesson.b[n], lesson.X[i]
                before, bias_before = np.array(w), float(b[0])
                total = k.weighted_sum(w, b[0], x)
                target = 1.0 if y[i] == classes[n] else 0.0
                error = k.perceptron_update(w, b, x, target, lesson.eta, lesson.eta_bias)
                mistakes += error != 0.0
                yield Step(
                    epoch, int(i), n, np.array(x), target, float(total), target - error, error, lesson.eta,
                    before, bias_before, np.array(w), float(b[0]),
                )  # fmt: skip
        if mistakes == 0 or epoch >= rule.max_epochs:
            return
