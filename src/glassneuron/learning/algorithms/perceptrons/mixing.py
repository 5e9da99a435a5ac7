"""Perceptrons that learn in shards: each goes through its own rows from the common weights, and the mean goes on.

That is iterative parameter mixing, and converges as the perceptron does; `docs/same_bits.md` has the proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import add_tree, over_leaves, over_parts
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.perceptrons.averaged import AveragedPerceptron
from glassneuron.learning.algorithms.perceptrons.perceptron import Perceptron
from glassneuron.learning.algorithms.perceptrons.pocket import PocketPerceptron
from glassneuron.learning.algorithms.perceptrons.shards import Shards, Task, dealt, learn_shard
from glassneuron.learning.dataset import Dataset


class Mixing(Perceptron):
    """A perceptron in shards: an epoch is one of each shard, from the common weights, and the mean of where they led.

    Attributes
    ----------
    shards : Shards
    mixed : ndarray of shape (1,)
        Mistakes so far, each divided by the number of shards.

    References
    ----------
    McDonald, Hall & Mann (2010), Distributed training strategies for the structured perceptron, NAACL-HLT: 456-464.
    """

    averaged = False
    epoch_kernel = ""  # each shard is told its speed, wherever it learns
    alone = None
    mixed: Array

    def first_state(self) -> State:
        return super().first_state() | {"mixed": np.zeros(1)}

    def state(self) -> State:
        return super().state() | {"mixed": self.mixed.copy()}

    def restore(self, state: State) -> None:
        super().restore(state)
        self.mixed = state["mixed"].copy()
        weighed = replace(self.seen, sample_weight=self.weight)
        self.shards = Shards(weighed, dealt(self.rows, self.settings.shards))

    def begin_epoch(self, epoch: int) -> int:
        self.left, self.number = self.settings.max_epochs - epoch - 1, epoch
        self.eta = self.rate_in(epoch)
        return 1

    def step(self, start: int, stop: int) -> tuple[int, float]:
        speed = "python" if backend.interpreted(self.kernels) else "compiled"
        settings = self.settings
        task = Task(speed, self.averaged, self.competing, self.rates(), settings.shuffle, self.seed, self.number)
        W, b = (np.array(each, self.dtype) for each in (self.W, self.b))
        found = over_parts(learn_shard, self.shards, (task, W, b), self.epoch_work)
        W, b, SW, Sb, time, mistakes, loss = add_tree(found)
        W, b = W / len(found), b / len(found)
        if self.averaged:
            self.take_average(W, b, SW, Sb, time)
        self.W, self.b = self.kernel_form(W.astype(self.dtype)), self.kernel_form(b.astype(self.dtype))
        self.mixed[0] += mistakes / len(found)
        return mistakes, loss

    def take_average(self, W: Array, b: Array, SW: Array, Sb: Array, time: float) -> None:
        """Add the weights that stood on the way to the mean; it is told by what the last ones differ from it."""
        raise NotImplementedError

    def end_epoch(self, mistakes: int) -> int:
        found = super().end_epoch(mistakes)
        self.mixed[0] += found - mistakes  # ties, which move the common weights themselves
        return found

    def facts(self) -> dict[str, float]:
        return super().facts() | {"weighted_mistakes": float(self.mixed[0])}

    def mistake_bound(self) -> float | None:
        r"""Return :math:`(R / \gamma)^2` with the margin of the last weights, all of whose answers are right.

        For any such weights it bounds the weighted mistakes of a training from 0, whose bias learns at the same rate.
        """
        settings = self.settings
        if not self.fresh or settings.fixed_bias is not None or settings.schedule != "constant":
            return None
        (W, b), data = self.weights, self.shards.data
        (least,) = over_leaves(
            _leads_of_leaf, data, (W, b, self.competing), float(data.entries) * len(W), add=_least_of_both
        )
        lengths = np.sum(np.asarray(W, np.float64) ** 2, axis=1) + np.asarray(b, np.float64) ** 2
        reach = data.longest_row() + 1.0
        if self.competing:
            reach, lengths, least = 2.0 * reach, np.array([lengths.sum()]), least[:1]
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            bound = float(np.sum(reach * lengths / least**2))
        return bound if (least > 0.0).all() and np.isfinite(bound) else None


def _leads_of_leaf(data: Dataset, start: int, stop: int, W: Array, b: Array, competing: bool) -> tuple[Array]:
    """Return by how much, at least, each neuron is right; of those that compete by how much the winner leads."""
    Z = np.asarray(data.part(start, stop) @ W.T, np.float64) + b
    counted = data.weight(start, stop) > 0.0
    if competing:
        at, y = np.arange(len(Z)), data.y[start:stop]
        own = Z[at, y].copy()
        Z[at, y] = -np.inf
        leads = (own - Z.max(axis=1))[:, np.newaxis]
    else:
        leads = np.where(data.targets(start, stop) > 0.0, Z, -Z)
    return (leads[counted].min(axis=0, initial=np.inf),)


def _least_of_both(a: tuple[Any, ...], b: tuple[Any, ...]) -> tuple[Any, ...]:
    return (np.minimum(a[0], b[0]),)


class MixedAveraged(Mixing, AveragedPerceptron):
    """Shards whose answer is the mean of all neurons on the way, of all shards."""

    averaged = True

    def take_average(self, W: Array, b: Array, SW: Array, Sb: Array, time: float) -> None:
        before, after = float(self.time[0]), float(self.time[0]) + time
        old = (np.array(each, np.float64) for each in (self.W, self.b))
        sums = [before * w - np.array(s) for w, s in zip(old, (self.S, self.s), strict=True)]
        self.S = self.kernel_form(after * W - (sums[0] + SW))
        self.s = self.kernel_form(after * b - (sums[1] + Sb))
        self.time[0] = after


class MixedPocket(MixedAveraged, PocketPerceptron):
    """Shards, of whose common neurons at the end of each epoch, and means, the best answers."""


MIXED: dict[str, Callable[..., Mixing]] = {"plain": Mixing, "averaged": MixedAveraged, "pocket": MixedPocket}
