"""`glassneuron export`: the page as one file."""

from __future__ import annotations

from pathlib import Path

from glassneuron import checks
from glassneuron.cli.options import can_put
from glassneuron.data.atomic import write_whole
from glassneuron.errors import problem


def export_live(live: Path | None, lesson: str | None, table: Path | None, target: str | None) -> None:
    """Write the page with a lesson, or with a table of the user's, to an HTML file."""
    from glassneuron.views.live.live_page import live_page
    from glassneuron.views.playground.lessons import TABS, lessons
    from glassneuron.views.playground.tables import Tables, from_file

    if live is None:
        raise problem("export-what")
    if live.suffix.lower() not in (".html", ".htm"):
        raise problem("parameter", name="live", rule="a file that ends in .html", value=str(live))
    can_put(live, "live", table)
    if lesson is not None:
        checks.choice("lesson", lesson, tuple(TABS))
    if table is None and target is not None:
        raise problem("parameter", name="target", rule="left out without a --table", value=target)
    own = None if table is None else from_file(table, target)
    text = live_page({"lesson": lesson or (None if own is None else "data")}, lessons(Tables(), own)).encode()
    write_whole(live, text)
    print(f"{live}: {len(text) / 1000:.0f} kB; it opens in a browser, without a server and without a network")
