"""What every estimator of the package shares: checked input, class labels, explanations."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import GlassneuronError, problem


def checked(estimator: BaseEstimator, X: Any, y: Any = None, *, fitting: bool, **more: Any) -> tuple[Array, Any]:
    """Check rows (and targets) as scikit-learn does; what it refuses is refused with the package's own error.

    Parameters
    ----------
    fitting : bool
        Whether there are targets, and the features are noted.
    **more
        Further options of scikit-learn's `validate_data`.

    Returns
    -------
    X : ndarray of shape (rows, features), float32 or float64
    y : ndarray of shape (rows,), or None
    """
    options: dict[str, Any] = {"dtype": (np.float64, np.float32), "order": "C", "reset": fitting, **more}
    try:
        if not fitting:
            return validate_data(estimator, X, **options), None
        X, y = validate_data(estimator, X, y, **options)
        return X, y
    except (ValueError, TypeError) as error:
        raise refused(error) from error


def refused(error: Exception) -> GlassneuronError:
    """Give the package's own error for one of scikit-learn's, with the same words and the same kind."""
    return problem("input-type" if isinstance(error, TypeError) else "input", text=str(error))


def labels(y: Any) -> tuple[Array, Array]:
    """Find the classes, sorted, and each row's position among them."""
    try:
        check_classification_targets(y)
        classes, codes = np.unique(y, return_inverse=True)
    except (ValueError, TypeError) as error:
        raise refused(error) from error
    return classes, codes


def seed_of(random_state: Any) -> int | None:
    """Turn scikit-learn's random_state into a seed: a whole number is one, a RandomState draws one, None is none."""
    if random_state is None or isinstance(random_state, Integral):
        return None if random_state is None else checks.integer("random_state", random_state, "[0, inf)")
    try:
        return int(check_random_state(random_state).randint(2**31 - 1))
    except ValueError as error:
        raise refused(error) from error


def fitted(estimator: BaseEstimator) -> None:
    """Refuse an estimator that has not been fitted."""
    check_is_fitted(estimator)
