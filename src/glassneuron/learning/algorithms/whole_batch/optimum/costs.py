"""What the steps to the lowest loss cost, and how much of a Hessian therefore pays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from glassneuron.engine.kernels import LINEAR
from glassneuron.engine.sums import large
from glassneuron.learning.algorithms.whole_batch.hessian import kept, work_of_hessian
from glassneuron.learning.dataset import COMPETING

CALL = 1e6
"""Multiply-adds that take as long as what surrounds those of one look at all rows."""
EACH_SUM, EACH_LOG = 50.0, 100.0
"""Multiply-adds that take as long as what a sum costs beside its own, a slope; and the logarithm of a row's loss."""
CACHE = 1 << 18
"""Numbers of a table that stay in a processor's cache from one look to the next."""
FASTER, IN_CACHE = 4.0, 2.0
"""How many times as fast the multiply-adds of a Hessian are as those of a look that waits for memory, or does not."""
COPY, WEIGH = 14.0, 8.0
"""Multiply-adds of a Hessian that take as long as a number takes to be written in other coordinates, and weighed."""
ACROSS = 24.0
"""The same of products of rows, which are read across."""
WORTH = 6.0
"""Looks at all rows that the Hessian of as many rows as possible may cost, where fewer rows will do."""
CHEAP, WIDEST, BESIDE_A_SAMPLE = 1.05, 2.5, 0.5
"""Looks at all rows up to which the Hessian of all is worth its price at each step, where rows are many; how many times
as much at most where they are few; and the same where a training on some of them has told nearly as much before."""
ENOUGH = 10
"""Rows for each unknown from which on their Hessian is like that of all rows."""
SAMPLE_ROWS, SAMPLE_FRACTION = 20, 16
"""Rows for each unknown, and fraction of all rows, on which a training on a large table begins."""
SAMPLED, WORTH_A_SAMPLE = 3, 2.6
"""How many times as many rows there are at least, and looks at them of the least work that takes any time."""
LONG = 2.2
"""Looks at all rows of the least work that takes any time: from there on it is worth while to make them shorter."""

NEWTON, LBFGS = 8.0, (3.3, 0.25)
"""Steps that Newton's method takes to the lowest log loss of a table wider than tall; and those of L-BFGS where it is
bent alike in all directions, and the power by which they grow with the largest curvature beside the least."""
MANY_STEPS = 6.0, 18.0
"""Steps of Newton's method, and of L-BFGS that begins with a Hessian, where those without one would be many more."""
BESIDE_A_LOOK = 0.5 * CALL
"""Multiply-adds that take as long as what a step of L-BFGS does beside its look."""

STEPS, BY_ROWS = 16.0, (128.0, 32.0)
"""Looks at all rows that steps to the least squares of a table wider than tall take, where its curvature is the same
everywhere; and how many are reckoned with at most and at least."""


@dataclass(frozen=True)
class Rates:
    """Multiply-adds of a look that take as long as parts of a Hessian that each look tells, and of the step from it.

    Attributes
    ----------
    products, weighed : float
        A multiply-add of two columns of a row, and weighing a number of it, for each system.
    numbers, sums : float
        What else there is for each number of a row and for each sum, of each neuron.
    cubes, squares : float
        For the cube, and the square, of the unknowns that are solved for.
    rest : float
        Whatever is always there.
    """

    products: float
    weighed: float
    numbers: float
    sums: float
    cubes: float
    squares: float
    rest: float


APART = Rates(products=0.33, weighed=7.5, numbers=1.5, sums=40.0, cubes=0.7, squares=3.0, rest=4e5)
TOGETHER = Rates(products=0.6, weighed=2.2, numbers=15.0, sums=40.0, cubes=0.0, squares=32.0, rest=9e5)
"""Those of neurons that each have a Hessian of their own, and that have one together."""


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
    >>> tall = Costs(SIGMOID, 50_000, 50_000 * 12, (1, 13), "auto")
    >>> tall.exact, tall.sample  # the Hessian of those tells enough
    (False, 3125)
    """

    code: int
    rows: int
    entries: int
    shape: tuple[int, int]
    solver: str

    @cached_property
    def wide(self) -> float:
        """The largest curvature beside that of one column, by chance alone."""
        return (1.0 + math.sqrt((self.shape[1] - 1) / self.rows)) ** 2

    @property
    def cheap(self) -> float:
        """Looks at all rows up to which the Hessian of all is worth its price at each step: steps without are more."""
        return CHEAP * min(self.wide, WIDEST)

    @cached_property
    def look(self) -> float:
        """The work of one look at all rows."""
        logs = 0.0 if self.code == LINEAR else EACH_LOG * self.rows
        return self.shape[0] * (2.0 * self.entries + EACH_SUM * self.rows) + logs + CALL

    def price(self, rows: int, *, together: bool | None = None) -> float:
        """Return the work of the Hessian of so many rows."""
        return self._price(self.code, rows, together=self.together if together is None else together)

    @property
    def price_at_first(self) -> float:
        """The work of the Hessian where nothing is learned yet, of as few rows as are enough: one for all neurons."""
        return self._price(LINEAR, min(self.rows, ENOUGH * self.shape[1]), together=False)

    def _price(self, code: int, rows: int, *, together: bool) -> float:
        neurons, each = self.shape
        systems = 1.0 if code == LINEAR else 0.5 * neurons * (neurons + 1) if together else neurons
        written = rows * each * (COPY + WEIGH * systems)
        faster = IN_CACHE if self.entries <= CACHE else FASTER
        return (work_of_hessian(code, rows, self.shape, together=together) + written) / faster + CALL / 2.0

    @cached_property
    def price_at_each_look(self) -> float:
        """The work of a Hessian of all rows beside that of a look, and of the step that follows from it."""
        return self._price_at_each_look(self.together)

    def _price_at_each_look(self, together: bool) -> float:
        rates, (neurons, each) = (TOGETHER if together else APART), self.shape
        systems = 0.5 * neurons * (neurons + 1) if together else neurons
        unknowns = each * neurons if together else each
        table = float(self.rows * each)
        written = 0.0 if self._kept(together) else COPY * table
        summed = systems * table * (0.5 * rates.products * each + rates.weighed)
        seen = neurons * (rates.numbers * table + rates.sums * self.rows)
        solved = (rates.cubes * unknowns / 3.0 + rates.squares) * unknowns**2 * (1 if together else neurons)
        return written + summed + seen + solved + rates.rest

    @property
    def kept(self) -> bool:
        """Whether the table is kept as the unknowns read it, where each look tells the Hessian."""
        return self._kept(self.together)

    def _kept(self, together: bool) -> bool:
        work = work_of_hessian(self.code, self.rows, self.shape, together=together)
        return kept(self.rows, self.shape[1], work)

    @property
    def newton_pays(self) -> bool:
        """Whether Newton's method costs no more than L-BFGS from the Hessian where nothing is learned yet."""
        newton, lbfgs = MANY_STEPS
        first = self.price_at_first + lbfgs * (self.look + BESIDE_A_LOOK)
        return newton * (self.look + self.price_at_each_look) <= first

    @property
    def price_by_rows(self) -> float:
        """The work of products of rows, and of their factor."""
        rows, features = float(self.rows), float(self.shape[1] - 1)
        return (0.5 * rows**2 * features + rows * features * ACROSS + rows**3 / 3.0) / FASTER + CALL / 2.0

    @cached_property
    def price_of_square(self) -> float:
        """The work of Newton's method on a square table whose rows have the same products with each other."""
        square = Costs(self.code, self.rows, self.rows**2, (self.shape[0], self.rows + 1), "newton")
        return self.price_by_rows + NEWTON * (square.look + square.price(self.rows))

    def price_of_steps(self, bend: float) -> float:
        """Return the work of L-BFGS where the largest curvature is so many times the least."""
        least, power = LBFGS
        return least * math.pow(max(bend, 1.0), power) * (self.look + BESIDE_A_LOOK)

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
        pays = self._price_at_each_look(True) <= self.cheap * self.look
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
    def price_that_pays(self) -> float:
        """The work of the Hessian of those."""
        return self.price(self.rows_that_pay)

    @cached_property
    def sample(self) -> int:
        """The rows on which a training on a large table begins; 0 where it begins on all."""
        together = self.shape[0] if self.code in COMPETING else 1
        some = max(SAMPLE_ROWS * self.shape[1] * together, self.rows // SAMPLE_FRACTION)
        return some if self.rows >= SAMPLED * some and self.look >= WORTH_A_SAMPLE * CALL else 0

    @cached_property
    def exact(self) -> bool:
        """Whether the first guess of the inverse Hessian, where there is one, is the inverse Hessian itself."""
        apart = self.code in COMPETING and not self.together
        most = BESIDE_A_SAMPLE if self.sample and self.code != LINEAR else self.cheap
        pays = self.solver == "auto" and self.price_at_each_look <= most * self.look
        return not apart and (pays or self.solver == "newton")

    @cached_property
    def dear(self) -> bool:
        """Whether the last steps are dear, and nobody asked for a solver."""
        return self.solver == "auto" and (not self.exact or large(self.look))
