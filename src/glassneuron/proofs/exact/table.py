"""A table whose cells are known exactly, and the two classes of its rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, as_rows
from glassneuron.errors import problem

ROWS_AT_ONCE = 65_536
"""Rows of a table that are worked on at once, so that intermediate results need little memory."""
CACHED_ROWS = 4096
"""Rows that fit into a processor's cache."""
MOST_LISTED = 12
"""Rows, terms or pairs that a sentence lists."""


class ExactTable:
    """A table of numbers: `floats` of shape (rows, features) to search in, fractions to prove with.

    A float stands for its exact binary value, a text or a decimal for what it says. With `decimal` a float is read as
    the shortest decimal text that gives it, which is what a CSV file says.
    """

    def __init__(self, X: Any, *, decimal: bool = False) -> None:
        self.decimal = decimal
        self._cells: Array | None = None
        if hasattr(X, "toarray"):
            raise problem("sparse", name="X")
        try:
            array = np.asarray(X, dtype=None if _all_plain(X) else object)
        except ValueError:
            array = as_rows(X, "X")  # which says what is wrong
        if array.dtype.kind in "OUS" or (array.dtype.kind in "iu" and array.size and np.abs(array).max() > 2**53):
            self._cells = array.astype(object)
            array = np.array([_as_float(cell) for cell in self._cells.flat], np.float64).reshape(array.shape)
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
        return [Fraction(repr(cell) if self.decimal else cell) for cell in self.floats[i].tolist()]


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


def _as_float(cell: Any) -> float:
    if isinstance(cell, (float, Decimal)) and not math.isfinite(cell):
        return float(cell)  # as_rows refuses it and says where it stands
    try:
        return float(_fraction(cell))
    except OverflowError:
        raise problem("numbers", name="X", value=cell) from None


@dataclass(frozen=True, eq=False)
class TwoClassTable:
    """The rows and the two classes that a verdict is about.

    A neuron has to fire for the rows that are `second`. `names` are those of the features, and `numbers` the rows'
    places in the larger table that they were taken from.
    """

    rows: ExactTable
    second: Array
    classes: tuple[Any, Any] = (0, 1)
    names: tuple[str, ...] | None = None
    numbers: Array | None = None

    def signed(self, i: int) -> list[Fraction]:
        """Return row i exactly, with a 1 behind it, and negative if it is of the first class."""
        cells = [*self.rows.row(i), Fraction(1)]
        return cells if self.second[i] else [-cell for cell in cells]

    def listed(self, rows: Sequence[int], first_row: int, most: int = MOST_LISTED) -> str:
        """List the numbers of some rows, counted from `first_row`."""
        few = ", ".join(str(self.place(row) + first_row) for row in rows[:most])
        return few + (f" and {len(rows) - most} more" if len(rows) > most else "")

    def place(self, row: int) -> int:
        """Return a row's number in the larger table."""
        return row if self.numbers is None else int(self.numbers[row])

    def __repr__(self) -> str:
        return f"{len(self.rows):,} rows, {self.classes[0]!r} and {self.classes[1]!r}"
