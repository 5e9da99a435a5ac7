"""What people pass becomes arrays of finite numbers, or one sentence that says why not."""

from __future__ import annotations

import math
import sys
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glassneuron.engine.parts import Part
from glassneuron.engine.sums import large, over_parts
from glassneuron.errors import problem

Array = NDArray[Any]

MANY = 10_000
"""Numbers up to which the library adds up squares on one thread."""
PIECE = 2048
"""Numbers whose squares are added up together where there are more."""

LONG = 512
"""Numbers in a row from which on the extremes of columns are found as fast as numbers are read."""


def as_numbers(values: ArrayLike, name: str) -> Array:
    """Turn lists, arrays and frames of any shape into an array of finite floats.

    float32 and float64 stay what they are; integers and booleans become float64. Messages call it by the name.
    """
    array = numbers(values, name)
    refuse_not_finite(array, name)
    return array


def in_kind(dtype: Any, values: ArrayLike, name: str) -> Array:
    """Turn what people pass into finite numbers of one dtype, which has to be able to hold them."""
    with np.errstate(over="ignore"):
        array = as_numbers(values, name).astype(dtype)
    refuse_not_finite(array, name)
    return array


def numbers(values: ArrayLike, name: str) -> Array:
    """Turn lists, arrays and frames into an array of floats, as `as_numbers` does, whether they are finite or not."""
    try:
        array = np.asarray(values)
        if array.dtype.kind in "US":  # NumPy turns numbers beside a text into text too
            array = np.asarray(values, dtype=object)
    except ValueError:
        rule, fix = "rows of equal length", "Give every row as many numbers."
        raise problem("dimensions", name=name, rule=rule, shape="(ragged)", fix=fix) from None
    return array if array.dtype in (np.float32, np.float64) else _as_float(array, name)


def all_finite(array: Array) -> bool:
    """Return whether no number of an array is NaN or infinite.

    Their squares are added up first: the sum is not finite if one of them is not, and that takes half the time of
    looking at each, and no memory.
    """
    if array.ndim == 2 and large(array.size):
        return all(over_parts(_finite_part, array, (), float(array.size)))
    return _all_finite(array)


def _finite_part(part: Part) -> bool:
    return _all_finite(part.table[part.start : part.stop])


def _all_finite(array: Array) -> bool:
    if array.dtype.kind != "f":
        return bool(np.isfinite(array).all())
    if array.size <= MANY:
        if math.isfinite(np.vdot(array, array)):
            return True
    else:
        row = array.T if array.flags.f_contiguous else array
        if row.flags.c_contiguous:
            row = row.reshape(-1)
            whole = len(row) // PIECE * PIECE
            pieces, rest = row[:whole].reshape(-1, PIECE), row[whole:]
            with np.errstate(over="ignore", invalid="ignore"):
                if np.isfinite(np.vecdot(pieces, pieces).sum() + rest @ rest):
                    return True
    return bool(np.isfinite(array).all())


def ends_of_columns(X: Array) -> tuple[Array, Array]:
    """Return the lowest and the highest number of each column.

    Many rows of few columns are taken as fewer and longer ones first, which takes an eighth of the time.

    Examples
    --------
    >>> [ends.tolist() for ends in ends_of_columns(np.array([[1.0, 5.0], [2.0, 4.0], [0.0, 6.0]]))]
    [[0.0, 4.0], [2.0, 6.0]]
    """
    rows, columns = X.shape
    together = max(1, LONG // max(1, columns))
    if not X.flags.c_contiguous or rows < 2 * together or together == 1:
        return X.min(axis=0), X.max(axis=0)
    whole = rows // together * together
    longer, ends = X[:whole].reshape(-1, together * columns), []
    for extreme in np.min, np.max:
        found = extreme(extreme(longer, axis=0).reshape(together, columns), axis=0)
        ends.append(extreme((found, extreme(X[whole:], axis=0)), axis=0) if whole < rows else found)
    return ends[0], ends[1]


def refuse_not_finite(array: Array, name: str) -> None:
    """Say where the first NaN or infinite number is, if there is one."""
    if not all_finite(array):
        finite = np.isfinite(array)
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        names = {1: ("position",), 2: ("row", "column")}.get(
            array.ndim, [f"axis {k} position" for k in range(array.ndim)]
        )
        place = ", ".join(f"{axis} {i}" for axis, i in zip(names, where, strict=True))
        raise problem("not-finite", name=name, value=array[where], where=place or "its only place")


def _as_float(array: Array, name: str) -> Array:
    if array.dtype.kind in "OT":  # T: texts of any length, whose missing ones are of any kind
        for value in array.flat:
            if not isinstance(value, Real):
                raise problem("numbers", name=name, value=value)
    elif array.dtype.kind not in "biuf":
        raise problem("numbers", name=name, value=array.flat[0].item() if array.size else str(array.dtype))
    try:
        with np.errstate(over="ignore"):
            return array.astype(np.float64)
    except OverflowError:  # whole numbers of Python have no largest
        immense = next(value for value in array.flat if abs(value) > sys.float_info.max)
        raise problem("numbers", name=name, value=f"{str(immense)[:8]}..., beyond any float") from None


def as_input(x: ArrayLike, width: int, reader: str = "inputs", name: str = "x") -> Array:
    """Turn a row (width,) or a table (rows, width) to be answered into floats, whether they are finite or not.

    The reader is "inputs" or "features": the message about another width speaks of a network or of a neuron.
    """
    values = numbers(x, name)
    if values.ndim not in (1, 2):
        rule, fix = "one row (inputs,) or a table (rows, inputs)", "Give a list of numbers, or a list of such lists."
        raise problem("dimensions", name=name, rule=rule, shape=values.shape, fix=fix)
    if values.shape[-1] != width:
        raise problem(reader, expected=width, got=values.shape[-1])
    return values


def one_row(x: ArrayLike) -> Array:
    """Turn one row of finite numbers into an array of shape (inputs,); it may stand in double brackets."""
    values = as_numbers(x, "x")
    row = values[0] if values.ndim == 2 and len(values) == 1 else values
    if row.ndim != 1:
        rule, fix = "one row of shape (inputs,)", "Explain one row at a time."
        raise problem("dimensions", name="x", rule=rule, shape=values.shape, fix=fix)
    return row


def as_rows(values: ArrayLike, name: str) -> Array:
    """Turn lists, arrays and frames into a table of finite floats of shape (rows, features), neither of them 0."""
    array = as_numbers(values, name)
    if array.ndim != 2:
        fix = "Write one row as [[1, 2, 3]]." if array.ndim == 1 else "Give two dimensions."
        raise problem("dimensions", name=name, rule="a table of shape (rows, features)", shape=array.shape, fix=fix)
    for length, what in zip(array.shape, ("row", "feature"), strict=True):
        if length == 0:
            raise problem("empty", name=name, what=what)
    return array
