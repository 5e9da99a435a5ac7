"""Least squares at once, from products of columns or, where these nearly depend on each other, from a factorisation."""

from __future__ import annotations

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import leaf_rows, over_leaves
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import few_times
from glassneuron.learning.algorithms.whole_batch.hessian import CELLS, LARGE
from glassneuron.learning.algorithms.whole_batch.least_squares.products import Products
from glassneuron.learning.dataset import Dataset

SAFE, SAFE_SINGLE = 1e-6, 1e-2
"""Part of a column that others may leave unexplained, squared, for products of columns to tell it from rounding; and
for those in single precision."""

NOTHING = 1e-12
"""Part of a column that others leave unexplained, squared, that may be nothing but rounding."""

EXACT, EXACT_SINGLE = 1e-14, 5e-7
"""Fraction of the largest that is left, by rounding alone, where columns depend on each other exactly; and of columns
that were rounded to single precision."""

FAR = 4.0
"""Roundings of its largest number that a column which depends on others may be away from what they make up."""

COPY = 0.49
"""Part of a column, squared, that lies in directions in which nothing is left, from which it may be a copy: half is."""

MIXED = 1.0, 2.0**0.5
"""Along waves of such lengths, which nothing in a table follows, the directions in which columns seem to depend on each
other are mixed, and tried on the rows: where one of them leaves something, so does a mixture, but for a rare chance."""


def least_squares(
    data: Dataset, coordinates: Coordinates, l2: float, held: Array | None, known: Products | None = None
) -> tuple[Array, Array | None]:
    """Return the unknowns of linear neurons with the smallest squared error, of shape (neurons, features + 1).

    And, where that was seen, which columns are neither constant nor copies of others, of shape (features,).

    Of all that are equally good, the shortest. A `held` bias, of shape (neurons,), stays as it is. Products of
    columns that are `known`, in these coordinates, save a look at the rows; those in single precision are taken only
    where columns hardly depend on each other.

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
    penalty = np.zeros(m)
    if l2:
        penalty[:features] = l2 * total / coordinates.scales**2
    width = m + data.neurons
    size = leaf_rows(CELLS / width)
    unknowns = none = None

    def solved(products: Products) -> tuple[Array, Array | None, Array | None]:
        G, safe = products.sums, SAFE_SINGLE if products.single else SAFE
        A, c = G[:m, :m].copy(), G[:m, features + 1 :]
        np.einsum("ii->i", A)[:] += penalty
        return A, *_from_products(A, c if held is None else c - np.outer(G[:m, features], held), safe)

    if m <= rows:
        known = known or Products.of(data, coordinates)
        A, unknowns, none = solved(known)
        if unknowns is None and known.single:
            A, unknowns, none = solved(Products.of(data, coordinates))
        if none is not None:
            some = none.T if none.shape[1] <= len(MIXED) else np.cos(np.outer(MIXED, np.arange(none.shape[1]))) @ none.T
            ways = coordinates.theta(some if held is None else np.column_stack([some, np.zeros(len(some))]))
            (rest,) = over_leaves(_left_over, data, (ways[:, :-1], ways[:, -1:]), float(rows * m * len(ways)), size)
            if (rest > _rounded(data, coordinates) * A.diagonal().max()).any():
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
    return unknowns if held is None else np.column_stack([unknowns, held]), apart


def _apart(none: Array | None, features: int) -> Array:
    """Tell which columns, on one scale, are neither constant nor copies, from the directions in which nothing is left.

    A constant column is such a direction by itself; that of a copy lies half in either of the two columns.
    """
    share = np.zeros(features) if none is None else np.square(none[:features]).sum(axis=1)
    return share < COPY


def _rounded(data: Dataset, coordinates: Coordinates) -> float:
    """Return the fraction of squares that rounding alone leaves; more where columns are far from 0 for their spread."""
    eps = float(np.finfo(data.X.dtype).eps)
    exact = EXACT_SINGLE if data.X.dtype == np.float32 else EXACT
    far = float(np.abs(coordinates.centres / coordinates.scales).max())
    return exact**2 * len(data.y) + (FAR * eps * far) ** 2


def _left_over(data: Dataset, start: int, stop: int, W: Array, b: Array) -> tuple[Array]:
    """Return the squares of what is left of columns in directions in which they seem to depend on each other."""
    rows = data.dense(start, stop)
    Z = few_times(W, rows.T) + b
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
    """Solve A u = c by a Cholesky factor; where columns seem to depend on each other, by the shortest u.

    Returns u and, as columns, the directions in which they seem to, if there are any; None for u where some come so
    near to it that products do not tell.
    """
    size = np.sqrt(np.maximum(np.diagonal(A), 0.0))
    size[size == 0.0] = 1.0
    A, c, each = A / (size * size[:, np.newaxis]), c / size[:, np.newaxis], size[:, np.newaxis]
    found = _by_values(A, c, safe) if len(A) < LARGE else _by_pivots(A, c, safe)
    if found is None:
        return None, None
    u, ways = found
    if ways.shape[1] == 0:
        return (u / each).T, None
    u, none = u / each, ways / each
    none = np.linalg.qr(none)[0] if none.shape[1] > 1 else none / np.linalg.norm(none)
    return (u - none @ (none.T @ u)).T, none


def _by_values(A: Array, c: Array, safe: float) -> tuple[Array, Array] | None:
    """Return a solution of A u = c and the directions that A takes to nothing; None where some are near to that.

    It needs no library, which suits a small A: a Cholesky factor tells whether all is safe, eigenvalues what is not.
    """
    try:
        if float(np.linalg.cholesky(A).diagonal().min()) ** 2 > safe:
            return np.linalg.solve(A, c), A[:, :0]
    except np.linalg.LinAlgError:
        pass
    values, V = np.linalg.eigh(A)
    left = int(np.count_nonzero(values <= NOTHING))
    if left < len(A) and values[left] <= safe:
        return None
    there = V[:, left:]
    return there @ (there.T @ c / values[left:, np.newaxis]), V[:, :left]


def _by_pivots(A: Array, c: Array, safe: float) -> tuple[Array, Array] | None:
    """Return the same by a Cholesky factor that takes the columns with the largest pivots first."""
    from scipy.linalg.lapack import dpstrf, dtrtrs

    factor, order, rank, _ = dpstrf(A, tol=NOTHING)
    first, others, R = order[:rank] - 1, order[rank:] - 1, factor[:rank, :rank]
    if rank and float(R.diagonal().min()) ** 2 <= safe:
        return None
    u, ways = np.zeros_like(c), np.zeros((len(A), len(others)))
    u[first] = dtrtrs(R, dtrtrs(R, c[first], trans=True)[0])[0]
    if len(others):
        ways[first] = -dtrtrs(R, factor[:rank, rank:])[0]
        ways[others, np.arange(len(others))] = 1.0
    return u, ways


def _shortest(A: Array, c: Array, rounding: float) -> Array:
    """Solve A u = c in the sense of least squares, along the directions that are more than rounding."""
    U, values, V = np.linalg.svd(A, full_matrices=False)
    there = values > rounding * values[0]
    return np.asarray((U[:, there].T @ c).T / values[there] @ V[there])
