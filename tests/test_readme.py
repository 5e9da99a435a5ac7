"""What the README shows is what the commands print. (Its Python sessions run as doctests.)"""

import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_tour_in_the_readme_is_the_tour():
    shown = re.search(r"```console\n\$ glassneuron tour\n(.*?)```", README, re.DOTALL)
    assert shown
    code = "from glassneuron.cli.app import main; main(['tour'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.strip() == shown.group(1).strip()


def test_the_commands_of_the_readme_exist():
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\$ make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    code = "from glassneuron.cli.app import main; main(['--help'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    named = re.findall(r"^\| `glassneuron (\w+)", README, re.MULTILINE)
    listed = re.findall(r"^  (\w+)  ", done.stdout.split("Commands:")[1], re.MULTILINE)
    assert named == listed


def test_the_files_to_read_are_there():
    for name in re.findall(r"`(src/glassneuron/\S+\.py)`", README):
        assert (Path(__file__).parents[1] / name).is_file()
