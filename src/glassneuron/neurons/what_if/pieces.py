"""The nearest flip of a model that is linear piece by piece, piece after piece in the order of their distance.

Neurons are one piece. A hidden relu or step neuron halves the space where its sum is 0; a column of texts and one of
whole numbers have a piece for each value. What is not decided yet is relaxed, so that a piece's distance is a lower
bound; the first piece that is decided whole and comes to its turn holds the nearest flip of all.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, replace
from itertools import count
from typing import NamedTuple

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.what_if.projection import beyond_line, in_polyhedron
from glassneuron.neurons.what_if.question import Question

FEW = 12  # hidden neurons up to which all pieces can be looked at
MOST_PIECES = 800  # that are looked at for more of them; neurons have pieces only for texts and whole numbers
MOST_HIDDEN = 150  # of a network whose pieces are looked at at all
NUDGES = 40
"""How often the step over the boundary is made four times as long until the model itself answers otherwise."""
ROUNDING = 2.0**-53


@dataclass(frozen=True, eq=False)
class Found:
    """The nearest flip, if there is one.

    Attributes
    ----------
    row : ndarray of shape (features,), or None
    distance : float
        In units of the question's scale; infinite where there is none.
    at_least : float
        No flip is nearer: proved.
    certified : bool
        Whether it is the nearest of all, up to rounding; or proved that there is none.
    """

    row: Array | None = None
    distance: float = np.inf
    at_least: float = 0.0
    certified: bool = False


class Piece(NamedTuple):
    """A part of the space, and what is known about the nearest flip in it."""

    bound: float
    number: int
    signs: tuple[bool, ...]
    low: Array
    high: Array
    goal: int  # which region is to be reached; -1 until all hidden neurons are decided
    u: Array


def distance(question: Question, row: Array) -> float:
    """Return how far a row is from the one asked about, in units of the scale."""
    return math.hypot(*((row - question.row) / question.scale).tolist())  # does not underflow, as squares do


def hidden_neurons(question: Question) -> int:
    """Return how many neurons bend."""
    return sum(len(b) for _, b, name in question.reader.layers[:-1] if name != "linear")


def nearest(question: Question, most: int | None = None) -> Found:
    """Search the pieces, the nearest first, and at most so many of them."""
    search = _Search(question)
    most = most or MOST_PIECES + (8 * 2**FEW if search.hidden <= FEW else 0)
    best = Found(certified=True)  # unless the search is broken off
    waiting: list[Piece] = []
    ticket = count(1)

    def add(signs: tuple[bool, ...], low: Array, high: Array, goal: int, u: Array | None = None) -> None:
        u = search.shortest(signs, low, high, goal) if u is None else u
        if u is not None and np.linalg.norm(u) < best.distance:
            heapq.heappush(waiting, Piece(float(np.linalg.norm(u)), next(ticket), signs, low, high, goal, u))

    if search.hidden:
        add((), search.low, search.high, -1, search.start())
    for goal in range(len(question.goals) if not search.hidden else 0):
        add((), search.low, search.high, goal)
    looked = 0
    while waiting:
        piece = heapq.heappop(waiting)
        if piece.bound >= best.distance:
            break
        if looked == most:
            return replace(best, at_least=piece.bound, certified=False)
        looked += 1
        if piece.goal >= 0:
            column = search.undecided(piece.u)
            if column is None:
                row = search.over(piece)
                if row is not None and (far := distance(question, row)) < best.distance:
                    best = Found(row, far, min(piece.bound, far), far <= piece.bound * (1.0 + 1e-9) + search.grain)
            else:
                for low, high in search.values(column, piece):
                    add(piece.signs, low, high, piece.goal)
        elif len(piece.signs) == search.hidden:
            for goal in range(len(question.goals)):
                add(piece.signs, piece.low, piece.high, goal)
        else:  # the half that holds the nearest point keeps it
            here = search.side(piece)
            add((*piece.signs, here), piece.low, piece.high, -1, piece.u)
            add((*piece.signs, not here), piece.low, piece.high, -1)
    return best if best.at_least else replace(best, at_least=best.distance)


class _Search:
    """The pieces of one question, in steps u from the row, in units of the scale."""

    def __init__(self, question: Question) -> None:
        reader = question.reader
        self.question = question
        self.layers = question.layers
        self.hidden = hidden_neurons(question)
        self.low = (question.low - question.row) / question.scale
        self.high = (question.high - question.row) / question.scale
        self.texts = [c for c, column in enumerate(reader.columns) if column.values and question.free(c)]
        for c, column in enumerate(reader.columns):
            if column.values and c not in self.texts:
                self.low[list(column.features)] = self.high[list(column.features)] = 0.0
        for c in self.texts:
            features = list(reader.columns[c].features)
            allowed = np.isin(np.arange(len(features)), question.may_be(c))
            self.low[features] = (0.0 - question.row[features]) / question.scale[features]
            self.high[features] = (np.where(allowed, 1.0, 0.0) - question.row[features]) / question.scale[features]
        self.whole = [c for c, column in enumerate(reader.columns) if column.whole and question.free(c)]
        terms = np.abs(reader.layers[0][0]) @ np.abs(question.row) + np.abs(reader.layers[0][1])
        self.rounding = max(len(question.row) * ROUNDING * float(terms.max()), float(np.finfo(np.float64).tiny))
        # How finely rows can be told apart, and how far a last nudge may have gone.
        self.grain = 64.0 * float(np.linalg.norm(np.spacing(np.abs(question.row) + question.scale) / question.scale))

    def start(self) -> Array | None:
        """Return the nearest point that is allowed at all: the row itself, unless its texts have to change."""
        return self.shortest((), self.low, self.high, -1)

    def shortest(
        self, signs: tuple[bool, ...], low: Array, high: Array, goal: int, beyond: float = 0.0
    ) -> Array | None:
        """Return the shortest u in a piece, its bounds moved inward by so much; None if the piece is empty."""
        G, h, _, (M, c) = self._piece(signs)
        if goal >= 0:
            C, d = self.question.goals[goal]
            G, h = np.vstack([G, C @ M]), np.concatenate([h, -(C @ c + d)])
        h = h + beyond
        fixed = np.flatnonzero(low == high)
        u = np.zeros(len(low))
        u[fixed] = low[fixed]
        free = np.flatnonzero(low != high)
        for features in self._open(low, high):
            row = np.zeros(len(low))
            row[features] = self.question.scale[features]  # the ones of a text column add up to 1
            total = 1.0 - self.question.row[features].sum()
            G, h = np.vstack([G, row, -row]), np.concatenate([h, [total, -total]])
        h = h - G @ u
        lines = G[:, free]
        if len(free) == 0:
            return u if (h <= 1e-12 * (1.0 + np.abs(h).max(initial=0.0))).all() else None
        inside = (low[free] <= 0.0).all() and (high[free] >= 0.0).all()
        if len(lines) == 1 and inside:
            found = beyond_line(lines[0], float(h[0]), low[free], high[free])
        else:
            found = in_polyhedron(lines, h, low[free], high[free])
        if found is None:
            return None
        u[free] = found
        return u

    def _open(self, low: Array, high: Array) -> list[list[int]]:
        """Return the features of each text column that is not decided yet."""
        columns = self.question.reader.columns
        each = [list(columns[c].features) for c in self.texts]
        return [features for features in each if (low[features] != high[features]).any()]

    def _piece(self, signs: tuple[bool, ...]) -> tuple[Array, Array, tuple[Array, float], tuple[Array, Array]]:
        """Return G and h of the decided neurons, the sum of the next one, and the last layer's sums M u + c."""
        n = len(self.low)
        M, c, used = np.eye(n), np.zeros(n), 0
        G, h = [np.zeros((0, n))], [np.zeros(0)]
        for l, (W, b, name) in enumerate(self.layers):
            Z, z = (W, b) if l == 0 else (W @ M, W @ c + b)
            if l == len(self.layers) - 1 or name == "linear":
                M, c = Z, z
                continue
            on = np.array(signs[used : used + len(b)], dtype=bool)
            way = np.where(on, 1.0, -1.0)
            G.append(Z[: len(on)] * way[:, np.newaxis])
            h.append(-z[: len(on)] * way)
            if len(on) < len(b):
                return np.vstack(G), np.concatenate(h), (Z[len(on)], float(z[len(on)])), (Z, z)
            M, c = (Z * on[:, np.newaxis], z * on) if name == "relu" else (np.zeros_like(Z), on.astype(np.float64))
            used += len(b)
        return np.vstack(G), np.concatenate(h), (np.zeros(n), 0.0), (M, c)

    def side(self, piece: Piece) -> bool:
        """Return on which side of the next neuron's line the piece's nearest point is."""
        w, z = self._piece(piece.signs)[2]
        return bool(w @ piece.u + z >= 0.0)

    def undecided(self, u: Array) -> int | None:
        """Return a column whose value is still between two texts or two whole numbers."""
        x = self.question.row + self.question.scale * u
        parts = {c: x[list(self.question.reader.columns[c].features)] for c in (*self.texts, *self.whole)}
        gaps = {c: float(np.abs(part - np.round(part)).max()) for c, part in parts.items()}
        worst = max(gaps, key=lambda c: gaps[c], default=None)
        return worst if worst is not None and gaps[worst] > 1e-9 * (1.0 + float(np.abs(parts[worst]).max())) else None

    def values(self, c: int, piece: Piece) -> list[tuple[Array, Array]]:
        """Return the bounds of the pieces into which a column divides one: its texts, or below and above a fraction."""
        question, column = self.question, self.question.reader.columns[c]
        features = list(column.features)
        row, scale = question.row[features], question.scale[features]
        if not column.values:
            x = row + scale * piece.u[features]
            low, high = piece.low.copy(), piece.high.copy()
            high[features], low[features] = (np.floor(x) - row) / scale, (np.ceil(x) - row) / scale
            return [(piece.low, high), (low, piece.high)]
        pieces = []
        for k in question.may_be(c):
            chosen = (np.eye(len(features))[k] - row) / scale
            low, high = piece.low.copy(), piece.high.copy()
            low[features] = high[features] = chosen
            pieces.append((low, high))
        return pieces

    def over(self, piece: Piece) -> Array | None:
        """Step over the boundary by as little as makes the model itself answer otherwise; None if nothing does."""
        low, high = self._settled(piece)
        beyond = 0.0
        for _ in range(NUDGES):
            u = self.shortest(piece.signs, low, high, piece.goal, beyond)
            if u is None:
                return None
            row = self._row(u)
            if self.question.flips(row):
                return row
            beyond = 4.0 * beyond if beyond else self.rounding
        return None

    def _settled(self, piece: Piece) -> tuple[Array, Array]:
        """Return the piece's bounds, with texts and whole numbers held at what they have become."""
        low, high = piece.low.copy(), piece.high.copy()
        for c in (*self.texts, *self.whole):
            features = list(self.question.reader.columns[c].features)
            row, scale = self.question.row[features], self.question.scale[features]
            value = np.round(row + scale * piece.u[features])
            low[features] = high[features] = (value - row) / scale
        return low, high

    def _row(self, u: Array) -> Array:
        question = self.question
        row = np.where(u == 0.0, question.row, question.row + question.scale * u)
        for c in (*self.texts, *self.whole):
            features = list(question.reader.columns[c].features)
            row[features] = np.round(row[features])
        numbers = [j for column in question.reader.columns if not column.values for j in column.features]
        row[numbers] = np.clip(row[numbers], question.low[numbers], question.high[numbers])
        return row
