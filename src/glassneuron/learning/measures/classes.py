"""How well classes are answered: accuracy, and precision, recall and F1 of each class, from counts of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.learning.measures.intervals import Interval, mean_of_shares, wilson

AT_ONCE = 1 << 18
"""Rows that are how_many together, so that what is made of them stays small."""


def accuracy(truth: Array, answers: Array) -> float:
    """Return the fraction of rows that are answered correctly.

    Examples
    --------
    >>> accuracy(np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0]))
    0.75
    """
    return float(np.mean(row_by_row(np.equal, np.asarray(truth), np.asarray(answers))))


def confusion(truth: Array, answers: Array, classes: int, weight: Array | None = None) -> Array:
    """Count the rows of each class (down) by their answer (across), both given as positions; or sum their weights.

    Examples
    --------
    >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1]), 2)
    array([[1, 0],
           [1, 1]])
    """
    truth, answers, cells = np.asarray(truth), np.asarray(answers), classes * classes
    if weight is None:
        return how_many(truth, cells, answers, classes).reshape(classes, classes)
    return np.bincount(truth.astype(np.intp) * classes + answers, weight, minlength=cells).reshape(classes, classes)


def how_many(codes: Array, most: int, others: Array | None = None, factor: int = 1) -> Array:
    """Count numbers under `most`, some at a time; with others, those of `codes * factor + others`.

    Examples
    --------
    >>> how_many(np.array([0, 2, 2]), 4)
    array([1, 0, 2, 0])
    """
    counts = np.zeros(most, np.intp)
    for start in range(0, len(codes), AT_ONCE):
        few = codes[start : start + AT_ONCE].astype(np.intp)
        if others is not None:
            few = few * factor + others[start : start + AT_ONCE]
        counts += np.bincount(few, minlength=most)
    return counts


@dataclass(frozen=True)
class OfClass:
    """How well one class is answered; None where there is nothing to divide by.

    Attributes
    ----------
    precision : float or None
        The share of right ones among the rows answered with it.
    recall : float or None
        The share of right ones among its rows.
    f1 : float or None
        Their harmonic mean.
    support : int
        The number of its rows.
    precision_interval, recall_interval, f1_interval : (float, float) or None
        They hold the true value with 95 % confidence.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    precision_interval: Interval | None = None
    recall_interval: Interval | None = None
    f1_interval: Interval | None = None


def of_each_class(counts: Array) -> list[OfClass]:
    r"""Return how well each class is answered, from the counts of rows by class (down) and by answer (across).

    F1 is :math:`2J / (1 + J)`, where :math:`J` is the share of right ones among the rows that are of the class or are
    answered with it: so its bounds are those of a share, too.

    Examples
    --------
    >>> cat, dog = of_each_class(np.array([[3, 1], [0, 0]]))
    >>> cat.precision, cat.recall, round(cat.f1, 3), cat.support
    (1.0, 0.75, 0.857, 4)
    >>> dog.precision, dog.recall, dog.f1, dog.support
    (0.0, None, 0.0, 0)
    """
    counts = np.asarray(counts)
    answered, there, right = counts.sum(axis=0).tolist(), counts.sum(axis=1).tolist(), np.diag(counts).tolist()
    return [_of_class(*each) for each in zip(answered, there, right, strict=True)]


def _of_class(answered: int, there: int, right: int) -> OfClass:
    either = answered + there - right
    jaccard = wilson(right, either)
    return OfClass(
        right / answered if answered else None,
        right / there if there else None,
        2 * right / (answered + there) if either else None,
        there,
        wilson(right, answered),
        wilson(right, there),
        jaccard and (2 * jaccard[0] / (1 + jaccard[0]), 2 * jaccard[1] / (1 + jaccard[1])),
    )


def without_intervals(each: list[OfClass]) -> list[OfClass]:
    """Leave the intervals out, where rows are no trials of one chance."""
    return [replace(one, precision_interval=None, recall_interval=None, f1_interval=None) for one in each]


def balanced_accuracy(each: list[OfClass]) -> tuple[float | None, Interval | None]:
    """Return the mean recall of the classes that have rows, and its bounds.

    Examples
    --------
    >>> balanced_accuracy(of_each_class(np.array([[3, 1], [0, 2]])))[0]
    0.875
    """
    known = [(one.recall, one.recall_interval) for one in each if one.recall is not None and one.recall_interval]
    recalls = [recall for recall, _ in known]
    return (sum(recalls) / len(recalls) if recalls else None), mean_of_shares(recalls, [bounds for _, bounds in known])
