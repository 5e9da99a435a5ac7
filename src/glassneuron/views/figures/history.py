"""How a training went: mistakes and loss of each epoch."""

from __future__ import annotations

import textwrap
from typing import Any

from glassneuron.errors import problem
from glassneuron.learning.history import History
from glassneuron.views.figures.canvas import Display, clean, legend, needed, new_figure, title, whole_ticks
from glassneuron.views.palette import COLOURS

KINDS = ("mistakes", "loss")
FEW = 40
"""Epochs up to which each is a point of its own."""


class HistoryDisplay(Display):
    """Mistakes and loss of each epoch, drawn.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
        Of the upper panel, where there are two.
    axes_ : list of Axes
    lines_ : dict of str to Line2D
        "mistakes", "loss", "validation_loss" and "validation_mistakes", as far as they were noted.
    """

    def __init__(self, history: History) -> None:
        self.history = history

    @classmethod
    def from_estimator(cls, estimator: Any, *, which: str | None = None, ax: Any = None) -> HistoryDisplay:
        """Draw the history of a fitted estimator, or a `History`.

        Parameters
        ----------
        estimator : fitted estimator of this package, or History
        which : {"mistakes", "loss"}, optional
            Both, one above the other, if left out; on axes of yours the mistakes, if there are any.
        ax : matplotlib Axes, optional

        Examples
        --------
        >>> import glassneuron as gn
        >>> p = gn.Perceptron(0.1, fixed_bias=-1.0, shuffle=False).fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
        >>> gn.HistoryDisplay.from_estimator(p).lines_["mistakes"].get_ydata().tolist()
        [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
        """
        history = getattr(estimator, "history_", estimator)
        if not isinstance(history, History):
            rule, kind = "a fitted estimator of this package, or its history", type(estimator).__name__
            raise problem("parameter-type", name="estimator", rule=rule, value=estimator, kind=kind)
        return cls(history).plot(which, ax=ax)

    def plot(self, which: str | None = None, ax: Any = None) -> HistoryDisplay:
        """Draw it, on axes of yours or on new ones."""
        needed()
        there = [
            kind for kind, values in zip(KINDS, (self.history.mistakes, self.history.losses), strict=True) if values
        ]
        if not there:
            raise problem("empty", name="history", what="epoch")
        if which is not None and which not in there:
            raise problem("parameter", name="which", rule=" or ".join(map(repr, there)), value=which)
        kinds = [which] if which is not None else there if ax is None else there[:1]
        self.axes_ = (
            [ax] if ax is not None else list(new_figure().subplots(len(kinds), sharex=True, squeeze=False)[:, 0])
        )
        self.ax_, self.figure_ = self.axes_[0], self.axes_[0].figure
        self.lines_: dict[str, Any] = {}
        for panel, kind in zip(self.axes_, kinds, strict=True):
            self._draw(panel, kind)
        self.axes_[-1].set_xlabel("epoch")
        why = self.history.why_stopped
        title(self.ax_, textwrap.shorten(f"stopped: {why}", 150, placeholder=" …"))
        return self

    def _draw(self, ax: Any, kind: str) -> None:
        history, mistakes = self.history, kind == "mistakes"
        values = history.mistakes if mistakes else history.losses
        self._line(ax, kind, values, "on rows learned from", COLOURS[1 if mistakes else 0], "o")
        held = history.validation_mistakes if mistakes else history.validation_losses
        if held and not mistakes:  # of mistakes it is a fraction, which is no number of rows
            self._line(ax, f"validation_{kind}", held, "on rows held out", COLOURS[2], "^", linestyle=(0, (5, 2)))
            legend(ax, *ax.get_legend_handles_labels(), loc="best", bbox_to_anchor=None)
        ax.set_ylabel("mistakes" if mistakes else "mean loss")
        whole_ticks(ax, ax.xaxis)
        if mistakes:
            whole_ticks(ax, ax.yaxis)
        ax.set_ylim(bottom=min(0.0, *values) if values else 0.0)
        ax.grid(axis="y", color="0.9")
        clean(ax)

    def _line(self, ax: Any, kind: str, values: Any, label: str, colour: str, marker: str, **style: Any) -> None:
        marks = marker if len(values) <= FEW else None
        (self.lines_[kind],) = ax.plot(
            range(1, len(values) + 1), values, color=colour, marker=marks, markersize=5, linewidth=1.6, label=label,
            clip_on=False, **style,
        )  # fmt: skip


def plot_history(estimator: Any, *, which: str | None = None, ax: Any = None) -> HistoryDisplay:
    """Draw mistakes and loss of each epoch: the same as `HistoryDisplay.from_estimator`.

    Examples
    --------
    >>> plot_history(History(losses=[0.5, 0.25])).lines_["loss"].get_xydata().tolist()
    [[1.0, 0.5], [2.0, 0.25]]
    """
    return HistoryDisplay.from_estimator(estimator, which=which, ax=ax)
