"""What happened while a neuron learned: mistakes, seconds, why it stopped; and the same, one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from numpy.typing import ArrayLike

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.explain.explanation import arithmetic, factor, shown


@dataclass
class History:
    """The course of one training.

    Attributes
    ----------
    mistakes : list of int
        Wrong answers in each epoch, at the moment when each row was shown; empty for networks.
    seconds : list of float
        Duration of each epoch.
    converged : bool
        Whether the rule had nothing left to change.
    why_stopped : str
        One sentence.
    losses : list of float
        Mean loss of each epoch, without penalties. A perceptron's is by how far wrong sums are on the wrong side.
    validation_losses, validation_mistakes : lists of float
        Mean loss, and share of wrong answers, after each epoch on rows that were kept aside.
    learning_rates : list of float
        Of each epoch; of Newton's method the share of the step that was taken.
    norms : list of float
        Length of all weights together after each epoch, biases not counted.
    batch_losses : list of float
        Mean loss of each batch, where that was asked for.
    diverged : bool
        Whether the loss exploded.

    Examples
    --------
    >>> print(History([2, 0], [0.1, 0.1], True, "an epoch without a mistake"))
    epoch  mistakes
        1         2
        2         0
    stopped: an epoch without a mistake
    """

    mistakes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    converged: bool = False
    why_stopped: str = "not started"
    losses: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    validation_mistakes: list[float] = field(default_factory=list)
    learning_rates: list[float] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    batch_losses: list[float] = field(default_factory=list)
    diverged: bool = False

    def after(self, before: History | None) -> History:
        """Give the course of a training and of this one, which went on from where it stood; neither is changed."""
        if before is None:
            before = History()
        joined = {
            name: getattr(before, name) + value if isinstance(value, list) else value
            for name, value in vars(self).items()
        }
        return History(**joined | ({} if self.diverged else {"why_stopped": "it learns on with each call"}))

    @property
    def epochs(self) -> int:
        """Number of epochs."""
        return max(len(self.mistakes), len(self.losses))

    def __str__(self) -> str:
        columns = [
            (name, values)
            for name, values in (
                ("mistakes", self.mistakes),
                ("loss", self.losses),
                ("validation", self.validation_losses),
                ("rate", self.learning_rates if len(set(self.learning_rates)) > 1 else []),
            )
            if values or (name == "mistakes" and not self.losses)
        ]
        rows = [
            f"{epoch + 1:>5}" + "".join(f"  {_cell(values, epoch):>{max(len(name), 8)}}" for name, values in columns)
            for epoch in range(self.epochs)
        ]
        if len(rows) > 20:
            rows = [*rows[:10], f"{'...':>5}", *rows[-9:]]
        head = "epoch" + "".join(f"  {name:>{max(len(name), 8)}}" for name, _ in columns)
        return "\n".join([head, *rows, f"stopped: {self.why_stopped}"])


def _cell(values: Sequence[float], epoch: int) -> str:
    value = values[epoch] if epoch < len(values) else ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


OnEpoch = Callable[[History], Any]
"""Called after each epoch with the history so far; returning True stops the training."""


@dataclass(frozen=True, eq=False)
class Step:
    """One example shown to one neuron: its answer, and how the weights moved.

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
        What a penalty leaves of the weights at this step; 1 where there is none.
    share : float
        How much of a show this is: a row that counts 2.5 is shown twice and then by half, with half the rate.
    sums : tuple of float
        The weighted sums of all neurons, which those that compete look at.
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

    def __str__(self) -> str:
        x, before, after = self.x.tolist(), self.weights_before.tolist(), self.weights_after.tolist()
        who = f", neuron {self.neuron + 1} of {len(self.sums)}" if len(self.sums) > 1 else ""
        part = f", shown by {shown(self.share)}" if self.share != 1.0 else ""
        more = f", and {len(x) - LONGEST_LIST} more" if len(x) > LONGEST_LIST else ""
        values = ", ".join(map(shown, x[:LONGEST_LIST])) + more
        lines = [
            f"epoch {self.epoch}, row {self.example}{who}{part}: x = ({values}), target {shown(self.target)}",
            f"  sum     {self._sum(x, before)}",
            f"  output  {self._output()}",
        ]
        if self.error == 0.0 and self.kept == 1.0:
            return "\n".join([*lines, "  right: nothing changes"])
        push = f"{shown(self.learning_rate)}·{factor(self.error)}"
        push = push if self.share == 1.0 else f"{shown(self.share)}·{push}"
        lines.append(f"  error   {shown(self.target)} - {factor(self.output)} = {shown(self.error)}")
        kept = "" if self.kept == 1.0 else f"·{self.kept:.6g}"
        moves = [
            f"  {f'w{j}':<6}  {shown(w)}{kept} + {push}·{factor(v)} = {shown(new)}"
            for j, (w, new, v) in enumerate(zip(before, after, x, strict=True), 1)
            if v != 0.0 or len(x) <= LONGEST_LIST
        ]
        lines += some_lines(moves)
        held = self.bias_after == self.bias_before
        lines.append(
            f"  bias    {shown(self.bias_before)}, held"
            if held
            else f"  bias    {shown(self.bias_before)} + {push} = {shown(self.bias_after)}"
        )
        return "\n".join(lines)

    def _sum(self, x: list[float], w: list[float]) -> str:
        if len(x) <= LONGEST_LIST:
            return arithmetic(w, self.bias_before, x, self.weighted_sum)
        terms = sum(v != 0.0 for v in x)
        bias, total = shown(self.bias_before), shown(self.weighted_sum)
        return f"{terms} product{'s' * (terms != 1)} w·x of values that are not 0, and the bias {bias}: {total}"

    def _output(self) -> str:
        if self.activation not in ("softmax", "winner"):
            tie = ", for a tie fires" if self.activation == "step" and self.weighted_sum == 0.0 else ""
            return f"{self.activation}({shown(self.weighted_sum)}) = {shown(self.output)}{tie}"
        many = len(self.sums) > LONGEST_LIST
        sums = f"all {len(self.sums)} sums" if many else f"({', '.join(map(shown, self.sums))})"
        if self.activation == "softmax":
            of = " of " if many else ""
            return f"share {self.neuron + 1} of softmax{of}{sums} = {shown(self.output)}"
        largest = self.sums.index(max(self.sums)) + 1
        which = "it has" if self.output == 1.0 else f"neuron {largest} has"
        return f"{shown(self.output)}, for {which} the largest of {'' if many else 'the sums '}{sums}"


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


S = TypeVar("S", covariant=True)


class Watchable(Protocol[S]):
    """Whatever can learn one example at a time."""

    def steps(self, X: Any, y: Any) -> Iterator[S]:
        """Yield each step of the training that `fit` would do."""


def watch(learner: Watchable[S], X: ArrayLike, y: ArrayLike) -> Iterator[S]:
    """Learn one example at a time: the same training as `fit`, from the same kernels, every number shown.

    Parameters
    ----------
    learner : an estimator of this package, such as `Perceptron` or `MLPClassifier`
        It is not changed; fit it to keep what it learns.
    X : array_like of shape (rows, features)
    y : array_like of shape (rows,)

    Yields
    ------
    Step, WholeStep or NetworkStep
        `print(step)` writes out its arithmetic: of a row shown to one neuron, of a move after a look at all rows, or,
        of a network, the way forward and the way back.

    Examples
    --------
    >>> import glassneuron as gn
    >>> p = gn.Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    >>> first, second, *others = gn.watch(p, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
    >>> print(second)
    epoch 1, row 1: x = (0, 1), target 1
      sum     0·0 + 0·1 - 1 = -1
      output  step(-1) = 0
      error   1 - 0 = 1
      w1      0 + 0.1·1·0 = 0
      w2      0 + 0.1·1·1 = 0.1
      bias    -1, held
    """
    if not hasattr(learner, "steps"):
        rule = "an estimator of this package, such as `Perceptron`"
        raise problem("parameter-type", name="learner", rule=rule, value=learner, kind=type(learner).__name__)
    return learner.steps(X, y)
