"""`glassneuron evaluate`: how well a saved model answers the rows of another table that has the target too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from glassneuron.cli.models.predict import known_model
from glassneuron.cli.screen import heading
from glassneuron.cli.tables import MEMORY, known_encoding, targets_of
from glassneuron.data.reading import Reading
from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.model import Model
from glassneuron.pipelines.evaluation import evaluate, learned_targets
from glassneuron.views.text.judging import measured


def known_rows(
    model: Model, table_path: Path, reading: Reading | None, missing: str = "refuse", unknown: str = "refuse"
) -> tuple[str, Array, Array]:
    """Read a table with the columns that a model knows and its target: that one's name, the features, the targets."""
    target = model.about.get("target")
    if not isinstance(target, str):
        raise problem("absent-field", name="target", what="the model", rule="the column that it predicts")
    encoding = known_encoding(model, missing)
    table = MEMORY.read_known(table_path, encoding, target, reading, missing=missing, unknown=unknown)
    return target, table.X, targets_of(table, model.classes, target)


def evaluate_table(
    model_path: Path, table_path: Path, missing: str, unknown: str, measures: bool, as_json: bool,
    reading: Reading | None = None,
) -> None:  # fmt: skip
    """Measure a model on a table, and print a report for a person or as JSON."""
    model = known_model(model_path)
    target, X, y = known_rows(model, table_path, reading, missing, unknown)
    told = {"model": str(model_path), "target": target, **_facts(model, X, y)}
    if as_json:
        print(json.dumps(told, indent=2))
        return
    for title, text in _chapters(told, measures=measures):
        heading(title)
        print(text, end="\n\n")


def _facts(model: Model, X: Array, y: Array) -> dict[str, Any]:
    """Return what was measured as `train` tells it."""
    kept = model.about.get("learned")  # models of other versions and libraries do not say what they learned from
    learned = learned_targets(y, model.classes) if kept is None else np.asarray(kept, np.float64)
    found = evaluate(model, X, y, learned)
    told: dict[str, Any] = {
        "classes": None if model.classes is None else list(model.classes),
        "rows": {"table": found.rows},
        "measured_on": "table",
        "always": float(learned[0]) if model.classes is None else model.classes[int(learned.argmax())],
        "measures": [measure.to_dict() for measure in found.measures],
    }
    told |= {measure.name: {"table": measure.value} for measure in found.measures}
    if found.counts is not None and model.classes is not None:
        told["confusion"] = found.counts.tolist()
        told["per_class"] = [{"class": c, **asdict(each)} for c, each in zip(model.classes, found.each, strict=True)]
    return told


def _chapters(told: dict[str, Any], *, measures: bool) -> Iterator[tuple[str, str]]:
    yield from measured.errors(told) if told["classes"] is None else measured.accuracy(told, intervals=measures)
    if measures:
        yield from measured.everything(told)
