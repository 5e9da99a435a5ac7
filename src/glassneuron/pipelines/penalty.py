"""How much penalty least squares want: none, unless leaving out each row in turn shows that it answers better."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array

PENALTIES = (0.1, 1.0, 10.0, 100.0)
"""Penalties that are tried, on the squares of the weights beside the sum of squared errors of scaled rows."""
FEWEST_ROWS, ENOUGH_ROWS = 20, 50
"""Of fewer rows it cannot be told; with so many for each feature it makes no difference."""
MOST_WORK = 2e9
"""Multiply-adds that it may take."""
BETTER = 0.99
"""A penalty has to bring the error down to this part of that without one."""


def chosen_penalty(X: Array, y: Array) -> float:
    r"""Return l2, for ``l2 / 2`` times the squared weights beside the mean loss.

    .. math:: \mathrm{error} = \frac{1}{n} \sum_i \Bigl(\frac{y_i - \hat y_i}{1 - h_{ii}}\Bigr)^2

    is that of answers to each row by weights that have not seen it; h is the part that a row has in its own answer.

    Parameters
    ----------
    X : ndarray of shape (rows, features), scaled
    y : ndarray of shape (rows,)

    References
    ----------
    Allen (1974), Technometrics 16:125-127; Golub, Heath & Wahba (1979), Technometrics 21:215-223.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 30)
    >>> chosen_penalty(x[:, np.newaxis], 2 * x + 1)  # one feature tells all
    0.0
    >>> noise = np.random.default_rng(0).normal(size=(30, 25))
    >>> chosen_penalty(noise, x) > 0  # features that tell nothing
    True
    """
    rows, features = X.shape
    if rows < FEWEST_ROWS or rows >= ENOUGH_ROWS * features or rows * features * min(rows, features) > MOST_WORK:
        return 0.0
    y = y - y.mean()
    U, values, _ = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    there = values > np.finfo(np.float64).eps * max(rows, features) * values[0] if values[0] > 0.0 else values < 0.0
    U, squares = U[:, there], values[there] ** 2
    projected = U.T @ y

    def error(penalty: float) -> float:
        kept = squares / (squares + penalty)
        own = 1.0 - (U * U) @ kept - 1.0 / rows
        left = y - U @ (kept * projected)
        alone = own < 1e-9  # a row that only its own feature knows
        return np.inf if alone.any() else float(np.mean((left / own) ** 2))

    without, (lowest, penalty) = error(0.0), min((error(each), each) for each in PENALTIES)
    return penalty / rows if lowest < BETTER * without else 0.0
