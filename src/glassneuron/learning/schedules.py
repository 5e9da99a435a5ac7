"""How the learning rate changes while a neuron learns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem

SCHEDULES: dict[str, Callable[[Array], Array]] = {
    "constant": lambda part: np.ones_like(part),
    "linear": lambda part: 1.0 - part,
    "cosine": lambda part: 0.5 * (1.0 + np.cos(np.pi * part)),
    "inverse": lambda part: 1.0 / (1.0 + 9.0 * part),
}
"""Share of the starting rate, by the part of the training that is over, from 0 to 1.

"inverse" ends at a tenth of the start; "linear" and "cosine" (Loshchilov & Hutter 2017, ICLR) end at nothing.
"""

Schedule = str | Callable[[int], float]
"""A name, or a function that gives the rate for an epoch, the first being 1."""


def rates(schedule: Schedule, start: float, epochs: Array, of: int) -> Array:
    """Return the learning rate at some moments, in epochs that are over, of a training of so many at most.

    A named schedule starts from `start`; a function gives its own rate for an epoch.

    Examples
    --------
    >>> rates("linear", 0.1, np.array([0.0, 5.0]), of=10)
    array([0.1 , 0.05])
    """
    if not callable(schedule):
        return start * SCHEDULES[checks.choice("schedule", schedule, tuple(SCHEDULES))](epochs / of)
    own = {epoch: schedule(epoch + 1) for epoch in sorted({int(e) for e in epochs})}
    for rate in own.values():
        checks.number("schedule", rate, "(0, inf)")
    return np.array([own[int(e)] for e in epochs])


def checked(schedule: object) -> None:
    """Refuse what is neither the name of a schedule nor a function."""
    if not callable(schedule) and (not isinstance(schedule, str) or schedule not in SCHEDULES):
        names = ", ".join(repr(name) for name in SCHEDULES)
        raise problem("parameter", name="schedule", rule=f"one of {names}, or a function of the epoch", value=schedule)


def checked_or_none(schedule: object) -> None:
    """Refuse what is neither None nor the name of a schedule nor a function."""
    if schedule is not None:
        checked(schedule)
