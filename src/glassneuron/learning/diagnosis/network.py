"""What went wrong in a training, in plain sentences: what it is, how it shows, what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.backpropagation import Backpropagation, identical_layers
from glassneuron.learning.dataset import as_dense
from glassneuron.learning.diagnosis.finding import FLAT, MOST, TO_ONE_SCALE, Finding, divergence
from glassneuron.learning.diagnosis.table import ROWS, Origin, Sample, constant_columns, far_apart
from glassneuron.learning.history import History
from glassneuron.neurons.explain.numbers import format_probability
from glassneuron.neurons.network import Network

LEARNED = 0.1  # a network has learned, whatever its neurons look like, under this share of the loss of a constant
PLATEAU = 0.95  # and it is on a plateau above this share
NOTHING = 0.1  # correlation under which one feature alone tells nothing


def diagnose(algorithm: Backpropagation, history: History, origin: Origin | None = None) -> list[Finding]:
    """Look for what kept a network from learning, as its training left it; features are called as `origin` says."""
    if history.diverged:
        return [*divergence(history)]
    network, data, loss = algorithm.trained(), algorithm.data, algorithm.settings.loss
    step = max(1, len(data.y) // ROWS)
    X, Y = as_dense(data.X[::step]), data.y[::step]
    weights = data.sample_weight[::step] if len(data.sample_weight) else None
    *layers, A = algorithm.layers_of(X)
    cost, constant = _mean_loss(network, A, Y, loss, weights), constant_loss(network, Y, loss, weights)
    learned = cost <= LEARNED * constant
    hidden = list(zip(range(1, len(layers) + 1), network.activations, layers, strict=False))
    findings = [*_dead(hidden, learned), *_alike(network)]
    if not learned:
        sample = Sample.of(X, origin=origin)
        findings += [*far_apart(sample), *constant_columns(sample), *_saturated(hidden, X)]
    if cost > PLATEAU * constant > 0.0:
        findings.append(_plateau(network, X, Y, A, cost, constant))
    return findings


def mean_loss(network: Network, X: Array, Y: Array, loss: str, weights: Array | None = None) -> float:
    """Return the mean loss of a network's answers, as it stands; an answer of 0 to what is true counts as 1e-300."""
    return _mean_loss(network, np.asarray(network.feedforward(X)).reshape(Y.shape), Y, loss, weights)


def _mean_loss(network: Network, A: Array, Y: Array, loss: str, weights: Array | None) -> float:
    A = A.astype(np.float64)
    terms = 0.5 * (A - Y) ** 2 if loss == "squared_error" else _cross_entropy(network, A, Y)
    return float(np.average(terms.sum(axis=1), weights=weights))


def constant_loss(network: Network, Y: Array, loss: str, weights: Array | None = None) -> float:
    """Return the mean loss of the best answer that is the same for every row: the mean of the targets."""
    mean = np.average(Y, axis=0, weights=weights).astype(np.float64)
    if loss == "squared_error":
        return float(0.5 * np.average((Y - mean) ** 2, axis=0, weights=weights).sum())
    return float(_cross_entropy(network, mean, mean).sum())


def _cross_entropy(network: Network, A: Array, Y: Array) -> Array:
    """Return the terms of the loss; where the last layer is no softmax, each output is a class against its rest."""
    if network.activations[-1] != "softmax":
        A, Y = np.concatenate([A, 1.0 - A], axis=-1), np.concatenate([Y, 1.0 - Y], axis=-1)
    return np.asarray(-(Y * np.log(np.maximum(A, 1e-300))))


Hidden = Sequence[tuple[int, str, Array]]


def _dead(hidden: Hidden, learned: bool) -> Iterator[Finding]:
    for l, activation, A in hidden:
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


def _saturated(hidden: Hidden, X: Array) -> Iterator[Finding]:
    for l, activation, A in hidden:
        if activation not in ("sigmoid", "tanh"):
            continue
        slope = 4.0 * A * (1.0 - A) if activation == "sigmoid" else 1.0 - A**2
        stuck = int(((slope < FLAT).mean(axis=0) >= MOST).sum())
        if stuck > 0:
            yield Finding(
                "saturation",
                f"{stuck} of the {A.shape[1]} {activation} neurons of layer {l} answer at the end of their range to "
                f"{MOST:.0%} of the rows or more, where the slope is nearly 0; the features reach "
                f"{np.abs(X).max():.3g}",
                f"{TO_ONE_SCALE.format(' around 0')}, or start from smaller weights.",
            )


def _plateau(network: Network, X: Array, Y: Array, answers: Array, loss: float, constant: float) -> Finding:
    evidence = f"the loss is {loss:.4g}, and the same answer to every row, the mean, would cost {constant:.4g}"
    if Y.shape[1] == 1 and network.activations[-1] == "sigmoid":
        evidence += f"; the answers lie between {format_probability(float(answers.min()))} and "
        evidence += format_probability(float(answers.max()))
    best = _strongest(X, Y)
    if best < NOTHING:
        evidence += f"; as in XOR, no feature alone tells anything (largest correlation {best:.2f})"
    fix = "Start from other random weights, let it learn for longer, or raise the learning rate."
    if len(network.layers) == 1:
        fix = "Add a hidden layer: one layer sees each feature on its own."
    elif set(network.activations[:-1]) == {"linear"}:
        fix = "Give the hidden layers another activation: linear layers one behind the other are one linear layer."
    return Finding("plateau", evidence, fix)


def _strongest(X: Array, Y: Array) -> float:
    """Return the largest correlation of one feature with one target, signs apart."""
    x, y = (np.asarray(part - part.mean(axis=0), dtype=np.float64) for part in (X, Y))
    lengths = np.outer(np.linalg.norm(x, axis=0), np.linalg.norm(y, axis=0))
    return float(np.divide(np.abs(x.T @ y), lengths, out=np.zeros_like(lengths), where=lengths > 0.0).max())
