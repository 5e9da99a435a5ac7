"""When a training stops, and the sentence that says why."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class EarlyStopping:
    """Wait for a loss to fall by more than `tol`, for `patience` epochs; keep the best so far, and when it was, from 1.

    Examples
    --------
    >>> waiting = EarlyStopping(tol=0.1, patience=2)
    >>> [waiting.exhausted(loss) for loss in (1.0, 0.5, 0.45, 0.41)]
    [False, False, False, True]
    """

    tol: float
    patience: int
    best: float = math.inf
    best_epoch: int = 0
    epochs: int = 0
    waited: int = 0

    def exhausted(self, loss: float) -> bool:
        """Take in the loss of one more epoch; return whether it is time to stop."""
        self.epochs += 1
        self.waited = 0 if loss < self.best - self.tol else self.waited + 1
        if loss < self.best:
            self.best, self.best_epoch = loss, self.epochs
        return self.waited >= self.patience

    @property
    def improved(self) -> bool:
        """Whether the last epoch was the best so far."""
        return self.best_epoch == self.epochs


def stopped_by_callback(epochs: int, unit: str) -> str:
    """Return why a training stopped that somebody asked to stop."""
    return f"stopped by the callback after {unit} {epochs}"


def stopped_within(epoch: int, visit: int, visits: int) -> str:
    """Return why a training stopped that somebody asked to stop in the middle of an epoch."""
    return f"stopped within epoch {epoch}, after {visit:,} of its {visits:,} rows"


def no_mistakes(epochs: int) -> str:
    """Return why a training stopped that had nothing left to learn."""
    return f"epoch {epochs} passed without a mistake: every row is answered right"


def no_improvement(waiting: EarlyStopping, loss: float, *, held_out: bool) -> str:
    """Return why a training stopped whose loss no longer fell."""
    where = " on the validation rows" if held_out else ""
    least = f" by tol={waiting.tol:g}" if waiting.tol else ""
    plural = "s" * (waiting.patience != 1)
    return f"the loss{where} has not improved{least} for {waiting.patience} epoch{plural}; it is {loss:.4g}"


def nothing_to_win(patience: int, what: str) -> str:
    """Return why a perceptron stopped that has no prospect of an epoch without a mistake."""
    return f"{what} for {patience} epoch{'s' * (patience != 1)}"


def taken_over(epoch: int) -> str:
    """Return what is added where weights were found otherwise than by the rule."""
    return f"; after epoch {epoch} it took over weights that a search for a proof had found"


def pocket_right(epochs: int, competing: bool) -> str:
    """Return why a pocket perceptron stopped that has nothing left to learn."""
    return f"after epoch {epochs} the {'layer' if competing else 'neuron'} in the pocket has every row right"


def mean_lags_behind(epochs: float, left: int) -> str:
    """Return why an averaged perceptron stopped that has nothing left to learn, but whose mean is not right yet."""
    return (
        f"the neuron itself has every row right; its mean would follow after {epochs:,.0f} more epochs in which "
        f"nothing else changes, and max_epochs leaves {left:,}"
    )


def out_of_epochs(epochs: int, loss: float) -> str:
    """Return why a training stopped that has gone through all its epochs."""
    return f"reached max_epochs={epochs}; the last loss is {loss:.4g}"


def settled(epochs: int, loss: float) -> str:
    """Return why a training stopped whose rate has fallen to nothing."""
    return f"settled: the learning rate has fallen to nothing in {epochs} epochs; the last loss is {loss:.4g}"


def still_mistakes(epochs: int, mistakes: int) -> str:
    """Return why a training stopped that has gone through all its epochs and still makes mistakes."""
    epoch, mistake = "epoch" + "s" * (epochs != 1), "mistake" + "s" * (mistakes != 1)
    return f"did not converge in {epochs} {epoch}: {mistakes} {mistake} in the last one"


def best_epoch_kept(epoch: int, unit: str) -> str:
    """Return what is added where an earlier epoch was better on the validation rows."""
    return f"; the weights of {unit} {epoch} are kept, the best on the validation rows"


def diverged(epoch: int, rate: float) -> str:
    """Return why a training stopped whose loss exploded."""
    return f"training diverged in epoch {epoch}: learning_rate={rate:.3g} is too large"
