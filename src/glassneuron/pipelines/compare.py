"""Accuracy against the number of rows: single neurons and networks that learn from more and more of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from glassneuron.pipelines.pipelines import pipeline
from glassneuron.pipelines.problems import Problem

VISITS = 300_000  # rows that a training visits, the same row once per epoch, in 10 to 200 epochs


@dataclass(frozen=True)
class Competitor:
    """A model to compare: a name in `pipelines.MODELS`, and the hidden layers of a network."""

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
    """The accuracy of one competitor on new rows, and the seed of the rows drawn and the first weights."""

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
    """Train each competitor on each number of rows, one seed after another, and yield the scores.

    `interrupted` is called after each epoch; True stops, and the training under way is left out.
    """
    for seed in seeds:  # the outer loop, so that an interrupt leaves whole curves
        for size in problem.sizes:
            epochs = max(10, min(200, VISITS // size))
            for competitor in competitors:
                task, score = problem.draw(size, seed)
                train = pipeline(competitor.model, epochs=epochs, seed=seed, hidden=competitor.hidden)
                model = train(task, lambda _: interrupted()).model
                if interrupted():
                    return
                yield Score(competitor.name, size, seed, score(model.positions))
