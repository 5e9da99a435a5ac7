"""Which functions of zeros and ones one neuron computes, and with which smallest integer weights."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import product

import numpy as np

from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import TruthTable

LARGEST_WEIGHT = {1: 1, 2: 1, 3: 2, 4: 3}
"""The largest weight that a function of so many inputs needs: Muroga (1971), Threshold Logic and Its Applications."""


@dataclass(frozen=True, eq=False)
class SmallestNeuron(Displayed):
    """A threshold neuron with integer weights, and a proof that no smaller ones will do.

    Its size is the sum of the absolute weights and the absolute threshold. The proof is linear programming's duality:
    rows that fire demand ``weights · row - threshold >= 0``, silent ones ``threshold - weights · row >= 1``. Add these
    up with multipliers, none negative, such that each weight and the threshold has a total coefficient between -1 and
    1: then the size is at least the sum of the right sides. `multipliers` holds them by row.
    """

    neuron: McCullochPitts
    size: int
    multipliers: dict[int, Fraction]
    rows: Array = field(repr=False)
    fires: Array = field(repr=False)

    @property
    def bound(self) -> Fraction:
        """The size is at least this, by the multipliers."""
        return sum((m for row, m in self.multipliers.items() if not self.fires[row]), Fraction(0))

    @property
    def proved(self) -> bool:
        """Whether no smaller integer meets the bound."""
        return self.bound > self.size - 1

    def check(self) -> bool:
        """Test in exact arithmetic that the neuron is right on every row and that the multipliers are allowed."""
        weights, threshold = self.neuron.weights, self.neuron.threshold
        numbers = np.append(weights, threshold)
        if (numbers != np.round(numbers)).any() or np.abs(numbers).sum() != self.size:
            return False
        if ((self.rows @ weights >= threshold) != self.fires).any() or min(self.multipliers.values(), default=0) < 0:
            return False
        return _largest_total(_conditions(self.rows, self.fires), self.multipliers) <= 1


def smallest_neuron(table: TruthTable) -> SmallestNeuron | None:
    """Find the neuron with the smallest integer weights and threshold that computes a function.

    Parameters
    ----------
    table : TruthTable

    Returns
    -------
    SmallestNeuron or None
        None if no single neuron computes it.

    References
    ----------
    Muroga, Toda & Takasu (1961), Journal of the Franklin Institute 271:376: the linear program. For up to seven inputs
    its solution is integral, so that the multipliers prove it smallest.

    Examples
    --------
    >>> found = smallest_neuron(TruthTable((0, 0, 1, 0)))
    >>> found.neuron, found.size, found.proved
    (McCullochPitts(weights=[1, -1], threshold=1), 3, True)
    >>> smallest_neuron(TruthTable((0, 1, 1, 0))) is None
    True
    """
    return smallest_weights(table.rows, table.targets == 1)


def smallest_weights(rows: Array, fires: Array) -> SmallestNeuron | None:
    """Find the smallest integer weights for some rows of zeros and ones."""
    from scipy.optimize import LinearConstraint, linprog, milp

    # The variables are the positive and the negative part of each weight and of the threshold.
    conditions = _conditions(rows, fires)
    both = np.hstack([conditions, -conditions])
    demanded = np.where(fires, 0.0, 1.0)
    cost = np.ones(both.shape[1])
    relaxed = linprog(cost, A_ub=-both, b_ub=-demanded, method="highs-ds")
    if not relaxed.success:
        return None
    found = relaxed.x
    if np.abs(found - np.round(found)).max() > 1e-6:
        found = milp(cost, constraints=LinearConstraint(both, demanded), integrality=cost).x
    integers = np.round(found[: len(cost) // 2] - found[len(cost) // 2 :])
    multipliers = _allowed(conditions, -relaxed.ineqlin.marginals)
    neuron = McCullochPitts(integers[:-1] + 0.0, float(integers[-1]) + 0.0)
    return SmallestNeuron(neuron, int(np.abs(integers).sum()), multipliers, rows, fires)


def _conditions(rows: Array, fires: Array) -> Array:
    """Return the coefficients of the weights and of the threshold in what each row demands."""
    return np.asarray(np.column_stack([rows, np.full(len(rows), -1.0)]) * np.where(fires, 1.0, -1.0)[:, np.newaxis])


def _largest_total(conditions: Array, multipliers: dict[int, Fraction]) -> Fraction:
    columns: list[list[int]] = conditions.astype(int).T.tolist()
    return max(abs(sum((m * column[i] for i, m in multipliers.items()), Fraction(0))) for column in columns)


def _allowed(conditions: Array, marginals: Array) -> dict[int, Fraction]:
    """Turn floating-point multipliers into exact ones whose total coefficients do not exceed 1."""
    exact = {int(i): Fraction(float(marginals[i])).limit_denominator(10**6) for i in np.flatnonzero(marginals > 1e-9)}
    excess = max(Fraction(1), _largest_total(conditions, exact))
    return {i: m / excess for i, m in exact.items()}


def chow_parameters(table: TruthTable) -> tuple[int, ...]:
    """Count the rows that fire and, for each input, those among them in which it is 1.

    A function that one neuron computes shares these numbers with no other function.

    Returns
    -------
    tuple of int, of length inputs + 1

    References
    ----------
    Chow (1961), On the characterization of threshold functions, SCTLD:34.

    Examples
    --------
    >>> chow_parameters(TruthTable((0, 0, 0, 1))), chow_parameters(TruthTable((0, 1, 1, 1)))
    ((1, 1, 1), (3, 2, 2))
    """
    fires = table.targets == 1
    return int(fires.sum()), *(int(count) for count in table.rows[fires].sum(axis=0))


@lru_cache
def threshold_functions(n_inputs: int, largest: int | None = None) -> dict[int, tuple[tuple[int, ...], int]]:
    """List every function of up to four inputs that one neuron computes, with integer weights and threshold.

    A function is a number whose lowest bit is the answer to row 00...0; its weights and threshold are those with the
    smallest sum of absolute values. No weight exceeds `largest`, by default the largest that any function needs.

    Examples
    --------
    >>> len(threshold_functions(2)), threshold_functions(2)[0b1000]
    (14, ((1, 1), 2))
    """
    largest = LARGEST_WEIGHT[n_inputs] if largest is None else largest
    rows = np.array(list(product((0, 1), repeat=n_inputs)))
    weights = np.array(list(product(range(-largest, largest + 1), repeat=n_inputs)))
    thresholds = np.arange(-largest * n_inputs, largest * n_inputs + 2)
    sums = weights @ rows.T
    functions = ((sums[:, np.newaxis] >= thresholds[:, np.newaxis]) * (1 << np.arange(len(rows)))).sum(axis=2)
    sizes = np.abs(weights).sum(axis=1)[:, np.newaxis] + np.abs(thresholds)
    found: dict[int, tuple[tuple[int, ...], int]] = {}
    for at in np.argsort(sizes, axis=None, kind="stable"):
        w, t = divmod(int(at), len(thresholds))
        found.setdefault(int(functions[w, t]), (tuple(weights[w].tolist()), int(thresholds[t])))
    return found
