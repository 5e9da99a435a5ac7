"""A network's training one example at a time: the way forward, the way back, and how the weights move."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.backpropagation import BackpropagationRule, diverged, finished
from glassneuron.learning.history import History
from glassneuron.learning.lesson import Lesson
from glassneuron.learning.stopping import Patience
from glassneuron.neurons.explain.explanation import Explanation, shown
from glassneuron.neurons.explain.network import LONGEST_SUM
from glassneuron.neurons.network import Network


@dataclass(frozen=True, eq=False)
class NetworkStep:
    """One example shown to a network.

    Attributes
    ----------
    epoch, batch : int
        From 1.
    example : int
        The row's index in `X`.
    x, target : ndarrays of shape (inputs,) and (outputs,)
    loss : str
    before : Network
        What answers the example.
    after : Network
        What follows. The weights move once a batch, when its last example is through; until then it is `before`.
    moves : bool
        Whether this example is the last of its batch.
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

    @property
    def forward(self) -> Explanation:
        """The way forward: each sum and each answer."""
        return self.before.explain(self.x)

    @property
    def backward(self) -> Explanation:
        """The way back: the slope of the loss at each weight, by the chain rule."""
        return self.before.explain_gradient(self.x, self.target, loss=self.loss)

    def __str__(self) -> str:
        x, y = (", ".join(map(shown, part.tolist())) for part in (self.x, self.target))
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
                moved = [f"w{j} {shown(a)} -> {shown(b)}" for j, (a, b) in enumerate(pairs, 1)]
                more = len(moved) - LONGEST_SUM
                moved = moved[:LONGEST_SUM] + ([f"and {more} more"] if more > 0 else [])
                bias = f"b {shown(float(old.biases[k]))} -> {shown(float(new.biases[k]))}"
                lines.append(f"  layer {l}, neuron {k + 1}  {', '.join([*moved, bias])}")
        return "\n".join(lines)


def _indented(explanation: Explanation) -> list[str]:
    return [f"  {line}" for line in explanation.text.splitlines()]


def steps(
    network: Network,
    X: Array,
    Y: Array,
    rule: BackpropagationRule,
    *,
    weights: Array | None = None,
    validation: tuple[Array, Array] | None = None,
) -> Iterator[NetworkStep]:
    """Train a network as `learn` does, from the same kernels, and yield every example.

    Parameters
    ----------
    network, X, Y, rule, weights, validation
        As `learn` takes them.

    Yields
    ------
    NetworkStep

    Raises
    ------
    ParameterError
        For L-BFGS, which takes all rows at once, and for dropout.

    Examples
    --------
    >>> from glassneuron.neurons.layer import Layer
    >>> line = Network([Layer([[2.0]], [0.0], "linear")])
    >>> rule = BackpropagationRule("squared_error", "sgd", learning_rate=0.1, max_epochs=1)
    >>> for step in steps(line, np.array([[3.0]]), np.array([[1.0]]), rule):
    ...     print(step)
    epoch 1, batch 1, row 0: x = (3), target (1)
    forward
      layer 1, 1 linear neuron, reads x
        neuron 1  2·3 + 0 = 6 ; linear(6) = 6
    backward
      loss  1/2 sum of (a_k - y_k)^2 = 12.5
            target (1), output (6)
      layer 1, linear: dL/dz, then dL/dw = dL/dz · what the weight multiplied
        neuron 1  dL/dz = 6 - 1 = 5
                  dL/dw1 = 5·3 = 15
                  dL/db = 5
    the weights move
      layer 1, neuron 1  w1 2 -> 0.5, b 0 -> -0.5
    """
    if rule.optimiser == "lbfgs" or rule.dropout > 0.0:
        which = "one that takes steps from batches, without dropout, to be watched"
        raise problem("parameter", name="optimiser", rule=which, value=rule.optimiser)
    lesson = Lesson(network, X, Y, rule, weights)
    numbers = np.arange(len(X)) if weights is None else np.flatnonzero(weights > 0.0)
    history, waiting = History(), Patience(rule.tolerance or 0.0, rule.patience)
    while history.epochs < rule.max_epochs:
        start, order, losses = time.perf_counter(), lesson.orders(1), np.empty((1, lesson.steps))
        first = lesson.theta.copy()
        for step in range(lesson.steps):
            before, rows = lesson.taught(), order[0, step * lesson.batch : (step + 1) * lesson.batch]
            if not lesson.step(rows, history.epochs, step, losses[0]):
                diverged(lesson, history)
                return
            after = lesson.taught()
            for i in rows.tolist():
                last = i == rows[-1]
                yield NetworkStep(
                    history.epochs + 1, step + 1, int(numbers[i]), lesson.X[i], lesson.Y[i], rule.loss,
                    before, after if last else before, bool(last),
                )  # fmt: skip
        lesson.before = first
        history.losses += lesson.epoch_losses(order, losses)
        history.seconds.append(time.perf_counter() - start)
        if validation is not None:
            history.validation_losses.append(lesson.judge(validation))
        if finished(history, rule, waiting, None):
            return
