"""What the two estimators of networks share: settings, starts, training from data that is already checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.estimators.callbacks import CallbackSupportMixin, followers, with_callbacks
from glassneuron.estimators.validation import checked, fitted, seed_for_rows, seed_of, to_call
from glassneuron.learning.backpropagation import BackpropagationRule, learn
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.diagnosis.network import diagnose
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.lesson import Lesson, Memory
from glassneuron.learning.network_steps import NetworkStep, steps
from glassneuron.learning.restarts import Restart, learn_from_starts, loss_of
from glassneuron.learning.split import split
from glassneuron.neurons.initializers import one_each
from glassneuron.neurons.network import Network
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.neurons.scaling import Scaling


@dataclass(frozen=True)
class Task:
    """What there is to learn, checked.

    Attributes
    ----------
    X, Y : ndarrays of shape (rows, features) and (rows, outputs)
    last : str
        The activation of the outputs.
    weights : ndarray of shape (rows,) or None
    validation : tuple of X and Y, or None
        Rows held out.
    kept : ndarray of shape (rows,), or None
        Where the rows stood in the caller's table, if some are held out of it.
    """

    X: Array
    Y: Array
    last: str
    weights: Array | None
    validation: tuple[Array, Array] | None = None
    kept: Array | None = None


class NetworkEstimator(CallbackSupportMixin, BaseEstimator):  # type: ignore[misc]
    """Layers of neurons that learn by backpropagation; the base of `MLPClassifier` and `MLPRegressor`."""

    network_: Network
    history_: History
    restarts_: list[Restart]
    n_features_in_: int
    n_iter_: int
    n_outputs_: int
    loss_: float
    _memory: Memory | None
    _findings: list[Finding]

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
        verbose: Any = False,
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

    def _start(self, task: Task, seed: int) -> Network:
        hidden = self._hidden()
        names = one_each("activation", self.activation, len(hidden), "hidden layer")
        sizes = [task.X.shape[1], *hidden, task.Y.shape[1]]
        return Network.random(sizes, [*names, task.last], start=self.start, seed=seed, dtype=task.X.dtype)

    def _task(self, X: Any, y: Any, sample_weight: Any = None, validation: tuple[Any, Any] | None = None) -> Task:
        raise NotImplementedError

    def _held_out(self, task: Task, groups: Array) -> Task:
        """Hold rows out, the same share of each group, where that is asked for and the caller gave none."""
        if not checks.boolean("early_stopping", self.early_stopping) or task.validation is not None:
            return task
        checks.number("validation_fraction", self.validation_fraction, "(0, 1)")
        kept, held = split(groups, self.validation_fraction, seed_for_rows(self.random_state))
        if len(held) == 0:
            enough = f"enough of the {len(groups)} rows to hold one out"
            raise problem("parameter", name="validation_fraction", rule=enough, value=self.validation_fraction)
        weights = None if task.weights is None else task.weights[kept]
        return Task(task.X[kept], task.Y[kept], task.last, weights, (task.X[held], task.Y[held]), kept)

    @with_callbacks  # type: ignore[untyped-decorator]
    def _learn(self, X: Any, y: Any, task: Task, *, go_on: bool) -> None:
        rule = self._rule()
        go_on = go_on and self._fits(task)
        seeds = self._seeds(rule)[: 1 if go_on else None]
        lesson: Lesson | None = None

        def begin(seed: int) -> Lesson:
            nonlocal lesson
            network = self.network_ if go_on else self._start(task, seed)
            lesson = Lesson(network, task.X, task.Y, rule, task.weights)
            return lesson

        def so_far(history: History) -> dict[str, Any]:
            assert lesson is not None
            return self._attributes(lesson.taught()) | {"loss_": loss_of(history)}

        called, epochs = to_call("on_epoch", self.on_epoch), rule.max_epochs * len(seeds)
        with followers(self, X, y, epochs, called, self.verbose, so_far) as follow:
            network, self.history_, self.restarts_ = learn_from_starts(
                begin,
                seeds,
                lambda network: self._right(network, task.X, task.Y),
                validation=task.validation,
                on_epoch=follow,
            )
        self._memory = None
        self._keep(network, task, rule)

    def _seeds(self, rule: BackpropagationRule) -> list[int]:
        restarts = checks.integer("n_restarts", self.n_restarts, "[1, inf)")
        return np.random.default_rng(rule.seed).integers(2**31, size=restarts).tolist()  # type: ignore[no-any-return]

    def steps(self, X: Any, y: Any) -> Iterator[NetworkStep]:
        """Yield each step of the training that `fit` would do from its first start; `glassneuron.watch` calls it."""
        learner = type(self)(**self.get_params())
        task, rule = learner._task(X, y), learner._rule()
        start = learner._start(task, learner._seeds(rule)[0])
        for step in steps(start, task.X, task.Y, rule, weights=task.weights, validation=task.validation):
            yield step if task.kept is None else replace(step, example=int(task.kept[step.example]))

    def diagnose(self) -> list[Finding]:
        """Tell what kept the last training from learning, with evidence and what to do about it.

        Looked for are an exploding loss, dead relu neurons, neurons that started alike, saturated neurons, and a loss
        that stays at that of the same answer to every row, in up to 500 of the rows that were learned from.

        Returns
        -------
        list of Finding
            Empty where nothing stands out; print one for its sentences.
        """
        fitted(self)
        return list(self._findings)

    def _learn_on(self, task: Task) -> None:
        """Go through the rows once, from where the network and its optimiser stand."""
        if self.optimiser == "lbfgs":
            others = "one that takes steps from batches: 'adam', 'sgd', 'momentum' or 'nesterov'"
            raise problem("parameter", name="optimiser", rule=others, value="lbfgs")
        rule, called = self._rule(), to_call("on_epoch", self.on_epoch)
        if not hasattr(self, "network_"):
            self.network_, self.restarts_, self._memory = self._start(task, self._seeds(rule)[0]), [], None
        memory = self._memory.copy() if self._memory else Memory.blank(self.network_, task.X.dtype)
        another = None if rule.seed is None else rule.seed + memory.t  # another order each time
        once = replace(rule, max_epochs=1, tolerance=None, schedule="constant", seed=another)
        network, new = learn(self.network_, task.X, task.Y, once, weights=task.weights, memory=memory)
        self.history_, self._memory = new.after(getattr(self, "history_", None)), memory
        self._keep(network, task, once)
        if called is not None and not new.diverged:
            called(self.history_)

    def _attributes(self, network: Network) -> dict[str, Any]:
        names = getattr(self, "feature_names_in_", None)
        named = Network.of_parameters(network.parameters, network.sizes, network.activations, names)
        return {"network_": named, "n_outputs_": network.sizes[-1]}

    def _keep(self, network: Network, task: Task, rule: BackpropagationRule) -> None:
        for name, value in self._attributes(network).items():
            setattr(self, name, value)
        self.n_iter_ = self.history_.epochs
        self.loss_ = loss_of(self.history_)
        with np.errstate(over="ignore", invalid="ignore"):
            self._findings = diagnose(network, task.X, task.Y, rule, self.history_, task.weights)

    def _fits(self, task: Task) -> bool:
        fresh, mine = self._start(task, 0), self.network_
        return (mine.sizes, mine.activations) == (fresh.sizes, fresh.activations)

    def _right(self, network: Network, X: Array, Y: Array) -> bool:
        raise NotImplementedError

    def _answers(self, X: Any, network: Network | None = None) -> Array:
        """Give the network's answers, of shape (rows, outputs)."""
        fitted(self)
        X, _ = checked(self, X, fitting=False)
        answers = (self.network_ if network is None else network).feedforward(X)
        return np.asarray(answers).reshape(len(X), -1)

    def _as_model(self, classes: tuple[Any, ...] | None) -> NetworkModel:
        fitted(self)
        inputs = self.n_features_in_
        names = getattr(self, "feature_names_in_", [f"x{j + 1}" for j in range(inputs)])
        return NetworkModel(
            self.network_,
            Scaling.none(inputs),
            classes,
            tuple(str(name) for name in names),
            Scaling.none(self.n_outputs_) if classes is None else None,
            about={"rule": "network", "epochs": self.n_iter_, "why_stopped": self.history_.why_stopped},
        )

    @property
    def success_rate_(self) -> float:
        """Share of the starts that learned what they were shown; not a number after `partial_fit`."""
        successes = [restart.success for restart in self.restarts_]
        return sum(successes) / len(successes) if successes else float("nan")
