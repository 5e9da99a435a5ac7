"""Tables at the command: what `show` tells of one, and that `train` and `predict` take it as it comes."""

import csv
import datetime
import io
import json

import numpy as np
import pandas as pd
import pytest

import glassneuron as gn
from glassneuron.cli.bridges import show_table
from glassneuron.data.columns import sample
from glassneuron.data.columns.overview import overview
from glassneuron.views.text.table_page import few_lines, page, spark

ROWS = 80


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    """A table with all that tables have: a number of the row, gaps, dates, prices, names, a leak."""
    random = np.random.default_rng(1)
    size, days = random.normal(5, 2, ROWS), random.integers(0, 400, ROWS)
    kind = random.choice(["a", "b", "c"], ROWS)
    sold = np.where(size + (kind == "b") + random.normal(0, 0.5, ROWS) > 5, "yes", "no")
    frame = pd.DataFrame({
        "id": range(1, ROWS + 1), "size": np.where(random.random(ROWS) < 0.1, np.nan, size.round(3)),
        "kind": np.where(random.random(ROWS) < 0.1, None, kind),
        "day": [f"{datetime.date(2023, 1, 1) + datetime.timedelta(int(d)):%d.%m.%Y}" for d in days],
        "price": [f"${v:,.2f}" for v in random.lognormal(7, 1, ROWS)], "name": [f"n{k}" for k in range(ROWS)],
        "land": "CH", "receipt": sold, "sold": sold,
    })  # fmt: skip
    path = tmp_path_factory.mktemp("raw") / "raw.csv"
    frame.to_csv(path, index=False)
    return path


def test_train_takes_a_table_as_it_comes_and_says_in_three_lines_what_it_did(command, raw, tmp_path):
    model, new = tmp_path / "m.safetensors", tmp_path / "new.csv"
    code, out, err = command(
        "train", raw, "--target", "sold", "--model", "sigmoid", "--save", model, "--drop", "receipt"
    )
    assert code == 0, err
    told = out[out.index("table  ") : out.index("target  ")].strip().splitlines()
    assert len(told) <= 3
    for words in ("`id`: left out", "`name`", "`land`", "gaps filled: `size`", "`day`: days since", "read as numbers"):
        assert words in " ".join(told), words
    frame = (
        pd.read_csv(raw)
        .head(3)
        .assign(size=[1.0, np.nan, 2.0], day=["05/06/2024".replace("/", "."), "01.02.2023", None])
    )
    frame.to_csv(new, index=False)
    code, out, err = command("predict", model, new)
    assert code == 2
    assert "values are missing in `day` (1 of 3)" in err  # it had none
    code, out, err = command("predict", model, new, "--missing", "fill")
    assert code == 0, err
    assert len(list(csv.reader(io.StringIO(out)))) == 4


def test_train_warns_of_a_column_that_tells_the_target(command, raw):
    told = json.loads(command("train", raw, "--target", "sold", "--json")[1])
    assert any("`receipt` tells `sold` by itself in every row: will it be known" in note for note in told["notes"])
    lines = few_lines(told["notes"])
    assert len(lines) == 3
    assert lines[2].startswith("`receipt`")


def test_gaps_can_still_be_refused(command, raw):
    code, _, err = command("train", raw, "--target", "sold", "--missing", "refuse")
    assert code == 2
    assert "values are missing in `size`" in err


def test_months_are_asked_for_by_name(command, raw, tmp_path):
    model = tmp_path / "m.safetensors"
    call = ["train", raw, "--target", "sold", "--model", "sigmoid", "--dates", "month,weekday", "--save", model]
    assert command(*call)[0] == 0
    names = gn.load(model).names
    assert {"day month=Jan", "day weekday=Sun"} <= set(names)
    assert command("explain", model, raw, "--row", "2")[0] == 0
    code, _, err = command("export", model, tmp_path / "m.sql")
    assert code == 2
    assert "'day', a column of dates" in err
    for option, value in (("--dates", "year"), ("--date-order", "ymd2")):
        code, _, err = command("train", raw, "--target", "sold", option, value)
        assert code == 2
        assert f"`{option}` must be" in err


def test_show_tells_a_program_a_row_for_each_column(command, raw):
    code, out, err = command("show", raw, "--target", "sold")
    rows = {row["column"]: row for row in csv.DictReader(io.StringIO(out))}
    assert code == 0
    assert list(rows) == pd.read_csv(raw).columns.tolist()
    seen = {each.name: each for each in overview(raw, "sold").columns}
    for name, row in rows.items():
        assert (row["kind"], int(row["gaps"]), int(row["different"])) == (
            seen[name].kind, seen[name].gaps, seen[name].different
        )  # fmt: skip
    assert rows["id"]["left out"] == "counts the rows"
    assert "will it be known" in rows["receipt"]["warning"]
    assert f"{ROWS} rows" in err


def test_show_as_json_and_for_a_person(command, raw):
    told = json.loads(command("show", raw, "--target", "sold", "--json")[1])
    assert told["rows"] == ROWS
    assert [each["name"] for each in told["columns"] if each["target"]] == ["sold"]
    out = "".join(f"{title}\n{text}\n" for title, text in page(overview(raw, "sold"), "glassneuron train"))
    for words in (
        f"{ROWS} rows, 9 columns",
        "Suspicious",
        "`id`: left out, for it counts the rows",
        "the target",
        "Recognised",
    ):
        assert words in out
    wide = pd.DataFrame({"x" * 100: ["y" * 300, "z" * 300] * 10, "a\nb": range(20), "empty": [None] * 20})
    _, columns = next(page(overview(wide), ""))
    assert max(map(len, columns.splitlines())) <= 100


def test_bars_are_as_high_as_the_counts():
    assert spark([0, 1, 100, 50]) == " ▁█▄"
    assert spark([]) == ""


def test_show_draws_a_picture(command, raw, tmp_path):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "t.png"
    assert command("show", raw, "--picture", picture)[0] == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    code, _, err = command("show", raw, "--picture", tmp_path / "t.gif")
    assert code == 2
    assert "`--picture` must be" in err


def test_show_looks_at_some_rows_of_a_folder_and_says_so(command, raw, tmp_path, monkeypatch):
    for k in range(3):
        (tmp_path / f"part-{k}.csv").write_bytes(raw.read_bytes())
    told = json.loads(command("show", tmp_path, "--json")[1])
    assert (told["rows"], told["sample"]) == (3 * ROWS, "")
    monkeypatch.setattr(show_table, "sample_of", lambda path: sample.sample_of(path, most=30))
    told = json.loads(command("show", tmp_path, "--json")[1])
    assert told["rows"] == 30
    assert told["sample"].startswith("the first ones of 3 of 3 files of about 2")


def test_show_of_a_model_takes_no_options_of_tables(command, raw, tmp_path):
    model = tmp_path / "m.safetensors"
    command("train", raw, "--target", "sold", "--save", model)
    assert command("show", model)[0] == 0
    for option in ("--target", "--drop", "--date-order"):
        code, _, err = command("show", model, option, "ymd")
        assert code == 2
        assert f"`{option}` must be left out for a model" in err


def test_an_export_answers_a_missing_text_as_the_model_does_and_refuses_others(command, raw, tmp_path):
    model, out = tmp_path / "m.safetensors", tmp_path / "m.py"
    command("train", raw, "--target", "sold", "--model", "sigmoid", "--only", "size,kind", "--save", model)
    assert command("export", model, out)[0] == 0
    code = {}
    exec(out.read_text(encoding="utf-8"), code)
    for kind in ("a", "b", None):  # a missing text counts as the usual one
        for size in np.linspace(2, 8, 25):
            row = {"size": float(size), "kind": kind}
            expected = gn.load(model).predict(pd.DataFrame([row]).astype({"kind": object})).tolist()[0]
            assert code["predict"](row)[0] == expected
    with pytest.raises((ValueError, KeyError)):
        code["predict"]({"size": 5.0, "kind": "z"})
