"""Commands on files, folders and patterns: by way of the disk they say what they say from memory."""

import gzip
import json
import lzma

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from disk.conftest import frame
from glassneuron.cli.app import main


@pytest.fixture
def run(capsys):
    """Run the command; return its exit code, output and errors."""

    def call(*words):
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        out = capsys.readouterr()
        return left.value.code, out.out, out.err

    return call


@pytest.fixture
def table(tmp_path):
    """Write a table as one file and as a folder of two."""
    rows = frame(900, classes=3)
    csv.write_csv(rows, tmp_path / "t.csv")
    (tmp_path / "t").mkdir()
    csv.write_csv(rows.slice(0, 500), tmp_path / "t" / "1.csv")
    csv.write_csv(rows.slice(500), tmp_path / "t" / "2.csv")
    return tmp_path


def learned(text):
    """Return what a report says but for times and places."""
    facts = json.loads(text)
    return {name: value for name, value in facts.items() if name not in ("seconds", "saved")}


@pytest.mark.parametrize("model", ["perceptron", "voted", "adaline", "sigmoid", "network"])
def test_train_says_the_same_by_way_of_the_disk(run, table, monkeypatch, model):
    monkeypatch.setattr("glassneuron.engine.on_disk.SMALL", 0)
    words = ["--target", "kind", "--model", model, "--epochs", "5", "--validation", "0.2", "--json"]
    code, memory, _ = run("train", table / "t.csv", *words)
    assert code == 0
    for source, more in (
        (table / "t.csv", ["--cache", table / "c"]),
        (table / "t", []),
        (table / "t" / "*.csv", []),
        (table / "t", ["--no-cache"]),
    ):
        code, disk, errors = run("train", source, *words, *more)
        assert code == 0, errors
        assert learned(disk) == learned(memory)
    assert len([each for each in (table / "c").iterdir() if each.is_dir()]) == 1


@pytest.mark.parametrize("target", ["a", "kind", "big"])
def test_linear_and_network_take_numbers_by_way_of_the_disk(run, table, target):
    for model in ("linear", "network"):
        words = ["--target", target, "--model", model, "--epochs", "3", "--json"]
        (code, memory, errors), (other, disk, told) = (run("train", table / t, *words) for t in ("t.csv", "t"))
        assert code == other
        if code:
            assert errors == told
        else:
            assert learned(disk) == learned(memory)


def test_prove_and_compare_say_the_same(run, table):
    for words in (["prove", "--target", "kind"], ["compare", "--target", "kind", "--seeds", "1"]):
        told = [json.loads(run(words[0], table / t, *words[1:], "--json")[1]) for t in ("t.csv", "t")]
        for each in told:
            if isinstance(each, list):
                each[0].pop("name")
        assert told[0] == told[1]


@pytest.mark.parametrize("model", ["perceptron", "sigmoid", "network"])
def test_predict_streams_the_same_answers(run, table, model):
    run(
        "train",
        table / "t.csv",
        "--target",
        "kind",
        "--model",
        model,
        "--epochs",
        "5",
        "--save",
        table / "m.safetensors",
    )
    run("predict", table / "m.safetensors", table / "t.csv", "--out", table / "memory.csv")
    code, said, counts = run("predict", table / "m.safetensors", table / "t", "--out", table / "disk.csv")
    assert (code, said) == (0, f"900 answers written to {table / 'disk.csv'}\n")
    assert (table / "memory.csv").read_bytes() == (table / "disk.csv").read_bytes()
    memory = run("predict", table / "m.safetensors", table / "t.csv")
    assert memory == (0, (table / "disk.csv").read_text(), counts)
    assert run("predict", table / "m.safetensors", table / "t") == memory
    run("predict", table / "m.safetensors", table / "t", "--out", table / "answers.parquet")
    assert parquet.read_table(table / "answers.parquet").equals(
        csv.read_csv(table / "memory.csv").cast(parquet.read_schema(table / "answers.parquet"))
    )


def test_predict_streams_into_the_kind_of_file_that_is_asked_for(run, table):
    run("train", table / "t.csv", "--target", "kind", "--epochs", "5", "--save", table / "m.safetensors")
    rows = run("predict", table / "m.safetensors", table / "t")[1]
    for name, unpack in (("a.tsv", bytes), ("a.csv.gz", gzip.decompress), ("a.tsv.xz", lzma.decompress)):
        assert run("predict", table / "m.safetensors", table / "t", "--out", table / name)[0] == 0
        text = unpack((table / name).read_bytes()).decode()
        mark = "\t" if ".tsv" in name else ","
        assert [line.split(mark) for line in text.splitlines()] == [line.split(",") for line in rows.splitlines()]
    assert run("predict", table / "m.safetensors", table / "t", "--out", table / "a.txtt")[0] == 2


def test_predict_leaves_no_half_file(run, table):
    run("train", table / "t.csv", "--target", "kind", "--epochs", "5", "--save", table / "m.safetensors")
    whole = csv.read_csv(table / "t" / "2.csv")
    csv.write_csv(whole.set_column(0, "a", pa.array([*whole["a"].to_pylist()[:-1], None])), table / "t" / "2.csv")
    code, _, told = run("predict", table / "m.safetensors", table / "t", "--out", table / "out.csv")
    assert code == 2
    assert "`a`" in told
    assert "2.csv" in told
    assert "row 400" in told
    assert not (table / "out.csv").exists()


def test_explain_finds_a_row_of_a_folder(run, table):
    run("train", table / "t.csv", "--target", "kind", "--epochs", "5", "--save", table / "m.safetensors")
    for row in (1, 501, 900, 901):
        memory, disk = (run("explain", table / "m.safetensors", table / t, "--row", row) for t in ("t.csv", "t"))
        assert memory == disk
    assert memory[0] == 2


def test_large_tables_take_the_road_by_themselves_and_say_so_once(run, table, monkeypatch, home):
    monkeypatch.setattr("glassneuron.data.disk.open_table.memory", lambda: 4 * (table / "t.csv").stat().st_size - 4)
    monkeypatch.setattr("glassneuron.cli.road.QUIET", 0)
    code, _, told = run("train", table / "t.csv", "--target", "kind", "--epochs", "2")
    assert code == 0
    assert told.count("by way of the disk") == 1
    assert "--keep-cache" in told
    assert not [each for each in home.iterdir() if each.is_dir()]
    code, _, told = run("train", table / "t.csv", "--target", "kind", "--epochs", "2", "--no-cache")
    assert "by way of the disk" not in told
    code, _, told = run("train", table / "t.csv", "--target", "kind", "--epochs", "2", "--keep-cache")
    kept = [each for each in home.iterdir() if each.is_dir()]
    assert len(kept) == 1
    assert str(kept[0]) in told


def test_options_that_do_not_go_together(run, table):
    code, _, told = run("train", table / "t.csv", "--target", "kind", "--no-cache", "--keep-cache")
    assert code == 2
    assert "--no-cache" in told


@pytest.mark.parametrize(("words", "said"), [
    (["--cache", "t.csv"], "`--cache` must be a folder"),
    (["--keep-cache", "--groups", ""], "there is no column ``"),
    (["--checkpoint", "s", "--save", "s"], "`--checkpoint` must be another file than s, which is written, too"),
    (["--resume", "t.csv"], "`--resume` must be another file than t.csv"),
    (["--validation", "bad.parquet", "--keep-cache"], "bad.parquet cannot be read as a table"),
    (["--validation", "bad", "--keep-cache"], "2.parquet cannot be read as a table"),
])  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence(run, table, monkeypatch, words, said):
    monkeypatch.chdir(table)
    (table / "bad").mkdir()
    csv.write_csv(frame(50), table / "bad" / "1.csv")
    for path in (table / "bad.parquet", table / "bad" / "2.parquet"):
        path.write_bytes(b"junk")
    code, _, told = run("train", "t.csv", "--target", "kind", "--epochs", "2", *words)
    assert code == 2
    assert said in told


def test_damaged_files_are_named_by_every_command(run, table):
    run("train", table / "t.csv", "--target", "kind", "--epochs", "2", "--save", table / "m.safetensors")
    (table / "t" / "3.parquet").write_bytes(b"junk")
    model, folder = table / "m.safetensors", table / "t"
    whole = [[name, folder, "--target", "kind"] for name in ("train", "prove", "compare")]
    for words in (*whole, ["show", folder], *([name, model, folder] for name in ("evaluate", "predict", "explain"))):
        code, _, told = run(*words)
        assert (code, "3.parquet" in told) == (2, True), (words, told)


def test_float32_halves_the_room(run, table, home):
    code, _, _ = run("train", table / "t.csv", "--target", "kind", "--epochs", "2", "--float32", "--keep-cache")
    assert code == 0
    kept = next(each for each in home.iterdir() if each.is_dir())
    assert np.load(kept / "X.npy", mmap_mode="r").dtype == np.float32


@pytest.fixture
def holes(run, table):
    """Write a table with gaps and texts that no model has met, as one file and as a folder, and a model for it."""
    rows = frame(900, classes=3)
    a, colour = rows["a"].to_pylist(), rows["colour"].to_pylist()
    a[7] = a[700] = None
    text = [f"{each}" if each is not None else "" for each in a]
    text[650] = "broken"
    colour[3] = colour[899] = "mauve"
    rows = rows.set_column(rows.column_names.index("colour"), "colour", pa.array(colour))
    rows = rows.append_column("note", pa.array([f"{k}" if k < 600 else "n/a; none" for k in range(900)]))
    clean = table / "clean.csv"
    csv.write_csv(rows.filter(pa.array([k not in (3, 7, 650, 700, 899) for k in range(900)])).drop(["note"]), clean)
    run("train", clean, "--target", "kind", "--model", "sigmoid", "--save", table / "h.safetensors")
    rows = rows.set_column(rows.column_names.index("a"), "a", pa.array(text))
    (table / "h").mkdir()
    csv.write_csv(rows, table / "h.csv")
    csv.write_csv(rows.slice(0, 610), table / "h" / "1.csv")
    csv.write_csv(rows.slice(610), table / "h" / "2.csv")
    return table


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize(
    "words",
    [
        "--missing drop --unknown ignore",
        "--missing mean --unknown ignore",
        "--missing fill --unknown ignore --keep note,a",
        "--missing fill --unknown ignore --append",
        "--missing drop --unknown ignore --append",
        "--missing drop",
        "--missing mean",
        "--unknown ignore",
        "--keep note",
        "--append",
    ],
)
def test_predict_streams_past_gaps_and_unknown_texts(run, holes, monkeypatch, words, suffix):
    monkeypatch.setattr("glassneuron.data.disk.rows.BLOCK", 128)
    told = []
    for source in ("h.csv", "h"):
        out = holes / f"out-{source.removesuffix('.csv')}{suffix}"
        code, said, errors = run("predict", holes / "h.safetensors", holes / source, "--out", out, *words.split())
        there = None if not out.exists() else out.read_bytes() if suffix == ".csv" else parquet.read_table(out)
        told.append((code, said.replace(str(out), ""), errors if code == 0 else "", there))
    assert told[0] == told[1]
    assert (told[0][0] == 0) == ("ignore" in words and "missing" in words), errors


@pytest.mark.parametrize("words", ["--missing drop", "--missing fill", "--unknown ignore", "--keep a", "--append"])
def test_predict_streams_each_option_alone(run, table, words):
    run("train", table / "t.csv", "--target", "kind", "--save", table / "m.safetensors")
    told = [run("predict", table / "m.safetensors", table / each, *words.split()) for each in ("t.csv", "t")]
    assert told[0] == told[1]
    assert told[0][0] == 0
