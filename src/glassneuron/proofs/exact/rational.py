"""Exact arithmetic: a table of fractions, and small linear systems solved without rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, as_rows
from glassneuron.errors import problem
from glassneuron.proofs.exact.dixon import unique_dependence

EPSILON = float(np.finfo(np.float64).eps)
ROWS_AT_ONCE = 65_536
"""Rows of a table that are worked on at once, so that intermediate results need little memory."""
MOST_ELIMINATED = 12
"""Columns up to which elimination is faster than Dixon's method."""


class ExactTable:
    """A table of numbers: floats to search in, fractions to prove with.

    Parameters
    ----------
    X : array_like of shape (rows, features)
        A float stands for its exact binary value, a text or a decimal for what it says.
    decimal : bool
        Read a float as the shortest decimal text that gives it, which is what a CSV file says.

    Attributes
    ----------
    floats : ndarray of shape (rows, features), float32 or float64
    """

    def __init__(self, X: Any, *, decimal: bool = False) -> None:
        self.decimal = decimal
        self._cells: Array | None = None
        if hasattr(X, "toarray"):
            raise problem("sparse", name="X")
        array = X if isinstance(X, np.ndarray) else _as_array(X)
        if array.dtype.kind in "OUS" or (array.dtype.kind in "iu" and array.size and np.abs(array).max() > 2**53):
            self._cells = array.astype(object)
            array = _as_floats(self._cells)
        self.floats = as_rows(array, "X")

    def __len__(self) -> int:
        return len(self.floats)

    @property
    def verbatim(self) -> bool:
        """Whether cells may be finer than floats, so that rows may differ though their floats are equal."""
        return self._cells is not None

    def only(self, indices: Array) -> ExactTable:
        """Return some of the rows."""
        part = object.__new__(ExactTable)
        part.decimal, part.floats = self.decimal, self.floats[indices]
        part._cells = None if self._cells is None else self._cells[indices]
        return part

    def row(self, i: int) -> list[Fraction]:
        """Return row i exactly."""
        if self._cells is not None:
            return [_fraction(cell) for cell in self._cells[i]]
        cells = self.floats[i].tolist()
        return [Fraction(repr(cell)) if self.decimal else Fraction(cell) for cell in cells]


def _as_array(X: Any) -> Array:
    try:
        return np.asarray(X, dtype=None if _all_plain(X) else object)
    except ValueError:
        return as_rows(X, "X")  # which says what is wrong


def _all_plain(X: Any) -> bool:
    """Return whether NumPy would keep the value of every cell: it would round texts and decimals beside floats."""
    if not isinstance(X, (list, tuple)):
        return True
    cells = (cell for row in X for cell in (row if isinstance(row, (list, tuple)) else [row]))
    return all(isinstance(cell, (bool, float, np.generic)) or type(cell) is int for cell in cells)


def _fraction(cell: Any) -> Fraction:
    try:
        return Fraction(cell.strip() if isinstance(cell, str) else cell)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError, AttributeError):
        raise problem("numbers", name="X", value=cell) from None


def _as_floats(cells: Array) -> Array:
    def value(cell: Any) -> float:
        if isinstance(cell, (float, Decimal)) and not math.isfinite(cell):
            return float(cell)  # as_rows refuses it and says where it stands
        try:
            return float(_fraction(cell))
        except OverflowError:
            raise problem("numbers", name="X", value=cell) from None

    return np.array([value(cell) for cell in cells.flat], dtype=np.float64).reshape(cells.shape)


def exact_sum(weights: Sequence[Fraction], row: Sequence[Fraction]) -> Fraction:
    """Return the weighted sum without rounding.

    Examples
    --------
    >>> exact_sum([Fraction(1, 3), Fraction(2)], [Fraction(3), Fraction(1, 2)])
    Fraction(2, 1)
    """
    return sum((w * x for w, x in zip(weights, row, strict=True)), Fraction(0))


def integers(values: Sequence[Fraction]) -> list[int]:
    """Scale fractions to the smallest integers in the same proportions.

    Examples
    --------
    >>> integers([Fraction(1, 2), Fraction(1, 3)])
    [3, 2]
    """
    denominator = math.lcm(*(value.denominator for value in values)) if values else 1
    numbers = [int(value * denominator) for value in values]
    divisor = math.gcd(*numbers) or 1
    return [number // divisor for number in numbers]


def normalized(values: Sequence[Fraction]) -> list[Fraction]:
    """Scale fractions to integers in the same proportions, or to about 1 where those exceed what floats hold exactly.

    Examples
    --------
    >>> normalized([Fraction(1, 2), Fraction(1, 3)]), normalized([Fraction(2**70), Fraction(1)])[0]
    ([Fraction(3, 1), Fraction(2, 1)], Fraction(1, 1))
    """
    numbers = integers(values)
    largest = max(map(abs, numbers), default=0)
    shorter = 1 if largest <= 10**15 else 1 << (largest.bit_length() - 1)
    return [Fraction(number, shorter) for number in numbers]


def positive_dependence(columns: Sequence[Sequence[Fraction]], guess: Sequence[float]) -> list[Fraction] | None:
    """Find exact coefficients, none negative, with which the columns add up to zero.

    Parameters
    ----------
    columns : sequence of columns of fractions, all of one length
    guess : sequence of float
        The coefficients that floating point found.

    Returns
    -------
    list of Fraction, or None
        As few of them positive as Caratheodory's theorem allows; None if there are none near the guess.

    Examples
    --------
    >>> F = Fraction
    >>> positive_dependence([[F(1), F(1)], [F(-1), F(0)], [F(0), F(-2)]], [0.4, 0.4, 0.2])
    [Fraction(2, 1), Fraction(2, 1), Fraction(1, 1)]
    """
    basis = null_space(columns)
    if not basis:
        return None
    active = list(range(len(columns)))
    found = _near(basis, guess)
    if min(found) < 0 or max(found) <= 0:
        return None
    while len(basis) > 1 or min(found) == 0:
        active = [j for j, value in zip(active, found, strict=True) if value > 0]
        found = [value for value in found if value > 0]
        basis = null_space([columns[j] for j in active])
        if len(basis) == 1:
            break
        found = _toward_zero(found, basis[0])
    coefficients = dict(zip(active, integers(found), strict=True))
    return [Fraction(coefficients.get(j, 0)) for j in range(len(columns))]


def _near(basis: list[list[Fraction]], guess: Sequence[float]) -> list[Fraction]:
    """Combine the vectors of the basis such that the free entries are those of the guess."""
    if len(basis) == 1:
        flip = -1 if sum(basis[0]) < 0 else 1
        return [flip * value for value in basis[0]]
    size = len(guess)
    total = [Fraction(0)] * size
    for vector in basis:
        free = max(j for j in range(size) if vector[j] != 0 and all(v[j] == 0 for v in basis if v is not vector))
        share = Fraction(guess[free]) / vector[free]
        total = [t + share * v for t, v in zip(total, vector, strict=True)]
    return total


def _toward_zero(values: list[Fraction], direction: list[Fraction]) -> list[Fraction]:
    """Move along the direction until the first value is zero."""
    if max(direction) <= 0:
        direction = [-d for d in direction]
    step = min(v / d for v, d in zip(values, direction, strict=True) if d > 0)
    return [v - step * d for v, d in zip(values, direction, strict=True)]


def null_space(columns: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Return a basis of all coefficients with which the columns add up to zero, without rounding.

    Integers are eliminated without fractions (Bareiss 1968, Mathematics of Computation 22:565), so that none grows
    longer than a determinant.

    Examples
    --------
    >>> null_space([[Fraction(1)], [Fraction(2)]])
    [[Fraction(-2, 1), Fraction(1, 1)]]
    """
    rows = [integers(row) for row in zip(*columns, strict=True)]
    width = len(columns)
    if width > MOST_ELIMINATED and (only := unique_dependence(rows)) is not None:
        return [only]
    pivots: list[int] = []
    previous = 1
    for column in range(width):
        top = len(pivots)
        found = next((r for r in range(top, len(rows)) if rows[r][column]), None)
        if found is None:
            continue
        rows[top], rows[found] = rows[found], rows[top]
        pivot = rows[top]
        for r, row in enumerate(rows):
            if r != top and any(row):
                rows[r] = [(pivot[column] * a - row[column] * b) // previous for a, b in zip(row, pivot, strict=True)]
        previous = pivot[column]
        pivots.append(column)
    basis = []
    for free in (c for c in range(width) if c not in pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for r, column in enumerate(pivots):
            vector[column] = Fraction(-rows[r][free], rows[r][column])
        basis.append(vector)
    return basis
