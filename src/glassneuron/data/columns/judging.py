"""What the columns of a table hold, which of them are of use, and what they become."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from glassneuron.data.columns.gaps import rows_in_words
from glassneuron.data.columns.useless import useless
from glassneuron.data.encoding import (
    Array,
    Encoding,
    are_classes,
    encoding_of,
    is_plain_text,
    is_time,
    plain_text,
    refuse_text_in_numbers,
)
from glassneuron.data.files import Source
from glassneuron.data.reading import Reading
from glassneuron.data.text_files.dates import IN_WORDS
from glassneuron.data.text_files.kinds import listed
from glassneuron.data.text_files.written import looks_like_number
from glassneuron.errors import problem


class Judged(NamedTuple):
    """The columns of a table, Arrow arrays by their names, and what features they become.

    `places` are the positions of their rows in the table, from 0, where those without a target are left out.
    """

    columns: dict[str, Any]
    encoding: Encoding
    places: Array | None


def judged(source: Source, target: str | None, missing: str, reading: Reading, row: int | None = None) -> Judged:
    """Find out what the columns of a table hold and which are of use, and note that in the source."""
    wanted = _wanted(source.columns, target, reading)
    columns, looks = source.typed([*wanted, *([] if target is None else [target])], reading)
    fill, places = missing == "fill", None
    if fill and target is not None and row is None:
        columns, places = _with_target(columns, target, reading, source)
    if reading.keep is not None:
        kept = (*reading.keep, *reading.only, *reading.text, *reading.numeric)
        out = useless({name: columns[name] for name in wanted if name not in kept})
        source.notes += _left_out(out)
        wanted = {name: "" for name in wanted if name not in out}
    if row is not None:
        columns = {name: cells.slice(row - 1, 1) for name, cells in columns.items()}
    features = {name: columns[name] for name in wanted}
    most = reading.keep is not None
    encoding = encoding_of(features, target, reading.text, dates=reading.dates, fill=fill, most=most)
    made = (
        replace(c, order=looks[c.name].order) if c.kind == "date" and c.name in looks else c for c in encoding.columns
    )
    encoding = Encoding(tuple(made))
    source.notes += _recognised(encoding, columns)
    if places is not None:
        source.notes.append(f"{rows_in_words(source.rows - len(places))} without a value in `{target}` left out")
    return Judged(columns, encoding, places)


def known_columns(source: Source, encoding: Encoding, target: str | None, reading: Reading) -> dict[str, Any]:
    """Return the columns that an encoding knows, and the target, as what they are known to hold."""
    known = {column.name: column.order or column.kind for column in encoding.columns if column.read}
    absent = [name for name in known if name not in source.columns]
    if absent:
        raise problem("absent", columns=", ".join(f"`{name}`" for name in absent))
    more = [] if target is None or target in known else [target]
    return source.typed([*known, *more], reading, known)[0]


def _with_target(
    columns: dict[str, Any], target: str, reading: Reading, source: Source
) -> tuple[dict[str, Any], Array | None]:
    """Leave out rows without a target, and return the positions of the others; None where all have one."""
    gaps = columns[target].is_null(nan_is_null=True).to_numpy()
    if not gaps.any() or gaps.all():
        return columns, None
    for name, cells in columns.items():  # as long as rows are counted as the table has them
        if is_plain_text(cells.type) and name != target and name not in reading.text:
            values = plain_text(cells).unique().drop_null().to_pylist()
            if not (reading.keep is not None and are_classes(cells, values)):
                refuse_text_in_numbers(name, cells, values)
    there = np.flatnonzero(~gaps)
    return {name: source.keep.column(cells.take(there)) for name, cells in columns.items()}, there


def _recognised(encoding: Encoding, columns: dict[str, Any]) -> list[str]:
    """Say what dates, times and very many texts became."""
    said = []
    for column in encoding.columns:
        if column.start:
            parts = "".join(f", {part}" for part, _ in column.parts)
            order = f", written as {IN_WORDS[column.order]}" if column.order else ""
            said.append(f"`{column.name}`: days since {column.start}{parts}{order}")
        elif column.others and column.values:
            different = len(columns[column.name].unique().drop_null())
            said.append(
                f"`{column.name}`: the commonest {len(column.values)} of its {different:,} texts become features, the "
                "others none"
            )
        elif column.kind == "text" and any(map(looks_like_number, column.values)):
            odd = [value for value in column.values if not looks_like_number(value)]
            if odd and len(column.values) > 2 * len(odd):
                said.append(f"`{column.name}`: text, for {odd[0]!r} stands among its numbers")
        elif is_time(columns[column.name].type):
            said.append(f"`{column.name}`: hours since midnight")
    return said


def _wanted(columns: Iterable[str], target: str | None, reading: Reading) -> dict[str, str]:
    """Return the columns to learn from, as keys."""
    out = {*reading.drop, *([] if target is None else [target])}
    wanted = [name for name in columns if name not in out and (not reading.only or name in reading.only)]
    return dict.fromkeys(wanted, "")


def _left_out(reasons: dict[str, str]) -> list[str]:
    """Say which columns are left out, one sentence for all of a kind."""
    kinds: dict[str, list[str]] = {}
    for name, why in reasons.items():
        kinds.setdefault(why, []).append(name)
    keep = " (--keep takes it in)"
    return [
        f"{listed([f'`{name}`' for name in names])}: left out, for it {why}{keep * (k == 0)}"
        for k, (why, names) in enumerate(kinds.items())
    ]
