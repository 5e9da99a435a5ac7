"""Accuracy against the number of rows: single neurons and networks that learn from more and more of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from glassneuron.pipelines.pipelines import learner
from glassneuron.pipelines.problems import Problem
from glassneuron.pipelines.task import Settings

VISITS = 300_000
"""Rows that a training visits, the same row once per epoch, in 10 to 200 epochs."""


@dataclass(frozen=True)
class Competitor:
    """A model to compare.

    Attributes
    ----------
    name : str
    model : str
        A name in `pipelines.LEARNERS`.
    hidden : tuple of int or None
        Hidden layers of a network.
    """

    name: str
    model: str
    hidden: tuple[int, ...] | None = None


COMPETITORS = (
    Competitor("perceptron", "perceptron"),
    Competitor("sigmoid neuron", "sigmoid"),
    Competitor("one hidden layer", "network", (32,)),
    Competitor("two hidden layers", "network", (32, 32)),
)


@dataclass(frozen=True)
class Score:
    """The accuracy of one competitor.

    Attributes
    ----------
    competitor : str
    rows : int
        That it learned from.
    seed : int
        For the rows drawn and the first weights.
    accuracy : float
        On rows that it did not learn from.
    """

    competitor: str
    rows: int
    seed: int
    accuracy: float


def compare(
    problem: Problem,
    seeds: Sequence[int],
    interrupted: Callable[[], bool] = lambda: False,
    competitors: Sequence[Competitor] = COMPETITORS,
) -> Iterator[Score]:
    """Train each competitor on each number of rows, one seed after another.

    Parameters
    ----------
    problem : Problem
    seeds : sequence of int
    interrupted : callable
        Called after each epoch; True stops, and the training under way is left out.
    competitors : sequence of Competitor

    Yields
    ------
    Score

    Examples
    --------
    >>> from glassneuron.pipelines.problems import TeacherNetwork
    >>> first = next(compare(TeacherNetwork(), [0]))
    >>> first.competitor, first.rows, first.accuracy < 0.9
    ('perceptron', 100, True)
    """
    for seed in seeds:  # the outer loop, so that an interrupt leaves whole curves
        for size in problem.sizes:
            epochs = max(10, min(200, VISITS // size))
            for competitor in competitors:
                task, score = problem.draw(size, seed)
                _, train = learner(competitor.model, Settings(epochs=epochs, seed=seed, hidden=competitor.hidden))
                model = train(task, lambda _: interrupted()).model
                if interrupted():
                    return
                yield Score(competitor.name, size, seed, score(model.positions))
