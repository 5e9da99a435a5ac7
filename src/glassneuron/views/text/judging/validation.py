"""A cross-validation and the choice of a model, as tables and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from glassneuron.views.text.judging.measured import WORDS, between, written
from glassneuron.views.text.tables import columns, counted

FIRST = ("accuracy", "balanced_accuracy", "roc_auc", "log_loss", "r_squared", "mean_absolute_error")
"""The measures that are shown if not all are asked for."""
SPREAD = "spread: the standard deviation over them"


def cross_validation(told: Mapping[str, Any], *, measures: bool) -> Iterator[tuple[str, str]]:
    """Yield the chapter on a cross-validation."""
    found = told["cross_validation"]
    rows = fold_rows(found, None if measures else FIRST)
    kept = f"kept: the model that learned from all {counted(told['rows']['learned'], 'row')}"
    if told["rows"]["held_out"]:
        kept = f"{kept} that are not held out"
    yield "Cross-validation", "\n".join([columns(rows), found["how"], SPREAD, kept])


def fold_rows(found: Mapping[str, Any], names: Sequence[str] | None = None) -> list[list[str]]:
    """Return the measures over the folds as cells, under a line of heads."""
    rows = [["", "mean", "spread", "range", "baseline"]]
    for each in found["measures"]:
        name, values = each["name"], each["values"]
        if values and (names is None or name in names):
            span = between(name, min(values), max(values))
            cells = [written(name, each[of]) for of in ("mean", "deviation")]
            rows.append([WORDS[name], *cells, span, written(name, each["baseline"])])
    return rows


def choice(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the chapter on how a model was chosen."""
    found = told["choice"]
    yield "Which model", "\n".join([columns(choice_rows(found)), *why_chosen(found), found["how"], SPREAD])


def choice_rows(found: Mapping[str, Any]) -> list[list[str]]:
    """Return the candidates as cells, the best first, under a line of heads."""
    name = found["measure"]
    rows = [["", WORDS[name], "spread", "range", ""]]
    tried = [(each["name"], _measure(each, name)) for each in found["tried"]]
    for candidate, each in sorted(tried, key=lambda pair: -_mean(pair[1])):
        marks = [word for word, of in (("best", found["best"]), ("chosen", found["chosen"])) if of == candidate]
        span = between(name, min(each["values"], default=None), max(each["values"], default=None))
        cells = [written(name, each[of]) for of in ("mean", "deviation")]
        rows.append([candidate, *cells, span, ", ".join(marks)])
    rows.append(["baseline", written(name, _measure(found["tried"][0], name)["baseline"]), "", "", ""])
    return rows


def why_chosen(found: Mapping[str, Any]) -> Iterator[str]:
    """Say in words why a model was chosen, and what was not tried."""
    name, best, kept = found["measure"], found["best"], found["chosen"]
    means = {each["name"]: _mean(_measure(each, name)) for each in found["tried"]}
    error = written(name, found["standard_error"])
    if len(means) == 1:
        yield f"{kept} is chosen: nothing else was tried"
    elif best == kept and next(iter(means)) == kept:
        yield f"{kept} is chosen: it is the best, and the simplest of all"
    elif best == kept:
        yield f"{kept} is chosen: it is the best, and nothing simpler is within one standard error ({error})"
    else:
        yield f"{kept} is chosen: within one standard error ({error}) of the best, {best}, and simpler"
    base = _measure(found["tried"][0], name)["baseline"]
    if base is not None and means[best] - found["standard_error"] <= base:
        yield "none is better than the baseline by more than its standard error: there is little to learn"
    if found["not_tried"]:
        yield f"not tried, for the time was up: {', '.join(found['not_tried'])}; --budget gives it more seconds"
    for candidate, why in found["failed"].items():
        yield f"{candidate} cannot learn these rows: {why}"


def _measure(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return next(each for each in found["measures"] if each["name"] == name)


def _mean(measure: Mapping[str, Any]) -> float:
    return float("-inf") if measure["mean"] is None else float(measure["mean"])
