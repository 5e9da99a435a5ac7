"""What is kept of the perceptrons on the way: their mean, the best of them, or all with a vote each."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.course import Memory
from glassneuron.learning.dataset import Examples
from glassneuron.learning.perceptron_lesson import PerceptronLesson, PerceptronRule, added
from glassneuron.learning.votes import Voters, votes_on
from glassneuron.neurons.sums import weighted_sums

SMALL = 1024
"""Rows up to which the pocket tries every neuron that is about to change."""


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

        return added(self.shared(learn))

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
