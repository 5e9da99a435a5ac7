"""Whether rows of a class are ranked above the others: the area under the ROC curve, and average precision."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.measures.intervals import Statistic


class Ranking:
    r"""Rows in the order of their scores, the highest first; rows with the same score are one step.

    .. math:: AUC = \frac{1}{P N} \sum_{i \in +} \sum_{j \in -} [s_i > s_j] + \tfrac12 [s_i = s_j], \qquad
        AP = \frac1P \sum_{i \in +} \frac{TP(s_i)}{TP(s_i) + FP(s_i)}

    with the rows counted by their weights, and TP and FP the rows of the class and the others that score at least so
    high.

    Parameters
    ----------
    scores : ndarray of shape (rows,)
    positive : ndarray of bool of shape (rows,)
        Which rows are of the class.
    weight : ndarray of shape (rows,), optional

    Examples
    --------
    >>> ranking = Ranking(np.array([0.9, 0.8, 0.8, 0.1]), np.array([True, True, False, False]))
    >>> ranking.roc_auc.value, round(ranking.average_precision.value, 4)
    (0.875, 0.8333)
    """

    def __init__(self, scores: Array, positive: Array, weight: Array | None = None) -> None:
        self.order = np.argsort(-scores, kind="stable")
        ordered = scores[self.order]
        self.ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)  # of each step
        self.weight = np.ones(len(scores)) if weight is None else np.asarray(weight, np.float64)
        self.positive = positive[self.order]
        self.weights = self.weight[self.order]

    @property
    def roc_auc(self) -> Statistic:
        """The chance that a row of the class is ranked above another."""
        one = np.ones((1, len(self.order)))
        return Statistic(float(self._area(one)[0]), self._area, self._area_influence, 1.0)

    @property
    def average_precision(self) -> Statistic:
        """The precision down to each row of the class, on average."""
        one = np.ones((1, len(self.order)))
        return Statistic(float(self._precision(one)[0]), self._precision, self._precision_influence, 1.0)

    def _steps(self, draws: Array) -> tuple[Array, Array]:
        """Return how much of the class, and of the others, stands down to the end of each step."""
        weights = draws[:, self.order] * self.weights
        down = [
            np.cumsum(np.where(side, weights, 0.0), axis=1)[:, self.ends] for side in (self.positive, ~self.positive)
        ]
        return down[0], down[1]

    def _area(self, draws: Array) -> Array:
        tp, fp = self._steps(draws)
        above = np.diff(fp, axis=1, prepend=0.0) * (tp - np.diff(tp, axis=1, prepend=0.0) / 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(above.sum(axis=1) / (tp[:, -1] * fp[:, -1]))

    def _precision(self, draws: Array) -> Array:
        tp, fp = self._steps(draws)
        here = np.diff(tp, axis=1, prepend=0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            precision = np.where(here > 0.0, tp / (tp + fp), 0.0)
            return np.asarray((here * precision).sum(axis=1) / tp[:, -1])

    def _area_influence(self) -> Array:
        tp, fp = (side[0] for side in self._steps(np.ones((1, len(self.order)))))
        P, N = tp[-1], fp[-1]
        step = np.searchsorted(self.ends, np.arange(len(self.order)))
        own_tp, own_fp = np.diff(tp, prepend=0.0), np.diff(fp, prepend=0.0)
        below, above = (N - fp + own_fp / 2) / N, (tp - own_tp / 2) / P
        area = float((own_tp * below).sum() / P)
        slopes = np.where(self.positive, (below[step] - area) / P, (above[step] - area) / N)
        return self._placed(slopes * self.weights)

    def _precision_influence(self) -> Array:
        tp, fp = (side[0] for side in self._steps(np.ones((1, len(self.order)))))
        P, down = tp[-1], tp + fp
        step = np.searchsorted(self.ends, np.arange(len(self.order)))
        here = np.diff(tp, prepend=0.0)
        safe = np.where(down > 0.0, down, 1.0)
        later = [np.cumsum((here * share)[::-1])[::-1] / P for share in (1.0 / safe, tp / safe**2)]  # from here down
        precision = tp / safe
        average = float((here * precision).sum() / P)
        slopes = -later[1][step]
        slopes = np.where(self.positive, slopes + (precision[step] - average) / P + later[0][step], slopes)
        return self._placed(slopes * self.weights)

    def _placed(self, ordered: Array) -> Array:
        values = np.empty(len(ordered))
        values[self.order] = ordered
        return values


def mean_of(statistics: list[Statistic]) -> Statistic:
    """Return the mean of measures of the same rows; a draw in which one is missing counts without it."""

    def of(draws: Array) -> Array:
        values = np.array([each.of(draws) for each in statistics])
        known = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0))

    return Statistic(
        sum(each.value for each in statistics) / len(statistics),
        of,
        lambda: np.asarray(sum(each.influence() for each in statistics) / len(statistics)),
        1.0,
    )
