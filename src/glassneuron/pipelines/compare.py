"""Who learns how much from how much data: single neurons and networks on growing numbers of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from glassneuron.pipelines.pipelines import learner
from glassneuron.pipelines.problems import Contest
from glassneuron.pipelines.task import Settings

SEEN = 300_000
"""Rows that a training looks at, the same row once an epoch, in 10 to 200 epochs."""


@dataclass(frozen=True)
class Contender:
    """One that learns.

    Attributes
    ----------
    name : str
    model : str
        A name in `learners.LEARNERS`.
    hidden : tuple of int or None
        Hidden layers of a network.
    """

    name: str
    model: str
    hidden: tuple[int, ...] | None = None


CONTENDERS = (
    Contender("perceptron", "perceptron"),
    Contender("sigmoid neuron", "sigmoid"),
    Contender("one hidden layer", "network", (32,)),
    Contender("two hidden layers", "network", (32, 32)),
)


@dataclass(frozen=True)
class Score:
    """What one contender made of so many rows.

    Attributes
    ----------
    contender : str
    rows : int
    seed : int
        Of the rows drawn and of the first weights.
    accuracy : float
        Share of right answers to rows that it did not learn from.
    """

    contender: str
    rows: int
    seed: int
    accuracy: float


def compare(
    contest: Contest,
    seeds: Sequence[int],
    interrupted: Callable[[], bool] = lambda: False,
    contenders: Sequence[Contender] = CONTENDERS,
) -> Iterator[Score]:
    """Train each contender on each number of rows, with one seed after another.

    Parameters
    ----------
    contest : Contest
    seeds : sequence of int
    interrupted : callable
        Asked after each epoch whether to stop; what is unfinished is then left out.
    contenders : sequence of Contender

    Yields
    ------
    Score

    Examples
    --------
    >>> from glassneuron.pipelines.problems import Teacher
    >>> first = next(compare(Teacher(), [0]))
    >>> first.contender, first.rows, first.accuracy < 0.9
    ('perceptron', 100, True)
    """
    for seed in seeds:  # so that an interrupt leaves whole curves
        for amount in contest.amounts:
            epochs = max(10, min(200, SEEN // amount))
            for contender in contenders:
                task, judge = contest.draw(amount, seed)
                _, train = learner(contender.model, Settings(epochs=epochs, seed=seed, hidden=contender.hidden))
                model = train(task, lambda _: interrupted()).model
                if interrupted():
                    return
                yield Score(contender.name, amount, seed, judge(model.positions))
