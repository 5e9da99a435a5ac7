"""Rows in random order: NumPy's own orders, bit for bit, drawn in a third of the time.

A number of 128 bits is a pair of words, (high, low), each an unsigned integer of 64 bits that goes round: in arrays and
in compiled code alike. Interpreted, NumPy warns of that. Nothing but `shuffle` is meant for others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.backend import brief, inlined

MULTIPLIER = np.uint64(0x2360ED051FC65DA4), np.uint64(0x4385DF649FCCF645)
ZERO, ONE, WORD = np.uint64(0), np.uint64(1), np.uint64(64)
HALF, LOW_HALF, TURN = np.uint64(32), np.uint64(0xFFFFFFFF), np.uint64(58)
"""Bits of half a word; all of them; and the bits of a state, from the top, that do not say how far a draw is turned."""


@inlined
def added(a: Any, b: Any) -> Any:
    """Add two numbers of 128 bits."""
    low = a[1] + b[1]
    return a[0] + b[0] + (ONE if low < a[1] else ZERO), low


@brief
def high_word(a: Any, b: Any) -> Any:
    """Multiply two words: the high one of what comes out. Compiled for itself, it becomes one instruction."""
    low_a, high_a, low_b, high_b = a & LOW_HALF, a >> HALF, b & LOW_HALF, b >> HALF
    low, crossed, other, high = low_a * low_b, low_a * high_b, high_a * low_b, high_a * high_b
    middle = other + (low >> HALF) + (crossed & LOW_HALF)
    return high + (middle >> HALF) + (crossed >> HALF)


@inlined
def times(a: Any, b: Any) -> Any:
    """Multiply two numbers of 128 bits: the last 128 bits of what comes out."""
    return high_word(a[1], b[1]) + a[0] * b[1] + a[1] * b[0], a[1] * b[1]


@inlined
def begun_at(start: Any, increment: Any, epoch: int) -> Any:
    """Return the state from which an epoch draws: epoch times 2^64 steps after the start.

    Source: Brown (1994), Transactions of the American Nuclear Society 71:202.
    """
    state, multiplier, plus, left = start, MULTIPLIER, increment, epoch
    for bit in range(64 + 63):
        if bit >= 64:
            if left == 0:
                break
            if left % 2 == 1:
                state = added(times(multiplier, state), plus)
            left //= 2
        plus = added(times(multiplier, plus), plus)
        multiplier = times(multiplier, multiplier)
    return state


@brief
def shuffle(order: Array, seed: Array, epoch: int) -> None:
    """Shuffle an order in place, as `permutation` of NumPy's generator does it after epoch times 2^64 draws.

    Its generator is PCG64: O'Neill (2014), PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms
    for Random Number Generation, Harvey Mudd College HMC-CS-2014-0905, output XSL-RR. Its shuffle is that of Fisher and
    Yates, each place drawn by as few bits as will do, until it is none too large: 32 bits are drawn at a time. First
    all places are drawn, without a branch that a processor could not foresee, then all are exchanged.

    Parameters
    ----------
    order : ndarray of shape (rows,), changed
    seed : ndarray of 64-bit words of shape (4,)
        The state of the generator as it was seeded, and its increment, high words first.
    epoch : int
        From 0 up.
    """
    increment, places, i = (seed[2], seed[3]), np.empty(len(order), np.uint32), np.int64(len(order) - 1)
    state, mask = begun_at((seed[0], seed[1]), increment, epoch), ONE
    while mask < i:
        mask += mask + ONE
    while i > 0:
        below = np.int64(mask >> ONE)
        while i > below:
            state = added(times(state, MULTIPLIER), increment)
            turn, word = state[0] >> TURN, state[0] ^ state[1]
            word = (word >> turn) | (word << ((WORD - turn) % WORD))
            place = np.int64(word & mask)
            places[i] = place
            i -= np.int64(place <= i)
            if i > below:
                place = np.int64((word >> HALF) & mask)
            elif i > 0:  # it has come down to a power of two: one bit less is needed
                place = np.int64((word >> HALF) & (mask >> ONE))
            else:
                break
            places[i] = place
            i -= np.int64(place <= i)
        mask = mask >> ONE
    for last in range(len(order) - 1, 0, -1):
        place = places[last]
        order[last], order[place] = order[place], order[last]
