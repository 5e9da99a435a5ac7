"""Counts that mathematics knows: Boolean functions of one neuron, and Cover's."""

import itertools
import math

import numpy as np
import pytest

from glassneuron.proofs.separability import separability

BITS = {n: np.array(list(itertools.product([0, 1], repeat=n))) for n in range(1, 5)}


def outputs(number, n):
    return np.array([number >> row & 1 for row in range(2**n)])


def certified(X, y):
    """Decide, and insist on a certificate that holds and is no longer than Kirchberger allows."""
    verdict = separability(X, y)
    assert verdict.check()
    if not verdict.separable:
        assert len(verdict.indices) <= X.shape[1] + 2
    return verdict.separable


@pytest.mark.parametrize(("n", "expected"), [(1, 4), (2, 14), (3, 104)])
def test_counts_of_threshold_functions(n, expected):
    """OEIS A000609; the two constants have one class, and a neuron of bias alone gives them."""
    decided = sum(certified(BITS[n], outputs(f, n)) for f in range(1, 2 ** (2**n) - 1))
    assert decided + 2 == expected


def families_of_four_inputs():
    """Group the 65,536 functions of four inputs by renaming and negating inputs and negating the output."""
    rows = BITS[4]
    number_of_row = rows @ [8, 4, 2, 1]
    assert (number_of_row == np.arange(16)).all()
    functions = np.arange(65_536)
    tables = functions[:, np.newaxis] >> np.arange(16) & 1

    def seen_through(changed_rows):
        return tables[:, changed_rows @ [8, 4, 2, 1]] @ (1 << np.arange(16))

    negated = rows.copy()
    negated[:, 0] = 1 - negated[:, 0]
    swaps = [rows[:, order] for order in ([1, 0, 2, 3], [0, 2, 1, 3], [0, 1, 3, 2])]
    moves = [seen_through(change) for change in [negated, *swaps]] + [65_535 - functions]
    family = functions.copy()
    while True:
        smallest = family
        for move in moves:
            smallest = np.minimum(smallest, smallest[move])
        if (smallest == family).all():
            return np.unique(family, return_counts=True)
        family = smallest


def test_1882_functions_of_four_inputs():
    """OEIS A000609 again, and A000370 for the 222 families in which all functions share one verdict."""
    first, sizes = families_of_four_inputs()
    assert len(first) == 222
    assert sizes.sum() == 65_536
    separable = 2  # the constants, a family of two
    for f, size in zip(first[1:], sizes[1:], strict=True):
        separable += size * certified(BITS[4], outputs(int(f), 4))
    assert separable == 1882


@pytest.mark.parametrize(("d", "points"), [(2, 7), (3, 7), (4, 8)])
def test_cover_counts(d, points):
    """Cover (1965), IEEE Transactions on Electronic Computers 14:326: 2 Σ C(N - 1, k), k up to d, with a bias."""
    X = np.random.default_rng(d).normal(size=(points, d))
    separable = 2
    for f in range(1, 2**points - 1):
        separable += certified(X, np.array([f >> i & 1 for i in range(points)]))
    assert separable == 2 * sum(math.comb(points - 1, k) for k in range(d + 1))
