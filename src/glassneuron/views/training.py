"""What a training tells: chapters for a person, plain facts for a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.learning.learners import Learned
from glassneuron.learning.scores import accuracy, mean_absolute_error, r_squared
from glassneuron.neurons.explanation import shown
from glassneuron.neurons.model import Model
from glassneuron.neurons.network_model import NetworkModel
from glassneuron.views import report
from glassneuron.views.chart import bars


def chapters(result: Learned, source: str) -> Iterator[tuple[str, str]]:
    """Tell what was learned from what, how it went, and how good the answers are, each with its heading.

    Parameters
    ----------
    result : Learned
    source : str
        What the table is called.
    """
    task, trained = result.task, result.trained
    scaling = trained.model.scaling
    assert scaling is not None
    spread = scaling.deviations
    yield (
        f"{source}: {report.counted(len(task.X), 'row')}, {report.counted(len(task.names), 'feature')}",
        f"target    {task.about['target']}: {_target(result)}\n"
        + _model(trained.model)
        + f"\nscaling   the features spread from {shown(spread.min())} to {shown(spread.max())}, so they are brought "
        "to one scale to learn"
        + (";\n          the weights below are in the table's own units again" if result.neurons else "")
        + f"\nlearns    from {report.counted(len(result.learn), 'row')}; {len(result.held_out):,} held out to judge it",
    )
    history = trained.history
    curve = ""
    if history.mistakes and trained.by_mistakes:
        curve = bars(history.mistakes, label="mistakes", across="epoch")
    elif history.losses:
        curve = bars(history.losses, label="mean loss", across="epoch")
    yield "Learning", f"{curve}\nstopped: {history.why_stopped}".strip()
    if isinstance(trained.model, NetworkModel):
        yield "Layers", trained.model.network.summary()
    if trained.findings:
        yield "What stands out", "\n".join(map(str, trained.findings))
    yield from _numbers(result) if task.classes is None else _classes(result)
    if isinstance(trained.model, Model):
        yield "Heaviest weights", report.heaviest(trained.model)


def _target(result: Learned) -> str:
    y, classes = result.task.y, result.task.classes
    if classes is None:
        return f"a number from {shown(y.min())} to {shown(y.max())}, {shown(y.mean())} on average"
    return ", ".join(f"{n:,} {c}" for c, n in zip(classes, np.bincount(y), strict=True))


def _model(model: Model | NetworkModel) -> str:
    if isinstance(model, NetworkModel):
        answers = "answers with a number"
        if model.classes is not None:
            answers = f"says how probable {model.classes[1] if len(model.classes) == 2 else 'each class'} is"
        return f"network   {'-'.join(map(str, model.network.sizes))}, which {answers}"
    if len(model.classes) == 2:
        return f"neuron    one, which fires for {model.classes[1]} and stays silent for {model.classes[0]}"
    return f"neurons   {len(model.classes)}, one for each class; the largest sum wins"


def _parts(result: Learned) -> list[tuple[str, Array]]:
    parts = [("rows it learned from", result.learn), ("rows held out", result.held_out)]
    return [(name, part) for name, part in parts if len(part)]


def _classes(result: Learned) -> Iterator[tuple[str, str]]:
    y, answers, classes = result.task.y, result.answers, result.task.classes
    assert classes is not None
    rows = [[name, report.percent(accuracy(y[part], answers[part])), f"{len(part):,}"] for name, part in _parts(result)]
    yield "Answers", report.columns([["", "right", "rows"], *rows])
    judged = result.judged
    yield (
        "Held-out rows by class and answer" if len(result.held_out) else "Rows by class and answer",
        report.confusion_text(classes, report.confusion(classes, y[judged], answers[judged])),
    )


def _numbers(result: Learned) -> Iterator[tuple[str, str]]:
    y, answers, mean = result.task.y, result.answers, result.mean
    rows = []
    for name, part in _parts(result):
        explained = r_squared(y[part], answers[part])
        off, of_mean = mean_absolute_error(y[part], answers[part]), mean_absolute_error(y[part], mean)
        rows.append(
            [name, "-" if explained is None else f"{explained:.3f}", shown(off), shown(of_mean), f"{len(part):,}"]
        )
    head = ["", "R²", "off by", "the mean is off by", "rows"]
    yield (
        "Answers",
        report.columns([head, *rows])
        + f"\nR² is the share of the target's variance that is explained; off by: on average, either way;\nthe mean: "
        f"always answering {shown(mean)}, the mean of the rows it learned from",
    )


def facts(result: Learned) -> dict[str, Any]:
    """Give the same as plain values.

    Parameters
    ----------
    result : Learned
    """
    task, trained = result.task, result.trained
    history, model = trained.history, trained.model
    told: dict[str, Any] = {
        "target": task.about["target"],
        "classes": None if task.classes is None else list(task.classes),
        "rows": {"learned": len(result.learn), "held_out": len(result.held_out)},
    }
    told |= {"mistakes": history.mistakes} if trained.by_mistakes else {"losses": history.losses}
    told |= {"converged": history.converged, "why_stopped": history.why_stopped, **_scores(result)}
    if isinstance(model, Model):
        neurons = [
            {"weights": dict(zip(model.names, n.weights.tolist(), strict=True)), "bias": n.bias} for n in model.neurons
        ]
        return {**told, "neurons": neurons}
    layers = [
        {"neurons": len(layer.biases), "inputs": layer.weights.shape[1], "activation": layer.activation}
        for layer in model.network.layers
    ]
    found = [{"what": f.what, "evidence": f.evidence, "fix": f.fix} for f in trained.findings]
    return {**told, "layers": layers, "parameters": len(model.network.parameters), "findings": found}


def _scores(result: Learned) -> dict[str, Any]:
    y, answers, classes = result.task.y, result.answers, result.task.classes
    parts = {"learned": result.learn, "held_out": result.held_out}

    def each(score: Any) -> dict[str, float | None]:
        return {name: score(part) if len(part) else None for name, part in parts.items()}

    if classes is None:
        return {
            "r_squared": each(lambda part: r_squared(y[part], answers[part])),
            "mean_absolute_error": each(lambda part: mean_absolute_error(y[part], answers[part])),
            "mean_absolute_error_of_the_mean": each(lambda part: mean_absolute_error(y[part], result.mean)),
        }
    judged = result.judged
    return {
        "accuracy": each(lambda part: accuracy(y[part], answers[part])),
        "confusion": report.confusion(classes, y[judged], answers[judged]).tolist(),
    }
