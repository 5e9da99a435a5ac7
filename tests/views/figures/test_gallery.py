"""Every figure has a page in the gallery, and every page makes its picture."""

import runpy
import sys
from pathlib import Path

import pytest

import glassneuron as gn

GALLERY = Path(__file__).parents[3] / "docs" / "gallery"
PAGES = sorted(GALLERY.glob("*.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_makes_its_picture(page, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", [str(page), str(tmp_path)])
    runpy.run_path(str(page), run_name="__main__")
    (made,) = tmp_path.iterdir()
    assert made.stem == page.stem
    assert made.read_bytes().startswith((b"\x89PNG", b"GIF8"))


def test_every_figure_has_a_page_and_every_page_is_listed():
    texts = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in [name for name in gn.__all__ if name.startswith("plot_")] + ["animate"]:
        assert f"gn.{name}(" in texts
    listed = (GALLERY / "README.md").read_text(encoding="utf-8")
    assert all(f"[{page.name}]({page.name})" in listed for page in PAGES)
