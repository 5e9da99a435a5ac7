"""The Hessian of neurons, or of as many rows as it pays to look at: how far a step should go, in each direction."""

from __future__ import annotations

from typing import Any

import numpy as np

from glassneuron.engine import kernels
from glassneuron.engine.arrays import Array
from glassneuron.engine.sums import large, leaf_rows, over_leaves
from glassneuron.learning.algorithms.evaluate import wrong
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import Evaluation, sums_of
from glassneuron.learning.dataset import COMPETING, Dataset

CELLS, KEPT = 1 << 17, 1 << 20
"""Numbers in a leaf from which a Hessian is added up, so that what is written of it stays in a cache; and numbers of a
table up to which it is kept as the unknowns read it: then nothing is written."""
PIECE, LEAST_ROWS = 1 << 15, 128
"""Numbers, in products of rows and shares, that are worked out together so that they stay in a cache; and rows."""
FEW = 0.1
"""Weight of a row, as a fraction of the mean, up to which it is left out of a Hessian that only leads the way."""
LARGE = 16
"""Unknowns from which it pays to call LAPACK directly."""
LEAST, LEAST_SINGLE = 1e-9, 1e-6
"""Curvature, as a fraction of the largest of the loss, that is added in every direction, so that flat ones do not
matter; and to a Hessian that was worked out in single precision."""


def hessian_at(
    code: int, unknowns: Array, data: Dataset, coordinates: Coordinates, *, together: bool, single: bool = False
) -> Array:
    r"""Return the Hessian of the mean loss, without a penalty, by the unknowns of neurons.

    It is of shape (systems, m, m): where all neurons compete `together`, one system of all their unknowns; of linear
    neurons one for each of them, as it is the same; else one for each neuron. With `single`, leaves are worked
    out in single precision, which is good enough to lead the way.

    .. math:: H = \frac{1}{\sum_i c_i} \sum_i c_i\,f'(z_i)\,x_i x_i^T
    """
    work = work_of_hessian(code, len(data.y), unknowns.shape, together=together)
    size = leaf_rows(CELLS / unknowns.shape[1])
    weights = code, unknowns, coordinates, together, np.float32 if single else np.float64
    H, total = over_leaves(_hessian_of_leaf, data, weights, work, size)
    return np.asarray(H / total if total > 0.0 else H)  # where none of these rows counts, nothing is bent


def _hessian_of_leaf(
    data: Dataset,
    start: int,
    stop: int,
    code: int,
    unknowns: Array,
    coordinates: Coordinates,
    together: bool,
    kind: Any,
) -> tuple[Array, float]:
    rows, weight = coordinates.rows(data.dense(start, stop), kind), data.weight(start, stop)
    if code == kernels.LINEAR:
        return _gram(rows, weight)[np.newaxis], float(weight.sum())
    with np.errstate(over="ignore", invalid="ignore"):
        Z = sums_of(rows, unknowns)
        _, D = kernels.losses_of_rows(code, Z, data.answers(code, start, stop))
    A = D + data.targets(start, stop)
    if together:
        return _coupled(rows, A, weight), float(weight.sum())
    return np.array([_gram_of_those_that_count(rows, weight * a * (1.0 - a)) for a in A.T]), float(weight.sum())


def _gram_of_those_that_count(rows: Array, weight: Array) -> Array:
    """Return the sum of weight x x^T; rows whose answers are sure already, and so bend little, are left out."""
    some = np.flatnonzero(weight > FEW * weight.mean())
    return _gram(rows, weight) if 5 * len(some) > 4 * len(rows) else _gram(rows.T[:, some].T, weight[some])


def kept(rows: int, each: int, work: float) -> bool:
    """Return whether a table is kept as the unknowns read it, where each look tells a Hessian that takes such work."""
    return rows * each <= KEPT and not large(work)


def bent_at(
    code: int, unknowns: Array, data: Dataset, coordinates: Coordinates | None, penalty: Array, *, together: bool
) -> Evaluation:
    """Return loss and gradient by the unknowns with the Hessian, from one look at the rows.

    Without coordinates, the rows are written as the unknowns read them, a 1 for the bias at their end.
    """
    work = work_of_hessian(code, len(data.y), unknowns.shape, together=together)
    size = leaf_rows((KEPT if kept(len(data.y), unknowns.shape[1], work) else CELLS) / unknowns.shape[1])
    loss, mistakes, total, gradient, H = over_leaves(
        _bent_leaf, data, (code, unknowns, coordinates, together), work, size
    )
    bent = penalty * unknowns
    own = 0.5 * float(np.vdot(bent, unknowns))
    return Evaluation(loss / total, own, mistakes, gradient / total + bent, H / total)


def _bent_leaf(
    data: Dataset, start: int, stop: int, code: int, unknowns: Array, coordinates: Coordinates | None, together: bool
) -> tuple[float, float, float, Array, Array]:
    rows = data.dense(start, stop)
    if coordinates is not None:
        rows = coordinates.rows(rows)
    Y, weighted = data.answers(code, start, stop), len(data.sample_weight) > 0
    with np.errstate(over="ignore", invalid="ignore"):
        Z = sums_of(rows, unknowns)
        losses, D = kernels.losses_of_rows(code, Z, Y)
        A = D + (data.targets(start, stop) if code in COMPETING else Y)
        missed = wrong(code, Z, Y)
        if not weighted:
            H = _coupled(rows, A) if together else _apart(rows, A)
            return float(losses.sum()), float(missed.sum()), float(stop - start), D.T @ rows, H
        weight = data.weight(start, stop)
        D *= weight[:, np.newaxis]
        H = _coupled(rows, A, weight) if together else _apart(rows, A, weight)
    return float(weight @ losses), float(weight @ missed), float(weight.sum()), D.T @ rows, H


def _apart(rows: Array, A: Array, weight: Array | float = 1.0) -> Array:
    """Return the sums of how the answers A bend the loss, each neuron its own."""
    return np.array([_gram(rows, weight * (a * (1.0 - a))) for a in A.T])


def work_of_hessian(code: int, rows: int, shape: tuple[int, ...], *, together: bool = False) -> float:
    """Return the multiply-adds that the Hessian of so many rows takes, and its factors."""
    neurons, each = shape
    systems = 1 if code == kernels.LINEAR else 0.5 * neurons * (neurons + 1) if together else neurons
    solved = (each * neurons) ** 3 if together else systems * each**3
    return 0.5 * systems * rows * each**2 + solved / 3.0


def _gram(rows: Array, weight: Array) -> Array:
    """Return the sum of weight x x^T."""
    root = np.sqrt(weight).astype(rows.dtype, copy=False)[:, np.newaxis] * rows
    return np.asarray(root.T @ root, np.float64)  # a matrix with itself is half the work


def _coupled(rows: Array, A: Array, weight: Array | float = 1.0) -> Array:
    r"""Return the Hessian of neurons that share out a probability: each sum bends the others' shares, too.

    .. math:: H_{kl} = \sum_i c_i\,a_{ik} (\delta_{kl} - a_{il})\,x_i x_i^T
    """
    m, n = rows.shape[1], A.shape[1]
    shares = np.multiply(A.T, np.sqrt(weight), order="C").astype(rows.dtype, copy=False)
    columns, some = np.ascontiguousarray(rows.T), max(LEAST_ROWS, PIECE // (n * m))
    each, H = np.empty((n, m, min(some, len(rows))), rows.dtype), np.zeros((n * m, n * m))
    for start in range(0, len(rows), some):
        part = slice(start, start + some)
        piece = each[:, :, : len(rows[part])]
        np.multiply(shares[:, np.newaxis, part], columns[:, part], out=piece)
        flat = piece.reshape(n * m, -1)
        H -= flat @ flat.T  # a matrix with itself is half the work
    for k, a in enumerate(A.T):
        own = slice(k * m, (k + 1) * m)
        H[own, own] = _gram(rows, weight * (a * (1.0 - a)))
    return H[np.newaxis]


def inverses(H: Array, penalty: Array, *, held: bool, least: float = LEAST) -> Array:
    """Return the inverses of Hessians with a penalty on each unknown; a bias that is held stays apart."""
    return np.array([_inverse(h) for h in _with_penalty(H, penalty, held=held, least=least)])


def newton_step(H: Array, penalty: Array, gradient: Array, *, held: bool) -> Array:
    """Return minus inverse Hessians, as `inverses` gives them, times a gradient of shape (neurons, m)."""
    systems, right = _with_penalty(H, penalty, held=held), -gradient.reshape(len(H), -1)
    return np.array([_solved(h, g) for h, g in zip(systems, right, strict=True)]).reshape(gradient.shape)


def _solved(h: Array, right: Array) -> Array:
    if len(h) >= LARGE:
        from scipy.linalg.lapack import dposv

        _, found, failed = dposv(h, right)
        if not failed:
            return np.asarray(found)
    return np.asarray(np.linalg.solve(h, right))


def _with_penalty(H: Array, penalty: Array, *, held: bool, least: float = LEAST) -> Array:
    H, m, size = H.copy(), len(penalty), H.shape[1]
    diagonals = H.reshape(len(H), -1)[:, :: size + 1]
    most = np.maximum(diagonals.max(axis=1, keepdims=True), LEAST)  # a penalty may be many times as much along some
    for start in range(0, size, m):
        diagonals[:, start : start + m] += penalty
    if held:
        biases = np.arange(m - 1, size, m)
        H[:, biases, :], H[:, :, biases], H[:, biases, biases] = 0.0, 0.0, 1.0
    diagonals += least * most
    return H


def _inverse(h: Array) -> Array:
    """Return the inverse of a Hessian; of a large one by its Cholesky factor, if it has one: half the work."""
    if len(h) < LARGE:
        return np.asarray(np.linalg.inv(h))
    from scipy.linalg.lapack import dpotrf, dpotri

    factor, failed = dpotrf(h, lower=True)
    if not failed:
        half, failed = dpotri(factor, lower=True)  # with zeros above the diagonal
    if failed:
        return np.asarray(np.linalg.inv(h))
    whole = half + half.T
    whole.flat[:: len(h) + 1] *= 0.5
    return np.asarray(whole)


def times(inverse: Array, gradient: Array) -> Array:
    """Return inverse Hessians times a gradient of shape (neurons, m)."""
    if inverse.shape[1] == gradient.size:
        return np.asarray(inverse[0] @ gradient.ravel()).reshape(gradient.shape)
    if len(inverse) == 1:
        return np.asarray(gradient @ inverse[0].T)
    return np.asarray(np.matmul(inverse, gradient[:, :, np.newaxis]))[:, :, 0]
