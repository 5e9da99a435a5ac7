"""A table with its columns centred and scaled, so that the geometry sees no units."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

import numpy as np

from glassneuron.engine.arrays import Array, ends_of_columns
from glassneuron.engine.on_disk import joined
from glassneuron.engine.parts import Part
from glassneuron.engine.sums import over_parts
from glassneuron.proofs.exact.rational import exact_sum
from glassneuron.proofs.exact.table import CACHED_ROWS, ROWS_AT_ONCE


def power_of_two(sizes: Array) -> Array:
    """Return the power of two at or above each size, 1 for a size of 0: dividing by it rounds nothing."""
    exponents = np.ceil(np.log2(np.where(sizes > 0.0, sizes, 1.0)))
    return np.asarray(np.exp2(np.clip(exponents, -1000, 1000)))


def _ends_of_part(part: Part) -> tuple[Array, Array]:
    low, high = ends_of_columns(part.table[part.start : part.stop])
    return low.astype(np.float64), high.astype(np.float64)


class ScaledTable:
    """Rows with each column brought to about [-1, 1]; of a large table only some scaled rows exist at a time.

    With `one_unit`, all columns are divided by the same number, which keeps angles and ratios of distances. `largest`
    is the largest absolute value in X, before that.
    """

    def __init__(self, X: Array, *, one_unit: bool = False) -> None:
        ends = over_parts(_ends_of_part, X, (), float(X.size))
        low, high = (np.asarray(f([each[k] for each in ends], axis=0)) for k, f in enumerate((np.min, np.max)))
        halves = high / 2 - low / 2
        self.X, self.centres = X, low / 2 + high / 2
        self.scales = power_of_two(np.full_like(halves, halves.max()) if one_unit else halves)
        self.largest = max(float(high.max()), -float(low.min()))

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, keys: Array | int) -> Array:
        """Return some scaled rows, or one."""
        return np.asarray((self.X[keys] - self.centres) / self.scales)

    @cached_property
    def _whole(self) -> Array:
        return np.asarray((self.X - self.centres) / self.scales)

    def parts(self) -> Iterator[Array]:
        """Yield all scaled rows in order, of a large table some at a time."""
        if len(self.X) <= ROWS_AT_ONCE:
            yield self._whole
            return
        for start in range(0, len(self.X), CACHED_ROWS):
            yield (self.X[start : start + CACHED_ROWS] - self.centres) / self.scales

    def sums(self, v: Array) -> Array:
        """Return the weighted sum of every scaled row; the last of v is the bias."""
        return joined((part @ v[:-1] + v[-1] for part in self.parts()), len(self.X), self.X)

    def means(self, codes: Array, classes: int) -> Array:
        """Return the mean of the scaled rows of each class."""
        sums, counts, start = np.zeros((classes, self.X.shape[1])), np.zeros(classes), 0
        for part in self.parts():
            own = codes[start : start + len(part)]
            for c in range(classes):
                sums[c] += part[own == c].sum(axis=0)
            counts += np.bincount(own, minlength=classes)
            start += len(part)
        return np.asarray(sums / counts[:, np.newaxis])

    def exact(self, v: Array) -> tuple[Fraction, ...]:
        """Return weights, and last the bias, for the columns as they are, without rounding."""
        weights = [Fraction(w) / Fraction(s) for w, s in zip(v[:-1].tolist(), self.scales.tolist(), strict=True)]
        return *weights, Fraction(float(v[-1])) - exact_sum(weights, [Fraction(c) for c in self.centres.tolist()])
