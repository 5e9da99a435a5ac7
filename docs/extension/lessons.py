"""The live lessons: each is one file that the package writes when the site is built, and stands in a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from glassneuron.views.live.lesson_file import read_lesson
from glassneuron.views.live.live_page import live_page

FOLDER = "lessons"


class Lesson(SphinxDirective):
    """A lesson, by the name of one of the package's own or by a lesson file, with a link to open it alone."""

    required_arguments = 1
    option_spec: ClassVar = {"title": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Put the lesson into the page."""
        given = self.arguments[0]
        folder = Path(self.env.app.outdir) / FOLDER
        folder.mkdir(exist_ok=True)
        if given.endswith(".toml"):
            name = Path(given).stem
            self.env.note_dependency(given)
            lesson = read_lesson(Path(self.env.srcdir) / given)
            text = live_page({"lesson": lesson.id, "hide": ["tabs", *lesson.hide]}, [lesson.to_page()])
        else:
            name = given
            text = live_page({"lesson": given, "hide": ["tabs"]})
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
        address = f"{'../' * self.env.docname.count('/')}{FOLDER}/{name}.html"
        title = self.options["title"]
        html = (
            f'<div class="lesson"><p>Live: {title} <a href="{address}">Open it alone</a></p>'
            f'<iframe src="{address}" title="{title}" loading="lazy"></iframe></div>'
        )
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive."""
    app.add_directive("lesson", Lesson)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
