"""Random initial weights, spread so that sums keep their size from layer to layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.activations import activation
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem


def init_parameters(sizes: Sequence[int], activations: Sequence[str], start: str, seed: int | None) -> Array:
    r"""Draw the flat parameter vector of a network: weights between -r and r, biases 0.

    .. math:: \text{Glorot:}\quad r = \sqrt{\frac{6}{\text{inputs} + \text{neurons}}}, \qquad
              \text{He:}\quad r = \sqrt{\frac{6}{\text{inputs}}}

    `sizes` are the inputs and the neurons of each layer. The start "auto" is He for relu layers and Glorot for others.
    Sources: Glorot & Bengio (2010), AISTATS; He et al. (2015), ICCV.

    Examples
    --------
    >>> theta = init_parameters([3, 3], ["sigmoid"], "glorot", seed=0)  # nine weights, from -1 to 1, and three biases
    >>> bool((np.abs(theta[:9]) < 1.0).all()), theta[9:].tolist()
    (True, [0.0, 0.0, 0.0])
    """
    checks.choice("start", start, ("auto", "glorot", "he", "zero"))
    rng = np.random.default_rng(None if seed is None else checks.integer("seed", seed, "[0, inf)"))
    parts = []
    for (inputs, neurons), name in zip(pairwise(sizes), activations, strict=True):
        he = start == "he" or (start == "auto" and activation(name).name == "relu")
        limit = 0.0 if start == "zero" else math.sqrt(6.0 / (inputs if he else inputs + neurons))
        parts += [rng.uniform(-limit, limit, neurons * inputs), np.zeros(neurons)]
    return np.concatenate(parts)


def checked_sizes(sizes: Sequence[int]) -> None:
    """Refuse sizes that no network can have."""
    if not isinstance(sizes, (Sequence, np.ndarray)) or isinstance(sizes, str) or len(sizes) < 2:
        rule = "the inputs and the neurons of each layer: [2, 2, 1]"
        raise problem("parameter", name="sizes", rule=rule, value=sizes)
    for size in sizes:
        checks.integer("sizes", size, "[1, inf)")


def per_layer(name: str, value: Any, layers: int, which: str = "layer") -> list[Any]:
    """Return a setting that may differ from layer to layer as a list: one name stands for all."""
    values = [value] * layers if isinstance(value, str) else list(value) if np.iterable(value) else []
    if len(values) != layers:
        raise problem("parameter", name=name, rule=f"one name, or one for each {which}", value=value)
    return values
