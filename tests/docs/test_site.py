"""The site is built once, as `make docs` builds it: its code runs then, and its links are followed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import glassneuron as gn

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    call = [sys.executable, "-m", "sphinx", "-EWq", "docs", folder]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_public_name_has_its_place(site):
    from sphinx.util.inventory import InventoryFile

    with (site / "objects.inv").open("rb") as file:
        known = InventoryFile.load(file, "", os.path.join)
    described = {name for kind in ("py:class", "py:function", "py:exception") for name in known.get(kind, {})}
    assert {f"glassneuron.{name}" for name in gn.__all__} <= described


def test_every_command_has_its_place(site):
    page = (site / "reference" / "command.html").read_text(encoding="utf-8")
    call = [sys.executable, "-c", "from glassneuron.cli.app import main; main(['--help'])"]
    told = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    for name in re.findall(r"^  (\w+)  ", told.split("Commands:")[1], re.MULTILINE):
        assert f'id="glassneuron-{name}"' in page
