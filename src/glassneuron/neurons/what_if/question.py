"""What is asked of a model about one row: how it answers, what may change and how far, and what counts as a flip."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Integral, Real
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.what_if.layers import Layers, layers_from, sums_and_errors

LISTED = 30  # names that a message lists at most


@dataclass(frozen=True)
class Column:
    """One column of the table: a number, which is one feature, or a text, of whose features one is 1.

    A text with two values may be one feature, which is 0 for the first of `two` and 1 for the second.
    """

    name: str
    features: tuple[int, ...]
    values: tuple[str, ...] = ()
    whole: bool = False
    two: tuple[str, ...] = ()

    def written(self, value: float) -> Any:
        """Return what a column of one feature holds: a number, or one of two texts."""
        return self.two[int(value)] if self.two and value in (0.0, 1.0) else float(value)


@dataclass(frozen=True, eq=False)
class Reader:
    """A model as what-if reads it.

    Attributes
    ----------
    layers : Layers
    sums : callable
        From rows to the last layer's sums, of shape (rows, outputs), by the model itself.
    names : tuple of str
    columns : tuple of Column
    labels : tuple or None
        What positions stand for; None where the answer is a number.
    noun : str
        "neuron", "neurons" or "network".
    means, deviations : ndarray of shape (features,), or None
        Where the features were measured.
    binary : bool
        Whether every input is 0 or 1.
    rows : ndarray of shape (rows, features), or None
        Rows of the table, if they were given.
    least, most : ndarray of shape (features,), or None
        How far values go in them.
    integers : ndarray of shape (features,), or None
        Which features are whole numbers in all of them.
    """

    layers: Layers
    sums: Callable[[Array], Array]
    names: tuple[str, ...]
    columns: tuple[Column, ...]
    labels: tuple[Any, ...] | None
    noun: str
    means: Array | None = None
    deviations: Array | None = None
    binary: bool = False
    rows: Array | None = None
    least: Array | None = None
    most: Array | None = None
    integers: Array | None = None
    tie_fires: bool = True

    @property
    def alone(self) -> bool:
        """Whether it is one layer, so that sums are linear in the row."""
        return len(self.layers) == 1

    @property
    def in_pieces(self) -> bool:
        """Whether its sums are linear piece by piece."""
        return all(name in ("relu", "step", "linear") for _, _, name in self.layers[:-1])


@dataclass(frozen=True, eq=False)
class Question:
    """A model, a row, and what may change.

    Attributes
    ----------
    reader : Reader
    row : ndarray of shape (features,)
    low, high : ndarrays of shape (features,)
        In the table's units; both are the row's own value for a feature that is locked.
    allowed : dict of column number to the positions of texts that it may become
    wanted : int, float or None
        The class, or number, to be reached; None for any other class.
    """

    reader: Reader
    row: Array
    low: Array
    high: Array
    allowed: dict[int, tuple[int, ...]]
    wanted: Any = None

    @cached_property
    def scale(self) -> Array:
        """What counts as one step of each feature: its deviation, or its unit where that is not known."""
        if self.reader.deviations is not None:
            return self.reader.deviations
        return np.ones(len(self.row))

    @cached_property
    def owner(self) -> Array:
        """The number of the column that each feature belongs to."""
        counts = [len(column.features) for column in self.reader.columns]
        return np.repeat(np.arange(len(counts)), counts)

    @cached_property
    def numeric(self) -> Array:
        """Which features are numbers, and not part of a text."""
        return np.array([not self.reader.columns[c].values for c in self.owner.tolist()])

    @cached_property
    def layers(self) -> Layers:
        """The layers for steps away from the row, in units of the scale."""
        return layers_from(self.reader.layers, self.row, self.scale)

    @cached_property
    def at_row(self) -> Array:
        """The last layer's sums for the row."""
        sums: Array = self.reader.sums(self.row[np.newaxis])[0]
        return sums

    @cached_property
    def answer(self) -> int:
        """The position of the answer; 0 where it is a number."""
        return int(self.choose(self.at_row[np.newaxis])[0])

    def choose(self, sums: Array) -> Array:
        """Return the positions that sums decide for, as `Model.choose` does; the first of equals wins."""
        if self.reader.labels is None or len(self.reader.labels) == 1:
            return np.zeros(len(sums), dtype=np.intp)
        if sums.shape[1] > 1:
            return np.asarray(sums.argmax(axis=1))
        return (sums[:, 0] >= 0.0 if self.reader.tie_fires else sums[:, 0] > 0.0).astype(np.intp)

    @cached_property
    def goals(self) -> tuple[tuple[Array, Array], ...]:
        """Regions of the last layer's sums z that count as a flip, each as C and d: C z + d >= 0."""
        z, labels = self.at_row, self.reader.labels
        if labels is None:
            if self.wanted is None:
                return ()
            sign = 1.0 if z[0] < self.wanted else -1.0
            return ((np.array([[sign]]), np.array([-sign * self.wanted])),)
        if len(labels) == 1:
            return ()
        if len(z) == 1:
            return ((np.array([[-1.0 if self.answer else 1.0]]), np.zeros(1)),)
        eye = np.eye(len(z))
        if self.wanted is not None:
            rivals = np.delete(eye[self.wanted] - eye, self.wanted, axis=0)
            return ((rivals, np.zeros(len(rivals))),)
        return tuple((eye[k : k + 1] - eye[self.answer], np.zeros(1)) for k in range(len(z)) if k != self.answer)

    def flips(self, row: Array) -> bool:
        """Return whether the model itself answers a row as it should, beyond what rounding may undo."""
        return bool(self.flipped(self.reader.sums(row[np.newaxis]))[0]) and self.holds(row)

    def holds(self, row: Array) -> bool:
        """Return whether rounding cannot undo a flip."""
        for exactly in (False, True):
            known = sums_and_errors(self.reader.layers, row, self.reader.means, exactly=exactly)
            if known is None:
                return False
            z, may = known
            if any((C @ z + d >= np.abs(C) @ may).all() for C, d in self.goals):
                return True
        return False

    def flipped(self, sums: Array) -> Array:
        """Return which sums, of shape (rows, outputs), are those of a flip."""
        if self.reader.labels is None:
            (C, d), *_ = self.goals
            return np.asarray(sums @ C.T + d >= 0.0)[:, 0]
        chosen = self.choose(sums)
        return np.asarray(chosen != self.answer if self.wanted is None else chosen == self.wanted)

    def rows_that_flip(self, most: int) -> list[Array]:
        """Return the nearest of the rows that were given that flip the answer and differ only in what may change."""
        if self.reader.rows is None or not self.goals:
            return []
        X = self.reader.rows
        fixed = [j for c, column in enumerate(self.reader.columns) if not self.free(c) for j in column.features]
        X = X[self.flipped(self.reader.sums(X)) & (X[:, fixed] == self.row[fixed]).all(axis=1)]
        X = X[((self.low <= X) & (self.high >= X)).all(axis=1)]
        far = np.linalg.norm((X - self.row) / self.scale, axis=1)
        return list(X[np.argsort(far, kind="stable")[:most]])

    def told(self, row: Array) -> Any:
        """Return what the model answers to a row: a label, or a number."""
        sums = self.reader.sums(row[np.newaxis])
        return float(sums[0, 0]) if self.reader.labels is None else self.reader.labels[int(self.choose(sums)[0])]

    def free(self, c: int) -> bool:
        """Return whether a column may change."""
        column = self.reader.columns[c]
        if column.values:
            return len(self.others(c)) > 0
        (j,) = column.features
        return bool(self.low[j] < self.high[j])

    def text(self, c: int, row: Array) -> int | None:
        """Return the position of the text that a row has in a column; None if it has none or several."""
        ones = row[list(self.reader.columns[c].features)]
        return int(ones.argmax()) if sorted(ones.tolist()) == [0.0] * (len(ones) - 1) + [1.0] else None

    def others(self, c: int) -> tuple[int, ...]:
        """Return the positions of the texts that a column may change to."""
        return tuple(k for k in self.allowed.get(c, ()) if k != self.text(c, self.row))

    def may_be(self, c: int) -> list[int]:
        """Return the positions of the texts that a column may have: its own, and those that it may change to."""
        own = self.text(c, self.row)
        return sorted({*self.others(c), *([] if own is None else [own])})

    def only(self, chosen: Sequence[int]) -> Question:
        """Return the question in which these columns alone may change."""
        low, high, allowed = self.row.copy(), self.row.copy(), {}
        for c in chosen:
            features = list(self.reader.columns[c].features)
            low[features], high[features] = self.low[features], self.high[features]
            if c in self.allowed:
                allowed[c] = self.allowed[c]
        return replace(self, low=low, high=high, allowed=allowed)


def ask(
    reader: Reader,
    row: Array,
    locked: Sequence[str | int] | str | int,
    ranges: Mapping[str | int, Any],
    whole: Sequence[str | int] | str | int,
    to: Any,
) -> Question:
    """Read the wishes of a person: names and numbers of features, ranges, and a class or number to reach."""
    if isinstance(ranges, str) or not isinstance(ranges, Mapping):
        rule = "a dictionary of name and range, such as {'age': (18, 90)}"
        raise problem("parameter-type", name="ranges", rule=rule, value=ranges, kind=type(ranges).__name__)
    wholes = {_column(reader, name, "whole") for name in _listed(whole)}
    columns = tuple(replace(column, whole=column.whole or c in wholes) for c, column in enumerate(reader.columns))
    reader = replace(reader, columns=columns)
    low, high = np.full(len(row), -np.inf), np.full(len(row), np.inf)
    allowed = {c: tuple(range(len(column.values))) for c, column in enumerate(columns) if column.values}
    if reader.binary:
        low, high = np.zeros(len(row)), np.ones(len(row))
    for column in columns:
        if column.two:
            low[list(column.features)], high[list(column.features)] = 0.0, 1.0
    for name, span in ranges.items():
        c = _column(reader, name, "ranges")
        if columns[c].values:
            allowed[c] = _texts(columns[c], span)
            continue
        (j,) = columns[c].features
        if columns[c].two:
            places = _texts(replace(columns[c], values=columns[c].two), span)
            span = (min(places, default=0), max(places, default=1))
        below, above = _ends(columns[c].name, span)
        if not below <= row[j] <= above:
            rule = f"one that holds the row's own value, {row[j]:g}"
            raise problem("parameter", name=f"range of {columns[c].name}", rule=rule, value=span)
        low[j], high[j] = max(low[j], below), min(high[j], above)
    for name in _listed(locked):
        c = _column(reader, name, "locked")
        features = list(columns[c].features)
        low[features] = high[features] = row[features]
        allowed.pop(c, None)
    question = Question(reader, row, low, high, allowed)
    return question if to is None else replace(question, wanted=_wanted(question, to))


def _listed(names: Any) -> list[Any]:
    return [names] if isinstance(names, (str, Integral)) else list(names)


def _column(reader: Reader, name: Any, place: str) -> int:
    """Find a column by its name, by the name of one of its features, or by the number of a feature, from 0 on."""
    for c, column in enumerate(reader.columns):
        features = [reader.names[j] for j in column.features]
        if name == column.name or name in features:
            return c
        if isinstance(name, Integral) and not isinstance(name, bool) and int(name) in column.features:
            return c
    known = ", ".join(column.name for column in reader.columns[:LISTED])
    raise problem("unmet-feature", name=place, place=f"`{place}`", value=name, known=known)


def _ends(name: str, span: Any) -> tuple[float, float]:
    rule = "two numbers, the smaller one first, such as (18, 90); None leaves an end open"
    if isinstance(span, str) or not isinstance(span, Sequence) or len(span) != 2:
        raise problem("parameter", name=f"range of {name}", rule=rule, value=span)
    low, high = (-np.inf if span[0] is None else span[0]), (np.inf if span[1] is None else span[1])
    numbers = all(isinstance(end, Real) and not isinstance(end, bool) for end in (low, high))
    if not numbers or not low <= high:
        raise problem("parameter", name=f"range of {name}", rule=rule, value=span)
    return float(low), float(high)


def _texts(column: Column, span: Any) -> tuple[int, ...]:
    rule = f"a list of its texts, which are {', '.join(column.values)}"
    if isinstance(span, str) or not isinstance(span, Sequence) or any(text not in column.values for text in span):
        raise problem("parameter", name=f"range of {column.name}", rule=rule, value=span)
    return tuple(column.values.index(text) for text in span)


def _wanted(question: Question, to: Any) -> Any:
    labels = question.reader.labels
    if labels is None:
        if not isinstance(to, Real) or isinstance(to, bool) or not np.isfinite(float(to)):
            raise problem("parameter", name="to", rule="the number that the answer is to reach", value=to)
        return float(to)
    places = {str(label): k for k, label in enumerate(labels)}
    if str(to) not in places:
        raise problem("unmet-class", place="`to`", value=to, known=", ".join(list(places)[:LISTED]))
    if places[str(to)] == question.answer:
        raise problem("parameter", name="to", rule="another class than the answer that it gives now", value=to)
    return places[str(to)]
