"""What is wrong with the answers to the rows that are looked at: sums that tie, and sums at the end of their range."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from glassneuron.engine import kernels
from glassneuron.learning.diagnosis.case import Case
from glassneuron.learning.diagnosis.finding import FLAT, MOST, TO_ONE_SCALE, Finding
from glassneuron.neurons.inference import activations


def ties(case: Case) -> Iterator[Finding]:
    """Find sums that decide nothing: those of exactly 0, or two largest ones that are equal."""
    if case.variant == "voted" or not len(case.data.y):
        return
    if not any(w.any() for w in case.weights):
        evidence = "all weights and the bias are 0, so that the sum of every row is exactly 0"
        yield Finding("ties", f"{evidence}, and a tie fires", "Learn from rows that a weighted sum can tell apart.")
        return
    sums = case.sums
    if sums.shape[1] == 1:
        tied, what = int((sums == 0.0).sum()), "a sum of exactly 0, and a tie fires"
    else:
        best = np.partition(sums, -2, axis=1)
        tied, what = int((best[:, -1] == best[:, -2]).sum()), "two largest sums that are equal, and the first wins"
    if tied:
        fix = "Scale the features, or give one more that tells these rows apart."
        if case.variant:
            fix = "Where a boundary through rows will not do, take SigmoidNeuron, which moves away from them."
        yield Finding("ties", f"{case.of_rows(tied)} {'has' if tied == 1 else 'have'} {what}", fix)


def saturated(case: Case) -> Iterator[Finding]:
    """Find answers to nearly all rows that are so near to 0 or 1 that the slope is nearly 0."""
    if case.code not in (kernels.SIGMOID, kernels.SOFTMAX) or not len(case.data.y):
        return
    with np.errstate(all="ignore"):
        answers = activations(case.code, np.array(case.sums, np.float64))
    stuck = int((4.0 * answers * (1.0 - answers) < FLAT).all(axis=1).sum())
    wrong = case.history.mistakes[-1] if case.history.mistakes else 0
    if stuck < MOST * len(answers) or (wrong == 0 and case.l2 > 0.0):
        return
    fix = f"{TO_ONE_SCALE.format(' around 0')}, or set a smaller learning_rate."
    if wrong == 0 or not case.moves:
        fix = f"Set a penalty, or a larger one: l2={max(1e-4, 10.0 * case.l2):g} keeps the sums small."
    yield Finding(
        "saturation",
        f"the answers to {case.of_rows(stuck)} lie at the end of the range, within 0.003 of 0 or 1, where the slope is "
        f"nearly 0; the sums reach {float(np.abs(case.sums).max()):.3g}",
        fix,
    )
