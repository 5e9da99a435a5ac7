"""A table on disk is the table in memory, whatever it is stored in."""

import gc
import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

import glassneuron as gn
from disk.conftest import frame
from glassneuron.data.disk import plain, typed_files
from glassneuron.data.disk.room import map_of, room, taken
from glassneuron.data.reading import Reading
from glassneuron.data.table import read_table


def same(disk, memory):
    """Compare a table on disk with one in memory, to the bit."""
    assert disk.names == memory.names
    assert disk.encoding == memory.encoding
    assert disk.X.dtype == memory.X.dtype
    assert disk.X.tobytes() == np.ascontiguousarray(memory.X).tobytes()
    labels = np.array(disk.classes, object)[disk.y] if disk.coded else disk.y
    assert labels.tolist() == memory.y.tolist()
    assert disk.target_kind == memory.target_kind
    return True


def write(table, path):
    """Write a table in the format that a name says."""
    if ".csv" in path.name:
        csv.write_csv(table, path.with_suffix("") if path.suffix != ".csv" else path)
        if path.suffix == ".gz":
            path.write_bytes(gzip.compress(path.with_suffix("").read_bytes()))
        if path.suffix == ".zst":
            path.write_bytes(pa.compress(path.with_suffix("").read_bytes(), "zstd", asbytes=True))
    elif path.suffix == ".tsv":
        csv.write_csv(table, path, csv.WriteOptions(delimiter="\t"))
    elif path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=70)
    elif ".jsonl" in path.name:
        lines = "".join(json.dumps(row) + "\n" for row in table.to_pylist()).encode()
        path.write_bytes(gzip.compress(lines) if path.suffix == ".gz" else lines)
    elif path.suffix == ".xlsx":
        book = pytest.importorskip("openpyxl").Workbook()
        book.active.append(table.column_names)
        for row in table.to_pylist():
            book.active.append(list(row.values()))
        book.save(path)
    elif path.suffix == ".ipc":  # as a stream
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table, max_chunksize=90)
    else:
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table, max_chunksize=90)
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "t.csv.zst", "t.tsv", "t.parquet", "t.arrow"])
def test_a_file_on_disk_is_the_table_in_memory(tmp_path, name):
    table = frame()
    plain = write(table, tmp_path / "plain.csv") if "sv" in name else table
    assert same(gn.open_table(write(table, tmp_path / name), "kind"), read_table(plain, "kind"))


@pytest.mark.parametrize("name", ["t.jsonl", "t.ndjson.jsonl.gz", "t.xlsx", "t.feather", "t.ipc"])
def test_files_of_other_kinds_on_disk_are_those_in_memory(tmp_path, name):
    path = write(frame(), tmp_path / name)
    assert same(gn.open_table(path, "kind"), read_table(path, "kind"))


@pytest.mark.parametrize("names", [
    ("1.csv", "2.parquet", "3.tsv"), ("1.jsonl", "2.jsonl"), ("1.csv.gz", "2.xlsx", "3.jsonl.gz"),
    ("1.arrow", "2.csv.zst", "3.ipc"),
], ids=str)  # fmt: skip
def test_a_folder_may_mix_all_kinds(tmp_path, names):
    table, folder = frame(), tmp_path / "t"
    folder.mkdir()
    for k, name in enumerate(names):
        start, stop = k * 300 // len(names), (k + 1) * 300 // len(names)
        write(table.slice(start, stop - start), tmp_path / name).rename(folder / name)
    found, whole = gn.open_table(folder, "kind"), read_table(write(table, tmp_path / "t.csv"), "kind")
    assert found.names == whole.names
    assert np.allclose(found.X, whole.X, rtol=1e-12)  # a sheet keeps 15 or 16 digits
    assert np.array(found.classes, object)[found.y].tolist() == whole.y.tolist()


@pytest.mark.parametrize("library", [lambda t: t, lambda t: t.to_pandas(), pl.from_arrow])
def test_a_frame_on_disk_is_the_frame_in_memory(library):
    table = library(frame())
    assert same(gn.open_table(table, "kind"), read_table(table, "kind"))


def test_row_labels_of_pandas_are_no_column():
    table = pd.DataFrame({"a": [1.0, 2.0], "y": [0, 1]}, index=[7, 8])
    assert gn.open_table(table, "y").names == ("a",)


@pytest.mark.parametrize("target", ["a", "b", "old", "kind"])
def test_targets_keep_their_kind(tmp_path, target):
    table, memory = frame(), read_table(frame(), target)
    for name in ("t.parquet", "t.csv"):
        disk = gn.open_table(write(table, tmp_path / name), target)
        assert same(disk, memory)
        assert disk.coded or disk.y.dtype == memory.y.dtype


@pytest.mark.parametrize("missing", ["drop", "mean"])
@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_gaps_are_dropped_or_filled_as_in_memory(tmp_path, missing, name):
    table = frame(9000)
    holes = np.random.default_rng(1).random(9000) < 0.1
    for column in ("a", "b", "old"):
        table = table.set_column(0, column + "2", pa.array(table[column].to_pylist(), mask=holes))
    if missing == "drop":
        table = table.set_column(
            table.schema.get_field_index("colour"), "colour", pa.array(table["colour"].to_pylist(), mask=holes[::-1])
        )
    path = write(table, tmp_path / name)
    assert same(gn.open_table(path, "kind", missing=missing), read_table(path, "kind", missing=missing))


def test_gaps_in_the_last_rows_are_refused_with_their_numbers(tmp_path, refused):
    table = frame(40_000)
    holes = np.arange(40_000) >= 39_998
    path = write(table.set_column(0, "a", pa.array(table["a"].to_pylist(), mask=holes)), tmp_path / "t.parquet")
    with refused("missing", "`a` (2 of 40000)", "row 39999", "drop or mean"):
        gn.open_table(path, "kind")
    assert gn.open_table(path, "kind", missing="drop").X.shape[0] == 39_998
    with refused("missing", "`a` (2 of 40000)", "row 39999", "drop or mean"):
        read_table(path, "kind")  # says the same


def test_infinity_is_refused_where_it_stands(tmp_path, refused):
    values = np.zeros(20_000)
    values[19_000] = -np.inf
    table = pa.table({"a": values, "y": [0, 1] * 10_000})
    for name in ("t.parquet", "t.csv"):
        with refused("infinite", "`a`", "row 19001"):
            gn.open_table(write(table, tmp_path / name), "y")


def test_float32_is_the_same_table_in_half_the_room(tmp_path):
    path = write(frame(), tmp_path / "t.csv")
    half, whole = gn.open_table(path, "kind", dtype=np.float32), gn.open_table(path, "kind")
    assert half.X.dtype == np.float32
    assert (whole.X.astype(np.float32) == half.X).all()
    with pytest.raises(gn.GlassneuronError, match="float64 or float32"):
        gn.open_table(path, "kind", dtype=int)


def parts(folder, sizes=(100, 0, 50, 70), name="part-{}.csv"):
    """Write a table as a folder of files, whose names are not in the order of the alphabet."""
    folder.mkdir(parents=True, exist_ok=True)
    table = frame(sum(sizes))
    for number, (stop, size) in enumerate(zip(np.cumsum(sizes), sizes, strict=True)):
        write(table.slice(stop - size, size), folder / name.format(9 + number))
    return table


@pytest.mark.parametrize("name", ["part-{}.csv", "part-{}.parquet"])
def test_a_folder_is_its_files_in_natural_order(tmp_path, name):
    table = parts(tmp_path / "t", name=name)
    (tmp_path / "t" / "_SUCCESS").write_text("")
    (tmp_path / "t" / "notes.md").write_text("not a table")
    assert same(gn.open_table(tmp_path / "t", "kind"), read_table(table, "kind"))
    assert same(gn.open_table(str(tmp_path / "t" / name.format("*")), "kind"), read_table(table, "kind"))


def test_names_of_folders_become_columns(tmp_path):
    table = frame(200)
    for year, where in ((2023, 0), (2024, 100)):
        folder = tmp_path / "t" / f"year={year}" / "land=S%C3%A3o"
        folder.mkdir(parents=True)
        write(table.slice(where, 100), folder / "0.parquet")
    whole = table.append_column("year", pa.array([2023] * 100 + [2024] * 100))
    whole = whole.append_column("land", pa.array(["São"] * 200))
    assert same(gn.open_table(tmp_path / "t", "kind"), read_table(whole, "kind"))


def test_an_empty_file_in_a_folder_is_left_out_and_told(tmp_path):
    table = parts(tmp_path / "t")
    (tmp_path / "t" / "part-0.csv").write_bytes(b"")
    found = gn.open_table(tmp_path / "t", "kind")
    assert same(found, read_table(table, "kind"))
    assert found.notes == ("part-0.csv is empty and left out",)


def test_a_header_that_differs_names_the_file_and_the_column(tmp_path, refused):
    parts(tmp_path / "t")
    (tmp_path / "t" / "part-20.csv").write_text("a,b,big,old,color,kind\n1,2,3,true,red,no\n")
    with refused("columns-differ", "part-20.csv", "`color`"):
        gn.open_table(tmp_path / "t", "kind")


def test_another_order_of_columns_is_the_same_table(tmp_path):
    table = frame(200)
    (tmp_path / "t").mkdir()
    write(table.slice(0, 100), tmp_path / "t" / "1.csv")
    write(table.slice(100).select(table.column_names[::-1]), tmp_path / "t" / "2.csv")
    assert same(gn.open_table(tmp_path / "t", "kind"), read_table(table, "kind"))


def test_another_kind_in_a_later_file_is_refused(tmp_path, refused):
    parts(tmp_path / "t", name="part-{}.parquet")
    table = frame(10).drop_columns("b").append_column("b", pa.array(["x"] * 10))
    write(table, tmp_path / "t" / "part-20.parquet")
    with refused("kinds-differ", "part-20.parquet", "`b`"):
        gn.open_table(tmp_path / "t", "kind")


def test_a_text_in_the_last_row_of_the_last_file_of_numbers(tmp_path, refused):
    parts(tmp_path / "t")
    (tmp_path / "t" / "part-20.csv").write_text("a,b,big,old,colour,kind\n1,2,3,true,red,no\n1,2,three,true,red,no\n")
    with refused("in-file", "part-20.csv", "`big`", "'three'", "row 2"):
        gn.open_table(tmp_path / "t", "kind")


def test_a_few_numbers_and_a_late_text_are_text(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,y\n" + "1,0.5,0\n2,0.25,1\n" * 90_000 + "x,1,1\n")
    assert path.stat().st_size > 1 << 20  # it comes in a later block
    assert same(gn.open_table(path, "y"), read_table(path, "y"))


def test_fractions_and_gaps_may_come_late(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b,c,y\n" + "1,,0,0\n2,,1,1\n" * 120_000 + "1.5,7.5,1.25,2.5\n")
    disk, memory = gn.open_table(path, "y", missing="drop"), read_table(path, "y", missing="drop")
    assert disk.X.tolist() == memory.X.tolist() == [[1.5, 7.5, 1.25]]
    assert disk.y.tolist() == memory.y.tolist() == [2.5]


def test_a_category_first_met_in_the_last_file(tmp_path):
    table = parts(tmp_path / "t")
    (tmp_path / "t" / "part-20.csv").write_text('"a","b","big","old","colour","kind"\n1,2,3,true,"amber","no"\n')
    found = gn.open_table(tmp_path / "t", "kind")
    assert [name for name in found.names if "colour" in name] == [
        f"colour={c}" for c in ("amber", "blue", "green", "red")
    ]
    assert found.X[-1].tolist() == [1, 2, 3, 1, 1, 0, 0, 0]
    assert found.X[:-1, 4].any() == False  # noqa: E712
    assert found.X[:-1, [0, 1, 2, 3, 5, 6, 7]].tolist() == read_table(table, "kind").X.tolist()


def test_too_many_texts_are_refused_early(tmp_path, refused):
    table = pa.table({"name": [f"n{i}" for i in range(1000)], "y": [0, 1] * 500})
    with refused("many-values", "`name`", "50"):
        gn.open_table(table, "y")


@pytest.mark.parametrize(("content", "code"), [
    ("a,b\n1,2\n1,2,3\n", "ragged"), ("", "no-columns"), ("a,y\n", "no-rows"), ("a,a,y\n1,2,3\n", "same-name"),
    ("y\n1\n", "no-feature"), ("a,b\n1,2\n", "no-column"),
    ("a,y\n1\0,2\n", "unreadable"),
])  # fmt: skip
def test_what_is_no_table_is_refused_as_in_memory(tmp_path, refused, content, code):
    path = tmp_path / "t.csv"
    path.write_text(content)
    with refused(code):
        gn.open_table(path, "y")
    with refused(code):
        read_table(path, "y")


def test_dates_are_days(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n2020-01-01,1\n2020-03-01,0\n")
    assert same(gn.open_table(path, "y"), read_table(path, "y"))


def test_a_date_is_no_target(tmp_path, refused):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,2020-01-01\n2,2020-03-01\n")
    for read in (gn.open_table, read_table):
        with refused("column-kind", "`y`"):
            read(path, "y")


def test_what_is_not_there_is_refused(tmp_path, refused):
    with refused("no-file", "nothing.csv"):
        gn.open_table(tmp_path / "nothing.csv")
    with refused("no-match", "*.csv"):
        gn.open_table(str(tmp_path / "*.csv"))
    with refused("empty-folder"):
        gn.open_table(tmp_path)
    with refused("source", "int"):
        gn.open_table(3)


def test_a_cut_parquet_file_is_refused(tmp_path, refused):
    path = write(frame(), tmp_path / "t.parquet")
    path.write_bytes(path.read_bytes()[:-200])
    with refused("unreadable", "t.parquet"):
        gn.open_table(path, "kind")


@pytest.mark.parametrize("name", ["t.csv", "t.parquet", "t.arrow"])
@pytest.mark.parametrize("how", ["shrinks", "changes", "goes"])
def test_a_file_that_changes_while_it_is_read(tmp_path, refused, name, how, monkeypatch):
    path = write(frame(60_000), tmp_path / name)
    told = []

    def tell(what, rows):
        if not told:
            if how == "shrinks":
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]) if name != "t.arrow" else None
            if how == "goes":
                path.unlink()
            else:
                path.touch()
        told.append(rows)

    with refused("changed", path.name):
        gn.open_table(path, "kind", tell=tell)


# What is kept.


def test_a_kept_table_is_read_again_and_built_anew_where_something_changed(tmp_path, home):
    path = write(frame(), tmp_path / "t.csv")
    first = gn.open_table(path, "kind", cache=True)
    assert first.folder.parent == home
    reads = []
    again = gn.open_table(path, "kind", cache=True, tell=lambda what, rows: reads.append(rows))
    assert same(again, read_table(path, "kind"))
    assert not reads
    assert not again.notes
    write(frame(301), path)
    third = gn.open_table(path, "kind", cache=True)
    assert same(third, read_table(path, "kind"))
    assert "t.csv has changed" in third.notes[0]
    assert again.X.shape[0] == 300  # who has mapped the old one keeps it
    assert again.X.sum() == first.X.sum()


def test_other_questions_are_kept_side_by_side(tmp_path):
    path = write(frame(), tmp_path / "t.csv")
    folders = {
        gn.open_table(path, "kind", cache=tmp_path / "c", **more).folder
        for more in ({}, {"dtype": np.float32}, {"missing": "drop"})
    } | {gn.open_table(path, "b", cache=tmp_path / "c").folder}
    assert len(folders) == 4
    assert all(folder.parent == tmp_path / "c" for folder in folders)


def test_a_new_file_in_a_folder_is_noticed(tmp_path):
    parts(tmp_path / "t")
    gn.open_table(tmp_path / "t", "kind", cache=True)
    shutil.copy(tmp_path / "t" / "part-9.csv", tmp_path / "t" / "part-99.csv")
    found = gn.open_table(tmp_path / "t", "kind", cache=True)
    assert found.X.shape[0] == 320
    assert "part-99.csv is new" in found.notes[0]


@pytest.mark.parametrize("harm", ["X.npy", "y.npy", "table.json"])
def test_a_damaged_table_is_built_anew(tmp_path, harm):
    path = write(frame(), tmp_path / "t.csv")
    folder = gn.open_table(path, "kind", cache=True).folder
    (folder / harm).write_bytes((folder / harm).read_bytes()[:-100])
    found = gn.open_table(path, "kind", cache=True)
    assert same(found, read_table(path, "kind"))
    assert "damaged" in found.notes[0]


def test_what_is_not_kept_is_removed_with_the_last_array(tmp_path, home):
    found = gn.open_table(write(frame(), tmp_path / "t.csv"), "kind")
    rows = found.X[5:9]
    del found
    gc.collect()
    assert len(list(home.iterdir())) == 1
    assert rows.shape == (4, 7)
    del rows
    gc.collect()
    assert not list(home.iterdir())


KILLED = """
import os, signal, sys
import glassneuron as gn
gn.open_table({path!r}, "kind", cache=True, tell=lambda what, rows: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_killed_run_leaves_nothing_that_is_taken_for_a_table(tmp_path, home):
    path = write(frame(), tmp_path / "t.csv")
    done = subprocess.run([sys.executable, "-c", KILLED.format(path=str(path))])
    assert done.returncode == -9
    assert [each for each in home.iterdir() if each.name.startswith(".run-")]
    assert same(gn.open_table(path, "kind", cache=True), read_table(path, "kind"))
    assert not [each for each in home.iterdir() if each.name.startswith(".run-")]  # and its remains are removed


TWO = """
import sys, time
import glassneuron as gn
built = []
def tell(what, rows):
    built.append(rows)
    time.sleep(0.3)
table = gn.open_table({path!r}, "kind", cache=True, tell=tell)
print(bool(built), table.X.sum())
"""


def test_two_runs_build_a_table_once(tmp_path, home):
    path = write(frame(), tmp_path / "t.csv")
    runs = [
        subprocess.Popen([sys.executable, "-c", TWO.format(path=str(path))], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = sorted(run.communicate()[0].split() for run in runs)
    assert [built for built, _ in told] == ["False", "True"]
    assert told[0][1] == told[1][1]


FULL = """
import resource
import glassneuron as gn
resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
try:
    gn.open_table({path!r}, "kind", cache=True)
except gn.GlassneuronError as error:
    print(error.code, error)
"""


def test_a_full_disk_is_told_and_nothing_is_left(tmp_path, home):
    path = write(frame(), tmp_path / "t.csv")
    done = subprocess.run([sys.executable, "-c", FULL.format(path=str(path))], capture_output=True, text=True)
    assert done.stdout.startswith("disk-full"), done.stderr
    assert [each.name for each in home.iterdir() if not each.name.endswith(".lock")] == []


def test_too_little_room_is_seen_before_the_work(tmp_path, refused, monkeypatch):
    path = write(frame(), tmp_path / "t.csv")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: shutil._ntuple_diskusage(0, 0, 1000))
    with refused("no-room", "free"):
        gn.open_table(path, "kind")


def test_ctrl_c_leaves_nothing(tmp_path, home):
    def press(what, rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gn.open_table(write(frame(), tmp_path / "t.csv"), "kind", tell=press)
    assert not list(home.iterdir())


def test_facts_are_plain_json(tmp_path):
    path = write(frame(), tmp_path / "t.csv")
    facts = json.loads((gn.open_table(path, "kind", cache=True).folder / "table.json").read_text())
    assert Path(facts["files"][0][0]) == path.resolve()


# What is made from a map stays on the disk.


def test_what_is_made_from_a_map_lies_on_the_disk(tmp_path, monkeypatch):
    found = gn.open_table(write(frame(), tmp_path / "t.csv"), "kind", cache=True)
    monkeypatch.setattr("glassneuron.engine.on_disk.SMALL", 0)
    copy = room((300, 7), np.float64, found.X)
    copy[:] = found.X
    assert map_of(copy) is not None
    rows = np.arange(299, -1, -2)
    assert map_of(taken(copy[1:], rows[1:] - 1)) is not None
    assert (taken(found.X, rows) == np.asarray(found.X)[rows]).all()
    assert (taken(found.X, found.y == 1) == np.array(found.X)[found.y == 1]).all()
    assert map_of(room((300, 7), np.float64, np.array(found.X))) is None


def test_batches_are_small(tmp_path):
    path = write(frame(40_000).select(["a", "b"]), tmp_path / "t.parquet")
    sizes = [batch.num_rows for batch in plain.plain_table(path, Reading(), None).batches()]
    assert max(sizes) <= typed_files.ROWS
    assert sum(sizes) == 40_000
