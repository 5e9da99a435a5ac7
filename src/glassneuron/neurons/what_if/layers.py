"""Layers: rewritten for steps away from a row, taken as linear, and by how much rounding may move their sums."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.activations import activation
from glassneuron.engine.arrays import Array

Layers = tuple[tuple[Array, Array, str], ...]
"""Weights, biases and activation of each layer, the first of which reads rows in the table's units."""
UNIT = 2.0**-53
FEW = 64  # products of which it is looked at whether they add up exactly


def layers_from(layers: Layers, row: Array, scale: Array) -> Layers:
    """Rewrite layers for steps u away from a row, in units of `scale`: the row's features are row + scale · u."""
    (W, b, activation), *others = layers
    W = W.astype(np.float64)
    return ((W * scale, W @ row + b, activation), *others)


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
        a = kernels.activations_at_once(activation(name).code, z[np.newaxis])[0]
        slopes = slopes * _slopes(name, z)[:, np.newaxis]
        z, slopes, name = W @ a + b, W @ slopes, following
    return z, slopes


def _slopes(name: str, z: Array) -> Array:
    """Return how steep an activation is at sums; a sigmoid stands for a step."""
    if name == "relu":
        return (z > 0.0).astype(np.float64)
    kernels, code = backend.load("python"), activation("sigmoid" if name == "step" else name).code
    return np.broadcast_to(
        kernels.activation_derivative(code, z, kernels.activations_at_once(code, z[np.newaxis])[0]), z.shape
    )


def sums_and_errors(
    layers: Layers, row: Array, means: Array | None = None, *, exactly: bool = False
) -> tuple[Array, Array] | None:
    """Return the last layer's sums and by how much rounding may move each; None if it may move a step neuron's answer.

    Alone, in a table or by compiled code, the products of a row are added up in another order, and a sum near a
    boundary may then come out on its other side.

    Parameters
    ----------
    layers : Layers
    row : ndarray of shape (features,)
    means : ndarray of shape (features,), optional
        What a model may subtract from the row before it is read.
    exactly : bool
        Look whether the last sums need no rounding at all; this takes a while.

    Examples
    --------
    >>> layers = ((np.array([[1.0, 1.0]]), np.array([-1.0]), "step"),)
    >>> sums_and_errors(layers, np.array([0.5, 0.5]), exactly=True)    # in whole steps of 1/2: no rounding at all
    (array([0.]), array([0.]))
    >>> sums_and_errors(layers, np.array([0.1, 0.9]))[1] > 0.0
    array([ True])
    """
    a, error = row, np.zeros(len(row))
    size = np.abs(row) if means is None else np.abs(row) + np.abs(means)
    for l, (W, b, name) in enumerate(layers):
        W = W.astype(np.float64, copy=False)
        z = W @ a + b
        may = 2.0 * (W.shape[1] + 2) * UNIT * (np.abs(W) @ size + np.abs(b)) + np.abs(W) @ error
        if W.shape[1] <= FEW and not error.any():
            for k in (
                np.flatnonzero((np.abs(z) <= may) & (may > 0.0))
                if l < len(layers) - 1
                else range(len(z))
                if exactly
                else ()
            ):
                if _adds_up_exactly(W[k], float(b[k]), a):
                    may[k] = 0.0
        if l == len(layers) - 1:
            return z, may
        if name == "step":
            if ((np.abs(z) <= may) & (may > 0.0)).any():
                return None
            a, error = (z >= 0.0).astype(np.float64), np.zeros(len(z))
        else:
            bent = {"relu": np.maximum(z, 0.0), "tanh": np.tanh(z), "linear": z}
            with np.errstate(over="ignore"):
                a = bent[name] if name in bent else 1.0 / (1.0 + np.exp(-z))
            error = may + 4.0 * UNIT  # no activation is steeper than 1
        size = np.abs(a)
    return None


def _adds_up_exactly(w: Array, b: float, x: Array) -> bool:
    """Return whether products and sums are whole multiples of one grain, and few enough for a float to hold them."""
    products = zip(w.tolist(), x.tolist(), strict=True)
    terms = [*(Fraction(p) * Fraction(q) for p, q in products), Fraction(b)]
    grain = max(term.denominator for term in terms)  # all are powers of 2
    return sum(abs(term.numerator) * (grain // term.denominator) for term in terms) < 2**53
