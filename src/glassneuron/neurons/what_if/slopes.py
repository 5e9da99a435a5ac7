"""A network at one point, as if it were linear: its last sums, and their slopes in every feature."""

from __future__ import annotations

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.activations import activation
from glassneuron.engine.arrays import Array
from glassneuron.neurons.what_if.question import Layers


def linearised(layers: Layers, x: Array) -> tuple[Array, Array]:
    """Return the last layer's sums, and their slopes, of shape (outputs, features), by the chain rule.

    A step has no slope; that of a sigmoid stands for it, which points the same way.

    Examples
    --------
    >>> layers = ((np.array([[1.0, 2.0]]), np.zeros(1), "relu"), (np.array([[3.0]]), np.zeros(1), "linear"))
    >>> linearised(layers, np.array([1.0, 1.0]))
    (array([9.]), array([[3., 6.]]))
    """
    kernels = backend.load("python")
    (W, b, name), *others = layers
    z, slopes = W @ x + b, np.asarray(W, np.float64)
    for W, b, following in others:
        sums = z.tolist()
        a = np.array([kernels.activate(activation(name).code, each) for each in sums])
        bend = activation("sigmoid" if name == "step" else name).code
        pairs = [(each, kernels.activate(bend, each)) for each in sums]
        slopes = slopes * np.array([kernels.activation_derivative(bend, *pair) for pair in pairs])[:, np.newaxis]
        z, slopes, name = W @ a + b, W @ slopes, following
    return z, slopes
