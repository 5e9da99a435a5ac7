"""One thing that is wrong in a training: what it is, how it shows, what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes
    ----------
    what : str
        Its name.
    evidence : str
        How it shows, with the numbers.
    fix : str

    Examples
    --------
    >>> print(Finding("dead neurons", "2 of 4 answer 0 to every row", "Lower the learning rate."))
    dead neurons: 2 of 4 answer 0 to every row. Lower the learning rate.
    """

    what: str
    evidence: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}: {self.evidence}. {self.fix}"


class Outlook(Protocol):
    """Whether neurons could have every row right, as `proofs.attainable` decides it; `str` gives the sentence."""

    @property
    def attainable(self) -> bool | None:
        """None where that is undecided."""
