"""Least squares at once of a table that is wider than tall, from products of its rows with each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import Sums, leaf_rows, over_leaves
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates, spread
from glassneuron.learning.algorithms.whole_batch.hessian import CELLS, LARGE
from glassneuron.learning.algorithms.whole_batch.least_squares import SAFE
from glassneuron.learning.dataset import Dataset

GOOD, TRIES = 1e-8, 4
"""What may be left of the targets' size where equations count as solved, and how often what is left is solved again."""


@dataclass(frozen=True, eq=False)
class RowProducts:
    """Products of rows with each other: all that least squares have to know of columns that are more than rows.

    Where weights are penalised, rows are read with their means at 0 only, as the penalty is on weights as they are;
    else on one scale.

    Attributes
    ----------
    coordinates : Coordinates
        In which all columns have one scale.
    read : Coordinates
        In which the rows were read.
    products : ndarray of shape (rows, rows)
    gradient : ndarray of shape (neurons, features)
        What the columns and the errors that were asked for add up to, in `read`.
    """

    data: Dataset
    coordinates: Coordinates
    read: Coordinates
    products: Array
    gradient: Array

    @classmethod
    def of(cls, data: Dataset, errors: Array, *, centred: bool, scaled: bool, single: bool = False) -> RowProducts:
        """Look at all columns once; `errors` are of shape (neurons, rows)."""
        rows, features = data.shape
        share = data.weights(np.float64) / data.total
        first = int(np.argmax(share > 0.0))
        weights = np.vstack([share, errors]), first, centred, scaled, np.float32 if single else np.float64
        work, size = 0.5 * rows * features * (rows + len(errors)), leaf_rows(max(CELLS / rows, 2.0 * rows))
        products, centres, scales, gradient = over_leaves(
            _products_of_columns, data.X.T, weights, work, size, _side_by_side
        )
        coordinates = Coordinates(centres, scales)
        return cls(
            data, coordinates, coordinates if scaled else Coordinates(centres, np.ones(features)), products, gradient
        )

    def least_squares(self, l2: float, held: Array | None) -> Array | None:
        r"""Return the unknowns with the smallest squared error and penalty, in `coordinates`.

        They are of shape (neurons, features + 1). Without a penalty they are the shortest. None is returned where
        rows depend on each other so much that products do not tell them.

        .. math:: (K + \lambda I)\,\alpha = y, \qquad w = Z^T \alpha, \qquad K = Z Z^T

        The errors that this leaves are worked out on the rows as they are, and their equations are solved in turn.

        References
        ----------
        Saunders, Gammerman & Vovk (1998), ICML: ridge regression in dual variables; Golub & Van Loan (2013), Matrix
        Computations, section 3.5: iterative refinement.
        """
        data, rows = self.data, len(self.data.y)
        weight = data.weights(np.float64)
        roots, share = np.sqrt(weight)[:, np.newaxis], weight / data.total
        targets, penalty = data.targets(0, rows), l2 * data.total
        A = self.products
        if len(data.sample_weight):
            A = np.asarray(A * roots * roots.T, A.dtype)
        diagonal = A.reshape(-1)[:: rows + 1]
        if held is None:  # rows are read with their means at 0, so that this changes no answer
            more = float(np.mean(diagonal)) / data.total
            A += (more * np.outer(roots, roots)).astype(A.dtype) if len(data.sample_weight) else A.dtype.type(more)
        diagonal += penalty
        diagonal[weight == 0.0] = 1.0
        solve = _solver(A, None if penalty > 0.0 else SAFE)
        if solve is None:
            return None
        biases = share @ targets if held is None else held
        left, enough = roots * (targets - biases), GOOD * float(np.abs(roots * targets).max(initial=0.0))
        dual, size = np.zeros_like(targets), np.inf
        best: tuple[Array, Array] | None = None
        for _ in range(TRIES):
            dual = dual + solve(left)
            answers, W = self.answers(roots * dual)
            errors = targets - answers - biases
            if held is None:
                move = share @ errors
                biases, errors = biases + move, errors - move
            left = roots * errors - penalty * dual
            before, size = size, float(np.abs(left).max(initial=0.0))
            if not size < before:
                break
            best = W, biases
            if size <= enough or size > 0.5 * before:
                break
        if best is None or (penalty == 0.0 and size > np.sqrt(GOOD) * enough / GOOD):
            return None
        W, biases = best
        return np.column_stack([W.T * (self.coordinates.scales / self.read.scales), biases])

    def of_same_products(self) -> Array | None:
        """Return rows of as many numbers as there are rows, which have the same products with each other."""
        A = self.products.copy()
        A.reshape(-1)[:: len(A) + 1] += 1e-10 * float(np.mean(np.diagonal(A)))
        try:
            return np.linalg.cholesky(A)
        except np.linalg.LinAlgError:
            return None

    def theta(self, same: Array, theta: Array) -> Array:
        """Return weights and biases that answer to the rows as these do to those of the same products."""
        _, W = self.answers(np.linalg.solve(same.T, theta[:, :-1].T))
        return self.read.theta(np.column_stack([W.T, theta[:, -1]]))

    def answers(self, dual: Array) -> tuple[Array, Array]:
        """Return the weights that are rows times something, and what they answer to the rows, without biases."""
        rows, features = self.data.shape
        return over_leaves(  # type: ignore[return-value]
            _answers_of_columns,
            self.data.X.T,
            (self.read, dual),
            2.0 * rows * features * dual.shape[1],
            leaf_rows(CELLS / rows),
            _beside,
        )


def _products_of_columns(
    columns: Array, start: int, stop: int, weights: Array, first: int, centred: bool, scaled: bool, kind: Any
) -> Sums:
    """Return what some columns add to the products of rows, their means and spreads, and their products with errors.

    The weights are the share of each row, which add up to 1, and the errors.
    """
    part = columns[start:stop].T
    near = part[first].astype(np.float64) * centred  # of a constant column nothing is left
    Z = np.subtract(part, near, dtype=np.float64)
    sums = weights @ Z
    if centred:
        means = sums[0].copy()
        Z -= means
        near += means
        sums -= np.outer(weights.sum(axis=1), means)
    scales = spread(np.zeros(1), weights[0] @ (Z * Z))
    if scaled:
        Z /= scales
        sums /= scales
    Z = Z.astype(kind, copy=False)
    return Z @ Z.T, near, scales, sums[1:]


def _side_by_side(a: Sums, b: Sums) -> Sums:
    products = a[0]
    products += b[0]
    return products, *(np.concatenate([x, y], axis=-1) for x, y in zip(a[1:], b[1:], strict=True))


def _answers_of_columns(columns: Array, start: int, stop: int, read: Coordinates, dual: Array) -> Sums:
    part = columns[start:stop].T
    Z = Coordinates(read.centres[start:stop], read.scales[start:stop]).of_columns(part, np.empty(part.shape))
    W = Z.T @ dual
    return Z @ W, W


def _beside(a: Sums, b: Sums) -> Sums:
    return a[0] + b[0], np.concatenate([a[1], b[1]])


def _solver(A: Array, safe: float | None) -> Any:
    """Return what solves A x = y; None where A has no Cholesky factor, or pivots that are less than a safe part."""
    size = np.diagonal(A).copy()
    if len(A) >= LARGE:
        from scipy.linalg.lapack import dpotrf, dpotrs, spotrf, spotrs

        double = A.dtype == np.float64
        factor, failed = (dpotrf if double else spotrf)(A.T, lower=True, overwrite_a=True)
        if failed or (safe is not None and (np.diagonal(factor) ** 2 <= safe * size).any()):
            return None
        return lambda right: (dpotrs if double else spotrs)(factor, right.astype(A.dtype), lower=True)[0].astype(float)
    try:
        factor = np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        return None
    if safe is not None and (np.diagonal(factor) ** 2 <= safe * size).any():
        return None
    return lambda right: np.linalg.solve(factor.T, np.linalg.solve(factor, right))
