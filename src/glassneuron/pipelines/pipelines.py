"""What can be trained on a table, by name, and the one pipeline: scale, train, fold the scale into the model."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import TrainingWarning, problem
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.algorithms.voted import VotedPerceptron
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.diagnosis import network as network_diagnosis
from glassneuron.learning.diagnosis import neurons as neuron_diagnosis
from glassneuron.learning.diagnosis.finding import Finding, Outlook
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.settings import DeltaSettings, NetworkSettings, NeuronSettings, PerceptronSettings
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling
from glassneuron.pipelines.task import Settings, Task, Trained

BEYOND = 1e100
"""Answers, in deviations of the target, from which a network has exploded: their squares cannot be computed."""
MOST_WEIGHTS = 20_000_000


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
    rule : TrainerSettings
        How it learns if nobody says otherwise.
    activation : str
        Of single neurons; a sigmoid becomes a softmax for more than two classes.
    answers : tuple of {"classes", "numbers"}
    """

    noun: str
    what: str
    rule: NeuronSettings | NetworkSettings
    activation: str = "step"
    answers: tuple[str, ...] = ("classes",)

    @property
    def epochs(self) -> int:
        """Those that are used if nobody says others."""
        return self.rule.max_epochs

    @property
    def rate(self) -> float | None:
        """That which is used if nobody says another; None for one that suits the rows, or where none is needed."""
        return self.rule.learning_rate

    @property
    def layered(self) -> bool:
        """Whether it has hidden layers."""
        return isinstance(self.rule, NetworkSettings)

    @property
    def by_mistakes(self) -> bool:
        """Whether it learns from its mistakes, so that their number tells how it goes."""
        return isinstance(self.rule, PerceptronSettings)

    @property
    def direct(self) -> bool:
        """Whether it goes to the lowest loss by steps that need no learning rate."""
        return isinstance(self.rule, DeltaSettings) and self.rule.solver == "auto"

    @property
    def unit(self) -> str:
        """What its epochs are called."""
        return "step" if self.direct else "epoch"


_A_PERCEPTRON_THAT = "a perceptron that answers with"
LEARNERS = {
    "perceptron": Learner("a perceptron", "learns from its mistakes until it makes none", PerceptronSettings()),
    "averaged": Learner(
        "an averaged perceptron",
        f"{_A_PERCEPTRON_THAT} the mean of all neurons on the way",
        PerceptronSettings(variant="averaged"),
    ),
    "pocket": Learner(
        "a pocket perceptron",
        f"{_A_PERCEPTRON_THAT} the best neuron on the way",
        PerceptronSettings(variant="pocket"),
    ),
    "voted": Learner(
        "a voted perceptron",
        f"{_A_PERCEPTRON_THAT} a vote of all neurons on the way",
        PerceptronSettings(variant="voted"),
    ),
    "adaline": Learner(
        "an adaline", "learns from the size of each error, by the delta rule", DeltaSettings(), "linear"
    ),
    "sigmoid": Learner(
        "a sigmoid neuron",
        "says how probable each class is: logistic regression",
        DeltaSettings(solver="auto", l2=1e-3),  # without a penalty, the weights of separable rows would grow for ever
        "sigmoid",
    ),
    "linear": Learner(
        "a linear neuron",
        "answers with a number, by least squares",
        DeltaSettings(solver="auto"),
        "linear",
        ("numbers",),
    ),
    "network": Learner(
        "a network",
        "layers of neurons that learn by backpropagation",
        NetworkSettings(learning_rate=0.003, batch_size=32),  # a dozen steps an epoch of some hundred rows
        answers=("classes", "numbers"),
    ),
}
"""What `glassneuron train --model` knows."""


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
    said: dict[str, Any] = {
        "learning_rate": settings.rate, "max_epochs": settings.epochs, "random_state": settings.seed
    }  # fmt: skip
    how = replace(kind.rule, **said)
    how.check()
    if isinstance(how, NetworkSettings):
        return settings, partial(_train_network, how, tuple(settings.hidden or ()))
    return settings, partial(_train_neurons, name, how, kind.activation)


def _names(which: Callable[[Learner], bool]) -> str:
    return " or ".join(repr(name) for name, kind in LEARNERS.items() if which(kind))


def _train_neurons(
    name: str, rule: NeuronSettings, activation: str, task: Task, on_epoch: OnEpoch | None = None,
    validation: Task | None = None,
) -> Trained:  # fmt: skip
    scaling, X = _scaled(task.X, "features")
    target_scaling = Scaling.none(1) if task.classes is not None else _scaled(task.y[:, np.newaxis], "targets")[0]
    if activation == "sigmoid" and task.classes is not None and len(task.classes) > 2:
        activation = "softmax"
    data = _dataset(X, task, activation, target_scaling)
    held = None
    if validation is not None:
        held = _dataset(_like(scaling, validation.X), validation, activation, target_scaling)
    algorithm = algorithm_for(data, rule, activation)
    history = _fit(algorithm, held, on_epoch)

    def findings(attainable: Outlook | None) -> list[Finding]:
        return neuron_diagnosis.diagnose(algorithm, history, attainable, names=task.names, classes=task.classes)

    if isinstance(algorithm, VotedPerceptron):
        first, *others = algorithm.network().layers
        network = Network([_folded(scaling, first.weights, first.biases, "step"), *others])
        return Trained(_network_model(name, task, history, network), history, findings, scaling)
    W, b = algorithm.params()
    if task.classes is None:
        deviation, mean = float(target_scaling.deviations[0]), float(target_scaling.means[0])
        W, b = W * deviation, b * deviation + mean
    layer = _folded(scaling, W, b, "linear" if activation == "softmax" else activation)
    neurons = tuple(Neuron(w, float(c), layer.activation) for w, c in zip(layer.weights, layer.biases, strict=True))
    if task.classes is not None and activation != "softmax":
        model = Model(neurons, task.classes, task.names, scaling, task.encoding, _about(name, task, history))
    else:
        whole = Network([Layer(layer.weights, layer.biases, activation)])
        model = _network_model(name, task, history, whole)
    return Trained(model, history, findings, scaling, neurons)


def _fit(algorithm: NeuronAlgorithm | Backpropagation, held: Dataset | None, on_epoch: OnEpoch | None) -> History:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)  # the findings say it
        return Trainer(algorithm, held, on_epoch).fit()


def _dataset(X: Array, task: Task, activation: str, target_scaling: Scaling) -> Dataset:
    """Join scaled rows with what neurons side by side are to answer."""
    if task.classes is None:
        return Dataset(X, target_scaling.apply(task.y[:, np.newaxis])[:, 0], sample_weight=task.counts)
    silent = -1.0 if activation == "linear" else 0.0
    return Dataset.of_classes(X, task.y, len(task.classes), silent, sample_weight=task.counts)


def _folded(scaling: Scaling, W: Array, b: Array, activation: str) -> Layer:
    """Rewrite a layer that reads scaled rows as one that reads rows in the original units."""
    weights = W / scaling.deviations
    return Layer(weights, b - weights @ scaling.means, activation)


def _network_model(name: str, task: Task, history: History, network: Network) -> Model:
    """Return the model of a network that reads rows in their own units."""
    target_scaling, about = Scaling.none(1) if task.classes is None else None, _about(name, task, history)
    return Model(network, task.classes, task.names, None, task.encoding, about, target_scaling)


def _train_network(
    rule: NetworkSettings, hidden: tuple[int, ...], task: Task, on_epoch: OnEpoch | None = None,
    validation: Task | None = None,
) -> Trained:  # fmt: skip
    scaling, X = _scaled(task.X, "features")
    target_scaling = _scaled(task.y[:, np.newaxis], "targets")[0] if task.classes is None else None
    output = "linear" if task.classes is None else "softmax" if len(task.classes) > 2 else "sigmoid"
    rule = replace(rule, loss="squared_error" if task.classes is None else "cross_entropy")

    def dataset(X: Array, task: Task) -> Dataset:
        y = task.y[:, np.newaxis]
        Y = (y == task.fires_for).astype(X.dtype) if target_scaling is None else target_scaling.apply(y)
        return Dataset(X, Y, sample_weight=task.counts)

    data = dataset(X, task)
    held = None if validation is None else dataset(_like(scaling, validation.X), validation)
    sizes = [X.shape[1], *hidden, data.y.shape[1]]
    weights = sum(a * b for a, b in pairwise(sizes))
    if weights > MOST_WEIGHTS:
        few = f"such that there are {MOST_WEIGHTS:,} weights at most, not {weights:,}"
        raise problem("parameter", name="hidden", rule=few, value=hidden)
    algorithm = Backpropagation(data, rule, Network.random(sizes, "relu", output=output, seed=rule.random_state))
    history = _fit(algorithm, held, on_epoch)
    network = _blind_to_constants(algorithm.trained(), X)
    with np.errstate(over="ignore", invalid="ignore"):
        farthest = np.abs(network.feedforward(X)).max()
    if not farthest < BEYOND:
        raise problem("diverged", largest=float(np.abs(X).max()), rate=rule.learning_rate)
    about = _about("network", task, history)
    model = Model(network, task.classes, task.names, scaling, task.encoding, about, target_scaling)
    return Trained(model, history, lambda _: network_diagnosis.diagnose(algorithm, history), scaling)


def _blind_to_constants(network: Network, X: Array) -> Network:
    """Remove the weights of what was the same in every row: they are still as random as at the start."""
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


def _like(scaling: Scaling, rows: Array) -> Array:
    """Bring validation rows to the scale of those that are learned from."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = scaling.apply(rows)
    if not np.isfinite(scaled).all():
        raise problem("too-large", name="validation rows", largest=float(np.abs(rows).max()))
    return np.ascontiguousarray(scaled)
