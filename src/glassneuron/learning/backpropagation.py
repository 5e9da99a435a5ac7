"""How a network learns: the slope of the loss at every weight by the chain rule, and a step downhill each batch."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from glassneuron import checks
from glassneuron.engine import jit, kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.losses import LOSSES, loss_for
from glassneuron.errors import TrainingWarning, problem
from glassneuron.learning import schedules
from glassneuron.learning.curvature import suggested_rate
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.stopping import Patience
from glassneuron.neurons.network import Network

OPTIMISERS = {
    "sgd": kernels.SGD,
    "momentum": kernels.MOMENTUM,
    "nesterov": kernels.NESTEROV,
    "adam": kernels.ADAM,
}
WORK = 12.0
"""Multiply-adds that one weight and one row cost, forward and backward, in units of `engine.jit`: three products, and
the interpreted kernels take four times as long on arrays as on lists."""
EXPLODED = 1e6
"""Times its usual size from which a loss counts as exploded: it will not come back, infinite or not."""
MASKS = 1 << 24
"""Bytes of dropout that are drawn ahead."""


@dataclass(frozen=True)
class BackpropagationRule:
    """How to learn.

    Attributes
    ----------
    loss : {"cross_entropy", "squared_error"}
    optimiser : {"adam", "sgd", "momentum", "nesterov", "lbfgs"}
    learning_rate : float in (0, inf)
    schedule : {"constant", "linear", "cosine", "inverse"}, or a function from the epoch to a rate
    batch_size : int or None
        Rows for each step; None for 200, or all where there are fewer.
    max_epochs : int, at least 1
    momentum : float in [0, 1)
        Of momentum and Nesterov; beta1 of Adam.
    beta2 : float in [0, 1)
    epsilon : float in (0, inf)
    l2 : float in [0, inf)
        Penalty l2 / 2 times the sum of the squared weights (not the biases), beside the mean loss.
    dropout : float in [0, 1)
        Share of the hidden neurons that is silenced at random in each step (Srivastava et al. 2014, JMLR 15:1929).
    clip : float in (0, inf) or None
        Greatest length of a gradient; longer ones are shortened.
    tolerance : float in [0, inf) or None
        Stop when the loss has not fallen by more for `patience` epochs; None never stops for that.
    patience : int, at least 1
    shuffle : bool
    seed : int or None
        Of the orders and of dropout.
    each_batch : bool
        Keep the loss of each batch in the history.
    """

    loss: str = "cross_entropy"
    optimiser: str = "adam"
    learning_rate: float = 0.001
    schedule: schedules.Schedule = "constant"
    batch_size: int | None = None
    max_epochs: int = 200
    momentum: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    l2: float = 0.0
    dropout: float = 0.0
    clip: float | None = None
    tolerance: float | None = 1e-4
    patience: int = 10
    shuffle: bool = True
    seed: int | None = None
    each_batch: bool = False

    def __post_init__(self) -> None:
        """Check each setting."""
        checks.choice("loss", self.loss, tuple(LOSSES))
        checks.choice("optimiser", self.optimiser, (*OPTIMISERS, "lbfgs"))
        checks.number("learning_rate", self.learning_rate, "(0, inf)")
        schedules.checked(self.schedule)
        if self.batch_size is not None:
            checks.integer("batch_size", self.batch_size, "[1, inf)")
        checks.integer("max_epochs", self.max_epochs, "[1, inf)")
        for name in ("momentum", "beta2", "dropout"):
            checks.number(name, getattr(self, name), "[0, 1)")
        checks.number("epsilon", self.epsilon, "(0, inf)")
        checks.number("l2", self.l2, "[0, inf)")
        if self.clip is not None:
            checks.number("clip", self.clip, "(0, inf)")
        if self.tolerance is not None:
            checks.number("tolerance", self.tolerance, "[0, inf)")
        checks.integer("patience", self.patience, "[1, inf)")
        checks.boolean("shuffle", self.shuffle)
        checks.boolean("each_batch", self.each_batch)

    def rows_a_step(self, rows: int) -> int:
        """Give the batch size for a table of so many rows."""
        return min(rows, 200 if self.batch_size is None else self.batch_size)


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
        """Bring everything into the rows' own kind of float."""
        dtype, rule, network = self.X.dtype, self.rule, self.network
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
        self.loss = loss_for(rule.loss, network.activations[-1])
        self.rows = len(self.X)
        self.batch = rule.rows_a_step(self.rows)
        self.steps = -(-self.rows // self.batch)
        self.hidden = int(self.sizes[1:-1].sum())
        self.random = np.random.default_rng(rule.seed)
        self.kernels = jit.kernels(WORK * len(self.theta) * self.rows * rule.max_epochs)
        self.usual = 0.0  # a loss as large as before the first step, or as that of answering nothing
        self.knobs = np.array([rule.momentum, rule.beta2, rule.epsilon])

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
        dice = self.random.bit_generator.state
        backup = self.theta.copy(), replace(self.memory, m=self.memory.m.copy(), v=self.memory.v.copy())
        if self.rule.dropout == 0.0 or self.hidden == 0:
            finite = self._call(order, np.empty((1, 0), self.theta.dtype), etas, losses)
        else:
            finite = self._with_dropout(order, etas, losses)
        self.usual = self.usual or max(float(losses[0]), float(np.mean(self.Y**2)), 1e-12)
        table = losses.reshape(len(order), -1)
        if finite and losses.max() <= EXPLODED * self.usual and np.isfinite(self.theta).all():
            return table, True
        self.theta[:], was = backup
        self.memory.m[:], self.memory.v[:], self.memory.t = was.m, was.v, was.t
        if len(order) == 1:
            return table[:0], False
        self.random.bit_generator.state = dice  # the same again, one by one, as far as it goes well
        good: list[Array] = []
        for epoch in range(len(order)):
            one, finite = self.epochs(order[epoch : epoch + 1], before + epoch)
            if not finite:
                break
            good.append(one)
        return np.concatenate([table[:0], *good]), False

    def _with_dropout(self, order: Array, etas: Array, losses: Array) -> bool:
        width, keep = self.batch * self.hidden, 1.0 - self.rule.dropout
        ahead = max(1, min(self.steps, MASKS // (width * self.theta.itemsize)))
        step = 0
        for rows in order:
            for first in range(0, self.steps, ahead):
                part = rows[np.newaxis, first * self.batch : (first + ahead) * self.batch]
                now = slice(step, step + -(-part.shape[1] // self.batch))
                kept = self.random.random((now.stop - step, width), dtype=np.float32) < keep
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
            return (losses @ counts / self.rows).tolist()  # type: ignore[no-any-return]
        totals = np.add.reduceat(self.counts[order].astype(np.float64), starts, axis=1)
        return ((losses * totals).sum(axis=1) / totals.sum(axis=1)).tolist()  # type: ignore[no-any-return]

    def judge(self, validation: tuple[Array, Array]) -> float:
        """Give the mean loss on rows that are not learned from."""
        X, Y = (np.require(part, self.theta.dtype, requirements=("C", "W")) for part in validation)
        one = np.ones(len(X), self.theta.dtype)
        return float(self.kernels.mean_loss(self.theta, self.sizes, self.codes, self.loss.code, X, Y, one))

    def taught(self) -> Network:
        """Give the network with what it has learned."""
        return self.network.with_parameters(self.theta.copy())


def learn(
    network: Network,
    X: Array,
    Y: Array,
    rule: BackpropagationRule,
    *,
    weights: Array | None = None,
    validation: tuple[Array, Array] | None = None,
    on_epoch: OnEpoch | None = None,
    memory: Memory | None = None,
) -> tuple[Network, History]:
    """Train a network from where it stands.

    Parameters
    ----------
    network : Network
    X : ndarray of shape (rows, inputs), finite, float32 or float64
        What it learns is of the same kind.
    Y : ndarray of shape (rows, outputs)
    rule : BackpropagationRule
    weights : ndarray of shape (rows,), at least 0, optional
        How much each row counts: 2 is the same as the row twice in its batch.
    validation : tuple of X and Y, optional
        Rows kept aside. Patience then watches their loss, and the parameters of the best epoch are kept.
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.
    memory : Memory, optional
        Of an optimiser that goes on; changed in place.

    Returns
    -------
    network : Network
    history : History

    Warns
    -----
    TrainingWarning
        If the loss explodes (the network of the last good epoch is given back), or hidden neurons start alike.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323:533.

    Examples
    --------
    >>> X, Y = np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]])
    >>> rule = BackpropagationRule(optimiser="sgd", learning_rate=5.0, max_epochs=100)
    >>> network, history = learn(Network.random([1, 1], seed=0), X, Y, rule)
    >>> network.feedforward(X).round()
    array([0., 1.])
    """
    _refuse_unfit(network, X, Y, weights)
    if rule.dropout == 0.0:  # which tells neurons apart
        _warn_of_twins(network)
    if rule.optimiser == "lbfgs":
        if validation is not None or rule.dropout > 0.0:
            of_batches = "one that takes steps from batches, for dropout and for rows held out"
            raise problem("parameter", name="optimiser", rule=of_batches, value=rule.optimiser)
        from glassneuron.learning.lbfgs import learn_whole

        return learn_whole(Lesson(network, X, Y, rule, weights), on_epoch)
    lesson = Lesson(network, X, Y, rule, weights, memory)
    history = History()
    waiting = Patience(rule.tolerance or 0.0, rule.patience)
    best = lesson.theta
    one_by_one = on_epoch is not None or validation is not None or rule.tolerance is not None
    at_once = 1 if one_by_one else max(1, min(1_000_000 // lesson.rows, int(2e8 / (lesson.rows * len(lesson.theta)))))
    while history.epochs < rule.max_epochs:
        start = time.perf_counter()
        order = lesson.orders(min(at_once, rule.max_epochs - history.epochs))
        losses, finite = lesson.epochs(order, history.epochs)
        history.losses += lesson.epoch_losses(order[: len(losses)], losses)
        if not finite:
            history.seconds += [(time.perf_counter() - start) / len(order)] * len(losses)
            _diverged(lesson, history)
            break
        if rule.each_batch:
            history.batch_losses += losses.ravel().tolist()
        if validation is not None:
            history.validation_losses.append(lesson.judge(validation))
        history.seconds += [(time.perf_counter() - start) / len(order)] * len(order)
        if one_by_one and _finished(history, rule, waiting, on_epoch):
            break
        if validation is not None and waiting.improved:
            best = lesson.theta.copy()
    else:
        history.why_stopped = f"all {rule.max_epochs} epochs are over; the last loss is {history.losses[-1]:.4g}"
    if validation is not None and 0 < waiting.best_epoch < history.epochs:
        lesson.theta = best
        history.why_stopped += f"; the weights of epoch {waiting.best_epoch} are kept, the best on the rows held out"
    return lesson.taught(), history


def _finished(history: History, rule: BackpropagationRule, waiting: Patience, on_epoch: OnEpoch | None) -> bool:
    watched = history.validation_losses or history.losses
    exhausted = waiting.exhausted(watched[-1]) and rule.tolerance is not None
    history.why_stopped = f"the caller stopped it after epoch {history.epochs}"
    if exhausted:
        where = " on the rows held out" if history.validation_losses else ""
        history.converged = True
        history.why_stopped = (
            f"for {rule.patience} epochs the loss{where} has not fallen by more than {rule.tolerance:g}; "
            f"it is {watched[-1]:.4g}"
        )
    stop = on_epoch is not None and on_epoch(history) is True
    return exhausted or stop


def _diverged(lesson: Lesson, history: History) -> None:
    rate = lesson.rule.learning_rate
    better = suggested_rate(lesson.network, lesson.X, lesson.Y, lesson.rule.loss)
    if lesson.rule.optimiser == "adam" or not better < rate:
        better = rate / 10.0
    history.why_stopped = (
        f"the loss exploded in epoch {history.epochs + 1}: a learning rate of {rate:g} is too large here. "
        f"Try {better:.1g}, or bring the features to one scale"
    )
    warnings.warn(f"{history.why_stopped}.", TrainingWarning, stacklevel=4)


def _refuse_unfit(network: Network, X: Array, Y: Array, weights: Array | None) -> None:
    if weights is not None and not weights.any():
        raise problem("parameter", name="weights", rule="above 0 for at least one row", value=weights)
    if X.ndim != 2 or X.shape[1] != network.sizes[0]:
        raise problem("inputs", expected=network.sizes[0], got=X.shape[-1])
    if Y.shape != (len(X), network.sizes[-1]):
        raise problem("targets", rows=len(X), outputs=network.sizes[-1], shape=Y.shape)


def twins(network: Network) -> Iterator[int]:
    """Find hidden layers whose neurons are all alike, the first being 1: they get the same slopes and stay alike."""
    for l, layer in enumerate(network.layers[:-1]):
        W, b = layer.weights, layer.biases
        behind = network.layers[l + 1].weights
        if len(b) > 1 and (W[0] == W).all() and (b == b[0]).all() and (behind == behind[:, :1]).all():
            yield l + 1


def _warn_of_twins(network: Network) -> None:
    for layer in twins(network):
        warnings.warn(
            f"the {network.sizes[layer]} neurons of layer {layer} start alike and will stay alike: each gets the same "
            "slope as the others. Start from random weights.",
            TrainingWarning,
            stacklevel=4,
        )
