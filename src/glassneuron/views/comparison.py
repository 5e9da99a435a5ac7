"""A comparison as a person sees it: accuracy against amount of data, as a table and as a figure."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle, groupby
from statistics import median
from typing import Any

from glassneuron.errors import problem
from glassneuron.pipelines.compare import Score
from glassneuron.pipelines.problems import Contest
from glassneuron.views.tables import columns, counted, percent

MISSING = "-"
COLOURS = ("#D55E00", "#E69F00", "#009E73", "#0072B2")
"""Told apart by colour-blind readers too (Okabe & Ito 2008, Color Universal Design)."""
MARKERS = ("v", "s", "o", "D")


def table_text(contest: Contest, scores: Sequence[Score]) -> str:
    """Write one contest out.

    Parameters
    ----------
    contest : Contest
    scores : sequence of Score
        In the order of `compare`; what an interrupt left out stays empty.

    Returns
    -------
    str

    Examples
    --------
    >>> from glassneuron.pipelines.problems import Teacher
    >>> print(table_text(Teacher(), [Score("perceptron", 100, 0, 0.6), Score("perceptron", 100, 1, 0.7)]))
    rows        perceptron
    100   65.0 (60.0-70.0)
    best there can be: 90.0
    share of right answers to rows that were not learned from, in %:
    the median of 2 seeds, and in brackets the least and the most
    ahead:
      perceptron with 100 rows
    """
    names = list(dict.fromkeys(score.contender for score in scores))
    amounts = sorted({score.rows for score in scores})
    rows = [["rows", *names]]
    rows += [[f"{amount:,}", *(_cell(of(scores, name, amount)) for name in names)] for amount in amounts]
    return "\n".join(
        [
            columns(rows),
            *([f"best there can be: {_percent(contest.best)}"] if contest.best is not None else []),
            "share of right answers to rows that were not learned from, in %:",
            f"the median of {_seeds([scores])}, and in brackets the least and the most",
            *(["ahead:", *leaders] if (leaders := list(_leaders(scores, names, amounts))) else []),
        ]
    )


def of(scores: Sequence[Score], contender: str, rows: int) -> list[float]:
    """Pick the accuracies of one contender with so many rows."""
    return [score.accuracy for score in scores if (score.contender, score.rows) == (contender, rows)]


def _cell(values: list[float]) -> str:
    if not values:
        return MISSING
    return f"{_percent(median(values))} ({_percent(min(values))}-{_percent(max(values))})"


def _percent(share: float) -> str:
    return percent(share).removesuffix(" %")


def _seeds(contests: Sequence[Sequence[Score]]) -> str:
    """Count the seeds of each median; an interrupt can leave some with fewer."""
    each = Counter((k, score.contender, score.rows) for k, scores in enumerate(contests) for score in scores)
    fewest, most = min(each.values()), max(each.values())
    return (f"{fewest} to " if fewest < most else "") + counted(most, "seed")


def _leaders(scores: Sequence[Score], names: list[str], amounts: list[int]) -> Iterator[str]:
    def leader(amount: int) -> str:
        there = [(median(of(scores, name, amount)), name) for name in names]
        best = max(value for value, _ in there)
        return " and ".join(name for value, name in there if value == best)

    whole = [amount for amount in amounts if all(of(scores, name, amount) for name in names)]  # all have run
    for name, run in groupby(whole, leader):
        some = list(run)
        yield f"  {name} with {some[0]:,}" + (f" to {some[-1]:,}" if len(some) > 1 else "") + " rows"


def formats() -> tuple[str, ...]:
    """Give the endings that a figure's file can have.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
    except ImportError as error:
        raise problem("extra", purpose="a figure", library="matplotlib", extra="plot") from error
    return tuple(sorted(FigureCanvasAgg.get_supported_filetypes()))


def figure(results: Sequence[tuple[Contest, Sequence[Score]]], ending: str) -> bytes:
    """Draw contests side by side: the median against the number of rows, and the least to the most as a band.

    Parameters
    ----------
    results : sequence of Contest and its scores
    ending : str
        One of `formats`.

    Returns
    -------
    bytes
        What the file has to hold.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    formats()
    from matplotlib.figure import Figure

    page = Figure(figsize=(6.4 * len(results), 5.2), layout="constrained")
    panels = page.subplots(1, len(results), squeeze=False)[0]
    for panel, (contest, scores) in zip(panels, results, strict=True):
        draw(panel, contest, scores)
    panels[0].set_ylabel("right answers to rows that were not learned from")
    named = {label: line for panel in panels for line, label in zip(*panel.get_legend_handles_labels(), strict=True)}
    seeds = _seeds([scores for _, scores in results])
    page.legend(
        named.values(), named.keys(), loc="outside lower center", ncols=len(named) if len(results) > 1 else 2,
        frameon=False, title=f"line: median of {seeds}; band: from the least to the most",
    )  # fmt: skip
    file = io.BytesIO()
    page.savefig(file, format=ending, dpi=160)
    return file.getvalue()


def draw(panel: Any, contest: Contest, scores: Sequence[Score]) -> None:
    """Draw one contest on the axes of a figure."""
    from matplotlib.ticker import FixedLocator, NullLocator

    for colour, marker, name in zip(
        cycle(COLOURS), cycle(MARKERS), dict.fromkeys(score.contender for score in scores), strict=False
    ):
        points = [(n, values) for n in contest.amounts if (values := of(scores, name, n))]
        amounts = [n for n, _ in points]
        middle, low, high = ([of_all(values) for _, values in points] for of_all in (median, min, max))
        panel.fill_between(amounts, low, high, color=colour, alpha=0.15, linewidth=0)
        panel.plot(amounts, middle, marker=marker, markersize=5, linewidth=1.8, color=colour, label=name)
    if contest.best is not None:
        panel.axhline(contest.best, color="black", linestyle="--", linewidth=1)
        panel.annotate(
            f"best there can be: {100 * contest.best:g} %", (0.01, contest.best), xycoords=("axes fraction", "data"),
            xytext=(0, -4), textcoords="offset points", va="top",
        )  # fmt: skip
    panel.set_xscale("log")
    panel.set_xlabel("rows learned from")
    panel.set_title(contest.name, loc="left")
    panel.xaxis.set_major_locator(FixedLocator(contest.amounts))
    panel.xaxis.set_minor_locator(NullLocator())
    panel.xaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
    panel.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
    panel.grid(axis="y", color="0.9")
    panel.set_axisbelow(True)
    panel.spines[["top", "right"]].set_visible(False)
