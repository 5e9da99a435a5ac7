"""Networks that learn a gate from many random starts, and how many of them succeed."""

from __future__ import annotations

import numpy as np

from glassneuron import checks
from glassneuron.learning.algorithms.backpropagation import Backpropagation
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.restarts import Restart, train_from_starts
from glassneuron.learning.settings import NetworkSettings
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.logic.truth_table import TruthTable, truth_table
from glassneuron.neurons.network import Network
from glassneuron.proofs.boolean.two_layers import two_layers
from glassneuron.views.text.tables import columns, counted, fraction

HIDDEN = (0, 2, 3, 4)  # numbers of hidden neurons that are tried
SETTINGS = NetworkSettings(optimiser="momentum", learning_rate=2.0, max_epochs=400, tol=None, shuffle=False)
MOST_INPUTS = 4
MOST_ROWS = 8


def learned_gate(what: str, n_inputs: int | None = None, *, starts: int = 20) -> str:
    """Train networks on the truth table of a gate, given by name or formula, and count the starts that learn it."""
    table = truth_table(what, n_inputs)
    checks.integer("starts", starts, "[1, inf)")
    checks.integer("inputs", table.n_inputs, f"[1, {MOST_INPUTS}]")
    lines, stuck, smallest = [["hidden neurons", "learned"]], "", 0
    for hidden in HIDDEN:
        networks, ends = trained(table, hidden, starts)
        successes = sum(end.success for end in ends)
        lines.append([f"{hidden}" if hidden else "none", f"{successes} of {starts}"])
        smallest = smallest or (hidden if successes else 0)
        if hidden and successes < starts and not stuck:
            seed = next(k for k, end in enumerate(ends) if not end.success)
            stuck = f"\nstart {seed + 1} with {hidden} did not learn it; {_stuck(networks[seed], table)}"
    return (
        f"trained on its {counted(len(table.rows), 'row')}, from {counted(starts, 'random start')} each, by "
        f"{SETTINGS.max_epochs} steps of backpropagation with {SETTINGS.optimiser}\n"
        f"{columns(lines)}{_why_fewer(table, smallest)}{stuck}"
    )


def _why_fewer(table: TruthTable, smallest: int) -> str:
    """Say why fewer neurons learned it than the proof asks for, if they did."""
    layers = two_layers(table) if smallest else None
    if layers is None or not layers.fewest or smallest >= len(layers.hidden):
        return ""
    return (
        f"\nstep neurons, which output only 0 and 1, need at least {len(layers.hidden)}; these are sigmoid neurons,\n"
        "which output values between 0 and 1, so that fewer can do"
    )


def trained(table: TruthTable, hidden: int, starts: int) -> tuple[list[Network], list[Restart]]:
    """Train a network of sigmoid neurons on a truth table from each start; success is every row on its side of 0.5."""
    X, Y = table.rows.astype(np.float64), table.targets.astype(np.float64)[:, np.newaxis]
    sizes = [table.n_inputs, *([hidden] if hidden else []), 1]
    networks: list[Network] = []

    def right(network: Network) -> bool:
        networks.append(network)
        return bool(((network.feedforward(X) >= 0.5) == (Y[:, 0] == 1.0)).all())

    def start(seed: int) -> Backpropagation:
        return Backpropagation(Dataset(X, Y), SETTINGS, Network.random(sizes, "sigmoid", seed=seed))

    _, ends = train_from_starts(start, list(range(starts)), right)
    return networks, ends


def _stuck(network: Network, table: TruthTable) -> str:
    """Show how little a network still learns, and its answers."""
    X, Y = table.rows.astype(np.float64), table.targets.astype(np.float64)[:, np.newaxis]
    _, gradient = network.gradient(X, Y, loss=SETTINGS.loss)
    answers = np.asarray(network.feedforward(X)).tolist()
    lines = [
        f"[{' '.join(map(format_short, row))}] ---> {fraction(answer, 2)}, should be {target:.0f}"
        for row, answer, (target,) in zip(X.tolist(), answers, Y.tolist(), strict=True)
    ]
    more = [f"and {counted(len(lines) - MOST_ROWS, 'more row')}"] if len(lines) > MOST_ROWS else []
    return "\n".join([f"its largest gradient is down to about {abs(gradient).max():.1g}:", *lines[:MOST_ROWS], *more])
