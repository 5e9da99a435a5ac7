"""What the steps to the lowest loss cost, and how much of a Hessian therefore pays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from glassneuron.engine.kernels import LINEAR
from glassneuron.engine.sums import large
from glassneuron.learning.algorithms.whole_batch.hessian import work_of_hessian
from glassneuron.learning.dataset import COMPETING

CALL = 1e6
"""Multiply-adds that take as long as what surrounds those of one look at all rows."""
EACH_SUM = 50.0
"""Multiply-adds that take as long as what a sum costs beside its own: a loss, a slope."""
CACHE = 1 << 18
"""Numbers of a table that stay in a processor's cache from one look to the next."""
FASTER, IN_CACHE = 4.0, 2.0
"""How many times as fast the multiply-adds of a Hessian are as those of a look that waits for memory, or does not."""
COPY, WEIGH = 24.0, 8.0
"""Multiply-adds of a Hessian that take as long as a number takes to be written in other coordinates, and weighed."""
WORTH = 6.0
"""Looks at all rows that the Hessian of as many rows as possible may cost, where fewer rows will do."""
CHEAP = 2.0
"""Looks at all rows up to which the Hessian of all is worth its price at each step."""
ENOUGH = 10
"""Rows for each unknown from which on their Hessian is like that of all rows."""

NEWTON = 12.0
"""Steps that Newton's method takes to the lowest log loss."""

STEPS, BY_ROWS = 16.0, (128.0, 32.0)
"""Looks at all rows that steps to the least squares of a table wider than tall take, where its curvature is the same
everywhere; and how many are reckoned with at most and at least."""


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
        return self.shape[0] * (2.0 * self.entries + EACH_SUM * self.rows) + CALL

    def price(self, rows: int, *, together: bool | None = None) -> float:
        """Return the work of the Hessian of so many rows."""
        together = self.together if together is None else together
        neurons, each = self.shape
        systems = 1.0 if self.code == LINEAR else 0.5 * neurons * (neurons + 1) if together else neurons
        written = rows * each * (COPY + WEIGH * systems)
        faster = IN_CACHE if self.entries <= CACHE else FASTER
        return (work_of_hessian(self.code, rows, self.shape, together=together) + written) / faster + CALL / 2.0

    @property
    def price_by_rows(self) -> float:
        """The work of products of rows, and of their factor."""
        rows, features = float(self.rows), float(self.shape[1] - 1)
        return (0.5 * rows**2 * features + rows * features * COPY + rows**3 / 3.0) / FASTER + CALL / 2.0

    @cached_property
    def price_of_square(self) -> float:
        """The work of Newton's method on a square table whose rows have the same products with each other."""
        square = Costs(self.code, self.rows, self.rows**2, (self.shape[0], self.rows + 1), "newton")
        return self.price_by_rows + NEWTON * (square.look + square.price(self.rows))

    @property
    def by_rows_pays(self) -> bool:
        """Whether steps to the least squares of a table wider than tall would cost more than products of its rows.

        The steps are in proportion to the root of the largest curvature beside the least, by chance alone.
        """
        long, short = math.sqrt(self.shape[1] - 1), math.sqrt(self.rows)
        most, least = BY_ROWS
        return self.price_by_rows <= self.look * min(max(STEPS * (long + short) / max(long - short, 1.0), least), most)

    @cached_property
    def together(self) -> bool:
        """Whether neurons that compete have one Hessian; else each has its own, which is a fair guess."""
        pays = self.price(self.rows, together=True) <= CHEAP * self.look
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
        pays = self.solver == "auto" and self.price(self.rows) <= CHEAP * self.look
        return not apart and (pays or self.solver == "newton")

    @cached_property
    def dear(self) -> bool:
        """Whether the last steps are dear, and nobody asked for a solver."""
        return self.solver == "auto" and (not self.exact or large(self.look))
