"""What a comparison is held on: an endless task with a known best, and the rows of a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.metrics import accuracy
from glassneuron.learning.split import split
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network
from glassneuron.pipelines.task import Task

HELD_OUT = 0.25
FEWEST, MOST_AMOUNTS = 20, 6
"""Rows of a table to begin with, at least; and numbers of rows to try."""


class Contest(Protocol):
    """Rows to learn from, and rows to be judged on.

    Attributes
    ----------
    name : str
    amounts : tuple of int
        Numbers of rows to learn from, growing.
    best : float or None
        The accuracy that nothing can surpass, where it is known.
    """

    name: str
    amounts: tuple[int, ...]
    best: float | None

    def draw(self, amount: int, seed: int) -> tuple[Task, Callable[[Callable[[Array], Array]], float]]:
        """Give rows to learn from, and a judge: from a function that answers rows to its accuracy on others."""
        ...


class Teacher:
    r"""An endless task with a known best: a random network labels normal rows, and some labels are then flipped.

    The teacher has six relu neurons in one hidden layer, which add to its sum and take from it in turns; it fires above
    a bias that halves the rows. A label is flipped with probability :math:`p`, so that who knows the teacher is right
    with probability :math:`1 - p`, and who agrees with it on a share :math:`a` of the rows with
    :math:`a (1 - p) + (1 - a) p`.

    Parameters
    ----------
    inputs : int
    noise : float in [0, 0.5)
        The share :math:`p` of flipped labels.
    seed : int
        Of the teacher.

    Examples
    --------
    >>> teacher = Teacher()
    >>> teacher.best
    0.9
    >>> task, judge = teacher.draw(100, seed=0)
    >>> task.X.shape, judge(teacher.knows)
    ((100, 10), 0.9)
    """

    amounts: tuple[int, ...] = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
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

    def knows(self, X: Array) -> Array:
        """Give the labels before any is flipped."""
        return np.asarray(self.network.feedforward(X)).astype(np.intp)

    def draw(self, amount: int, seed: int) -> tuple[Task, Callable[[Callable[[Array], Array]], float]]:
        """Draw rows to learn from, and judge on fresh ones."""
        rng = np.random.default_rng([seed, amount])
        X = rng.normal(size=(amount, len(self.names)))
        y = self.knows(X) ^ (rng.random(amount) < self.noise)

        def judge(answer: Callable[[Array], Array]) -> float:
            rows = rng.normal(size=(self.fresh, len(self.names)))
            agreed = accuracy(self.knows(rows), answer(rows))
            return agreed * (1.0 - self.noise) + (1.0 - agreed) * self.noise

        return Task(X, y, (0, 1), self.names), judge


class Rows:
    """The rows of a table: some are held out, and of the others more and more are learned from.

    Parameters
    ----------
    task : Task
        With classes.
    name : str
        What the table is called.

    Raises
    ------
    DataError
        If there are too few rows.
    """

    best: float | None = None

    def __init__(self, task: Task, name: str) -> None:
        self.task = task
        self.name = f"{name}: {task.about.get('target', 'its classes')}"
        learn, held_out = split(task.y, HELD_OUT, 0)
        if len(task.X) < FEWEST or len(held_out) == 0:
            raise problem("few-rows", rows=len(task.X), least=FEWEST)
        fewest = max(FEWEST, 2 * len(task.classes or ()))
        amounts = [len(learn)]
        while len(amounts) < MOST_AMOUNTS and amounts[-1] // 2 >= fewest:
            amounts.append(amounts[-1] // 2)
        self.amounts = tuple(reversed(amounts))

    def draw(self, amount: int, seed: int) -> tuple[Task, Callable[[Callable[[Array], Array]], float]]:
        """Take some of the rows that are not held out, and judge on those that are; each seed holds others out."""
        learn, held_out = split(self.task.y, HELD_OUT, seed)
        some = np.random.default_rng(seed).permutation(learn)[:amount]
        return self.task.part(some), lambda answer: accuracy(self.task.y[held_out], answer(self.task.X[held_out]))
