"""Neurons on the way to the lowest loss, by steps that need no learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import ALONE
from glassneuron.engine.threads import one_blas_thread
from glassneuron.errors import problem
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.delta import CURVATURE
from glassneuron.learning.algorithms.lbfgs import ROUNDING, Pairs
from glassneuron.learning.algorithms.whole_batch.beginning import FLAT, Beginning
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.costs import CALL
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation
from glassneuron.learning.algorithms.whole_batch.hessian import (
    LARGE,
    LEAST_SINGLE,
    hessian_at,
    inverses,
    newton_step,
    times,
)
from glassneuron.learning.algorithms.whole_batch.least_squares.least_squares import least_squares
from glassneuron.learning.algorithms.whole_batch.least_squares.products import Products
from glassneuron.learning.algorithms.whole_batch.least_squares.rows import RowProducts
from glassneuron.learning.algorithms.whole_batch.reading import (
    BEFORE,
    DEAR,
    FALL,
    FIRST,
    LEFT,
    OBJECTIVE,
    OVER,
    ROUGH,
    SHARE,
    SINGLE,
    some_rows,
)
from glassneuron.learning.dataset import COMPETING
from glassneuron.learning.history import History

MOST_LOOKS = 200.0
"""Looks at all rows that a Hessian may cost, unless somebody asked for it."""
SURE, STILL = 4, 2
"""Looks at all rows that show how fast what is left to win falls, and those that are needed beside a new Hessian."""
AS_MUCH = 4.0
"""Times the work that is done already to which it is trusted that work lies ahead."""
FAINT = 1e-4
"""Loss of a row in the mean from which on single precision loses what is left: answers are nearly sure."""
CERTAIN, CERTAINLY = 100.0, 2.0
"""Times the tolerance, as a fraction of the loss of answering nothing, that may be left to win where that is certain;
and the mark for that."""
MOST_BENT = 0.25
"""The most by which a log loss is bent along a sum."""


class ToOptimum(Beginning):
    r"""Neurons on the way to the lowest loss, by L-BFGS steps; the history notes each.

    .. math:: u \leftarrow u - t B \nabla L

    B is what the last steps have shown of the inverse Hessian, beginning from a first guess. With ``solver="lbfgs"``
    that is one number for each column; with "newton" the inverse Hessian itself, computed anew at each step (and least
    squares are solved at once); "auto" computes it at each step where it is cheap, and elsewhere for some of the rows,
    when the looks at all rows that it would save cost more. Steps are taken in coordinates in which all columns have
    one scale. Where nearly all rows are right, the unknowns then grow or shrink together to where the loss with its
    penalty is about the lowest along their ray.

    Attributes
    ----------
    unknowns, gradient : ndarray of shape (neurons, features + 1)
        In those coordinates.
    marks : ndarray of shape (9,)
        The largest entry of the first gradient; the objective; the fraction of the step taken, and by how much the
        objective fell; whether it is over, and for certain; what is left to win, and what was when the last Hessian was
        new; whether a copy of the table in single precision leads the way; whether a square table was gone over.
    centres, scales : ndarray of shape (features,)
    inverse : ndarray of shape (systems, m, m)
        The inverse Hessian that is the first guess; none before there is one.
    spent : ndarray of shape (1,)
        Work since it was computed.
    along : ndarray of shape (neurons * (features + 1),)
        The next direction.

    References
    ----------
    Liu & Nocedal (1989), Mathematical Programming 45:503-528; a Hessian of some of the rows: Byrd, Chin, Neveitt &
    Nocedal (2011), SIAM Journal on Optimization 21:977-995.
    """

    waits = False
    can_diverge = False
    has_scale = False
    unit_name = "step"
    along: Array
    slots: tuple[str, ...] = (
        "theta", "unknowns", "gradient", "marks", "centres", "scales", "inverse", "spent", "along",
    )  # fmt: skip

    def first_state(self) -> State:
        state, features = super().first_state(), self.data.shape[1]
        more = {
            "unknowns": state["theta"].copy(),
            "gradient": np.zeros_like(state["theta"]),
            "marks": np.array([0.0, np.inf, 1.0, np.inf, 0.0, np.inf, np.inf, 0.0, 0.0]),
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
        self.pairs, self.table = Pairs(state), self.data
        if self.marks[FIRST]:  # else coordinates are chosen at the first step
            self.use(Coordinates(self.centres, self.scales))

    def suitable_rate(self) -> float:
        """Return 1: a step knows how far to go."""
        return 1.0

    def look_closely(self) -> tuple[int, float]:
        """Look at the rows as they are, from now on."""
        self.marks[ROUGH], self.copy = 0.0, None
        there = self.evaluated(self.unknowns)
        self.marks[OBJECTIVE] = there.objective
        return self.arrive(self.unknowns, there, float(self.marks[SHARE]))

    # Where a training stands.

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
        self.theta = Coordinates(self.centres, self.scales).theta(unknowns)
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
        bend = 1.0 / len(gradient) if self.code in COMPETING else CURVATURE[self.code]
        wide = (1.0 + math.sqrt(self.data.shape[1] / len(self.data.y))) ** 2  # the largest eigenvalue by chance alone
        return np.asarray(gradient / (bend * wide + self.penalty))

    # The way.

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
            if not (none and self.go_on_a_square_table()) and not self.start_on_a_sample():
                self.measure()
            self.unknowns = Coordinates(self.centres, self.scales).unknowns(self.theta)
            there = self.evaluated(self.unknowns)
        if not (np.isfinite(there.objective) and np.isfinite(there.gradient).all()):
            values = self.data.X.data if self.data.sparse else self.data.X
            raise problem("diverged", largest=float(np.abs(values).max()), rate=1.0)
        if not self.marks[FIRST]:
            self.marks[FIRST] = max(float(np.abs(there.gradient).max()), FLAT)
        if self.products is not None:
            self.gradient, self.marks[OBJECTIVE] = there.gradient, there.objective
            return None
        done = self.arrive(self.unknowns, there, 1.0)
        return self.arrive(self.unknowns, self.evaluated(self.unknowns), 1.0) if self.marks[OVER] else done

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

    def over_a_square_table(self) -> tuple[int, float] | None:
        """Go to where a square table leads, as steps on the wide one are many; return None if that is not to be."""
        before, objective = self.theta.copy(), float(self.marks[OBJECTIVE])
        if not self.leaps or not self.go_on_a_square_table():
            return None
        here, self.pairs = Coordinates(self.centres, self.scales), Pairs()
        unknowns = here.unknowns(self.theta)
        there = self.evaluated(unknowns)
        if not there.objective <= objective:
            unknowns = here.unknowns(before)
            there = self.evaluated(unknowns)
        return self.arrive(unknowns, there, 1.0)

    def descend(self) -> tuple[int, float] | None:
        """Take a step of L-BFGS; return None where nothing lower is found."""
        self.refresh()
        if not self.along.any():  # it was thought that none would be needed
            self.plan()

        def at(flat: Array) -> tuple[float, Array, Evaluation]:
            there = self.evaluated(flat.reshape(self.unknowns.shape))
            return there.objective, there.gradient.ravel(), there

        here = self.unknowns.ravel(), float(self.marks[OBJECTIVE]), self.gradient.ravel()
        found = self.pairs.descend(at, *here, self.guess, self.along)
        if found is None:
            return None
        unknowns, there = self.along_ray(found[0].reshape(self.unknowns.shape), found[1].more)
        return self.arrive(unknowns, there, found[1].share)

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

    def refresh(self, *, anyway: bool = False) -> bool:
        """Compute the Hessian anew, if it is time, or `anyway`; return whether it is another now."""
        solver, costs = self.settings.solver, self.costs
        if self.bends or (self.code == kernels.LINEAR and len(self.inverse)):
            return False  # each look tells it; of linear neurons it is the same everywhere: all is saved up to solve
        if self.penalty_bends and solver == "auto" and not anyway:
            return False  # which is known
        price = costs.price(costs.rows_that_pay)
        due = solver == "newton" or (price <= MOST_LOOKS * costs.look and (anyway or self.work_ahead >= price))
        if solver == "lbfgs" or not due or not self.spent[0]:
            return False
        table, coordinates = self.leading
        some = some_rows(table, costs.rows_that_pay)
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
        if not 0.0 < wanted < left < math.inf or spent < SURE * look:
            return 0.0
        fallen = math.log(before / left) if before > left else 0.0
        ahead = math.log(left / wanted) * spent / fallen if fallen else math.inf
        return min(ahead - STILL * look, AS_MUCH * spent)

    # What it says of itself.

    def facts(self) -> dict[str, float]:
        return {"learning_rate": float(self.marks[SHARE]), "norm": float(np.linalg.norm(self.theta[:, :-1]))}

    def is_sound(self, loss: float) -> bool:
        """Return True: no step is taken to where the loss is higher."""
        return True

    def finished(self) -> tuple[bool, str] | None:
        if not self.marks[OVER]:
            return None
        left, loss = self.slope, f"the loss is {self.marks[OBJECTIVE]:.4g}"
        slope = f"the gradient is {left:.1g} of its first size"
        penalty = " with its penalty" if self.l2 > 0.0 else ""
        if self.marks[OVER] == CERTAINLY:
            return (
                True,
                f"converged: {slope}, and hardly more than {self.most_left:.1g} can be left to win; {loss}{penalty}",
            )
        if left <= self.flat:
            return True, f"converged: {slope}, the lowest loss{penalty} is reached; {loss}"
        return False, f"line search failed: no lower loss within the precision of numbers, though {slope}; {loss}"

    def out_of_epochs(self, history: History) -> str:
        return f"reached max_epochs={history.epochs}; the gradient is {self.slope:.1g} of its first size"

    def write_back(self) -> None:
        """Bring the weights up to date; what all biases of a softmax have in common cancels out, so their mean is 0."""
        super().write_back()
        if self.code == kernels.SOFTMAX and self.bias_moves:
            self.b = (self.theta[:, -1:] - self.theta[:, -1].mean()).astype(self.dtype)
