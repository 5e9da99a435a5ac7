"""A training that looks at all rows before it moves, one move at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glassneuron.engine.arrays import Array
from glassneuron.learning.history import History, OnEpoch
from glassneuron.neurons.explanation import factor, shown

if TYPE_CHECKING:
    from glassneuron.learning.delta import OnlineLesson


@dataclass(frozen=True, eq=False)
class WholeStep:
    """One move of all neurons, after a look at all rows.

    Attributes
    ----------
    epoch : int
        From 1.
    rows : int
    loss : float
        The mean over the rows: in a batch before the move, on the way to the optimum after it.
    how : str
        "batch", or the method that goes to the optimum.
    rate : float
        The learning rate, or the share of a jump that was taken.
    weights_before, weights_after : ndarray of shape (neurons, features)
    bias_before, bias_after : ndarray of shape (neurons,)
    """

    epoch: int
    rows: int
    loss: float
    how: str
    rate: float
    weights_before: Array
    bias_before: Array
    weights_after: Array
    bias_after: Array

    def __str__(self) -> str:
        unit = "epoch" if self.how == "batch" else "step"
        lines = [f"{unit} {self.epoch}, all {self.rows:,} rows: loss {shown(self.loss)}"]
        neurons = zip(self.weights_before, self.bias_before, self.weights_after, self.bias_after, strict=True)
        for n, (w, b, new, c) in enumerate(neurons, 1):
            if len(self.bias_after) > 1:
                lines.append(f"  neuron {n}")
            names = [*(f"w{j}" for j in range(1, len(w) + 1)), "bias"]
            for name, old, now in zip(names, [*w.tolist(), float(b)], [*new.tolist(), float(c)], strict=True):
                if name == "bias" and old == now:
                    lines.append(f"  bias    {shown(old)}, held")
                elif self.how == "batch":
                    slope = (old - now) / self.rate
                    lines.append(f"  {name:<6}  {shown(old)} - {shown(self.rate)}·{factor(slope)} = {shown(now)}")
                else:
                    lines.append(f"  {name:<6}  {shown(old)} + {factor(now - old)} = {shown(now)}")
        return "\n".join(lines)


def whole_steps(learn: Callable[[OnEpoch], Any], lesson: OnlineLesson) -> Iterator[WholeStep]:
    """Do a training and yield each of its moves.

    Parameters
    ----------
    learn : callable
        Does the training with this lesson, calling what it is given after each move.
    lesson : OnlineLesson
    """
    before = lesson.weights()
    moves: list[WholeStep] = []

    def on_move(history: History) -> None:
        nonlocal before
        after = lesson.kept()
        moves.append(
            WholeStep(
                history.epochs,
                len(lesson.examples.y),
                history.losses[-1],
                lesson.rule.solver,
                history.learning_rates[-1],
                *before,
                *after,
            )
        )
        before = after

    learn(on_move)
    yield from moves
