"""What neurons or a network would answer between two steps: to the rows, and to every point of the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.watch.gradient_step import WholeStep
from glassneuron.learning.watch.network_step import NetworkStep
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.inference import weighted_sums
from glassneuron.neurons.network import Network


@dataclass(frozen=True, eq=False)
class Answers:
    """Weights and biases of neurons side by side, or a network, as they stand after a step."""

    W: Array
    b: Array
    network: Network | None = None

    def __call__(self, X: Array) -> Array:
        """Return the class of each row, as a position."""
        sums = weighted_sums(self.W, self.b, X) if self.network is None else self.network.forward(X)[0]
        return np.asarray(sums.argmax(axis=1) if sums.shape[1] > 1 else (sums[:, 0] >= 0.0).astype(np.intp))

    @property
    def lines(self) -> list[str]:
        """The weights in words."""
        if self.network is not None:
            layers = [(layer.weights, layer.biases) for layer in self.network.layers]
            return [_neuron(w, c, f"{l}.{k}") for l, (W, b) in enumerate(layers, 1)
                    for k, (w, c) in enumerate(zip(W, b.tolist(), strict=True), 1)]  # fmt: skip
        several = len(self.b) > 1
        return [
            _neuron(w, c, str(k) if several else "")
            for k, (w, c) in enumerate(zip(self.W, self.b.tolist(), strict=True), 1)
        ]


def _neuron(w: Array, b: float, which: str) -> str:
    weights = ", ".join(map(format_short, w[:6].tolist())) + (", ..." if len(w) > 6 else "")
    return f"{f'{which}: ' if which else ''}w ({weights})  b {format_short(b)}"


def after(steps: list[Any], i: int) -> Answers:
    """Return what answers after step number i of an epoch."""
    step = steps[i]
    if isinstance(step, NetworkStep):
        return Answers(np.empty(0), np.empty(0), step.after)
    if isinstance(step, WholeStep):
        return Answers(step.weights_after, step.bias_after)
    count = max(1, len(step.sums))
    first = i - step.neuron  # the neurons of a row take turns, and those to come have not moved yet
    group = steps[first : first + count]
    pairs = [
        (each.weights_after, each.bias_after) if each.neuron <= step.neuron else (each.weights_before, each.bias_before)
        for each in group
    ]
    return Answers(np.array([w for w, _ in pairs]), np.array([b for _, b in pairs]))
