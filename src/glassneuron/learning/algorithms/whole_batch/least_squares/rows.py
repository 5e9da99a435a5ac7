"""Least squares at once of a table that is wider than tall, from products of its rows with each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import Sums, leaf_rows, over_leaves
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates, spread
from glassneuron.learning.algorithms.whole_batch.hessian import CELLS, LARGE
from glassneuron.learning.algorithms.whole_batch.least_squares.least_squares import SAFE
from glassneuron.learning.dataset import Dataset

GOOD, TRIES = 1e-10, 6
"""What may be left of the targets' size where equations count as solved, and how often what is left is solved again."""
NEARLY = 1e-10
"""Part of itself that is added to a row's product with itself, so that rows may depend on each other."""


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
    centred : bool
        Whether the means of columns are moved to 0; else biases are held.

    Examples
    --------
    >>> wide = Dataset(np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]), np.array([1.0, 4.0]))
    >>> rows = RowProducts.of(wide, -wide.targets(0, 2).T / 2.0, centred=False, scaled=False)
    >>> rows.products.tolist(), rows.gradient.tolist()
    ([[1.0, 0.0], [0.0, 4.0]], [[-0.5, -4.0, 0.0]])
    """

    data: Dataset
    coordinates: Coordinates
    read: Coordinates
    products: Array
    gradient: Array
    centred: bool

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
        read = coordinates if scaled else Coordinates(centres, np.ones(features))
        return cls(data, coordinates, read, products, gradient, centred)

    @property
    def single(self) -> bool:
        """Whether they are told in single precision."""
        return self.products.dtype == np.float32

    def in_double(self) -> RowProducts:
        """Return the same in double precision."""
        nothing, scaled = np.zeros((0, len(self.data.y))), self.read is self.coordinates
        return RowProducts.of(self.data, nothing, centred=self.centred, scaled=scaled)

    def least_squares(self, l2: float, held: Array | None) -> Array | None:
        r"""Return the unknowns with the smallest squared error and penalty, in `coordinates`.

        They are of shape (neurons, features + 1). Without a penalty they are the shortest. None is returned where
        rows depend on each other so much that products, in this precision, do not tell them.

        .. math:: (K + \lambda I)\,\alpha = y, \qquad w = Z^T \alpha, \qquad K = Z Z^T

        The errors that this leaves are worked out on the rows as they are, and their equations are solved in turn.

        References
        ----------
        Saunders, Gammerman & Vovk (1998), ICML: ridge regression in dual variables; Golub & Van Loan (2013), Matrix
        Computations, section 3.5: iterative refinement.
        """
        data, held = self.data, None if self.centred else held
        weight, targets = data.weights(np.float64), data.targets(0, len(data.y))
        roots, penalty = np.sqrt(weight)[:, np.newaxis], l2 * data.total
        solve = _solver(self._equations(roots, penalty), 0.0 if penalty > 0.0 else SAFE)
        if solve is None:
            return None
        biases = weight @ targets / data.total if held is None else held
        left = roots * (targets - biases)
        enough, size, dual, best = GOOD * float(np.abs(left).max()), np.inf, np.zeros_like(left), None
        for _ in range(TRIES):
            dual = dual + solve(left)
            if held is None:  # errors add up to nothing, and so do these, but for rounding
                dual -= roots * (roots.T @ dual) / float(np.vdot(roots, roots))
            answers, W = self.answers(roots * dual)
            errors = targets - biases - answers
            if held is None:  # in single precision means are not quite at 0
                move = weight @ errors / data.total
                biases, errors = biases + move, errors - move
            left = roots * errors - penalty * dual
            before, size = size, float(np.abs(left).max())
            if not size < before:
                break
            best = W, biases
            if size <= enough or 2.0 * size > before:
                break
        if best is None or (self.single and size > enough):
            return None
        return np.column_stack([best[0].T * (self.coordinates.scales / self.read.scales), best[1]])

    def _equations(self, roots: Array, penalty: float) -> Array:
        """Return what the unknowns of the rows are multiplied by: products of rows, by the roots of their weights."""
        A, weighted = self.products.copy(), len(self.data.sample_weight) > 0
        if weighted:
            A *= roots
            A *= roots.T
        diagonal = A.reshape(-1)[:: len(A) + 1]
        if self.centred:  # rows add up to nothing, so that this changes no answer, but A can be solved
            A += float(np.mean(diagonal)) * (np.outer(roots, roots) / np.mean(roots**2) if weighted else 1.0)
        diagonal += penalty
        diagonal[roots[:, 0] == 0.0] = 1.0
        return np.asarray(A)

    def same(self) -> Array | None:
        """Return rows of as many numbers as there are rows which, but for rounding, have the same products."""
        A = self.products.copy()
        A.reshape(-1)[:: len(A) + 1] += NEARLY * float(np.mean(np.diagonal(A)))
        try:
            return np.linalg.cholesky(A)
        except np.linalg.LinAlgError:
            return None

    def theta(self, same: Array, theta: Array) -> Array:
        """Return weights and biases that answer to the rows what others answer to those with the same products."""
        _, W = self.answers(np.linalg.solve(same.T, theta[:, :-1].T))
        return self.read.theta(np.column_stack([W.T, theta[:, -1]]))

    def answers(self, dual: Array) -> tuple[Array, Array]:
        """Return the weights that are rows times something, and what they answer to the rows, without biases."""
        rows, features = self.data.shape
        work, size = 2.0 * rows * features * dual.shape[1], leaf_rows(CELLS / rows)
        answers, W = over_leaves(_answers_of_columns, self.data.X.T, (self.read, dual), work, size, _beside)
        return answers, W


def _products_of_columns(
    columns: Array, start: int, stop: int, weights: Array, first: int, centred: bool, scaled: bool, kind: Any
) -> Sums:
    """Return what some columns add to the products of rows, their means and spreads, and their products with errors.

    The weights are the share of each row, which add up to 1, and the errors.
    """
    part, weights = columns[start:stop].T, weights.astype(kind, copy=False)
    near = part[first].astype(np.float64) * centred  # of a constant column nothing is left
    with np.errstate(over="ignore", invalid="ignore"):
        Z = np.subtract(part, near, dtype=kind)
        sums = (weights @ Z).astype(np.float64, copy=False)
        if centred:
            means = sums[0].astype(kind)
            Z -= means
            near += means
            sums -= np.outer(weights.sum(axis=1, dtype=np.float64), means)
        scales = spread(np.zeros(1), (weights[0] @ (Z * Z)).astype(np.float64, copy=False))
        if scaled:
            Z /= scales.astype(kind, copy=False)
            sums /= scales
        return Z @ Z.T, near, scales, sums[1:]


def _side_by_side(a: Sums, b: Sums) -> Sums:
    products = a[0]
    products += b[0]
    return products, *(np.concatenate([x, y], axis=-1) for x, y in zip(a[1:], b[1:], strict=True))


def _answers_of_columns(columns: Array, start: int, stop: int, read: Coordinates, dual: Array) -> Sums:
    part = columns[start:stop].T
    with np.errstate(over="ignore", invalid="ignore"):
        Z = Coordinates(read.centres[start:stop], read.scales[start:stop]).of_columns(part, np.empty(part.shape))
        W = Z.T @ dual
        return Z @ W, W


def _beside(a: Sums, b: Sums) -> Sums:
    return a[0] + b[0], np.concatenate([a[1], b[1]])


def _solver(A: Array, safe: float) -> Callable[[Array], Array] | None:
    """Return what solves A x = y; None where A has no Cholesky factor, or one with less than a safe part in a pivot."""
    size = np.diagonal(A).copy()
    if len(A) >= LARGE:
        from scipy.linalg.lapack import dpotrf, dpotrs, spotrf, spotrs

        double = A.dtype == np.float64
        factor, failed = (dpotrf if double else spotrf)(A.T, lower=True, overwrite_a=True)
        if failed or not (np.diagonal(factor) ** 2 > safe * size).all():
            return None
        return lambda right: np.asarray((dpotrs if double else spotrs)(factor, right, lower=True)[0], np.float64)
    try:
        factor = np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        return None
    if not (np.diagonal(factor) ** 2 > safe * size).all():
        return None
    return lambda right: np.asarray(np.linalg.solve(factor.T, np.linalg.solve(factor, right)), np.float64)
