r"""Rows in short form: where they tell for sure that a neuron is right, the rows themselves need not come from memory.

A row x is told by whole numbers q of two bytes and a unit u, which is a quarter of the memory of doubles. Its sum is

.. math:: w \cdot x + b = u\,(w \cdot q) + b + w \cdot (x - u q), \qquad |w \cdot (x - u q)| \le |w|\,|x - u q|

and rounding moves a sum of d + 1 products, in any order, by hardly more than d + 1 times e / 2 times the sum of their
sizes, which is at most |(w, b)| |(x, 1)|; e is that of single precision: Higham (2002), Accuracy and Stability of
Numerical Algorithms, section 3.1. That is so for the sum of the short row, and for that by which the rule itself
decides. A sum further from 0 than all this has a sign that is sure: nothing that is learned changes by a bit.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import map_of

FROM, WIDEST = 1 << 22, 1 << 16
"""Numbers in a table from which it pays, as less lies in a processor's cache; and columns up to which rounding tells
nearly all rows from a tie."""
AFTER = 20
"""Epochs after which there may be many more: it takes the time of five to write the short rows."""
STOP = 50_000
"""Multiply-adds that take as long as a look at a row that is not sure."""
AT_ONCE = 1 << 15
"""Numbers that are shortened together, so that what lies between two steps stays in the cache."""
LARGEST = 2.0**15 - 1.0
SHORTEST, LONGEST = 1e-25, 1e25
"""Lengths of weights that single precision can hold without loss; shorter ones are taken for so long."""


def pay(X: Any, epochs: int, mistakes: int) -> bool:
    """Return whether short rows are worth their while after so many epochs, the last of which had so many mistakes."""
    if epochs < AFTER or hasattr(X, "indptr") or map_of(X) is not None:
        return False
    return bool(X.size >= FROM and X.shape[1] <= WIDEST and mistakes * STOP <= X.size // 2)


class ShortRows:
    """Rows in short form, and how far the sum of each can be off for each unit of the length of all weights.

    Examples
    --------
    >>> from glassneuron.engine import kernels
    >>> short = ShortRows(np.array([[1.0, 2.0], [3.0, -4.0], [1.0, -1.0]]), np.array([1, 0, 1]))
    >>> short.surely_right(kernels, np.array([2.0, 2.0]), 0.0, np.array([0, 1, 2]))
    2
    """

    def __init__(self, X: Array, y: Array) -> None:
        rows, features = X.shape
        self.Q, self.units, self.slacks, self.y = np.empty(X.shape, np.int16), np.empty(rows), np.empty(rows), y
        size, rounding = max(1, AT_ONCE // features), 1.1 * (features + 10) * float(np.finfo(np.float32).eps)
        for start in range(0, rows, size):
            some = slice(start, start + size)
            with np.errstate(all="ignore"):  # what is not finite here is never sure
                part = X[some]
                largest = np.maximum(part.max(axis=1), -part.min(axis=1)).astype(np.float64)
                units = self.units[some] = np.where(largest > 0.0, largest, 1.0) / LARGEST
                left = part / units[:, np.newaxis]
                whole = np.rint(left)
                self.Q[some] = whole
                left -= whole
                off, length = units * np.sqrt(np.vecdot(left, left)), np.sqrt(np.vecdot(part, part, dtype=float) + 1.0)
                self.slacks[some] = 1.01 * off + rounding * length

    def surely_right(self, kernels: ModuleType, w: Array, b: float, order: Array) -> int:
        """Count the visits, from the first, of rows that surely are on the right side."""
        long = w.astype(np.float64, copy=False)
        length = float(np.sqrt(long.dot(long) + b * b + SHORTEST**2))
        rows = self.Q, self.units, self.slacks, self.y
        told = w.astype(np.float32), b, length if length < LONGEST else np.inf
        return int(kernels.surely_right(told, rows, order))
