"""What is asked first, and of how many rows, where a training asks within a budget whether an end can come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, taken, true_places
from glassneuron.proofs.budget import (
    OF_MANY,
    Budget,
    few_numbers,
    worth_a_look,
    worth_a_try,
    worth_deciding_at_once,
)
from glassneuron.proofs.certificates import Undecided
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable, is_one
from glassneuron.proofs.geometry.working_set import NEAREST, spread
from glassneuron.proofs.many_classes import Verdict
from glassneuron.proofs.separability import InPassing, at_once, in_passing, two_classes

FEWEST, ROWS_AN_UNKNOWN, LARGE = (120, 1000), 20, 1.5
"""Rows by which it is decided in passing, at least, and for each unknown, first; of tables with so many times as many.
Noisy labels that many rows have, those few have as well: the fewest are asked where mistakes are many."""
MUCH = 0.5
"""Hope, up to 1, from which on a boundary is looked for before a contradiction."""
ENOUGH = 4096
"""Rows that tell which two classes are taken for each other most."""
MISTAKES, WRONG_ALONE, WRONG = 0.5, 0.03, 0.04
"""Mistakes for each unknown from which on the two are asked alone; and the share of their rows that is wrong, where
asking all classes at once is out of reach, and where it is not. Of drawn tables none was refuted below 3 percent."""


def worth_asking(table: ExactTable, budget: Budget, neurons: int, *, together: bool, near: bool, hope: float) -> bool:
    """Return whether the budget may do for a decision on some neurons, together or one by one."""
    rows, features = table.floats.shape
    if together and neurons > 1:
        of_two = near and _worth_few(budget, (*_asked_first(table, hope), rows)[0], features, hope)
        return of_two or _in_reach(table, budget, neurons, near=near and hope > 0.0)
    each, unknowns = Budget(budget.left / neurons, budget.wrong), features + 1
    if hope > 0.0 and at_once(table.floats, hopeful=True):
        return worth_deciding_at_once(each, unknowns, rows)
    soon = near and hope > 0.0 and worth_a_look(each, unknowns, 2 * NEAREST, rows * features)
    return soon or _worth_few(each, (*_asked_first(table, hope), rows)[0], features, hope)


def _worth_few(budget: Budget, rows: int, features: int, hope: float) -> bool:
    """Return whether the budget may do for an answer about some rows; where there is no hope, it is to spare for it."""
    if hope > 0.0 and few_numbers(rows, features):
        return worth_deciding_at_once(budget, features + 1, rows)
    return worth_a_try(budget, features + 1, rows * features)


def _in_reach(table: ExactTable, budget: Budget, neurons: int, *, near: bool) -> bool:
    """Return whether the budget may do for all classes at once, of which roughly right weights may be known."""
    rows, features = table.floats.shape
    unknowns = neurons * (features + 1)
    soon = near and worth_a_look(budget, unknowns, 2 * NEAREST, rows * features, OF_MANY)
    return soon or worth_a_try(budget, unknowns, rows * features)


def _asked_first(table: ExactTable, hope: float) -> list[int]:
    """Return how many rows are asked first, in passing, and how many then: few of a large table."""
    each = ROWS_AN_UNKNOWN * (table.floats.shape[1] + 1)
    numbers = dict.fromkeys(max(least, each) for least in (FEWEST[1:] if hope > 0.0 else FEWEST))
    return [few for few in numbers if len(table) >= LARGE * few]


def _some_rows(X: Array, codes: Array) -> tuple[Array, Array]:
    """Return all of few rows, or some of many, evenly spread, in double precision."""
    step = -(-len(X) // ENOUGH)
    return X[::step].astype(np.float64, copy=False), np.asarray(codes[::step])


def of_two(
    table: ExactTable, codes: Array, classes: Sequence[Any], budget: Budget, near: Array, hope: float
) -> Verdict | InPassing | None:
    """Decide about the two classes that are taken for each other most often, where a refusal is likely.

    It is a much smaller question, and where these two cannot be told apart, not all classes can. Where mistakes are few
    and hardly become fewer, it is asked however few they are: some labels may be wrong.
    """
    least, mistakes = WRONG_ALONE, MISTAKES * near.shape[1]
    if 0.0 < hope < MUCH:
        least, mistakes = 0.0, 1.0
    elif hope > 0.0 and _in_reach(table, budget, len(near), near=True):
        least = WRONG
    X, y = _some_rows(table.floats, codes)
    with np.errstate(over="ignore", invalid="ignore"):  # a boundary that is known may be beyond all bounds
        sums = X @ near[:, :-1].T + near[:, -1]
    at = np.arange(len(y))
    own, sums[at, y] = sums[at, y], -np.inf
    wrong = sums.max(axis=1) >= own
    mistaken = np.bincount(y[wrong] * len(near) + sums[wrong].argmax(axis=1), minlength=len(near) ** 2)
    mistaken = mistaken.reshape(len(near), -1)
    mistaken += mistaken.T
    np.fill_diagonal(mistaken, 0)
    a, b = sorted(divmod(int(mistaken.argmax()), len(near)))
    if mistaken[a, b] < max(mistakes, least * np.count_nonzero((y == a) | (y == b))):
        return None
    rows = true_places(row_by_row(lambda codes: (codes == a) | (codes == b), codes))
    hope = hope if hope < MUCH else 0.0
    pair = TwoClassTable(table.only(rows), is_one(taken(codes, rows), b), (classes[a], classes[b]))
    if not _worth_few(budget, (*_asked_first(pair.rows, hope), len(rows))[0], X.shape[1], hope):
        return None
    return asked(pair, budget, near[b] - near[a], hope, only_refute=True)


def asked(
    data: TwoClassTable, budget: Budget | None, near: Array | None, hope: float, *, only_refute: bool = False
) -> Verdict | InPassing:
    """Decide for two classes; in passing, first for few rows of a large table: what they contradict, all of them do.

    Where there is much hope, a look beside the known boundary comes before few of the rows; where there is little, all
    rows are decided about at once instead, if that may be.
    """
    if budget is None:
        return two_classes(data)
    if hope >= MUCH:
        verdict = in_passing(data, budget, near, only_refute=only_refute, hopeful=True)
        return _refuted_by_few(data, budget, near, hope) or verdict if _open(verdict) else verdict
    if few := _refuted_by_few(data, budget, near, hope):
        return few
    rows, features = data.rows.floats.shape
    sooner = few_numbers(rows, features) and worth_deciding_at_once(budget, features + 1, rows)
    hopeful = hope > 0.0 and not (sooner or only_refute)
    return in_passing(data, budget, near, only_refute=only_refute, hopeful=hopeful)


def likely_not(verdict: Verdict | InPassing) -> bool:
    """Return whether floats believe that no weights have every row right, which is not proven."""
    return isinstance(verdict, Undecided) and verdict.likely is False


def _open(verdict: Verdict | InPassing) -> bool:
    """Return whether nothing is known or believed yet."""
    return isinstance(verdict, Undecided) and verdict.likely is None


def _refuted_by_few(data: TwoClassTable, budget: Budget, near: Array | None, hope: float) -> Verdict | InPassing | None:
    """Return what few rows of a large table prove, or make believe, that no weights have right; None if they do not."""
    features = data.rows.floats.shape[1]
    for few in _asked_first(data.rows, hope):
        if _worth_few(budget, few, features, hope):
            rows = spread(data.second, few // 2)
            part = TwoClassTable(data.rows.only(rows), taken(data.second, rows), data.classes)
            verdict = in_passing(part, budget, near, only_refute=True)
            if verdict.separable is False or likely_not(verdict):
                return verdict
    return None
