"""One logic gate: its truth table, and the neuron that computes it or the reason why none does."""

from __future__ import annotations

from itertools import product

from glassneuron.neurons.explanation import shown
from glassneuron.neurons.gates import NETWORKS, NEURONS, truth_table
from glassneuron.neurons.network import Network


def gate_text(name: str) -> str:
    """Write the page of a named gate.

    Parameters
    ----------
    name : str

    Raises
    ------
    ParameterError
        If there is no gate of that name.

    Examples
    --------
    >>> print(gate_text("and"))
    AND: weights (1, 1), threshold 2
    [0 0] ---> 0     1·0 + 1·0 - 2 = -2, below 0: silent
    [0 1] ---> 0     1·0 + 1·1 - 2 = -1, below 0: silent
    [1 0] ---> 0     1·1 + 1·0 - 2 = -1, below 0: silent
    [1 1] ---> 1     1·1 + 1·1 - 2 = 0, not below 0: fires
    """
    table = truth_table(name)
    neuron = NEURONS.get(name.lower())
    if neuron is None:
        return (
            f"{name.upper()}: no single neuron computes it\n{table}\n"
            "The rows that fire and the rows that stay silent add up to the same, and a weighted sum keeps that:\n"
            "    (0,1) + (1,0) = (0,0) + (1,1)\n"
            "so the two of one side cannot both lie above a threshold that the two of the other lie below.\n"
            f"It takes a network: two neurons in a first layer, one behind them.\n{_network_text(name.lower())}"
        )
    weights = ", ".join(shown(w) for w in neuron.weights.tolist())
    lines = [f"{name.upper()}: weights ({weights}), threshold {shown(neuron.threshold)}"]
    for bits in product((0, 1), repeat=table.n_inputs):
        fires = neuron.feedforward(bits)
        total = str(neuron.explain(bits)).split(" ; ")[0]
        side = "not below 0: fires" if fires else "below 0: silent"
        lines.append(f"[{' '.join(map(str, bits))}] ---> {fires}     {total}, {side}")
    return "\n".join(lines)


def _network_text(name: str) -> str:
    first, (last,) = NETWORKS[name]
    network = Network(NETWORKS[name])
    called = [next(gate.upper() for gate, neuron in NEURONS.items() if neuron is n) for n in (*first, last)]
    lines = [f"{called[2]} of ({called[0]}, {called[1]}):"]
    for bits in product((0, 1), repeat=network.sizes[0]):
        between = [n.feedforward(bits) for n in first]
        answer = shown(network.feedforward(bits))
        lines.append(f"[{' '.join(map(str, bits))}] ---> ({', '.join(map(str, between))}) ---> {answer}")
    return "\n".join(lines)
