"""With this package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network


def perceptron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Move toward each row that is missed."""
    from glassneuron.engine.backend import load

    textbook, (w, b) = load("python"), start
    for t in range(steps):
        x, target = X[t % len(X)], y[t % len(X)]
        textbook.perceptron_update(w, b, x, textbook.weighted_sum(w, b[0], x), target, rate, rate)
        yield w.copy(), b.copy()


def sigmoid_neuron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Go down the slope of the loss of each row."""
    w, b = start
    neuron = Network([Layer([w], b, "sigmoid")])
    for t in range(steps):
        _, slope = neuron.gradient(X[t % len(X)], [y[t % len(X)]], loss="cross_entropy")
        neuron = neuron.with_parameters(neuron.parameters - rate * slope)
        yield (neuron.parameters,)


def network(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Go down the slope of the mean loss of all rows."""
    W, b, V, c = start
    net = Network([Layer(W, b, "sigmoid"), Layer(V, c, "sigmoid")])
    for _ in range(steps):
        _, slope = net.gradient(X, y, loss="cross_entropy")
        net = net.with_parameters(net.parameters - rate * slope)
        yield (net.parameters,)
