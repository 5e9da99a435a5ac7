"""Time ourselves and our peers in one run: warmed up, interleaved, medians, and ratios rather than seconds.

A row is one piece of work and the ways of doing it, ours first. Each way is called once on its own (the first call,
reported apart), then all ways take turns, so that a machine that slows down slows all of them.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from types import FrameType

Way = Callable[[], object]
PAUSE = 0.25
"""Seconds before each turn, so that threads of the one before, which wait busily for more work, have gone to sleep."""


@dataclass
class Row:
    """One piece of work.

    Attributes
    ----------
    name : str
    ours : callable
    peers : dict of str to callable, or to None where the peer is not installed
    rounds : int
        Turns that each way takes.
    repeat : int
        Calls in one turn, for work that is too short for the clock.
    note : str
        What the reader has to know, such as the goal.
    remark : callable, optional
        Gives one more line from our median in seconds.
    """

    name: str
    ours: Way
    peers: dict[str, Way | None]
    rounds: int = 7
    repeat: int = 1
    note: str = ""
    remark: Callable[[float], str] | None = None
    first: dict[str, float] = field(default_factory=dict)
    medians: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        """Fill in the first calls and the medians, in seconds a call."""
        ways = {"glassneuron": self.ours, **{k: w for k, w in self.peers.items() if w is not None}}
        for name, way in ways.items():
            self.first[name] = timed(way, 1)
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(self.rounds):
            for name, way in ways.items():
                time.sleep(PAUSE)
                timed(way, self.repeat // 10)  # a core that slept is slow at first: short work would be measured so
                times[name].append(timed(way, self.repeat))
        self.medians = {name: median(t) for name, t in times.items()}

    def lines(self) -> Iterable[str]:
        """Tell what came out."""
        yield self.name + (f"   ({self.note})" if self.note else "")
        ours = self.medians["glassneuron"]
        yield f"    {'glassneuron':<28} {seconds(ours):>10}   first call {seconds(self.first['glassneuron'])}"
        for peer, way in self.peers.items():
            if way is None:
                yield f"    {peer:<28} {'-':>10}   not installed, skipped"
            else:
                ratio = self.medians[peer] / ours
                yield (f"    {peer:<28} {seconds(self.medians[peer]):>10}   {ratio:.3g} x the time of glassneuron")
        if self.remark is not None:
            yield f"    {self.remark(ours)}"


class TooLong(Exception):
    """Work that took longer than it was given."""


@contextmanager
def at_most(limit: float) -> Iterator[None]:
    """Interrupt what goes on for longer than a limit in seconds; a call into C or a compiler ends first."""

    def interrupt(_: int, frame: FrameType | None) -> None:
        while frame is not None:
            if "numba/core" in frame.f_code.co_filename:  # a compiler that is interrupted stays broken
                signal.setitimer(signal.ITIMER_REAL, 0.5)
                return
            frame = frame.f_back
        raise TooLong

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def timed(way: Way, repeat: int) -> float:
    start = time.perf_counter()
    for _ in range(repeat):
        way()
    return (time.perf_counter() - start) / max(repeat, 1)


def seconds(value: float) -> str:
    if value != value:
        return "-"
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"
