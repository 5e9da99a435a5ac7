"""The terminal: headings and progress bars for a person, plain text for a program, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from glassneuron.progress import bar

if TYPE_CHECKING:  # not at run time: it would load NumPy for `--help`
    from glassneuron.learning.history import History, OnEpoch


class Interrupted(Exception):
    """Ctrl-C, when there is something to say about what was saved."""


def heading(text: str) -> None:
    """Print a heading: bold in a terminal, underlined in plain text."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(text, style="bold", markup=False)
    else:
        print(f"{text}\n{'-' * len(text)}")


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Yield a function that tells whether Ctrl-C was pressed; a second Ctrl-C stops at once.

    Python hears of all that were pressed within one piece of compiled work as if they were one; so each also writes a
    byte into a pipe, and those are counted.
    """
    presses = 0
    heard, told = os.pipe()
    for end in (heard, told):
        os.set_blocking(end, False)

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal presses
        try:
            presses += max(1, os.read(heard, 1000).count(number))
        except BlockingIOError:
            presses += 1
        if presses > 1:
            raise KeyboardInterrupt
        if sys.stderr.isatty():
            print("\nstopping as soon as nothing is lost; press Ctrl-C again to stop at once", file=sys.stderr)

    before = signal.signal(signal.SIGINT, interrupt)
    written_to = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        yield lambda: presses > 0
    finally:
        signal.set_wakeup_fd(written_to)
        signal.signal(signal.SIGINT, before)
        os.close(heard)
        os.close(told)


@contextmanager
def progress(epochs: int, unit: str = "epoch", *, by_mistakes: bool = True) -> Iterator[OnEpoch]:
    """Show a progress bar in a terminal; Ctrl-C stops the training after the epoch and keeps what was learned."""
    with (
        interrupts() as interrupted,
        bar(epochs, "learning", f"{unit} {{task.completed}} of at most {{task.total}},") as tell,
    ):

        def follow(history: History) -> bool:
            mistakes, losses, validation = history.mistakes, history.losses, history.validation_losses
            state = f"{mistakes[-1]} mistakes" if mistakes and by_mistakes else f"loss {losses[-1]:.4g}"
            tell(history.epochs, state + (f", validation loss {validation[-1]:.4g}" if validation else ""))
            return interrupted()

        yield follow
