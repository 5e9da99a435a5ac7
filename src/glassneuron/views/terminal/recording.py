"""A training as a film: the steps of any epoch, forward and back, in bounded memory.

Only some states are kept, from which an epoch is trained again when somebody looks at it: the same bits each time.
"""

from __future__ import annotations

import time
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from glassneuron.errors import TrainingWarning
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.trainer import Frame, Trainer
from glassneuron.learning.watch.watch import steps_of
from glassneuron.views.terminal.course import Course

MOST_STATES = 64
MOST_STEPS = 5000  # that are kept beside those of the epoch that is looked at


class Recording:
    """The steps of a training, epoch by epoch; it is trained as far as somebody looks.

    Attributes
    ----------
    course : Course
    front : Trainer
        The training as far as it has come.
    over : bool
        Whether it has come to its end.
    why : str
        Why it stopped.

    Examples
    --------
    >>> from glassneuron.views.terminal.course import course, rows_of_gate
    >>> film = Recording(course(rows_of_gate("or"), rate=0.1, fixed_bias=-1.0))
    >>> [step.weighted_sum for step in film.steps(1)]
    [-1.0, -1.0, -1.0, -0.8]
    >>> film.finish(), film.epochs, film.front.history.mistakes
    (None, 10, [3, 3, 2, 2, 2, 2, 2, 2, 2, 0])
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.front = course.begin()
        self.over, self.why = False, ""
        self._frames = self.front.steps(every=1)
        self._states: dict[int, State] = {0: self.front.state()}
        self._every = 1  # epochs from one kept state to the next
        self._kept: OrderedDict[int, list[Any]] = OrderedDict()

    @property
    def epochs(self) -> int:
        """Epochs that were trained so far; the last one of a training that diverged is cut short."""
        return self.front.epoch + int(self.front.history.diverged)

    def steps(self, epoch: int) -> list[Any]:
        """Return the steps of an epoch, from 1; none of one that the training does not reach."""
        self.reach(epoch)
        if not 1 <= epoch <= self.epochs:
            return []
        if epoch not in self._kept:
            self._kept[epoch] = list(self._again(epoch))
            while len(self._kept) > 1 and sum(map(len, self._kept.values())) > MOST_STEPS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(epoch)
        return self._kept[epoch]

    def reach(self, epoch: int) -> None:
        """Train until this epoch is over."""
        while not self.over and self.front.epoch < epoch:
            self._advance()

    def finish(self, seconds: float = float("inf")) -> None:
        """Train to the end, or for so long."""
        until = time.monotonic() + seconds
        while not self.over and time.monotonic() < until:
            self._advance()

    def _advance(self) -> None:
        """Train one epoch more, and keep its state now and then."""
        if not _close_epoch(self._frames):
            self.over, self.why = True, self.front.history.why_stopped
            return
        epoch = self.front.epoch
        if epoch % self._every == 0:
            self._states[epoch] = self.front.state()
            if len(self._states) > MOST_STATES:
                self._every *= 2
                self._states = {e: state for e, state in self._states.items() if e % self._every == 0}

    def _again(self, epoch: int) -> Iterator[Any]:
        start = max(e for e in self._states if e < epoch)
        trainer = self.course.begin().restore(self._states[start])
        frames = trainer.steps(every=1)
        while trainer.epoch < epoch - 1:
            _close_epoch(frames)
        yield from steps_in(trainer, epoch)


def _close_epoch(frames: Iterator[Frame]) -> bool:
    """Go on to the end of an epoch; return False if the training ends before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)
        return any(frame.ends_epoch for frame in frames)


def steps_in(trainer: Trainer, epoch: int | None = None) -> Iterator[Any]:
    """Yield the steps of a training from where it stands: all, or those of one epoch."""
    steps = steps_of(trainer)
    while True:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TrainingWarning)
            step = next(steps, None)
        if step is None or (epoch is not None and step.epoch != epoch):
            return
        yield step
