"""Artificial neurons that you can see through.

>>> import glassneuron as gn
>>> n = gn.Neuron(weights=[0, 1], bias=4)
>>> print(n.explain([2, 3]))
0·2 + 1·3 + 4 = 7 ; sigmoid(7) = 0.999

Every public name is loaded on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from glassneuron.data.saving import load, save
    from glassneuron.engine.jit import speed
    from glassneuron.errors import GlassneuronError
    from glassneuron.estimators.adaline import Adaline
    from glassneuron.estimators.linear_neuron import LinearNeuron
    from glassneuron.estimators.network_classifier import MLPClassifier
    from glassneuron.estimators.network_regressor import MLPRegressor
    from glassneuron.estimators.perceptron import Perceptron
    from glassneuron.estimators.sigmoid_neuron import SigmoidNeuron
    from glassneuron.learning.history import History, Step, watch
    from glassneuron.neurons.explanation import Explanation
    from glassneuron.neurons.layer import Layer
    from glassneuron.neurons.mcculloch_pitts import McCullochPitts
    from glassneuron.neurons.model import Model
    from glassneuron.neurons.network import Network
    from glassneuron.neurons.neuron import Neuron
    from glassneuron.neurons.truth_table import TruthTable
    from glassneuron.proofs.separability import separability
    from glassneuron.proofs.threshold_functions import chow_parameters, smallest_neuron
    from glassneuron.proofs.two_layers import two_layers

_HOMES = {
    "Adaline": "estimators.adaline",
    "Explanation": "neurons.explanation",
    "GlassneuronError": "errors",
    "History": "learning.history",
    "Layer": "neurons.layer",
    "LinearNeuron": "estimators.linear_neuron",
    "MLPClassifier": "estimators.network_classifier",
    "MLPRegressor": "estimators.network_regressor",
    "McCullochPitts": "neurons.mcculloch_pitts",
    "Model": "neurons.model",
    "Network": "neurons.network",
    "Neuron": "neurons.neuron",
    "Perceptron": "estimators.perceptron",
    "SigmoidNeuron": "estimators.sigmoid_neuron",
    "Step": "learning.history",
    "TruthTable": "neurons.truth_table",
    "chow_parameters": "proofs.threshold_functions",
    "load": "data.saving",
    "save": "data.saving",
    "separability": "proofs.separability",
    "smallest_neuron": "proofs.threshold_functions",
    "speed": "engine.jit",
    "two_layers": "proofs.two_layers",
    "watch": "learning.history",
}

__all__ = [
    "Adaline",
    "Explanation",
    "GlassneuronError",
    "History",
    "Layer",
    "LinearNeuron",
    "MLPClassifier",
    "MLPRegressor",
    "McCullochPitts",
    "Model",
    "Network",
    "Neuron",
    "Perceptron",
    "SigmoidNeuron",
    "Step",
    "TruthTable",
    "chow_parameters",
    "load",
    "save",
    "separability",
    "smallest_neuron",
    "speed",
    "two_layers",
    "watch",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'glassneuron' has no attribute {name!r}")
    value = getattr(import_module(f"glassneuron.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
