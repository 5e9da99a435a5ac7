"""What a training script has to say: sizes, start, targets, loss, order of the rows, rate of each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.delta import DeltaRule
from glassneuron.learning.algorithms.perceptrons.perceptron import Perceptron
from glassneuron.learning.algorithms.whole_batch.descent import GradientDescent
from glassneuron.learning.algorithms.whole_batch.optimum.optimum import ToOptimum
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.sampler import RUN, SMALL_TABLE, STREAMS

ACTIVATION = {0: "linear", 1: "step", 2: "sigmoid", 5: "softmax", 6: "winner"}
"""Of neurons, by the number in the textbook."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A training as plain facts.

    Attributes
    ----------
    noun : str
        The estimator as one would write it.
    X, y : ndarray
        Rows and targets as they were given.
    classes : ndarray, or None for numbers
    silent : float
        The target for the rows of other classes.
    sizes, activations
        Of the layers. The last activation is "winner" where only the largest sum fires.
    loss : {"cross_entropy", "squared_error"}
        Of a network. A lone layer learns from what it fires too much, which either is.
    epochs, batch : int
    optimiser : str
        Or "optimum", to go to the lowest loss.
    rates : list of float, or tuple of rate and schedule
        One for each epoch; or a rate and how it falls from step to step.
    l2, momentum, beta2, epsilon : float
    seed : int
        Of the order, of a network also of the start.
    start : str
        How the weights are drawn, "zero" for none.
    shuffle, sorts : bool
        Whether each epoch has an order of its own, and rows are put in one before, equal ones side by side.
    fixed_bias : float or None
    scaled, rescaled : bool
        Whether features, and targets, are brought to mean 0 and deviation 1.
    """

    noun: str
    X: Array
    y: Array
    classes: Array | None
    silent: float
    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    epochs: int
    batch: int
    optimiser: str
    rates: Any
    l2: float
    momentum: float
    beta2: float
    epsilon: float
    seed: int
    start: str
    shuffle: bool
    sorts: bool
    fixed_bias: float | None
    scaled: bool
    rescaled: bool

    @property
    def last(self) -> str:
        """The activation of the last layer."""
        return self.activations[-1]


def plan_of(estimator: Any, X: Any, y: Any) -> Plan:
    """Train an estimator, and say how it was done."""
    if not hasattr(estimator, "training"):
        raise problem("no-training", kind=type(estimator).__name__)
    trainer, scales = estimator.training(X, y)
    algorithm = trainer.algorithm
    _refuse_unwritten(estimator, algorithm, trainer)
    history = trainer.fit()
    if trainer.prospects.taken:
        part = f"weights that a search for a proof found, from epoch {trainer.prospects.taken + 1} on"
        raise problem("cannot-hold", target="a script", part=part, why="set tol=None, which leaves all to the rule")
    rows, targets = np.asarray(X, dtype=np.float64), np.asarray(y)
    known = np.unique(targets) if _labelled(estimator, algorithm) else None
    common = {"noun": repr(estimator), "X": rows, "y": targets, "classes": known, "seed": algorithm.seed}
    if isinstance(algorithm, Backpropagation):
        return _of_network(estimator, algorithm, history, scales, common)
    return _of_neurons(algorithm, history, common)


def _labelled(estimator: Any, algorithm: Any) -> bool:
    if isinstance(algorithm, Backpropagation):
        return not getattr(estimator, "_numbers", False)
    return bool(algorithm.data.labelled)


def _refuse_unwritten(estimator: Any, algorithm: Any, trainer: Any) -> None:
    """Refuse a rule, or a setting, that no script is written for."""
    plain_rules = (Perceptron, DeltaRule, GradientDescent, Backpropagation)
    if type(algorithm) not in plain_rules and not isinstance(algorithm, ToOptimum):
        part = f"the rule of {type(algorithm).__name__}"
        raise problem("cannot-hold", target="a script", part=part, why="only plain rules and steps are written down")
    fixed = {"early_stopping": False, "class_weight": None, "dropout": 0.0, "clip": None, "n_restarts": 1}
    for name, plain in fixed.items():
        if getattr(estimator, name, plain) != plain:
            part, why = f"{name}={getattr(estimator, name)!r}", f"leave it at {plain!r}"
            raise problem("cannot-hold", target="a script", part=part, why=why)
    data: Dataset = algorithm.data
    shuffled = algorithm.settings.shuffle and not isinstance(algorithm, GradientDescent | ToOptimum)
    if shuffled and (len(data.y) > RUN * STREAMS or (data.labelled and data.X.size > SMALL_TABLE)):
        part, why = f"the order of {len(data.y):,} shuffled rows", "give fewer, or shuffle=False"
        raise problem("cannot-hold", target="a script", part=part, why=why)
    if data.sparse or (data.labelled and len(np.unique(data.y)) < 2):
        part = "a sparse table" if data.sparse else "a single class"
        raise problem("cannot-hold", target="a script", part=part, why="it is trained on a dense one with two or more")
    if callable(algorithm.settings.schedule) and isinstance(algorithm, Backpropagation):
        part = "a schedule that is a function"
        raise problem("cannot-hold", target="a script", part=part, why="choose one by its name")


def _of_neurons(algorithm: Any, history: Any, common: dict[str, Any]) -> Plan:
    data, settings = algorithm.data, algorithm.settings
    optimum, whole = isinstance(algorithm, ToOptimum), isinstance(algorithm, GradientDescent)
    shuffle = settings.shuffle and not whole and not optimum
    return Plan(
        **common, silent=float(data.silent) if data.labelled else 0.0, sizes=(data.shape[1], data.neurons),
        activations=(ACTIVATION[algorithm.code],), loss="cross_entropy", epochs=history.epochs,
        batch=len(data.y) if whole else 1, optimiser="optimum" if optimum else "sgd",
        rates=[] if optimum else list(history.learning_rates), l2=float(getattr(algorithm, "l2", 0.0)), momentum=0.0,
        beta2=0.0, epsilon=0.0, start="zero", shuffle=shuffle, sorts=shuffle, fixed_bias=settings.fixed_bias,
        scaled=algorithm.scaling is not None, rescaled=False,
    )  # fmt: skip


def _of_network(estimator: Any, algorithm: Backpropagation, history: Any, scales: Any, common: dict[str, Any]) -> Plan:
    settings, network = algorithm.settings, algorithm.network
    seed_of_start = estimator._seeds(algorithm.seed)[0]
    schedule = (settings.learning_rate, settings.schedule, settings.max_epochs)
    return Plan(
        **common, silent=0.0, sizes=network.sizes, activations=network.activations, loss=settings.loss,
        epochs=history.epochs, batch=algorithm.unit, optimiser=settings.optimiser, rates=schedule,
        l2=float(settings.l2 or 0.0), momentum=settings.momentum, beta2=settings.beta2, epsilon=settings.epsilon,
        start=f"{estimator.start} {seed_of_start}", shuffle=algorithm.sampler.shuffle, sorts=False, fixed_bias=None,
        scaled=scales.features is not None, rescaled=scales.targets is not None,
    )  # fmt: skip
