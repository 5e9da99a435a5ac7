"""The extreme weighted sums of two classes, exactly, with exact arithmetic on few rows only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import joined, rising, room, row_by_row, taken, true_places
from glassneuron.engine.parts import Part
from glassneuron.engine.sums import each_part
from glassneuron.proofs.budget import EXACT_CELL, Budget
from glassneuron.proofs.exact.rational import integers
from glassneuron.proofs.exact.table import CACHED_ROWS, ROWS_AT_ONCE, ExactTable, TwoClassTable

CELLS_AT_ONCE = 1 << 20
"""Cells of a large table that are looked at together, so that intermediate results need little memory."""
BLOCK = 1 << 16
"""Rows whose sums are looked at together."""
EPSILON = float(np.finfo(np.float64).eps)


def extremes(
    data: TwoClassTable, weights: Sequence[Fraction], most: int = 0, budget: Budget | None = None
) -> tuple[Fraction, Fraction, list[int]]:
    """Find the largest sum of the first class, the smallest of the second, and the rows that have them.

    Floating point gives every sum with a bound on its error; only rows that could be the extreme one are added up in
    exact arithmetic. The rows are followed by the `most` of each class that come closest to the other, or overlap it.
    Where the `budget` cannot pay for so many, BudgetSpent is raised.
    """
    sums, error = _sums(data.rows, weights)
    found, indices = [], []
    for side, sign in ((False, 1.0), (True, -1.0)):
        blocks = [range(start, min(start + BLOCK, len(sums))) for start in range(0, len(sums), BLOCK)]
        largest = max(_of_side(sums, data.second, side, sign, block)[1].max(initial=-np.inf) for block in blocks)
        near, ranked = _near(sums, data.second, side, sign, blocks, largest - 2.0 * error, most)
        if budget is not None:
            budget.demand(EXACT_CELL * len(near) * len(weights))
        extreme, row = max((int(sign) * value, -row) for value, row in _exact_sums(data.rows, near, weights))
        found.append(int(sign) * extreme)
        indices += [-row, *ranked[:most].tolist()]
    return found[0], found[1], list(dict.fromkeys(indices))


def _of_side(sums: Array, second: Array, side: bool, sign: float, block: range) -> tuple[Array, Array]:
    """Return the rows of one side among some, and their sums, or the negative of those."""
    own = np.flatnonzero(second[block.start : block.stop] == side) + block.start
    return own, sign * sums[own]


def _near(
    sums: Array, second: Array, side: bool, sign: float, blocks: list[range], least: float, most: int
) -> tuple[Array, Array]:
    """Return the rows of one side whose sums are so large, and so many of the largest in falling order."""
    near, first, values = [], [], []
    for block in blocks:
        rows, own = _of_side(sums, second, side, sign, block)
        near.append(rows[own >= least])
        few = np.argsort(-own, kind="stable")[:most]
        first.append(rows[few])
        values.append(own[few])
    order = np.argsort(-np.concatenate(values), kind="stable")[:most]
    return np.concatenate(near), np.concatenate(first)[order]


def misclassified(data: TwoClassTable, weights: Sequence[Fraction], bias: Fraction) -> Array:
    """Find the rows that a step neuron gets wrong, exactly; a sum of 0 fires.

    Those furthest on the wrong side come first, as far as floating point can tell.
    """
    totals, error = _sums(data.rows, weights)
    fires, unsure = room((len(totals),), bool, totals), []
    for start in range(0, len(totals), BLOCK):
        own = totals[start : start + BLOCK]
        with np.errstate(over="ignore", invalid="ignore"):
            doubt = 2.0 * error + 4.0 * EPSILON * (np.abs(own) + abs(float(bias)))
            own += float(bias)
        fires[start : start + BLOCK] = own >= 0.0
        unsure += (start + np.flatnonzero(~(np.abs(own) > doubt))).tolist()
    # One row at a time, since `_exact_sums` leaves out rows that are equal to an earlier one.
    for i in unsure:
        fires[i] = _exact_sums(data.rows, np.array([i]), weights)[0][0] + bias >= 0
    wrong = true_places(row_by_row(np.not_equal, fires, data.second))
    return taken(wrong, rising(row_by_row(lambda totals: -np.abs(totals), taken(totals, wrong))))


def _sums(table: ExactTable, weights: Sequence[Fraction]) -> tuple[Array, float]:
    """Return the sums in floating point and a bound on their error: infinity where none is known."""
    w = np.array([float(weight) for weight in weights])
    X = table.floats
    largest = np.zeros(X.shape[1])

    def of_parts() -> Iterator[Array]:
        for own, reach in each_part(_sums_of_part, X, (w,), float(X.size)):
            np.maximum(largest, reach, out=largest)
            yield own

    sums = joined(of_parts(), len(X), X)
    with np.errstate(over="ignore", invalid="ignore"):
        # Each product and each addition rounds once, as does each weight and, read as a decimal, each cell.
        error = float((len(w) + 4) * EPSILON * (largest @ np.abs(w))) + 1e-300
    underflow = any(weight and abs(own) < 1e-290 for weight, own in zip(weights, w.tolist(), strict=True))
    if underflow or not (np.isfinite(error) and row_by_row(np.isfinite, sums).all()):
        return np.zeros(len(X)), np.inf
    return sums, error


def _sums_of_part(part: Part, w: Array) -> tuple[Array, Array]:
    """Return the sums of some rows in floating point, and the largest number of each column either way."""
    X = part.table
    sums, largest = np.empty(part.stop - part.start), np.zeros(X.shape[1])
    with np.errstate(over="ignore", invalid="ignore"):
        rows = min(ROWS_AT_ONCE, max(CACHED_ROWS, CELLS_AT_ONCE // X.shape[1]))
        for start in range(part.start, part.stop, rows):
            few = X[start : min(start + rows, part.stop)].astype(np.float64, copy=False)
            sums[start - part.start : start - part.start + len(few)] = few @ w
            np.maximum(largest, np.abs(few).max(axis=0), out=largest)
    return sums, largest


def _exact_sums(table: ExactTable, indices: Array, weights: Sequence[Fraction]) -> list[tuple[Fraction, int]]:
    """Add up some rows without rounding, equal ones once."""
    numerators = integers([*weights, Fraction(1)])
    unit = numerators[-1]
    seen: dict[bytes, tuple[Fraction, int]] = {}
    for i in indices.tolist():
        key = b"%d" % i if table.verbatim else table.floats[i].tobytes()
        if key not in seen:
            value = sum((n * x for n, x in zip(numerators, table.row(i), strict=False)), Fraction(0)) / unit
            seen[key] = value, i
    return list(seen.values())
