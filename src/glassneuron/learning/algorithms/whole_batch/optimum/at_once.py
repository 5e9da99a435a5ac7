"""Linear neurons that go to the lowest loss at once, as least squares, where that costs no more than steps."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.lbfgs import ROUNDING
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation
from glassneuron.learning.algorithms.whole_batch.least_squares.least_squares import least_squares
from glassneuron.learning.algorithms.whole_batch.least_squares.products import Products
from glassneuron.learning.algorithms.whole_batch.least_squares.rows import RowProducts
from glassneuron.learning.algorithms.whole_batch.optimum.costs import CALL, LONG
from glassneuron.learning.algorithms.whole_batch.optimum.marks import FALL, FIRST, OBJECTIVE, ROUGH
from glassneuron.learning.algorithms.whole_batch.optimum.reading import SINGLE
from glassneuron.learning.algorithms.whole_batch.optimum.standing import Standing

AT_ONCE = 16.0
"""Looks at all rows that it may cost to go all the way at once."""


class AtOnce(Standing):
    """Neurons that, if they are linear, can go to the least squares at once.

    Attributes
    ----------
    products : Products or RowProducts, optional
        Of all columns, or rows, from the start to the least squares.
    """

    products: Products | RowProducts | None = None

    @property
    def solves_at_once(self) -> bool:
        """Whether least squares are solved at once, now that the looks at all rows have cost as much."""
        if self.code != kernels.LINEAR or self.settings.solver == "lbfgs":
            return False
        spent = max(float(self.spent[0]), AT_ONCE * self.costs.look)
        return self.settings.solver == "newton" or self.costs.price(len(self.seen.y)) <= spent

    @cached_property
    def by_rows(self) -> bool:
        """Whether least squares are solved by products of rows, as the table is wider than tall."""
        costs, linear = self.costs, self.code == kernels.LINEAR and self.settings.solver != "lbfgs"
        wide = linear and len(self.seen.y) <= self.seen.shape[1] and not self.seen.sparse
        return wide and (self.settings.solver == "newton" or costs.by_rows_pays)

    @property
    def single_will_do(self) -> bool:
        """Whether products of rows in single precision may be told so, as nobody asked for more."""
        return self.seen.X.dtype == np.float32 and self.settings.solver == "auto" and self.tolerance >= SINGLE

    def seen_in_products(self) -> Evaluation:
        """Return loss and gradient at weights of 0, as products of columns tell them, which are needed all the same."""
        moves = self.bias_moves > 0.0
        single = self.costs.look >= 2.0 * LONG * CALL and self.single_will_do
        near = Products.of(self.seen, Coordinates.near(self.seen, centred=moves), single=single)
        there = near.measured(centred=moves and not self.seen.sparse)
        self.use(there)
        self.unknowns, self.spent[0] = self.theta.copy(), self.costs.look
        self.products = near.moved(there)
        if self.products is None:
            return self.evaluated(self.unknowns)
        gradient = self.products.gradient(self.theta)
        if not moves:
            gradient[:, -1] = 0.0
        return Evaluation(self.products.loss(self.theta), 0.0, 0.0, gradient)  # mistakes are not counted

    def seen_in_products_of_rows(self) -> Evaluation:
        """Return the same of a table that is wider than tall."""
        moves, data = self.bias_moves > 0.0, self.seen
        errors = self.theta[:, -1] - data.targets(0, len(data.y))
        weighted = (data.weights(np.float64) / data.total)[:, np.newaxis] * errors
        scaled, single = self.l2 == 0.0, self.single_will_do
        self.products = RowProducts.of(data, weighted.T, centred=moves, scaled=scaled, single=single)
        self.use(self.products.coordinates)
        self.unknowns, self.spent[0] = self.one_scale.unknowns(self.theta), self.costs.look
        gradient = np.column_stack([self.products.gradient, weighted.sum(axis=0) * moves])
        gradient[:, :-1] *= self.products.read.scales / self.scales
        return Evaluation(0.5 * float(np.vdot(weighted, errors)), 0.0, 0.0, gradient)

    def solved_at_once(self) -> tuple[int, float] | None:
        """Go to the least squares; return None if that is not to be, or leads nowhere."""
        held = self.theta[:, -1] if self.bias_moves == 0.0 else None
        if isinstance(self.products, RowProducts):
            found = self.solved_by_rows(self.products, held)
            if found is not None:
                return found
        if not self.solves_at_once or self.marks[FALL] < 0.0:
            return None
        if self.marks[ROUGH]:
            self.look_closely()
        known = self.products if isinstance(self.products, Products) else None
        single = known is not None and known.single
        unknowns, self.columns_apart = least_squares(self.table, self.coordinates, self.l2, held, known)
        there, self.products, self.spent[0] = self.evaluated(unknowns), None, 0.0
        if single and np.abs(there.gradient).max() > SINGLE * self.marks[FIRST]:
            unknowns, _ = least_squares(self.table, self.coordinates, self.l2, held)
            there = self.evaluated(unknowns)
        objective = float(self.marks[OBJECTIVE])
        if not there.objective <= objective + ROUNDING * abs(objective):
            return None
        return self.arrive(unknowns, there, 1.0)

    def solved_by_rows(self, products: RowProducts, held: Array | None) -> tuple[int, float] | None:
        """Go to the least squares of a table wider than tall; return None if its rows depend on each other."""
        unknowns, self.products = products.least_squares(self.l2, held), None
        if unknowns is None and products.single:
            unknowns = products.in_double().least_squares(self.l2, held)
        if unknowns is None:
            return None
        there = self.evaluated(unknowns)
        if there.objective > float(self.marks[OBJECTIVE]) * (1.0 + ROUNDING):
            return None
        return self.arrive(unknowns, there, 1.0)
