"""What the theme leaves out for those who read with a keyboard or by ear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

BETTER = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="This page">',
    "<pre>": '<pre tabindex="0">',  # so that long lines can be scrolled without a mouse
}


def mend(app: Sphinx, problem: Exception | None) -> None:
    """Write every page once more, with it."""
    if problem is None and app.builder.name == "html":
        for path in Path(app.outdir).rglob("*.html"):
            if path.parent.name != "lessons":
                text = path.read_text(encoding="utf-8")
                for before, after in BETTER.items():
                    text = text.replace(before, after)
                path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Mend when everything is written."""
    app.connect("build-finished", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
