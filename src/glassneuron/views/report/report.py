"""A training as one page: the model, how it learned, how well it answers, what is wrong and proved, how to use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from glassneuron.learning.diagnosis.finding import Finding
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.what_if.what_if import what_if
from glassneuron.pipelines.importance import permutation_importance
from glassneuron.pipelines.pipelines import MODELS
from glassneuron.pipelines.task import Report
from glassneuron.views.diagrams.diagram import diagram
from glassneuron.views.diagrams.picture import Picture
from glassneuron.views.notebook.chart import history_chart
from glassneuron.views.report import pictures
from glassneuron.views.report.page import listed, note, numbers, page, section
from glassneuron.views.report.proof import proof
from glassneuron.views.text.judging.measured import (
    PARTS,
    between,
    by_class,
    judged_by,
    meanings,
    measure_of,
    measure_rows,
    without_empty,
    written,
)
from glassneuron.views.text.judging.validation import SPREAD, choice_rows, fold_rows, why_chosen
from glassneuron.views.text.options import with_options
from glassneuron.views.text.tables import counted, percent
from glassneuron.views.text.training import overview

MOST_CLASSES, MOST_FEATURES, MOST_LAYERS = 20, 40, 20
"""Classes of a confusion matrix, features and layers of a table that are shown."""
MOST_COLUMNS, MOST_SHUFFLED = 200, 2_000
"""Features of a table, and rows of it, that are shuffled to see what matters."""
MOST_PARAMETERS = 10_000
"""Of a model for which the smallest change of a row is found in about a second."""
CALIBRATED = "on the dashed line as many come true as the model says"


def report(
    result: Report, told: Mapping[str, Any], source: str, settings: Mapping[str, str], command: str, saved: str | None,
    version: str,
) -> str:  # fmt: skip
    """Return the page of a training.

    Parameters
    ----------
    result : Report
    told : dict
        The facts, as `views.text.training.facts` returned them; other numbers of the page are the model's.
    source : str
        The name of the table.
    settings : dict of str to str
        What was asked for.
    command : str
        What was typed to get it.
    saved : str or None
        The file of the model.
    version : str
        That of the package.
    """
    task = result.task
    below = f"{MODELS[result.rule].noun}, trained on {counted(len(result.learn), 'row')} of {source}"
    parts = [_tiles(result, told), *_chapters(result, dict(told), source, settings, command, saved)]
    return page(
        f"{told['target']}, from {counted(len(task.names), 'feature')}",
        below,
        "\n".join(parts),
        f"glassneuron {version}",
    )


def _tiles(result: Report, told: Mapping[str, Any]) -> str:
    """Show the few numbers that are looked at first."""
    judged = "held_out" if len(result.held_out) else "learned"
    tiles = []
    if told["classes"] is None:
        for name, words in (("r_squared", "R²"), ("mean_absolute_error", "mean error")):
            tiles.append((written(name, told[name][judged]), f"{words} on {PARTS[judged]}{_within(told, name)}"))
    else:
        tiles.append((percent(told["accuracy"][judged]), f"right, of the {PARTS[judged]}{_within(told, 'accuracy')}"))
        tiles.append((percent(told["accuracy"]["learned"]), f"right, of the {PARTS['learned']}"))
    tiles.append((f"{told['rows'][judged]:,}", PARTS[judged]))
    tiles.append((f"{told['epochs']:,}", f"{MODELS[result.rule].unit}s until it stopped"))
    items = "".join(f"<li><b>{escape(value)}</b><span>{escape(words)}</span></li>" for value, words in tiles)
    return f'<ul class="tiles">{items}</ul>'


def _within(told: Mapping[str, Any], name: str) -> str:
    found = measure_of(told, name)
    bounds = between(name, found["low"], found["high"])
    return f"; {bounds} with 95 % confidence" if bounds else ""


def _chapters(
    result: Report, told: dict[str, Any], source: str, settings: Mapping[str, str], command: str, saved: str | None
) -> Iterator[str]:
    yield section(
        "What was learned", listed([(name, " ".join(words.split())) for name, words in overview(result, told)])
    )
    yield section("The model", *_model(result), long=True)
    outlook = f"Outlook: {told['outlook']}." if told["outlook"] else ""
    chart = history_chart(result.fitted.history)
    learning = section(
        "How it learned",
        "" if chart is None else _figure(chart),
        note(f"Stopped: {with_options(told['why_stopped'])}."),
        note(outlook),
    )
    answers = _answers(result)
    yield f'<div class="two">{learning}{answers}</div>'
    drawn = pictures.weights(result)
    heaviest = section("Heaviest weights", _figure(drawn, drawn.title))
    calibrated = told.get("calibration")
    if calibrated:
        picture = section("Calibration", _figure(pictures.calibration(calibrated), CALIBRATED))
        yield f'<div class="two">{heaviest}{picture}</div>'
    else:
        yield heaviest
    yield from _validated(told)
    yield from _importance(result)
    yield section("How well it answers", *_measures(told), long=True)
    findings = [f"<li>{escape(with_options(str(Finding(**finding))))}</li>" for finding in told["findings"]]
    yield section("Diagnosis", f"<ul>{''.join(findings)}</ul>" if findings else note("Nothing stands out."), long=True)
    yield from _what_if(result)
    proved = proof(result, source)
    if proved:
        yield section("What one neuron can do here", *proved, long=True)
    yield section("How to use it", *_use(result, saved), long=True)
    yield section("The table", *_table(result), long=True)
    made = listed([*settings.items()])
    yield section("How it was made", made, f'<pre tabindex="0">{escape(command)}</pre>', long=True)


def _figure(picture: Picture, caption: str = "") -> str:
    """Put a picture into the page; its words are in it, for who cannot see it."""
    below = f"<figcaption>{escape(caption[:1].upper() + caption[1:])}.</figcaption>" if caption else ""
    return f"<figure>{inline(picture)}{below}</figure>"


def inline(picture: Picture) -> str:
    """Return a picture as it stands in a page of HTML, which needs no address of a namespace."""
    return picture.svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)


def _answers(result: Report) -> str:
    """Show what is answered where; of numbers, the answers against the true values."""
    if result.task.classes is None:
        return section("Errors", _figure(pictures.errors(result), "on the dashed line an answer is true"))
    shown = pictures.regions(result)
    if shown is None:
        few = (
            f"With {len(result.task.names):,} features no plane shows what is answered where: see the confusion matrix."
        )
        return section("What it answers", note(few))
    return section("What it answers", _figure(shown, shown.text))


def _model(result: Report) -> Iterator[str]:
    """Draw the model at work on the first of the rows to judge by."""
    row = int(result.judged[0])
    drawn = diagram(result.fitted.model, result.task.X[row])
    yield f'<figure class="wide" tabindex="0">{inline(drawn)}</figure>'
    yield note(f"The arithmetic of row {row + 1} of the table. {drawn.title}.")
    layers = result.fitted.model.network.layers
    if len(layers) > 1:
        rows = [
            [str(k), f"{len(layer.biases):,}", f"{layer.weights.shape[1]:,}", layer.activation]
            for k, layer in enumerate(layers[:MOST_LAYERS], 1)
        ]
        parameters = f"{len(result.fitted.model.network.parameters):,} parameters"
        yield numbers(["layer", "neurons", "inputs", "activation"], rows, parameters)


def _what_if(result: Report) -> Iterator[str]:
    """Tell what moved the answer to the row that the model is shown with, and the smallest change that flips it."""
    model, row = result.fitted.model, int(result.judged[0])
    if len(model.network.parameters) > MOST_PARAMETERS:
        return
    told = str(what_if(model, result.task.X[row]))
    words = f'<pre class="words" tabindex="0">{escape(told)}</pre>'
    yield section("What would change an answer", note(f"Row {row + 1} of the table, as an example."), words, long=True)


def _measures(told: dict[str, Any]) -> Iterator[str]:
    """Write all measures, those of each class, and the confusion matrix."""
    rows = []
    for name, label in PARTS.items():
        if told["rows"].get(name):
            shown = ("r_squared", "mean_absolute_error") if told["classes"] is None else ("accuracy",)
            rows.append([label, *(written(m, told[m][name]) for m in shown), f"{told['rows'][name]:,}"])
    head = ["R²", "mean error"] if told["classes"] is None else ["right"]
    yield numbers(["which rows", *head, "rows"], rows)
    first, *lines = measure_rows(told["measures"])
    yield numbers(first, lines, f"All measures, of the {judged_by(told)}")
    yield note(". ".join(line[:1].upper() + line[1:] for line in meanings(told)) + ".")
    if told["classes"] is None:
        return
    each, table, judged = by_class(told)
    cells = []
    for one in each:
        cells.append([str(one["class"])])
        for name in ("precision", "recall", "f1"):
            cells[-1] += [
                written("accuracy", one[name]), between("accuracy", *(one[f"{name}_interval"] or (None, None)))
            ]  # fmt: skip
        cells[-1].append(f"{one['support']:,}")
    bounds = "95 % interval"
    head = ["class", "precision", bounds, "recall", bounds, "F1", bounds, "rows"]
    head, *cells = without_empty([head, *cells])
    yield numbers(head, cells, f"Each class, {judged}")
    yield note(
        "Precision: the share of right ones among the rows answered so; recall: among the rows that are so; F1: their "
        "harmonic mean."
    )
    yield _confusion(told["classes"], np.array(table), judged)


def _importance(result: Report) -> Iterator[str]:
    """Show what matters on rows that were held out, of tables that are not too wide for it."""
    task, rows = result.task, result.held_out[:MOST_SHUFFLED]
    if not len(rows) or len(task.names) > MOST_COLUMNS:
        return
    y = task.y[rows] if task.classes is None else np.array(task.classes, dtype=object)[task.y[rows]]
    found = permutation_importance(result.fitted.model, task.X[rows], y, repeats=5)
    drawn = pictures.importance(found)
    told = "Each column is shuffled five times among the held-out rows. Of columns that say nearly the same each may"
    yield section(
        "What matters", _figure(drawn, drawn.title), note(f"{told} matter little: the others are still there.")
    )


def _validated(told: dict[str, Any]) -> Iterator[str]:
    """Write how a model was chosen, and its cross-validation."""
    if "choice" in told:
        first, *lines = choice_rows(told["choice"])
        why = ". ".join(
            line[:1].upper() + line[1:] for line in (*why_chosen(told["choice"]), told["choice"]["how"], SPREAD)
        )
        yield section("Which model", numbers(["model", *first[1:-1], "mark"], lines), note(f"{why}."), long=True)
    if "cross_validation" in told:
        first, *lines = fold_rows(told["cross_validation"])
        how = told["cross_validation"]["how"]
        kept = f"The model that is kept learned from all {counted(told['rows']['learned'], 'row')}."
        table = numbers(["measure", *first[1:]], lines)
        yield section(
            "Cross-validation",
            table,
            note(f"{how[:1].upper()}{how[1:]}. Spread: the standard deviation over them. {kept}"),
            long=True,
        )


def _confusion(classes: Sequence[Any], table: Any, judged: str) -> str:
    """Write the confusion matrix, of many classes that of those with most rows."""
    kept = np.sort(np.argsort(-table.sum(axis=1), kind="stable")[:MOST_CLASSES]).tolist()
    left = len(classes) - len(kept)
    rows, shades = [], []
    for i in kept:
        total = max(1, int(table[i].sum()))
        rows.append([str(classes[i]), *(f"{table[i, j]:,}" for j in kept)])
        shades.append([_shade(table[i, j] / total, right=i == j) for j in kept])
    more = f"; {left:,} classes with fewer rows are left out" if left else ""
    caption = f"Confusion matrix, {judged}: a line for each class, a column for each answer{more}"
    return numbers(["is \\ answered", *(str(classes[j]) for j in kept)], rows, caption, shades)


def _shade(share: float, *, right: bool) -> str:
    return f"{'s' if right else 'w'}{1 + min(3, int(4 * share))}" if share else "none"


def _use(result: Report, saved: str | None) -> Iterator[str]:
    row = [float(value) for value in result.task.X[int(result.judged[0])][:8]]
    more = ", ..." if len(result.task.names) > 8 else ""
    path = saved or "model.safetensors"
    lines = [
        "import glassneuron as gn",
        f"model = gn.load({path!r})",
        f"row = [{', '.join(f'{value:g}' for value in row)}{more}]    # a number for each feature, in its own unit",
        "model.predict([row])",
        *(["model.probabilities([row])"] if result.fitted.model.gives_probabilities else []),
        "print(model.explain(row))",
    ]
    if saved is None:
        yield note("The model was not saved: add --save model.safetensors to the command.")
    yield f'<pre tabindex="0">{escape(chr(10).join(lines))}</pre>'
    yield note("Or by command:")
    shell = f"glassneuron predict {path} TABLE\nglassneuron explain {path} TABLE --row 1"
    yield f'<pre tabindex="0">{escape(shell)}</pre>'


def _table(result: Report) -> Iterator[str]:
    task, scaling = result.task, result.fitted.scaling
    kept = task.names[:MOST_FEATURES]
    rows = [
        [str(name), *(format_short(float(v)) for v in (low, mean, high, deviation))]
        for name, low, mean, high, deviation in zip(
            kept, task.X.min(axis=0), scaling.means, task.X.max(axis=0), scaling.deviations, strict=False
        )
    ]
    yield numbers(["feature", "least", "mean", "largest", "standard deviation"], rows)
    more = len(task.names) - len(kept)
    left = f" {counted(more, 'more feature')} {'is' if more == 1 else 'are'} left out." if more else ""
    yield note(
        f"{counted(len(task.X), 'row')}. Means and deviations are those of the {len(result.learn):,} rows that were "
        f"learned from; a constant feature has deviation 1.{left}"
    )
