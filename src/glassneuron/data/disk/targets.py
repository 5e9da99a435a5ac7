"""The targets of a table on their way to the disk: numbers as they are, texts as positions among the classes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.columns.apart import Times, group_names, without_group
from glassneuron.data.disk.growing import Growing
from glassneuron.data.encoding import is_number, is_text, numbers, plain_text
from glassneuron.data.files import Source
from glassneuron.data.reading import Reading
from glassneuron.errors import problem

Array = NDArray[Any]
MOST_LABELS = 1000
"""Different targets that are noted, at most."""
AT_ONCE = 1 << 16
"""Rows that are renumbered at once."""


class Targets:
    """A file of targets that grows, and what is known of them.

    Attributes
    ----------
    texts : dict of str to int, or None
        The number of each text, in the order in which they were met; None where targets are numbers.
    values : set or None
        Different targets that are numbers; None where there are too many.
    whole : bool
        Whether all numbers are whole.
    infinite : int or None
        The position of the first infinite number among all rows, from 0.
    """

    def __init__(self, name: str, place: Path, kind: Any, *, gaps: bool = False) -> None:
        self.name, self._place = name, place
        self.texts: dict[str, int] | None = {} if is_text(kind) else None
        self.values: set[Any] | None = set()
        self.whole, self._met = True, 0
        self.infinite: int | None = None
        if self.texts is None and not is_number(kind):
            raise problem("column-kind", name=name, kind=kind)
        self._file = Growing(place, None, np.int32 if self.texts is not None else _numpy(kind, gaps))

    def append(self, cells: Any, keep: Array | None = None) -> Array | None:
        """Write the targets of some rows, an Arrow array; return which of them are gaps, if some are."""
        values, gaps = self._codes(cells) if self.texts is not None else self._numbers(cells)
        if self.infinite is None and values.dtype.kind == "f" and np.isinf(values).any():
            self.infinite = self._met + int(np.isinf(values).argmax())
        self._met += len(values)
        there = keep if gaps is None else ~gaps if keep is None else keep & ~gaps
        if there is not None:
            values = values[there]
        self._file.append(values)
        if self.texts is None:
            self._note(values.astype(self._file.dtype))
        return gaps

    def _codes(self, cells: Any) -> tuple[Array, Array | None]:
        assert self.texts is not None
        text = plain_text(cells).dictionary_encode()
        text = text.combine_chunks() if hasattr(text, "combine_chunks") else text
        places = np.array([self.texts.setdefault(each, len(self.texts)) for each in text.dictionary.to_pylist()], int)
        gaps = None
        if text.indices.null_count:
            gaps = text.indices.is_null().to_numpy(zero_copy_only=False)
        codes = text.indices.fill_null(0).to_numpy(zero_copy_only=False)
        return (places[codes] if len(places) else np.zeros(len(codes), int)), gaps

    def _numbers(self, cells: Any) -> tuple[Array, Array | None]:
        import pyarrow.types as t

        if cells.null_count or t.is_decimal(cells.type) or t.is_null(cells.type):
            values = numbers(cells)
        else:
            values = cells.to_numpy() if hasattr(cells, "chunks") else cells.to_numpy(zero_copy_only=False)
        gaps = np.isnan(values) if values.dtype.kind == "f" else None
        return values, None if gaps is None or not gaps.any() else gaps

    def _note(self, values: Array) -> None:
        self.whole = self.whole and bool((values == np.round(values)).all())
        if self.values is None:
            return
        different = np.unique(values)
        self.values.update(different.tolist())
        if len(self.values) > MOST_LABELS:
            self.values = None

    def close(self, places: Array | None = None) -> list[Any] | None:
        """Finish the file, and return the classes: texts that are there, sorted, or as many numbers as may be.

        An infinite number is refused with its row in the table, where the rows have these `places`.
        """
        self._file.close()
        if self.infinite is not None:
            row = self.infinite if places is None else int(places[self.infinite])
            raise problem("infinite", name=self.name, row=row + 1)
        if self.texts is None:
            return None if self.values is None else sorted(self.values)
        codes = np.load(self._place, mmap_mode="r")
        there = np.zeros(len(self.texts), bool)
        for start in range(0, len(codes), AT_ONCE):
            there[codes[start : start + AT_ONCE]] = True  # a dropped row may have been the only one
        classes = sorted(value for value, number in self.texts.items() if there[number])
        places = np.zeros(len(self.texts), np.int32)
        for place, value in enumerate(classes):
            places[self.texts[value]] = place
        new = Growing(self._place.with_name("raw.npy"), None, np.int32)
        for start in range(0, len(codes), AT_ONCE):
            new.append(places[codes[start : start + AT_ONCE]])
        new.close()
        del codes
        shutil.move(new.path, self._place)
        return classes

    def abandon(self) -> None:
        """Close the file without more ado."""
        self._file.abandon()


class Beside:
    """A file of groups or times of rows that grows: of groups their numbers, in the order of their names."""

    def __init__(self, source: Source, name: str, kind: str, folder: Path, reading: Reading) -> None:
        import pyarrow as pa

        self.name, self.kind, self._cells = name, kind, source.columns[name]
        self._rows, self._gaps, self._first = 0, 0, 0
        self._times = Times(source, name, reading) if kind == "times" else None
        place = folder / f"{kind}.npy"
        self._groups = Targets(name, place, pa.large_string()) if kind == "groups" else None
        self._file = Growing(place, None, np.float64) if kind == "times" else None

    def append(self, places: Array) -> None:
        """Write those of the rows at some positions in the table, which rise."""
        import pyarrow as pa

        if not len(places):
            return
        start, inside = int(places[0]), places - places[0]
        count = int(inside[-1]) + 1
        if self._times is not None and self._file is not None:
            self._file.append(self._times.of(start, count)[inside])
        elif self._groups is not None:
            names = group_names(self._cells.slice(start, count).take(inside))
            gaps = [k for k, name in enumerate(names) if not name]
            if gaps and not self._gaps:
                self._first = int(places[gaps[0]]) + 1
            self._gaps += len(gaps)
            self._groups.append(pa.array(names, pa.large_string()))
        self._rows += len(places)

    def close(self) -> None:
        """Finish the file; refuse rows of no group."""
        if self._gaps:
            raise without_group(self.name, self._gaps, self._rows, self._first)
        if self._file is not None:
            self._file.close()
        elif self._groups is not None:
            self._groups.close()

    def abandon(self) -> None:
        """Close the file without more ado."""
        for each in (self._file, self._groups):
            if each is not None:
                each.abandon()


def _numpy(kind: Any, gaps: bool) -> Any:
    """Return the NumPy type of targets, some of which may be missing."""
    import pyarrow.types as t

    if t.is_decimal(kind) or t.is_null(kind) or t.is_time(kind):
        return np.float64
    if gaps and t.is_integer(kind):
        return np.int64
    return np.float64 if gaps and t.is_floating(kind) else np.dtype(kind.to_pandas_dtype())
