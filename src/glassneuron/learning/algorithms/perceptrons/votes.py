"""How voters answer rows: all of them, or as many as it takes until an answer is settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.threads import shared
from glassneuron.neurons.network import Network

TILE, FIRST = 256, 32
"""Rows, and voters, that are answered together, so that what lies between two products stays in the cache; and voters
that are asked first where some of them may settle an answer."""
Settled = Callable[[Array, Array], Array]
"""Takes the lowest outputs that can still come, and what votes that are left can add; tells which rows are settled."""


def votes_on(network: Network, rows: Any) -> Array:
    """Return the outputs of a network of voters for rows, dense or sparse, of shape (rows, neurons).

    All voters answer some rows in one product of matrices, and a second one adds up their votes, as `network` does for
    any activation; votes are whole numbers in double precision, whose sums are exact in any order.
    """
    voters, counters = network.layers
    V, votes = np.ascontiguousarray(voters.weights.T), np.ascontiguousarray(counters.weights.T, np.float64)

    def answer(some: Any, own: Array) -> None:
        _add_votes(some, V, -voters.biases, votes, own)

    return _of_some_rows(answer, rows, np.asarray(counters.biases, np.float64))


def telling_votes_on(network: Network, rows: Any, settled: Settled) -> Array:
    """Return the outputs as far as they settle an answer: the lowest that votes that are left can still leave.

    The voters with the most votes are asked first, and then as many again for the rows of which that is not enough.
    """
    voters, counters = network.layers
    votes = np.asarray(counters.weights.T, np.float64)
    if len(votes) <= FIRST or rows.shape[0] <= FIRST or (votes % 1.0).any():
        return votes_on(network, rows)
    most_first = np.argsort(-votes.max(axis=1), kind="stable")
    V, t, votes = np.ascontiguousarray(voters.weights[most_first].T), -voters.biases[most_first], votes[most_first]
    left = np.append(votes[::-1].cumsum(axis=0)[::-1], np.zeros((1, votes.shape[1])), axis=0)

    def answer(some: Any, own: Array) -> None:
        at, start, stop = np.arange(len(own)), 0, FIRST
        while len(at):
            mine = own[at]
            _add_votes(some, V[:, start:stop], t[start:stop], votes[start:stop], mine)
            own[at] = mine
            if stop >= len(t):
                return
            waiting = ~settled(mine, left[stop])
            some, at, start, stop = some[waiting], at[waiting], stop, 2 * stop

    return _of_some_rows(answer, rows, np.asarray(counters.biases, np.float64))


def _add_votes(rows: Any, V: Array, least: Array, votes: Array, own: Array) -> None:
    """Let voters answer rows: those whose sum is not below the least vote."""
    for first in range(0, len(least), TILE):
        few = slice(first, first + TILE)
        fires = np.asarray(rows @ V[:, few]) >= least[few]
        own += fires.astype(np.float64) @ votes[few]


def _of_some_rows(answer: Callable[[Any, Array], None], rows: Any, none: Array) -> Array:
    """Let a function add to the outputs of some rows at a time, which are those without a vote at first."""
    answers = np.tile(none, (rows.shape[0], 1))

    def at(start: int) -> None:
        answer(rows[start : start + TILE], answers[start : start + TILE])

    shared(at, range(0, len(answers), TILE))
    return answers


def signs(lowest: Array, left: Array) -> Array:
    """Return for which rows votes that are left, at most so many, leave the sign of each output as it is."""
    return np.asarray(((lowest >= 0.0) | (lowest + left < 0.0)).all(axis=1))


def largest(lowest: Array, left: Array) -> Array:
    """Return for which rows the largest output stays the largest; of a lone output, the sign."""
    if lowest.shape[1] == 1:
        return signs(lowest, left)
    best, at = lowest.argmax(axis=1), np.arange(len(lowest))
    highest = lowest + left
    highest[at, best] = -np.inf
    return np.asarray(lowest[at, best] > highest.max(axis=1))
