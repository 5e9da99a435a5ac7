"""Rows as a table has them, as features."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import glassneuron as gn
from glassneuron.data.encoding import Column, Encoding
from glassneuron.data.table import read_table
from glassneuron.neurons.preparing import prepared

ENCODING = Encoding(
    (
        Column("size", "number", mean=2.5),
        Column("colour", "text", ("blue", "red"), others=True),
        Column("floor", "number", (1.0, 2.5)),
        Column("note", "text", (), others=True),
        Column("size floor=1", "product", factors=(("size", 1.0, 2.0), ("floor=1", 0.0, 1.0))),
    )
)
COLUMNS = ENCODING.to_dict()["columns"]
FRAME = {"colour": ["red", "green", None], "size": [4.0, None, 5.0], "floor": [1, 2.5, 1], "note": [1, 2, 3]}
FEATURES = [  # size, blue, red, floor 1, floor 2.5, (size - 1) / 2 on floor 1
    [4, 0, 1, 1, 0, 1.5],
    [2.5, 0, 0, 0, 1, 0],
    [5, 0, 0, 1, 0, 2],
]


def test_names_and_plain_values():
    assert ENCODING.names == ("size", "colour=blue", "colour=red", "floor=1", "floor=2.5", "size floor=1")
    assert ENCODING.own == ENCODING.names[:-1]
    assert Encoding.from_dict(ENCODING.to_dict()) == ENCODING
    assert Column("a", "number", mean=1.0).to_dict() == {"name": "a", "kind": "number", "values": (), "mean": 1.0}


@pytest.mark.parametrize("make", [pd.DataFrame, pa.table], ids=["pandas", "pyarrow"])
def test_frames_are_read_alike(make):
    assert prepared(COLUMNS, make(FRAME)).tolist() == FEATURES
    assert read_table(make(FRAME), encoding=ENCODING).X.tolist() == FEATURES


def test_rows_are_told_from_features_by_their_width():
    rows = [[4.0, "red", 1, None], [None, "green", 2.5, None], [5.0, None, 1, None]]
    assert prepared(COLUMNS, rows).tolist() == FEATURES
    assert prepared(COLUMNS, rows[0]).tolist() == FEATURES[:1]
    assert prepared(COLUMNS, FEATURES) is FEATURES
    plain = [{"name": "a", "kind": "number", "values": (), "mean": None}]
    X = np.ones((2, 1), np.float32)
    assert prepared(plain, X) is X


def test_a_model_takes_both_and_says_what_is_wrong():
    model = gn.Model(
        (gn.Neuron([1.0, 0, 10, 100, 1000, 10000]),), ("no", "yes"), ENCODING.names, encoding=ENCODING.to_dict()
    )
    sums = np.array(FEATURES) @ [1.0, 0, 10, 100, 1000, 10000]
    assert np.array_equal(model.decision_function(pd.DataFrame(FRAME)), sums)
    assert np.array_equal(model.decision_function(FEATURES), sums)
    with pytest.raises(
        gn.GlassneuronError, match=r"`floor` is 7.0 in row 2, which the model has not seen; it knows 1, 2.5"
    ):
        model.predict(pd.DataFrame({**FRAME, "floor": [1, 7.0, 1]}))
    with pytest.raises(gn.GlassneuronError, match=r"`floor` is 7.0 in row 2"):
        read_table(pd.DataFrame({**FRAME, "floor": [1, 7.0, 1]}), encoding=ENCODING)


@pytest.mark.parametrize(
    "column",
    [
        {"kind": "number", "values": [1.0], "mean": 2.0},
        {"kind": "number", "values": ["a"], "mean": None},
        {"kind": "number", "values": [], "mean": None, "others": True},
        {"kind": "text", "values": [], "mean": None},
        {"kind": "product", "values": ["a"], "mean": None},
        {"kind": "product", "values": [], "mean": None, "factors": [["a", 0.0, 0.0]]},
        {"kind": "product", "values": [], "mean": None, "factors": [["a", 0.0, float("nan")]]},
        {"kind": "number", "values": [], "mean": None, "factors": [["a", 0.0, 1.0]]},
    ],
)
def test_columns_that_cannot_be_are_refused(column):
    with pytest.raises((ValueError, TypeError)):
        Encoding.from_dict({"columns": [{"name": "x", **column}]})


def test_two_sums_for_two_classes():
    layer = gn.Layer([[1.0, 0], [0, 1]], [0, 0], "softmax")
    model = gn.Model(gn.Network([layer]), ("no", "yes"), ("a", "b"))
    assert model.predict([[1, 1], [0, 1], [1, 0]]).tolist() == ["no", "yes", "no"]  # the first of equal ones
    share = np.exp(1) / (1 + np.exp(1))
    assert np.allclose(model.probabilities([[0, 1]]), [[1 - share, share]])
    assert "so the answer is yes, with a probability of 0.731" in str(model.explain([0, 1]))
    assert str(gn.what_if(model, [0.0, 1.0]))
