"""A neuron's training one example at a time: the same rows through the same kernels, and what they moved."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.course import Lesson, close, explode, rates_of
from glassneuron.learning.dataset import COMPETING, Examples
from glassneuron.learning.history import History, Step
from glassneuron.learning.stopping import Patience

NAMES = {
    kernels.STEP: "step",
    kernels.LINEAR: "linear",
    kernels.SIGMOID: "sigmoid",
    kernels.SOFTMAX: "softmax",
    kernels.WINNER: "winner",
}
"""How the steps call an activation; the winner of a layer takes 1 and leaves 0."""


def steps_of(lesson: Lesson, history: History, validation: Examples | None = None) -> Iterator[Step]:
    """Learn as `course.run` does, but one row at a time, and yield what each neuron made of it.

    Parameters
    ----------
    lesson : Lesson
    history : History, extended
    validation : Examples, optional
        Rows kept aside, which tell when it is enough. The neurons do not go back to their best epoch at the end.

    Yields
    ------
    Step
    """
    waiting = Patience(lesson.rule.tolerance or 0.0, lesson.rule.patience)
    for epoch, eta in enumerate(rates_of(lesson), 1):
        began, mistakes, loss = time.perf_counter(), 0, 0.0
        for i in next(lesson.orders).tolist():
            for share in _shows(lesson, i):
                before = lesson.weights()
                with np.errstate(over="ignore", invalid="ignore"):
                    sums = _sums(lesson, i)
                    wrong, missed = lesson.show(np.array([i], lesson.rows.dtype), eta)
                    new = list(_steps(lesson, epoch, i, sums, before, eta, share))
                mistakes, loss = mistakes + wrong, loss + missed
                yield from (step for step in new if share == 1.0 or step.error != 0.0)
        lesson.end_epoch()
        loss /= lesson.total
        if not lesson.sound(loss):
            explode(history, eta)
            return
        if close(lesson, history, waiting, validation, mistakes, loss, eta, began):
            return


def _shows(lesson: Lesson, i: int) -> Iterator[float]:
    """Show a row that counts 2.5 twice, and then by half."""
    if not len(lesson.counts):
        yield 1.0
        return
    left = count = float(lesson.counts[i])
    while left > 0.0:
        lesson.counts[i] = min(left, 1.0)
        yield lesson.counts[i]
        left -= 1.0
    lesson.counts[i] = count


def _sums(lesson: Lesson, i: int) -> list[float]:
    k = lesson.kernels
    if lesson.examples.sparse:
        x = lesson.X[i] if isinstance(lesson.X, list) else _sparse_row(lesson.X, i)
        return [float(k.sparse_sum(w, b[0], x)) for w, b in zip(lesson.W, lesson.b, strict=True)]
    return [float(k.weighted_sum(w, b[0], lesson.X[i])) for w, b in zip(lesson.W, lesson.b, strict=True)]


def _sparse_row(X: Any, i: int) -> tuple[Array, Array]:
    values, columns, starts = X
    return columns[starts[i] : starts[i + 1]], values[starts[i] : starts[i + 1]]


def _steps(
    lesson: Lesson, epoch: int, i: int, sums: list[float], before: tuple[Array, Array], eta: float, share: float
) -> Iterator[Step]:
    code, examples, (W, b) = lesson.code, lesson.examples, lesson.weights()
    outputs = [0.0] * len(sums)
    if code in COMPETING:
        kernels.compete(code, sums, outputs)
    else:
        outputs = [kernels.activate(code, z) for z in sums]
    x, left = examples.row(i), lesson.left_of_weights(share * eta)
    for n, (z, a) in enumerate(zip(sums, outputs, strict=True)):
        target = kernels.target_of(examples.y[i].item(), examples.fires_for, n, examples.silent)
        yield Step(
            epoch, i, n, x, target, z, a, target - a, eta, before[0][n], float(before[1][n]), W[n], float(b[n]),
            NAMES[code], left, share, tuple(sums),
        )  # fmt: skip
