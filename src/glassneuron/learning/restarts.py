"""Starting again: a network that got stuck from one random start may find its way from another."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from glassneuron.engine.arrays import Array
from glassneuron.learning.backpropagation import BackpropagationRule, learn
from glassneuron.learning.history import History, OnEpoch
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
    start: Callable[[int], Network],
    seeds: list[int],
    X: Array,
    Y: Array,
    rule: BackpropagationRule,
    success: Callable[[Network], bool],
    *,
    weights: Array | None = None,
    validation: tuple[Array, Array] | None = None,
    on_epoch: OnEpoch | None = None,
) -> tuple[Network, History, list[Restart]]:
    """Train from each start and keep the network with the smallest loss.

    Parameters
    ----------
    start : callable
        Gives the network to start from for a seed.
    seeds : list of int, at least one
    X, Y, rule, weights, validation, on_epoch
        As `learn` takes them.
    success : callable
        Tells whether a trained network has learned what it was shown.

    Returns
    -------
    network : Network
    history : History
    restarts : list of Restart, one a seed

    Examples
    --------
    >>> import numpy as np
    >>> X, Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])
    >>> rule = BackpropagationRule(learning_rate=0.1, max_epochs=500)
    >>> network, history, restarts = learn_from_starts(
    ...     lambda seed: Network.random([2, 2, 1], seed=seed), [1, 2, 3], X, Y, rule,
    ...     lambda network: bool((network.feedforward(X).round() == Y[:, 0]).all()),
    ... )
    >>> len(restarts), min(r.loss for r in restarts) == history.losses[-1]
    (3, True)
    """
    restarts: list[Restart] = []
    best: tuple[Network, History] | None = None
    for seed in seeds:
        network, history = learn(start(seed), X, Y, rule, weights=weights, validation=validation, on_epoch=on_epoch)
        restarts.append(Restart(seed, history.epochs, loss_of(history), success(network)))
        if best is None or loss_of(history) < loss_of(best[1]):
            best = network, history
    assert best is not None
    return *best, restarts
