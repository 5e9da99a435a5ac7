"""Rules that settings follow, at their ends."""

import math

import pytest

from glassneuron import checks
from glassneuron.errors import ParameterError


@pytest.mark.parametrize("value", [2**53 + 1, 10**400])
def test_whole_numbers_are_not_rounded(value):
    assert checks.integer("n", value, "[1, inf)") == value
    with pytest.raises(ParameterError, match="must be in"):
        checks.integer("n", -value, "[1, inf)")


@pytest.mark.parametrize(
    ("value", "rule"), [(math.nan, "in "), (10**400, "small enough for a float"), (math.inf, "in ")]
)
def test_numbers_that_no_float_holds_are_refused(value, rule):
    with pytest.raises(ParameterError, match=f"`rate` must be {rule}"):
        checks.number("rate", value, "(0, inf)")


@pytest.mark.parametrize(("value", "fits"), [(0, False), (1e-300, True), (1, True), (1.5, False)])
def test_round_ends_are_outside_and_square_ones_inside(value, fits):
    if fits:
        assert checks.number("rate", value, "(0, 1]") == value
        return
    with pytest.raises(ParameterError, match=r"in \(0, 1\]"):
        checks.number("rate", value, "(0, 1]")
