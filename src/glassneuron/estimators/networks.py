"""What the two estimators of networks share: starts, training, and the attributes that it leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from numbers import Integral
from typing import Any

import numpy as np
from scipy.sparse import issparse

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.callbacks import followers
from glassneuron.estimators.shared import FitSettings, Task, next_seed
from glassneuron.estimators.validation import checked, fitted
from glassneuron.learning import standardise
from glassneuron.learning.algorithms.backpropagation import NUMBERS, Backpropagation
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.registry import network_algorithm
from glassneuron.learning.dataset import Dataset, as_dense
from glassneuron.learning.diagnosis.network import diagnose
from glassneuron.learning.diagnosis.table import Origin
from glassneuron.learning.history import History
from glassneuron.learning.restarts import Restart, loss_of, seeds_of_starts, train_from_starts
from glassneuron.learning.settings import RATES, NetworkSettings, setting
from glassneuron.learning.standardise import Scales
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.initializers import per_layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling

SLOWER = 6.0
"""How much smaller a chosen rate is that stays as it is: Adam's is then the one of its paper."""


@dataclass(eq=False, repr=False)
class NetworkEstimator(NetworkSettings, FitSettings):
    """Layers of neurons that learn by backpropagation; the base of `MLPClassifier` and `MLPRegressor`."""

    hidden_layer_sizes: int | Sequence[int] = setting(
        (100,), lambda value: None, "Neurons of each layer between inputs and outputs; () for none."
    )
    activation: str | Sequence[str] = setting("relu", lambda value: None, "One for all hidden layers, or one for each.")
    _: KW_ONLY
    start: str = setting("glorot", lambda value: None, "How the weights are drawn: see `Network.random`.")
    standardise: bool | str = setting(
        "auto", standardise.checked,
        "Learn on features, and targets that are numbers, of mean 0 and deviation 1; what was learned is told in their "
        "own units afterwards, so that the network takes the rows as they are. 'auto' does so for features where one "
        "is larger than 20, smaller than 0.05, or on one side of 0 and further from it than twice its spread; for "
        "targets likewise, beyond 4 and 0.25; but not beside an `l2` of yours, which is one on weights as they are. "
        "`partial_fit` keeps what the last `fit` chose, and chooses nothing.",
    )  # fmt: skip
    n_restarts: int = setting(1, "int [1, inf)", "Random starts, of which the best is kept.")
    network_: Network = field(init=False)
    restarts_: list[Restart] = field(init=False)
    loss_: float = field(init=False)
    n_outputs_: int = field(init=False)
    _scales: Scales = field(init=False)

    # What each estimator says of itself.

    @property
    def _last(self) -> str:
        """The activation of the outputs."""
        raise NotImplementedError

    def _right(self, answers: Array, Y: Array) -> bool:
        raise NotImplementedError

    _numbers = False
    """Whether targets are numbers, which are brought to one scale where they are not near 0 and 1."""

    # The common part.

    def _task(self, *arguments: Any) -> Task:
        task = super()._task(*arguments)
        how = False if self.standardise == "auto" and self.l2 else self.standardise
        self._scales = scales = Scales.of(task.data, how, targets=self._numbers)
        held = None if task.validation is None else scales.apply(task.validation)
        return replace(task, data=scales.apply(task.data), validation=held)

    def _told(self, step: Any) -> Any:
        return replace(step, scaling=self._scales.features)

    def _rule(self, seed: int, **changes: Any) -> NetworkSettings:
        return self._settings(NetworkSettings, random_state=seed, **changes)

    def _hidden(self) -> tuple[int, ...]:
        hidden = self.hidden_layer_sizes
        sizes = (hidden,) if isinstance(hidden, Integral) else hidden
        if isinstance(sizes, str) or not np.iterable(sizes):
            raise problem("parameter", name="hidden_layer_sizes", rule="a number, or one for each layer", value=hidden)
        return tuple(checks.integer("hidden_layer_sizes", size, "[1, inf)") for size in sizes)

    def _start(self, data: Dataset, seed: int) -> Network:
        hidden = self._hidden()
        names = per_layer("activation", self.activation, len(hidden), "hidden layer")
        sizes = [data.X.shape[1], *hidden, data.y.shape[1]]
        return Network.random(sizes, [*names, self._last], start=self.start, seed=seed, dtype=data.X.dtype)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _seeds(self, seed: int) -> list[int]:
        return seeds_of_starts(seed, self.n_restarts)

    def _algorithm(self, data: Dataset, seed: int) -> Backpropagation:
        return network_algorithm(data, self._rule(seed), self._start(data, self._seeds(seed)[0]))

    def _train(self, X: Any, y: Any, task: Task, seed: int, before: Any) -> None:
        settings, data = self._rule(seed), task.data
        same = np.array_equal(() if before is None else before, getattr(self, "classes_", ()))
        go_on = self.warm_start and same and hasattr(self, "network_") and self._fits(data)
        seeds = self._seeds(seed)[: 1 if go_on else None]
        running: list[Backpropagation] = []

        def begin(start: int) -> Backpropagation:
            network = self._scales.inside(self.network_) if go_on else self._start(data, start)
            running[:] = [network_algorithm(data, settings, network)]
            return running[0]

        def so_far(history: History) -> dict[str, Any]:
            return self._attributes(running[0]) | {"loss_": loss_of(history)}

        epochs = (settings.for_table(len(data.y)).max_epochs or 1) * len(seeds)
        with followers(self, X, y, epochs, self.on_epoch, self.verbose, so_far) as follow:
            trainer, restarts = train_from_starts(
                begin, seeds, lambda _: self._right(running[0].answers(data.X), data.y), validation=task.validation,
                on_epoch=follow, checkpoint=self._checkpoint(
                    task, settings, layers=self._start(data, 0).sizes, activation=self.activation, start=self.start,
                    n_restarts=self.n_restarts, warm_start=go_on,
                ),
            )  # fmt: skip
        algorithm = trainer.algorithm
        assert isinstance(algorithm, Backpropagation)
        self._keep(algorithm, trainer.history, restarts)

    def _train_on(self, data: Dataset, seed: int, *, first: bool) -> History:
        if self.optimiser == "lbfgs":
            others = "one that takes steps from batches: 'adam', 'sgd', 'momentum' or 'nesterov'"
            raise problem("parameter", name="optimiser", rule=others, value="lbfgs")
        once: dict[str, Any] = {"max_epochs": 1, "tol": None, "schedule": "constant"}
        if self.learning_rate is None:  # nobody knows how many calls will come, so it cannot fall
            once["learning_rate"] = RATES[self.optimiser] / SLOWER
        settings = self._rule(seed, **once)
        if first:
            self._scales, network = Scales(), self._start(data, self._seeds(seed)[0])
        else:
            data, network = self._scales.apply(data), self._scales.inside(self.network_)
        state = None if first else next_seed(self._state, seed, int(self._state["clock"][0]))
        algorithm = network_algorithm(data, settings, network, state)
        new = Trainer(algorithm).fit()
        history = new.after(getattr(self, "history_", None))
        self._keep(algorithm, history, getattr(self, "restarts_", []))
        return new

    def _attributes(self, algorithm: Backpropagation) -> dict[str, Any]:
        names, network = getattr(self, "feature_names_in_", None), algorithm.network
        named = Network.of_parameters(algorithm.theta.copy(), network.sizes, network.activations, names)
        named = self._scales.outside(named)
        state: State = algorithm.state()
        return {"network_": named, "n_outputs_": network.sizes[-1], "_state": state}

    def _keep(self, algorithm: Backpropagation, history: History, restarts: list[Restart]) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            origin = Origin(getattr(self, "feature_names_in_", None), self._scales.features)
            findings = diagnose(algorithm, history, origin)
        found = self._attributes(algorithm) | {"history_": history, "restarts_": restarts, "loss_": loss_of(history)}
        vars(self).update(found, n_iter_=history.epochs, _findings=findings)

    def _fits(self, data: Dataset) -> bool:
        fresh, mine = self._start(data, 0), self.network_
        return (mine.sizes, mine.activations) == (fresh.sizes, fresh.activations)

    def _answers(self, X: Any, network: Network | None = None) -> Array:
        """Return the network's answers, of shape (rows, outputs)."""
        fitted(self)
        X, _ = checked(self, X, fitting=False, accept_sparse="csr")
        answer = (self.network_ if network is None else network).feedforward
        if not issparse(X):
            return np.asarray(answer(X)).reshape(len(X), -1)
        at_once = max(1, NUMBERS // X.shape[1])
        parts = [answer(as_dense(X[start : start + at_once])) for start in range(0, X.shape[0], at_once)]
        return np.concatenate(parts).reshape(X.shape[0], -1)

    def _as_model(self, classes: tuple[Any, ...] | None) -> Model:
        fitted(self)
        targets = Scaling.none(self.n_outputs_) if classes is None else None
        return Model(self.network_, classes, self._names(), about=self._about("network"), target_scaling=targets)

    @property
    def success_rate_(self) -> float:
        """Fraction of the starts that learned what they were shown; not a number after `partial_fit`."""
        successes = [restart.success for restart in self.restarts_]
        return sum(successes) / len(successes) if successes else float("nan")
