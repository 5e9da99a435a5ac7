"""Proofs of drawn tables, and the sixteen gates."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.neurons.logic.gates import NEURONS
from glassneuron.neurons.logic.truth_table import TruthTable
from glassneuron.views.playground.gates import FORMULAS, gates
from glassneuron.views.playground.tables import Tables
from glassneuron.views.playground.verdicts import prove

X = [[0, 0], [0, 1], [1, 0], [1, 1]]


def ask(X, y, **more):
    return prove({"X": X, "y": list(y), **more}, Tables().find)


def exact(value):
    return Fraction(repr(float(value)))


def mean_of(X, side):
    total = sum(int(w) for _, w in side)
    return [sum(int(w) * exact(X[i][j]) for i, w in side) / total for j in range(len(X[0]))]


@pytest.mark.parametrize("seed", range(20))
def test_the_verdict_is_that_of_separability_with_its_certificate(seed):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(int(rng.integers(4, 25)), int(rng.integers(1, 5)))).round(1)
    y = rng.integers(0, 2, len(rows)) if seed % 2 else (rows.sum(axis=1) > 0.05).astype(int)
    y[:2] = [0, 1]
    answer, verdict = ask(rows.tolist(), y.tolist()), gn.separability(rows, y, decimal=True)
    assert answer["separable"] is verdict.separable
    assert answer["checked"] is True
    if answer["separable"]:
        w, b = answer["neuron"]["w"], answer["neuron"]["b"]
        assert ((rows @ w + b >= 0) == (y == 1)).all()
        street = answer["street"]
        signed = np.where(y == 1, 1, -1) * (rows @ street["w"] + street["b"])
        assert signed.min() == pytest.approx(street["width"] / 2, rel=1e-6)
        assert signed[street["rows"]] == pytest.approx(street["width"] / 2, rel=1e-6)
        assert answer["mistakes"] <= answer["bound"]
    else:
        certificate = answer["certificate"]
        left, right = certificate["left"], certificate["right"]
        assert all(y[i] == 0 for i, _ in left)
        assert all(y[i] == 1 for i, _ in right)
        assert mean_of(rows.tolist(), left) == mean_of(rows.tolist(), right)
        assert mean_of(rows.tolist(), left) == [Fraction(v) for v in certificate["exact"]]
        assert certificate["point"] == [float(Fraction(v)) for v in certificate["exact"]]


def test_xor_crosses_in_the_middle():
    certificate = ask(X, [0, 1, 1, 0])["certificate"]
    assert certificate["point"] == [0.5, 0.5]
    assert certificate["equation"] == "1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)"
    assert certificate["left"] == [[0, 1], [3, 1]]
    assert certificate["right"] == [[1, 1], [2, 1]]


def test_numbers_are_read_as_they_stand_on_the_page():
    """0.1, 0.2 and 0.3 are in line as decimals, not as binary floats."""
    answer = ask([[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]], [0, 1, 0])
    assert answer["certificate"]["equation"] == "1·(0.1,0.1) + 1·(0.3,0.3) = 2·(0.2,0.2)"


def test_classes_and_names_are_said_in_the_order_of_the_page():
    answer = ask(X, [0, 0, 0, 1], names=["rain", "wind"], classes=["wet", "dry"])
    assert "rain" in answer["text"]
    assert "for wet" in answer["text"]
    assert answer["neuron"]["w"] == [1.0, 1.0]


@pytest.mark.parametrize("code", [0, 1])
def test_one_class_alone_is_had_right_by_the_bias(code):
    answer = ask(X, [code] * 4)
    assert answer["separable"]
    assert (np.array(X) @ answer["neuron"]["w"] + answer["neuron"]["b"] >= 0).tolist() == [bool(code)] * 4


def test_a_long_weight_is_a_text():
    rows = [[0.0, 0.0], [1e15 + 0.25, 3.0], [1.0, 1e-9], [0.123456789012345, 0.987654321]]
    verdict = ask([*rows, [1e14, 1.0]], [0, 0, 1, 1, 0])
    weights = [w for side in ("left", "right") for _, w in (verdict["certificate"] or {side: []})[side]]
    assert all(isinstance(w, str) if int(w) > 2**53 else isinstance(w, int) for w in weights)


def test_too_many_rows_are_refused(refused):
    with refused("too-many", "201", "200"):
        ask([[0, 1]] * 201, [0] * 201)


def test_a_kept_table_is_proved_by_its_id():
    tables = Tables()
    kept = {"X": np.array([[10.0], [20.0]]), "scaled": np.array([[-1.0], [1.0]]), "y": np.array([0, 1], np.int32)}
    name = tables.keep({**kept, "names": ["size"], "classes": ["no", "yes"]})["id"]
    assert prove({"table": name}, tables.find)["neuron"] == {"w": [1.0], "b": 0.0}
    assert prove({"table": f"{name}:units"}, tables.find)["neuron"] == {"w": [1.0], "b": -15.0}


def test_gates_are_all_functions_of_two_inputs():
    found = gates()
    assert [g["table"] for g in found] == [[n >> i & 1 for i in range(4)] for n in range(16)]
    assert len({g["name"] for g in found}) == 16
    for gate in found:
        answers = list(TruthTable.of(f"({gate['formula']}) and (x1 or x2 or 1)", 2).outputs)
        assert gate["table"] == answers == [gate["table"][2 * a + b] for a, b in product((0, 1), repeat=2)]
        if gate["neuron"]:
            neuron = gn.McCullochPitts(gate["neuron"]["w"], gate["neuron"]["threshold"])
            assert list(neuron.truth_table().outputs) == gate["table"]
    assert [g["name"] for g in found if g["neuron"] is None] == ["XOR", "XNOR"]
    assert len(FORMULAS) == 16


def test_gates_have_the_neurons_of_the_package():
    neurons = {g["name"]: g["neuron"] for g in gates()}
    for name, known in (("AND", "and"), ("OR", "or"), ("NAND", "nand"), ("NOR", "nor"), ("x1 implies x2", "implies")):
        neuron = NEURONS[known]
        assert neurons[name] == {"w": neuron.weights.tolist(), "threshold": neuron.threshold}
