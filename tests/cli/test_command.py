"""The command: what a person types, sees, and is told when something is wrong."""

import csv
import ctypes
import json
import os
import signal
import subprocess
import sys
from decimal import Decimal

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.cli.screen import interrupts
from glassneuron.data.bundled import bundled
from glassneuron.data.table import read_table
from glassneuron.views.text.chart import bars
from glassneuron.views.text.tables import largest_weights


@pytest.fixture
def trained(command, tmp_path):
    path = tmp_path / "model.safetensors"
    code, out, err = command("train", "--save", path)
    assert (code, err) == (0, "")
    return path, out


def test_tour_shows_the_numbers_of_the_contract(command):
    code, out, err = command("tour")
    assert (code, err) == (0, "")
    for text in [
        "0·2 + 1·3 + 4 = 7",
        "0.9990889488055994, about 0.999",
        "[0 0] ---> 0",
        "[1 1] ---> 1",
        "sum -1.0",
        "sum 0.09999999999999987",
        "sum 1.1999999999999997",
        "3, 3, 2, 2, 2, 2, 2, 2, 2, 0",
        "rounds to (-1, 1, 1)",
        "w1 + w2 + b <  0",
    ]:
        assert text in out
    assert out.count("[0 1] ---> 1") == 1  # OR, and not AND


def test_train_tells_all_that_a_person_asks(trained):
    path, out = trained
    for text in [
        "wisconsin.csv: 569 rows, 30 features",
        "357 benign, 212 malignant",
        "fires for malignant and stays silent for benign",
        "rows      427 to learn from; 142 held out",
        "mistakes",
        "stopped: epoch",
        "100 %",
        "answered malignant",
        "per unit",
        "worst texture",
        str(path),
    ]:
        assert text in out
    assert "\x1b" not in out


def test_weights_are_reported_in_the_tables_units(command, trained):
    path, _ = trained
    model = gn.load(path)
    table = np.genfromtxt(bundled("wisconsin"), delimiter=",", skip_header=1, usecols=range(30))
    truth = [row[-1] for row in csv.reader(bundled("wisconsin").read_text().splitlines())][1:]
    code, out, _ = command("train", "--json")
    result = json.loads(out)
    weights = list(result["neurons"][0]["weights"].values())
    by_hand = np.where(table @ weights + result["neurons"][0]["bias"] >= 0, "malignant", "benign")
    assert code == 0
    assert model.predict(table).tolist() == by_hand.tolist()
    held, learned = result["rows"]["held_out"], result["rows"]["learned"]
    right = result["accuracy"]["learned"] * learned + result["accuracy"]["held_out"] * held
    assert round(right) == int(np.sum(by_hand == truth))
    assert np.trace(result["confusion"]) == round(result["accuracy"]["held_out"] * held)


def test_same_seed_same_neuron_another_seed_another(command):
    runs = [command("train", "--json", "--seed", seed)[1] for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_predict_writes_what_the_model_says(command, process, trained, tmp_path):
    path, _ = trained
    out_file = tmp_path / "answers.csv"
    code, out, _ = command("predict", path, bundled("wisconsin"), "--out", out_file)
    assert code == 0
    assert out == f"569 answers written to {out_file}\n"
    rows = list(csv.DictReader(out_file.read_text().splitlines()))
    assert [row["row"] for row in rows[:2]] == ["1", "2"]
    assert all((float(row["sum"]) >= 0) == (row["diagnosis"] == "malignant") for row in rows)
    piped = process("predict", path, bundled("wisconsin"))
    assert piped.stdout == out_file.read_text()
    assert piped.stderr.startswith("benign: ")


def test_a_terminal_sees_six_digits_of_a_number_and_a_file_all(command, monkeypatch, tmp_path):
    table, model, out_file = tmp_path / "t.csv", tmp_path / "m.safetensors", tmp_path / "answers.csv"
    table.write_text("a,b,y\n" + "".join(f"{i},{i % 7},{i**2 * 3 + i % 5 / 7}\n" for i in range(40)))
    assert command("train", table, "--target", "y", "--model", "linear", "--save", model)[0] == 0
    assert command("predict", model, table, "--out", out_file)[0] == 0
    answers = gn.load(model).predict([[i, i % 7] for i in range(40)]).tolist()
    assert [float(row["y"]) for row in csv.DictReader(out_file.read_text().splitlines())] == answers
    assert command("predict", model, table)[1] == out_file.read_text()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    head, *lines = command("predict", model, table)[1].splitlines()[:21]
    assert [line.split() for line in lines] == [[str(i), f"{a:.6g}"] for i, a in enumerate(answers[:20], 1)]
    assert {len(line) for line in lines} == {len(head)}


@pytest.fixture
def shop(command, tmp_path):
    """A model of `sold` by size, colour and whether it is new, and a table with what it has not met."""
    random, path, model = np.random.default_rng(0), tmp_path / "shop.csv", tmp_path / "shop.safetensors"
    rows = [
        f"{k},{random.normal():.3f},{['red', 'blue', 'green'][k % 3]},{['yes', 'no'][k % 2]},{'ab'[k % 5 == 0]}"
        for k in range(60)
    ]
    path.write_text("\n".join(["id,size,colour,new,sold", *rows]))
    code, _, err = command("train", path, "--target", "sold", "--model", "sigmoid", "--holdout", 0, "--save", model)
    assert (code, err) == (0, "")
    table = tmp_path / "next.csv"
    table.write_text("id,size,colour,new\nA1,0.5,red,yes\nB2,0.5,mauve,yes\nC3,,red,no\nD4,0.5,,maybe\n")
    return model, table, path


def answers_of(process, *arguments):
    return list(csv.DictReader(process("predict", *arguments).stdout.splitlines()))


def test_a_text_that_was_not_met_is_refused_or_ignored_and_marked(command, process, shop):
    model, table, path = shop
    code, _, err = command("predict", model, table, "--missing", "mean")
    assert code == 2
    assert "`colour` is 'mauve' in row 2, which the model has not seen" in err
    rows = answers_of(process, model, table, "--unknown", "ignore", "--missing", "mean")
    assert [row["unmet"] for row in rows] == ["", "colour", "", "colour new"]
    known = gn.load(model)
    size = np.mean([float(row["size"]) for row in csv.DictReader(path.read_text().splitlines())])
    place = {name: j for j, name in enumerate(known.names)}
    X = np.zeros((4, len(known.names)))
    X[:, place["size"]] = [0.5, 0.5, size, 0.5]
    X[[0, 2], place["colour=red"]] = 1.0
    X[:, place["new=yes"]] = [1.0, 1.0, 0.0, 0.5]  # neither of the two
    shares = [[float(row["probability a"]), float(row["probability b"])] for row in rows]
    np.testing.assert_allclose(shares, known.probabilities(X), atol=1e-6)
    err = command("predict", model, table, "--unknown", "ignore", "--missing", "mean")[2]
    assert "2 rows with a text that the model has not met, in `colour`, `new`" in err


def test_a_gap_in_a_column_that_had_none_is_refused_dropped_or_filled(command, process, shop):
    model, table, _ = shop
    code, _, err = command("predict", model, table, "--unknown", "ignore")
    assert code == 2
    assert "values are missing in `size` (1 of 4), first in row 3; fill them in, or leave these rows out, as" in err
    rows = answers_of(process, model, table, "--unknown", "ignore", "--missing", "drop")
    assert [row["row"] for row in rows] == ["1", "2", "4"]  # as in the table
    assert [row["unmet"] for row in rows] == ["", "colour", "colour new"]


def test_columns_of_the_table_stand_beside_the_answers(command, process, shop, tmp_path):
    model, table, _ = shop
    lenient = "--unknown", "ignore", "--missing", "drop"
    rows = answers_of(process, model, table, *lenient, "--keep", "id,colour")
    assert [(row["row"], row["id"], row["colour"]) for row in rows] == [
        ("1", "A1", "red"), ("2", "B2", "mauve"), ("4", "D4", ""),
    ]  # fmt: skip
    whole = answers_of(process, model, table, *lenient, "--append")
    assert list(whole[0])[:5] == ["id", "size", "colour", "new", "sold"]
    assert [row["size"] for row in whole] == ["0.5", "0.5", "0.5"]
    assert [row["sold"] for row in whole] == [row["sold"] for row in rows]
    again = tmp_path / "again.csv"
    command("predict", model, table, *lenient, "--append", "--out", again)
    twice = answers_of(process, model, again, *lenient, "--append")
    assert "predicted sold" in twice[0]
    assert len(set(twice[0])) == len(twice[0])
    code, _, err = command("predict", model, table, *lenient, "--keep", "colr")
    assert (code, "Did you mean `colour`?" in err) == (2, True)


def test_explain_adds_up(command, trained):
    path, _ = trained
    code, out, _ = command("explain", path, bundled("wisconsin"), "--row", 20)
    assert code == 0
    assert "so the answer is benign" in out
    data = json.loads(command("explain", path, bundled("wisconsin"), "--row", 20, "--json")[1])
    total = sum(term["product"] for term in data["terms"]) + data["bias"]
    assert total == pytest.approx(data["sum"], rel=1e-9)
    assert data["answer"] == "benign"


def test_many_classes_and_text_features(command, tmp_path):
    table = tmp_path / "shapes.csv"
    table.write_text("corners,colour,kind\n" + "3,red,triangle\n4,blue,square\n0,red,circle\n" * 8)
    model = tmp_path / "m.safetensors"
    code, out, _ = command("train", table, "--target", "kind", "--save", model)
    assert code == 0
    assert "neurons   3, one for each class" in out
    assert "colour=red" in out
    code, out, _ = command("explain", model, table, "--row", 2)
    assert "so the answer is square: its sum is the largest of 3" in out


def test_explain_looks_at_the_row_asked_for_alone(command, tmp_path):
    table, later, model = tmp_path / "t.csv", tmp_path / "later.csv", tmp_path / "m.safetensors"
    table.write_text("corners,colour,kind\n" + "3,red,triangle\n4,blue,square\n" * 8)
    later.write_text("corners,colour\n3,red\n,red\n4,green\n4,blue\n")
    assert command("train", table, "--target", "kind", "--save", model)[0] == 0
    assert "so the answer is triangle" in command("explain", model, later)[1]
    assert "so the answer is square" in command("explain", model, later, "--row", 4)[1]
    assert "values are missing in `corners` (1 of 1), first in row 2" in command("explain", model, later, "--row", 2)[2]
    assert "`colour` is 'green' in row 3" in command("explain", model, later, "--row", 3)[2]


def test_gate_shows_the_neuron_or_why_there_is_none(command):
    assert "weights (1, 1), threshold 1" in command("gate", "OR")[1]
    code, out, err = command("gate", "a xor b")
    assert (code, err) == (0, "")
    assert out.startswith("a xor b: no single neuron computes it")
    assert "1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)" in out
    assert "2 hidden neurons" in out
    assert "fewer will not do" in out
    assert "weights (1, 1, 1, 1, 1), threshold 3" in command("gate", "majority", "--inputs", 5)[1]
    out = command("gate", "xor", "--inputs", 6)[1]
    assert "and 32 more rows" in out
    assert "6 hidden neurons" in out
    out = command("gate", "majority", "--inputs", 15)[1]
    assert "[0 0 0 0 0 0 0 0 0 0 0 0 0 1 1] ---> 0     the ones weigh 2, below 8\n" in out
    assert "8 hidden neurons" in command("gate", "multiplexer", "--inputs", 11)[1]


XOR = "a,b,y\n0,0,no\n0,1,yes\n1,0,yes\n1,1,no\n"


def test_prove_gives_the_verdict_first_then_the_proof_then_what_to_do(command, tmp_path):
    path = tmp_path / "xor.csv"
    path.write_text(XOR)
    code, out, err = command("prove", path, "--target", "y")
    assert (code, err) == (0, "")
    places = [out.index(text) for text in ("no single neuron", "1·(0,0) + 1·(1,1) =", "checked in exact", "column a·b")]
    assert places == sorted(places)
    assert json.loads(command("prove", path, "--target", "y", "--json")[1])["verdict"] == "not separable"
    code, out, err = command("prove")
    assert (code, err) == (0, "")
    assert "one neuron classifies every row correctly" in out
    assert max(map(len, out.splitlines())) <= 120


def test_prove_on_equal_rows_promises_nothing_that_no_network_can_keep(command, tmp_path):
    path = tmp_path / "equal.csv"
    path.write_text("a,b,y\n" + "1,2,yes\n" * 3 + "1,2,no\n" * 2)
    code, out, err = command("prove", path, "--target", "y")
    assert (code, err) == (0, "")
    assert "rows 1 and 4 are equal and have both labels, no and yes" in out
    assert "look at the labels of rows 1, 4 and of rows 2, 5: equal rows with different labels" in out
    assert "train a network: neurons in layers learn what one cannot, here all but 2 of the rows at best" in out
    assert "\nor" not in out.split("What to do")[1].split("look at")[0]


DIGITS = {
    "whole numbers that are one float": ("123456789012345678", "123456789012345679", True),
    "decimals that are one float": ("0.3", "0.30000000000000001", True),
    "one number in two spellings": ("0.3", "0.300000000000000000000", False),
    "neighbours among floats": ("0.30000000000000004", "0.3", True),
}


@pytest.mark.parametrize("case", DIGITS)
def test_prove_reads_numbers_to_the_last_digit(command, tmp_path, case):
    first, second, separable = DIGITS[case]
    path = tmp_path / "digits.csv"
    path.write_text(f"a,b,colour,y\n{first},0.1,red,no\n{second},0.1,red,yes\n")
    code, out, err = command("prove", path, "--target", "y")
    assert (code, err) == (0, "")
    assert ("one neuron classifies every row correctly" in out.split("Proof")[0]) == separable
    assert "checked in exact arithmetic" in out


def test_prove_says_when_a_table_is_too_large_for_its_digits(command, tmp_path, monkeypatch):
    from glassneuron.data import exact_numbers as digits

    monkeypatch.setattr(digits, "MOST_CELLS", 1)
    path = tmp_path / "digits.csv"
    path.write_text("a,y\n0.3,no\n0.30000000000000001,yes\n")
    code, out, _ = command("prove", path, "--target", "y")
    assert code == 0
    assert "were read as floats; the verdict is about those" in out


LONG = ["9007199254740992", "9007199254740993"]  # 2^53, and the first whole number that no float is
ONE_TABLE = {
    "two classes": (LONG, ["no", "yes"]),
    "three classes": ([*LONG, "9007199254740994"], ["a", "b", "c"]),
    "decimals": (["0.3", "0.30000000000000001"], ["no", "yes"]),
}


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("case", ONE_TABLE)
def test_two_verdicts_on_one_table_never_disagree(command, tmp_path, case, form):
    """What `prove` says, `train` says, and `Perceptron` says as `separability` does."""
    import pyarrow as pa
    from pyarrow import parquet

    cells, labels = ONE_TABLE[case]
    if form == "parquet" and case == "decimals":
        cells = [Decimal(cell) for cell in cells]
        numbers = np.array(cells, dtype=object)
    elif form == "parquet":
        cells = [int(cell) for cell in cells]
        numbers = np.array(cells)
    else:
        numbers = np.array(cells, dtype=object)
    path = tmp_path / f"digits.{form}"
    if form == "csv":
        path.write_text("a,b,y\n" + "".join(f"{a},0.5,{y}\n" for a, y in zip(cells, labels, strict=True)))
    else:
        parquet.write_table(pa.table({"a": cells, "b": [0.5] * len(cells), "y": labels}), path)
    out = command("prove", path, "--target", "y")[1]
    can = "no single neuron" not in out and "cannot" not in out
    assert can  # 1 a - c tells them apart, for c between the two
    for model in ("perceptron", "averaged", "sigmoid"):
        report = command("train", path, "--target", "y", "--holdout", 0, "--model", model, "--epochs", 50)[1]
        assert "no neuron can" not in report, report
        assert "floats, which hold about 16" in report
    if form == "parquet":
        X, y = numbers[:, np.newaxis], np.array(labels)
        assert gn.separability(X, y).separable
        for prove in (True, "auto"):
            fitted = gn.Perceptron(max_epochs=50, prove=prove).fit(X, y)
            assert "no neuron can" not in fitted.history_.why_stopped
            assert "floats, which hold about 16" in fitted.history_.why_stopped


def test_whole_numbers_beside_decimals_in_a_frame_keep_their_digits():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [2**53, 2**53 + 1], "b": [0.5, 0.5]})
    assert gn.separability(frame, [0, 1]).separable
    assert not gn.separability(frame.astype(float), [0, 1]).separable


@pytest.mark.parametrize("classes", [2, 3])
def test_prove_calls_rows_as_the_file_does_where_rows_were_dropped(command, tmp_path, classes):
    """The second and the fourth row are equal and have other labels; rows with gaps stand between them."""
    path = tmp_path / "gaps.csv"
    third = "5,c\n" if classes == 3 else ""
    path.write_text("a,y\n,no\n1,no\n,yes\n1,yes\n2,yes\n" + third)
    code, out, _ = command("prove", path, "--target", "y", "--missing", "drop")
    assert code == 0
    assert "rows 2 and 4 are equal and have both labels, no and yes" in out
    assert "look at the labels of rows 2, 4" in out or "look at the label of row" in out
    told = json.loads(command("prove", path, "--target", "y", "--missing", "drop", "--json")[1])
    pair = told if classes == 2 else told["pairs"]["no / yes"]
    assert pair["rows"] == [1, 3]  # as in Python, from 0
    if classes == 3:
        assert {part[0] for part in told["joint"]["parts"]} == {1, 3}
    elif "suspects" in pair:
        assert set(pair["suspects"]) <= {1, 3, 4}


def test_prove_for_many_classes(command):
    code, out, err = command("prove", bundled("iris"), "--target", "species")
    assert (code, err) == (0, "")
    assert "versicolor from virginica  not separable" in out
    assert "setosa from the rest           separable" in out


def test_train_says_when_no_neuron_can_and_where_the_proof_is(command, tmp_path):
    path = tmp_path / "xor.csv"
    path.write_text(XOR)
    out = command("train", path, "--target", "y", "--holdout", 0, "--epochs", 20)[1]
    assert "outlook: no neuron can: 4 rows prove" in out
    assert f"`glassneuron prove {path} --target y` shows the proof" in out
    out = command("train", bundled("wisconsin"), "--target", "diagnosis", "--epochs", 2)[1]
    assert "outlook: it can: there are weights" in out
    out = command("train", bundled("iris"), "--target", "species", "--holdout", 0, "--epochs", 5)[1]
    assert "the largest sum cannot be right on every row" in out
    assert "outlook" not in command("train")[1]


def test_the_report_says_what_was_recognised_in_a_table_and_what_was_left_out(command, tmp_path):
    path, model = tmp_path / "t.csv", tmp_path / "m.safetensors"
    rows = [f'{k},"{1000 + 37 * k:,}.5",{k % 26},{"NA" if k == 7 else "ab"[k % 2]}' for k in range(60)]
    path.write_text("\n".join(["id,amount,letter,y", *rows]))
    code, out, err = command(
        "train", path, "--target", "y", "--missing", "drop", "--drop", "id,letter", "--save", model
    )
    assert (code, err) == (0, "")
    said, gone = (
        "`amount`: read as numbers with , between thousands",
        "1 row with gaps left out (NA without quotes too), ",
    )
    assert f"table     {said}\n          {gone}1 of them in `y`; 59 of 60 are left" in out
    out = command("prove", path, "--target", "y", "--missing", "drop", "--only", "amount")[1]
    assert f"{said}; {gone}" in out
    code, _, err = command("predict", model, path)
    assert code == 0
    assert "`amount`: read as numbers" in err
    told = json.loads(command("train", path, "--target", "y", "--missing", "drop", "--drop", "id", "--json")[1])
    assert f"{said}; {gone}" in "; ".join(told["notes"])
    said_classes = "--task", "classification", "--epochs", 2, "--missing", "drop"
    for kind in ("perceptron", "network"):
        out = command("train", path, "--target", "letter", "--model", kind, *said_classes)[1]
        assert "target    letter: 3 0, 3 1" in out  # rows of each class
    _, out, err = command("train", path, "--target", "letter", "--model", "perceptron", "--missing", "drop")
    assert "or say --task classification" in err
    out = command("train", path, "--target", "letter", "--model", "network", "--missing", "drop")[1]
    assert "whole numbers, taken for a measurement; --task classification takes them for classes" in out
    _, _, err = command("train", path, "--target", "letter", "--model", "linear", *said_classes)
    assert "`--task` must be left out, for a linear neuron predicts a number; got 'classification'" in err
    code, out, _ = command("compare", path, "--target", "y", "--missing", "drop", "--seeds", 1, "--only", "amount")
    assert code == 0
    assert f"{said}; {gone}" in out


def test_help_and_version(command):
    code, out, _ = command()
    assert code == 0
    assert "train" in out
    assert command("--version")[1] == f"glassneuron {gn.__version__}\n"
    for name in ("tour", "train", "predict", "explain", "compare", "prove", "gate"):
        assert name in command("--help")[1]
        assert command(name, "--help")[0] == 0


WRONG = {
    "an unknown option": (["train", "--epoks", "3"], "No such option: --epoks"),
    "an unknown command": (["trian"], "No such command 'trian'"),
    "a missing argument": (["predict"], "Missing argument"),
    "not a number": (["train", "--epochs", "many"], "`--epochs` must be a whole number; got many."),
    "a fraction": (["train", "--epochs=1.5"], "`--epochs` must be a whole number; got 1.5."),
    "a rate in words": (["train", "--rate", "small"], "`--rate` must be a number; got small."),
    "a rate of zero": (["train", "--rate", "1", "--rate=0"], "`--rate` must be in (0, inf); got 0."),
    "a rate below zero": (["train", "--rate", "-0.1"], "`--rate` must be in (0, inf); got -0.1."),
    "no epochs": (["train", "--epochs", "0"], "`--epochs` must be in [1, inf); got 0."),
    "all held out": (["train", "--holdout", "1"], "`--holdout` must be in [0, 1); got 1."),
    "a negative seed": (["train", "--seed", "-1"], "`--seed` must be in [0, inf); got -1."),
    "another word for missing": (
        ["train", "--missing", "guess"],
        "`--missing` must be 'refuse', 'drop', 'mean' or 'fill'",
    ),
    "no such table": (["train", "no.csv", "--target", "y"], "there is no file no.csv."),
    "no such folder": (["train", "--save", "no/where/m.safetensors"], "its folder does not exist"),
    "a folder to save to": (["train", "--save", "."], "is a folder; name the file in it."),
    "a folder for answers": (["predict", "m", "t.csv", "--out", "."], ". is a folder; name the file in it."),
    "no such model": (["predict", "no.safetensors", "t.csv"], "there is no file no.safetensors."),
    "nothing to prove about": (["prove", "no.csv", "--target", "y"], "there is no file no.csv."),
    "a formula cut short": (["gate", "a and"], "it ends where a name should be"),
    "too many inputs": (["gate", "and", "--inputs", "17"], "`--inputs` must be in [1, 16]; got 17."),
    "no such gate": (["gate", "maybe"], "there is no gate 'maybe'"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(command, monkeypatch, tmp_path, case):
    monkeypatch.chdir(tmp_path)
    arguments, sentence = WRONG[case]
    code, out, err = command(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("glassneuron: ")
    assert err.count("\n") == 1
    assert sentence in err


@pytest.mark.parametrize("output", ["t.csv", "link.csv", "m"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "t.csv", "--target", "y", "--save"],
        ["train", "--validation", "t.csv", "--save"],
        ["predict", "m", "t.csv", "--out"],
    ],
)
def test_no_input_is_written_over(command, monkeypatch, tmp_path, arguments, output):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(XOR)
    (tmp_path / "m").hardlink_to("t.csv")
    (tmp_path / "link.csv").symlink_to("t.csv")
    code, out, err = command(*arguments, output)
    assert (code, out) == (2, "")
    assert "which is read and would be lost; got" in err
    assert err.count("\n") == 1
    assert (tmp_path / "t.csv").read_text() == XOR


TABLES = {
    "no target named": ("a,y\n1,0\n2,1\n", [], "name the column to predict with --target; the table has: a, y."),
    "a misspelt target": ("a,yes\n1,0\n2,1\n", ["--target", "yess"], "Did you mean `yes`?"),
    "one class": ("a,y\n1,0\n2,0\n", ["--target", "y"], "`y` holds one class only, 0"),
    "one row": ("a,y\n1,0\n", ["--target", "y"], "`y` holds one class only, 0"),
    "a row a class": ("a,y\n" + "".join(f"{i},c{i}\n" for i in range(101)), ["--target", "y"], "holds 101 classes"),
    "not a number": (
        "a,y\n1,0\nnan,1\n",
        ["--target", "y", "--missing", "refuse"],
        "values are missing in `a` (1 of 2)",
    ),
    "a measurement": ("a,y\n" + "".join(f"{i},{i / 7}\n" for i in range(30)), ["--target", "y"], "is a measurement"),
    "text among numbers": ("a,y\n1,0\n2,1\n3,0\n4,1\nfive,0\n", ["--target", "y"], "the text 'five' in row 5"),
    "gaps": ("a,y\n1,0\n,1\n3,0\n", ["--target", "y", "--missing", "refuse"], "values are missing in `a` (1 of 3)"),
    "infinity": ("a,y\n1,0\ninf,1\n3,0\n", ["--target", "y"], "`a` is infinite in row 2"),
    "a ragged row": ("a,y\n1,0\n2\n", ["--target", "y"], "has 1 cells where the header has 2"),
    "nothing": ("", ["--target", "y"], "is empty"),
    "a header alone": ("a,y\n", ["--target", "y"], "has a header and no rows"),
    "the target alone": ("y\n1\n0\n", ["--target", "y"], "has no column but the target `y`"),
}


@pytest.mark.parametrize("name", ["train", "prove"])
@pytest.mark.parametrize("case", TABLES)
def test_a_wrong_table_gets_its_sentence(command, tmp_path, name, case):
    text, options, sentence = TABLES[case]
    path = tmp_path / "table.csv"
    path.write_text(text)
    code, out, err = command(name, path, *options)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_explain_a_row_that_is_not_there(command, trained):
    code, _, err = command("explain", trained[0], bundled("wisconsin"), "--row", 570)
    assert code == 2
    assert "`--row` must be at most 569, the last of the table; got 570." in err


def test_predict_with_a_neuron_that_knows_no_columns(command, tmp_path):
    gn.save(gn.Neuron([1, 2]), tmp_path / "n.safetensors")
    code, _, err = command("predict", tmp_path / "n.safetensors", bundled("iris"))
    assert code == 2
    assert "holds a Neuron, which knows no columns" in err


def test_predict_on_a_table_that_lacks_columns(command, trained):
    code, _, err = command("predict", trained[0], bundled("iris"))
    assert code == 2
    assert "the model reads columns that the table lacks: `mean radius`" in err


def test_a_reader_that_leaves_early_is_no_mistake():
    call = f"{sys.executable} -c 'from glassneuron.cli.app import main; main()' train --json | head -1"
    done = subprocess.run(["bash", "-c", call], capture_output=True, text=True, check=True)
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_an_interrupt_keeps_what_was_learned(interrupted, tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "noise.csv"
    rows = np.column_stack([rng.normal(size=(3000, 20)), rng.integers(0, 2, 3000)])
    header = ",".join([*(f"f{j}" for j in range(20)), "y"])
    np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt=["%.5f"] * 20 + ["%d"])
    model = tmp_path / "m.safetensors"
    code = "from glassneuron.pipelines.pipelines import MODELS; MODELS['perceptron'].settings.tol = None; "
    code += "from glassneuron.cli.app import main; main()"
    left, out, err = interrupted(code, "train", path, "--target", "y", "--epochs", 10**7, "--save", model)
    assert left == 0, err
    assert "stopped: stopped by the callback after epoch" in out
    assert len(gn.load(model).names) == 20


def test_two_interrupts_within_one_piece_of_work_are_two():
    """Python itself tells of them as one: both come while C code runs, here a map over a function of C."""
    kill, pid, number = ctypes.PyDLL(None).kill, os.getpid(), int(signal.SIGINT)
    before = signal.getsignal(signal.SIGINT)
    with interrupts() as interrupted:
        assert not interrupted()
        list(map(kill, [pid], [number]))
        assert interrupted()
    for _ in "ab":
        with pytest.raises(KeyboardInterrupt), interrupts():
            list(map(kill, [pid] * 2, [number] * 2))
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("target", ["row", "probability yes", "sum"])
@pytest.mark.parametrize("model", ["sigmoid", "perceptron"])
def test_answers_can_be_read_back_whatever_the_target_is_called(command, tmp_path, target, model):
    path, trained, out = tmp_path / "t.csv", tmp_path / "m.safetensors", tmp_path / "p.csv"
    path.write_text(f"a,{target}\n" + "".join(f"{k},{'no' if k < 10 else 'yes'}\n" for k in range(20)))
    command("train", path, "--target", target, "--model", model, "--save", trained)
    assert command("predict", trained, path, "--out", out)[0] == 0
    head = out.read_text().splitlines()[0].split(",")
    assert len(set(head)) == len(head)
    assert read_table(out).X.shape[0] == 20


def test_answers_are_written_in_the_kind_of_file_that_the_name_says(command, trained, tmp_path):
    from pyarrow import parquet

    answers = {}
    for ending in ("csv", "tsv", "parquet", "csv.gz"):
        code, out, _ = command("predict", trained[0], bundled("wisconsin"), "--out", tmp_path / f"p.{ending}")
        assert (code, out) == (0, f"569 answers written to {tmp_path / f'p.{ending}'}\n")
        answers[ending] = read_table(tmp_path / f"p.{ending}", "diagnosis")
        assert answers[ending].y.tolist() == answers["csv"].y.tolist()
        np.testing.assert_array_equal(answers[ending].X, answers["csv"].X)
    assert parquet.read_table(tmp_path / "p.parquet").column_names == ["row", "diagnosis", "sum"]
    assert "\t" in (tmp_path / "p.tsv").read_text()
    code, _, err = command("predict", trained[0], bundled("wisconsin"), "--out", tmp_path / "p.xlsx")
    assert code == 2
    assert "`--out` must be a file that ends in .csv, .tsv, .txt or .parquet" in err


def test_constant_columns_are_counted_and_not_in_the_spread(command, tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("a,b,c,d,y\n" + "".join(f"{i % 2 * 2},{i % 3 / 10},7,{-8},{'ab'[i % 2]}\n" for i in range(30)))
    options = ["--target", "y", "--holdout", 0, "--model", "perceptron"]
    assert (
        "features are standardised; their standard deviations are 0.082 to 1 (2 are constant)"
        in command("train", table, *options, "--keep", "c,d")[1]
    )
    table.write_text("a,y\n" + "".join(f"7,{'ab'[i % 2]}\n" for i in range(30)))
    assert "scaling   all features are constant" in command("train", table, *options)[1]


def test_a_chart_keeps_the_largest_and_the_zero():
    text = bars([4, 2, 0, 1], label="mistakes", across="epoch", height=2)
    assert text.splitlines() == ["mistakes", "4 ┤█", "  │██ ▄", "0 └────", "   1 to 4, epoch"]
    assert max(len(line) for line in bars(list(range(1000)), label="m", across="e").splitlines()) < 70


def test_largest_weights_are_standardised():
    from glassneuron.neurons.scaling import Scaling

    scaling = Scaling(np.zeros(2), np.array([0.001, 50.0]))
    text = largest_weights((gn.Neuron([100.0, 1.0], 0, "step"),), ("small", "wide"), (0, 1), scaling)
    assert text.splitlines()[1].startswith("wide")
