"""The lowest point of a loss: Newton's method, first on some rows and then on all, or L-BFGS where much is unknown."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from glassneuron.engine import backend, kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.dataset import COMPETING, Examples, judge
from glassneuron.learning.history import History, OnEpoch
from glassneuron.learning.slopes import Measured, measure
from glassneuron.learning.stopping import Patience

if TYPE_CHECKING:
    from glassneuron.learning.delta import OnlineLesson

MOST_UNKNOWNS = 1500
"""Weights and biases that are solved for together up to which "auto" takes Newton's method."""
SOME, PART = 50, 16
"""Rows for each unknown, and share of all rows, that are enough to come close to the optimum of all."""
CLOSE = 1e-3
"""How small the slope gets on some rows, as a share of the first, before all are asked."""
FASTER = 0.2
"""Share of the slope that a step may leave at most, or the bends are added up anew."""
SHORTEST = 1e-6
"""Share of a jump under which it does not count."""
ROUNDING = 1e-12
"""Share of a loss by which it may rise for no other reason than rounding."""
NEAR = 1e-6
"""Size of a jump, beside that of the weights, that is the last one."""
SINGULAR = 1e-10
"""Share of the strongest bend under which a direction counts as not bent."""
FLAT = 1e-12
"""The slope of a loss that is flat but for rounding."""


class Stopped(Exception):
    """Somebody said stop."""


def go_to_optimum(
    lesson: OnlineLesson, history: History, validation: Examples | None = None, on_epoch: OnEpoch | None = None
) -> None:
    """Bring the neurons of a lesson to the lowest point of their loss; an epoch is a step.

    Parameters
    ----------
    lesson : OnlineLesson
    history : History, extended
    validation, on_epoch
        As `course.run` takes them.
    """
    walk = Walk(lesson, history, validation, on_epoch)
    unknowns = walk.unknowns * (len(lesson.W) if lesson.code in COMPETING else 1)
    newton = lesson.rule.solver == "newton" or (lesson.rule.solver == "auto" and unknowns <= MOST_UNKNOWNS)
    try:
        (by_newton if newton else by_lbfgs)(walk)
    except Stopped:
        history.why_stopped = f"it was asked to stop after step {history.epochs}"
    walk.return_to_best()
    walk.leave()


class Walk:
    """Where the way to the optimum stands: the neurons in double precision, and the course of the loss."""

    def __init__(
        self, lesson: OnlineLesson, history: History, validation: Examples | None, on_epoch: OnEpoch | None
    ) -> None:
        self.lesson, self.history, self.validation, self.on_epoch = lesson, history, validation, on_epoch
        self.rule, self.examples = lesson.rule, lesson.examples
        W, b = lesson.weights()
        self.theta = np.column_stack([W, b]).astype(np.float64)
        self.unknowns = self.theta.shape[1]
        self.first, self.began = 0.0, time.perf_counter()
        self.best, self.watched = self.theta, Patience(0.0, 1)
        self.tolerance = 1e-6 if lesson.rule.tolerance is None else lesson.rule.tolerance

    def measured(self, theta: Array, examples: Examples, *, bends: bool) -> Measured:
        """Measure a place; a bias that is held has no slope."""
        there = measure(self.lesson.code, theta[:, :-1], theta[:, -1], examples, self.rule.l2, bends=bends)
        if self.lesson.bias_moves == 0.0:
            there.g[:] = 0.0
        self.first = self.first or max(float(np.abs(there.way).max()), FLAT)
        return there

    def slope(self, there: Measured) -> float:
        """Give the largest slope, as a share of the first one."""
        return float(np.abs(there.way).max()) / self.first

    def note(self, there: Measured, share: float) -> None:
        """Note a step that was taken: where it led, and how much of it there was."""
        history, now = self.history, time.perf_counter()
        history.mistakes.append(round(there.mistakes))
        history.losses.append(there.loss)
        history.learning_rates.append(share)
        history.norms.append(float(np.linalg.norm(self.theta[:, :-1])))
        if self.validation is not None:
            wrong, held = judge(self.lesson.code, self.theta[:, :-1], self.theta[:, -1], self.validation)
            history.validation_mistakes.append(wrong)
            history.validation_losses.append(held)
            self.watched.exhausted(held)
            if self.watched.improved:
                self.best = self.theta.copy()
        history.seconds.append(now - self.began)
        self.began = now
        if self.on_epoch is not None:
            self.leave()
            if self.on_epoch(history) is True:
                raise Stopped

    def end(self, there: Measured, slope: float, steps: int) -> None:
        """Note how it ended."""
        if not self.history.losses:
            self.note(there, 1.0)
        if steps >= self.rule.max_epochs and slope > self.tolerance:
            self.history.why_stopped = f"all {steps} steps are over; the slope is {slope:.1g} of what it was at first"
            return
        self.history.converged = True
        self.history.why_stopped = (
            f"the slope is {slope:.1g} of what it was at first: the lowest loss"
            f"{' with its penalty' if self.rule.l2 else ''} is reached, {there.height:.4g}"
        )

    def return_to_best(self) -> None:
        """Go back to the step with the smallest loss on the validation rows, if there are any."""
        if 0 < self.watched.best_epoch < self.history.epochs:
            self.theta = self.best
            self.history.why_stopped += (
                f"; the weights of step {self.watched.best_epoch} are kept, the best on the validation rows"
            )

    def leave(self) -> None:
        """Put the neurons where the walk has come to into the lesson.

        What all shares of a softmax have in common cancels out, so their biases are brought to a mean of 0.
        """
        theta = self.theta.copy()  # the walk itself goes on where it stands, whether somebody looks or not
        if self.lesson.code == kernels.SOFTMAX and self.lesson.bias_moves:
            theta[:, -1] -= theta[:, -1].mean()
        W, b = theta[:, :-1].astype(self.lesson.dtype), theta[:, -1:].astype(self.lesson.dtype)
        self.lesson.W, self.lesson.b = backend.inputs(self.lesson.kernels, W, b)


def by_newton(walk: Walk) -> None:
    r"""Jump to where the bent slope would be zero, again and again: :math:`\theta \leftarrow \theta - H^{-1} \nabla L`.

    A large table is asked last: some of its rows come close to the optimum of all for little work, from where a step or
    two are left. The bends of one place serve for the next ones, too, as long as that goes fast.

    References
    ----------
    Nocedal & Wright (2006), Numerical Optimization, chapters 3 and 7.
    """
    examples, rows = walk.examples, len(walk.examples.y)
    some = max(SOME * walk.unknowns, rows // PART)
    if rows > 4 * some:
        part = examples.part(np.sort(np.random.default_rng(0).choice(rows, some, replace=False)))
        _descend(walk, part, CLOSE, told=False)
    _descend(walk, examples, walk.tolerance)


def _descend(walk: Walk, examples: Examples, tolerance: float, *, told: bool = True) -> None:
    there = walk.measured(walk.theta, examples, bends=True)
    jump, slope, steps = Jump(walk, there), walk.slope(there), 0
    way = jump.of(there.way)
    there_yet = slope <= tolerance and (_tiny(way, walk.theta) or not told)
    while steps < walk.rule.max_epochs and not there_yet:
        share, here = 1.0, there
        while True:
            theta = walk.theta + share * way
            there = walk.measured(theta, examples, bends=False)
            if there.height <= here.height + ROUNDING * abs(here.height) or share < SHORTEST:
                break
            share *= 0.5
        if share < SHORTEST:  # as low as numbers can tell
            there = here
            break
        last, slope, steps = slope, walk.slope(there), steps + 1
        jump.correct(theta - walk.theta, here.way - there.way)
        if last * FASTER < slope and slope > FLAT:
            jump = Jump(walk, walk.measured(theta, examples, bends=True))
        way, walk.theta = jump.of(there.way), theta
        there_yet = slope <= FLAT or (slope <= tolerance and (_tiny(way, theta) or not told))
        if there_yet:
            walk.theta = theta + way  # too small to be worth another look at all rows
        if told:
            walk.note(there, share)
    if told:
        walk.end(there, slope, steps)


def _tiny(way: Array, theta: Array) -> bool:
    return bool(np.abs(way).max() <= NEAR * (1.0 + np.abs(theta).max()))


class Jump:
    """From a way downhill to where the slope would be zero if it were bent everywhere as it is here.

    In directions in which nothing is bent there is nothing to gain, and a jump does not go there. What a step has shown
    of the bends corrects them for the next one, so that they need not be added up anew each time.
    """

    def __init__(self, walk: Walk, there: Measured) -> None:
        assert there.H is not None
        H, unknowns = there.H, np.arange(walk.unknowns)
        self.systems, size = len(H), max(float(np.einsum("nii->", H)) / (H.shape[0] * H.shape[1]), FLAT)
        if walk.lesson.bias_moves == 0.0:  # a held bias has no slope; it may as well be bent
            held = np.arange(walk.unknowns - 1, H.shape[1], walk.unknowns)
            H[:, held, :], H[:, :, held], H[:, held, held] = 0.0, 0.0, size
        if walk.lesson.code in COMPETING:  # what all neurons have in common has no slope either
            for j in unknowns if walk.rule.l2 == 0.0 else unknowns[-1:]:
                same = np.arange(j, H.shape[1], walk.unknowns)
                H[0][np.ix_(same, same)] += size
        self.inverse = np.array([_inverse(h) for h in H])

    def of(self, way: Array) -> Array:
        """Give the jump for a way downhill, both of shape (neurons, unknowns of each)."""
        return np.einsum("nij,nj->ni", self.inverse, way.reshape(self.systems, -1)).reshape(way.shape)  # type: ignore[no-any-return]

    def correct(self, step: Array, change: Array) -> None:
        r"""Take in by how much the slope changed over a step.

        .. math:: B \leftarrow (I - \rho s y^T)\,B\,(I - \rho y s^T) + \rho s s^T, \qquad \rho = 1 / y^T s

        References
        ----------
        Broyden, Fletcher, Goldfarb & Shanno (1970); Nocedal & Wright (2006), Numerical Optimization, chapter 6.
        """
        steps, changes = step.reshape(self.systems, -1), change.reshape(self.systems, -1)
        for B, s, y in zip(self.inverse, steps, changes, strict=True):
            along = float(y @ s)
            if along > 0.0:
                By = B @ y
                B += np.outer(s, s) * ((1.0 + float(y @ By) / along) / along)
                B -= (np.outer(By, s) + np.outer(s, By)) / along


def _inverse(H: Array) -> Array:
    try:
        root = np.diagonal(np.linalg.cholesky(H))
        if root.min() > SINGULAR * root.max():
            return np.linalg.inv(H)
    except np.linalg.LinAlgError:
        pass
    bends, directions = np.linalg.eigh(H)
    some = bends > SINGULAR * max(bends[-1], FLAT)
    return (directions[:, some] / bends[some]) @ directions[:, some].T  # type: ignore[no-any-return]


def by_lbfgs(walk: Walk) -> None:
    """Take steps that remember how the slope has bent, by SciPy's optimiser.

    References
    ----------
    Liu & Nocedal (1989), Mathematical Programming 45:503.
    """
    from scipy.optimize import minimize

    there = walk.measured(walk.theta, walk.examples, bends=False)
    shape, seen = walk.theta.shape, {walk.theta.tobytes(): there}

    def height_and_slope(theta: Array) -> tuple[float, Array]:
        there = walk.measured(theta.reshape(shape), walk.examples, bends=False)
        seen[theta.tobytes()] = there
        return there.height, -there.way.ravel()

    def after(intermediate_result: Any) -> None:
        theta = intermediate_result.x
        there = seen[theta.tobytes()]
        seen.clear()
        seen[theta.tobytes()] = there
        walk.theta = theta.reshape(shape).copy()
        walk.note(there, 1.0)

    options = {
        "maxiter": walk.rule.max_epochs, "maxfun": 20 * walk.rule.max_epochs, "ftol": 0.0,
        "gtol": walk.tolerance * walk.first, "maxcor": 20,
    }  # fmt: skip
    if walk.slope(there) > walk.tolerance:
        minimize(
            height_and_slope, walk.theta.ravel(), jac=True, method="L-BFGS-B", callback=after, options=options
        )  # fmt: skip
        there = walk.measured(walk.theta, walk.examples, bends=False)
    walk.end(there, walk.slope(there), walk.history.epochs)
