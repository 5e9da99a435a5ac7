"""Boolean functions of one neuron: smallest weights, their proof, Chow parameters, and two layers for the rest."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import truth_table
from glassneuron.proofs.boolean.cubes import ors_of_ands
from glassneuron.proofs.boolean.products import helpful_product
from glassneuron.proofs.boolean.threshold_functions import chow_parameters, smallest_neuron, threshold_functions
from glassneuron.proofs.boolean.two_layers import two_layers
from glassneuron.proofs.separability import separability


@pytest.mark.parametrize(("n", "largest", "count"), [(1, 1, 4), (2, 1, 14), (3, 2, 104), (4, 3, 1882)])
def test_whole_weights_up_to_the_known_largest_reach_every_threshold_function_and_no_smaller_ones_do(n, largest, count):
    """OEIS A000609; largest weights: Muroga (1971). For one and two inputs a weight of 0 leaves the constants."""
    assert len(threshold_functions(n, largest)) == count
    assert len(threshold_functions(n, largest - 1)) < count


@pytest.mark.parametrize("n", [1, 2, 3])
def test_whole_weights_and_proofs_agree_on_every_function(n):
    known = threshold_functions(n)
    for number in range(2**2**n):
        table = truth_table(number, n)
        found = smallest_neuron(table)
        assert (found is not None) == (number in known)
        if found is not None:
            weights, threshold = known[number]
            assert found.neuron.truth_table() == table
            assert found.size == sum(map(abs, weights)) + abs(threshold)  # the list tries every neuron
            assert found.check()
            assert found.proved
        if 0 < number < 2**2**n - 1:
            assert separability(table.rows, table.targets).separable == (number in known)


def test_smallest_neurons_of_four_inputs_are_those_that_trying_all_finds():
    for number, (weights, threshold) in list(threshold_functions(4).items())[::40]:
        found = smallest_neuron(truth_table(number, 4))
        assert found.size == sum(map(abs, weights)) + abs(threshold)
        assert found.proved
        assert found.check()


@pytest.mark.parametrize(
    ("gate", "n", "weights", "threshold"),
    [
        ("and", 3, [1, 1, 1], 3),
        ("or", 3, [1, 1, 1], 1),
        ("nor", 2, [-1, -1], 0),
        ("majority", 5, [1] * 5, 3),
        ("at-least-2", 4, [1] * 4, 2),
        ("a and (b or c)", None, [2, 1, 1], 3),
        ("a or b and c", None, [2, 1, 1], 2),
        ("a or not a", None, [0], 0),
    ],
)
def test_neurons_of_the_books(gate, n, weights, threshold):
    found = smallest_neuron(truth_table(gate, n))
    assert found.neuron.weights.tolist() == weights
    assert found.neuron.threshold == threshold
    assert found.proved


def test_a_proof_of_smallness_can_be_forged_no_more():
    found = smallest_neuron(truth_table("a and (b or c)"))
    assert found.check()
    assert found.bound == found.size == 7
    for row, multiplier in found.multipliers.items():
        for other in (multiplier + 1, -multiplier):
            assert not dataclasses.replace(found, multipliers={**found.multipliers, row: other}).check()
        less = dataclasses.replace(found, multipliers={**found.multipliers, row: Fraction(0)})
        assert not (less.check() and less.proved)
    assert not dataclasses.replace(found, size=6).check()
    assert not dataclasses.replace(found, neuron=McCullochPitts([2, 1, 1], 4)).check()
    assert not dataclasses.replace(found, neuron=McCullochPitts([4, 1.5, 1.5], 5.5), size=12).check()


def test_chow_parameters_tell_threshold_functions_apart():
    """Chow (1961): no other function shares those of a threshold function."""
    tables = [truth_table(number, 3) for number in range(256)]
    shared = [chow_parameters(table) for table in tables]
    for number in threshold_functions(3):
        assert shared.count(shared[number]) == 1
    assert chow_parameters(truth_table("majority", 3)) == (4, 3, 3, 3)
    assert len(set(shared)) < 256


@pytest.mark.parametrize("n", range(2, 11))
def test_parity_takes_a_hidden_neuron_an_input(n):
    table = truth_table("parity", n)
    found = two_layers(table)
    assert len(found.hidden) == n
    assert found.check(table)
    assert found.fewest == (n <= 3)


@pytest.mark.parametrize("gate", ["xor", "xnor", "multiplexer", "(a and b) or (c and d)", "(a and b) xor (c and d)"])
def test_two_hidden_neurons_where_two_will_do(gate):
    table = truth_table(gate)
    found = two_layers(table)
    assert (len(found.hidden), found.fewest) == (2, True)
    assert found.check(table)


def test_every_function_of_three_inputs_has_its_network():
    for number in set(range(256)) - set(threshold_functions(3)):
        table = truth_table(number, 3)
        found = two_layers(table)
        assert found.check(table)
        assert 2 <= len(found.hidden) <= 3
        assert found.fewest


def test_functions_of_more_inputs_have_networks_that_are_checked_on_every_row():
    random = np.random.default_rng(0)
    for n in (4, 5, 6):
        table = truth_table(int.from_bytes(random.bytes(2**n // 8), "big"), n)
        found = two_layers(table)
        assert found.check(table)
        assert not found.check(truth_table("and", n))
    assert two_layers(truth_table(int.from_bytes(random.bytes(256), "big"), 11)) is None


@pytest.mark.parametrize(
    ("gate", "n", "hidden"),
    [
        ("multiplexer", 6, 4),
        ("multiplexer", 11, 8),
        ("a and b or c and d or e and f or g and h", None, 4),
        ("(a or b) and (c or d) and (e or f) and (g or h) and (i or j)", None, 5),
        ("a and b and c and d and e xor f", None, 2),
    ],
)
def test_a_hidden_neuron_for_each_case(gate, n, hidden):
    """A multiplexer has a case for each input that can be chosen; of ORs of ANDs each AND is one, and the other way."""
    table = truth_table(gate, n)
    found = two_layers(table)
    assert len(found.hidden) <= hidden
    assert found.check(table)


def test_cubes_are_prime_and_none_is_left_over():
    random = np.random.default_rng(1)
    rows = truth_table(0, 5).rows
    for _ in range(20):
        fires = random.random(32) < random.random()
        if fires.all() or not fires.any():
            continue
        hidden, output = ors_of_ands(rows, fires)
        answers = np.column_stack([rows @ h.weights >= h.threshold for h in hidden])
        assert ((answers @ output.weights >= output.threshold) == fires).all()
        for k, cube in enumerate(hidden):
            others = np.delete(answers, k, axis=1)
            assert (answers[:, k] & ~others.any(axis=1)).any()
            for j in np.flatnonzero(cube.weights):  # without one more literal it covers a row too many
                wider = cube.weights.copy()
                wider[j] = 0.0
                grown = rows @ wider >= cube.threshold - max(cube.weights[j], 0)
                assert (grown & (fires != fires[answers[:, k]][0])).any()


def test_a_product_that_helps():
    def help_for(text):
        table = truth_table(text)
        return helpful_product(separability(table.rows, table.targets))

    assert help_for("a xor b") == (0, 1)
    assert help_for("(a xor b) and (c or not c)") == (0, 1)
    assert help_for("parity(a, b, c)") is None
    ring = np.random.default_rng(0).normal(size=(200, 1))
    assert helpful_product(separability(ring, np.abs(ring[:, 0]) > 1)) == (0, 0)
