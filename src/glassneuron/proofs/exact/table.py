"""A table whose cells are known exactly, and the two classes of its rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, as_rows
from glassneuron.engine.on_disk import row_by_row, taken
from glassneuron.errors import problem
from glassneuron.neurons.columns import names_in

ROWS_AT_ONCE = 65_536
"""Rows of a table that are worked on at once, so that intermediate results need little memory."""
CACHED_ROWS = 4096
"""Rows that fit into a processor's cache."""
MOST_LISTED = 12
"""Rows, terms or pairs that a sentence lists."""
WHOLE = 2**53
"""Up to here, a float holds every whole number."""


class ExactTable:
    """A table of numbers: `floats` of shape (rows, features) to search in, fractions to prove with.

    A float stands for its exact binary value, a text or a decimal for what it says. With `decimal` a float is read as
    the shortest decimal text that gives it, which is what a CSV file says.

    Parameters
    ----------
    X : array_like of shape (rows, features)
    decimal : bool, default False
    places : sequence of int, optional
        The number of each row, from 0, in the table that they were taken from, where others were left out.
    written : callable, optional
        Returns the cells with all their digits, objects of the shape of X, or None where X has them; it is called when
        a proof first looks.
    """

    def __init__(
        self,
        X: Any,
        *,
        decimal: bool = False,
        places: Sequence[int] | Array | None = None,
        written: Callable[[], Array | None] | None = None,
    ) -> None:
        self.decimal, self.places, self._written = decimal, None if places is None else np.asarray(places), written
        if hasattr(X, "toarray"):
            raise problem("sparse", name="X")
        try:
            array = _as_array(X)
        except ValueError:
            array = as_rows(X, "X")  # which says what is wrong
        if _finer_than_floats(array):
            cells = array.astype(object)
            array = np.array([_as_float(cell) for cell in cells.flat], np.float64).reshape(array.shape)
            self._written = lambda: cells
        self.floats = as_rows(array, "X")

    @classmethod
    def of_floats(cls, X: Array, written: Callable[[], Array | None]) -> ExactTable:
        """Return the table of rows that were checked before: of finite floats, of shape (rows, features)."""
        table = object.__new__(cls)
        table.decimal, table.places, table._written, table.floats = False, None, written, X
        return table

    @cached_property
    def _cells(self) -> Array | None:
        return None if self._written is None else self._written()

    def __len__(self) -> int:
        return len(self.floats)

    @property
    def verbatim(self) -> bool:
        """Whether cells may be finer than floats, so that rows may differ though their floats are equal."""
        return self._cells is not None

    def only(self, indices: Array) -> ExactTable:
        """Return some of the rows."""
        part = object.__new__(ExactTable)
        part.decimal, part.floats = self.decimal, taken(self.floats, indices)
        part.places = np.asarray(indices) if self.places is None else taken(self.places, indices)
        part._written = self._written and (lambda: None if self._cells is None else self._cells[indices])
        return part

    def rounded(self) -> ExactTable:
        """Return the table as floats have it."""
        return ExactTable(self.floats, decimal=self.decimal, places=self.places)

    def place(self, row: int) -> int:
        """Return a row's number in the table that the rows were taken from."""
        return row if self.places is None else int(self.places[row])

    def row(self, i: int) -> list[Fraction]:
        """Return row i exactly."""
        if self._cells is not None:
            return [_fraction(cell) for cell in self._cells[i]]
        return [Fraction(repr(cell) if self.decimal else cell) for cell in self.floats[i].tolist()]


def _as_array(X: Any) -> Array:
    """Make an array of what people pass, in which each cell keeps its value."""
    columns = names_in(X)
    if columns is not None and len(set(columns)) == len(columns) > 1:
        each = [np.asarray(X[name]) for name in columns]
        if any(map(_long, each)) and len({column.dtype for column in each}) > 1:  # NumPy would make them all floats
            return np.stack([column.astype(object) for column in each], axis=1)
    return np.asarray(X, dtype=None if _all_plain(X) else object)


def all_digits(X: Any) -> Array | None:
    """Return rows as objects that keep all that was said, or None where floats do."""
    array = _as_array(X)
    return array.astype(object) if _finer_than_floats(array) else None


def _finer_than_floats(array: Array) -> bool:
    return array.dtype.kind in "OUS" or _long(array)


def _long(array: Array) -> bool:
    """Return whether there are whole numbers beyond those that floats hold."""
    if array.dtype.kind not in "iu" or not array.size:
        return False
    return int(array.max()) > WHOLE or int(array.min()) < -WHOLE


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


def is_one(codes: Array, c: int) -> Array:
    """Return which rows are of one class."""
    return row_by_row(lambda codes: codes == c, codes)


@dataclass(frozen=True, eq=False)
class TwoClassTable:
    """The rows and the two classes that a verdict is about.

    A neuron has to fire for the rows that are `second`. `names` are those of the features, and `numbers` the rows'
    positions in the table of all classes that they were taken from.
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

    def listed(self, rows: Sequence[int] | Array, first_row: int, most: int = MOST_LISTED) -> str:
        """List the numbers of some rows, counted from `first_row`."""
        few = ", ".join(str(self.place(row) + first_row) for row in rows[:most])
        return few + (f" and {len(rows) - most} more" if len(rows) > most else "")

    def place(self, row: int) -> int:
        """Return a row's number in the table that all rows were taken from."""
        return self.rows.place(row)

    def index(self, row: int) -> int:
        """Return a row's position in the larger table."""
        return row if self.numbers is None else int(self.numbers[row])

    def __repr__(self) -> str:
        return f"{len(self.rows):,} rows, {self.classes[0]!r} and {self.classes[1]!r}"
