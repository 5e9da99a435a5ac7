"""What a training that did not converge could still reach: "cannot", or "has not yet"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from glassneuron.engine.arrays import Array
from glassneuron.proofs.certificates import NotSeparable, Separable
from glassneuron.proofs.exact.rational import Rows
from glassneuron.proofs.many_classes import jointly
from glassneuron.proofs.mistake_bound import mistake_bound
from glassneuron.proofs.separability import two_classes

MOST_CELLS = 10_000
"""Cells of a small table, which is decided without being asked."""
MOST_JOINT = 50_000
"""Cells times classes up to which all classes are decided jointly in passing; ten times as many can take minutes."""


def outlook(
    rows: Rows,
    codes: Array,
    fires_for: Array,
    classes: Sequence[Any],
    learned_on: Array | None = None,
    *,
    largest_wins: bool = False,
) -> str:
    """Say whether more epochs can help.

    Parameters
    ----------
    rows : Rows
    codes : ndarray of shape (rows,)
        The class of each row, a position in `classes`.
    fires_for : ndarray of shape (neurons,)
        The class that each neuron is to fire for.
    classes : sequence
    learned_on : ndarray of shape (rows, features), optional
        The rows as the perceptron saw them, if it started at zero and learned its bias: for the bound on its mistakes.
    largest_wins : bool
        Of more than two classes, ask whether the largest sum can be right on every row, rather than whether each neuron
        can know its class from the rest.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])
    >>> outlook(Rows(X), y, np.array([1]), [0, 1])
    'no neuron can: 4 rows prove that no weights have every row right'
    >>> outlook(Rows(X), y & X[:, 0].astype(int), np.array([1]), [0, 1], X)
    'it can: there are weights that have every row right, found after at most 27 mistakes in all'
    """
    verdicts = [two_classes(rows, codes == c, ("the rest", classes[c])) for c in fires_for.tolist()]
    alone = [str(v.problem.classes[1]) for v in verdicts if isinstance(v, NotSeparable)]
    if largest_wins and len(verdicts) > 1 and alone and codes.size * rows.floats.shape[1] * len(verdicts) > MOST_JOINT:
        unknown = "whether the largest sum can be right on every row is open, for the table is large"
        return f"{unknown}; alone, no neuron can tell {' or '.join(alone)} from the rest"
    if largest_wins and len(verdicts) > 1:
        joint = jointly(rows, codes, len(verdicts), verdicts, {})
        if joint.separable is None:
            return "whether any neurons can is undecided"
        if joint.separable:
            return "it can: there are weights with which the largest sum is right on every row"
        return (
            "no neuron can: not even of one for each class is the largest sum right on every row, whatever the weights"
        )
    refused = [v for v in verdicts if isinstance(v, NotSeparable)]
    if refused and len(verdicts) == 1:
        return f"no neuron can: {len(refused[0].indices)} rows prove that no weights have every row right"
    if refused:
        return f"no neuron can tell {' or '.join(str(v.problem.classes[1]) for v in refused)} from the rest"
    if not all(isinstance(v, Separable) for v in verdicts):
        return "whether any neuron can is undecided"
    bounds = [] if learned_on is None else [mistake_bound(learned_on, v.problem.second) for v in verdicts]
    bound = sum(math.inf if b is None else b for b in bounds)
    limit = f", found after at most {math.floor(bound * (1 + 1e-9)):,} mistakes in all" if 0 < bound < 1e15 else ""
    return f"it can: there are weights that have every row right{limit}"
