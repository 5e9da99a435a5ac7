"""`glassneuron watch`: a training step by step, on a whole screen by keys, or a line a step."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from glassneuron.cli.options import layers
from glassneuron.cli.tables import classes_of, table_of
from glassneuron.errors import problem
from glassneuron.views.terminal.course import Rows, course, rows_of_gate
from glassneuron.views.terminal.lines import lines
from glassneuron.views.terminal.recording import Recording

ENDINGS = (".csv", ".tsv", ".txt", ".parquet")
MOST_ROWS = 2000  # that are watched; of more, some by chance


def watch_learning(
    what: str, target: str | None, inputs: int | None, model: str, hidden: str | None, rate: float | None,
    epochs: int | None, seed: int, fixed_bias: float | None, missing: str, plain: bool, as_json: bool,
) -> None:  # fmt: skip
    """Step through a training on a gate or a table; each argument is an option of `glassneuron watch`."""
    sizes = layers(hidden)
    if sizes is not None and model != "network":
        raise problem("parameter", name="hidden", rule="left out, unless the model is 'network'", value=hidden)
    rows = _rows_of_table(Path(what), target, model, missing, seed) if _is_table(what) else _rows_of_gate(
        what, target, inputs
    )  # fmt: skip
    watched = course(
        rows, model, hidden=(2,) if sizes is None else sizes, rate=rate, epochs=epochs, seed=seed, fixed_bias=fixed_bias
    )
    if plain or as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        for line in lines(watched, as_json):
            print(line, flush=True)
        return
    if find_spec("textual") is None:
        purpose = "stepping by keys (`--plain` prints a line a step and needs nothing)"
        raise problem("extra", purpose=purpose, library="textual", extra="watch")
    from glassneuron.views.terminal.screen import Watch

    Watch(Recording(watched)).run()


def _is_table(what: str) -> bool:
    return what.lower().endswith(ENDINGS) or Path(what).is_file()


def _rows_of_gate(what: str, target: str | None, inputs: int | None) -> Rows:
    if target is not None:
        raise problem("parameter", name="target", rule="left out for a gate", value=target)
    return rows_of_gate(what, inputs)


def _rows_of_table(path: Path, target: str | None, model: str, missing: str, seed: int) -> Rows:
    _, table, _ = table_of(path, target, missing)
    classes, codes = classes_of(table, f"a {model}" if model != "adaline" else "an adaline")
    if len(classes) < 2:
        raise problem("one-class", name=table.target, value=classes[0])
    X, title = table.X, path.name
    if len(X) > MOST_ROWS:
        some = np.sort(np.random.default_rng(seed).choice(len(X), MOST_ROWS, replace=False))
        X, codes, title = X[some], codes[some], f"{path.name} ({MOST_ROWS:,} of {len(X):,} rows)"
    return Rows(title, X, codes, tuple(classes.tolist()), table.names)
