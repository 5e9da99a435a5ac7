"""Labels of any kind: found, numbered, and refused where they were never met."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import glassneuron as gn
from glassneuron.estimators.validation import known, labels

KINDS = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.uint64, np.bool_]


@pytest.mark.filterwarnings("ignore:The number of unique classes")  # scikit-learn's, about a measurement
@given(st.sampled_from(KINDS).flatmap(lambda kind: hnp.arrays(kind, st.integers(1, 40))))
def test_whole_numbers_are_numbered_as_sorting_would(y):
    classes, codes = labels(y)
    expected, inverse = np.unique(y, return_inverse=True)
    assert classes.tolist() == expected.tolist()
    assert classes.dtype == y.dtype
    assert codes.tolist() == inverse.ravel().tolist()


@given(st.lists(st.text(max_size=3), min_size=1, max_size=20), st.sampled_from([None, object]))
def test_words_are_numbered_as_sorting_would(words, kind):
    y = np.array(words, kind)
    classes, codes = labels(y)
    expected, inverse = np.unique(y, return_inverse=True)
    assert classes.tolist() == expected.tolist()
    assert classes.dtype == expected.dtype
    assert codes.tolist() == inverse.ravel().tolist()


def test_many_labels_are_numbered_in_pieces():
    y = np.tile(np.array([0.0, 1e6, 2.0]), 60_000)
    classes, codes = labels(y)
    assert (classes[codes] == y).all()


def test_a_label_that_was_never_met_is_refused(refused):
    with refused("new-class", "`y` holds 7"):
        known(np.array([0, 1]), np.array([0, 7]))


NUMBERS = [">i2", ">i4", ">i8", ">u2", ">u4", ">u8", "<u2", "i1", "u1", ">f4", ">f8", "f2", "?"]
EVERY = [gn.Perceptron, gn.Adaline, gn.SigmoidNeuron, gn.LinearNeuron, gn.MLPClassifier, gn.MLPRegressor]


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_targets_of_any_kind_of_number_and_byte_order(kind, method):
    X = np.random.default_rng(0).normal(size=(40, 3))
    y = (X[:, 0] > 0).astype(np.int64)
    usual = getattr(kind(max_epochs=3), method)(X, y).predict(X)
    for dtype in NUMBERS:
        learned = getattr(kind(max_epochs=3), method)(X, y.astype(dtype))
        np.testing.assert_array_equal(learned.predict(X).astype(float), usual.astype(float))


@pytest.mark.parametrize("kind", [gn.LinearNeuron, gn.MLPRegressor], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "y", [["a", "b"] * 2, np.array(["a", 1, 2, 3], object), [None, 1, 2, 3], np.array(["2026-01-01"] * 4, "M8[D]")],
    ids=["texts", "a text", "a gap", "dates"],
)  # fmt: skip
def test_a_target_that_is_no_number_is_named(kind, y, refused):
    with refused("numbers", "`y` must hold numbers; got"):
        kind().fit(np.eye(4), y)


@pytest.mark.parametrize("kind", [gn.Perceptron, gn.SigmoidNeuron, gn.MLPClassifier], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_labels_that_no_model_can_keep_are_refused_before_the_work(kind, method):
    X = np.eye(4)
    for y, sentence in (
        (np.array(["2026-01-01", "2026-01-02"] * 2, "M8[D]"), "`y` holds dates, such as 2026-01-01; turn them into"),
        (np.array(["2026-01-01", "2026-01-02"] * 2, "M8[ns]"), "`y` holds dates, such as 2026-01-01T"),
        (np.array([1, 2, 1, 2], "m8[s]"), "`y` holds dates"),
        (np.array([datetime.date(2026, 1, day) for day in (1, 2, 1, 2)]), "`y` holds dates, such as 2026-01-01"),
        (np.array([1, 0, None, None], object), "`y` has no label in row 2, but None, and so in 2 rows; leave these"),
        (np.array(["a", "b", np.nan, "a"], object), "`y` has no label in row 2, but nan"),
        (np.array([1, 0, "a", 1], object), "`y` mixes labels that cannot be sorted"),
    ):
        with pytest.raises(gn.GlassneuronError, match=sentence):
            getattr(kind(), method)(X, y)


def test_whole_numbers_in_an_object_array_are_labels(tmp_path):
    X = np.eye(4)
    fitted = gn.Perceptron().fit(X, np.array([1, 2, 1, 2], object))
    gn.save(fitted, tmp_path / "m.safetensors")
    for model in (fitted, gn.load(tmp_path / "m.safetensors")):
        assert model.predict(X).tolist() == [1, 2, 1, 2]
