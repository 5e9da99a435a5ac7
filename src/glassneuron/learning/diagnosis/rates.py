"""What is wrong with the length of the steps: the learning rate, or columns that no rate suits together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from glassneuron.learning.algorithms.delta import SMALL
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.diagnosis.case import Case
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.diagnosis.table import ONE_RATE, far_apart

TINY = 0.01  # a rate is too small under this share of one that suits, if the loss fell by less than this share


def small_rate(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
    """Find a rate so small that the loss seems to stand still."""
    rule, losses, rate = case.settings, case.history.losses, case.settings.learning_rate
    if case.settles or not case.moves or rate is None or len(losses) < 2:
        return
    if losses[0] - losses[-1] > TINY * losses[0]:
        return
    with np.errstate(all="ignore"):
        suits = algorithm.suitable_rate()
    if 0.0 < rate < TINY * suits < np.inf and rule.schedule == "constant":
        yield Finding(
            "rate too small",
            f"in {case.history.epochs} epochs the loss went from {losses[0]:.6g} to {losses[-1]:.6g}, with a learning "
            f"rate of {rate:.3g}; rows of this length bear {suits:.2g}",
            f"Set learning_rate={suits:.1g}, or leave it out: learning_rate=None finds one.",
        )


def not_settled(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
    """Find a rate at which the loss stands still above the lowest: what one row teaches, the next takes back."""
    slope = getattr(algorithm, "slope_left", 0.0)
    if not SMALL < slope < np.inf:
        return
    losses, better = case.history.losses, case.rate * (SMALL / slope) ** 2  # the slope falls with the root of the rate
    yield Finding(
        "not settled",
        f"the loss stands still at {losses[-1]:.4g}, but its slope there is {slope:.1g} of that at weights of 0",
        f"Set learning_rate={better:.1g}, or leave it out: it falls by itself, and solver='auto' needs none.",
    )


def rescaling_rate(case: Case) -> Iterator[Finding]:
    """Find a rate that somebody chose though it changes no answer: that of a perceptron that starts at 0."""
    rule, rate = case.settings, f"{case.rate:g}"
    constant = rule.schedule == "constant" and rule.tol in (None, "auto") and not rule.fixed_bias
    if case.settles and case.fresh and constant and case.rate != 1.0:
        yield Finding(
            "rate only rescales",
            f"from a start at 0, learning_rate={rate} makes every sum {rate} times as large as 1 does "
            "and changes the sign of none",
            "Leave learning_rate at 1: a perceptron's mistakes do not depend on it.",
        )


def scales(case: Case) -> Iterator[Finding]:
    """Find columns on so different scales that steps, or a penalty, do not suit them together."""
    if case.scaled or case.easy or not (case.moves or case.l2 > 0.0):
        return
    so_that = ONE_RATE
    if case.variant:
        so_that = "the first decides nearly alone, and only very many mistakes teach the second"
    elif not case.moves:
        so_that = f"a penalty of l2={case.l2:g} does nothing to the weight of the first and holds that of the second"
    yield from far_apart(case.sample, so_that)
