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
    from glassneuron.engine.backend import speed
    from glassneuron.errors import GlassneuronError
    from glassneuron.estimators.adaline import Adaline
    from glassneuron.estimators.linear_neuron import LinearNeuron
    from glassneuron.estimators.mlp_classifier import MLPClassifier
    from glassneuron.estimators.mlp_regressor import MLPRegressor
    from glassneuron.estimators.perceptron import Perceptron
    from glassneuron.estimators.sigmoid_neuron import SigmoidNeuron
    from glassneuron.learning.history import History
    from glassneuron.learning.watch.step import Step
    from glassneuron.learning.watch.watch import watch
    from glassneuron.neurons.explain.explanation import Explanation
    from glassneuron.neurons.layer import Layer
    from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
    from glassneuron.neurons.logic.truth_table import TruthTable
    from glassneuron.neurons.model import Model
    from glassneuron.neurons.network import Network
    from glassneuron.neurons.neuron import Neuron
    from glassneuron.proofs.boolean.threshold_functions import chow_parameters, smallest_neuron
    from glassneuron.proofs.boolean.two_layers import two_layers
    from glassneuron.proofs.separability import separability

_HOMES = {
    "Adaline": "estimators.adaline",
    "Explanation": "neurons.explain.explanation",
    "GlassneuronError": "errors",
    "History": "learning.history",
    "Layer": "neurons.layer",
    "LinearNeuron": "estimators.linear_neuron",
    "MLPClassifier": "estimators.mlp_classifier",
    "MLPRegressor": "estimators.mlp_regressor",
    "McCullochPitts": "neurons.logic.mcculloch_pitts",
    "Model": "neurons.model",
    "Network": "neurons.network",
    "Neuron": "neurons.neuron",
    "Perceptron": "estimators.perceptron",
    "SigmoidNeuron": "estimators.sigmoid_neuron",
    "Step": "learning.watch.step",
    "TruthTable": "neurons.logic.truth_table",
    "chow_parameters": "proofs.boolean.threshold_functions",
    "load": "data.saving",
    "save": "data.saving",
    "separability": "proofs.separability",
    "smallest_neuron": "proofs.boolean.threshold_functions",
    "speed": "engine.backend",
    "two_layers": "proofs.boolean.two_layers",
    "watch": "learning.watch.watch",
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
