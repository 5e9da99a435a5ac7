"""Starting again: a network that got stuck from one random start may find its way from another."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.checkpoints.checkpoint import Checkpoint, packed, unpacked
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.trainer import Frame, Trainer
from glassneuron.neurons.network import Network


@dataclass(frozen=True)
class Restart:
    """How one start ended.

    Attributes
    ----------
    seed : int
        Of the random start.
    epochs : int
    loss : float
        The last one, or the best one on the rows held out; infinite where the training exploded at once.
    success : bool
        Whether it learned what it was shown, by the measure of whoever asked.
    """

    seed: int
    epochs: int
    loss: float
    success: bool


def loss_of(history: History) -> float:
    """Return the loss that a training is judged by."""
    if history.validation_losses:
        return min(history.validation_losses)
    return history.losses[-1] if history.losses else math.inf


def seeds_of_starts(seed: int, starts: int) -> list[int]:
    """Draw a seed for each random start."""
    return np.random.default_rng(seed).integers(2**31, size=starts).tolist()  # type: ignore[no-any-return]


def _room(state: State, name: str) -> State:
    """Return the part of a state whose names begin so."""
    return {key.removeprefix(name): value for key, value in state.items() if key.startswith(name)}


class _Start(Checkpoint):
    """The checkpoint of one start among several: it holds how those before have ended, too."""

    def __init__(self, whole: Checkpoint, done: list[Restart], best: Trainer | None, kept: State | None) -> None:
        super().__init__(whole.path, whole.every, whole.facts)
        self._kept = None if kept is None else _room(kept, "start.")
        self._before = {"starts.done": packed([[r.seed, r.epochs, r.loss, r.success] for r in done])}
        if best is not None:
            loss = [r.loss for r in done]
            self._before["starts.best"] = packed(done[loss.index(min(loss))].seed)
            self._before |= {f"best start.{name}": value for name, value in best.state().items()}

    def load(self) -> State | None:
        return self._kept

    def save(self, state: State, *, last: bool = False) -> None:
        super().save(self._before | {f"start.{name}": value for name, value in state.items()}, last=last)


def train_from_starts(
    start: Callable[[int], Backpropagation],
    seeds: list[int],
    success: Callable[[Network], bool],
    *,
    validation: Dataset | None = None,
    on_epoch: OnEpoch | None = None,
    checkpoint: Checkpoint | None = None,
) -> tuple[Trainer, list[Restart]]:
    """Train from each start, and keep the training with the smallest loss.

    `start` returns, for a seed, a network that is ready to train; `success` says whether a trained network has learned
    what it was shown. `on_epoch` is called after each epoch of each start; returning True stops all.

    Examples
    --------
    >>> import numpy as np
    >>> from glassneuron.learning.settings import NetworkSettings
    >>> X, Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
    >>> settings = NetworkSettings(learning_rate=0.1, max_epochs=500)
    >>> trainer, restarts = train_from_starts(
    ...     lambda seed: Backpropagation(Dataset(X, Y), settings, Network.random([2, 2, 1], seed=seed)), [1, 2, 3],
    ...     lambda network: bool((network.feedforward(X).round() == Y[:, 0]).all()),
    ... )
    >>> len(restarts), min(r.loss for r in restarts) == trainer.history.losses[-1]
    (3, True)
    """
    restarts: list[Restart] = []
    best: Trainer | None = None
    stopped = False

    def follow(history: History) -> bool:
        nonlocal stopped
        stopped = on_epoch is not None and on_epoch(history) is True
        return stopped

    look = getattr(on_epoch, "within", None)

    def within(frame: Frame) -> bool:
        nonlocal stopped
        stopped = look is not None and look(frame) is True
        return stopped

    if look is not None:
        vars(follow)["within"] = within
    kept = None if checkpoint is None else checkpoint.load()
    if kept is not None and "starts.done" in kept:
        restarts = [Restart(*row) for row in unpacked(kept["starts.done"])]
        if restarts:
            best = Trainer(start(unpacked(kept["starts.best"])), validation).restore(_room(kept, "best start."))
    for seed in seeds[len(restarts) :]:
        algorithm = start(seed)
        trainer = Trainer(algorithm, validation, None if on_epoch is None else follow)
        history = trainer.fit(checkpoint and _Start(checkpoint, restarts, best, kept))
        kept = None
        restarts.append(Restart(seed, history.epochs, loss_of(history), success(algorithm.trained())))
        if best is None or loss_of(history) < loss_of(best.history):
            best = trainer
        if stopped:
            break
    assert best is not None
    return best, restarts
