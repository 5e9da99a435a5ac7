"""Columns brought to one scale for a training, and what was learned told in their own units again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array, ends_of_columns
from glassneuron.engine.on_disk import room, row_by_row, taken, true_places
from glassneuron.engine.parts import Part
from glassneuron.engine.sums import large, over_leaves, over_parts
from glassneuron.engine.threads import shared
from glassneuron.errors import problem
from glassneuron.learning.dataset import Dataset
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling

NO_SPREAD = 1e-12
"""Spread, as a fraction of a column's size, up to which it is constant but for rounding."""

SMALLEST, LARGEST = 1e-200, 1e200
"""Squares between which nothing is lost to the ends of a float's range."""

CACHED = 1 << 15
"""Numbers that are scaled together, so that what lies between two steps stays in the cache."""

FAR = 2.0
"""Spreads from 0 at which a column is far from it, if it lies on one side of 0."""

FAR_APART = 1e3
"""Times the size of a small column from which on another one is on quite another scale."""


LOOK, NUMBERS, FIRST, SMALL = 1024, 1 << 19, 64, 1 << 12
"""Rows by which it is judged whether the columns are usual; of a wide table, as many as hold so many numbers; those
that are looked at first; and numbers that are all looked at as soon."""


class Usual(NamedTuple):
    """The largest and the smallest size of a column that "auto" leaves as it is."""

    high: float
    low: float


FEATURES, TARGETS = Usual(high=20.0, low=0.05), Usual(high=4.0, low=0.25)
"""Usual features, among them 0 and 1, standardised ones and pixels from 0 to 16; and usual targets."""


def checked(standardise: object) -> None:
    """Refuse what is none of True, False and "auto"."""
    rule, kind = "True, False or 'auto'", type(standardise).__name__
    if isinstance(standardise, str):
        if standardise != "auto":
            raise problem("parameter", name="standardise", rule=rule, value=standardise)
    elif not isinstance(standardise, bool | np.bool_):
        raise problem("parameter-type", name="standardise", rule=rule, value=standardise, kind=kind)


def scaling_for(X: Any, weight: Array, standardise: bool | str, usual: Usual = FEATURES) -> Scaling | None:
    """Return the scaling of a dense table's columns, or None where they are to stay as they are.

    With "auto" they stay where each is of a usual size, and reaches 0 or is near to it for its spread; of a large table
    some rows, evenly spread, tell that. A constant column has an infinite deviation, so that its weights fold to 0.

    Parameters
    ----------
    X : ndarray of shape (rows, columns)
    weight : ndarray of shape (rows,), or empty if each row counts once
    standardise : bool or "auto"
    usual : Usual

    Examples
    --------
    >>> table = np.array([[0.0, 2019.0], [1.0, 2021.0]])
    >>> scaling_for(table, np.empty(0), "auto").apply(table).round(9).tolist()
    [[-1.0, -1.0], [1.0, 1.0]]
    >>> scaling_for(table[:, :1], np.empty(0), "auto") is None
    True
    """
    if standardise is False:
        return None
    if len(weight) and not weight.all():
        rows = true_places(weight)
        X, weight = taken(X, rows), taken(weight, rows)
    rows_to_look_at = min(LOOK, max(64, NUMBERS // X.shape[1]))
    if standardise == "auto" and _usual(X[:: max(1, len(X) // rows_to_look_at)], usual):
        return None
    total, own = (weight.sum(), weight) if len(weight) else (len(X), X)
    shares = row_by_row(lambda own: own / total if len(weight) else np.full(len(own), 1.0 / total), own)
    table, work = Shares(X, shares), float(X.size)
    (means,) = over_leaves(_means_of_leaf, table, (), work)
    (squares,) = over_leaves(_squares_of_leaf, table, (means, None), work)
    size, unit = np.abs(means), np.ones(len(means))
    if not ((squares > SMALLEST) & (squares < LARGEST)).all():  # a constant column, or one at the ends of the range
        size = np.max(over_parts(_reach_of_part, table, (), work), axis=0)
        unit = np.where(size > 0.0, size, 1.0)
        (squares,) = over_leaves(_squares_of_leaf, table, (means / unit, unit), work)
    spreads = np.sqrt(squares)
    constant = (spreads <= NO_SPREAD * size / unit) | (size + spreads < np.finfo(X.dtype).tiny / NO_SPREAD)
    return Scaling(means, np.where(constant, np.inf, spreads * unit))


def has_tiny_column(X: Array) -> bool:
    """Return whether a small column is less than a thousandth of the size of another, as some rows tell.

    Examples
    --------
    >>> has_tiny_column(np.array([[0.001, 5.0], [0.002, -7.0]]))
    True
    >>> has_tiny_column(np.array([[1.0, 5000.0], [0.0, 7000.0]]))
    False
    """
    lowest, highest = ends_of_columns(X[:: max(1, len(X) // FIRST)])
    reach = np.maximum(highest, -lowest) * (lowest < highest)  # a constant column has no scale
    small = np.flatnonzero(reach < FEATURES.low)  # as far as few rows tell; others are no longer asked
    if not len(small):
        return False
    lowest, highest = ends_of_columns(X[:: max(1, len(X) // LOOK)][:, small])
    sizes = np.maximum(highest, -lowest)[lowest < highest]
    return bool(len(sizes) and sizes.min() < FEATURES.low and reach.max() > FAR_APART * sizes.min())


@dataclass(frozen=True, eq=False)
class Shares:
    """Rows, and the share of each in the weight of all."""

    X: Array
    shares: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""
        return self.X.shape

    def cut(self, start: int, stop: int) -> Shares:
        """Return some of the rows."""
        return Shares(self.X[start:stop], self.shares[start:stop])


def _reach_of_part(part: Part) -> Array:
    low, high = ends_of_columns(part.table.X[part.start : part.stop])
    return np.asarray(np.maximum(high, -low), np.float64)


def _means_of_leaf(table: Shares, start: int, stop: int) -> tuple[Array]:
    return (table.shares[start:stop] @ table.X[start:stop],)


def _squares_of_leaf(table: Shares, start: int, stop: int, means: Array, unit: Array | None) -> tuple[Array]:
    apart = (table.X[start:stop] if unit is None else table.X[start:stop] / unit) - means
    with np.errstate(over="ignore", invalid="ignore"):
        np.multiply(apart, apart, out=apart)
        return (table.shares[start:stop] @ apart,)


def _usual(X: Array, usual: Usual) -> bool:
    """Return whether all columns are of a usual size, and reach 0 or are near to it for their spread."""
    few = len(X) > X.shape[1] and X.size > SMALL
    for some in (X[:FIRST], X) if few else (X,):  # a few rows of many mostly tell of all
        lowest, highest = ends_of_columns(some)
        reach = np.maximum(highest, -lowest)
        if (reach > usual.high).any():
            return False
        there = (lowest <= 0.0) & (highest >= 0.0) & (reach >= usual.low)
        if there.all() and (some is X or max(X.max(), -X.min()) <= usual.high):
            return True
    if there.any():
        X, reach = X[:, ~there], reach[~there]
    means = X.sum(axis=0, dtype=np.float64) / len(X)
    spreads = np.sqrt(((X - means) ** 2).sum(axis=0) / len(X))
    constant = spreads <= NO_SPREAD * reach
    return bool((constant | ((reach >= usual.low) & (np.abs(means) <= FAR * spreads))).all())


@dataclass(frozen=True, eq=False)
class Scales:
    """How a training's features and targets were scaled; None where they were left as they are."""

    features: Scaling | None = None
    targets: Scaling | None = None

    @classmethod
    def of(cls, data: Dataset, standardise: bool | str, *, targets: bool) -> Scales:
        """Measure the rows to learn from, and their targets of shape (rows, outputs) where those are numbers."""
        if data.sparse:  # a column less its mean is sparse no longer
            if standardise is True:
                raise problem("parameter", name="standardise", rule="'auto' or False for sparse rows", value=True)
            standardise = False
        weight = data.sample_weight
        others = scaling_for(data.y, weight, standardise, TARGETS) if targets else None
        return cls(scaling_for(data.X, weight, standardise), others)

    def apply(self, data: Dataset) -> Dataset:
        """Return rows and targets as the network learns them."""
        if self.features is not None:
            data = replace(data, X=scaled(self.features, data.X))
        if self.targets is not None:
            data = replace(data, y=scaled(self.targets, data.y))
        return data

    def outside(self, network: Network) -> Network:
        """Rewrite a network that has learned scaled rows as one that takes and answers in their own units."""
        layers = [(layer.weights, layer.biases) for layer in network.layers]
        if self.features is not None:
            layers[0] = self.features.folded(*layers[0])
        if self.targets is not None:
            layers[-1] = self.targets.stretched(*layers[-1])
        return self._rebuilt(network, layers)

    def inside(self, network: Network) -> Network:
        """Rewrite a network in the units of the table as one that takes and answers scaled rows."""
        layers = [(layer.weights, layer.biases) for layer in network.layers]
        if self.features is not None:
            layers[0] = self.features.unfolded(*layers[0])
        if self.targets is not None:
            layers[-1] = self.targets.shrunk(*layers[-1])
        return self._rebuilt(network, layers)

    def _rebuilt(self, network: Network, layers: list[tuple[Array, Array]]) -> Network:
        if self.features is None and self.targets is None:
            return network
        kind = network.parameters.dtype
        parts = [(W.astype(kind), b.astype(kind)) for W, b in layers]
        pairs = zip(parts, network.activations, strict=True)
        return Network([Layer(W, b, name) for (W, b), name in pairs], names=network.names)


def scaled(scaling: Scaling, table: Array) -> Array:
    """Return a scaled copy of a table, in its own kind of numbers; of one that lies on disk on the disk."""
    copy = room(table.shape, table.dtype if table.dtype.kind == "f" else np.float64, table)
    rows = max(1, CACHED // max(table.shape[1], 1))

    def scale(start: int) -> None:
        copy[start : start + rows] = scaling.apply(table[start : start + rows])

    starts = range(0, len(table), rows)
    if large(float(table.size)):
        shared(scale, starts)
    else:
        for start in starts:
            scale(start)
    return copy
