"""How models are judged does not change where a table lies: held-out rows, folds, groups and times."""

import datetime
import json

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

import glassneuron as gn
from disk.conftest import frame
from disk.test_commands import learned


def visits(rows=700):
    """Return a table with patients, days, gaps in features and in the target."""
    random = np.random.default_rng(5)
    table = frame(rows, classes=3)
    a, kind = table["a"].to_pylist(), table["kind"].to_pylist()
    a[17] = a[650] = kind[40] = kind[600] = None
    first = datetime.date(2024, 1, 1)
    table = table.set_column(0, "a", pa.array(a)).set_column(5, "kind", pa.array(kind))
    table = table.append_column("patient", pa.array([f" p{k}" for k in random.integers(0, 45, rows)]))
    table = table.append_column("number", pa.array(random.integers(0, 60, rows)))
    table = table.append_column("hour", pa.array(random.integers(0, 90, rows) / 4))
    days = random.integers(0, 200, rows)
    return table.append_column("day", pa.array([first + datetime.timedelta(int(d)) for d in days]))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("visits")
    for name, write in (("t.csv", csv.write_csv), ("t.parquet", parquet.write_table)):
        write(visits(), folder / name)
    (folder / "t").mkdir()
    csv.write_csv(visits().slice(0, 300), folder / "t" / "1.csv")
    csv.write_csv(visits().slice(300), folder / "t" / "2.csv")
    return folder


@pytest.mark.parametrize(
    "words",
    [
        "--groups patient --missing drop",
        "--groups number --cv 2 --repeats 2",
        "--groups day --measures",
        "--time day",
        "--time hour --cv 3 --missing drop",
        "--cv 2 --repeats 2 --holdout 0.2",
        "--model auto --hidden 2 --budget 1000 --cv 2 --groups patient",
    ],
)
def test_held_out_rows_and_folds_are_the_same(tables, command, monkeypatch, words):
    monkeypatch.setattr("glassneuron.data.disk.build.BLOCK", 64)
    monkeypatch.setattr("glassneuron.engine.on_disk.SMALL", 0)
    words = ["--target", "kind", "--model", "sigmoid", "--epochs", "4", *words.split(), "--json"]
    cache = ["--cache", tables / "c"]
    roads = {"t.csv": [("t", []), ("t.csv", cache)], "t.parquet": [("t.parquet", cache)]}
    for source, others in roads.items():
        code, memory, errors = command("train", tables / source, *words)
        assert code == 0, errors
        for other, more in others:
            code, disk, errors = command("train", tables / other, *words, *more)
            assert code == 0, errors
            assert learned(memory) == learned(disk)


def test_what_does_not_set_rows_apart_is_refused_with_the_same_sentence(tables, command):
    for words in (
        ["--groups", "nobody"], ["--groups", "kind"], ["--groups", "a"], ["--time", "patient"], ["--time", "colour"],
        ["--time", "kind"], ["--time", "a"], ["--groups", "patient", "--time", "day"],
    ):  # fmt: skip
        memory, disk = (
            command("train", tables / "t.csv", "--target", "kind", *words, *more)
            for more in ([], ["--cache", tables / "c"])
        )
        assert memory == disk
        assert memory[0] == 2


def test_groups_and_times_come_with_a_table(tables):
    rows = visits()
    found = gn.open_table(tables / "t.csv", "kind", missing="fill", groups="patient")
    there = [k for k, kind in enumerate(rows["kind"].to_pylist()) if kind is not None]
    names = [name.strip() for name in rows["patient"].to_pylist()]
    assert found.groups.tolist() == [sorted(set(names)).index(names[k]) for k in there]
    assert found.times is None
    assert not [name for name in found.names if name.startswith("patient")]
    found = gn.open_table(tables / "t.csv", "kind", missing="fill", time="hour", cache=tables / "c")
    again = gn.open_table(tables / "t.csv", "kind", missing="fill", time="hour", cache=tables / "c")
    for each in (found, again):
        assert each.times.tolist() == [rows["hour"][k].as_py() for k in there]
        assert each.groups is None
    assert json.loads((found.folder / "table.json").read_text())["times"] == "hour"
