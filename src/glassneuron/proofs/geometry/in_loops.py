"""Sums of vectors without negative coefficients, for trainings: they ask often, and mostly compile already."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.loops import active_set, pays
from glassneuron.proofs.budget import STEP, STREAMED, Budget, step_work
from glassneuron.proofs.geometry.non_negative import EACH

PIECE = 1 << 28
"""Multiply-adds after which an interrupt is heard."""


class InLoops:
    """Coefficients of vectors, none of them negative, that make an objective as small as can be.

    It is what `NonNegative` finds, to other last bits: the loops take a tenth of the time compiled, and ten times as
    long interpreted. The vectors may become more, and be worth something else, from one call of `solve` to the next.

    Parameters
    ----------
    dimensions : int
        Of each vector.
    vectors : int
        How many there are, about: by that and by what was done before, the loops are interpreted or compiled.

    Examples
    --------
    >>> wanted, vectors = np.array([2.0, -3.0]), np.eye(2)
    >>> found = InLoops(2, vectors=2)
    >>> found.solve(vectors, vectors @ wanted, 1e-9), found.sum().tolist()
    (True, [2.0, 0.0])
    """

    def __init__(self, dimensions: int, vectors: int) -> None:
        room, steps = dimensions + 1, 2.5 * dimensions
        self._loops = pays.active_set.compiled(steps * dimensions * (vectors + dimensions)) or active_set
        taken, L = np.zeros((room, dimensions)), np.zeros((room, room))
        known = np.zeros(room, np.intp), np.zeros(room), taken, L, np.zeros(room)
        self._known = tuple(map(self._form, known))  # as the loops take it
        self._columns: Any = None
        self._h: Any = None
        self._for: Any = None, None
        self._parts = 0

    def _form(self, array: Array) -> Any:
        """Hand an array to the loops in the form that suits their speed."""
        return array.tolist() if self._loops is active_set else array

    @property
    def keys(self) -> Array:
        """The vectors that have a part, by their number."""
        return np.array(self._known[0][: self._parts], np.intp)

    @property
    def coefficients(self) -> Array:
        """How often each of them is taken."""
        return np.array(self._known[1][: self._parts])

    def sum(self) -> Array:
        """Return the sum of the vectors that have a part, each times its coefficient."""
        return np.asarray(self.coefficients @ self._for[0][self.keys])

    def _given(self, vectors: Array, h: Array) -> None:
        """Take vectors and what each is worth; those that have a part keep their numbers."""
        if vectors is not self._for[0]:
            self._columns = self._form(np.ascontiguousarray(vectors.T))
        if h is not self._for[1]:
            self._h = self._form(h)
            if self._parts:
                self._parts = int(self._loops.revalued(self._h, self._known, self._parts))
        self._for = vectors, h

    def solve(
        self, vectors: Array, h: Array, level: float, budget: Budget | None = None, longest: float = np.inf
    ) -> bool:
        """Go on until no coefficient is worth more than `level`, in units of h; return False if that is not reached.

        `vectors` is of shape (vectors, dimensions). It gives up where their sum becomes longer than `longest`, and
        where it would without end: some vectors, each times a positive number, add up to nothing.
        """
        self._given(vectors, h)
        left, dimensions = np.inf if budget is None else budget.left / STREAMED, vectors.shape[1]
        most, ended = EACH * dimensions, active_set.GOES_ON
        piece = max(1, int(PIECE * STREAMED / step_work(len(vectors), dimensions, dimensions)))
        with np.errstate(all="ignore"):
            for done in range(0, most, piece):
                ended, parts, left = self._loops.steps(
                    self._columns, self._h, self._known, self._parts,
                    (level, longest), (left, STEP), min(piece, most - done),
                )  # fmt: skip
                self._parts = int(parts)
                if ended != active_set.GOES_ON:
                    break
        if budget is not None:
            budget.left = float(left) * STREAMED
        return bool(ended == active_set.SOLVED)
