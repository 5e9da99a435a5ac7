"""Dates as numbers: days since a start, and one feature for each month, weekday or hour that was met."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PARTS = ("month", "weekday", "hour")
"""What of a date can become features. A linear neuron weighs each month by itself: one feature a month, not a wave."""
DAY = np.timedelta64(1, "D")


def days(moments: Array, start: str) -> Array:
    """Return how many days moments lie behind the start; NaN for no time.

    Examples
    --------
    >>> days(np.array(["2026-01-03T12", "NaT"], "M8[us]"), "2026-01-01")
    array([2.5, nan])
    """
    return np.asarray((moments - np.datetime64(start, "us")) / DAY)


def part_of(moments: Array, part: str) -> Array:
    """Return the month (1 to 12), weekday (1, Monday, to 7) or hour (0 to 23) of moments; NaN for no time.

    Examples
    --------
    >>> part_of(np.array(["2026-03-01T17:30", "NaT"], "M8[us]"), "weekday")
    array([ 7., nan])
    """
    there = ~np.isnat(moments)
    found = np.full(len(moments), np.nan)
    some = moments[there]
    if part == "month":
        found[there] = some.astype("M8[M]").astype(np.int64) % 12 + 1
    elif part == "weekday":
        found[there] = (some.astype("M8[D]").astype(np.int64) + 3) % 7 + 1  # the first of January 1970 was a Thursday
    else:
        found[there] = some.astype("M8[h]").astype(np.int64) % 24
    return found


def part_name(part: str, value: int) -> str:
    """Name a month, a weekday or an hour.

    Examples
    --------
    >>> part_name("month", 3), part_name("weekday", 7), part_name("hour", 9)
    ('Mar', 'Sun', '9')
    """
    return {"month": MONTHS, "weekday": WEEKDAYS}[part][value - 1] if part != "hour" else str(value)


def names_of(name: str, parts: Iterable[tuple[str, Iterable[int]]]) -> tuple[str, ...]:
    """Name the features of a date: its days, and its parts.

    Examples
    --------
    >>> names_of("day", [("month", (1, 2))])
    ('day', 'day month=Jan', 'day month=Feb')
    """
    return (name, *(f"{name} {part}={part_name(part, value)}" for part, values in parts for value in values))


def date_features(
    column: dict[str, Any], moments: Array, first: int = 1, unmet: dict[int, list[str]] | None = None
) -> Array:
    """Return the features of a column of dates, of shape (rows, features); a gap has NaN days, and no part.

    Raises
    ------
    TableError
        If a month, weekday or hour was never met in training; with `unmet`, its features are 0 and the column is
        noted there under the position of the row.
    """
    made = [days(moments, column["start"])]
    for part, values in column.get("parts") or ():
        found = part_of(moments, part)
        new = ~np.isin(found, values) & ~np.isnan(found)
        if new.any() and unmet is None:
            row = int(new.argmax())
            known = ", ".join(part_name(part, value) for value in values)
            value = f"in {part_name(part, int(found[row]))}" if part != "hour" else f"at hour {int(found[row])}"
            raise problem("new-part", name=column["name"], value=value, row=row + first, part=part, known=known)
        if unmet is not None:
            for row in np.flatnonzero(new).tolist():
                if column["name"] not in unmet.setdefault(row, []):
                    unmet[row].append(column["name"])
        made += [(found == value).astype(np.float64) for value in values]
    return np.column_stack(made)
