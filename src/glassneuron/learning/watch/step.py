"""One row visited by one neuron, as arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.display import Displayed
from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.dataset import COMPETING
from glassneuron.learning.trainer import Trainer
from glassneuron.neurons.explain.numbers import format_factor, format_output, format_short, in_brackets, write_sum
from glassneuron.neurons.scaling import Scaling


@dataclass(frozen=True, eq=False)
class Step(Displayed):
    """One example seen by one neuron: its answer, and how the weights moved.

    Attributes
    ----------
    epoch, example : int
        Both from 1 and from 0: the first epoch is 1, `example` is the row's index in `X`.
    neuron : int
        Which neuron; 0 where there is one.
    x : ndarray of shape (features,)
    target, output, error : float
        `error` is target - output.
    weighted_sum : float
    learning_rate : float
    weights_before, weights_after : ndarray of shape (features,)
    bias_before, bias_after : float
    activation : str
    kept : float
        The factor by which a penalty shrinks the weights at this step; 1 where there is none.
    share : float
        The weight of this visit: a row of weight 2.5 is visited twice and then by half, with half the rate.
    sums : tuple of float
        The weighted sums of all neurons, which those that compete look at.
    scaling : Scaling or None
        How the columns were brought to one scale, where they were: `x` and the weights are on that scale.
    """

    epoch: int
    example: int
    neuron: int
    x: Array
    target: float
    weighted_sum: float
    output: float
    error: float
    learning_rate: float
    weights_before: Array
    bias_before: float
    weights_after: Array
    bias_after: float
    activation: str = "step"
    kept: float = 1.0
    share: float = 1.0
    sums: tuple[float, ...] = ()
    scaling: Scaling | None = None

    def __str__(self) -> str:
        x, before, after = self.x.tolist(), self.weights_before.tolist(), self.weights_after.tolist()
        who = f", neuron {self.neuron + 1} of {len(self.sums)}" if len(self.sums) > 1 else ""
        part = f", weight {format_short(self.share)}" if self.share != 1.0 else ""
        more = f", and {len(x) - LONGEST_LIST} more" if len(x) > LONGEST_LIST else ""
        values = ", ".join(map(format_short, x[:LONGEST_LIST])) + more
        lines = [
            f"epoch {self.epoch}, row {self.example}{who}{part}: x = ({values}), target {format_short(self.target)}",
            f"  sum     {self._sum(x, before)}",
            f"  output  {self._output()}",
        ]
        if self.error == 0.0 and self.kept == 1.0:
            return "\n".join([*lines, "  right: nothing changes"])
        push = f"{format_short(self.learning_rate)}·{format_factor(self.error)}"
        push = push if self.share == 1.0 else f"{format_short(self.share)}·{push}"
        output = in_brackets(format_output(self.activation, self.output))
        lines.append(f"  error   {format_short(self.target)} - {output} = {format_short(self.error)}")
        kept = "" if self.kept == 1.0 else f"·{self.kept:.6g}"
        moves = [
            f"  {f'w{j}':<6}  {format_short(w)}{kept} + {push}·{format_factor(v)} = {format_short(new)}"
            for j, (w, new, v) in enumerate(zip(before, after, x, strict=True), 1)
            if v != 0.0 or len(x) <= LONGEST_LIST
        ]
        lines += some_lines(moves)
        held = self.bias_after == self.bias_before
        lines.append(
            f"  bias    {format_short(self.bias_before)}, held"
            if held
            else f"  bias    {format_short(self.bias_before)} + {push} = {format_short(self.bias_after)}"
        )
        return "\n".join(lines)

    def _sum(self, x: list[float], w: list[float]) -> str:
        if len(x) <= LONGEST_LIST:
            return write_sum(w, self.bias_before, x, self.weighted_sum)
        terms = sum(v != 0.0 for v in x)
        bias, total = format_short(self.bias_before), format_short(self.weighted_sum)
        return f"{terms} product{'s' * (terms != 1)} w·x of values that are not 0, and the bias {bias}: {total}"

    def _output(self) -> str:
        if self.activation not in ("softmax", "winner"):
            tie = ", for a tie fires" if self.activation == "step" and self.weighted_sum == 0.0 else ""
            output = format_output(self.activation, self.output)
            return f"{self.activation}({format_short(self.weighted_sum)}) = {output}{tie}"
        many = len(self.sums) > LONGEST_LIST
        sums = f"all {len(self.sums)} sums" if many else f"({', '.join(map(format_short, self.sums))})"
        if self.activation == "softmax":
            of = " of " if many else ""
            return f"share {self.neuron + 1} of softmax{of}{sums} = {format_output('softmax', self.output)}"
        largest = self.sums.index(max(self.sums)) + 1
        which = "it has" if self.output == 1.0 else f"neuron {largest} has"
        return f"{format_short(self.output)}: {which} the largest of {'' if many else 'the sums '}{sums}"


LONGEST_LIST = 6
"""Values, and weights that move, that are written out one by one."""


def some_lines(lines: list[str]) -> list[str]:
    """Keep the first lines of a long list, and say how many more there are.

    Examples
    --------
    >>> some_lines([f"  w{j}" for j in range(1, 10)])[-2:]
    ['  w6', '  and 3 more weights']
    """
    more = len(lines) - LONGEST_LIST
    return lines if more <= 0 else [*lines[:LONGEST_LIST], f"  and {more} more weight{'s' * (more != 1)}"]


NAMES = {
    kernels.STEP: "step",
    kernels.LINEAR: "linear",
    kernels.SIGMOID: "sigmoid",
    kernels.SOFTMAX: "softmax",
    kernels.WINNER: "winner",
}
"""What steps call an activation; the winner of a layer takes 1 and leaves 0."""


def neuron_steps(trainer: Trainer, algorithm: NeuronAlgorithm) -> Iterator[Step]:
    """Train one visit at a time, and yield what each neuron made of it.

    A row of weight 2.5 is visited twice and then by half; a half visit that moves nothing is left out.
    """
    before = algorithm.weights
    for frame in trainer.steps(every=1):
        if frame.ends_epoch:
            before = algorithm.weights
            continue
        order, share = algorithm.epoch.visits(frame.start, frame.stop)
        part = float(share[0]) if len(share) else 1.0
        yield from (
            step
            for step in _steps(algorithm, frame.epoch, int(order[0]), part, before)
            if part == 1.0 or step.error != 0.0
        )
        before = algorithm.weights


def look(algorithm: NeuronAlgorithm, i: int, W: Array, b: Array) -> tuple[list[float], list[float], list[float]]:
    """Return the sums, the outputs and the targets of all neurons for row i, with these weights and biases."""
    code, data = algorithm.code, algorithm.data
    with np.errstate(over="ignore", invalid="ignore"):
        sums = _sums(algorithm, i, W, b)
    outputs = [0.0] * len(sums)
    if code in COMPETING:
        kernels.compete(code, sums, outputs)
    else:
        outputs = [kernels.activate(code, z) for z in sums]
    y = data.y[i].item()
    return sums, outputs, [kernels.target_for(y, k, data.neurons, data.silent) for k in range(len(sums))]


def _steps(algorithm: NeuronAlgorithm, epoch: int, i: int, share: float, before: tuple[Array, Array]) -> Iterator[Step]:
    W, b = algorithm.weights
    sums, outputs, targets = look(algorithm, i, *before)
    x, kept = algorithm.seen.row(i), algorithm.remaining_weight(share)
    for k, (z, a, target) in enumerate(zip(sums, outputs, targets, strict=True)):
        yield Step(
            epoch, i, k, x, target, z, a, target - a, algorithm.eta, before[0][k], float(before[1][k]), W[k],
            float(b[k]), NAMES[algorithm.code], kept, share, tuple(sums), algorithm.scaling,
        )  # fmt: skip


def _sums(algorithm: NeuronAlgorithm, i: int, W: Array, b: Array) -> list[float]:
    """Return the weighted sums of a row, added up in the order in which the kernels do it."""
    k, table = algorithm.kernels, algorithm.X
    if not algorithm.data.sparse:
        return [
            float(k.weighted_sum(algorithm.kernel_form(w), c, table[i])) for w, c in zip(W, b.tolist(), strict=True)
        ]
    if isinstance(table, list):
        x: Any = table[i]
    else:
        values, columns, starts = table
        x = columns[starts[i] : starts[i + 1]], values[starts[i] : starts[i + 1]]
    return [float(k.sparse_sum(algorithm.kernel_form(w), c, x)) for w, c in zip(W, b.tolist(), strict=True)]
