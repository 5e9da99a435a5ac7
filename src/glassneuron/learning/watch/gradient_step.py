"""One move of neurons that look at all rows before they move, as arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.whole_batch.descent import WholeBatch
from glassneuron.learning.trainer import Trainer
from glassneuron.learning.watch.step import some_lines
from glassneuron.neurons.explain.numbers import format_factor, format_short
from glassneuron.neurons.scaling import Scaling


@dataclass(frozen=True, eq=False)
class WholeStep(Displayed):
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
    scaling : Scaling or None
        How the columns were brought to one scale, where they were: the weights are on that scale.
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
    scaling: Scaling | None = None

    def __str__(self) -> str:
        batch = self.how == "batch"
        when = "before the move" if batch else "after it"
        part = f", by {format_short(self.rate)} of the jump" if not batch and self.rate < 1.0 else ""
        loss = format_short(self.loss)
        lines = [f"{'epoch' if batch else 'step'} {self.epoch}, all {self.rows:,} rows{part}: loss {loss} {when}"]
        neurons = zip(self.weights_before, self.bias_before, self.weights_after, self.bias_after, strict=True)
        for n, (w, b, new, c) in enumerate(neurons, 1):
            if len(self.bias_after) > 1:
                lines.append(f"  neuron {n}")
            moves = [self._move(f"w{j}", *pair) for j, pair in enumerate(zip(w.tolist(), new.tolist(), strict=True), 1)]
            lines += some_lines(moves)
            bias = f"  bias    {format_short(float(b))}, held" if self.held else self._move("bias", float(b), float(c))
            lines.append(bias)
        return "\n".join(lines)

    def _move(self, name: str, old: float, new: float) -> str:
        if self.how == "batch":
            move = f"{format_short(self.rate)}·{format_factor((old - new) / self.rate)}"
            return f"  {name:<6}  {format_short(old)} - {move} = {format_short(new)}"
        return f"  {name:<6}  {format_short(old)} + {format_factor(new - old)} = {format_short(new)}"


def gradient_steps(trainer: Trainer, algorithm: WholeBatch) -> Iterator[WholeStep]:
    """Train, and yield each move."""
    held, before = algorithm.bias_moves == 0.0, algorithm.weights
    for frame in trainer.steps():
        if frame.ends_epoch:
            after, history = algorithm.weights, trainer.history
            yield WholeStep(
                frame.epoch, len(algorithm.data.y), history.losses[-1], algorithm.settings.solver,
                history.learning_rates[-1], *before, *after, held, algorithm.scaling,
            )  # fmt: skip
            before = after
