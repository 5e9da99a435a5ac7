"""What no single neuron computes: a small network of threshold neurons in two layers that does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts
from glassneuron.neurons.logic.truth_table import TruthTable
from glassneuron.neurons.network import Network
from glassneuron.proofs.boolean.cubes import ors_of_ands
from glassneuron.proofs.boolean.threshold_functions import LARGEST, smallest_weights, threshold_functions
from glassneuron.proofs.geometry.working_set import TwoClasses, search

MOST_INPUTS = 8
"""Up to which neurons are split off; it takes seconds there."""


@dataclass(frozen=True)
class TwoLayers:
    """Hidden neurons that read the inputs, and one behind them.

    Attributes
    ----------
    hidden : tuple of McCullochPitts
    output : McCullochPitts
    fewest : bool
        Whether it is proved that fewer hidden neurons cannot do it.
    """

    hidden: tuple[McCullochPitts, ...]
    output: McCullochPitts
    fewest: bool

    @property
    def network(self) -> Network:
        """The same as a network."""
        return Network([self.hidden, [self.output]])

    def check(self, table: TruthTable) -> bool:
        """Test it on every row."""
        return self.network.truth_table() == table


def two_layers(table: TruthTable) -> TwoLayers | None:
    """Find a two-layer network that computes a function, as small as the search can make it.

    Functions that only count ones take a neuron for each change of the answer along the count. For up to four inputs
    all pairs of neurons are tried. Otherwise neurons are split off one by one, each right about as many rows as can
    be, and those that are not needed are dropped again; or the function is an OR of fewer ANDs.

    Parameters
    ----------
    table : TruthTable

    Returns
    -------
    TwoLayers or None
        None if the function has more than 8 inputs, does not only count ones, and takes more than 64 ANDs.

    References
    ----------
    Marchand, Golea & Rujan (1990), Europhysics Letters 11:487: the splitting. Minsky & Papert (1969), Perceptrons.

    Examples
    --------
    >>> xor = TruthTable((0, 1, 1, 0))
    >>> found = two_layers(xor)
    >>> len(found.hidden), found.fewest, found.check(xor)
    (2, True, True)
    """
    n = checks.integer("n_inputs", table.n_inputs, "[1, 16]")
    rows, fires = table.rows, table.targets == 1
    found = _by_count(rows, fires) or (_pair(table) if n <= max(LARGEST) else None)
    if found is None:
        ways = [ors_of_ands(rows, fires), _smaller(rows, fires, _split(rows, fires)) if n <= MOST_INPUTS else None]
        found = min((way for way in ways if way is not None), key=lambda way: len(way[0]), default=None)
    if found is None:
        return None
    hidden, output = found
    tried_all_pairs = n <= max(LARGEST) and len(hidden) == 3
    return TwoLayers(tuple(hidden), output, len(hidden) == 2 or tried_all_pairs)


Parts = tuple[list[McCullochPitts], McCullochPitts]


def _by_count(rows: Array, fires: Array) -> Parts | None:
    """Where only the number of ones counts: a neuron at each count at which the answer changes."""
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
    """Try all pairs of neurons under AND and under OR; any other neuron behind two is one of these with NOTs."""
    n = table.n_inputs
    neurons = threshold_functions(n)
    everything = (1 << len(table.outputs)) - 1
    wanted = sum(bit << row for row, bit in enumerate(table.outputs))
    known = np.array(list(neurons))  # the smallest first
    for output, goal, flip in ((McCullochPitts([1, 1], 2), wanted, 0), (McCullochPitts([1, 1], 1), wanted, everything)):
        # f = g AND h needs both to hold f. With all complements, f = g OR h is the same question.
        target = goal ^ flip
        able = known[(known ^ flip) & target == target] ^ flip
        for k, first in enumerate(able.tolist()):
            second = able[: k + 1][(able[: k + 1] & first) == target]
            if len(second):
                pair = [neurons[first ^ flip], neurons[int(second[0]) ^ flip]]
                return [McCullochPitts(weights, threshold) for weights, threshold in pair], output
    return None


def _split(rows: Array, fires: Array) -> list[McCullochPitts]:
    """Split off groups of rows with one answer, each by a neuron that fires for them and for no row of the others."""
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
    """Grow a group, from a few seeds, by the nearest rows that one neuron can still tell from the others."""
    mine, theirs = np.flatnonzero(own), np.flatnonzero(others)
    seeds = mine if len(rows) <= 32 else mine[:: max(len(mine) // 4, 1)]
    best = mine[:0]
    for seed in seeds.tolist():
        order = mine[np.argsort(np.abs(rows[mine] - rows[seed]).sum(axis=1), kind="stable")]
        group = _grown(order.tolist(), lambda group: _apart(rows, [*group], theirs))
        best = np.array(group) if len(group) > len(best) else best
    return best


def _grown(order: list[int], allowed: Callable[[list[int]], bool]) -> list[int]:
    group: list[int] = []
    for row in order:
        if allowed([*group, row]):
            group.append(row)
    return group


def _apart(rows: Array, group: list[int], others: Array) -> bool:
    part = np.concatenate([rows[group], rows[others]])
    return search(TwoClasses(part, np.arange(len(part)) < len(group))).v is not None


def _smaller(rows: Array, fires: Array, hidden: list[McCullochPitts]) -> Parts:
    """Drop every hidden neuron without which one neuron can still tell the answers apart."""
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
