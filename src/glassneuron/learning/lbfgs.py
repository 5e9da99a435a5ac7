"""L-BFGS: steps that remember how the slope has bent, over all rows at once, by SciPy's optimiser."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array
from glassneuron.learning.history import History, OnEpoch
from glassneuron.neurons.network import Network

if TYPE_CHECKING:
    from glassneuron.learning.lesson import Lesson

LOST = 2
"""SciPy's status where the search along a direction ends without a lower loss: rounding, or slopes beyond a float."""


def learn_whole(lesson: Lesson, on_epoch: OnEpoch | None) -> tuple[Network, History]:
    """Minimise the mean loss and its penalty; an epoch is one iteration.

    References
    ----------
    Liu & Nocedal (1989), Mathematical Programming 45:503.
    """
    from scipy.optimize import minimize

    history, rule, k = History(), lesson.rule, lesson.kernels
    views = backend.load("python").weights_of  # a list of arrays, which compiled kernels would copy
    gradient, start = np.empty_like(lesson.theta), time.perf_counter()
    seen: list[float] = []  # the loss of each step tried

    def loss_and_slope(theta: Array) -> tuple[float, Array]:
        here = theta.astype(lesson.theta.dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            loss = float(
                k.loss_and_gradient(
                    here, lesson.sizes, lesson.codes, lesson.loss.code, lesson.X, lesson.Y, lesson.counts, gradient
                )
            )
        if not seen and not np.isfinite(loss):
            lesson.refuse_beyond_float()
        seen.append(loss)
        if rule.l2 > 0.0:
            for w, g in zip(views(here, lesson.sizes), views(gradient, lesson.sizes), strict=True):
                g += rule.l2 * w
                loss += 0.5 * rule.l2 * float(np.vdot(w, w))
        return loss, gradient.astype(np.float64)

    def after(theta: Array) -> None:
        nonlocal start
        now = time.perf_counter()
        history.losses.append(seen[-1])
        history.seconds.append(now - start)
        start = now
        lesson.theta = theta.astype(lesson.theta.dtype)
        history.why_stopped = f"it was asked to stop after epoch {history.epochs}"
        if on_epoch is not None and on_epoch(history) is True:
            raise StopIteration

    tolerance = 0.0 if rule.tolerance is None else rule.tolerance
    limits = {"maxiter": rule.max_epochs, "maxfun": 15 * rule.max_epochs, "gtol": tolerance, "ftol": 64 * 2.2e-16}
    done = minimize(
        loss_and_slope, lesson.theta.astype(np.float64), jac=True, method="L-BFGS-B", callback=after, options=limits
    )
    if history.losses:
        lesson.theta = done.x.astype(lesson.theta.dtype)
    else:
        history.losses, history.seconds = seen[:1], [time.perf_counter() - start]
    if done.status == 0:
        history.converged = True
        flat = bool(np.abs(done.jac).max() <= tolerance)
        where = f"no slope is steeper than {tolerance:g}" if flat else "no step of L-BFGS lowers the loss further"
        history.why_stopped = f"{where}; the loss is {history.losses[-1]:.4g}"
    elif done.status == 1:
        history.why_stopped = f"all {history.epochs} epochs are over; the last loss is {history.losses[-1]:.4g}"
    elif done.status == LOST:
        history.why_stopped = (
            f"L-BFGS finds no lower loss on its way, as far as a {lesson.theta.dtype} can tell; "
            f"it is {history.losses[-1]:.4g}"
        )
    return lesson.taught(), history
