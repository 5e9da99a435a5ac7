"""What the page asks to be trained, read from JSON: each field by its rule, and a sentence for one that breaks it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.engine.optimizers import OPTIMISERS
from glassneuron.errors import problem

KINDS = ("perceptron", "sigmoid", "network")
VARIANTS = ("plain", "averaged", "pocket")
ACTIVATIONS = ("tanh", "sigmoid", "relu")
EVERY = ("example", "epoch")
MOST_ROWS, MOST_FEATURES, MOST_CLASSES, MOST_PARAMETERS, MOST_EPOCHS = 5_000, 50, 20, 2_000, 10_000
LARGEST = 1e100
MOST_LAYERS, MOST_CHANGES, LONGEST_NAME = 4, 20, 200

NEEDED = ("kind", "X", "y")
OPTIONAL: dict[str, Any] = {
    "names": None, "classes": None, "eta": 0.1, "fixed_bias": None, "epochs": 1000, "seed": 0, "shuffle": False,
    "variant": "plain", "hidden": (2,), "activation": "tanh", "optimiser": "sgd", "start": None, "changes": (),
    "every": "example",
}  # fmt: skip
ONLY_FOR = {"variant": "perceptron", "hidden": "network", "activation": "network", "optimiser": "network"}


@dataclass(frozen=True, eq=False)
class Spec:
    """A training, fully said.

    Attributes
    ----------
    kind : {"perceptron", "sigmoid", "network"}
    X : ndarray of shape (rows, features)
    y : ndarray of class numbers, of shape (rows,)
    names, classes : tuples of str
    eta : float
        Learning rate.
    fixed_bias : float or None
        At which the bias is held.
    epochs, seed : int
    shuffle : bool
    variant, activation, optimiser, every : str
    hidden : tuple of int
    start : ndarray of shape (parameters,), or None
    changes : tuple of (int, float)
        After which frame the training goes on with which rate.
    """

    kind: str
    X: Array
    y: Array
    names: tuple[str, ...]
    classes: tuple[str, ...]
    eta: float
    fixed_bias: float | None
    epochs: int
    seed: int
    shuffle: bool
    variant: str
    hidden: tuple[int, ...]
    activation: str
    optimiser: str
    start: Array | None
    changes: tuple[tuple[int, float], ...]
    every: str

    @property
    def outputs(self) -> int:
        """Neurons of the last layer: one for two classes, else one a class."""
        return 1 if len(self.classes) == 2 else len(self.classes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, and the neurons of each layer."""
        hidden = self.hidden if self.kind == "network" else ()
        return (self.X.shape[1], *hidden, self.outputs)


Find = Callable[[str], Mapping[str, Any]]
"""Finds a table that the server keeps by its id: its X, y, names and classes."""


def read_spec(given: object, find: Find | None = None) -> Spec:
    """Read a training from JSON.

    Parameters
    ----------
    given : dict
        With "table", the id of a table that the server keeps, in place of its X, y, names and classes.
    find : callable, optional
        Finds that table.

    Raises
    ------
    ParameterError, ParameterTypeError, DataError
        For the first field that breaks its rule.

    Examples
    --------
    >>> spec = read_spec({"kind": "perceptron", "X": [[0, 0], [0, 1]], "y": [0, 1], "eta": 0.5})
    >>> spec.sizes, spec.names, spec.eta
    ((2, 1), ('x1', 'x2'), 0.5)
    >>> read_spec({"kind": "perceptron", "X": [[0], [1]], "y": [0, 1], "eta": -1})
    Traceback (most recent call last):
    glassneuron.errors.ParameterError: `eta` must be in (0, inf); got -1.
    """
    fields = fields_of(given, "a training", (*NEEDED, *OPTIONAL, "table"))
    if "table" in fields:
        fields = with_table(fields, find)
    for name in NEEDED:
        if name not in fields:
            raise problem("absent-field", name=name, what="the training", rule="there")
    kind = checks.choice("kind", fields["kind"], KINDS)
    for name, only in ONLY_FOR.items():
        if fields.get(name) is not None and kind != only:
            raise problem(
                "parameter", name=name, rule=f"left out, for it belongs to a {only}", value=short(fields[name])
            )
    chosen = OPTIONAL | {name: value for name, value in fields.items() if value is not None}
    X = rows_of(chosen["X"])
    names = texts("names", chosen["names"] or [f"x{j + 1}" for j in range(X.shape[1])], X.shape[1], "feature")
    classes = texts("classes", chosen["classes"] or ["0", "1"], None, "class")
    if not 2 <= len(classes) <= MOST_CLASSES:
        raise problem("parameter", name="classes", rule=f"2 to {MOST_CLASSES} names", value=short(list(classes)))
    spec = Spec(
        kind, X, codes_of(chosen["y"], len(X), len(classes)), names, classes,
        checks.number("eta", chosen["eta"], "(0, inf)"),
        None if chosen["fixed_bias"] is None else checks.number("fixed_bias", chosen["fixed_bias"], "(-inf, inf)"),
        checks.integer("epochs", chosen["epochs"], f"[1, {MOST_EPOCHS}]"),
        checks.integer("seed", chosen["seed"], f"[0, {2**31 - 1}]"), checks.boolean("shuffle", chosen["shuffle"]),
        checks.choice("variant", chosen["variant"], VARIANTS), _hidden(chosen["hidden"]),
        checks.choice("activation", chosen["activation"], ACTIVATIONS),
        checks.choice("optimiser", chosen["optimiser"], tuple(OPTIMISERS)), None, _changes(chosen["changes"]),
        checks.choice("every", chosen["every"], EVERY),
    )  # fmt: skip
    if spec.kind == "network" and spec.fixed_bias is not None:
        raise problem("parameter", name="fixed_bias", rule="null for a network", value=spec.fixed_bias)
    count = parameters(spec.sizes)
    if count > MOST_PARAMETERS:
        raise problem("too-many", name="theta", value=count, what="parameters", most=MOST_PARAMETERS)
    start = None if chosen["start"] is None else numbers("start", chosen["start"], count, "one for each parameter")
    if start is not None and spec.fixed_bias is not None and (start[-spec.outputs :] != spec.fixed_bias).any():
        rule = f"with every bias {spec.fixed_bias:g}, at which it is held"
        raise problem("parameter", name="start", rule=rule, value=short(start.tolist()))
    return Spec(**vars(spec) | {"start": start})


def parameters(sizes: tuple[int, ...]) -> int:
    """Count the weights and biases of layers.

    Examples
    --------
    >>> parameters((2, 2, 1))
    9
    """
    return sum(neurons * (inputs + 1) for inputs, neurons in pairwise(sizes))


def fields_of(given: object, what: str, known: tuple[str, ...]) -> dict[str, Any]:
    """Return a JSON object; refuse anything else, and a field that nobody knows."""
    if not isinstance(given, dict):
        raise problem("parameter-type", name=what, rule="an object", value=short(given), kind=type(given).__name__)
    for name in given:
        if name not in known:
            raise problem("unknown-field", name=str(name)[:LONGEST_NAME], what=what, known=", ".join(known))
    return dict(given)


def with_table(fields: dict[str, Any], find: Find | None) -> dict[str, Any]:
    """Put what a kept table holds in place of its id."""
    fields = dict(fields)
    name = fields.pop("table")
    if name is None:
        return fields
    if not isinstance(name, str):
        raise problem("parameter", name="table", rule="the id of a table", value=short(name))
    if find is None:
        raise problem("gone-table", value=name[:LONGEST_NAME])
    return fields | dict(find(name))


def rows_of(value: object, most: int = MOST_ROWS) -> Array:
    """Return rows of finite numbers, of shape (rows, features)."""
    if isinstance(value, np.ndarray):  # of a table that was read, and checked then
        return value
    if not isinstance(value, list) or not value or not all(isinstance(row, list) for row in value):
        raise problem("parameter", name="X", rule="a list of rows, at least one", value=short(value))
    if len(value) > most:
        raise problem("too-many", name="X", value=len(value), what="rows", most=most)
    width = len(value[0])
    if not 1 <= width <= MOST_FEATURES:
        raise problem("parameter", name="X", rule=f"rows of 1 to {MOST_FEATURES} numbers", value=width)
    for i, row in enumerate(value, 1):
        if len(row) != width:
            raise problem("ragged-rows", name="X", row=i, got=len(row), expected=width)
    return np.array([[finite("X", cell, f"row {i}") for cell in row] for i, row in enumerate(value, 1)])


def codes_of(value: object, rows: int, classes: int) -> Array:
    """Return class numbers, one for each row."""
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, list) or len(value) != rows:
        got = len(value) if isinstance(value, list) else short(value)
        raise problem("parameter", name="y", rule=f"a list of {rows:,} class numbers, one for each row", value=got)
    return np.array([checks.integer("y", code, f"[0, {classes - 1}]") for code in value], np.int32)


def numbers(name: str, value: object, length: int, rule: str) -> Array:
    """Return a list of so many finite numbers."""
    if not isinstance(value, list) or len(value) != length:
        got = len(value) if isinstance(value, list) else short(value)
        raise problem("parameter", name=name, rule=f"a list of {length:,} numbers, {rule}", value=got)
    return np.array([finite(name, number, f"place {i}") for i, number in enumerate(value, 1)])


def finite(name: str, value: object, where: str) -> float:
    """Return a number that a page can draw, with a sentence on where it stands if it is none."""
    if type(value) is not float and type(value) is not int:
        raise problem("numbers", name=name, value=short(value))
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise problem("not-finite", name=name, value=number, where=where)
    if abs(number) > LARGEST:
        raise problem("beyond", name=name, most=LARGEST, value=number, where=where)
    return number


def texts(name: str, value: object, length: int | None, what: str) -> tuple[str, ...]:
    """Return short texts, which differ."""
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        raise problem("parameter", name=name, rule=f"a list of texts, one for each {what}", value=short(value))
    if length is not None and len(value) != length:
        raise problem("parameter", name=name, rule=f"{length} texts, one for each {what}", value=len(value))
    for text in value:
        if not 1 <= len(text) <= LONGEST_NAME:
            rule = f"texts of 1 to {LONGEST_NAME} characters"
            raise problem("parameter", name=name, rule=rule, value=short(text))
    if len(set(value)) < len(value):
        twice = next(text for text in value if value.count(text) > 1)
        raise problem("parameter", name=name, rule=f"a list in which each {what} has its own name", value=twice)
    return tuple(value)


def short(value: object) -> Any:
    """Return a value for a message: what is long is cut.

    Examples
    --------
    >>> short(1.5), short([0] * 100)
    (1.5, '[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...')
    """
    if value is None or isinstance(value, bool | float):
        return value
    text = value if isinstance(value, str) else repr(value)
    if len(text) <= 40:
        return value
    return f"{text[:37]}..."


def _hidden(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_LAYERS:
        rule = f"a list of the neurons of each hidden layer, {MOST_LAYERS} layers at most"
        raise problem("parameter", name="hidden", rule=rule, value=short(value))
    return tuple(checks.integer("hidden", size, f"[1, {MOST_PARAMETERS}]") for size in value)


def _changes(value: object) -> tuple[tuple[int, float], ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_CHANGES:
        rule = f"a list of at most {MOST_CHANGES} changes"
        raise problem("parameter", name="changes", rule=rule, value=short(value))
    changes: list[tuple[int, float]] = []
    for each in value:
        fields = fields_of(each, "a change", ("at", "eta"))
        for name in ("at", "eta"):
            if name not in fields:
                raise problem("absent-field", name=name, what="a change", rule="a number")
        at = checks.integer("changes.at", fields["at"], "[0, inf)")
        if changes and at <= changes[-1][0]:
            raise problem("parameter", name="changes.at", rule=f"above {changes[-1][0]}, the one before", value=at)
        changes.append((at, checks.number("changes.eta", fields["eta"], "(0, inf)")))
    return tuple(changes)
