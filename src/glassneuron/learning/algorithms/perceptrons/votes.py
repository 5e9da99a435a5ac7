"""How voters answer rows: all of them, or as many as it takes until an answer is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.threads import shared
from glassneuron.neurons.network import Network

TILE, FEW = 1024, 128
"""Rows, and voters, that are answered together, so that what lies between two products stays in the cache."""
FIRST = 32
"""Voters of each neuron that are asked first, which tell who is likely to win."""
FEW_ANSWERS = 1 << 17
"""Answers of voters that are asked for at once: to ask one neuron's voters after the other's takes longer."""
ENOUGH = 0.8
"""While more of the rows are not settled yet, all of them are asked: to part them takes longer."""
Settled = Callable[[Array, float, Array], Array]
"""Takes the lowest outputs that can still come, what votes that are left can add, and the numbers of the rows; tells
which of them are settled."""


@dataclass(frozen=True)
class Voters:
    """The voters of one neuron, those with the most votes first."""

    W: Array
    least: Array
    """A voter fires where its sum is not below this."""
    votes: Array
    left: Array
    """What votes from each voter on can add, and a 0."""

    def ask(self, rows: Any, outputs: Array, at: Array, first: int, last: int, settled: Settled | None = None) -> None:
        """Add the votes of some voters to the outputs of the rows with these numbers, of each until it is settled."""
        some = rows if len(at) == len(outputs) else rows[at]
        start, stop = first, first
        while stop < last:  # few at first, then as many again
            start, stop = stop, min(stop + min(max(stop, FIRST), FEW), last)
            if settled is not None:
                waiting = np.flatnonzero(~settled(outputs[at], self.left[start], at))
                if len(waiting) < ENOUGH * len(at):
                    at, some = at[waiting], some[waiting]
            if not len(at):
                return
            few = slice(start, stop)
            outputs[at] += (np.asarray(some @ self.W[few].T) >= self.least[few]).astype(np.float64) @ self.votes[few]


def asked_in_turn(network: Network, rows: Any) -> list[Voters]:
    """Return the voters of each neuron; none where it pays to ask all of them, or sums depend on the order of votes."""
    if rows.shape[0] * len(network.layers[0].biases) <= FEW_ANSWERS:
        return []
    neurons = voters_of(network)
    return [] if any((voters.votes % 1.0).any() for voters in neurons) else neurons


def voters_of(network: Network) -> list[Voters]:
    """Return the voters of each neuron."""
    voters, counts = network.layers
    return [_voters(voters.weights, voters.biases, own.astype(np.float64)) for own in counts.weights]


def _voters(W: Array, b: Array, counts: Array) -> Voters:
    own = np.flatnonzero(counts)
    own = own[np.argsort(-counts[own], kind="stable")]
    votes = counts[own]
    return Voters(W[own], -b[own], votes, np.append(votes[::-1].cumsum()[::-1], 0.0))


def votes_on(network: Network, rows: Any) -> Array:
    """Return the outputs of a network of voters for rows, dense or sparse, of shape (rows, neurons).

    Votes are whole numbers in double precision, whose sums are exact in any order.
    """
    voters, counts = network.layers
    if rows.shape[0] * len(voters.biases) <= FEW_ANSWERS:
        fires = np.asarray(rows @ voters.weights.T) >= -voters.biases
        return np.asarray(fires @ counts.weights.T.astype(np.float64) + counts.biases)
    neurons = voters_of(network)

    def answer(some: Any, own: Array) -> None:
        at = np.arange(len(own))
        for k, voters in enumerate(neurons):
            voters.ask(some, own[:, k], at, 0, len(voters.votes))

    return _of_some_rows(answer, rows, network)


def telling_votes_on(network: Network, rows: Any) -> Array:
    """Return the outputs as far as it takes until the largest is settled; of a lone one, the sign.

    The neuron that is likely to win is asked for all of its votes. Of the others, voters are asked until those that are
    left could not put it before the winner any more.
    """
    none = network.layers[1].biases
    if len(none) == 1:
        return telling_signs(network, rows)
    if not (neurons := asked_in_turn(network, rows)):
        return votes_on(network, rows)
    first = [min(FIRST, len(voters.votes)) for voters in neurons]
    asked = [voters.left[0] - voters.left[few] for voters, few in zip(neurons, first, strict=True)]

    def answer(some: Any, own: Array) -> None:
        at = np.arange(len(own))
        for k, voters in enumerate(neurons):
            voters.ask(some, own[:, k], at, 0, first[k])
        likely = ((own - none) / asked).argmax(axis=1)
        for k, voters in enumerate(neurons):
            voters.ask(some, own[:, k], np.flatnonzero(likely == k), first[k], len(voters.votes))
        most = own[at, likely]

        def loses(lowest: Array, left: float, at: Array) -> Array:
            return np.asarray(lowest + left < most[at])

        for k, voters in enumerate(neurons):
            voters.ask(some, own[:, k], np.flatnonzero(likely != k), first[k], len(voters.votes), loses)

    return _of_some_rows(answer, rows, network)


def telling_signs(network: Network, rows: Any) -> Array:
    """Return the outputs as far as it takes until the sign of each is settled."""
    if not (neurons := asked_in_turn(network, rows)):
        return votes_on(network, rows)

    def settled(lowest: Array, left: float, _: Array) -> Array:
        return np.asarray((lowest >= 0.0) | (lowest + left < 0.0))

    def answer(some: Any, own: Array) -> None:
        at = np.arange(len(own))
        for k, voters in enumerate(neurons):
            voters.ask(some, own[:, k], at, 0, len(voters.votes), settled)

    return _of_some_rows(answer, rows, network)


def _of_some_rows(answer: Callable[[Any, Array], None], rows: Any, network: Network) -> Array:
    """Let a function add to the outputs of some rows at a time, which are those without a vote at first."""
    answers = np.tile(network.layers[1].biases.astype(np.float64), (rows.shape[0], 1))

    def at(start: int) -> None:
        answer(rows[start : start + TILE], answers[start : start + TILE])

    shared(at, range(0, len(answers), TILE))
    return answers
