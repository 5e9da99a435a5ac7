"""Neurons of zeros and ones as a circuit: a Verilog module of comparators, in whole numbers and so exact."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from glassneuron.errors import problem
from glassneuron.interop.export.description import Description, one_line
from glassneuron.neurons.layer import Layer

EXACT = 2**53  # whole numbers up to here are exact in double precision
RESERVED = """always and assign begin buf case const default else end endcase endfunction endmodule for function if
initial inout input integer module nand nor not or output parameter reg signed time tri wand while wire wor xnor xor"""


def verilog_code(model: Description, name: str = "neuron") -> str:
    """Return a module with one input bit for each feature.

    A model with labels gives the position of its label; anything else the bits of the last layer.
    """
    _refuse_unfit(model)
    inputs = _identifiers(model.names)
    lines = [f"  // input {bit}: {one_line(feature)}" for bit, feature in zip(inputs, model.names, strict=True)]
    bits = [f"{{1'b0, {bit}}}" for bit in inputs]
    last = len(model.layers)
    for n, layer in enumerate(model.layers, 1):
        whole = n == last and model.decide == "largest"
        lines.append(f"  // layer {n}: {'sums' if whole else 'a bit is 1 where its sum reaches the threshold'}")
        for k, (weights, bias) in enumerate(zip(layer.weights.tolist(), layer.biases.tolist(), strict=True), 1):
            width = _width(weights, bias)
            terms = [f"{_whole(w, width)} * $signed({bit})" for w, bit in zip(weights, bits, strict=True) if w] or ["0"]
            total = " + ".join(terms)
            if whole:
                lines.append(f"  wire signed [{width - 1}:0] s{n}_{k} = {total} + {_whole(bias, width)};")
            else:
                lines.append(f"  wire signed [{width - 1}:0] s{n}_{k} = {total};")
                least = math.floor(-bias) + 1 if n == last and model.decide == "above" else math.ceil(-bias)
                lines.append(f"  wire a{n}_{k} = s{n}_{k} >= {_whole(least, width)};")
        bits = [f"{{1'b0, a{n}_{k}}}" for k in range(1, len(layer.biases) + 1)]
    ports = [f"input wire {bit}" for bit in inputs]
    head = "".join(f"// {one_line(line)}\n" for line in model.said)
    if model.classes is not None:
        head += "".join(f"// label {k}: {one_line(str(label))}\n" for k, label in enumerate(model.classes))
        bits_of_label = max(1, (len(model.classes) - 1).bit_length())
        ports.append(f"output wire [{bits_of_label - 1}:0] label")
        lines.append(f"  assign label = {_label(model, last, bits_of_label)};")
    else:
        ports += [f"output wire y{k}" for k in range(1, model.outputs + 1)]
        lines += [f"  assign y{k} = a{last}_{k};" for k in range(1, model.outputs + 1)]
    listed = ",\n  ".join(ports)
    return f"{head}module {_identifiers([name])[0]} (\n  {listed}\n);\n" + "\n".join(lines) + "\nendmodule\n"


def _refuse_unfit(model: Description) -> None:
    target = "a circuit"
    model.without_dates(target, "it reads zeros and ones")
    if model.products:
        raise problem("cannot-hold", target=target, part="a product of features", why="it reads zeros and ones")
    if model.scaling is not None:
        raise problem("cannot-hold", target=target, part="features on one scale", why="it reads zeros and ones")
    if model.classes is None and model.value.__class__.__name__ == "Model":
        raise problem("cannot-hold", target=target, part="an answer that is a number", why="it answers with bits")
    if model.probable:
        raise problem("cannot-hold", target=target, part="probabilities", why="it answers with bits")
    for n, layer in enumerate(model.layers, 1):
        decides = n == len(model.layers) and model.decide
        if layer.activation != "step" and not decides:
            part = f"{layer.activation} neurons in layer {n}"
            raise problem("cannot-hold", target=target, part=part, why="only steps pass bits on")
        parts = [layer.weights, layer.biases] if decides == "largest" else [layer.weights]
        fraction = next((float(w) for part in parts for w in part.flat if w != round(w)), None)
        if fraction is not None:
            part = f"the weight {fraction:.6g} in layer {n}"
            raise problem("cannot-hold", target=target, part=part, why="it counts in whole numbers")
        if _largest(layer) > EXACT:
            raise problem("cannot-hold", target=target, part=f"sums in layer {n} beyond 2^53", why="they are not exact")


def _largest(layer: Layer) -> float:
    return float((np.abs(layer.weights).sum(axis=1) + np.abs(layer.biases)).max())


def _width(weights: Sequence[float], bias: float) -> int:
    """Return how many bits hold every sum, with its sign."""
    return math.ceil(sum(map(abs, weights)) + abs(bias) + 1).bit_length() + 1


def _whole(value: float, width: int) -> str:
    return f"{'-' if value < 0 else ''}{width}'sd{abs(int(value))}"


def _label(model: Description, last: int, bits: int) -> str:
    if model.decide == "only":
        return f"{bits}'d0"
    if model.decide in ("fires", "above"):
        return f"a{last}_1"
    s = [f"s{last}_{k}" for k in range(1, model.outputs + 1)]
    text = f"{bits}'d{len(s) - 1}"
    for k in reversed(range(len(s) - 1)):  # the first of the largest sums
        wins = " && ".join(f"{s[k]} >= {other}" for other in s[k + 1 :])
        text = f"({wins}) ? {bits}'d{k} : {text}"
    return text


def _identifiers(names: Sequence[str]) -> list[str]:
    """Return a different name for each, of letters, digits and underscores."""
    made: list[str] = []
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
        plain = plain if re.match(r"[A-Za-z_]", plain) else f"x_{plain}"
        own = plain == "label" or re.fullmatch(r"[ays]\d+(_\d+)?", plain)
        if own or plain in made or plain.lower() in RESERVED.split():
            plain += f"_{len(made) + 1}"
        while plain in made:
            plain += "_"
        made.append(plain)
    return made
