"""A network at work: its parameters, the rows, what its optimiser remembers, and the kernels that take the steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from glassneuron.engine import backend, kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.losses import loss_for
from glassneuron.errors import problem
from glassneuron.learning import schedules
from glassneuron.neurons.network import Network

if TYPE_CHECKING:
    from glassneuron.learning.backpropagation import BackpropagationRule

OPTIMISERS = {
    "sgd": kernels.SGD,
    "momentum": kernels.MOMENTUM,
    "nesterov": kernels.NESTEROV,
    "adam": kernels.ADAM,
}
WORK = 12.0
"""Multiply-adds that one weight and one row cost, forward and backward, in units of `backend`: three products, and
the interpreted kernels take four times as long on arrays as on lists."""
EXPLODED = 1e6
"""Times its usual size from which a loss counts as exploded: it will not come back, infinite or not."""
MASKS = 1 << 24
"""Bytes of dropout that are drawn ahead."""
PIECE = 2e10
"""Work that is done in one go: a fraction of a second."""


@dataclass
class Memory:
    """What an optimiser remembers from one step to the next.

    Attributes
    ----------
    m, v : ndarray of shape (parameters,)
        Means of the slopes and of their squares.
    t : int
        Steps taken.
    """

    m: Array
    v: Array
    t: int = 0

    @classmethod
    def blank(cls, network: Network, dtype: np.dtype) -> Memory:
        """Remember nothing yet."""
        return cls(np.zeros(len(network.parameters), dtype), np.zeros(len(network.parameters), dtype))

    def copy(self) -> Memory:
        """Give a memory that goes its own way."""
        return Memory(self.m.copy(), self.v.copy(), self.t)


@dataclass
class Lesson:
    """A network at work: its parameters, the rows, and everything else that the kernels need."""

    network: Network
    X: Array
    Y: Array
    rule: BackpropagationRule
    weights: Array | None = None
    memory: Memory | None = None
    theta: Array = field(init=False)

    def __post_init__(self) -> None:
        """Refuse what does not fit together, and bring everything into the rows' own kind of float."""
        dtype, rule, network = self.X.dtype, self.rule, self.network
        self._refuse_unfit()
        self.loss = loss_for(rule.loss, network.activations[-1], self.Y)
        self.uniform = self.weights is None
        counts = np.ones(len(self.X), dtype) if self.weights is None else self.weights.astype(dtype)
        if not self.uniform and (counts == 0.0).any():  # a row that does not count is no row
            kept = counts > 0.0
            self.X, self.Y, counts = self.X[kept], self.Y[kept], counts[kept]
        self.X = np.require(self.X, requirements=("C", "W"))
        self.Y = np.require(self.Y, dtype, requirements=("C", "W"))
        self.counts = np.require(counts, requirements=("C", "W"))
        self.theta = network.parameters.astype(dtype)
        self.memory = self.memory or Memory.blank(network, self.theta.dtype)
        self.sizes = np.array(network.sizes, dtype=np.int64)
        self.codes = network.codes
        self.rows = len(self.X)
        self.batch = rule.rows_a_step(self.rows)
        self.steps = -(-self.rows // self.batch)
        self.hidden = int(self.sizes[1:-1].sum())
        self.random = np.random.default_rng(rule.seed)
        self.dice = np.random.default_rng(None if rule.seed is None else [rule.seed, 1])  # of dropout, not of the order
        self.kernels = backend.kernels(WORK * len(self.theta) * self.rows * rule.max_epochs)
        self.usual = 0.0  # a loss as large as before the first step, or as that of answering nothing
        self.before: Array | None = None  # the parameters before the last epoch
        self.knobs = np.array([rule.momentum, rule.beta2, rule.epsilon])

    def _refuse_unfit(self) -> None:
        X, Y, network = self.X, self.Y, self.network
        if self.weights is not None and not self.weights.any():
            raise problem("parameter", name="weights", rule="above 0 for at least one row", value=self.weights)
        if X.ndim != 2 or X.shape[1] != network.sizes[0]:
            raise problem("inputs", expected=network.sizes[0], got=X.shape[-1])
        if Y.shape != (len(X), network.sizes[-1]):
            raise problem("targets", rows=len(X), outputs=network.sizes[-1], shape=Y.shape)
        if "step" in network.activations:
            raise problem("slopeless", layer=1 + max(l for l, name in enumerate(network.activations) if name == "step"))

    def orders(self, epochs: int) -> Array:
        """Draw the order of the rows for some epochs; one batch of all rows needs none."""
        order = np.tile(np.arange(self.rows), (epochs, 1))
        return self.random.permuted(order, axis=1) if self.rule.shuffle and self.steps > 1 else order

    def epochs(self, order: Array, before: int) -> tuple[Array, bool]:
        """Learn for some epochs.

        Parameters
        ----------
        order : ndarray of shape (epochs, rows)
        before : int
            Epochs that are over.

        Returns
        -------
        losses : ndarray of shape (epochs that went well, steps an epoch)
        finite : bool
            False where a loss was not, or grew out of all proportion; the parameters are those of the last epoch that
            went well.
        """
        assert self.memory is not None
        moments = before + np.arange(len(order) * self.steps) / self.steps
        etas = schedules.rates(self.rule.schedule, self.rule.learning_rate, moments, self.rule.max_epochs)
        losses = np.empty(len(order) * self.steps)
        dice = self.dice.bit_generator.state
        backup = self.theta.copy(), self.memory.copy()
        finite = self._in_pieces(order, etas, losses)
        table = losses.reshape(len(order), -1)
        if finite and self._calm(losses) and np.isfinite(self.theta).all():
            self.before = backup[0]
            return table, True
        self.theta[:], was = backup
        self.memory.m[:], self.memory.v[:], self.memory.t = was.m, was.v, was.t
        if len(order) == 1:
            return table[:0], False
        self.dice.bit_generator.state = dice  # the same again, one by one, as far as it goes well
        good: list[Array] = []
        for epoch in range(len(order)):
            one, finite = self.epochs(order[epoch : epoch + 1], before + epoch)
            if not finite:
                break
            good.append(one)
        return np.concatenate([table[:0], *good]), False

    def step(self, rows: Array, before: int, number: int, losses: Array) -> bool:
        """Take one step of an epoch, without dropout, and note its loss; False where that is not finite.

        Parameters
        ----------
        rows : ndarray of shape (rows of the batch,)
        before, number : int
            Epochs that are over, and steps in this one.
        losses : ndarray of shape (steps an epoch,), written
        """
        moment = np.array([before + number / self.steps])
        eta = schedules.rates(self.rule.schedule, self.rule.learning_rate, moment, self.rule.max_epochs)
        one = losses[number : number + 1]
        if not self._call(rows[np.newaxis], np.empty((1, 0), self.theta.dtype), eta, one):
            return False
        return self._calm(one) and bool(np.isfinite(self.theta).all())

    def _calm(self, losses: Array) -> bool:
        """Tell whether no loss grew out of all proportion to the first one ever."""
        if self.usual == 0.0:
            with np.errstate(over="ignore"):
                self.usual = max(float(losses[0]), float(np.mean(self.Y**2)), 1e-12)
        return bool(losses.max() <= EXPLODED * self.usual)

    def refuse_beyond_float(self) -> None:
        """Refuse rows whose loss is infinite before any step: no learning rate helps them."""
        with np.errstate(over="ignore", invalid="ignore"):
            start = self.judge((self.X, self.Y), self.network.parameters)
        if not np.isfinite(start):
            reach = {"features": float(np.abs(self.X).max()), "targets": float(np.abs(self.Y).max())}
            raise problem("beyond-float", kind=self.theta.dtype, **reach)

    def retreat(self) -> bool:
        """Go back to the parameters before the last epoch, if that is the one whose steps led astray; tell whether."""
        with np.errstate(over="ignore", invalid="ignore"):
            astray = self.before is not None and not self._calm(np.array([self.judge((self.X, self.Y))]))
        if astray and self.before is not None:
            self.theta[:] = self.before
        return astray

    def _in_pieces(self, order: Array, etas: Array, losses: Array) -> bool:
        """Take the steps some at a time: dropout has to fit into memory, and an interrupt is heard between them."""
        width, keep = self.batch * self.hidden, 1.0 - self.rule.dropout
        dropout, masks = keep < 1.0 and self.hidden > 0, np.empty((1, 0), self.theta.dtype)
        ahead = int(PIECE / (WORK * len(self.theta) * self.batch))
        if not dropout and ahead >= len(losses):
            return self._call(order, masks, etas, losses)
        ahead = max(1, min(self.steps, ahead, MASKS // (width * self.theta.itemsize) if dropout else self.steps))
        step = 0
        for rows in order:
            for first in range(0, self.steps, ahead):
                part = rows[np.newaxis, first * self.batch : (first + ahead) * self.batch]
                now = slice(step, step + -(-part.shape[1] // self.batch))
                if dropout:
                    kept = self.dice.random((now.stop - step, width), dtype=np.float32) < keep
                    masks = kept.astype(self.theta.dtype)
                    masks /= masks.dtype.type(keep)
                if not self._call(part, masks, etas[now], losses[now]):
                    return False
                step = now.stop
        return True

    def _call(self, order: Array, masks: Array, etas: Array, losses: Array) -> bool:
        memory, rule = self.memory, self.rule
        assert memory is not None
        with np.errstate(over="ignore", invalid="ignore"):
            done = self.kernels.train_batches(
                self.theta, self.sizes, self.codes, self.loss.code, self.X, self.Y, self.counts, order, self.batch,
                masks, OPTIMISERS[rule.optimiser], memory.m, memory.v, memory.t, etas, self.knobs, float(rule.l2),
                np.inf if rule.clip is None else float(rule.clip), losses,
            )  # fmt: skip
        memory.t += int(done)
        return bool(done == len(losses))

    def epoch_losses(self, order: Array, losses: Array) -> list[float]:
        """Give the mean loss of each epoch out of the means of its batches."""
        starts = np.arange(0, self.rows, self.batch)
        if self.uniform:
            counts = np.diff(np.append(starts, self.rows)).astype(float)
            return (losses @ (counts / self.rows)).tolist()  # type: ignore[no-any-return]
        totals = np.add.reduceat(self.counts[order].astype(np.float64), starts, axis=1)
        return ((losses * totals).sum(axis=1) / totals.sum(axis=1)).tolist()  # type: ignore[no-any-return]

    def judge(self, validation: tuple[Array, ...], parameters: Array | None = None) -> float:
        """Give the mean loss on some rows, each as often as it counts, of the parameters at hand or of others."""
        theta = self.theta if parameters is None else parameters.astype(self.theta.dtype)
        X, Y, *more = (np.require(part, self.theta.dtype, requirements=("C", "W")) for part in validation)
        if X.shape[1:] != (self.sizes[0],) or Y.shape != (len(X), self.sizes[-1]):
            raise problem("targets", rows=len(X), outputs=self.sizes[-1], shape=Y.shape)
        counts = more[0] if more else np.ones(len(X), self.theta.dtype)
        return float(self.kernels.mean_loss(theta, self.sizes, self.codes, self.loss.code, X, Y, counts))

    def taught(self) -> Network:
        """Give the network with what it has learned."""
        return self.network.with_parameters(self.theta.copy())
