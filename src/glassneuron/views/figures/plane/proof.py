"""A proof as a picture: the hulls of two classes with the street between them, or the point where they cross."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.errors import problem
from glassneuron.neurons.explain.numbers import format_short
from glassneuron.neurons.neuron import Neuron
from glassneuron.proofs.certificates import NotSeparable, Separable, Undecided, number
from glassneuron.proofs.many_classes import ManyClasses
from glassneuron.proofs.separability import separability
from glassneuron.views.figures.canvas import (
    Display,
    class_handle,
    clean,
    dot_size,
    dots,
    label_axes,
    legend,
    plain,
    title,
)
from glassneuron.views.figures.plane.line import draw_line, one_scale, ring
from glassneuron.views.figures.plane.section import Section, limits, section_of, thinned
from glassneuron.views.palette import INK, colour

MOST_ROWS = 2000
Verdict = Separable | NotSeparable | Undecided


class ProofDisplay(Display):
    """Why one neuron can, or cannot, tell two classes apart, drawn.

    Where it can: the convex hulls of the classes, the widest street between them, and the rows that hold it. Where it
    cannot: the rows that prove it, and the point that lies in both hulls. Tables of more than two features are seen in
    a plane that shows the proof: across the street, or that of the rows that prove it.

    Attributes
    ----------
    ax_, figure_ : Axes, Figure
    hulls_ : list of Polygon
        Of the first and the second class.
    points_ : list of PathCollection
    middle_, edges_ : Line2D or None, list of Line2D
        Of the street; that of the first class first.
    crossing_ : Line2D or None
        The point in both hulls.
    rings_ : PathCollection or None
        Around the rows that hold the street, or prove that there is none.
    """

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    @classmethod
    def from_data(
        cls, X: Any, y: Any, *, names: Sequence[str] | None = None, pair: tuple[Any, Any] | None = None, ax: Any = None
    ) -> ProofDisplay:
        """Decide whether one neuron can tell the classes apart, and draw the proof.

        Parameters
        ----------
        X, y, names
            As `separability` takes them.
        pair : tuple of two labels, optional
            Which of more than two classes to look at; if left out, two that cannot be told apart, or the first two.
        ax : matplotlib Axes, optional

        Examples
        --------
        >>> import glassneuron as gn
        >>> drawn = gn.ProofDisplay.from_data([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
        >>> drawn.crossing_.get_xydata().tolist()
        [[0.5, 0.5]]
        """
        return cls.from_verdict(separability(X, y, names=names), pair=pair, ax=ax)

    @classmethod
    def from_verdict(cls, verdict: Any, *, pair: tuple[Any, Any] | None = None, ax: Any = None) -> ProofDisplay:
        """Draw what `separability` found."""
        if isinstance(verdict, ManyClasses):
            refused = verdict.refused()
            chosen = pair or (refused[0][0] if refused else next(iter(verdict.pairs)))
            found = {**verdict.pairs, **{(b, a): v for (a, b), v in verdict.pairs.items()}}
            if tuple(chosen) not in found:
                known = ", ".join(repr(label) for label in verdict.one_against_rest)
                raise problem("parameter", name="pair", rule=f"two of the classes: {known}", value=pair)
            verdict = found[tuple(chosen)]
        if not isinstance(verdict, (Separable, NotSeparable, Undecided)):
            rule, kind = "what `separability` returned", type(verdict).__name__
            raise problem("parameter-type", name="verdict", rule=rule, value=verdict, kind=kind)
        return cls(verdict).plot(ax=ax)

    def plot(self, ax: Any = None) -> ProofDisplay:
        """Draw it, on axes of yours or on new ones."""
        ax = self._on(ax)
        verdict, table = self.verdict, self.verdict.table
        X, codes = table.rows.floats.astype(np.float64, copy=False), table.second.astype(np.intp)
        names = table.names or tuple(f"x{j + 1}" for j in range(X.shape[1]))
        section = _section(verdict, X, names)
        u, v = section.place(X)
        if section.flat:
            v = np.where(table.second, 0.7, 0.3)
        ax.set(xlim=limits([u], margin=0.12), ylim=(-0.1, 1.1) if section.flat else limits([v], margin=0.12))
        if not section.flat and X.shape[1] == 2:
            one_scale(ax)
        self.hulls_ = [self._hull(ax, u[codes == k], v[codes == k], k) for k in (0, 1)]
        self._rows(ax, u, v, codes)
        self.edges_: list[Any] = []
        self.middle_ = self.crossing_ = self.rings_ = None
        said = ["undecided: no proof either way"]
        if isinstance(verdict, Separable):
            said = self._street(ax, verdict, section, u, v)
        elif isinstance(verdict, NotSeparable):
            said = self._crossing(ax, verdict, section, u, v)
        label_axes(ax, *section.labels)
        if section.flat:
            ax.set_yticks([])
        clean(ax)
        title(ax, *said, section.told)
        legend(ax, [class_handle(k) for k in (0, 1)], [plain(c, 20) for c in table.classes])
        return self

    def _hull(self, ax: Any, u: Array, v: Array, k: int) -> Any:
        from matplotlib.patches import Polygon

        look = {"facecolor": colour(k), "alpha": 0.16, "edgecolor": colour(k), "linewidth": 1.2, "zorder": 1}
        return ax.add_patch(Polygon(hull(np.column_stack([u, v])), closed=True, **look))

    def _rows(self, ax: Any, u: Array, v: Array, codes: Array) -> None:
        some = thinned(codes, MOST_ROWS)
        self._size = dot_size(ax, len(some))
        self.points_ = []
        for k in (0, 1):
            of = some[codes[some] == k]
            self.points_.append(dots(ax, u[of], v[of], k, self._size))

    def _street(self, ax: Any, verdict: Separable, section: Section, u: Array, v: Array) -> list[str]:
        street = verdict.street
        w, b = np.array([street.direction @ section.across, street.direction @ section.up]), street.bias
        b += float(street.direction @ section.origin)
        half = street.width / 2
        self.middle_ = draw_line(ax, w, b)
        edges = [draw_line(ax, w, b + shift, color=colour(k), linestyle=(0, (5, 3)), linewidth=1.2)
                 for k, shift in ((0, half), (1, -half))]  # fmt: skip
        self.edges_ = [line for line in edges if line is not None]
        held = street.rows
        self.rings_ = ring(ax, np.column_stack([u, v])[held], self._size)
        kind = "the widest street" if street.widest else "a street"
        return [f"one neuron can: {kind}, {format_short(street.width)} wide, is held by {len(held)} rows"]

    def _crossing(self, ax: Any, verdict: NotSeparable, section: Section, u: Array, v: Array) -> list[str]:
        from matplotlib.patheffects import withStroke

        rows, places = list(verdict.indices), np.column_stack([u, v])
        point = common_point(verdict)
        at = section.place(np.array([[float(value) for value in point]]))
        spot = (float(at[0][0]), 0.5 if section.flat else float(at[1][0]))
        for i, side in zip(rows, verdict.sides, strict=True):
            ax.plot(*zip(places[i], spot, strict=True), color=colour(int(side)), linewidth=1.4, zorder=2)
        self.rings_ = ring(ax, places[rows], self._size)
        halo = [withStroke(linewidth=3, foreground="white")]
        (self.crossing_,) = ax.plot(
            *spot, marker="X", markersize=11, color=INK, markeredgecolor="white", linestyle="none", zorder=6
        )
        label = f"({', '.join(number(value) for value in point)})"
        if len(point) <= 3 and len(label) <= 30:
            ax.annotate(
                label, spot, xytext=(0, 11), textcoords="offset points", ha="center", color=INK, path_effects=halo,
                zorder=6,
            )  # fmt: skip
        if max(verdict.weights) > 1 and len(str(max(verdict.weights))) <= 3 and len(rows) <= 8:
            for i, weight in zip(rows, verdict.weights, strict=True):
                ax.annotate(
                    f"×{weight}", places[i], xytext=(8, 5), textcoords="offset points", fontsize="small", color=INK,
                    path_effects=halo, zorder=6,
                )  # fmt: skip
        if len(rows) == 2:
            return [f"no neuron can: rows {verdict.table.listed(rows, 0)} are equal and have both labels"]
        said = f"no neuron can: {len(rows)} rows prove it; their weighted means meet in one point"
        return [said, verdict.equation] if len(verdict.equation) <= 70 else [said]


def common_point(verdict: NotSeparable) -> list[Fraction]:
    """Return the point that lies in both hulls: the weighted mean of the rows of either class."""
    of = [(w, x) for w, x, side in zip(verdict.weights, verdict.values, verdict.sides, strict=True) if side]
    total = sum(w for w, _ in of)
    return [sum((w * x[j] for w, x in of), Fraction(0)) / total for j in range(len(of[0][1]))]


def hull(points: Array) -> Array:
    """Return the corners of the convex hull of points in a plane, counterclockwise.

    Source: Andrew (1979), Information Processing Letters 9:216.

    Examples
    --------
    >>> hull(np.array([[0, 0], [2, 0], [1, 1], [2, 2], [0, 2.0]])).tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]
    """
    rows = np.unique(points, axis=0).tolist()
    if len(rows) < 3:
        return np.array(rows)

    def chain(way: list[list[float]]) -> list[list[float]]:
        found: list[list[float]] = []
        for p in way:
            while len(found) > 1 and _turn(found[-2], found[-1], p) <= 0.0:
                found.pop()
            found.append(p)
        return found[:-1]

    return np.array(chain(rows) + chain(rows[::-1]))


def _turn(a: list[float], b: list[float], c: list[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _section(verdict: Verdict, X: Array, names: Sequence[str]) -> Section:
    """Return the plane in which a proof is seen."""
    if X.shape[1] <= 2:
        return section_of(X, names)
    if isinstance(verdict, Separable):
        street = verdict.street
        seen = section_of(X, names, neuron=Neuron(street.direction, street.bias))
        told = "seen across the street: the distances from its middle are true"
        return Section(seen.origin, seen.across, seen.up, seen.u_of, seen.v_of,
                       ("distance from the middle of the street", seen.labels[1]), told, seen.flat)  # fmt: skip
    if isinstance(verdict, NotSeparable):
        return _plane_of_rows(verdict, X)
    return section_of(X, names)


def _plane_of_rows(verdict: NotSeparable, X: Array) -> Section:
    """Return the plane through the common point in which the rows of a proof lie widest.

    However rows are projected, their weighted means still meet: the picture shows the proof itself.
    """
    middle = np.array([float(value) for value in common_point(verdict)])
    deviations = X.std(axis=0)
    scale = np.where(deviations > 0.0, deviations, 1.0)
    Z = (X[list(verdict.indices)] - middle) / scale
    directions = np.vstack([np.linalg.svd(Z, full_matrices=False)[2], np.zeros((2, X.shape[1]))])[:2]
    backs = directions / scale
    labels = ("main direction of the rows that prove it", "second direction")
    told = "seen in the plane in which the rows that prove it lie widest"
    return Section(
        middle, directions[0] * scale, directions[1] * scale, (backs[0], -float(backs[0] @ middle)),
        (backs[1], -float(backs[1] @ middle)), labels, told,
    )  # fmt: skip


def plot_proof(X: Any, y: Any = None, *, pair: tuple[Any, Any] | None = None, ax: Any = None) -> ProofDisplay:
    """Draw why one neuron can, or cannot, tell two classes apart.

    Parameters
    ----------
    X : array_like of shape (rows, features), or what `separability` returned
    y : array_like of shape (rows,)
        Labels; left out beside a verdict.
    pair : tuple of two labels, optional
        Which of more than two classes to look at.
    ax : matplotlib Axes, optional

    Examples
    --------
    >>> len(plot_proof([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]).edges_)
    2
    """
    if y is None:
        return ProofDisplay.from_verdict(X, pair=pair, ax=ax)
    return ProofDisplay.from_data(X, y, pair=pair, ax=ax)
