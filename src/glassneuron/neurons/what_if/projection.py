"""The nearest point to the origin beyond a line, within a box; and in a polyhedron. Both are exact, up to rounding."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array

TINY = 1e-11  # of a length: what is no more than rounding


def beyond_line(a: Array, c: float, low: Array, high: Array) -> Array | None:
    r"""Return the shortest u with :math:`a \cdot u \ge c` and low <= u <= high; None if there is none.

    The shortest one has :math:`u_j(t) = \mathrm{clip}(t a_j, low_j, high_j)` for one t. Its sum rises with t in
    straight pieces, which end where a feature meets its bound: these ends are sorted, and the piece with the sum c is
    solved.

    Parameters
    ----------
    a, low, high : ndarrays of shape (features,)
        0 lies in the box.
    c : float

    Examples
    --------
    >>> beyond_line(np.array([1.0, 1.0]), 3.0, np.zeros(2), np.array([1.0, np.inf]))
    array([1., 2.])
    """
    if c <= 0.0:
        return np.zeros(len(a))
    largest = float(np.abs(a).max(initial=0.0))
    if largest == 0.0 or not np.isfinite(c / largest):
        return None
    a, c = a / largest, c / largest  # so that no square underflows for all of them
    ends = np.where(a > 0.0, high, np.where(a < 0.0, low, 0.0))  # the bound that each feature moves toward
    moves = np.flatnonzero((a != 0.0) & (ends != 0.0))
    if len(moves) == 0:
        return None
    with np.errstate(over="ignore", divide="ignore"):
        until = ends[moves] / a[moves]
        order = moves[np.argsort(until, kind="stable")]
        until = ends[order] / a[order]
        bounded = np.isfinite(until)
        gained = np.concatenate(
            [[0.0], np.cumsum(np.where(bounded, a[order] * np.where(bounded, ends[order], 0.0), 0.0))]
        )
    squares = np.cumsum((a[order] ** 2)[::-1])[::-1]  # of those that still move
    sums = gained[:-1] + np.where(bounded, until, 0.0) * squares
    reached = np.flatnonzero(~bounded | (sums >= c))
    if len(reached) == 0:
        u = np.zeros(len(a))
        u[order] = ends[order]
        return u if gained[-1] >= c else None
    k = int(reached[0])
    t = (c - gained[k]) / squares[k]
    with np.errstate(over="ignore"):
        u = np.clip(t * a, low, high)
    return u if np.isfinite(u).all() else None


def in_polyhedron(G: Array, h: Array, low: Array, high: Array) -> Array | None:
    r"""Return the shortest u with :math:`G u \ge h` and low <= u <= high; None if there is none.

    Goldfarb and Idnani's dual method: from the origin on, the constraint that is violated most is met, and those met
    before that would now pull are let go. It needs no start that meets the constraints, and ends in finitely
    many steps.

    Parameters
    ----------
    G : ndarray of shape (constraints, features)
    h : ndarray of shape (constraints,)
    low, high : ndarrays of shape (features,)

    References
    ----------
    Goldfarb & Idnani (1983), Mathematical Programming 27:1-33.

    Examples
    --------
    >>> in_polyhedron(np.eye(2), np.array([1.0, 2.0]), np.full(2, -9.0), np.full(2, 9.0))
    array([1., 2.])
    """
    n = G.shape[1]
    lengths = np.sqrt(np.einsum("ij,ij->i", G, G))
    flat = lengths == 0.0
    if (h[flat] > 0.0).any() or (low > high).any():
        return None
    G, h = G[~flat] / lengths[~flat, np.newaxis], h[~flat] / lengths[~flat]
    if n == 1:
        return _in_interval(G[:, 0], h, float(low[0]), float(high[0]))
    m = len(h)
    active: list[int] = []
    u, pulls = np.zeros(n), np.zeros(0)
    N = np.zeros((n, 0))
    for _ in range(100 + 20 * (m + n)):
        missing = np.concatenate([h - G @ u, low - u, u - high])
        missing[active] = -np.inf
        p = int(missing.argmax())
        if missing[p] <= TINY * (1.0 + float(np.abs(u).max())):
            return u
        normal = G[p] if p < m else _axis(n, p - m)
        pull = 0.0
        while True:
            r = np.linalg.lstsq(N, normal, rcond=None)[0] if len(active) else np.zeros(0)
            z = normal - N @ r
            free = float(z @ z)
            limit = np.where(r > TINY, pulls / np.where(r > TINY, r, 1.0), np.inf)
            t1 = float(limit.min(initial=np.inf))
            gap = float((h[p] if p < m else _bound(low, high, p - m)) - normal @ u)
            t2 = gap / free if free > TINY else np.inf
            t = min(t1, t2)
            if t == np.inf:
                return None
            pulls, pull = np.maximum(pulls - t * r, 0.0), pull + t
            if t2 < np.inf:
                u = u + t * z
            if t2 <= t1:
                active.append(p)
                pulls, N = np.append(pulls, pull), np.column_stack([N, normal])
                break
            leaves = int(limit.argmin())
            del active[leaves]
            pulls, N = np.delete(pulls, leaves), np.delete(N, leaves, axis=1)
    return u


def _in_interval(g: Array, h: Array, low: float, high: float) -> Array | None:
    """Solve it for one feature: every constraint is an end of an interval."""
    ends = h / g
    low = max(low, float(ends[g > 0.0].max(initial=-np.inf)))
    high = min(high, float(ends[g < 0.0].min(initial=np.inf)))
    if low > high + TINY * (1.0 + abs(high)):
        return None
    return np.array([min(max(0.0, low), max(high, low))])


def _axis(n: int, p: int) -> Array:
    """Return the normal of a bound: of the lower ones first, then of the upper ones."""
    normal = np.zeros(n)
    normal[p % n] = 1.0 if p < n else -1.0
    return normal


def _bound(low: Array, high: Array, p: int) -> float:
    n = len(low)
    return float(low[p] if p < n else -high[p - n])
