"""Probabilities against outcomes: whether 80 % of the rows to which a model gives 80 % come true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import as_rows
from glassneuron.errors import problem
from glassneuron.learning.measures.probabilities import Bin, reliability
from glassneuron.views.figures.canvas import Display, clean, legend, short, title
from glassneuron.views.figures.plane.answers import answerer, labels_of, places
from glassneuron.views.palette import COLOURS, PALE


class CalibrationDisplay(Display):
    """Probabilities against outcomes, drawn.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
    line_ : Line2D
        The share that came true of each bin, against its mean probability.
    bars_ : BarContainer
        How many rows are in each bin, as a share of the largest.
    bins : list of Bin
    """

    def __init__(self, bins: Sequence[Bin], of: str) -> None:
        self.bins, self.of = list(bins), of

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, bins: int = 10, of: Any = None, ax: Any = None
    ) -> CalibrationDisplay:
        """Compare what a model says with the labels of some rows, best with rows that it has not learned from.

        Parameters
        ----------
        estimator : whatever gives probabilities
        X : array_like of shape (rows, features)
        y : array_like of shape (rows,)
        bins : int, default 10
            Of equal width; what is empty is left out.
        of : label, optional
            The class whose probability is looked at: the second of two if left out. Of more than two classes it is that
            of the answer, whichever it is.
        ax : matplotlib Axes, optional

        Examples
        --------
        >>> import glassneuron as gn
        >>> X, y = [[1.0], [2.0], [3.0], [4.0]], ["no", "yes", "no", "yes"]
        >>> drawn = gn.CalibrationDisplay.from_estimator(gn.SigmoidNeuron().fit(X, y), X, y)
        >>> sum(each.rows for each in drawn.bins)
        4
        """
        asked = answerer(estimator, X, y)
        if asked.probabilities is None:
            raise problem("parameter", name="estimator", rule="one that gives probabilities", value=estimator)
        checks.integer("bins", bins, "[1, 1000]")
        rows, labels = as_rows(X, "X").astype(np.float64, copy=False), labels_of(y)
        if len(labels) != len(rows):
            raise problem("lengths", rows=len(rows), targets=len(labels))
        if of is not None and of not in asked.classes:
            known = ", ".join(repr(label) for label in asked.classes)
            raise problem("parameter", name="of", rule=f"one of the classes: {known}", value=of)
        codes, given = places(labels, asked.classes)[0], asked.probabilities(rows)
        if of is None and len(asked.classes) > 2:
            place = given.argmax(axis=1)
            said, name = given[np.arange(len(rows)), place], "the class that is answered"
        else:
            k = 1 if of is None else asked.classes.index(of)
            place, said, name = k, given[:, k], str(asked.classes[k])
        return cls(reliability(said, codes == place, bins), name).plot(ax=ax)

    def plot(self, ax: Any = None) -> CalibrationDisplay:
        """Draw it, on axes of yours or on new ones."""
        ax = self._on(ax)
        most = max(each.rows for each in self.bins)
        self.bars_ = ax.bar(
            [each.low for each in self.bins], [0.18 * each.rows / most for each in self.bins], align="edge",
            width=[each.high - each.low for each in self.bins], color="0.85", edgecolor="white", zorder=0,
        )  # fmt: skip
        (best,) = ax.plot([0, 1], [0, 1], color=PALE, linestyle=(0, (4, 3)), linewidth=1.2)
        means, shares = [each.mean for each in self.bins], [each.share for each in self.bins]
        low = [max(0.0, each.share - each.least) for each in self.bins]
        high = [max(0.0, each.most - each.share) for each in self.bins]
        ax.errorbar(means, shares, yerr=[low, high], fmt="none", ecolor=COLOURS[0], elinewidth=1.0, capsize=3)
        (self.line_,) = ax.plot(means, shares, color=COLOURS[0], marker="s", markersize=6, linewidth=1.6, clip_on=False)
        ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability that the model gives", ylabel="share that came true")
        ax.set_aspect("equal", adjustable="box")
        clean(ax)
        rows = sum(each.rows for each in self.bins)
        title(ax, f"probability of {short(self.of)}; {rows:,} rows, at most {most:,} in a bin; bars: 95 % confidence")
        legend(ax, [self.line_, best, self.bars_], ["this model", "as it should be", "how many rows"])
        return self


def plot_calibration(estimator: Any, X: Any, y: Any, *, ax: Any = None, **options: Any) -> CalibrationDisplay:
    """Draw probabilities against outcomes: the same as `CalibrationDisplay.from_estimator`, which tells the options.

    Examples
    --------
    >>> from glassneuron.neurons.neuron import Neuron
    >>> plot_calibration(Neuron([0.0]), [[1.0], [2.0]], [0, 1]).line_.get_xydata().tolist()
    [[0.5, 0.5]]
    """
    return CalibrationDisplay.from_estimator(estimator, X, y, ax=ax, **options)
