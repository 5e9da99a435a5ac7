"""What kind of file answers are written to: text with a mark between cells, packed or not, or Parquet."""

from __future__ import annotations

from pathlib import Path

from glassneuron.data.text_files.content import suffix_of
from glassneuron.errors import problem

MARKS = {".csv": ",", ".txt": ",", ".tsv": "\t", "": ","}
PACKED = (".gz", ".bz2", ".xz")
PARQUET = (".parquet", ".pq")


def answers_kind(path: Path) -> tuple[str, str]:
    """Return what kind of file a name asks for, and what it is to be packed in; refuse others, before the work.

    Examples
    --------
    >>> answers_kind(Path("p.csv")), answers_kind(Path("p.tsv.gz")), answers_kind(Path("p.parquet"))
    (('.csv', ''), ('.tsv', '.gz'), ('.parquet', ''))
    """
    kind, packed = suffix_of(path), path.suffix.lower() if path.suffix.lower() in PACKED else ""
    if kind not in (*MARKS, *PARQUET) or (packed and kind in PARQUET):
        rule = "a file that ends in .csv, .tsv, .txt or .parquet"
        raise problem("parameter", name="out", rule=rule, value=str(path))
    return kind, packed
