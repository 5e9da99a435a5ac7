"""`gn.permutation_importance`: how much worse a model answers where a column's values are shuffled among the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glassneuron import checks
from glassneuron.engine.arrays import Array, as_rows
from glassneuron.errors import problem
from glassneuron.learning.measures.classes import accuracy
from glassneuron.learning.measures.numbers import r_squared
from glassneuron.neurons.columns import in_order
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.model import Model
from glassneuron.neurons.preparing import feature_names, prepared, with_products

MOST_LISTED = 20


@dataclass(frozen=True, eq=False)
class Importance:
    """How much each column matters to a model, on some rows.

    Attributes
    ----------
    names : tuple of str
        The columns; the features of one text column are shuffled together.
    drops : ndarray of shape (columns, repeats)
        How much the score falls each time.
    score : float
        With nothing shuffled.
    measure : {"accuracy", "r_squared"}
    rows : int
    """

    names: tuple[str, ...]
    drops: Array
    score: float
    measure: str
    rows: int

    @property
    def means(self) -> Array:
        """The mean fall of each column, of shape (columns,)."""
        return np.asarray(self.drops.mean(axis=1))

    @property
    def deviations(self) -> Array:
        """The standard deviation of the falls of each column, of shape (columns,)."""
        return np.asarray(self.drops.std(axis=1))

    @property
    def order(self) -> list[int]:
        """The columns, what matters most first."""
        return [int(j) for j in np.argsort(-self.means, kind="stable")]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, what matters most first."""
        columns = [
            {
                "name": self.names[j],
                "mean": float(self.means[j]),
                "deviation": float(self.deviations[j]),
                "drops": self.drops[j].tolist(),
            }
            for j in self.order
        ]
        return {"measure": self.measure, "score": self.score, "rows": self.rows, "columns": columns}

    def __str__(self) -> str:
        shown = self.order[:MOST_LISTED]
        width = max(len(self.names[j]) for j in shown)
        of = "accuracy" if self.measure == "accuracy" else "R²"
        lines = [f"{of} {format_short(self.score)} on {self.rows:,} rows; how much it falls where a column is shuffled"]
        for j in shown:
            mean, deviation = (format_short(float(each[j])) for each in (self.means, self.deviations))
            lines.append(f"  {self.names[j]:<{width}}  {mean} ± {deviation}")
        more = len(self.names) - len(shown)
        return "\n".join([*lines, *([f"  and {more} more"] if more else [])])


def permutation_importance(
    model: Any,
    X: Any,
    y: ArrayLike,
    *,
    repeats: int = 10,
    random_state: int = 0,
    after: Callable[[int], object] = lambda done: None,
) -> Importance:
    """Shuffle one column at a time among the rows, and see how much worse the model answers.

    On rows that were held out it tells what helps there; on rows that were learned from, what the model uses. Of
    columns that say nearly the same, each may be shuffled with little harm, for the others are still there.

    Parameters
    ----------
    model : Model, or a fitted estimator of the package
    X : array_like of shape (rows, features), or a frame with the model's columns
    y : array_like of shape (rows,)
        The true classes, or numbers.
    repeats : int
        How often each column is shuffled.
    random_state : int
    after : callable, optional
        Called with the number of columns that are done.

    Returns
    -------
    Importance

    Raises
    ------
    ParameterError, ParameterTypeError, DataError
        If it is no model, or rows and targets are not such as it knows.

    References
    ----------
    Breiman (2001), Random forests, Machine Learning 45:5.

    Examples
    --------
    >>> from glassneuron.neurons.neuron import Neuron
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(100, 2))
    >>> model = Model((Neuron([1.0, 0.0], 0.0, "step"),), ("no", "yes"), ("used", "unused"))
    >>> found = permutation_importance(model, X, model.predict(X))
    >>> found.score, found.means.round(1).tolist()
    (1.0, [0.5, 0.0])
    """
    model = getattr(model, "model_", model)
    if not isinstance(model, Model):
        rule = "a model or a fitted estimator of this package"
        raise problem("parameter-type", name="model", rule=rule, value=model, kind=type(model).__name__)
    checks.integer("repeats", repeats, "[1, inf)")
    random = np.random.default_rng(checks.integer("random_state", random_state, "[0, inf)"))
    columns = [] if model.encoding is None else model.encoding["columns"]
    rows = as_rows(in_order(prepared(columns, X) if columns else X, model.names), "X")
    if rows.shape[1] != len(model.names):
        raise problem("inputs", expected=len(model.names), got=rows.shape[1])
    truth = _targets(model, y, len(rows))
    products = any(column["kind"] == "product" for column in columns)
    names, places = _columns(columns, model.names)

    def score(features: Array) -> float:
        whole = with_products(columns, features) if products else features
        if model.classes is not None:
            return accuracy(truth, model.positions(whole))
        return r_squared(truth, model.predict(whole)) or 0.0

    own = rows[:, : sum(map(len, places))].copy()
    start = score(own)
    drops = np.empty((len(names), repeats))
    for c, features in enumerate(places):
        kept = own[:, features].copy()
        for again in range(repeats):
            own[:, features] = kept[random.permutation(len(own))]
            drops[c, again] = start - score(own)
        own[:, features] = kept
        after(c + 1)
    return Importance(names, drops, start, "r_squared" if model.classes is None else "accuracy", len(rows))


def _targets(model: Model, y: ArrayLike, rows: int) -> Array:
    values = np.asarray(y)
    if values.ndim != 1:
        raise problem("dimensions", name="y", rule="one target for each row", shape=values.shape, fix="Flatten it.")
    if len(values) != rows:
        raise problem("lengths", rows=rows, targets=len(values))
    if model.classes is None:
        if values.dtype.kind not in "biuf":
            raise problem("numbers", name="y", value=values.tolist()[0])
        return values.astype(np.float64)
    places = {label: place for place, label in enumerate(model.classes)}
    for label in values.tolist():
        if label not in places:
            known = ", ".join(map(str, model.classes[:30]))
            raise problem("unmet-class", place="`y`", value=label, known=known)
    return np.array([places[label] for label in values.tolist()], np.intp)


def _columns(columns: Sequence[dict[str, Any]], names: Sequence[str]) -> tuple[tuple[str, ...], list[list[int]]]:
    """Return the columns that are read, and the features of each."""
    if not columns:
        return tuple(names), [[j] for j in range(len(names))]
    found, places, start = [], [], 0
    for column in columns:
        count = len(feature_names(column))
        if count and column["kind"] != "product":
            found.append(column["name"])
            places.append(list(range(start, start + count)))
            start += count
    return tuple(found), places
