"""Pages that run: what a page shows otherwise than it comes is told, with the place."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "docs"))

from extension.links import faults
from extension.running import Page, commands, examples


@pytest.fixture
def page():
    page = Page("a page")
    yield page
    page.close()


def test_a_block_ends_the_last_output_and_blank_lines_do_not():
    text = ">>> if x:\n...     y\na\n\nb\n>>> z\n"
    assert [(each.source, each.want) for each in examples(text)] == [("if x:\n    y\n", "a\n\nb\n"), ("z\n", "")]


def test_a_command_goes_on_behind_a_backslash():
    text = "$ glassneuron gate \\\n>     xor\nXOR: ...\n$ ls\n"
    assert list(commands(text)) == [("glassneuron gate xor", "XOR: ...\n"), ("ls", None)]


def test_names_last_from_block_to_block_and_a_wrong_output_is_told(page):
    assert page.session(">>> x = 2\n", 1) == ""
    assert page.session(">>> x + 1\n3\n", 5) == ""
    assert "Expected:" in page.session(">>> x + 1\n4\n", 5)
    assert "ZeroDivisionError" in page.session(">>> 1 / 0\n", 5)
    assert "careful" in page.session(">>> import warnings\n>>> warnings.warn('careful', stacklevel=1)\n", 5)
    assert page.session(">>> 1 / 0\nTraceback (most recent call last):\n    ...\nZeroDivisionError: ...\n", 5) == ""


def test_commands_run_in_the_folder_of_the_page_and_a_wrong_output_is_told(page):
    (page.folder / "t.csv").write_text("a,y\n1,no\n2,yes\n")
    assert page.console("$ glassneuron gate not\nNOT: ...\n$ cat t.csv\na,y\n1,no\n2,yes\n") == ""
    assert "printed" in page.console("$ glassneuron gate not\nXOR: ...\n")
    assert "exit code 2" in page.console("$ glassneuron train u.csv\n")
    assert "exit code 2" in page.console("$ glassneuron train u.csv\n...\n")
    assert page.console("$ glassneuron train u.csv\nglassneuron: ...u.csv...\n") == ""


def test_a_link_that_leads_nowhere_and_what_is_fetched_from_elsewhere_are_found(tmp_path):
    (tmp_path / "a.html").write_text(
        '<p id="here"><a href="#here"></a><a href="b.html#there"></a><a href="c.html"></a>'
    )
    (tmp_path / "b.html").write_text('<script src="https://elsewhere.test/x.js"></script><a href="https://x.test"></a>')
    assert list(faults(tmp_path)) == [
        "a.html: b.html#there: there is no such place",
        "a.html: c.html leads nowhere",
        "b.html: https://elsewhere.test/x.js is fetched from elsewhere",
    ]
