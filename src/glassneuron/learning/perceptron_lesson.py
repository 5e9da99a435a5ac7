"""Perceptrons at work: the rule, and the neurons that learn by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.course import CourseRule, Lesson, Memory
from glassneuron.learning.dataset import NO_TABLE, Examples
from glassneuron.learning.history import History
from glassneuron.neurons.sums import weighted_sums

VARIANTS = ("plain", "averaged", "pocket", "voted")
MULTI_CLASS = ("one_vs_rest", "kesler")


@dataclass(frozen=True)
class PerceptronRule(CourseRule):
    """How to learn.

    Attributes
    ----------
    variant : {"plain", "averaged", "pocket", "voted"}
        What is kept of the neurons on the way: the last, their mean, the best, or all with a vote each.
    multi_class : {"one_vs_rest", "kesler"}
        For more than two classes: each neuron learns on its own to fire for its class alone; or the neurons compete,
        and only a row that another class won is a mistake, of two neurons.

    The others are those of `CourseRule`.
    """

    variant: str = "plain"
    multi_class: str = "one_vs_rest"

    def __post_init__(self) -> None:
        """Check each setting."""
        super().__post_init__()
        checks.choice("variant", self.variant, VARIANTS)
        checks.choice("multi_class", self.multi_class, MULTI_CLASS)
        if self.multi_class == "kesler" and self.variant in ("pocket", "voted"):
            rule = "'plain' or 'averaged' where neurons compete (multi_class='kesler')"
            raise problem("parameter", name="variant", rule=rule, value=self.variant)


class PerceptronLesson(Lesson):
    """Perceptrons at work; this one keeps the neurons as they are at the end."""

    settles = True
    rule: PerceptronRule

    def __init__(self, examples: Examples, rule: PerceptronRule, memory: Memory | None = None) -> None:
        self.competing = rule.multi_class == "kesler" and examples.neurons > 1
        self.code = kernels.WINNER if self.competing else kernels.STEP
        super().__init__(examples, rule, memory)

    def show(self, order: Array, eta: float) -> tuple[int, float]:
        """Learn from some rows."""
        return self.taught(self.order(order), eta, NO_TABLE, NO_TABLE, np.zeros(1))

    def taught(self, order: Array, eta: float, S: Array, s: Array, time: Array) -> tuple[int, float]:
        """Learn from some rows from a time on, which goes on, adding the moves up in S and s if these are tables."""
        k, notes = self.kernels, np.array([0.0, time[0]])
        if self.competing:
            mistakes = k.contest_epoch(
                self.code, self.W, self.b, self.X, self.y, self.counts, order, eta, eta * self.bias_moves, 0.0, S, s,
                notes,
            )  # fmt: skip
            time[0] = notes[1]
            return int(mistakes), float(notes[0])
        now = float(time[0])

        def learn(some: slice) -> tuple[int, float]:
            notes = np.array([0.0, now])
            mistakes = k.perceptron_epoch(
                self.W[some], self.b[some], self.X, self.y, self.fires_for[some], self.counts, order, eta,
                eta * self.bias_moves, S[some], s[some], notes,
            )  # fmt: skip
            time[0] = notes[1]
            return int(mistakes), float(notes[0])

        return added(self.shared(learn))

    def settled(self) -> int:
        """Learn once more from rows that only rounding puts on the right side; usually there are none.

        Learning adds a sum up in one order, answering a large table in another. Where a sum is zero but for the last
        bit, the two can differ. Such a row is learned like a mistake, which moves it away from the tie.
        """
        W, b = self.weights()
        mistakes = 0
        for i, k, winner in self._wrong(lambda rows: weighted_sums(W, b, rows)):
            mistakes += 1
            if self.competing:
                self._move(i, int(self.examples.y[i]), 1.0)
                self._move(i, winner, -1.0)
            else:
                self._move(i, k, 1.0 if self.examples.y[i] == self.examples.fires_for[k] else -1.0)
        return mistakes

    def _wrong(self, answer: Callable[[Any], Array]) -> Iterator[tuple[int, int, int]]:
        """Yield the row and the neuron of each wrong answer, and which neuron has the largest sum."""
        examples, shown = self.examples, np.zeros(len(self.examples.y), dtype=bool)
        shown[self.rows] = True
        for start, stop in examples.blocks():
            sums, y = answer(examples.X[start:stop]), examples.y[start:stop]
            if self.competing:
                wrong = (sums.argmax(axis=1) != y)[:, np.newaxis]
            else:
                wrong = (sums >= 0.0) != np.equal.outer(y, examples.fires_for)
            for i, k in np.argwhere(wrong & shown[start:stop, np.newaxis]):
                yield start + int(i), int(k), int(sums[i].argmax())

    def _move(self, i: int, k: int, error: float) -> None:
        self._add(self.W, self.b, i, k, error, self.rate)

    def _add(self, W: Any, b: Any, i: int, k: int, error: float, eta: float) -> None:
        x = self.order(self.examples.row(i))
        self.kernels.perceptron_move(W[k], b[k], error, eta, eta * self.bias_moves, x)

    def not_yet(self, history: History) -> str:
        """Say how it ends when all epochs are over."""
        epochs, mistakes = history.epochs, history.mistakes[-1]
        return (
            f"not within {epochs} epoch{'s' * (epochs != 1)}: the last one still made {mistakes} "
            f"mistake{'s' * (mistakes != 1)}"
        )


def added(parts: list[tuple[int, float]]) -> tuple[int, float]:
    """Add up what parts of the neurons made of the same rows: mistakes, and losses."""
    return sum(mistakes for mistakes, _ in parts), sum(loss for _, loss in parts)
