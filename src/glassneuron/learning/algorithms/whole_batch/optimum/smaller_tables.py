"""Trainings on a smaller table, which save looks at the whole one: on some of its rows, or on a square one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glassneuron.engine import kernels
from glassneuron.learning.algorithms.lbfgs import Pairs
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation
from glassneuron.learning.algorithms.whole_batch.hessian import inverses
from glassneuron.learning.algorithms.whole_batch.least_squares.rows import RowProducts
from glassneuron.learning.algorithms.whole_batch.optimum.costs import BESIDE_A_LOOK
from glassneuron.learning.algorithms.whole_batch.optimum.foresight import Foresight
from glassneuron.learning.algorithms.whole_batch.optimum.marks import FIRST, OBJECTIVE, OVER, ROUGH, SQUARE
from glassneuron.learning.algorithms.whole_batch.optimum.standing import FLAT, MOST_BENT
from glassneuron.learning.dataset import Dataset

CLOSE = 1e-2
"""How small the gradient gets on a sample, as a fraction of the first, before all rows are asked."""


class SmallerTables(Foresight):
    """Neurons that go a part of the way, or all of it, on a smaller table.

    Attributes
    ----------
    leaps : bool
        Whether what lies on the way may be left out; rows held out may want to stop there.
    looks_ahead : bool
        Whether it is looked for how far a step should go. Not on a sample: its own lowest loss is not what is wanted.
    """

    leaps = True
    looks_ahead = True

    def prepare(self, validation: Dataset | None) -> None:
        super().prepare(validation)
        self.leaps = validation is None

    def start_on_a_sample(self) -> bool:
        """Go most of the way on some of the rows, if there are many; return whether that was done."""
        if not self.costs.sample or self.solves_at_once:
            return False
        some = self.table.sample(self.costs.sample)
        sample = type(self)(some, replace(self.settings, l2=self.l2), self.code, self.state())
        sample.leaps, sample.looks_ahead = self.leaps, False
        for _ in range(self.settings.max_epochs):
            sample.step(0, 1)
            if sample.marks[OVER] or sample.slope <= CLOSE:
                break
        self.theta = sample.theta
        self.marks[FIRST] = sample.marks[FIRST]  # the gradient at the start, as the sample saw it
        if sample.seen.constant_columns().any():
            return False  # a column shows nothing there
        bent = sample.hessian
        self.inverse = sample.inverse if bent is None else inverses(bent, sample.penalty, held=self.bias_moves == 0.0)
        self.pairs = sample.pairs
        self.use(sample.one_scale)
        return True

    @property
    def square_pays(self) -> bool:
        """Whether Newton's method on a square table would cost no more than steps on a wide one, so far and from here.

        How many there will be is told by how much more the loss is bent along the columns than by the penalty.
        """
        suits = self.code != kernels.LINEAR and self.l2 > 0.0 and not self.seen.sparse
        wide = self.settings.solver == "auto" and not self.costs.exact and self.seen.shape[0] < self.seen.shape[1]
        if not (suits and wide):
            return False
        if self.marks[FIRST]:
            steps = min(float(self.spent[0]), self.work_ahead) * (1.0 + BESIDE_A_LOOK / self.costs.look)
        else:
            size = float(np.mean(self.scales**2))
            steps = self.costs.price_of_steps(MOST_BENT * size * self.costs.wide / self.l2)
        return self.costs.price_of_square <= steps

    def go_on_a_square_table(self) -> Evaluation | None:
        """Go all the way on a square table whose rows have the same products with each other, if it pays.

        Where weights are penalised, the best ones are sums of rows; by the rows' products with each other they are the
        same on either table. Badly scaled columns make steps on the wide one very many, and Newton's no more. Returns
        what was found there, or that weights of 0 are better: of columns very far apart in scale, products of rows tell
        the largest only.
        """
        if self.marks[SQUARE] or not self.square_pays:
            return None
        self.marks[SQUARE] = 1.0
        no_errors = np.zeros((0, len(self.seen.y)))
        products = RowProducts.of(self.seen, no_errors, centred=self.bias_moves > 0.0, scaled=False)
        same = products.same()
        if same is None:
            return None
        small = type(self)(replace(self.seen, X=same), replace(self.settings, l2=self.l2), self.code)
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
        at_first = self.one_scale.unknowns(self.theta)
        nothing = self.evaluated(at_first)
        self.marks[FIRST] = max(float(np.abs(nothing.gradient).max()), FLAT)
        self.unknowns = self.one_scale.unknowns(products.theta(same, small.theta))
        there = self.evaluated(self.unknowns)
        if not there.objective <= nothing.objective:
            self.unknowns, there = at_first, nothing
        return there

    def over_a_square_table(self) -> tuple[int, float] | None:
        """Go to where a square table leads, as steps on the wide one are many; return None if that is not to be."""
        before, objective = self.theta.copy(), float(self.marks[OBJECTIVE])
        there = self.go_on_a_square_table() if self.leaps else None
        if there is None:
            return None
        self.pairs = Pairs()
        if not there.objective <= objective:
            self.unknowns = self.one_scale.unknowns(before)
            there = self.evaluated(self.unknowns)
        return self.arrive(self.unknowns, there, 1.0)
