"""The smallest change, and that of the fewest columns: one search, in which more or fewer columns may change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import comb

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.what_if.pieces import MOST_HIDDEN, Found, distance, hidden_neurons, nearest
from glassneuron.neurons.what_if.question import Question
from glassneuron.neurons.what_if.search import best_found

MOST_SETS = 300  # of columns that are tried, where so many have to change together
PIECES_OF_SOME = 100  # that are looked at where only some columns of a network may change


def smallest(question: Question, known: Sequence[Array] = (), most: int | None = None) -> Found:
    """Return the smallest change that flips the answer: proved for neurons and, where pieces are few, for relu.

    Rows that are known to flip it are where a search begins that cannot prove anything.
    """
    if not question.goals or not any(map(question.free, range(len(question.reader.columns)))):
        return Found(certified=True)
    if question.reader.alone:
        return bits(question) if question.reader.binary else nearest(question)
    if not question.reader.in_pieces or hidden_neurons(question) > MOST_HIDDEN:
        return best_found(question, known)
    searched = nearest(question, most)
    if searched.certified:
        return searched
    found = min(searched, best_found(question, known), key=lambda each: each.distance)
    return replace(found, at_least=min(searched.at_least, found.distance))


def gains(question: Question, C: Array) -> Array:
    """Return by how much each column can move a sum C z of neurons up, at most."""
    reader, row = question.reader, question.row
    w = (C @ reader.layers[0][0].astype(np.float64))[0]
    most = []
    for c, column in enumerate(reader.columns):
        features = list(column.features)
        if not question.free(c):
            most.append(0.0)
        elif column.values:
            most.append(max(float(w[features][k] - w[features] @ row[features]) for k in question.others(c)))
        else:
            (j,) = features
            end = question.high[j] if w[j] > 0.0 else question.low[j]
            most.append(float(w[j] * (end - row[j])) if w[j] != 0.0 else 0.0)
    return np.maximum(most, 0.0)


def bits(question: Question) -> Found:
    """Flip as few inputs of 0 or 1 as will do: those that move the sum most."""
    row, by = question.row.copy(), gains(question, question.goals[0][0])
    for j in np.argsort(-by, kind="stable"):
        if by[j] == 0.0:
            break
        row[j] = 1.0 - row[j]
        if question.flips(row):
            far = distance(question, row)
            return Found(row, far, far, certified=True)
    return Found(certified=True)


def fewest(question: Question, whole: Found, singles: Sequence[Found]) -> tuple[Found, bool]:
    """Return a flip that changes as few columns as possible, and whether fewer are proved not to do.

    Of several such sets of columns the one with the smallest change is taken, as far as there are not too many.
    """
    lone = [found for found in singles if found.row is not None]
    if lone:
        return min(lone, key=lambda found: found.distance), True
    if whole.row is None or question.reader.binary:
        return whole, whole.certified
    if question.reader.alone and len(question.goals) == 1 and len(question.goals[0][0]) == 1:
        return _fewest_of_neuron(question, whole), True
    return _fewest_found(question, whole)


def _fewest_found(question: Question, whole: Found) -> tuple[Found, bool]:
    """Let only the columns change that change most: as few of them as are found to be enough."""
    assert whole.row is not None
    steps = np.abs(whole.row - question.row) / question.scale
    far = [float(np.linalg.norm(steps[list(column.features)])) for column in question.reader.columns]
    order = [c for c in sorted(range(len(far)), key=lambda c: -far[c]) if far[c] > 0.0]
    best, too_few, enough = whole, 1, len(order)
    while enough - too_few > 1:
        count = (too_few + enough) // 2
        found = smallest(question.only(order[:count]), most=PIECES_OF_SOME)
        if found.row is None:
            too_few = count
        else:
            best, enough = found, count
    return replace(best, certified=False, at_least=0.0), False


def _fewest_of_neuron(question: Question, whole: Found) -> Found:
    """Take the columns that can move the sum most until they are enough: no fewer are."""
    by = gains(question, question.goals[0][0])
    order = [int(c) for c in np.argsort(-by, kind="stable") if by[c] > 0.0]
    for count in range(2, len(order) + 1):
        found = nearest(question.only(order[:count]))
        if found.row is None:
            continue
        if comb(len(order), count) <= MOST_SETS:
            tries = (nearest(question.only(chosen)) for chosen in combinations(order, count))
            return min((each for each in tries if each.row is not None), key=lambda each: each.distance)
        return replace(found, certified=False, at_least=0.0)
    return whole
