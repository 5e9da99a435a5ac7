"""Text files as people have them: what is recognised, what is said about it, and what is refused by name."""

import bz2
import gzip
import io
import json
import lzma
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.data.encoding import Encoding
from glassneuron.data.reading import Reading
from glassneuron.data.table import read_table
from glassneuron.data.text_files.dialect import dialect_of
from glassneuron.data.text_files.written import GAPS, WAYS, plain


def refused(sentence, *args, **more):
    with pytest.raises(gn.GlassneuronError, match=sentence) as caught:
        read_table(*args, **more)
    assert str(caught.value).isprintable()


DIALECTS = {
    "a comma in a name of a tab-separated file": "length, cm\tkind\n1.5\tr\n2\ts\n",
    "commas in the text of a tab-separated file": "x\tkind\n1.5\tr, or s\n2\ts, t, u\n",
    "decimal commas": "x;kind\n1,5;r\n2;s\n",
    "decimal commas and names with commas": "a,x;b,kind\n1,5;r\n2,5;s\n",
    "a pipe": "x|kind\n1.5|r\n2|s\n",
    "Excel's own line": "sep=;\nx;kind\n1,5;r\n2;s\n",
    "spaces after commas": "x, kind\n1.5, r\n2, s\n",
    "spaces before quotes": 'x, kind\n1.5, "r, or s"\n2, "s"\n',
    "comments on top": "# flowers\n# by hand, 2026\nx,kind\n1.5,r\n2,s\n",
    "comments between": "x,kind\n1.5,r\n# the next one is larger\n2,s\n# end\n",
    "a header behind a mark": "# x,kind\n1.5,r\n2,s\n",
    "a comma at the end of each line": "x,kind,\n1.5,r,\n2,s,\n",
    "a comma at the end of each row": "x,kind\n1.5,r,\n2,s,\n",
    "row names as R writes them": '"x","kind"\n"a",1.5,"r"\n"b",2,"s"\n',
    "a frame saved with its index": ",x,kind\n0,1.5,r\n1,2,s\n2,1.5,r\n",
    "such a frame, saved twice": "Unnamed: 0,x,kind\n0,1.5,r\n1,2,s\n2,1.5,r\n",
    "lines of spaces": "x,kind\n1.5,r\n   \n2,s\n",
}


@pytest.mark.parametrize("case", DIALECTS)
def test_files_as_people_write_them(file, case):
    table = read_table(file(DIALECTS[case], "t.tsv" if "\t" in DIALECTS[case] else "t.csv"))
    assert table.encoding.columns[0].name.strip() in ("x", "length, cm", "a,x")
    assert len(table.encoding.columns) == 2
    assert table.X[0, 0] in (1.5,)
    assert table.X[1, 0] in (2.0, 2.5)


@given(
    st.sampled_from(",\t;|"),
    st.lists(st.tuples(st.floats(-1e6, 1e6).map(repr), st.text("ab ,;|\t", min_size=1)), min_size=2, max_size=8),
    st.sampled_from(["plain", "odd, one;two", "p|q"]),
)
@settings(max_examples=100, deadline=None)
def test_a_delimiter_is_recognised_whatever_stands_between_quotes(mark, rows, name):
    """What the standard library writes, it reads as the same; the first line holds two names."""
    import csv

    text = io.StringIO()
    csv.writer(text, delimiter=mark, lineterminator="\n").writerows([("x", name), *rows])
    found = dialect_of(text.getvalue().encode())
    assert found.delimiter == mark
    assert found.names == ("x", name)


HEADERS = {
    "measurements": ("5.1,3.5,setosa\n4.9,3.0,setosa\n6.1,2.9,virginica\n5.9,3.0,virginica\n", None),
    "whole numbers": ("17,3,40\n12,4,41\n13,5,42\n", None),
    "texts that are met again": ("red,yes\nblue,no\nred,no\nblue,yes\n", None),
    "years": ("country,2019,2020\nDE,1.5,2.5\nFR,1.0,2.0\n", ("country", "2019", "2020")),
    "years alone": ("2019,2020,2021\n1.5,2.5,3\n1,2,3.5\n", ("2019", "2020", "2021")),
    "numbers from 0": ("0,1,2\n5.5,3,1\n4.5,2.5,7\n", ("0", "1", "2")),
    "names": ("colour,sold\nred,yes\nblue,no\n", ("colour", "sold")),
    "a name alone": ("x\n1\n2\n", ("x",)),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_first_line_of_values_is_no_header_and_no_row_is_lost(file, case):
    text, names = HEADERS[case]
    path, lines = file(text), len(text.splitlines())
    table = read_table(path)
    columns = tuple(column.name for column in table.encoding.columns)
    if names is None:
        assert columns == tuple(f"x{j + 1}" for j in range(len(columns)))
        assert len(table.X) == lines
        assert table.notes[0] == f"the first line holds values, so that columns are called x1 to x{len(columns)}"
        assert len(read_table(path, reading=Reading(header=True)).X) == lines - 1
        assert read_table(path, text.split(",")[0]).target == text.split(",")[0]  # who names it knows that it is a name
    else:
        assert columns == names
        assert len(table.X) == lines - 1
        if case != "names":
            assert len(read_table(path, reading=Reading(header=False, text=["x1"])).X) == lines


NUMBERS = {
    "thousands": ('"1,163.74"', "349.64", '"4,343.98"', ","),
    "euro": ("1.163,74", "349,64", "4.343,98", ";"),
    "dollars": ('"$1,163.74"', "$349.64", '"$4,343.98"', ","),
    "euros behind": ("1.163,74 €", "349,64 €", "4.343,98 €", ";"),
    "spaces": ("1 163.74", "349.64", "4 343.98", ","),
    "narrow spaces": ("1\u202f163,74", "349,64", "4\u202f343,98", ";"),
    "Swiss": ("1'163.74", "349.64", "4'343.98", ","),
    "per cent": ("1163.74%", "349.64%", "4343.98 %", ","),
    "debts": ('"(1,163.74)"', "-349.64", "4343.98", ","),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_as_people_write_them(file, case):
    *cells, mark = NUMBERS[case]
    path = file("".join(f"{cell}{mark}{y}\n" for cell, y in zip(["amount", *cells], "yaba", strict=True)))
    table = read_table(path, "y")
    debt = -1 if case == "debts" else 1
    assert table.X[:, 0].tolist() == [debt * 1163.74, debt * 349.64, 4343.98]
    assert table.names == ("amount",)
    assert "`amount`: read as numbers" in "; ".join(table.notes)
    again = read_table(path, encoding=Encoding.from_dict(json.loads(json.dumps(table.encoding.to_dict()))))
    np.testing.assert_array_equal(again.X, table.X)


@given(st.integers(-(10**12), 10**12), st.integers(0, 6), st.sampled_from(WAYS))
@settings(max_examples=200, deadline=None)
def test_a_number_written_in_any_way_is_read_as_what_it_was(whole, places, marks):
    text = f"{whole / 10**places:,.{places}f}"
    for mark, instead in ((",", "t"), (".", marks.decimal), ("t", marks.thousands)):
        text = text.replace(mark, instead)
    assert float(plain(text, marks)) == float(f"{whole / 10**places:.{places}f}")


def test_an_ambiguous_column_is_refused_by_name_and_settled_by_one_word(file):
    path = file('amount,y\n349,a\n"1,163",b\n"4,343",a\n')
    refused(r"`amount` is '1,163' in row 2, which is 1163 or 1.163: --decimal . or --decimal , settles it", path, "y")
    for reading, value in (
        (Reading(decimal="."), 1163),
        (Reading(decimal=","), 1.163),
        (Reading(thousands=","), 1163),
    ):
        assert read_table(path, "y", reading=reading).X[1, 0] == value
    assert "amount=1,163" in read_table(path, "y", reading=Reading(text=["amount"])).names
    others = file('amount,price,y\n349,"2,000.5",a\n"1,163",1,b\n')  # another column tells what a comma is
    assert read_table(others, "y").X[1].tolist() == [1163, 1]
    points = file("n;price\n1.163;2,5\n349;3\n")  # and a point
    assert read_table(points).X[0].tolist() == [1163, 2.5]
    for wrong, sentence in (
        ({"decimal": "x"}, r"`decimal` must be '.' or ','"),
        ({"thousands": "x"}, r"`thousands` must be"),
        ({"decimal": ",", "thousands": ","}, r"`thousands` must be another mark than the decimal one"),
        ({"text": ["a"], "numeric": ["a"]}, r"`numeric` must be other columns than those of `text`"),
        ({"task": "x"}, r"`task` must be"),
    ):
        with pytest.raises(gn.GlassneuronError, match=sentence):
            Reading(**wrong)


def test_codes_are_text(file):
    """A zero leads no number: not in features, not in labels, not in the next table."""
    path = file('zip,id,y\n03358,"042",001\n12345,"0042",002\n00501,"042",001\n')
    table = read_table(path, "y")
    assert table.names == ("zip=00501", "zip=03358", "zip=12345", "id=042")
    assert table.y.tolist() == ["001", "002", "001"]
    assert table.notes == ("`zip`, `id`, `y`: text, for a zero leads some of its numbers",)
    again = read_table(file("id,zip\n0042,12345\n", "n.csv"), encoding=table.encoding)
    assert again.X.tolist() == [[0, 0, 1, 0]]
    refused(
        r"`zip` is '358' in row 1, which the model has not seen",
        file("id,zip\n042,358\n", "n.csv"),
        encoding=table.encoding,
    )
    as_numbers = read_table(path, "y", reading=Reading(numeric=["zip,id", "y"]))
    assert as_numbers.X.tolist() == [[3358, 42], [12345, 42], [501, 42]]
    assert as_numbers.y.tolist() == [1, 2, 1]
    assert read_table(file("0.5,a\n0,b\n-0.25,a\n", "t.txt")).X[:, 0].tolist() == [0.5, 0, -0.25]
    letters = file("code,y\n12,a\n13,b\nA1,a\n14,b\n15,a\n")
    refused(r"`code` is a column of numbers with the text 'A1' in row 3; .*, or say --text code", letters, "y")
    assert "code=A1" in read_table(letters, "y", reading=Reading(text=["code"])).names
    refused(r"the model knows `code` as numbers; this table holds 'A1' in row 3", letters, "y",
            reading=Reading(numeric=["code"]))  # fmt: skip


def test_gaps_are_counted_and_a_quoted_word_is_text(file):
    path = file('size,land,y\n1,NA,a\n2,"NA",b\n3,DE,a\n,DE,a\n5,DE,NA\n')
    table = read_table(path, "y", missing="drop")
    assert table.names == ("size", "land=NA")
    assert table.X.tolist() == [[2, 1], [3, 0]]
    assert table.places.tolist() == [1, 2]
    assert table.notes == ("3 rows with gaps left out (NA without quotes too), 1 of them in `y`; 2 of 5 are left",)
    refused(
        r"missing in .*`y` \(1 of 5\).*Without quotes, NA stands for a gap; .* write it in quotes, .* --gaps", path, "y"
    )
    kept = read_table(path, "y", missing="drop", reading=Reading(gaps=()))
    assert kept.y.tolist() == ["a", "b", "a", "NA"]
    nines = file("a,b\n-9,1\n2,-9\n3,3\n")
    assert read_table(nines, missing="drop", reading=Reading(gaps=["-9"])).X.tolist() == [[3, 3]]


@pytest.mark.parametrize("word", [*filter(None, GAPS), ".", "-", "None", '""', '"NA"'])
def test_words_for_a_gap_among_numbers(file, word):
    path = file(f"a,y\n1,p\n{word},q\n2.5,p\n4,q\n")
    table = read_table(path, "y", missing="mean")
    assert table.names == ("a",)
    assert table.X[:, 0].tolist() == [1, 2.5, 2.5, 4]
    refused(r"values are missing in `a` \(1 of 4\), first in row 2", path, "y")


def test_one_text_in_a_numeric_target_is_named(file):
    path = file("a,y\n1,0.5\n2,1.5\n3,<1.0\n4,2.5\n5,2.25\n")
    refused(r"`y` is a column of numbers with the text '<1.0' in row 3; correct it", path, "y")
    grades = read_table(file("a,y\n1,1\n2,2\n3,3\n4,4\n5,5+\n"), "y")  # a handful of whole numbers are classes
    assert grades.y.tolist() == ["1", "2", "3", "4", "5+"]


def test_a_comma_at_the_end_of_one_line_is_named(file):
    refused(r"row 2 has 3 cells where the header has 2; take the ',' at its end away", file("a,b\n1,2\n3,4,\n5,6\n"))


def test_columns_are_left_out_or_taken_by_name(file):
    path = file("id,name,size,y\n1,x,2.5,a\n2,z,3.5,b\n")
    assert read_table(path, "y", reading=Reading(drop=["id,name"])).names == ("size",)
    assert read_table(path, "y", reading=Reading(only=["size"])).names == ("size",)
    refused(r"there is no column `nam`. Did you mean `name`\?", path, "y", reading=Reading(drop=["nam"]))
    dates = file("day,size\n2026-01-01,1\n2026-01-02,2\n")
    assert read_table(dates, reading=Reading(drop=["day"])).names == ("size",)


@pytest.mark.parametrize("task", [None, "classification", "regression"])
@pytest.mark.parametrize("most", [2, 15, 26])
def test_a_person_may_say_whether_whole_numbers_are_classes(most, task):
    table = read_table(pa.table({"a": range(52), "y": [k % most for k in range(52)]}), "y", reading=Reading(task=task))
    by_itself = "number" if most > 20 else "classes"
    assert table.target_kind == {None: by_itself, "classification": "classes", "regression": "number"}[task]


@pytest.mark.parametrize("as_file", [True, False])
def test_named_row_labels_of_a_frame_are_no_feature_whichever_way_it_comes(tmp_path, as_file):
    frame = pd.DataFrame({"key": ["p", "q"], "a": [1, 2], "b": [3, 4]}).set_index("key")
    if as_file:
        frame.to_parquet(tmp_path / "t.parquet")
        table = read_table(tmp_path / "t.parquet")
        assert table.notes == ("row labels of pandas are left out: key",)
    else:
        table = read_table(frame)
    assert table.names == ("a", "b")
    plain_file = tmp_path / "plain.parquet"
    pq.write_table(pa.table({"key": [7, 9], "a": [1, 2]}), plain_file)
    assert read_table(plain_file).names == ("key", "a")


def test_an_object_column_of_mixed_kinds_is_named():
    frame = pd.DataFrame({"b": [1, 2, 3], "a": [None, "x", 1]})
    refused(r"`a` mixes kinds, 'x' in row 2 and 1 in row 3; make all its cells texts, or all numbers", frame)


PACKED = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def zipped(content, *more):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("inside.csv", content)
        for name in more:
            archive.writestr(name, content)
    return whole.getvalue()


def test_packed_files(file):
    text = b"a,b\n1,x\n2,y\n"
    zstd = pa.BufferOutputStream()
    with pa.CompressedOutputStream(zstd, "zstd") as stream:
        stream.write(text)
    packed = {suffix: pack(text) for suffix, pack in PACKED.items()} | {".zst": zstd.getvalue().to_pybytes()}
    for suffix, content in packed.items():
        path = file(content, f"t.csv{suffix}")
        assert read_table(path).X.tolist() == read_table(file(text)).X.tolist()
        refused(r"cannot be read as a table: it is damaged, or cut short", file(content[:-6], f"cut.csv{suffix}"))
    assert read_table(file(zipped(text), "t.zip")).names == ("a", "b=y")
    refused(r"it holds 2 files, and not one table", file(zipped(text, "other.csv"), "t.zip"))
    refused(r"neither .csv, .tsv, .txt, .parquet", file(gzip.compress(text), "t.exe.gz"))


@pytest.mark.parametrize(
    ("charset", "mark", "note"),
    [
        ("utf-8-sig", None, None),
        ("utf-16", None, "written in utf-16"),
        ("utf-16-le", "utf-16-le", "written in utf-16-le"),
        ("windows-1252", None, "written in windows-1252, it seems"),
        ("latin-1", "latin-1", "written in latin-1"),
        ("cp437", "cp437", "written in cp437"),
    ],
)
def test_encodings(file, charset, mark, note):
    path = file("größe,farbe\n1,röd\n2,blå\n3,grün\n".encode(charset))
    table = read_table(path, reading=Reading(encoding=mark))
    assert table.names == ("größe", "farbe=blå", "farbe=grün", "farbe=röd")
    assert table.notes == (() if note is None else (note,))


def test_what_is_in_no_known_encoding_is_refused(file):
    refused(r"is not UTF-8 text; save it as UTF-8", file(b"a,b\n1,\xff\x01\x02\n"))
    refused(r"is not UTF-8 text", file("größe,b\n1,2\n".encode("latin-1")), reading=Reading(encoding="ascii"))
    with pytest.raises(gn.GlassneuronError, match="`encoding` must be the name of an encoding"):
        read_table(file("a,b\n1,2\n"), reading=Reading(encoding="no-such"))


def test_columns_that_tell_nothing_or_too_much_are_left_out_and_said():
    random = np.random.default_rng(0)
    size = random.normal(size=30)
    frame = pa.table({
        "id": range(1, 31), "name": [f"n{k}" for k in range(30)], "size": size, "year": [2024] * 30,
        "land": ["DE"] * 30,
        "again": size, "empty": pa.nulls(30), "day": range(30), "colour": ["red", "blue", "green"] * 10,
        "y": ["a", "b"] * 15,
    })  # fmt: skip
    table = read_table(frame, "y", reading=Reading(keep=()))
    assert [column.name for column in table.encoding.columns] == ["size", "day", "colour"]
    said = "; ".join(table.notes)
    for name, why in (
        ("id", "counts the rows"), ("name", "has a value of its own in nearly every row"),
        ("year", "is 2024 in every row"),
        ("land", "is 'DE' in every row"), ("again", "is the same as `size`"), ("empty", "is empty"),
    ):  # fmt: skip
        assert f"`{name}`: left out, for it {why}" in said
    kept = read_table(frame, "y", reading=Reading(keep=["id,name", "year"], drop=["empty"]))
    assert [column.name for column in kept.encoding.columns] == ["id", "name", "size", "year", "day", "colour"]
    assert len(read_table(frame, "y", reading=Reading(drop=["empty"])).encoding.columns) == 8  # asked for by nobody
    few = read_table(frame.slice(0, 8), "y", reading=Reading(keep=(), drop=["empty"]))
    assert "`name`: left out, for it has a value of its own in nearly every row" in "; ".join(few.notes)
    kept = read_table(frame.slice(0, 8), "y", reading=Reading(keep=["name"], drop=["empty"]))
    assert len([name for name in kept.names if name.startswith("name=")]) == 8
    few = read_table(frame.slice(0, 4), "y", reading=Reading(keep=(), drop=["empty"]))
    assert "name" in [column.name for column in few.encoding.columns]  # of so few rows it cannot be told
    alone = read_table(frame.select(["year", "y"]), "y", reading=Reading(keep=()))
    assert alone.names == ("year",)  # better than nothing


def test_files_whose_columns_have_kinds(file, tmp_path, monkeypatch):
    from pyarrow import feather

    frame = pa.table({"a": [1.5, 2.0], "b": ["x", "y"]})
    feather.write_feather(frame, tmp_path / "t.feather")
    lines = file('{"a": 1.5, "b": "x"}\n{"a": 2, "b": "y"}\n', "t.jsonl")
    packed = file(gzip.compress(lines.read_bytes()), "t.jsonl.gz")
    for path in (tmp_path / "t.feather", lines, packed):
        assert read_table(path).X.tolist() == read_table(frame).X.tolist()
        assert read_table(path).names == ("a", "b=y")
    refused(r"cannot be read as a table", file(b"garbage", "cut.feather"))
    refused(r"cannot be read as a table", file(b"garbage", "cut.jsonl"))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        gn.GlassneuronError, match=r"reading .xlsx files needs openpyxl: pip install 'glassneuron\[excel\]'"
    ):
        read_table(file(b"", "t.xlsx"))


def test_a_sheet_of_excel(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1.5, "x"], [2, "y"]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    whole = (tmp_path / "t.xlsx").read_bytes()
    for content in (b"", b"garbage", whole[:-300]):
        (tmp_path / "bad.xlsx").write_bytes(content)
        with pytest.raises(gn.GlassneuronError, match="no Excel file"):
            read_table(tmp_path / "bad.xlsx")
    assert read_table(tmp_path / "t.xlsx").X.tolist() == [[1.5, 0], [2, 1]]


def test_the_standard_input(tmp_path):
    text, code = "a,y\n1,p\n2,q\n3,q\n0,p\n", "from glassneuron.cli.app import main; main()"
    for command in (["train", "-", "--target", "y", "--holdout", "0"], ["prove", "-", "--target", "y"]):
        done = subprocess.run(
            [sys.executable, "-c", code, *command], input=text, capture_output=True, text=True, check=True
        )
        assert "4 rows, 1 feature" in done.stdout
