"""What a training tells: chapters for a person, plain facts for a program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from glassneuron.learning.diagnosis.finding import Outlook
from glassneuron.learning.metrics import accuracy, mean_absolute_error, r_squared
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.scaling import Scaling
from glassneuron.pipelines.pipelines import LEARNERS
from glassneuron.pipelines.task import Learned
from glassneuron.views import tables as report
from glassneuron.views.chart import bars, beside

COURSES = ("mistakes", "losses", "validation_losses", "validation_mistakes", "learning_rates", "norms")
"""What is told of each epoch to a program, where there is any."""
PARTS = {"learned": "rows it learned from", "validation": "validation rows", "held_out": "rows held out"}


def chapters(
    result: Learned, source: str, outlook: Callable[[], Outlook | None], proof: str
) -> Iterator[tuple[str, str]]:
    """Tell what was learned from what, how it went, and how good the answers are, each with its heading.

    Parameters
    ----------
    result : Learned
    source : str
        What the table is called.
    outlook : callable
        Returns what a proof says of rows that were not learned, or None.
    proof : str
        Where to find it.
    """
    task, trained = result.task, result.trained
    yield (
        f"{source}: {report.counted(len(task.X), 'row')}, {report.counted(len(task.names), 'feature')}",
        f"target    {task.about['target']}: {_target(result)}\n"
        f"model     {result.rule}: {LEARNERS[result.rule].what}\n"
        + _model(result)
        + f"\nscaling   {_spread(result)}"
        + (";\n          the weights below are in the table's own units again" if trained.neurons else "")
        + _rows(result),
    )
    said = outlook()
    yield (
        "Learning",
        f"{_course(result)}\nstopped: {trained.history.why_stopped}".strip()
        + (f"\noutlook: {said}\n         {proof}" if said else ""),
    )
    if not trained.neurons:
        yield "Layers", trained.model.network.summary()
    findings = trained.diagnosis(said)
    if findings:
        yield "What stands out", "\n".join(map(str, findings))
    yield from _numbers(result) if task.classes is None else _classes(result)
    if trained.neurons:
        yield "Heaviest weights", report.heaviest(trained.neurons, task.names, task.classes, trained.scaling)


def _target(result: Learned) -> str:
    y, classes = result.task.y, result.task.classes
    if classes is None:
        return f"a number from {format_short(y.min())} to {format_short(y.max())}, {format_short(y.mean())} on average"
    return ", ".join(f"{n:,} {c}" for c, n in zip(classes, np.bincount(y), strict=True))


def _model(result: Learned) -> str:
    model, classes = result.trained.model, result.task.classes
    if not result.trained.neurons:
        sizes = model.network.sizes
        if result.rule == "voted" and classes is not None:
            wins = f"for {classes[1]} or {classes[0]}" if len(classes) == 2 else "for or against a class"
            return f"voters    {report.counted(sizes[1], 'neuron')}, with votes {wins}; a tie fires"
        return f"network   {'-'.join(map(str, sizes))}, which {_answers(classes)}"
    if classes is None or (len(classes) == 2 and model.gives_probabilities):
        return f"neuron    one, which {_answers(classes)}"
    if len(classes) == 2:
        return f"neuron    one, which fires for {classes[1]} and stays silent for {classes[0]}"
    shared = "share the probability out among them" if model.gives_probabilities else ""
    return f"neurons   {len(classes)}, one for each class; " + (f"they {shared}" if shared else "the largest sum wins")


def _spread(result: Learned) -> str:
    means, deviations = result.trained.scaling.means, result.trained.scaling.deviations
    still = np.flatnonzero(deviations == 1.0)  # the deviation that a constant feature is given
    still = still[Scaling.constant(means[still], result.task.X[np.ix_(result.learn, still)].std(axis=0))]
    if len(still) == len(deviations):
        return "all features are constant"
    moving = np.delete(deviations, still)
    constant = f" ({len(still):,} {'is' if len(still) == 1 else 'are'} constant)" if len(still) else ""
    spread = f"from {format_short(moving.min())} to {format_short(moving.max())}{constant}"
    return f"the features spread {spread}, so they are brought to one scale to learn"


def _answers(classes: tuple[Any, ...] | None) -> str:
    if classes is None:
        return "answers with a number"
    return f"says how probable {classes[1] if len(classes) == 2 else 'each class'} is"


def _rows(result: Learned) -> str:
    watched = "" if result.watched is None else f"; {len(result.watched.y):,} watched, to keep the best on them"
    return (
        f"\nlearns    from {report.counted(len(result.learn), 'row')}{watched}; "
        f"{len(result.held_out):,} held out to judge it"
    )


def _course(result: Learned) -> str:
    """Draw how it went, and beside it, how it went on validation rows."""
    history, kind = result.trained.history, LEARNERS[result.rule]
    mistakes = kind.by_mistakes and bool(history.mistakes)
    values, label = (history.mistakes, "mistakes") if mistakes else (history.losses, "mean loss")
    if len(values) < 2:
        return ""
    if not history.validation_losses:
        return bars(values, label=label, across=kind.unit)
    watched = bars(history.validation_losses, label="mean loss on validation rows", across=kind.unit, width=40)
    return beside(bars(values, label=label, across=kind.unit, width=40), watched)


def _classes(result: Learned) -> Iterator[tuple[str, str]]:
    y, answers, classes = result.task.y, result.answers, result.task.classes
    assert classes is not None
    rows = [[PARTS[name], report.percent(accuracy(y, told)), f"{len(y):,}"] for name, y, told in result.parts]
    yield "Answers", report.columns([["", "right", "rows"], *rows])
    judged = result.judged
    yield (
        "Held-out rows by class and answer" if len(result.held_out) else "Rows by class and answer",
        report.confusion_text(classes, report.confusion(classes, y[judged], answers[judged])),
    )


def _numbers(result: Learned) -> Iterator[tuple[str, str]]:
    mean = result.mean
    rows = []
    for name, y, answers in result.parts:
        explained = r_squared(y, answers)
        off, of_mean = mean_absolute_error(y, answers), mean_absolute_error(y, mean)
        rows.append(
            [
                PARTS[name],
                "-" if explained is None else f"{explained:.3f}",
                format_short(off),
                format_short(of_mean),
                f"{len(y):,}",
            ]
        )
    head = ["", "R²", "off by", "the mean is off by", "rows"]
    yield (
        "Answers",
        report.columns([head, *rows])
        + f"\nR² is the share of the target's variance that is explained; off by: on average, either way;\nthe mean: "
        f"always answering {format_short(mean)}, the mean of the rows it learned from",
    )


def facts(result: Learned, outlook: Callable[[], Outlook | None]) -> dict[str, Any]:
    """Give the same as plain values.

    Parameters
    ----------
    result, outlook
        As `chapters` takes them.
    """
    task, trained = result.task, result.trained
    history, model, said = trained.history, trained.model, outlook()
    counts = {"learned": len(result.learn), "held_out": len(result.held_out)}
    told: dict[str, Any] = {
        "model": result.rule,
        "target": task.about["target"],
        "classes": None if task.classes is None else list(task.classes),
        "rows": counts | ({} if result.watched is None else {"validation": len(result.watched.y)}),
        "epochs": history.epochs,
    }
    told |= {name: getattr(history, name) for name in COURSES if getattr(history, name)}
    told |= {
        "converged": history.converged,
        "why_stopped": history.why_stopped,
        "outlook": None if said is None else str(said),
    }
    told |= _scores(result)
    told["findings"] = [{"what": f.what, "evidence": f.evidence, "fix": f.fix} for f in trained.diagnosis(said)]
    if trained.neurons:
        fires_for = [None] if task.classes is None else [task.classes[c] for c in task.fires_for.tolist()]
        told["neurons"] = [
            {
                "fires_for": label,
                "activation": model.network.activations[-1],
                "weights": dict(zip(task.names, neuron.weights.tolist(), strict=True)),
                "bias": neuron.bias,
            }
            for label, neuron in zip(fires_for, trained.neurons, strict=True)
        ]
    if not model.folded:
        told["layers"] = [
            {"neurons": len(layer.biases), "inputs": layer.weights.shape[1], "activation": layer.activation}
            for layer in model.network.layers
        ]
        told["parameters"] = len(model.network.parameters)
    return told


def _scores(result: Learned) -> dict[str, Any]:
    y, answers, classes = result.task.y, result.answers, result.task.classes

    def each(score: Any) -> dict[str, float | None]:
        return {"learned": None, "held_out": None} | {name: score(y, told) for name, y, told in result.parts}

    if classes is None:
        return {
            "r_squared": each(r_squared),
            "mean_absolute_error": each(mean_absolute_error),
            "mean_absolute_error_of_the_mean": each(lambda y, _: mean_absolute_error(y, result.mean)),
        }
    judged = result.judged
    return {
        "accuracy": each(accuracy),
        "confusion": report.confusion(classes, y[judged], answers[judged]).tolist(),
    }
