"""Checks of settings: a number in an interval, a whole number, True or False, one of a few names."""

from __future__ import annotations

from functools import cache
from numbers import Integral, Real
from typing import Any

from glassneuron.errors import problem

WHOLE, NUMBERS = (int, Integral), (float, int, Real)
"""Kinds of numbers, Python's own first: of them `isinstance` tells at once."""


def number(name: str, value: object, interval: str) -> float:
    """Return the value as a float if it lies in the interval: ``"[0, 1)"`` is open at its second end."""
    if isinstance(value, bool) or not isinstance(value, NUMBERS):
        raise problem("parameter-type", name=name, rule="a number", value=value, kind=type(value).__name__)
    _within(name, value, interval)
    try:
        return float(value)
    except OverflowError:
        raise problem("parameter", name=name, rule="small enough for a float", value=value) from None


def integer(name: str, value: object, interval: str) -> int:
    """Return the value as an int if it is a whole number in the interval."""
    if isinstance(value, bool) or not isinstance(value, WHOLE):
        raise problem("parameter-type", name=name, rule="a whole number", value=value, kind=type(value).__name__)
    _within(name, int(value), interval)
    return int(value)


def _within(name: str, value: Any, interval: str) -> None:
    """Refuse a number outside the interval; whole numbers are compared without rounding."""
    low, high = _ends(interval)
    above = value > low or (value == low and interval[0] == "[")
    below = value < high or (value == high and interval[-1] == "]")
    if value != value or not (above and below):  # only NaN differs from itself
        raise problem("parameter", name=name, rule=f"in {interval}", value=value)


@cache
def _ends(interval: str) -> tuple[float, float]:
    low, high = interval[1:-1].split(",")
    return float(low), float(high)


def boolean(name: str, value: object) -> bool:
    """Return the value if it is True or False (NumPy's kinds too)."""
    if type(value).__name__ not in ("bool", "bool_"):
        raise problem("parameter-type", name=name, rule="True or False", value=value, kind=type(value).__name__)
    return bool(value)


def choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Return the value if it is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        *first, last = (repr(c) for c in choices)
        rule = f"{', '.join(first)} or {last}" if first else last
        raise problem("parameter", name=name, rule=rule, value=value)
    return value
