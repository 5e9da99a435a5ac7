"""What the training loop asks of a rule."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning import stopping
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.history import History

State = dict[str, Array]
"""All that a training is at one moment, as arrays: parameters, slots, clocks, the seed."""
IN_TURN = "row by row, each from where the one before has led"
"""Why machines cannot share a training out, as words that follow "what learns"."""


class Algorithm:
    """A rule at work on some rows; everything that it remembers from step to step is in its state.

    Attributes
    ----------
    data : Dataset
    settings : TrainerSettings
    total : float
        The weight of all rows, by which summed losses are divided.
    unit : int
        Visits that belong together: one row, a batch, or all rows as one.
    settles : bool
        Whether an epoch without a mistake is the end.
    waits : bool
        Whether a loss that no longer falls is the end.
    can_diverge : bool
        Whether the loop has to be able to go back to the last epoch that went well.
    counts_mistakes : bool
    unit_name : str
        What an epoch is called.
    no_progress : str
        What has not happened when `missed` has not fallen.
    alone : tuple of str, or None
        Why machines cannot share it out, as words that follow "what learns", and what to choose instead.
    """

    data: Dataset
    settings: Any
    total: float
    unit = 1
    settles = False
    waits = True
    can_diverge = True
    counts_mistakes = True
    unit_name = "epoch"
    no_progress = "the mistakes have not become fewer"
    alone: tuple[str, str] | None = (IN_TURN, "another rule")

    def state(self) -> State:
        """Return a copy of everything needed to go on to the same bits."""
        raise NotImplementedError

    def restore(self, state: State) -> None:
        """Go on from a state."""
        raise NotImplementedError

    def begin_epoch(self, epoch: int) -> int:
        """Prepare an epoch, the first being 0; return how many visits it takes."""
        raise NotImplementedError

    def step(self, start: int, stop: int) -> tuple[int, float]:
        """Make some visits of the epoch that was begun; return the mistakes and the summed loss."""
        raise NotImplementedError

    def evaluate(self, data: Dataset) -> tuple[float, float]:
        """Return the fraction of wrong answers and the mean loss, on some rows, of what would answer now."""
        raise NotImplementedError

    def facts(self) -> dict[str, float]:
        """Return what the history notes of an epoch beside its loss."""
        return {}

    def prepare(self, validation: Dataset | None) -> None:
        """Refuse what does not go together, and warn, before the first epoch."""

    def epochs_at_once(self, most: int) -> int:
        """Return how many epochs can be gone through in one go where nobody looks on."""
        return 1

    def several_epochs(self, epoch: int, epochs: int) -> list[float] | None:
        """Go through several epochs; return the mean loss of each, or None if one of them did not go well."""
        raise NotImplementedError

    def end_epoch(self, mistakes: int) -> int:
        """Do what is left to do when all rows were visited; return the mistakes of the epoch."""
        return mistakes

    def is_sound(self, loss: float) -> bool:
        """Return whether the numbers are still those of a training that goes well."""
        return bool(np.isfinite(loss))

    def gives_up(self, loss: float, *, held_out: bool) -> bool:
        """Return whether a loss that no longer falls, perhaps on rows held out, is the end."""
        return self.waits

    def finished(self) -> tuple[bool, str] | None:
        """Return whether it converged, and a sentence, where the rule itself knows that it has come to its end."""
        return None

    def slow_down(self) -> bool:
        """Take shorter steps from now on, where the loss no longer falls; return False if they are the shortest."""
        return False

    def settled(self) -> tuple[bool, str]:
        """Return whether a loss that no longer falls is the lowest, and what there is to say about it."""
        return not self.settles, ""

    def on_one_thread(self) -> AbstractContextManager[None]:
        """Return what keeps matrix products to one thread, where several epochs have some."""
        return nullcontext()

    # What tol="auto" asks of a rule that counts mistakes.

    def missed(self, mistakes: int) -> float:
        """Return what has to become less for a training to go on, after an epoch with so many mistakes."""
        return float(mistakes)

    def work_of(self, epochs: int) -> float:
        """Return the multiply-adds of a training of so many epochs, and as many more as its calls cost."""
        return 0.0

    @property
    def patient(self) -> bool:
        """Whether an end that can come is waited for as long as it takes."""
        return True

    @property
    def asks_again(self) -> bool:
        """Whether it could go on, by now, from weights that have every row right, where it is known that there are."""
        return False

    def few(self, mistakes: float) -> bool:
        """Return whether so few mistakes an epoch may come to an end."""
        return False

    def hope(self, mistakes: float, first: float) -> float:
        """Return how much hope there is, up to 1, that weights that have every row right are near, to go on from."""
        return 0.0

    def wrong_neurons(self) -> Array:
        """Return the numbers of the neurons that made mistakes lately; none where all are judged as one."""
        return np.zeros(0, np.intp)

    def boundaries(self) -> Array:
        """Return the neurons that would answer now as weights for rows as they are, the bias last, one row each."""
        raise NotImplementedError

    def take_over(self, weights: Array, neurons: Array) -> bool:
        """Go on from weights, the bias last, that have every row right; return whether it does.

        They are for rows as they are, of the neurons with these numbers, or of all if there are none.
        """
        return False

    def mistake_bound(self) -> float | None:
        """Return what the weighted mistakes of a training that has converged cannot exceed, where that is known."""
        return None

    def alternative(self) -> str:
        """Return a sentence on what does better on these rows, with figures, or nothing."""
        return ""

    def out_of_epochs(self, history: History) -> str:
        """Return why it stopped when all epochs are over."""
        return stopping.out_of_epochs(history.epochs, history.losses[-1])

    def explain_divergence(self, epoch: int) -> str:
        """Return why it stopped in an epoch in which the loss exploded; warn, or raise, as the rule does."""
        raise NotImplementedError

    def take_batch_losses(self) -> list[float]:
        """Return the losses of batches since the last call, where they are kept."""
        return []
