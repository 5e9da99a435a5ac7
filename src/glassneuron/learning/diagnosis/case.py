"""A training of neurons to look at: what it left behind, and a few of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.diagnosis.finding import Finding, Outlook
from glassneuron.learning.diagnosis.table import Sample
from glassneuron.learning.history import History
from glassneuron.neurons.inference import weighted_sums

SOON = 10  # epochs within which a perceptron has to have every row right for nothing to have kept it


@dataclass(frozen=True, eq=False)
class Case:
    """A training to look at: what it left behind, some of its rows, and what all of them were asked for.

    Attributes
    ----------
    settings, l2, scaled, code, rate, fresh, settles, bias_moves
        Of the algorithm.
    weights : tuple of ndarray
        The neurons that answer: weights and biases.
    history, outlook, classes, block
        As `examine` takes them.
    sample : Sample
    data : Dataset
        The rows of the sample.
    merged : bool
        Whether equal rows were merged.
    asked : list of Finding
        What all rows were asked for.
    """

    settings: Any
    l2: float
    scaled: bool
    code: int
    rate: float
    fresh: bool
    settles: bool
    bias_moves: float
    weights: tuple[Array, Array]
    history: History
    outlook: Outlook | None
    classes: Sequence[Any] | None
    block: bool
    sample: Sample
    data: Dataset
    merged: bool
    better: str
    asked: list[Finding] = field(default_factory=list)

    @cached_property
    def sums(self) -> Array:
        """Their sums of the rows that are looked at, of shape (rows, neurons)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return weighted_sums(*self.weights, self.data.X)

    def setting(self, name: str, otherwise: Any) -> Any:
        """Return a setting that not every rule has."""
        return getattr(self.settings, name, otherwise)

    @property
    def moves(self) -> bool:
        """Whether the rule takes steps of a learning rate."""
        return self.setting("way", "online") in ("online", "batch")

    @property
    def variant(self) -> str:
        """What a perceptron keeps; empty for other rules."""
        return str(self.setting("variant", ""))

    @property
    def easy(self) -> bool:
        """Whether every row was soon right, so that nothing can have been in the way."""
        return self.settles and self.history.converged and self.history.epochs <= SOON

    def of_rows(self, some: int) -> str:
        """Say how many of the rows that are looked at."""
        kind = "different " if self.merged else ""
        return f"{some:,} of the {len(self.data.y):,} {kind}rows{'' if self.sample.whole else ' looked at'}"
