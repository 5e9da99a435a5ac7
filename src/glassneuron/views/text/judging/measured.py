"""How well answers are, in words and tables: the few numbers that are looked at first, and all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from glassneuron.neurons.explain.numbers import format_short
from glassneuron.views.text.tables import columns, confusion_text, counted, fraction, percent

MOST_CLASSES = 10
"""Classes up to which each has its line."""
WIDEST = 100
"""Of a confusion matrix, in characters."""
MOST_CONFUSIONS = 8

PARTS = {
    "learned": "training rows",
    "validation": "validation rows",
    "held_out": "held-out rows",
    "table": "rows of the table",
}
WORDS = {
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "log_loss": "log loss",
    "brier_score": "Brier score",
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "r_squared": "R²",
    "mean_absolute_error": "mean absolute error",
    "root_mean_squared_error": "root mean squared error",
}
PERCENT = ("accuracy", "balanced_accuracy")
IN_UNITS = ("mean_absolute_error", "root_mean_squared_error")  # of the target
MEANING = {
    "balanced_accuracy": "the mean recall of the classes",
    "log_loss": "-log of the probability of the true class, on average; 0 is best",
    "brier_score": "the squared error of probabilities, on average; 0 is best",
    "roc_auc": "the chance that a row of {of} is ranked above another",
    "average_precision": "the precision down to each row of {of}, ranked, on average",
    "r_squared": "the share of the target's variance that is explained",
    "root_mean_squared_error": "as the mean error, but a far one weighs more",
}
BY_CHANCE = "95 % interval: where the true value lies, as far as {rows} can tell"


def written(name: str, value: float | None) -> str:
    """Write a measure as a person reads it.

    Examples
    --------
    >>> written("accuracy", 0.93), written("roc_auc", 0.99996), written("log_loss", 0.25), written("r_squared", None)
    ('93.0 %', '0.99996', '0.250', '-')
    """
    if value is None:
        return "-"
    if name in PERCENT or name in IN_UNITS:
        return percent(value) if name in PERCENT else format_short(value)
    text = f"{value:.3f}"
    return text if float(text) not in (0.0, 1.0) else fraction(value)


def between(name: str, low: float | None, high: float | None) -> str:
    """Write an interval.

    Examples
    --------
    >>> between("accuracy", 0.875, 0.961), between("roc_auc", 0.9, 1.0), between("roc_auc", None, None)
    ('87.5 to 96.1 %', '0.900 to 1', '')
    """
    if low is None or high is None:
        return ""
    return f"{written(name, low).removesuffix(' %')} to {written(name, high)}"


def measure_of(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a measure of the facts by its name."""
    return next(each for each in told["measures"] if each["name"] == name)


def always(told: Mapping[str, Any]) -> str:
    """Say what a baseline answers: the commonest class of the rows that were learned from, or their mean."""
    kept = told["always"]
    return f"always {format_short(kept) if told['classes'] is None else kept}"


def judged_by(told: Mapping[str, Any]) -> str:
    """Return what the rows are called that were measured."""
    return PARTS[told["measured_on"]]


def by_class(told: Mapping[str, Any]) -> tuple[Sequence[Mapping[str, Any]], Sequence[Sequence[int]], str]:
    """Return how each class is answered, the confusion matrix, and of which rows: of the folds if none is held out."""
    folds = told.get("cross_validation")
    if told["measured_on"] == "learned" and folds is not None:
        return folds["per_class"], folds["confusion"], "each row judged by a model that has not seen it"
    return told["per_class"], told["confusion"], f"of the {judged_by(told)}"


def accuracy(told: Mapping[str, Any], *, intervals: bool = False) -> Iterator[tuple[str, str]]:
    """Yield the chapters on answers that are classes."""
    found = measure_of(told, "accuracy")
    rows = [["", "right", "95 % interval", "rows"]]
    for name, label in _there(told):
        bounds = between("accuracy", found["low"], found["high"]) if name == told["measured_on"] else ""
        rows.append([label, percent(told["accuracy"][name]), bounds, f"{told['rows'][name]:,}"])
    rows.append([always(told), percent(found["baseline"]), "", f"{told['rows'][told['measured_on']]:,}"])
    yield "Accuracy", columns(without_empty(rows))
    each, confused_by, judged = by_class(told)
    few = len(each) <= MOST_CLASSES
    title = (
        f"Each class, {judged}" if few or intervals else f"The weakest {MOST_CLASSES} of {len(each)} classes, {judged}"
    )
    yield title, _classes(each if few or intervals else _weakest(each), intervals=intervals)
    matrix = confusion_text(told["classes"], confused_by, WIDEST) if few else None
    if matrix is not None:
        yield f"Confusion matrix, {judged}", matrix
        return
    confused = list(_confused(told["classes"], confused_by))
    if confused:
        yield f"Most often confused, {judged}", columns(confused)


def errors(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the chapter on answers that are numbers."""
    rows = [["", "R²", "95 % interval", "mean error", "95 % interval", "rows"]]
    names = ("r_squared", "mean_absolute_error")
    found = [measure_of(told, name) for name in names]
    for part, label in _there(told):
        here = part == told["measured_on"]
        cells = []
        for name, each in zip(names, found, strict=True):
            cells += [written(name, told[name][part]), between(name, each["low"], each["high"]) if here else ""]
        rows.append([label, *cells, f"{told['rows'][part]:,}"])
    base = [cell for name, each in zip(names, found, strict=True) for cell in (written(name, each["baseline"]), "")]
    rows.append([always(told), *base, f"{told['rows'][told['measured_on']]:,}"])
    yield (
        "Error",
        f"{columns(without_empty(rows))}\nR²: the share of the target's variance that is explained; mean error: the "
        f"mean absolute error;\n{always(told)}: the mean of the training rows, whatever the row",
    )


def everything(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield all measures, each with its interval and its baseline."""
    yield (
        f"All measures, of the {judged_by(told)}",
        "\n".join([columns(measure_rows(told["measures"])), *meanings(told)]),
    )


def measure_rows(measures: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return all measures as cells, under a line of heads."""
    rows = [["measure", "value", "95 % interval", "baseline"]]
    for each in measures:
        name = each["name"]
        bounds = between(name, each["low"], each["high"])
        rows.append([WORDS[name], written(name, each["value"]), bounds, written(name, each["baseline"])])
    return without_empty(rows)


def meanings(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the measures mean, a line for each that is not plain."""
    classes = told["classes"]
    of = "a class" if classes is None or len(classes) > 2 else str(classes[1])
    for each in told["measures"]:
        if each["name"] in MEANING:
            yield f"{WORDS[each['name']]}: {MEANING[each['name']].format(of=of)}"
    more = ", with the shares of the classes as probabilities" if classes is not None else ""
    yield f"baseline: {always(told)}{more}"
    if any(each["low"] is not None for each in told["measures"]):
        yield BY_CHANCE.format(rows=counted(told["rows"][told["measured_on"]], "row"))


def _there(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, label) for name, label in PARTS.items() if told["rows"].get(name))


def without_empty(rows: list[list[str]]) -> list[list[str]]:
    """Leave out columns that have a head and nothing below."""
    kept = [k for k in range(len(rows[0])) if k == 0 or any(row[k] for row in rows[1:])]
    return [[row[k] for k in kept] for row in rows]


def _classes(each: Sequence[Mapping[str, Any]], *, intervals: bool = False) -> str:
    names = ("precision", "recall", "f1")
    rows = [["", *(cell for name in ("precision", "recall", "F1") for cell in (name, "")[: 1 + intervals]), "rows"]]
    for one in each:
        cells = []
        for name in names:
            cells.append(written("accuracy", one[name]))
            if intervals:
                bounds = one[f"{name}_interval"] or (None, None)
                cells.append(between("accuracy", *bounds))
        rows.append([str(one["class"]), *cells, f"{one['support']:,}"])
    return columns(without_empty(rows))


def _weakest(each: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the classes that have rows and are answered worst, by F1."""
    known = [one for one in each if one["support"]]
    return sorted(known, key=lambda one: one["f1"] or 0.0)[:MOST_CLASSES]


def _confused(classes: Sequence[Any], table: Sequence[Sequence[int]]) -> Iterator[list[str]]:
    """Yield the pairs of classes that are taken for each other most often."""
    pairs = [(-n, i, j) for i, row in enumerate(table) for j, n in enumerate(row) if i != j and n]
    for n, i, j in sorted(pairs)[:MOST_CONFUSIONS]:
        yield [f"is {classes[i]}, answered {classes[j]}", counted(-n, "row")]
