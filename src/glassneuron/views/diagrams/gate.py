"""A gate as a picture: the smallest neuron that computes it or, where there is none, two layers that do."""

from __future__ import annotations

from glassneuron.errors import problem
from glassneuron.neurons.logic.truth_table import input_names, truth_table
from glassneuron.proofs.boolean.threshold_functions import smallest_neuron
from glassneuron.proofs.boolean.two_layers import two_layers
from glassneuron.views.diagrams.diagram import diagram
from glassneuron.views.diagrams.picture import Picture


def gate_diagram(what: str, n_inputs: int | None = None) -> Picture:
    """Draw a gate, given by name or formula.

    Examples
    --------
    >>> print(gate_diagram("rain and not sun"))
    A McCulloch-Pitts neuron with 2 inputs.
      rain: weight 1
      sun: weight -1
      threshold 1: it fires from this sum on
    """
    table = truth_table(what, n_inputs)
    names, found = input_names(what, table), smallest_neuron(table)
    if found is not None:
        return diagram(found.neuron, names=names)
    layers = two_layers(table)
    if layers is None:
        raise problem("no-layers", what=what)
    return diagram(layers.network, names=names)
