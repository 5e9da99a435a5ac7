"""How steep a loss is bent, and the learning rate that this allows."""

from __future__ import annotations

import math

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.network import Network

ROWS, ROUNDS, STEP = 500, 12, 1e-4


def suggested_rate(network: Network, X: Array, Y: Array, loss: str) -> float:
    r"""Suggest a rate for plain steps downhill: one over the largest curvature where the network stands.

    Steps longer than 2 / curvature overshoot further each time. The largest eigenvalue of the Hessian is found by power
    iteration on gradients a little ahead and behind, :math:`H v \approx (g(\theta + h v) - g(\theta - h v)) / 2h`.

    References
    ----------
    LeCun, Simard & Pearlmutter (1993), NIPS 5: Automatic learning rate maximization.

    Examples
    --------
    >>> from glassneuron.neurons.layer import Layer
    >>> line = Network([Layer([[0.0]], [0.0], "linear")])
    >>> round(suggested_rate(line, np.array([[3.0]]), np.array([[1.0]]), "squared_error"), 6)  # 1 / (3^2 + 1^2)
    0.1
    """
    X, Y = X[:ROWS].astype(np.float64), Y[:ROWS].astype(np.float64)
    theta = network.parameters.astype(np.float64)
    v = np.random.default_rng(0).normal(size=len(theta))
    v /= np.linalg.norm(v)
    curvature = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(ROUNDS):
            ahead, behind = (
                network.with_parameters(theta + side * STEP * v).gradient(X, Y, loss=loss)[1] for side in (1.0, -1.0)
            )
            Hv = (ahead - behind) / (2.0 * STEP)
            curvature = float(np.linalg.norm(Hv))
            if not math.isfinite(curvature) or curvature == 0.0:
                break
            v = Hv / curvature
    return 1.0 / curvature if curvature > 0.0 else math.inf
