"""How many rows the best neuron gets wrong: at least so many, proved, and at most so many, shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.contradiction import contradiction
from glassneuron.proofs.exact import Rows
from glassneuron.proofs.search import Columns, TwoClasses, search


def most_proofs(rows: int) -> int:
    """Give the number of contradictions to look for, at most."""
    return 200 if rows <= 5000 else 20


@dataclass(frozen=True, eq=False)
class Mistakes:
    """Bounds on the mistakes of the best neuron.

    Attributes
    ----------
    at_least : int
        Contradictions without a row in common: each costs a mistake.
    at_most : int
        Mistakes of the best neuron that was found.
    suspects : list of int
        The rows that this neuron gets wrong, the most wrong first.
    """

    at_least: int
    at_most: int
    suspects: list[int]


def fewest_mistakes(rows: Rows, second: Array, first_proof: Sequence[int]) -> Mistakes:
    """Bound the mistakes of the best neuron from below by proofs and from above by neurons.

    Parameters
    ----------
    rows : Rows
    second : ndarray of bool
    first_proof : sequence of int
        Rows of a contradiction that is known.

    Returns
    -------
    Mistakes
    """
    X = rows.floats
    count = _disjoint_proofs(rows, second, first_proof)
    guess = _least_squares(X, second)
    candidates = [guess, *_after_repair(rows, second, guess)]
    majority = np.zeros(X.shape[1]), 1.0 if second.mean() >= 0.5 else -1.0
    best: tuple[int, Array] | None = None
    for weights, bias in [*candidates, majority]:
        for sums in _best_biases(X @ weights, second, bias):
            wrong = (sums >= 0.0) != second
            if best is None or wrong.sum() < best[0]:
                best = int(wrong.sum()), sums
    assert best is not None
    sums = best[1]
    wrong = np.flatnonzero((sums >= 0.0) != second)
    return Mistakes(count, best[0], wrong[np.argsort(-np.abs(sums[wrong]), kind="stable")].tolist())


def _disjoint_proofs(rows: Rows, second: Array, first_proof: Sequence[int]) -> int:
    """Take whole contradictions out until the rest is separable: no two share a row, so each costs a mistake."""
    rest = np.ones(len(rows), dtype=bool)
    rest[list(first_proof)] = False
    count = 1
    while count < most_proofs(len(rows)):
        left = np.flatnonzero(rest)
        if second[left].all() or not second[left].any():
            break
        found = search(TwoClasses(rows.floats[left], second[left]))
        proof = None if found.v is not None else contradiction(rows, second, left[found.keys], found.mixture)
        if proof is None:
            break
        rest[list(proof.indices)] = False
        count += 1
    return count


def _after_repair(rows: Rows, second: Array, guess: tuple[Array, float]) -> list[tuple[Array, float]]:
    """Take the row that fits a first guess worst out of each contradiction until the rest is separable."""
    left = np.arange(len(rows))
    fit = (rows.floats @ guess[0] + guess[1]) * np.where(second, 1.0, -1.0)
    for _ in range(most_proofs(len(rows))):
        if second[left].all() or not second[left].any():
            break
        family = TwoClasses(rows.floats[left], second[left])
        found = search(family)
        if found.v is not None:
            return [family.columns.unscaled(found.v[:-1], float(found.v[-1]))]
        left = np.delete(left, found.keys[np.argmin(fit[left[found.keys]])])
    return []


def _least_squares(X: Array, second: Array) -> tuple[Array, float]:
    columns = Columns(X)
    rows = np.column_stack([columns.scaled(X), np.ones(len(X))])
    v = np.linalg.lstsq(rows.T @ rows, rows.T @ np.where(second, 1.0, -1.0), rcond=None)[0]
    return columns.unscaled(v[:-1], float(v[-1]))


def _best_biases(sums: Array, second: Array, bias: float) -> list[Array]:
    """Offer the sums with the bias as it is and with the one that makes the fewest mistakes."""
    order = np.argsort(sums, kind="stable")
    ranked, labels = sums[order], second[order]
    # A threshold below rank k leaves the seconds among the first k silent and the firsts from k on firing.
    wrong = np.concatenate([[0], np.cumsum(labels)]) + np.concatenate([np.cumsum(~labels[::-1])[::-1], [0]])
    possible = np.concatenate([[True], ranked[1:] > ranked[:-1], [True]])
    k = int(np.argmin(np.where(possible, wrong, len(sums) + 1)))
    threshold = np.nextafter(ranked[-1], np.inf) if k == len(ranked) else ranked[k]
    return [sums + bias, sums - threshold]
