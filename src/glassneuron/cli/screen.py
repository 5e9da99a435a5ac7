"""The terminal: headings and progress bars for a person, plain text for a program, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

from glassneuron.progress import bar

if TYPE_CHECKING:  # not at run time: it would load NumPy for `--help`
    from glassneuron.learning.history import History
    from glassneuron.learning.trainer import Frame


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


@dataclass
class Follow:
    """Shows how a training goes, and tells it to stop after Ctrl-C; `row` is the size of a row in bytes."""

    tell: Callable[[int, str], None]
    interrupted: Callable[[], bool]
    by_mistakes: bool
    row: int
    _state: str = ""
    _rows: int = 0
    _since: float = field(default_factory=time.perf_counter)

    def __call__(self, history: History) -> bool:
        """Show where an epoch has come to."""
        mistakes, losses, validation = history.mistakes, history.losses, history.validation_losses
        self._state = f"{mistakes[-1]} mistakes" if mistakes and self.by_mistakes else f"loss {losses[-1]:.4g}"
        self._state += f", validation loss {validation[-1]:.4g}" if validation else ""
        self.tell(history.epochs, self._state)
        return self.interrupted()

    def within(self, frame: Frame) -> bool:
        """Show how far an epoch is."""
        now, before = time.perf_counter(), self._since
        speed = (frame.stop - frame.start) * self.row / max(now - before, 1e-9) / 1e9
        self._since = now
        if self.row and frame.start:  # else it is one piece, or the time before it is not its own
            state = f"row {frame.stop:,} of epoch {frame.epoch}, {speed:.2g} GB/s"
            self.tell(frame.epoch - 1, f"{self._state}; {state}" if self._state else state)
        return self.interrupted()


@contextmanager
def progress(epochs: int, unit: str = "epoch", *, by_mistakes: bool = True, row: int = 0) -> Iterator[Follow]:
    """Show a progress bar in a terminal; Ctrl-C stops the training, of a large table within an epoch, and keeps it."""
    with (
        interrupts() as interrupted,
        bar(epochs, "learning", f"{unit} {{task.completed}} of at most {{task.total}},") as tell,
    ):
        yield Follow(tell, interrupted, by_mistakes, row)
