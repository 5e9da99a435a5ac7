"""`glassneuron export`: a model as a file; `--live`, the page as one; what is wrong is said before."""

import json
import re

import pytest

from glassneuron.views.playground.lessons import TABS


def carried(path):
    return json.loads(
        re.search(r'id="glassneuron-data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)[1]
    )


def test_the_file_begins_with_the_lesson_that_was_asked_for(command, tmp_path):
    path = tmp_path / "lesson.html"
    code, out, err = command("export", "--live", path, "--lesson", "xor")
    assert (code, err) == (0, "")
    assert str(path) in out
    assert carried(path)["first"] == "xor"
    assert [lesson["id"] for lesson in carried(path)["lessons"]] == list(TABS)


def test_a_table_comes_along(command, tmp_path):
    (tmp_path / "pets.csv").write_text("weight,kind\n1,cat\n2,cat\n8,dog\n9,dog\n")
    path = tmp_path / "pets.html"
    assert command("export", "--live", path, "--table", tmp_path / "pets.csv", "--target", "kind")[0] == 0
    data = carried(path)
    assert data["first"] == "data"
    lesson = next(each for each in data["lessons"] if each["id"] == "data")
    assert lesson["table"]["X"] == [[1], [2], [8], [9]]
    assert lesson["spec"]["classes"] == ["cat", "dog"]
    assert "table" not in lesson["spec"]  # which would have to be kept elsewhere


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ([], "--live"),
        (["--live", "lesson.txt"], ".html"),
        (["--live", "nowhere/lesson.html"], "nowhere"),
        (["--live", "lesson.html", "--lesson", "xorr"], "xorr"),
        (["--live", "lesson.html", "--target", "kind"], "target"),
        (["--live", "lesson.html", "--table", "absent.csv"], "absent.csv"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(command, tmp_path, monkeypatch, call, named):
    monkeypatch.chdir(tmp_path)
    code, out, err = command("export", *call)
    assert (code, out) == (2, "")
    assert named in err
    assert not list(tmp_path.iterdir())


def test_the_table_is_not_written_over(command, tmp_path):
    path = tmp_path / "table.html"
    path.write_text("x,y\n1,a\n2,b\n")
    code, _, err = command("export", "--live", path, "--table", path)
    assert code == 2
    assert "lost" in err
    assert path.read_text().startswith("x,y")


PETS = "weight,colour,kind\n1,red,cat\n2,red,cat\n8,blue,dog\n9,red,dog\n7,blue,dog\n3,blue,cat\n"


@pytest.fixture
def pets(command, tmp_path):
    table, model = tmp_path / "pets.csv", tmp_path / "pets.safetensors"
    table.write_text(PETS)
    assert command("train", table, "--target", "kind", "--holdout", "0", "--model", "sigmoid", "--save", model)[0] == 0
    return model, table


def test_a_model_is_written_as_its_suffix_says(command, pets, tmp_path):
    model, table = pets
    for suffix in ("py", "h", "c", "js", "html", "sql", "json"):
        code, out, err = command("export", model, tmp_path / f"pets.{suffix}")
        assert (code, err) == (0, "")
        assert f"pets.{suffix}" in out
    space = {}
    exec((tmp_path / "pets.py").read_text(), space)
    label, shares = space["predict"]({"weight": 8.5, "colour": "blue"})
    assert label == "dog"
    assert abs(sum(shares.values()) - 1) < 1e-12
    assert command("export", model, tmp_path / "small.h", "--bits", "8", "--table", table)[0] == 0
    assert "Right on 6 rows" in (tmp_path / "small.h").read_text()
    assert command("export", model, tmp_path / "kept.sql", "--keep", "kind")[0] == 0
    assert '"kind"' in (tmp_path / "kept.sql").read_text()


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (["pets.xlsx"], ".onnx"),
        ([], "MODEL FILE"),
        (["pets.py", "--live", "x.html"], "live"),
        (["pets.py", "--dtype", "float32"], "dtype"),
        (["pets.h", "--dtype", "float16"], "float16"),
        (["pets.h", "--bits", "4"], "bits"),
        (["pets.v"], "probabilities"),
        (["pets.py", "--table", "pets.csv"], "table"),
        (["nowhere/pets.py"], "nowhere"),
        (["pets.safetensors"], "lost"),
    ],
)
def test_a_model_that_cannot_be_written_so(command, pets, tmp_path, monkeypatch, call, named):
    monkeypatch.chdir(tmp_path)
    code, out, err = command("export", "pets.safetensors", *call)
    assert (code, out) == (2, "")
    assert named in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pets.csv", "pets.safetensors"]
