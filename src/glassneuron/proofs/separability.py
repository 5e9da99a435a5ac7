"""Can one neuron tell these classes apart? A verdict with a proof, either way."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.neuron import Neuron
from glassneuron.proofs.certificates import NotSeparable, Problem, Separable, Undecided
from glassneuron.proofs.exact.convex_combination import Contradiction, contradiction, twins
from glassneuron.proofs.exact.extremes import edges, extremes
from glassneuron.proofs.exact.rational import Rows, moderate
from glassneuron.proofs.exact.simplex import settle
from glassneuron.proofs.geometry.working_set import Found, TwoClasses, search
from glassneuron.proofs.many_classes import ManyClasses, Verdict, jointly

SIMPLE = (1, 2, 3, 4, 5, 7, 10, 20, 50, 100, 1000, 10_000)
"""Largest whole weight that is tried, so that a person can read the neuron."""


def separability(X: Any, y: Any, *, decimal: bool = False, names: Sequence[str] | None = None) -> Verdict | ManyClasses:
    """Decide whether one neuron can tell the classes apart, and prove it.

    Parameters
    ----------
    X : array_like of shape (rows, features)
        Numbers, or texts such as "0.1", or fractions. A float stands for its exact binary value.
    y : array_like of shape (rows,)
        Labels; for more than two kinds, one class against the rest, each pair and all jointly are decided.
    decimal : bool, default False
        Take a float for the shortest decimal text that gives it: 0.1 for one tenth, as a CSV file means it.
    names : sequence of str, optional
        What the features are called; a frame's columns have names already.

    Returns
    -------
    Separable, NotSeparable or Undecided; ManyClasses for more than two labels
        With `separable` (True, False or None), `explain()`, `check()` and `to_dict()`.

    Raises
    ------
    DataError
        If there is one class only, no row, no feature, or anything but finite numbers.

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
    rows = Rows(X, decimal=decimal)
    given = getattr(X, "columns", None) if names is None else names
    called = None if given is None else tuple(str(name) for name in given)
    features = rows.floats.shape[1]
    if called is not None and len(called) != features:
        raise problem("names", names=len(called), features=features)
    classes, codes = _labels(y)
    if len(codes) != len(rows):
        raise problem("lengths", rows=len(rows), targets=len(codes))
    if len(classes) == 1:
        raise problem("one-class", name="y", value=classes[0])
    if len(classes) == 2:
        return two_classes(rows, codes == 1, (classes[0], classes[1]), called)
    return _many(rows, codes, classes, called)


def _labels(y: Any) -> tuple[list[Any], Array]:
    labels = np.asarray(y)
    if labels.dtype.kind in "US" and not isinstance(y, np.ndarray):  # NumPy turns numbers beside a text into text too
        labels = np.asarray(y, dtype=object)
    if labels.ndim != 1:
        raise problem(
            "dimensions", name="y", rule="a row of labels", shape=labels.shape, fix="Give one label for each row."
        )
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        where = int(np.argmin(np.isfinite(labels)))
        raise problem("not-finite", name="y", value=labels[where], where=f"row {where}")
    try:
        classes, codes = np.unique(labels, return_inverse=True)
    except TypeError:
        raise problem("mixed-labels", name="y") from None
    return classes.tolist(), codes


def two_classes(
    rows: Rows,
    second: Array,
    classes: tuple[Any, Any],
    names: tuple[str, ...] | None = None,
    numbers: Array | None = None,
) -> Verdict:
    """Decide for two classes.

    Parameters
    ----------
    rows : Rows
    second : ndarray of bool
        Rows of the second class.
    classes : tuple
    names : tuple of str, optional
    numbers : ndarray of int, optional
        Where the rows stand in a larger table.
    """
    case = Problem(rows, second, classes, names, numbers)
    family = TwoClasses(rows.floats, second)
    found = search(family)
    likely = _not_separable(case, found) if found.v is None else _separable(case, family, found)
    return likely or _settled(case, found)


def _not_separable(case: Problem, found: Found) -> NotSeparable | None:
    proof = next(twins(case.rows, case.second), None)
    proof = proof or contradiction(case.rows, case.second, found.keys, found.mixture)
    return None if proof is None else _refuted(case, proof)


def _refuted(case: Problem, proof: Contradiction) -> NotSeparable:
    sides = tuple(bool(case.second[i]) for i in proof.indices)
    return NotSeparable(proof.indices, proof.values, proof.weights, sides, case)


def _separable(case: Problem, family: TwoClasses, found: Found) -> Separable | None:
    assert found.v is not None
    scaled = found.v[:-1] / (np.abs(found.v[:-1]).max() or 1.0)
    few, sides = family.points(found.keys), family.sides(found.keys)
    scales = [Fraction(s) for s in family.columns.scales.tolist()]
    tries = 0
    for largest in (*SIMPLE, 0):
        simple = np.round(scaled * largest) if largest else scaled
        sums = few @ simple
        if not largest or (sums[~sides].max() < sums[sides].min() and tries < 3):
            tries += 1
            verdict = _certified(case, [Fraction(w) / s for w, s in zip(simple.tolist(), scales, strict=True)])
            if verdict is not None:
                return verdict
    return None


def _certified(case: Problem, exact: list[Fraction]) -> Separable | None:
    weights = tuple(moderate(exact))
    low, high = edges(case.rows, case.second, weights)
    if low >= high:
        return None
    bias = -(low + high) / 2
    neuron = Neuron([float(w) for w in weights], float(bias), "step")
    return Separable(weights, bias, (low, high), neuron, case)


def _settled(case: Problem, found: Found) -> Verdict:
    """Decide in exact arithmetic: the classes touch, or all but touch, and floating point took one for the other."""

    def column(i: int) -> list[Fraction]:
        cells = [*case.rows.row(i), Fraction(1)]
        return cells if case.second[i] else [-cell for cell in cells]

    def wrong(v: list[Fraction]) -> list[int]:
        low, high, indices = extremes(case.rows, case.second, moderate(v[:-1]), most=20)
        return indices if low >= high else []

    weights, mixture = settle(found.keys.tolist(), column, wrong)
    verdict: Verdict | None = None if weights is None else _certified(case, weights[:-1])
    if mixture:
        indices = tuple(sorted(mixture))
        values = tuple(tuple(case.rows.row(i)) for i in indices)
        verdict = _refuted(case, Contradiction(indices, values, tuple(mixture[i] for i in indices)))
    return verdict or Undecided("the classes all but touch, and exact arithmetic came to no end", case)


def _many(rows: Rows, codes: Array, classes: list[Any], names: tuple[str, ...] | None) -> ManyClasses:
    rest = [two_classes(rows, codes == k, ("the rest", c), names) for k, c in enumerate(classes)]
    pairs = {}
    for a, b in combinations(range(len(classes)), 2):
        both = np.flatnonzero((codes == a) | (codes == b))
        pairs[a, b] = two_classes(rows.only(both), codes[both] == b, (classes[a], classes[b]), names, both)
    joint = jointly(rows, codes, len(classes), rest, pairs)
    named = {(classes[a], classes[b]): verdict for (a, b), verdict in pairs.items()}
    return ManyClasses(dict(zip(classes, rest, strict=True)), named, joint)
