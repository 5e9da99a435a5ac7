"""How many rows the best neuron gets wrong: bounds that hold, and that can be checked."""

import dataclasses
import itertools
from fractions import Fraction

import numpy as np
import pytest

from glassneuron import separability
from glassneuron.proofs.boolean.threshold_functions import threshold_functions

BITS = np.array(list(itertools.product([0, 1], repeat=4)))


def test_bounds_hold_for_functions_whose_nearest_neuron_is_known():
    """All 1882 neurons of four inputs can be tried: the nearest one says how many mistakes there must be."""
    neurons = np.array(list(threshold_functions(4)))
    exactly = 0
    for number in range(1, 65_535, 331):
        fewest = np.bitwise_count(neurons ^ number).min()
        verdict = separability(BITS, [number >> row & 1 for row in range(16)])
        assert verdict.separable == (fewest == 0)
        if verdict.separable:
            continue
        worst = verdict.mistakes
        assert worst.check()
        assert 1 <= worst.at_least <= fewest <= worst.at_most
        exactly += worst.at_most == fewest
    assert exactly > 100


@pytest.mark.parametrize("rows", [5, 17, 1001])
@pytest.mark.parametrize("features", [1, 3, 7, 20, 33])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_equal_rows_are_found_wherever_they_stand(rows, features, dtype):
    """BLAS adds up the last rows of a table in another order than the rest."""
    random = np.random.default_rng(rows * features)
    X = random.normal(size=(rows, features)).astype(dtype)
    y = X[:, 0] > np.median(X[:, 0])
    y[0] = not y[-1]
    X[-1] = X[0]
    for form in (X, np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2]):
        verdict = separability(form, y)
        assert verdict.indices == (0, rows - 1)
        assert verdict.check()
        assert verdict.mistakes.check()


def test_each_pair_of_equal_rows_with_both_labels_costs_a_mistake():
    X = [[1.0, 2.0]] * 42 + [[0.0, -0.0]] * 3 + [[-0.0, 0.0]] * 4 + [[9.0, 9.0]]
    y = [0] * 30 + [1] * 12 + [0] * 3 + [1] * 4 + [1]
    verdict = separability(X, y)
    assert "rows 0 and 30 are equal and have both labels" in str(verdict.explain())
    assert (verdict.mistakes.at_least, verdict.mistakes.at_most) == (12 + 3, 12 + 3)
    assert verdict.mistakes.check()
    assert "the best neuron gets 15 rows wrong" in str(verdict.explain())


def test_bounds_can_be_forged_no_more():
    random = np.random.default_rng(0)
    worst = separability(random.integers(0, 3, (60, 2)).astype(float), random.random(60) < 0.5).mistakes
    assert worst.check()
    assert worst.at_least > 1
    proof = worst.proofs[0]
    right = next(row for row in range(60) if row not in worst.suspects)
    for forged in (
        {"proofs": (*worst.proofs, proof)},
        {"proofs": (dataclasses.replace(proof, weights=tuple(w + k for k, w in enumerate(proof.weights))),)},
        {"suspects": worst.suspects[1:]},
        {"suspects": [*worst.suspects, right]},
        {"suspects": [*worst.suspects[1:], right]},
        {"bias": Fraction(10**6)},
    ):
        assert not dataclasses.replace(worst, **forged).check()


def test_many_features_have_certificates_too():
    random = np.random.default_rng(0)
    X = random.normal(size=(600, 60))
    verdict = separability(X, random.random(600) < 0.5)
    assert verdict.check()
    assert len(verdict.indices) == 62
    assert verdict.mistakes.check()


def test_rows_on_the_boundary_fire():
    """A sum of exactly 0 fires, also where floats would round it below."""
    from glassneuron.proofs.exact.extremes import misclassified
    from glassneuron.proofs.exact.table import ExactTable, TwoClassTable

    rows = ExactTable([["0.1"], ["0.2"], ["0.3"], ["0.1"]])
    data = TwoClassTable(rows, np.array([False, True, True, True]))
    for bias, wrong in (("-0.1", [0]), ("-0.2", [3]), ("-0.3", [1, 3]), ("-0.30000000000000000001", [1, 2, 3])):
        assert sorted(misclassified(data, [Fraction(1)], Fraction(bias)).tolist()) == wrong


def test_columns_at_the_end_of_what_floats_hold():
    X = [[1.7e308, 1], [-1.7e308, 1], [1.7e308, -1], [-1.7e308, -1]]
    worst = separability(X, [0, 1, 1, 0]).mistakes
    assert worst.at_least == 1 <= worst.at_most <= 2
    assert worst.check()
