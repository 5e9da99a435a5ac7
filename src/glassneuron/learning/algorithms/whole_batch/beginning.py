"""Where neurons on the way to the lowest loss begin: what the first look tells, and what fewer numbers tell sooner."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.lbfgs import Pairs
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.costs import CALL
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation, evaluate_at
from glassneuron.learning.algorithms.whole_batch.hessian import bent_at, inverses
from glassneuron.learning.algorithms.whole_batch.least_squares.products import Products
from glassneuron.learning.algorithms.whole_batch.least_squares.rows import RowProducts
from glassneuron.learning.algorithms.whole_batch.reading import (
    FIRST,
    LONG,
    OVER,
    ROUGH,
    SINGLE,
    SQUARE,
    OneScale,
    some_rows,
)
from glassneuron.learning.dataset import COMPETING, Dataset

AT_ONCE = 16.0
"""Looks at all rows that it may cost to go all the way at once."""
SAMPLE_ROWS, SAMPLE_FRACTION = 10, 16
"""Rows for each unknown, and fraction of all rows, on which a training on a large table begins."""
CLOSE = 1e-2
"""How small the gradient gets on a sample, as a fraction of the first, before all rows are asked."""
FLAT = 1e-12
"""The gradient of a loss that is flat but for rounding."""


class Beginning(OneScale):
    """Neurons on the way to the lowest loss, of which the first look at all rows is made.

    Attributes
    ----------
    unknowns : ndarray of shape (neurons, features + 1)
    inverse : ndarray of shape (systems, m, m)
        The inverse Hessian that is the first guess; none before there is one.
    spent : ndarray of shape (1,)
        Work since it was computed.
    """

    unknowns: Array
    gradient: Array
    inverse: Array
    spent: Array
    pairs: Pairs
    hessian: Array | None = None  # that of the last look, where looks tell it
    products: Products | RowProducts | None = None  # of all columns, or rows, from the start to the least squares
    leaps = True  # over what lies on the way; rows held out may want to stop there

    def prepare(self, validation: Dataset | None) -> None:
        super().prepare(validation)
        self.leaps = validation is None

    @property
    def slope(self) -> float:
        """The largest entry of the gradient, as a fraction of the first one."""
        return float(np.abs(self.gradient).max()) / float(self.marks[FIRST])

    @cached_property
    def bends(self) -> bool:
        """Whether each look also tells the Hessian, from which the next step follows."""
        return self.costs.exact and self.code != kernels.LINEAR

    def evaluated(self, unknowns: Array) -> Evaluation:
        """Return loss and gradient at a point; a bias that is held has no gradient."""
        self.spent += self.costs.look
        if self.bends:
            there = bent_at(self.code, unknowns, *self.as_read(), self.penalty, together=self.costs.together)
        else:
            table, coordinates = self.leading
            single = self.single or table is not self.table
            there = evaluate_at(self.code, coordinates.theta(unknowns), table, self.l2, single=single)
            there.gradient[:] = coordinates.gradient(there.gradient)
        if self.bias_moves == 0.0:
            there.gradient[:, -1] = 0.0
        return there

    def seen_in_products(self) -> Evaluation:
        """Return loss and gradient at weights of 0, as products of columns tell them, which are needed all the same."""
        moves = self.bias_moves > 0.0
        large_enough = self.data.X.dtype == np.float32 and self.costs.look >= 2.0 * LONG * CALL
        single = large_enough and self.settings.solver == "auto" and self.tolerance >= SINGLE
        near = Products.of(self.data, Coordinates.near(self.data, centred=moves), single=single)
        there = near.measured(centred=moves and not self.data.sparse)
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
        moves, data = self.bias_moves > 0.0, self.data
        errors = self.theta[:, -1] - data.targets(0, len(data.y))
        weighted = (data.weights(np.float64) / data.total)[:, np.newaxis] * errors
        single = data.X.dtype == np.float32 and self.settings.solver == "auto" and self.tolerance >= SINGLE
        self.products = RowProducts.of(data, weighted.T, centred=moves, scaled=self.l2 == 0.0, single=single)
        self.use(self.products.coordinates)
        self.unknowns, self.spent[0] = Coordinates(self.centres, self.scales).unknowns(self.theta), self.costs.look
        gradient = np.column_stack([self.products.gradient, weighted.sum(axis=0) * moves])
        gradient[:, :-1] *= self.products.read.scales / self.scales
        return Evaluation(0.5 * float(np.vdot(weighted, errors)), 0.0, 0.0, gradient)

    @property
    def square_pays(self) -> bool:
        """Whether Newton's method on a square table would cost no more than the looks at a wide one have cost."""
        suits = self.code != kernels.LINEAR and self.l2 > 0.0 and not self.data.sparse
        wide = self.settings.solver == "auto" and not self.costs.exact and self.data.shape[0] < self.data.shape[1]
        return suits and wide and self.costs.price_of_square <= max(float(self.spent[0]), AT_ONCE * self.costs.look)

    def go_on_a_square_table(self) -> bool:
        """Go all the way on a square table whose rows have the same products with each other, if it pays.

        Where weights are penalised, the best ones are sums of rows; by the rows' products with each other they are the
        same on either table. Badly scaled columns make steps on the wide one very many, and Newton's no more.
        """
        if self.marks[SQUARE] or not self.square_pays:
            return False
        self.marks[SQUARE] = 1.0
        nothing = np.zeros((0, len(self.data.y)))
        products = RowProducts.of(self.data, nothing, centred=self.bias_moves > 0.0, scaled=False)
        same = products.same()
        if same is None:
            return False
        small = type(self)(replace(self.data, X=same), replace(self.settings, l2=self.l2), self.code)
        if self.bias_moves == 0.0:
            small.theta[:, -1] = self.theta[:, -1]
        small.costs = replace(small.costs, solver="newton")  # so few unknowns settle soonest so
        for _ in range(self.settings.max_epochs):
            small.step(0, 1)
            if small.marks[OVER]:
                break
        self.marks[ROUGH], self.copy = 0.0, None
        self.use(self.on_one_scale(products.coordinates))
        self.theta[:, :-1] = 0.0
        at_first = Coordinates(self.centres, self.scales).unknowns(self.theta)
        self.marks[FIRST] = max(float(np.abs(self.evaluated(at_first).gradient).max()), FLAT)
        self.theta = products.theta(same, small.theta)
        return True

    def start_on_a_sample(self) -> bool:
        """Go most of the way on some of the rows, if there are many; return whether that was done."""
        rows, together = len(self.data.y), self.data.neurons if self.code in COMPETING else 1
        some = max(SAMPLE_ROWS * self.unknowns.shape[1] * together, rows // SAMPLE_FRACTION)
        if rows <= 4 * some or self.solves_at_once or self.costs.look < LONG * CALL:
            return False
        sample = type(self)(some_rows(self.table, some), replace(self.settings, l2=self.l2), self.code, self.state())
        sample.leaps = self.leaps
        for _ in range(self.settings.max_epochs):
            sample.step(0, 1)
            if sample.marks[OVER] or sample.slope <= CLOSE:
                break
        self.theta = sample.theta
        self.marks[FIRST] = sample.marks[FIRST]  # the gradient at the start, as the sample saw it
        if sample.data.constant_columns().any():
            return False  # a column shows nothing there
        bent = sample.hessian
        self.inverse = sample.inverse if bent is None else inverses(bent, sample.penalty, held=self.bias_moves == 0.0)
        self.pairs = sample.pairs
        self.use(Coordinates(sample.centres, sample.scales))
        return True

    @property
    def solves_at_once(self) -> bool:
        """Whether least squares are solved at once, now that the looks at all rows have cost as much."""
        if self.code != kernels.LINEAR or self.settings.solver == "lbfgs":
            return False
        spent = max(float(self.spent[0]), AT_ONCE * self.costs.look)
        return self.settings.solver == "newton" or self.costs.price(len(self.data.y)) <= spent

    @cached_property
    def by_rows(self) -> bool:
        """Whether least squares are solved by products of rows, as the table is wider than tall."""
        costs, linear = self.costs, self.code == kernels.LINEAR and self.settings.solver != "lbfgs"
        wide = linear and len(self.data.y) <= self.data.shape[1] and not self.data.sparse
        return wide and (self.settings.solver == "newton" or costs.by_rows_pays)
