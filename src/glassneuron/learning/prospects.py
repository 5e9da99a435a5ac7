"""Whether more epochs can help a perceptron whose mistakes no longer become fewer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.diagnosis.finding import Outlook

Decide = Callable[[float, Array, Array, float, float], Outlook]
"""Takes how many multiply-adds it may take, the numbers of the neurons in question, the weights of all so far, the bias
last, how much hope there is that weights near them have every row right, and how many mistakes these make."""

NONE: Array = np.empty((0, 0))
FALLEN = 0.9
"""Share of the mistakes at the last look that must not be exceeded for a training to go on undecided."""


@dataclass(frozen=True)
class Decided:
    """An outlook that was decided in another process."""

    attainable: bool | None
    likely: bool | None
    why: str
    weights: Array | None = None

    def __str__(self) -> str:
        return self.why


@dataclass
class Prospects:
    """What is known of a training about the end that it can come to.

    Where mistakes have stopped falling, `ended` asks for a proof, which may take as much work as the training so far.
    What stays undecided is asked again when the training has doubled, as long as mistakes are few and become fewer.
    An end that can come is waited for: as long as it takes by a patient training, else until it has doubled.

    Attributes
    ----------
    decide : callable, optional
        Without it, everything is undecided.
    can : bool or None
        Whether all neurons that still make mistakes can have every row right, as far as is known or believed.
    next_look : float
        Work from which to ask again.
    mistakes : float
        In an epoch, when it was last asked.
    wrong : int
        How many neurons were in question then, or 0 where all are one question.
    outlook : Outlook, optional
        The last decision.
    found : ndarray of shape (neurons in question, features + 1), optional
        Weights, the bias last, that have every row right, where this very look has found some.
    taken : int
        The epoch, from 1, after which the training has taken such weights over, or 0.

    Examples
    --------
    >>> prospects, wrong = Prospects(), np.array([0])
    >>> looks = (1, 9.0), (1.5, 9.0), (2, 5.0), (4, 4.9)
    >>> [prospects.ended(work, wrong, mistakes, few=True) for work, mistakes in looks]
    [False, False, False, True]
    >>> Prospects().ended(1, wrong, 9.0, few=False)
    True
    >>> prospects = Prospects(lambda *question: Decided(True, True, "it can"))
    >>> [prospects.ended(work, wrong, 9.0, few=False, patient=work < 3) for work in (1, 2, 3, 4)]
    [False, False, False, True]
    """

    decide: Decide | None = None
    can: bool | None = None
    next_look: float = 0.0
    mistakes: float = math.inf
    wrong: int = 0
    outlook: Outlook | None = None
    found: Array | None = None
    taken: int = 0

    def ended(
        self, work: float, wrong: Array, mistakes: float,
        *, few: bool, patient: bool = True, again: bool = False, weights: Array = NONE, hope: float = 0.0,
    ) -> bool:  # fmt: skip
        """Return whether nothing is left to win.

        Parameters
        ----------
        work : float
            Of the training so far.
        wrong : ndarray of the numbers of neurons
            Those that are still wrong.
        mistakes : float
            In an epoch, lately; `few` says whether they are few enough to hope for an end.
        patient : bool
            Whether an end that can come is waited for as long as it takes.
        again : bool
            Whether it is asked once more where that is known: for the weights that are found then.
        weights : ndarray of shape (neurons, features + 1)
            Those that would answer now, the bias last.
        hope : float in [0, 1]
            How much there is that weights near them have every row right.
        """
        together, self.found = len(wrong) <= 1, None
        if work < self.next_look:
            return False
        if self.can and together and len(wrong) == self.wrong and not again:
            self.next_look = 2.0 * work
            return not patient
        fallen = mistakes <= FALLEN * self.mistakes
        since, self.next_look = work - self.next_look / 2.0, 2.0 * work
        self.mistakes, self.wrong = mistakes, len(wrong)
        if self.decide is not None:
            self.outlook = self.decide(since, wrong, weights, hope, mistakes)
            self.can = self.outlook.likely if self.outlook.attainable is None else self.outlook.attainable
            self.found = self.outlook.weights if self.can else None
        if self.can is None:
            return not (few and fallen)
        return not self.can or not (together or fallen)  # those beside the one that can may be hopeless

    @property
    def quiet_to(self) -> float:
        """Work up to which nothing is asked, whatever the mistakes."""
        return self.next_look

    def state(self) -> Array:
        """Return what has to be known to go on."""
        can = -1.0 if self.can is None else float(self.can)
        return np.array([can, self.next_look, self.mistakes, float(self.wrong)])

    def outlook_as_facts(self) -> list[Any] | None:
        """Return the last decision as plain facts."""
        outlook = self.outlook
        return None if outlook is None else [outlook.attainable, outlook.likely, str(outlook), self.taken]

    def restore(self, state: Array, outlook: list[Any] | None = None) -> None:
        """Go on from a state, and from what was decided last."""
        if outlook is not None:
            *told, self.taken = outlook
            self.outlook = Decided(*told)
        can, self.next_look, self.mistakes, wrong = state.tolist()
        self.can, self.wrong = None if can < 0.0 else bool(can), int(wrong)
