"""How many steps lead to the lowest loss, as some of the rows tell: conjugate gradients where bends stay the same."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array

HARDLY = 1e-4
"""Part of what all steps have won up to which the next one wins hardly more."""


def steps_needed(rows: Array, share: Array, penalty: Array, gradient: Array, most: int) -> int:
    r"""Return after how many steps of conjugate gradients the next one wins hardly more, counted up to the most.

    Those of L-BFGS are about as many where a loss is bent by :math:`\sum_i c_i x_i x_i^T` plus the penalty everywhere.
    Columns have one scale. Rows are of shape (rows, m), their shares c of shape (rows,), the gradient of shape
    (neurons, m).

    References
    ----------
    Hestenes & Stiefel (1952), Journal of Research of the National Bureau of Standards 49:409-436, preconditioned by how
    much the loss is bent along each unknown.

    Examples
    --------
    >>> alike, along_a_line = np.eye(2), np.array([[1.0, 0.9], [0.0, 0.5]])
    >>> at, free = np.array([[1.0, 0.5]]), np.zeros(2)
    >>> [steps_needed(rows, np.full(2, 0.5), free, at, most=9) for rows in (alike, along_a_line)]
    [1, 2]
    """
    bent = np.maximum(share.sum() + penalty, np.finfo(rows.dtype).tiny)
    left, along = gradient, gradient / bent
    size, won = float(np.vdot(left, along)), 0.0
    for step in range(most):
        change = ((along @ rows.T) * share) @ rows + penalty * along
        curve = float(np.vdot(along, change))
        gain = size * size / curve if curve > 0.0 else 0.0
        won += gain
        if gain <= HARDLY * won:
            return step
        left = left - size / curve * change
        straight = left / bent
        before, size = size, float(np.vdot(left, straight))
        along = straight + size / before * along
    return most
