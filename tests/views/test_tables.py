"""Numbers as a person reads them: what is nearly certain is never shown as certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassneuron.views.text.tables import fraction, percent

SHARES = st.floats(0, 1) | st.floats(0, 1e-6) | st.floats(0, 1e-6).map(lambda share: 1 - share)


@given(SHARES, st.integers(1, 6))
def test_a_share_is_shown_as_0_or_1_only_where_it_is(share, digits):
    assert (float(fraction(share, digits)) in (0, 1)) == (share in (0, 1))


@given(SHARES)
def test_a_percentage_is_shown_as_0_or_100_only_where_it_is(share):
    number = 100 * share
    assert (float(percent(share).removesuffix(" %")) in (0, 100)) == (number in (0, 100))


@pytest.mark.parametrize(
    ("share", "text"), [(0.99983, "0.9998"), (0.9999999, "0.9999999"), (0.5, "0.5"), (0.0004, "0.0004"), (1, "1")]
)
def test_more_digits_are_shown_near_the_ends(share, text):
    assert fraction(share) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.9998, "99.98 %"), (0.99994, "99.99 %"), (0.0001, "0.01 %"), (0, "0 %"), (0.25, "25.0 %")]
)
def test_a_percentage_has_one_decimal_and_more_near_the_ends(share, text):
    assert percent(share) == text
