"""A comparison as a person sees it: accuracy against the number of rows, as a table and as a figure."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, groupby
from statistics import median
from typing import Any

from glassneuron.errors import problem
from glassneuron.pipelines.compare import Score
from glassneuron.pipelines.problems import Problem
from glassneuron.views.text.tables import columns, counted, percent

COLOURS = ("#D55E00", "#E69F00", "#009E73", "#0072B2")  # colour-blind readers can tell them apart (Okabe & Ito 2008)
MARKERS = ("v", "s", "o", "D")


def table_text(problem: Problem, scores: Sequence[Score]) -> str:
    """Write the scores on one problem as a table; what an interrupt left out stays empty."""
    names = list(dict.fromkeys(score.competitor for score in scores))
    sizes = sorted({score.rows for score in scores})
    rows = [["rows", *names]]
    rows += [[f"{size:,}", *(_cell(of(scores, name, size)) for name in names)] for size in sizes]
    lines = [columns(rows)] if problem.best is None else [columns(rows), f"best possible: {_percent(problem.best)}"]
    lines.append("accuracy on rows not learned from, in %:")
    lines.append(f"the median of {_seeds([scores])}, with the lowest and the highest in brackets")
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


def _seeds(problems: Sequence[Sequence[Score]]) -> str:
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


def formats() -> tuple[str, ...]:
    """Return the endings that the file of a figure can have; raise a `MissingExtraError` without matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
    except ImportError as error:
        raise problem("extra", purpose="a figure", library="matplotlib", extra="plot") from error
    return tuple(sorted(FigureCanvasAgg.get_supported_filetypes()))


def figure(results: Sequence[tuple[Problem, Sequence[Score]]], ending: str) -> bytes:
    """Return a file, with an ending out of `formats`, that shows problems side by side."""
    formats()
    from matplotlib.figure import Figure

    page = Figure(figsize=(6.4 * len(results), 5.2), layout="constrained")
    panels = page.subplots(1, len(results), squeeze=False)[0]
    for panel, result in zip(panels, results, strict=True):
        draw(panel, *result)
    panels[0].set_ylabel("accuracy on rows not learned from")
    named = {label: line for panel in panels for line, label in zip(*panel.get_legend_handles_labels(), strict=True)}
    seeds = _seeds([scores for _, scores in results])
    page.legend(
        named.values(), named.keys(), loc="outside lower center", ncols=len(named) if len(results) > 1 else 2,
        frameon=False, title=f"line: median of {seeds}; band: from the lowest to the highest",
    )  # fmt: skip
    file = io.BytesIO()
    page.savefig(file, format=ending, dpi=160)
    return file.getvalue()


def draw(panel: Any, problem: Problem, scores: Sequence[Score]) -> None:
    """Draw medians against the number of rows, with bands from the lowest to the highest, on the axes of a figure."""
    from matplotlib.ticker import FixedLocator, NullLocator

    for colour, marker, name in zip(
        cycle(COLOURS), cycle(MARKERS), dict.fromkeys(score.competitor for score in scores), strict=False
    ):
        points = [(n, values) for n in problem.sizes if (values := of(scores, name, n))]
        sizes = [n for n, _ in points]
        middle, low, high = ([of_all(values) for _, values in points] for of_all in (median, min, max))
        panel.fill_between(sizes, low, high, color=colour, alpha=0.15, linewidth=0)
        panel.plot(sizes, middle, marker=marker, markersize=5, linewidth=1.8, color=colour, label=name)
    if problem.best is not None:
        panel.axhline(problem.best, color="black", linestyle="--", linewidth=1)
        panel.annotate(
            f"best possible: {percent(problem.best)}", (0.01, problem.best), xycoords=("axes fraction", "data"),
            xytext=(0, -4), textcoords="offset points", va="top",
        )  # fmt: skip
    panel.set_xscale("log")
    panel.set_xlabel("rows learned from")
    panel.set_title(problem.name, loc="left")
    panel.xaxis.set_major_locator(FixedLocator(problem.sizes))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
    panel.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
    panel.grid(axis="y", color="0.9")
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
