"""`glassneuron lesson`, and lesson files in `play` and `export`."""

import json
import re

import pytest

from glassneuron.views.live.lesson_file import read_lesson
from glassneuron.views.live.sheets import answer_sheet, worksheet


def carried(path):
    return json.loads(
        re.search(r'id="glassneuron-data">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)[1]
    )


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_from_a_new_lesson_to_sheets_and_a_file(command, here):
    code, out, err = command("lesson", "new", "apples")
    assert (code, err) == (0, "")
    assert "apples.toml" in out
    code, out, _ = command("lesson", "sheet", "apples.toml", "--students", 3)
    assert (code, out.split()) == (0, ["apples-worksheet.html", "apples-answers.html"])
    lesson = read_lesson(here / "apples.toml")
    assert (here / "apples-worksheet.html").read_text(encoding="utf-8") == worksheet(lesson, 3)
    assert (here / "apples-answers.html").read_text(encoding="utf-8") == answer_sheet(lesson, 3)
    assert command("export", "--live", "apples.html", "--lesson", "apples.toml", "--student", 2)[0] == 0
    (found,) = carried(here / "apples.html")["lessons"]
    assert found == json.loads(json.dumps(read_lesson(here / "apples.toml", 2).to_page()))
    assert carried(here / "apples.html")["state"]["hide"] == ["fork", "proof"]


def test_a_lesson_that_is_there_is_not_written_over(command, here):
    (here / "apples.toml").write_text("mine")
    code, _, err = command("lesson", "new", "apples")
    assert code == 2
    assert "apples.toml" in err
    assert (here / "apples.toml").read_text() == "mine"


def test_without_a_word_it_says_what_there_is(command):
    code, out, err = command("lesson")
    assert (code, err) == (0, "")
    assert "sheet" in out


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (["lesson", "sheet", "absent.toml"], "absent.toml"),
        (["lesson", "sheet", "apples.toml", "--students", "0"], "students"),
        (["lesson", "new", "nowhere/apples"], "nowhere"),
        (["export", "--live", "a.html", "--lesson", "absent.toml"], "absent.toml"),
        (["export", "--live", "a.html", "--lesson", "xor", "--student", "2"], "student"),
        (["export", "--live", "a.html", "--lesson", "apples.toml", "--table", "t.csv"], "table"),
        (["play", "--no-browser", "--lesson", "absent.toml"], "absent.toml"),
    ],
)
def test_what_is_wrong_is_said(command, here, call, named):
    command("lesson", "new", "apples")
    before = sorted(here.iterdir())
    code, out, err = command(*call)
    assert (code, out) == (2, "")
    assert named in err
    assert sorted(here.iterdir()) == before
