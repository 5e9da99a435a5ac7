"""Weighted sums of whole tables: by the textbook's loop where the table is small, by a matrix product where not."""

from __future__ import annotations

import numpy as np

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array, refuse_not_finite

LOOP_UP_TO = 1000
"""Multiply-adds up to which each sum is added up in the order in which learning adds it up, so that on small
tables a tie in training is the same tie in the answer."""


def weighted_sums(weights: Array, biases: Array, rows: Array) -> Array:
    """Give every neuron's weighted sum for every row.

    Parameters
    ----------
    weights : ndarray of shape (neurons, inputs)
    biases : ndarray of shape (neurons,)
    rows : ndarray of shape (rows, inputs), or a sparse array in CSR form

    Returns
    -------
    ndarray of shape (rows, neurons), of the rows' kind of float

    Examples
    --------
    >>> import numpy as np
    >>> weighted_sums(np.array([[0.0, 1.0]]), np.array([4.0]), np.array([[2.0, 3.0], [0.0, 0.0]]))
    array([[7.],
           [4.]])
    """
    kernels = backend.kernels(0)
    with np.errstate(over="ignore"):  # weights beyond a float32, for rows of float32
        weights, biases = weights.astype(rows.dtype, copy=False), biases.astype(rows.dtype, copy=False)
    if hasattr(rows, "indptr"):
        return np.asarray(rows @ weights.T) + biases
    if len(rows) * weights.size > LOOP_UP_TO:
        return kernels.weighted_sums(weights, biases, np.ascontiguousarray(rows))  # type: ignore[no-any-return]
    sums = np.empty((len(rows), len(weights)), dtype=rows.dtype)
    W, b, X = backend.inputs(kernels, weights, biases, rows)
    for i in range(len(X)):
        for k in range(len(W)):
            sums[i, k] = kernels.weighted_sum(W[k], b[k], X[i])
    return sums


def sums_of_numbers(weights: Array, biases: Array, values: Array, name: str) -> Array:
    """Give weighted sums as `weighted_sums` does, of rows that have to be finite and were not looked at yet.

    What is not finite spoils the sums of its row, and they are fewer to look at.

    Parameters
    ----------
    weights, biases
        As `weighted_sums` takes them.
    values : ndarray of shape (rows, inputs) or (inputs,)
    name : str
        How messages call them.

    Returns
    -------
    ndarray of shape (rows, neurons)

    Raises
    ------
    DataError
        If a value is not finite.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sums = weighted_sums(weights, biases, np.atleast_2d(values))
    if not np.isfinite(sums).all():
        refuse_not_finite(values, name)
    return sums


def activations(code: int, sums: Array) -> Array:
    """Apply the activation with this code to a table of sums.

    Parameters
    ----------
    code : int
    sums : ndarray of shape (rows, neurons)

    Returns
    -------
    ndarray of the same shape
    """
    kernels = backend.kernels(sums.size * ACTIVATION_COST)
    Z, A = backend.inputs(kernels, sums, np.empty_like(sums))
    kernels.activations(code, Z, A)
    return np.asarray(A).reshape(sums.shape)


ACTIVATION_COST = 20
"""Multiply-adds that take as long, interpreted, as one activation."""
