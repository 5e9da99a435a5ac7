"""What can be trained on a table, by name, and the one pipeline: scale, train, fold the scale into the model."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array, all_finite
from glassneuron.engine.on_disk import room
from glassneuron.errors import TrainingWarning, problem
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.perceptrons.voted import VotedPerceptron
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.checkpoints.checkpoint import Checkpoint
from glassneuron.learning.dataset import BLOCK, Dataset
from glassneuron.learning.diagnosis import network as network_diagnosis
from glassneuron.learning.diagnosis import neurons as neuron_diagnosis
from glassneuron.learning.diagnosis.finding import Finding, Outlook
from glassneuron.learning.diagnosis.table import Origin
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.settings import AUTO, DeltaSettings, NetworkSettings, NeuronSettings, PerceptronSettings
from glassneuron.learning.standardise import scaled
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.preparing import feature_names
from glassneuron.neurons.scaling import Scaling
from glassneuron.pipelines.evaluation import learned_targets
from glassneuron.pipelines.penalty import chosen_penalty
from glassneuron.pipelines.task import FitResult, Task
from glassneuron.proofs.attainable import Decider
from glassneuron.proofs.exact.table import ExactTable

BEYOND = 1e100  # answers, in deviations of the target, from which a network has exploded: their squares overflow
MOST_WEIGHTS = 20_000_000


class Train(Protocol):
    """A training, ready to begin."""

    def __call__(
        self,
        task: Task,
        on_epoch: OnEpoch | None = None,
        validation: Task | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> FitResult:
        """Learn a task, and call `on_epoch` with the history after each epoch; with validation, keep the best.

        With a checkpoint, go on from there, if there is one, and keep it up to date.
        """


@dataclass(frozen=True)
class ModelSpec:
    """One kind of model in a few words, how it learns by default, and whether it answers with classes or numbers.

    The activation is that of single neurons; a sigmoid becomes a softmax for more than two classes.
    """

    noun: str
    what: str
    settings: NeuronSettings | NetworkSettings
    activation: str = "step"
    answers: tuple[str, ...] = ("classes",)
    rated: bool = False  # whether it learns row by row where it is given a rate

    @property
    def layered(self) -> bool:
        """Whether it has hidden layers."""
        return isinstance(self.settings, NetworkSettings)

    @property
    def by_mistakes(self) -> bool:
        """Whether it learns from its mistakes, so that their number tells how it goes."""
        return isinstance(self.settings, PerceptronSettings)

    @property
    def competing(self) -> bool:
        """Whether it is perceptrons that compete where there are more than two classes."""
        return isinstance(self.settings, PerceptronSettings) and self.settings.competing

    @property
    def direct(self) -> bool:
        """Whether it takes steps to the lowest loss that need no learning rate."""
        return isinstance(self.settings, DeltaSettings) and self.settings.solver == "auto"

    @property
    def unit(self) -> str:
        """What its epochs are called."""
        return "step" if self.direct else "epoch"


THAT = "a perceptron that answers with"
MODELS = {
    "perceptron": ModelSpec("a perceptron", "learns from its mistakes until it makes none", PerceptronSettings()),
    "averaged": ModelSpec(
        "an averaged perceptron", f"{THAT} the mean of all neurons on the way", PerceptronSettings(variant="averaged")
    ),
    "pocket": ModelSpec(
        "a pocket perceptron", f"{THAT} the best neuron on the way", PerceptronSettings(variant="pocket")
    ),
    "voted": ModelSpec(
        "a voted perceptron", f"{THAT} a vote of all neurons on the way", PerceptronSettings(variant="voted")
    ),
    "adaline": ModelSpec(
        "an adaline",
        "learns from the size of each error: the least squares, or the delta rule at a rate of yours",
        DeltaSettings(solver="auto"),
        "linear",
        rated=True,
    ),
    "sigmoid": ModelSpec(
        "a sigmoid neuron",
        "says how probable each class is: logistic regression",
        DeltaSettings(solver="auto", l2=None),  # without a penalty, the weights of separable rows would grow for ever
        "sigmoid",
    ),
    "linear": ModelSpec(
        "a linear neuron",
        "answers with a number, by least squares",
        DeltaSettings(solver="auto"),
        "linear",
        ("numbers",),
    ),
    "network": ModelSpec(
        "a network",
        "layers of neurons that learn by backpropagation",
        NetworkSettings(batch_size=32, max_epochs=50),  # a dozen steps an epoch of some hundred rows
        answers=("classes", "numbers"),
    ),
}
"""What `glassneuron train --model` knows."""


def pipeline(
    name: str,
    *,
    rate: float | None = None,
    epochs: int | None = None,
    seed: int = 0,
    hidden: Sequence[int] | None = None,
    shards: int | None = None,
) -> Train:
    """Return the training of one of `MODELS`; raise if a setting is wrong. None stands for the model's default.

    Examples
    --------
    >>> train = pipeline("network", hidden=(4,), rate=0.1)
    >>> task = Task(np.array([[1.0], [2], [3], [4]]), np.array([0, 0, 1, 1]), ("small", "large"), ("size",))
    >>> train(task).model.predict([[0.5], [4.5]]).tolist()
    ['small', 'large']
    """
    spec = MODELS[checks.choice("model", name, tuple(MODELS))]
    if hidden is not None and not spec.layered:
        layered = " or ".join(repr(each) for each, of in MODELS.items() if of.layered)
        raise problem("parameter", name="hidden", rule=f"left out, unless the model is {layered}", value=hidden)
    if rate is not None and spec.direct and not spec.rated:
        rule = f"left out for {name}, which goes straight to the lowest loss and needs no learning rate"
        raise problem("parameter", name="rate", rule=rule, value=rate)
    if shards is not None and not spec.by_mistakes:
        rule = "left out, unless the model is a perceptron: 'perceptron', 'averaged' or 'pocket'"
        raise problem("parameter", name="shards", rule=rule, value=shards)
    layers = (32,) if hidden is None else tuple(checks.integer("hidden", size, "[1, inf)") for size in hidden)
    said: dict[str, Any] = {"random_state": checks.integer("seed", seed, "[0, inf)")}
    said_too = {"learning_rate": rate, "max_epochs": epochs, "shards": shards}
    said |= {key: value for key, value in said_too.items() if value is not None}
    settings = replace(spec.settings, **said)
    settings.check()
    if isinstance(settings, NetworkSettings):
        return partial(_train_network, settings, layers)
    return partial(_train_neurons, name, settings, spec.activation)


def _train_neurons(
    name: str, settings: NeuronSettings, activation: str, task: Task, on_epoch: OnEpoch | None = None,
    validation: Task | None = None, checkpoint: Checkpoint | None = None,
) -> FitResult:  # fmt: skip
    if activation == "sigmoid" and task.classes is not None and len(task.classes) > 2:
        activation = "softmax"

    def dataset(X: Array, task: Task, target_scaling: Scaling | None) -> Dataset:
        if task.classes is None:
            return Dataset(X, _targets(X, task, target_scaling)[:, 0], sample_weight=task.weight)
        silent = -1.0 if activation == "linear" else 0.0
        return Dataset.of_classes(X, task.y, len(task.classes), silent, sample_weight=task.weight)

    plain = _indicators(task) if _is_penalised(settings, task) else None
    scaling, target_scaling, data, held = _prepared(task, validation, dataset, plain)
    standard = scaling if plain is None else Scaling.of(task.X)
    if isinstance(settings, DeltaSettings) and task.classes is None and settings.l2 == 0.0:
        settings = replace(settings, l2=chosen_penalty(data.X, data.y[:, 0] if data.y.ndim == 2 else data.y))
    algorithm = algorithm_for(data, settings, activation)
    kept = checkpoint and checkpoint.of(data, held, settings, model=name, activation=activation)
    history = _fit(algorithm, held, on_epoch, _decider(settings, task, data, scaling), kept)

    def findings(attainable: Outlook | None) -> list[Finding]:
        origin = Origin(task.names, scaling, task.columns)
        return neuron_diagnosis.diagnose(algorithm, history, attainable, origin=origin, classes=task.classes)

    def folded(W: Array, b: Array, activation: str) -> Layer:
        """Rewrite a layer that reads scaled rows as one that reads rows in the original units."""
        weights = W / scaling.deviations
        return Layer(weights, b - weights @ scaling.means, activation)

    def network_model(layers: Sequence[Layer]) -> Model:
        unscaled = Scaling.none(1) if task.classes is None else None
        facts = {**about, "average": scaling.means.tolist()}  # it reads the original units, and knows no scaling
        return Model(Network(layers), task.classes, task.names, None, task.encoding, facts, unscaled)

    about = _about(name, task, history)
    if isinstance(algorithm, VotedPerceptron):
        first, *others = algorithm.network().layers
        layers = [folded(first.weights, first.biases, "step"), *others]
        return FitResult(network_model(layers), history, findings, standard)
    W, b = algorithm.params()
    if target_scaling is not None:
        deviation, mean = float(target_scaling.deviations[0]), float(target_scaling.means[0])
        W, b = W * deviation, b * deviation + mean
    layer = folded(W, b, activation)
    if task.classes is not None and activation != "softmax":
        model = Model(layer.neurons, task.classes, task.names, standard, task.encoding, about)
    else:
        model = network_model([layer])
    return FitResult(model, history, findings, standard, layer.neurons)


def _train_network(
    settings: NetworkSettings, hidden: tuple[int, ...], task: Task, on_epoch: OnEpoch | None = None,
    validation: Task | None = None, checkpoint: Checkpoint | None = None,
) -> FitResult:  # fmt: skip
    output = "linear" if task.classes is None else "softmax" if len(task.classes) > 2 else "sigmoid"
    settings = replace(settings, loss="squared_error" if task.classes is None else "cross_entropy")

    def dataset(X: Array, task: Task, target_scaling: Scaling | None) -> Dataset:
        return Dataset(X, _targets(X, task, target_scaling), sample_weight=task.weight)

    scaling, target_scaling, data, held = _prepared(task, validation, dataset)
    X, sizes = data.X, [data.X.shape[1], *hidden, data.y.shape[1]]
    weights = sum(a * b for a, b in pairwise(sizes))
    if weights > MOST_WEIGHTS:
        few = f"such that there are {MOST_WEIGHTS:,} weights at most, not {weights:,}"
        raise problem("parameter", name="hidden", rule=few, value=hidden)
    start = Network.random(sizes, "relu", output=output, seed=settings.random_state)
    algorithm = Backpropagation(data, settings, start)
    kept = checkpoint and checkpoint.of(data, held, settings, model="network", hidden=hidden)
    history = _fit(algorithm, held, on_epoch, None, kept)
    theta = algorithm.trained().parameters.copy()
    first = theta[: sizes[0] * sizes[1]].reshape(sizes[1], -1)
    some = np.any([X[start:stop].any(axis=0) for start, stop in data.blocks()], axis=0)
    first[:, ~some] = 0.0  # weights of features that are constant, scaled to 0, are still random
    network = start.with_parameters(theta)
    with np.errstate(over="ignore", invalid="ignore"):
        farthest = np.max([np.abs(network.feedforward(X[start:stop])).max() for start, stop in data.blocks()])
    if not farthest < BEYOND:
        raise problem("diverged", largest=float(max(X.max(), -X.min())), rate=algorithm.settings.learning_rate)
    about = _about("network", task, history)
    model = Model(network, task.classes, task.names, scaling, task.encoding, about, target_scaling)
    origin = Origin(task.names, scaling, task.columns)
    return FitResult(model, history, lambda _: network_diagnosis.diagnose(algorithm, history, origin), scaling)


def _prepared(
    task: Task, validation: Task | None, dataset: Callable[[Array, Task, Scaling | None], Dataset],
    plain: Array | None = None,
) -> tuple[Scaling, Scaling | None, Dataset, Dataset | None]:  # fmt: skip
    """Return the scaling of the features and of numbers to answer with, and the scaled rows to learn from and watch."""
    scaling, X = _scaled(task.X, "features", plain=plain)
    target_scaling = _scaled(task.y[:, np.newaxis], "targets")[0] if task.classes is None else None
    data, held = dataset(X, task, target_scaling), None
    if validation is not None:
        held = dataset(_scaled(validation.X, "validation rows", scaling)[1], validation, target_scaling)
    return scaling, target_scaling, data, held


def _is_penalised(settings: NeuronSettings, task: Task) -> bool:
    """Return whether a penalty on the weights holds them back, or may."""
    if not isinstance(settings, DeltaSettings) or settings.solver != "auto" or settings.learning_rate is not None:
        return False
    return settings.l2 != 0.0 or task.classes is None


def _indicators(task: Task) -> Array | None:
    """Return the deviations to take for features that are 0 or 1 for a text or a part of a date; NaN for all others.

    A penalty is to hold back all texts alike: divided by its deviation, a rare one would have a small weight, and go
    nearly unpenalised. One feature that stands for two texts moves as far as two, each by half.
    """
    if task.encoding is None:
        return None
    made = [
        (math.sqrt(0.5) if column.get("single") else 1.0)
        if column["kind"] == "text" or (column["kind"] == "date" and k > 0)
        else np.nan
        for column in task.encoding["columns"]
        for k, _ in enumerate(feature_names(column))
    ]
    found = np.array(made)
    return None if np.isnan(found).all() or len(found) != task.X.shape[1] else found


def _scaled(
    rows: Array, name: str, scaling: Scaling | None = None, plain: Array | None = None
) -> tuple[Scaling, Array]:
    """Scale rows; some features by deviations of their own, where `plain` has some."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaling = Scaling.of(rows) if scaling is None else scaling
        if plain is not None:
            scaling = Scaling(scaling.means, np.where(np.isnan(plain), scaling.deviations, plain))
        copy = scaled(scaling, rows)
    if not all(map(all_finite, (scaling.means, scaling.deviations, copy))):
        raise problem("too-large", name=name, largest=float(max(rows.max(), -rows.min())))
    return scaling, copy


def _targets(X: Array, task: Task, target_scaling: Scaling | None) -> Array:
    """Return scaled numbers, of shape (rows, 1), or a 1 for each neuron that is to fire, of shape (rows, neurons)."""
    y = task.y[:, np.newaxis]
    if target_scaling is not None:
        return scaled(target_scaling, y)
    targets = room((len(y), len(task.fires_for)), X.dtype, X)
    for start in range(0, len(y), BLOCK):
        targets[start : start + BLOCK] = y[start : start + BLOCK] == task.fires_for
    return targets


def _decider(settings: NeuronSettings, task: Task, data: Dataset, scaling: Scaling) -> Decider | None:
    """Return what a perceptron may ask on its way: whether any neuron can have every row right, as the table has it."""
    if not isinstance(settings, PerceptronSettings) or settings.tol != AUTO or task.classes is None:
        return None
    competing = settings.competing and data.neurons > 1
    table, fires_for = task.exact or ExactTable(task.X), np.asarray(task.fires_for)
    return Decider(table, data.y, fires_for, task.classes, competing, scaling)


def _fit(
    algorithm: NeuronAlgorithm | Backpropagation,
    held: Dataset | None,
    on_epoch: OnEpoch | None,
    decide: Decider | None = None,
    checkpoint: Checkpoint | None = None,
) -> History:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)  # the findings say it
        return Trainer(algorithm, held, on_epoch, decide).fit(checkpoint)


def _about(name: str, task: Task, history: History) -> dict[str, Any]:
    facts = {"rule": name, "rows": len(task.X), "epochs": history.epochs, "why_stopped": history.why_stopped}
    return {**task.about, **facts, "learned": learned_targets(task.y, task.classes).tolist()}
