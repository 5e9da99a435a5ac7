"""Whether steps to the lowest loss will be many, told before the first one, and what is done about it."""

from __future__ import annotations

import numpy as np

from glassneuron.engine import kernels
from glassneuron.learning.algorithms.whole_batch.hessian import LEAST_SINGLE, hessian_at, inverses
from glassneuron.learning.algorithms.whole_batch.optimum.at_once import AtOnce
from glassneuron.learning.algorithms.whole_batch.optimum.costs import ENOUGH
from glassneuron.learning.algorithms.whole_batch.optimum.marks import BENDS, NOT_SOON
from glassneuron.learning.algorithms.whole_batch.steps_needed import steps_needed
from glassneuron.learning.dataset import COMPETING

FORESIGHT, MANY = 10.0, 10
"""Looks at all rows that a Hessian may cost to be thought of before the first step; and steps that are many."""
LEAST_ROWS, ROWS_EACH = 128, 4
"""Rows, and rows for each unknown, that tell how many steps there would be."""


class Foresight(AtOnce):
    """Neurons that choose how they go on before the first step, where each has a loss of its own."""

    def foresee(self) -> None:
        """Choose another way where steps would be many, as some of the rows tell before the first one.

        Either each look tells the Hessian, too, or that of where nothing is learned yet is the first guess.
        """
        costs, one = self.costs, self.code != kernels.LINEAR and self.code not in COMPETING
        known = not one or self.bends or self.penalty_bends or self.settings.solver != "auto"
        if known or costs.price_at_first > FORESIGHT * costs.look:
            return
        if not self.steps_are_many():
            self.marks[BENDS] = NOT_SOON
        elif costs.newton_pays:
            self.marks[BENDS] = 1.0
        else:
            table, coordinates = self.leading
            some = table.sample(ENOUGH * self.unknowns.shape[1])
            H = hessian_at(kernels.LINEAR, self.unknowns, some, coordinates, together=False, single=True)
            H *= self.bent_at_first
            self.inverse = inverses(H, self.penalty, held=self.bias_moves == 0.0, least=LEAST_SINGLE)

    def steps_are_many(self) -> bool:
        """Return whether steps from here would be many, were the loss bent everywhere as where nothing is learned."""
        table, coordinates = self.leading
        some = table.sample(max(LEAST_ROWS, ROWS_EACH * self.unknowns.shape[1]))
        count, kind = len(some.y), np.float32
        rows, share = coordinates.rows(some.dense(0, count), kind), some.weight(0, count).astype(kind)
        share /= np.maximum(share.sum(), np.finfo(kind).tiny)
        with np.errstate(over="ignore", invalid="ignore"):
            A = kernels.activations_at_once(self.code, rows @ self.unknowns.T.astype(kind))
            gradient = ((A - some.targets(0, count)).T * share).astype(kind) @ rows
            bent = kind(self.bent_at_first) * share
            return steps_needed(rows, bent, self.penalty.astype(kind), gradient, MANY) >= MANY
