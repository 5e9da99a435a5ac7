"""Gates as threshold neurons: those that one neuron computes, and those that take a network."""

from __future__ import annotations

from glassneuron.neurons.logic.mcculloch_pitts import McCullochPitts

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
"""The gates that take three neurons: two read the inputs, and one reads these two. XOR is AND of (OR, NAND)."""
