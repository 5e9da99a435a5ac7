"""`glassneuron compare`: a perceptron, a sigmoid neuron and networks on more and more rows."""

from __future__ import annotations

import json
from pathlib import Path

from glassneuron import checks
from glassneuron.cli.options import can_put
from glassneuron.cli.road import Road
from glassneuron.cli.screen import heading, interrupts
from glassneuron.cli.tables import MEMORY, table_of, task_of
from glassneuron.data.atomic import write_whole
from glassneuron.data.bundled import TABLES, bundled
from glassneuron.data.reading import Reading
from glassneuron.pipelines.compare import COMPETITORS, Score, compare
from glassneuron.pipelines.problems import Problem, TableProblem, TeacherNetwork
from glassneuron.progress import bar
from glassneuron.views.figures.canvas import ending_of, needed
from glassneuron.views.figures.comparison import figure
from glassneuron.views.text.comparison import table_text


def compare_and_report(
    path: Path | None, target: str | None, seeds: int, missing: str, figure_path: Path | None, as_json: bool,
    reading: Reading | None = None, road: Road = MEMORY,
) -> None:  # fmt: skip
    """Train all competitors, print the tables, and draw the figure if one was asked for."""
    checks.integer("seeds", seeds, "[1, inf)")
    ending = ""
    if figure_path is not None:
        needed()
        ending = ending_of(figure_path, "figure")
    can_put(figure_path, "figure", path)
    problems, notes = _problems(path, target, missing, reading, road)
    results: list[tuple[Problem, list[Score]]] = []
    whole = seeds * len(COMPETITORS) * sum(len(each.sizes) for each in problems)
    done = 0
    with interrupts() as interrupted, bar(whole, "training", "{task.completed} of {task.total}") as tell:
        for each in problems:
            scores: list[Score] = []
            for score in compare(each, range(seeds), interrupted):
                scores.append(score)
                done += 1
                tell(done, "")
            if scores:
                results.append((each, scores))
    if not results:
        raise KeyboardInterrupt
    if figure_path is not None:
        write_whole(figure_path, figure(results, ending))
    if as_json:
        told = [{"name": each.name, "best": each.best, "scores": list(map(_plain, of))} for each, of in results]
        print(json.dumps(told, indent=2))
        return
    if notes:
        print(f"{'; '.join(notes)}\n")
    for each, scores in results:
        heading(each.name)
        print(table_text(each, scores), end="\n\n")
    if done < whole:
        print(f"stopped after {done} of {whole} trainings; their results are above")
    if figure_path is not None:
        print(f"figure saved to {figure_path}")


def _problems(
    path: Path | None, target: str | None, missing: str, reading: Reading | None, road: Road
) -> tuple[list[Problem], tuple[str, ...]]:
    endless: list[Problem] = []
    if path is None:
        path, target, endless = bundled("digits"), target or TABLES["digits"], [TeacherNetwork()]
    _, table, _ = table_of(path, target, missing, reading, road)
    return [*endless, TableProblem(task_of(table, "perceptron"), path.name)], table.notes


def _plain(score: Score) -> dict[str, object]:
    return {"contender": score.competitor, "rows": score.rows, "seed": score.seed, "accuracy": score.accuracy}
