"""How far along a step a log loss is lowest, as some of the rows tell: their sums are all that it depends on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.kernels import activations_at_once
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import few_times
from glassneuron.learning.dataset import COMPETING, Dataset

ROWS = 1 << 13
"""Rows that are asked, spread over the table."""
TRIES, FARTHEST = 2, 4.0
"""Steps of Newton's method along the ray, and how many times as far, or as near, one may lead."""
LEVEL = 0.2
"""Part of the first slope from which a step of Newton's method leads to where it is about level."""


def lowest_along(
    code: int, unknowns: Array, step: Array, slope: float, data: Dataset, coordinates: Coordinates | None,
    penalty: Array,
) -> float:  # fmt: skip
    r"""Return about the share of a step at which a log loss with its penalty is lowest.

    Unknowns and step are of shape (neurons, features + 1); `slope` is that along the step at its start, on all rows:
    some of them tell only how it changes. Without coordinates, rows are written as the unknowns read them, a 1 for the
    bias at their end. Newton's method, from the whole step on, needs the sums of the rows alone, at a small part of
    what a look at the rows costs, and saves many: far from the lowest loss a Hessian leads less than half of the way.

    .. math:: \varphi'(t) = \varphi'(0) + \frac{1}{\sum_i c_i} \sum_i c_i \sum_k (a_{ik}(t) - a_{ik}(0))\,d_{ik}
              + t \lambda |d|^2, \qquad a_i(t) = f(z_i + t d_i)

    Examples
    --------
    >>> from glassneuron.engine.kernels import SIGMOID
    >>> coins = Dataset(np.array([[0.0, 1.0]] * 4), np.array([1, 0, 0, 0]))
    >>> share = lowest_along(SIGMOID, np.zeros((1, 2)), np.array([[0.0, -1.0]]), -0.25, coins, None, np.zeros(2))
    >>> round(share, 2)  # a bias of -ln 3 answers 1/4
    1.1
    """
    every = -(-len(data.y) // ROWS)
    some = replace(data, X=data.X[::every], y=data.y[::every], sample_weight=data.sample_weight[::every])
    both, count = np.concatenate([unknowns, step]), len(some.y)
    if coordinates is None:
        sums = few_times(both, some.X.T)
    else:
        theta = coordinates.theta(both)
        sums = few_times(theta[:, :-1], some.X.T) + theta[:, -1:]
    Z, D = sums[: len(unknowns)].T, sums[len(unknowns) :].T
    weight = some.weight(0, count)
    weighted, bent = D * (weight / weight.sum())[:, np.newaxis], float(np.vdot(penalty * step, step))
    if every == 1:  # these are all rows, whose slope at the start need not be worked out anew
        base = float(np.vdot(penalty * step, unknowns)) - float(np.vdot(weighted, some.targets(0, count)))
    else:
        base = slope - float(np.vdot(weighted, activations_at_once(code, Z)))
    share = 1.0
    for _ in range(TRIES):
        A = activations_at_once(code, Z + share * D)
        here = base + float(np.vdot(weighted, A)) + share * bent
        mean = (A * D).sum(axis=1, keepdims=True) if code in COMPETING else A * D
        bend = float(np.vdot(weighted, A * (D - mean))) + bent
        if not bend > 0.0:
            break
        share = min(max(share - here / bend, share / FARTHEST), share * FARTHEST)
        if abs(here) <= LEVEL * abs(slope):
            break
    return share
