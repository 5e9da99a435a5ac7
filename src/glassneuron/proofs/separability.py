"""Can one neuron tell these classes apart? A verdict with a proof, either way."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import joined, row_by_row, taken, true_places
from glassneuron.errors import problem
from glassneuron.neurons.columns import names_in
from glassneuron.neurons.neuron import Neuron
from glassneuron.proofs.budget import (
    FEW_UNKNOWNS,
    Budget,
    BudgetSpent,
    exact_work,
    few_numbers,
    verified_work,
    worth_a_look,
    worth_a_try,
    worth_deciding_at_once,
)
from glassneuron.proofs.certificates import NotSeparable, Separable, Undecided
from glassneuron.proofs.exact.convex_combination import CommonPoint, conflicting_duplicates
from glassneuron.proofs.exact.extremes import extremes
from glassneuron.proofs.exact.rational import normalized
from glassneuron.proofs.exact.simplex import exact_search
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable, is_one
from glassneuron.proofs.geometry.beside import beside
from glassneuron.proofs.geometry.either import either
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.two_classes import TwoClasses
from glassneuron.proofs.geometry.verified import columns_depend, surely_meet, surely_right
from glassneuron.proofs.geometry.working_set import NEAREST, Found, search
from glassneuron.proofs.many_classes import ManyClasses, Verdict, jointly

SCALE, LOOK = 4.0, 2.0
"""Multiply-adds, for each number, that it takes to find the scales of the columns, mostly to read them, and the rows
nearest to a boundary."""
CHEAP = 0.125
"""Share of the work that is left up to which exact arithmetic is tried, though it may come to nothing."""
NO_TIME = "it takes longer to decide than it may"
UNPROVEN = "the classes meet, as far as floats tell, which they do not prove"
LARGEST_WEIGHTS = (1, 2, 3, 4, 5, 7, 10, 20, 50, 100, 1000, 10_000)
"""Small integers are tried as weights first, up to each of these, so that a person can read the neuron."""


def separability(
    X: Any,
    y: Any,
    *,
    decimal: bool = False,
    names: Sequence[str] | None = None,
) -> Verdict | ManyClasses:
    """Decide whether one neuron can tell the classes apart, and prove it.

    Parameters
    ----------
    X : array_like of shape (rows, features), or ExactTable
        Numbers, or texts such as "0.1", or fractions. A float stands for its exact binary value.
    y : array_like of shape (rows,)
        Labels. With more than two classes, each against the rest, each pair and all jointly are decided.
    decimal : bool, default False
        Read a float as the shortest decimal text that gives it: 0.1 as one tenth, as a CSV file means it.
    names : sequence of str, optional
        Of the features; a data frame has them already.

    Returns
    -------
    Separable, NotSeparable or Undecided; ManyClasses for more than two labels
        With `separable` (True, False or None), `explain()`, `check()` and `to_dict()`.

    Raises
    ------
    DataError
        If there is only one class, no row, no feature, or anything but finite numbers.

    References
    ----------
    Two finite sets are separable exactly when their convex hulls do not meet; d + 2 points suffice to show that they
    do: Kirchberger (1903), Mathematische Annalen 57:509. Gordan (1873), Mathematische Annalen 6:23.

    Examples
    --------
    >>> verdict = separability([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> verdict.separable, verdict.check()
    (False, True)
    >>> print(verdict.equation)
    1·(0,0) + 1·(1,1) = 1·(0,1) + 1·(1,0)
    """
    checks.boolean("decimal", decimal)
    table = X if isinstance(X, ExactTable) else ExactTable(X, decimal=decimal)
    given = names_in(X) if names is None else names
    called = None if given is None else tuple(str(name) for name in given)
    features = table.floats.shape[1]
    if called is not None and len(called) != features:
        raise problem("names", names=len(called), features=features)
    classes, codes = _labels(y)
    if len(codes) != len(table):
        raise problem("lengths", rows=len(table), targets=len(codes))
    if len(classes) == 1:
        raise problem("one-class", name="y", value=classes[0])
    if len(classes) == 2:
        return two_classes(TwoClassTable(table, is_one(codes, 1), (classes[0], classes[1]), called))
    return _many(table, codes, classes, called)


AT_ONCE = 1 << 16  # labels


def _labels(y: Any) -> tuple[list[Any], Array]:
    labels = np.asarray(y)
    if labels.dtype.kind in "US" and not isinstance(y, np.ndarray):  # NumPy turns numbers beside a text into text too
        labels = np.asarray(y, dtype=object)
    if labels.ndim != 1:
        raise problem(
            "dimensions", name="y", rule="a row of labels", shape=labels.shape, fix="Give one label for each row."
        )
    if labels.dtype.kind == "f" and not row_by_row(np.isfinite, labels).all():
        where = int(np.argmin(np.isfinite(labels)))
        raise problem("not-finite", name="y", value=labels[where], where=f"row {where}")
    blocks = [labels[start : start + AT_ONCE] for start in range(0, max(1, len(labels)), AT_ONCE)]
    try:
        classes = np.unique(np.concatenate([np.unique(block) for block in blocks]))
        codes = joined((np.searchsorted(classes, block).astype(np.int32) for block in blocks), len(labels), labels)
    except TypeError:
        raise problem("mixed-labels", name="y") from None
    return classes.tolist(), codes


@dataclass(frozen=True)
class Contradiction:
    """Some rows of either class that no weights have right, as floats prove without the weights of a certificate."""

    indices: tuple[int, ...]
    table: TwoClassTable
    separable = False


@dataclass(frozen=True, eq=False)
class Boundary:
    """A boundary of floats, the bias last, that has every row right, as floats prove without a certificate."""

    weights: Array
    table: TwoClassTable
    separable = True


InPassing = Contradiction | Boundary


def two_classes(data: TwoClassTable, budget: Budget | None = None) -> Verdict:
    """Decide for two classes: search in floating point, prove exactly. With a budget it may be undecided.

    Where the classes touch, or nearly, floating point may take one for the other: then exact arithmetic decides alone.
    """
    verdict = _decided(data, Budget() if budget is None else budget, exactly=True)
    assert not isinstance(verdict, InPassing)
    return verdict


def in_passing(
    data: TwoClassTable, budget: Budget, near: Array | None = None, *, only_refute: bool = False, hopeful: bool = False
) -> Verdict | InPassing:
    """Decide for two classes within a budget; where floats prove what they believe, without a certificate.

    Weights that have nearly every row right, the bias last, shorten the search; where it is `hopeful`, a boundary
    beside theirs that has them all right is looked for first. With `only_refute`, weights that floats have found are
    not proven.
    """
    return _decided(data, budget, exactly=False, only_refute=only_refute, near=near, hopeful=hopeful)


def at_once(X: Array, *, hopeful: bool) -> bool:
    """Return whether rows are so few that it is decided about all at once.

    Where there is hope, a look beside a known boundary finds one of many unknowns in fewer steps.
    """
    return few_numbers(*X.shape) and not (hopeful and X.shape[1] >= FEW_UNKNOWNS)


def _told_at_once(data: TwoClassTable, budget: Budget) -> Verdict | InPassing | None:
    """Decide about all rows at once; None where floats do not tell."""
    rows, boundary, meet = either(data.rows.floats, data.second, budget)
    if rows is not None:
        return Contradiction(tuple(rows.tolist()), data)
    if boundary is not None:
        return Boundary(boundary, data)
    if meet is None:
        return None
    if _worth_proving(data.rows.floats, budget):
        with suppress(BudgetSpent):
            constraints = TwoClasses(ScaledTable(data.rows.floats), data.second)
            return _proven(data, constraints, Found(None, meet), budget, believed=False)
    return Undecided(UNPROVEN, data, likely=False)


def _worth_proving(X: Array, budget: Budget, *, sure: bool = False) -> bool:
    """Return whether what floats tell is to be proven in exact arithmetic, and pay for it.

    It is unless floats take classes to meet, are not `sure` of it, and columns depend on each other but for rounding:
    then those rows prove nothing, and it would have to look for others.
    """
    work = exact_work(X.shape[1] + 1)
    return (sure or work <= CHEAP * budget.left or not columns_depend(X)) and budget.spend(work)


def _decided(
    data: TwoClassTable,
    budget: Budget,
    *,
    exactly: bool,
    only_refute: bool = False,
    near: Array | None = None,
    hopeful: bool = False,
) -> Verdict | InPassing:
    X = data.rows.floats
    rows, features = X.shape
    if not budget.spend((SCALE if near is None else SCALE + LOOK) * X.size):
        return Undecided(NO_TIME, data)
    in_floats = not (exactly or data.rows.verbatim or data.rows.decimal)
    first = at_once(X, hopeful=hopeful)
    if in_floats and first and (told := _told_at_once(data, budget)):
        return told
    constraints = TwoClasses(ScaledTable(X), data.second, near=near)
    few = features < FEW_UNKNOWNS  # of which a look costs next to nothing
    close = hopeful and (few or worth_a_look(budget, features + 1, 2 * NEAREST, X.size))
    found = beside(constraints, budget) if close else None
    then = in_floats and found is None and not first and few_numbers(rows, features)
    if then and worth_deciding_at_once(budget, features + 1, rows) and (told := _told_at_once(data, budget)):
        return told
    if found is None and not worth_a_try(budget, features + 1, X.size):
        return Undecided(NO_TIME, data)
    found = found or search(constraints, budget=budget)
    believed = None if found.short or data.rows.verbatim else found.v is not None
    to_be_told = believed is False and not exactly and not data.rows.decimal and budget.spend(verified_work(features))
    if to_be_told and surely_meet(X[found.keys], data.second[found.keys]):
        return Contradiction(tuple(found.keys.tolist()), data)
    enough = only_refute and found.v is not None
    if found.v is not None and not exactly and not only_refute and not data.rows.verbatim:
        boundary = constraints.unscaled(found.v)
        if surely_right(X, data.second, boundary):
            return Boundary(boundary, data)
    if not (found.short or enough) and _worth_proving(X, budget, sure=exactly or bool(believed)):
        with suppress(BudgetSpent):
            return _proven(data, constraints, found, budget, believed)
    return _undecided(NO_TIME, constraints, data, found, believed)


def _undecided(
    why: str, constraints: TwoClasses, data: TwoClassTable, found: Found, believed: bool | None
) -> Undecided:
    return Undecided(why, data, believed, None if found.v is None else constraints.unscaled(found.v))


def _proven(
    data: TwoClassTable, constraints: TwoClasses, found: Found, budget: Budget, believed: bool | None
) -> Verdict:
    """Decide in exact arithmetic, from what floating point has found."""
    if found.v is not None and (likely := _with_small_weights(data, constraints, found, budget)):
        return likely
    proof, weights = next(conflicting_duplicates(data), None), None
    if proof is None:

        def violated(v: list[Fraction]) -> list[int]:
            low, high, indices = extremes(data, normalized(v[:-1]), 20, budget)
            return indices if low >= high else []

        weights, coefficients = exact_search(found.keys.tolist(), data.signed, violated, budget)
        proof = CommonPoint.of(data, coefficients) if coefficients else None
    if proof is not None:
        sides = tuple(bool(data.second[i]) for i in proof.indices)
        return NotSeparable(proof.indices, proof.values, proof.weights, sides, data)
    verdict = None if weights is None else _certified(data, weights[:-1], budget)
    why = "too close to decide in floating point, and the exact solver reached its limit"
    return verdict or _undecided(why, constraints, data, found, believed)


def _with_small_weights(data: TwoClassTable, constraints: TwoClasses, found: Found, budget: Budget) -> Separable | None:
    """Round the weights to small integers that separate the rows that decide, and certify the first that hold."""
    assert found.v is not None
    v = found.v[:-1]
    weights = v / (np.abs(v).max() or 1.0)
    few, sides = constraints.points(found.keys)
    scales = [Fraction(s) for s in constraints.table.scales.tolist()]
    tries = 0
    for largest in (*LARGEST_WEIGHTS, 0):
        rounded = np.round(weights * largest) if largest else weights
        sums = few @ rounded
        if not largest or (sums[~sides].max() < sums[sides].min() and tries < 3):
            tries += 1
            exact = [Fraction(w) / s for w, s in zip(rounded.tolist(), scales, strict=True)]
            verdict = _certified(data, exact, budget)
            if verdict is not None:
                return verdict
    return None


def _certified(data: TwoClassTable, exact: list[Fraction], budget: Budget) -> Separable | None:
    weights = tuple(normalized(exact))
    low, high, _ = extremes(data, weights, budget=budget)
    if low >= high:
        return None
    bias = -(low + high) / 2
    neuron = Neuron([float(w) for w in weights], float(bias), "step")
    return Separable(weights, bias, (low, high), neuron, data)


def _many(table: ExactTable, codes: Array, classes: list[Any], names: tuple[str, ...] | None) -> ManyClasses:
    rest = [two_classes(TwoClassTable(table, is_one(codes, k), ("the rest", c), names)) for k, c in enumerate(classes)]
    pairs = {}
    for a, b in combinations(range(len(classes)), 2):
        both = true_places(row_by_row(lambda codes, a=a, b=b: (codes == a) | (codes == b), codes))
        of_both = TwoClassTable(table.only(both), is_one(taken(codes, both), b), (classes[a], classes[b]), names, both)
        pairs[a, b] = two_classes(of_both)
    joint = jointly(table, codes, rest, pairs)
    named = {(classes[a], classes[b]): verdict for (a, b), verdict in pairs.items()}
    return ManyClasses(dict(zip(classes, rest, strict=True)), named, joint)
