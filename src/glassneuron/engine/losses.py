"""Losses by name: formula, derivative at the output, code in the kernels, source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glassneuron import checks
from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem


@dataclass(frozen=True)
class Loss:
    """What is known about one loss, for one example; formulas are in a (the output) and y (the target)."""

    name: str
    code: int  # its number in `engine.kernels`
    formula: str
    derivative: str  # the slope at one output
    latex: str  # the formula for a typeset page
    activations: tuple[str, ...]  # those of the last layer that it can judge; empty for any
    source: str


LOSSES: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        Loss(
            "squared_error", kernels.SQUARED_ERROR, "1/2 sum of (a_k - y_k)^2", "a_k - y_k",
            r"\frac{1}{2} \sum_k (a_k - y_k)^2", (),
            "Rumelhart, Hinton & Williams (1986), Nature 323:533",
        ),
        Loss(
            "cross_entropy", kernels.CROSS_ENTROPY,
            "sigmoid: -sum of (y_k ln a_k + (1 - y_k) ln(1 - a_k)); softmax: -sum of y_k ln a_k",
            "sigmoid: (a_k - y_k) / (a_k (1 - a_k)); softmax: -y_k / a_k",
            r"-\sum_k y_k \ln a_k", ("sigmoid", "softmax"),
            "Bishop (1995), Neural Networks for Pattern Recognition, chapter 6",
        ),
    )
}  # fmt: skip


def loss_for(name: str, activation: str, targets: Array | None = None) -> Loss:
    """Look a loss up by its name, for a last layer with this activation, and for targets of shape (rows, outputs)."""
    loss = LOSSES[checks.choice("loss", name, tuple(LOSSES))]
    if loss.activations and activation not in loss.activations:
        raise problem("loss", loss=name, activations=" or ".join(loss.activations), activation=activation)
    if loss.code == kernels.CROSS_ENTROPY and targets is not None and targets.size:
        _refuse_other_than_probabilities(activation, targets)
    return loss


def _refuse_other_than_probabilities(activation: str, Y: Array) -> None:
    if not (Y.min() >= 0.0 and Y.max() <= 1.0):
        row, k = np.argwhere(~((Y >= 0.0) & (Y <= 1.0)))[0].tolist()
        raise problem("shares", rule="probabilities, from 0 to 1", value=Y[row, k], row=row)
    if activation == "softmax":  # whose slope a_k - y_k takes a row's targets to add up to 1
        off = np.abs(Y @ np.ones(Y.shape[1], Y.dtype) - 1.0)  # ten times as fast as a sum along the rows
        row = int(off.argmax())
        if off[row] > 1e-4:  # float32 rounds
            raise problem("shares", rule="probabilities that sum to 1", value=Y[row].tolist(), row=row)
