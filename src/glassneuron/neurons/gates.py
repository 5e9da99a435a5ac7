"""Named gates: logic out of threshold neurons."""

from __future__ import annotations

from glassneuron import checks
from glassneuron.neurons.neuron import McCullochPitts
from glassneuron.neurons.truth_table import TruthTable

TABLES: dict[str, TruthTable] = {
    "not": TruthTable((1, 0)),
    "and": TruthTable((0, 0, 0, 1)),
    "or": TruthTable((0, 1, 1, 1)),
    "nand": TruthTable((1, 1, 1, 0)),
    "nor": TruthTable((1, 0, 0, 0)),
    "xor": TruthTable((0, 1, 1, 0)),
    "xnor": TruthTable((1, 0, 0, 1)),
    "implies": TruthTable((1, 1, 0, 1)),
    "majority": TruthTable((0, 0, 0, 1, 0, 1, 1, 1)),
}
"""What each named gate answers."""

NEURONS: dict[str, McCullochPitts] = {
    "not": McCullochPitts([-1], 0),
    "and": McCullochPitts([1, 1], 2),
    "or": McCullochPitts([1, 1], 1),
    "nand": McCullochPitts([-1, -1], -1),
    "nor": McCullochPitts([-1, -1], 0),
    "implies": McCullochPitts([-1, 1], 0),
    "majority": McCullochPitts([1, 1, 1], 2),
}
"""The gates that one neuron computes. XOR and XNOR are not among them: no single neuron does."""

NETWORKS: dict[str, tuple[tuple[McCullochPitts, ...], ...]] = {
    "xor": ((NEURONS["or"], NEURONS["nand"]), (NEURONS["and"],)),
    "xnor": ((NEURONS["and"], NEURONS["nor"]), (NEURONS["or"],)),
}
"""The gates that take a network of three: two neurons that read the inputs, and one behind them.

XOR is "one or the other, and not both": AND of (OR, NAND).
"""


def truth_table(name: str) -> TruthTable:
    """Look up what a named gate answers.

    Parameters
    ----------
    name : str
        One of `TABLES`, in any case.

    Raises
    ------
    ParameterError
        If there is no gate of that name.

    Examples
    --------
    >>> truth_table("xor").outputs
    (0, 1, 1, 0)
    """
    return TABLES[checks.choice("gate", str(name).lower(), tuple(TABLES))]
