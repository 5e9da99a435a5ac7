"""Numbers with more digits than a float holds."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from glassneuron.data.exact_numbers import as_written, has_long_numbers
from glassneuron.data.table import read_table

BIG = 2**53


@pytest.mark.parametrize(
    ("text", "long", "first_column"),
    [
        ("a,y\n0.1,0\n0.2,1\n", False, None),
        (f"a,y\n{1 / 7!r},0\n0.2,1\n", True, None),  # as Python writes this float
        ("a,y\n0.123456789012345678,0\n0.2,1\n", True, ["0.123456789012345678", "0.2"]),
        ("a,y\n9007199254740993,0\n1,1\n", True, ["9007199254740993", "1"]),
        ("a,c,y\n9007199254740993,red,0\n1,blue,1\n", True, ["9007199254740993", "1"]),
        ("a,b,y\n9007199254740993,true,0\n1,false,1\n", True, ["9007199254740993", "1"]),
        ("a,y\n9007199254740993,0\n,1\n", True, ["9007199254740993", repr(2.0**53)]),  # a gap, filled in
        ("a;y\n0,12345678901234567890;0\n0,2;1\n", True, ["0.12345678901234567890", "0.2"]),
    ],
)
def test_text(tmp_path, text, long, first_column):
    path = tmp_path / "t.csv"
    path.write_text(text)
    table = read_table(path, "y", missing="mean")
    assert has_long_numbers(path) == long
    cells = as_written(path, table)
    assert (None if cells is None else cells[:, 0].tolist()) == first_column
    assert cells is None or cells.shape == table.X.shape


def test_parquet(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": [BIG + 1, 1], "b": [0.1, 0.2], "y": [0, 1]}), path)
    table = read_table(path, "y")
    assert has_long_numbers(path)
    assert as_written(path, table).tolist() == [[BIG + 1, 0.1], [1, 0.2]]
    pq.write_table(pa.table({"b": [0.1, 0.2], "y": ["no", "yes"]}), path)
    assert not has_long_numbers(path)
