"""What the steps to the lowest loss cost, and how much of a Hessian therefore pays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from glassneuron.learning.algorithms.whole_batch.hessian import work_of_hessian
from glassneuron.learning.dataset import COMPETING

CALL = 2e5
"""Multiply-adds that take as long as what surrounds those of one look at all rows."""
FASTER = 4.0
"""How many times as fast the multiply-adds of a Hessian are: they wait less for memory."""
WORTH = 4.0
"""Looks at all rows that the Hessian of as many rows as possible may cost, where fewer rows will do."""
ENOUGH = 4
"""Rows for each unknown from which on their Hessian is like that of all rows."""


@dataclass(frozen=True)
class Costs:
    """The costs of one training, in multiply-adds of a look at all rows; they follow from its sizes alone.

    Attributes
    ----------
    code : int
        The activation.
    rows, entries : int
        Of the table, and the numbers stored in it.
    shape : tuple of int
        Neurons, and the unknowns of each.
    solver : {"newton", "lbfgs", "auto"}

    Examples
    --------
    >>> from glassneuron.engine.kernels import SIGMOID
    >>> small, wide = (Costs(SIGMOID, n, n * d, (1, d + 1), "auto") for n, d in ((500, 20), (10_000, 2_000)))
    >>> small.exact, small.rows_that_pay, wide.exact
    (True, 500, False)
    """

    code: int
    rows: int
    entries: int
    shape: tuple[int, int]
    solver: str

    @cached_property
    def look(self) -> float:
        """The work of one look at all rows."""
        return 2.0 * self.entries * self.shape[0] + CALL

    def price(self, rows: int, *, together: bool | None = None) -> float:
        """Return the work of the Hessian of so many rows."""
        together = self.together if together is None else together
        return work_of_hessian(self.code, rows, self.shape, together=together) / FASTER + CALL / 2.0

    @cached_property
    def together(self) -> bool:
        """Whether neurons that compete have one Hessian; else each has its own, which is a fair guess."""
        pays = self.price(self.rows, together=True) <= WORTH * self.look
        return self.code in COMPETING and (self.solver == "newton" or pays)

    @cached_property
    def rows_that_pay(self) -> int:
        """Of how many rows the Hessian is computed."""
        none, whole = self.price(0), self.price(self.rows)
        if self.solver == "newton" or whole <= WORTH * self.look:
            return self.rows
        pay = (WORTH * self.look - none) * self.rows / (whole - none)
        return min(self.rows, max(ENOUGH * self.shape[1], int(pay)))

    @cached_property
    def exact(self) -> bool:
        """Whether the first guess of the inverse Hessian, where there is one, is the inverse Hessian itself."""
        apart = self.code in COMPETING and not self.together
        pays = self.solver == "auto" and self.price(self.rows) <= WORTH * self.look
        return not apart and (pays or self.solver == "newton")

    @cached_property
    def dear(self) -> bool:
        """Whether the last steps are dear, and nobody asked for a solver."""
        return self.solver == "auto" and not self.exact
