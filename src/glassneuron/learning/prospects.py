"""Whether more epochs can help a perceptron whose mistakes no longer become fewer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.diagnosis.finding import Outlook

Decide = Callable[[float, Array], Outlook]
"""Takes how many multiply-adds it may take, and the numbers of the neurons in question."""

LOOKS = 4
"""How often it is looked at, with twice the work behind it each time, where there is nobody to decide."""


@dataclass
class Prospects:
    """What is known of a training about the end that it can come to.

    Where a loss has stopped falling, `ended` asks for a proof, which may take as much work as the training so far. What
    stays undecided is asked again when the training has doubled, unless so many rows are still missed that there is
    hardly hope.

    Attributes
    ----------
    decide : callable, optional
        Without it, nothing is known.
    can : bool or None
        Whether some neuron that still makes mistakes can have every row right.
    looks : int
        How often it was looked at.
    next_look : float
        Work from which to look again.
    outlook : Outlook, optional
        The last decision.

    Examples
    --------
    >>> prospects = Prospects()
    >>> [prospects.ended(work, np.array([0]), few_missed=True) for work in (1.0, 1.5, 2.0, 4.0, 8.0)]
    [False, False, False, False, True]
    >>> Prospects().ended(1.0, np.array([0]), few_missed=False)
    True
    """

    decide: Decide | None = None
    can: bool | None = None
    looks: int = 0
    next_look: float = 0.0
    outlook: Outlook | None = None

    def ended(self, work: float, wrong: Array, *, few_missed: bool) -> bool:
        """Return whether nothing is left to win after so much work, for neurons that are still wrong."""
        if self.can or work < self.next_look:
            return False
        self.looks, self.next_look = self.looks + 1, 2.0 * work
        if self.decide is None:
            return not few_missed or self.looks >= LOOKS
        self.outlook = self.decide(work, wrong)
        believed = self.outlook.likely if self.outlook.attainable is None else self.outlook.attainable
        self.can = believed
        return not few_missed if believed is None else not believed

    def state(self) -> Array:
        """Return what has to be known to go on."""
        return np.array([np.nan if self.can is None else float(self.can), self.looks, self.next_look])

    def restore(self, state: Array) -> None:
        """Go on from a state."""
        can, looks, self.next_look = state.tolist()
        self.can, self.looks = None if np.isnan(can) else bool(can), int(looks)
