from glassneuron.data.saving import load as load
from glassneuron.data.saving import save as save
from glassneuron.engine.backend import speed as speed
from glassneuron.errors import GlassneuronError as GlassneuronError
from glassneuron.estimators.adaline import Adaline as Adaline
from glassneuron.estimators.linear_neuron import LinearNeuron as LinearNeuron
from glassneuron.estimators.mlp_classifier import MLPClassifier as MLPClassifier
from glassneuron.estimators.mlp_regressor import MLPRegressor as MLPRegressor
from glassneuron.estimators.perceptron import Perceptron as Perceptron
from glassneuron.estimators.sigmoid_neuron import SigmoidNeuron as SigmoidNeuron
from glassneuron.learning.history import History as History
from glassneuron.learning.watch.step import Step as Step
from glassneuron.learning.watch.watch import watch as watch
from glassneuron.neurons.explain.explanation import Explanation as Explanation
from glassneuron.neurons.layer import Layer as Layer
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts as McCullochPitts
from glassneuron.neurons.logic.truth_table import TruthTable as TruthTable
from glassneuron.neurons.model import Model as Model
from glassneuron.neurons.network import Network as Network
from glassneuron.neurons.neuron import Neuron as Neuron
from glassneuron.proofs.boolean.threshold_functions import chow_parameters as chow_parameters
from glassneuron.proofs.boolean.threshold_functions import smallest_neuron as smallest_neuron
from glassneuron.proofs.boolean.two_layers import two_layers as two_layers
from glassneuron.proofs.separability import separability as separability
from glassneuron.views.figures.plane.regions import DecisionRegionsDisplay as DecisionRegionsDisplay
from glassneuron.views.figures.plane.regions import plot_regions as plot_regions

__version__: str
