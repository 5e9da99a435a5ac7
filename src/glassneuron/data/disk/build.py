"""From the rows of a table to arrays on disk: `X.npy`, `y.npy`, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.columns.gaps import dropped, filled_in, gap_error, with_gap_words
from glassneuron.data.columns.judging import judged
from glassneuron.data.disk.growing import Growing
from glassneuron.data.disk.plain import Doubts, NotPlain, Plain, is_text_throughout
from glassneuron.data.disk.targets import Beside, Targets
from glassneuron.data.disk.whole import Tell
from glassneuron.data.encoding import Column, Encoding, encoded, is_text
from glassneuron.data.files import Source
from glassneuron.data.means import column_means
from glassneuron.data.reading import Reading
from glassneuron.data.table import text_classes
from glassneuron.errors import GlassneuronError, problem

Array = NDArray[Any]
X, Y = "X.npy", "y.npy"
BLOCK = 1 << 12
"""Rows that are turned from columns into rows at once, or filled in."""
TURNED = 1 << 11
"""And where all columns are floats."""


class Aside(NamedTuple):
    """A column that comes along and is no feature: of "groups" or "times"."""

    name: str
    kind: str


@dataclass
class Built:
    """What is known of a table that has been written.

    Attributes
    ----------
    encoding : Encoding
    rows : int
    classes : list or None
        The different targets, sorted: all texts, or as many numbers as classes may have.
    coded : bool
        Whether `y.npy` holds positions in the classes and not the targets themselves.
    whole : bool
        Whether targets that are numbers are whole.
    notes : list of str
    aside : {"", "groups", "times"}
        What there is beside the features and targets.
    """

    encoding: Encoding
    rows: int
    classes: list[Any] | None
    coded: bool
    whole: bool
    notes: list[str]
    aside: str = ""

    @classmethod
    def of(
        cls, encoding: Encoding, features: Growing, targets: Targets | None, notes: list[str],
        places: Array | None = None,
    ) -> Built:  # fmt: skip
        """Finish the targets, and gather what is known; `places` are the rows' positions where some are left out."""
        if targets is None:
            return cls(encoding, features.rows, None, False, True, notes)
        classes = targets.close(places)
        return cls(encoding, features.rows, classes, targets.texts is not None, targets.whole, notes)


def build_plain(plain: Plain, folder: Path, dtype: Any, missing: str, reading: Reading, tell: Tell) -> Built:
    """Write the arrays of a table that is plain; raise `NotPlain` where it is not."""
    doubts = None if reading.keep is None else Doubts([n for n in plain.names if n not in _kept(reading)])
    targets = None if plain.target is None else Targets(plain.target, folder / Y, plain.kinds[plain.target])
    features = Growing(folder / X, len(plain.names), dtype)
    judged_by = [plain.names.index(name) for name in doubts.names] if doubts is not None else []
    try:
        for batch in plain.batches():
            block = as_rows(batch.select(plain.names))
            if not np.isfinite(np.vecdot(block, block).sum()) and not np.isfinite(block).all():
                raise NotPlain
            if doubts is not None:
                doubts.look(block if len(judged_by) == block.shape[1] else block[:, judged_by])
            _append(features, block)
            if targets is not None:
                cells = batch[plain.target]
                if targets.append(_trimmed(cells)) is not None:
                    raise NotPlain
            tell("reading", features.rows)
        features.close()
        texts = None if targets is None else targets.texts
        if features.rows == 0 or (doubts is not None and doubts.any):
            raise NotPlain
        if targets is not None and targets.infinite is not None:
            raise NotPlain
        if texts is not None and not is_text_throughout(str(plain.target), list(texts), plain.delimiter):
            raise NotPlain
        encoding = Encoding(tuple(Column(name, "number") for name in plain.names))
        if missing == "mean":
            encoding = _filled(encoding, np.zeros(len(plain.names), np.int64), folder, False, tell)
        return Built.of(encoding, features, targets, list(plain.notes))
    finally:
        features.abandon()
        if targets is not None:
            targets.abandon()


def _kept(reading: Reading) -> tuple[str, ...]:
    return (*(reading.keep or ()), *reading.only, *reading.text, *reading.numeric)


def _trimmed(cells: Any) -> Any:
    """Return texts without the spaces around them; a blank one is a gap."""
    from pyarrow import compute

    if not is_text(cells.type):
        return cells
    text = compute.utf8_trim_whitespace(cells)
    if compute.any(compute.equal(text, "")).as_py():
        raise NotPlain
    return text


def as_rows(batch: Any) -> Array:
    """Turn columns of numbers into rows."""
    block = np.empty((batch.num_rows, batch.num_columns))
    if all(str(kind) == "double" for kind in batch.schema.types):
        for start in range(0, batch.num_rows, TURNED):  # few at a time are turned fastest
            some = batch.slice(start, TURNED).to_tensor(null_to_nan=True, row_major=True)
            block[start : start + TURNED] = some.to_numpy()
    else:
        for j, cells in enumerate(batch.columns):
            block[:, j] = cells.to_numpy(zero_copy_only=False)
    return block


def _append(features: Growing, block: Array) -> None:
    with np.errstate(over="ignore"):
        block = block.astype(features.dtype, copy=False)
    if features.dtype != np.float64 and np.isinf(block).any():
        raise NotPlain
    features.append(block)


def build(
    source: Source, target: str | None, folder: Path, dtype: Any, missing: str, reading: Reading, tell: Tell,
    aside: Aside | None = None,
) -> Built:  # fmt: skip
    """Write the arrays of any table."""
    try:
        return _build(source, target, folder, dtype, missing, reading, tell, aside)
    except GlassneuronError as error:
        raise with_gap_words(error, source) from error


def _build(
    source: Source, target: str | None, folder: Path, dtype: Any, missing: str, reading: Reading, tell: Tell,
    aside: Aside | None,
) -> Built:  # fmt: skip
    if aside is not None:
        source.refuse_absent(aside.name)
    reading = reading.among(source.columns)
    columns, encoding, places = judged(source, target, missing, reading)
    rows = source.rows if places is None else len(places)
    width, fill = len(encoding.own), missing == "fill"
    targets = None
    if target is not None:
        kind = columns[target].type
        if is_text(kind):
            text_classes(columns[target], target, said=target in reading.text)
        targets = Targets(target, folder / Y, kind, gaps=bool(columns[target].null_count))
    beside: Beside | None = None
    features = Growing(folder / X, width, dtype)
    counts, lost, with_gaps, first = np.zeros(width, np.int64), 0, 0, 0
    try:
        if aside is not None:
            beside = Beside(source, aside.name, aside.kind, folder, reading)
        for start in range(0, rows, BLOCK):
            stop = min(start + BLOCK, rows)
            cells = {name: columns[name].slice(start, stop - start) for name in columns}
            block = features_of(encoding, cells, start, fill)
            _refuse_infinity(block, encoding.own, dtype, start, places)
            holes = np.isnan(block)
            gap: Any = None
            if holes.any():
                counts += holes.sum(axis=0)
                gap = holes.any(axis=1)
            keep = ~gap if gap is not None and missing == "drop" else None
            if targets is not None:
                own = targets.append(cells[str(target)], keep)
                if own is not None:
                    lost += int(own.sum())
                    gap = own if gap is None else gap | own
            if beside is not None:
                left = slice(None) if gap is None or missing != "drop" else ~gap
                beside.append((np.arange(start, stop) if places is None else places[start:stop])[left])
            if gap is not None and gap.any():
                first = first or start + int(gap.argmax()) + 1
                with_gaps += int(gap.sum())
                if missing == "drop":
                    block = block[~gap]
            with np.errstate(over="ignore"):
                features.append(block.astype(features.dtype, copy=False))
            tell("writing", stop)
        features.close()
        _look_at_gaps(source, target, missing, encoding, counts, lost, rows, with_gaps, first)
        found = Built.of(encoding, features, targets, source.notes, places)
        if beside is not None:
            beside.close()
            found = replace(found, aside=beside.kind)
    finally:
        features.abandon()
        if beside is not None:
            beside.abandon()
        if targets is not None:
            targets.abandon()
    if missing in ("mean", "fill"):
        if fill:
            source.notes += filled_in(counts.tolist(), rows, encoding, columns)
        return replace(found, encoding=_filled(encoding, counts, folder, fill, tell))
    if with_gaps:
        source.notes.append(dropped(rows, features.rows, lost, target, source))
    return found


def _look_at_gaps(
    source: Source, target: str | None, missing: str, encoding: Encoding, counts: Array, lost: int, rows: int,
    with_gaps: int, first: int,
) -> None:  # fmt: skip
    """Refuse gaps that stay gaps."""
    if missing == "drop":
        if with_gaps == rows:
            raise problem("all-dropped", rows=rows)
        return
    left = counts.copy()
    if missing in ("mean", "fill"):
        position = 0
        for column in encoding.columns:
            if column.kind in ("number", "date") and not column.values and counts[position] < rows:
                left[position] = 0
            position += len(column.features) if column.read else 0
    if left.any() or lost:
        raise gap_error(left.tolist(), lost, rows, with_gaps, first, target, encoding)


def features_of(encoding: Encoding, cells: dict[str, Any], start: int, fill: bool) -> Array:
    """Return the features of some rows, NaN for gaps."""
    count = len(next(iter(cells.values())))
    block, position = np.empty((count, len(encoding.own))), 0
    for column in encoding.columns:
        if not column.read:
            continue
        for values in encoded(column, cells[column.name], start + 1, fill=fill):
            block[:, position] = values
            position += 1
        if column.others and not fill:
            block[cells[column.name].is_null().to_numpy(), position - 1] = np.nan
    return block


def _refuse_infinity(block: Array, names: tuple[str, ...], dtype: Any, start: int, places: Array | None) -> None:
    if dtype != np.float64:
        with np.errstate(over="ignore"):  # beyond a float32
            block = block.astype(dtype)
    infinite = np.isinf(block)
    if infinite.any():
        j = int(infinite.any(axis=0).argmax())
        row = start + int(infinite[:, j].argmax())
        raise problem("infinite", name=names[j], row=1 + (row if places is None else int(places[row])))


def _filled(encoding: Encoding, counts: Array, folder: Path, some: bool, tell: Tell) -> Encoding:
    """Fill gaps in with the means, and note those: with `some`, of the columns alone that have gaps."""
    table = np.load(folder / X, mmap_mode="r+")
    with np.errstate(invalid="ignore"):
        means = column_means(table)
    columns, position, own = [], 0, np.zeros(table.shape[1], bool)
    for column in encoding.columns:
        filled = column.kind in ("number", "date") and not column.values
        if filled and counts[position] < len(table) and (counts[position] or not some):
            column, own[position] = replace(column, mean=float(means[position])), counts[position] > 0
        columns.append(column)
        position += len(column.features) if column.read else 0
    if own.any():
        for start in range(0, len(table), BLOCK):
            part = table[start : start + BLOCK]
            holes = np.isnan(part) & own
            if holes.any():
                part[holes] = np.broadcast_to(means, part.shape)[holes]
            tell("filling", start + len(part))
        table.flush()
    return Encoding(tuple(columns))
