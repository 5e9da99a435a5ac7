"""Rows for compiled kernels: the only file that knows how Numba works inside.

Numba counts references: taking a row of a table costs two atomic operations, for every row of every epoch, which can
take five times as long as the arithmetic. So rows are borrowed here: Numba's `carray` makes an array at an address, and
such an array owns nothing. Rows in random order are also requested from memory before their turn. `can_borrow` tries
all this on a small kernel first; should a release of Numba break it, kernels index their tables plainly instead, which
is slower and just as right.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np
from numba import carray, typeof, types
from numba.extending import intrinsic, overload

AHEAD = 32
"""How many rows before its turn a row is requested: by measurement 8 to 100 do, and 32 gains most."""
CACHE_LINE, LONGEST = 64, 2048
"""Bytes that memory delivers at a time, and bytes of a row to request: the processor foresees what follows."""


# ----------------------------------------------------------------------------------- what Numba itself lacks
#
# The imports from inside Numba stand where they are used, so that a release without them is noticed by the trial.


@intrinsic  # type: ignore[untyped-decorator]  # Numba is typed in part only
def _address(typing: Any, array: Any, i: Any) -> Any:
    """Return the address of row i of an array, as a pointer for `carray`."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from numba.core import cgutils

        whole = cgutils.create_struct_proxy(array)(context, builder, value=arguments[0])
        first = builder.ptrtoint(whole.data, context.get_value_type(types.intp))
        i = context.cast(builder, arguments[1], signature.args[1], types.intp)
        place = builder.add(first, builder.mul(i, builder.extract_value(whole.strides, 0)))
        return builder.inttoptr(place, context.get_value_type(types.voidptr))

    return types.voidptr(array, i), build


@intrinsic  # type: ignore[untyped-decorator]
def _lent_by(typing: Any, table: Any, array: Any) -> Any:
    """Return the array, of a type that cannot be written if the table's cannot."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return arguments[1]

    return types.Array(array.dtype, array.ndim, array.layout, readonly=not table.mutable)(table, array), build


@intrinsic  # type: ignore[untyped-decorator]
def _request(typing: Any, address: Any, size: Any) -> Any:
    """Request so many bytes from memory, without waiting for them; return the address."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir
        from numba.core import cgutils

        byte, whole = context.get_value_type(types.voidptr), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        size = context.cast(builder, arguments[1], signature.args[1], types.intp)
        none, line, most = (ir.Constant(size.type, value) for value in (0, CACHE_LINE, LONGEST))
        size = builder.select(builder.icmp_signed("<", size, most), size, most)
        first, one = builder.ptrtoint(arguments[0], size.type), ir.Constant(size.type, 1)

        def request(offset: Any) -> None:
            place = builder.inttoptr(builder.add(first, offset), byte)
            builder.call(fetch, [place, whole(0), whole(2), whole(1)])  # to read, into the second cache

        with cgutils.for_range_slice(builder, none, size, line) as (offset, _):
            request(offset)
        request(builder.sub(size, one))  # a row that begins within a line ends in one more
        return arguments[0]

    return types.voidptr(types.voidptr, size), build


# ---------------------------------------------------------------- how kernels take rows, borrowed or plainly


def _teach(borrow: bool, row: Any, part: Any, visit: Any, like: Any) -> None:
    """Tell Numba what these four functions are in compiled code."""

    def lends(table: Any) -> bool:
        return borrow and isinstance(table, types.Array) and table.layout == "C"

    def row_of(table: Any, i: Any) -> Any:
        def layer(table: Any, i: Any) -> Any:
            a = table[i]
            return _lent_by(a, carray(_address(a, 0), a.shape, kind))

        if isinstance(table, types.BaseTuple):
            return lambda table, i: (
                part(table[1], table[2][i], table[2][i + 1]),
                part(table[0], table[2][i], table[2][i + 1]),
            )
        if isinstance(table, types.List) and lends(table.dtype):
            kind = table.dtype.dtype
            return layer
        if lends(table) and table.ndim > 1:
            kind = table.dtype
            return lambda table, i: _lent_by(table, carray(_address(table, i), table.shape[1:], kind))
        return lambda table, i: table[i]

    def part_of(line: Any, start: Any, stop: Any) -> Any:
        if not lends(line):
            return lambda line, start, stop: line[start:stop]
        kind = line.dtype
        return lambda line, start, stop: _lent_by(
            line, carray(_address(line, start), (types.intp(stop - start),), kind)
        )

    def turn_of(table: Any, order: Any, t: Any) -> Any:
        # There is no branch in these, so that Numba sees that it need not count references here either.
        def of_sparse(table: Any, order: Any, t: Any) -> Any:
            i = order[min(t + AHEAD, len(order) - 1)]
            start, entries = table[2][i], table[2][i + 1] - table[2][i]
            _request(_address(table[1], start), entries * table[1].itemsize)
            _request(_address(table[0], start), entries * table[0].itemsize)
            return order[t]

        def of_dense(table: Any, order: Any, t: Any) -> Any:
            _request(_address(table, order[min(t + AHEAD, len(order) - 1)]), table.strides[0])
            return order[t]

        if borrow and isinstance(table, types.BaseTuple):
            return of_sparse
        return of_dense if lends(table) else lambda table, order, t: order[t]

    def in_kind(row: Any, value: Any) -> Any:
        kind = row.dtype
        return lambda row, value: kind(value)

    overload(like, strict=False)(in_kind)
    overload(part, strict=False)(part_of)
    overload(row, strict=False)(row_of)
    overload(visit, strict=False, inline="always")(turn_of)


def choose(kernels: ModuleType) -> None:
    """Let the caller of `row_sum` and `row_move` choose between dense and sparse rows when it is compiled."""

    def row_sum(w: Any, b: Any, x: Any) -> Any:
        return (kernels.sparse_sum if isinstance(x, types.BaseTuple) else kernels.weighted_sum).py_func

    def row_move(w: Any, b: Any, error: Any, eta: Any, eta_bias: Any, x: Any) -> Any:
        return (kernels.sparse_move if isinstance(x, types.BaseTuple) else kernels.perceptron_move).py_func

    overload(kernels.row_sum, strict=False, inline="always")(row_sum)
    overload(kernels.row_move, strict=False, inline="always")(row_move)


# ------------------------------------------------------------------------------------ which of the two it is


def _trial_of(row: Any, visit: Any, like: Any) -> Any:
    """Return a kernel that reads and writes rows of each kind; a sparse row consists of parts."""

    def trial(single: Any, double: Any, sparse: Any, order: Any, sums: Any) -> None:
        for t in range(len(order)):
            i = visit(double, order, t) + visit(sparse, order, t) - order[t]
            x, y, (columns, values) = row(single, i), row(double, i), row(sparse, i)
            x[1] -= like(x, y[0])
            y[2] += x[1] * len(y)
            for j in range(len(columns)):
                sums[i] += columns[j] * values[j]
                values[j] += x[j]

    return trial


def _works(trial: Any, compiled: Any) -> bool:
    """Return whether the compiled trial does to tables of 4 x 3 what the interpreted one does."""
    starts, order, outcomes = np.array([0, 1, 1, 3, 5], np.int32), np.array([2, 0, 3, 1]), []
    for kernel in trial, compiled:
        double, columns, values = np.arange(12.0).reshape(4, 3), np.array([2, 0, 1, 1, 2], np.uint32), np.arange(5.0)
        single, sums, sparse = double.astype(np.float32), np.zeros(4), (values, columns, starts)
        if kernel is trial:
            sparse = [(columns[a:b], values[a:b]) for a, b in pairwise(starts)]  # type: ignore[assignment]
        kernel(single, double, sparse, order, sums)
        outcomes.append(np.concatenate([single.ravel(), double.ravel(), values, sums]))
    return np.array_equal(outcomes[0], outcomes[1])


def can_borrow(compiled: Callable[[Any], Any], row: Any, part: Any, visit: Any, like: Any) -> bool:
    """Let these four functions borrow rows in code that `compiled` compiles; return whether it works, warn if not."""
    try:
        _teach(True, row, part, visit, like)
        trial = _trial_of(row, visit, like)
        trouble = "" if _works(trial, compiled(trial)) else "a wrong result"
    except Exception as error:  # whatever a new release may raise: only speed is lost
        trouble = f"{type(error).__name__}: {error}".splitlines()[0]
    if trouble:
        warnings.warn(
            "with this release of Numba kernels cannot borrow rows and copy a reference to each instead, which is "
            f"slower; results are the same ({trouble}). Set GLASSNEURON_ROWS=plain to choose this without a warning.",
            RuntimeWarning,
            stacklevel=2,
        )
    return not trouble


def plain(*marks: Any) -> Sequence[Any]:
    """Return copies of `row`, `part`, `visit` and `like` that index plainly in compiled code.

    They are copies because Numba does not forget what a function was once said to be.
    """
    copies = [FunctionType(mark.__code__, mark.__globals__, mark.__name__) for mark in marks]
    _teach(False, *copies)
    return copies


# ------------------------------------------------------------------------- compiled code: its cache, its entry


def with_safe_cache(kernel: Any) -> Any:
    """Return a kernel whose cache files may be damaged or belong to other arguments: it is then compiled again.

    Numba itself passes on whatever reading a damaged file raises. And when two processes write code for two kinds of
    arguments at once, it can file the one under the other's name: so they wait for each other, where they can.
    """
    try:
        cache, folder = kernel._cache, kernel.stats.cache_path
        load, save = cache.load_overload, cache.save_overload
    except AttributeError:
        return kernel

    def at_once(arguments: Any, context: Any) -> Any:
        """Load code without all that only compiling needs, which would take most of the time of a first call."""
        from numba.core.runtime import rtsys

        rtsys.initialize(context)
        return cache._load_overload(arguments, context)

    def load_overload(arguments: Any, context: Any) -> Any:
        for way in (at_once, load):
            with suppress(Exception):  # another release of Numba; and whatever reading a pickle that was cut can raise
                code = way(arguments, context)
                if code is None or tuple(code.signature.args) == tuple(arguments):
                    return code
        with suppress(OSError), _alone_in(folder):
            cache.flush()
        return None

    def save_overload(arguments: Any, code: Any) -> None:
        with suppress(OSError), _alone_in(folder):  # such as a full disk
            save(arguments, code)

    cache.load_overload, cache.save_overload = load_overload, save_overload
    return kernel


@contextmanager
def _alone_in(folder: str) -> Iterator[None]:
    """Keep other processes from writing to a folder meanwhile; on Windows, and where nothing can be locked, do not."""
    lock = None
    with suppress(ImportError, OSError):
        import fcntl

        Path(folder).mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if lock is not None:
            with suppress(OSError):
                fcntl.flock(lock, fcntl.LOCK_UN)  # a process that was forked meanwhile has it open too
            os.close(lock)


def entry_point(kernel: Any, arguments: tuple[Any, ...]) -> Callable[..., Any]:
    """Return the code compiled for arguments of these kinds; the kernel itself if Numba does not say where it is."""
    try:
        code = kernel.overloads[tuple(typeof(argument) for argument in arguments)].entry_point
    except (AttributeError, KeyError):
        return kernel  # type: ignore[no-any-return]
    return code if callable(code) else kernel  # type: ignore[no-any-return]
