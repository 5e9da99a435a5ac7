"""How neurons answer rows: weighted sums, activations, and one row or a whole table through the layers of a network."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
from numpy import empty, ndarray

from glassneuron.engine import backend
from glassneuron.engine.arrays import Array, refuse_not_finite
from glassneuron.engine.parts import Part, machines_in_use
from glassneuron.engine.sums import ALONE, LEAF, large, over_parts
from glassneuron.engine.threads import one_blas_thread, shared

Answerer = Callable[[Any], Any]
Scale = tuple[Array, Array, Any]
"""Means and deviations of the features, and the dtype of scaled rows."""

LOOP_UP_TO = 1000  # multiply-adds up to which sums are added up as training does, so that a tie there is a tie here
FEW = 50  # sums up to which a loop is faster than whole arrays
EXPECTED_ROWS = 1000  # that a network answers over its life: from 2,000 weights on that is compiled work
ACTIVATION = 20.0  # multiply-adds that take as long as one interpreted activation
BLOCK_ROWS = 512  # that pass through the layers together, so that what lies between the layers stays in the cache
SHORT_ANSWER = 200_000  # parameters up to which one row is answered without letting other threads run: some 10 µs


def weighted_sums(weights: Array, biases: Array, rows: Array) -> Array:
    """Return every neuron's weighted sum for every row, of shape (rows, neurons) and of the rows' dtype.

    Weights have the shape (neurons, inputs); rows (rows, inputs), or they are a sparse array in CSR form.
    """
    kernels = backend.kernels(0)
    if not weights.dtype == biases.dtype == rows.dtype:
        with np.errstate(over="ignore"):  # float32 rows may meet weights that only a float64 can hold
            weights, biases = weights.astype(rows.dtype), biases.astype(rows.dtype)
    if hasattr(rows, "indptr"):
        return np.asarray(rows @ weights.T) + biases
    if large(len(rows) * weights.size):
        return np.concatenate(_shared_out(_sums_of_part, rows, (weights, biases), float(len(rows) * weights.size)))
    if len(rows) * weights.size > LOOP_UP_TO:
        rows = rows if backend.interpreted(kernels) else np.ascontiguousarray(rows)
        with _threads(len(rows) * weights.size):
            return kernels.weighted_sums(weights, biases, rows)  # type: ignore[no-any-return]  # a module loaded by name
    if backend.interpreted(kernels) and len(rows) > weights.shape[1]:
        sums = np.zeros((len(rows), len(weights)), rows.dtype)
        for j in range(weights.shape[1]):  # in the order of the loop over features, for all rows at once
            sums += np.multiply.outer(rows[:, j], weights[:, j])
        return sums + biases
    sums = np.empty((len(rows), len(weights)), dtype=rows.dtype)
    W, b, X = backend.inputs(kernels, weights, biases, rows)
    for i in range(len(X)):
        for k in range(len(W)):
            sums[i, k] = kernels.weighted_sum(W[k], b[k], X[i])
    return sums


def _threads(work: float) -> AbstractContextManager[None]:
    """Keep a product to one thread where the library would take more than that: what is shared out is `large`."""
    return one_blas_thread() if work > ALONE else nullcontext()


def _shared_out(function: Callable[..., Any], rows: Array, weights: tuple[Any, ...], work: float) -> list[Any]:
    """Let threads or machines answer some rows each; what a row is answered does not depend on which."""
    if machines_in_use() is not None:
        return over_parts(function, rows, weights, work)
    parts = [Part(rows, start, min(start + LEAF, len(rows))) for start in range(0, len(rows), LEAF)]
    return shared(lambda part: function(part, *weights), parts)


def _sums_of_part(part: Part, weights: Array, biases: Array) -> Array:
    """Return the sums of some rows, a leaf at a time: last digits depend on how many rows are multiplied at once."""
    sums = np.empty((part.stop - part.start, len(weights)), part.table.dtype)
    for start in range(part.start, part.stop, LEAF):
        X = part.table[start : min(start + LEAF, part.stop)]
        own = sums[start - part.start : start - part.start + len(X)]
        np.dot(X, weights.T, out=own)
        own += biases
    return sums


def checked_sums(weights: Array, biases: Array, values: Array) -> Array:
    """Return the weighted sums of rows that nobody has checked for NaN and infinity yet.

    A value that is not finite spoils the sums of its row, and there are fewer sums than values to look at.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        sums = weighted_sums(weights, biases, np.atleast_2d(values))
    if not np.isfinite(sums).all():
        refuse_not_finite(values, "x")
    return sums


def activations(code: int, sums: Array) -> Array:
    """Apply the activation with this number in `engine.kernels` to sums of shape (rows, neurons)."""
    kernels = backend.kernels(0)
    if backend.interpreted(kernels) and sums.size > FEW:
        return kernels.activations_at_once(code, sums)  # type: ignore[no-any-return]
    Z, A = backend.inputs(kernels, sums, np.empty_like(sums))
    kernels.activations(code, Z, A)
    return np.asarray(A).reshape(sums.shape)


def forward(theta: Array, sizes: Array, codes: Array, values: Array, scale: Scale | None = None) -> tuple[Array, Array]:
    """Return the sums and the activations of a network's last layer, both of shape (rows, outputs).

    With a `scale` the rows are scaled on their way, some at a time. `theta` holds for each layer its weights, then its
    biases; `sizes` the inputs and the neurons of each layer; `codes` the activations' numbers. `theta` is writeable:
    Numba takes a read-only array for another type, and would compile the kernels once more.
    """
    rows = np.atleast_2d(values)
    if scale is not None and len(rows) <= BLOCK_ROWS:
        values = rows = _at_scale(rows, scale)
        scale = None
    rows, dtype = np.require(rows, requirements=("C", "W")), rows.dtype if scale is None else scale[2]
    work = len(theta) + (ACTIVATION * float(sizes[1:].sum()) if len(rows) > 1 else 0.0)
    speed = backend.speed_for(max(EXPECTED_ROWS, len(rows)) * work)
    if speed == "python":
        _refuse_not_finite(values, scale)
    with np.errstate(over="ignore"):
        theta = theta.astype(dtype, copy=False)
    network, work = (speed, theta, sizes, codes, scale), len(rows) * work
    if not large(work):
        with _threads(work):
            Z, A, finite = _forward_part(Part(rows, 0, len(rows)), *network)
    else:
        parts = _shared_out(_forward_part, rows, network, work)
        Z, A = (np.concatenate(each) for each in list(zip(*parts, strict=True))[:2])
        finite = all(part[2] for part in parts)
    if not finite:
        _refuse_not_finite(values, scale)
    return Z, A


def _at_scale(rows: Array, scale: Scale) -> Array:
    means, deviations, dtype = scale
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(((rows - means) / deviations).astype(dtype, copy=False))


def _refuse_not_finite(rows: Array, scale: Scale | None) -> None:
    if scale is None:
        refuse_not_finite(rows, "x")  # in the shape in which they came
        return
    for start in range(0, len(rows), BLOCK_ROWS):
        if not np.isfinite(_at_scale(rows[start : start + BLOCK_ROWS], scale)).all():
            refuse_not_finite(_at_scale(rows, scale), "x")


def _forward_part(
    part: Part, speed: str, theta: Array, sizes: Array, codes: Array, scale: Scale | None
) -> tuple[Array, Array, bool]:
    """Let some rows pass through the layers; return also whether they are finite."""
    kernels, textbook = backend.load(speed), backend.load("python")
    theta = np.require(theta, requirements="W")
    layers = list(zip(textbook.weights_of(theta, sizes), textbook.biases_of(theta, sizes), codes, strict=True))
    size, dtype = part.stop - part.start, part.table.dtype if scale is None else scale[2]
    buffers = [[np.empty((min(size, BLOCK_ROWS), n), dtype) for _ in "ZA"] for n in sizes[1:-1]]
    answers = [np.empty((size, sizes[-1]), dtype) for _ in "ZA"]
    finite = True
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, size, BLOCK_ROWS):
            at = slice(start, start + BLOCK_ROWS)
            X = part.table[part.start + start : min(part.start + start + BLOCK_ROWS, part.stop)]
            X = X if scale is None else _at_scale(X, scale)
            parts = [*([part[: len(X)] for part in pair] for pair in buffers), [part[at] for part in answers]]
            for l, ((W, b, code), (Z, A)) in enumerate(zip(layers, parts, strict=True)):
                kernels.layer_forward(W, b, X, code, Z, A)
                if l == 0:  # a value that is not finite spoils the sums of its row
                    finite = finite and bool(np.isfinite(Z.sum()))
                X = A
    return answers[0], answers[1], finite


def row_answerer(theta: Array, sizes: Array, codes: Array) -> Answerer:
    """Return a function that answers one plain row at once, and returns None for anything that needs a closer look.

    A network of some thousand weights answers a row in less time than it takes to check one with care, so all that can
    be prepared is: the interpreted kernel reads lists of floats, and the compiled one is called by its entry point.
    """
    plan, outputs, neurons, dtype = np.concatenate([sizes, codes]), int(sizes[-1]), int(sizes[1:].sum()), theta.dtype
    if backend.interpreted(backend.kernels(float(EXPECTED_ROWS * len(theta)))):
        return _list_answerer(theta.tolist(), plan.tolist(), int(sizes[0]), neurons, outputs)
    shape = (int(sizes[0]),) if len(theta) <= SHORT_ANSWER else None
    last = None if outputs == 1 else slice(-outputs, None)
    answer_row: Callable[..., bool] | None = None

    def answer(x: Any) -> Any:
        nonlocal answer_row
        if type(x) is ndarray and x.dtype is dtype and x.shape == shape and x.flags.carray:
            a = empty(neurons, dtype)
            if answer_row is None:
                answer_row = backend.straight(backend.load("compiled").answer_row, theta, plan, x, a)
            if answer_row(theta, plan, x, a):
                return float(a[-1]) if last is None else a[last]
        return None

    return answer


def _list_answerer(theta: list[float], plan: list[int], inputs: int, neurons: int, outputs: int) -> Answerer:
    answer_row = backend.load("python").answer_row

    def answer(x: Any) -> Any:
        dtype = np.dtype(np.float64)
        if type(x) is ndarray and x.ndim == 1 and x.dtype in (np.float32, np.float64):
            x, dtype = x.tolist(), x.dtype
        try:
            if isinstance(x, (list, tuple)) and len(x) == inputs and all(map(math.isfinite, x)):
                a = [0.0] * neurons
                answer_row(theta, plan, x, a)
                return float(a[-1]) if outputs == 1 else np.array(a[-outputs:], dtype)
        except (TypeError, ValueError, OverflowError):
            pass  # a nested list, text, or a huge integer: the careful way says what is wrong
        return None

    return answer
