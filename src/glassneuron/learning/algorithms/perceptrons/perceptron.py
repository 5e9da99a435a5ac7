"""Rosenblatt's perceptron, which learns from its mistakes and answers with its last weights."""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Any

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import ALONE
from glassneuron.engine.threads import one_blas_thread
from glassneuron.errors import problem
from glassneuron.learning import stopping
from glassneuron.learning.algorithms.base import IN_TURN, State
from glassneuron.learning.algorithms.neurons import NO_TABLE
from glassneuron.learning.algorithms.perceptrons import short_rows
from glassneuron.learning.algorithms.perceptrons.auto_stop import AutoStop
from glassneuron.learning.algorithms.perceptrons.short_rows import ShortRows
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.history import History
from glassneuron.learning.settings import PerceptronSettings


class Perceptron(AutoStop):
    """Perceptrons that answer with their last weights.

    References
    ----------
    Rosenblatt (1958), Psychological Review 65(6):386-408. It converges where the classes are separable: Novikoff
    (1962), Symposium on the Mathematical Theory of Automata 12:615.
    """

    settles = True
    can_diverge = False
    epoch_kernel = "perceptron_epoch"
    alone: tuple[str, str] | None = (IN_TURN, "shards=16, which learn side by side")

    def __init__(self, data: Dataset, settings: PerceptronSettings, state: State | None = None) -> None:
        super().__init__(data, settings, state)
        self.scale, self.clock = np.ones(1), np.zeros(1)  # which stays 1, and which nobody reads
        self.lone = data.neurons == 1 and not len(self.weight) and not backend.interpreted(self.kernels)
        self.short: ShortRows | None = None
        self.unsure = 0  # rows in the epoch that were not surely right

    def learn(self, visits: Any) -> tuple[int, float]:
        """Learn from some visits: a mistake moves the weights toward the row, or away from it."""
        rates = self.rates()
        if self.competing:
            return self.compete(visits, self.scale, (NO_TABLE, NO_TABLE, self.clock))
        return self.shared(
            lambda some, y: self.kernels.perceptron_epoch((self.W[some], self.b[some]), (self.X, y), visits, rates)
        )

    def end_epoch(self, mistakes: int) -> int:
        """Look once more at rows that are right in the order of learning: usually all of them are right.

        Learning adds a sum up in one order, answering a large table in another. Where a sum is zero but for the last
        bit, the two can differ. Such a row is learned like a mistake, which moves it away from the tie.
        """
        self.unsure = max(self.unsure, mistakes)
        return mistakes or self.settle_ties()

    def settle_ties(self) -> int:
        """Learn from rows that only rounding puts on the right side; return how many there are."""
        mistakes = 0
        for i, k, winner in self.wrong_answers(self.sums_of(*self.weights)):
            mistakes += 1
            self.correct(i, k, winner)
        return mistakes

    def correct(self, i: int, k: int, winner: int) -> None:
        """Learn from row i, which neuron k has wrong or, of neurons that compete, the winner."""
        y = self.data.y[i]
        if self.competing:
            self.move(i, int(y), 1.0)
            self.move(i, winner, -1.0)
        else:
            self.move(i, k, 1.0 if y == (k if self.data.neurons > 1 else 1) else -1.0)

    def move(self, i: int, k: int, error: float) -> None:
        """Move neuron k toward row i, or away from it."""
        self.add_row(self.W, self.b, i, k, error, self.rate)

    def add_row(self, W: Any, b: Any, i: int, k: int, error: float, eta: float) -> None:
        """Add row i, times error and rate, to the weights of neuron k."""
        self.kernels.perceptron_move(W[k], b[k], error, eta, eta * self.bias_moves, self.kernel_form(self.seen.row(i)))

    # Rows in short form, where they pay: at those that surely are right nothing but the clock goes on.

    def begin_epoch(self, epoch: int) -> int:
        self.left = self.settings.max_epochs - epoch - 1
        if self.lone and short_rows.pay(self.seen.X, epoch, self.unsure):
            self.short = self.short or ShortRows(self.seen.X, self.y)
        else:
            self.short = None
        self.unsure = 0
        return super().begin_epoch(epoch)

    def step(self, start: int, stop: int) -> tuple[int, float]:
        visits = self.visits(start, stop)
        return self.learn(visits) if self.short is None else self.learn_unsure(self.short, visits)

    def learn_unsure(self, short: ShortRows, visits: Any) -> tuple[int, float]:
        """Learn from rows that are not surely right."""
        (order, share), place, mistakes, loss = visits, 0, 0, 0.0
        while True:
            sure = short.surely_right(self.kernels, self.W[0], float(self.b[0, 0]), order[place:])
            self.go_by(sure)
            place += sure
            if place == len(order):
                return mistakes, loss
            more, lost = self.learn((order[place : place + 1], share))
            mistakes, loss, place, self.unsure = mistakes + more, loss + lost, place + 1, self.unsure + 1

    def go_by(self, rows: int) -> None:
        """Note that so many rows were right."""

    # What is told of an epoch, and of the end.

    def answering_weights(self) -> Array:
        """Return the weights that would answer now, for rows as they are seen; they may be those that learn."""
        return np.asarray(self.W, self.dtype)

    def facts(self) -> dict[str, float]:
        W = self.answering_weights()
        with one_blas_thread() if W.size > ALONE else nullcontext():  # so that threads change no bit of the length
            return {"learning_rate": self.eta, "norm": math.sqrt(np.vdot(W, W))}

    def is_sound(self, loss: float) -> bool:
        """Return whether all is finite: mostly one sum tells."""
        told = loss + sum(float(part.sum()) for part in self.weights)
        return told - told == 0.0 or super().is_sound(loss)

    def out_of_epochs(self, history: History) -> str:
        return stopping.still_mistakes(history.epochs, history.mistakes[-1])

    def explain_divergence(self, epoch: int) -> str:
        """Raise: weights of a perceptron overflow only where the rows or the rate are immense."""
        values = self.data.X.data if self.data.sparse else self.data.X
        raise problem("diverged", largest=max(float(values.max()), -float(values.min())), rate=self.rate)
