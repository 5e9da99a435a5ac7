"""What can be trained on a table, by name: each takes rows in their own units and leaves a model behind."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import TrainingWarning, problem
from glassneuron.learning import backpropagation, delta, perceptron
from glassneuron.learning.course import Lesson
from glassneuron.learning.dataset import Examples
from glassneuron.learning.diagnosis import network as diagnosis
from glassneuron.learning.diagnosis import neurons as neuron_diagnosis
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.history import History, OnEpoch
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling
from glassneuron.pipelines.task import EACH_ONCE, Settings, Task, Trained

BEYOND = 1e100
"""Answers, in deviations of the target, from which a network has exploded: their squares cannot be judged."""
MOST_WEIGHTS = 20_000_000
BATCH = 32
"""Rows a step of a network: of a table with some hundred rows, an epoch is then a dozen steps."""
TOLERANCE = 1e-6
"""A fall of the loss, or a share of the first slope, that is no longer worth an epoch."""
PENALTY = 1e-3
"""On the squared weights of a sigmoid neuron, whose weights would grow for ever on rows that can be told apart."""


class Train(Protocol):
    """A training, ready to begin."""

    def __call__(self, task: Task, on_epoch: OnEpoch | None = None, validation: Task | None = None) -> Trained:
        """Learn a task, and call `on_epoch` with the history after each epoch; with validation, keep the best."""


@dataclass(frozen=True)
class Learner:
    """One kind of model.

    Attributes
    ----------
    noun, what : str
        In a few words.
    epochs : int
        Those that are used if nobody says others.
    prepare : callable
        Checks settings, before any work, and gives the training for them.
    rate : float or None
        That which is used if nobody says another; None for one that suits the rows, or where none is needed.
    answers : tuple of {"classes", "numbers"}
    layered : bool
        Whether it has hidden layers.
    by_mistakes : bool
        Whether it learns from its mistakes, so that their number tells how it goes.
    direct : bool
        Whether it goes to the lowest loss by steps that need no learning rate.
    """

    noun: str
    what: str
    epochs: int
    prepare: Callable[[Settings], Train]
    rate: float | None = None
    answers: tuple[str, ...] = ("classes",)
    layered: bool = False
    by_mistakes: bool = False
    direct: bool = False

    @property
    def unit(self) -> str:
        """What its epochs are called."""
        return "step" if self.direct else "epoch"


def learner(name: str, settings: Settings) -> tuple[Settings, Train]:
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
    train : Train
        Takes a `Task`, and where wished what to call after each epoch, and a `Task` of validation rows.

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
        rule = f"left out, unless the model is {_names(lambda of: of.layered)}"
        raise problem("parameter", name="hidden", rule=rule, value=settings.hidden)
    if settings.rate is not None and kind.direct:
        rule = f"left out for {name}, which goes straight to the lowest loss and needs no learning rate"
        raise problem("parameter", name="rate", rule=rule, value=settings.rate)
    settings = Settings(
        kind.rate if settings.rate is None else settings.rate,
        kind.epochs if settings.epochs is None else settings.epochs,
        checks.integer("seed", settings.seed, "[0, inf)"),
        (32,) if settings.hidden is None else tuple(settings.hidden),
    )
    for size in settings.hidden or ():
        checks.integer("hidden", size, "[1, inf)")
    return settings, kind.prepare(settings)


def _names(which: Callable[[Learner], bool]) -> str:
    return " or ".join(repr(name) for name, kind in LEARNERS.items() if which(kind))


def _by_mistakes(variant: str, name: str) -> Callable[[Settings], Train]:
    """Make a learner of a kind of perceptron: one neuron for two classes, one a class for more."""

    def prepare(settings: Settings) -> Train:
        assert settings.epochs is not None
        rule = perceptron.PerceptronRule(settings.rate, settings.epochs, seed=settings.seed, variant=variant)

        def train(task: Task, on_epoch: OnEpoch | None = None, validation: Task | None = None) -> Trained:
            assert task.classes is not None
            scaling, X = _scaled(task.X, "features")
            watched = None if validation is None else _examples(_brought(scaling, validation.X), validation)
            lesson, history = perceptron.learn(_examples(X, task), rule, on_epoch, validation=watched)
            if isinstance(lesson, perceptron.VotedLesson):
                first, *others = lesson.voters.network(*lesson.weights()).layers
                network = Network([_folded_layer(scaling, first), *others])
                return _one_network(name, task, history, lesson, scaling, network)
            folded = tuple(scaling.fold(neuron) for neuron in perceptron.neurons_of(lesson))
            return _side_by_side(name, task, history, lesson, scaling, folded)

        return train

    return prepare


def _by_slope(name: str, activation: str, solver: str, l2: float = 0.0) -> Callable[[Settings], Train]:
    """Make a learner of neurons that follow the slope of their loss."""

    def prepare(settings: Settings) -> Train:
        assert settings.epochs is not None
        alone = delta.DeltaRule(
            settings.rate,
            settings.epochs,
            seed=settings.seed,
            tolerance=TOLERANCE,
            activation=activation,
            solver=solver,
            l2=l2,
        )

        def train(task: Task, on_epoch: OnEpoch | None = None, validation: Task | None = None) -> Trained:
            scaling, X = _scaled(task.X, "features")
            target_scaling, rule = Scaling.none(1), alone
            if task.classes is None:
                target_scaling, _ = _scaled(task.y[:, np.newaxis], "targets")
            elif activation == "sigmoid" and len(task.classes) > 2:
                rule = replace(alone, activation="softmax")
            silent = -1.0 if activation == "linear" else 0.0
            examples = _examples(X, task, target_scaling, silent)
            watched = None
            if validation is not None:
                watched = _examples(_brought(scaling, validation.X), validation, target_scaling, silent)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", TrainingWarning)  # the findings tell it
                lesson, history = delta.learn(examples, rule, on_epoch, validation=watched)
            folded = tuple(
                scaling.fold(neuron)
                for neuron in perceptron.neurons_of(lesson, "sigmoid" if rule.activation == "sigmoid" else "linear")
            )
            if task.classes is None:
                folded = (_in_units(target_scaling, folded[0]),)
            elif rule.activation != "softmax":
                return _side_by_side(name, task, history, lesson, scaling, folded)
            weights, biases = np.array([n.weights for n in folded]), np.array([n.bias for n in folded])
            layer = Layer(weights, biases, "linear" if task.classes is None else "softmax")
            return _one_network(name, task, history, lesson, scaling, Network([layer]), folded)

        return train

    return prepare


def _examples(X: Array, task: Task, target_scaling: Scaling | None = None, silent: float = 0.0) -> Examples:
    """Join scaled rows with what neurons side by side are to answer."""
    if task.classes is not None:
        return Examples(X, task.y, task.fires_for, silent, task.counts)
    assert target_scaling is not None
    return Examples(X, target_scaling.apply(task.y[:, np.newaxis])[:, 0], EACH_ONCE, counts=task.counts)


def _folded_layer(scaling: Scaling, layer: Layer) -> Layer:
    """Rewrite a layer that reads scaled rows as one that reads rows in the original units."""
    weights = layer.weights / scaling.deviations
    return Layer(weights, layer.biases - weights @ scaling.means, layer.activation)


def _in_units(target_scaling: Scaling, neuron: Neuron) -> Neuron:
    """Rewrite a neuron that answers with a scaled number as one that answers in the target's units."""
    deviation, mean = float(target_scaling.deviations[0]), float(target_scaling.means[0])
    return Neuron(neuron.weights * deviation, neuron.bias * deviation + mean, neuron.activation)


def _side_by_side(
    name: str, task: Task, history: History, lesson: Lesson, scaling: Scaling, neurons: tuple[Neuron, ...]
) -> Trained:
    assert task.classes is not None
    model = Model(neurons, task.classes, task.names, scaling, task.encoding, _about(name, task, history))
    return Trained(model, history, _diagnosis(task, lesson, history), scaling, neurons)


def _one_network(
    name: str,
    task: Task,
    history: History,
    lesson: Lesson,
    scaling: Scaling,
    network: Network,
    neurons: tuple[Neuron, ...] = (),
) -> Trained:
    """Give neurons that a network has to join: by their shares, or by their votes."""
    none, target_scaling = Scaling.none(len(task.names)), Scaling.none(1) if task.classes is None else None
    about = _about(name, task, history)
    model = NetworkModel(network, none, task.classes, task.names, target_scaling, task.encoding, about)
    return Trained(model, history, _diagnosis(task, lesson, history), scaling, neurons)


def _diagnosis(task: Task, lesson: Lesson, history: History) -> Callable[[str], list[Finding]]:
    return lambda outlook: neuron_diagnosis.diagnose(lesson, history, outlook, names=task.names, classes=task.classes)


def _network(settings: Settings) -> Train:
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

    def train(task: Task, on_epoch: OnEpoch | None = None, validation: Task | None = None) -> Trained:
        scaling, X = _scaled(task.X, "features")
        target_scaling = None
        if task.classes is None:
            target_scaling, _ = _scaled(task.y[:, np.newaxis], "targets")
            output, rule = "linear", rule_of["squared_error"]
        else:
            output, rule = ("softmax" if len(task.classes) > 2 else "sigmoid"), rule_of["cross_entropy"]

        def targets(task: Task) -> Array:
            y = task.y[:, np.newaxis]
            return (y == task.fires_for).astype(X.dtype) if target_scaling is None else target_scaling.apply(y)

        Y, counts = targets(task), task.counts if len(task.counts) else None
        watched: tuple[Array, ...] | None = None
        if validation is not None:
            watched = (_brought(scaling, validation.X), targets(validation))
            watched += (validation.counts,) if len(validation.counts) else ()
        sizes = [X.shape[1], *hidden, Y.shape[1]]
        weights = sum(a * b for a, b in pairwise(sizes))
        if weights > MOST_WEIGHTS:
            few = f"such that there are {MOST_WEIGHTS:,} weights at most, not {weights:,}"
            raise problem("parameter", name="hidden", rule=few, value=hidden)
        start = Network.random(sizes, "relu", output=output, seed=settings.seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TrainingWarning)  # the findings tell it
            network, history = backpropagation.learn(
                start, X, Y, rule, weights=counts, validation=watched, on_epoch=on_epoch
            )
        network = _blind_to_constants(network, X)
        with np.errstate(over="ignore", invalid="ignore"):
            farthest = np.abs(network.feedforward(X)).max()
        if not farthest < BEYOND:
            raise problem("diverged", largest=float(np.abs(X).max()), rate=rule.learning_rate)
        about = _about("network", task, history)
        model = NetworkModel(network, scaling, task.classes, task.names, target_scaling, task.encoding, about)
        return Trained(model, history, lambda _: diagnosis.diagnose(network, X, Y, rule, history, counts), scaling)

    return train


def _blind_to_constants(network: Network, X: Array) -> Network:
    """Take out the weights of what was the same in every row: they are still as random as at the start."""
    theta = network.parameters.copy()
    first = theta[: network.sizes[0] * network.sizes[1]].reshape(network.sizes[1], -1)
    first[:, ~X.any(axis=0)] = 0.0  # what is constant was brought to 0
    return network.with_parameters(theta)


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


def _brought(scaling: Scaling, rows: Array) -> Array:
    """Bring validation rows to the scale of those that are learned from."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = scaling.apply(rows)
    if not np.isfinite(scaled).all():
        raise problem("too-large", name="validation rows", largest=float(np.abs(rows).max()))
    return np.ascontiguousarray(scaled)


LEARNERS = {
    "perceptron": Learner(
        "a perceptron",
        "learns from its mistakes until it makes none",
        1000,
        _by_mistakes("plain", "perceptron"),
        1.0,
        by_mistakes=True,
    ),
    "averaged": Learner(
        "an averaged perceptron",
        "a perceptron that answers with the mean of all that it was on the way",
        1000,
        _by_mistakes("averaged", "averaged"),
        1.0,
        by_mistakes=True,
    ),
    "pocket": Learner(
        "a pocket perceptron",
        "a perceptron that keeps the best that it was on the way",
        1000,
        _by_mistakes("pocket", "pocket"),
        1.0,
        by_mistakes=True,
    ),
    "voted": Learner(
        "a voted perceptron",
        "a perceptron that lets all that it was on the way vote",
        1000,
        _by_mistakes("voted", "voted"),
        1.0,
        by_mistakes=True,
    ),
    "adaline": Learner(
        "an adaline",
        "learns from the size of each error, by the delta rule",
        1000,
        _by_slope("adaline", "linear", "online"),
    ),
    "sigmoid": Learner(
        "a sigmoid neuron",
        "says how probable each class is: logistic regression",
        1000,
        _by_slope("sigmoid", "sigmoid", "auto", PENALTY),
        direct=True,
    ),
    "linear": Learner(
        "a linear neuron",
        "answers with a number, by least squares",
        1000,
        _by_slope("linear", "linear", "auto"),
        answers=("numbers",),
        direct=True,
    ),
    "network": Learner(
        "a network",
        "layers of neurons that learn by backpropagation",
        200,
        _network,
        0.003,
        answers=("classes", "numbers"),
        layered=True,
    ),
}
"""What `glassneuron train --model` knows."""
