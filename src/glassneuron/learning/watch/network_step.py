"""One example of a network's training: the way forward, the way back, and how the weights move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.explain.explanation import Explanation
from glassneuron.neurons.explain.network import LONGEST_SUM
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.network import Network
from glassneuron.neurons.scaling import Scaling


@dataclass(frozen=True, eq=False)
class NetworkStep(Displayed):
    """One example shown to a network.

    Attributes
    ----------
    epoch, batch : int
        From 1.
    example : int
        The row's index in `X`.
    x, target : ndarrays of shape (inputs,) and (outputs,)
        As the network learns them: on one scale, where `standardise` brings them there.
    loss : str
    before : Network
        What answers the example.
    after : Network
        What follows. The weights move once a batch, when its last example is through; until then it is `before`.
    moves : bool
        Whether this example is the last of its batch.
    scaling : Scaling or None
        How the columns were brought to one scale, where they were: `x` and the networks are on that scale.
    """

    epoch: int
    batch: int
    example: int
    x: Array
    target: Array
    loss: str
    before: Network
    after: Network
    moves: bool
    scaling: Scaling | None = None

    @property
    def forward(self) -> Explanation:
        """The way forward: each sum and each answer."""
        return self.before.explain(self.x)

    @property
    def backward(self) -> Explanation:
        """The way back: the slope of the loss at each weight, by the chain rule."""
        return self.before.explain_gradient(self.x, self.target, loss=self.loss)

    def __str__(self) -> str:
        x, y = (", ".join(map(format_short, part.tolist())) for part in (self.x, self.target))
        lines = [
            f"epoch {self.epoch}, batch {self.batch}, row {self.example}: x = ({x}), target ({y})",
            "forward",
            *_indented(self.forward),
            "backward",
            *_indented(self.backward),
        ]
        if not self.moves:
            return "\n".join([*lines, "the weights move when the batch is through"])
        lines.append("the weights move")
        for l, (old, new) in enumerate(zip(self.before.layers, self.after.layers, strict=True), 1):
            for k in range(len(old.biases)):
                pairs = zip(old.weights[k].tolist(), new.weights[k].tolist(), strict=True)
                moved = [f"w{j} {format_short(a)} -> {format_short(b)}" for j, (a, b) in enumerate(pairs, 1)]
                more = len(moved) - LONGEST_SUM
                moved = moved[:LONGEST_SUM] + ([f"and {more} more"] if more > 0 else [])
                bias = f"b {format_short(float(old.biases[k]))} -> {format_short(float(new.biases[k]))}"
                lines.append(f"  layer {l}, neuron {k + 1}  {', '.join([*moved, bias])}")
        return "\n".join(lines)


def _indented(explanation: Explanation) -> list[str]:
    return [f"  {line}" for line in explanation.text.splitlines()]


def network_steps(trainer: Trainer, algorithm: Backpropagation) -> Iterator[NetworkStep]:
    """Train, and yield each example.

    Raises
    ------
    ParameterError
        For L-BFGS, which takes all rows at once, and for dropout.
    """
    settings = algorithm.settings
    if settings.optimiser == "lbfgs" or settings.dropout > 0.0:
        which = "one that takes steps from batches, without dropout, to be watched"
        raise problem("parameter", name="optimiser", rule=which, value=settings.optimiser)
    numbers, before = algorithm.rows_kept, algorithm.trained()
    for frame in trainer.steps(every=algorithm.unit):
        if frame.ends_epoch:
            continue
        rows, after, batch = (
            algorithm.order[frame.start : frame.stop],
            algorithm.trained(),
            frame.start // algorithm.unit,
        )
        for i in rows.tolist():
            last = i == rows[-1]
            yield NetworkStep(
                frame.epoch, batch + 1, i if numbers is None else int(numbers[i]),
                algorithm.data.row(i).astype(algorithm.Y.dtype), algorithm.Y[i],
                settings.loss, before, after if last else before, bool(last),
            )  # fmt: skip
        before = after
