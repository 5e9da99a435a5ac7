"""What happened in each epoch of a training, and why it stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from glassneuron.display import Displayed

COLUMNS = {
    "mistakes": "mistakes",
    "loss": "losses",
    "validation_loss": "validation_losses",
    "validation_mistakes": "validation_mistakes",
    "weighted_mistakes": "weighted_mistakes",
    "learning_rate": "learning_rates",
    "norm": "norms",
    "seconds": "seconds",
}
"""The columns of the table, and the attributes that hold them."""
SHOWN = {
    "mistakes": "mistakes",
    "weighted_mistakes": "weighted",
    "loss": "loss",
    "validation_loss": "validation",
    "learning_rate": "rate",
}
"""The columns that are printed, and their heads."""


@dataclass
class History(Displayed):
    """One training as a table: a row per epoch, with the columns below.

    Attributes
    ----------
    mistakes : list of int
        Wrong answers in each epoch, at the moment when each row was visited; empty for networks.
    seconds : list of float
        Duration of each epoch.
    converged : bool
        Whether the rule had nothing left to change.
    why_stopped : str
        One sentence.
    losses : list of float
        Mean loss of each epoch, without penalties. A perceptron's is how far wrong sums are on the wrong side.
    validation_losses, validation_mistakes : lists of float
        Mean loss, and fraction of wrong answers, after each epoch on rows that were held out.
    weighted_mistakes : list of float
        Of perceptrons in shards: mistakes so far, each divided by the number of shards.
    mistake_bound : float or None
        What those cannot exceed, where it is known: (R / gamma)^2, R being the length of the longest row and gamma
        the margin of weights that have every row right.
    learning_rates : list of float
        Of each epoch; of Newton's method and L-BFGS the fraction of the step that was taken.
    norms : list of float
        Length of all weights together after each epoch, biases not included.
    batch_losses : list of float
        Mean loss of each batch, where that was asked for.
    diverged : bool
        Whether the loss exploded.

    Examples
    --------
    >>> print(History([2, 0], [0.1, 0.1], True, "an epoch without a mistake"))
    epoch  mistakes
        1         2
        2         0
    stopped: an epoch without a mistake
    """

    mistakes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    converged: bool = False
    why_stopped: str = "not started"
    losses: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    validation_mistakes: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    batch_losses: list[float] = field(default_factory=list)
    diverged: bool = False
    weighted_mistakes: list[float] = field(default_factory=list)
    mistake_bound: float | None = None

    def append(self, **row: float) -> None:
        """Add an epoch: a value for each column that is kept."""
        for name, value in row.items():
            getattr(self, COLUMNS[name]).append(value)

    def drop_last(self, batches: int) -> None:
        """Take back the last epoch, which had so many batches."""
        self.batch_losses = self.batch_losses[: max(0, len(self.batch_losses) - batches)]
        for name in COLUMNS.values():
            del getattr(self, name)[-1:]

    def after(self, before: History | None) -> History:
        """Return the table of a training and of this one, which went on from there; neither is changed."""
        if before is None:
            before = History()
        joined = {
            name: getattr(before, name) + value if isinstance(value, list) else value
            for name, value in vars(self).items()
        }
        return History(**joined | ({} if self.diverged else {"why_stopped": "partial_fit: each call trains further"}))

    @property
    def epochs(self) -> int:
        """Number of epochs."""
        return max(len(self.mistakes), len(self.losses))

    @property
    def table(self) -> dict[str, list[Any]]:
        """The table, column by column.

        Examples
        --------
        >>> History([2, 0], losses=[0.5, 0.0]).table
        {'epoch': [1, 2], 'mistakes': [2, 0], 'loss': [0.5, 0.0]}
        """
        columns = {name: getattr(self, attribute) for name, attribute in COLUMNS.items()}
        return {"epoch": list(range(1, self.epochs + 1))} | {k: list(v) for k, v in columns.items() if v}

    def to_arrow(self) -> Any:
        """Return the table as a `pyarrow.Table`."""
        import pyarrow

        return pyarrow.table(self.table)

    def to_pandas(self) -> Any:
        """Return the table as a `pandas.DataFrame`."""
        import pandas

        return pandas.DataFrame(self.table)

    def __str__(self) -> str:
        constant = len(set(self.learning_rates)) <= 1
        table = {SHOWN[k]: v for k, v in self.table.items() if k in SHOWN and not (k == "learning_rate" and constant)}
        table = table or {"mistakes": []}
        rows = [
            f"{epoch + 1:>5}"
            + "".join(f"  {_cell(values, epoch):>{max(len(name), 8)}}" for name, values in table.items())
            for epoch in range(self.epochs)
        ]
        if len(rows) > 20:
            rows = [*rows[:10], f"{'...':>5}", *rows[-9:]]
        head = "epoch" + "".join(f"  {name:>{max(len(name), 8)}}" for name in table)
        bound = []
        if self.mistake_bound is not None:
            most = f"{self.mistake_bound:,.6g}"
            bound = [f"weighted mistakes: {self.weighted_mistakes[-1]:,.6g}, of (R / gamma)^2 = {most} at most"]
        return "\n".join([head, *rows, *bound, f"stopped: {self.why_stopped}"])


def _cell(values: Sequence[float], epoch: int) -> str:
    value = values[epoch] if epoch < len(values) else ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


OnEpoch = Callable[[History], Any]
"""Called after each epoch with the history so far; returning True stops the training."""
