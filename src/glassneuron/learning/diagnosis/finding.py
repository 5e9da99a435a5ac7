"""One thing that is wrong in a training: what it is, how it shows, what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.learning.history import History

FLAT = 0.01  # slope of a squashing activation, as a share of its steepest, under which it is saturated
MOST = 0.95  # share of the rows from which on a saturation is reported
TO_ONE_SCALE = "Bring the features to one scale{}, such as with StandardScaler"


@dataclass(frozen=True)
class Finding(Displayed):
    """One thing that is wrong: its name, the evidence with its numbers, and the fix."""

    what: str
    evidence: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}: {self.evidence}. {self.fix}"


class Findings(list[Finding], Displayed):
    """What `diagnose` returns: a list that prints as sentences."""

    def __str__(self) -> str:
        return "\n".join(map(str, self)) or "nothing stands out"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(str(self))  # else IPython would print it as any list


class Outlook(Protocol):
    """Whether neurons could have every row right, as `proofs.attainable` decides it; `str` gives the sentence."""

    @property
    def attainable(self) -> bool | None:
        """None where that is undecided."""

    @property
    def likely(self) -> bool | None:
        """What is believed where it is undecided."""

    @property
    def weights(self) -> Array | None:
        """Of the neurons that were asked about, the bias last: they have every row right, as is proven or believed."""


def divergence(history: History) -> Iterator[Finding]:
    """Find weights that overflowed."""
    if history.diverged:
        what, _, fix = history.why_stopped.partition("; ")
        yield Finding("divergence", what, f"{fix[:1].upper()}{fix[1:]}.")
