"""A training as JSON: every field has a rule, and a sentence for what breaks it."""

import math

import numpy as np
import pytest

from glassneuron.views.playground.specs import parameters, read_spec

NAN, INFINITE = math.nan, math.inf


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("kind", "forest", "parameter"),
        ("kind", 3, "parameter"),
        ("kind", ..., "absent-field"),
        ("X", ..., "absent-field"),
        ("y", ..., "absent-field"),
        ("X", [], "parameter"),
        ("X", "rows", "parameter"),
        ("X", [1, 2], "parameter"),
        ("X", [[], []], "parameter"),
        ("X", [[0] * 51, [0] * 51], "parameter"),
        ("X", [[0, 0], [1]], "ragged-rows"),
        ("X", [[0, 0], [0, "1"]], "numbers"),
        ("X", [[0, 0], [0, True]], "numbers"),
        ("X", [[0, 0], [0, None]], "numbers"),
        ("X", [[0, 0], [0, NAN]], "not-finite"),
        ("X", [[0, 0], [0, -INFINITE]], "not-finite"),
        ("X", [[0, 0], [0, 10**400]], "not-finite"),
        ("X", [[0, 0], [0, 1e200]], "beyond"),
        ("X", [[0, 0]] * 5001, "too-many"),
        ("y", [0], "parameter"),
        ("y", "01", "parameter"),
        ("y", [0, 2], "parameter"),
        ("y", [0, -1], "parameter"),
        ("y", [0, 1.0], "parameter-type"),
        ("y", [0, True], "parameter-type"),
        ("names", ["a"], "parameter"),
        ("names", ["a", "a"], "parameter"),
        ("names", ["a", ""], "parameter"),
        ("names", ["a", "b" * 1000], "parameter"),
        ("names", "ab", "parameter"),
        ("names", ["a", 1], "parameter"),
        ("classes", ["only"], "parameter"),
        ("classes", [str(k) for k in range(21)], "parameter"),
        ("classes", {"a": 1}, "parameter"),
        ("eta", 0, "parameter"),
        ("eta", NAN, "parameter"),
        ("eta", INFINITE, "parameter"),
        ("eta", "0.1", "parameter-type"),
        ("fixed_bias", INFINITE, "parameter"),
        ("fixed_bias", "-1", "parameter-type"),
        ("epochs", 0, "parameter"),
        ("epochs", 10_001, "parameter"),
        ("epochs", 2.5, "parameter-type"),
        ("seed", -1, "parameter"),
        ("seed", 2**31, "parameter"),
        ("shuffle", 1, "parameter-type"),
        ("variant", "voted", "parameter"),
        ("every", "row", "parameter"),
        ("hidden", [2], "parameter"),
        ("activation", "tanh", "parameter"),
        ("optimiser", "sgd", "parameter"),
        ("start", [0, 0], "parameter"),
        ("start", [0, 0, NAN], "not-finite"),
        ("start", "zeros", "parameter"),
        ("changes", [{"at": -1, "eta": 1}], "parameter"),
        ("changes", [{"at": 1.5, "eta": 1}], "parameter-type"),
        ("changes", [{"at": 1, "eta": 0}], "parameter"),
        ("changes", [{"at": 1}], "absent-field"),
        ("changes", [{"eta": 1}], "absent-field"),
        ("changes", [{"at": 1, "eta": 1, "l2": 0}], "unknown-field"),
        ("changes", [3], "parameter-type"),
        ("changes", [{"at": 2, "eta": 1}, {"at": 2, "eta": 2}], "parameter"),
        ("changes", [{"at": k, "eta": 1} for k in range(21)], "parameter"),
        ("changes", 1, "parameter"),
        ("eta_", 1, "unknown-field"),
        ("table", 5, "parameter"),
        ("table", "abc", "gone-table"),
    ],
)
def test_a_wrong_field_is_named(wrong, field, value, code):
    named = {"table": "abc" if value == "abc" else "table", "changes": "change"}.get(field, field)
    wrong(code, named, **{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("hidden", [0]), ("hidden", [2] * 5), ("hidden", 2), ("activation", "step"), ("optimiser", "lbfgs"),
     ("variant", "plain"), ("fixed_bias", -1.0)],
)  # fmt: skip
def test_a_wrong_field_of_a_network_is_named(wrong, field, value):
    wrong("parameter", field, kind="network", **{field: value})


def test_a_network_has_so_many_parameters_at_most(wrong):
    read_spec({"kind": "network", "X": [[0] * 2] * 2, "y": [0, 1], "hidden": [499]})  # 3 * 499 + 500 = 1997
    wrong("too-many", "theta", "2,001", kind="network", hidden=[500])


def test_a_training_is_an_object(refused):
    with refused("parameter-type", "a training"):
        read_spec([1, 2])


def test_a_start_holds_the_bias_where_it_is_held(wrong):
    wrong("parameter", "start", "-1", fixed_bias=-1.0, start=[0, 0, 0.5])
    assert read_spec(
        {"kind": "perceptron", "X": [[1]], "y": [0], "fixed_bias": -1, "start": [2, -1]}
    ).start.tolist() == [2, -1]


def test_what_is_left_out_has_a_default():
    spec = read_spec({"kind": "perceptron", "X": [[1, 2]], "y": [0], "names": None, "changes": None, "start": None})
    assert (spec.names, spec.classes, spec.changes, spec.start) == (("x1", "x2"), ("0", "1"), (), None)
    assert (spec.eta, spec.epochs, spec.shuffle, spec.every, spec.sizes) == (0.1, 1000, False, "example", (2, 1))


def test_a_table_stands_for_its_rows(refused):
    kept = {"X": np.array([[1.0], [2.0]]), "y": np.array([0, 2], np.int32), "names": ["a"], "classes": ["p", "q", "r"]}
    spec = read_spec({"kind": "sigmoid", "table": "t", "X": [[9]], "y": [0]}, {"t": kept}.__getitem__)
    assert spec.X is kept["X"]
    assert spec.sizes == (1, 3)
    assert parameters(spec.sizes) == 6
