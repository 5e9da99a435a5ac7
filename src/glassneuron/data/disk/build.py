"""From the rows of a table to arrays on disk: `X.npy`, `y.npy`, and what is known of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassneuron.data.disk.growing import Growing
from glassneuron.data.disk.room import mapped
from glassneuron.data.disk.sources import TEXT
from glassneuron.data.disk.stream import Again, Stream, refuse_absent
from glassneuron.data.disk.survey import MOST_TEXTS, Survey, Texts
from glassneuron.data.encoding import Column, Encoding, is_number, is_text
from glassneuron.data.means import column_means
from glassneuron.errors import problem

Array = NDArray[Any]
Tell = Callable[[str, int], None]
"""Takes what is being done, and how many rows of it are done."""
X, Y, RAW = "X.npy", "y.npy", "raw.npy"
BLOCK = 1 << 12


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
    """

    encoding: Encoding
    rows: int
    classes: list[Any] | None
    coded: bool
    whole: bool
    notes: list[str]


def build(stream: Stream, target: str | None, folder: Path, dtype: Any, missing: str, tell: Tell) -> Built:
    """Write the arrays of a table into a folder."""
    if target is not None:
        refuse_absent(stream, target)
    names = [name for name in stream.kinds if name != target]
    if not names:
        raise problem("no-feature", target=target)
    _plain_numbers(stream, target)
    while True:
        try:
            survey = _written(stream, names, target, folder, dtype, missing, tell)
            break
        except Again:
            continue
    _refuse_gaps(survey)
    encoding = _encoding(survey)
    _expanded(survey, encoding, folder, dtype, missing, tell)
    if missing == "mean":
        encoding = _filled(survey, encoding, folder, tell)
    notes = list(stream.notes)
    if survey.kept < survey.rows:
        notes.append(f"{survey.rows - survey.kept:,} of {survey.rows:,} rows have a gap and are left out")
    classes, coded = _classes(survey, folder)
    return Built(encoding, survey.kept, classes, coded, survey.whole, notes)


def _plain_numbers(stream: Stream, target: str | None) -> None:
    """Read features of text files as floats from the first: a column of whole numbers may have fractions further on."""
    import pyarrow as pa

    for name, kind in stream.kinds.items():
        if not (is_number(kind) or is_text(kind)):
            raise problem("column-kind", name=name, kind=kind)
        if name != target and any(file.kind in TEXT for file in stream.files) and pa.types.is_integer(kind):
            stream.kinds[name] = pa.float64()


def _written(
    stream: Stream, names: list[str], target: str | None, folder: Path, dtype: Any, missing: str, tell: Tell
) -> Survey:
    """Go through all rows once: write features, texts as numbers of texts, and targets."""
    for name in (*names, *([] if target is None else [target])):
        if not (is_number(stream.kinds[name]) or is_text(stream.kinds[name])):
            raise problem("column-kind", name=name, kind=stream.kinds[name])
    texts = {n: Texts(n, n in stream.turned) for n in names if is_text(stream.kinds[n])}
    several = len(stream.files) > 1
    survey = Survey(names, target, np.float64 if texts else dtype, missing, dict(texts), several=several)
    kind: Any = None
    if target is not None:
        if is_text(stream.kinds[target]):
            survey.texts[target], kind = Texts(target, most=MOST_TEXTS), np.int32
        else:
            kind = _numpy(stream.kinds[target])
    features = Growing(folder / (RAW if texts else X), len(names), survey.dtype)
    targets = None if kind is None else Growing(folder / Y, None, kind)
    try:
        for file, batch in stream.batches([*names, *([] if target is None else [target])]):
            if batch.num_rows == 0:
                continue
            block, y = survey.block(batch, file)
            features.append(block)
            if targets is not None and y is not None:
                targets.append(y.astype(kind))
            tell("reading", survey.rows)
        features.close()
        if targets is not None:
            targets.close()
    finally:
        features.abandon()
        if targets is not None:
            targets.abandon()
    if survey.rows == 0:
        raise problem("no-rows", source=stream.name)
    return survey


def _numpy(kind: Any) -> Any:
    """Return the NumPy type of targets."""
    import pyarrow.types as t

    return np.float64 if t.is_decimal(kind) or t.is_null(kind) else np.dtype(kind.to_pandas_dtype())


def _refuse_gaps(survey: Survey) -> None:
    for texts in survey.texts.values():
        if not texts.numbers:
            survey.gaps[texts.name] = survey.rows
        elif texts.name != survey.target:
            texts.judge()
    if survey.missing == "drop":
        if survey.kept == 0:
            raise problem("all-dropped", rows=survey.rows)
        return
    numeric = [name for name in survey.names if name not in survey.texts]
    empty = [name for name, n in survey.gaps.items() if n == survey.rows]
    filled = [n for n in numeric if n not in empty] if survey.missing == "mean" else []
    holes = {name: n for name, n in survey.gaps.items() if name not in filled}
    if not holes:
        return
    order = {name: place for place, name in enumerate([*survey.names, survey.target])}
    listed = ", ".join(f"`{name}` ({holes[name]} of {survey.rows})" for name in sorted(holes, key=order.__getitem__))
    ways = ["drop"] if survey.kept else []
    ways += ["mean"] if set(numeric) >= holes.keys() and survey.missing != "mean" else []
    fix = f"say --missing {' or '.join(ways)}" if ways else "leave out columns with many gaps"
    lost = [name for name in empty if name != survey.target]
    if lost:
        fix = f"leave `{lost[0]}` out"
    error = problem("missing", columns=listed, row=survey.first_gap or 1, fix=fix)
    raise survey.located(error, survey.first_file)


def _encoding(survey: Survey) -> Encoding:
    columns = []
    for name in survey.names:
        texts = survey.texts.get(name)
        values = () if texts is None else tuple(sorted(texts.numbers))
        columns.append(Column(name, "text" if values else "number", values, single=len(values) == 2))
    encoding = Encoding(tuple(columns))
    names = encoding.names
    twice = next((name for place, name in enumerate(names) if name in names[:place]), None) if survey.texts else None
    if twice is not None:
        raise problem("same-name", name=twice)
    return encoding


def _expanded(survey: Survey, encoding: Encoding, folder: Path, dtype: Any, missing: str, tell: Tell) -> None:
    """Turn numbers of texts into one feature for each text."""
    if not (folder / RAW).exists():
        return
    raw, out = mapped(folder / RAW), Growing(folder / X, len(encoding.names), dtype)
    try:
        for start in range(0, len(raw), BLOCK):
            part = raw[start : start + BLOCK]
            block, position = np.empty((len(part), len(encoding.names)), dtype), 0
            for j, column in enumerate(encoding.columns):
                if column.kind == "number":
                    block[:, position] = part[:, j]
                else:
                    codes = np.array([survey.texts[column.name].numbers[value] for value in column.made])
                    block[:, position : position + len(codes)] = part[:, j, np.newaxis] == codes
                position += len(column.features)
            out.append(block)
            tell("coding", start + len(part))
        out.close()
    finally:
        out.abandon()
    (folder / RAW).unlink()


def _filled(survey: Survey, encoding: Encoding, folder: Path, tell: Tell) -> Encoding:
    """Fill gaps in with the means, and note those."""
    table = np.load(folder / X, mmap_mode="r+")
    places, position = {}, 0
    for column in encoding.columns:
        if column.kind == "number":
            places[column.name] = position
        position += len(column.features)
    means = column_means(table)
    if any(survey.gaps.get(name) for name in places):
        for start in range(0, len(table), BLOCK):
            part = table[start : start + BLOCK]
            holes = np.isnan(part)
            if holes.any():
                part[holes] = np.broadcast_to(means, part.shape)[holes]
            tell("filling", start + len(part))
        table.flush()
    return Encoding(tuple(
        replace(c, mean=float(means[places[c.name]])) if c.name in places else c for c in encoding.columns
    ))  # fmt: skip


def _classes(survey: Survey, folder: Path) -> tuple[list[Any] | None, bool]:
    """Return the classes, and whether the targets have become positions in them."""
    if survey.target is None:
        return None, False
    texts = survey.texts.get(survey.target)
    if texts is None:
        return None if survey.values is None else sorted(survey.values), False
    codes = np.load(folder / Y, mmap_mode="r")
    there = np.zeros(len(texts.numbers), bool)
    for start in range(0, len(codes), 1 << 16):
        there[codes[start : start + (1 << 16)]] = True  # a dropped row may have been the only one
    classes = sorted(value for value, number in texts.numbers.items() if there[number])
    places = np.zeros(len(texts.numbers), np.int32)
    for place, value in enumerate(classes):
        places[texts.numbers[value]] = place
    new = Growing(folder / RAW, None, np.int32)
    for start in range(0, len(codes), 1 << 16):
        new.append(places[codes[start : start + (1 << 16)]])
    new.close()
    del codes
    shutil.move(folder / RAW, folder / Y)
    return classes, True
