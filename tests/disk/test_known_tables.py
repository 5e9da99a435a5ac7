"""Commands that read a second table, with a model that knows its columns: from the disk they say what memory says."""

import json
import re
from contextlib import redirect_stdout
from io import StringIO

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv

import glassneuron as gn
from disk.conftest import frame
from disk.test_commands import learned
from glassneuron.cli.app import main
from glassneuron.data.disk import rows as reader
from glassneuron.data.table import read_table
from glassneuron.engine.on_disk import map_of


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(reader, "BLOCK", 128)
    monkeypatch.setattr("glassneuron.engine.on_disk.SMALL", 0)


def put(rows, folder, name):
    """Write rows as one file, which is read into memory, and as a folder of two, which is not."""
    csv.write_csv(rows, folder / f"{name}.csv")
    (folder / name).mkdir(exist_ok=True)
    csv.write_csv(rows.slice(0, 410), folder / name / "1.csv")
    csv.write_csv(rows.slice(410), folder / name / "2.csv")


def replaced(rows, name, changes):
    cells = rows[name].to_pylist()
    for place, value in changes.items():
        cells[place] = value
    return rows.set_column(rows.column_names.index(name), name, pa.array(cells))


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Write a table to learn from, later ones as they come, and models of classes and of numbers."""
    tmp_path = tmp_path_factory.mktemp("tables")
    csv.write_csv(frame(600, classes=3), tmp_path / "t.csv")
    later = frame(700, seed=1, classes=3)
    put(later, tmp_path, "clean")
    put(later.select(["a", "big", "old"]), tmp_path, "numbers")
    put(replaced(later, "colour", {5: "mauve", 600: "mauve"}), tmp_path, "texts")
    put(replaced(later, "a", {7: None, 650: None}), tmp_path, "gaps")
    put(replaced(replaced(later, "a", {7: None}), "kind", {9: None, 699: None}), tmp_path, "targets")
    put(replaced(later, "kind", {690: "unheard of"}), tmp_path, "classes")
    put(replaced(later, "a", {300: np.inf}), tmp_path, "infinite")
    for model, target in (("sigmoid", "kind"), ("linear", "a"), ("network", "kind")):
        words = ["train", tmp_path / "t.csv", "--target", target, "--model", model, "--epochs", "5"]
        with redirect_stdout(StringIO()), pytest.raises(SystemExit) as left:
            main([*map(str, words), "--save", str(tmp_path / f"{model}.safetensors")])
        assert not left.value.code
    return tmp_path


EVALUATIONS = [
    ("clean", ""), ("texts", ""), ("texts", "--unknown ignore"), ("gaps", ""), ("gaps", "--missing drop"),
    ("gaps", "--missing mean"), ("gaps", "--missing fill"), ("targets", ""), ("targets", "--missing drop"),
    ("targets", "--missing mean"), ("targets", "--missing fill"), ("classes", ""), ("infinite", ""),
]  # fmt: skip


@pytest.mark.parametrize("model", ["sigmoid", "network", "linear"])
@pytest.mark.parametrize(("name", "words"), EVALUATIONS)
def test_evaluate_says_the_same(tables, command, model, name, words):
    told = []
    for each in (f"{name}.csv", name):
        code, out, err = command("evaluate", tables / f"{model}.safetensors", tables / each, *words.split(), "--json")
        err = re.sub(rf"{tables / name}/\d.csv: ", "", err)  # of several files the one,
        told.append((code, out, re.sub(r"row \d+", "row", err)))  # and the row there
    assert told[0] == told[1]


def test_explain_says_the_same(tables, command):
    model = tables / "sigmoid.safetensors"
    for words in (["--importance", "--repeats", "2"], ["--row", "500", "--what-if"], ["--row", "601"]):
        memory, disk = (command("explain", model, tables / each, *words) for each in ("clean.csv", "clean"))
        assert memory == disk
        assert memory[0] == 0


def test_a_row_is_explained_whatever_the_others_hold(tables, command):
    for name in ("texts", "gaps", "infinite"):
        memory, disk = (
            command("explain", tables / "sigmoid.safetensors", tables / each, "--row", "680")
            for each in (f"{name}.csv", name)
        )
        assert memory == disk
        assert memory[0] == 0


@pytest.mark.parametrize("name", ["clean", "gaps", "targets"])
@pytest.mark.parametrize("model", ["network", "linear"])
def test_validation_rows_may_lie_on_the_disk(tables, command, name, model):
    target = "a" if model == "linear" else "kind"
    words = ["train", tables / "t.csv", "--target", target, "--model", model, "--epochs", "5", "--json"]
    words += ["--missing", "fill" if name == "clean" else "drop"]
    memory, *disk = (
        command(*words, "--validation", tables / each, *more)
        for each, more in ((f"{name}.csv", []), (name, []), (f"{name}.csv", ["--cache", tables / "c"]))
    )
    assert memory[0] == 0
    for code, out, _ in disk:
        assert code == 0
        assert learned(out) == learned(memory[1])


def test_what_is_read_lies_on_the_disk_and_goes_with_it(tables, home):
    for name, target in (("clean", "kind"), ("numbers", "a"), ("numbers", None)):
        wanted = read_table(tables / "t.csv", target).encoding
        if name == "numbers":
            wanted = read_table(tables / "numbers.csv", target).encoding
        memory = read_table(tables / f"{name}.csv", target, encoding=wanted)
        disk = reader.known_table(tables / name, wanted, target)
        assert map_of(disk.X) is not None
        assert np.array_equal(disk.X, memory.X)
        if target is not None:
            labels = disk.y if not disk.coded else np.array(disk.classes, object)[disk.y]
            assert np.array_equal(labels, memory.y)
        del disk
        assert not list(home.iterdir())


def test_an_infinite_target_is_refused_with_its_row(tmp_path, refused):
    rows = frame(3000).select(["a", "big"])
    place = 2500
    csv.write_csv(replaced(rows, "big", {place: -np.inf, 7: None}), tmp_path / "t.csv")
    with refused("infinite", "big", place + 1):
        gn.open_table(tmp_path / "t.csv", "big", missing="drop")
    with refused("infinite", "big", place + 1):
        read_table(tmp_path / "t.csv", "big", missing="drop")


def test_whether_a_target_is_whole_is_known_of_all_its_rows(tmp_path):
    numbers = np.arange(3000.0)
    numbers[-1] += 0.5
    csv.write_csv(pa.table({"a": frame(3000)["a"], "y": numbers}), tmp_path / "t.csv")
    assert not gn.open_table(tmp_path / "t.csv", "y").whole_target
    assert not read_table(tmp_path / "t.csv", "y").whole_target


def test_unmet_classes_are_named_with_those_that_are_known(tables, command):
    code, _, told = command("evaluate", tables / "sigmoid.safetensors", tables / "classes")
    assert code == 2
    assert "unheard of" in told
    known = json.loads(command("show", tables / "sigmoid.safetensors", "--json")[1])["classes"]
    assert all(name in told for name in known)
