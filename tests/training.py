"""Short ways to train, for tests of what learning does."""

from __future__ import annotations

from glassneuron.learning.algorithms.registry import algorithm_for, network_algorithm
from glassneuron.learning.dataset import NONE, Dataset
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.neuron import Neuron


def network_trainer(network, X, Y, settings, *, weights=None, validation=None, on_epoch=None, state=None):
    """Return a trainer of a network, ready to begin; `validation` is a pair (X, Y)."""
    data = Dataset(X, Y, sample_weight=NONE if weights is None else weights)
    held_out = None if validation is None else Dataset(*validation)
    return Trainer(network_algorithm(data, settings, network, state), held_out, on_epoch)


def train_network(network, X, Y, settings, **more):
    """Train a network; return what became of it, and the history."""
    trainer = network_trainer(network, X, Y, settings, **more)
    history = trainer.fit()
    return trainer.algorithm.trained(), history


def train_neurons(data, settings, activation="step", on_epoch=None):
    """Train neurons side by side; return them, and the history."""
    algorithm = algorithm_for(data, settings, activation)
    history = Trainer(algorithm, on_epoch=on_epoch).fit()
    W, b = algorithm.params()
    return [Neuron(w, float(c), activation) for w, c in zip(W, b, strict=True)], history


def settings_of(kind, **values):
    """Return settings that were checked."""
    settings = kind(**values)
    settings.check()
    return settings
