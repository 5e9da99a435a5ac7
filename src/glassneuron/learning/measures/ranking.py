"""Whether rows of a class are ranked above the others: the area under the ROC curve, and average precision."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import rising, room, row_by_row, taken, true_places
from glassneuron.learning.measures.intervals import SUMMED, Statistic, total
from glassneuron.learning.measures.numbers import weights_of


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
        self.order = rising(row_by_row(np.negative, scores))
        ordered = taken(scores, self.order)
        differ = row_by_row(np.not_equal, ordered[1:], ordered[:-1])
        self.ends = _with_last(true_places(differ), len(ordered) - 1)  # of each step
        self.weights = weights_of(scores, weight)
        if weight is not None:
            self.weights = taken(self.weights, self.order)
        self.positive = taken(positive, self.order)

    @property
    def roc_auc(self) -> Statistic:
        """The chance that a row of the class is ranked above another."""
        T, F = self._once
        value = total(_above, T[1:], T[:-1], F[1:], F[:-1]) / float(T[-1] * F[-1])
        return Statistic(value, self._area, lambda: self._area_influence(value), 1.0)

    @property
    def average_precision(self) -> Statistic:
        """The precision down to each row of the class, on average."""
        T, F = self._once
        value = total(_precise, T[1:], T[:-1], F[1:]) / float(T[-1])
        return Statistic(value, self._precision, lambda: self._precision_influence(value), 1.0)

    def _steps(self, draws: Array) -> tuple[Array, Array]:
        """Return how much of the class, and of the others, stands down to the end of each step."""
        weights = draws[:, self.order] * self.weights
        down = [
            np.cumsum(np.where(side, weights, 0.0), axis=1)[:, self.ends] for side in (self.positive, ~self.positive)
        ]
        return down[0], down[1]

    @cached_property
    def _once(self) -> tuple[Array, Array]:
        """The same with each row once, and 0 before the first step."""
        found = []
        for mine in (True, False):
            own = row_by_row(lambda side, w, mine=mine: np.where(side == mine, w, 0.0), self.positive, self.weights)
            np.cumsum(own, out=own)
            down = room((len(self.ends) + 1,), np.float64, own)
            down[0], down[1:] = 0.0, taken(own, self.ends)
            found.append(down)
        return found[0], found[1]

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

    def _area_influence(self, area: float) -> Array:
        T, F = self._once
        P, N = float(T[-1]), float(F[-1])

        def slopes(step: Array, positive: Array, weights: Array) -> Array:
            tp, tp_before, fp, fp_before = T[step + 1], T[step], F[step + 1], F[step]
            below, above = (N - (fp + fp_before) / 2) / N, (tp + tp_before) / 2 / P
            return np.asarray(np.where(positive, (below - area) / P, (above - area) / N) * weights)

        return self._placed(slopes)

    def _precision_influence(self, average: float) -> Array:
        T, F = self._once
        P = float(T[-1])
        # how much the steps from here down bring, divided by what stands there, once and twice
        once = row_by_row(lambda t, t0, f: (t - t0) / np.where(t + f > 0.0, t + f, 1.0), T[1:], T[:-1], F[1:])
        twice = row_by_row(lambda o, t, f: o * t / np.where(t + f > 0.0, t + f, 1.0), once, T[1:], F[1:])
        for share in (once, twice):
            np.cumsum(share[::-1], out=share[::-1])

        def slopes(step: Array, positive: Array, weights: Array) -> Array:
            tp, fp = T[step + 1], F[step + 1]
            precision = tp / np.where(tp + fp > 0.0, tp + fp, 1.0)
            of_all = -twice[step] / P
            return np.asarray(np.where(positive, of_all + (precision - average + once[step]) / P, of_all) * weights)

        return self._placed(slopes)

    def _placed(self, slopes: Callable[[Array, Array, Array], Array]) -> Array:
        """Return the slope of each row, from those in the order of the ranking."""
        values = room((len(self.order),), np.float64, self.order)
        for start in range(0, len(self.order), SUMMED):
            stop = min(start + SUMMED, len(self.order))
            step = np.searchsorted(self.ends, np.arange(start, stop))
            values[self.order[start:stop]] = slopes(step, self.positive[start:stop], self.weights[start:stop])
        return values


def _above(tp: Array, tp_before: Array, fp: Array, fp_before: Array) -> Array:
    return np.asarray((fp - fp_before) * (tp - (tp - tp_before) / 2))


def _precise(tp: Array, tp_before: Array, fp: Array) -> Array:
    here, down = tp - tp_before, tp + fp
    return np.asarray(here * np.where(here > 0.0, tp / np.where(down > 0.0, down, 1.0), 0.0))


def _with_last(places: Array, last: int) -> Array:
    found = room((len(places) + 1,), np.int64, places)
    found[:-1], found[-1] = places, last
    return found


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
        lambda: row_by_row(lambda *each: np.asarray(sum(each) / len(each)), *(each.influence() for each in statistics)),
        1.0,
    )
