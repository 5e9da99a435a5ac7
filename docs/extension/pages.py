"""Pages that run: sessions, console blocks, files and pictures, in their order; what went otherwise is a warning."""

from __future__ import annotations

import io
import traceback
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from extension.running import Page

logger = logging.getLogger(__name__)
PICTURES = "_pictures"


class picture(nodes.General, nodes.Element):
    """A picture that is still to be drawn."""


class File(SphinxDirective):
    """A file of the page: it is shown, and it is there for the code below."""

    has_content, required_arguments = True, 1

    def run(self) -> list[nodes.Node]:
        """Show the file with its name above."""
        text = "\n".join(self.content) + "\n"
        shown = nodes.literal_block(text, text, language="text", file=self.arguments[0])
        self.set_source_info(shown)
        caption = nodes.caption("", "", nodes.literal("", self.arguments[0]))
        return [nodes.container("", caption, shown, literal_block=True, classes=["literal-block-wrapper"])]


class PictureDirective(SphinxDirective):
    """Code, and below it the picture that its last line makes; `alt` says what one sees."""

    has_content = True
    option_spec: ClassVar = {
        "alt": directives.unchanged_required,
        "hidden": directives.flag,
        "class": directives.class_option,
    }

    def run(self) -> list[nodes.Node]:
        """Show the code, and leave a place for the picture."""
        if "alt" not in self.options:
            raise self.error("a picture needs an `alt`")
        code = "\n".join(self.content)
        shown = nodes.literal_block(code, code, language="python", drawn=True)
        place = picture(code=code, alt=self.options["alt"])
        for node in (shown, place):
            self.set_source_info(node)
        return [place] if "hidden" in self.options else [shown, place]


class Answer(SphinxDirective):
    """What a reader opens after trying."""

    has_content, optional_arguments, final_argument_whitespace = True, 1, True

    def run(self) -> list[nodes.Node]:
        """Put the content behind a word to click on."""
        summary = self.arguments[0] if self.arguments else "An answer"
        body = self.parse_content_to_nodes()
        head = nodes.raw("", f'<details class="answer"><summary>{summary}</summary>', format="html")
        return [head, *body, nodes.raw("", "</details>", format="html")]


def ran(app: Sphinx, document: nodes.document) -> None:
    """Run all that a page shows, in order."""
    page = Page(app.env.docname)
    try:
        for node in list(document.findall(lambda n: isinstance(n, nodes.literal_block | picture))):
            try:
                fault = _run(app, page, node)
            except Exception:
                fault = traceback.format_exc(limit=-3)
            if fault:
                logger.warning("%s", fault, location=(app.env.docname, node.line), type="code")
    finally:
        page.close()


def _run(app: Sphinx, page: Page, node: Any) -> str:
    if isinstance(node, picture):
        number = sum(1 for key in page.names if str(key).startswith("_picture_")) + 1
        page.names[f"_picture_{number}"] = name = f"{page.name.replace('/', '-')}-{number}"
        node.replace_self(_drawn(app, page.value(node["code"]), name, node))
        return ""
    if "file" in node:
        path = page.folder / node["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(node.astext(), encoding="utf-8")
        return ""
    language, text = node.get("language"), node.astext()
    if language == "python" and ">>> " in text:
        return page.session(text, node.line or 0)
    return page.console(text) if language == "console" else ""


def _drawn(app: Sphinx, made: Any, name: str, node: Any) -> nodes.Node:
    """Write what was drawn to a file, and return the image of it."""
    folder = Path(app.outdir) / PICTURES
    folder.mkdir(exist_ok=True)
    if isinstance(made, Path):  # a file that the page has written
        path = folder / f"{name}{made.suffix}"
        path.write_bytes(made.read_bytes())
    else:
        path = folder / f"{name}.svg"
        made.save(path)
    return image(path, f"{'../' * app.env.docname.count('/')}{PICTURES}/{path.name}", node["alt"])


def image(path: Path, address: str, what: str) -> nodes.Node:
    """Return an image of a file, with what one sees on it."""
    html = f'<p class="made"><img src="{address}" alt="{escape(what)}" {_size(path)}></p>'
    return nodes.raw("", html, format="html")


def _size(path: Path) -> str:
    """Return the size of an image, so that the page does not jump when it comes."""
    if path.suffix != ".svg":
        from PIL import Image

        width, height = Image.open(io.BytesIO(path.read_bytes())).size
        return f'width="{width // 2}" height="{height // 2}"' if path.suffix == ".png" else f'width="{width}"'
    import xml.etree.ElementTree as tree

    root = tree.parse(path).getroot()
    pixels = [float(root.get(side, "0").removesuffix("pt")) for side in ("width", "height")]
    larger = 4 / 3 if root.get("width", "").endswith("pt") else 1.0
    width, height = (round(number * larger) for number in pixels)
    return f'width="{width}" height="{height}"'


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives."""
    app.add_node(picture)
    app.add_directive("file", File)
    app.add_directive("picture", PictureDirective)
    app.add_directive("answer", Answer)
    app.connect("doctree-read", ran)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
