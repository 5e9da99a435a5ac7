"""The voted perceptron: every neuron on the way answers, with a vote for each row that it survived."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.base import IN_TURN, State
from glassneuron.learning.algorithms.perceptrons.perceptron import Perceptron
from glassneuron.learning.algorithms.perceptrons.votes import telling_signs, votes_on
from glassneuron.learning.dataset import Dataset
from glassneuron.neurons.network import Network

MOST_VOTERS, FEWEST, MOST_NUMBERS = 1_200, 500, 1 << 21
"""How many voters are kept in all, but of each neuron so many at least, and how many numbers in all of them. If there
were more neurons on the way, those that stand at every second, fourth, ... row have a vote."""
WAITING = 1
"""How many neurons that were replaced lately there is room for, for each that keeps its vote."""
SOME = 256
"""Voters that are copied at a time, so that what lies between two copies stays in the cache."""


class VotedPerceptron(Perceptron):
    """Perceptrons that answer by a vote of all neurons on the way.

    V holds neurons that were replaced, the bias last; `votes` how many rows each survived and the number of the neuron
    that it was a stage of; `alive` how many rows the neurons that learn have survived. Where too many were replaced,
    only the neurons that stand at every n-th row have votes, n for each such row, and `pace` is that n; else it is 0.
    Such a sample leaves each neuron about as large a share of the vote as it had.

    References
    ----------
    Freund & Schapire (1999), Machine Learning 37(3):277-296.
    """

    epoch_kernel = "voted_epoch"
    alone = IN_TURN, "variant='averaged' with shards=16, whose answers come near to a vote's"
    alive: Array
    pace: Array

    def first_state(self) -> State:
        neurons, features = self.data.neurons, self.data.shape[1]
        V = np.empty((0, features + 1), self.dtype)
        return super().first_state() | {
            "V": V,
            "votes": np.empty((0, 2)),
            "alive": np.zeros(neurons),
            "pace": np.zeros(neurons),
        }

    def state(self) -> State:
        kept = {"V": self.V, "votes": self.votes, "alive": self.alive, "pace": self.pace}
        return super().state() | {name: array.copy() for name, array in kept.items()}

    def restore(self, state: State) -> None:
        super().restore(state)
        neurons, features = self.data.neurons, self.data.shape[1]
        room = neurons * ((1 + WAITING) * self._most() + 1)
        self._room = np.empty((room, features + 1), self.dtype), np.empty((room, 2))
        self._hold(state["V"], state["votes"], state["alive"].copy(), state["pace"].copy())

    def _hold(self, V: Array, votes: Array, alive: Array, pace: Array) -> None:
        self._held, self.alive, self.pace = len(V), alive, pace
        self._room[0][: len(V)], self._room[1][: len(V)] = V, votes

    @property
    def V(self) -> Array:
        """Neurons that were replaced, the bias last."""
        return self._room[0][: self._held]

    @property
    def votes(self) -> Array:
        """How many rows each survived, and the number of the neuron that it was a stage of."""
        return self._room[1][: self._held]

    def rewritten(self, state: State, *, inside: bool) -> State:
        state = super().rewritten(state, inside=inside)
        if self.scaling is None or "V" not in state:
            return state
        V = state["V"]
        weights, biases = (self.scaling.unfolded if inside else self.scaling.folded)(V[:, :-1], V[:, -1])
        return state | {"V": np.column_stack([weights, biases]).astype(V.dtype)}

    def go_by(self, rows: int) -> None:
        self.alive += rows

    def learn(self, visits: Any) -> tuple[int, float]:
        """Learn from some visits, from as many at a time as there is room for the neurons that are replaced."""
        (order, share), mistakes, loss = visits, 0, 0.0
        while len(order):
            if self._held + self.data.neurons > len(self._room[1]):
                kept, *counts = self._thinned_out()
                self._hold(self.V[kept], *counts)
            V, votes = (each[self._held :] for each in self._room)
            voters = V, votes, self.alive, self.pace
            replaced, more, done, kept = self.kernels.voted_epoch(
                (self.W, self.b), (self.X, self.y), (order, share), self.rates(), voters
            )
            self._held += int(kept)
            mistakes, loss = mistakes + int(replaced), loss + float(more)
            order, share = order[int(done) :], share[int(done) :]
        return mistakes, loss

    def _most(self) -> int:
        """Return how many neurons with a vote each neuron may leave."""
        neurons, features = self.data.neurons, self.data.shape[1]
        return max(1, min(max(FEWEST, MOST_VOTERS // neurons), MOST_NUMBERS // ((features + 1) * neurons)))

    def _thinned_out(self) -> tuple[Array, Array, Array, Array]:
        """Return which voters are kept, votes, alive and pace, which is doubled until no neuron has left too many."""
        most, votes, alive, pace = self._most(), self.votes.copy(), self.alive.copy(), self.pace.copy()
        if self._held <= most:
            return np.arange(self._held), votes, alive, pace
        survived, owner = votes.T
        for k in range(self.data.neurons):
            own = (owner == k).nonzero()[0]
            if len(own) > most:
                told, pace[k] = _at_a_pace(survived[own], pace[k], most)
                alive[k] += survived[own].sum() - told.sum()
                survived[own] = told
        kept = survived.nonzero()[0]
        return kept, votes[kept], alive, pace

    def network(self) -> Network:
        r"""Return the vote as a network: the voters are a layer of step neurons, their votes the weights of the next.

        .. math:: a_k = \sum_v c_v\,(2 s_v - 1), \qquad s_v = \text{step}(w_v \cdot x + b_v)

        so that each output is the votes for less the votes against, and 0 for a tie. Votes are whole numbers, whose
        sums are exact in any order.
        """
        kept, counted, alive, _ = self._thinned_out()
        neurons, features, held = self.data.neurons, self.data.shape[1], len(kept)
        voters = held + neurons
        votes, owner = np.append(counted[:, 0], alive), np.append(counted[:, 1], range(neurons)).astype(np.intp)
        theta = np.empty(voters * (features + 1) + neurons * (voters + 1), self.dtype)
        weights, rest = theta[: voters * features].reshape(voters, features), theta[voters * features :]
        biases, counts, against = rest[:voters], rest[voters:-neurons].reshape(neurons, voters), rest[-neurons:]
        for start in range(0, held, SOME):
            some = slice(start, min(start + SOME, held))
            V = self.V[kept[some]]
            weights[some], biases[some] = self.outside(V[:, :-1], V[:, -1])
        weights[held:], biases[held:] = self.outside(*self.weights)
        counts[:] = 0.0
        counts[owner, np.arange(voters)] = 2.0 * votes
        against[:] = -np.bincount(owner, votes, neurons)
        return Network.of_parameters(theta, (features, voters, neurons), ("step", "linear"))

    def settle_ties(self) -> int:
        """Return how many mistakes the vote still makes after an epoch without a mistake.

        With each epoch that the neuron stands it has more votes, until it outvotes the others. In such epochs only the
        votes become more, and so as many as it takes are gone through at once.
        """
        mistakes = super().settle_ties()
        if mistakes:
            return mistakes
        network = self.network()
        wrong = list(self.wrong_answers(lambda rows: telling_signs(network, rows)))
        if not wrong:
            return 0
        rows, neurons = [i for i, _, _ in wrong], [k for _, k, _ in wrong]
        missing = np.abs(votes_on(network, self.data.X[rows])[np.arange(len(rows)), neurons]).max()
        epochs = np.floor(missing / self.total) + 1.0
        if epochs > self.left:
            return len(wrong)
        self.alive += epochs * self.total
        return 0

    def evaluate(self, data: Dataset) -> tuple[float, float]:
        """Return the fraction of wrong votes, and the mean fraction of all votes by which they lost."""
        votes, weight = votes_on(self.network(), data.X), data.weight(0, len(data.y))
        wrong = (votes >= 0.0) != (data.targets(0, len(data.y)) > 0.0)
        total = (float(self.votes[:, 0].sum()) + float(self.alive.sum())) / votes.shape[1]
        losses = np.where(wrong, np.abs(votes), 0.0).sum(axis=1) / max(1.0, total)
        return float(np.average(wrong.mean(axis=1), weights=weight)), float(np.average(losses, weights=weight))


def _at_a_pace(votes: Array, pace: float, most: int) -> tuple[Array, float]:
    """Return the votes that end a whole pace, and the pace, a power of two, at which there are no more than so many.

    Examples
    --------
    >>> _at_a_pace(np.array([1.0, 1.0, 5.0, 2.0]), 0.0, 2)
    (array([0., 0., 4., 4.]), 4.0)
    """
    ends = votes.cumsum()
    while True:
        pace = 2.0 * pace or 2.0 ** np.floor(np.log2(votes.min()))
        votes = pace * np.diff(np.floor(ends / pace), prepend=0.0)
        if np.count_nonzero(votes) <= most:
            return votes, float(pace)
