"""What a model learns from: rows, their targets and how much each row counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, taken
from glassneuron.learning.measures.classes import how_many

BLOCK = 1 << 14
"""Rows that are looked at together, so that temporary arrays stay small."""
NONE: Array = np.empty(0)

COMPETING = (kernels.SOFTMAX, kernels.WINNER)
"""Codes of the activations that look at a whole layer."""


def as_dense(X: Any) -> Array:
    """Return rows, sparse or not, as an array."""
    return np.asarray(X.toarray() if hasattr(X, "indptr") else X)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows with their targets.

    Attributes
    ----------
    X : ndarray of shape (rows, features), or a sparse array in CSR form
        Finite, float32 or float64.
    y : ndarray of shape (rows,), or (rows, outputs) for a network
        For a lone neuron its target: a number, or `silent` and 1 for two classes. For several neurons the number of the
        one that has to fire.
    neurons : int
    silent : float
        Target of a neuron for rows of other classes: 0, or -1 for neurons whose middle is 0.
    sample_weight : ndarray of shape (rows,), or empty if each row counts once
    """

    X: Any
    y: Array
    neurons: int = 1
    silent: float = 0.0
    sample_weight: Array = field(default_factory=lambda: NONE)

    def __post_init__(self) -> None:
        """Bring targets and weights into the kinds of numbers that the kernels know."""
        if self.y.ndim == 1:
            kind = np.float64 if self.y.dtype.kind == "f" else np.int32
            object.__setattr__(self, "y", row_by_row(lambda y: np.ascontiguousarray(y, kind), self.y))
        if len(self.sample_weight):
            weight = row_by_row(lambda weight: np.ascontiguousarray(weight, np.float64), self.sample_weight)
            alike = row_by_row(lambda weight: weight == 1.0, weight).all()
            object.__setattr__(self, "sample_weight", NONE if alike else weight)

    @classmethod
    def of_classes(
        cls, X: Any, codes: Array, classes: int, silent: float = 0.0, fires_for: int = 1, sample_weight: Array = NONE
    ) -> Dataset:
        """Build the dataset of rows with class numbers: one neuron for two classes, one per class for more.

        Examples
        --------
        >>> Dataset.of_classes(np.eye(2), np.array([0, 1]), classes=2, silent=-1.0).y
        array([-1,  1], dtype=int32)
        """
        if classes > 2:
            return cls(X, codes, classes, silent, sample_weight)

        def targets(codes: Array) -> Array:
            y = (codes == fires_for).astype(np.int32)
            if silent != 0.0:
                y += int(silent) * (1 - y)
            return np.asarray(y)

        y = codes if fires_for == 1 and silent == 0.0 else row_by_row(targets, codes)
        return cls(X, y, 1, silent, sample_weight)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features."""
        return self.X.shape  # type: ignore[no-any-return]

    @property
    def labelled(self) -> bool:
        """Whether the targets are classes."""
        return self.y.dtype.kind != "f"

    @property
    def codes(self) -> Array:
        """The class number of each row."""
        return self.y if self.neurons > 1 else row_by_row(lambda y: (y > 0).astype(np.int32), self.y)

    @property
    def class_sizes(self) -> Array:
        """The weight of each class."""
        if len(self.sample_weight):
            sizes, codes = np.zeros(max(2, self.neurons)), self.codes
            for start, stop in self.blocks():
                np.add.at(sizes, codes[start:stop], self.sample_weight[start:stop])
            return sizes
        if self.neurons > 1:
            return how_many(self.y, self.neurons)
        fires = np.count_nonzero(row_by_row(lambda y: y > 0, self.y))
        return np.array([len(self.y) - fires, fires])

    @property
    def sparse(self) -> bool:
        """Whether the rows are mostly zeros."""
        return hasattr(self.X, "indptr")

    @property
    def entries(self) -> int:
        """Numbers that are stored in the table."""
        return int(self.X.nnz if self.sparse else self.X.size)

    @property
    def total(self) -> float:
        """The sum of the sample weights."""
        return float(self.sample_weight.sum()) if len(self.sample_weight) else float(len(self.y))

    def subset(self, rows: Array) -> Dataset:
        """Take some of the rows."""
        weight = taken(self.sample_weight, rows) if len(self.sample_weight) else self.sample_weight
        X = self.X[rows] if self.sparse else taken(self.X, rows)
        return replace(self, X=X, y=taken(self.y, rows), sample_weight=weight)

    def sample(self, rows: int) -> Dataset:
        """Return so many of the rows, one of each run drawn at random, or all if there are no more."""
        if rows >= len(self.y):
            return self
        starts = np.arange(rows + 1) * len(self.y) // rows
        return self.subset(starts[:-1] + (np.random.default_rng(0).random(rows) * np.diff(starts)).astype(np.intp))

    def cut(self, start: int, stop: int) -> Dataset:
        """Return some rows that follow each other as a dataset of their own, whose arrays look into these."""
        weight = self.sample_weight[start:stop] if len(self.sample_weight) else self.sample_weight
        return replace(self, X=self.part(start, stop), y=self.y[start:stop], sample_weight=weight)

    def row(self, i: int) -> Array:
        """Return one row, of shape (features,)."""
        return self.X[[i]].toarray()[0] if self.sparse else np.array(self.X[i])

    def blocks(self, rows: int = BLOCK) -> Iterator[tuple[int, int]]:
        """Cut the table into pieces: yield the first row of each, and the one behind its last."""
        for start in range(0, len(self.y), rows):
            yield start, min(start + rows, len(self.y))

    def part(self, start: int, stop: int) -> Any:
        """Return some rows that follow each other, as a view of the table; a sparse one is made once and kept."""
        if not self.sparse:
            return self.X[start:stop]
        if (start, stop) not in self._parts:
            X, (a, b) = self.X, self.X.indptr[[start, stop]]
            arrays = X.data[a:b], X.indices[a:b], X.indptr[start : stop + 1] - a
            self._parts[start, stop] = type(X)(arrays, shape=(stop - start, X.shape[1]), copy=False)
        return self._parts[start, stop]

    @cached_property
    def _parts(self) -> dict[tuple[int, int], Any]:
        return {}

    def dense(self, start: int, stop: int) -> Array:
        """Return some rows as an array."""
        part = self.part(start, stop)
        return np.asarray(part.toarray() if self.sparse else part)

    def targets(self, start: int, stop: int) -> Array:
        """Return the targets of some rows, of shape (rows, neurons)."""
        y = self.y[start:stop]
        if self.neurons == 1 or y.ndim == 2:
            return y.reshape(len(y), -1).astype(np.float64)
        targets = np.full((len(y), self.neurons), self.silent)
        targets[np.arange(len(y)), y] = 1.0
        return targets

    def answers(self, code: int, start: int, stop: int) -> Array:
        """Return what neurons learn from rows: targets, or of those that compete the number of the one to fire."""
        return self.y[start:stop] if code in COMPETING else self.targets(start, stop)

    def weight(self, start: int, stop: int) -> Array:
        """Return the weights of some rows, of shape (rows,)."""
        return self.sample_weight[start:stop] if len(self.sample_weight) else np.ones(stop - start)

    def weights(self, kind: Any) -> Array:
        """Return the weights of all rows, of shape (rows,)."""
        given = self.sample_weight
        if len(given):
            return row_by_row(lambda weight: weight.astype(kind), given)
        return row_by_row(lambda y: np.ones(len(y), kind), self.y)

    def constant_columns(self) -> Array:
        """Tell which columns have the same value in every row; of sparse rows, which store nothing."""
        if self.sparse:
            return np.asarray(np.bincount(self.X.indices, minlength=self.shape[1]) == 0)
        return np.asarray((self.X[0] == self.X).all(axis=0))

    def longest_row(self) -> float:
        """Return the squared length of the longest row of positive weight."""
        longest = 0.0
        for start, stop in self.blocks():
            if self.sparse:
                lengths = self._sparse_lengths(start, stop)
            else:
                part = self.X[start:stop]
                with np.errstate(over="ignore"):
                    lengths = np.vecdot(part, part)
                if not np.isfinite(lengths).all():  # beyond a float32
                    lengths = np.einsum("ij,ij->i", part, part, dtype=np.float64)
            if len(self.sample_weight):
                lengths = lengths[self.sample_weight[start:stop] > 0.0]
            longest = max(longest, float(lengths.max(initial=0.0)))
        return longest

    def _sparse_lengths(self, start: int, stop: int) -> Array:
        """Return the squared lengths of some sparse rows."""
        places = self.X.indptr[start : stop + 1] - self.X.indptr[start]
        lengths, filled = np.zeros(stop - start), np.diff(places) > 0
        if filled.any():
            values = self.X.data[self.X.indptr[start] : self.X.indptr[stop]].astype(np.float64)
            lengths[filled] = np.add.reduceat(values * values, places[:-1][filled])
        return lengths
