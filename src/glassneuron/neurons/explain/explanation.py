"""The arithmetic of one answer, ready to be shown: text, HTML, LaTeX, dict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from glassneuron.engine.activations import activation


@dataclass(frozen=True)
class Explanation:
    """One piece of arithmetic in four forms.

    Attributes
    ----------
    text : str
        For a terminal; what `print` shows.
    html : str
        For a notebook.
    latex : str
        For a typeset page, without dollar signs.
    data : dict
        The numbers themselves, unrounded.
    """

    text: str
    html: str
    latex: str
    data: dict[str, Any]

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html

    def to_dict(self) -> dict[str, Any]:
        """Give the numbers themselves, unrounded."""
        return dict(self.data)


def shown(value: float) -> str:
    """Write a number as a person would: whole numbers whole, others to about three digits.

    Examples
    --------
    >>> [shown(v) for v in (7.0, 0.9990889488, -0.09999999999999987, 1234.5678, 0.00001234)]
    ['7', '0.999', '-0.1', '1235', '1.23e-05']
    """
    if not math.isfinite(value):
        return str(float(value))
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    size = abs(value)
    if 0.0005 <= size < 1e6:
        digits = 3 if size < 10 else 2 if size < 100 else 1 if size < 1000 else 0
        text = f"{value:.{digits}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:.3g}"


def closely(value: float, finest: float | None = None) -> str:
    """Write a number to five digits, so that arithmetic with it comes out as printed.

    Parameters
    ----------
    value : float
    finest : float, optional
        What the arithmetic leaves of it: the last of five digits of that is written too.

    Examples
    --------
    >>> closely(0.0028571428), closely(20.0), closely(1234567.8)
    ('0.0028571', '20', '1.23457e+06')
    >>> closely(1000.0004, 0.0003), closely(1000.0001, 0.0003)    # their difference to five digits
    ('1000.0004', '1000.0001')
    """
    if not math.isfinite(value) or (value == int(value) and abs(value) < 1e6):
        return shown(value)
    size = math.floor(math.log10(abs(value)))
    last = size - 4
    if finest and math.isfinite(finest):
        last = min(last, math.floor(math.log10(abs(finest))) - 4)
    return f"{value:.{max(size - last + 1, min(size + 1, 6))}g}"


def bracketed(number: str) -> str:
    """Write a number that follows an operator: in brackets where it is negative."""
    return f"({number})" if number.startswith("-") else number


def factor(value: float) -> str:
    """Write a number that follows an operator to about three digits."""
    return bracketed(shown(value))


def added(terms: Sequence[str]) -> str:
    """Join terms into a sum, a leading minus becoming the operator.

    Examples
    --------
    >>> added(["2·3", "-1·4", "5"])
    '2·3 - 1·4 + 5'
    """
    first, *rest = terms
    return first + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in rest)


def arithmetic(weights: Sequence[float], bias: float, x: Sequence[float], total: float) -> str:
    """Write out a weighted sum.

    Examples
    --------
    >>> arithmetic([0.0, 1.0], 4.0, [2.0, 3.0], 7.0)
    '0·2 + 1·3 + 4 = 7'
    """
    terms = [f"{shown(w)}·{factor(v)}" for w, v in zip(weights, x, strict=True)]
    return f"{added([*terms, shown(bias)])} = {shown(total)}"


LONGEST_LINE = 6
"""Inputs up to which the sum is written on one line; more of them, or named ones, make a table."""


def explain_answer(
    weights: Sequence[float],
    bias: float,
    x: Sequence[float],
    total: float,
    output: float,
    activation_name: str,
    names: Sequence[str] | None = None,
) -> Explanation:
    """Show how a neuron came to its answer.

    Parameters
    ----------
    weights, x : sequences of floats, of the same length
    bias, total, output : float
        `total` is the weighted sum, bias included.
    activation_name : str
    names : sequence of str, optional
        Names of the features; with them the sum becomes a table, the heaviest products first.

    Returns
    -------
    Explanation
    """
    labels = list(names) if names is not None else [f"x{j + 1}" for j in range(len(x))]
    terms = [{"name": n, "weight": w, "input": v, "product": w * v} for n, w, v in zip(labels, weights, x, strict=True)]
    rows = [(n, closely(w), closely(v), shown(w * v)) for n, w, v in zip(labels, weights, x, strict=True)]
    answer = f"{activation_name}({shown(total)}) = {shown(output)}"
    if activation_name == "step" and total == 0.0:
        answer += ", for a tie fires"
    if names is not None or len(x) > LONGEST_LINE:
        rows = [rows[j] for j in sorted(range(len(x)), key=lambda j: -abs(weights[j] * x[j]))]
        text = _text_table(rows, shown(bias), shown(total), answer)
    else:
        text = f"{arithmetic(weights, bias, x, total)} ; {answer}"
    return Explanation(
        text,
        _html_table(rows, shown(bias), shown(total), answer),
        _latex(weights, bias, x, total, output, activation_name),
        {"terms": terms, "bias": bias, "sum": total, "activation": activation_name, "output": output},
    )


def _text_table(rows: list[tuple[str, str, str, str]], bias: str, total: str, answer: str) -> str:
    cells = [*rows, ("bias", "", "", bias), ("sum", "", "", total)]
    name, weight, x, product = (max(len(row[k]) for row in cells) for k in range(4))
    lines = [f"{n:<{name}}  {w:>{weight}} · {v:>{x}} = {p:>{product}}" for n, w, v, p in rows]
    gap = " " * (weight + x + 8)
    sums = [f"{n:<{name}}{gap}{p:>{product}}" for n, _, _, p in cells[-2:]]
    return "\n".join([*lines, sums[0], "-" * len(sums[1]), sums[1], answer])


def _html_table(rows: list[tuple[str, str, str, str]], bias: str, total: str, answer: str) -> str:
    right = ' style="text-align:right"'
    body = "".join(
        f"<tr><th>{escape(n)}</th><td{right}>{w}</td><td{right}>{x}</td><td{right}>{p}</td></tr>" for n, w, x, p in rows
    )
    return (
        "<table><thead><tr><th>input</th><th>weight</th><th>value</th><th>weight · value</th></tr></thead>"
        f"<tbody>{body}<tr><th>bias</th><td></td><td></td><td{right}>{bias}</td></tr></tbody>"
        f"<tfoot><tr><th>sum</th><td></td><td></td><td{right}>{total}</td></tr>"
        f'<tr><th colspan="4">{escape(answer)}</th></tr></tfoot></table>'
    )


def _latex(weights: Sequence[float], bias: float, x: Sequence[float], total: float, output: float, name: str) -> str:
    terms = [rf"{shown(w)} \cdot {factor(v)}" for w, v in zip(weights, x, strict=True)]
    formula = activation(name).latex
    return (
        rf"z = {added([*terms, shown(bias)])} = {shown(total)}, "
        rf"\qquad a = \mathrm{{{name}}}(z) = {formula} = {shown(output)}"
    )
