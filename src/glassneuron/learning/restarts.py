"""Starting again: a network that got stuck from one random start may find its way from another."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from glassneuron.engine.arrays import Array
from glassneuron.learning.backpropagation import teach
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.lesson import Lesson
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
    """Give the loss that a training is judged by."""
    if history.validation_losses:
        return min(history.validation_losses)
    return history.losses[-1] if history.losses else math.inf


def learn_from_starts(
    start: Callable[[int], Lesson],
    seeds: list[int],
    success: Callable[[Network], bool],
    *,
    validation: tuple[Array, Array] | None = None,
    on_epoch: OnEpoch | None = None,
) -> tuple[Network, History, list[Restart]]:
    """Train from each start and keep the network with the smallest loss.

    Parameters
    ----------
    start : callable
        Gives the network to start from for a seed, with what it is to learn and how.
    seeds : list of int, at least one
    success : callable
        Tells whether a trained network has learned what it was shown.
    validation : tuple of X and Y, optional
        Rows kept aside.
    on_epoch : callable, optional
        Called with the history after each epoch of each start; returning True stops all.

    Returns
    -------
    network : Network
    history : History
    restarts : list of Restart, one a start

    Examples
    --------
    >>> import numpy as np
    >>> from glassneuron.learning.backpropagation import BackpropagationRule
    >>> X, Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
    >>> rule = BackpropagationRule(learning_rate=0.1, max_epochs=500)
    >>> network, history, restarts = learn_from_starts(
    ...     lambda seed: Lesson(Network.random([2, 2, 1], seed=seed), X, Y, rule), [1, 2, 3],
    ...     lambda network: bool((network.feedforward(X).round() == Y[:, 0]).all()),
    ... )
    >>> len(restarts), min(r.loss for r in restarts) == history.losses[-1]
    (3, True)
    """
    restarts: list[Restart] = []
    best: tuple[Network, History] | None = None
    stopped = False

    def follow(history: History) -> bool:
        nonlocal stopped
        stopped = on_epoch is not None and on_epoch(history) is True
        return stopped

    for seed in seeds:
        network, history = teach(start(seed), validation, None if on_epoch is None else follow)
        restarts.append(Restart(seed, history.epochs, loss_of(history), success(network)))
        if best is None or loss_of(history) < loss_of(best[1]):
            best = network, history
        if stopped:
            break
    assert best is not None
    return *best, restarts
