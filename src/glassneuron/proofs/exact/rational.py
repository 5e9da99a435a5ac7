"""Exact arithmetic: rows as whole numbers over a common denominator, and small systems solved without rounding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, as_rows
from glassneuron.errors import problem
from glassneuron.proofs.exact.dixon import only_dependence

EPSILON = float(np.finfo(np.float64).eps)
CHUNK = 65_536
"""Rows of a table that are worked on at once."""
MANY = 12
"""Columns up to which elimination is faster than lifting."""


class Rows:
    """A table of numbers, as floats to search in and exactly to prove with.

    Parameters
    ----------
    X : array_like of shape (rows, features)
        Floats stand for their exact binary value, texts and decimals for what they say.
    decimal : bool
        Read floats as the shortest decimal text that gives them, which is what a CSV file says.

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
        """Whether cells may hold more than their floats, so that equal floats need not be equal rows."""
        return self._cells is not None

    def only(self, indices: Array) -> Rows:
        """Give some of the rows."""
        part = object.__new__(Rows)
        part.decimal, part.floats = self.decimal, self.floats[indices]
        part._cells = None if self._cells is None else self._cells[indices]
        return part

    def row(self, i: int) -> list[Fraction]:
        """Give row i exactly."""
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
    """Tell whether NumPy would keep every cell's value: text and decimals beside floats would be rounded."""
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
            return float(cell)  # refused later, with its place
        try:
            return float(_fraction(cell))
        except OverflowError:
            raise problem("numbers", name="X", value=cell) from None

    return np.array([value(cell) for cell in cells.flat], dtype=np.float64).reshape(cells.shape)


def exact_sum(weights: Sequence[Fraction], row: Sequence[Fraction]) -> Fraction:
    """Give the weighted sum without rounding.

    Examples
    --------
    >>> exact_sum([Fraction(1, 3), Fraction(2)], [Fraction(3), Fraction(1, 2)])
    Fraction(2, 1)
    """
    return sum((w * x for w, x in zip(weights, row, strict=True)), Fraction(0))


def whole(values: Sequence[Fraction]) -> list[int]:
    """Scale fractions to the smallest whole numbers in the same proportions.

    Examples
    --------
    >>> whole([Fraction(1, 2), Fraction(1, 3)])
    [3, 2]
    """
    denominator = math.lcm(*(value.denominator for value in values)) if values else 1
    numbers = [int(value * denominator) for value in values]
    divisor = math.gcd(*numbers) or 1
    return [number // divisor for number in numbers]


def moderate(values: Sequence[Fraction]) -> list[Fraction]:
    """Scale fractions to small whole numbers in the same proportions, or else to about 1, which floats can hold.

    Examples
    --------
    >>> moderate([Fraction(1, 2), Fraction(1, 3)]), moderate([Fraction(2**70), Fraction(1)])[0]
    ([Fraction(3, 1), Fraction(2, 1)], Fraction(1, 1))
    """
    numbers = whole(values)
    largest = max(map(abs, numbers), default=0)
    shorter = 1 if largest <= 10**15 else 1 << (largest.bit_length() - 1)
    return [Fraction(number, shorter) for number in numbers]


def positive_mixture(columns: Sequence[Sequence[Fraction]], guess: Sequence[float]) -> list[Fraction] | None:
    """Find exact weights, none negative, with which the columns add up to zero.

    Parameters
    ----------
    columns : sequence of columns of fractions, all of one length
    guess : sequence of float
        The weights as floating point found them.

    Returns
    -------
    list of Fraction, or None
        As few of them positive as columns allow (Caratheodory); None if there are none near the guess.

    Examples
    --------
    >>> F = Fraction
    >>> positive_mixture([[F(1), F(1)], [F(-1), F(0)], [F(0), F(-2)]], [0.4, 0.4, 0.2])
    [Fraction(2, 1), Fraction(2, 1), Fraction(1, 1)]
    """
    active = list(range(len(columns)))
    weights = {j: Fraction(0) for j in active}
    basis = null_space(columns)
    if not basis:
        return None
    found = _near(basis, guess)
    if min(found) < 0 or max(found) <= 0:
        return None
    while len(basis) > 1 or min(found) == 0:
        active = [j for j, weight in zip(active, found, strict=True) if weight > 0]
        found = [weight for weight in found if weight > 0]
        basis = null_space([columns[j] for j in active])
        if len(basis) == 1:
            break
        found = _on_the_edge(found, basis[0])
    for j, weight in zip(active, whole(found), strict=True):
        weights[j] = Fraction(weight)
    return [weights[j] for j in range(len(columns))]


def _near(basis: list[list[Fraction]], guess: Sequence[float]) -> list[Fraction]:
    """Combine the basis so that its free entries are the guess's."""
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


def _on_the_edge(weights: list[Fraction], direction: list[Fraction]) -> list[Fraction]:
    if max(direction) <= 0:
        direction = [-value for value in direction]
    step = min(w / d for w, d in zip(weights, direction, strict=True) if d > 0)
    return [w - step * d for w, d in zip(weights, direction, strict=True)]


def null_space(columns: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Find all ways in which columns add up to zero: a basis of them, without rounding.

    Whole numbers are eliminated without fractions (Bareiss 1968, Mathematics of Computation 22:565), which keeps the
    numbers as short as determinants are.

    Examples
    --------
    >>> null_space([[Fraction(1)], [Fraction(2)]])
    [[Fraction(-2, 1), Fraction(1, 1)]]
    """
    rows = [whole(row) for row in zip(*columns, strict=True)]
    width = len(columns)
    if width > MANY and (only := only_dependence(rows)) is not None:
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
