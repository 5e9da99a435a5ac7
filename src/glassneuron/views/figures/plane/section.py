"""Which plane is looked at: two features, the others held; or a projection in which nothing is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, one_row
from glassneuron.errors import problem
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.scaling import Scaling
from glassneuron.views.figures.canvas import short

MOST_HELD = 3
"""Features whose value a title tells."""


@dataclass(frozen=True, eq=False)
class Section:
    """A plane: its point (u, v) is the row ``origin + u · across + v · up``.

    `u_of` and `v_of`, each a vector and a number to add, give a row's place in it. `told` says in a sentence what is
    held or how the rows are seen. A table of one feature has no second direction; `flat` says so.
    """

    origin: Array
    across: Array
    up: Array
    u_of: tuple[Array, float]
    v_of: tuple[Array, float]
    labels: tuple[str, str]
    told: str = ""
    flat: bool = False

    def rows(self, u: Array, v: Array) -> Array:
        """Return the rows at points of the plane, of shape (points, features)."""
        return self.origin + np.multiply.outer(u, self.across) + np.multiply.outer(v, self.up)

    def place(self, X: Array) -> tuple[Array, Array]:
        """Return where rows are seen; those of one feature are spread over the height that means nothing."""
        u = X @ self.u_of[0] + self.u_of[1]
        if self.flat:
            return u, (np.arange(len(X)) * 0.6180339887) % 1.0  # the golden ratio spreads any number of them evenly
        return u, X @ self.v_of[0] + self.v_of[1]


def section_of(
    X: Array,
    names: Sequence[str],
    features: Sequence[int | str] | None = None,
    row: Array | None = None,
    neuron: Neuron | None = None,
    what: str = "features",
) -> Section:
    """Return the plane of two features, or with a neuron the projection onto its own direction.

    `what` says in the plural what the columns are.
    """
    if neuron is not None:
        return _projection(X, names, neuron)
    return _pair(X, names, _chosen(names, features), row, what)


def _chosen(names: Sequence[str], features: Sequence[int | str] | None) -> tuple[int, ...]:
    """Return the numbers of the two features to look at; the first two if nobody says which."""
    many = len(names)
    if features is None:
        return tuple(range(min(2, many)))
    rule = f"two different features out of {', '.join(map(str, names[:12]))}{', ...' if many > 12 else ''}"
    if isinstance(features, str) or not np.iterable(features) or len(features) != 2:
        raise problem("parameter", name="features", rule=rule, value=features)
    found = []
    for feature in features:
        if isinstance(feature, str) and feature in names:
            found.append(list(names).index(feature))
        elif isinstance(feature, (int, np.integer)) and not isinstance(feature, bool) and 0 <= feature < many:
            found.append(int(feature))
    if len(set(found)) != 2:
        raise problem("parameter", name="features", rule=rule, value=features)
    return tuple(found)


def _pair(X: Array, names: Sequence[str], chosen: tuple[int, ...], row: Array | None, what: str) -> Section:
    many = X.shape[1]
    unit = np.eye(many)
    origin = (np.median(X, axis=0) if row is None else row).astype(np.float64)
    others = [j for j in range(many) if j not in chosen]
    where = "at their medians" if row is None else "as in the row asked about"
    told = ""
    if others and len(others) <= MOST_HELD:
        told = f"held {where}: " + ", ".join(f"{short(names[j])} = {format_short(float(origin[j]))}" for j in others)
    elif others:
        told = f"the {len(others):,} other {what} are held {where}"
    origin[list(chosen)] = 0.0
    if len(chosen) == 1:
        j = chosen[0]
        return Section(origin, unit[j], 0 * unit[j], (unit[j], 0.0), (0 * unit[j], 0.0), (names[j], ""), told, True)
    i, j = chosen
    return Section(origin, unit[i], unit[j], (unit[i], 0.0), (unit[j], 0.0), (names[i], names[j]), told)


def _projection(X: Array, names: Sequence[str], neuron: Neuron) -> Section:
    r"""Put the weighted sum on one axis, and on the other the largest principal direction that does not change it.

    Principal directions are those of standardised features, so that no unit counts for more than another. A point's row
    is the mean row, moved along the weights until its sum is u, and along that direction until it is v.
    """
    scaling = Scaling.of(X)
    w = neuron.weights.astype(np.float64) * scaling.deviations  # weights for standardised features
    middle = float(neuron.weights @ scaling.means + neuron.bias)
    length = float(np.linalg.norm(w))
    if length == 0.0:
        rule = "False for a neuron whose weights are all 0: it has no direction"
        raise problem("parameter", name="project", rule=rule, value=True)
    own = w / length
    Z = scaling.apply(X)
    rest = Z - np.multiply.outer(Z @ own, own)
    direction = np.linalg.eigh(rest.T @ rest)[1][:, -1] if len(X) > 1 else np.zeros(len(w))
    direction = direction - own * (direction @ own)
    size = float(np.linalg.norm(direction))
    flat = len(w) == 1 or size < 1e-9
    direction = np.zeros(len(w)) if flat else direction / size
    heaviest = np.argsort(-np.abs(direction), kind="stable")[:2]
    if direction[heaviest[0]] < 0.0:
        direction = -direction
    across, up = own / length * scaling.deviations, direction * scaling.deviations
    back = direction / scaling.deviations
    label = "other main direction"
    if not flat:
        label += ", mostly " + " and ".join(short(names[j], 18) for j in heaviest if abs(direction[j]) > 0.3)
    return Section(
        scaling.means - middle * across, across, up, (neuron.weights.astype(np.float64), neuron.bias),
        (back, -float(back @ scaling.means)), ("weighted sum", label.removesuffix(", mostly ")),
        "seen along the neuron's own direction: its sum says it all, nothing is hidden" if len(w) > 2 else "", flat,
    )  # fmt: skip


def limits(values: Sequence[Array], *points: float, margin: float = 0.08) -> tuple[float, float]:
    """Return where an axis begins and ends, with some room around all values; also where they are all the same.

    Examples
    --------
    >>> limits([np.array([0.0, 10.0])], margin=0.1), limits([np.array([3.0])])
    ((-1.0, 11.0), (2.5, 3.5))
    """
    every = np.concatenate([*(np.asarray(v, np.float64) for v in values), np.array(points, np.float64)])
    low, high = (float(every.min()), float(every.max())) if len(every) else (0.0, 1.0)
    size = max(abs(low), abs(high))
    if high - low <= 1e-9 * size or high == low:
        room = 0.5 if size < 10.0 else 0.05 * size
        return low - room, high + room
    room = margin * (high - low)
    return low - room, high + room


def thinned(codes: Array, most: int) -> Array:
    """Choose rows to draw, of each class about as large a share, but no fewer than some of a rare one.

    Examples
    --------
    >>> rows = thinned(np.array([0] * 1000 + [1] * 3), 100)
    >>> len(rows) <= 103, rows[-3:].tolist()
    (True, [1000, 1001, 1002])
    """
    if len(codes) <= most:
        return np.arange(len(codes))
    random = np.random.default_rng(0)
    chosen = []
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code)
        chosen.append(random.permutation(members)[: max(min(len(members), 20), most * len(members) // len(codes))])
    return np.sort(np.concatenate(chosen))


def row_asked(row: Any, X: Array) -> Array | None:
    """Return the row asked about: a row's number, or its values."""
    if row is None:
        return None
    if isinstance(row, (int, np.integer)) and not isinstance(row, bool):
        if not 0 <= row < len(X):
            raise problem("parameter", name="row", rule=f"a row's number from 0 to {len(X) - 1}", value=row)
        return np.asarray(X[row])
    values = one_row(row)
    if len(values) != X.shape[1]:
        raise problem("features", expected=X.shape[1], got=len(values))
    return values
