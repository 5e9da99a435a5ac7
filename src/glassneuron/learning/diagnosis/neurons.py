"""What kept neurons side by side from learning, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from glassneuron.engine.on_disk import taken
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.diagnosis.answers import saturated, ties
from glassneuron.learning.diagnosis.case import Case
from glassneuron.learning.diagnosis.classes import imbalance, one_class_blocks, only_one_class
from glassneuron.learning.diagnosis.convergence import not_converged
from glassneuron.learning.diagnosis.finding import Finding, Outlook, divergence
from glassneuron.learning.diagnosis.rates import not_settled, rescaling_rate, scales, small_rate
from glassneuron.learning.diagnosis.table import Origin, Sample, constant_columns, copies
from glassneuron.learning.diagnosis.without_end import for_ever
from glassneuron.learning.history import History


def diagnose(
    algorithm: NeuronAlgorithm,
    history: History,
    outlook: Outlook | None = None,
    *,
    origin: Origin | None = None,
    classes: Sequence[Any] | None = None,
) -> list[Finding]:
    """Look for what kept neurons from learning, as their training left them, at once."""
    return findings(examine(algorithm, history, outlook, origin=origin, classes=classes))


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


def findings(case: Case) -> list[Finding]:
    """Work out what kept the neurons from learning, from what all rows were asked and those that are looked at."""
    found = [*divergence(case.history), *scales(case)]
    if case.sample.whole and not case.block:
        found += _of_columns(case.sample, case.bias_moves)
    found += case.asked
    if case.block or case.history.diverged:
        return found
    found += [*not_converged(case), *rescaling_rate(case)]
    if case.data.labelled:
        found += [*ties(case), *saturated(case)]
    return found


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
    yield from small_rate(case, algorithm)
    yield from not_settled(case, algorithm)
    if case.data.labelled:
        online, mistakes = case.setting("way", "online") == "online", case.history.mistakes
        if online and not case.settings.shuffle and not case.easy:
            yield from one_class_blocks(taken(algorithm.data.codes, algorithm.rows), case.classes)
        if mistakes and mistakes[-1] > 0:
            yield from imbalance(algorithm.data, case.classes)
        yield from for_ever(case, algorithm)


def _of_columns(sample: Sample, bias_moves: float) -> Iterator[Finding]:
    """Find columns that tell nothing. If the sample is all rows, that can wait until somebody asks."""
    yield from constant_columns(sample, bias_moves > 0.0)
    yield from copies(sample)
