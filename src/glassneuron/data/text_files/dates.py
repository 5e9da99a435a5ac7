"""Dates as people write them: 31.12.2024, 12/31/2024, 1 Jan 2024; in which order day, month and year stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from glassneuron.errors import problem

ORDERS = ("dmy", "mdy", "ymd")
"""Day, month and year, as --date-order says it."""
IN_WORDS = {"dmy": "day, month, year", "mdy": "month, day, year", "ymd": "year, month, day"}
FIRST = 200
"""Different texts by which it is seen that a column holds no dates."""
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = (
    r"(?P<month>jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?"
    r"|nov(ember)?|dec(ember)?)[.,]?"
)
TIME = (
    r"(?:(?:T|,? +)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?(?: ?(?P<half>[ap])\.?m\.?)?)?"
)
NUMBERS = re.compile(rf"(?P<a>\d{{1,4}})(?P<mark>[./-])(?P<b>\d{{1,2}})(?P=mark)(?P<c>\d{{4}}|\d{{2}}){TIME}", re.I)
NAMED = re.compile(
    rf"(?:(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?[.,]? +)?"
    rf"(?:(?P<day>\d{{1,2}})(st|nd|rd|th)?[. -]+{MONTH}[ -]+(?P<year>\d{{4}})"
    rf"|{MONTH.replace('month', 'month2')} +(?:(?P<day2>\d{{1,2}})(st|nd|rd|th)?,? +)?(?P<year2>\d{{4}})){TIME}",
    re.I,
)
CENTURY = 70
"""Two digits below this are a year after 2000."""


class Dates(NamedTuple):
    """A column of dates, and the order in which day, month and year stand; "" where that was no question."""

    cells: Any
    order: str


def as_dates(name: str, text: Any, orders: Sequence[str] = ORDERS) -> Dates | None:
    """Return dates, with times of day where there are some, if all cells of a column of Arrow text are such.

    Raises
    ------
    TableError
        If they are other dates in one order than in another.

    Examples
    --------
    >>> import pyarrow as pa
    >>> as_dates("day", pa.chunked_array([["31.12.2024", None]])).cells.to_pylist()
    [datetime.date(2024, 12, 31), None]
    >>> as_dates("day", pa.chunked_array([["12/31/2024", "1/2/2024"]])).order
    'mdy'
    """
    import pyarrow as pa

    coded = text.combine_chunks().dictionary_encode()
    texts = coded.dictionary.to_pylist()
    if not texts or not all(_match(each) for each in texts[:FIRST]):
        return None
    found = [_match(each) for each in texts]
    ways = {order: [each and _moment(each, order) for each in found] for order in orders}
    read = {order: moments for order, moments in ways.items() if all(moments)}
    if not read:
        return None
    first, *others = read
    for other in others:
        for each, one, two in zip(texts, read[first], read[other], strict=True):
            if one != two:
                row = text.to_pylist().index(each) + 1
                raise problem(
                    "ambiguous-date", name=name, value=each, row=row, one=f"{one:%-d %b %Y}" if one else "",
                    other=f"{two:%-d %b %Y}" if two else "", first=first, second=other,
                )  # fmt: skip
    moments = read[first]
    timed = any(each and each["hour"] for each in found)
    kind = pa.timestamp("us") if timed else pa.date32()
    values = pa.array([m if timed else m and date(m.year, m.month, m.day) for m in moments], kind)
    numeric = any(each and each.re is NUMBERS and len(each["a"]) != 4 for each in found)
    return Dates(pa.chunked_array([values.take(coded.indices)]), first if numeric else "")


def _match(text: str) -> re.Match[str] | None:
    return NUMBERS.fullmatch(text) or NAMED.fullmatch(text)


def _moment(found: re.Match[str], order: str) -> datetime | None:
    """Return the moment that a text stands for in an order, or None where it is none in this one."""
    if found.re is NAMED:
        month = MONTHS.index((found["month"] or found["month2"])[:3].lower()) + 1
        year, day = int(found["year"] or found["year2"]), int(found["day"] or found["day2"] or 1)
    else:
        digits = found["a"], found["b"], found["c"]
        if len(digits[0]) == 4:
            order = "ymd"
        elif found["mark"] == "." and order == "mdy":
            return None  # nobody writes a month, a point, a day
        place = order.index("y")
        year, month, day = (int(digits[order.index(part)]) for part in "ymd")
        if len(digits[place]) == 2 and (len(digits[0]), len(digits[1]), len(digits[2])) == (2, 2, 2):
            year += 2000 if year < CENTURY else 1900
        elif len(digits[place]) != 4:
            return None
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
