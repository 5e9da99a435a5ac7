"""What is watched: rows with their targets, and a training that can be begun again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.algorithms.registry import algorithm_for, network_algorithm
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings, NetworkSettings, PerceptronSettings
from glassneuron.learning.standardise import Scales
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.logic.truth_table import input_names, truth_table
from glassneuron.neurons.network import Network
from glassneuron.proofs.attainable import Decider
from glassneuron.proofs.exact.table import ExactTable

RULES = ("perceptron", "adaline", "sigmoid", "network")
RATES = {"perceptron": 1.0, "network": 0.5}
EPOCHS = {"gate": 1000, "table": 100}
EPOCHS_OF_NETWORK = {"gate": 1000, "table": 30}


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows, their classes as positions, and what all of it is called."""

    title: str
    X: Array
    y: Array
    classes: tuple[Any, ...]
    names: tuple[str, ...]
    gate: bool = False


def rows_of_gate(what: str, inputs: int | None = None) -> Rows:
    """Return the truth table of a gate, by its name or formula.

    Examples
    --------
    >>> rows_of_gate("a and not b").y
    array([0, 0, 1, 0])
    """
    table = truth_table(what, inputs)
    title = what.strip().upper() if what.strip().isalpha() else what.strip()
    return Rows(title, table.rows, table.targets, (0, 1), input_names(what, table), gate=True)


@dataclass(frozen=True, eq=False)
class Course:
    """A training on some rows, ready to begin.

    Attributes
    ----------
    rows : Rows
    rule : str
    about : str
        The rule and its settings in a few words.
    begin : callable
        Returns the training at its beginning; each one goes the same way.
    seen : ndarray of shape (rows, features)
        The rows as the training sees them.
    """

    rows: Rows
    rule: str
    about: str
    begin: Callable[[], Trainer]
    seen: Array

    @property
    def title(self) -> str:
        """The rows and the rule in a line."""
        scaled = "" if self.seen is self.rows.X else ", standardised"
        return f"{self.rows.title}{scaled}: {self.about}"


def course(
    rows: Rows,
    rule: str = "perceptron",
    *,
    hidden: Sequence[int] = (2,),
    rate: float | None = None,
    epochs: int | None = None,
    seed: int = 0,
    fixed_bias: float | None = None,
) -> Course:
    """Return a training on rows: a truth table in its order, another table in a new order each epoch.

    Parameters
    ----------
    rows : Rows
    rule : {"perceptron", "adaline", "sigmoid", "network"}
    hidden : sequence of int
        Neurons of each hidden layer of a network.
    rate, epochs : optional
        Learning rate, and epochs at most.
    seed : int
    fixed_bias : float, optional
        The bias of single neurons, which is then not learned.

    Examples
    --------
    >>> course(rows_of_gate("or"), rate=0.1, fixed_bias=-1.0).begin().fit().mistakes
    [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    """
    checks.choice("model", rule, RULES)
    checks.integer("seed", seed, "[0, inf)")
    kind = "gate" if rows.gate else "table"
    if epochs is None:
        epochs = (EPOCHS_OF_NETWORK if rule == "network" else EPOCHS)[kind]
    said: dict[str, Any] = {"max_epochs": epochs, "shuffle": not rows.gate, "random_state": seed}
    rate = RATES.get(rule) if rate is None else rate
    if rule == "network":
        if fixed_bias is not None:
            raise problem("parameter", name="fixed_bias", rule="left out for a network", value=fixed_bias)
        return _network(rows, hidden, NetworkSettings(
            optimiser="sgd", learning_rate=rate, batch_size=1, tol=None, schedule="constant", l2=0.0, **said
        ))  # fmt: skip
    said |= {"learning_rate": rate, "fixed_bias": fixed_bias}
    settings = PerceptronSettings(**said) if rule == "perceptron" else DeltaSettings(solver="online", **said)
    settings.check()
    activation = {"perceptron": "step", "adaline": "linear"}.get(rule, "sigmoid")
    if rule == "sigmoid" and len(rows.classes) > 2:
        activation = "softmax"
    silent = -1.0 if rule == "adaline" else 0.0
    data = Dataset.of_classes(rows.X, rows.y, len(rows.classes), silent)
    decide = None
    if isinstance(settings, PerceptronSettings):
        fires_for = np.arange(data.neurons) if data.neurons > 1 else np.array([1])
        competing = settings.competing and data.neurons > 1
        decide = Decider(ExactTable(rows.X), data.y, fires_for, list(rows.classes), competing)

    def begin() -> Trainer:
        return Trainer(algorithm_for(data, replace(settings), activation), decide=decide)

    algorithm = algorithm_for(data, replace(settings), activation)
    seen = rows.X if algorithm.scaling is None else algorithm.seen.X
    bias = "" if fixed_bias is None else f", bias held at {format_short(fixed_bias)}"
    return Course(rows, rule, f"{rule}{_at(rate)}{bias}", begin, seen)


def _network(rows: Rows, hidden: Sequence[int], settings: NetworkSettings) -> Course:
    settings.check()
    sizes = tuple(checks.integer("hidden", size, "[1, inf)") for size in hidden)
    outputs = len(rows.classes) if len(rows.classes) > 2 else 1
    shape = [rows.X.shape[1], *sizes, outputs]
    Y = rows.y[:, np.newaxis] == (np.arange(outputs) if outputs > 1 else np.array([1]))
    data = Dataset(rows.X, Y.astype(np.float64))
    data = Scales.of(data, "auto", targets=False).apply(data)

    output = "softmax" if outputs > 1 else "sigmoid"
    start = int(np.random.default_rng(settings.random_state).integers(2**31))  # the one that `MLPClassifier` draws

    def begin() -> Trainer:
        network = Network.random(shape, "sigmoid", output=output, start="glorot", seed=start)
        return Trainer(network_algorithm(data, replace(settings), network))

    return Course(rows, "network", f"network {'-'.join(map(str, shape))}{_at(settings.learning_rate)}", begin, data.X)


def _at(rate: float | None) -> str:
    return "" if rate is None else f", rate {format_short(rate)}"
