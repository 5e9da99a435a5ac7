"""The page as one file: it opens without a server or a network, trains by itself, and proves what it carries."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from glassneuron.engine.javascript import kernel_source, module, sources
from glassneuron.views.live.bundle import joined
from glassneuron.views.playground.gates import gates
from glassneuron.views.playground.lessons import lessons as built_in
from glassneuron.views.playground.tables import Tables
from glassneuron.views.playground.verdicts import MOST_ROWS, prove

PAGE = Path(__file__).parents[1] / "playground" / "page"
STYLE_TAG, SCRIPT_TAG = '<link rel="stylesheet" href="style.css">', '<script type="module" src="start.js"></script>'


def live_page(state: dict[str, Any], lessons: Sequence[dict[str, Any]] | None = None) -> str:
    """Return the page as the text of one HTML file.

    Parameters
    ----------
    state : dict
        What the page shows first: "lesson", the id of one; "screen", what that holds; "hide", what is hidden.
    lessons : sequence of dict, optional
        Those that the file carries; by default the built-in ones.

    Examples
    --------
    >>> text = live_page({"lesson": "xor"})
    >>> "http://" in text.replace("http://www.w3.org/", ""), len(text) < 500_000
    (False, True)
    """
    carried = [_alone(lesson) for lesson in (built_in(Tables()) if lessons is None else lessons)]
    code, used = _code()
    data = {
        "lessons": carried, "first": state.get("lesson"), "state": state, "gates": gates(),
        "verdicts": [verdict for lesson in carried if (verdict := verdict_of(lesson["spec"])) is not None],
        "sources": {name: kernel_source(name) for name in used},
    }  # fmt: skip
    style = _embedded((PAGE / "style.css").read_text(encoding="utf-8"), "style")
    policy = (
        f"default-src 'none'; script-src '{_digest(code)}'; style-src '{_digest(style)}'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    title = next((lesson["title"] for lesson in carried if lesson["id"] == state.get("lesson")), "glassneuron")
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n    <style>{style}</style>'
    scripts = f'<script type="application/json" id="glassneuron-data">{_json(data)}</script>\n'
    scripts += f'<script type="module">{code}</script>\n'
    for tag, text in (
        (STYLE_TAG, head), (SCRIPT_TAG, ""), ("</body>", f"{scripts}</body>"),
        ("<title>glassneuron</title>", f"<title>{escape(title)}</title>"),
    ):  # fmt: skip
        if page.count(tag) != 1:
            raise ValueError(f"index.html should have {tag} once")
        page = page.replace(tag, text)
    return page


@cache
def _code() -> tuple[str, tuple[str, ...]]:
    """Return the page's modules and the textbook as one module, and the kernels whose code the page shows."""
    modules = {path.name: path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.js"))}
    quoted = set(re.findall(r'"(\w+)"', "\n".join(re.findall(r"sourceButton\(.*", "\n".join(modules.values())))))
    return _embedded(joined({**modules, "kernels.js": module()}, "live.js"), "script"), tuple(
        name for name in sources() if name in quoted
    )


def _alone(lesson: dict[str, Any]) -> dict[str, Any]:
    """Return a lesson that needs no table kept elsewhere."""
    lesson = {**lesson, "spec": {name: value for name, value in lesson["spec"].items() if name != "table"}}
    if "table" in lesson:
        left_out = ("id", "scaled", "y", "names", "classes")  # which the spec has, too
        lesson["table"] = {name: value for name, value in lesson["table"].items() if name not in left_out}
    return lesson


def verdict_of(spec: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is proved of a lesson's rows, where they can be asked about."""
    if spec["kind"] != "perceptron" or len(spec["classes"]) != 2 or len(spec["X"]) > MOST_ROWS:
        return None
    question = {name: spec[name] for name in ("X", "y", "names", "classes")}
    return {"X": spec["X"], "y": spec["y"], "verdict": prove(question, lambda name: {})}


def _json(data: Any) -> str:
    """Return JSON that no text in it can end: `<` is written as an escape."""
    return json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _embedded(text: str, tag: str) -> str:
    """Return code that can stand inside a tag; strings that would end it are refused."""
    if re.search(rf"</{tag}|<!--", text, re.IGNORECASE):
        raise ValueError(f"a text between <{tag}> and </{tag}> would end there")
    return text


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
