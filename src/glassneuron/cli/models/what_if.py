"""`glassneuron explain --what-if`: what moved an answer, and the smallest change of the row that flips it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glassneuron import checks
from glassneuron.cli.models.predict import opened
from glassneuron.cli.tables import MEMORY
from glassneuron.data.encoding import Column, Encoding
from glassneuron.data.reading import Reading
from glassneuron.engine.arrays import Array
from glassneuron.errors import GlassneuronError, problem
from glassneuron.neurons.model import Model
from glassneuron.neurons.what_if.what_if import what_if


def what_if_row(
    model_path: Path, table_path: Path, row: int, lock: Sequence[str], ranges: Sequence[str], whole: Sequence[str],
    to: str | None, as_json: bool, reading: Reading | None = None,
) -> None:  # fmt: skip
    """Print what-if for one row, in words or as JSON."""
    checks.integer("row", row, "[1, inf)")
    model, table = opened(model_path, table_path, row, reading)
    columns = {column.name: column for column in table.encoding.columns}
    told = what_if(
        model, table.X[0], locked=names(lock, columns), ranges=dict(span(text, columns) for text in ranges),
        whole=names(whole, columns), to=_number(to) if to is not None and model.classes is None else to,
        rows=_others(model, table_path, reading),
    )  # fmt: skip
    print(json.dumps(told.to_dict(), indent=2) if as_json else told)


def names(given: Sequence[str], columns: dict[str, Column]) -> list[str]:
    """Read names of columns, several in a text with commas between them; a name may itself hold a comma.

    Examples
    --------
    >>> names(["a,b", "c,d"], {"c,d": Column("c,d", "number")})
    ['a', 'b', 'c,d']
    """
    return [name for text in given for name in ([text] if text in columns else map(str.strip, text.split(",")))]


def span(text: str, columns: dict[str, Column]) -> tuple[str, Any]:
    """Read a range: two numbers, of which one may be missing, or some texts of a column.

    Examples
    --------
    >>> columns = {"age": Column("age", "number"), "colour": Column("colour", "text", ("blue", "red"))}
    >>> span("age=18:", columns), span("colour=red,blue", columns)
    (('age', (18.0, None)), ('colour', ['red', 'blue']))
    """
    name, equals, ends = text.rpartition("=")
    name = name.strip()
    if equals and name in columns and columns[name].values:
        texts = columns[name].values
        return name, [ends] if ends in texts else [each.strip() for each in ends.split(",")]
    low, colon, high = ends.partition(":")
    if not equals or not colon:
        rule = "a name and how far it may go, such as age=18:90, or colour=red,blue"
        raise problem("parameter", name="range", rule=rule, value=text)
    return name, tuple(_number(end) if end.strip() else None for end in (low, high))


def _number(text: str) -> float | str:
    """Return a number, or the text as it is, which is refused with its name later."""
    try:
        return float(text)
    except ValueError:
        return text


def _others(model: Model, table_path: Path, reading: Reading | None) -> Array | None:
    """Return the table's rows without gaps, if all is well with them: they tell how far values go."""
    assert model.encoding is not None
    try:
        encoding = Encoding.from_dict(model.encoding)
        return MEMORY.read_known(table_path, encoding, None, reading, missing="drop").X
    except GlassneuronError:
        return None
