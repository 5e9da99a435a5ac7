"""What a training that did not converge could still reach: whether more epochs can help, or no weights exist."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from glassneuron.engine.arrays import Array
from glassneuron.proofs.certificates import NotSeparable, Separable
from glassneuron.proofs.exact.table import ExactTable, TwoClassTable
from glassneuron.proofs.many_classes import jointly
from glassneuron.proofs.mistake_bound import mistake_bound
from glassneuron.proofs.separability import two_classes

MOST_CELLS_UNASKED = 10_000
"""Cells of a table up to which a perceptron decides this without being asked."""
MOST_CELLS_JOINTLY = 50_000
"""Cells times classes up to which all classes are decided jointly in passing; ten times as many can take minutes."""


@dataclass(frozen=True)
class Attainable:
    """Whether neurons could have every row right, or None where that is undecided; `why` says it in a sentence.

    `bound` is the number of mistakes, in all, after which a perceptron must have every row right, where it is known.
    """

    attainable: bool | None
    why: str
    bound: float | None = None

    def __str__(self) -> str:
        return self.why


def attainable(
    table: ExactTable,
    codes: Array,
    fires_for: Array,
    classes: Sequence[Any],
    learned_on: Array | None = None,
    *,
    largest_wins: bool = False,
) -> Attainable:
    """Decide whether more epochs can help.

    `codes` gives the class of each row, and `fires_for` the class for which each neuron should fire, both as positions
    in `classes`. `learned_on`, for the bound, is the rows as the perceptron saw them, if it started at zero and learned
    its bias. `largest_wins` asks, of more than two classes, whether the largest sum can be right on every row, rather
    than whether each neuron can tell its class from the rest.
    """
    verdicts = [two_classes(TwoClassTable(table, codes == c, ("the rest", classes[c]))) for c in fires_for.tolist()]
    refused = [v for v in verdicts if isinstance(v, NotSeparable)]
    inseparable = " or ".join(str(v.table.classes[1]) for v in refused)
    if largest_wins and len(verdicts) > 1:
        if refused and codes.size * table.floats.shape[1] * len(verdicts) > MOST_CELLS_JOINTLY:
            return Attainable(
                None,
                "whether the largest sum can be right on every row takes long to decide for a table of this size; "
                f"alone, no neuron can tell {inseparable} from the rest",
            )
        joint = jointly(table, codes, verdicts, {}).separable
        why = {
            True: "it can: there are weights with which the largest sum is right on every row",
            False: "no neuron can: even with one for each class, the largest sum cannot be right on every row",
            None: "whether any neurons can is undecided",
        }
        return Attainable(joint, why[joint])
    if refused and len(verdicts) == 1:
        rows = len(refused[0].indices)
        return Attainable(False, f"no neuron can: {rows} rows prove that no weights have every row right")
    if refused:
        return Attainable(False, f"no neuron can tell {inseparable} from the rest")
    if not all(isinstance(v, Separable) for v in verdicts):
        return Attainable(None, "whether any neuron can is undecided")
    bounds = [None if learned_on is None else mistake_bound(learned_on, v.table.second) for v in verdicts]
    bound = sum(math.inf if b is None else b for b in bounds)
    known = 0 < bound < 1e15
    limit = f", found after at most {math.floor(bound * (1 + 1e-9)):,} mistakes in all" if known else ""
    return Attainable(True, f"it can: there are weights that have every row right{limit}", bound if known else None)
