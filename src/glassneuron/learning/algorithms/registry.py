"""Which algorithm settings ask for."""

from __future__ import annotations

from glassneuron.engine.activations import activation as find
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.delta import DeltaRule
from glassneuron.learning.algorithms.network_lbfgs import NetworkLBFGS
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.perceptrons.averaged import AveragedPerceptron
from glassneuron.learning.algorithms.perceptrons.mixing import MIXED
from glassneuron.learning.algorithms.perceptrons.perceptron import Perceptron
from glassneuron.learning.algorithms.perceptrons.pocket import PocketPerceptron
from glassneuron.learning.algorithms.perceptrons.voted import VotedPerceptron
from glassneuron.learning.algorithms.whole_batch.descent import GradientDescent
from glassneuron.learning.algorithms.whole_batch.optimum.optimum import ToOptimum
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import DeltaSettings, NetworkSettings, NeuronSettings, PerceptronSettings
from glassneuron.neurons.network import Network

VARIANTS = {"plain": Perceptron, "averaged": AveragedPerceptron, "pocket": PocketPerceptron, "voted": VotedPerceptron}


def algorithm_for(
    data: Dataset, settings: NeuronSettings, activation: str = "step", state: State | None = None
) -> NeuronAlgorithm:
    """Return an algorithm of single neurons, ready to train; with a state, from where that says they stand.

    The activation is that of a delta rule; "softmax" lets the neurons of more than two classes compete.

    Examples
    --------
    >>> import numpy as np
    >>> from glassneuron.learning.trainer import Trainer
    >>> line = Dataset(np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 3.0, 5.0, 7.0]))
    >>> algorithm = algorithm_for(line, DeltaSettings(solver="newton"), "linear")
    >>> Trainer(algorithm).fit().converged
    True
    >>> [part.round(9).tolist() for part in algorithm.params()]
    [[[2.0]], [1.0]]
    """
    if isinstance(settings, PerceptronSettings):
        return (VARIANTS if settings.shards == 1 else MIXED)[settings.variant](data, settings, state)
    assert isinstance(settings, DeltaSettings)
    rule = {"online": DeltaRule, "batch": GradientDescent}.get(settings.way, ToOptimum)
    return rule(data, settings, find(activation).code, state)


def network_algorithm(
    data: Dataset, settings: NetworkSettings, network: Network, state: State | None = None
) -> Backpropagation:
    """Return a network ready to train; with a state, from where its parameters and its optimiser stand."""
    return (NetworkLBFGS if settings.optimiser == "lbfgs" else Backpropagation)(data, settings, network, state)
