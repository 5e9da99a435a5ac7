"""What kept neurons side by side from learning, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.sums import evaluate_at
from glassneuron.learning.dataset import COMPETING
from glassneuron.learning.diagnosis.classes import imbalance, one_class_blocks, only_one_class
from glassneuron.learning.diagnosis.finding import FLAT, MOST, TO_ONE_SCALE, Finding, Outlook, divergence
from glassneuron.learning.diagnosis.table import BLOCK, CELLS, ONE_RATE, Sample, constant_columns, copies, far_apart
from glassneuron.learning.history import History
from glassneuron.neurons.inference import activations, weighted_sums

SOON = 10  # epochs within which a perceptron has to have every row right for nothing to have kept it
LATELY = 0.25  # share of the epochs that are the last ones
TINY = 0.01  # a rate is too small under this share of one that suits, if the loss fell by less than this share


@dataclass(frozen=True, eq=False)
class Case:
    """A training to look at, with the names of features and classes where they have any."""

    algorithm: NeuronAlgorithm
    history: History
    outlook: Outlook | None
    names: Sequence[str] | None
    classes: Sequence[Any] | None

    @cached_property
    def sample(self) -> Sample:
        """Some of the rows."""
        return Sample.of(self.algorithm.data.X, self.algorithm.rows, self.names)

    @cached_property
    def weights(self) -> tuple[Array, Array]:
        """The neurons that answer."""
        return self.algorithm.params()

    @cached_property
    def sums(self) -> Array:
        """Their sums of the rows that are looked at, of shape (rows, neurons)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return weighted_sums(*self.weights, self.sample.part)

    def setting(self, name: str, otherwise: Any) -> Any:
        """Return a setting that not every rule has."""
        return getattr(self.algorithm.settings, name, otherwise)

    @property
    def moves(self) -> bool:
        """Whether the rule takes steps of a learning rate."""
        return self.setting("solver", "online") in ("online", "batch")

    @property
    def l2(self) -> float:
        """The penalty."""
        return float(self.setting("l2", 0.0))

    @property
    def variant(self) -> str:
        """What a perceptron keeps; empty for other rules."""
        return str(self.setting("variant", ""))

    @property
    def easy(self) -> bool:
        """Whether every row was soon right, so that nothing can have been in the way."""
        return self.algorithm.settles and self.history.converged and self.history.epochs <= SOON

    def of_rows(self, some: int) -> str:
        """Say how many of the rows that are looked at."""
        rows = len(self.sample.rows)
        kind = "" if len(self.sample.shown) == len(self.algorithm.data.y) else "different "
        return f"{some:,} of the {rows:,} {kind}rows{'' if self.sample.whole else ' looked at'}"


def diagnose(
    algorithm: NeuronAlgorithm,
    history: History,
    outlook: Outlook | None = None,
    *,
    names: Sequence[str] | None = None,
    classes: Sequence[Any] | None = None,
    block: bool = False,
) -> list[Finding]:
    """Look for what kept neurons from learning, as their training left them.

    The outlook says whether more epochs could have every row right. Features without names are numbered from 1, classes
    from 0. Of a `block`, one of more, nothing is asked that only all rows can tell.
    """
    case = Case(algorithm, history, outlook, names, classes)
    labelled, codes = algorithm.data.labelled, algorithm.data.codes if algorithm.data.labelled else algorithm.data.y
    findings = [*divergence(history), *_scales(case)]
    if block:
        return [*findings, *(only_one_class(codes[algorithm.rows], classes) if labelled else ())]
    findings += [*constant_columns(case.sample, algorithm.bias_moves > 0.0), *copies(case.sample)]
    if history.diverged:
        return findings
    findings += [*_not_converged(case), *_small_rate(case), *_rescaling_rate(case)]
    if labelled:
        if case.setting("solver", "online") == "online" and not algorithm.settings.shuffle and not case.easy:
            findings += one_class_blocks(codes[algorithm.rows], classes)
        if history.mistakes and history.mistakes[-1] > 0:
            findings += imbalance(algorithm.data, classes)
        findings += [*_ties(case), *_saturated(case), *_for_ever(case)]
    return findings


def _scales(case: Case) -> Iterator[Finding]:
    if case.easy or not (case.moves or case.l2 > 0.0):
        return
    so_that = ONE_RATE
    if case.variant:
        so_that = "the first decides nearly alone, and only very many mistakes teach the second"
    elif not case.moves:
        so_that = f"a penalty of l2={case.l2:g} does nothing to the weight of the first and holds that of the second"
    yield from far_apart(case.sample, so_that)


def _not_converged(case: Case) -> Iterator[Finding]:
    history, algorithm = case.history, case.algorithm
    held_out = bool(history.validation_losses) and history.epochs < algorithm.settings.max_epochs
    if history.converged or not history.epochs or held_out:  # stopped early is what rows held out are for
        return
    more = f"max_epochs={10 * max(history.epochs, algorithm.settings.max_epochs)}"
    if not algorithm.settles:
        else_ = "let solver='auto' go to the lowest loss" if case.moves else "bring the features to one scale"
        yield Finding("not converged", _steepness(case), f"Set {more}, or {else_}.")
        return
    evidence = _mistakes(history)
    decided = case.outlook if algorithm.code not in COMPETING else None  # whether each can alone decides less there
    can = None
    if decided is not None:
        can, evidence = decided.attainable, f"{evidence}; {decided}"
    network = "a network with a hidden layer, MLPClassifier"
    if can is False and case.variant in ("pocket", "averaged", "voted"):
        fix = f"More epochs will not end that; {network}, may have them all right."
    elif can is False:
        keeps = (
            "Set variant='pocket', which keeps the neuron with the fewest mistakes, or variant='averaged', which keeps"
        )
        fix = f"{keeps} the mean of all; or take {network}."
    elif can:
        fix = f"Set {more}."
    elif algorithm.code in COMPETING:
        fix = f"Set {more}, or variant='averaged', or take {network}."
    else:
        fix = f"Set {more}, or ask with prove=True or `separability` whether any neuron can."
    yield Finding("not converged", evidence, fix)


def _mistakes(history: History) -> str:
    """Say how many mistakes the last epoch made, and whether they become fewer."""
    mistakes, epochs = history.mistakes, history.epochs
    text = f"epoch {epochs}, the last, still made {mistakes[-1]:,} mistake{'s' * (mistakes[-1] != 1)}"
    few = int(LATELY * epochs)
    if few < 1:
        return text
    last, before = (sum(part) / few for part in (mistakes[-few:], mistakes[-2 * few : -few]))
    how = "fewer than" if last < 0.95 * before else "more than" if last > 1.05 * before else "about as many as"
    if few == 1:
        return f"{text}, {how} the {before:g} of the one before"
    return f"{text}; in the last {few} epochs there were {last:.3g} an epoch, {how} the {before:.3g} before"


def _steepness(case: Case) -> str:
    """Say how high and how steep the loss still is."""
    history, examples, algorithm = case.history, case.algorithm.data, case.algorithm
    if not case.moves:
        return history.why_stopped
    loss, unit = history.losses[-1], "epochs" if history.epochs > 1 else "epoch"
    text = f"after {history.epochs} {unit} the loss is {loss:.4g}"
    if history.epochs > 1:
        change = history.losses[-2] - loss
        text += f" and {'fell' if change >= 0.0 else 'rose'} by {abs(change):.2g} in the last one"
    if examples.entries > CELLS:
        examples = examples.subset(case.sample.rows)
    (W, b), unknowns = algorithm.weights, algorithm.data.shape[1] + int(algorithm.bias_moves > 0.0)
    with np.errstate(all="ignore"):
        here, start = (
            float(np.abs(evaluate_at(algorithm.code, theta, examples, case.l2).gradient[:, :unknowns]).max())
            for theta in (np.column_stack([W, b]), np.column_stack([0.0 * W, 0.0 * b if algorithm.bias_moves else b]))
        )
    return text + (f"; its slope is {here / start:.2g} times that at weights of 0" if 0.0 < start < np.inf else "")


def _small_rate(case: Case) -> Iterator[Finding]:
    """Find a rate so small that the loss seems to stand still."""
    rule, losses, rate = case.algorithm.settings, case.history.losses, case.algorithm.settings.learning_rate
    if case.algorithm.settles or not case.moves or rate is None or len(losses) < 2:
        return
    if losses[0] - losses[-1] > TINY * losses[0]:
        return
    with np.errstate(all="ignore"):
        suits = case.algorithm.suitable_rate()
    if 0.0 < rate < TINY * suits < np.inf and rule.schedule == "constant":
        yield Finding(
            "rate too small",
            f"in {case.history.epochs} epochs the loss went from {losses[0]:.6g} to {losses[-1]:.6g}, with a learning "
            f"rate of {rate:.3g}; rows of this length bear {suits:.2g}",
            f"Set learning_rate={suits:.1g}, or leave it out: learning_rate=None finds one.",
        )


def _rescaling_rate(case: Case) -> Iterator[Finding]:
    rule, algorithm, rate = case.algorithm.settings, case.algorithm, f"{case.algorithm.rate:g}"
    constant = rule.schedule == "constant" and rule.tol in (None, "auto") and not rule.fixed_bias
    if algorithm.settles and algorithm.fresh and constant and algorithm.rate != 1.0:
        yield Finding(
            "rate only rescales",
            f"from a start at 0, learning_rate={rate} makes every sum {rate} times as large as 1 does "
            "and changes the sign of none",
            "Leave learning_rate at 1: a perceptron's mistakes do not depend on it.",
        )


def _ties(case: Case) -> Iterator[Finding]:
    if case.variant == "voted" or not len(case.sample.rows):
        return
    if not any(w.any() for w in case.weights):
        evidence = "all weights and the bias are 0, so that the sum of every row is exactly 0"
        yield Finding("ties", f"{evidence}, and a tie fires", "Learn from rows that a weighted sum can tell apart.")
        return
    sums = case.sums
    if sums.shape[1] == 1:
        ties, what = int((sums == 0.0).sum()), "a sum of exactly 0, and a tie fires"
    else:
        best = np.partition(sums, -2, axis=1)
        ties, what = int((best[:, -1] == best[:, -2]).sum()), "two largest sums that are equal, and the first wins"
    if ties:
        fix = "Scale the features, or give one more that tells these rows apart."
        if case.variant:
            fix = "Where a boundary through rows will not do, take SigmoidNeuron, which moves away from them."
        yield Finding("ties", f"{case.of_rows(ties)} {'has' if ties == 1 else 'have'} {what}", fix)


def _saturated(case: Case) -> Iterator[Finding]:
    if case.algorithm.code not in (kernels.SIGMOID, kernels.SOFTMAX) or not len(case.sample.rows):
        return
    with np.errstate(all="ignore"):
        answers = activations(case.algorithm.code, np.array(case.sums, np.float64))
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


def _for_ever(case: Case) -> Iterator[Finding]:
    """Find neurons with every row right and no penalty: twice the weights have a smaller loss, always."""
    algorithm, examples = case.algorithm, case.algorithm.data
    if algorithm.code not in (kernels.SIGMOID, kernels.SOFTMAX) or case.l2 > 0.0 or not len(case.sample.rows):
        return
    right = np.flatnonzero(_right(case, case.sums, examples.y[case.sample.rows]).all(axis=0))
    for start in range(0, 0 if case.sample.whole else len(algorithm.rows), BLOCK):
        if not len(right):
            return
        some = algorithm.rows[start : start + BLOCK]
        with np.errstate(all="ignore"):
            sums = weighted_sums(*case.weights, examples.X[some])
        right = right[np.asarray(_right(case, sums, examples.y[some]).all(axis=0))[right]]
    if len(right):
        who = "every row is answered right"
        if algorithm.data.neurons > 1 and algorithm.code not in COMPETING:
            who = f"{len(right)} of {algorithm.data.neurons} neurons answer every row right"
        norm, halfway = case.history.norms[-1], case.history.norms[len(case.history.norms) // 2 - 1]
        grown = f"; their length is {norm:.3g}" + (f", and was {halfway:.3g} half way" if halfway < norm else "")
        yield Finding(
            "weights without end",
            f"{who}, and without a penalty (l2=0) longer weights always have a smaller loss{grown}",
            "Set l2=1e-4, or stop early with early_stopping=True.",
        )


def _right(case: Case, sums: Array, y: Array) -> Array:
    """Tell which rows are on the right side, no ties: of each neuron, or of all that compete together."""
    if case.algorithm.code in COMPETING:
        own = np.take_along_axis(sums, y[:, np.newaxis], axis=1)
        others = sums.copy()
        np.put_along_axis(others, y[:, np.newaxis], -np.inf, axis=1)
        return own > others.max(axis=1, keepdims=True)  # type: ignore[no-any-return]
    fires_for = np.arange(sums.shape[1]) if sums.shape[1] > 1 else np.ones(1)
    return np.where(np.equal.outer(y, fires_for), sums > 0.0, sums < 0.0)
