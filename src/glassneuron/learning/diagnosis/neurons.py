"""What kept neurons side by side from learning, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import taken
from glassneuron.learning.algorithms.delta import SMALL
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.whole_batch.evaluation import evaluate_at
from glassneuron.learning.dataset import COMPETING, Dataset, as_dense
from glassneuron.learning.diagnosis.classes import class_name, imbalance, one_class_blocks, only_one_class
from glassneuron.learning.diagnosis.finding import FLAT, MOST, TO_ONE_SCALE, Finding, Outlook, divergence
from glassneuron.learning.diagnosis.growth import CELLS, CERTAIN, growth
from glassneuron.learning.diagnosis.table import BLOCK, ONE_RATE, Origin, Sample, constant_columns, copies, far_apart
from glassneuron.learning.history import History
from glassneuron.neurons.inference import activations, weighted_sums

SOON = 10  # epochs within which a perceptron has to have every row right for nothing to have kept it
LATELY = 0.25  # share of the epochs that are the last ones
SHORTER = "Set l2=1e-4, or stop early with early_stopping=True."
TINY = 0.01  # a rate is too small under this share of one that suits, if the loss fell by less than this share


@dataclass(frozen=True, eq=False)
class Case:
    """A training to look at: what it left behind, some of its rows, and what all of them were asked for.

    Attributes
    ----------
    settings, l2, scaled, code, rate, fresh, settles, bias_moves
        Of the algorithm.
    weights : tuple of ndarray
        The neurons that answer: weights and biases.
    history, outlook, classes, block
        As `examine` takes them.
    sample : Sample
    data : Dataset
        The rows of the sample.
    merged : bool
        Whether equal rows were merged.
    asked : list of Finding
        What all rows were asked for.
    """

    settings: Any
    l2: float
    scaled: bool
    code: int
    rate: float
    fresh: bool
    settles: bool
    bias_moves: float
    weights: tuple[Array, Array]
    history: History
    outlook: Outlook | None
    classes: Sequence[Any] | None
    block: bool
    sample: Sample
    data: Dataset
    merged: bool
    better: str
    asked: list[Finding] = field(default_factory=list)

    @cached_property
    def sums(self) -> Array:
        """Their sums of the rows that are looked at, of shape (rows, neurons)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return weighted_sums(*self.weights, self.data.X)

    def setting(self, name: str, otherwise: Any) -> Any:
        """Return a setting that not every rule has."""
        return getattr(self.settings, name, otherwise)

    @property
    def moves(self) -> bool:
        """Whether the rule takes steps of a learning rate."""
        return self.setting("way", "online") in ("online", "batch")

    @property
    def variant(self) -> str:
        """What a perceptron keeps; empty for other rules."""
        return str(self.setting("variant", ""))

    @property
    def easy(self) -> bool:
        """Whether every row was soon right, so that nothing can have been in the way."""
        return self.settles and self.history.converged and self.history.epochs <= SOON

    def of_rows(self, some: int) -> str:
        """Say how many of the rows that are looked at."""
        kind = "different " if self.merged else ""
        return f"{some:,} of the {len(self.data.y):,} {kind}rows{'' if self.sample.whole else ' looked at'}"

    def findings(self) -> list[Finding]:
        """Work out what kept the neurons from learning."""
        found = [*divergence(self.history), *_scales(self)]
        if self.sample.whole and not self.block:
            found += _of_columns(self.sample, self.bias_moves)
        found += self.asked
        if self.block or self.history.diverged:
            return found
        found += [*_not_converged(self), *_rescaling_rate(self)]
        if self.data.labelled:
            found += [*_ties(self), *_saturated(self)]
        return found


def diagnose(
    algorithm: NeuronAlgorithm,
    history: History,
    outlook: Outlook | None = None,
    *,
    origin: Origin | None = None,
    classes: Sequence[Any] | None = None,
) -> list[Finding]:
    """Look for what kept neurons from learning, as their training left them, at once."""
    return examine(algorithm, history, outlook, origin=origin, classes=classes).findings()


def examine(
    algorithm: NeuronAlgorithm,
    history: History,
    outlook: Outlook | None = None,
    *,
    origin: Origin | None = None,
    classes: Sequence[Any] | None = None,
    block: bool = False,
) -> Case:
    """Ask the rows what only all of them can tell, and keep a few, so that the findings can be worked out later.

    The outlook says whether more epochs could have every row right. Classes without names are numbered from 0. Of a
    `block`, one of more, nothing is asked that only all rows can tell.
    """
    data, rows = algorithm.data, algorithm.rows
    merged = len(rows) < len(data.y)
    sample = Sample.of(data.X, rows if merged else None, origin)
    weight = data.sample_weight[sample.rows] if len(data.sample_weight) else data.sample_weight
    l2 = float(getattr(algorithm, "l2", 0.0))
    of_sample = Dataset(sample.part, data.y[sample.rows], data.neurons, data.silent, weight)
    case = Case(
        algorithm.settings, l2, algorithm.scaling is not None, algorithm.code, algorithm.rate, algorithm.fresh,
        algorithm.settles, algorithm.bias_moves, algorithm.params(), history, outlook, classes, block,
        sample.alone(), of_sample, merged, algorithm.better,
    )  # fmt: skip
    case.asked.extend(_asked_of_a_block(case, algorithm) if block else _asked_of_all(case, algorithm, sample))
    return case


def _asked_of_a_block(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
    if case.data.labelled:
        yield from only_one_class(taken(algorithm.data.codes, algorithm.rows), case.classes)


def _asked_of_all(case: Case, algorithm: NeuronAlgorithm, sample: Sample) -> Iterator[Finding]:
    apart = algorithm.columns_apart
    if not sample.whole and not (apart is not None and apart.all()):
        suspects = None if apart is None else sample.columns[~apart[sample.columns]]
        yield from _of_columns(replace(sample, only=suspects), case.bias_moves)
    if case.history.diverged:
        return
    yield from _small_rate(case, algorithm)
    yield from _not_settled(case, algorithm)
    if case.data.labelled:
        online, mistakes = case.setting("way", "online") == "online", case.history.mistakes
        if online and not case.settings.shuffle and not case.easy:
            yield from one_class_blocks(taken(algorithm.data.codes, algorithm.rows), case.classes)
        if mistakes and mistakes[-1] > 0:
            yield from imbalance(algorithm.data, case.classes)
        yield from _for_ever(case, algorithm)


def _of_columns(sample: Sample, bias_moves: float) -> Iterator[Finding]:
    """Find columns that tell nothing. If the sample is all rows, that can wait until somebody asks."""
    yield from constant_columns(sample, bias_moves > 0.0)
    yield from copies(sample)


def _scales(case: Case) -> Iterator[Finding]:
    if case.scaled or case.easy or not (case.moves or case.l2 > 0.0):
        return
    so_that = ONE_RATE
    if case.variant:
        so_that = "the first decides nearly alone, and only very many mistakes teach the second"
    elif not case.moves:
        so_that = f"a penalty of l2={case.l2:g} does nothing to the weight of the first and holds that of the second"
    yield from far_apart(case.sample, so_that)


def _not_converged(case: Case) -> Iterator[Finding]:
    history = case.history
    held_out = bool(history.validation_losses) and history.epochs < case.settings.max_epochs
    if history.converged or not history.epochs or held_out:  # stopped early is what rows held out are for
        return
    more = f"max_epochs={10 * max(history.epochs, case.settings.max_epochs)}"
    if not case.settles and history.epochs < case.settings.max_epochs and case.moves:
        return  # it waited in vain for a lower loss: that is another finding
    if not case.settles:
        else_ = (
            "leave the rate out and let solver='auto' go to the lowest loss"
            if case.moves
            else "bring the features to one scale"
        )
        yield Finding("not converged", _steepness(case), f"Set {more}, or {else_}.")
        return
    evidence = _mistakes(history)
    decided = case.outlook if case.code not in COMPETING else None  # whether each can alone decides less there
    can = None
    if decided is not None:
        can, evidence = decided.attainable, f"{evidence}; {decided}"
    if case.better:
        evidence = f"{evidence}; {case.better}"
    network = "a network with a hidden layer, MLPClassifier"
    if can is False and case.variant in ("pocket", "averaged", "voted"):
        fix = f"More epochs will not end that; {network}, may have them all right."
    elif can is False:
        keeps = (
            "Set variant='pocket', which keeps the neuron with the fewest mistakes, or variant='averaged', which keeps"
        )
        fix = f"{keeps} the mean of all; or take {network}."
    elif can and case.variant != "plain" and history.epochs < case.settings.max_epochs:
        fix = "Set variant='plain', which goes on until every row is right; this answers about as well before."
    elif can:
        fix = f"Set {more}."
    elif case.code in COMPETING:
        averaged = ", or variant='averaged'" if case.variant == "plain" else ""
        fix = f"Set {more}{averaged}, or take {network}."
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
    history = case.history
    if not case.moves:
        return history.why_stopped
    loss, unit = history.losses[-1], "epochs" if history.epochs > 1 else "epoch"
    text = f"after {history.epochs} {unit} the loss is {loss:.4g}"
    if history.epochs > 1:
        change = history.losses[-2] - loss
        text += f" and {'fell' if change >= 0.0 else 'rose'} by {abs(change):.2g} in the last one"
    (W, b), unknowns = case.weights, case.data.shape[1] + int(case.bias_moves > 0.0)
    with np.errstate(all="ignore"):
        here, start = (
            float(np.abs(evaluate_at(case.code, theta, case.data, case.l2).gradient[:, :unknowns]).max())
            for theta in (np.column_stack([W, b]), np.column_stack([0.0 * W, 0.0 * b if case.bias_moves else b]))
        )
    return text + (f"; its slope is {here / start:.2g} times that at weights of 0" if 0.0 < start < np.inf else "")


def _small_rate(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
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


def _not_settled(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
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


def _rescaling_rate(case: Case) -> Iterator[Finding]:
    rule, rate = case.settings, f"{case.rate:g}"
    constant = rule.schedule == "constant" and rule.tol in (None, "auto") and not rule.fixed_bias
    if case.settles and case.fresh and constant and case.rate != 1.0:
        yield Finding(
            "rate only rescales",
            f"from a start at 0, learning_rate={rate} makes every sum {rate} times as large as 1 does "
            "and changes the sign of none",
            "Leave learning_rate at 1: a perceptron's mistakes do not depend on it.",
        )


def _ties(case: Case) -> Iterator[Finding]:
    if case.variant == "voted" or not len(case.data.y):
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


def _for_ever(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
    """Find neurons of which some weights, without a penalty, have a smaller loss the longer they are, always."""
    if case.code not in (kernels.SIGMOID, kernels.SOFTMAX) or case.l2 > 0.0 or not len(case.data.y):
        return
    right = np.flatnonzero(_right(case, case.sums, case.data.y).all(axis=0))
    for start in range(0, 0 if case.sample.whole else len(algorithm.rows), BLOCK):
        if not len(right):
            return
        some = algorithm.rows[start : start + BLOCK]
        with np.errstate(all="ignore"):
            sums = weighted_sums(*case.weights, algorithm.data.X[some])
        right = right[np.asarray(_right(case, sums, algorithm.data.y[some]).all(axis=0))[right]]
    if len(right):
        who = "every row is answered right"
        if case.data.neurons > 1 and case.code not in COMPETING:
            who = f"{len(right)} of {case.data.neurons} neurons answer every row right"
        norm, halfway = case.history.norms[-1], case.history.norms[len(case.history.norms) // 2 - 1]
        grown = f"; their length is {norm:.3g}" + (f", and was {halfway:.3g} half way" if halfway < norm else "")
        yield Finding(
            "weights without end",
            f"{who}, and without a penalty (l2=0) longer weights always have a smaller loss{grown}",
            SHORTER,
        )
    elif np.abs(case.sums).max() > CERTAIN:
        yield from _some_for_ever(case, algorithm)


def _some_for_ever(case: Case, algorithm: NeuronAlgorithm) -> Iterator[Finding]:
    """Find features that tell some rows without an exception, so that their weights grow without end."""
    X, codes = algorithm.data.X[algorithm.rows], algorithm.data.codes[algorithm.rows]
    if algorithm.data.sparse and X.shape[0] * X.shape[1] > CELLS:
        return
    X = as_dense(X).astype(np.float64)
    several = algorithm.data.neurons > 1
    each = ((k, growth(X, codes == (k if several else 1))) for k in range(algorithm.data.neurons))
    grown = [(float(np.abs(case.weights[0][k, g.features]).max()), k, g) for k, g in each if g is not None]
    if grown:
        _, k, found = max(grown, key=lambda one: one[0])
        of, rows = case.sample.named(found.features), f"{found.rows:,} of the {len(X):,} rows"
        whose = f" of class {class_name(case.classes, k)}" if several else ""
        weights = "the weight" if len(found.features) == 1 else "the weights"
        yield Finding(
            "weights without end",
            f"quasi-complete separation: {weights} of {of}{whose} can grow for ever, which brings {rows} further to "
            "their right side and none to the wrong one, and without a penalty (l2=0) that always has a smaller loss",
            SHORTER,
        )


def _right(case: Case, sums: Array, y: Array) -> Array:
    """Tell which rows are on the right side, no ties: of each neuron, or of all that compete together."""
    if case.code in COMPETING:
        own = np.take_along_axis(sums, y[:, np.newaxis], axis=1)
        others = sums.copy()
        np.put_along_axis(others, y[:, np.newaxis], -np.inf, axis=1)
        return own > others.max(axis=1, keepdims=True)  # type: ignore[no-any-return]
    fires_for = np.arange(sums.shape[1]) if sums.shape[1] > 1 else np.ones(1)
    return np.where(np.equal.outer(y, fires_for), sums > 0.0, sums < 0.0)
