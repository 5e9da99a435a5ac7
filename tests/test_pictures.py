"""The pictures of the README are what the package draws today."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HERE = ROOT / "docs" / "pictures"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    subprocess.run([sys.executable, ROOT / "docs" / "make_pictures.py", folder], check=True, capture_output=True)
    return folder


def test_the_script_makes_what_is_here(made):
    names = {path.name for path in HERE.iterdir()}
    assert {path.name for path in made.iterdir()} == names
    for name in names:
        old, new = (HERE / name).read_bytes(), (made / name).read_bytes()
        if b"aria-labelledby" in old:  # a diagram; other libraries write another file each time
            assert old == new, f"run docs/make_pictures.py: {name} is no longer what the package draws"
        assert new


def test_the_readme_shows_pictures_that_are_here_and_says_what_they_show():
    shown = re.findall(r"!\[([^\]]+)\]\((docs/pictures/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert shown
    for words, path in shown:
        assert len(words) > 20
        assert (ROOT / path).is_file()
