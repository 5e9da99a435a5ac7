"""Rows of answers as a file: text with a mark between cells, packed or not, or Parquet."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from glassneuron.data.out.columns import parquet_writer
from glassneuron.data.text_files.content import suffix_of
from glassneuron.errors import problem

MARKS = {".csv": ",", ".txt": ",", ".tsv": "\t", "": ","}
PACK: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}
PARQUET = (".parquet", ".pq")


def answers_kind(path: Path) -> tuple[str, str]:
    """Return what kind of file a name asks for, and what it is to be packed in; refuse others, before the work.

    Examples
    --------
    >>> answers_kind(Path("p.csv")), answers_kind(Path("p.tsv.gz")), answers_kind(Path("p.parquet"))
    (('.csv', ''), ('.tsv', '.gz'), ('.parquet', ''))
    """
    kind, packed = suffix_of(path), path.suffix.lower() if path.suffix.lower() in PACK else ""
    if kind not in (*MARKS, *PARQUET) or (packed and kind in PARQUET):
        rule = "a file that ends in .csv, .tsv, .txt or .parquet"
        raise problem("parameter", name="out", rule=rule, value=str(path))
    return kind, packed


def answers_file(head: Sequence[str], rows: Sequence[Sequence[Any]], kind: tuple[str, str]) -> bytes:
    """Return the content of a file of answers; numbers that were rounded for people are numbers in Parquet too."""
    suffix, packed = kind
    if suffix in PARQUET:
        whole = io.BytesIO()
        with parquet_writer(whole, head) as put:
            put(rows)
        return whole.getvalue()
    text = as_text(head, rows, MARKS[suffix]).encode()
    return PACK[packed](text) if packed else text


def as_text(head: Sequence[str], rows: Sequence[Sequence[Any]], mark: str = ",") -> str:
    r"""Write rows under their header.

    Examples
    --------
    >>> as_text(["row", "answer"], [[1, "a,b"]])
    'row,answer\n1,"a,b"\n'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", delimiter=mark)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue()
