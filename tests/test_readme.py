"""What the README shows is what the commands print. (Its Python sessions run as doctests.)"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_commands_of_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\$ make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    code = "from glassneuron.cli.app import main; main(['--help'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    named = re.findall(r"^\| `glassneuron (\w+)", README, re.MULTILINE)
    listed = re.findall(r"^  (\w+)  ", done.stdout.split("Commands:")[1], re.MULTILINE)
    assert named == listed


def test_the_files_to_read_are_there():
    order = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    order = order.split("## Read the source in this order\n")[1].split("\n## ")[0]
    names = re.findall(r"`(src/glassneuron/\S+\.py)`", README + order)
    assert len(names) > 10
    for name in names:
        assert (ROOT / name).is_file()


def test_the_readme_leads_to_every_page_that_says_how():
    for page in sorted((ROOT / "docs" / "howto").glob("*.md")):
        if page.name != "figures.md":  # outside the site it is the gallery
            assert f"docs/howto/{page.name}" in README
    for target in re.findall(r"\]\((docs/[^)#]+)\)", README):
        assert (ROOT / target).is_file()


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 200
