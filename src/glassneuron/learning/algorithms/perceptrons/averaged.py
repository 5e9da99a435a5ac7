"""The averaged perceptron, which answers with the mean of all neurons on the way."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning import stopping
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.neurons import BY_HAND
from glassneuron.learning.algorithms.perceptrons.perceptron import Perceptron
from glassneuron.learning.sampler import SMALL_TABLE

FIRST = 16
"""Rows that mostly show that not all numbers are whole."""


class AveragedPerceptron(Perceptron):
    """Perceptrons that answer with the mean of all neurons on the way, each weighted by how long it stood.

    References
    ----------
    Freund & Schapire (1999), Machine Learning 37(3):277-296.
    """

    slots: tuple[str, ...] = ("S", "s", "time")
    layers: tuple[tuple[str, str], ...] = (*Perceptron.layers, ("S", "s"))
    epoch_kernel = "averaged_epoch"
    S: Array
    s: Array
    time: Array
    needed = 0.0  # epochs that its mean would take to follow a neuron that is right

    def first_state(self) -> State:
        """Return weights of 0, sums, always in double precision, and the clock."""
        shape = (self.data.neurons, self.data.shape[1])
        return super().first_state() | {"S": np.zeros(shape), "s": np.zeros((shape[0], 1)), "time": np.zeros(1)}

    @cached_property
    def first_bias(self) -> float:
        """Half a step where sums could be 0, as those of whole numbers are, of zeros and ones above all.

        The neurons would be right about one class by a tie, and their mean, which is a little off, wrong about all of
        its rows there. A table that may be gone through by hand begins at 0, as do shards, for which a bound on the
        mistakes is known from there.
        """
        settings = self.settings
        textbook = settings.variant != "averaged" or settings.shards > 1 or len(self.data.y) < BY_HAND
        if textbook or self.competing or settings.fixed_bias is not None or not _whole(self.seen.X):
            return super().first_bias
        return (settings.learning_rate or self.suitable_rate()) / 2.0

    def go_by(self, rows: int) -> None:
        self.time[0] += rows

    def learn(self, visits: Any) -> tuple[int, float]:
        rates = self.rates()
        if self.competing:
            return self.compete(visits, self.scale, (self.S, self.s, self.time))
        return self.by_clock(
            lambda some, y, average: self.kernels.averaged_epoch(
                (self.W[some], self.b[some]), (self.X, y), visits, rates, average
            )
        )

    def by_clock(self, learn: Callable[[slice, Any, Any], tuple[int, float]]) -> tuple[int, float]:
        """Let neurons learn, each half of them with the average and a clock of its own; all clocks go alike."""
        clocks = []

        def with_average(some: slice, y: Any) -> tuple[int, float]:
            clocks.append(np.array(self.time))
            return learn(some, y, (self.S[some], self.s[some], clocks[-1]))

        done = self.shared(with_average)
        self.time[0] = float(clocks[0][0])
        return done

    def end_epoch(self, mistakes: int) -> int:
        self.needed = 0.0
        return super().end_epoch(mistakes)

    def settle_ties(self) -> int:
        """Return how many mistakes the mean still makes after an epoch without a mistake.

        With each epoch that the neuron stands the mean comes closer to it, until it is right too. In such epochs only
        the clock goes on, and so as many as it takes are gone through at once. They do not help where the neuron itself
        is right by a tie alone: such a row is learned like a mistake.
        """
        return super().settle_ties() or self._settle_mean()

    def _settle_mean(self) -> int:
        wrong = self._wrong_means()
        if not wrong:
            return 0
        rows = self.data.X[[i for i, _, _ in wrong]]
        sums = self.sums_of(*self.weights)(rows)
        sums_of_moves = self.sums_of(np.array(self.S), np.array(self.s)[:, 0])(rows)
        needed = 0.0
        for (i, k, winner), z, late in zip(wrong, sums, sums_of_moves, strict=True):
            true, others = int(self.data.y[i]), np.arange(self.data.neurons)
            if self.competing:
                ahead, lost = z[true] - z[others != true], late[true] - late[others != true]
            else:
                ahead, lost = z[k : k + 1], late[k : k + 1]
            if not ahead.all():
                self.correct(i, k, winner)
                return len(wrong)
            needed = max(needed, float((lost / ahead).max()))
        self.needed = max(1.0, np.floor((needed - self.time[0]) / self.total) + 1.0)
        if self.needed > self.left:
            return len(wrong)
        self.time[0] += self.needed * self.total
        return len(self._wrong_means())

    def finished(self) -> tuple[bool, str] | None:
        """Stop where the neuron itself is right on every row, and there are too few epochs for the mean to follow."""
        if not 0 < self.left < self.needed:
            return None
        return False, stopping.mean_lags_behind(self.needed, self.left)

    def _wrong_means(self) -> list[tuple[int, int, int]]:
        return list(self.wrong_answers(self.sums_of(*self.mean())))

    def move(self, i: int, k: int, error: float) -> None:
        super().move(i, k, error)
        self.add_row(self.S, self.s, i, k, error, self.rate * self.time[0])

    def answering(self) -> tuple[Array, Array]:
        return self.mean()

    def answering_weights(self) -> Array:
        if self.time[0] == 0.0:
            return super().answering_weights()
        mean: Array = np.asarray(self.W) - np.asarray(self.S) / self.time[0]
        return mean.astype(self.dtype, copy=False)

    def mean(self) -> tuple[Array, Array]:
        """Return the mean of the neurons so far, for rows as they are seen."""
        if self.time[0] == 0.0:
            return self.weights
        b = (np.asarray(self.b) - np.asarray(self.s) / self.time[0])[:, 0]
        return AveragedPerceptron.answering_weights(self), b.astype(self.dtype, copy=False)


def _whole(X: Any) -> bool:
    """Return whether all numbers of a table are whole; of a large one some rows tell, evenly spread.

    Examples
    --------
    >>> _whole(np.array([[0.0, 1.0], [-3.0, 2.0]])), _whole(np.array([[0.0], [0.5]]))
    (True, False)
    """
    values = X.data if hasattr(X, "indptr") else X
    some = values[:FIRST], values[:: max(1, values.size // SMALL_TABLE)]
    return all(bool((part == np.rint(part)).all()) for part in some)
