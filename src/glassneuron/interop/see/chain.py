"""Affine maps and activations, one after the other, as they are met in a model of another library."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import GlassneuronError, problem
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling


def unseen(part: str, why: str) -> GlassneuronError:
    """Return the refusal of a part that cannot be seen through."""
    return problem("unseen", part=part, why=why)


class Chain:
    """A network that is put together step by step.

    Numbers are folded in float64: the scale of a batch normalisation goes into the weights beside it. What normalises
    the row itself is kept apart, as `front`, for it may be far from 0.

    Examples
    --------
    >>> chain = Chain()
    >>> chain.weigh("dense", [[1.0, 2.0]], [3.0])
    >>> chain.scale("norm", [10.0], [0.0])
    >>> chain.activate("act", "relu")
    >>> chain.network().layers[0].neurons
    (Neuron(weights=[10, 20], bias=30, activation='relu'),)
    """

    def __init__(self) -> None:
        self.front: Scaling | None = None
        self._layers: list[tuple[Array, Array, str]] = []
        self._open: tuple[Array, Array] | None = None  # weights and biases that wait for their activation
        self._scale: tuple[Array, Array] | None = None  # factors and offsets that wait for weights
        self._kinds: list[Any] = []
        self.logarithm = False  # whether the model answers with the logarithms of what is answered here

    @property
    def width(self) -> int | None:
        """How many numbers come out so far, if that is known."""
        if self._open is not None:
            return len(self._open[1])
        if self._scale is not None:
            return len(self._scale[0]) if len(self._scale[0]) > 1 else None  # one may count for all
        return len(self._layers[-1][1]) if self._layers else None if self.front is None else len(self.front.means)

    @property
    def untouched(self) -> bool:
        """Whether the row is still as it came."""
        return self.fresh and self.front is None

    @property
    def fresh(self) -> bool:
        """Whether nothing was done to the row but to normalise it."""
        return not self._layers and self._open is None and self._scale is None

    @property
    def squashed(self) -> bool:
        """Whether what comes out so far are activations, not sums."""
        return bool(self._layers) and self._open is None

    def weigh(self, part: str, weights: Any, biases: Any = None) -> None:
        """Add weighted sums; weights have the shape (neurons, inputs)."""
        W = self._numbers(part, weights)
        b = np.zeros(len(W)) if biases is None else self._numbers(part, biases).ravel()
        if W.ndim != 2 or 0 in W.shape or len(b) != len(W):
            raise unseen(part, f"its weights have the shape {W.shape} and its biases {b.shape}")
        if self.width not in (None, W.shape[1]):
            raise unseen(part, f"it reads {W.shape[1]} numbers and is given {self.width}")
        if self._scale is not None:
            factor, offset = self._scale
            W, b, self._scale = W * factor, b + W @ np.broadcast_to(offset, W.shape[1]), None
        elif self._open is not None:
            self._close("linear")
        self._open = W, b

    def scale(self, part: str, factors: Any, offsets: Any) -> None:
        """Multiply each number and add to it; a single factor or offset counts for all."""
        self._scale_by(part, self._numbers(part, factors).ravel(), self._numbers(part, offsets).ravel())

    def _scale_by(self, part: str, factor: Array, offset: Array) -> None:
        width = self.width or max(len(factor), len(offset))
        if {len(factor), len(offset)} - {1, width}:
            raise unseen(part, f"it has {max(len(factor), len(offset))} numbers and is given {width}")
        factor, offset = np.broadcast_to(factor, width), np.broadcast_to(offset, width)
        if self._open is not None:
            W, b = self._open
            self._open = W * factor[:, np.newaxis], b * factor + offset
        elif self._scale is not None:
            self._scale = self._scale[0] * factor, self._scale[1] * factor + offset
        else:
            self._scale = factor, offset

    def normalise(self, part: str, means: Any, deviations: Any) -> None:
        """Subtract and divide; of the row itself, this is kept apart."""
        mean, deviation = self._numbers(part, means).ravel(), self._numbers(part, deviations).ravel()
        if self.untouched and len(mean) == len(deviation) and (deviation > 0).all():
            self.front = Scaling(mean, deviation)
        elif deviation.all():
            self._scale_by(part, 1.0 / deviation, -mean / deviation)
        else:
            raise unseen(part, "it divides by 0")

    def activate(self, part: str, name: str) -> None:
        """Apply an activation of this package to what there is so far."""
        if name == "linear":
            return
        if self._open is None:
            if self.width is None:
                raise unseen(part, "it stands before any weights, which tell how many numbers a row has")
            factor, offset = self._scale or (np.ones(self.width), np.zeros(self.width))
            self._open, self._scale = (np.diag(factor), offset), None  # each neuron reads one number
        self._close(name)

    def _close(self, name: str) -> None:
        assert self._open is not None
        self._layers.append((*self._open, name))
        self._open = None

    def _numbers(self, part: str, values: Any) -> Array:
        array = np.asarray(values)
        if array.dtype.kind not in "fiu" or array.dtype.itemsize > 8:
            raise unseen(part, f"its numbers are {array.dtype.name}")
        if array.dtype.kind == "f":
            self._kinds.append(array.dtype if array.dtype.itemsize >= 4 else np.dtype(np.float32))
        if not np.isfinite(array).all():
            raise unseen(part, "its numbers are not all finite")
        return array.astype(np.float64)

    @property
    def dtype(self) -> Any:
        """float32 if no number of the model has more digits, else float64."""
        return np.result_type(*self._kinds) if self._kinds else np.dtype(np.float64)

    def network(self, last: str | None = None, *, whole: bool = False) -> Network:
        """Return the network; `last` is put on a last layer that has no activation.

        If it is `whole`, it reads the row as it came. What normalises the row is then a first layer that subtracts, and
        a factor in the second, so that no digits are lost where the means are far from 0.
        """
        if self._scale is not None and self.width is not None:
            factor, offset = self._scale
            self._open, self._scale = (np.diag(factor), offset), None
        if self._open is not None:
            self._close(last or "linear")
        if not self._layers or self._scale is not None:
            raise unseen("the model", "it has no weights")
        (W, b, name), *others = self._layers
        front = self.front
        if front is not None and W.shape[1] != len(front.means):
            raise unseen("the model", "its normalisation and its weights do not fit together")
        layers = [(W, b, name), *others]
        if front is not None and whole:
            layers[0] = W / front.deviations, b, name
            if front.means.any():
                layers.insert(0, (np.eye(len(front.means)), -front.means, "linear"))
        return Network([Layer(W.astype(self.dtype), b.astype(self.dtype), name) for W, b, name in layers])
