"""How a network learns: the slope of the loss at every weight by the chain rule, and a step downhill each batch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.engine.losses import LOSSES
from glassneuron.errors import problem, warn
from glassneuron.learning import schedules
from glassneuron.learning.curvature import suggested_rate
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.lesson import OPTIMISERS, Lesson, Memory
from glassneuron.learning.stopping import Patience
from glassneuron.neurons.network import Network

FAR = 10.0
"""Size of a feature or target from which on a table was hardly brought to one scale."""


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
            checks.number("tol", self.tolerance, "[0, inf)")
        checks.integer("patience", self.patience, "[1, inf)")
        checks.boolean("shuffle", self.shuffle)
        checks.boolean("each_batch", self.each_batch)

    def rows_a_step(self, rows: int) -> int:
        """Give the batch size for a table of so many rows."""
        return min(rows, 200 if self.batch_size is None else self.batch_size)


def learn(
    network: Network,
    X: Array,
    Y: Array,
    rule: BackpropagationRule,
    *,
    weights: Array | None = None,
    validation: tuple[Array, ...] | None = None,
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
    validation : tuple of X and Y, or of X, Y and how much each row counts, optional
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
    return teach(Lesson(network, X, Y, rule, weights, memory), validation, on_epoch)


def teach(
    lesson: Lesson, validation: tuple[Array, ...] | None = None, on_epoch: OnEpoch | None = None
) -> tuple[Network, History]:
    """Train the network of a lesson, whose parameters are up to date whenever `on_epoch` is called.

    Parameters
    ----------
    lesson : Lesson
    validation, on_epoch
        As `learn` takes them.

    Returns
    -------
    network : Network
    history : History
    """
    rule = lesson.rule
    if rule.dropout == 0.0:  # which tells neurons apart
        _warn_of_twins(lesson.network)
    if rule.optimiser == "lbfgs":
        if validation is not None or rule.dropout > 0.0:
            of_batches = "one that takes steps from batches, for dropout and for rows held out"
            raise problem("parameter", name="optimiser", rule=of_batches, value=rule.optimiser)
        from glassneuron.learning.lbfgs import learn_whole

        return learn_whole(lesson, on_epoch)
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
        if rule.each_batch:
            history.batch_losses += losses.ravel().tolist()
        if not finite:
            history.seconds += [(time.perf_counter() - start) / len(order)] * len(losses)
            diverged(lesson, history)
            break
        if validation is not None:
            history.validation_losses.append(lesson.judge(validation))
        history.seconds += [(time.perf_counter() - start) / len(order)] * len(order)
        if one_by_one and finished(history, rule, waiting, on_epoch):
            break
        if validation is not None and waiting.improved:
            best = lesson.theta.copy()
    else:
        history.why_stopped = f"all {rule.max_epochs} epochs are over; the last loss is {history.losses[-1]:.4g}"
    if validation is not None and 0 < waiting.best_epoch < history.epochs:
        lesson.theta = best
        history.why_stopped += f"; the weights of epoch {waiting.best_epoch} are kept, the best on the validation rows"
    return lesson.taught(), history


def finished(history: History, rule: BackpropagationRule, waiting: Patience, on_epoch: OnEpoch | None) -> bool:
    """Tell whether an epoch was the last one, and note why."""
    watched = history.validation_losses or history.losses
    exhausted = waiting.exhausted(watched[-1]) and rule.tolerance is not None
    history.why_stopped = f"it was asked to stop after epoch {history.epochs}"
    if exhausted:
        where = " on the validation rows" if history.validation_losses else ""
        history.converged = True
        history.why_stopped = (
            f"for {rule.patience} epochs the loss{where} has not fallen by more than {rule.tolerance:g}; "
            f"it is {watched[-1]:.4g}"
        )
    stop = on_epoch is not None and on_epoch(history) is True
    return exhausted or stop


def diverged(lesson: Lesson, history: History) -> None:
    """Note that the loss exploded, and warn; an epoch whose steps led there does not count."""
    lesson.refuse_beyond_float()
    if lesson.retreat():
        for course in (history.losses, history.seconds, history.validation_losses):
            del course[-1:]
        del history.batch_losses[-lesson.steps :]
    rule, epochs = lesson.rule, history.epochs
    if callable(rule.schedule):  # then the rate is the schedule's own
        rate = schedules.rates(rule.schedule, rule.learning_rate, np.array([float(epochs)]), rule.max_epochs)
        rule = replace(rule, learning_rate=float(rate[0]))
    better = better_rate(lesson.network, lesson.X, lesson.Y, rule)
    far = max(np.abs(lesson.X).max(), np.abs(lesson.Y).max()) > FAR
    history.diverged = True
    history.why_stopped = (
        f"the loss exploded in epoch {epochs + 1}: a learning rate of {rule.learning_rate:g} is too large here. "
        f"Try {better:.1g}{', or bring features and targets to one scale' if far else ''}"
    )
    warn(f"{history.why_stopped}.")


def better_rate(network: Network, X: Array, Y: Array, rule: BackpropagationRule) -> float:
    """Suggest a learning rate in place of one that was too large."""
    if rule.optimiser == "adam":  # whose steps are as long as the rate, whatever the slope
        return min(BackpropagationRule.learning_rate, rule.learning_rate / 10.0)
    better = suggested_rate(network, X, Y, rule.loss)
    return better if better < rule.learning_rate else rule.learning_rate / 10.0


def twins(network: Network, tolerance: float = 0.0) -> Iterator[int]:
    """Find hidden layers whose neurons are all alike, the first being 1: they get the same slopes and stay alike.

    Parameters
    ----------
    network : Network
    tolerance : float
        Differences that do not count, as a share of the largest weight: those of rounding, after a training.
    """
    for l, layer in enumerate(network.layers[:-1]):
        behind = network.layers[l + 1].weights
        if len(layer.biases) > 1 and all(
            (np.abs(table - table[0]) <= tolerance * np.abs(table).max()).all()
            for table in (layer.weights, layer.biases, behind.T)
        ):
            yield l + 1


def _warn_of_twins(network: Network) -> None:
    for layer in twins(network):
        warn(
            f"the {network.sizes[layer]} neurons of layer {layer} start alike and will stay alike: each gets the same "
            "slope as the others. Start from random weights."
        )
