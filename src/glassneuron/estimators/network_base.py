"""What the two estimators of networks share: settings, starts, training from data that is already checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.base import checked, fitted, refused, seed_of
from glassneuron.learning.backpropagation import BackpropagationRule, Memory, learn
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.holdout import split
from glassneuron.learning.restarts import Restart, learn_from_starts, loss_of
from glassneuron.neurons.network import Network


class NetworkEstimator(BaseEstimator):  # type: ignore[misc]
    """Layers of neurons that learn by backpropagation; the base of `MLPClassifier` and `MLPRegressor`."""

    network_: Network
    history_: History
    restarts_: list[Restart]
    n_features_in_: int
    n_iter_: int
    loss_: float
    _memory: Memory | None

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] = (100,),
        activation: str | Sequence[str] = "relu",
        *,
        start: str = "glorot",
        optimiser: str = "adam",
        learning_rate: float = 0.001,
        schedule: Any = "constant",
        batch_size: int | None = None,
        max_epochs: int = 200,
        momentum: float = 0.9,
        l2: float = 0.0,
        dropout: float = 0.0,
        clip: float | None = None,
        tol: float | None = 1e-4,
        patience: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_restarts: int = 1,
        warm_start: bool = False,
        shuffle: bool = True,
        random_state: Any = 0,
        each_batch: bool = False,
        verbose: bool = False,
        on_epoch: OnEpoch | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.start = start
        self.optimiser = optimiser
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.momentum = momentum
        self.l2 = l2
        self.dropout = dropout
        self.clip = clip
        self.tol = tol
        self.patience = patience
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_restarts = n_restarts
        self.warm_start = warm_start
        self.shuffle = shuffle
        self.random_state = random_state
        self.each_batch = each_batch
        self.verbose = verbose
        self.on_epoch = on_epoch

    def _rule(self) -> BackpropagationRule:
        return BackpropagationRule(
            loss=getattr(self, "loss", "squared_error"),
            optimiser=self.optimiser,
            learning_rate=self.learning_rate,
            schedule=self.schedule,
            batch_size=self.batch_size,
            max_epochs=self.max_epochs,
            momentum=self.momentum,
            l2=self.l2,
            dropout=self.dropout,
            clip=self.clip,
            tolerance=self.tol,
            patience=self.patience,
            shuffle=self.shuffle,
            seed=seed_of(self.random_state),
            each_batch=self.each_batch,
        )

    def _hidden(self) -> tuple[int, ...]:
        hidden = self.hidden_layer_sizes
        sizes = (hidden,) if isinstance(hidden, Integral) else hidden
        if isinstance(sizes, str) or not np.iterable(sizes):
            raise problem("parameter", name="hidden_layer_sizes", rule="a number, or one for each layer", value=hidden)
        return tuple(checks.integer("hidden_layer_sizes", size, "[1, inf)") for size in sizes)

    def _random_network(self, X: Array, outputs: int, last: str, seed: int) -> Network:
        hidden = self._hidden()
        names = [self.activation] * len(hidden) if isinstance(self.activation, str) else list(self.activation)
        if len(names) != len(hidden):
            rule = "one name, or one for each hidden layer"
            raise problem("parameter", name="activation", rule=rule, value=self.activation)
        sizes = [X.shape[1], *hidden, outputs]
        return Network.random(sizes, [*names, last], start=self.start, seed=seed, dtype=X.dtype)

    def _learn(
        self,
        X: Array,
        Y: Array,
        last: str,
        weights: Array | None,
        validation: tuple[Array, Array] | None,
        groups: Array,
        *,
        go_on: bool,
    ) -> None:
        """Train on rows X and targets Y of shape (rows, outputs); `groups` are to be held out in equal shares."""
        rule = self._rule()
        checks.boolean("early_stopping", self.early_stopping)
        restarts = checks.integer("n_restarts", self.n_restarts, "[1, inf)")
        if validation is None and self.early_stopping:
            checks.number("validation_fraction", self.validation_fraction, "(0, 1)")
            kept, held = split(groups, self.validation_fraction, rule.seed or 0)
            if len(held) == 0:
                enough = f"enough of the {len(X)} rows to hold one out"
                raise problem("parameter", name="validation_fraction", rule=enough, value=self.validation_fraction)
            validation = X[held], Y[held]
            X, Y, weights = X[kept], Y[kept], None if weights is None else weights[kept]
        seeds = np.random.default_rng(rule.seed).integers(2**31, size=restarts).tolist()

        def start(seed: int) -> Network:
            if go_on and self._fits(X, Y, last):
                return self.network_
            return self._random_network(X, Y.shape[1], last, seed)

        network, self.history_, self.restarts_ = learn_from_starts(
            start,
            seeds[:1] if go_on else seeds,
            X,
            Y,
            rule,
            lambda network: self._right(network, X, Y),
            weights=weights,
            validation=validation,
            on_epoch=self._told(),
        )
        self._keep(network)
        self._memory = None

    def _learn_on(self, X: Array, Y: Array, last: str, weights: Array | None) -> None:
        """Go through the rows once, from where the network and its optimiser stand."""
        if self.optimiser == "lbfgs":
            others = "one that takes steps from batches: 'adam', 'sgd', 'momentum' or 'nesterov'"
            raise problem("parameter", name="optimiser", rule=others, value="lbfgs")
        rule = self._rule()
        if not hasattr(self, "network_"):
            seed = int(np.random.default_rng(rule.seed).integers(2**31))
            self.network_ = self._random_network(X, Y.shape[1], last, seed)
            self.history_, self._memory = History(), None
        if self._memory is None:
            self._memory = Memory.blank(self.network_, X.dtype)
        another = None if rule.seed is None else rule.seed + self._memory.t  # another order each time
        once = replace(rule, max_epochs=1, tolerance=None, schedule="constant", seed=another)
        network, history = learn(self.network_, X, Y, once, weights=weights, memory=self._memory)
        self.history_.losses += history.losses
        self.history_.seconds += history.seconds
        self.history_.batch_losses += history.batch_losses
        self.history_.why_stopped = "it learns on with each call"
        self.restarts_ = []
        self._keep(network)

    def _keep(self, network: Network) -> None:
        names = getattr(self, "feature_names_in_", None)
        self.network_ = Network.of_parameters(network.parameters, network.sizes, network.activations, names)
        self.n_iter_ = self.history_.epochs
        self.loss_ = loss_of(self.history_)
        self.n_outputs_ = network.sizes[-1]

    def _fits(self, X: Array, Y: Array, last: str) -> bool:
        fresh = self._random_network(X, Y.shape[1], last, 0)
        mine = self.network_
        return (mine.sizes, mine.activations) == (fresh.sizes, fresh.activations)

    def _right(self, network: Network, X: Array, Y: Array) -> bool:
        raise NotImplementedError

    def _told(self) -> OnEpoch | None:
        if not self.verbose:
            return self.on_epoch

        def tell(history: History) -> Any:
            held_out = (
                f", {history.validation_losses[-1]:.6g} on the rows held out" if history.validation_losses else ""
            )
            print(f"epoch {history.epochs}: loss {history.losses[-1]:.6g}{held_out}")
            return self.on_epoch(history) if self.on_epoch is not None else None

        return tell

    def _weights(self, X: Array, sample_weight: Any) -> Array | None:
        if sample_weight is None:
            return None
        try:
            return _check_sample_weight(sample_weight, X, dtype=X.dtype, ensure_non_negative=True)  # type: ignore[no-any-return]
        except (ValueError, TypeError) as error:
            raise refused(error) from error

    def _answers(self, X: Any, network: Network | None = None) -> Array:
        """Give the network's answers, of shape (rows, outputs)."""
        fitted(self)
        X, _ = checked(self, X, fitting=False)
        answers = (self.network_ if network is None else network).feedforward(X)
        return np.asarray(answers).reshape(len(X), -1)

    @property
    def success_rate_(self) -> float:
        """Share of the starts that learned what they were shown."""
        fitted(self)
        return float(np.mean([restart.success for restart in self.restarts_]))
