"""Rows in random order: the loops draw what NumPy draws, interpreted and compiled."""

import numpy as np
import pytest

from glassneuron.engine import backend
from glassneuron.engine.loops import orders

ROWS = (*range(1, 35), 64, 65, 1000, 4096, 4097, 16_384)


def numpys(rows, seed, epoch):
    bits = np.random.PCG64(seed)
    bits.advance(epoch << 64)
    return np.random.Generator(bits).permutation(rows)


def words(seed):
    state = np.random.PCG64(seed).state["state"]
    return np.array([state[name] >> shift & (1 << 64) - 1 for name in ("state", "inc") for shift in (64, 0)], np.uint64)


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@pytest.mark.parametrize(("seed", "epoch"), [(0, 0), (1, 1), (2, 999), (2**80, 2**40 + 5)])
def test_an_order_is_that_of_numpy(seed, epoch, kind):
    for rows in ROWS:
        order = np.arange(rows, dtype=kind)
        backend.load("orders").shuffle(order, words(seed), epoch)
        assert order.tolist() == numpys(rows, seed, epoch).tolist()


@pytest.mark.parametrize("rows", [1, 2, 3, 8, 9, 100])
def test_interpreted_it_is_the_same(rows):
    order = np.arange(rows)
    with np.errstate(over="ignore"):
        orders.shuffle(order, words(7), 5)
    assert order.tolist() == numpys(rows, 7, 5).tolist()
