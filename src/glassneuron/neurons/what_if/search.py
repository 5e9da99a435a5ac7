"""The best flip that can be found of a network that is not linear piece by piece, or has too many pieces.

At each step the sums are taken as linear, as their slopes say, and the nearest point beyond the boundary of that is the
next one; from the row itself, from random starts around it, and from rows that are known to be answered otherwise. What
is found answers otherwise, but a nearer flip may exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.neurons.what_if.layers import layers_from, linearised
from glassneuron.neurons.what_if.pieces import Found, distance
from glassneuron.neurons.what_if.projection import beyond_line, in_polyhedron
from glassneuron.neurons.what_if.question import Question

STARTS = 8
RIVALS = 3  # goals that are aimed at from the row itself, those of the largest sums
STEPS = 60
HALVINGS = 50
NUDGES = 20
PUSHES = (1e-9, 1e-7, 1e-5, 1e-3, 0.01, 0.1, 0.5)
REACHES = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""How far away, in units of the scale, starts are drawn."""
MOST_POLISHED = 30  # features that are moved back one by one


def best_found(question: Question, known: Sequence[Array] = ()) -> Found:
    """Search with the row's texts as they are, and with one of them changed; some rows that flip are known."""
    best = Found()
    for row in known:
        if (far := distance(question, row)) < best.distance:
            best = Found(row, far)
    for base in _bases(question):
        for row in _found_from(question, base, known):
            if (far := distance(question, row)) < best.distance:
                best = Found(row, far)
    return best


def _bases(question: Question) -> Iterator[Array]:
    yield question.row
    for c, column in enumerate(question.reader.columns):
        for k in question.others(c):
            base = question.row.copy()
            base[list(column.features)] = np.eye(len(column.values))[k]
            yield base


def _found_from(question: Question, base: Array, known: Sequence[Array]) -> Iterator[Array]:
    """Yield flips whose texts are those of the base; whole numbers are rounded away, and the others follow."""
    columns = question.reader.columns
    moving = np.array([j for c in columns if not c.values for j in c.features], dtype=np.intp)
    whole = np.array([j for c in columns if c.whole for j in c.features], dtype=np.intp)
    row = _Descent(question, base, moving).best(known)
    if row is None or not len(whole) or (row[whole] == np.round(row[whole])).all():
        if row is not None:
            yield row
        return
    rounded = base.copy()
    up = row[whole] > base[whole]
    rounded[whole] = np.where(up, np.ceil(row[whole]), np.floor(row[whole]))
    if ((rounded < question.low) | (rounded > question.high))[whole].any():
        return
    row = _Descent(question, rounded, np.setdiff1d(moving, whole)).best(known)
    if row is not None:
        yield row


class _Descent:
    """A search in steps u of some features away from a base, in units of the scale."""

    def __init__(self, question: Question, base: Array, moving: Array) -> None:
        self.question, self.base, self.scale = question, base, question.scale
        self.layers = layers_from(question.reader.layers, base, question.scale)
        self.low, self.high = np.zeros(len(base)), np.zeros(len(base))
        self.low[moving] = (question.low[moving] - base[moving]) / self.scale[moving]
        self.high[moving] = (question.high[moving] - base[moving]) / self.scale[moving]

    def best(self, known: Sequence[Array]) -> Array | None:
        """Return the nearest row that was found to flip the answer."""
        row = np.zeros(len(self.base))
        sums = self.question.reader.sums(self.base[np.newaxis])[0]
        ahead = [float((C @ sums).min()) for C, _ in self.question.goals]
        ends = [self._descend(goal, row) for goal in sorted(range(len(ahead)), key=lambda k: -ahead[k])[:RIVALS]]
        ends += [self._descend(self._goal(start), start) for start in self._starts(known)]
        for u in sorted((u for u in ends if u is not None), key=lambda u: float(np.linalg.norm(u))):
            back = self._back(u)
            if back is not None:
                return back
        return None

    def _goal(self, u: Array) -> int:
        """Return the goal that a point which flips the answer reaches."""
        if len(self.question.goals) == 1:
            return 0
        k = int(self.question.choose(self.question.reader.sums((self.base + self.scale * u)[np.newaxis]))[0])
        return k - (k > self.question.answer)

    def _starts(self, known: Sequence[Array]) -> Array:
        """Return points that flip the answer, the nearest first: drawn around the base, and those that are known."""
        draws = np.random.default_rng(0).standard_normal((STARTS * len(REACHES), len(self.base)))
        draws *= np.repeat(REACHES, STARTS)[:, np.newaxis] / np.linalg.norm(draws, axis=1, keepdims=True)
        draws = np.clip(np.vstack([draws, *((row - self.base) / self.scale for row in known)]), self.low, self.high)
        draws = draws[self.question.flipped(self.question.reader.sums(self.base + self.scale * draws))]
        return draws[np.argsort(np.linalg.norm(draws, axis=1), kind="stable")][:STARTS]

    def _descend(self, goal: int, u: Array) -> Array | None:
        """Step to the nearest point beyond the boundary of the linearised sums, until the steps are nothing."""
        C, d = self.question.goals[goal]
        best = u if self._flips(u) else None
        for _ in range(STEPS):
            z, slopes = linearised(self.layers, u)
            G, h = C @ slopes, -(C @ (z - slopes @ u) + d)
            if len(G) == 1:
                found = beyond_line(G[0], float(h[0]), self.low, self.high)
            else:
                found = in_polyhedron(G, h, self.low, self.high)
            if found is None:  # as linear, it is out of reach: a step toward it
                length = max(float(np.linalg.norm(G)), np.finfo(np.float64).tiny)
                found = np.clip(u + G.sum(axis=0) / length, self.low, self.high)
            step, share = found - u, 1.0
            if float(np.abs(step).max()) <= 1e-9 * (1.0 + float(np.abs(u).max())):
                break
            while best is not None and share > 1e-2 and not self._shorter(u + share * step, best):
                share /= 2.0
            u = u + share * step
            if self._flips(u) if best is None else self._shorter(u, best):
                best = u
        return self._pushed(u) if best is None else best

    def _pushed(self, u: Array) -> Array | None:
        """Push a point that may have stopped just before the boundary over it."""
        for more in PUSHES:
            pushed = np.clip(u * (1.0 + more), self.low, self.high)
            if self._flips(pushed):
                return pushed
        return None

    def _shorter(self, u: Array, best: Array) -> bool:
        return bool(np.linalg.norm(u) < np.linalg.norm(best)) and self._flips(u)

    def _flips(self, u: Array) -> bool:
        sums = self.question.reader.sums((self.base + self.scale * u)[np.newaxis])
        return bool(self.question.flipped(sums)[0])

    def _back(self, u: Array) -> Array | None:
        """Go back toward the base as far as the answer stays flipped: along the way, then feature by feature."""
        u = self._shrunk(u, np.ones(len(u), dtype=bool))
        for j in np.argsort(-np.abs(u), kind="stable")[:MOST_POLISHED]:
            if u[j] != 0.0:
                u = self._shrunk(u, np.arange(len(u)) == j)
        beyond = 0.0
        for _ in range(NUDGES):
            moved = np.clip(self.base + self.scale * u * (1.0 + beyond), self.question.low, self.question.high)
            row = np.where(u == 0.0, self.base, moved)
            if self.question.flips(row):
                return row
            beyond = 4.0 * beyond or 2.0**-52
        return None

    def _shrunk(self, u: Array, part: Array) -> Array:
        """Shorten some features' steps, by halving, as far as the answer stays flipped."""
        if self._flips(np.where(part, 0.0, u)):
            return np.where(part, 0.0, u)
        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2.0
            if self._flips(np.where(part, middle * u, u)):
                high = middle
            else:
                low = middle
        return np.where(part, high * u, u)
