"""The terminal: headings and progress where a person looks on, plain text where a program does."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from glassneuron.learning.history import History, OnEpoch
from glassneuron.progress import bar


def heading(text: str) -> None:
    """Print a heading: bold in a terminal, underlined in plain text."""
    if sys.stdout.isatty():
        from rich.console import Console

        Console(highlight=False).print(text, style="bold", markup=False)
    else:
        print(f"{text}\n{'-' * len(text)}")


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Take Ctrl-C as the wish to stop and keep what is there; a second one ends it all."""
    interrupted = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if interrupted:
            raise KeyboardInterrupt
        interrupted = True
        if sys.stderr.isatty():
            print("\nstopping at the next good moment; Ctrl-C once more stops at once", file=sys.stderr)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield lambda: interrupted
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress(epochs: int, unit: str = "epoch", *, by_mistakes: bool = True) -> Iterator[OnEpoch]:
    """Follow a training: a progress bar in a terminal; Ctrl-C ends it after the epoch and keeps what was learned."""
    with (
        interrupts() as interrupted,
        bar(epochs, "learning", f"{unit} {{task.completed}} of at most {{task.total}},") as tell,
    ):

        def follow(history: History) -> bool:
            mistakes, losses, watched = history.mistakes, history.losses, history.validation_losses
            course = f"{mistakes[-1]} mistakes" if mistakes and by_mistakes else f"loss {losses[-1]:.4g}"
            tell(history.epochs, course + (f", {watched[-1]:.4g} on validation rows" if watched else ""))
            return interrupted()

        yield follow


@contextmanager
def counted_progress(whole: int, noun: str) -> Iterator[tuple[Callable[[], None], Callable[[], bool]]]:
    """Follow many pieces of work: give what to call after each, and what tells whether Ctrl-C was pressed."""
    done = 0
    with interrupts() as interrupted, bar(whole, noun, "{task.completed} of {task.total}") as tell:

        def advance() -> None:
            nonlocal done
            done += 1
            tell(done, "")

        yield advance, interrupted
