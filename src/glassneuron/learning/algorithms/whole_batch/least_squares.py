"""Least squares at once, from products of columns or, where these nearly depend on each other, from a factorisation."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import leaf_rows, over_leaves
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.hessian import CELLS, LARGE
from glassneuron.learning.algorithms.whole_batch.products import Products
from glassneuron.learning.dataset import Dataset

SAFE, SAFE_SINGLE = 1e-6, 1e-2
"""Part of a column that others may leave unexplained, squared, for products of columns to tell it from rounding; and
for those in single precision."""

NOTHING = 1e-12
"""Part of a column that others leave unexplained, squared, that may be nothing but rounding."""

EXACT, EXACT_SINGLE = 1e-14, 5e-7
"""Fraction of the largest that is left, by rounding alone, where columns depend on each other exactly; and of columns
that were rounded to single precision."""

COPY = 0.49
"""Part of a column, squared, that lies in directions in which nothing is left, from which it may be a copy: half is."""

MIXED = 1.0, 2.0**0.5
"""Along waves of such lengths, which nothing in a table follows, the directions in which columns seem to depend on each
other are mixed, and tried on the rows: where one of them leaves something, so does a mixture, but for a rare chance."""


def least_squares(
    data: Dataset, coordinates: Coordinates, l2: float, held: Array | None, known: Array | None = None,
    *, single: bool = False,
) -> tuple[Array, Array | None]:  # fmt: skip
    """Return the unknowns of linear neurons with the smallest squared error, of shape (neurons, features + 1).

    And, where that was seen, which columns are neither constant nor copies of others, of shape (features,).

    Of all that are equally good, the shortest. A `held` bias, of shape (neurons,), stays as it is. Products of
    columns that are `known`, in these coordinates, save a look at the rows; with `single`, they are in single precision
    and taken only where columns hardly depend on each other.

    References
    ----------
    Golub & Van Loan (2013), Matrix Computations, sections 5.3 and 5.5; Benson, Gleich & Demmel (2013), IEEE Big Data:
    one factor R after another, leaf by leaf.

    Examples
    --------
    >>> line = Dataset(np.array([[0.0], [1.0], [2.0]]), np.array([1.0, 3.0, 5.0]))
    >>> least_squares(line, Coordinates(np.zeros(1), np.ones(1)), 0.0, None)[0].round(9).tolist()
    [[2.0, 1.0]]
    """
    features, rows, total = data.shape[1], len(data.y), data.total
    m = features + (held is None)
    penalty = np.append(l2 * total / coordinates.scales**2, 0.0)[:m]
    width = m + data.neurons
    size = leaf_rows(CELLS / width)
    exact = EXACT_SINGLE if data.X.dtype == np.float32 else EXACT
    unknowns = none = None

    def solved(G: Array, safe: float) -> tuple[Array, Array | None, Array | None]:
        A, c = G[:m, :m] + np.diag(penalty), G[:m, features + 1 :]
        return A, *_from_products(A, c if held is None else c - np.outer(G[:m, features], held), safe)

    if m <= rows:
        if known is not None:
            A, unknowns, none = solved(known, SAFE_SINGLE if single else SAFE)
        if known is None or (single and unknowns is None):
            A, unknowns, none = solved(Products.of(data, coordinates).sums, SAFE)
        if none is not None:
            some = none.T if none.shape[1] <= len(MIXED) else np.cos(np.outer(MIXED, np.arange(none.shape[1]))) @ none.T
            ways = np.column_stack([some, np.zeros((len(some), features + 1 - m))])
            W, b = np.hsplit(coordinates.theta(ways), [features])
            (rest,) = over_leaves(_left_over, data, (W, b), float(rows * m * len(ways)), size)
            if (rest > (exact**2 * rows) * np.abs(np.diagonal(A)).max()).any():
                unknowns = None
    seen = unknowns is not None and held is None and not penalty.any()
    apart = _apart(none, features) if seen else None
    if unknowns is None:
        R = np.diag(np.sqrt(penalty))[penalty > 0.0]
        R = np.column_stack([R, np.zeros((len(R), data.neurons))])
        tall = max(size, leaf_rows(4 * width))  # enough rows for each factor to be worth its work
        work = 2.0 * rows * width**2
        (factor,) = over_leaves(_factor_of_leaf, data, (coordinates, m, held), work, tall, _factor_of_both)
        (R,) = _factor_of_both((R,), (factor,))
        rounding = max(float(np.finfo(np.float64).eps) * max(rows, m), float(np.finfo(data.X.dtype).eps))
        unknowns = _shortest(R[:, :m], R[:, m:], rounding)
    return np.column_stack([unknowns, held] if held is not None else [unknowns]), apart


def _apart(none: Array | None, features: int) -> Array:
    """Tell which columns, on one scale, are neither constant nor copies, from the directions in which nothing is left.

    A constant column is such a direction by itself; that of a copy lies half in either of the two columns.
    """
    share = np.zeros(features) if none is None else np.square(none[:features]).sum(axis=1)
    return share < COPY


def _left_over(data: Dataset, start: int, stop: int, W: Array, b: Array) -> tuple[Array]:
    """Return the squares of what is left of columns in directions in which they seem to depend on each other."""
    rows = data.dense(start, stop)
    Z = np.array([rows @ w for w in W]) + b  # for so few that is sooner done than a product of matrices
    return (Z * Z @ data.weight(start, stop),)


def _factor_of_leaf(
    data: Dataset, start: int, stop: int, coordinates: Coordinates, m: int, held: Array | None
) -> tuple[Array]:
    """Return the factor R of some rows and their targets, each by the root of its weight."""
    rows = coordinates.rows(data.dense(start, stop))[:, :m]
    both = np.column_stack([rows, data.targets(start, stop) - (0.0 if held is None else held)])
    both *= np.sqrt(data.weight(start, stop))[:, np.newaxis]
    return _factor_of_both((both[:0],), (both,))


def _factor_of_both(above: tuple[Array, ...], below: tuple[Array, ...]) -> tuple[Array]:
    """Return the factor R of rows that stand above each other."""
    R = np.concatenate([above[0], below[0]])
    return (np.asarray(np.linalg.qr(R, mode="r")) if len(R) > R.shape[1] else R,)


def _from_products(A: Array, c: Array, safe: float = SAFE) -> tuple[Array | None, Array | None]:
    """Solve A u = c by a Cholesky factor with pivots; where columns seem to depend on each other, by the shortest u.

    Returns u and, as columns, the directions in which they seem to, if there are any; None for u where some come so
    near to it that the pivots are not to be trusted.
    """
    size = np.sqrt(np.maximum(np.diagonal(A), 0.0))
    size[size == 0.0] = 1.0
    factor, order, rank = _factor(A / np.outer(size, size))
    if (np.diagonal(factor)[:rank] ** 2).min(initial=np.inf if rank else 0.0) <= safe:
        return None, None
    first, others = order[:rank], order[rank:]
    R, each, u = factor[:rank, :rank], size[:, np.newaxis], np.zeros_like(c)
    u[first] = _times_inverse(R, _times_inverse(R, c[first] / each[first], transposed=True)) / each[first]
    if len(others) == 0:
        return u.T, None
    ways = np.zeros((len(c), len(others)))
    ways[first] = -_times_inverse(R, factor[:rank, rank:]) / each[first]
    ways[others, np.arange(len(others))] = 1.0 / size[others]
    none = np.linalg.qr(ways)[0]
    return (u - none @ (none.T @ u)).T, none


def _factor(A: Array) -> tuple[Array, Array, int]:
    """Return R with R^T R = A, the largest pivots first, the order in which it takes columns, and how many there are.

    Of a small A, which needs no library, columns stay in their own order where all are safe.
    """
    if len(A) >= LARGE:
        from scipy.linalg.lapack import dpstrf

        factor, order, rank, _ = dpstrf(A, tol=NOTHING)
        return factor, order - 1, int(rank)
    order, R, left = np.arange(len(A)), np.zeros_like(A), np.diagonal(A).copy()
    try:
        whole = np.linalg.cholesky(A).T
        if (np.diagonal(whole) ** 2 > SAFE).all():
            return whole, order, len(A)
    except np.linalg.LinAlgError:
        pass
    for k in range(len(A)):
        p = k + int(left[order[k:]].argmax())
        order[[k, p]] = order[[p, k]]
        j = order[k]
        if left[j] <= NOTHING:
            return R[:, order], order, k
        R[k] = (A[j] - R[:k, j] @ R[:k]) / np.sqrt(left[j])
        left -= R[k] ** 2
    return R[:, order], order, len(A)


def _times_inverse(R: Array, right: Array, *, transposed: bool = False) -> Array:
    """Multiply by the inverse of a triangle, whose lower half is not looked at where it is large."""
    if len(R) >= LARGE:
        from scipy.linalg.lapack import dtrtrs

        return np.asarray(dtrtrs(R, right, trans=transposed)[0])
    R = np.triu(R)
    return np.asarray(np.linalg.solve(R.T if transposed else R, right))


def _shortest(A: Array, c: Array, rounding: float) -> Array:
    """Solve A u = c in the sense of least squares, along the directions that are more than rounding."""
    U, values, V = np.linalg.svd(A, full_matrices=False)
    there = values > rounding * values[0]
    return np.asarray((U[:, there].T @ c).T / values[there] @ V[there])
