"""The page as a widget of a notebook, by anywidget; beside it, always, a still picture, a sentence and a table."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from glassneuron.engine.javascript import kernel_source, module, sources
from glassneuron.errors import problem
from glassneuron.views.live.bundle import joined
from glassneuron.views.live.live_page import PAGE, verdict_of

CELL = ".glassneuron-cell"
IN_A_CELL = f"""
{CELL} {{ container: glassneuron-cell / inline-size; color-scheme: light; }}
{CELL} .glassneuron {{ min-height: 0; font-size: 14px; border: 1px solid var(--line); border-radius: 10px; }}
{CELL} .intro {{ border-radius: 10px 10px 0 0; }}
{CELL} .rows {{ font-size: 0.82rem; }}
{CELL} .rows th, {CELL} .rows td {{ padding: 0.2rem; }}
{CELL} header, {CELL} .skip {{ display: none; }}
{CELL} h1 {{ font-size: 1.15rem; }}
{CELL} .bar-below {{ position: static; border: solid var(--line); border-width: 1px 0; margin-top: 0.5rem; }}
@container glassneuron-cell (min-width: 51rem) {{
  {CELL} .columns:not(.with-data) {{
    grid-template-columns: minmax(15rem, 1.1fr) minmax(17rem, 1.3fr) minmax(14rem, 1.1fr);
  }}
}}
"""


@cache
def code() -> str:
    """Return the page's modules, the textbook and what joins them to a notebook as one module."""
    modules = {path.name: path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.js"))}
    own = Path(__file__).with_name("notebook.js").read_text(encoding="utf-8")
    modules |= {"kernels.js": module(), "style.js": f"export const style = {json.dumps(style())};", "notebook.js": own}
    text = joined(modules, "notebook.js", exports=("initialize", "render"))
    return f"{text}\nexport default {{ initialize, render }};\n"


def style() -> str:
    """Return the page's style for a cell, whose width counts and not that of the window."""
    text = (PAGE / "style.css").read_text(encoding="utf-8")
    text = re.sub(r"^body \{[^}]*\}\n", "", text, flags=re.MULTILINE)
    return text.replace("@media (max-width:", "@container glassneuron-cell (max-width:") + IN_A_CELL


def data_of(lesson: dict[str, Any], *, live: bool) -> dict[str, Any]:
    """Return what the page is told: a lesson, what is proved of its rows, and the code behind its numbers."""
    verdict = verdict_of(lesson["spec"])
    kernels = set(re.findall(r"sourceButton\([^)]*", code()))
    used = {name for call in kernels for name in re.findall(r'"(\w+)"', call)}
    return {
        "lessons": [lesson], "first": lesson["id"], "state": {"lesson": lesson["id"]}, "live": live,
        "verdicts": [] if verdict is None else [verdict],
        "sources": {name: kernel_source(name) for name in sources() if name in used},
    }  # fmt: skip


@cache
def kind() -> Any:
    """Return the class of the widget, made when the first one is: importing the package imports no notebook."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        raise problem("extra", purpose="playing in a notebook", library="anywidget", extra="notebook") from None

    class Played(anywidget.AnyWidget):
        """The page in a cell."""

        _esm = code()
        data = traitlets.Dict().tag(sync=True)
        frames: Any = traitlets.List().tag(sync=True)
        fits = traitlets.Int(0).tag(sync=True)
        why = traitlets.Unicode(None, allow_none=True).tag(sync=True)

        def __init__(self, lesson: dict[str, Any], still: dict[str, str], *, live: bool = False) -> None:
            super().__init__(data=data_of(lesson, live=live))
            self.still = still

        def _repr_mimebundle_(self, **kwargs: Any) -> Any:
            view: Any = super()._repr_mimebundle_(**kwargs)
            return ({**view[0], **self.still}, *view[1:])

    return Played
