"""How far answers are off that are numbers: R², mean absolute error, root mean squared error."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.measures.intervals import Statistic


def mean_absolute_error(truth: Array, answers: Array | float) -> float:
    """Return how far an answer is off on average, in the unit of the target.

    Examples
    --------
    >>> mean_absolute_error(np.array([1.0, 3.0]), np.array([2.0, 3.0]))
    0.5
    """
    return float(np.mean(np.abs(truth - answers)))


def r_squared(truth: Array, answers: Array | float) -> float | None:
    r"""Return the fraction of the target's variance that the answers explain; None where there is none to explain.

    .. math:: R^2 = 1 - \frac{\sum_i (y_i - a_i)^2}{\sum_i (y_i - \bar y)^2}

    Examples
    --------
    >>> r_squared(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    0.5
    """
    spread = float(((truth - truth.mean()) ** 2).sum())
    return 1.0 - float(((truth - answers) ** 2).sum()) / spread if spread > 0.0 else None


def mean(values: Array, weight: Array | None = None) -> Statistic:
    """Return the mean of a number of each row, such as its loss."""
    weights = np.ones(len(values)) if weight is None else np.asarray(weight, np.float64)
    whole = float(weights.sum())
    value = float(values @ weights) / whole

    def of(draws: Array) -> Array:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((draws @ (values * weights)) / (draws @ weights))

    return Statistic(value, of, lambda: weights * (values - value) / whole)


def root_mean_squared_error(truth: Array, answers: Array | float, weight: Array | None = None) -> Statistic:
    """Return how far answers are off, a far one weighing more; in the unit of the target."""
    squared = mean((truth - answers) ** 2, weight)
    value = float(np.sqrt(squared.value))
    return Statistic(
        value, lambda draws: np.sqrt(squared.of(draws)), lambda: squared.influence() / (2 * value if value else 1.0)
    )


def explained(truth: Array, answers: Array | float, weight: Array | None = None) -> Statistic | None:
    """Return R², as `r_squared` does."""
    weights = np.ones(len(truth)) if weight is None else np.asarray(weight, np.float64)
    centre = float(truth @ weights) / float(weights.sum())
    y, squares = truth - centre, (truth - answers) ** 2
    spread, missed = float((y * y) @ weights), float(squares @ weights)
    if not spread > 0.0:
        return None

    def of(draws: Array) -> Array:
        own = draws * weights
        total, sums = own.sum(axis=1), own @ y
        with np.errstate(invalid="ignore", divide="ignore"):
            around = own @ (y * y) - sums * sums / total
            return np.asarray(np.where(around > 0.0, 1.0 - (own @ squares) / around, np.nan))

    def influence() -> Array:
        return np.asarray(weights * (missed / spread * y * y - squares) / spread)

    return Statistic(1.0 - missed / spread, of, influence, 1.0, positive=False)
