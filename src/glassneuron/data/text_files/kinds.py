"""What the columns of a text file hold: numbers, truth values or text; and how the numbers are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from glassneuron.data.keeping import IN_MEMORY, InMemory
from glassneuron.data.reading import Reading
from glassneuron.data.text_files.dates import ORDERS, as_dates
from glassneuron.data.text_files.written import (
    GAPS_AMONG_NUMBERS,
    WAYS,
    Marks,
    is_code,
    looks_like_number,
    plain,
    possible,
    unit_of,
)
from glassneuron.errors import problem

FIRST = 200
"""Different texts by which it is seen that a column holds no numbers."""
GROUPED = "^[-+]?([1-9][0-9]{0,2}([.][0-9]{3})+|[0-9]{1,3})$"
"""What may be whole numbers with points between thousands."""
TIME = "^[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?$"
"""A time of day."""
MANY_NAMED = 3
PLAIN_MARKS = Marks()


@dataclass
class Look:
    """What a column turns out to be.

    Attributes
    ----------
    name : str
    text : Arrow text
        The cells without the spaces around them; an empty one is a gap.
    cells : Arrow array
        Numbers, booleans, or text.
    ways : list of Marks
        In which the cells are other numbers each time, as long as that is open.
    numbers : list of str
        The different texts among the cells, without those that stand for a gap, `gaps`.
    marks, unit : Marks, str
        How the numbers are written.
    codes : bool
        Whether a zero leads some of the numbers, so that they are none.
    order : str
        In which day, month and year stand, where it was written in another one than ours.
    """

    name: str
    text: Any
    cells: Any
    ways: list[Marks] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    gaps: tuple[str, ...] = ()
    marks: Marks = PLAIN_MARKS
    unit: str = ""
    codes: bool = False
    order: str = ""


def typed_columns(
    columns: dict[str, Any], reading: Reading, delimiter: str, known: dict[str, str], keep: InMemory = IN_MEMORY
) -> tuple[dict[str, Look], list[str]]:
    """Find out what columns of text hold.

    Parameters
    ----------
    columns : dict of str to Arrow text
    reading : Reading
    delimiter : str
        Of the file: where it is a semicolon, a comma alone is a decimal one.
    known : dict of str to str
        Of a model that has met the columns: "number" or "text", or for dates the order of day, month and year.
    keep : InMemory
        Where what is made of the columns is kept.

    Returns
    -------
    looks : dict of str to Look
    notes : list of str
        What was recognised, in words.
    """
    known = {name: kind for name, kind in known.items() if kind != "date"}
    wanted = known | dict.fromkeys(reading.text, "text") | dict.fromkeys(reading.numeric, "number")
    ways = [
        marks
        for marks in WAYS
        if reading.decimal in (None, marks.decimal)
        and marks.thousands in ("", reading.thousands or marks.thousands)
        and marks.decimal != reading.thousands
    ]
    orders = ORDERS if reading.date_order is None else (reading.date_order,)
    looks = {}
    for name, cells in columns.items():
        looks[name] = look = _look(name, cells, wanted.get(name), ways, orders)
        _keep(look, cells, keep)
    decimal = reading.decimal or _decimal(looks.values(), delimiter)
    for look in looks.values():
        if look.ways:
            _settle(look, decimal)
        elif decimal == "," and wanted.get(look.name) != "text":
            _regroup(look)
        if look.marks != PLAIN_MARKS or look.numbers:
            look.cells = keep.column(look.cells)
    return looks, _notes(looks.values(), wanted)


def _keep(look: Look, before: Any, keep: InMemory) -> None:
    """Keep what was made of a column."""
    made = look.cells
    if made is not before:
        look.cells = keep.column(made)
    if look.text is not before:
        look.text = look.cells if look.text is made else keep.column(look.text)


def _look(name: str, cells: Any, wanted: str | None, ways: list[Marks], orders: Sequence[str]) -> Look:
    import pyarrow as pa
    from pyarrow import compute

    if wanted is not None and wanted in ORDERS:
        orders, wanted = (wanted,), None

    look = Look(name, cells, cells)
    if wanted != "text" and Marks() in ways and cells.null_count < len(cells) and _cast(look, wanted):
        return look  # as most columns are
    look.text = look.cells = text = _without(compute.utf8_trim_whitespace(cells), [""])
    if wanted == "text":
        return look
    if text.null_count == len(text):
        look.cells = pa.chunked_array([pa.nulls(len(text))])
        return look
    if Marks() in ways and _cast(look, wanted):
        return look
    if wanted != "text" and (times := _times(text)) is not None:
        look.cells = times
        return look
    if wanted is None and (dates := as_dates(name, text, orders)) is not None:
        look.cells, look.order = dates
        return look
    different = compute.unique(text).drop_null()
    first = [each for each in different[:FIRST].to_pylist() if each not in GAPS_AMONG_NUMBERS]
    if wanted is None and len(different) > FIRST and sum(map(looks_like_number, first)) < len(first) / 2:
        return look  # as most columns of text are: they need not become a list
    texts = different.to_pylist()
    if {each.lower() for each in texts} <= {"true", "false"}:
        look.cells = compute.equal(compute.utf8_lower(text), "true")
        return look
    some = [each for each in texts[:FIRST] if each not in GAPS_AMONG_NUMBERS]
    if wanted is None and sum(map(looks_like_number, some)) < len(some) / 2:
        return look
    numbers = [each for each in texts if each not in GAPS_AMONG_NUMBERS]
    look.codes = wanted is None and any(map(is_code, numbers))
    if look.codes or not numbers:
        return look
    look.ways = possible(numbers, ways)
    units = {unit_of(each) for each in numbers} - {""}
    if not look.ways or len(units) > 1:
        look.ways = []
        if wanted == "number":
            _refuse_text(look, numbers, ways)
        return look
    look.gaps, look.unit, look.numbers = tuple(g for g in texts if g in GAPS_AMONG_NUMBERS), "".join(units), numbers
    return look


def _times(text: Any) -> Any:
    """Return dates, times of day or both, where all cells are such."""
    import pyarrow as pa
    from pyarrow import compute

    if compute.all(compute.match_substring_regex(text, TIME)).as_py():
        text = compute.replace_substring_regex(text, "^([0-9]):", r"0\1:")
        day, space = (pa.scalar(part, text.type) for part in ("1970-01-01", " "))
        text, kinds = compute.binary_join_element_wise(day, text, space), [pa.timestamp("s")]
    elif compute.all(compute.match_substring_regex(text, r"^[0-9]{4}-[0-9]{2}-[0-9]{2}")).as_py():
        kinds = [pa.date32(), pa.timestamp("us"), pa.timestamp("us", "UTC")]
    else:
        return None
    for kind in kinds:
        try:
            return text.cast(kind).cast(pa.time32("s") if kind == pa.timestamp("s") else kind)
        except pa.ArrowInvalid:
            continue
    return None


def _without(text: Any, gone: Sequence[str]) -> Any:
    """Make gaps of some texts."""
    import pyarrow as pa
    from pyarrow import compute

    there = compute.is_in(text, pa.array(gone, text.type))
    return compute.if_else(there, pa.scalar(None, text.type), text) if compute.any(there).as_py() else text


def _cast(look: Look, wanted: str | None) -> bool:
    """Turn plain numbers into whole numbers or floats, unless a zero leads one of them."""
    import pyarrow as pa
    from pyarrow import compute

    first = next(filter(None, look.text.slice(0, FIRST).to_pylist()), "0")
    if not looks_like_number(first):  # to ask Arrow would take longer than to cast a column
        return False
    for kind in (pa.int64(), pa.float64()):
        try:
            numbers = look.text.cast(kind)
        except pa.ArrowInvalid:
            continue
        begins = [compute.starts_with(look.text, sign + "0") for sign in ("", "-", "+")]
        zeros = look.text.filter(compute.or_(begins[0], compute.or_(begins[1], begins[2])))
        zeros = zeros.filter(compute.match_substring_regex(zeros, "^[-+]?0[0-9xX]"))
        if len(zeros) and wanted is None:
            return False
        if (
            len(zeros)
            and kind == pa.int64()
            and compute.any(compute.match_substring(zeros, "x", ignore_case=True)).as_py()
        ):
            return False  # Arrow takes 0x10 for 16
        look.cells = numbers
        return True
    return False


def _refuse_text(look: Look, numbers: list[str], ways: list[Marks]) -> None:
    """Name the first cell of a column of numbers that is none."""
    from pyarrow import compute

    best = max(ways, key=lambda marks: sum(plain(text, marks) is not None for text in numbers))
    text = next((text for text in numbers if plain(text, best) is None), numbers[-1])
    row = compute.index(look.text, text).as_py() + 1
    raise problem("not-the-kind", name=look.name, wanted="numbers", kind=f"{text!r} in row {row}")


def _decimal(looks: Collection[Look], delimiter: str) -> str | None:
    """Return the decimal mark of the table, if some column tells it and none another."""
    import pyarrow as pa
    from pyarrow import compute

    if not any(look.ways for look in looks):
        return None  # no column is written in an unusual way
    found = set()
    for look in looks:
        if len(look.ways) == 1 and (look.ways[0].decimal == "," or look.ways[0].thousands in (".", ",")):
            found.add(look.ways[0].decimal)
        elif pa.types.is_floating(look.cells.type):
            points = look.text.filter(compute.match_substring(look.text, "."))
            if len(points) and not compute.all(compute.match_substring_regex(points, GROUPED)).as_py():
                found.add(".")
    if not found and delimiter == ";":
        return ","
    return found.pop() if len(found) == 1 else None


def _settle(look: Look, decimal: str | None) -> None:
    """Choose the way in which the numbers of a column are written, and read them."""
    from pyarrow import compute

    if len(look.ways) > 1:
        fitting = [marks for marks in look.ways if marks.decimal == decimal]
        if len(fitting) != 1:
            a, b = look.ways[:2]
            text = next(each for each in look.numbers if plain(each, a) != plain(each, b))
            row = compute.index(look.text, text).as_py() + 1
            raise problem("ambiguous", name=look.name, value=text, row=row, one=plain(text, a), other=plain(text, b))
        look.ways = fitting
    look.marks = look.ways[0]
    _read(look)


def _regroup(look: Look) -> None:
    """Take points for marks between thousands, where the table's decimal mark is a comma and all numbers allow it."""
    import pyarrow as pa
    from pyarrow import compute

    if not pa.types.is_floating(look.cells.type):
        return
    if compute.all(compute.match_substring_regex(look.text, GROUPED)).as_py():
        look.numbers, look.marks = compute.unique(look.text).drop_null().to_pylist(), Marks(",", ".")
        _read(look)


def as_plain(look: Look) -> Any:
    """Return the numbers of a column as Arrow text that programs read, each with all its digits."""
    import pyarrow as pa

    if not look.numbers:
        return look.text
    written = {text: plain(text, look.marks) for text in look.numbers}
    coded = look.text.combine_chunks().dictionary_encode()
    meant = pa.array([written.get(text) for text in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([meant.take(coded.indices)])


def _read(look: Look) -> None:
    import pyarrow as pa

    numbers = as_plain(look)
    try:
        look.cells = numbers.cast(pa.int64())
    except pa.ArrowInvalid:
        look.cells = numbers.cast(pa.float64())


def _notes(looks: Iterable[Look], wanted: dict[str, str]) -> list[str]:
    """Say what was recognised, one sentence for all columns of a kind."""
    told: dict[str, list[str]] = {}
    for look in looks:
        said = list[str]()
        if look.marks != Marks():
            between = {" ": "a space"}.get(look.marks.thousands, look.marks.thousands)
            parts = [f"{look.marks.decimal} before decimals"] * (look.marks.decimal != "." or between == ".")
            parts += [f"{between} between thousands"] * bool(between)
            said.append(f"read as numbers with {' and '.join(parts)}")
        if look.unit:
            said.append(f"read as numbers in {look.unit}")
        if look.codes and wanted.get(look.name) is None:
            said.append("text, for a zero leads some of its numbers")
        if look.gaps and look.numbers:
            stand = "stands" if len(look.gaps) == 1 else "stand"
            said.append(f"{' and '.join(map(repr, look.gaps))} {stand} for a gap")
        for what in said:
            told.setdefault(what, []).append(f"`{look.name}`")
    return [f"{listed(names)}: {what}" for what, names in told.items()]


def listed(names: Sequence[str], most: int = MANY_NAMED) -> str:
    """List some names, and count the others.

    Examples
    --------
    >>> listed(["a", "b"]), listed(["a", "b", "c", "d", "e"])
    ('a, b', 'a, b, c and 2 more')
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
