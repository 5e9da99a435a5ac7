"""Weights that, without a penalty, have a smaller loss the longer they are: there is no best length of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.dataset import COMPETING, as_dense
from glassneuron.learning.diagnosis.case import Case
from glassneuron.learning.diagnosis.classes import class_name
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.diagnosis.growth import CELLS, CERTAIN, growth
from glassneuron.learning.diagnosis.table import BLOCK
from glassneuron.neurons.inference import weighted_sums

SHORTER = "Set l2=1e-4, or stop early with early_stopping=True."


def for_ever(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
    """Find neurons of which some weights, without a penalty, have a smaller loss the longer they are, always."""
    if case.code not in (kernels.SIGMOID, kernels.SOFTMAX) or case.l2 > 0.0 or not len(case.data.y):
        return
    right = np.flatnonzero(_right(case, case.sums, case.data.y).all(axis=0))
    for start in range(0, 0 if case.sample.whole else len(algorithm.rows), BLOCK):
        if not len(right):
            return
        some = algorithm.rows[start : start + BLOCK]
        with np.errstate(all="ignore"):
            sums = weighted_sums(*case.weights, algorithm.data.X[some])
        right = right[np.asarray(_right(case, sums, algorithm.data.y[some]).all(axis=0))[right]]
    if len(right):
        who = "every row is answered right"
        if case.data.neurons > 1 and case.code not in COMPETING:
            who = f"{len(right)} of {case.data.neurons} neurons answer every row right"
        norm, halfway = case.history.norms[-1], case.history.norms[len(case.history.norms) // 2 - 1]
        grown = f"; their length is {norm:.3g}" + (f", and was {halfway:.3g} half way" if halfway < norm else "")
        yield Finding(
            "weights without end",
            f"{who}, and without a penalty (l2=0) longer weights always have a smaller loss{grown}",
            SHORTER,
        )
    elif np.abs(case.sums).max() > CERTAIN:
        yield from _some_for_ever(case, algorithm)


def _some_for_ever(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
    """Find features that tell some rows without an exception, so that their weights grow without end."""
    X, codes = algorithm.data.X[algorithm.rows], algorithm.data.codes[algorithm.rows]
    if algorithm.data.sparse and X.shape[0] * X.shape[1] > CELLS:
        return
    X = as_dense(X).astype(np.float64)
    several = algorithm.data.neurons > 1
    each = ((k, growth(X, codes == (k if several else 1))) for k in range(algorithm.data.neurons))
    grown = [(float(np.abs(case.weights[0][k, g.features]).max()), k, g) for k, g in each if g is not None]
    if grown:
        _, k, found = max(grown, key=lambda one: one[0])
        of, rows = case.sample.named(found.features), f"{found.rows:,} of the {len(X):,} rows"
        whose = f" of class {class_name(case.classes, k)}" if several else ""
        weights = "the weight" if len(found.features) == 1 else "the weights"
        yield Finding(
            "weights without end",
            f"quasi-complete separation: {weights} of {of}{whose} can grow for ever, which brings {rows} further to "
            "their right side and none to the wrong one, and without a penalty (l2=0) that always has a smaller loss",
            SHORTER,
        )


def _right(case: Case, sums: Array, y: Array) -> Array:
    """Tell which rows are on the right side, no ties: of each neuron, or of all that compete together."""
    if case.code in COMPETING:
        own = np.take_along_axis(sums, y[:, np.newaxis], axis=1)
        others = sums.copy()
        np.put_along_axis(others, y[:, np.newaxis], -np.inf, axis=1)
        return own > others.max(axis=1, keepdims=True)  # type: ignore[no-any-return]  # a comparison of arrays
    fires_for = np.arange(sums.shape[1]) if sums.shape[1] > 1 else np.ones(1)
    return np.where(np.equal.outer(y, fires_for), sums > 0.0, sums < 0.0)
