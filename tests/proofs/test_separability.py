"""Verdicts on tables of every kind: always certified, never guessed."""

import tracemalloc
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.datasets import load_iris

from glassneuron import separability
from glassneuron.errors import DataError

ROWS = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR, AND = [0, 1, 1, 0], [0, 0, 0, 1]


def sound(X, y, **options):
    """Decide, and insist on everything that a verdict promises."""
    verdict = separability(X, y, **options)
    assert verdict.separable is not None
    assert verdict.check()
    if verdict.separable:
        assert verdict.street.width > 0
    else:
        assert len(verdict.indices) <= np.shape(X)[1] + 2
        worst = verdict.mistakes
        assert 1 <= worst.at_least <= worst.at_most == len(worst.suspects)
        fires = {True: "second", False: "first"}
        assert {fires[side] for side in verdict.sides} == {"first", "second"}
    verdict.explain()
    return verdict


@st.composite
def tables(draw):
    rows, features = draw(st.integers(2, 40)), draw(st.integers(1, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["lattice", "normal", "line", "wild"]))
    X = (
        random.integers(-2, 3, (rows, features)).astype(float)
        if kind == "lattice"
        else random.normal(size=(rows, features))
    )
    if kind == "line":
        X[:, -1] = X[:, 0] * 3
    if kind == "wild":
        X = X * 10.0 ** random.integers(-12, 13, features)
        X[:, random.integers(features)] = 5.0
    y = X @ random.normal(size=features) + random.normal() > 0 if draw(st.booleans()) else random.random(rows) < 0.5
    y[0], y[1] = False, True
    return X, y


@settings(max_examples=150, deadline=None)
@given(tables())
def test_every_table_gets_a_verdict_with_a_proof(table):
    sound(*table)


def test_iris():
    iris = load_iris()
    X, y = iris.data, np.array(iris.target_names)[iris.target]
    verdict = separability(X, y, decimal=True)
    assert {c: v.separable for c, v in verdict.one_against_rest.items()} == {
        "setosa": True, "versicolor": False, "virginica": False,
    }  # fmt: skip
    assert {pair: v.separable for pair, v in verdict.pairs.items()} == {
        ("setosa", "versicolor"): True, ("setosa", "virginica"): True, ("versicolor", "virginica"): False,
    }  # fmt: skip
    assert verdict.separable is False
    assert verdict.check()
    proof = verdict.pairs["versicolor", "virginica"]
    assert len(proof.indices) <= 6
    left = sum(w * np.array(v) for w, v, side in zip(proof.weights, proof.values, proof.sides, strict=True) if not side)
    right = sum(w * np.array(v) for w, v, side in zip(proof.weights, proof.values, proof.sides, strict=True) if side)
    assert (left == right).all()
    assert "versicolor from virginica: not separable" in str(verdict.explain())
    assert verdict.to_dict()["joint"]["separable"] is False


def test_three_classes_on_a_line_are_jointly_separable_though_the_middle_one_is_not_alone():
    verdict = separability([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]], ["a", "a", "b", "b", "c", "c"])
    assert verdict.separable is True
    assert verdict.check()
    assert [verdict.one_against_rest[c].separable for c in "abc"] == [True, False, True]
    assert len(verdict.pairs) == 3


def test_rows_of_a_pair_are_named_by_their_place_in_the_whole_table():
    verdict = separability([[0.0], [5.0], [7.0], [7.0]], ["a", "b", "b", "c"])
    assert verdict.pairs["b", "c"].to_dict()["rows"] == [2, 3]
    assert "rows 2 and 3 are equal and have both labels, b and c" in str(verdict.explain())
    assert "rows 3 and 4 are equal" in str(verdict.explain(first_row=1))


def test_two_equal_rows_make_three_classes_inseparable():
    verdict = separability([[0.0], [0.0], [2.0]], ["a", "b", "c"])
    assert verdict.separable is False
    assert verdict.check()
    assert verdict.pairs["a", "b"].separable is False
    assert verdict.pairs["a", "c"].separable


def test_one_flipped_label_is_the_first_suspect():
    random = np.random.default_rng(0)
    X = random.normal(size=(3000, 6))
    sums = X @ random.normal(size=6)
    X, sums = X[np.abs(sums) > 0.3], sums[np.abs(sums) > 0.3]
    y = sums > 0
    wrong = int(np.argmax(np.abs(sums)))
    y[wrong] = not y[wrong]
    verdict = sound(X, y)
    assert verdict.separable is False
    assert verdict.mistakes.suspects == [wrong]
    assert (verdict.mistakes.at_least, verdict.mistakes.at_most) == (1, 1)


@pytest.mark.parametrize(
    "form",
    [
        lambda rows: np.array(rows, dtype=np.float32),
        lambda rows: np.array(rows, dtype=np.int8),
        lambda rows: np.array(rows, dtype=bool),
        lambda rows: [[str(v) for v in row] for row in rows],
        lambda rows: [[Fraction(v) for v in row] for row in rows],
        lambda rows: [[Decimal(v) for v in row] for row in rows],
        lambda rows: np.asfortranarray(np.array(rows, dtype=float)),
    ],
)
def test_the_same_rows_in_any_form(form):
    assert separability(form(ROWS), XOR).equation == separability(ROWS, XOR).equation
    assert separability(form(ROWS), AND).weights == (1, 1)


def test_tenths_are_collinear_as_text_and_not_as_floats():
    """0.1 + 0.2 is 0.3 in decimals; the floats of that name miss it."""
    y = [0, 0, 1, 1]
    as_text = [["0", "0"], ["0.3", "0.3"], ["0.1", "0.1"], ["0.2", "0.2"]]
    # (0,0) + (0.3,0.3) = (0.1,0.1) + (0.2,0.2)
    assert sound(as_text, y).separable is False
    floats = [[float(v) for v in row] for row in as_text]
    assert sound(floats, y, decimal=True).separable is False
    line = [["0.1"], ["0.2"], ["0.3"]]
    assert separability(line, [0, 0, 1]).check()


def test_whole_numbers_beyond_floats_are_told_apart():
    big = 2**60
    verdict = sound([[big], [big + 1]], [0, 1])
    assert verdict.separable


def test_text_and_fractions_finer_than_floats_are_told_apart():
    fine = "0." + "3" * 40
    assert sound([[fine], [Fraction(1, 3)]], [0, 1]).separable
    assert sound([["1/3"], [Fraction(1, 3)]], [0, 1]).separable is False


def test_a_very_narrow_street_is_decided_exactly():
    step = np.nextafter(1.0, 2.0)
    assert sound([[1.0, 0.0], [1.0, 7.0], [step, 0.0], [step, 7.0]], [0, 0, 1, 1]).separable
    X = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0 + 2.0**-50]])
    assert sound(X, [0, 1, 0]).separable  # three points, hardly off one line
    assert sound([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]], [0, 1, 0]).separable is False


@pytest.mark.parametrize(
    ("X", "y", "separable"),
    [
        ([[5e-324], [0.0]], [0, 1], True),
        ([[5e-324], [0.0], [1e-323]], [1, 0, 0], False),
        ([[1.7e308], [-1.7e308]], [0, 1], True),
        ([[1.7e308] * 3, [1.6e308] * 3, [-1.7e308] * 3], [0, 1, 0], False),
        ([[1e308, 1e-308], [-1e308, 1e-308], [1e308, -1e-308], [-1e308, -1e-308]], [0, 0, 1, 1], True),
        ([[1e308, 1e-308], [-1e308, 1e-308], [1e308, -1e-308], [-1e308, -1e-308]], [0, 1, 1, 0], False),
    ],
)
def test_numbers_at_the_ends_of_what_floats_hold(X, y, separable):
    verdict = sound(X, y)
    assert verdict.separable is separable
    assert "-0 " not in str(verdict.explain())
    assert "at least 0 " not in str(verdict.explain())


def test_a_column_that_is_constant_and_one_that_is_huge():
    random = np.random.default_rng(1)
    X = np.column_stack([np.full(50, 1e300), random.normal(size=50) * 1e-200, random.normal(size=50) * 1e200])
    assert sound(X, X[:, 1] > 0).separable
    assert sound(X, random.random(50) < 0.5).separable is False


@pytest.mark.parametrize(
    ("X", "y", "sentence"),
    [
        ([[0.0], [1.0]], [1, 1], "one class only"),
        ([[0.0]], [1], "one class only"),
        ([[np.nan], [1.0]], [0, 1], "row 0"),
        ([[0.0], [np.inf]], [0, 1], "row 1"),
        ([["red"], ["blue"]], [0, 1], "red"),
        ([[None], [1.0]], [0, 1], "None"),
        ([["1/0"], [1.0]], [0, 1], "1/0"),
        ([["1e999"], [1.0]], [0, 1], "1e999"),
        ([[], []], [0, 1], "feature"),
        (np.empty((0, 2)), [], "row"),
        ([0.0, 1.0], [0, 1], "shape"),
        ([[0.0], [1.0]], [0, 1, 1], "3"),
        ([[0.0], [1.0]], [[0], [1]], "label"),
        ([[0.0], [1.0]], [0.0, np.nan], "row 1"),
        ([[0.0], [1.0]], np.array([0, "a"], dtype=object), "y"),
        ([[1.0, 2.0], [1.0]], [0, 1], "X"),
        (csr_array([[0.0], [1.0]]), [0, 1], "toarray"),
        ([[0.0], [1.0]], [1, "1"], "mixes labels"),
        ([[0.0], [1.0]], [None, "a"], "mixes labels"),
    ],
)
def test_bad_input_gets_one_sentence(X, y, sentence):
    with pytest.raises(DataError, match=sentence) as caught:
        separability(X, y)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_names_are_one_a_column():
    assert "sum = 1·left + 1·right - 1.5" in str(separability(ROWS, AND, names=["left", "right"]).explain())
    with pytest.raises(DataError, match="`names` has 1 names and `X` has 2 columns; pass one name per column"):
        separability(ROWS, AND, names=["a"])


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_memory(flipped, dtype):
    """A fifth of a million rows may take a fifth of the 200 MB that a million may, the input left out."""
    random = np.random.default_rng(0)
    X = random.normal(size=(200_000, 20)).astype(dtype)
    y = X[:, 0] > 0.0
    X[:, 0] += np.where(y, 0.1, -0.1).astype(dtype)
    y[np.argmax(X[:, 0])] ^= flipped
    for labels in (XOR, AND):  # which loads what has to be loaded
        verdict = separability(ROWS, labels)
        assert verdict.check()
        verdict.explain()
    tracemalloc.start()
    try:
        verdict = separability(X, y)
        assert verdict.check()
        assert verdict.separable is not flipped
        assert tracemalloc.get_traced_memory()[1] < 40e6
        tracemalloc.reset_peak()
        verdict.explain()
        assert tracemalloc.get_traced_memory()[1] < X.nbytes + 40e6
    finally:
        tracemalloc.stop()


def test_undecided_is_said_and_not_guessed(monkeypatch):
    """Where exact arithmetic confirms neither belief, there is no verdict."""
    from glassneuron.proofs import separability as module

    monkeypatch.setattr(module, "exact_search", lambda *_: (None, {}))
    verdict = module.separability(ROWS, XOR)
    assert verdict.separable is None
    assert not verdict.check()
    assert str(verdict.explain()).startswith("undecided")
    assert verdict.to_dict()["verdict"] == "undecided"
