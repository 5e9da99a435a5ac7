"""A gate as something to learn: networks from many random starts, and how many of them get there."""

from __future__ import annotations

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.restarts import Restart, train_from_starts
from glassneuron.learning.settings import NetworkSettings
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.logic.truth_table import TruthTable, truth_table
from glassneuron.neurons.network import Network
from glassneuron.proofs.boolean.two_layers import two_layers
from glassneuron.views import tables as report

HIDDEN = (0, 2, 3, 4)
"""Hidden neurons, from none on."""
SETTINGS = NetworkSettings(optimiser="momentum", learning_rate=2.0, max_epochs=400, tol=None, shuffle=False)
MOST_INPUTS = 4
MOST_ROWS = 8


def learned_gate(what: str, n_inputs: int | None = None, *, starts: int = 20) -> str:
    """Train networks on a truth table and tell how many learned it.

    Parameters
    ----------
    what : str
        A name or a formula, as `neurons.gates.truth_table` reads it.
    n_inputs : int, optional
        Of a named gate; at most 4.
    starts : int, at least 1
        Random starts of each network.

    Raises
    ------
    ParameterError

    Examples
    --------
    >>> print(learned_gate("and", starts=3))
    learned from its 4 rows, from 3 random starts each, by 400 steps of backpropagation with momentum
    hidden neurons   learned
    none            3 of 3
    2               3 of 3
    3               3 of 3
    4               3 of 3
    """
    table = truth_table(what, n_inputs)
    checks.integer("starts", starts, "[1, inf)")
    checks.integer("inputs", table.rows.shape[1], f"[1, {MOST_INPUTS}]")
    lines, stuck, smallest = [["hidden neurons", "learned"]], "", 0
    for hidden in HIDDEN:
        networks, ends = trained(table, hidden, starts)
        successes = sum(end.success for end in ends)
        lines.append([f"{hidden}" if hidden else "none", f"{successes} of {starts}"])
        smallest = smallest or (hidden if successes else 0)
        if hidden and successes < starts and not stuck:
            seed = next(k for k, end in enumerate(ends) if not end.success)
            stuck = (
                f"\nstart {seed + 1} with {hidden} did not learn it; its steepest slope is down to about "
                f"{_steepest(networks[seed], table):.1g}:\n{_answers(networks[seed], table)}"
            )
    head = (
        f"learned from its {report.counted(len(table.rows), 'row')}, from {report.counted(starts, 'random start')} each"
        f", by {SETTINGS.max_epochs} steps of backpropagation with {SETTINGS.optimiser}"
    )
    return f"{head}\n{report.columns(lines)}{_shades(table, smallest)}{stuck}"


def _shades(table: TruthTable, smallest: int) -> str:
    """Tell why fewer neurons learned it than the proof asks for, if they did."""
    layers = two_layers(table) if smallest else None
    if layers is None or not layers.fewest or smallest >= len(layers.hidden):
        return ""
    return (
        f"\nfewer than {len(layers.hidden)} will not do for step neurons, which answer only 0 and 1; these here are "
        "sigmoid neurons,\nwhich pass on shades between, so that fewer can do"
    )


def trained(table: TruthTable, hidden: int, starts: int) -> tuple[list[Network], list[Restart]]:
    """Train a network of sigmoid neurons on a truth table from each start.

    Parameters
    ----------
    table : TruthTable
    hidden : int
        Hidden neurons; 0 for none.
    starts : int

    Returns
    -------
    networks : list of Network
    ends : list of Restart
        A success is a network that has every row on the right side of 0.5.
    """
    X, Y = _as_numbers(table)
    sizes = [X.shape[1], *([hidden] if hidden else []), 1]
    networks: list[Network] = []

    def right(network: Network) -> bool:
        networks.append(network)
        return bool(((_outputs(network, X) >= 0.5) == (Y[:, 0] == 1.0)).all())

    def start(seed: int) -> Backpropagation:
        return Backpropagation(Dataset(X, Y), SETTINGS, Network.random(sizes, "sigmoid", seed=seed))

    _, ends = train_from_starts(start, list(range(starts)), right)
    return networks, ends


def _steepest(network: Network, table: TruthTable) -> float:
    return float(np.abs(network.gradient(*_as_numbers(table), loss=SETTINGS.loss)[1]).max())


def _as_numbers(table: TruthTable) -> tuple[Array, Array]:
    return table.rows.astype(np.float64), table.targets.astype(np.float64)[:, np.newaxis]


def _outputs(network: Network, X: Array) -> Array:
    return np.asarray(network.feedforward(X))


def _answers(network: Network, table: TruthTable) -> str:
    rows, targets = table.rows.tolist(), table.targets.tolist()
    answers = _outputs(network, table.rows.astype(np.float64)).tolist()
    lines = [
        f"[{' '.join(format_short(bit) for bit in row)}] ---> {answer:.2f}, should be {target:.0f}"
        for row, answer, target in zip(rows, answers, targets, strict=True)
    ]
    more = len(lines) - MOST_ROWS
    return "\n".join(lines[:MOST_ROWS] + ([f"and {report.counted(more, 'row')} more"] if more > 0 else []))
