"""The voted perceptron: every neuron on the way answers with a vote for each row for which it stood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.layer import Layer
from glassneuron.neurons.network import Network

MOST_CELLS = 1 << 21
"""Numbers in all neurons with a vote; where there would be more, those that stood for the fewest rows lose theirs."""
ROOM = 1 << 20
"""Numbers in the neurons that are given up before they are taken over."""


@dataclass
class Voters:
    """Neurons that were given up, each with its votes.

    Attributes
    ----------
    V : ndarray of shape (voters, features + 1), the bias last
    votes : ndarray of shape (voters, 2)
        How many rows each stood for, and the number of the neuron that it was a stage of.
    alive : ndarray of shape (neurons,)
        How many rows the neurons that learn stand for so far.
    lost : float
        Votes of neurons that were dropped, for there were too many.
    """

    V: Array
    votes: Array
    alive: Array
    lost: float = 0.0
    _waiting: list[tuple[Array, Array]] = field(default_factory=list)

    @classmethod
    def of(cls, more: dict[str, Array], neurons: int, features: int, dtype: np.dtype) -> Voters:
        """Take up what a memory holds, or start with no voter."""
        if not more:
            return cls(np.empty((0, features + 1), dtype), np.empty((0, 2)), np.zeros(neurons))
        return cls(more["V"], more["votes"], more["alive"].copy(), float(more["lost"][0]))

    def to_dict(self) -> dict[str, Array]:
        """Give what a memory has to hold."""
        self._merge()
        return {"V": self.V, "votes": self.votes, "alive": self.alive.copy(), "lost": np.array([self.lost])}

    def room(self, least: int) -> tuple[Array, Array]:
        """Make room for neurons that will be given up."""
        rows = max(least, ROOM // self.V.shape[1])
        return np.empty((rows, self.V.shape[1]), self.V.dtype), np.empty((rows, 2))

    def take(self, V: Array, votes: Array, number: int) -> None:
        """Take over the first of a room; those that stood for no row have no vote."""
        there = np.flatnonzero(votes[:number, 0] > 0.0)
        self._waiting.append((V[there], votes[there]))
        if sum(len(some) for some, _ in self._waiting) * V.shape[1] > MOST_CELLS // 4:
            self._merge()

    def _merge(self) -> None:
        self.V = np.concatenate([self.V, *(some for some, _ in self._waiting)])
        self.votes = np.concatenate([self.votes, *(some for _, some in self._waiting)])
        self._waiting.clear()
        most = MOST_CELLS // self.V.shape[1]
        if len(self.V) > most:
            kept = np.sort(np.argsort(-self.votes[:, 0], kind="stable")[:most])
            self.lost += float(self.votes[:, 0].sum() - self.votes[kept, 0].sum())
            self.V, self.votes = self.V[kept], self.votes[kept]

    def total(self, neurons: int) -> float:
        """Give how many votes there are for each of so many neurons."""
        waiting = sum(float(votes[:, 0].sum()) for _, votes in self._waiting)
        return (float(self.votes[:, 0].sum()) + waiting + float(self.alive.sum())) / neurons

    def network(self, W: Array, b: Array) -> Network:
        r"""Write the vote as a network: the voters are a layer of step neurons, their votes the weights of the next.

        .. math:: a_k = \sum_v c_v\,(2 s_v - 1), \qquad s_v = \text{step}(w_v \cdot x + b_v)

        so that each output is the votes for less the votes against, and 0 for a tie. Votes are whole numbers, whose
        sums are exact in any order.

        Parameters
        ----------
        W, b : ndarrays of shape (neurons, features) and (neurons,)
            The neurons that learn, which have a vote too.
        """
        self._merge()
        V = np.concatenate([self.V, np.column_stack([W, b])])
        votes = np.append(self.votes[:, 0], self.alive)
        owner = np.append(self.votes[:, 1], np.arange(len(W)))
        for_each = np.zeros((len(W), len(V)), V.dtype)
        for_each[owner.astype(np.intp), np.arange(len(V))] = votes
        voters = Layer(V[:, :-1], V[:, -1], "step")
        return Network([voters, Layer(2.0 * for_each, -for_each.sum(axis=1), "linear")])


def votes_on(network: Network, rows: Any) -> Array:
    """Let a network of voters answer rows, dense or sparse: the outputs, of shape (rows, neurons)."""
    dense = rows.toarray() if hasattr(rows, "indptr") else rows
    return np.asarray(network.feedforward(dense)).reshape(len(dense), -1)
