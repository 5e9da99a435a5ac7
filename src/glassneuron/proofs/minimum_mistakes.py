"""How many rows the best neuron gets wrong: a lower bound with proofs, and an upper bound with a neuron."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import rising, taken
from glassneuron.proofs.exact.convex_combination import CommonPoint, conflicting_duplicates
from glassneuron.proofs.exact.extremes import misclassified
from glassneuron.proofs.exact.rational import normalized
from glassneuron.proofs.exact.simplex import feasible_weights
from glassneuron.proofs.exact.table import TwoClassTable
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.two_classes import TwoClasses
from glassneuron.proofs.geometry.working_set import search

BLOCK = 1 << 16
"""Ranks that are looked at together."""


def _most_proofs(X: Array) -> int:
    """Return how many more proofs to look for, at most: fewer where each takes longer."""
    return max(min(200 if len(X) <= 5000 else 20, 100_000 // int(X.shape[1]) ** 2), 1)


@dataclass(frozen=True, eq=False, repr=False)
class Mistakes:
    """Bounds on the mistakes of the best neuron.

    No two `proofs` have a row in common, so each costs a mistake of its own. `weights` and `bias` are those of the best
    neuron that was found, and `suspects` the rows that it gets wrong, those furthest on the wrong side first.
    """

    proofs: tuple[CommonPoint, ...]
    weights: tuple[Fraction, ...]
    bias: Fraction
    suspects: Array
    data: TwoClassTable

    def __repr__(self) -> str:
        return f"Mistakes({self})"

    @property
    def at_least(self) -> int:
        """No neuron makes fewer mistakes."""
        return len(self.proofs)

    @property
    def at_most(self) -> int:
        """The best neuron that was found makes this many."""
        return len(self.suspects)

    def check(self) -> bool:
        """Test in exact arithmetic that the proofs hold and share no row, and which rows the neuron gets wrong."""
        used = [row for proof in self.proofs for row in proof.indices]
        if len(set(used)) < len(used) or not all(proof.check(self.data) for proof in self.proofs):
            return False
        wrong = misclassified(self.data, self.weights, self.bias)
        return bool(np.array_equal(np.sort(wrong), np.sort(self.suspects)))

    def __str__(self) -> str:
        low, high = self.at_least, self.at_most
        count = f"{low:,}" if low == high else f"at least {low:,} and at most {high:,}"
        return f"{count} row{'s' * (high != 1)}"


def fewest_mistakes(data: TwoClassTable, known: CommonPoint) -> Mistakes:
    """Bound the mistakes of the best neuron from below by proofs, one of them known, and from above by a neuron.

    The pocket algorithm, which keeps the best weights met: Gallant (1990), IEEE Transactions on Neural Networks 1:179.
    """
    scaled, second = ScaledTable(data.rows.floats), data.second
    guess = _least_squares(scaled, second)
    majority = np.append(np.zeros_like(scaled.scales), 1.0 if second.mean() >= 0.5 else -1.0)
    candidates = [guess, *_after_removals(scaled, second, guess), majority]
    best = min((_with_best_bias(scaled, second, v) for v in candidates), key=lambda b: b[0])
    *weights, bias = normalized(scaled.exact(_pocket(scaled, second, *best)))
    suspects = misclassified(data, weights, bias)
    return Mistakes(_disjoint_proofs(data, known), tuple(weights), bias, suspects, data)


def _disjoint_proofs(data: TwoClassTable, known: CommonPoint) -> tuple[CommonPoint, ...]:
    """Remove proofs with all their rows until the rest is separable; pairs of equal rows first, the smallest proofs."""
    X, second = data.rows.floats, data.second
    proofs = list(islice(conflicting_duplicates(data), 10_000)) or [known]
    most = len(proofs) + _most_proofs(X)
    used, scaled = [row for proof in proofs for row in proof.indices], ScaledTable(X)
    while len(proofs) < most and _both_left(second, used):
        found = search(TwoClasses(scaled, second, used))
        keys = found.keys.tolist()
        coefficients = [] if found.v is not None else feasible_weights([data.signed(i) for i in keys])[1]
        if not coefficients:
            break
        proofs.append(CommonPoint.of(data, {key: c for key, c in zip(keys, coefficients, strict=True) if c}))
        used += proofs[-1].indices
    return tuple(proofs)


def _both_left(second: Array, without: list[int]) -> bool:
    """Return whether rows of both classes are left without some."""
    taken = int(second[without].sum())
    return int(second.sum()) > taken and len(second) - int(second.sum()) > len(without) - taken


def _after_removals(scaled: ScaledTable, second: Array, guess: Array) -> list[Array]:
    """Remove from each proof the row that fits a first guess worst, until the rest is separable."""
    removed = list[int]()
    for _ in range(_most_proofs(scaled.X)):
        if not _both_left(second, removed):
            break
        found = search(TwoClasses(scaled, second, removed))
        if found.v is not None:
            return [found.v]
        fit = (scaled[found.keys] @ guess[:-1] + guess[-1]) * np.where(second[found.keys], 1.0, -1.0)
        removed.append(int(found.keys[np.argmin(fit)]))
    return []


def _least_squares(scaled: ScaledTable, second: Array) -> Array:
    width, start = len(scaled.scales) + 1, 0
    gram, moment = np.zeros((width, width)), np.zeros(width)
    for part in scaled.parts():
        rows = np.column_stack([part, np.ones(len(part))])
        gram += rows.T @ rows
        moment += rows.T @ np.where(second[start : start + len(part)], 1.0, -1.0)
        start += len(part)
    return np.asarray(np.linalg.lstsq(gram, moment, rcond=None)[0])


def _pocket(scaled: ScaledTable, second: Array, mistakes: int, v: Array) -> Array:
    """Go on from good weights as a perceptron does, with wrong rows drawn at random, and keep the best weights met."""
    random = np.random.default_rng(0)
    best = mistakes, v
    v = v / max(float(np.abs(v).max()), 1e-300) * len(v)  # so long that a single update does not undo them
    for _ in range(min(200, 2_000_000 // scaled.X.size)):
        wrong = np.flatnonzero((scaled.sums(v) >= 0.0) != second)
        best = min(best, (len(wrong), v), key=lambda b: b[0])
        if not len(wrong):
            break
        row = int(random.choice(wrong))
        v = v + (1.0 if second[row] else -1.0) * np.append(scaled[row], 1.0)
    return best[1]


def _with_best_bias(scaled: ScaledTable, second: Array, v: Array) -> tuple[int, Array]:
    """Move the bias to where the fewest rows are wrong, in the middle between two rows."""
    sums = scaled.sums(v)
    order = rising(sums)
    ranked, labels = taken(sums, order), taken(second, order)
    # With the threshold below rank k, the first k rows stay silent and the others fire: none is silent to begin with.
    least, k, now = len(labels) - int(np.count_nonzero(labels)), 0, len(labels) - int(np.count_nonzero(labels))
    for start in range(0, len(ranked), BLOCK):
        here, behind = ranked[start : start + BLOCK], ranked[start + 1 : start + BLOCK + 1]
        wrong = now + np.cumsum(np.where(labels[start : start + BLOCK], 1, -1))
        now = int(wrong[-1])
        possible = np.append(behind > here[: len(behind)], [True] * (len(here) - len(behind)))
        wrong = np.where(possible, wrong, len(sums) + 1)
        if wrong.min() < least:
            least, k = int(wrong.min()), start + int(wrong.argmin()) + 1
    low = float(ranked[k - 1]) if k else float(ranked[0]) - 2.0
    high = float(ranked[k]) if k < len(ranked) else float(ranked[-1]) + 2.0
    return least, np.append(v[:-1], v[-1] - (low + high) / 2.0)
