"""When to stop: a loss that no longer falls."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Patience:
    """Wait for a loss to fall, but not for ever.

    Attributes
    ----------
    tolerance : float
        A fall by less than this does not count.
    patience : int
        Epochs in a row without a fall after which to stop.
    best : float
        The lowest loss so far.
    best_epoch : int
        When that was, from 1.

    Examples
    --------
    >>> waiting = Patience(tolerance=0.1, patience=2)
    >>> [waiting.exhausted(loss) for loss in (1.0, 0.5, 0.45, 0.41)]
    [False, False, False, True]
    """

    tolerance: float
    patience: int
    best: float = math.inf
    best_epoch: int = 0
    epochs: int = 0
    waited: int = 0

    def exhausted(self, loss: float) -> bool:
        """Take in the loss of one more epoch; tell whether it is time to stop."""
        self.epochs += 1
        self.waited = 0 if loss < self.best - self.tolerance else self.waited + 1
        if loss < self.best:
            self.best, self.best_epoch = loss, self.epochs
        return self.waited >= self.patience

    @property
    def improved(self) -> bool:
        """Whether the last epoch was the best so far."""
        return self.best_epoch == self.epochs
