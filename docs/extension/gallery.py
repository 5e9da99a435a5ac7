"""The gallery: every script of `docs/gallery` runs, and stands in the page with its picture."""

from __future__ import annotations

import ast
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from extension.pages import PICTURES, image

MARK = "<!-- gallery -->"
FOLDER = Path(__file__).parents[1] / "gallery"


def described() -> Iterator[str]:
    """Yield a section for each script."""
    for script in sorted(FOLDER.glob("*.py")):
        title, _, more = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or "").partition(": ")
        sentence = f"{more[:1].upper()}{more[1:]}" if more else ""
        yield f"\n## {title.rstrip('.')}\n\n{sentence}\n\n```{{gallery}} {script.name}\n```\n"


class Gallery(SphinxDirective):
    """A script, run, with its picture and its code."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Run the script into the folder of pictures."""
        script = FOLDER / self.arguments[0]
        self.env.note_dependency(str(script))
        folder = Path(self.env.app.outdir) / PICTURES / "gallery"
        folder.mkdir(parents=True, exist_ok=True)
        before, sys.argv = sys.argv, [str(script), str(folder)]
        try:
            runpy.run_path(str(script), run_name="__main__")
        finally:
            sys.argv = before
        (made,) = folder.glob(f"{script.stem}.*")
        text = script.read_text(encoding="utf-8")
        what = ast.get_docstring(ast.parse(text)) or ""
        code = "\n".join(line for line in text.split('"""', 2)[2].strip().splitlines())
        return [
            image(made, f"../{PICTURES}/gallery/{made.name}", what),
            nodes.literal_block(code, code, language="python"),
        ]


def read(app: Sphinx, name: str, source: list[str]) -> None:
    """Put the gallery where a page asks for it."""
    if MARK in source[0]:
        source[0] = source[0].replace(MARK, "".join(described()))


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directive, and listen to what is read."""
    app.add_directive("gallery", Gallery)
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
