"""The option `--report`: a training as one page."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glassneuron import __version__
from glassneuron.cli.options import can_put
from glassneuron.data.atomic import write_whole
from glassneuron.errors import problem
from glassneuron.pipelines.task import Report

DEFAULTS = {"model": "perceptron", "holdout": 0.25, "seed": 0, "missing": "refuse"}


def can_report(path: Path | None, *inputs: Path | None) -> None:
    """Refuse, before the work starts, a file that is no page, cannot be written or is one of the others."""
    if path is None:
        return
    if path.suffix.lower() not in (".html", ".htm"):
        raise problem("parameter", name="report", rule="a file that ends in .html", value=str(path))
    can_put(path, "report", *inputs)


def write_report(
    path: Path,
    result: Report,
    told: Mapping[str, Any],
    source: Path,
    table: Path | None,
    asked: Mapping[str, Any],
    saved: Path | None,
) -> None:
    """Write the page, and into it what was typed to get it; without a table it is the bundled one, `source`."""
    from glassneuron.views.report.report import report

    typed = ["glassneuron", "train", *([] if table is None else [str(table), "--target", str(told["target"])])]
    for name, value in asked.items():
        if value is not None and value != DEFAULTS.get(name):
            typed += [f"--{name}", str(value)]
    typed += [] if saved is None else ["--save", str(saved)]
    settings = {name: str(value) for name, value in asked.items() if value is not None}
    command = shlex.join([*typed, "--report", str(path)])
    page = report(result, told, source.name, settings, command, None if saved is None else str(saved), __version__)
    write_whole(path, page.encode())
