"""What neurons learn from: rows with their targets and how much each counts, dense or mostly zeros."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from glassneuron.engine import backend, kernels
from glassneuron.engine.arrays import Array

BLOCK = 1 << 14
"""Rows that are looked at together, so that what lies between stays small."""
NONE: Array = np.empty(0)
NO_TABLE: Array = np.empty((0, 0))

COMPETING = (kernels.SOFTMAX, kernels.WINNER)
"""Codes of the activations that look at a whole layer."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows with their targets.

    Attributes
    ----------
    X : ndarray of shape (rows, features), or a sparse array in CSR form
        Finite, float32 or float64.
    y : ndarray of shape (rows,)
        The class of each row, a whole number; or the number to answer with.
    fires_for : ndarray of shape (neurons,)
        The class that each neuron is to fire for: one neuron for two classes, one a class for more. Empty where the
        targets are numbers.
    silent : float
        The target of a neuron for rows of other classes: 0, or -1 for neurons whose middle is 0.
    counts : ndarray of shape (rows,), or empty if each row counts once
    """

    X: Any
    y: Array
    fires_for: Array
    silent: float = 0.0
    counts: Array = field(default_factory=lambda: NONE)

    def __post_init__(self) -> None:
        """Bring targets and counts into the kinds of numbers that the kernels know."""
        numbers = np.float64 if len(self.fires_for) == 0 else np.int32
        object.__setattr__(self, "y", np.ascontiguousarray(self.y, numbers))
        object.__setattr__(self, "fires_for", np.ascontiguousarray(self.fires_for, np.int32))
        counts = np.ascontiguousarray(self.counts, np.float64)
        object.__setattr__(self, "counts", NONE if len(counts) and (counts == 1.0).all() else counts)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and features."""
        return self.X.shape  # type: ignore[no-any-return]

    @property
    def neurons(self) -> int:
        """How many neurons learn: one for a number or two classes, one a class for more."""
        return max(1, len(self.fires_for))

    @property
    def sparse(self) -> bool:
        """Whether the rows are mostly zeros."""
        return hasattr(self.X, "indptr")

    @property
    def entries(self) -> int:
        """Numbers that stand in the table."""
        return int(self.X.nnz if self.sparse else self.X.size)

    @property
    def total(self) -> float:
        """How many rows there are, each as often as it counts."""
        return float(self.counts.sum()) if len(self.counts) else float(len(self.y))

    def part(self, rows: Array) -> Examples:
        """Take some of the rows."""
        counts = self.counts[rows] if len(self.counts) else self.counts
        return replace(self, X=self.X[rows], y=self.y[rows], counts=counts)

    def row(self, i: int) -> Array:
        """Give one row, of shape (features,)."""
        return self.X[[i]].toarray()[0] if self.sparse else np.array(self.X[i])

    def blocks(self, rows: int = BLOCK) -> Iterator[tuple[int, int]]:
        """Cut the table into pieces: the first row of each, and the one behind its last."""
        for start in range(0, len(self.y), rows):
            yield start, min(start + rows, len(self.y))

    def dense(self, start: int, stop: int) -> Array:
        """Give some rows as an array."""
        part = self.X[start:stop]
        return np.asarray(part.toarray() if self.sparse else part)

    def longest_row(self) -> float:
        """Give the squared length of the longest row that counts."""
        longest = 0.0
        for start, stop in self.blocks():
            part = self.X[start:stop]
            if self.sparse:
                lengths = np.asarray(part.multiply(part).sum(axis=1)).ravel()
            else:
                lengths = np.einsum("ij,ij->i", part, part, dtype=np.float64)
            if len(self.counts):
                lengths = lengths[self.counts[start:stop] > 0.0]
            longest = max(longest, float(lengths.max(initial=0.0)))
        return longest

    def steepest(self) -> float:
        r"""Give the largest eigenvalue of :math:`\sum_i c_i x_i x_i^T`, each row with a 1 for the bias at its end.

        Power iteration finds it: ten times through the table and back.
        """
        v, bias, length = np.ones(self.shape[1]), 1.0, 1.0
        for _ in range(10):
            way, along = np.zeros(self.shape[1]), 0.0
            with np.errstate(over="ignore", invalid="ignore"):
                for start, stop in self.blocks():
                    part = self.X[start:stop]
                    sums = (part @ v.astype(part.dtype)).astype(np.float64) + bias
                    if len(self.counts):
                        sums *= self.counts[start:stop]
                    way += part.T @ sums.astype(part.dtype)
                    along += float(sums.sum())
                length = math.hypot(float(np.linalg.norm(way)), along)
            if not 0.0 < length < math.inf:
                return length
            v, bias = way / length, along / length
        return length


def judge(code: int, W: Array, b: Array, examples: Examples) -> tuple[float, float]:
    """Give the share of wrong answers and the mean loss of neurons on rows.

    Parameters
    ----------
    code : int, the activation
    W, b : ndarrays of shape (neurons, features) and (neurons,)
    examples : Examples

    Returns
    -------
    wrong, loss : float
        Wrong answers are counted over rows and, unless they compete, neurons.
    """
    k = backend.kernels(2.0 * examples.entries * len(W))
    notes = np.zeros(3)
    W, b, y, fires_for, counts, none = backend.inputs(
        k, W.astype(examples.X.dtype), b.astype(examples.X.dtype)[:, np.newaxis], examples.y, examples.fires_for,
        examples.counts, NO_TABLE,
    )  # fmt: skip
    with np.errstate(over="ignore", invalid="ignore"):
        k.slopes(
            code, W, b, backend.table(k, examples.X), y, fires_for, examples.silent, counts, 0, len(y),
            none, none, none, notes,
        )  # fmt: skip
    answers = notes[2] if code in COMPETING else notes[2] * len(W)
    return float(notes[1] / answers), float(notes[0] / notes[2])
