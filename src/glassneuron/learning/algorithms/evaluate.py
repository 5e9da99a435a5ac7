"""How many answers of neurons are wrong, and what their loss is, on some rows."""

from __future__ import annotations

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import over_leaves
from glassneuron.learning.dataset import COMPETING, Dataset


def evaluate(code: int, W: Array, b: Array, data: Dataset) -> tuple[float, float]:
    """Return the fraction of wrong answers and the mean loss of neurons on some rows.

    Examples
    --------
    >>> evaluate(kernels.STEP, np.ones((1, 1)), np.zeros(1), Dataset(np.array([[2.0], [-1.0]]), np.array([1, 1])))
    (0.5, 0.5)
    """
    loss, mistakes, total = over_leaves(_evaluate_leaf, data, (code, W, b), float(data.entries) * len(W))
    return mistakes / (total if code in COMPETING else total * len(W)), loss / total


def _evaluate_leaf(data: Dataset, start: int, stop: int, code: int, W: Array, b: Array) -> tuple[float, ...]:
    with np.errstate(over="ignore", invalid="ignore"):
        Z = data.part(start, stop) @ W.T + b
        Y, weight = data.answers(code, start, stop), data.weight(start, stop)
        losses, _ = kernels.losses_of_rows(code, Z, Y)
        return float(weight @ losses), float(weight @ wrong(code, Z, Y)), float(weight.sum())


def wrong(code: int, Z: Array, Y: Array) -> Array:
    """Return how many answers to each row are wrong, of shape (rows,)."""
    if code in COMPETING:
        top = Z.max(axis=1)
        if np.equal(Z, top[:, np.newaxis]).sum() == len(Z):  # that is known sooner than where the largest stands
            return np.asarray(Z[np.arange(len(Z)), Y] != top)
        return np.asarray(Z.argmax(axis=1) != Y)
    return np.asarray(((Z >= 0.0) != (Y > 0.0)).sum(axis=1))
