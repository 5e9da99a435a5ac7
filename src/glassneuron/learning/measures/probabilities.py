"""How good probabilities are: log loss, Brier score, and what came true of what was said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.measures.intervals import SUMMED, wilson


def log_losses(truth: Array, probabilities: Array) -> Array:
    r"""Return :math:`-\log p` of each row's true class; a probability of 0 counts as the smallest step above it.

    Parameters
    ----------
    truth : ndarray of shape (rows,), positions of classes
    probabilities : ndarray of shape (rows, classes)

    Returns
    -------
    ndarray of shape (rows,)

    Examples
    --------
    >>> log_losses(np.array([1, 0]), np.array([[0.5, 0.5], [1.0, 0.0]])).round(4).tolist()
    [0.6931, 0.0]
    """
    given = probabilities[np.arange(len(truth)), truth]
    return np.asarray(-np.log(np.clip(given, np.finfo(probabilities.dtype).eps, 1.0)) + 0.0)


def brier_losses(truth: Array, probabilities: Array) -> Array:
    r"""Return the squared error of each row's probabilities: of two classes that of one of them, else the sum of all.

    .. math:: (p - y)^2 \text{ or } \sum_k (p_k - y_k)^2

    References
    ----------
    Brier (1950), Monthly Weather Review 78:1.

    Examples
    --------
    >>> brier_losses(np.array([1]), np.array([[0.25, 0.75]])), brier_losses(np.array([2]), np.eye(3)[[0]])
    (array([0.0625]), array([2.]))
    """
    right = np.arange(probabilities.shape[1]) == truth[:, np.newaxis]
    squares = ((probabilities - right) ** 2).sum(axis=1)
    return np.asarray(squares / 2 if probabilities.shape[1] == 2 else squares)


@dataclass(frozen=True)
class Bin:
    """Rows with probabilities from `low` to `high`: how many, their mean probability, and the share that came true.

    `least` and `most` bound that share with 95 % confidence.
    """

    low: float
    high: float
    rows: int
    mean: float
    share: float
    least: float
    most: float


def reliability(probabilities: Array, outcomes: Array, bins: int = 10) -> list[Bin]:
    """Compare probabilities with what happened, in bins of equal width; empty bins are left out.

    Examples
    --------
    >>> few = reliability(np.array([0.1, 0.2, 0.9, 0.9]), np.array([False, True, True, True]), bins=2)
    >>> [(b.rows, round(b.mean, 9), b.share) for b in few]
    [(2, 0.15, 0.5), (2, 0.9, 1.0)]
    """
    rows, hits, sums = np.zeros(bins, np.intp), np.zeros(bins, np.intp), np.zeros(bins)
    for start in range(0, len(probabilities), SUMMED):
        said, came = probabilities[start : start + SUMMED], outcomes[start : start + SUMMED]
        place = np.minimum((said * bins).astype(np.intp), bins - 1)
        for k in np.unique(place).tolist():
            of = place == k
            rows[k], hits[k], sums[k] = rows[k] + of.sum(), hits[k] + came[of].sum(), sums[k] + said[of].sum()
    found = []
    for k in np.flatnonzero(rows).tolist():
        count, right = int(rows[k]), int(hits[k])
        bounds = wilson(right, count)
        assert bounds is not None
        found.append(Bin(k / bins, (k + 1) / bins, count, float(sums[k]) / count, right / count, *bounds))
    return found
