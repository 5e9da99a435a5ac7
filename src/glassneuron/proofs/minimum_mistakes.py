"""How many rows the best neuron gets wrong: at least so many, proved, and at most so many, shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.exact.convex_combination import Contradiction, contradiction, twins
from glassneuron.proofs.exact.extremes import wrong_rows
from glassneuron.proofs.exact.rational import CHUNK, Rows, moderate
from glassneuron.proofs.geometry.working_set import Columns, TwoClasses, search

MOST_TWINS = 10_000
"""Pairs of equal rows with different labels to count, at most."""


def most_proofs(X: Array) -> int:
    """Give the number of other contradictions to look for, at most: fewer where each takes longer."""
    return max(min(200 if len(X) <= 5000 else 20, 100_000 // int(X.shape[1]) ** 2), 1)


@dataclass(frozen=True, eq=False, repr=False)
class Mistakes:
    """Bounds on the mistakes of the best neuron.

    Attributes
    ----------
    proofs : tuple of Contradiction
        No two with a row in common, so that each costs a mistake of its own.
    weights : tuple of Fraction
    bias : Fraction
        Of the best neuron that was found.
    suspects : list of int
        The rows that this neuron gets wrong, the most wrong first.
    """

    proofs: tuple[Contradiction, ...]
    weights: tuple[Fraction, ...]
    bias: Fraction
    suspects: list[int]
    rows: Rows
    second: Array

    def __repr__(self) -> str:
        return f"Mistakes({self})"

    @property
    def at_least(self) -> int:
        """No neuron makes fewer mistakes."""
        return len(self.proofs)

    @property
    def at_most(self) -> int:
        """A neuron is known that makes so many."""
        return len(self.suspects)

    def check(self) -> bool:
        """Test in exact arithmetic that the proofs hold and share no row, and which rows the neuron gets wrong."""
        used = [row for proof in self.proofs for row in proof.indices]
        if len(set(used)) < len(used) or not all(proof.check(self.rows, self.second) for proof in self.proofs):
            return False
        return sorted(wrong_rows(self.rows, self.second, self.weights, self.bias).tolist()) == sorted(self.suspects)

    def __str__(self) -> str:
        low, high = self.at_least, self.at_most
        count = f"{low:,}" if low == high else f"at least {low:,} and at most {high:,}"
        return f"{count} row{'s' * (high != 1)}"


def fewest_mistakes(rows: Rows, second: Array, first_proof: Contradiction) -> Mistakes:
    """Bound the mistakes of the best neuron from below by proofs and from above by a neuron.

    Parameters
    ----------
    rows : Rows
    second : ndarray of bool
    first_proof : Contradiction
        One that is known.

    Returns
    -------
    Mistakes

    References
    ----------
    Gallant (1990), IEEE Transactions on Neural Networks 1:179: the pocket, which keeps the best weights met on the way.

    Examples
    --------
    >>> rows, second = Rows([[0.0], [1.0], [1.0], [2.0]]), np.array([False, True, False, True])
    >>> worst = fewest_mistakes(rows, second, next(twins(rows, second)))
    >>> worst.at_least, worst.at_most, str(worst), worst.check()
    (1, 1, '1 row', True)
    """
    columns = Columns(rows.floats)
    guess = _least_squares(columns, rows.floats, second)
    candidates = [guess, *_after_repair(rows, second, columns, guess), _of_the_majority(columns, second)]
    best = min((_with_its_best_bias(columns, rows.floats, second, v) for v in candidates), key=lambda b: b[0])
    best = min(best, _pocket(columns, rows.floats, second, best[1]), key=lambda b: b[0])
    own, shift = columns.exact(best[1])
    *weights, bias = moderate([*own, shift])
    suspects = wrong_rows(rows, second, weights, bias).tolist()
    return Mistakes(_disjoint_proofs(rows, second, first_proof), tuple(weights), bias, suspects, rows, second)


def _disjoint_proofs(rows: Rows, second: Array, first_proof: Contradiction) -> tuple[Contradiction, ...]:
    """Take whole contradictions out until the rest is separable, pairs of equal rows first: they use the fewest."""
    pairs = list(islice(twins(rows, second), MOST_TWINS))
    proofs = pairs or [first_proof]
    rest = np.ones(len(rows), dtype=bool)
    rest[[row for proof in proofs for row in proof.indices]] = False
    proofs += islice(_more_proofs(rows, second, rest), most_proofs(rows.floats))
    return tuple(proofs)


def _more_proofs(rows: Rows, second: Array, rest: Array) -> Iterator[Contradiction]:
    while True:
        left = np.flatnonzero(rest)
        if second[left].all() or not second[left].any():
            return
        found = search(TwoClasses(rows.floats[left], second[left]))
        proof = None if found.v is not None else contradiction(rows, second, left[found.keys], found.mixture)
        if proof is None:
            return
        rest[list(proof.indices)] = False
        yield proof


def _after_repair(rows: Rows, second: Array, columns: Columns, guess: Array) -> list[Array]:
    """Take the row that fits a first guess worst out of each contradiction until the rest is separable."""
    left = np.arange(len(rows))
    fit = _sums(columns, rows.floats, guess) * np.where(second, 1.0, -1.0)
    for _ in range(most_proofs(rows.floats)):
        if second[left].all() or not second[left].any():
            break
        found = search(TwoClasses(rows.floats[left], second[left], columns))
        if found.v is not None:
            return [found.v]
        left = np.delete(left, found.keys[np.argmin(fit[left[found.keys]])])
    return []


def _of_the_majority(columns: Columns, second: Array) -> Array:
    return np.append(np.zeros(len(columns.scales)), 1.0 if second.mean() >= 0.5 else -1.0)


def _least_squares(columns: Columns, X: Array, second: Array) -> Array:
    width = X.shape[1] + 1
    gram, moment = np.zeros((width, width)), np.zeros(width)
    for start in range(0, len(X), CHUNK):
        part = columns.scaled(X[start : start + CHUNK])
        part = np.column_stack([part, np.ones(len(part))])
        gram += part.T @ part
        moment += part.T @ np.where(second[start : start + CHUNK], 1.0, -1.0)
    return np.asarray(np.linalg.lstsq(gram, moment, rcond=None)[0])


def _pocket(columns: Columns, X: Array, second: Array, v: Array) -> tuple[int, Array]:
    """Learn on from good weights as a perceptron does, by wrong rows drawn at random, and keep the best ones met."""
    random = np.random.default_rng(0)
    best = len(X), v
    v = v / max(float(np.abs(v).max()), 1e-300) * len(v)  # as long as some updates make them
    for _ in range(min(200, 2_000_000 // X.size)):
        sums = _sums(columns, X, v)
        wrong = np.flatnonzero((sums >= 0.0) != second)
        best = min(best, (len(wrong), v), key=lambda b: b[0])
        if not len(wrong):
            break
        row = int(random.choice(wrong))
        step = 1.0 if second[row] else -1.0
        v = v + step * np.append(columns.scaled(X[row]), 1.0)
    return best


def _sums(columns: Columns, X: Array, v: Array) -> Array:
    return np.concatenate(
        [columns.scaled(X[start : start + CHUNK]) @ v[:-1] + v[-1] for start in range(0, len(X), CHUNK)]
    )


def _with_its_best_bias(columns: Columns, X: Array, second: Array, v: Array) -> tuple[int, Array]:
    """Move the bias to where the fewest rows are wrong, in the middle between two rows."""
    sums = _sums(columns, X, v)
    order = np.argsort(sums, kind="stable")
    ranked, labels = sums[order], second[order]
    # A threshold below rank k leaves the seconds among the first k silent and the firsts from k on firing.
    wrong = np.concatenate([[0], np.cumsum(labels)]) + np.concatenate([np.cumsum(~labels[::-1])[::-1], [0]])
    possible = np.concatenate([[True], ranked[1:] > ranked[:-1], [True]])
    k = int(np.argmin(np.where(possible, wrong, len(sums) + 1)))
    around = np.concatenate([[ranked[0] - 2.0], ranked, [ranked[-1] + 2.0]])
    return int(wrong[k]), np.append(v[:-1], v[-1] - (around[k] + around[k + 1]) / 2.0)
