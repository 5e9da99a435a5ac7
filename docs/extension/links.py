"""No link of the site leads nowhere, and nothing is fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)
LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}


class Reader(HTMLParser):
    """Notes what a page links to, what it loads, and where one can go in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what one tag says."""
        told = {name: value for name, value in attrs if value}
        self.places |= {told[name] for name in ("id", "name") if name in told}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if tag in LOADED and LOADED[tag] in told:
            self.loaded.append(told[LOADED[tag]])


def faults(site: Path) -> Iterator[str]:
    """Yield what is wrong with the links of a site."""
    pages = {path: Reader(path) for path in sorted(site.rglob("*.html")) if path.parent.name != "lessons"}
    for path, page in pages.items():
        here = path.relative_to(site)
        for link in page.loaded:
            if urlsplit(link).netloc:
                yield f"{here}: {link} is fetched from elsewhere"
        for link in [*page.links, *page.loaded]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file():
                yield f"{here}: {link} leads nowhere"
            elif parts.fragment and target in pages and parts.fragment not in pages[target].places:
                yield f"{here}: {link}: there is no such place"


def check(app: Sphinx, problem: Exception | None) -> None:
    """Refuse a site with a broken link."""
    if problem is None and app.builder.name == "html":
        for fault in faults(Path(app.outdir).resolve()):
            logger.error("%s", fault)
            app.statuscode = 1


def setup(app: Sphinx) -> dict[str, Any]:
    """Check when everything is written."""
    app.connect("build-finished", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
