"""A training that looks at all rows before it moves, one move at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glassneuron.engine.arrays import Array
from glassneuron.learning.history import History, OnEpoch, some_lines
from glassneuron.neurons.explain.explanation import factor, shown

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
    held : bool
        Whether the biases do not move.
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
    held: bool = False

    def __str__(self) -> str:
        batch = self.how == "batch"
        when = "before the move" if batch else "after it"
        part = f", by {shown(self.rate)} of the jump" if not batch and self.rate < 1.0 else ""
        lines = [
            f"{'epoch' if batch else 'step'} {self.epoch}, all {self.rows:,} rows{part}: loss {shown(self.loss)} {when}"
        ]
        neurons = zip(self.weights_before, self.bias_before, self.weights_after, self.bias_after, strict=True)
        for n, (w, b, new, c) in enumerate(neurons, 1):
            if len(self.bias_after) > 1:
                lines.append(f"  neuron {n}")
            moves = [self._move(f"w{j}", *pair) for j, pair in enumerate(zip(w.tolist(), new.tolist(), strict=True), 1)]
            lines += some_lines(moves)
            bias = f"  bias    {shown(float(b))}, held" if self.held else self._move("bias", float(b), float(c))
            lines.append(bias)
        return "\n".join(lines)

    def _move(self, name: str, old: float, new: float) -> str:
        if self.how == "batch":
            return f"  {name:<6}  {shown(old)} - {shown(self.rate)}·{factor((old - new) / self.rate)} = {shown(new)}"
        return f"  {name:<6}  {shown(old)} + {factor(new - old)} = {shown(new)}"


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
                lesson.bias_moves == 0.0,
            )
        )
        before = after

    learn(on_move)
    yield from moves
