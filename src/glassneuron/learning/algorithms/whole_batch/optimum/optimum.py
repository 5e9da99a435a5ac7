"""Neurons on the way to the lowest loss, by steps that need no learning rate."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import ALONE
from glassneuron.engine.threads import one_blas_thread
from glassneuron.errors import problem
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.lbfgs import Pairs
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation
from glassneuron.learning.algorithms.whole_batch.hessian import LARGE
from glassneuron.learning.algorithms.whole_batch.optimum.costs import CALL
from glassneuron.learning.algorithms.whole_batch.optimum.marks import AT_FIRST, FIRST, LEFT, OBJECTIVE, OVER, ROUGH
from glassneuron.learning.algorithms.whole_batch.optimum.smaller_tables import SmallerTables
from glassneuron.learning.algorithms.whole_batch.optimum.standing import FLAT
from glassneuron.learning.algorithms.whole_batch.ray import lowest_along
from glassneuron.learning.dataset import COMPETING
from glassneuron.learning.standardise import has_tiny_column
from glassneuron.neurons.scaling import Scaling

NEAR_BY, ASTRAY = 2e-4, 0.03
"""Fraction of the loss that is left to win up to which a step of Newton's method leads all the way; and up to which the
first step that the Hessian of some rows suggests does not lead astray."""


class ToOptimum(SmallerTables):
    """Neurons on the way to the lowest loss, by L-BFGS steps; the history notes each.

    Steps are taken in coordinates in which all columns have one scale. Where nearly all rows are right, the unknowns
    then grow or shrink together to where the loss with its penalty is about the lowest along their ray. Least squares
    are solved at once where that costs no more than steps.

    It stands on classes of one idea each, from the ground up: `OneScale`, how rows are read; `Directions`, where the
    next step leads; `Standing`, what is left to win and what ends a training; `AtOnce`, least squares; `Foresight`,
    whether steps will be many; and `SmallerTables`, what some of the rows or a square table tell sooner.

    References
    ----------
    Liu & Nocedal (1989), Mathematical Programming 45:503-528.
    """

    waits = False
    can_diverge = False
    unit_name = "step"
    slots: tuple[str, ...] = (
        "theta", "unknowns", "gradient", "marks", "centres", "scales", "inverse", "spent", "along",
    )  # fmt: skip

    def _scaling(self) -> Scaling | None:
        """Standardise where one penalty for all weights would silence the columns that are smallest by far."""
        data, settings = self.data, self.settings
        chosen = settings.l2 is not None or settings.standardise != "auto"
        if chosen or self.code == kernels.LINEAR or data.sparse or not has_tiny_column(data.X):
            return None
        return super()._scaling()

    def first_state(self) -> State:
        state, features = super().first_state(), self.seen.shape[1]
        more = {
            "unknowns": state["theta"].copy(),
            "gradient": np.zeros_like(state["theta"]),
            "marks": np.array(AT_FIRST),
            "centres": np.zeros(features),
            "scales": np.ones(features),
            "inverse": np.zeros((0, 0, 0)),
            "spent": np.zeros(1),
            "along": np.zeros(state["theta"].size),
        }
        return state | more | Pairs().state()

    def state(self) -> State:
        return super().state() | self.pairs.state()

    def restore(self, state: State) -> None:
        super().restore(state)
        self.pairs, self.table = Pairs(state), self.seen
        if self.marks[FIRST]:  # else coordinates are chosen at the first step
            self.use(Coordinates(self.centres, self.scales))

    def suitable_rate(self) -> float:
        """Return 1: a step knows how far to go."""
        return 1.0

    def on_one_thread(self) -> AbstractContextManager[None]:
        large = self.costs.look > CALL + ALONE or self.theta.size >= LARGE  # from where libraries solve for so many
        return one_blas_thread() if large else nullcontext()

    def step(self, start: int, stop: int) -> tuple[int, float]:
        """Go to where a line search finds a lower loss."""
        with self.on_one_thread():
            if not self.marks[FIRST]:
                done = self.begin()
                if done is not None and self.marks[OVER]:
                    return done
            found = self.solved_at_once() or self.over_a_square_table() or self.descend()
            if found is None and self.marks[ROUGH]:
                self.look_closely()
                found = self.descend()
            if found is None and self.refresh(anyway=True):
                found = self.descend()
            if found is not None:
                return found
            last = self.arrive(self.unknowns, self.evaluated(self.unknowns), 0.0)
            self.marks[OVER] = True  # nothing lower is found
            return last

    def begin(self) -> tuple[int, float] | None:
        """Evaluate the point where a training starts, unless the next one is known; refuse a loss beyond a float."""
        none = not self.theta[:, :-1].any()
        if self.code in COMPETING:  # what all weights have in common changes no answer, and a penalty wants none of it
            self.theta[:, :-1] -= self.theta[:, :-1].mean(axis=0)
        if self.by_rows:
            there = self.seen_in_products_of_rows()
            if not none:
                there = self.evaluated(self.unknowns)
        elif self.solves_at_once and none:
            there = self.seen_in_products()
        else:
            begun = self.start_on_a_sample()
            if not begun:
                self.measure()
            square = self.go_on_a_square_table() if none else None
            if square is None:
                self.unknowns = self.one_scale.unknowns(self.theta)
                if not begun:
                    self.foresee()
            there = self.evaluated(self.unknowns) if square is None else square
        if not (np.isfinite(there.objective) and np.isfinite(there.gradient).all()):
            values = self.seen.X.data if self.seen.sparse else self.seen.X
            raise problem("diverged", largest=float(np.abs(values).max()), rate=1.0)
        if not self.marks[FIRST]:
            self.marks[FIRST] = max(float(np.abs(there.gradient).max()), FLAT)
        if self.products is not None:
            self.gradient, self.marks[OBJECTIVE] = there.gradient, there.objective
            return None
        done = self.arrive(self.unknowns, there, 1.0)
        return self.arrive(self.unknowns, self.evaluated(self.unknowns), 1.0) if self.marks[OVER] else done

    def descend(self) -> tuple[int, float] | None:
        """Take a step of L-BFGS; return None where nothing lower is found."""
        self.refresh()
        if not self.along.any():  # it was thought that none would be needed
            self.plan()

        def at(flat: Array) -> tuple[float, Array, Evaluation]:
            there = self.evaluated(flat.reshape(self.unknowns.shape))
            return there.objective, there.gradient.ravel(), there

        here = self.unknowns.ravel(), float(self.marks[OBJECTIVE]), self.gradient.ravel()
        found = self.pairs.descend(at, *here, self.guess, self.along, self.first_share())
        if found is None:
            return None
        unknowns, there = self.along_ray(found[0].reshape(self.unknowns.shape), found[1].more)
        return self.arrive(unknowns, there, found[1].share)

    def first_share(self) -> float:
        """Return the share of the next step to try first: all of it, unless a Hessian leads from far away."""
        if self.code == kernels.LINEAR or not self.looks_ahead:
            return 1.0
        if self.bends:
            far = NEAR_BY
        elif len(self.inverse) and not len(self.pairs):
            far = ASTRAY
        else:
            return 1.0
        if self.marks[LEFT] <= far * abs(self.marks[OBJECTIVE]):
            return 1.0
        step = self.along.reshape(self.unknowns.shape)
        slope = float(np.vdot(self.gradient, step))
        return lowest_along(self.code, self.unknowns, step, slope, *self.as_read(), self.penalty)

    def along_ray(self, unknowns: Array, there: Evaluation) -> tuple[Array, Evaluation]:
        """Let all unknowns grow or shrink together, if the lowest loss along their ray is far away."""
        if self.code == kernels.LINEAR or not self.leaps:
            return unknowns, there
        ray = unknowns.copy()
        if self.bias_moves == 0.0:
            ray[:, -1] = 0.0
        move = (there.growth(ray, self.total) - 1.0) * ray
        if not move.any():
            return unknowns, there
        farther = self.evaluated(unknowns + move)
        if not farther.objective < there.objective:
            return unknowns, there
        self.pairs.forget_last()
        self.pairs.remember((unknowns + move - self.unknowns).ravel(), (farther.gradient - self.gradient).ravel())
        return unknowns + move, farther

    def write_back(self) -> None:
        """Bring the weights up to date; what all biases of a softmax have in common cancels out, so their mean is 0."""
        super().write_back()
        if self.code == kernels.SOFTMAX and self.bias_moves:
            self.b = (self.theta[:, -1:] - self.theta[:, -1].mean()).astype(self.dtype)
