"""The arithmetic of one answer in four forms: text, HTML, LaTeX, dict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from glassneuron.display import Displayed
from glassneuron.engine.activations import activation
from glassneuron.neurons.explain.numbers import (
    format_exact,
    format_factor,
    format_output,
    format_short,
    join_terms,
    write_sum,
)


@dataclass(frozen=True)
class Explanation(Displayed):
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

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers themselves, unrounded."""
        return dict(self.data)


LONGEST_LINE = 6  # inputs up to which the sum is written on one line; more inputs, or named ones, make a table


def explain_answer(
    weights: Sequence[float],
    bias: float,
    x: Sequence[float],
    total: float,
    output: float,
    activation_name: str,
    names: Sequence[str] | None = None,
) -> Explanation:
    """Write out how a neuron came to its answer; `total` is the weighted sum, bias included.

    With names of the features the sum becomes a table, the largest products first.
    """
    labels = list(names) if names is not None else [f"x{j + 1}" for j in range(len(x))]
    terms = [{"name": n, "weight": w, "input": v, "product": w * v} for n, w, v in zip(labels, weights, x, strict=True)]
    rows = [
        (n, format_exact(w), format_exact(v), format_short(w * v)) for n, w, v in zip(labels, weights, x, strict=True)
    ]
    answer = f"{activation_name}({format_short(total)}) = {format_output(activation_name, output)}"
    if activation_name == "step" and total == 0.0:
        answer += ", for a tie fires"
    if names is not None or len(x) > LONGEST_LINE:
        rows = [rows[j] for j in sorted(range(len(x)), key=lambda j: -abs(weights[j] * x[j]))]
        text = _text_table(rows, format_short(bias), format_short(total), answer)
    else:
        text = f"{write_sum(weights, bias, x, total)} ; {answer}"
    products = [rf"{format_short(w)} \cdot {format_factor(v)}" for w, v in zip(weights, x, strict=True)]
    latex = (
        rf"z = {join_terms([*products, format_short(bias)])} = {format_short(total)}, \qquad a = "
        rf"\mathrm{{{activation_name}}}(z) = {activation(activation_name).latex} = "
        rf"{format_output(activation_name, output)}"
    )
    return Explanation(
        text,
        _html_table(rows, format_short(bias), format_short(total), answer),
        latex,
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
