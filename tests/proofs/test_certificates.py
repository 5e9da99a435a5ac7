"""Certificates: what they say, and that `check` rejects every one with a number changed."""

import dataclasses
import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from sklearn.datasets import load_iris

from glassneuron import Neuron, separability
from glassneuron.proofs.exact.convex_combination import conflicting_duplicates
from glassneuron.proofs.exact.extremes import misclassified
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable
from glassneuron.proofs.separability import _labels

ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR, AND, OR = [0, 1, 1, 0], [0, 0, 0, 1], [0, 1, 1, 1]


def test_xor_has_the_equation_of_the_lesson():
    verdict = separability(ROWS, XOR)
    assert verdict.separable is False
    assert verdict.check()
    assert verdict.equation == "1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)"
    assert (verdict.mistakes.at_least, verdict.mistakes.at_most) == (1, 1)
    assert len(verdict.mistakes.suspects) == 1


def test_and_is_separated_by_a_neuron_a_person_can_read():
    verdict = separability(ROWS, AND)
    assert verdict.weights == (1, 1)
    assert verdict.bias == Fraction(-3, 2)
    assert verdict.closest == (1, 2)
    assert verdict.neuron.feedforward(ROWS).tolist() == [0.0, 0.0, 0.0, 1.0]
    assert verdict.street.width == pytest.approx(np.sqrt(0.5), rel=1e-12)
    assert verdict.street.margin == pytest.approx(np.sqrt(0.125), rel=1e-12)
    assert verdict.street.rows == [1, 2, 3]
    assert "maximum margin 0.354: between the classes runs a street 0.707 wide" in str(verdict.explain())


@pytest.mark.parametrize(("y", "bound"), [(AND, 51), (OR, 27)])
def test_mistake_bounds_worked_by_hand(y, bound):
    """R² = 1 + 1 + 1. AND's reflected rows come nearest to 0 at distance 1/√17, OR's at 1/3."""
    assert separability(ROWS, y).mistake_bound == pytest.approx(bound, rel=1e-9)


@pytest.mark.parametrize(
    ("X", "y", "start", "called"),
    [
        (ROWS, XOR, "not separable: 4 rows prove it", "NotSeparable(4 rows, 0 and 1, 4 of them prove it)"),
        (ROWS, AND, "separable: one neuron has all 4 rows", "Separable(4 rows, 0 and 1)"),
        ([[1e308, 0], [-1e308, 0]], ["n", "y"], "separable: one neuron", "Separable(2 rows, 'n' and 'y')"),
        (ROWS, [0, 1, 1, 2], "all classes jointly", "ManyClasses(3 classes, jointly separable)"),
        ([[0], [0], [1]], ["a", "b", "c"], "all classes jointly", "ManyClasses(3 classes, jointly not separable)"),
    ],
)
def test_four_forms(X, y, start, called):
    verdict = separability(X, y)
    explained = verdict.explain()
    assert str(explained).startswith(start)
    assert explained._repr_html_().startswith(f"<p>{start}")
    assert explained.latex
    strict = json.dumps(explained.to_dict(), allow_nan=False)
    assert json.loads(strict)["verdict"] == verdict.to_dict()["verdict"]
    assert json.loads(json.dumps(verdict.to_dict())) == verdict.to_dict()
    assert repr(verdict) == called


def test_names_cannot_break_the_page():
    html = separability(ROWS, AND, names=["<b>", "&"]).explain()._repr_html_()
    assert "1·&lt;b&gt; + 1·&amp; - 1.5" in html


def test_equal_rows_with_both_labels_are_said_plainly():
    verdict = separability([[1, 5], [2, 3], [1, 5], [0, 0]], ["no", "yes", "yes", "no"])
    assert verdict.indices == (0, 2)
    assert verdict.check()
    assert "rows 0 and 2 are equal and have both labels, no and yes" in str(verdict.explain())


def test_all_rows_equal():
    verdict = separability([[3.0, 3.0]] * 4, [0, 1, 0, 1])
    assert verdict.separable is False
    assert verdict.check()
    assert len(verdict.indices) == 2
    assert (verdict.mistakes.at_least, verdict.mistakes.at_most) == (2, 2)


def others(value):
    """Numbers that are not this one, near and far."""
    return {value + 1, value - 1, -value, 0 * value, 2 * value, value + Fraction(1, 10**30)} - {value}


def changed(verdict):
    """Every certificate that differs in one number."""
    if verdict.separable:
        own = verdict.neuron
        for bias in others(verdict.bias):
            yield dataclasses.replace(verdict, bias=bias)
        for end in (0, 1):
            for value in others(verdict.closest[end]):
                yield dataclasses.replace(verdict, closest=replaced(verdict.closest, end, value))
        yield dataclasses.replace(verdict, neuron=Neuron(own.weights, np.nextafter(own.bias, np.inf), "step"))
        for j, weight in enumerate(verdict.weights):
            for value in others(weight):
                yield dataclasses.replace(verdict, weights=replaced(verdict.weights, j, value))
            near = own.weights + np.eye(len(own.weights))[j] * 1e-9
            yield dataclasses.replace(verdict, neuron=Neuron(near, own.bias, "step"))
        return
    for j, (weight, values, side) in enumerate(zip(verdict.weights, verdict.values, verdict.sides, strict=True)):
        for value in others(weight):
            yield dataclasses.replace(verdict, weights=replaced(verdict.weights, j, value))
        yield dataclasses.replace(verdict, sides=replaced(verdict.sides, j, not side))
        for index in (*range(-1, 9), 10**6):
            if index != verdict.indices[j]:
                yield dataclasses.replace(verdict, indices=replaced(verdict.indices, j, index))
        for c, cell in enumerate(values):
            for value in others(cell):
                yield dataclasses.replace(verdict, values=replaced(verdict.values, j, replaced(values, c, value)))


def replaced(values, at, value):
    return (*values[:at], value, *values[at + 1 :])


@pytest.mark.parametrize(("n", "expected"), [(1, 2), (2, 14), (3, 254)])
def test_check_rejects_every_certificate_with_one_number_changed(n, expected):
    """All functions of up to three inputs but the constants, which have one class."""
    rows = np.array(list(itertools.product([0, 1], repeat=n)))
    decided = 0
    for number in range(1, 2 ** (2**n) - 1):
        verdict = separability(rows, [number >> row & 1 for row in range(2**n)])
        assert verdict.check()
        assert not any(forged.check() for forged in changed(verdict))
        decided += 1
    assert decided == expected


def test_check_rejects_changed_certificates_of_measured_rows():
    iris = load_iris()
    for X, y in [(iris.data[50:], iris.target[50:]), (iris.data, iris.target == 0)]:
        verdict = separability(X, y)
        assert verdict.check()
        forgeries = list(changed(verdict))
        assert len(forgeries) > 20
        assert not any(forged.check() for forged in forgeries)
    assert not dataclasses.replace(separability(ROWS, XOR), indices=(), values=(), weights=(), sides=()).check()


def test_joint_verdicts_can_be_forged_no_more():
    joint = separability([[0.0], [1.0], [2.0]], ["a", "b", "c"]).joint
    assert joint.check()
    for k in range(3):
        for j in range(2):
            weights = replaced(joint.weights, k, replaced(joint.weights[k], j, joint.weights[k][j] + 10**6))
            assert not dataclasses.replace(joint, weights=weights).check()
    stuck = separability([[0.0], [0.0], [2.0]], ["a", "b", "c"]).joint
    assert stuck.separable is False
    assert stuck.check()
    for at, (row, other, weight) in enumerate(stuck.parts):
        changes = (row, other, weight + 1), (row, (other + 1) % 3, weight), (row, other, -weight), (2, other, 1)
        for part in (*changes, (row, 3, weight), (row, -1, weight)):
            assert not dataclasses.replace(stuck, parts=replaced(stuck.parts, at, part)).check()


def test_proofs_look_at_some_rows_at_a_time_and_find_the_same(monkeypatch):
    random = np.random.default_rng(0)
    X, y = random.integers(0, 4, (90, 2)).astype(float), random.integers(0, 2, 90)
    data = TwoClassTable(ExactTable(X), y == 1, (0, 1), None)
    weights, bias = [Fraction(1), Fraction(-1)], Fraction(0)
    whole = [each.indices for each in conflicting_duplicates(data)], misclassified(data, weights, bias).tolist()
    for module in ("convex_combination", "extremes"):
        monkeypatch.setattr(f"glassneuron.proofs.exact.{module}.BLOCK", 7)
    assert (
        [each.indices for each in conflicting_duplicates(data)],
        misclassified(data, weights, bias).tolist(),
    ) == whole
    pairs = {frozenset(pair) for pair in whole[0]}
    assert all((X[i] == X[j]).all() and y[i] != y[j] for i, j in pairs)
    wrong = (X @ [1.0, -1.0] >= 0.0) != (y == 1)
    assert sorted(whole[1]) == np.flatnonzero(wrong).tolist()


def test_labels_of_many_rows_are_those_of_all_at_once(monkeypatch):
    y = np.random.default_rng(0).choice(["b", "a", "c"], 50)
    monkeypatch.setattr("glassneuron.proofs.separability.AT_ONCE", 4)
    classes, codes = _labels(y)
    assert classes == ["a", "b", "c"]
    assert (np.array(classes)[codes] == y).all()
