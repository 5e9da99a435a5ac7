"""Numbers as people write them: short, or precise enough to check the arithmetic."""

from __future__ import annotations

import math
from collections.abc import Sequence


def format_short(value: float) -> str:
    """Write a number as a person would: integers in full, others to about three digits.

    Examples
    --------
    >>> [format_short(v) for v in (7.0, 0.9990889488, -0.09999999999999987, 1234.5678, 0.00001234)]
    ['7', '0.999', '-0.1', '1235', '1.23e-05']
    """
    if not math.isfinite(value):
        return str(float(value))
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    size = abs(value)
    if not 0.0005 <= size < 1e6:
        return f"{value:.3g}"
    text = f"{value:.{3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_probability(value: float) -> str:
    """Write a probability as `format_short` does, but never as 1 or 0 where it is neither.

    Examples
    --------
    >>> [format_probability(p) for p in (0.5, 0.99983, 0.9999999, 0.0002, 1.0, 0.0)]
    ['0.5', '0.9998', '0.9999999', '0.0002', '1', '0']
    """
    text = format_short(value)
    if text != "1" or value >= 1.0:
        return text
    return f"{value:.{math.ceil(-math.log10(1.0 - value))}f}".rstrip("0")


def format_output(activation: str, value: float) -> str:
    """Write what a neuron with this activation answers: those of sigmoid and softmax are probabilities."""
    return format_probability(value) if activation in ("sigmoid", "softmax") else format_short(value)


def format_exact(value: float, finest: float | None = None) -> str:
    """Write a number to five digits, or to as many as five digits of `finest`, the result of the arithmetic, take.

    Examples
    --------
    >>> format_exact(0.0028571428), format_exact(20.0), format_exact(1234567.8)
    ('0.0028571', '20', '1.23457e+06')
    >>> format_exact(1000.0004, 0.0003), format_exact(1000.0001, 0.0003)    # their difference to five digits
    ('1000.0004', '1000.0001')
    """
    if not math.isfinite(value) or (value == int(value) and abs(value) < 1e6):
        return format_short(value)
    size = math.floor(math.log10(abs(value)))
    last = size - 4
    if finest and math.isfinite(finest):
        last = min(last, math.floor(math.log10(abs(finest))) - 4)
    return f"{value:.{max(size - last + 1, min(size + 1, 6))}g}"


def in_brackets(number: str) -> str:
    """Put a number that follows an operator in brackets if it is negative."""
    return f"({number})" if number.startswith("-") else number


def format_factor(value: float) -> str:
    """Write a number that follows an operator, to about three digits."""
    return in_brackets(format_short(value))


def join_terms(terms: Sequence[str]) -> str:
    """Join terms into a sum; a leading minus becomes the operator, as in 2·3 - 1·4 + 5."""
    first, *rest = terms
    return first + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in rest)


def write_sum(weights: Sequence[float], bias: float, x: Sequence[float], total: float) -> str:
    """Write out a weighted sum, such as 0·2 + 1·3 + 4 = 7."""
    terms = [f"{format_short(w)}·{format_factor(v)}" for w, v in zip(weights, x, strict=True)]
    return f"{join_terms([*terms, format_short(bias)])} = {format_short(total)}"
