"""A comparison as a person reads it: accuracy against the number of rows, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from glassneuron.pipelines.compare import Score
from glassneuron.pipelines.problems import Problem
from glassneuron.views.text.tables import columns, counted, percent


def table_text(problem: Problem, scores: Sequence[Score]) -> str:
    """Write the scores on one problem as a table; what an interrupt left out stays empty."""
    names = list(dict.fromkeys(score.competitor for score in scores))
    sizes = sorted({score.rows for score in scores})
    rows = [["rows", *names]]
    rows += [[f"{size:,}", *(_cell(of(scores, name, size)) for name in names)] for size in sizes]
    lines = [columns(rows)] if problem.best is None else [columns(rows), f"best possible: {_percent(problem.best)}"]
    lines.append("accuracy on rows not learned from, in %:")
    lines.append(f"the median of {seeds_of([scores])}, with the lowest and the highest in brackets")
    leaders = list(_leaders(scores, names, sizes))
    return "\n".join([*lines, *(["ahead:", *leaders] if leaders else [])])


def of(scores: Sequence[Score], competitor: str, rows: int) -> list[float]:
    """Return the accuracies of one competitor with so many rows."""
    return [score.accuracy for score in scores if (score.competitor, score.rows) == (competitor, rows)]


def _cell(values: list[float]) -> str:
    if not values:
        return "-"
    return f"{_percent(median(values))} ({_percent(min(values))}-{_percent(max(values))})"


def _percent(share: float) -> str:
    return percent(share).removesuffix(" %")


def seeds_of(problems: Sequence[Sequence[Score]]) -> str:
    """Count the seeds of each median; an interrupt can leave some with fewer."""
    each = Counter((k, score.competitor, score.rows) for k, scores in enumerate(problems) for score in scores)
    fewest, most = min(each.values()), max(each.values())
    return (f"{fewest} to " if fewest < most else "") + counted(most, "seed")


def _leaders(scores: Sequence[Score], names: list[str], sizes: list[int]) -> Iterator[str]:
    def leader(size: int) -> str:
        medians = {name: median(of(scores, name, size)) for name in names}
        return " and ".join(name for name, value in medians.items() if value == max(medians.values()))

    whole = [size for size in sizes if all(of(scores, name, size) for name in names)]
    for name, run in groupby(whole, leader):
        some = list(run)
        yield f"  {name} with {some[0]:,}" + (f" to {some[-1]:,}" if len(some) > 1 else "") + " rows"
