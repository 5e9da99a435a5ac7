"""All that an estimator has learned, to compare it to the bit."""

import numpy as np


def bits(estimator):
    """Return all that an estimator has learned, as bytes."""
    learned = [np.asarray(getattr(estimator, name)) for name in ("coef_", "intercept_") if hasattr(estimator, name)]
    if hasattr(estimator, "network_"):
        learned.append(estimator.network_.parameters)
    return [each.tobytes() for each in learned], estimator.history_.losses, estimator.history_.mistakes
