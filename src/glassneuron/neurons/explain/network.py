"""The arithmetic of a network: every sum of the forward pass, every gradient of the backward pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.activations import activation
from glassneuron.engine.arrays import Array
from glassneuron.engine.losses import Loss
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.explain.numbers import (
    format_exact,
    format_factor,
    format_output,
    format_short,
    in_brackets,
    join_terms,
    write_sum,
)
from glassneuron.neurons.layer import Layer

LONGEST_SUM = 12  # products up to which a sum is written out; of a longer one the largest are shown
MOST_NEURONS = 40  # of a layer that are written out; of more, those with the largest weights in the next layer


class Pass:
    """The forward pass of one row, and with a target the backward pass too, by the kernels.

    Lists over the layers: sums Z, activations A (A[0] is the row) and gradients D of the loss with respect to the sums,
    each of shape (1, neurons), and gW and gb, those with respect to weights and biases.
    """

    def __init__(
        self, layers: Sequence[Layer], row: Array, target: Array | None = None, loss: Loss | None = None
    ) -> None:
        kernels = backend.load("python")
        W = [layer.weights.astype(row.dtype) for layer in layers]
        b = [layer.biases.astype(row.dtype) for layer in layers]
        codes = np.array([activation(layer.activation).code for layer in layers])
        self.Z, self.D, outputs = ([np.zeros((1, len(bias)), row.dtype) for bias in b] for _ in range(3))
        self.A = [row[np.newaxis], *outputs]
        self.gW, self.gb = [np.zeros_like(w) for w in W], [np.zeros_like(bias) for bias in b]
        none = [np.empty((0, len(bias)), row.dtype) for bias in b[:-1]]
        self.loss = 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            if target is None or loss is None:
                kernels.forward(W, b, codes, none, self.Z, self.A)
            else:
                targets, passes = (target[np.newaxis], np.ones(1, row.dtype)), (self.Z, self.A, self.D)
                self.loss = float(
                    kernels.forward_and_backward((W, b, codes), loss.code, none, targets, passes, (self.gW, self.gb))
                )


def explain(layers: Sequence[Layer], row: Array, input_names: Sequence[str] | None) -> Explanation:
    """Write out the forward pass."""
    way = Pass(layers, row)
    text, html, latex, data = [], [], [], []
    for l, layer in enumerate(layers):
        x, z, a = way.A[l][0].tolist(), way.Z[l][0].tolist(), way.A[l + 1][0].tolist()
        reads = "x" if l == 0 else f"layer {l}"
        kind = f"{len(z)} {layer.activation} neuron{'s' * (len(z) != 1)}"
        text.append(f"layer {l + 1}, {kind}, reads {reads}")
        if layer.activation == "softmax":
            text[-1] += f"; each {'e^z' if _small(z) else 'e^(z - largest z)'} is divided by the sum of them all"
        names = input_names if l == 0 else [f"neuron {j + 1}" for j in range(len(x))]
        neurons: list[dict[str, Any]] = []
        told = _told(layers, l)
        for k, (w, b) in enumerate(zip(layer.weights.tolist(), layer.biases.tolist(), strict=True)):
            neurons.append({"weights": w, "bias": b, "sum": z[k], "output": a[k]})
            if k not in told:
                continue
            share = f" = {_share(z, k)}" if layer.activation == "softmax" else ""
            output = format_output(layer.activation, a[k])
            total, answer = _sum(w, b, x, z[k], names), f"{layer.activation}({format_short(z[k])}){share} = {output}"
            text.append(f"  neuron {k + 1}  {total} ; {answer}")
            html.append(_row(l, k, total, answer))
            applied = rf"\mathrm{{{layer.activation}}}({format_short(z[k])})"
            latex.append(rf"a^{{({l + 1})}}_{{{k + 1}}} &= {applied} = {output}")
        if len(told) < len(z):
            text.append(f"  and {len(z) - len(told):,} more, which weigh less in layer {l + 2}")
        data.append({"layer": l + 1, "activation": layer.activation, "inputs": x, "neurons": neurons})
    return Explanation(
        "\n".join(text),
        _table("sum", "activation", html),
        _aligned(latex),
        {"layers": data, "output": way.A[-1][0].tolist()},
    )


def _small(z: list[float]) -> bool:
    """Return whether e^z can be written as it is; for larger sums the largest is subtracted first."""
    return max(map(abs, z)) < 10.0


def _share(z: list[float], k: int) -> str:
    """Write out the quotient that a softmax neuron answers with, such as 'e^1 / 3.7183'."""
    if _small(z):
        return f"e^{format_short(z[k])} / {format_exact(sum(map(math.exp, z)))}"
    top = max(z)
    power = f"{format_exact(z[k], 1.0)} - {in_brackets(format_exact(top, 1.0))}"
    return f"e^({power}) / {format_exact(sum(math.exp(other - top) for other in z))}"


def _told(layers: Sequence[Layer], l: int) -> set[int]:
    """Choose the neurons of a layer that are written out: all of the last one, and of the others not too many."""
    count = len(layers[l].biases)
    if count <= MOST_NEURONS or l == len(layers) - 1:
        return set(range(count))
    weight = np.abs(layers[l + 1].weights).max(axis=0)
    return set(np.argsort(-weight, kind="stable")[:MOST_NEURONS].tolist())


def explain_gradient(layers: Sequence[Layer], row: Array, target: Array, loss: Loss) -> Explanation:
    """Write out the backward pass: the gradient at each output, at each sum, at each weight and bias."""
    way = Pass(layers, row, target, loss)
    outputs, y = way.A[-1][0].tolist(), target.tolist()
    answers = [format_output(layers[-1].activation, a) for a in outputs]
    text = [
        f"loss  {loss.formula} = {format_short(way.loss)}",
        f"      target ({', '.join(map(format_short, y))}), output ({', '.join(answers)})",
    ]
    html: list[str] = []
    latex = [rf"L &= {loss.latex} = {format_short(way.loss)}"]
    data: list[dict[str, Any]] = []
    for l in range(len(layers) - 1, -1, -1):
        layer = layers[l]
        text.append(f"layer {l + 1}, {layer.activation}: dL/dz, then dL/dw = dL/dz · what the weight multiplied")
        x, d = way.A[l][0].tolist(), way.D[l][0].tolist()
        neurons: list[dict[str, Any]] = []
        for k in range(len(d)):
            reason = _slope_at_sum(layers, way, l, k, y, loss)
            text.append(f"  neuron {k + 1}  dL/dz = {reason} = {format_short(d[k])}")
            lines = [
                f"dL/dw{j + 1} = {format_factor(d[k])}·{format_factor(x[j])} = {format_short(g)}"
                for j, g in enumerate(way.gW[l][k][:LONGEST_SUM].tolist())
            ]
            lines += [f"and {len(x) - LONGEST_SUM} more"] if len(x) > LONGEST_SUM else []
            text += [f"            {line}" for line in [*lines, f"dL/db = {format_short(d[k])}"]]
            html.append(_row(l, k, reason, format_short(d[k])))
            latex.append(rf"\frac{{\partial L}}{{\partial z^{{({l + 1})}}_{{{k + 1}}}}} &= {format_short(d[k])}")
            neurons.append({"slope_at_sum": d[k], "slope_at_weights": way.gW[l][k].tolist(), "slope_at_bias": d[k]})
        data.append({"layer": l + 1, "activation": layer.activation, "inputs": x, "neurons": neurons})
    return Explanation(
        "\n".join(text),
        _table("dL/dz, by the chain rule", "", html),
        _aligned(latex),
        {"loss": way.loss, "loss_name": loss.name, "target": y, "output": outputs, "layers": data},
    )


def _slope_at_sum(layers: Sequence[Layer], way: Pass, l: int, k: int, y: list[float], loss: Loss) -> str:
    a, name = way.A[l + 1][0].tolist(), layers[l].activation
    if l == len(layers) - 1:
        answers = [format_output(name, each) for each in a]
        error = f"{answers[k]} - {format_factor(y[k])}"
        if loss.name == "cross_entropy":
            return error
        if name == "softmax":
            terms = [f"({o} - {format_factor(t)})·{o}" for o, t in zip(answers, y, strict=True)]
            return f"{answers[k]}·(({error}) - ({' + '.join(terms)}))"
        blame, several = error, False
    else:
        behind, d = layers[l + 1].weights[:, k].tolist(), way.D[l + 1][0].tolist()
        terms = [f"{format_short(s)}·{format_factor(w)}" for s, w in zip(d, behind, strict=True)]
        more = f" + {len(terms) - LONGEST_SUM} more" if len(terms) > LONGEST_SUM else ""
        blame, several = join_terms(terms[:LONGEST_SUM]) + more, len(terms) > 1
    if name == "linear":
        return f"({blame})" if several else blame
    return f"({blame})·{_slope(name, way.Z[l][0, k], a[k])}"


def _slope(name: str, z: float, a: float) -> str:
    if name == "sigmoid":
        return f"{format_output(name, a)}·(1 - {format_output(name, a)})"
    if name == "tanh":
        return f"(1 - {format_factor(float(a))}²)"
    return format_short(float(backend.load("python").activation_derivative(activation(name).code, float(z), float(a))))


def _sum(w: list[float], b: float, x: list[float], total: float, names: Sequence[str] | None) -> str:
    if len(w) <= LONGEST_SUM:
        return write_sum(w, b, x, total)
    heaviest = sorted(range(len(w)), key=lambda j: -abs(w[j] * x[j]))[: LONGEST_SUM // 2]
    labels = names or [f"x{j + 1}" for j in range(len(w))]
    terms = [f"{format_short(w[j])}·{format_factor(x[j])} ({labels[j]})" for j in heaviest]
    rest = total - b - sum(w[j] * x[j] for j in heaviest)
    terms += [f"{format_short(rest)} ({len(w) - len(heaviest)} more)", format_short(b)]
    return f"{join_terms(terms)} = {format_short(total)}"


def _row(l: int, k: int, *cells: str) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in (str(l + 1), str(k + 1), *cells)) + "</tr>"


def _table(third: str, fourth: str, rows: list[str]) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("layer", "neuron", third, fourth))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _aligned(lines: list[str]) -> str:
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"


def summary(layers: Sequence[Layer]) -> str:
    """List the layers."""
    rows = [["layer", "neurons", "inputs", "activation", "weights", "biases"]]
    for l, layer in enumerate(layers, 1):
        neurons, inputs = layer.weights.shape
        rows.append(
            [f"{l}", f"{neurons:,}", f"{inputs:,}", layer.activation, f"{layer.weights.size:,}", f"{neurons:,}"]
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = [
        [cell.ljust(w) if w_at == 3 else cell.rjust(w) for w_at, (cell, w) in enumerate(zip(row, widths, strict=True))]
        for row in rows
    ]
    parameters = sum(layer.weights.size + layer.biases.size for layer in layers)
    return "\n".join([*map("  ".join, aligned), f"{parameters:,} parameters, {layers[0].weights.dtype}"])
