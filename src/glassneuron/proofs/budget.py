"""How much work a proof may take, counted in multiply-adds and never in seconds, so that the answer stays the same."""

from __future__ import annotations

import math
from dataclasses import dataclass

CALL = 150_000
"""What the calls of one small linear system cost, as multiply-adds."""


EXACT_CELL = 10_000.0
"""And what a cell costs in a sum without rounding."""


class BudgetSpent(Exception):
    """What would come next costs more than is left."""


@dataclass
class Budget:
    """Multiply-adds that are left; all the parts of a proof draw on one.

    Attributes
    ----------
    left : float
    wrong : float
        About how many rows a known boundary gets wrong.

    Examples
    --------
    >>> budget = Budget(100.0)
    >>> budget.spend(60.0), budget.spend(60.0), budget.left
    (True, False, 40.0)
    """

    left: float = math.inf
    wrong: float = math.inf

    def spend(self, work: float) -> bool:
        """Take some work off, and return True; where too little is left, take nothing and return False."""
        if work > self.left:
            return False
        self.left -= work
        return True

    def demand(self, work: float) -> None:
        """Take some work off; raise BudgetSpent where too little is left."""
        if not self.spend(work):
            raise BudgetSpent


def exact_work(unknowns: int) -> float:
    """Return about what exact arithmetic costs to solve for so many unknowns, as multiply-adds."""
    return (12_000.0 if unknowns <= 12 else 30_000.0) * unknowns**2


def verified_work(features: int) -> float:
    """Return about what it costs to prove with floats that hulls meet, as multiply-adds."""
    return CALL + 2.0 * (features + 2.0) ** 3


def simplex_work(columns: int, rows: int) -> float:
    """Return about what the exact simplex method costs, as multiply-adds: integers grow with each of the pivots."""
    return 0.5 * columns * (rows + 1.0) * (columns + rows + 1.0) * (300.0 + 600.0 * rows)


STEP, STREAMED, AROUND = 20_000.0, 0.2, 0.25 * CALL
"""What a step costs in which a coefficient is found, beside its arithmetic; what of a multiply-add is left where one
follows the other without end, as there; and the calls around it: in a look beside a known boundary, or where arrays are
computed with instead of loops."""
AT_ONCE, CELL, OF_MANY = 3.0 * CALL, 12.0, 10.0 * CALL
"""What it costs to decide about few rows at once, and for each of their numbers, or to look for a boundary of many
classes, beside the steps."""


def step_work(vectors: int, dimensions: int, taken: int) -> float:
    """Return what a step costs in which one of many vectors is taken beside others, as multiply-adds."""
    return STREAMED * (STEP + float(vectors * dimensions + taken * (taken + dimensions)))


FEW_NUMBERS = 1 << 17
"""Numbers of a table, few enough to be in a cache, up to which it may be decided about all rows at once."""
FEW_UNKNOWNS = 16
"""Unknowns up to which few rows are decided about at once, even where there is hope; one of more unknowns is found in
fewer steps beside a known boundary."""


def worth_a_look(budget: Budget, unknowns: int, close: int, entries: int, around: float = 0.0) -> bool:
    """Return whether a boundary beside a known one may be found.

    It mostly takes a step for every third unknown, and hardly more than one for two of three rows that the known one
    gets wrong.
    """
    steps = max(1, int(min(unknowns / 3.0, budget.wrong / 1.5)))
    return around + steps * (AROUND + step_work(close, unknowns, steps)) + 2.0 * entries <= budget.left


def few_numbers(rows: int, features: int) -> bool:
    """Return whether a table is so small that it may be decided about all rows at once."""
    return rows * features <= FEW_NUMBERS


def worth_deciding_at_once(budget: Budget, unknowns: int, rows: int) -> bool:
    """Return whether it may be decided about few rows at once: mostly in a step for each unknown and some more."""
    steps = 4.0 + 1.1 * unknowns
    return AT_ONCE + CELL * rows * unknowns + steps * step_work(rows, unknowns, unknowns) <= budget.left


def worth_a_try(budget: Budget, unknowns: int, entries: int) -> bool:
    """Return whether a search can come to an end: it mostly takes two steps for each unknown, and looks at all rows.

    A step solves for the coefficients of the corners so far, in the end one for each unknown; and where a corner is
    left out, those that stay are factored anew.
    """
    steps = 2.0 * unknowns * CALL + 14.0 * unknowns**3
    return steps + 2.0 * entries <= budget.left
