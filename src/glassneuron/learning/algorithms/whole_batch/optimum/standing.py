"""Where neurons on the way to the lowest loss stand: how much is left to win, and what ends a training."""

from __future__ import annotations

import math

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation
from glassneuron.learning.algorithms.whole_batch.optimum.directions import Directions
from glassneuron.learning.algorithms.whole_batch.optimum.marks import (
    BEFORE,
    CERTAINLY,
    FALL,
    FIRST,
    LEFT,
    OBJECTIVE,
    OVER,
    ROUGH,
    SHARE,
)
from glassneuron.learning.algorithms.whole_batch.optimum.reading import DEAR
from glassneuron.learning.history import History

FLAT = 1e-12
"""The gradient of a loss that is flat but for rounding."""
FAINT = 1e-4
"""Loss of a row in the mean from which on single precision loses what is left: answers are nearly sure."""
CERTAIN = 100.0
"""Times the tolerance, as a fraction of the loss of answering nothing, that may be left where that is certain."""
MOST_BENT = 0.25
"""The most by which a log loss is bent along a sum."""


class Standing(Directions):
    """Neurons that note in `marks` where a step has led them, and whether it was the last."""

    @property
    def slope(self) -> float:
        """The largest entry of the gradient, as a fraction of the first one."""
        return float(np.abs(self.gradient).max()) / float(self.marks[FIRST])

    @property
    def flat(self) -> float:
        """Slope at which it is over; where steps are dear the root, as the loss grows with the square of a distance."""
        enough = math.sqrt(self.tolerance) if self.costs.dear else self.tolerance
        return max(enough, FLAT / float(self.marks[FIRST]))

    @property
    def most_left(self) -> float:
        """What can be left to win at most: all, or what the bends of the objective allow.

        The penalty bends it along weights, and along biases the loss of rows that are nearly right, by about itself.
        """
        objective, weights = float(self.marks[OBJECTIVE]), self.unknowns[:, :-1]
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            loss = objective - 0.5 * float(np.sum(self.penalty[:-1] * weights**2))
            bends = np.append(self.penalty[:-1], min(loss, MOST_BENT) / len(weights))
            left = 0.5 * float(np.sum(self.gradient**2 / bends, where=self.gradient != 0.0))
        return min(left, objective) if left >= 0.0 else objective

    @property
    def certain(self) -> bool:
        """Whether less can be left to win than is worth a step, where steps are dear, and nobody asked for a solver."""
        if not self.costs.dear or self.code == kernels.LINEAR or self.l2 <= 0.0:
            return False
        tol = self.tolerance / DEAR
        return self.slope <= math.sqrt(tol) and self.most_left <= CERTAIN * tol * self.loss_of_nothing

    def arrive(self, unknowns: Array, there: Evaluation, share: float) -> tuple[int, float]:
        """Note where a step led, and whether it was the last; return the mistakes and the summed loss there."""
        fall, before = float(self.marks[OBJECTIVE]) - there.objective, float(self.marks[FALL])
        self.unknowns, self.gradient = unknowns, there.gradient
        self.theta = self.one_scale.theta(unknowns)
        self.marks[OBJECTIVE], self.marks[SHARE], self.marks[FALL] = there.objective, share, fall
        self.plan(there.hessian)
        left = self.marks[LEFT] = -0.5 * float(self.gradient.ravel() @ self.along)
        if not math.isfinite(self.marks[BEFORE]):
            self.marks[BEFORE] = left
        if there.hessian is None and math.isfinite(before) and fall > 0.0:
            left = max(left, fall * min(1.0, fall / before) if before > 0.0 else fall)
        over = self.slope <= self.flat and left <= self.tolerance * abs(there.objective) + FLAT
        certain = self.certain
        if self.marks[ROUGH] and (over or certain or there.loss < FAINT):
            return self.look_closely()
        self.marks[OVER] = CERTAINLY if certain else over
        return round(there.mistakes), there.loss * self.total

    def look_closely(self) -> tuple[int, float]:
        """Look at the rows as they are, from now on."""
        self.marks[ROUGH], self.copy = 0.0, None
        there = self.evaluated(self.unknowns)
        self.marks[OBJECTIVE] = there.objective
        return self.arrive(self.unknowns, there, float(self.marks[SHARE]))

    def facts(self) -> dict[str, float]:
        return {"learning_rate": float(self.marks[SHARE]), "norm": float(np.linalg.norm(self.theta[:, :-1]))}

    def is_sound(self, loss: float) -> bool:
        """Return True: no step is taken to where the loss is higher."""
        return True

    def finished(self) -> tuple[bool, str] | None:
        if not self.marks[OVER]:
            return None
        steep, loss = self.slope, f"the loss is {self.marks[OBJECTIVE]:.4g}"
        slope = f"the gradient is {steep:.1g} of its first size"
        penalty = " with its penalty" if self.l2 > 0.0 else ""
        if self.marks[OVER] == CERTAINLY:
            left = f"hardly more than {self.most_left:.1g} can be left to win"
            return True, f"converged: {slope}, and {left}; {loss}{penalty}"
        if steep <= self.flat:
            return True, f"converged: {slope}, the lowest loss{penalty} is reached; {loss}"
        return False, f"line search failed: no lower loss within the precision of numbers, though {slope}; {loss}"

    def out_of_epochs(self, history: History) -> str:
        return f"reached max_epochs={history.epochs}; the gradient is {self.slope:.1g} of its first size"
