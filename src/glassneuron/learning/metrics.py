"""How good answers are: the share that is right, and for measurements how far they are off."""

from __future__ import annotations

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
