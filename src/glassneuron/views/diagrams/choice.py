"""Which wires and neurons a picture shows, and what stands on them: the heaviest, with the rest counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.neurons.explain.numbers import format_factor, format_output, format_short
from glassneuron.views.diagrams.subject import DrawnLayer, Subject

MOST_INPUTS, MOST_NEURONS = 8, 6


@dataclass(frozen=True)
class Wire:
    """A wire into a neuron: what stands near it, what it says in words, how heavy it is, and where it comes from.

    `source` is a position among the shown sources, -1 for the rest of them, -2 for the constant 1.
    """

    label: str
    words: str
    weight: float
    source: int


REST, CONSTANT = -1, -2


@dataclass(frozen=True)
class Fan:
    """A neuron that is shown, with the wires into it; numbers are texts, empty while there is no row."""

    number: int
    wires: tuple[Wire, ...]
    sum: str
    output: str
    labels: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True, eq=False)
class Column:
    """A layer as it is shown: its sources by number, those that are not shown, its neurons, and how many more."""

    layer: DrawnLayer
    number: int
    sources: tuple[int, ...]
    names: tuple[str, ...]
    hidden_sources: int
    fans: tuple[Fan, ...]
    hidden_fans: int
    heaviest: float


def columns_of(subject: Subject) -> tuple[Column, ...]:
    """Choose what is shown of each layer, from the last to the first."""
    layers, shown = subject.layers, _outputs(subject)
    columns: list[Column] = []
    for l in range(len(layers) - 1, -1, -1):
        column = _column(subject, l, shown)
        columns.insert(0, column)
        shown = column.sources
    return tuple(columns)


def _outputs(subject: Subject) -> tuple[int, ...]:
    last = subject.layers[-1]
    count = len(last.biases)
    if count <= MOST_NEURONS:
        return tuple(range(count))
    if last.outputs is None:
        return tuple(range(MOST_NEURONS))
    ranked = sorted(range(count), key=lambda k: (k != subject.chosen, -abs(last.outputs[k])))  # type: ignore[index]
    return tuple(sorted(ranked[:MOST_NEURONS]))


def _column(subject: Subject, l: int, shown: tuple[int, ...]) -> Column:
    layer = subject.layers[l]
    x = subject.read if l == 0 else _values(subject.layers[l - 1])
    weights = layer.weights[list(shown)].astype(np.float64)
    weighed = weights
    if l == 0 and subject.scaling is not None and subject.folded:
        weighed = weights * subject.scaling.deviations  # in their own units, weights cannot be compared
    most = MOST_INPUTS if l == 0 else MOST_NEURONS
    sources = _heaviest(weighed, weights if x is None else weights * x, most)
    hidden = weights.shape[1] - len(sources)
    names = subject.names if l == 0 else [f"neuron {j + 1} of layer {l}" for j in range(weights.shape[1])]
    told = tuple(names[j] for j in sources)
    fans = tuple(_fan(subject, l, k, sources, told, x) for k in shown)
    heaviest = max((abs(wire.weight) for fan in fans for wire in fan.wires if wire.source != CONSTANT), default=0.0)
    return Column(layer, l + 1, sources, told, hidden, fans, len(layer.biases) - len(shown), heaviest)


def _values(layer: DrawnLayer) -> Array | None:
    return None if layer.outputs is None else np.array(layer.outputs)


def _heaviest(weights: Array, products: Array, most: int) -> tuple[int, ...]:
    """Choose the sources with the largest products or, while there is no row, the largest weights, in their order."""
    count = weights.shape[1]
    if count <= most:
        return tuple(range(count))
    keys = np.abs(weights).max(axis=0), np.abs(products).max(axis=0)
    return tuple(sorted(np.lexsort((np.arange(count), -keys[0], -keys[1]))[:most].tolist()))


def _fan(subject: Subject, l: int, k: int, sources: tuple[int, ...], names: Sequence[str], x: Array | None) -> Fan:
    layer = subject.layers[l]
    w = layer.weights[k].tolist()
    wires = [_wire(names[i], w[j], None if x is None else float(x[j]), i) for i, j in enumerate(sources)]
    if len(sources) < len(w):
        wires.append(_rest(w, sources, x))
    if subject.threshold is None:
        bias = format_short(float(layer.biases[k]))
        wires.append(Wire(f"bias {bias}", f"bias {bias}, from a constant 1", float(layer.biases[k]), CONSTANT))
    total = "" if layer.sums is None else format_short(layer.sums[k])
    output = "" if layer.outputs is None else format_output(layer.activation, layer.outputs[k])
    last = l == len(subject.layers) - 1
    return Fan(k, tuple(wires), total, output, subject.label(k) if last else (), last and k == subject.chosen)


def _wire(name: str, w: float, x: float | None, source: int) -> Wire:
    weight = format_short(w)
    if x is None:
        return Wire(weight, f"{name}: weight {weight}", w, source)
    product = format_short(w * x)
    words = f"{name}: weight {weight} times {format_short(x)} is {product}"
    return Wire(f"{weight} · {format_factor(x)} = {product}", words, w, source)


def _rest(w: list[float], sources: tuple[int, ...], x: Array | None) -> Wire:
    """Return the wire that stands for all sources that are not shown."""
    others = sorted(set(range(len(w))) - set(sources))
    heaviest = max((w[j] for j in others), key=abs)
    more = f"{len(others):,} more"
    if x is None:
        return Wire(f"heaviest {format_short(heaviest)}", f"{more}, the heaviest {format_short(heaviest)}", 0.0, REST)
    together = format_short(kernels.weighted_sum([w[j] for j in others], 0.0, [float(x[j]) for j in others]))
    words = f"{more}, the heaviest weight {format_short(heaviest)}, together {together}"
    return Wire(f"together {together}", words, 0.0, REST)
