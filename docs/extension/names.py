"""The reference of the public names, from their docstrings: a page names them, and gets a table and all they say."""

from __future__ import annotations

import inspect
import re
from typing import Any

from sphinx.application import Sphinx

import glassneuron
from glassneuron import errors

ERRORS = "<!-- errors -->"
ASKED = re.compile(r"<!-- names: ([\w\s]+) -->")


def described(names: list[str]) -> str:
    """Return names in Markdown: a line for each, then each in full."""
    lines = ["| name | what it is |", "|---|---|"]
    for name in names:
        doc = inspect.getdoc(getattr(glassneuron, name)) or ""
        first = " ".join(doc.split("\n\n")[0].split()).replace("|", "\\|")
        lines.append(f"| [`{name}`](#glassneuron.{name}) | {first} |")
    for name in names:
        kind = "autoclass" if inspect.isclass(getattr(glassneuron, name)) else "autofunction"
        more = "\n   :members:\n   :inherited-members:" if kind == "autoclass" else ""
        lines += ["", f"## {name}", "", "```{eval-rst}", f".. {kind}:: glassneuron.{name}{more}", "```"]
    return "\n".join(lines)


def read(app: Sphinx, page: str, source: list[str]) -> None:
    """Put the names, or the tree of errors, where a page asks for them."""
    if ERRORS in source[0]:
        tree = (errors.__doc__ or "").split("::\n\n", 1)[1].split("\n\nEach message", 1)[0]
        source[0] = source[0].replace(ERRORS, f"```text\n{inspect.cleandoc(tree)}\n```")
    source[0] = ASKED.sub(lambda found: described(found[1].split()), source[0])


def left_out(app: Sphinx, what: str, name: str, member: Any, skip: bool, options: Any) -> bool | None:
    """Leave out what other libraries add to a class: it has its place in their reference."""
    of = getattr(member, "fget", None) or getattr(member, "__func__", member)
    module = getattr(of, "__module__", None)
    return True if module is None or not module.startswith("glassneuron") or not inspect.getdoc(member) else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Listen to what is read and documented."""
    app.connect("source-read", read)
    app.connect("autodoc-skip-member", left_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
