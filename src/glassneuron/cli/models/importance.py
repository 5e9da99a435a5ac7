"""`glassneuron explain --importance`: what matters to a model, on the rows of a table that has the target too."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from glassneuron import checks
from glassneuron.cli.models.evaluate import known_rows
from glassneuron.cli.models.predict import known_model
from glassneuron.data.reading import Reading
from glassneuron.engine.arrays import Array
from glassneuron.neurons.model import Model
from glassneuron.pipelines.importance import Importance, permutation_importance
from glassneuron.progress import bar
from glassneuron.views.text.judging.importance import importance_text

MOST_ROWS = 20_000  # beyond, the mean changes less than from one shuffle to the next


def importance_of(
    model_path: Path, table_path: Path, repeats: int, as_json: bool, reading: Reading | None = None
) -> None:
    """Print how much worse the model answers without each column."""
    checks.integer("repeats", repeats, "[1, inf)")
    model = known_model(model_path)
    target, X, y = known_rows(model, table_path, reading)
    some = np.sort(np.random.default_rng(0).permutation(len(X))[:MOST_ROWS])
    labels = y[some] if model.classes is None else np.array(model.classes, dtype=object)[y[some]]
    found = _shuffled(model, X[some], labels, repeats)
    if as_json:
        print(json.dumps({"target": target, **found.to_dict()}, indent=2))
    else:
        print(importance_text(found, target, len(X)))


def _shuffled(model: Model, X: Array, y: Array, repeats: int) -> Importance:
    count = len((model.encoding or {}).get("columns", ())) or len(model.names)
    with bar(count, "shuffling", "column {task.completed} of {task.total}") as tell:
        return permutation_importance(model, X, y, repeats=repeats, after=lambda done: tell(done, ""))
