"""How good answers are: the share that is right, and for measurements how far they are off."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from glassneuron.engine.arrays import Array


def accuracy(truth: Array, answers: Array) -> float:
    """Return the fraction of rows that are answered correctly.

    Examples
    --------
    >>> accuracy(np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0]))
    0.75
    """
    return float(np.mean(truth == answers))


def mean_absolute_error(truth: Array, answers: Array | float) -> float:
    """Return how far an answer is off on average, in the unit of the target.

    Examples
    --------
    >>> mean_absolute_error(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    0.5
    """
    return float(np.mean(np.abs(truth - answers)))


def r_squared(truth: Array, answers: Array) -> float | None:
    r"""Return the fraction of the target's variance that the answers explain; None where there is none to explain.

    .. math:: R^2 = 1 - \frac{\sum_i (y_i - a_i)^2}{\sum_i (y_i - \bar y)^2}

    Examples
    --------
    >>> r_squared(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    0.5
    """
    spread = float(((truth - truth.mean()) ** 2).sum())
    return 1.0 - float(((truth - answers) ** 2).sum()) / spread if spread > 0.0 else None


@dataclass(frozen=True)
class OfClass:
    """How well one class is answered; None where there is nothing to divide by.

    `precision` is the share of right ones among the rows answered with it, `recall` that among its rows, and `support`
    the number of its rows.
    """

    precision: float | None
    recall: float | None
    support: int


def of_each_class(confusion: Array) -> list[OfClass]:
    """Return how well each class is answered, from the counts of rows by class (down) and by answer (across).

    Examples
    --------
    >>> of_each_class(np.array([[3, 1], [0, 0]]))
    [OfClass(precision=1.0, recall=0.75, support=4), OfClass(precision=0.0, recall=None, support=0)]
    """
    counts = np.asarray(confusion)
    answered, there, right = counts.sum(axis=0).tolist(), counts.sum(axis=1).tolist(), np.diag(counts).tolist()
    return [
        OfClass(r / a if a else None, r / n if n else None, n) for a, n, r in zip(answered, there, right, strict=True)
    ]


@dataclass(frozen=True)
class Bin:
    """Rows with probabilities from `low` to `high`: how many, their mean probability, and the share that came true.

    `least` and `most` bound that share with 95 % confidence: Wilson (1927), JASA 22:209.
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
    place = np.minimum((probabilities * bins).astype(np.intp), bins - 1)
    found = []
    for k in np.unique(place).tolist():
        of = place == k
        rows, hits = int(of.sum()), int(outcomes[of].sum())
        share = hits / rows
        found.append(Bin(k / bins, (k + 1) / bins, rows, float(probabilities[of].mean()), share, *_wilson(share, rows)))
    return found


def _wilson(share: float, rows: int, z: float = 1.959963985) -> tuple[float, float]:
    r"""Bound a share with 95 % confidence.

    .. math:: \frac{p + \frac{z^2}{2n} \pm z \sqrt{\frac{p (1 - p)}{n} + \frac{z^2}{4 n^2}}}{1 + \frac{z^2}{n}}
    """
    middle, half = share + z * z / (2 * rows), z * math.sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    whole = 1.0 + z * z / rows
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)
