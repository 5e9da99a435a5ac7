"""Rosenblatt's perceptron: neurons that find their own weights by learning from their mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.learning.course import CourseRule, Lesson, Memory, run
from glassneuron.learning.examples import NO_TABLE, Examples
from glassneuron.learning.history import History, OnEpoch, Step
from glassneuron.learning.neuron_steps import steps_of
from glassneuron.learning.votes import Voters, votes_on
from glassneuron.neurons.neuron import Neuron
from glassneuron.neurons.sums import weighted_sums

VARIANTS = ("plain", "averaged", "pocket", "voted")
SMALL = 1024
"""Rows up to which the pocket tries every neuron that is about to change."""
MULTI_CLASS = ("one_vs_rest", "kesler")


@dataclass(frozen=True)
class PerceptronRule(CourseRule):
    """How to learn.

    Attributes
    ----------
    variant : {"plain", "averaged", "pocket", "voted"}
        What is kept of the neurons on the way: the last, their mean, the best, or all with a vote each.
    multi_class : {"one_vs_rest", "kesler"}
        For more than two classes: each neuron learns on its own to fire for its class alone; or the neurons compete,
        and only a row that another class won is a mistake, of two neurons.

    The others are those of `CourseRule`.
    """

    variant: str = "plain"
    multi_class: str = "one_vs_rest"

    def __post_init__(self) -> None:
        """Check each setting."""
        super().__post_init__()
        checks.choice("variant", self.variant, VARIANTS)
        checks.choice("multi_class", self.multi_class, MULTI_CLASS)
        if self.multi_class == "kesler" and self.variant in ("pocket", "voted"):
            rule = "'plain' or 'averaged' where neurons compete (multi_class='kesler')"
            raise problem("parameter", name="variant", rule=rule, value=self.variant)


class PerceptronLesson(Lesson):
    """Perceptrons at work; this one keeps the neurons as they are at the end."""

    settles = True
    rule: PerceptronRule

    def __init__(self, examples: Examples, rule: PerceptronRule, memory: Memory | None = None) -> None:
        self.competing = rule.multi_class == "kesler" and examples.neurons > 1
        self.code = kernels.WINNER if self.competing else kernels.STEP
        super().__init__(examples, rule, memory)

    def show(self, order: Array, eta: float) -> tuple[int, float]:
        """Learn from some rows."""
        return self.taught(self.order(order), eta, NO_TABLE, NO_TABLE, np.zeros(1))

    def taught(self, order: Array, eta: float, S: Array, s: Array, time: Array) -> tuple[int, float]:
        """Learn from some rows from a time on, which goes on, adding the moves up in S and s if these are tables."""
        k, notes = self.kernels, np.array([0.0, time[0]])
        if self.competing:
            mistakes = k.contest_epoch(
                self.code, self.W, self.b, self.X, self.y, self.counts, order, eta, eta * self.bias_moves, 0.0, S, s,
                notes,
            )  # fmt: skip
            time[0] = notes[1]
            return int(mistakes), float(notes[0])
        now = float(time[0])

        def learn(some: slice) -> tuple[int, float]:
            notes = np.array([0.0, now])
            mistakes = k.perceptron_epoch(
                self.W[some], self.b[some], self.X, self.y, self.fires_for[some], self.counts, order, eta,
                eta * self.bias_moves, S[some], s[some], notes,
            )  # fmt: skip
            time[0] = notes[1]
            return int(mistakes), float(notes[0])

        return _added(self.shared(learn))

    def settled(self) -> int:
        """Learn once more from rows that only rounding puts on the right side; usually there are none.

        Learning adds a sum up in one order, answering a large table in another. Where a sum is zero but for the last
        bit, the two can differ. Such a row is learned like a mistake, which moves it away from the tie.
        """
        W, b = self.weights()
        mistakes = 0
        for i, k, winner in self._wrong(lambda rows: weighted_sums(W, b, rows)):
            mistakes += 1
            if self.competing:
                self._move(i, int(self.examples.y[i]), 1.0)
                self._move(i, winner, -1.0)
            else:
                self._move(i, k, 1.0 if self.examples.y[i] == self.examples.fires_for[k] else -1.0)
        return mistakes

    def _wrong(self, answer: Callable[[Any], Array]) -> Iterator[tuple[int, int, int]]:
        """Yield the row and the neuron of each wrong answer, and which neuron has the largest sum."""
        examples, shown = self.examples, np.zeros(len(self.examples.y), dtype=bool)
        shown[self.rows] = True
        for start, stop in examples.blocks():
            sums, y = answer(examples.X[start:stop]), examples.y[start:stop]
            if self.competing:
                wrong = (sums.argmax(axis=1) != y)[:, np.newaxis]
            else:
                wrong = (sums >= 0.0) != np.equal.outer(y, examples.fires_for)
            for i, k in np.argwhere(wrong & shown[start:stop, np.newaxis]):
                yield start + int(i), int(k), int(sums[i].argmax())

    def _move(self, i: int, k: int, error: float) -> None:
        self._add(self.W, self.b, i, k, error, self.rate)

    def _add(self, W: Any, b: Any, i: int, k: int, error: float, eta: float) -> None:
        x = self.order(self.examples.row(i))
        self.kernels.perceptron_move(W[k], b[k], error, eta, eta * self.bias_moves, x)

    def not_yet(self, history: History) -> str:
        """Say how it ends when all epochs are over."""
        epochs, mistakes = history.epochs, history.mistakes[-1]
        return (
            f"not within {epochs} epoch{'s' * (epochs != 1)}: the last one still made {mistakes} "
            f"mistake{'s' * (mistakes != 1)}"
        )


class AveragedLesson(PerceptronLesson):
    """Perceptrons that answer with the mean of all that they were."""

    remembered = ("S", "s", "time")
    S: Array
    s: Array
    time: Array

    def first_memory(self) -> dict[str, Array]:
        """Start the sums, always in double precision, and the clock."""
        shape = np.shape(self.W)
        return {"S": np.zeros(shape), "s": np.zeros((shape[0], 1)), "time": np.zeros(1)}

    def show(self, order: Array, eta: float) -> tuple[int, float]:
        """Learn from some rows, and add the moves up."""
        return self.taught(self.order(order), eta, self.S, self.s, self.time)

    def settled(self) -> int:
        """After an epoch without a mistake of the neuron that learns: how many its mean still makes.

        With each epoch that the neuron stands the mean comes closer to it, until it is right too; but not where the
        neuron itself is right by a tie alone, and so such a row is learned like a mistake.
        """
        mistakes = super().settled()
        if mistakes:
            return mistakes
        (W, b), (mean_W, mean_b) = self.weights(), self.kept()
        for i, k, winner in self._wrong(lambda rows: weighted_sums(mean_W, mean_b, rows)):
            mistakes += 1
            sums = weighted_sums(W, b, self.examples.X[i : i + 1])[0]
            true = int(self.examples.y[i])
            if self.competing and sums[true] == sums[winner]:
                self._move(i, true, 1.0)
                self._move(i, winner, -1.0)
            elif not self.competing and sums[k] == 0.0:
                self._move(i, k, 1.0 if true == self.examples.fires_for[k] else -1.0)
        return mistakes

    def _move(self, i: int, k: int, error: float) -> None:
        super()._move(i, k, error)
        self._add(self.S, self.s, i, k, error, self.rate * self.time[0])

    def kept(self) -> tuple[Array, Array]:
        """Give the mean neurons."""
        W, b = self.weights()
        if self.time[0] == 0.0:
            return W, b
        mean_W = W - np.array(self.S) / self.time[0]
        mean_b = b - np.array(self.s)[:, 0] / self.time[0]
        return mean_W.astype(self.dtype), mean_b.astype(self.dtype)


class PocketLesson(PerceptronLesson):
    """Perceptrons that keep the best that came by: of each that was tried, and in a small table each is."""

    remembered = ("P", "p", "records")
    P: Array
    p: Array
    records: Array

    def __init__(self, examples: Examples, rule: PerceptronRule, memory: Memory | None = None) -> None:
        super().__init__(examples, rule, memory)
        if memory is not None:  # other rows: what is in the pocket has to stand the test on these
            for n, record in enumerate(self.records):
                record[1] = float(
                    self.kernels.rows_right(
                        self.P[n], self.p[n][0], self.X, self.y, self.fires_for[n], self.counts, -1.0
                    )
                )

    def effort(self, rows: int) -> float:
        """Give how many looks at a row it takes: some neurons on the way are tried on all."""
        return 1.0 + 0.2 * rows if rows <= SMALL else 2.0

    @property
    def each(self) -> bool:
        """Whether every neuron on the way is tried."""
        return len(self.rows) <= SMALL

    def first_memory(self) -> dict[str, Array]:
        """Put the neurons that learning starts with into the pocket."""
        W, b = self.weights()
        return {"P": W, "p": b[:, np.newaxis], "records": np.tile([-1.0, -1.0, 0.0], (len(W), 1))}

    def show(self, order: Array, eta: float) -> tuple[int, float]:
        """Learn from some rows."""
        k, order = self.kernels, self.order(order)

        def learn(some: slice) -> tuple[int, float]:
            notes = np.zeros(2)
            mistakes = k.pocket_epoch(
                self.W[some], self.b[some], self.X, self.y, self.fires_for[some], self.counts, order, eta,
                eta * self.bias_moves, self.P[some], self.p[some], self.records[some], self.each, notes,
            )  # fmt: skip
            return int(mistakes), float(notes[0])

        return _added(self.shared(learn))

    def end_epoch(self) -> None:
        """Put the neurons at the end of the epoch into the pocket, too, if they are better."""
        W, b, P, p, records = self.W, self.b, self.P, self.p, self.records
        for n in range(len(W)):
            right = self.kernels.rows_right(
                W[n], b[n][0], self.X, self.y, self.fires_for[n], self.counts, records[n][1]
            )  # fmt: skip
            if right > records[n][1]:
                P[n][:], p[n][0] = W[n][:], b[n][0]
                records[n][0], records[n][1] = records[n][2], float(right)

    def kept(self) -> tuple[Array, Array]:
        """Give what is in the pocket."""
        return np.array(self.P, self.dtype), np.array(self.p, self.dtype)[:, 0]


class VotedLesson(PerceptronLesson):
    """Perceptrons that keep every neuron that came by, with a vote for each row that it stood for."""

    def __init__(self, examples: Examples, rule: PerceptronRule, memory: Memory | None = None) -> None:
        super().__init__(examples, rule, memory)
        more = memory.more if memory else {}
        self.voters = Voters.of(more, len(self.W), examples.shape[1], self.dtype)

    def show(self, order: Array, eta: float) -> tuple[int, float]:
        """Learn from some rows, as many at a time as there is room for those that are given up."""
        left, mistakes, loss, most = order, 0, 0.0, float(np.max(self.counts)) if len(self.counts) else 1.0
        while len(left):
            V, votes, notes = *self.voters.room(len(self.W) * (int(most) + 2)), np.zeros(3)
            mistakes += int(
                self.kernels.voted_epoch(
                    self.W,
                    self.b,
                    self.X,
                    self.y,
                    self.fires_for,
                    self.counts,
                    self.order(left),
                    eta,
                    eta * self.bias_moves,
                    V,
                    votes,
                    self.voters.alive,
                    notes,
                )
            )
            self.voters.take(V, votes, int(notes[2]))
            loss += float(notes[0])
            left = left[int(notes[1]) :]
        return mistakes, loss

    def settled(self) -> int:
        """After an epoch without a mistake of the neuron that learns: how many the vote still makes.

        With each epoch that the neuron stands it has more votes, until it outvotes the others.
        """
        network = self.voters.network(*self.weights())
        return super().settled() or sum(1 for _ in self._wrong(lambda rows: votes_on(network, rows)))

    def judged(self, validation: Examples) -> tuple[float, float]:
        """Give the share of wrong votes, and the mean by which they are on the wrong side, of all votes."""
        votes = votes_on(self.voters.network(*self.weights()), validation.X)
        wrong = (votes >= 0.0) != np.equal.outer(validation.y, validation.fires_for)
        counts = validation.counts if len(validation.counts) else np.ones(len(votes))
        losses = np.where(wrong, np.abs(votes), 0.0).sum(axis=1) / max(1.0, self.voters.total(len(votes[0])))
        return float(np.average(wrong.mean(axis=1), weights=counts)), float(np.average(losses, weights=counts))

    def memory(self) -> Memory:
        """Tell where the training stands."""
        memory = super().memory()
        return Memory(memory.W, memory.b, memory.rate, self.voters.to_dict())

    def go_back(self, memory: Memory) -> None:
        """Return to where the training stood."""
        super().go_back(memory)
        self.voters = Voters.of(memory.more, len(self.W), self.examples.shape[1], self.dtype)


LESSONS = {"plain": PerceptronLesson, "averaged": AveragedLesson, "pocket": PocketLesson, "voted": VotedLesson}


def _added(parts: list[tuple[int, float]]) -> tuple[int, float]:
    return sum(mistakes for mistakes, _ in parts), sum(loss for _, loss in parts)


def lesson_of(examples: Examples, rule: PerceptronRule, memory: Memory | None = None) -> PerceptronLesson:
    """Prepare neurons for learning, from where a memory says that they stand."""
    return LESSONS[rule.variant](examples, rule, memory)


def learn(
    examples: Examples,
    rule: PerceptronRule,
    on_epoch: OnEpoch | None = None,
    *,
    validation: Examples | None = None,
    memory: Memory | None = None,
) -> tuple[PerceptronLesson, History]:
    """Show the rows to the neurons, epoch after epoch, until an epoch passes without a mistake.

    Parameters
    ----------
    examples : Examples
    rule : PerceptronRule
    on_epoch : callable, optional
        Called with the history after each epoch; returning True stops.
    validation : Examples, optional
        Rows kept aside, by which the best epoch is chosen.
    memory : Memory, optional
        Where to go on from.

    Returns
    -------
    lesson : PerceptronLesson
        `lesson.kept()` gives the weights.
    history : History

    Raises
    ------
    DataError
        If the weights overflow.

    References
    ----------
    Rosenblatt (1958), Psychological Review 65(6):386-408. It converges where the classes are separable: Novikoff
    (1962), Symposium on the Mathematical Theory of Automata 12:615.

    Examples
    --------
    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> rule = PerceptronRule(learning_rate=0.1, fixed_bias=-1.0, shuffle=False)
    >>> lesson, history = learn(Examples(X, np.array([0, 1, 1, 1]), np.array([1])), rule)
    >>> history.mistakes
    [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    """
    lesson = lesson_of(examples, rule, memory)
    return lesson, teach(lesson, on_epoch, validation)


def teach(lesson: PerceptronLesson, on_epoch: OnEpoch | None = None, validation: Examples | None = None) -> History:
    """Let the neurons of a lesson learn as their rule says."""
    history = History()
    run(lesson, history, validation, on_epoch)
    _refuse_explosion(lesson, history)
    return history


def _refuse_explosion(lesson: PerceptronLesson, history: History) -> None:
    if history.diverged:
        values = lesson.examples.X.data if lesson.examples.sparse else lesson.examples.X
        raise problem("diverged", largest=max(float(values.max()), -float(values.min())), rate=lesson.rate)


def neurons_of(lesson: Lesson, activation: str = "step") -> list[Neuron]:
    """Give what a lesson keeps as neurons."""
    W, b = lesson.kept()
    return [Neuron(w, float(bias), activation) for w, bias in zip(W, b, strict=True)]


def steps(examples: Examples, rule: PerceptronRule, validation: Examples | None = None) -> Iterator[Step]:
    """Yield every example of the training that `learn` does, one at a time, from the same kernels.

    Parameters
    ----------
    examples, rule, validation
        As for `learn`.

    Yields
    ------
    Step
        One for each neuron that is shown a row; of neurons that compete, all of them at the same row.
    """
    lesson, history = lesson_of(examples, rule), History()
    yield from steps_of(lesson, history, validation)
    _refuse_explosion(lesson, history)
