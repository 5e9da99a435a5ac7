"""A diagram in words, for who cannot see it: all that it shows, and nothing that it does not."""

from __future__ import annotations

from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.diagrams.choice import Column, Fan
from glassneuron.views.diagrams.subject import Subject


def title_of(subject: Subject) -> str:
    """Say in some words what a picture shows."""
    layers, inputs = subject.layers, subject.layers[0].weights.shape[1]
    reads = f"{inputs:,} input{'s' * (inputs != 1)}"
    if subject.threshold is not None:
        return f"A McCulloch-Pitts neuron with {reads}"
    if len(layers) == 1:
        count, name = len(layers[0].biases), layers[0].activation
        return f"A {name} neuron with {reads}" if count == 1 else f"{count:,} {name} neurons with {reads}"
    sizes = ", ".join(f"{len(layer.biases):,} {layer.activation}" for layer in layers)
    return f"A network with {reads} and layers of {sizes} neurons"


def text_of(subject: Subject, columns: tuple[Column, ...], skipped: int) -> str:
    """Say what a picture shows, line by line."""
    lines = [f"{title_of(subject)}."]
    if subject.other is not None:
        lines += _scaled(subject, columns[0])
    half = len(columns) // 2
    for n, column in enumerate(columns):
        if skipped and n == half:
            lines.append(f"{skipped} more layers are not shown.")
        if len(subject.layers) > 1:
            lines.append(f"Layer {column.number}, {column.layer.activation}:")
        for fan in column.fans:
            lines += _neuron(subject, column, fan)
        if column.hidden_fans:
            lines.append(f"{column.hidden_fans:,} more neurons are not shown.")
    return "\n".join(lines)


def _scaled(subject: Subject, column: Column) -> list[str]:
    assert subject.read is not None
    assert subject.other is not None
    lines = ["The features were scaled:"]
    for j, name in zip(column.sources, column.names, strict=True):
        pair = (float(subject.read[j]), float(subject.other[j]))
        value, scaled = pair if subject.folded else pair[::-1]
        lines.append(f"  {name}: {format_short(value)}, scaled {format_short(scaled)}")
    return lines


def _neuron(subject: Subject, column: Column, fan: Fan) -> list[str]:
    alone = len(column.layer.biases) == 1
    lines = [] if alone and len(subject.layers) == 1 else [f"Neuron {fan.number + 1}:"]
    lines += [f"  {wire.words}" for wire in fan.wires]
    if subject.threshold is not None:
        lines.append(f"  threshold {format_short(subject.threshold)}: it fires from this sum on")
    if fan.sum:
        applied = "so it answers" if subject.threshold is not None else f"{column.layer.activation}({fan.sum}) ="
        lines.append(f"  the sum is {fan.sum}; {applied} {fan.output}")
    if fan.labels:
        lines.append(f"  {', '.join(fan.labels)}")
    return lines
