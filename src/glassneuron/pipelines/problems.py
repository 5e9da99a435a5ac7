"""Problems to compare models on: an endless one with a known best, and the rows of a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from glassneuron import checks
from glassneuron.data.disk.room import taken
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.measures.classes import accuracy
from glassneuron.learning.split import split
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network
from glassneuron.pipelines.task import Task

HELD_OUT = 0.25
FEWEST, MOST_SIZES = 20, 6  # rows that a table must have, and how many sizes of its training set are tried

ScoreOf = Callable[[Callable[[Array], Array]], float]
"""From a function that predicts rows to its accuracy."""


class Problem(Protocol):
    """Rows to learn from, in the numbers `sizes`, and others to score on; `best` is the best accuracy, if known."""

    name: str
    sizes: tuple[int, ...]
    best: float | None

    def draw(self, size: int, seed: int) -> tuple[Task, ScoreOf]:
        """Return rows to learn from, and a function that scores predictions on other rows."""


class TeacherNetwork:
    r"""An endless problem with a known best: a random network labels normal rows, and some labels are then flipped.

    The teacher has six relu neurons in one hidden layer, with weights of 1 and -1 in turns; its output fires for half
    of the rows. A label is flipped with probability :math:`p`, called `noise`, so that the teacher itself is right with
    probability :math:`1 - p`, and a model that agrees with it on a share :math:`a` of the rows with
    :math:`a (1 - p) + (1 - a) p`. The seed is that of the teacher.
    """

    sizes: tuple[int, ...] = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
    fresh = 10_000

    def __init__(self, inputs: int = 10, noise: float = 0.1, seed: int = 1) -> None:
        self.noise = checks.number("noise", noise, "[0, 0.5)")
        self.best: float | None = 1.0 - noise
        self.name = f"labels of a random network, {100 * noise:g} % of them flipped"
        rng = np.random.default_rng(seed)
        W = rng.normal(size=(6, inputs))
        hidden = Layer(W / np.linalg.norm(W, axis=1, keepdims=True), np.zeros(6), "relu")
        turns = np.array([[-1.0, 1.0] * 3])
        sums = Network([hidden, Layer(turns, [0.0], "linear")]).feedforward(rng.normal(size=(self.fresh, inputs)))
        self.network = Network([hidden, Layer(turns, [-float(np.median(sums))], "step")])
        self.names = tuple(f"x{j + 1}" for j in range(inputs))

    def label(self, X: Array) -> Array:
        """Return the labels before any is flipped."""
        return np.asarray(self.network.feedforward(X)).astype(np.intp)

    def draw(self, size: int, seed: int) -> tuple[Task, ScoreOf]:
        """Draw rows to learn from; predictions are scored on new ones."""
        rng = np.random.default_rng([seed, size])
        X = rng.normal(size=(size, len(self.names)))
        y = self.label(X) ^ (rng.random(size) < self.noise)

        def score(predict: Callable[[Array], Array]) -> float:
            rows = rng.normal(size=(self.fresh, len(self.names)))
            agreed = accuracy(self.label(rows), predict(rows))
            return agreed * (1.0 - self.noise) + (1.0 - agreed) * self.noise

        return Task(X, y, (0, 1), self.names), score


class TableProblem:
    """The rows of a table: some are held out, and models learn from more and more of the others.

    The task needs classes, and enough rows for a train/test split; else it raises a `DataError`.
    """

    best: float | None = None

    def __init__(self, task: Task, name: str) -> None:
        self.task = task
        self.name = f"{name}: {task.about.get('target', 'its classes')}"
        learn, held_out = split(task.y, HELD_OUT, 0)
        if len(task.X) < FEWEST or len(held_out) == 0:
            raise problem("few-rows", rows=len(task.X), least=FEWEST)
        fewest = max(FEWEST, 2 * len(task.classes or ()))
        sizes = [len(learn)]
        while len(sizes) < MOST_SIZES and sizes[0] // 2 >= fewest:
            sizes.insert(0, sizes[0] // 2)
        self.sizes = tuple(sizes)

    def draw(self, size: int, seed: int) -> tuple[Task, ScoreOf]:
        """Take some of the rows that are not held out; each seed holds others out, to score on."""
        learn, held_out = split(self.task.y, HELD_OUT, seed)
        some = np.random.default_rng(seed).permutation(learn)[:size]
        X, y = taken(self.task.X, held_out), self.task.y[held_out]
        return self.task.part(some), lambda predict: accuracy(y, predict(X))
