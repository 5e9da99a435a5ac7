"""Columns that set rows apart and are no features: of groups that belong together, and of when a row was measured."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from glassneuron.data.columns.judging import judged
from glassneuron.data.encoding import Array, Column, encoded
from glassneuron.data.files import Source
from glassneuron.data.reading import Reading
from glassneuron.errors import GlassneuronError, TableError, problem

TEXTS = ("many-values", "text-in-numbers", "column-kind")
"""What is said of columns of text, and of none of times."""


def group_names(cells: Any) -> list[str]:
    """Return what the groups of some rows are called, "" for a gap."""
    return ["" if cell is None else str(cell).strip() for cell in cells.to_pylist()]


def without_group(name: str, gaps: int, rows: int, row: int) -> GlassneuronError:
    """Return the error of rows of no group; `row` is the first."""
    fix = f"leave these rows out, or choose another column than `{name}`"
    return problem("missing", columns=f"`{name}` ({gaps} of {rows})", row=row, fix=fix)


class Times:
    """When rows were measured: numbers, or days since the first of all."""

    def __init__(self, source: Source, name: str, reading: Reading) -> None:
        alone = replace(reading.marks, only=(name,), task=None)
        try:
            found = judged(replace(source, notes=[]), None, "refuse", alone)
        except TableError as error:
            if error.code == "missing":
                raise _gaps(name) from None
            if error.code not in TEXTS:
                raise
            raise _text(name) from None
        self._column: Column = found.encoding.columns[0]
        self._cells = found.columns[name]
        if self._column.kind == "text":
            raise _text(name)

    def of(self, start: int, count: int) -> Array:
        """Return the times of some rows; refuse a gap, and infinity."""
        times = next(iter(encoded(self._column, self._cells.slice(start, count), start + 1)))
        if np.isnan(times).any():
            raise _gaps(self._column.name)
        if np.isinf(times).any():
            raise problem("infinite", name=self._column.name, row=start + 1 + int(np.isinf(times).argmax()))
        return np.asarray(times)


def _gaps(name: str) -> GlassneuronError:
    return problem("parameter", name="time", rule="a column without gaps", value=name)


def _text(name: str) -> GlassneuronError:
    return problem("parameter", name="time", rule="a column of numbers or dates", value=name)
