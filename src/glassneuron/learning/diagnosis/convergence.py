"""Neurons that were still on their way when the epochs were over: what they still missed, and whether more will do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from glassneuron.learning.algorithms.whole_batch.evaluation import evaluate_at
from glassneuron.learning.dataset import COMPETING
from glassneuron.learning.diagnosis.case import Case
from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.learning.history import History

LATELY = 0.25  # share of the epochs that are the last ones


def not_converged(case: Case) -> Iterator[Finding]:
    """Find a training that the epochs ended, and say whether more of them would help."""
    history = case.history
    held_out = bool(history.validation_losses) and history.epochs < case.settings.max_epochs
    if history.converged or not history.epochs or held_out:  # stopped early is what rows held out are for
        return
    more = f"max_epochs={10 * max(history.epochs, case.settings.max_epochs)}"
    if not case.settles and history.epochs < case.settings.max_epochs and case.moves:
        return  # it waited in vain for a lower loss: that is another finding
    if not case.settles:
        instead = "leave the rate out and let solver='auto' go to the lowest loss"
        if not case.moves:
            instead = "bring the features to one scale"
        yield Finding("not converged", _steepness(case), f"Set {more}, or {instead}.")
        return
    evidence = _mistakes(history)
    can = None
    if case.outlook is not None:
        can, evidence = case.outlook.attainable, f"{evidence}; {case.outlook}"
    if case.better:
        evidence = f"{evidence}; {case.better}"
    yield Finding("not converged", evidence, _way_out(case, can, more))


def _way_out(case: Case, can: bool | None, more: str) -> str:
    """Say what helps a perceptron that still makes mistakes, by whether it can have every row right."""
    network = "a network with a hidden layer, MLPClassifier"
    if can is False and case.variant in ("pocket", "averaged", "voted"):
        return f"More epochs will not end that; {network}, may have them all right."
    if can is False:
        fewest = "Set variant='pocket', which keeps the neuron with the fewest mistakes"
        return f"{fewest}, or variant='averaged', which keeps the mean of all; or take {network}."
    if can and case.variant != "plain" and case.history.epochs < case.settings.max_epochs:
        return "Set variant='plain', which goes on until every row is right; this answers about as well before."
    if can:
        return f"Set {more}."
    if case.code in COMPETING:
        averaged = ", or variant='averaged'" if case.variant == "plain" else ""
        return f"Set {more}{averaged}, or take {network}."
    return f"Set {more}, or ask with prove=True or `separability` whether any neuron can."


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
