"""Newton's method: the lowest loss in few steps, first on some rows and then on all."""

from __future__ import annotations

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.algorithms.base import State
from glassneuron.learning.algorithms.sums import Evaluation, WholeBatch
from glassneuron.learning.dataset import COMPETING, Dataset
from glassneuron.learning.history import History

SAMPLE_ROWS, SAMPLE_FRACTION = 50, 16
"""Rows for each unknown, and fraction of all rows, that are enough to come close to the optimum of all."""
CLOSE = 1e-3
"""How small the gradient gets on a sample, as a fraction of the first, before all rows are asked."""
SLOW = 0.2
"""Fraction of the gradient that a step may leave at most, or the Hessian is computed anew."""
SHORTEST = 1e-6
"""Fraction of a step under which a line search has failed."""
ROUNDING = 1e-12
"""Fraction of a loss by which it may rise for no other reason than rounding."""
NEAR = 1e-6
"""Size of a step, beside that of the weights, that is the last one."""
SINGULAR = 1e-10
"""Fraction of the largest eigenvalue, once each unknown is scaled, under which a direction counts as flat."""
FLAT = 1e-12
"""The gradient of a loss that is flat but for rounding."""


class ToOptimum(WholeBatch):
    """Neurons on the way to the lowest loss, by steps that need no learning rate; the history notes each step.

    Attributes
    ----------
    gradient : ndarray shaped like theta
    marks : ndarray of shape (4,)
        The largest entry of the first gradient; the objective and the fraction of the step taken; whether it is over.
    """

    waits = False
    can_diverge = False
    unit_name = "step"
    gradient: Array
    marks: Array
    slots: tuple[str, ...] = ("theta", "gradient", "marks")

    def first_state(self) -> State:
        state = super().first_state()
        return state | {"gradient": np.zeros_like(state["theta"]), "marks": np.array([0.0, 0.0, 1.0, 0.0])}

    def suitable_rate(self) -> float:
        """Return 1: a step knows how far to go."""
        return 1.0

    @property
    def tolerance(self) -> float:
        """Fraction of the first gradient at which the optimum is reached."""
        return 1e-6 if self.settings.tol is None else self.settings.tol

    @property
    def slope(self) -> float:
        """The largest entry of the gradient, as a fraction of the first one."""
        return float(np.abs(self.gradient).max()) / float(self.marks[0])

    def arrive(self, theta: Array, there: Evaluation, share: float) -> tuple[int, float]:
        """Note where a step led, and return the mistakes and the summed loss there."""
        self.theta, self.gradient = theta, there.gradient
        self.marks[1:3] = there.objective, share
        return round(there.mistakes), there.loss * self.total

    def begin(self, *, hessian: bool = False) -> Evaluation:
        """Evaluate the point where a training starts; refuse rows whose loss is beyond a float."""
        there = self.evaluated(self.theta, hessian=hessian)
        if not (np.isfinite(there.objective) and np.isfinite(there.gradient).all()):
            values = self.data.X.data if self.data.sparse else self.data.X
            raise problem("diverged", largest=float(np.abs(values).max()), rate=1.0)
        if self.marks[0] == 0.0:
            self.marks[0] = max(float(np.abs(there.gradient).max()), FLAT)
        self.arrive(self.theta, there, 1.0)
        return there

    def facts(self) -> dict[str, float]:
        return {"learning_rate": float(self.marks[2]), "norm": float(np.linalg.norm(self.theta[:, :-1]))}

    def is_sound(self, loss: float) -> bool:
        """Return True: no step is taken to where the loss is higher."""
        return True

    def finished(self) -> tuple[bool, str] | None:
        if not self.marks[3]:
            return None
        slope, loss = f"the gradient is {self.slope:.1g} of its first size", f"the loss is {self.marks[1]:.4g}"
        if self.slope <= max(self.tolerance, FLAT / self.marks[0]):
            penalty = " with its penalty" if self.settings.l2 > 0.0 else ""
            return True, f"converged: {slope}, the lowest loss{penalty} is reached; {loss}"
        return False, f"line search failed: no lower loss within the precision of numbers, though {slope}; {loss}"

    def out_of_epochs(self, history: History) -> str:
        return f"reached max_epochs={history.epochs}; the gradient is {self.slope:.1g} of its first size"

    def write_back(self) -> None:
        """Bring the weights up to date; what all biases of a softmax have in common cancels out, so their mean is 0."""
        super().write_back()
        if self.code == kernels.SOFTMAX and self.bias_moves:
            self.b = (self.theta[:, -1:] - self.theta[:, -1].mean()).astype(self.dtype)


class Newton(ToOptimum):
    r"""Newton's method: :math:`\theta \leftarrow \theta - H^{-1} \nabla L`.

    A large table is asked last: a sample of its rows comes close to the optimum of all for little work, from where a
    step or two are left. The Hessian of one point serves for the next ones, too, as long as that goes fast; BFGS
    updates correct its inverse by what each step has shown.

    References
    ----------
    Nocedal & Wright (2006), Numerical Optimization, chapters 3, 6 and 7.
    """

    slots = (*ToOptimum.slots, "inverse")
    inverse: Array

    def first_state(self) -> State:
        return super().first_state() | {"inverse": np.zeros((0, 0, 0))}

    def step(self, start: int, stop: int) -> tuple[int, float]:
        """Go to where the gradient would be zero if the Hessian were the same everywhere."""
        if not len(self.inverse):
            self.start_on_a_sample()
            here = self.begin(hessian=True)
            self.inverse = self.inverted(here)
            direction = self.direction()
            if self.slope <= self.tolerance and _tiny(direction, self.theta):
                self.marks[3] = True
                return round(here.mistakes), here.loss * self.total
        before, slope = self.gradient, self.slope
        share, there = self.line_search(self.direction())
        if share == 0.0:  # the Hessian may be that of an earlier point
            self.inverse = self.inverted(self.evaluated(self.theta, hessian=True))
            share, there = self.line_search(self.direction())
        if share == 0.0:
            self.marks[3] = True
            return self.arrive(self.theta, there, 0.0)
        theta = self.theta + share * self.direction()
        self.update_inverse(theta - self.theta, there.gradient - before)
        done = self.arrive(theta, there, share)
        if slope * SLOW < self.slope and self.slope > FLAT:
            self.inverse = self.inverted(self.evaluated(theta, hessian=True))
        last = self.direction()
        if self.slope <= FLAT or (self.slope <= self.tolerance and _tiny(last, theta)):
            self.theta = theta + last  # too small to be worth another look at all rows
            self.marks[3] = True
        return done

    def start_on_a_sample(self) -> None:
        """Go most of the way on some of the rows, if there are many."""
        rows, unknowns = len(self.data.y), self.theta.shape[1]
        some = max(SAMPLE_ROWS * unknowns, rows // SAMPLE_FRACTION)
        if rows <= 4 * some:
            return
        chosen = np.sort(np.random.default_rng(0).choice(rows, some, replace=False))
        sample = Newton(self.data.subset(chosen), self.settings, self.code, self.state())
        for _ in range(self.settings.max_epochs):
            sample.step(0, 1)
            if sample.marks[3] or sample.slope <= CLOSE:
                break
        self.theta = sample.theta if sample.marks[3] else sample.theta + sample.direction()
        self.marks[0] = sample.marks[0]  # the gradient at the start, as the sample saw it

    def direction(self) -> Array:
        """Return the step from here, shaped like theta."""
        flat = self.gradient.reshape(len(self.inverse), -1)
        return -np.einsum("nij,nj->ni", self.inverse, flat).reshape(self.theta.shape)  # type: ignore[no-any-return]

    def line_search(self, direction: Array) -> tuple[float, Evaluation]:
        """Shorten a step until the loss does not rise; return the fraction taken, 0 for none, and what is there."""
        share, loss = 1.0, float(self.marks[1])
        while share >= SHORTEST:
            there = self.evaluated(self.theta + share * direction)
            if there.objective <= loss + ROUNDING * abs(loss):
                return share, there
            share *= 0.5
        return 0.0, self.evaluated(self.theta)

    def inverted(self, there: Evaluation) -> Array:
        """Return the inverse of a Hessian; along directions in which the loss is flat, a step does not go."""
        assert there.hessian is not None
        H, unknowns = there.hessian, self.theta.shape[1]
        if self.bias_moves == 0.0:  # a held bias has no gradient; any curvature will do
            held = np.arange(unknowns - 1, H.shape[1], unknowns)
            H[:, held, :], H[:, :, held], H[:, held, held] = 0.0, 0.0, 1.0
        if self.code in COMPETING:  # what all neurons have in common has no gradient either
            for j in range(unknowns) if self.settings.l2 == 0.0 else [unknowns - 1]:
                same = np.arange(j, H.shape[1], unknowns)
                H[0][np.ix_(same, same)] += max(float(H[0, same, same].mean()), FLAT)
        return np.array([_pseudo_inverse(h) for h in H])

    def update_inverse(self, step: Array, change: Array) -> None:
        r"""Take in by how much the gradient changed over a step (BFGS).

        .. math:: B \leftarrow (I - \rho s y^T)\,B\,(I - \rho y s^T) + \rho s s^T, \qquad \rho = 1 / y^T s
        """
        steps, changes = (part.reshape(len(self.inverse), -1) for part in (step, change))
        for B, s, y in zip(self.inverse, steps, changes, strict=True):
            along = float(y @ s)
            if along > 0.0:
                By = B @ y
                B += np.outer(s, s) * ((1.0 + float(y @ By) / along) / along)
                B -= (np.outer(By, s) + np.outer(s, By)) / along


def _tiny(step: Array, theta: Array) -> bool:
    return bool(np.abs(step).max() <= NEAR * (1.0 + np.abs(theta).max()))


def _pseudo_inverse(H: Array) -> Array:
    scale = 1.0 / np.sqrt(np.where(np.diagonal(H) > 0.0, np.diagonal(H), 1.0))
    scaled = H * np.outer(scale, scale)
    try:
        if np.diagonal(np.linalg.cholesky(scaled)).min() ** 2 > np.sqrt(SINGULAR):
            return np.asarray(np.linalg.inv(scaled) * np.outer(scale, scale))
    except np.linalg.LinAlgError:
        pass
    values, vectors = np.linalg.eigh(scaled)
    some = values > SINGULAR * max(values[-1], FLAT)
    return np.asarray((vectors[:, some] / values[some]) @ vectors[:, some].T * np.outer(scale, scale))


def unknowns_together(data: Dataset, code: int) -> int:
    """Return how many weights and biases are solved for together."""
    return (data.shape[1] + 1) * (data.neurons if code in COMPETING else 1)
