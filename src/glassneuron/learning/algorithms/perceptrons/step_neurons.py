"""Neurons that fire or not, or of which the largest sum wins: which of their answers are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import PerceptronSettings
from glassneuron.neurons.inference import weighted_sums

SAMPLE, RUN = 1 << 12, 256
"""Rows on which layers are compared, and how many of them lie together."""
ALL_OF_THEM = 1 << 17
"""Multiply-adds up to which all rows are looked at sooner than some of them are chosen."""


class StepNeurons(NeuronAlgorithm):
    """Step neurons, or neurons that compete, and the rows that they have wrong.

    Attributes
    ----------
    competing : bool
        Whether the neuron with the largest sum answers.
    """

    competing: bool
    settings: PerceptronSettings

    def __init__(self, data: Dataset, settings: PerceptronSettings, state: State | None = None) -> None:
        self.competing = settings.competing and data.neurons > 1
        self.code = kernels.WINNER if self.competing else kernels.STEP
        if self.competing and self.epoch_kernel:
            self.epoch_kernel = "multiclass_epoch"
        super().__init__(data, settings, state)

    def sums_of(self, W: Array, b: Array) -> Callable[[Any], Array]:
        """Return what gives the sums of neurons, told by weights for rows as they are seen, on rows as they are."""
        W, b = self.outside(W, b)
        return lambda rows: weighted_sums(W, b, rows)

    def wrong_neurons(self) -> Array:
        if self.competing or self.data.neurons == 1:
            return super().wrong_neurons()
        wrong = np.zeros(self.data.neurons, bool)
        for _, answers, _ in self.wrong_in_blocks(self.sums_of(*self.weights)):
            wrong |= answers.any(axis=0)
        return np.flatnonzero(wrong)

    def wrong_answers(self, sums_of: Callable[[Any], Array]) -> Iterator[tuple[int, int, int]]:
        """Yield the row and the neuron of each wrong answer, and which neuron has the largest sum."""
        for start, wrong, sums in self.wrong_in_blocks(sums_of):
            for i, k in np.argwhere(wrong) if wrong.any() else ():
                yield start + int(i), int(k), int(sums[i].argmax())

    def wrong_in_blocks(self, sums_of: Callable[[Any], Array]) -> Iterator[tuple[int, Array, Array]]:
        """Yield, of some rows at a time, the number of the first, which answers are wrong, and the sums."""
        data, visited = self.data, row_by_row(lambda y: np.zeros(len(y), bool), self.data.y)
        visited[self.rows] = True
        fires_for = np.arange(data.neurons) if data.neurons > 1 else np.ones(1)
        for start, stop in data.blocks():
            sums, y = sums_of(data.X[start:stop]), data.y[start:stop]
            if self.competing:
                wrong = (sums.argmax(axis=1) != y)[:, np.newaxis]
            else:
                wrong = (sums >= 0.0) != np.equal.outer(y, fires_for)
            yield start, wrong & visited[start:stop, np.newaxis], sums

    def shares_right(self, *layers: tuple[Array, Array]) -> Array:
        """Return which share of the rows each layer answers right; of a large table, of runs of rows all over it."""
        data, count = self.data, len(self.data.y)
        all_rows = count <= SAMPLE or data.entries * len(layers) * data.neurons <= ALL_OF_THEM
        run, step = (count, count) if all_rows else (RUN, count * RUN // SAMPLE)
        right, whole = np.zeros(len(layers)), 0.0
        each = [self.outside(W, b) for W, b in layers]
        W, b = (np.concatenate(both) for both in zip(*each, strict=True))
        for start in range(0, count, step):
            stop = min(start + run, count)
            y, sums = data.y[start:stop, np.newaxis], np.asarray(data.part(start, stop) @ W.T) + b
            sums = sums.reshape(len(y), len(layers), data.neurons)
            answers = sums.argmax(axis=2) == y if data.neurons > 1 else (sums[:, :, 0] >= 0.0) == (y > 0)
            if len(self.weight):
                weight = self.weight[start:stop]
                right, whole = right + weight @ answers, whole + float(weight.sum())
            else:
                right, whole = right + np.count_nonzero(answers, axis=0), whole + len(y)
        return np.asarray(right / (whole or 1.0))
