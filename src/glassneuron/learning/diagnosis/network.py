"""What went wrong in a training, in plain sentences: what it is, how it shows, what to do about it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.backpropagation import Backpropagation, identical_layers
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.diagnosis.table import ROWS, Sample, constant_columns, far_apart
from glassneuron.learning.history import History
from glassneuron.neurons.network import Network

FLAT = 0.01
"""Slope of a squashing activation, as a share of its steepest, under which it counts as saturated."""
MOST = 0.95
"""Fraction of the rows for which a neuron has to be saturated, and of the loss of a constant answer that is left on a
plateau."""
LEARNED = 0.1
"""Fraction of the loss of a constant answer under which a network has learned, whatever its neurons look like."""
NOTHING = 0.1
"""Correlation under which one feature alone tells nothing."""


def diagnose(algorithm: Backpropagation, history: History) -> list[Finding]:
    """Look for what keeps a network from learning.

    Parameters
    ----------
    algorithm : Backpropagation
        As the training left it.
    history : History

    Returns
    -------
    list of Finding
        Empty where nothing stands out.

    Examples
    --------
    >>> from glassneuron.learning.dataset import Dataset
    >>> from glassneuron.learning.settings import NetworkSettings
    >>> data = Dataset(np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]]))
    >>> algorithm = Backpropagation(data, NetworkSettings(), Network.random([1, 2, 1], start="zero"))
    >>> for finding in diagnose(algorithm, History(losses=[0.69])):
    ...     print(finding.what)
    identical neurons
    plateau
    """
    if history.diverged:
        what, _, fix = history.why_stopped.partition("; ")
        return [Finding("divergence", what, f"{fix[:1].upper()}{fix[1:]}.")]
    network, data = algorithm.trained(), algorithm.data
    step = max(1, len(data.X) // ROWS)
    X, Y = data.X[::step], data.y[::step]
    weights, rule = (data.sample_weight[::step] if len(data.sample_weight) else None), algorithm.settings
    loss, constant = mean_loss(network, X, Y, rule.loss, weights), constant_loss(network, Y, rule.loss, weights)
    learned = loss <= LEARNED * constant
    findings = [*_dead(network, X, learned), *_alike(network)]
    if not learned:
        findings += far_apart(
            Sample.of(X),
            "one learning rate is too large for the first or too small for the second",
            "Bring the features to one scale, such as with StandardScaler.",
        )
        findings += [*constant_columns(Sample.of(X)), *_saturated(network, X)]
    if loss > MOST * constant > 0.0:
        findings.append(_plateau(network, X, Y, loss, constant))
    return findings


def mean_loss(network: Network, X: Array, Y: Array, loss: str, weights: Array | None = None) -> float:
    """Return the mean loss of a network's answers, as it stands; an answer of 0 to what is true counts as 1e-300."""
    A = np.asarray(network.feedforward(X), dtype=np.float64).reshape(Y.shape)
    if loss == "squared_error":
        losses = 0.5 * ((A - Y) ** 2).sum(axis=1)
    else:
        if network.activations[-1] != "softmax":
            A, Y = np.hstack([A, 1.0 - A]), np.hstack([Y, 1.0 - Y])
        losses = -(Y * np.log(np.maximum(A, 1e-300))).sum(axis=1)
    return float(np.average(losses, weights=weights))


def constant_loss(network: Network, Y: Array, loss: str, weights: Array | None = None) -> float:
    """Return the mean loss of the best answer that is the same for every row: the mean of the targets.

    Examples
    --------
    >>> constant_loss(Network.random([2, 1]), np.array([[0.0], [1.0]]), "cross_entropy") == math.log(2)
    True
    """
    mean = np.average(Y, axis=0, weights=weights).astype(np.float64)
    if loss == "squared_error":
        return float(0.5 * np.average((Y - mean) ** 2, axis=0, weights=weights).sum())
    shares = mean if network.activations[-1] == "softmax" else np.concatenate([mean, 1.0 - mean])
    return float(-sum(p * math.log(p) for p in shares.tolist() if p > 0.0))


def _hidden(network: Network, X: Array) -> Iterator[tuple[int, str, Array]]:
    """Yield each hidden layer's number, activation and answers."""
    used = 0
    for l, layer in enumerate(network.layers[:-1], 1):
        used += layer.weights.size + layer.biases.size
        front = Network.of_parameters(network.parameters[:used].copy(), network.sizes[: l + 1], network.activations[:l])
        yield l, layer.activation, np.asarray(front.feedforward(X)).reshape(len(X), -1)


def _dead(network: Network, X: Array, learned: bool) -> Iterator[Finding]:
    for l, activation, A in _hidden(network, X):
        dead = int((A == 0.0).all(axis=0).sum()) if activation == "relu" else 0
        if dead > 0:
            yield Finding(
                "dead neurons",
                f"{dead} of the {A.shape[1]} relu neurons of layer {l} answer 0 to every row, so that no gradient "
                "reaches their weights",
                "The others learned it without them: a smaller layer will do."
                if learned
                else "Lower the learning rate, or start from other random weights; tanh neurons do not die.",
            )


def _alike(network: Network) -> Iterator[Finding]:
    for l in identical_layers(network, tolerance=1e-6):
        yield Finding(
            "identical neurons",
            f"the {network.sizes[l]} neurons of layer {l} have the same weights: they started alike, get equal "
            "gradients and count as one",
            "Start from random weights: start='glorot'.",
        )


def _saturated(network: Network, X: Array) -> Iterator[Finding]:
    for l, activation, A in _hidden(network, X):
        if activation not in ("sigmoid", "tanh"):
            continue
        slope = 4.0 * A * (1.0 - A) if activation == "sigmoid" else 1.0 - A**2
        stuck = int(((slope < FLAT).mean(axis=0) >= MOST).sum())
        if stuck > 0:
            widest = float(np.abs(X).max())
            yield Finding(
                "saturation",
                f"{stuck} of the {A.shape[1]} {activation} neurons of layer {l} answer at the end of their range to "
                f"{MOST:.0%} of the rows or more, where the slope is nearly 0; the features reach {widest:.3g}",
                "Bring the features to one scale around 0, such as with StandardScaler, or start from smaller weights.",
            )


def _plateau(network: Network, X: Array, Y: Array, loss: float, constant: float) -> Finding:
    evidence = f"the loss is {loss:.4g}, and the same answer to every row, the mean, would cost {constant:.4g}"
    if Y.shape[1] == 1 and network.activations[-1] == "sigmoid":
        answers = network.feedforward(X)
        evidence += f"; the answers lie between {answers.min():.2f} and {answers.max():.2f}"
    best = _strongest(X, Y)
    if best < NOTHING:
        evidence += f"; as in XOR, no feature alone tells anything (largest correlation {best:.2f})"
    if len(network.layers) == 1:
        return Finding("plateau", evidence, "Add a hidden layer: one layer sees each feature on its own.")
    if set(network.activations[:-1]) == {"linear"}:
        fix = "Give the hidden layers another activation: linear layers one behind the other are one linear layer."
        return Finding("plateau", evidence, fix)
    return Finding(
        "plateau",
        evidence,
        "Start from other random weights, let it learn for longer, or raise the learning rate.",
    )


def _strongest(X: Array, Y: Array) -> float:
    """Return the largest correlation of one feature with one target, signs apart."""
    x, y = (np.asarray(part - part.mean(axis=0), dtype=np.float64) for part in (X, Y))
    lengths = np.outer(np.linalg.norm(x, axis=0), np.linalg.norm(y, axis=0))
    return float(np.divide(np.abs(x.T @ y), lengths, out=np.zeros_like(lengths), where=lengths > 0.0).max())
