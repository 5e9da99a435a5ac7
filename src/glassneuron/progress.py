"""A progress bar on the error stream, in a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(whole: int | None, what: str, count: str) -> Iterator[Callable[[int, str], None]]:
    """Show the progress of long work.

    Parameters
    ----------
    whole : int, or None
        How much there is to do, where that is known.
    what, count : str
        What is being done, and how it is counted, such as ``"{task.completed} of {task.total}"``.

    Yields
    ------
    tell : callable
        Takes how much is done, and a few words on how it goes.

    Examples
    --------
    >>> with bar(10, "learning", "epoch {task.completed}") as tell:  # silent outside a terminal
    ...     tell(5, "3 mistakes")
    """
    if not sys.stderr.isatty():
        yield lambda done, state: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn(what),
        BarColumn(),
        TextColumn(f"{count} {{task.fields[state]}}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as shown:
        task = shown.add_task("", total=whole, state="")
        yield lambda done, state: shown.update(task, completed=done, state=state)
