"""Tables: what files and frames become, and the one sentence for what cannot be read."""

import datetime
import decimal
import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.data.encoding import Encoding
from glassneuron.data.table import read_table

BOM = b"\xef\xbb\xbf"
MANY = 600_000
"""Rows of four bytes that make a file larger than 2 MB, twice the block in which types are guessed."""


def refused(sentence, *args, **settings):
    with pytest.raises(gn.GlassneuronError, match=sentence) as caught:
        read_table(*args, **settings)
    assert isinstance(caught.value, ValueError)
    assert caught.value.code
    assert str(caught.value).isprintable(), "one line, without control characters"


@pytest.mark.parametrize(
    ("content", "names", "rows"),
    [
        ("a,b\n1,2\n3,4.5\n", ("a", "b"), [[1, 2], [3, 4.5]]),
        ("a,b\r\n1,2\r\n3,4", ("a", "b"), [[1, 2], [3, 4]]),
        ("\n\na,b\n1,2\n", ("a", "b"), [[1, 2]]),
        ("a\tb\n1\t2\n", ("a", "b"), [[1, 2]]),
        ("a;b\n1,5;2\n3;4,25\n", ("a", "b"), [[1.5, 2], [3, 4.25]]),
        ("a;b\r\n-1,5;,5\r\n3;+4,25e1\r\n", ("a", "b"), [[-1.5, 0.5], [3, 42.5]]),
        ('a;b\n"1,5";2\n', ("a", "b"), [[1.5, 2]]),
        ("a;b\n1.5;2\n", ("a", "b"), [[1.5, 2]]),
        ("day;a\n01.02.x;1,5\n01.02.x;2\n", ("day=01.02.x", "a"), [[1, 1.5], [1, 2]]),
        ("day;a\nx,1;2\nx,1;3\n", ("day=x,1", "a"), [[1, 2], [1, 3]]),
        (BOM + b"a,b\n1,2\n", ("a", "b"), [[1, 2]]),
        (BOM + b'"a,c;;",b\n1,2\n', ("a,c;;", "b"), [[1, 2]]),
        ('"a;;\n;;",b\n1,2\n', ("a;;\n;;", "b"), [[1, 2]]),
        ('"5"" pipe",b\n1,2\n', ('5" pipe', "b"), [[1, 2]]),
        ('a,b\n1,"x\ny"\n2,z\n', ("a", "b=z"), [[1, 0], [2, 1]]),
        ("a,b\ntrue,1\nfalse,2\n", ("a", "b"), [[1, 1], [0, 2]]),
        ("größe,colour\n1,röd\n2,blå\n", ("größe", "colour=röd"), [[1, 1], [2, 0]]),
        ("a,__index_level_0__\n1,7\n", ("a",), [[1]]),
        ("a\n123456789012345678901234567890\n1\n", ("a",), [[123456789012345678901234567890.0], [1]]),
    ],
)
def test_csv(file, content, names, rows):
    table = read_table(file(content))
    assert table.names == names
    assert table.X.tolist() == rows
    assert table.X.dtype == np.float64
    assert table.y is None


@pytest.mark.parametrize("name", ["t.csv", "t.CSV", "t.tsv", "t.txt"])
def test_a_csv_file_may_be_called_thus(file, name):
    path = file("a,b\n1,2\n", name)
    assert read_table(path).X.tolist() == read_table(str(path)).X.tolist() == [[1, 2]]


def test_types_that_change_in_a_later_block(file):
    fractions = read_table(file("a,b\n" + "1,2\n" * MANY + "1,2.5\n"))
    assert fractions.X.shape == (MANY + 1, 2)
    assert fractions.X[-1].tolist() == [1, 2.5]
    text = read_table(file("a,b\n" + "1,2\n" * MANY + "3,red\n"))
    assert text.names == ("a", "b=red")
    assert text.X[[0, -1]].tolist() == [[1, 0], [3, 1]]


def test_late_quotes_and_cells_larger_than_a_block(file):
    table = read_table(file("a,b\n" + "1,x\n" * MANY + '2,"x\ny"\n'))
    assert table.names == ("a", "b=x\ny")
    long = "z" * (3 << 20)
    assert read_table(file(f"a,b\n1,{long}\n")).names == ("a", f"b={long}")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", r"table.csv is empty; a table has a header and at least one row"),
        (b"\n \n\n", r"table.csv is empty"),
        (BOM, r"table.csv is empty"),
        (b"a,b\n", r"table.csv has a header and no rows; at least one row is needed"),
        (b"a,b", r"table.csv has a header and no rows"),
        (bytes(range(256)), r"table.csv cannot be read as a table: it is not text\.$"),
        (b"a,b\n" + b"1,2\n" * MANY + b"\0,3\n", r"cannot be read as a table: it is not text\.$"),
        (b"a,b\n1,2\n1,2,3\n", r"table.csv: row 2 has 3 cells where the header has 2; give every line as many"),
        (b"a,b\n1,2\n1\n", r"row 2 has 1 cells where the header has 2"),
        (b'a,b\n1,"x\ny\nz"\n1,2,3\n', r"row 2 has 3 cells"),
        (b"a,b\n" + b"1,2\n" * MANY + b"1,2,3\n", rf"row {MANY + 1} has 3 cells"),
        (b"a,b\n" + b"1,2\n" * MANY + b"1,x\n1,2,3\n", rf"row {MANY + 2} has 3 cells"),
        (b"a,b,a\n1,2,3\n", r"two columns are called `a`; give each its own name"),
        (b'"a\nb","a\nb"\n1,2\n', r"two columns are called `a\\nb`"),
        (b"colour,colour=red\nred,1\nblue,2\n", r"two columns are called `colour=red`"),
        (b"a,b\ninf,1\n-inf,2\n", r"`a` is infinite in row 1; numbers have to be finite"),
        (b"a,b\n1,2\n1,1e400\n", r"`b` is infinite in row 2"),
        (
            b"a\n1\n2\n3\nx\n",
            r"`a` is a column of numbers with the text 'x' in row 4; correct it or leave the cell empty",
        ),
        (b'a\n1\n2\n3\n"x\ny"\n', r"with the text 'x\\ny' in row 4"),
        (
            b"a,b\n1,\n,x\n3,\n",
            r"missing in `a` \(1 of 3\), `b` \(2 of 3\), first in row 1; .* leave out columns with many gaps\.$",
        ),
        (b"a,b\n1,2\n3,\n", r"`b` \(1 of 2\), first in row 2; fill them in, or say --missing drop or mean\.$"),
        (b"a,b\n1,\n,2\n", r"`a` \(1 of 2\), `b` \(1 of 2\), first in row 1; .* say --missing mean\.$"),
        (b"a,b\n1,x\n2,\n", r"`b` \(1 of 2\), first in row 2; fill them in, or say --missing drop\.$"),
        (b"a,b\n1,nan\n2,3\n", r"values are missing in `b` \(1 of 2\)"),
        (b"a,b\n1,\n2,\n", r"values are missing in `b` \(2 of 2\), first in row \d; fill them in, or leave `b` out\.$"),
    ],
    ids=range(25),
)
def test_a_csv_file_that_cannot_be_read_gets_one_sentence(file, content, sentence):
    refused(sentence, file(content))


def test_more_values_than_can_become_features(file):
    fifty = "a\n" + "".join(f"v{i:02}\n" for i in range(50))
    table = read_table(file(fifty))
    assert table.names == tuple(f"a=v{i:02}" for i in range(50))
    np.testing.assert_array_equal(table.X, np.eye(50))
    refused(r"`a` is text with 51 different values; at most 50 can become features. Leave", file(fifty + "v50\n"))


def test_paths_that_are_no_table(tmp_path, file):
    refused(r"is a folder; name the table file in it", tmp_path)
    (tmp_path / "folder.csv").mkdir()
    refused(r"folder.csv is a folder", tmp_path / "folder.csv")
    refused(r"there is no file .*none.csv\.$", tmp_path / "none.csv")
    refused(r"there is no file .*none.parquet\.$", str(tmp_path / "none.parquet"))
    refused(r"there is no file a\\nb.csv\.$", "a\nb.csv")
    refused(r"table.exe is neither .csv, .tsv, .txt, .parquet, .*; save the table", file(b"", "table.exe"))
    refused(r"cannot be read as a table: File name too long\.$", "a" * 5000 + ".csv")
    refused(r"a\\x00.csv cannot be read as a table: no file can have this name\.$", "a\0.csv")
    for thing in (3, None, b"table.csv", [[1, 2]], np.ones((2, 2))):
        refused(rf"a table must be a CSV or Parquet file, or a frame .*; got a {type(thing).__name__}\.$", thing)


def test_parquet(file, tmp_path):
    path = tmp_path / "table.parquet"
    pq.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), path)
    assert read_table(path).X.tolist() == [[1, 0], [2, 1]]
    whole = path.read_bytes()
    for content in (b"", b"garbage", whole[:-20], whole[:40], b"PAR1" + b"\0" * 20 + b"PAR1"):
        refused(r"cut.pq cannot be read as a table: [^/]+[^.]\.$", file(content, "cut.pq"))
    text = whole.replace(b"x", b"\xff")
    refused(r"cannot be read as a table: .*UTF8", file(text, "text.parquet"))
    names = pa.table({"a\nb": [1], "c": [datetime.timedelta(1)]})
    pq.write_table(names, path)
    refused(r"`c` holds duration", path)
    refused(r"The table has: a\\nb, c\.$", path, "d")


def test_row_labels_of_pandas_are_no_feature(tmp_path):
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})
    part = frame[frame.a > 1]
    assert read_table(part).names == ("a", "b")
    assert read_table(frame.set_index("a")).names == ("b",)
    part.to_parquet(tmp_path / "part.parquet")
    assert read_table(tmp_path / "part.parquet").names == ("a", "b")


@pytest.mark.parametrize(
    ("frame", "names", "rows"),
    [
        (pd.DataFrame({"a": [1.5, 2], "b": [True, False]}), ("a", "b"), [[1.5, 1], [2, 0]]),
        (pd.DataFrame([[1, 2], [3, 4]]), ("0", "1"), [[1, 2], [3, 4]]),
        (pd.DataFrame({"a": pd.Categorical(["x", "y"], ["y", "x", "z"])}), ("a=y",), [[0], [1]]),
        (pd.DataFrame({"a": pd.Categorical([7, 1, 7])}), ("a",), [[7], [1], [7]]),
        (pd.DataFrame({"a": pd.array([1, 3], dtype="Int64")}), ("a",), [[1], [3]]),
        (pd.DataFrame({"a": pd.array([True, False], dtype="boolean")}), ("a",), [[1], [0]]),
        (pd.DataFrame({"a": np.array([1, 2], dtype=np.float16)}), ("a",), [[1], [2]]),
        (pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}), ("a", "b=y"), [[1, 0], [2, 1]]),
        (pl.DataFrame({"b": pl.Series(["x", "y"], dtype=pl.Categorical)}), ("b=y",), [[0], [1]]),
        (pl.DataFrame({"b": pl.Series(["x", "y"], dtype=pl.Enum(["y", "x"]))}), ("b=y",), [[0], [1]]),
        (pl.DataFrame({"a": [decimal.Decimal("1.5")]}), ("a",), [[1.5]]),
        (pa.table({"a": pa.array([decimal.Decimal("1.50")])}), ("a",), [[1.5]]),
        (pa.table({"a": pa.array(["x", "y"]).dictionary_encode()}), ("a=y",), [[0], [1]]),
        (pa.table({"a": pa.array(["x", "y"], pa.string_view())}), ("a=y",), [[0], [1]]),
        (pa.table({"a": pa.array([2.5, 1]).dictionary_encode()}), ("a",), [[2.5], [1]]),
        (pa.table({"a": pa.DictionaryArray.from_arrays([0, 1, 2], ["x", "x", "y"])}), ("a=y",), None),
        (pa.record_batch({"a": pa.array([2**64 - 1], pa.uint64())}), ("a",), [[2.0**64]]),
        (pa.table({"a": pa.chunked_array([[1], [2]]), "b": pa.chunked_array([["x"], ["y"]])}), None,
         [[1, 0], [2, 1]]),
    ],
    ids=range(18),
)  # fmt: skip
def test_frames(frame, names, rows):
    table = read_table(frame)
    assert names is None or table.names == names
    assert table.X.tolist() == (rows or [[0], [0], [1]])


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (pd.DataFrame({"a": [1j]}), r"the frame cannot be read as a table: Unsupported numpy type"),
        (pd.DataFrame({"a": ["x", 1]}), r"`a` mixes kinds, 'x' in row 1 and 1 in row 2; make all its cells"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), r"cannot be read as a table: Duplicate column names"),
        (pd.DataFrame(), r"the frame is empty; a table has a header and at least one row"),
        (pd.DataFrame({"a": []}), r"the frame has a header and no rows"),
        (pl.Series([1, 2]), r"the frame cannot be read as a table"),
        (pl.DataFrame({"a": [[1, 2]]}), r"`a` holds large_list"),
        (pl.DataFrame({"a": [b"x"]}), r"`a` holds binary_view"),
        (pl.DataFrame({"a": [None, None]}), r"`a` \(2 of 2\), first in row \d; fill them in, or leave `a` out"),
        (pl.DataFrame({"a": pl.Series([None, None], dtype=pl.String)}), r"`a` \(2 of 2\), .* leave `a` out"),
        (pa.table([[1], [2]], ["a", "a"]), r"two columns are called `a`"),
        (pa.table({"a": pa.array([datetime.date(2020, 1, 1)]).dictionary_encode()}), r"`a` holds dictionary<"),
        (pa.table({"a": pa.array([datetime.timedelta(1)])}), r"`a` holds duration"),
        (pa.table({"a": [{"b": 1}]}), r"`a` holds struct"),
        (pa.table({"a": [1.0, math.inf]}), r"`a` is infinite in row 2"),
        (pa.table({"a": ["x", None]}), r"values are missing in `a` \(1 of 2\)"),
    ],
    ids=range(16),
)  # fmt: skip
def test_a_frame_that_cannot_be_read_gets_one_sentence(frame, sentence):
    refused(sentence, frame)


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("color", r"there is no column `color`. Did you mean `colour`\? The table has: colour, size\.$"),
        ("Size", r"Did you mean `size`\?"),
        ("price", r"there is no column `price`. The table has: colour, size\.$"),
        ("a\nb", r"there is no column `a\\nb`. The table has"),
        ("", r"there is no column ``. The table has"),
        (3, r"there is no column `3`. The table has"),
    ],
)
def test_a_target_that_is_not_there(target, sentence):
    refused(sentence, pa.table({"colour": ["red", "blue"], "size": [1, 2]}), target)


def test_the_target_cannot_be_the_only_column():
    sentence = r"the table has no column but the target `a`; at least one feature is needed"
    refused(sentence, pa.table({"a": [1, 2]}), "a")


@pytest.mark.parametrize(
    ("cells", "values", "kind"),
    [
        (["x", "y"] * 15, "x", "classes"),
        ([True, False] * 15, True, "classes"),
        ([1, 0] * 15, 1, "classes"),
        ([0.25, 0.75] * 15, 0.25, "classes"),
        ([1.0, 2.0, 3.0] * 10, 1.0, "classes"),
        ([0.5, 1.0, 2.0] * 10, 0.5, "number"),
        ([*range(20)] + [0] * 10, 0, "classes"),
        ([*range(21)] + [0] * 9, 0, "number"),
        (pa.array(["x", "y"] * 15).dictionary_encode(), "x", "classes"),
        (pa.array([4, 7] * 15).dictionary_encode(), 4, "classes"),
        (pa.array([decimal.Decimal("0.5"), decimal.Decimal(1), decimal.Decimal(2)] * 10), 0.5, "number"),
    ],
)
def test_kinds_of_target(cells, values, kind):
    table = read_table(pa.table({"a": range(30), "t": cells}), "t")
    assert table.names == ("a",)
    assert table.y[0] == values
    assert type(table.y[0].item() if hasattr(table.y[0], "item") else table.y[0]) is type(values)
    assert table.target_kind == kind
    assert read_table(pa.table({"a": [1]})).target_kind == "classes"


def test_a_target_column_of_whole_numbers_as_names():
    table = read_table(pd.DataFrame([[1, 2], [3, 4]]), 1)
    assert (table.names, table.target, table.y.tolist()) == (("0",), "1", [2, 4])


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ([1.0, math.inf], r"`t` is infinite in row 2"),
        ([-math.inf, None], r"`t` is infinite in row 1"),
        ([1.0, None], r"values are missing in `t` \(1 of 2\), first in row 2; fill them in, or say --missing drop\.$"),
        ([math.nan, 1.0], r"values are missing in `t` \(1 of 2\)"),
        (["x", None], r"values are missing in `t` \(1 of 2\)"),
        ([datetime.date(2020, 1, 1)] * 2, r"`t` holds date32\[day\]"),
    ],
)
def test_targets_that_cannot_be_learned(cells, sentence):
    refused(sentence, pa.table({"a": [1, 2], "t": cells}), "t")


@pytest.mark.parametrize(
    ("cells", "kept", "dtype"),
    [
        ([1, None, 3], [1, 3], "i"),
        ([1.5, None, math.nan], [1.5], "f"),
        ([True, None, False], [True, False], "b"),
        ([decimal.Decimal("0.5"), None, decimal.Decimal(1)], [0.5, 1.0], "f"),
        (["x", None, "y"], ["x", "y"], "O"),
    ],
)
def test_rows_without_a_target_are_dropped(cells, kept, dtype):
    table = read_table(pa.table({"a": [1, 2, 3], "t": cells}), "t", missing="drop")
    assert table.y.tolist() == kept
    assert table.y.dtype.kind == dtype
    assert len(table.X) == len(kept)
    refused(r"in `t` \(\d of 3\), .* say --missing drop\.$", pa.table({"a": [1, 2, 3], "t": cells}), "t",
            missing="mean")  # fmt: skip


def test_dropping_rows_with_gaps():
    frame = pa.table({"a": [1, None, 5], "b": ["x", "y", "x"]})
    table = read_table(frame, missing="drop")
    assert table.X.tolist() == [[1, 0], [5, 0]]
    gaps = pa.table({"a": [1, None], "b": [None, "x"]})
    refused(r"each of the 2 rows has a gap, so dropping them leaves none", gaps, missing="drop")
    whole = read_table(pa.table({"a": [1, 2]}), missing="drop")
    assert whole.X.tolist() == [[1], [2]]
    infinite = pa.table({"a": [None, 1.0, math.inf]})
    refused(r"`a` is infinite in row 3", infinite, missing="drop")  # the row of the table, not of what is left


def test_means_fill_gaps_here_and_in_the_next_table():
    table = read_table(pa.table({"a": [1, None, 5], "b": [4.0, 8.0, math.nan]}), missing="mean")
    assert table.X.tolist() == [[1, 4], [3, 8], [5, 6]]
    assert [column.mean for column in table.encoding.columns] == [3, 6]
    again = Encoding.from_dict(json.loads(json.dumps(table.encoding.to_dict())))
    assert again == table.encoding
    new = read_table(pa.table({"b": [None, 1.0], "a": [100, None]}), encoding=again)
    assert new.X.tolist() == [[100, 6], [3, 1]]
    text = pa.table({"a": ["x", None]})
    refused(r"missing in `a` \(1 of 2\), first in row 2; .* say --missing drop\.$", text, missing="mean")
    huge = read_table(pa.table({"a": [1.5e308, 1.5e308, None]}), missing="mean")
    assert huge.X.tolist() == [[1.5e308]] * 3
    infinite = pa.table({"a": [math.inf, -math.inf, None]})
    refused(r"`a` is infinite in row 1", infinite, missing="mean")


def test_gaps_in_a_column_called_like_another_feature():
    frame = pa.table({"colour": ["red", None], "size": [1, 2], "colour=red": ["yes", "no"]})
    refused(r"values are missing in `colour` \(1 of 2\)", frame, "colour=red")


def test_the_next_table():
    encoding = read_table(pa.table({"size": [1, 2], "colour": ["red", "blue"], "sold": [0, 1]}), "sold").encoding

    def read(**columns):
        return read_table(pa.table(columns), encoding=encoding)

    table = read(sold=["never", "met"], colour=["red", "red"], size=[True, False], more=[None, None])
    assert (table.names, table.y) == (("size", "colour=red"), None)
    assert table.X.tolist() == [[1, 1], [0, 1]]
    for columns, sentence in (
        ({"colour": ["red"]}, r"the model reads columns that the table lacks: `size`\.$"),
        ({"a": [1]}, r"the model reads columns that the table lacks: `size`, `colour`\.$"),
        ({"size": ["1"], "colour": ["red"]}, r"the model knows `size` as numbers; this table holds string there"),
        ({"size": [1], "colour": [1]}, r"the model knows `colour` as text; this table holds int64 there"),
        ({"size": [1, 1], "colour": ["red", "p\nink"]},
         r"`colour` is 'p\\nink' in row 2, which the model has not seen; it knows blue, red\. `predict --unknown"),
        ({"size": [1], "colour": [None]}, r"in `colour` \(1 of 1\), first in row 1; .* leave these rows"),
        ({"size": [None], "colour": ["red"]}, r"values are missing in `size` \(1 of 1\)"),
        ({"size": [math.inf], "colour": ["red"]}, r"`size` is infinite in row 1"),
    ):  # fmt: skip
        refused(sentence, pa.table(columns), encoding=encoding)


def test_one_row_whatever_the_others_hold():
    encoding = read_table(pa.table({"size": [1.0, 2.0], "colour": ["red", "blue"]})).encoding
    frame = pa.table({"size": [1, None, math.inf, 2.5], "colour": ["red", "red", "blue", "green"]})
    assert read_table(frame, encoding=encoding, row=1).X.tolist() == [[1, 1]]
    refused(r"missing in `size` \(1 of 1\), first in row 2;", frame, encoding=encoding, row=2)
    refused(r"`size` is infinite in row 3", frame, encoding=encoding, row=3)
    refused(r"`colour` is 'green' in row 4, which", frame, encoding=encoding, row=4)
    refused(r"`row` must be at most 4, the last of the table; got 5", frame, encoding=encoding, row=5)
    refused(r"`row` must be in \[1, inf\); got 0", frame, encoding=encoding, row=0)


def test_text_that_looks_like_numbers_in_the_next_file(file):
    encoding = read_table(file("grade,a\n1,1\nx,2\ntrue,3\n")).encoding
    assert read_table(file("grade,a\n1,7\n"), encoding=encoding).X.tolist() == [[1, 0, 0, 7]]
    assert read_table(file("a,grade\n7,true\n"), encoding=encoding).X.tolist() == [[0, 1, 0, 7]]
    refused(r"values are missing in `grade` \(1 of 1\)", file("grade,a\n,7\n"), encoding=encoding)
    refused(r"lacks: `grade`", file("a\n7\n"), encoding=encoding)


@pytest.mark.parametrize("missing", ["keep", "", None, 3])
def test_other_ways_with_gaps(missing):
    refused(r"`missing` must be 'refuse', 'drop', 'mean' or 'fill'; got", pa.table({"a": [1]}), missing=missing)


GOOD = {"name": "a", "kind": "number", "values": [], "mean": None}


@pytest.mark.parametrize(
    "column",
    [
        3,
        {},
        {**GOOD, "more": 1},
        {**GOOD, "name": 1},
        {**GOOD, "kind": "date"},
        {**GOOD, "values": ["x"]},
        {**GOOD, "values": 3},
        {**GOOD, "mean": "x"},
        {**GOOD, "mean": math.nan},
        {**GOOD, "kind": "text"},
        {**GOOD, "kind": "text", "values": "ab"},
        {**GOOD, "kind": "text", "values": ["x", "x"]},
        {**GOOD, "kind": "text", "values": ["x", 1]},
        {**GOOD, "kind": "text", "values": ["x"], "mean": 1.0},
        {**GOOD, "single": True},
        {**GOOD, "start": "2026-01-01"},
        {**GOOD, "kind": "date", "start": "yesterday"},
        {**GOOD, "kind": "date", "start": 3},
        {**GOOD, "kind": "text", "values": ["x"], "single": True},
        {**GOOD, "kind": "text", "values": ["x", "y"], "single": 1},
    ],
)
def test_an_encoding_that_never_was(column):
    with pytest.raises((TypeError, ValueError)):
        Encoding.from_dict({"columns": [column]})


names = st.text(max_size=4)
cells = st.one_of(
    st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.floats()), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.booleans()), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.text(max_size=4)), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.sampled_from(["1", "2", "3", "x", "nan"])), min_size=3, max_size=3),
    st.lists(st.one_of(st.none(), st.dates(), st.binary(max_size=2)), min_size=3, max_size=3),
)
ways = st.sampled_from(["refuse", "drop", "mean"])


def is_table_or_sentence(source, target, missing):
    try:
        table = read_table(source, target, missing=missing)
    except gn.GlassneuronError as error:
        assert str(error).isprintable()  # noqa: PT017 - both ways are right
        return
    assert np.isfinite(table.X).all()
    assert table.X.shape == (len(table.X), len(table.names))
    assert len(table.X) > 0
    assert len(set(table.names)) == len(table.names) > 0
    if target is not None:
        assert len(table.y) == len(table.X)
        assert table.target_kind in ("classes", "number")
        assert not any(value is None or value != value for value in table.y.tolist())
    try:
        again = read_table(source, encoding=Encoding.from_dict(json.loads(json.dumps(table.encoding.to_dict()))))
    except gn.GlassneuronError:
        assert missing == "drop"  # its rows with gaps are still there
    else:
        assert missing == "drop" or np.array_equal(again.X, table.X)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(names, cells), max_size=4), st.booleans(), ways, st.booleans(), st.booleans())
def test_any_frame_is_a_table_or_gets_one_sentence(columns, with_target, missing, as_pandas, categories):
    try:
        arrays = [pa.array(values) for _, values in columns]
    except pa.ArrowException:
        return  # dates beside bytes: no frame to begin with
    if categories:
        apart = (pa.null(), pa.float64()) if as_pandas else (pa.null(),)  # pandas has no category of NaN
        arrays = [a if a.type in apart else a.dictionary_encode() for a in arrays]
    frame = pa.table(arrays, [name for name, _ in columns])
    target = columns[-1][0] if with_target and columns else None
    if as_pandas and len(set(frame.column_names)) == len(columns):  # pyarrow mixes up columns of one name
        frame = frame.to_pandas()
    is_table_or_sentence(frame, target, missing)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(alphabet='ab12.,;\t\n\r"-eéx ', max_size=60).map(str.encode),
        st.lists(st.lists(st.sampled_from(["1", "2,5", "1.5", "x", "", '"', '"a\nb"', "nan"]), min_size=2, max_size=2))
        .map(lambda rows: "\n".join(["a;b", *(";".join(row) for row in rows)]).encode()),
    ),
    ways,
    st.sampled_from([None, "a"]),
)  # fmt: skip
def test_any_bytes_are_a_table_or_get_one_sentence(file, content, missing, target):
    is_table_or_sentence(file(content), target, missing)


def test_text_with_two_values_is_one_feature_and_no_finding():
    """The first value's feature would be the opposite of the second's."""
    frame = pa.table({"active": ["yes", "no", "yes", "no"] * 5, "size": [*range(20)], "y": ["a", "b"] * 10})
    table = read_table(frame, "y")
    assert table.names == ("active=yes", "size")
    assert table.X[:2].tolist() == [[1, 0], [0, 1]]
    encoding = Encoding.from_dict(json.loads(json.dumps(table.encoding.to_dict())))
    assert encoding == table.encoding
    assert read_table(pa.table({"size": [7], "active": ["yes"]}), encoding=encoding).X.tolist() == [[1, 7]]
    refused(r"`active` is 'maybe' in row 1, which the model has not seen; it knows no, yes",
            pa.table({"size": [7], "active": ["maybe"]}), encoding=encoding)  # fmt: skip
    old = Encoding.from_dict({"columns": [{"name": "active", "kind": "text", "values": ["no", "yes"], "mean": None}]})
    assert old.names == ("active=no", "active=yes")  # as models have it that were saved before
    assert read_table(frame, encoding=old).X[0].tolist() == [0, 1]


DAYS = ["2026-01-03", "2026-01-01", None]
MOMENTS = ["2026-01-03T12:00:00", "2026-01-01 06:00:00", None]


@pytest.mark.parametrize("form", ["csv", "pandas", "polars", "arrow"])
def test_dates_are_days_since_the_first(file, form):
    if form == "csv":
        source = file("day,at\n" + "".join(f"{d or ''},{m or ''}\n" for d, m in zip(DAYS, MOMENTS, strict=True)))
    else:
        day = [d and datetime.date.fromisoformat(d) for d in DAYS]
        at = [m and datetime.datetime.fromisoformat(m) for m in MOMENTS]
        source = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}[form]({"day": day, "at": at})
    table = read_table(source, missing="mean")
    assert table.names == ("day", "at")
    assert table.X.tolist() == [[2, 2.5], [0, 0.25], [1, 1.375]]  # a gap is the mean
    assert table.notes == ("`day`: days since 2026-01-01", "`at`: days since 2026-01-01")
    again = Encoding.from_dict(json.loads(json.dumps(table.encoding.to_dict())))
    assert again == table.encoding
    later = read_table(file("at,day\n2026-02-01T00:00:00,2025-12-31\n", "later.csv"), encoding=again)
    assert later.X.tolist() == [[-1, 31]]
    refused(
        r"the model knows `day` as dates; this table holds int64", pa.table({"day": [1], "at": [1]}), encoding=again
    )
    refused(r"values are missing in `a` \(1 of 1\)", pa.table({"a": pa.nulls(1, pa.date32())}))
