"""The reference of the command, from what `--help` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main
from sphinx.application import Sphinx

from glassneuron.cli.app import app as command

MARK = "<!-- commands -->"


def described() -> str:
    """Return all commands in Markdown, with arguments and options."""
    group = typer.main.get_command(command)
    return "\n".join(_lines(group, "glassneuron", "##"))


def _lines(parent: Any, path: str, heading: str) -> Iterator[str]:
    for name, each in parent.commands.items():
        called = f"{path} {name}"
        context = each.make_context(called, [], resilient_parsing=True)
        usage = " ".join(piece for piece in each.collect_usage_pieces(context))
        yield from (
            "",
            f"{heading} {called}",
            "",
            "```text",
            f"{called} {usage}",
            "```",
            "",
            _plain(each.help or ""),
            "",
        )
        for param in each.get_params(context):
            record = param.get_help_record(context)
            if record is None or param.name == "help":
                continue
            how, what = record
            yield from (f"`{' '.join(how.split())}`", f": {_plain(what)}", "")
        if hasattr(each, "commands"):
            yield from _lines(each, called, heading + "#")


def _plain(text: str) -> str:
    """Return text in which Markdown finds nothing to do."""
    paragraphs = (" ".join(part.split()) for part in text.split("\n\n"))
    return "\n\n".join(paragraphs).translate({ord(mark): f"\\{mark}" for mark in "*_[]<>$`"})


def read(app: Sphinx, name: str, source: list[str]) -> None:
    """Put the reference where a page asks for it."""
    if MARK in source[0]:
        source[0] = source[0].replace(MARK, described())


def setup(app: Sphinx) -> dict[str, Any]:
    """Listen to what is read."""
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
