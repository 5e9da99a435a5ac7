"""The voted perceptron: every neuron on the way answers, with a vote for each row that it survived."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.base import IN_TURN, State
from glassneuron.learning.algorithms.perceptrons.perceptron import Perceptron
from glassneuron.learning.algorithms.perceptrons.votes import signs, telling_votes_on, votes_on
from glassneuron.learning.dataset import Dataset
from glassneuron.neurons.network import Network

MOST_VOTERS, MOST_NUMBERS = 1_000, 1 << 21
"""Neurons with a vote that each neuron leaves, and numbers in all of them; if there were more, those that survived the
fewest rows lose theirs, which changes few answers."""
WAITING = 2
"""How many neurons that were replaced lately there is room for, for each that keeps its vote."""


class VotedPerceptron(Perceptron):
    """Perceptrons that answer by a vote of all neurons on the way.

    V holds neurons that were replaced, the bias last; `votes` how many rows each survived and the number of the neuron
    that it was a stage of; `alive` how many rows the neurons that learn have survived; `least` how many a neuron has to
    survive to have a vote.

    References
    ----------
    Freund & Schapire (1999), Machine Learning 37(3):277-296.
    """

    epoch_kernel = "voted_epoch"
    alone = IN_TURN, "variant='averaged' with shards=16, whose answers come near to a vote's"
    alive: Array
    least: Array

    def first_state(self) -> State:
        neurons, features = self.data.neurons, self.data.shape[1]
        V = np.empty((0, features + 1), self.dtype)
        return super().first_state() | {
            "V": V,
            "votes": np.empty((0, 2)),
            "alive": np.zeros(neurons),
        }

    def state(self) -> State:
        self._merge()
        return super().state() | {"V": self.V.copy(), "votes": self.votes.copy(), "alive": self.alive.copy()}

    def restore(self, state: State) -> None:
        super().restore(state)
        V, votes, self.alive = state["V"], state["votes"], state["alive"].copy()
        most, neurons = self._most(), self.data.neurons
        rows = max(len(V), most * neurons) + max(neurons, WAITING * most * neurons)
        self._room = np.empty((rows, self.data.shape[1] + 1), self.dtype), np.empty((rows, 2))
        self._room[0][: len(V)], self._room[1][: len(V)] = V, votes
        self._held, self._merged = len(V), -1
        self._merge()

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
                self._merge()
            V, votes = (each[self._held :] for each in self._room)
            voters = V, votes, self.alive, self.least
            replaced, more, done, kept = self.kernels.voted_epoch(
                (self.W, self.b), (self.X, self.y), (order, share), self.rates(), voters
            )
            self._held += int(kept)
            mistakes, loss = mistakes + int(replaced), loss + float(more)
            order, share = order[int(done) :], share[int(done) :]
        return mistakes, loss

    def _most(self) -> int:
        """Return how many neurons with a vote each neuron may leave."""
        return min(MOST_VOTERS, max(1, MOST_NUMBERS // ((self.data.shape[1] + 1) * self.data.neurons)))

    def _merge(self) -> None:
        """Keep those with the most votes, in their order.

        From then on a neuron has to survive more rows than the least of them.
        """
        if self._held == self._merged:
            return
        most, (survived, owner) = self._most(), np.ascontiguousarray(self.votes.T)
        self.least, self._merged = np.zeros(self.data.neurons), self._held
        if self._held < most:
            return
        kept = np.zeros(self._held, bool)
        for k in range(self.data.neurons):
            own = (owner == k).nonzero()[0]
            own = own[_most_votes(survived[own], most)]
            self.least[k] = survived[own].min() if len(own) == most else 0.0
            kept[own] = True
        places = kept.nonzero()[0]
        if len(places) < self._held:
            for each in self._room:
                each[: len(places)] = each.take(places, axis=0)
            self._held = self._merged = len(places)

    def network(self) -> Network:
        r"""Return the vote as a network: the voters are a layer of step neurons, their votes the weights of the next.

        .. math:: a_k = \sum_v c_v\,(2 s_v - 1), \qquad s_v = \text{step}(w_v \cdot x + b_v)

        so that each output is the votes for less the votes against, and 0 for a tie. Votes are whole numbers, whose
        sums are exact in any order.
        """
        self._merge()
        neurons, features, held = self.data.neurons, self.data.shape[1], self._held
        voters = held + neurons
        votes, owner = np.empty(voters), np.empty(voters, np.intp)
        votes[:held], owner[:held] = self.votes.T
        votes[held:], owner[held:] = self.alive, range(neurons)
        theta = np.empty(voters * (features + 1) + neurons * (voters + 1), self.dtype)
        weights, rest = theta[: voters * features].reshape(voters, features), theta[voters * features :]
        biases, counts, against = rest[:voters], rest[voters:-neurons].reshape(neurons, voters), rest[-neurons:]
        weights[:held], biases[:held] = self.outside(self.V[:, :-1], self.V[:, -1])
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
        wrong = list(self.wrong_answers(lambda rows: telling_votes_on(network, rows, signs)))
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


def _most_votes(votes: Array, most: int) -> Array:
    """Return the places, in their order, of the largest numbers of votes, so many at most, of equal ones the first.

    Examples
    --------
    >>> _most_votes(np.array([2.0, 1.0, 3.0, 1.0]), 3).tolist()
    [0, 1, 2]
    """
    if len(votes) <= most:
        return np.arange(len(votes))
    least = np.partition(votes, -most)[-most]
    kept = votes > least
    kept[(votes == least).nonzero()[0][: most - np.count_nonzero(kept)]] = True
    return np.flatnonzero(kept)
