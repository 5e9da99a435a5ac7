"""The pocket perceptron, which keeps the best neuron that it was on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.perceptron import Perceptron
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import PerceptronSettings

SMALL = 1024
"""Rows up to which the pocket tries every neuron that is about to change."""


class PocketPerceptron(Perceptron):
    """Perceptrons that answer with the best that was tried on all rows.

    References
    ----------
    Gallant (1990), IEEE Transactions on Neural Networks 1(2):179-191.
    """

    slots = ("P", "p", "records")
    layers = (*Perceptron.layers, ("P", "p"))
    no_progress = "the neuron in the pocket has not had more rows right"
    P: Any
    p: Any
    records: Any

    def __init__(self, data: Dataset, settings: PerceptronSettings, state: State | None = None) -> None:
        super().__init__(data, settings, state)
        if state is not None:  # of other rows, perhaps: what is in the pocket has to stand the test on these
            for k, record in enumerate(self.records):
                record[1] = self._right(k, self.P[k], self.p[k][0], -1.0)

    def _right(self, k: int, w: Any, b: float, enough: float) -> float:
        rows = self.X, self.y
        return float(self.kernels.rows_right(w, b, k, self.data.neurons, rows, self.kernel_weight, enough))

    def cost_per_row(self) -> float:
        """Return how many looks at a row it takes: some neurons on the way are tried on all rows."""
        rows = len(self.data.y)
        return 1.0 + 0.2 * rows if rows <= SMALL else 2.0

    def first_state(self) -> State:
        state = super().first_state()
        records = np.tile([-1.0, -1.0, 0.0], (self.data.neurons, 1))
        return state | {"P": state["W"].copy(), "p": state["b"].copy(), "records": records}

    def step(self, start: int, stop: int) -> tuple[int, float]:
        visits, rates, each = self.visits(start, stop), self.rates(), len(self.rows) <= SMALL

        def learn(some: slice, y: Any) -> tuple[int, float]:
            neurons, pocket = (self.W[some], self.b[some]), (self.P[some], self.p[some], self.records[some])
            return self.kernels.pocket_epoch(  # type: ignore[no-any-return]
                neurons, (self.X, y), visits, rates, self.kernel_weight, pocket, each
            )

        return self.shared(learn)

    def end_epoch(self, mistakes: int) -> int:
        """Put the neurons at the end of the epoch into the pocket, too, if they are better."""
        mistakes = super().end_epoch(mistakes)
        for k, (w, b, record) in enumerate(zip(self.W, self.b, self.records, strict=True)):
            right = self._right(k, w, b[0], record[1])
            if right > record[1]:
                self.P[k][:], self.p[k][0] = w[:], b[0]
                record[0], record[1] = record[2], right
        return mistakes

    def missed(self, mistakes: int) -> float:
        """Return how often the neurons in the pocket are wrong."""
        return self.total * len(self.records) - float(sum(record[1] for record in self.records))

    def answering(self) -> tuple[Array, Array]:
        return np.array(self.P, self.dtype), np.array(self.p, self.dtype)[:, 0]
