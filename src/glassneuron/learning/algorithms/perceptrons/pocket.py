"""The pocket perceptron, which keeps the best neuron, or layer of competing ones, that it was on the way."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import LEAF, leaf_rows, over_leaves
from glassneuron.engine.threads import one_blas_thread
from glassneuron.learning import stopping
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.perceptrons.averaged import AveragedPerceptron
from glassneuron.learning.algorithms.perceptrons.perceptron import Perceptron
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import PerceptronSettings

SMALL = 64
"""Rows up to which the pocket tries every neuron that is about to change."""
STEP = 0.02
"""Share of the rows that are missed which counts as fewer."""
SHORT = 200_000
"""Multiply-adds up to which the kernels try a neuron: products of matrices are faster, but take longer to begin."""
FEW = 2
"""Neurons that are tried one by one, which is faster than a product of matrices of which one is so narrow."""


class PocketPerceptron(AveragedPerceptron):
    """Perceptrons that answer with the best that was tried on all rows.

    Beside neurons that stood for long, those at the end of an epoch are tried, and the mean of all on the way, which
    is often the best of them where no neuron can have every row right. Neurons that compete are tried together, and
    one pocket holds the best whole layer.

    References
    ----------
    Gallant (1990), IEEE Transactions on Neural Networks 1(2):179-191.
    """

    slots = (*AveragedPerceptron.slots, "P", "p", "records")
    layers = (*AveragedPerceptron.layers, ("P", "p"))
    epoch_kernel = "pocket_epoch"
    no_progress = "the neuron in the pocket has hardly had more rows right"
    P: Any
    p: Any
    records: Any

    def __init__(self, data: Dataset, settings: PerceptronSettings, state: State | None = None) -> None:
        super().__init__(data, settings, state)
        if self.competing:
            self.no_progress = "the layer in the pocket has hardly had more rows right"
        if state is not None:  # of other rows, perhaps: what is in the pocket has to stand the test on these
            for record, right in zip(self.records, self.rows_right(*self.answering()), strict=True):
                record[1] = right

    def rows_right(self, W: Array, b: Array) -> list[float]:
        """Return the weight of the rows that each neuron, or the layer that competes, has right."""
        if self.epoch_work <= SHORT:
            neurons, rows = (self.kernel_form(W), self.kernel_form(b[:, np.newaxis])), (self.X, self.y)
            each, wrong = (-1,) if self.competing else range(len(W)), self.kernels.rows_wrong
            return [self.total - float(wrong(neurons, k, rows, self.kernel_weight, 1, math.inf)) for k in each]
        data = self.weighed
        fires_for = np.arange(len(W)) if data.neurons > 1 else np.ones(1, np.intp)
        size = leaf_rows(2 * len(data.y), LEAF) if data.sparse else LEAF
        work, told = float(data.entries) * len(W), (W, b) if self.competing else (W, b, fires_for)
        (right,) = over_leaves(_won_of_leaf if self.competing else _right_of_leaf, data, told, work, size)
        return list(map(float, right))

    @cached_property
    def weighed(self) -> Dataset:
        """The rows as they are seen, with the weights by which they are visited."""
        return replace(self.seen, sample_weight=self.weight)

    @property
    def counts(self) -> tuple[Any, float, float]:
        """What rows count, as the kernels take it: their weights, the sum of these and the largest."""
        return self.kernel_weight, self.total, max(1.0, float(self.weight.max(initial=0.0)))

    @property
    def each(self) -> bool:
        """Whether every neuron is tried, however short its run."""
        return len(self.data.y) <= SMALL  # rows that are merged are looked at, too

    def cost_per_row(self) -> float:
        """Return how many looks at a row it takes: some neurons on the way are tried on all rows."""
        rows = len(self.data.y)
        return 1.0 + 0.2 * rows if rows <= SMALL else 1.5

    def first_state(self) -> State:
        state = super().first_state()
        # run, right, moved; neurons that guess have a third of that run: Erdos & Renyi (1970), Journal d'Analyse 23:103
        first = [3.0 * math.log2(len(self.rows)), -1.0, 0.0]
        records = np.array([first] * (1 if self.competing else self.data.neurons))
        return state | {"P": state["W"].copy(), "p": state["b"].copy(), "records": records}

    def adopted(self, state: State) -> State:
        first = self.first_state()
        if "records" in state and len(state["records"]) != len(first["records"]):  # they did not compete, or did
            state = state | {"records": first["records"]}
        return super().adopted(state)

    def learn(self, visits: Any) -> tuple[int, float]:
        rates, tried = self.rates(), (self.counts, self.each)
        if self.competing:
            return self.compete(visits, self.scale, (self.S, self.s, self.time), (self.P, self.p, self.records, *tried))
        return self.by_clock(
            lambda some, y, average: self.kernels.pocket_epoch(
                (self.W[some], self.b[some]), (self.X, y), visits, rates, average,
                (self.P[some], self.p[some], self.records[some], *tried),
            )
        )  # fmt: skip

    def end_epoch(self, mistakes: int) -> int:
        """Put the mean so far, or what stands at the end of the epoch, into the pocket, too, if it is better."""
        mistakes = Perceptron.end_epoch(self, mistakes)
        now, mean = float(self.time[0]), self.mean()
        records = np.asarray(self.records).tolist()
        due = self.each or mistakes == 0 or any(now - moved > run for run, _, moved in records)
        if due:
            self._keep_better(*self.weights)
        self._keep_better(*mean, or_equal=self.competing)  # of two layers as good, the mean
        return mistakes

    def _keep_better(self, W: Array, b: Array, *, or_equal: bool = False) -> None:
        """Put neurons, or the layer that competes, into the pocket where they have more rows right."""
        for k, right in enumerate(self.rows_right(W, b)):
            best = self.records[k][1]
            if right > best or (right == best and or_equal):
                self.records[k][1] = right
                for m in range(len(W)) if self.competing else (k,):
                    self.P[m][:], self.p[m][0] = W[m], b[m]

    def take_over(self, weights: Array, neurons: Array) -> bool:
        """Put weights that were found into the pocket, where they have more rows right."""
        W, b = (part.copy() for part in self.answering())
        for k, w, bias in self.as_seen(weights, neurons):
            W[k], b[k] = w, bias
        self._keep_better(W, b)
        return self.finished() is not None

    def finished(self) -> tuple[bool, str] | None:
        """Stop where what is in the pocket has every row right."""
        if any(record[1] < self.total for record in self.records):
            return None
        return True, stopping.pocket_right(self.settings.max_epochs - self.left, self.competing)

    def settle_ties(self) -> int:
        """Learn from rows that only rounding puts on the right side; the mean need not be right."""
        return Perceptron.settle_ties(self)

    def on_one_thread(self) -> AbstractContextManager[None]:
        return one_blas_thread() if self.epoch_work > SHORT else nullcontext()

    def missed(self, mistakes: int) -> float:
        """Return how often the neurons in the pocket are wrong, in steps of two percent: less is luck, not progress.

        The mean of many neurons has a row more right in nearly every epoch of a large table, and for very long.
        """
        missed = self.total * len(self.records) - float(sum(record[1] for record in self.records))
        return math.floor(math.log(missed) / STEP) if missed > 0.0 else -math.inf

    def wrong_neurons(self) -> Array:
        """Return the numbers of the neurons whose pocket is not right on every row; none where they compete."""
        if self.competing:
            return super().wrong_neurons()
        return np.array([k for k, record in enumerate(self.records) if record[1] < self.total], np.intp)

    def answering_weights(self) -> Array:
        return np.asarray(self.P, self.dtype)

    def answering(self) -> tuple[Array, Array]:
        return np.array(self.P, self.dtype), np.array(self.p, self.dtype)[:, 0]


def _won_of_leaf(data: Dataset, start: int, stop: int, W: Array, b: Array) -> tuple[Array]:
    """Return the weight of the rows in which the class has the largest sum, the first of the largest."""
    X, y, rows = data.part(start, stop), data.y[start:stop], np.arange(stop - start)
    sums = np.ascontiguousarray((X @ W.T).T) if data.sparse else W @ X.T  # (neurons, rows)
    sums += b[:, np.newaxis]
    own = sums[y, rows]
    sums[y, rows] = -np.inf
    others = sums.max(axis=0)
    right, tied = own > others, own == others
    if tied.any():
        right |= tied & (sums.argmax(axis=0) > y)
    return _weighed(right[np.newaxis], data, start, stop)


def _right_of_leaf(data: Dataset, start: int, stop: int, W: Array, b: Array, fires_for: Array) -> tuple[Array]:
    """Return the weight of the rows for which each neuron fires if they are of its class, and else not."""
    X = data.part(start, stop)
    sums = np.array([X @ w for w in W]) if len(W) <= FEW else np.ascontiguousarray((X @ W.T).T)  # (neurons, rows)
    right = (sums >= -b[:, np.newaxis]) == (data.y[start:stop] == fires_for[:, np.newaxis])
    return _weighed(right, data, start, stop)


def _weighed(right: Array, data: Dataset, start: int, stop: int) -> tuple[Array]:
    if not len(data.sample_weight):
        return (np.count_nonzero(right, axis=1).astype(np.float64),)
    return (right.astype(np.float64) @ data.weight(start, stop),)
