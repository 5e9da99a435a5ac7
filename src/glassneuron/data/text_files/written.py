"""Text that stands for numbers, as spreadsheets of several countries write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GAPS = (
    "", "NA", "N/A", "n/a", "#N/A", "#N/A N/A", "#NA", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "<NA>", "?",
    "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
)  # fmt: skip
"""What stands for a missing value; in quotes it is a text."""
GAPS_AMONG_NUMBERS = (
    *GAPS, ".", "-", "--", "None", "none", "#VALUE!", "#DIV/0!", "na", "n.a.", "N.A.", "unknown", "Unknown", "missing",
    "Missing", "not available", "nil",
)  # fmt: skip
"""What stands for a missing value where all others are numbers; elsewhere, some of it is a text like any other."""

CURRENCIES = r"[$€£¥₹₽₩₺₫฿]|USD|EUR|GBP|JPY|CHF|CAD|AUD|NZD|SEK|NOK|DKK|CNY|INR|BRL|PLN|CZK|R\$|kr"
UNITS = rf"%|‰|{CURRENCIES}|°C|°F|°|kg|mg|µg|g|km|cm|mm|m|ml|l|ms|min|s|h|kWh|kW|W|V|mA|A|kHz|MHz|Hz"
NUMBER = re.compile(
    rf"(?P<debt>\()?(?P<sign>[-+−]?)\s?(?P<before>{CURRENCIES})?\s?(?P<sign2>[-+−]?)"
    r"(?P<digits>\d[\d.,'’_ \u00a0\u202f]*\d|\d[.,]?|[.,]\d+)(?P<power>[eE][-+]?\d+)?"
    rf"\s?(?P<after>{UNITS})?(?(debt)\))"
)
LEADING_ZERO = re.compile(r"[-+]?0\d+(\.\d*)?")
PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(inf|infinity|nan)", re.IGNORECASE)
SPACES = "  \u202f"


@dataclass(frozen=True)
class Marks:
    """The mark before decimals and the mark between thousands; "" where there is none."""

    decimal: str = "."
    thousands: str = ""


WAYS = (
    Marks(), Marks(".", ","), Marks(","), Marks(",", "."), Marks(".", " "), Marks(",", " "), Marks(".", "'"),
    Marks(",", "'"), Marks(".", "_"),
)  # fmt: skip
"""All ways to write a number, the plainest first."""


def looks_like_number(text: str) -> bool:
    """Return whether a text may stand for a number in one of the ways.

    Examples
    --------
    >>> [looks_like_number(text) for text in ("1.5", "1.299,99", "$2,522.70", "25%", "1 299", "A1", "x", "")]
    [True, True, True, True, True, False, False, False]
    """
    text = text.strip()
    return PLAIN.fullmatch(text) is not None or NUMBER.fullmatch(text) is not None


def is_code(text: str) -> bool:
    """Return whether digits stand behind a zero that no number needs: 042 is a code, and so is 0x10.

    Examples
    --------
    >>> [is_code(text) for text in ("042", "0042", "0.42", "0", "-0.5", "42")]
    [True, True, False, False, False, False]
    """
    return LEADING_ZERO.fullmatch(text) is not None


def plain(text: str, marks: Marks) -> str | None:
    """Write a number as programs do: the shortest way that keeps all its digits; None where it is none that way.

    Examples
    --------
    >>> plain("$1,163.740", Marks(".", ",")), plain("1.299,99 €", Marks(",", ".")), plain("1,5", Marks())
    ('1163.740', '1299.99', None)
    >>> plain("(25%)", Marks()), plain("1 299", Marks(".", " "))
    ('-25', '1299')
    """
    found = NUMBER.fullmatch(text.strip())
    if found is None:
        return text.strip() if PLAIN.fullmatch(text.strip()) else None
    digits = found["digits"].replace("’", "'")
    for space in SPACES:
        digits = digits.replace(space, " ")
    if {"sign": found["sign"], "sign2": found["sign2"]}["sign"] and found["sign2"]:
        return None
    whole, decimal, fraction = digits.partition(marks.decimal)
    if decimal and not (fraction.isdigit() or (not fraction and whole)):
        return None
    if whole and not whole.isdigit():
        if not marks.thousands or not re.fullmatch(rf"[1-9]\d{{0,2}}({re.escape(marks.thousands)}\d{{3}})+", whole):
            return None
        whole = whole.replace(marks.thousands, "")
    minus = (found["debt"] is not None) != ((found["sign"] or found["sign2"]) in ("-", "−"))
    number = (whole or "0") + ("." + fraction if fraction else "") + (found["power"] or "")
    return ("-" if minus else "") + number


def unit_of(text: str) -> str:
    """Return the unit of a number, or "" where it has none.

    Examples
    --------
    >>> unit_of("$2,522.70"), unit_of("25 %"), unit_of("25")
    ('$', '%', '')
    """
    found = NUMBER.fullmatch(text.strip())
    return "" if found is None else found["before"] or found["after"] or ""


def possible(texts: Iterable[str], ways: Sequence[Marks] = WAYS) -> list[Marks]:
    """Return the ways in which all texts are numbers, as far as they make other numbers of them; the plainest first.

    Examples
    --------
    >>> possible(["1,163.74", "349.64"])
    [Marks(decimal='.', thousands=',')]
    >>> possible(["1,163", "349"])  # it may be 1163 or 1.163
    [Marks(decimal='.', thousands=','), Marks(decimal=',', thousands='')]
    """
    ways = list(ways)
    read: list[list[str]] = [[] for _ in ways]
    for text in texts:
        for k in range(len(ways) - 1, -1, -1):
            number = plain(text, ways[k])
            if number is None:
                del ways[k], read[k]
            else:
                read[k].append(number)
        if not ways:
            return []
    return [marks for k, marks in enumerate(ways) if all(read[k] != other for other in read[:k])]
