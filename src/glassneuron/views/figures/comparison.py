"""Accuracy against the amount of data: medians over seeds, with bands from the lowest to the highest."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import as_rows
from glassneuron.errors import problem
from glassneuron.pipelines.compare import Score, compare
from glassneuron.pipelines.problems import Problem, TableProblem
from glassneuron.pipelines.task import Task
from glassneuron.views.figures.canvas import MARKERS, Display, clean, file_of, legend, new_figure
from glassneuron.views.figures.plane.answers import known_classes, labels_of, names_of, places
from glassneuron.views.palette import COLOURS, INK, SHAPES
from glassneuron.views.text.comparison import of, seeds_of
from glassneuron.views.text.tables import percent


class ComparisonDisplay(Display):
    """Accuracy on rows not learned from against the number of rows learned from, drawn.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
    lines_ : dict of str to Line2D
        The medians of each competitor.
    """

    def __init__(self, problem: Problem, scores: Sequence[Score]) -> None:
        self.problem, self.scores = problem, list(scores)

    @classmethod
    def from_table(cls, X: Any, y: Any, *, seeds: int = 3, name: str = "table", ax: Any = None) -> ComparisonDisplay:
        """Train single neurons and networks on more and more of the rows, and draw how well they do on others.

        Parameters
        ----------
        X : array_like of shape (rows, features)
        y : array_like of shape (rows,)
            Labels of any kind.
        seeds : int, default 3
            How often each is trained, on other rows and from other weights.
        name : str
            What the table is called.
        ax : matplotlib Axes, optional
        """
        rows = as_rows(X, "X").astype(np.float64, copy=False)
        labels = labels_of(y)
        if len(labels) != len(rows):
            raise problem("lengths", rows=len(rows), targets=len(labels))
        codes, classes = places(labels, known_classes(y))
        if len(classes) == 1:
            raise problem("one-class", name="y", value=classes[0])
        names = names_of(X, None, rows.shape[1])
        task = TableProblem(Task(rows, codes, classes, names), name)
        return cls(task, list(compare(task, range(checks.integer("seeds", seeds, "[1, inf)"))))).plot(ax=ax)

    def plot(self, ax: Any = None) -> ComparisonDisplay:
        """Draw it, on axes of yours or on new ones."""
        own = ax is None
        ax = self._on(ax)
        self._draw(ax)
        ax.set_ylabel("accuracy on rows not learned from")
        if own:
            legend(ax, list(self.lines_.values()), list(self.lines_))
        return self

    def _draw(self, ax: Any) -> None:
        from matplotlib.ticker import FixedLocator, NullLocator

        self.lines_ = {}
        for k, name in enumerate(dict.fromkeys(score.competitor for score in self.scores)):
            points = [(n, values) for n in self.problem.sizes if (values := of(self.scores, name, n))]
            sizes = [n for n, _ in points]
            middle, low, high = ([of_all(values) for _, values in points] for of_all in (median, min, max))
            look = COLOURS[k % len(COLOURS)]
            ax.fill_between(sizes, low, high, color=look, alpha=0.15, linewidth=0)
            marks = {"marker": MARKERS[SHAPES[k % len(SHAPES)]], "markersize": 5, "linewidth": 1.8, "color": look}
            (self.lines_[name],) = ax.plot(sizes, middle, label=name, **marks)
        if self.problem.best is not None:
            ax.axhline(self.problem.best, color=INK, linestyle="--", linewidth=1)
            ax.annotate(
                f"best possible: {percent(self.problem.best)}", (0.01, self.problem.best), va="top",
                xycoords=("axes fraction", "data"), xytext=(0, -4), textcoords="offset points",
            )  # fmt: skip
        ax.set_xscale("log")
        ax.set_xlabel("rows learned from")
        ax.set_title(self.problem.name, loc="left")
        ax.xaxis.set_major_locator(FixedLocator(self.problem.sizes))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_formatter(lambda rows, _: f"{rows:,.0f}")
        ax.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
        ax.grid(axis="y", color="0.9")
        clean(ax)


def figure(results: Sequence[tuple[Problem, Sequence[Score]]], ending: str) -> bytes:
    """Return a file, png, svg or pdf, that shows problems side by side."""
    page = new_figure(6.4 * len(results), 5.2)
    panels = page.subplots(1, len(results), squeeze=False)[0]
    named: dict[str, Any] = {}
    for panel, result in zip(panels, results, strict=True):
        named |= ComparisonDisplay(*result).plot(ax=panel).lines_
    for panel in panels[1:]:
        panel.set_ylabel("")
    seeds = seeds_of([scores for _, scores in results])
    page.legend(
        named.values(), named.keys(), loc="outside lower center", ncols=len(named) if len(results) > 1 else 2,
        frameon=False, title=f"line: median of {seeds}; band: from the lowest to the highest",
    )  # fmt: skip
    return file_of(page, ending)


def plot_comparison(X: Any, y: Any, *, seeds: int = 3, ax: Any = None) -> ComparisonDisplay:
    """Draw accuracy against the amount of data: the same as `ComparisonDisplay.from_table`."""
    return ComparisonDisplay.from_table(X, y, seeds=seeds, ax=ax)
