"""Many classes at once: Kesler's construction."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import true_places
from glassneuron.proofs.exact.table import is_one
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.verified import surely_cancel
from glassneuron.proofs.geometry.working_set import FEW_CELLS, FIRST_OF_A_CLASS, MOST_ADDED, NEAREST, NONE, lowest


class Kesler:
    """Kesler's construction: each row's own sum exceeds that of every other class; a key for each row and other class.

    The differences have to be positive: all points are on the second side, the origin (key -1) on the first. Weights,
    the bias last, one row a class, that nearly meet all constraints shorten the search, as with two classes.
    Source: Nilsson (1965), Learning Machines.
    """

    def __init__(self, X: Array, codes: Array, near: Array | None = None) -> None:
        self.table, self.codes, self.classes, self.near = ScaledTable(X), codes, int(codes.max()) + 1, near

    def first(self) -> Array:
        """Begin with the origin and some rows of every class, and with those that lead the least; of few with all."""
        if self.near is not None and self.few:
            return np.append(-1, self.all_of_them)
        rows = np.concatenate([true_places(is_one(self.codes, c))[:FIRST_OF_A_CLASS] for c in range(self.classes)])
        keys = (rows[:, np.newaxis] * self.classes + np.arange(self.classes)).ravel()
        keys = np.append(-1, keys[self.codes[keys // self.classes] != keys % self.classes])
        return keys if self.near is None else np.union1d(keys, self.close[0])

    @property
    def few(self) -> bool:
        """Whether there are so few points that choosing some takes longer than taking all of them."""
        each = (self.classes - 1) * self.classes * (len(self.table.scales) + 1)
        return self.size * each <= FEW_CELLS

    @cached_property
    def all_of_them(self) -> Array:
        """Each row with every class but its own."""
        keys = np.arange(self.size * self.classes)
        return np.asarray(keys[self.codes[keys // self.classes] != keys % self.classes])

    @property
    def size(self) -> int:
        """How many rows there are."""
        return len(self.codes)

    def known(self) -> Array | None:
        """Return the boundary that is known, for scaled columns, a block a class, of length 1."""
        if self.near is None:
            return None
        weights = self.near[:, :-1]
        v = np.column_stack([weights * self.table.scales, self.near[:, -1] + weights @ self.table.centres]).ravel()
        return v / (np.linalg.norm(v) or 1.0)

    @cached_property
    def close(self) -> tuple[Array, float]:
        """The rows that lead the least by the boundary that is known, and the share that it has wrong."""
        v = self.known()
        assert v is not None
        most = 1 if self.few else 2 * NEAREST
        keys, wrong = self._least_ahead(v.reshape(self.classes, -1), np.inf, most, NONE)
        return self.all_of_them if self.few else keys, wrong / len(self.codes)

    def normals(self, keys: Array) -> Array:
        """Return the points of these keys, which have to be on the second side."""
        return self.points(keys)[0]

    def points(self, keys: Array) -> tuple[Array, Array]:
        """Return (row, 1) in the block of its own class and, negative, in that of the other."""
        blocks = self._in_blocks(self.table[keys // self.classes], keys)
        blocks[keys < 0] = 0.0
        return blocks.reshape(len(keys), -1), keys >= 0

    def _in_blocks(self, rows: Array, keys: Array) -> Array:
        """Return (row, 1) of each key in the block of its own class and, negative, in that of the other."""
        of_rows, others = np.divmod(keys, self.classes)
        at, blocks = np.arange(len(keys)), np.zeros((len(keys), self.classes, rows.shape[1] + 1))
        whole = np.ones((len(keys), blocks.shape[2]))
        whole[:, :-1] = rows
        blocks[at, self.codes[of_rows]] = whole
        blocks[at, others] = -whole
        return blocks

    def surely_contradict(self, keys: Array) -> bool:
        """Return whether floats prove that no weights meet the constraints of these keys.

        Of the classes that they are about, the blocks of each point add up to nothing: so the last is not needed.
        """
        rows, others = np.divmod(keys, self.classes)
        about = np.unique([self.codes[rows], others])
        blocks = self._in_blocks(self.table.X[rows], keys)[:, about[:-1]]
        return surely_cancel(blocks.reshape(len(keys), -1))

    def unscaled(self, v: Array) -> tuple[tuple[Fraction, ...], ...]:
        """Return weights and bias of each class for the columns as they are, without rounding."""
        return tuple(map(self.table.exact, self._blocks(v)))

    def in_units(self, v: Array) -> Array:
        """Return weights and bias of each class, one row a class, for the columns as they are."""
        blocks = self._blocks(v)
        weights = blocks[:, :-1] / self.table.scales
        return np.column_stack([weights, blocks[:, -1] - weights @ self.table.centres])

    def nearest_means(self) -> Array:
        """Return the weights with which the largest sum is that of the class with the nearest mean."""
        means = self.table.means(self.codes, self.classes)
        return np.concatenate([np.append(mean, -(mean @ mean) / 2) for mean in means])

    def violated(self, v: Array, known: Array) -> Array:
        """Return rows that are wrong, each with the class whose sum exceeds its own the most."""
        if len(known) and self.few and len(known) >= len(self.all_of_them):
            return NONE
        return self._least_ahead(self._blocks(v), 0.0, MOST_ADDED, known)[0]

    def _blocks(self, v: Array) -> Array:
        """Return a block of weights a class, the bias last; a boundary's own bias, if it has one, is ignored."""
        return v[: self.classes * (len(self.table.scales) + 1)].reshape(self.classes, -1)

    def _least_ahead(self, blocks: Array, goal: float, most: int, known: Array) -> tuple[Array, int]:
        """Return the rows that lead the least, each with the class that follows it, if that is not beyond a goal.

        And how many do not lead.
        """
        keys, least, start, behind = [], [], 0, 0
        for part in self.table.parts():
            own, at = self.codes[start : start + len(part)], np.arange(len(part))
            sums = blocks[:, :-1] @ part.T + blocks[:, -1:]  # (classes, rows)
            leads = sums[own, at]
            sums[own, at] = -np.inf
            leads -= sums.max(axis=0)
            behind += int(np.count_nonzero(leads <= 0.0))
            rows = np.flatnonzero(leads <= goal) if len(known) else lowest(leads, goal, most)
            wrong = (start + rows) * self.classes + sums[:, rows].argmax(axis=0)
            if len(known) and len(wrong):
                new = ~np.isin(wrong, known)
                rows, wrong = rows[new], wrong[new]
            worst = lowest(leads[rows], goal, most)
            keys.append(wrong[worst])
            least.append(leads[rows[worst]])
            start += len(part)
        return np.asarray(np.concatenate(keys)[lowest(np.concatenate(least), goal, most)]), behind

    def work(self) -> float:
        """Return the multiply-adds of one weighted sum a row, twice as dear as the table is read from memory."""
        return 2.0 * self.table.X.size * self.classes
