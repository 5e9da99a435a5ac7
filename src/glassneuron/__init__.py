"""Artificial neurons that you can see through.

>>> import glassneuron as gn
>>> n = gn.Neuron(weights=[0, 1], bias=4)
>>> print(n.explain([2, 3]))
0·2 + 1·3 + 4 = 7 ; sigmoid(7) = 0.999

Every public name is loaded on first use, so that importing the package costs next to nothing; `__init__.pyi` gives
their types.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "data.disk.open_table": "open_table",
    "data.saving": "load save",
    "engine.backend": "speed",
    "errors": "GlassneuronError",
    "estimators.adaline": "Adaline",
    "estimators.linear_neuron": "LinearNeuron",
    "estimators.mlp_classifier": "MLPClassifier",
    "estimators.mlp_regressor": "MLPRegressor",
    "estimators.perceptron": "Perceptron",
    "estimators.sigmoid_neuron": "SigmoidNeuron",
    "estimators.tables.table_encoder": "TableEncoder",
    "interop.code.code": "code",
    "interop.export.export": "export",
    "interop.export.libraries.keras_model": "to_keras",
    "interop.export.libraries.scikit_pipeline": "to_sklearn",
    "interop.export.libraries.torch_module": "to_torch",
    "interop.see.see_through": "see_through",
    "learning.history": "History",
    "learning.watch.step": "Step",
    "learning.watch.watch": "watch",
    "neurons.explain.explanation": "Explanation",
    "neurons.explain.moved": "Moved what_moved",
    "neurons.layer": "Layer",
    "neurons.logic.mcculloch_pitts": "McCullochPitts",
    "neurons.logic.truth_table": "TruthTable",
    "neurons.model": "Model",
    "neurons.network": "Network",
    "neurons.neuron": "Neuron",
    "neurons.what_if.what_if": "WhatIf what_if",
    "pipelines.importance": "Importance permutation_importance",
    "proofs.boolean.threshold_functions": "chow_parameters smallest_neuron",
    "proofs.boolean.two_layers": "two_layers",
    "proofs.separability": "separability",
    "views.diagrams.diagram": "diagram",
    "views.figures.activation": "ActivationDisplay plot_activation",
    "views.figures.animation": "animate",
    "views.figures.calibration": "CalibrationDisplay plot_calibration",
    "views.figures.comparison": "ComparisonDisplay plot_comparison",
    "views.figures.history": "HistoryDisplay plot_history",
    "views.figures.plane.hidden": "HiddenPlaneDisplay plot_hidden_plane",
    "views.figures.plane.line": "LineDisplay plot_line",
    "views.figures.plane.proof": "ProofDisplay plot_proof",
    "views.figures.plane.regions": "DecisionRegionsDisplay plot_regions",
    "views.figures.weights": "WeightsDisplay plot_weights",
    "views.notebook.play": "play",
    "workers.machines": "machines",
}
"""The public names of each module."""
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'glassneuron' has no attribute {name!r}")
    value = getattr(import_module(f"glassneuron.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
