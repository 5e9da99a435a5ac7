"""One pass over the rows of a table: they are written as numbers, and all that has to be known of them is noted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.disk.sources import File
from glassneuron.data.encoding import MOST_VALUES, is_number, is_text, numbers, plain_text
from glassneuron.errors import GlassneuronError, TableError, problem

Array = NDArray[Any]
MOST_LABELS = 1000
"""Different targets that are noted, at most."""
TURNED = 1 << 11
"""Rows that are turned from columns into rows at once."""
MOST_TEXTS = 65_536
"""Classes that are text, at most."""


@dataclass
class Texts:
    """The different texts of a column, each with its number and the row in which it was first met."""

    name: str
    turned: bool = False
    most: int = MOST_VALUES
    numbers: dict[str, int] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def codes(self, cells: Any, row: int) -> Array:
        """Return the number of each text; a gap becomes NaN."""
        text = plain_text(cells).dictionary_encode()
        if hasattr(text, "combine_chunks"):
            text = text.combine_chunks()
        own: Array = text.indices.to_numpy(zero_copy_only=False).astype(np.float64)
        places = np.empty(len(text.dictionary))
        for code, value in enumerate(text.dictionary.to_pylist()):
            if value not in self.numbers:
                self._meet(value, row + int(np.flatnonzero(own == code)[0]))
            places[code] = self.numbers.get(value, 0)
        gaps = np.isnan(own)
        if gaps.all():
            return own
        found: Array = np.where(gaps, np.nan, places[np.where(gaps, 0, own).astype(np.intp)])
        return found

    def _meet(self, value: str, row: int) -> None:
        self.first.setdefault(value, row)
        if len(self.numbers) < self.most:
            self.numbers[value] = len(self.numbers)
            return
        self.judge(more=True)

    def judge(self, *, more: bool = False) -> None:
        """Refuse what are numbers with a few texts among them, and, where there are more still, too many texts."""
        texts = [value for value in self.first if not reads_as_number(value)]
        if texts and len(self.first) - len(texts) > max(len(texts), 2):
            first = min(texts)
            raise problem("text-in-numbers", name=self.name, value=first, row=self.first[first])
        if more and (texts or not self.turned):
            count = f"more than {self.most}"
            raise problem("many-values", name=self.name, count=count, most=self.most)
        if more:  # a text will come
            self.first.popitem()


def _floats(cells: Any) -> Array:
    import pyarrow as pa

    return numbers(pa.chunked_array([cells]))


def reads_as_number(text: str) -> bool:
    """Return whether a text is a number, as Python writes it."""
    try:
        float(text)
    except ValueError:
        return False
    return True


@dataclass
class Survey:
    """What is known of a table once all of its rows have been seen.

    Attributes
    ----------
    names : list of str
        The columns that are learned from; `target` is not among them.
    texts : dict of str to Texts
        Columns of text; their cells are written as numbers of texts.
    gaps : dict of str to int
        Missing cells of each column that has some; `first_gap` is the row of the first, and `rows_with_gaps` counts.
    values : set or None
        Different targets that are numbers; None where there are too many. `whole` says whether all are whole.
    """

    names: list[str]
    target: str | None
    dtype: Any
    missing: str
    texts: dict[str, Texts]
    rows: int = 0
    gaps: dict[str, int] = field(default_factory=dict)
    first_gap: int = 0
    first_file: File | None = None
    rows_with_gaps: int = 0
    kept: int = 0
    values: set[Any] | None = field(default_factory=set)
    whole: bool = True
    several: bool = False
    _file: File | None = None
    _before: int = 0

    def block(self, batch: Any, file: File | None) -> tuple[Array, Array | None]:
        """Return the numbers of some rows, and their targets, without rows that are to be dropped."""
        if file != self._file:
            self._file, self._before = file, self.rows
        try:
            return self._block(batch)
        except TableError as error:
            raise self.located(error, file) from error

    def located(self, error: GlassneuronError, file: File | None) -> GlassneuronError:
        """Say in which file of several something is wrong."""
        return error if file is None or not self.several else problem("in-file", path=file.path, why=error)

    def _block(self, batch: Any) -> tuple[Array, Array | None]:
        count, row = batch.num_rows, self.rows - self._before + 1
        block = np.empty((count, len(self.names)), self.dtype)
        with np.errstate(over="ignore"):  # beyond a float32: refused below
            if self._all_floats(batch):
                features = batch.select(self.names)
                for start in range(0, count, TURNED):  # few at a time are turned from columns into rows fastest
                    some = features.slice(start, TURNED).to_tensor(null_to_nan=True, row_major=True)
                    block[start : start + TURNED] = some.to_numpy()
            else:
                for j, name in enumerate(self.names):
                    block[:, j] = self._column(name, batch[name], row)
        y = None if self.target is None else self._targets(batch[self.target], row)
        keep = self._look(block, y, row)
        self.rows += count
        if keep is not None:
            block, y = block[keep], None if y is None else y[keep]
        self.kept += len(block)
        if y is not None:
            self._note(y)
        return block, y

    def _all_floats(self, batch: Any) -> bool:
        """Return whether all features are floats of one kind."""
        kinds = {batch.schema.field(name).type for name in self.names}
        return len(kinds) == 1 and str(kinds.pop()) == "double"

    def _column(self, name: str, cells: Any, row: int) -> Array:
        if name in self.texts:
            if not is_text(cells.type) and cells.null_count < len(cells):
                raise problem("not-the-kind", name=name, wanted="text", kind=cells.type)
            return self.texts[name].codes(cells, row)
        if not is_number(cells.type):
            raise problem("not-the-kind", name=name, wanted="numbers", kind=cells.type)
        return _floats(cells)

    def _targets(self, cells: Any, row: int) -> Array:
        """Return targets as they are; where some are missing, as objects or, of text, as numbers of texts."""
        assert self.target is not None
        import pyarrow.types as t

        if self.target in self.texts:
            return self._column(self.target, cells, row)
        if not is_number(cells.type):
            raise problem("column-kind", name=self.target, kind=cells.type)
        if t.is_decimal(cells.type) or t.is_null(cells.type):
            return _floats(cells)
        if cells.null_count and not t.is_floating(cells.type):
            return np.array(cells.to_pylist(), dtype=object)
        values: Array = cells.to_numpy(zero_copy_only=False)
        return values

    def _look(self, block: Array, y: Array | None, row: int) -> Array | None:
        """Note gaps and refuse infinity; return which rows to keep where not all are kept."""
        with np.errstate(over="ignore", invalid="ignore"):  # the sum of squares is not finite if one of them is not
            sound = bool(np.isfinite(np.vecdot(block, block).sum()))
        if sound and (y is None or y.dtype.kind in "biu" or (y.dtype.kind == "f" and np.isfinite(y).all())):
            return None
        for j, name in enumerate(self.names):
            self._refuse_infinity(name, block[:, j], row)
        if y is not None and y.dtype.kind == "f":
            self._refuse_infinity(str(self.target), y, row)
        holes = np.isnan(block)
        self._count(dict(zip(self.names, holes.sum(axis=0).tolist(), strict=True)))
        if self.missing == "mean":  # the others are filled in
            holes = holes[:, [j for j, name in enumerate(self.names) if name in self.texts]]
        rows = np.asarray(holes.any(axis=1))
        if y is not None and y.dtype.kind in "Of":
            lost = np.isnan(y) if y.dtype.kind == "f" else np.array([v is None or v != v for v in y])
            self._count({str(self.target): int(lost.sum())})
            rows = rows | lost
        if not rows.any():
            return None
        if not self.rows_with_gaps:
            self.first_gap, self.first_file = row + int(rows.argmax()), self._file
        self.rows_with_gaps += int(rows.sum())
        return ~rows

    def _count(self, gaps: dict[str, int]) -> None:
        for name, n in gaps.items():
            if n:
                self.gaps[name] = self.gaps.get(name, 0) + n

    def _refuse_infinity(self, name: str, values: Array, row: int) -> None:
        infinite = np.isinf(values)
        if infinite.any():
            raise problem("infinite", name=name, row=row + int(infinite.argmax()))

    def _note(self, y: Array) -> None:
        if self.values is None or self.target in self.texts:
            return
        different = np.unique(y.astype(np.float64) if y.dtype == object else y)
        self.whole = self.whole and bool((different == np.round(different)).all())
        self.values.update(different.tolist())
        if len(self.values) > MOST_LABELS:
            self.values = None
