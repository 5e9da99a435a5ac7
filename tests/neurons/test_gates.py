"""Truth tables and named gates."""

import pytest

import glassneuron as gn
from glassneuron.neurons.gates import NEURONS, TABLES, truth_table

LOGIC = {
    "not": lambda a: not a,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "nand": lambda a, b: not (a and b),
    "nor": lambda a, b: not (a or b),
    "xor": lambda a, b: a != b,
    "xnor": lambda a, b: a == b,
    "implies": lambda a, b: not a or b,
    "majority": lambda a, b, c: a + b + c >= 2,
}


@pytest.mark.parametrize("name", sorted(LOGIC))
def test_named_tables_are_their_logic(name):
    table = TABLES[name]
    assert table == gn.TruthTable.of(LOGIC[name], table.n_inputs)


@pytest.mark.parametrize("name", sorted(NEURONS))
def test_named_neurons_compute_their_table(name):
    assert NEURONS[name].truth_table() == TABLES[name]


def test_rows_are_in_counting_order():
    assert TABLES["and"].rows.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert TABLES["and"].targets.tolist() == [0, 0, 0, 1]
    assert gn.TruthTable((1,)).rows.shape == (1, 0)


def test_names_in_any_case_and_unknown_ones():
    assert truth_table("XOR") == TABLES["xor"]
    with pytest.raises(gn.GlassneuronError, match="`gate` must be 'not', 'and'"):
        truth_table("maybe")
