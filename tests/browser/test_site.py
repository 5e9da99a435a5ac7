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


def test_every_figure_of_the_gallery_stands_on_its_page(site):
    page = (site / "howto" / "figures.html").read_text(encoding="utf-8")
    for script in (ROOT / "docs" / "gallery").glob("*.py"):
        (made,) = (site / "_pictures" / "gallery").glob(f"{script.stem}.*")
        assert made.read_bytes().startswith((b"\x89PNG", b"GIF8"))
        assert f'src="../_pictures/gallery/{made.name}"' in page


def test_pages_fit_a_phone_and_ask_nothing_of_the_network(site, browser):
    wrong = []
    for width in (1280, 390):
        context = browser.new_context(viewport={"width": width, "height": 900})
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url))
        for name in ("index", "course/04-xor", "howto/train", "background/exporters", "reference/learning"):
            page.goto((site / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        context.close()
    assert wrong == []


def test_axe_finds_nothing(site, browser):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    for name in ("course/04-xor", "howto/train"):
        page.goto((site / f"{name}.html").as_uri())
        found = Axe().run(page).response["violations"]
        assert not found, (name, [(each["id"], each["nodes"][0]["html"]) for each in found])
    context.close()


def test_a_lesson_runs_in_the_page_that_it_stands_in(site, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((site / "course" / "03-perceptron.html").as_uri())
    page.locator("iframe").scroll_into_view_if_needed()
    lesson = page.frame_locator("iframe").locator("h1, h2").filter(has_text="A perceptron learns OR")
    lesson.first.wait_for()
    context.close()
