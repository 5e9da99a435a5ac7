"""The terminal: headings and progress where a person looks on, plain text where a program does."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from glassneuron.learning.history import History, OnEpoch


def heading(text: str) -> None:
    """Print a heading: bold in a terminal, underlined in plain text."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(text, style="bold", markup=False)
    else:
        print(f"{text}\n{'-' * len(text)}")


@contextmanager
def progress(epochs: int) -> Iterator[OnEpoch]:
    """Follow a training: a progress bar in a terminal; Ctrl-C ends it after the epoch and keeps what was learned."""
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            raise KeyboardInterrupt
        interrupted = True

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        if not sys.stderr.isatty():
            yield lambda history: interrupted
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        bar = Progress(
            TextColumn("learning"),
            BarColumn(),
            TextColumn("epoch {task.completed} of at most {task.total}, {task.fields[course]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        with bar:
            task = bar.add_task("", total=epochs, course="")

            def follow(history: History) -> bool:
                mistakes, losses = history.mistakes, history.losses
                course = f"{mistakes[-1]} mistakes" if mistakes else f"loss {losses[-1]:.4g}"
                bar.update(task, completed=history.epochs, course=course)
                return interrupted

            yield follow
    finally:
        signal.signal(signal.SIGINT, before)
