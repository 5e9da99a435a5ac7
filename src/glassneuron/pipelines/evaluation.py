"""How good a model's answers to some rows are, measured in every way that they allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import room, row_by_row
from glassneuron.learning.measures.classes import OfClass, confusion, how_many, of_each_class, without_intervals
from glassneuron.learning.measures.measure import ClassAnswers, Measure, measures_of_classes, measures_of_numbers
from glassneuron.neurons.model import Model

AT_A_TIME = 1_000_000_000  # multiply-adds of answers that are asked for together, so that Ctrl-C need not wait long
NUMBERS = 1 << 21  # of rows that are asked about together, so that what is made of them on the way is small


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What was measured on some rows.

    Attributes
    ----------
    rows : int
    answers : ndarray of shape (rows,)
        Positions in the classes, or numbers.
    measures : tuple of Measure
    counts : ndarray of shape (classes, classes), or None for numbers
        The rows of each class (down) by their answer (across).
    each : tuple of OfClass
        How well each class is answered.
    probabilities : ndarray of shape (rows, classes), or None where the model gives none
    """

    rows: int
    answers: Array
    measures: tuple[Measure, ...]
    counts: Array | None = None
    each: tuple[OfClass, ...] = ()
    probabilities: Array | None = None

    def __getitem__(self, name: str) -> Measure:
        """Return a measure by its name; raise a KeyError where it was not measured."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)


def learned_targets(y: Array, classes: tuple[Any, ...] | None) -> Array:
    """Return what an answer without looking knows of targets: the share of each class, or the mean as one number.

    Examples
    --------
    >>> learned_targets(np.array([0, 1, 1, 1]), ("no", "yes")), learned_targets(np.array([1.0, 3.0]), None)
    (array([0.25, 0.75]), array([2.]))
    """
    if classes is None:
        return np.array([y.mean()])
    return how_many(y, len(classes)) / len(y)


def evaluate(
    model: Model,
    X: Array,
    y: Array,
    learned: Array,
    *,
    groups: Array | None = None,
    bounds: bool = True,
    seed: int = 0,
) -> Evaluation:
    """Measure a model on rows.

    Parameters
    ----------
    model : Model
    X : ndarray of shape (rows, features)
    y : ndarray of shape (rows,)
        Positions in the model's classes, or numbers.
    learned : ndarray
        What `learned_targets` says of the rows that were learned from.
    groups : ndarray of int of shape (rows,), optional
        Rows with the same number may say the same, and count together in intervals.
    bounds : bool
        Whether to say how far each measure can be trusted, which takes rows that were not learned from.
    seed : int

    Examples
    --------
    >>> from glassneuron.neurons.neuron import Neuron
    >>> model = Model((Neuron([1.0], 0.0),), ("no", "yes"), ("x",))
    >>> found = evaluate(model, np.array([[-1.0], [1.0], [2.0], [-2.0]]), np.array([0, 1, 1, 1]), np.array([0.5, 0.5]))
    >>> found["accuracy"].value, found.counts.tolist()
    (0.75, [[1, 0], [1, 2]])
    """
    if model.classes is None:
        answers = asked(model, model.predict, X)
        measured = measures_of_numbers(y, answers, float(learned[0]), seed=seed, groups=groups, bounds=bounds)
        return Evaluation(len(y), answers, tuple(measured))
    sums = asked(model, model.decision_function, X)
    answers, count = row_by_row(model.choose, sums), len(model.classes)
    probabilities = asked(model, model.probabilities, X) if model.gives_probabilities else None
    if count == 2 and sums.ndim == 2 and sums.shape[1] == 2:
        sums = row_by_row(lambda sums: sums[:, 1] - sums[:, 0], sums)
    given = ClassAnswers(y, answers, learned, probabilities, sums, groups=groups)
    counts = confusion(y, answers, count)
    measured, each = measures_of_classes(given, seed, bounds=bounds), of_each_class(counts)
    if groups is not None or not bounds:
        each = without_intervals(each)
    return Evaluation(len(y), answers, tuple(measured), counts, tuple(each), probabilities)


def asked(model: Model, answer: Callable[[Array], Array], X: Array) -> Array:
    """Return answers to rows, so many at a time that an interrupt is soon heard: a compiled answer does not listen."""
    rows = max(1, min(AT_A_TIME // len(model.network.parameters), NUMBERS // X.shape[1]))
    first = answer(X[:rows])
    if len(X) <= rows:
        return first
    found = room((len(X), *first.shape[1:]), first.dtype, X)
    found[:rows] = first
    for start in range(rows, len(X), rows):
        found[start : start + rows] = answer(X[start : start + rows])
    return found
