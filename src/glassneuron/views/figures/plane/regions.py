"""Decision regions: which class a model answers with at each point of a plane, and the rows on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from glassneuron import checks
from glassneuron.engine.arrays import Array, as_rows
from glassneuron.errors import problem
from glassneuron.views.figures.canvas import Display, class_handle, dot_size, dots, label_axes, legend, plain, title
from glassneuron.views.figures.plane.answers import Answerer, answerer, decided, labels_of, names_of, places
from glassneuron.views.figures.plane.section import Section, limits, row_asked, section_of, thinned
from glassneuron.views.palette import COLOURS, INK, PALE, colour

GRID, FEWEST, MOST_NUMBERS = 240, 40, 20_000_000
"""Points along a side, at most and at least, and numbers of all points together."""
MOST_ROWS = 2000
"""Rows that are drawn."""
MOST_RINGS = 60
"""Rows answered wrong that have a ring; more would hide the others."""
MANY = 4
"""Classes from which on each region has its name written in it."""
FAINT, STRONG = 0.10, 0.55
"""How much of its colour a region has where an answer is a guess, and where it is certain."""


@dataclass(frozen=True)
class Rows:
    """The rows that are drawn: where they are seen, their classes, which of them were answered wrong.

    `rows` and `mistakes` count all rows, also those that are left out.
    """

    u: Array
    v: Array
    codes: Array
    wrong: Array
    rows: int
    mistakes: int


class DecisionRegionsDisplay(Display):
    """Decision regions, drawn.

    Make it with `from_estimator`; `plot` draws it once more.

    Parameters
    ----------
    section : Section
        The plane that is looked at.
    u, v : ndarray of shape (points,)
        Coordinates of the grid in this plane.
    codes : ndarray of shape (points of v, points of u)
        The class at each point, as a place in `classes`.
    classes : tuple
        Those of the model, then those that only rows have.
    confidence : ndarray of the same shape, or None
        The probability of the answer.
    lead : ndarray of shape (classes, points of v, points of u), or None
        How far the score of each class is ahead of the best other one; of two classes, only that of the second, whose
        sign decides.
    points : Rows, optional
    asked : tuple of two floats, optional
        Where the row asked about is.
    model_classes : int, optional
        How many of the classes the model knows.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
    surface_ : AxesImage
        The regions.
    boundary_ : list of ContourSet
        Where the answer changes: one around each region, and one alone between two.
    points_ : list of PathCollection
        The rows, one collection a class, in the order of `classes`.
    wrong_ : PathCollection or None
        Rings around the rows that are answered wrong.
    legend_ : Legend
    """

    def __init__(
        self,
        section: Section,
        u: Array,
        v: Array,
        codes: Array,
        classes: Sequence[Any],
        *,
        confidence: Array | None = None,
        lead: Array | None = None,
        points: Rows | None = None,
        asked: tuple[float, float] | None = None,
        model_classes: int | None = None,
    ) -> None:
        self.section, self.u, self.v, self.codes, self.classes = section, u, v, codes, tuple(classes)
        self.confidence, self.lead, self.points, self.asked = confidence, lead, points, asked
        self.model_classes = len(self.classes) if model_classes is None else model_classes

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        features: Sequence[int | str] | None = None,
        row: Any = None,
        project: bool = False,
        names: Sequence[str] | None = None,
        grid: int | None = None,
        ax: Any = None,
    ) -> Self:
        """Ask a model about a grid of points, and draw what it answers.

        Parameters
        ----------
        estimator : fitted classifier of this package or of scikit-learn, Neuron, Layer, Network or Model
        X : array_like of shape (rows, features)
            The rows that say which part of the plane to show; and that are drawn, if their labels are given.
        y : array_like of shape (rows,), optional
            Labels of any kind.
        features : two numbers or names, optional
            Which features to show; the first two if left out.
        row : int or array_like of shape (features,), optional
            Hold the other features as they are in this row of `X`, or in these values; at their medians if left out.
        project : bool, default False
            Show the weighted sum of a single neuron, in which nothing is hidden, against the direction in which the
            rows differ most otherwise.
        names : sequence of str, optional
            What the features are called; a frame or the model may know.
        grid : int, optional
            Points along a side.
        ax : matplotlib Axes, optional

        Returns
        -------
        DecisionRegionsDisplay

        Raises
        ------
        ParameterError, DataError, MissingExtraError

        Examples
        --------
        >>> import glassneuron as gn
        >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]
        >>> drawn = gn.DecisionRegionsDisplay.from_estimator(gn.Perceptron().fit(X, y), X, y)
        >>> drawn.ax_.get_xlabel(), [len(points.get_offsets()) for points in drawn.points_]
        ('x1', [1, 3])
        """
        asked = answerer(estimator, X, y)
        return cls.of(asked, X, y, features=features, row=row, project=project, names=names, grid=grid, ax=ax)

    @classmethod
    def of(
        cls,
        asked: Answerer,
        X: Any,
        y: Any = None,
        *,
        features: Sequence[int | str] | None = None,
        row: Any = None,
        project: bool = False,
        names: Sequence[str] | None = None,
        grid: int | None = None,
        what: str = "features",
        ax: Any = None,
    ) -> Self:
        """Ask whatever can be asked, and draw it, as `from_estimator` does."""
        return cls.computed(
            asked, X, y, features=features, row=row, project=project, names=names, grid=grid, what=what
        ).plot(ax=ax)

    @classmethod
    def computed(
        cls,
        asked: Answerer,
        X: Any,
        y: Any = None,
        *,
        features: Sequence[int | str] | None = None,
        row: Any = None,
        project: bool = False,
        names: Sequence[str] | None = None,
        grid: int | None = None,
        what: str = "features",
    ) -> Self:
        """Ask whatever can be asked, and draw nothing yet; `what` is what its inputs are."""
        given, X = X, as_rows(X.toarray() if hasattr(X, "toarray") else X, "X").astype(np.float64, copy=False)
        called = names_of(given, asked, X.shape[1]) if names is None else tuple(map(str, names))
        if len(called) != X.shape[1]:
            raise problem("names", names=len(called), features=X.shape[1])
        if checks.boolean("project", project) and asked.neuron is None:
            rule = "False, for only one neuron alone has a direction in which nothing is hidden"
            raise problem("parameter", name="project", rule=rule, value=project)
        held = row_asked(row, X)
        section = section_of(X, called, features, held, asked.neuron if project else None, what)
        points, classes = _rows(asked, section, X, y)
        at = None if held is None else tuple(float(c[0]) for c in section.place(held[np.newaxis]))
        u, v = _grid(section, X, project, X.shape[1], grid)
        spots = section.rows(*(part.ravel() for part in np.meshgrid(u, v)))
        shape = (len(v), len(u))
        codes = asked.positions(spots)
        confidence = None if asked.probabilities is None else asked.probabilities(spots)
        lead = _lead(asked, spots, codes)
        return cls(
            section, u, v, codes.reshape(shape), classes,
            confidence=None if confidence is None else confidence[np.arange(len(codes)), codes].reshape(shape),
            lead=None if lead is None else lead.reshape(-1, *shape), points=points, model_classes=len(asked.classes),
            asked=at,  # type: ignore[arg-type]
        )  # fmt: skip

    def plot(self, ax: Any = None) -> Self:
        """Draw it, on axes of yours or on new ones."""
        ax = self._on(ax)
        self._draw_regions(ax)
        self._draw_rows(ax)
        ax.set(xlim=(self.u[0], self.u[-1]), ylim=(self.v[0], self.v[-1]))
        label_axes(ax, *self.section.labels)
        if self.section.flat:
            ax.set_yticks([])
        sentences = [self.section.told]
        if self.points is not None:
            p = self.points
            if len(p.u) < p.rows:
                sentences.append(f"{len(p.u):,} of {p.rows:,} rows drawn")
            if p.mistakes:
                sentences.append(f"{p.mistakes:,} of {p.rows:,} rows answered wrong")
        title(ax, "; ".join(s for s in sentences if s))
        self._draw_legend(ax)
        return self

    def painted(self) -> Array:
        """Return each point in the colour of its class, as strong as the answer is probable: red, green, blue, to 1."""
        number = max(2, self.model_classes)
        share = np.full(self.codes.shape, 0.5)
        if self.confidence is not None:
            share = np.clip((self.confidence - 1.0 / number) / (1.0 - 1.0 / number), 0.0, 1.0)
        strength = (FAINT + (STRONG - FAINT) * share)[..., np.newaxis]
        full = np.array([red_green_blue(colour(k)) for k in range(len(self.classes))])
        return np.asarray(1.0 - strength * (1.0 - full[self.codes]))

    def _draw_regions(self, ax: Any) -> None:
        du, dv = (self.u[1] - self.u[0]) / 2, (self.v[1] - self.v[0]) / 2
        self.surface_ = ax.imshow(
            self.painted(), origin="lower", aspect="auto", interpolation="nearest", zorder=0,
            extent=(self.u[0] - du, self.u[-1] + du, self.v[0] - dv, self.v[-1] + dv),
        )  # fmt: skip
        present = np.unique(self.codes).tolist()
        self.boundary_ = []
        width = 1.6 if len(present) == 2 else 1.0
        for k in present[len(present) == 2 :] if len(present) > 1 else ():
            ahead = (self.codes == k) - 0.5 if self.lead is None else self.lead[k if len(self.lead) > 1 else 0]
            self.boundary_.append(ax.contour(self.u, self.v, ahead, levels=[0.0], colors=[INK], linewidths=width))
        for k in present:
            if k >= len(COLOURS):  # colours begin again: hatched
                inside = (self.codes == k).astype(float)
                hatched = ax.contourf(self.u, self.v, inside, levels=[0.5, 1.5], colors="none", hatches=["//"])
                hatched.set_edgecolor(PALE)
                hatched.set_linewidth(0.0)
        if len(present) >= MANY:
            for k in present:
                self._name_region(ax, k)

    def _name_region(self, ax: Any, k: int) -> None:
        """Write the name of a class where its region is widest."""
        from matplotlib.patheffects import withStroke
        from scipy.ndimage import distance_transform_edt

        depth = distance_transform_edt(np.pad(self.codes == k, 1))[1:-1, 1:-1]
        j, i = np.unravel_index(int(depth.argmax()), depth.shape)
        name = plain(self.classes[k], 14)
        letters = 72.0 * ax.get_position().width * ax.figure.get_size_inches()[0] / 6.0  # that fit side by side
        if 2.0 * depth[j, i] / len(self.u) < max(0.07, len(name) / letters):
            return  # too narrow for it
        ax.text(
            self.u[i], self.v[j], name, ha="center", va="center", fontsize="small",
            fontweight="bold", color=INK, path_effects=[withStroke(linewidth=2.5, foreground="white")], zorder=4,
        )  # fmt: skip

    def _draw_rows(self, ax: Any) -> None:
        self.points_, self.wrong_ = [], None
        if self.points is not None:
            p = self.points
            size = dot_size(ax, len(p.u))
            for k in range(len(self.classes)):
                self.points_.append(dots(ax, p.u[p.codes == k], p.v[p.codes == k], k, size))
            if 0 < p.wrong.sum() <= MOST_RINGS:
                self.wrong_ = ax.scatter(
                    p.u[p.wrong], p.v[p.wrong], s=3.2 * size, facecolors="none", edgecolors=INK, linewidths=1.0,
                    zorder=3,
                )  # fmt: skip
        if self.asked is not None:
            ax.plot(*self.asked, marker="o", markersize=14, fillstyle="none", color=INK, markeredgewidth=2.0, zorder=5)

    def _draw_legend(self, ax: Any) -> None:
        from matplotlib.lines import Line2D

        shown = set(np.unique(self.codes).tolist())
        handles, labels = [], []
        for k, name in enumerate(self.classes):
            handles.append(class_handle(k))
            note = "" if k in shown else " (no region here)" if k < self.model_classes else " (unknown to the model)"
            labels.append(plain(name, 20) + note)
        if self.wrong_ is not None:
            ring = {"marker": "o", "markersize": 9, "markerfacecolor": "none", "markeredgecolor": INK}
            handles.append(Line2D([], [], linestyle="none", **ring))  # type: ignore[arg-type]
            labels.append("answered wrong")
        if self.asked is not None:
            ring = {"marker": "o", "markersize": 11, "markerfacecolor": "none", "markeredgecolor": INK}
            handles.append(Line2D([], [], linestyle="none", markeredgewidth=2.0, **ring))  # type: ignore[arg-type]
            labels.append("row asked about")
        self.legend_ = legend(ax, handles, labels)


def red_green_blue(colour: str) -> tuple[float, ...]:
    """Return a colour such as "#0072B2" as numbers from 0 to 1."""
    return tuple(int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))


def _rows(asked: Answerer, section: Section, X: Array, y: Any) -> tuple[Rows | None, tuple[Any, ...]]:
    """Return the rows to draw, and the classes of the model and of the rows together."""
    if y is None:
        return None, asked.classes
    labels = labels_of(y)
    if len(labels) != len(X):
        raise problem("lengths", rows=len(X), targets=len(labels))
    codes, classes = places(labels, asked.classes)
    u, v = section.place(X)
    some, wrong = thinned(codes, MOST_ROWS), asked.positions(X) != codes
    return Rows(u[some], v[some], codes[some], wrong[some], len(X), int(wrong.sum())), classes


def _lead(asked: Answerer, spots: Array, codes: Array) -> Array | None:
    """Return how far each class is ahead at each point, if that is what decides."""
    scores = None if asked.scores is None else asked.scores(spots)
    if scores is None or not np.array_equal(decided(scores), codes):
        return None
    if scores.ndim == 1:
        return scores[np.newaxis]
    first, second = np.sort(scores, axis=1)[:, [-1, -2]].T
    return np.array([np.where(codes == k, scores[:, k] - second, scores[:, k] - first) for k in range(scores.shape[1])])


def _grid(section: Section, X: Array, project: bool, features: int, grid: int | None) -> tuple[Array, Array]:
    """Return the coordinates of the grid: around all rows, and, where sums are shown, around 0."""
    side = max(FEWEST, min(GRID, math.isqrt(MOST_NUMBERS // features)))
    if grid is not None:
        side = checks.integer("grid", grid, "[2, 2000]")
    u, v = section.place(X)
    across = limits([u], 0.0) if project else limits([u])
    up = (-0.1, 1.1) if section.flat else limits([v])
    return np.linspace(*across, side), np.linspace(*up, side)


def plot_regions(estimator: Any, X: Any, y: Any = None, *, ax: Any = None, **options: Any) -> DecisionRegionsDisplay:
    """Draw decision regions: the same as `DecisionRegionsDisplay.from_estimator`, which tells the options.

    Examples
    --------
    >>> import glassneuron as gn
    >>> table = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> gn.plot_regions(gn.McCullochPitts([1, 1], 2), table, [0, 0, 0, 1]).classes
    (0, 1)
    """
    return DecisionRegionsDisplay.from_estimator(estimator, X, y, ax=ax, **options)
