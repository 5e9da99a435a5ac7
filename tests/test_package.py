"""What is published: it holds what it should, and the shell completes the command."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import glassneuron

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist and the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    call = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / f"glassneuron-{glassneuron.__version__}.tar.gz", next(folder.glob("*.whl"))


def test_they_can_be_published(built):
    call = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_holds_the_package_and_nothing_else(built):
    names = set(zipfile.ZipFile(built[1]).namelist())
    assert {name.partition("/")[0] for name in names} == {
        "glassneuron",
        f"glassneuron-{glassneuron.__version__}.dist-info",
    }
    here = {f"glassneuron/{path.relative_to(ROOT / 'src/glassneuron')}" for path in tracked("src/glassneuron")}
    assert here <= names


def test_the_sdist_holds_what_it_takes_to_test_and_to_build_the_site(built):
    with tarfile.open(built[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    for folder in ("src", "tests", "docs", "benchmarks", "tools"):
        assert {str(path.relative_to(ROOT)) for path in tracked(folder)} <= names
    assert {"README.md", "LICENSE", "SECURITY.md", "CITATION.cff", "Makefile", "conftest.py", "pyproject.toml"} <= names


def tracked(folder):
    """The files of a folder that belong to the project."""
    skipped = ("__pycache__", ".pytest_cache")
    return [
        path
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in (".nbi", ".nbc", ".pyc") and not set(path.parts) & set(skipped)
    ]


def test_the_version_stands_in_one_place():
    written = [
        path
        for path in (ROOT / "pyproject.toml", ROOT / "CITATION.cff", ROOT / "docs" / "conf.py")
        if f'"{glassneuron.__version__}"' in path.read_text(encoding="utf-8")
    ]
    assert written == []


def test_the_shell_completes_commands_and_options():
    code = "from glassneuron.cli.app import main; main()"
    for words, number, wanted in (("glassneuron tr", 1, "train"), ("glassneuron train --hid", 2, "--hidden")):
        env = {"COMP_WORDS": words, "COMP_CWORD": str(number), "_GLASSNEURON_COMPLETE": "complete_bash"}
        call = [sys.executable, "-c", code]
        done = subprocess.run(call, env={**os.environ, **env}, capture_output=True, text=True, check=False)
        assert done.stdout.split() == [wanted]
