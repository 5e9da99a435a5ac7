"""All measures of some answers, each with its bounds, and with that of answering without looking."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.learning.measures.classes import balanced_accuracy, confusion, of_each_class
from glassneuron.learning.measures.intervals import Interval, Statistic, bootstrap, wilson
from glassneuron.learning.measures.numbers import both, explained, mean, root_mean_squared_error
from glassneuron.learning.measures.probabilities import brier_losses, log_losses
from glassneuron.learning.measures.ranking import Ranking, mean_of


@dataclass(frozen=True)
class Measure:
    """One number that says how good answers are.

    Attributes
    ----------
    name : str
        Such as "accuracy" or "roc_auc".
    value : float or None
        None where it cannot be said, as with one class alone.
    low, high : float or None
        They hold the true value with 95 % confidence; None where nothing is known about it.
    baseline : float or None
        The same for answers that do not look at the row: always the commonest class or the mean of the rows that were
        learned from, or the shares of their classes as probabilities.
    """

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True)
class ClassAnswers:
    """Answers that are classes, all as positions.

    Attributes
    ----------
    truth, answers : ndarray of int of shape (rows,)
    shares : ndarray of shape (classes,)
        Of each class among the rows that were learned from.
    probabilities : ndarray of shape (rows, classes), optional
    scores : ndarray of shape (rows,) or (rows, classes), optional
        What ranks the rows of a class where there are no probabilities, as weighted sums do: of two classes those of
        the second.
    weight : ndarray of shape (rows,), optional
    groups : ndarray of int of shape (rows,), optional
        Rows with the same number may say the same, and count together in intervals.
    """

    truth: Array
    answers: Array
    shares: Array
    probabilities: Array | None = None
    scores: Array | None = None
    weight: Array | None = None
    groups: Array | None = None


def measures_of_classes(given: ClassAnswers, seed: int = 0, *, bounds: bool = True) -> list[Measure]:
    """Measure answers that are classes: accuracy and balanced accuracy, then what probabilities and sums allow.

    Of more than two classes, the rankings are those of each class against the rest, on average over the classes that
    have rows. Average precision of two classes is that of the second.

    Examples
    --------
    >>> truth, answers = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    >>> for each in measures_of_classes(ClassAnswers(truth, answers, np.array([0.5, 0.5]))):
    ...     print(each.name, each.value, each.baseline)
    accuracy 0.75 0.5
    balanced_accuracy 0.75 0.5
    """
    truth, shares, weight = given.truth, given.shares, given.weight
    counts = confusion(truth, given.answers, len(shares), weight)
    if weight is not None:  # as many rows as would say as much if each weighed the same
        counts = counts * (float(weight.sum()) / float(weight @ weight))
    there = counts.sum(axis=1)
    whole, right, common = float(there.sum()), float(np.trace(counts)), int(np.argmax(shares))
    balanced, around = balanced_accuracy(of_each_class(counts))
    least = (1.0 if there[common] else 0.0) / max(1, int((there > 0).sum()))
    closed = {"accuracy": wilson(right, whole), "balanced_accuracy": around}
    values = {"accuracy": right / whole, "balanced_accuracy": balanced}
    baselines: dict[str, float] = {"accuracy": float(there[common]) / whole, "balanced_accuracy": least}
    statistics, ranked = _of_probabilities(given, baselines), [k for k in range(len(shares)) if 0 < there[k] < whole]
    statistics |= _of_ranking(given, ranked)
    if given.groups is not None:
        closed, statistics = {}, _of_answers(given) | statistics
    if ranked and "roc_auc" in statistics:
        baselines |= {"roc_auc": 0.5, "average_precision": float(np.mean(there[_ranked(given, ranked)])) / whole}
    known: dict[str, Interval | None] = {}
    if bounds:
        drawn = bootstrap(statistics, len(truth), seed, groups=given.groups, ranked=len(ranked)) if statistics else {}
        known = {**drawn, **closed}
    values |= {name: each.value for name, each in statistics.items() if name not in values}
    return [_measure(name, value, known.get(name), baselines[name]) for name, value in values.items()]


def _of_answers(given: ClassAnswers) -> dict[str, Statistic]:
    """Return accuracy and balanced accuracy as they follow from the weights of rows, for rows that come in groups."""
    right = (given.truth == given.answers).astype(np.float64)
    weight = np.ones(len(right)) if given.weight is None else given.weight
    recalls = [mean(right, weight * (given.truth == k)) for k in np.unique(given.truth).tolist()]
    return {"accuracy": mean(right, given.weight), "balanced_accuracy": mean_of(recalls)}


def _of_probabilities(given: ClassAnswers, baselines: dict[str, float]) -> dict[str, Statistic]:
    if given.probabilities is None:
        return {}
    alike, found = np.broadcast_to(given.shares, given.probabilities.shape), {}
    for name, losses in (("log_loss", log_losses), ("brier_score", brier_losses)):
        found[name] = mean(row_by_row(losses, given.truth, given.probabilities), given.weight)
        baselines[name] = mean(row_by_row(losses, given.truth, alike), given.weight).value
    return found


def _of_ranking(given: ClassAnswers, ranked: list[int]) -> dict[str, Statistic]:
    scores = given.probabilities if given.probabilities is not None else given.scores
    if scores is None or not ranked:
        return {}
    columns = scores.reshape(len(given.truth), -1)
    rankings = [
        Ranking(
            columns[:, k if columns.shape[1] > 1 else 0],
            row_by_row(lambda truth, k=k: truth == k, given.truth),
            given.weight,
        )
        for k in _ranked(given, ranked)
    ]
    return {
        "roc_auc": mean_of([each.roc_auc for each in rankings]),
        "average_precision": mean_of([each.average_precision for each in rankings]),
    }


def _ranked(given: ClassAnswers, ranked: list[int]) -> list[int]:
    """Return the classes that are ranked against the rest: of two the second alone."""
    return [1] if len(given.shares) == 2 else ranked


def measures_of_numbers(
    truth: Array,
    answers: Array,
    mean_learned: float,
    weight: Array | None = None,
    seed: int = 0,
    *,
    groups: Array | None = None,
    bounds: bool = True,
) -> list[Measure]:
    """Measure answers that are numbers; `mean_learned` is the mean of the rows that were learned from.

    Examples
    --------
    >>> for each in measures_of_numbers(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]), 2.0):
    ...     print(each.name, round(each.value, 3), round(each.baseline, 3))
    r_squared 0.5 0.0
    mean_absolute_error 0.333 0.667
    root_mean_squared_error 0.577 0.816
    """
    measured, without = _of_numbers(truth, answers, weight), _of_numbers(truth, mean_learned, weight)
    there = {name: each for name, each in measured.items() if each is not None}
    known = bootstrap(there, len(truth), seed, groups=groups) if bounds else {}
    return [_measure(name, _value(each), known.get(name), _value(without[name])) for name, each in measured.items()]


def _value(statistic: Statistic | None) -> float | None:
    return None if statistic is None else statistic.value


def _of_numbers(truth: Array, answers: Array | float, weight: Array | None) -> dict[str, Statistic | None]:
    return {
        "r_squared": explained(truth, answers, weight),
        "mean_absolute_error": mean(row_by_row(lambda y, a: np.abs(y - a), *both(truth, answers)), weight),
        "root_mean_squared_error": root_mean_squared_error(truth, answers, weight),
    }


def _measure(name: str, value: float | None, bounds: Interval | None, baseline: float | None) -> Measure:
    low, high = bounds or (None, None)
    return Measure(name, value, low, high, baseline)
