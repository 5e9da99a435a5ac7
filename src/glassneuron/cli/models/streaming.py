"""`glassneuron predict` on a table of any size: rows in, answers out, some at a time; and answers as Parquet."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glassneuron.data.atomic import whole_file
from glassneuron.data.disk.rows import blocks
from glassneuron.data.encoding import Encoding
from glassneuron.data.out.answers import MARKS, PARQUET, answers_kind
from glassneuron.data.out.columns import parquet_writer
from glassneuron.data.reading import Reading
from glassneuron.engine.arrays import Array
from glassneuron.neurons.model import Model
from glassneuron.progress import bar

PACKED: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
Put = Callable[[Sequence[Sequence[Any]]], None]
"""Takes some rows of answers."""
AnswersOf = Callable[[Model, Array], tuple[list[Any], list[str], list[list[str]]]]


@contextmanager
def writer(out: Path | None, head: Sequence[str]) -> Iterator[Put]:
    """Yield a function that writes rows of answers to a file, which is there when it is whole, or to the output."""
    if out is None:
        yield _csv(sys.stdout, head)
        return
    kind, packed = answers_kind(out)
    with whole_file(out) as file:
        if kind in PARQUET:
            with parquet_writer(file, head) as put:
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
        for part in _with_first(first, parts):
            answers, _, beside = answers_of(model, part)
            put([[i, a, *more] for i, (a, more) in enumerate(zip(answers, beside, strict=True), rows + 1)])
            rows += len(part)
            counts.update(answers if model.classes is not None else (min(answers), max(answers)))
            tell(rows, "")
    return rows, dict(counts)


def _with_first(first: Array, others: Iterator[Array]) -> Iterator[Array]:
    yield first
    yield from others
