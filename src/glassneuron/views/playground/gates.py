"""All functions of two inputs: which neuron computes each, or that none does."""

from __future__ import annotations

from typing import Any

from glassneuron.neurons.logic.truth_table import TruthTable
from glassneuron.proofs.boolean.threshold_functions import threshold_functions

FORMULAS = {
    "never": "0",
    "NOR": "x1 nor x2",
    "only x2": "not x1 and x2",
    "NOT x1": "not x1",
    "only x1": "x1 and not x2",
    "NOT x2": "not x2",
    "XOR": "x1 xor x2",
    "NAND": "x1 nand x2",
    "AND": "x1 and x2",
    "XNOR": "x1 xnor x2",
    "x2": "x2",
    "x1 implies x2": "x1 implies x2",
    "x1": "x1",
    "x2 implies x1": "x2 implies x1",
    "OR": "x1 or x2",
    "always": "1",
}
"""What each is called, and how it is written."""


def gates() -> list[dict[str, Any]]:
    """Return the 16 functions: name, formula, the answers to 00, 01, 10 and 11, and the smallest neuron, if any.

    Examples
    --------
    >>> [gate["neuron"] for gate in gates() if gate["name"] in ("AND", "XOR")]
    [None, {'w': [1, 1], 'threshold': 2}]
    """
    known, found = threshold_functions(2), []
    for name, formula in FORMULAS.items():
        table = TruthTable.of(f"({formula}) and (x1 or x2 or 1)", 2).outputs  # which names both inputs
        number = sum(bit << i for i, bit in enumerate(table))
        w, threshold = known.get(number, ((), 0))
        neuron = {"w": list(w), "threshold": threshold} if w else None
        found.append({"name": name, "formula": formula, "table": list(table), "neuron": neuron})
    return found
