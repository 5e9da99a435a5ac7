"""Whether a network, classes, names and scales belong together, so that they can be a model."""

from __future__ import annotations

from typing import Any

from glassneuron.errors import problem
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling


def refuse_inconsistent(
    network: Network,
    classes: tuple[Any, ...] | None,
    names: tuple[str, ...],
    scaling: Scaling | None,
    target_scaling: Scaling | None,
) -> None:
    """Refuse parts of a model, as it takes them, that do not belong together.

    Raises
    ------
    ParameterError
        Which names the part, and says what would go with the others.
    """
    inputs, outputs, last = network.sizes[0], network.sizes[-1], network.activations[-1]
    if {len(names), *([len(scaling.means), len(scaling.deviations)] if scaling else [])} != {inputs}:
        rule = f"{inputs}, one for each input, like the scales"
        raise problem("parameter", name="names", rule=rule, value=len(names))
    if classes is None:
        wanted, allowed, what = 1, {"linear"}, "a number"
        if target_scaling is None or len(target_scaling.means) != 1 or len(target_scaling.deviations) != 1:
            raise problem("parameter", name="target_scaling", rule="that of one target", value=target_scaling)
    else:
        if target_scaling is not None:
            raise problem("parameter", name="target_scaling", rule="None beside classes", value=target_scaling)
        two = len(classes) == 2
        wanted = outputs if two and outputs <= 2 else max(len(classes), 1)
        allowed = {"linear", "sigmoid" if two and outputs == 1 else "softmax"}
        if len(network.layers) == 1:  # neurons, whose sums decide
            allowed |= {"step", "sigmoid", "tanh", "relu"}
        what = f"{len(classes)} classes"
    if classes == () or outputs != wanted:
        raise problem("parameter", name="neurons", rule=f"{wanted} for {what}", value=outputs)
    if last not in allowed:
        rule = f"such that the last layer is {' or '.join(sorted(allowed))} for {what}"
        raise problem("parameter", name="network", rule=rule, value=network)
