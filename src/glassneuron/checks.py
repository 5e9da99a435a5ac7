"""The rules that settings follow, each in one call: a number in an interval, a whole number, one of a few names."""

from __future__ import annotations

import math
from numbers import Integral, Real

from glassneuron.errors import problem


def number(name: str, value: object, interval: str) -> float:
    """Return the value as a float if it lies in the interval.

    Parameters
    ----------
    name : str
        How the caller knows the setting.
    value : object
    interval : str
        As mathematics writes it: ``"(0, inf)"`` leaves both ends out, ``"[0, 1)"`` takes the first in.

    Raises
    ------
    ParameterTypeError, ParameterError

    Examples
    --------
    >>> number("learning_rate", 0.1, "(0, inf)")
    0.1
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise problem("parameter-type", name=name, rule="a number", value=value, kind=type(value).__name__)
    low, high = (float(end) for end in interval[1:-1].split(","))
    number = float(value)
    above = number > low or (number == low and interval[0] == "[")
    below = number < high or (number == high and interval[-1] == "]")
    if math.isnan(number) or not (above and below):
        raise problem("parameter", name=name, rule=f"in {interval}", value=value)
    return number


def integer(name: str, value: object, interval: str) -> int:
    """Return the value as an int if it is a whole number in the interval.

    Examples
    --------
    >>> integer("max_epochs", 1000, "[1, inf)")
    1000
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise problem("parameter-type", name=name, rule="a whole number", value=value, kind=type(value).__name__)
    return int(number(name, int(value), interval))


def boolean(name: str, value: object) -> bool:
    """Return the value if it is True or False (NumPy's kinds too).

    Examples
    --------
    >>> boolean("shuffle", True)
    True
    """
    if type(value).__name__ not in ("bool", "bool_"):
        raise problem("parameter-type", name=name, rule="True or False", value=value, kind=type(value).__name__)
    return bool(value)


def choice(name: str, value: object, choices: tuple[str, ...]) -> str:
    """Return the value if it is one of the choices.

    Examples
    --------
    >>> choice("missing", "drop", ("refuse", "drop", "mean"))
    'drop'
    """
    if not isinstance(value, str) or value not in choices:
        *first, last = (repr(c) for c in choices)
        rule = f"{', '.join(first)} or {last}" if first else last
        raise problem("parameter", name=name, rule=rule, value=value)
    return value
