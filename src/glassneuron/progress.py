"""A progress bar where a person looks on: in a terminal, on the error stream; nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(whole: int, what: str, count: str) -> Iterator[Callable[[int, str], None]]:
    """Show how far long work has come.

    Parameters
    ----------
    whole : int
        How much there is to do.
    what, count : str
        What is done, and how it is counted, such as ``"{task.completed} of {task.total}"``.

    Yields
    ------
    tell : callable
        Takes what is done, and a few words on how it goes.

    Examples
    --------
    >>> with bar(10, "learning", "epoch {task.completed}") as tell:  # silent: nobody looks on
    ...     tell(5, "3 mistakes")
    """
    if not sys.stderr.isatty():
        yield lambda done, course: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn(what),
        BarColumn(),
        TextColumn(f"{count} {{task.fields[course]}}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as shown:
        task = shown.add_task("", total=whole, course="")
        yield lambda done, course: shown.update(task, completed=done, course=course)
