"""Every figure has a page in the gallery. (The pages make their pictures when the site is built.)"""

from pathlib import Path

import glassneuron as gn

GALLERY = Path(__file__).parents[3] / "docs" / "gallery"
PAGES = sorted(GALLERY.glob("*.py"))


def test_every_figure_has_a_page_and_every_page_is_listed():
    texts = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in [name for name in gn.__all__ if name.startswith("plot_")] + ["animate"]:
        assert f"gn.{name}(" in texts
    listed = (GALLERY / "README.md").read_text(encoding="utf-8")
    assert all(f"[{page.name}]({page.name})" in listed for page in PAGES)
