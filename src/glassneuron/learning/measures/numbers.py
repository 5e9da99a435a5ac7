"""How far answers are off that are numbers: R², mean absolute error, root mean squared error."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row
from glassneuron.learning.measures.intervals import Statistic, total


def mean_absolute_error(truth: Array, answers: Array | float) -> float:
    """Return how far an answer is off on average, in the unit of the target.

    Examples
    --------
    >>> mean_absolute_error(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    0.5
    """
    return total(lambda y, a: np.abs(y - a), *both(truth, answers)) / len(truth)


def r_squared(truth: Array, answers: Array | float) -> float | None:
    r"""Return the fraction of the target's variance that the answers explain; None where there is none to explain.

    .. math:: R^2 = 1 - \frac{\sum_i (y_i - a_i)^2}{\sum_i (y_i - \bar y)^2}

    Examples
    --------
    >>> r_squared(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    0.5
    """
    middle = truth.mean()
    spread = total(lambda y: (y - middle) ** 2, truth)
    return 1.0 - total(lambda y, a: (y - a) ** 2, *both(truth, answers)) / spread if spread > 0.0 else None


def both(truth: Array, answers: Array | float) -> tuple[Array, Array]:
    """Return targets and answers, one answer for each target."""
    return truth, np.broadcast_to(answers, np.shape(truth))


def mean(values: Array, weight: Array | None = None) -> Statistic:
    """Return the mean of a number of each row, such as its loss."""
    weights = weights_of(values, weight)
    whole = total(np.positive, weights)
    value = total(np.multiply, values, weights) / whole

    def of(draws: Array) -> Array:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((draws @ (values * weights)) / (draws @ weights))

    return Statistic(value, of, lambda: row_by_row(lambda v, w: w * (v - value) / whole, values, weights))


def weights_of(rows: Array, weight: Array | None) -> Array:
    """Return how much each row counts; once, where nothing was said."""
    return np.broadcast_to(1.0, len(rows)) if weight is None else np.asarray(weight, np.float64)


def root_mean_squared_error(truth: Array, answers: Array | float, weight: Array | None = None) -> Statistic:
    """Return how far answers are off, a far one weighing more; in the unit of the target."""
    squared = mean(row_by_row(lambda y, a: (y - a) ** 2, *both(truth, answers)), weight)
    value = float(np.sqrt(squared.value))
    twice = 2 * value if value else 1.0
    return Statistic(
        value,
        lambda draws: np.sqrt(squared.of(draws)),
        lambda: row_by_row(lambda slopes: slopes / twice, squared.influence()),
    )


def explained(truth: Array, answers: Array | float, weight: Array | None = None) -> Statistic | None:
    """Return R², as `r_squared` does."""
    weights = weights_of(truth, weight)
    centre = total(np.multiply, truth, weights) / total(np.positive, weights)
    y = row_by_row(lambda y: y - centre, truth)
    squares = row_by_row(lambda y, a: (y - a) ** 2, *both(truth, answers))
    spread, missed = total(lambda y, w: y * y * w, y, weights), total(np.multiply, squares, weights)
    if not spread > 0.0:
        return None

    def of(draws: Array) -> Array:
        own = draws * weights
        total, sums = own.sum(axis=1), own @ y
        with np.errstate(invalid="ignore", divide="ignore"):
            around = own @ (y * y) - sums * sums / total
            return np.asarray(np.where(around > 0.0, 1.0 - (own @ squares) / around, np.nan))

    def influence() -> Array:
        return row_by_row(lambda y, squares, w: w * (missed / spread * y * y - squares) / spread, y, squares, weights)

    return Statistic(1.0 - missed / spread, of, influence, 1.0, positive=False)
