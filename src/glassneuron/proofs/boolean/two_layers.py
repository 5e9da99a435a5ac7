"""Small networks of threshold neurons in two layers, for functions that no single neuron computes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glassneuron import checks
from glassneuron.display import Displayed
from glassneuron.engine.arrays import Array
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import TruthTable
from glassneuron.neurons.network import Network
from glassneuron.proofs.boolean.cubes import ors_of_ands
from glassneuron.proofs.boolean.threshold_functions import LARGEST_WEIGHT, smallest_weights, threshold_functions
from glassneuron.proofs.geometry.scaled_table import ScaledTable
from glassneuron.proofs.geometry.two_classes import TwoClasses
from glassneuron.proofs.geometry.working_set import search

MOST_INPUTS = 8
"""Inputs up to which neurons are split off; with 8 it takes seconds."""


@dataclass(frozen=True)
class TwoLayers(Displayed):
    """A layer of hidden neurons, and one output neuron; `fewest` if it is proved that fewer hidden ones will not do."""

    hidden: tuple[McCullochPitts, ...]
    output: McCullochPitts
    fewest: bool

    @property
    def network(self) -> Network:
        """The two layers as a network."""
        return Network([self.hidden, [self.output]])

    def check(self, table: TruthTable) -> bool:
        """Test it on every row."""
        return self.network.truth_table() == table


def two_layers(table: TruthTable) -> TwoLayers | None:
    """Find a two-layer network that computes a function, as small as the search can make it.

    A symmetric function, which depends only on the number of ones, takes a neuron for each number at which the answer
    changes. For up to four inputs all pairs of neurons are tried. Otherwise neurons are split off one by one, each for
    as large a group of rows with one answer as can be found, and unnecessary ones are dropped again; or the function is
    written as an OR of ANDs, if that takes fewer.

    Parameters
    ----------
    table : TruthTable

    Returns
    -------
    TwoLayers or None
        None if the function has more than 8 inputs, is not symmetric, and takes more than 64 ANDs.

    References
    ----------
    Marchand, Golea & Rujan (1990), Europhysics Letters 11:487: splitting off. Minsky & Papert (1969), Perceptrons.

    Examples
    --------
    >>> xor = TruthTable((0, 1, 1, 0))
    >>> found = two_layers(xor)
    >>> len(found.hidden), found.fewest, found.check(xor)
    (2, True, True)
    """
    n = checks.integer("n_inputs", table.n_inputs, "[1, 16]")
    rows, fires = table.rows, table.targets == 1
    found = _symmetric(rows, fires) or (_pair(table) if n <= max(LARGEST_WEIGHT) else None)
    if found is None:
        ways = [ors_of_ands(rows, fires), _smaller(rows, fires, _split(rows, fires)) if n <= MOST_INPUTS else None]
        found = min((way for way in ways if way is not None), key=lambda way: len(way[0]), default=None)
    if found is None:
        return None
    hidden, output = found
    tried_all_pairs = n <= max(LARGEST_WEIGHT) and len(hidden) == 3
    return TwoLayers(tuple(hidden), output, len(hidden) == 2 or tried_all_pairs)


Parts = tuple[list[McCullochPitts], McCullochPitts]


def _symmetric(rows: Array, fires: Array) -> Parts | None:
    """For a function of the number of ones: a neuron for each number at which the answer changes."""
    ones = rows.sum(axis=1).astype(int)
    answers = [fires[ones == count] for count in range(rows.shape[1] + 1)]
    if any(group.any() != group.all() for group in answers):
        return None
    changes = [count for count in range(1, len(answers)) if answers[count][0] != answers[count - 1][0]]
    hidden = [McCullochPitts(np.ones(rows.shape[1]), count) for count in changes]
    start = bool(answers[0][0])
    signs = [(-1.0) ** (k + start) for k in range(len(changes))]
    return (hidden, McCullochPitts(signs, 0 if start else 1)) if len(hidden) > 1 else None


def _pair(table: TruthTable) -> Parts | None:
    """Try all pairs of neurons under AND and under OR: any other function of two neurons is one of these with NOTs."""
    n = table.n_inputs
    neurons = threshold_functions(n)
    everything = (1 << len(table.outputs)) - 1
    wanted = sum(bit << row for row, bit in enumerate(table.outputs))
    known = np.array(list(neurons))  # the smallest first
    for output, goal, flip in ((McCullochPitts([1, 1], 2), wanted, 0), (McCullochPitts([1, 1], 1), wanted, everything)):
        # f = g AND h: f implies g and h. With all three negated, f = g OR h is the same question.
        target = goal ^ flip
        able = known[(known ^ flip) & target == target] ^ flip
        for k, first in enumerate(able.tolist()):
            second = able[: k + 1][(able[: k + 1] & first) == target]
            if len(second):
                pair = [neurons[first ^ flip], neurons[int(second[0]) ^ flip]]
                return [McCullochPitts(weights, threshold) for weights, threshold in pair], output
    return None


def _split(rows: Array, fires: Array) -> list[McCullochPitts]:
    """Split off groups of rows with one answer by neurons that fire for it and for no row of the other answer."""
    left = np.ones(len(rows), dtype=bool)
    hidden = []
    while fires[left].any() and not fires[left].all():
        groups = [_largest_group(rows, left & (fires == answer), left & (fires != answer)) for answer in (True, False)]
        group = max(groups, key=len)
        others = np.flatnonzero(left & (fires != fires[group[0]]))
        part = np.concatenate([group, others])
        neuron = smallest_weights(rows[part], np.arange(len(part)) < len(group))
        assert neuron is not None
        hidden.append(neuron.neuron)
        left[group] = False
    return hidden


def _largest_group(rows: Array, own: Array, others: Array) -> Array:
    """Grow groups from a few seeds by the nearest rows that one neuron can tell from the others; return the largest."""
    mine, theirs = np.flatnonzero(own), np.flatnonzero(others)
    seeds = mine if len(rows) <= 32 else mine[:: max(len(mine) // 4, 1)]
    best = mine[:0]
    for seed in seeds.tolist():
        order = mine[np.argsort(np.abs(rows[mine] - rows[seed]).sum(axis=1), kind="stable")]
        group: list[int] = []
        for row in order.tolist():
            if _apart(rows, [*group, row], theirs):
                group.append(row)
        best = np.array(group) if len(group) > len(best) else best
    return best


def _apart(rows: Array, group: list[int], others: Array) -> bool:
    """Return whether one neuron tells the group from the other rows."""
    part = np.concatenate([rows[group], rows[others]])
    return search(TwoClasses(ScaledTable(part), np.arange(len(part)) < len(group))).v is not None


def _smaller(rows: Array, fires: Array, hidden: list[McCullochPitts]) -> Parts:
    """Drop hidden neurons as long as one output neuron can still tell the answers apart."""
    between = np.column_stack([(rows @ n.weights >= n.threshold).astype(float) for n in hidden])
    kept = list(range(len(hidden)))
    for k in range(len(hidden)):
        fewer = [j for j in kept if j != k]
        if fewer and _apart(between[:, fewer], np.flatnonzero(fires).tolist(), np.flatnonzero(~fires)):
            kept = fewer
    patterns, first = np.unique(between[:, kept], axis=0, return_index=True)
    output = smallest_weights(patterns, fires[first])
    assert output is not None
    return [hidden[k] for k in kept], output.neuron
