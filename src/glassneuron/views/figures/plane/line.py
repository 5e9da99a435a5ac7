"""The line of a neuron with two inputs, the side on which it fires, and the street between two classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array, as_rows
from glassneuron.errors import problem
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.neuron import Neuron
from glassneuron.views.figures.canvas import (
    Display,
    class_handle,
    clean,
    dot_size,
    dots,
    label_axes,
    legend,
    plain,
    short,
    title,
)
from glassneuron.views.figures.plane.answers import answerer, labels_of, names_of, places
from glassneuron.views.figures.plane.section import limits, thinned
from glassneuron.views.palette import INK, colour

MOST_ROWS = 2000
ALIKE = 2.0
"""How many times longer one axis may be than the other for both to have one scale, so that right angles are right."""


def ends(
    w: Array, b: float, across: tuple[float, float], up: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return where the line w1·u + w2·v + b = 0 enters and leaves a rectangle; None where it does not meet it.

    Examples
    --------
    >>> ends(np.array([1.0, 1.0]), -1.0, (0.0, 1.0), (0.0, 1.0))
    ((0.0, 1.0), (1.0, 0.0))
    """
    w1, w2 = float(w[0]), float(w[1])
    found = []
    if w2:
        found += [(u, -(w1 * u + b) / w2) for u in across]
    if w1:
        found += [(-(w2 * v + b) / w1, v) for v in up]
    room = 1e-9 * max(across[1] - across[0], up[1] - up[0])
    inside = sorted(
        (u + 0.0, v + 0.0)
        for u, v in found
        if across[0] - room <= u <= across[1] + room and up[0] - room <= v <= up[1] + room
    )
    return (inside[0], inside[-1]) if inside and inside[0] != inside[-1] else None


def one_scale(ax: Any) -> None:
    """Give both axes one scale, unless one of them would be too small."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    if 1.0 / ALIKE <= (right - left) / (high - low) <= ALIKE:
        ax.set_aspect("equal", adjustable="box")


def draw_line(ax: Any, w: Array, b: float, **style: Any) -> Any:
    """Draw w1·u + w2·v + b = 0 from side to side; None where it does not cross the axes."""
    found = ends(w, b, ax.get_xlim(), ax.get_ylim())
    if found is None:
        return None
    (line,) = ax.plot(*zip(*found, strict=True), **{"color": INK, "linewidth": 1.8, "zorder": 2} | style)
    return line


def shade_side(ax: Any, w: Array, b: float, of: str, *, above: bool) -> Any:
    """Shade the side on which the sum is above 0, or that on which it is not."""
    u, v = np.array(ax.get_xlim()), np.array(ax.get_ylim())
    sums = w[0] * u[np.newaxis] + w[1] * v[:, np.newaxis] + b
    far = float(np.abs(sums).max()) + 1.0
    return ax.contourf(u, v, sums, levels=[0.0, far] if above else [-far, 0.0], colors=[of], alpha=0.16, zorder=0)


class LineDisplay(Display):
    """The line on which a neuron's weighted sum is 0, drawn.

    Where it has all rows on their right sides, the street is drawn too: it reaches to the nearest row of either class.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
    line_ : Line2D or None
        None where all weights are 0, or the line is outside.
    edges_ : list of two Line2D
        The street's edges, that of the first class first; empty where there is no street.
    nearest_ : list of int
        The rows that hold the street.
    points_ : list of PathCollection
        The rows, one collection a class.
    """

    def __init__(self, neuron: Neuron, X: Array | None = None, codes: Array | None = None,
                 classes: tuple[Any, ...] = (0, 1), names: tuple[str, ...] = ("x1", "x2")) -> None:  # fmt: skip
        self.neuron, self.X, self.codes, self.classes, self.names = neuron, X, codes, classes, names

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any = None, y: Any = None, *, ax: Any = None) -> LineDisplay:
        """Draw the line of a neuron with two inputs, and rows beside it.

        Parameters
        ----------
        estimator : Neuron, McCullochPitts, or whatever is one neuron, such as a fitted Perceptron for two classes
        X : array_like of shape (rows, 2), optional
        y : array_like of shape (rows,), optional
            Labels of any kind.
        ax : matplotlib Axes, optional

        Examples
        --------
        >>> import glassneuron as gn
        >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]
        >>> drawn = gn.LineDisplay.from_estimator(gn.Neuron([1, 1], -0.5, "step"), X, y)
        >>> drawn.nearest_
        [0, 1, 2]
        """
        asked = answerer(estimator, X, y)
        neuron = asked.neuron
        if neuron is None or len(neuron.weights) != 2:
            raise problem("parameter", name="estimator", rule="one neuron with two inputs", value=estimator)
        names = names_of(X, asked, 2)
        if X is None:
            return cls(neuron, None, None, asked.classes, names).plot(ax=ax)
        rows = as_rows(X, "X").astype(np.float64, copy=False)
        if rows.shape[1] != 2:
            raise problem("features", expected=2, got=rows.shape[1])
        if y is None:
            return cls(neuron, rows, asked.positions(rows), asked.classes, names).plot(ax=ax)
        labels = labels_of(y)
        if len(labels) != len(rows):
            raise problem("lengths", rows=len(rows), targets=len(labels))
        codes, classes = places(labels, asked.classes)
        return cls(neuron, rows, codes, classes, names).plot(ax=ax)

    def plot(self, ax: Any = None) -> LineDisplay:
        """Draw it, on axes of yours or on new ones."""
        ax = self._on(ax)
        n, w = self.neuron, self.neuron.weights.astype(np.float64)
        ax.set(**self._view(w))
        one_scale(ax)
        self.points_: list[Any] = []
        self.edges_: list[Any] = []
        self.nearest_: list[int] = []
        self.line_ = None
        if w.any():
            for k, above in ((0, False), (1, True)):
                shade_side(ax, w, n.bias, colour(k), above=above)
            self.line_ = draw_line(ax, w, n.bias)
            self._arrow(ax, w)
        said = [str(Neuron(w, n.bias, n.activation, names=[short(name, 16) for name in self.names]).boundary())]
        if self.X is not None and self.codes is not None:
            said.append(self._rows(ax, w))
        label_axes(ax, *self.names)
        clean(ax)
        title(ax, *said)
        legend(ax, [class_handle(k) for k in range(len(self.classes))], [plain(c, 20) for c in self.classes])
        return self

    def _view(self, w: Array) -> dict[str, tuple[float, float]]:
        if self.X is not None:
            return {"xlim": limits([self.X[:, 0]], margin=0.12), "ylim": limits([self.X[:, 1]], margin=0.12)}
        length = float(np.linalg.norm(w))
        middle = -self.neuron.bias * w / length**2 if length else np.zeros(2)
        reach = max(1.5, 1.5 * float(np.linalg.norm(middle)))  # the origin is in view
        return {"xlim": (middle[0] - reach, middle[0] + reach), "ylim": (middle[1] - reach, middle[1] + reach)}

    def _arrow(self, ax: Any, w: Array) -> None:
        """Point from the middle of the line to the side on which the neuron fires."""
        from matplotlib.patheffects import withStroke

        found = ends(w, self.neuron.bias, ax.get_xlim(), ax.get_ylim())
        if found is None:
            return
        middle, reach = np.mean(found, axis=0), 0.1 * np.ptp(ax.get_xlim())
        scale = np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())])
        along = w if ax.get_aspect() == 1.0 else w * scale**2  # across the line as it is seen
        tip = middle + reach * along / np.linalg.norm(along / scale) / scale[0]
        arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.4, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", tip, middle, arrowprops=arrow, zorder=6)
        ax.annotate(
            "fires", tip, xytext=(5, 0) if along[0] >= 0 else (-5, 0), textcoords="offset points", va="center",
            ha="left" if along[0] >= 0 else "right", fontsize="small", color=INK, zorder=6,
            path_effects=[withStroke(linewidth=3, foreground="white")],
        )  # fmt: skip

    def _rows(self, ax: Any, w: Array) -> str:
        """Draw the rows, and the street where there is one; say how many are on the wrong side."""
        X, codes = self.X, self.codes
        assert X is not None
        assert codes is not None
        some = thinned(codes, MOST_ROWS)
        size = dot_size(ax, len(some))
        for k in range(len(self.classes)):
            of = some[codes[some] == k]
            self.points_.append(dots(ax, X[of, 0], X[of, 1], k, size))
        sums = np.atleast_1d(self.neuron.weighted_sum(X))
        length = float(np.linalg.norm(w))
        wrong = int(((sums >= 0.0) != (codes == 1)).sum())
        told = f"{wrong:,} of {len(X):,} rows on the wrong side" if wrong else ""
        if wrong or length == 0.0 or not 0 < (codes == 1).sum() < len(X):
            return told
        low, high = float(sums[codes != 1].max()), float(sums[codes == 1].min())
        near = 1e-9 * float(np.abs(sums).max())
        self.nearest_ = np.flatnonzero(
            np.where(codes == 1, np.abs(sums - high) <= near, np.abs(sums - low) <= near)
        ).tolist()
        for k, edge in ((0, low), (1, high)):
            line = draw_line(ax, w, self.neuron.bias - edge, linestyle=(0, (5, 3)), linewidth=1.2, color=colour(k))
            self.edges_ += [] if line is None else [line]
        ring(ax, X[self.nearest_], size)
        first, second = format_short(-low / length), format_short(high / length)
        return f"the street: nearest rows {first} and {second} from the line"


def ring(ax: Any, rows: Array, size: float, **more: Any) -> Any:
    """Draw rings around rows of shape (rows, 2)."""
    style = {"facecolors": "none", "edgecolors": INK, "linewidths": 1.2, "zorder": 4} | more
    return ax.scatter(rows[:, 0], rows[:, 1], s=4.0 * size, **style)


def plot_line(neuron: Any, X: Any = None, y: Any = None, *, ax: Any = None) -> LineDisplay:
    """Draw the line of a neuron with two inputs: the same as `LineDisplay.from_estimator`.

    Examples
    --------
    >>> from glassneuron.neurons.neuron import Neuron
    >>> plot_line(Neuron([1, 2], -4, "step")).ax_.get_title(loc="left")
    'x1 + 2·x2 - 4 = 0'
    """
    return LineDisplay.from_estimator(neuron, X, y, ax=ax)
