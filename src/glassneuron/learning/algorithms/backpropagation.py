"""Networks: backpropagation, a step for each batch, or L-BFGS over all rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.engine.losses import loss_for
from glassneuron.engine.on_disk import joined, row_numbers, true_places
from glassneuron.engine.optimizers import OPTIMISERS
from glassneuron.engine.threads import one_blas_thread
from glassneuron.errors import problem, warn
from glassneuron.learning import schedules, stopping
from glassneuron.learning.algorithms.base import Algorithm, State
from glassneuron.learning.algorithms.curvature import suggested_rate
from glassneuron.learning.dataset import BLOCK, Dataset, as_dense
from glassneuron.learning.history import History
from glassneuron.learning.measures.intervals import total
from glassneuron.learning.sampler import Sampler
from glassneuron.learning.settings import NetworkSettings, seed_of
from glassneuron.neurons.network import Network

WORK = 12.0
"""Multiply-adds that one weight and one row cost, forward and backward, in units of `backend`: three products, and the
interpreted kernels take four times as long on arrays as on lists."""
EXPLODED = 1e6
"""Times its usual size from which a loss counts as exploded: it will not come back, infinite or not."""
NUMBERS = 1 << 22
"""Numbers that sparse rows become at a time, of 32 megabytes."""
MASKS = 1 << 24
"""Bytes of dropout masks that are drawn ahead."""
PIECE = 2e10
"""Work that is done in one go: a fraction of a second."""
BURST_ROWS, BURST_WORK = 1_000_000, 2e8
"""Rows, and weights times rows, that several epochs may have in one go."""
ADAM = 0.001
"""The rate that Adam's paper suggests."""
FAR = 10.0
"""Size of a feature or target from which on a table was hardly standardised."""


class Backpropagation(Algorithm):
    """A network at work on rows with targets of shape (rows, outputs).

    It starts from the parameters of `network`; with a state, from where that says parameters and optimiser stand.

    References
    ----------
    Rumelhart, Hinton & Williams (1986), Nature 323:533.
    """

    counts_mistakes = False
    alone: tuple[str, str] | None = (
        "by mini-batches: one is some 50 microseconds of work, and a message to a machine takes 3 milliseconds",
        "optimiser='lbfgs', which looks at all rows",
    )
    settings: NetworkSettings

    def __init__(self, data: Dataset, settings: NetworkSettings, network: Network, state: State | None = None) -> None:
        self.network, dtype = network, data.X.dtype
        self._refuse_unfit(data)
        self.loss = loss_for(settings.loss, network.activations[-1], data.y)
        weight = data.sample_weight
        self.rows_kept = true_places(weight) if len(weight) and not weight.all() else None
        self.data = data if self.rows_kept is None else data.subset(self.rows_kept)
        self.sparse, self.Y = data.sparse, np.require(self.data.y, dtype, requirements=("C", "W"))
        self.X: Any = self.data.X if self.sparse else np.require(self.data.X, dtype, requirements=("C", "W"))
        self.weight = self.data.weights(dtype)
        self.total, self.uniform = float(self.weight.sum(dtype=np.float64)), not len(self.data.sample_weight)
        self.sizes, self.codes, self.rows = np.array(network.sizes, np.int64), network.codes, len(self.Y)
        self.falls = settings.chosen and settings.schedule is None
        self.settings = settings = settings.for_table(self.rows, len(network.parameters))
        self.unit = settings.batch_size or self.rows
        self.hidden = int(self.sizes[1:-1].sum())
        self.constants = np.array([settings.momentum, settings.beta2, settings.epsilon])
        before = 0.0 if state is None else float(state["work"][0])
        self.work = before + WORK * len(network.parameters) * self.rows * float(settings.max_epochs or 1)
        self.kernels = backend.kernels(self.work)
        self.restore(self.first_state() if state is None else state)

    def _refuse_unfit(self, data: Dataset) -> None:
        X, Y, weight, network = data.X, data.y, data.sample_weight, self.network
        if len(weight) and not weight.any():
            raise problem("parameter", name="weights", rule="above 0 for at least one row", value=weight)
        if X.ndim != 2 or X.shape[1] != network.sizes[0]:
            raise problem("inputs", expected=network.sizes[0], got=X.shape[-1])
        if Y.shape != (X.shape[0], network.sizes[-1]):
            raise problem("targets", rows=X.shape[0], outputs=network.sizes[-1], shape=Y.shape)
        if "step" in network.activations:
            raise problem("slopeless", layer=1 + max(l for l, name in enumerate(network.activations) if name == "step"))

    def prepare(self, validation: Dataset | None) -> None:
        """Warn of hidden neurons that start alike; dropout tells them apart."""
        if self.settings.dropout == 0.0:
            for layer in identical_layers(self.network):
                warn(
                    f"the {self.network.sizes[layer]} neurons of layer {layer} start with equal weights, so they get "
                    "equal gradients and stay equal. Start from random weights."
                )

    def first_state(self) -> State:
        """Return the start: the network's parameters, and an optimiser that remembers nothing."""
        theta = self.network.parameters.astype(self.X.dtype)
        return {
            "theta": theta,
            "m": np.zeros_like(theta),
            "v": np.zeros_like(theta),
            "clock": np.zeros(1, np.int64),
            "usual": np.zeros(1),
            "batch_losses": np.zeros(0),
            "seed": np.array([seed_of(self.settings.random_state)]),
        }

    def state(self) -> State:
        slots = {name: getattr(self, name).copy() for name in ("theta", "m", "v", "clock", "usual")}
        noted = {"seed": np.array([self.seed]), "work": np.array([self.work])}
        return slots | noted | {"batch_losses": np.array(self.batch_losses)}

    def restore(self, state: State) -> None:
        for name in ("theta", "m", "v"):
            setattr(self, name, state[name].astype(self.X.dtype))
        self.batch_losses: list[float] = state["batch_losses"].tolist()
        self.clock, self.usual, self.seed = state["clock"].copy(), state["usual"].copy(), int(state["seed"][0])
        shuffle = self.settings.shuffle and self.unit < self.rows  # one batch of all rows needs no order
        self.sampler = Sampler(row_numbers(self.rows, np.int64, self.Y), shuffle, self.seed)
        self._dice: tuple[tuple[int, int], np.random.Generator] | None = None

    theta: Array
    m: Array
    v: Array

    def begin_epoch(self, epoch: int) -> int:
        self.epoch, self.order = epoch, self.sampler.order(epoch)
        return self.rows

    def step(self, start: int, stop: int) -> tuple[int, float]:
        """Take a step for each batch of these rows; return their summed loss, infinite if it exploded."""
        steps = -(-(stop - start) // self.unit)
        losses = np.empty(steps)
        if not self._train(self.order[start:stop][np.newaxis], self.epoch, start // self.unit, losses):
            return 0, np.inf
        if self.settings.each_batch:
            self.batch_losses += losses.tolist()
        return 0, float(losses @ self._batch_weights(self.order[start:stop]))

    def _batch_weights(self, order: Array) -> Array:
        return np.add.reduceat(self.weight[order].astype(np.float64), np.arange(0, len(order), self.unit))

    def _train(self, order: Array, epoch: int, first: int, losses: Array) -> bool:
        """Take the steps of some epochs, or of a part of one from step `first` on; return whether all went well."""
        settings, steps, size = self.settings, -(-self.rows // self.unit), len(losses)
        moments = epoch + (first + np.arange(size)) / steps
        etas = self._rates(moments)
        width = self.unit * self.hidden if settings.dropout > 0.0 else 0
        ahead = int(PIECE / (WORK * len(self.theta) * self.unit))  # an interrupt is heard between pieces
        if width:
            ahead = min(ahead, MASKS // (width * self.theta.itemsize))
        if len(order) > 1:
            ahead = size
        if self.sparse:  # rows become arrays shortly before their turn
            ahead = min(ahead, NUMBERS // (self.unit * int(self.sizes[0])))
        l2, longest = float(settings.l2 or 0.0), np.inf if settings.clip is None else float(settings.clip)
        for start in range(0, size, max(1, ahead)):
            stop = min(start + max(1, ahead), size)
            part = order if len(order) > 1 else order[:, start * self.unit : stop * self.unit]
            masks = (
                self._masks(epoch, first + start, stop - start, width) if width else np.empty((1, 0), self.theta.dtype)
            )
            table = self.X, self.Y, self.weight
            if self.sparse:
                table = as_dense(self.X[part[0]]), self.Y[part[0]], self.weight[part[0]]
                part = np.arange(part.size, dtype=part.dtype)[np.newaxis]
            with np.errstate(over="ignore", invalid="ignore"), one_blas_thread():
                done = self.kernels.train_batches(
                    (self.theta, self.sizes, self.codes, self.loss.code), table, part,
                    (self.unit, masks),
                    (OPTIMISERS[settings.optimiser], self.m, self.v, int(self.clock[0]), self.constants),
                    (etas[start:stop], l2, longest), losses[start:stop],
                )  # fmt: skip
            self.clock += int(done)
            if done < stop - start:
                return False
        return self._calm(losses)

    def _rates(self, moments: Array) -> Array:
        settings = self.settings
        assert settings.learning_rate is not None
        assert settings.schedule is not None
        assert settings.max_epochs is not None
        return schedules.rates(settings.schedule, settings.learning_rate, moments, settings.max_epochs)

    def _masks(self, epoch: int, first: int, steps: int, width: int) -> Array:
        """Draw dropout for some steps; a training that goes on in the middle of an epoch draws the same."""
        if self._dice is None or self._dice[0] != (epoch, first):
            self._dice = (epoch, first), np.random.default_rng([self.seed, 1, epoch])
            for _ in range(first):
                self._dice[1].random(width, dtype=np.float32)
        dice, keep = self._dice[1], 1.0 - self.settings.dropout
        kept = np.stack([dice.random(width, dtype=np.float32) for _ in range(steps)]) < keep
        self._dice = (epoch, first + steps), dice
        masks = kept.astype(self.theta.dtype)
        masks /= masks.dtype.type(keep)
        return masks

    def epochs_at_once(self, most: int) -> int:
        if self.settings.dropout > 0.0 or self.sparse:
            return 1
        few = min(BURST_ROWS // self.rows, int(BURST_WORK / (self.rows * len(self.theta))))
        return max(1, min(most, few))

    def several_epochs(self, epoch: int, epochs: int) -> list[float] | None:
        if self.sampler.shuffle:
            order = np.stack([self.sampler.order(e)[:] for e in range(epoch, epoch + epochs)])
        else:
            order = np.tile(self.sampler.rows, (epochs, 1))
        steps = -(-self.rows // self.unit)
        losses = np.empty(epochs * steps)
        if not self._train(order, epoch, 0, losses) or not np.isfinite(self.theta).all():
            return None
        if self.settings.each_batch:
            self.batch_losses += losses.tolist()
        table = losses.reshape(epochs, steps)
        if self.uniform:
            weights = np.diff(np.append(np.arange(0, self.rows, self.unit), self.rows)).astype(float)
            return (table @ (weights / self.rows)).tolist()  # type: ignore[no-any-return]
        return [float(row @ self._batch_weights(o)) / self.total for row, o in zip(table, order, strict=True)]

    def take_batch_losses(self) -> list[float]:
        losses, self.batch_losses = self.batch_losses, []
        return losses

    def _calm(self, losses: Array) -> bool:
        """Return whether no loss grew out of all proportion to the first one ever."""
        if self.usual[0] == 0.0:
            with np.errstate(over="ignore"):
                self.usual[0] = max(float(losses[0]), total(np.square, self.Y) / self.Y.size, 1e-12)
        return bool(losses.max() <= EXPLODED * self.usual[0])

    def is_sound(self, loss: float) -> bool:
        return bool(np.isfinite(loss) and np.isfinite(self.theta).all() and self._calm(np.array([loss])))

    def evaluate(self, data: Dataset) -> tuple[float, float]:
        """Return the mean loss on some rows; a network's mistakes are for its estimator to tell."""
        return float("nan"), self.mean_loss(data, self.theta)

    def mean_loss(self, data: Dataset, theta: Array) -> float:
        """Return the mean loss on some rows, with some parameters."""
        Y, (rows, width) = np.require(data.y, self.theta.dtype, requirements=("C", "W")), data.shape
        if width != self.sizes[0] or Y.shape != (rows, self.sizes[-1]):
            raise problem("targets", rows=rows, outputs=self.sizes[-1], shape=Y.shape)
        weight = data.weights(self.theta.dtype)
        if not weight.any():  # then none is worth more than another
            weight[:] = 1.0
        at_once, total = max(1, NUMBERS // width) if data.sparse else rows, 0.0
        for start in range(0, rows, at_once):
            some = slice(start, start + at_once)
            if not weight[some].any():
                continue
            X = np.require(as_dense(data.X[some]), self.theta.dtype, requirements=("C", "W"))
            with np.errstate(over="ignore", invalid="ignore"), one_blas_thread():
                mean = self.kernels.mean_loss(theta, self.sizes, self.codes, self.loss.code, X, Y[some], weight[some])
            if at_once >= rows:
                return float(mean)
            total += float(mean) * float(weight[some].sum(dtype=np.float64))
        return total / float(weight.sum(dtype=np.float64))

    def gives_up(self, loss: float, *, held_out: bool) -> bool:
        """Let a rate that falls by itself go on: what it has not won yet comes when it is small."""
        return not self.falls or held_out or loss <= (self.settings.tol or 0.0)

    def out_of_epochs(self, history: History) -> str:
        if self.falls:
            return stopping.settled(history.epochs, history.losses[-1])
        return super().out_of_epochs(history)

    def explain_divergence(self, epoch: int) -> str:
        if epoch == 1 and not np.isfinite(self.mean_loss(self.data, self.network.parameters.astype(self.theta.dtype))):
            reach = {"features": float(abs(self.X).max()), "targets": float(np.abs(self.Y).max())}
            raise problem("beyond-float", kind=self.theta.dtype, **reach)
        settings, rate = self.settings, self.settings.learning_rate or 0.0
        if callable(settings.schedule):  # the rate is the schedule's own
            rate = float(self._rates(np.array([float(epoch - 1)]))[0])
        some = as_dense(self.X[:BLOCK]) if self.sparse else self.X
        better = better_rate(self.network, some, self.Y[: len(some)], replace(settings, learning_rate=rate))
        far = max(abs(self.X).max(), np.abs(self.Y).max()) > FAR
        other = ", or standardise features and targets" if far else ""
        said = f"{stopping.diverged(epoch, rate)}; try {better:.1g}{other}"
        warn(f"{said}.")
        return said

    def layers_of(self, X: Any) -> Iterator[Array]:
        """Yield what each layer answers to some rows, of shape (rows, neurons), by the kernels that train it."""
        yield from (A for _, A in self.passes(X, self.theta))

    def passes(self, X: Any, theta: Array) -> Iterator[tuple[Array, Array]]:
        """Yield the sums and the answers of each layer to some rows, with these parameters."""
        A, textbook = np.require(as_dense(X), theta.dtype, requirements=("C", "W")), backend.load("python")
        W, b = textbook.weights_of(theta, self.sizes), textbook.biases_of(theta, self.sizes)
        for l, code in enumerate(self.codes):
            X, Z = A, np.empty((len(A), len(b[l])), A.dtype)
            A = np.empty_like(Z)
            with np.errstate(over="ignore", invalid="ignore"), one_blas_thread():
                self.kernels.layer_forward(W[l], b[l], X, code, Z, A)
            yield Z, A

    def answers(self, X: Any) -> Array:
        """Return what the network answers to some rows, of shape (rows, outputs)."""
        at_once = max(1, NUMBERS // X.shape[1]) if hasattr(X, "indptr") else BLOCK
        parts = ([*self.layers_of(X[start : start + at_once])][-1] for start in range(0, X.shape[0], at_once))
        return joined(parts, X.shape[0], X)

    def trained(self) -> Network:
        """Return the network with what it has learned."""
        return self.network.with_parameters(self.theta.copy())


def better_rate(network: Network, X: Array, Y: Array, settings: NetworkSettings) -> float:
    """Suggest a learning rate in place of one that was too large."""
    rate = settings.learning_rate or 0.0
    if settings.optimiser == "adam":  # its steps are as long as the rate, whatever the gradient
        return min(ADAM, rate / 10.0)
    better = suggested_rate(network, X, Y, settings.loss)
    return better if better < rate else rate / 10.0


def identical_layers(network: Network, tolerance: float = 0.0) -> Iterator[int]:
    """Find hidden layers whose neurons are all alike, the first being 1: they get equal gradients and stay alike.

    Parameters
    ----------
    network : Network
    tolerance : float
        Differences that do not matter, as a fraction of the largest weight: those of rounding, after a training.
    """
    for l, layer in enumerate(network.layers[:-1]):
        behind = network.layers[l + 1].weights
        if len(layer.biases) > 1 and all(
            (np.abs(table - table[0]) <= tolerance * np.abs(table).max()).all()
            for table in (layer.weights, layer.biases, behind.T)
        ):
            yield l + 1
