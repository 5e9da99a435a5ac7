"""`glassneuron play`: the page in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from glassneuron import checks
from glassneuron.errors import problem


def play_page(
    lesson: str | None, table: Path | None, target: str | None, port: int, allow_hosts: Sequence[str], browser: bool
) -> None:
    """Serve the playground until Ctrl-C; refuse what is wrong before the page opens."""
    for library in ("starlette", "uvicorn", "websockets"):
        if find_spec(library) is None:
            raise problem("extra", purpose="the playground", library=library, extra="play")
    from glassneuron.cli.lesson import is_file
    from glassneuron.views.live.lesson_file import read_lesson
    from glassneuron.views.playground.guard import allowed_name
    from glassneuron.views.playground.lessons import TABS
    from glassneuron.views.playground.server import serve
    from glassneuron.views.playground.tables import from_file

    checks.integer("port", port, "[0, 65535]")
    mine = read_lesson(Path(str(lesson))) if is_file(lesson) else None
    if mine is None and lesson is not None:
        checks.choice("lesson", lesson, tuple(TABS))
    if table is None and target is not None:
        raise problem("parameter", name="target", rule="left out without a --table", value=target)
    own = None if table is None else from_file(table, target)
    names = [allowed_name(name) for name in allow_hosts]
    first = mine.id if mine is not None else lesson or (None if own is None else "data")
    more = () if mine is None else (mine.to_page(),)
    serve(port or None, lesson=first, own=own, more=more, allow_hosts=names, browser=browser)
