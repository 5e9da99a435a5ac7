"""What can be trained on a table, by name: each takes rows in their own units and leaves a model behind."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import TrainingWarning, problem
from glassneuron.learning import backpropagation, perceptron
from glassneuron.learning.diagnosis import diagnose
from glassneuron.learning.examples import Examples
from glassneuron.learning.finding import Finding
from glassneuron.learning.history import History, OnEpoch
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.neurons.scaling import Scaling

BEYOND = 1e100
"""Answers, in deviations of the target, from which a network has exploded: their squares cannot be judged."""
MOST_WEIGHTS = 20_000_000
BATCH = 32
"""Rows a step of a network: of a table with some hundred rows, an epoch is then a dozen steps."""


@dataclass(frozen=True)
class Task:
    """What there is to learn.

    Attributes
    ----------
    X : ndarray of shape (rows, features), finite
        In the features' own units.
    y : ndarray of shape (rows,)
        The class of each row as a position in `classes`, or the number to answer with.
    classes : tuple or None
        The labels; None where the target is a measurement.
    names : tuple of str
        The features.
    encoding : dict or None
        How a table's columns become features.
    about : dict
        Facts that the model is to keep.
    """

    X: Array
    y: Array
    classes: tuple[Any, ...] | None
    names: tuple[str, ...]
    encoding: dict[str, Any] | None = None
    about: dict[str, Any] = field(default_factory=dict)

    def part(self, rows: Array) -> Task:
        """Take some of the rows."""
        return replace(self, X=self.X[rows], y=self.y[rows])

    @property
    def fires_for(self) -> Array:
        """The class that each neuron of a layer of its own is to fire for: the second of two, or each of more."""
        assert self.classes is not None
        return np.arange(len(self.classes)) if len(self.classes) > 2 else np.array([1])


@dataclass(frozen=True)
class Settings:
    """How to learn; None stands for what suits the learner.

    Attributes
    ----------
    rate : float in (0, inf) or None
    epochs : int, at least 1, or None
    seed : int, at least 0
    hidden : sequence of int or None
        Neurons of each hidden layer of a network; empty for none.
    """

    rate: float | None = None
    epochs: int | None = None
    seed: int = 0
    hidden: Sequence[int] | None = None


@dataclass(frozen=True)
class Trained:
    """What a training leaves behind: the model, its course, and what stands out in it."""

    model: Model | NetworkModel
    history: History
    findings: list[Finding] = field(default_factory=list)
    by_mistakes: bool = False


@dataclass(frozen=True)
class Learned:
    """A training with the rows that it was judged on.

    Attributes
    ----------
    task : Task
        All rows.
    learn, held_out : ndarrays of row numbers
    trained : Trained
    """

    task: Task
    learn: Array
    held_out: Array
    trained: Trained

    @cached_property
    def answers(self) -> Array:
        """The answer to each row: positions in the classes, or numbers."""
        model, X = self.trained.model, self.task.X
        return model.predict(X) if model.classes is None else model.positions(X)

    @property
    def judged(self) -> Array:
        """The rows to judge by: those held out, if there are any."""
        return self.held_out if len(self.held_out) else self.learn

    @property
    def neurons(self) -> bool:
        """Whether neurons stand side by side, rather than in layers."""
        return isinstance(self.trained.model, Model)

    @property
    def mean(self) -> float:
        """The mean target of the rows that were learned from: what a measurement's answer is compared with."""
        return float(self.task.y[self.learn].mean())


@dataclass(frozen=True)
class Learner:
    """One kind of model.

    Attributes
    ----------
    what : str
        In a few words.
    rate, epochs
        Those that are used if nobody says others.
    prepare : callable
        Checks settings, before any work, and gives the training for them.
    layered : bool
        Whether it has hidden layers, and can answer with numbers.
    """

    what: str
    rate: float
    epochs: int
    prepare: Callable[[Settings], Callable[[Task, OnEpoch | None], Trained]]
    layered: bool = False


def learner(name: str, settings: Settings) -> tuple[Settings, Callable[[Task, OnEpoch | None], Trained]]:
    """Find a learner, and check its settings.

    Parameters
    ----------
    name : str
        One of `LEARNERS`.
    settings : Settings

    Returns
    -------
    settings : Settings
        With each gap filled in.
    train : callable
        Takes a `Task`, and a callable or None that is called with the history after each epoch.

    Raises
    ------
    ParameterError, ParameterTypeError

    Examples
    --------
    >>> settings, train = learner("network", Settings(hidden=(4,), rate=0.1))
    >>> task = Task(np.array([[1.0], [2], [3], [4]]), np.array([0, 0, 1, 1]), ("small", "large"), ("size",))
    >>> train(task, None).model.predict([[0.5], [4.5]]).tolist()
    ['small', 'large']
    """
    kind = LEARNERS[checks.choice("model", name, tuple(LEARNERS))]
    if settings.hidden is not None and not kind.layered:
        layered = ", ".join(repr(other) for other, of in LEARNERS.items() if of.layered)
        raise problem(
            "parameter", name="hidden", rule=f"left out, unless the model is {layered}", value=settings.hidden
        )
    settings = Settings(
        kind.rate if settings.rate is None else settings.rate,
        kind.epochs if settings.epochs is None else settings.epochs,
        checks.integer("seed", settings.seed, "[0, inf)"),
        (32,) if settings.hidden is None else tuple(settings.hidden),
    )
    for size in settings.hidden or ():
        checks.integer("hidden", size, "[1, inf)")
    return settings, kind.prepare(settings)


def _neurons_by_mistakes(variant: str, name: str) -> Callable[[Settings], Callable[[Task, OnEpoch | None], Trained]]:
    """Make a learner of a kind of perceptron: one neuron for two classes, one a class for more."""

    def prepare(settings: Settings) -> Callable[[Task, OnEpoch | None], Trained]:
        assert settings.epochs is not None
        rule = perceptron.PerceptronRule(settings.rate, settings.epochs, seed=settings.seed, variant=variant)

        def train(task: Task, on_epoch: OnEpoch | None) -> Trained:
            assert task.classes is not None
            scaling, X = _scaled(task.X, "features")
            lesson, history = perceptron.learn(Examples(X, task.y, task.fires_for), rule, on_epoch)
            folded = tuple(scaling.fold(neuron) for neuron in perceptron.neurons_of(lesson))
            about = _about(name, task, history)
            model = Model(folded, task.classes, task.names, scaling, task.encoding, about)
            return Trained(model, history, by_mistakes=True)

        return train

    return prepare


def _network(settings: Settings) -> Callable[[Task, OnEpoch | None], Trained]:
    assert settings.rate is not None
    assert settings.epochs is not None
    hidden = tuple(settings.hidden or ())
    rule_of = {
        loss: backpropagation.BackpropagationRule(
            loss=loss,
            learning_rate=settings.rate,
            max_epochs=settings.epochs,
            batch_size=BATCH,
            seed=settings.seed,
        )
        for loss in ("cross_entropy", "squared_error")
    }

    def train(task: Task, on_epoch: OnEpoch | None) -> Trained:
        scaling, X = _scaled(task.X, "features")
        target_scaling = None
        if task.classes is None:
            target_scaling, Y = _scaled(task.y[:, np.newaxis], "targets")
            output, rule = "linear", rule_of["squared_error"]
        else:
            output, rule = ("softmax" if len(task.classes) > 2 else "sigmoid"), rule_of["cross_entropy"]
            Y = (task.y[:, np.newaxis] == task.fires_for).astype(X.dtype)
        sizes = [X.shape[1], *hidden, Y.shape[1]]
        weights = sum(a * b for a, b in pairwise(sizes))
        if weights > MOST_WEIGHTS:
            few = f"such that there are {MOST_WEIGHTS:,} weights at most, not {weights:,}"
            raise problem("parameter", name="hidden", rule=few, value=hidden)
        start = Network.random(sizes, "relu", output=output, seed=settings.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TrainingWarning)  # the findings tell it
            network, history = backpropagation.learn(start, X, Y, rule, on_epoch=on_epoch)
        with np.errstate(over="ignore", invalid="ignore"):
            farthest = np.abs(network.feedforward(X)).max()
        if not farthest < BEYOND:
            raise problem("diverged", largest=float(np.abs(X).max()), rate=rule.learning_rate)
        about = _about("network", task, history)
        model = NetworkModel(network, scaling, task.classes, task.names, target_scaling, task.encoding, about)
        return Trained(model, history, diagnose(network, X, Y, rule, history))

    return train


def _about(name: str, task: Task, history: History) -> dict[str, Any]:
    facts = {"rule": name, "rows": len(task.X), "epochs": history.epochs, "why_stopped": history.why_stopped}
    return {**task.about, **facts}


def _scaled(rows: Array, name: str) -> tuple[Scaling, Array]:
    with np.errstate(over="ignore", invalid="ignore"):
        scaling = Scaling.of(rows)
        scaled = scaling.apply(rows)
    if not all(np.isfinite(part).all() for part in (scaling.means, scaling.deviations, scaled)):
        raise problem("too-large", name=name, largest=float(np.abs(rows).max()))
    return scaling, np.ascontiguousarray(scaled)


LEARNERS = {
    "perceptron": Learner(
        "neurons that learn from their mistakes",
        1.0,
        1000,
        _neurons_by_mistakes("plain", "perceptron"),
    ),
    "network": Learner("layers of neurons that learn by backpropagation", 0.003, 200, _network, layered=True),
}
"""What `glassneuron train --model` knows."""
