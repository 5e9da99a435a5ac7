"""The nearest boundary beside one that nearly meets all constraints: where there is one, few of them move it."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.threads import one_blas_thread
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.geometry.in_loops import InLoops
from glassneuron.proofs.geometry.working_set import Found, NearlyMet

MOST_WRONG = 0.1
"""Share of the rows that a boundary has wrong from which on, mostly, no other has all of them right."""
FARTHEST = 0.5
"""How far the nearest boundary may lie from one of length 1: a twelfth of a turn."""
SLACKS = 0.01, 0.3, 1.0, 3.0
"""By how much constraints are to be met beside a boundary of length 1, times the number of rows: hardly at first, as
that is near; then more, as a boundary farther from the rows has more of others right."""


def beside(constraints: NearlyMet, budget: Budget) -> Found | None:
    r"""Find the boundary nearest to the one that is known which meets all constraints; None where that is far or dear.

    .. math:: \min_v |v - v_0|^2 \quad \text{so that} \quad p_i \cdot v \ge \varepsilon \ \text{for all}\ i

    Its dual needs a coefficient for each constraint, none of them negative, and nearly all are 0. They are found for
    the constraints that the known boundary violates the most, then those that the new one violates are added.

    References
    ----------
    Boyd & Vandenberghe (2004), Convex Optimization, section 5.2; of perceptrons, "adatron": Anlauf & Biehl (1989),
    Europhysics Letters 10:687-692.

    Examples
    --------
    >>> from glassneuron.proofs.geometry.scaled_table import ScaledTable
    >>> from glassneuron.proofs.geometry.two_classes import TwoClasses
    >>> line, right = ScaledTable(np.arange(20.0)[:, np.newaxis]), np.arange(20) > 9
    >>> rows = TwoClasses(line, right, near=np.array([1.0, -8.5]))  # which has row 9 wrong
    >>> found = beside(rows, Budget())
    >>> weight, bias = rows.unscaled(found.v).tolist()
    >>> 9.0 < -bias / weight < 10.0
    True
    """
    with np.errstate(over="ignore", invalid="ignore"):  # a boundary that is known may be beyond all bounds
        known = constraints.known()
    if known is None or not np.isfinite(known).all() or not known.any():
        return None
    keys, wrong = constraints.close
    if wrong > MOST_WRONG:
        return None
    found, last, farthest = InLoops(len(known), len(keys)), None, FARTHEST
    with one_blas_thread():
        normals = constraints.normals(keys)
        for slack in SLACKS:
            slack /= constraints.size
            while True:
                solved = found.solve(normals, slack - normals @ known, 0.5 * slack, budget, farthest)
                if not (solved and budget.spend(constraints.work())):
                    return last
                violated = constraints.violated(known + found.sum(), keys)
                if not len(violated):
                    break
                keys = np.concatenate((keys, violated))
                normals = np.concatenate((normals, constraints.normals(violated)))
            last, farthest = Found(known + found.sum(), keys), np.inf
    return last
