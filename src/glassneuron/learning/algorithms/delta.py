"""The delta rule of Widrow and Hoff, and logistic regression, one row at a time."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.errors import warn
from glassneuron.learning import stopping
from glassneuron.learning.algorithms.base import IN_TURN, State
from glassneuron.learning.algorithms.neurons import BY_HAND, NO_TABLE, NeuronAlgorithm
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import evaluate_at
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.measures.intervals import total
from glassneuron.learning.settings import DeltaSettings

SLOWER, TIMES = 4.0, 6
"""By what a rate that was chosen for the user is divided where the loss no longer falls, and how often."""
MOST_L2 = 0.01
"""The penalty that is chosen for tables of up to a hundred rows: more would keep a handful from being learned."""
FEW_ROWS = 10
"""Rows for each column under which the least squares of linear neurons would learn the rows by heart."""
STEPWISE = ("online", "batch")
"""Ways to learn whose single steps are the lesson."""
SMALL = 0.01
"""How small the gradient is, as a fraction of that at weights of 0, where the lowest loss is reached."""
NOTHING = 1e-12
"""The gradient at weights of 0, beside the loss there, up to which it is nothing but rounding: they are the best."""
EXPLODED = 1e6
"""Times the loss of answering nothing from which a loss counts as exploded."""
CURVATURE = {kernels.LINEAR: 1.0, kernels.SIGMOID: 0.25, kernels.SOFTMAX: 0.5}
"""The largest second derivative of each loss along a sum."""


class DeltaRule(NeuronAlgorithm):
    """Neurons that move after each row.

    References
    ----------
    Widrow & Hoff (1960), IRE WESCON Convention Record 4:96-104.
    """

    slots: tuple[str, ...] = ("scale", "slower")
    scale: Any
    slower: Any = (0.0,)
    alone: tuple[str, str] | None = (IN_TURN, "solver='auto', which goes to the lowest loss of all rows")
    slope_left = 0.0  # beside that at weights of 0, where the loss no longer falls
    settings: DeltaSettings

    def __init__(self, data: Dataset, settings: DeltaSettings, code: int, state: State | None = None) -> None:
        self.code = code
        self.epoch_kernel = "delta_epoch" if code == kernels.LINEAR else ""  # exp is another one in compiled code
        self.l2 = _suitable_penalty(code, data, settings) if settings.l2 is None else settings.l2
        super().__init__(data, settings, state)

    def first_state(self) -> State:
        return super().first_state() | {"scale": np.ones(1), "slower": np.zeros(1)}

    @cached_property
    def loss_of_nothing(self) -> float:
        """The mean loss of weights of 0."""
        data = self.data
        if self.code != kernels.LINEAR:
            return math.log(max(2, data.neurons)) * (data.neurons if self.code == kernels.SIGMOID else 1)
        return 0.5 * data.neurons if data.labelled else max(0.5 * total(np.square, data.y) / data.y.size, 1e-300)

    def suitable_rate(self) -> float:
        """Return half the rate at which one move has the longest row right, so that none overshoots."""
        curvature = CURVATURE[self.code] * (1.0 + self.seen.longest_row())
        return 0.5 / (curvature + self.l2)

    def rate_in(self, epoch: int) -> float:
        return super().rate_in(epoch) / float(SLOWER ** self.slower[0])

    def slow_down(self) -> bool:
        """Divide the rate, unless somebody chose it: with long steps row by row, the loss stays above the lowest."""
        chosen = self.settings.learning_rate is not None or self.settings.schedule != "constant"
        if chosen or not self.in_turn or self.slower[0] >= TIMES:
            return False
        self.slower[0] += 1.0
        return True

    def settled(self) -> tuple[bool, str]:
        """Compare the gradient, in coordinates in which all columns have one scale, with that at weights of 0."""
        held, coordinates = self.bias_moves == 0.0, Coordinates.of(self.seen, centred=self.bias_moves > 0.0)
        W, b = self.weights
        with np.errstate(over="ignore", invalid="ignore"):
            here, first = (
                coordinates.gradient(evaluate_at(self.code, theta, self.seen, self.l2).gradient)[
                    :, : -1 if held else None
                ]
                for theta in (np.column_stack([W, b]), np.column_stack([0.0 * W, b if held else 0.0 * b]))
            )
            left, began = float(np.abs(here).max()), float(np.abs(first).max())
            if began <= NOTHING * self.loss_of_nothing:
                return left <= SMALL * self.loss_of_nothing, "; no weights have a lower loss than weights of 0"
            self.slope_left = left / began
        return self.slope_left <= SMALL, f"; the gradient is {self.slope_left:.1g} of that at weights of 0"

    def rates(self) -> tuple[float, float, float]:
        return self.eta, self.eta * self.bias_moves, self.l2

    def step(self, start: int, stop: int) -> tuple[int, float]:
        try:
            with np.errstate(divide="ignore"):
                return self._learn(self.visits(start, stop))
        except ZeroDivisionError:  # a penalty that takes all of the weights: compiled kernels go on with infinity
            return 0, math.inf

    def _learn(self, visits: Any) -> tuple[int, float]:
        if self.code == kernels.SOFTMAX:
            return self.compete(visits, self.scale, (NO_TABLE, NO_TABLE, np.zeros(1)))
        rates, k, factors = self.rates(), self.kernels, []

        def learn(some: slice, y: Any) -> tuple[int, float]:
            factors.append(np.array(self.scale))
            neurons = self.W[some], self.b[some]
            return k.delta_epoch(self.code, neurons, (self.X, y), visits, rates, factors[-1])  # type: ignore[no-any-return]

        done = self.shared(learn)
        self.scale[0] = float(factors[0][0])
        return done

    def rewritten(self, state: State, *, inside: bool) -> State:
        if self.scaling is None or "scale" not in state:
            return super().rewritten(state, inside=inside)
        state = state | {"W": state["W"] * state["scale"][0], "scale": np.ones(1)}
        return super().rewritten(state, inside=inside)

    @property
    def weights(self) -> tuple[Array, Array]:
        W, b = super().weights
        return (W * self.dtype.type(self.scale[0]) if self.scale[0] != 1.0 else W), b

    def is_sound(self, loss: float) -> bool:
        return super().is_sound(loss) and loss <= EXPLODED * self.loss_of_nothing

    def remaining_weight(self, share: float) -> float:
        return 1.0 - share * self.eta * self.l2

    def explain_divergence(self, epoch: int) -> str:
        better = type(self)(self.data, replace(self.settings, learning_rate=None), self.code).rate
        said = f"{stopping.diverged(epoch, self.eta)}; try {better:.1g}, or standardise the features"
        warn(f"{said}.")
        return said


def _suitable_penalty(code: int, data: Dataset, settings: DeltaSettings) -> float:
    """Return a penalty that suits the rows; linear neurons have one where rows are too few to tell columns apart."""
    rows, features = data.shape
    told = code == kernels.LINEAR and (rows >= FEW_ROWS * features or rows < BY_HAND or settings.way in STEPWISE)
    return 0.0 if told else min(1.0 / data.total, MOST_L2)
