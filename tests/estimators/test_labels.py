"""Labels of any kind: found, numbered, and refused where they were never met."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

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


@given(st.lists(st.text(max_size=3), min_size=1, max_size=20))
def test_words_are_numbered_in_order(words):
    classes, codes = labels(np.array(words))
    assert classes[codes].tolist() == np.array(words).tolist()
    assert sorted(classes.tolist()) == classes.tolist()


def test_a_large_table_of_words_is_numbered_in_pieces():
    y = np.tile(np.array(["no", "yes", "perhaps"]), 60_000)
    classes, codes = labels(y)
    assert (classes[codes] == y).all()


def test_a_label_that_was_never_met_is_refused(refused):
    with refused("new-class", "`y` holds 7"):
        known(np.array([0, 1]), np.array([0, 7]))
