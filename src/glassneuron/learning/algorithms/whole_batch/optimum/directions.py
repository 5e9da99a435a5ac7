"""Where the next step to the lowest loss leads: what past steps, or a Hessian, say of the loss."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.delta import CURVATURE
from glassneuron.learning.algorithms.lbfgs import Pairs
from glassneuron.learning.algorithms.whole_batch.hessian import LEAST_SINGLE, hessian_at, inverses, newton_step, times
from glassneuron.learning.algorithms.whole_batch.optimum.marks import BEFORE, BENDS, LEFT, NOT_SOON, OBJECTIVE
from glassneuron.learning.algorithms.whole_batch.optimum.reading import OneScale
from glassneuron.learning.dataset import COMPETING

MOST_LOOKS = 200.0
"""Looks at all rows that a Hessian may cost, unless somebody asked for it."""
SURE, LATE, STILL = 6, 16, 3
"""Looks at all rows that show how fast what is left to win falls, where that was foreseen to be fast, too; and those
that are needed beside a new Hessian."""
AS_MUCH = 2.0
"""Times the work that is done already to which it is trusted that work lies ahead."""


class Directions(OneScale):
    r"""Neurons that know in which direction the next step leads.

    .. math:: u \leftarrow u - t B \nabla L

    B is what the last steps have shown of the inverse Hessian, beginning from a first guess. With ``solver="lbfgs"``
    that is one number for each column; with "newton" the inverse Hessian itself, computed anew at each step; "auto"
    computes it at each step where it is cheap, and elsewhere for some of the rows, when the looks at all rows that it
    would save cost more.

    Attributes
    ----------
    gradient : ndarray of shape (neurons, features + 1)
    along : ndarray of shape (neurons * (features + 1),)
        The next direction.
    pairs : Pairs
        What past steps have shown.
    hessian : ndarray of shape (systems, m, m), optional
        That of the last look, where looks tell it.
    inverse : ndarray of shape (systems, m, m)
        The inverse Hessian that is the first guess; none before there is one.

    References
    ----------
    A Hessian of some of the rows: Byrd, Chin, Neveitt & Nocedal (2011), SIAM Journal on Optimization 21:977-995.
    """

    gradient: Array
    along: Array
    pairs: Pairs
    hessian: Array | None = None
    inverse: Array

    def plan(self, hessian: Array | None = None) -> None:
        """Choose the next direction: that of a Hessian, which says more than past steps do, or theirs."""
        self.hessian = hessian
        if hessian is None:
            self.along = self.pairs.direction(self.gradient.ravel(), self.guess)
            return

        def step(gradient: Array) -> Array:
            return newton_step(hessian, self.penalty, gradient, held=self.bias_moves == 0.0)

        self.pairs = Pairs()
        self.along = self.of_those_that_compete(step, self.gradient).ravel()

    def guess(self, flat: Array) -> Array:
        """Multiply by the first guess of the inverse Hessian."""
        return self.of_those_that_compete(self.curved, flat.reshape(self.unknowns.shape)).ravel()

    def of_those_that_compete(self, inverse: Callable[[Array], Array], gradient: Array) -> Array:
        """Multiply by an inverse Hessian; what neurons that compete have in common changes no answer, and stays 0."""
        if self.code not in COMPETING:
            return inverse(gradient)
        alone = inverse(gradient - gradient.mean(axis=0))
        return np.asarray(alone - alone.mean(axis=0))

    def curved(self, gradient: Array) -> Array:
        """Multiply by the inverse Hessian, or by one number for each column where there is none."""
        if len(self.inverse):
            return times(self.inverse, gradient)
        bent = self.bent_at_first * self.costs.wide + self.penalty
        return np.asarray(gradient / bent)

    @cached_property
    def bent_at_first(self) -> float:
        """How much the loss is bent along a column where nothing is learned yet."""
        return 1.0 / self.data.neurons if self.code in COMPETING else CURVATURE[self.code]

    def refresh(self, *, anyway: bool = False) -> bool:
        """Compute the Hessian anew, if it is time, or `anyway`; return whether it is another now."""
        solver, costs = self.settings.solver, self.costs
        if self.bends or (self.code == kernels.LINEAR and len(self.inverse)):
            return False  # each look tells it; of linear neurons it is the same everywhere: all is saved up to solve
        if self.penalty_bends and solver == "auto" and not anyway:
            return False  # which is known
        price = costs.price_that_pays
        due = solver == "newton" or (price <= MOST_LOOKS * costs.look and (anyway or self.work_ahead >= price))
        if solver == "lbfgs" or not due or not self.spent[0]:
            return False
        table, coordinates = self.leading
        some = table.sample(costs.rows_that_pay)
        H = hessian_at(self.code, self.unknowns, some, coordinates, together=costs.together, single=True)
        held = self.bias_moves == 0.0
        self.inverse, self.spent[0] = inverses(H, self.penalty, held=held, least=LEAST_SINGLE), 0.0
        self.marks[BEFORE] = self.marks[LEFT]
        if costs.exact:
            self.pairs = Pairs()  # it says more than they do
        self.plan()
        return True

    @property
    def work_ahead(self) -> float:
        """The work of the looks that a new Hessian would save, if what is left went on to fall as it does."""
        left, before = float(self.marks[LEFT]), float(self.marks[BEFORE])
        spent, look = float(self.spent[0]), self.costs.look
        wanted = self.tolerance * abs(float(self.marks[OBJECTIVE]))
        sure = LATE if self.marks[BENDS] == NOT_SOON else SURE
        if not 0.0 < wanted < left < math.inf or spent < sure * look:
            return 0.0
        fallen = math.log(before / left) if before > left else 0.0
        ahead = math.log(left / wanted) * spent / fallen if fallen else math.inf
        return min(ahead - STILL * look, AS_MUCH * spent)
