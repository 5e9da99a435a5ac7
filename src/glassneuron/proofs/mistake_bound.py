"""How many mistakes a perceptron can make before it has every row right, and how many it makes in one run."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, row_numbers
from glassneuron.proofs.budget import Budget
from glassneuron.proofs.geometry import margin
from glassneuron.proofs.geometry.scaled_table import power_of_two
from glassneuron.proofs.geometry.working_set import below, search, spread


class _Reflected:
    """Constraints on rows with a 1 behind them, the first class reflected: none is nearer to zero than the hull.

    All points are on the second side, the origin (key -1) on the first.
    """

    def __init__(self, X: Array, second: Array) -> None:
        wide = X.dtype == np.float64
        self.X, self.second = X if wide else row_by_row(lambda X: X.astype(np.float64), X), second
        self.signs = row_by_row(lambda second: np.where(second, 1.0, -1.0), second)
        self.unit = float(power_of_two(np.array(max(float(X.max()), -float(X.min()), 1.0))))

    def first(self) -> Array:
        return np.append(-1, spread(self.second, margin.FIRST_FOR_MARGIN))

    def points(self, keys: Array) -> tuple[Array, Array]:
        rows = np.column_stack([self.X[keys], np.ones(len(keys))]) * (self.signs[keys, np.newaxis] / self.unit)
        return np.where(keys[:, np.newaxis] >= 0, rows, 0.0), keys >= 0

    def products(self, v: Array) -> Array:
        return row_by_row(lambda X, signs: (X @ (v[:-1] / self.unit) + v[-1] / self.unit) * signs, self.X, self.signs)

    def violated(self, v: Array, known: Array) -> Array:
        nearest = v[:-1]
        goal = (1.0 - margin.ON_THE_EDGE) * float(nearest @ nearest)
        return below(self.products(nearest), goal, known[known >= 0], 2 * margin.MOST_ADDED_FOR_MARGIN)

    def work(self) -> float:
        return 2.0 * self.X.size


def mistake_bound(X: Array, second: Array, budget: Budget | None = None) -> float | None:
    """Return (R / gamma)^2 for rows with a 1 behind them: it holds for any order of the rows, from a zero start.

    R is the length of the longest row. gamma is the maximum margin of a unit vector: the distance from zero to the
    convex hull of the rows, those of the first class reflected. It returns None if floating point cannot tell the
    classes apart, or the budget ends.
    Source: Novikoff (1962), Symposium on the Mathematical Theory of Automata 12:615.
    """
    rows = _Reflected(X, second)
    found = search(rows, touching=margin.NARROWEST, rounds=margin.MOST_ROUNDS_FOR_MARGIN, budget=budget)
    v = found.ends[1]
    length = float(np.linalg.norm(v))
    if found.short or length <= margin.NARROWEST:
        return None
    gamma = float(rows.products(v).min()) / length  # what v achieves: the bound holds even if the search missed a row
    with np.errstate(over="ignore"):
        reach = (longest(rows.X) + 1.0) / rows.unit / rows.unit
    return reach / gamma**2 if gamma > 0.0 and np.isfinite(reach) else None


def longest(X: Array) -> float:
    """Return the squared length of the longest row."""
    return float(row_by_row(lambda X: np.einsum("ij,ij->i", X, X, dtype=np.float64), X).max())


def bound_of_neuron(X: Array, weights: Sequence[Fraction], bias: Fraction, closest: tuple[Fraction, Fraction]) -> float:
    """Return the bound with the margin of one neuron: larger, for where floats cannot find the maximum margin."""
    gamma = min(-closest[0] - bias, closest[1] + bias)
    squared = sum((w * w for w in (*weights, bias)), Fraction(0))
    with np.errstate(over="ignore"):
        reach = longest(X) + 1.0
    if not np.isfinite(reach):
        return np.inf
    bound = Fraction(reach) * squared / (gamma * gamma)
    return float(bound) if bound < 10**300 else np.inf


def mistakes_of_a_run(X: Array, second: Array, most: int = 1000) -> int | None:
    """Count the mistakes of a perceptron that starts at zero and goes through the rows in their order, bias learned.

    It returns None where that takes more than `most` epochs, or more than about a second.
    """
    epochs = max(1, min(most, (1 << 30) // X.size))
    k = backend.kernels(float(X.size) * epochs)
    W, b, share = backend.inputs(k, np.zeros((1, X.shape[1])), np.zeros((1, 1)), np.empty(0))
    rows = (
        backend.table(k, np.ascontiguousarray(X, np.float64)),
        row_by_row(lambda second: second.astype(np.int32), second),
    )
    visits, total = (row_numbers(len(X), np.int32, X), share), 0
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(epochs):
            mistakes, _loss = k.perceptron_epoch((W, b), rows, visits, (1.0, 1.0, 0.0))
            total += int(mistakes)
            if mistakes == 0:
                return total
    return None
