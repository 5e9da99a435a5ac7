"""What a chain becomes: a network, or with the names of classes a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassneuron.errors import problem
from glassneuron.interop.see.chain import Chain, unseen
from glassneuron.neurons.model import Model
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling


def checked_names(names: Sequence[str] | None, wanted: int, which: str = "feature_names") -> tuple[str, ...]:
    """Return the names of features: those given, of which there must be as many as wanted, or x1, x2 and so on."""
    if names is None:
        return tuple(f"x{j + 1}" for j in range(wanted))
    given = tuple(names) if not isinstance(names, str) and np.iterable(names) else ()
    if len(given) != wanted or len(set(given)) != len(given):
        raise problem("parameter", name=which, rule=f"{wanted} different names", value=names)
    return tuple(str(name) for name in given)


def checked_classes(names: Sequence[Any] | None, known: Sequence[Any]) -> tuple[Any, ...]:
    """Return the labels of classes that are known, or those given in their place."""
    if names is None:
        return tuple(known)
    given = tuple(names) if not isinstance(names, str) and np.iterable(names) else ()
    if len(given) != len(known) or len(set(given)) != len(given):
        raise problem("parameter", name="class_names", rule=f"{len(known)} different labels", value=names)
    return given


def plain_columns(names: Sequence[str]) -> dict[str, Any]:
    """Return the encoding of columns of numbers."""
    return {"columns": [{"name": name, "kind": "number", "values": [], "mean": None} for name in names]}


def answer(
    chain: Chain, about: dict[str, Any], names: Sequence[str] | None, classes: Sequence[Any] | None, logits: bool,
    *, tie_fires: bool = True,
) -> Network | Model:  # fmt: skip
    """Return a network, or a model if there are classes; sums of the last layer become probabilities if `logits`."""
    if classes is None:
        network = chain.network(whole=True)
        given = None if names is None else checked_names(names, network.sizes[0])
        return network if given is None else Network(network.layers, names=given)
    labels = tuple(classes) if not isinstance(classes, str) and np.iterable(classes) else ()
    wanted = chain.width or 0
    if len(set(labels)) != len(labels) or len(labels) not in ({2} if wanted == 1 else {wanted}):
        rule = f"{max(wanted, 2)} different labels, for the {wanted} outputs of the model"
        raise problem("parameter", name="class_names", rule=rule, value=classes)
    last = ("softmax" if wanted > 1 else "sigmoid") if logits else "linear"
    network = chain.network(last)
    front = chain.front
    if front is not None:
        front = Scaling(front.means.astype(chain.dtype), front.deviations.astype(chain.dtype))
    features = checked_names(names, network.sizes[0])
    if network.activations[-1] not in ("linear", "softmax" if wanted > 1 else "sigmoid") and len(network.layers) > 1:
        raise unseen(f"the last activation, {network.activations[-1]},", f"{wanted} of it choose no class")
    return Model(network, labels, features, front, plain_columns(features), about, tie_fires=tie_fires)
