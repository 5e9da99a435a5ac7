"""`glassneuron export --live`: the page as one file, with a lesson or a table; what is wrong is said before."""

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
