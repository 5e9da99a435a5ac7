"""The report of a training: facts for a program, and chapters made from them for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.on_disk import row_by_row, taken
from glassneuron.learning.diagnosis.finding import Finding, Outlook
from glassneuron.learning.measures.classes import accuracy, how_many
from glassneuron.learning.measures.numbers import mean_absolute_error, r_squared
from glassneuron.learning.measures.probabilities import reliability
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.scaling import Scaling
from glassneuron.pipelines.pipelines import MODELS
from glassneuron.pipelines.task import Report
from glassneuron.views.text.chart import bars, beside
from glassneuron.views.text.judging import measured, validation
from glassneuron.views.text.options import with_options
from glassneuron.views.text.table_page import few_lines
from glassneuron.views.text.tables import counted, largest_weights

COURSES = ("mistakes", "losses", "validation_losses", "validation_mistakes", "learning_rates", "norms")  # of each epoch


def facts(result: Report, outlook: Outlook | None) -> dict[str, Any]:
    """Return what there is to know about a training as plain values; a proof gives the outlook."""
    task, fitted = result.task, result.fitted
    history, model = fitted.history, fitted.model
    sizes = {"learned": len(result.learn), "held_out": len(result.held_out)}
    told: dict[str, Any] = {
        "model": result.rule,
        "target": task.about["target"],
        "classes": None if task.classes is None else list(task.classes),
        "rows": sizes | ({} if result.watched is None else {"validation": len(result.watched.y)}),
        "epochs": history.epochs,
        "notes": list(result.notes),
    }
    told |= {name: getattr(history, name) for name in COURSES if getattr(history, name)}
    told |= {"converged": history.converged, "why_stopped": history.why_stopped, "outlook": outlook and str(outlook)}

    def each(score: Callable[..., float | None]) -> dict[str, float | None]:
        return {"learned": None, "held_out": None} | {name: score(y, got) for name, y, got in result.parts}

    if task.classes is None:
        told["r_squared"] = each(r_squared)
        told["mean_absolute_error"] = each(mean_absolute_error)
        told["mean_absolute_error_of_the_mean"] = each(lambda y, _: mean_absolute_error(y, result.mean))
        told["always"] = result.mean
    else:
        told["accuracy"] = each(accuracy)
        told["always"] = task.classes[int(how_many(taken(task.y, result.learn), len(task.classes)).argmax())]
        assert result.evaluation.counts is not None
        told["confusion"] = result.evaluation.counts.tolist()
        pairs = zip(task.classes, result.evaluation.each, strict=True)
        told["per_class"] = [{"class": label, **asdict(each)} for label, each in pairs]
        if model.gives_probabilities:
            told["calibration"] = _calibration(result)
    told["measured_on"] = "held_out" if len(result.held_out) else "learned"
    told["measures"] = [measure.to_dict() for measure in result.evaluation.measures]
    told["findings"] = [asdict(finding) for finding in fitted.diagnosis(outlook)]
    if fitted.neurons:
        fires_for = [None] if task.classes is None else [task.classes[c] for c in task.fires_for.tolist()]
        told["neurons"] = [
            {
                "fires_for": label,
                "activation": model.network.activations[-1],
                "weights": dict(zip(task.names, neuron.weights.tolist(), strict=True)),
                "bias": neuron.bias,
            }
            for label, neuron in zip(fires_for, fitted.neurons, strict=True)
        ]
    if not model.folded:
        told["layers"] = [
            {"neurons": len(layer.biases), "inputs": layer.weights.shape[1], "activation": layer.activation}
            for layer in model.network.layers
        ]
        told["parameters"] = len(model.network.parameters)
    return told


def _calibration(result: Report) -> dict[str, Any]:
    """Compare probabilities with what happened: that of the second class; of more, that of the answer."""
    task, judged, classes = result.task, result.judged, result.task.classes
    assert classes is not None
    given = result.evaluation.probabilities
    assert given is not None
    if len(classes) == 2:
        of, said, came_true = classes[1], given[:, 1], row_by_row(lambda y: y == 1, taken(task.y, judged))
    else:
        of, said = None, row_by_row(lambda p: p.max(axis=1), given)
        came_true = row_by_row(lambda p, y: p.argmax(axis=1) == y, given, taken(task.y, judged))
    return {"of": of, "bins": [asdict(each) for each in reliability(said, came_true)]}


def chapters(
    result: Report, told: dict[str, Any], source: str, proof: str, *, measures: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield headings and texts, from the `facts`, the name of the table, and where to find the proof of the outlook."""
    task, fitted = result.task, result.fitted
    yield (
        f"{source}: {counted(len(task.X), 'row')}, {counted(len(task.names), 'feature')}",
        "\n".join(f"{name:<10}{_indented(words)}" for name, words in overview(result, told)),
    )
    if "choice" in told:
        yield from validation.choice(told)
    outlook = f"\noutlook: {told['outlook']}\n         {proof}" if told["outlook"] else ""
    yield "Learning", f"{_course(result)}\nstopped: {with_options(told['why_stopped'])}".strip() + outlook
    if not fitted.neurons:
        yield "Layers", fitted.model.network.summary()
    if told["findings"]:
        yield "Diagnostics", "\n".join(with_options(str(Finding(**finding))) for finding in told["findings"])
    if "cross_validation" in told:
        yield from validation.cross_validation(told, measures=measures)
    yield from measured.errors(told) if task.classes is None else measured.accuracy(told, intervals=measures)
    if measures and not (told["measured_on"] == "learned" and "cross_validation" in told):
        yield from measured.everything(told)
    if fitted.neurons:
        yield "Largest weights", largest_weights(fitted.neurons, task.names, task.classes, fitted.scaling)


def overview(result: Report, told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield in some words what was learned, by what, and from which rows."""
    sizes = told["rows"]
    if result.notes:
        yield "table", "\n".join(few_lines(result.notes))
    yield "target", f"{told['target']}: {_target(result)}"
    chosen = f", chosen among {len(told['choice']['tried'])}" if "choice" in told else ""
    yield "model", f"{result.rule}{chosen}: {MODELS[result.rule].what}"
    yield _model(result)
    units = ";\nthe weights below are in the table's own units" if result.fitted.neurons else ""
    yield "scaling", f"{_scaling(result)}{units}"
    validation = f"; {sizes['validation']:,} for validation, to keep the best epoch" if "validation" in sizes else ""
    apart = f"{sizes['held_out']:,} held out for the final score"
    if "cross_validation" in told and not sizes["held_out"]:
        apart = "judged by cross-validation"
    yield "rows", f"{sizes['learned']:,} to learn from{validation}; {apart}"


def _indented(words: str) -> str:
    return words.replace("\n", "\n" + " " * 10)


def _target(result: Report) -> str:
    y, classes = result.task.y, result.task.classes
    if classes is None:
        return f"a number from {format_short(y.min())} to {format_short(y.max())}, {format_short(y.mean())} on average"
    return ", ".join(f"{n:,} {c}" for c, n in zip(classes, how_many(y, len(classes)), strict=True))


def _model(result: Report) -> tuple[str, str]:
    """Return what the model is made of, and that in more words."""
    model, classes = result.fitted.model, result.task.classes
    predicts = "predicts a number"
    if classes is not None:
        predicts = f"gives the probability of {classes[1] if len(classes) == 2 else 'each class'}"
    if not result.fitted.neurons:
        sizes = model.network.sizes
        if result.rule == "voted" and classes is not None:
            votes = f"for {classes[1]} or {classes[0]}" if len(classes) == 2 else "for or against a class"
            return "voters", f"{counted(sizes[1], 'neuron')}, with votes {votes}; a tie fires"
        return "network", f"{'-'.join(map(str, sizes))}, which {predicts}"
    if classes is None or (len(classes) == 2 and model.gives_probabilities):
        return "neuron", f"one, which {predicts}"
    if len(classes) == 2:
        return "neuron", f"one, which fires for {classes[1]} and stays silent for {classes[0]}"
    together = "they share the probability" if model.gives_probabilities else "the largest sum wins"
    return "neurons", f"{len(classes)}, one for each class; {together}"


def _scaling(result: Report) -> str:
    means, deviations = result.fitted.scaling.means, result.fitted.scaling.deviations
    still = np.flatnonzero(deviations == 1.0)  # a constant feature is given this deviation
    still = still[Scaling.constant(means[still], _deviations(result.task.X, result.learn, still))]
    if len(still) == len(deviations):
        return "all features are constant"
    moving = np.delete(deviations, still)
    constant = f" ({len(still):,} {'is' if len(still) == 1 else 'are'} constant)" if len(still) else ""
    span = f"{format_short(moving.min())} to {format_short(moving.max())}"
    return f"features are standardised; their standard deviations are {span}{constant}"


def _deviations(X: Array, rows: Array, columns: Array) -> Array:
    """Return the deviations of some columns in some rows, one column after the other: a table may be large."""
    return np.array([taken(X[:, j], rows).std() for j in columns.tolist()])


def _course(result: Report) -> str:
    """Draw the loss or the mistakes of each epoch, and beside it the loss on validation rows."""
    history, kind = result.fitted.history, MODELS[result.rule]
    mistakes = kind.by_mistakes and bool(history.mistakes)
    values, label = (history.mistakes, "mistakes") if mistakes else (history.losses, "mean loss")
    if len(values) < 2:
        return ""
    held = history.validation_losses
    chart = bars(values, label=label, across=kind.unit, width=40 if held else 60)
    if not held:
        return chart
    return beside(chart, bars(held, label="mean loss on validation rows", across=kind.unit, width=40))
