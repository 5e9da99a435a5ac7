"""What floats prove in spite of their rounding: that sums are positive; that vectors cancel, and two hulls meet."""

from __future__ import annotations

import math

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.proofs.exact.extremes import EPSILON
from glassneuron.proofs.exact.table import ROWS_AT_ONCE

LARGEST = 0.5
"""Distance of a matrix times its inverse from 1, at most, that is trusted."""
MOST_TIMES, CLOSE, EXACT, HUGE = 12, 1e-5, 2.0**53, 1e300
"""How often, at most, the vector is taken that counts least; how close ratios are to whole numbers; up to where all of
these are floats; and numbers whose sums might be none."""
DEPENDENT = 1e-10
"""What is left of a coordinate beside others, as part of the largest, up to which it is taken to depend on them."""
SMALLEST = 1e-150
"""Numbers, beside 1, of which no digit is lost for want of smaller ones."""


def surely_meet(points: Array, second: Array) -> bool:
    r"""Return whether the convex hulls of two sets of points meet, beyond any doubt that rounding leaves.

    With a sign s for its side, the vectors s (p, 1) cancel where the hulls meet: their weights make one point of either
    set.

    Parameters
    ----------
    points : ndarray of shape (dimensions + 2, dimensions)
        Or fewer, where some dimensions are sums of others; of any other number, nothing is proved.
    second : ndarray of bool, of shape (points,)
        Which are of the second set; there is one of either at least.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]])
    >>> surely_meet(square, np.array([False, False, True, True]))  # its diagonals cross
    True
    >>> surely_meet(square, np.array([False, True, False, True]))  # its sides do not
    False
    """
    signs = np.where(second, 1.0, -1.0)[:, np.newaxis]
    return surely_cancel(np.column_stack([points.astype(np.float64), np.ones(len(points))]) * signs)


def surely_cancel(vectors: Array) -> bool:
    r"""Return whether vectors, each times a positive number, add up to nothing, beyond any doubt that rounding leaves.

    The vectors are the columns of a matrix (B, c). Where the only solution of B x = -c is positive, they cancel:

    .. math:: \sum_i x_i\,v_i + v_n = 0, \qquad x_i > 0

    An approximate inverse R bounds how far x is from -R c: no sum of n products is further from the true one than
    n epsilon times the sum of their sizes, in any order.

    Parameters
    ----------
    vectors : ndarray of shape (dimensions + 1, dimensions)
        Or fewer, where some coordinates are sums of others, as of columns that are one for each value of a text; of any
        other number, nothing is proved.

    References
    ----------
    Rump (2010), Acta Numerica 19:287, section 10.

    Examples
    --------
    >>> surely_cancel(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -2.0]]))
    True
    >>> surely_cancel(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 2.0]]))
    False
    """
    if len(vectors) <= vectors.shape[1]:
        vectors = without_sums(vectors)
    n, dimensions = vectors.shape
    if n != dimensions + 1:
        return False
    columns = vectors.T
    for axis in (1, 0):  # powers of two change no digit, as long as nothing is very small beside the largest
        columns = np.ldexp(columns, -np.frexp(np.abs(columns).max(axis=axis, keepdims=True))[1])
    if (np.abs(columns[columns != 0.0]) < SMALLEST).any():
        return False
    B, c = columns[:, :-1], columns[:, -1]
    with np.errstate(all="ignore"):
        try:
            R = np.linalg.inv(B)
        except np.linalg.LinAlgError:
            return False
        x = -(R @ c)
        each = 2.0 * n * EPSILON  # twice what may be lost, so that bounds may be rounded, too
        lost = np.abs(R @ B - np.eye(n - 1)) + each * (np.abs(R) @ np.abs(B) + np.eye(n - 1))
        rest = np.abs(B @ x + c) + each * (np.abs(B) @ np.abs(x) + np.abs(c))
        far, off = float(lost.sum(axis=1).max()), np.abs(R) @ rest
        return bool(far < LARGEST and (x > 2.0 * (off + far / (1.0 - LARGEST) * off.max())).all())


def without_sums(vectors: Array) -> Array:
    """Leave out coordinates that are sums or differences of others: where those cancel, they cancel as well.

    Without them there is one coordinate fewer than there are vectors. Where others depend on each other too, or it
    cannot be told without rounding, all are left as they are.

    Parameters
    ----------
    vectors : ndarray of shape (vectors, dimensions)

    Examples
    --------
    >>> without_sums(np.array([[2.0, 3.0, 5.0], [4.0, 1.0, 5.0], [-5.0, -2.5, -7.5]])).shape
    (3, 2)
    >>> without_sums(np.array([[2.0, 3.0, 8.0], [4.0, 1.0, 6.0], [-5.0, -2.5, -10.0]])).shape  # two times the second
    (3, 3)
    """
    from scipy.linalg.lapack import dgeqp3, dtrtrs

    n = len(vectors) - 1
    if not 0 < n < vectors.shape[1] or not np.isfinite(vectors).all():
        return vectors
    R, order, *_ = dgeqp3(vectors)
    order -= 1
    if abs(R[n - 1, n - 1]) <= DEPENDENT * abs(R[0, 0]):
        return vectors
    kept, others = vectors[:, order[:n]], vectors[:, order[n:]]
    times, _ = dtrtrs(R[:n, :n], R[:n, n:])
    whole = np.rint(times)
    if np.abs(times - whole).max() > CLOSE or np.abs(whole).max() > 1.0:
        return vectors
    terms, whole = kept[:, whole.any(axis=1)], whole[whole.any(axis=1)]
    if (terms == np.rint(terms)).all() and np.abs(terms).sum(axis=1).max(initial=0.0) < EXACT:
        return kept if np.array_equal(terms @ whole, others) else vectors
    for other, each in zip(others.T, whole.T, strict=True):  # nothing is rounded: each is taken once, or not at all
        if any(math.fsum(row) != 0.0 for row in np.column_stack([terms * each, -other]).tolist()):
            return vectors
    return kept


def columns_depend(X: Array) -> bool:
    """Return whether columns that are not constant depend on each other, beside a 1, as far as some rows tell.

    Examples
    --------
    >>> x = np.arange(5.0)
    >>> columns_depend(np.column_stack([x, x**2, 7.0 - x])), columns_depend(np.column_stack([x, x**2, np.ones(5)]))
    (True, False)
    """
    from scipy.linalg.lapack import dgeqp3

    some = X[:: max(1, len(X) // (4 * (X.shape[1] + 1)))].astype(np.float64)
    with np.errstate(all="ignore"):
        some -= some.mean(axis=0)
        sizes = np.abs(some).max(axis=0)
        varied = some[:, sizes > 0.0] / sizes[sizes > 0.0]
    if not varied.size or not np.isfinite(varied).all():
        return False
    sizes = np.abs(dgeqp3(varied)[0].diagonal())
    return len(sizes) < varied.shape[1] or bool(sizes[-1] <= DEPENDENT * sizes[0])


def cancel_in_whole_numbers(vectors: Array, coefficients: Array) -> bool:
    """Return whether vectors add up to nothing, each taken so many times: whole numbers that have these ratios.

    Each is taken once, or consists of whole numbers; else nothing is proved, as products would round.

    Parameters
    ----------
    vectors : ndarray of shape (vectors, dimensions)
    coefficients : ndarray of shape (vectors,)
        Positive, about right.

    Examples
    --------
    >>> vectors = np.array([[2.0, 1.0], [-1.0, 1.0], [0.0, -1.5]])
    >>> cancel_in_whole_numbers(2.0 * vectors, np.array([0.1, 0.2, 0.2]))
    True
    >>> cancel_in_whole_numbers(vectors, np.array([0.1, 0.2, 0.2]))  # which is true, but 2 x 1.5 might be rounded
    False
    """
    if not len(coefficients):
        return False
    ratios = coefficients / coefficients.min()
    for times in range(1, MOST_TIMES + 1):
        whole = np.rint(times * ratios)
        if np.abs(times * ratios - whole).max() < CLOSE:
            break
    else:
        return False
    once = bool((whole == 1.0).all())
    with np.errstate(over="ignore"):
        products = whole[:, np.newaxis] * vectors
    if np.abs(products).max() >= (HUGE if once else EXACT) or not (once or (vectors == np.rint(vectors)).all()):
        return False
    return all(math.fsum(column) == 0.0 for column in products.T.tolist())


def error_of_sums(features: int, size: Array) -> Array:
    """Return how far weighted sums, biases among them, may be from the true ones.

    `size` is that of their terms, added up without signs. Cells and weights may be off by half of their last digit.
    """
    return np.asarray(4.0 * (features + 4.0) * EPSILON * size + 1e-300)


def surely_right(X: Array, second: Array, boundary: Array) -> bool:
    """Return whether the sums of all rows are on the right side of 0, beyond any doubt that rounding leaves.

    Parameters
    ----------
    X : ndarray of shape (rows, features)
    second : ndarray of bool, of shape (rows,)
        For which rows the sum is to be positive; for the others, negative.
    boundary : ndarray of shape (features + 1,)
        Weights, the bias last.

    Examples
    --------
    >>> line, second = np.array([[0.0], [1.0], [2.0]]), np.array([False, False, True])
    >>> surely_right(line, second, np.array([1.0, -1.5])), surely_right(line, second, np.array([1.0, -1.0 - 1e-16]))
    (True, False)
    """
    w, b = boundary[:-1], boundary[-1]
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(X), ROWS_AT_ONCE):
            rows = X[start : start + ROWS_AT_ONCE].astype(np.float64, copy=False)
            sums, size = rows @ w + b, np.abs(rows) @ np.abs(w) + abs(b)
            signed = np.where(second[start : start + ROWS_AT_ONCE], sums, -sums)
            if not (signed > error_of_sums(len(w), size)).all():
                return False
    return True
