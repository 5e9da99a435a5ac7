"""The training loop: epoch after epoch, for everything that learns."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import astuple
from typing import NamedTuple

import numpy as np

from glassneuron.engine.parts import machines_in_use
from glassneuron.errors import problem
from glassneuron.learning import stopping
from glassneuron.learning.algorithms.base import Algorithm, State
from glassneuron.learning.checkpoints.checkpoint import Checkpoint, packed, unpacked
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.history import COLUMNS, History, OnEpoch
from glassneuron.learning.prospects import Decide, Prospects
from glassneuron.learning.stopping import EarlyStopping

PIECE = 1 << 16
"""Visits between which an interrupt is heard."""
ALL_ROWS = 0
"""Stands for the end of an epoch where a frame counts visits."""


class Frame(NamedTuple):
    """A moment of a training: the epoch, from 1, and the visits of it that have just been made; 0 and 0 at its end."""

    epoch: int
    start: int
    stop: int

    @property
    def ends_epoch(self) -> bool:
        """Whether an epoch has just been closed."""
        return self.stop == ALL_ROWS


class Trainer:
    """One training: an algorithm at work, with everything that decides when it is over.

    `fit` runs it, `steps` yields it moment by moment, and at each moment `state` gives all that is needed to go on to
    the same bits, in this process or in another.

    Parameters
    ----------
    algorithm : Algorithm
    validation : Dataset, optional
        Rows held out: the weights of the epoch with the smallest loss on them are kept.
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops. If it has a method `within`, that is called with
        each frame within an epoch, and may stop there.
    decide : callable, optional
        Decides whether neurons can have every row right; where the settings say tol="auto", it is asked when the
        mistakes no longer become fewer.

    Attributes
    ----------
    history : History
    epoch, visit : int
        Epochs that are over, and visits of the one under way.
    prospects : Prospects
        What is known about the end that it can come to.

    Examples
    --------
    >>> from glassneuron.learning.algorithms.registry import algorithm_for
    >>> from glassneuron.learning.settings import PerceptronSettings
    >>> data = Dataset(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 1]))
    >>> settings = PerceptronSettings(0.1, fixed_bias=-1.0, shuffle=False)
    >>> Trainer(algorithm_for(data, settings)).fit().mistakes
    [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    """

    def __init__(
        self,
        algorithm: Algorithm,
        validation: Dataset | None = None,
        on_epoch: OnEpoch | None = None,
        decide: Decide | None = None,
    ) -> None:
        self.algorithm, self.validation, self.on_epoch = algorithm, validation, on_epoch
        settings = algorithm.settings
        self.history, self.epoch, self.visit = History(), 0, 0
        self._by_prospects = settings.tol == "auto" and validation is None
        tol = settings.tol if algorithm.waits and settings.tol not in (None, "auto") else 0.0
        self.waiting, self.prospects = EarlyStopping(tol, settings.patience), Prospects(decide)
        self.best: State = {}
        self._mistakes, self._loss, self._over = 0, 0.0, False
        self._visits = 0  # in the epoch under way
        self._unseen = False  # whether nobody looks on between two epochs
        self._asked_to_stop = False  # from where a checkpoint goes on
        self._began: State = {}  # the state at the start of this epoch, where it may be needed once more
        self._before: State = {}  # and before the last epoch that went well
        if machines_in_use() is not None and algorithm.alone is not None:
            how, instead = algorithm.alone
            raise problem("not-shared", how=how, instead=instead)
        algorithm.prepare(validation)

    def fit(self, checkpoint: Checkpoint | None = None) -> History:
        """Train until it is enough, and leave the best in the algorithm.

        With a checkpoint, go on from the state that it holds, if there is one, and write states to it on the way.
        """
        kept = None if checkpoint is None else checkpoint.load()
        if kept is not None:
            self.restore(kept)
        within = getattr(self.on_epoch, "within", None)
        alone = self.on_epoch is None and self.validation is None and checkpoint is None
        self._unseen = alone and self._ends_by_itself
        began = time.perf_counter()
        with self.algorithm.on_one_thread() if self.on_epoch is None else nullcontext():
            for frame in self.steps():
                stop = within is not None and 0 < frame.stop < self._visits and within(frame) is True
                if checkpoint is not None:
                    last = stop or self._over or self.epoch >= self.algorithm.settings.max_epochs
                    checkpoint.save(self.state(), last=last)
                if stop:
                    self._stop_within(began)
                    break
                if frame.ends_epoch:
                    began = time.perf_counter()
        return self.history

    def steps(self, every: int | None = None) -> Iterator[Frame]:
        """Train, and yield a frame after some visits and at the end of each epoch.

        Parameters
        ----------
        every : int, optional
            Visits from one frame to the next; by default as many as make an interrupt heard in time. A batch of a
            network, and all rows of a rule that looks at all of them before it moves, are visited together.
        """
        algorithm, most = self.algorithm, self.algorithm.settings.max_epochs
        while not self._over and self.epoch < most:
            began = time.perf_counter()
            if self.visit == 0 and algorithm.can_diverge:
                self._began = algorithm.state()
            together = 1 if every or self._watched else algorithm.epochs_at_once(most - self.epoch)
            if together > 1 and self.visit == 0 and self._several(together, began):
                yield Frame(self.epoch, ALL_ROWS, ALL_ROWS)
                continue
            visits, began = self._quiet_epochs(most)
            visits = self._visits = visits or algorithm.begin_epoch(self.epoch)
            size = max(1, (every or PIECE) // algorithm.unit) * algorithm.unit
            while self.visit < visits:
                start, stop = self.visit, min(visits, self.visit - self.visit % size + size)
                with np.errstate(over="ignore", invalid="ignore"):
                    mistakes, loss = algorithm.step(start, stop)
                self._mistakes, self._loss, self.visit = self._mistakes + int(mistakes), self._loss + float(loss), stop
                yield Frame(self.epoch + 1, start, stop)
                if not np.isfinite(self._loss):
                    break
            with np.errstate(over="ignore", invalid="ignore"):
                sound_now = algorithm.is_sound(self._loss / algorithm.total)
            if not sound_now:
                self._diverge(visits)
                return
            self._before = self._began
            self._close(began)
            yield Frame(self.epoch, ALL_ROWS, ALL_ROWS)
        self._finish()

    def _quiet_epochs(self, most: int) -> tuple[int, float]:
        """Go through epochs whose end decides nothing, as long as they are not without a mistake.

        Returns the visits of the last one if it has to be closed as every other, and else 0; and when the epoch that is
        to be closed began.
        """
        algorithm, history, waiting, prospects = self.algorithm, self.history, self.waiting, self.prospects
        if not self._unseen or self.visit:
            return 0, time.perf_counter()
        with np.errstate(over="ignore", invalid="ignore"):
            while self.epoch + 1 < most and (
                not self._by_prospects
                or waiting.waited + 1 < waiting.patience
                or algorithm.work_of(self.epoch + 1) < prospects.quiet_to
            ):
                began = time.perf_counter()
                visits = algorithm.begin_epoch(self.epoch)
                mistakes, loss = algorithm.step(0, min(PIECE, visits))
                for start in range(PIECE, visits, PIECE):
                    more, lost = algorithm.step(start, min(start + PIECE, visits))
                    mistakes, loss = mistakes + more, loss + lost
                none, odd = algorithm.settles and mistakes == 0, loss - loss != 0.0
                if none or odd or (algorithm.end_epoch(mistakes) == 0 and algorithm.settles) or algorithm.finished():
                    self.visit, self._mistakes, self._loss = visits, mistakes, loss
                    return visits, began
                self.epoch += 1
                waiting.exhausted(algorithm.missed(mistakes))
                row = {"loss": loss / algorithm.total, **algorithm.facts(), "mistakes": mistakes}
                history.append(**row, seconds=time.perf_counter() - began)
        return 0, time.perf_counter()

    @property
    def _ends_by_itself(self) -> bool:
        """Whether nothing but an epoch without a mistake, or the rule itself, ends a training."""
        algorithm = self.algorithm
        if algorithm.settles:
            return algorithm.settings.tol in (None, "auto")
        return algorithm.counts_mistakes and not (algorithm.waits or algorithm.can_diverge)

    @property
    def _watched(self) -> bool:
        """Whether somebody wants to look between two epochs."""
        settings = self.algorithm.settings
        return self.on_epoch is not None or self.validation is not None or settings.tol is not None

    def _several(self, epochs: int, began: float) -> bool:
        """Go through several epochs in one go; return False, with nothing changed, where that does not go well."""
        algorithm = self.algorithm
        before = algorithm.state()
        with np.errstate(over="ignore", invalid="ignore"):
            losses = algorithm.several_epochs(self.epoch, epochs)
        if losses is None:
            algorithm.restore(before)
            return False
        seconds = (time.perf_counter() - began) / epochs
        for loss in losses:
            self.history.append(loss=loss, seconds=seconds)
        self.epoch += epochs
        self._before = before
        self._take_batch_losses()
        return True

    def _close(self, began: float) -> None:
        """Note an epoch that went well, and decide whether it was the last one."""
        algorithm, history = self.algorithm, self.history
        mistakes = algorithm.end_epoch(self._mistakes)
        row: dict[str, float] = {"loss": self._loss / algorithm.total, **algorithm.facts()}
        if algorithm.counts_mistakes:
            row["mistakes"] = mistakes
        if self.validation is not None:
            wrong, row["validation_loss"] = algorithm.evaluate(self.validation)
            if algorithm.counts_mistakes:
                row["validation_mistakes"] = wrong
        history.append(**row, seconds=time.perf_counter() - began)
        self._take_batch_losses()
        self.epoch, self.visit, self._mistakes, self._loss = self.epoch + 1, 0, 0, 0.0
        watched = row.get("validation_loss", algorithm.missed(mistakes) if self._by_prospects else row["loss"])
        self._over = self._enough(mistakes, watched)
        if self.validation is not None and self.waiting.improved:
            self.best = algorithm.state()
        if not self._over:
            history.why_stopped = stopping.stopped_by_callback(self.epoch, algorithm.unit_name)
        if self.on_epoch is not None and self.on_epoch(history) is True:
            self._asked_to_stop, self._over = not self._over, True

    def _stop_within(self, began: float) -> None:
        """Stop in the middle of an epoch, with what has been learned so far; the first one counts as an epoch."""
        epoch, visit, visits = self.epoch + 1, self.visit, self._visits
        if self.epoch == 0:
            self._loss *= visits / visit
            self._close(began)
        self._over = self._asked_to_stop = True
        self.history.converged = False
        self.history.why_stopped = stopping.stopped_within(epoch, visit, visits)
        self._finish()

    def _enough(self, mistakes: int, watched: float) -> bool:
        """Decide whether the epoch just closed was the last one, and note why."""
        algorithm, history = self.algorithm, self.history
        held_out = self.validation is not None
        exhausted = self.waiting.exhausted(watched) and algorithm.gives_up(watched, held_out=held_out)
        if algorithm.settles and mistakes == 0:
            history.converged, history.why_stopped = True, stopping.no_mistakes(self.epoch)
            return True
        reason = algorithm.finished()
        if reason is not None:
            history.converged, history.why_stopped = reason
            return True
        if self._by_prospects:
            if not exhausted or not self._ended():
                return False
            what, told = algorithm.no_progress, [self.prospects.outlook, algorithm.alternative()]
            sentences = [stopping.nothing_to_win(self.waiting.patience, what), *(str(each) for each in told if each)]
            history.why_stopped = "; ".join(sentences)
            return True
        if exhausted and (algorithm.settings.tol is not None or (held_out and algorithm.counts_mistakes)):
            if algorithm.slow_down():
                self.waiting.waited = 0
                return False
            history.converged, more = algorithm.settled()
            history.why_stopped = stopping.no_improvement(self.waiting, watched, held_out=held_out) + more
            return True
        return False

    def _ended(self) -> bool:
        """Return whether an end without mistakes is out of sight."""
        algorithm, work = self.algorithm, self.algorithm.work_of(self.epoch)
        if work < self.prospects.next_look:
            return False
        lately = self.history.mistakes[-max(self.waiting.patience, self.epoch // 4) :]
        mistakes = sum(lately) / len(lately)
        few, patient, wrong = algorithm.few(mistakes), algorithm.patient, algorithm.wrong_neurons()
        prospects = self.prospects
        with np.errstate(over="ignore", invalid="ignore"):
            weights = algorithm.boundaries()
            again = algorithm.asks_again and not prospects.taken
            hope = algorithm.hope(mistakes, self.history.mistakes[0])
            ended = prospects.ended(
                work, wrong, mistakes, few=few, patient=patient, again=again, weights=weights, hope=hope
            )
            if prospects.found is None or prospects.taken or not algorithm.take_over(prospects.found, wrong):
                return ended
        prospects.taken = self.epoch
        return False

    def _finish(self) -> None:
        """Go back to the epoch that was best on the validation rows."""
        if not self._over:
            self._over, self.history.why_stopped = True, self.algorithm.out_of_epochs(self.history)
        if self.prospects.taken:
            self.history.why_stopped += stopping.taken_over(self.prospects.taken)
        if self.history.converged:
            self.history.mistake_bound = self.algorithm.mistake_bound()
        if self.best and 0 < self.waiting.best_epoch < self.history.epochs:
            self.algorithm.restore(self.best)
            self.history.why_stopped += stopping.best_epoch_kept(self.waiting.best_epoch, self.algorithm.unit_name)

    def _diverge(self, visits: int) -> None:
        """Go back to the last epoch that went well, and say that the loss exploded."""
        algorithm, history = self.algorithm, self.history
        if self._began:
            algorithm.restore(self._began)
            if self._before and not algorithm.is_sound(algorithm.evaluate(algorithm.data)[1]):
                algorithm.restore(self._before)  # it was the epoch before whose last steps led astray
                history.drop_last(batches=-(-visits // algorithm.unit))
                self.epoch -= 1
        self._over, history.diverged = True, True
        history.why_stopped = algorithm.explain_divergence(self.epoch + 1)

    def _take_batch_losses(self) -> None:
        self.history.batch_losses += self.algorithm.take_batch_losses()

    def state(self) -> State:
        """Return everything that is needed to go on to the same bits, as arrays: what a checkpoint holds."""
        state = dict(self.algorithm.state())
        over = self._over and not self._asked_to_stop
        state["trainer.place"] = np.array([self.epoch, self.visit, self._mistakes, over])
        state["trainer.loss"] = np.array([self._loss])
        state["trainer.prospects"] = self.prospects.state()
        state["trainer.outlook"] = packed(self.prospects.outlook_as_facts())
        state["trainer.waiting"] = np.array(astuple(self.waiting), np.float64)
        for name in (*COLUMNS.values(), "batch_losses"):
            state[f"history.{name}"] = np.array(getattr(self.history, name))
        history = self.history
        state["history.end"] = packed([history.converged, history.why_stopped, history.diverged])
        for room, kept in (("best", self.best), ("began", self._began), ("before", self._before)):
            state |= {f"{room}.{name}": value for name, value in kept.items()}
        return state

    def restore(self, state: State) -> Trainer:
        """Go on from where another trainer of the same data and settings gave its `state`."""
        parts: dict[str, State] = {"": {}, "trainer": {}, "history": {}, "best": {}, "began": {}, "before": {}}
        for name, value in state.items():
            room, _, rest = name.partition(".")
            parts[room if room in parts else ""][rest if room in parts else name] = value
        self.algorithm.restore(parts[""])
        self.best, self._began, self._before = parts["best"], parts["began"], parts["before"]
        self.epoch, self.visit, self._mistakes, over = map(int, parts["trainer"]["place"])
        self._over, self._loss = bool(over), float(parts["trainer"]["loss"][0])
        self.prospects.restore(parts["trainer"]["prospects"], unpacked(parts["trainer"]["outlook"]))
        tol, patience, best, *counts = parts["trainer"]["waiting"].tolist()
        self.waiting = EarlyStopping(tol, int(patience), best, *map(int, counts))
        for name in (*COLUMNS.values(), "batch_losses"):
            setattr(self.history, name, parts["history"][name].tolist())
        history = self.history
        history.converged, history.why_stopped, history.diverged = unpacked(parts["history"]["end"])
        return self
