"""`glassneuron compare`: a perceptron, a sigmoid neuron and networks on more and more rows."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from glassneuron import checks
from glassneuron.cli.outputs import can_put
from glassneuron.cli.screen import counted_progress, heading
from glassneuron.cli.train import read_task
from glassneuron.data.atomic import write_whole
from glassneuron.data.bundled import TABLES, bundled
from glassneuron.data.table import read_table
from glassneuron.errors import problem
from glassneuron.pipelines.compare import CONTENDERS, Score, compare
from glassneuron.pipelines.problems import Contest, Rows, Teacher
from glassneuron.views.comparison import figure, formats, table_text

FIGURES = ("png", "svg", "pdf")


def compare_and_report(
    path: Path | None, target: str | None, seeds: int, missing: str, figure_path: Path | None, as_json: bool
) -> None:
    """Train them all, print the tables, and draw the figure that was asked for."""
    checks.integer("seeds", seeds, "[1, inf)")
    ending = "" if figure_path is None else _ending(figure_path)
    can_put(figure_path, "figure", path)
    contests = _contests(path, target, missing)
    results: list[tuple[Contest, list[Score]]] = []
    whole = seeds * len(CONTENDERS) * sum(len(contest.amounts) for contest in contests)
    with counted_progress(whole, "training") as (advance, interrupted):
        for contest in contests:
            scores: list[Score] = []
            for score in compare(contest, range(seeds), interrupted):
                scores.append(score)
                advance()
            if scores:
                results.append((contest, scores))
        done = sum(len(scores) for _, scores in results)
    if not results:
        raise KeyboardInterrupt
    if figure_path is not None:
        write_whole(figure_path, figure(results, ending))
    if as_json:
        print(json.dumps([_plain(contest, scores) for contest, scores in results], indent=2))
        return
    for contest, scores in results:
        heading(contest.name)
        print(table_text(contest, scores), end="\n\n")
    if done < whole:
        print(f"stopped after {done} of {whole} trainings; what they gave is above")
    if figure_path is not None:
        print(f"figure saved to {figure_path}")


def _contests(path: Path | None, target: str | None, missing: str) -> list[Contest]:
    if path is not None:
        return [Rows(read_task(read_table(path, target, missing=missing), "perceptron"), path.name)]
    digits = bundled("digits")
    return [Teacher(), Rows(read_task(read_table(digits, target or TABLES["digits"]), "perceptron"), digits.name)]


def _ending(path: Path) -> str:
    formats()  # refuses where nothing can be drawn
    ending = path.suffix.removeprefix(".").lower()
    if ending not in FIGURES:
        raise problem("parameter", name="figure", rule="a file that ends in .png, .svg or .pdf", value=str(path))
    return ending


def _plain(contest: Contest, scores: list[Score]) -> dict[str, object]:
    return {"name": contest.name, "best": contest.best, "scores": [asdict(score) for score in scores]}
