"""`glassneuron predict` on a table of any size: rows in, answers out, some at a time; and answers as Parquet."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from glassneuron.data.atomic import whole_file
from glassneuron.data.disk.rows import blocks, rows_of
from glassneuron.data.encoding import Encoding
from glassneuron.data.out.answers import MARKS, PARQUET, answers_kind
from glassneuron.data.out.columns import kind_of, parquet_writer
from glassneuron.data.reading import Reading
from glassneuron.engine.arrays import Array
from glassneuron.neurons.model import Model
from glassneuron.progress import bar

PACKED: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
Put = Callable[[Sequence[Sequence[Any]]], None]
"""Takes some rows of answers."""
AnswersOf = Callable[[Model, Array], tuple[list[Any], list[str], list[list[str]]]]
HeadOf = Callable[[list[str], list[str]], list[str]]
"""Takes the names of columns that are carried and of those beside the answer, and returns those of all columns."""


@contextmanager
def writer(out: Path | None, head: Sequence[str], kinds: Mapping[int, Any] | None = None) -> Iterator[Put]:
    """Yield a function that writes rows of answers to a file, which is there when it is whole, or to the output."""
    if out is None:
        yield _csv(sys.stdout, head)
        return
    kind, packed = answers_kind(out)
    with whole_file(out) as file:
        if kind in PARQUET:
            with parquet_writer(file, head, kinds) as put:
                yield put
        elif packed:
            with PACKED[packed](file, "wt", encoding="utf-8", newline="") as text:
                yield _csv(text, head, MARKS[kind])
        else:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            yield _csv(text, head, MARKS[kind])
            text.flush()
            text.detach()


def _csv(file: Any, head: Sequence[str], mark: str = ",") -> Put:
    lines = csv.writer(file, delimiter=mark, lineterminator="\n")
    lines.writerow(head)
    return lines.writerows


def stream_answers(
    model: Model, path: Path, out: Path | None, answers_of: AnswersOf, reading: Reading | None = None
) -> tuple[int, dict[Any, int]]:  # fmt: skip
    """Answer all rows of a table; return their number, and how often each class came, or the least and the largest."""
    rows, counts, name = 0, Counter[Any](), str(model.about.get("target", "answer"))
    assert model.encoding is not None
    parts = blocks(path, Encoding.from_dict(model.encoding), reading)
    first = next(parts)
    head = ["row", name, *answers_of(model, first[:1])[1]]
    with writer(out, head) as put, bar(None, "predicting", "{task.completed:,} rows") as tell:
        for part in chain([first], parts):
            answers, _, beside = answers_of(model, part)
            put([[i, a, *more] for i, (a, more) in enumerate(zip(answers, beside, strict=True), rows + 1)])
            rows += len(part)
            counts.update(answers if model.classes is not None else (min(answers), max(answers)))
            tell(rows, "")
    return rows, dict(counts)


@dataclass
class Told:
    """What is said of answers that were written: so many, how often each came, and what came up in the table."""

    rows: int = 0
    counts: Counter[Any] = field(default_factory=Counter)
    notes: Sequence[str] = ()
    unmet: int = 0
    where: set[str] = field(default_factory=set)


def stream_more(
    model: Model, encoding: Encoding, path: Path, out: Path | None, answers_of: AnswersOf, head_of: HeadOf,
    reading: Reading | None, *, missing: str, unknown: str, carry: Sequence[str], append: bool,
) -> Told:  # fmt: skip
    """Answer all rows of a table with gaps, unknown texts, or cells to carry."""
    told = Told()
    with rows_of(path, encoding, reading, missing=missing, unknown=unknown, carry=carry) as rows:
        parts = iter(rows)
        first = next(parts)
        head, before = head_of(list(rows.carried), answers_of(model, first.X[:1])[1]), 0 if append else 1
        kinds = {k: kind_of(cells, k) for k, cells in enumerate(rows.carried.values(), before)} if out else {}
        with writer(out, head, kinds) as put, bar(None, "predicting", "{task.completed:,} rows") as tell:
            for part in chain([first], parts):
                answers, _, beside = answers_of(model, part.X)
                cells = list(zip(*part.carried.values(), strict=True)) if part.carried else [()] * len(answers)
                marks = [[" ".join(part.unmet.get(i, ()))] * (unknown == "ignore") for i in range(len(answers))]
                put([
                    [*([] if append else [place + 1]), *own, answer, *more, *mark]
                    for place, own, answer, more, mark in zip(
                        part.places.tolist(), cells, answers, beside, marks, strict=True
                    )
                ])  # fmt: skip
                told.rows += len(answers)
                told.counts.update(answers if model.classes is not None else (min(answers), max(answers)))
                told.unmet += len(part.unmet)
                told.where.update(name for names in part.unmet.values() for name in names)
                tell(told.rows, "")
        told.notes = tuple(rows.notes)
    return told
