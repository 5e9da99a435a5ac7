"""`glassneuron export`: the page as one file."""

from __future__ import annotations

from pathlib import Path

from glassneuron import checks
from glassneuron.cli.lesson import is_file
from glassneuron.cli.options import can_put
from glassneuron.data.atomic import write_whole
from glassneuron.errors import problem


def export_live(
    live: Path | None, lesson: str | None, table: Path | None, target: str | None, student: int = 0
) -> None:
    """Write the page to an HTML file: with its lessons, with a table of the user's, or with a lesson file alone."""
    from glassneuron.views.live.lesson_file import read_lesson
    from glassneuron.views.live.live_page import live_page
    from glassneuron.views.playground.lessons import TABS, lessons
    from glassneuron.views.playground.tables import Tables, from_file

    if live is None:
        raise problem("export-what")
    if live.suffix.lower() not in (".html", ".htm"):
        raise problem("parameter", name="live", rule="a file that ends in .html", value=str(live))
    mine = read_lesson(Path(str(lesson)), student) if is_file(lesson) else None
    can_put(live, "live", table, None if mine is None else mine.path)
    if mine is None and lesson is not None:
        checks.choice("lesson", lesson, tuple(TABS))
    if mine is None and student:
        raise problem("parameter", name="student", rule="left out without a lesson file", value=student)
    if mine is not None and table is not None:
        raise problem(
            "parameter", name="table", rule="left out with a lesson file, which names its own", value=str(table)
        )
    if table is None and target is not None:
        raise problem("parameter", name="target", rule="left out without a --table", value=target)
    if mine is not None:
        text = live_page({"lesson": mine.id, "hide": list(mine.hide)}, [mine.to_page()]).encode()
    else:
        own = None if table is None else from_file(table, target)
        text = live_page({"lesson": lesson or (None if own is None else "data")}, lessons(Tables(), own)).encode()
    write_whole(live, text)
    print(f"{live}: {len(text) / 1000:.0f} kB; it opens in a browser, without a server and without a network")
