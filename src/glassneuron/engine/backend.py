"""One source, two speeds: the textbook in `kernels.py`, interpreted or compiled.

This is the only file that imports Numba, and it does so when compiled work is first asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
import threading
import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, TypeVar

from glassneuron.errors import problem

F = TypeVar("F", bound=Callable[..., Any])

SPEEDS = ("auto", "python", "compiled")

COMPILE_FROM = 2_000_000
"""Multiply-adds from which `auto` compiles: about a fifth of a second of interpreted work, which is what loading
the compiled kernels costs once a process. Only the size of the work counts, so the same call gives the same bits."""

FASTMATH = {"reassoc", "contract", "nsz", "arcp"}
"""Sums may be reordered (a dot product vectorises); NaN and infinity keep their meaning."""

AHEAD = 32
"""Rows from now at which a row is asked for: measured, 8 to 100 do, and most gain is at 32."""
CACHE_LINE, LONGEST = 64, 2048
"""Bytes that memory gives at a time, and of a row that are asked for: what follows, the processor sees coming."""

_INTERPRETED = "glassneuron.engine.kernels"
_COMPILED = "glassneuron.engine.kernels_compiled"

_loaded: dict[str, ModuleType] = {}
_lock = threading.RLock()
_compiling = False
_cacheless = False
chosen = os.environ.get("GLASSNEURON_SPEED", "auto")
"""The speed that was asked for; "auto" where it follows from the size of the work."""
if chosen not in SPEEDS:
    raise problem("parameter", name="GLASSNEURON_SPEED", rule="'auto', 'python' or 'compiled'", value=chosen)


def kernel(function: F) -> F:
    """Mark a function of the textbook; compiled or left alone by the load that is under way."""
    return _compile(function) if _compiling else function


def brief(function: F) -> F:
    """Mark a function of the textbook that is over sooner than other threads could be let run meanwhile."""
    return _compile(function, nogil=False) if _compiling else function


def inlined(function: F) -> F:
    """Mark a function of the textbook that becomes part of its callers before they are compiled.

    That saves the call, which counts in a loop over rows, and a compilation of its own: a fifth of a second or less
    each, which adds up to a third of what a network's first training waits for.
    """
    return _compile(function, inline="always") if _compiling else function


def row(table: Any, i: int) -> Any:
    """Give row i of a table, to read or to change: of nested lists, of arrays, and of sparse tables alike.

    Likewise the table of layer i, of a list of tables.

    A row that is mostly zeros is a pair (columns, values). A sparse table is a list of such pairs when interpreted, and
    the three arrays (values, columns, starts) of compressed rows when compiled.

    Compiled, the row is borrowed from the table without counting references, which Numba would otherwise do, with
    two atomic operations, for every row of every epoch: that took up to five times as long as the arithmetic.
    A kernel never returns a borrowed row.
    """
    return table[i]


def part(line: Any, start: int, stop: int) -> Any:
    """Give a part of a row, to read or to change; compiled, it is borrowed as `row` borrows."""
    return line[start:stop]


def visit(table: Any, order: Any, t: int) -> Any:
    """Give the row number at place t of an order.

    Compiled, the row whose turn comes a little later is asked for from memory at the same time: rows in random order
    would otherwise be waited for, one by one, for up to twice as long as the arithmetic takes.
    """
    return order[t]


def like(row: Any, value: float) -> Any:
    """Give a number in a row's own kind of float, so that float32 is not computed in double precision."""
    return value


def either(dense: F, sparse: F) -> F:
    """Make one function of two: the second where the last argument is a row that is mostly zeros.

    Compiled, the choice is made once, when the caller is compiled.
    """
    if not _compiling:

        def choose(*arguments: Any) -> Any:
            return (sparse if type(arguments[-1]) is tuple else dense)(*arguments)

        return choose  # type: ignore[return-value]
    from numba import types
    from numba.extending import overload

    def either_kind(*arguments: Any) -> Any: ...

    def of_kind(*kinds: Any) -> Any:
        return (sparse if isinstance(kinds[-1], types.BaseTuple) else dense).py_func  # type: ignore[attr-defined]

    for function in (either_kind, of_kind):
        function.__signature__ = inspect.signature(dense.py_func)  # type: ignore[attr-defined]
    overload(either_kind, inline="always", strict=False, jit_options={"fastmath": FASTMATH})(of_kind)
    return either_kind  # type: ignore[return-value]


def _teach_numba_about_rows() -> None:
    from llvmlite import ir
    from numba import config, types
    from numba.core import cgutils
    from numba.cpython.listobj import ListInstance
    from numba.extending import intrinsic, overload
    from numba.np.arrayobj import populate_array

    @overload(like, strict=False)  # type: ignore[untyped-decorator]
    def in_kind(row: Any, value: Any) -> Any:
        kind = row.dtype
        return lambda row, value: kind(value)

    if config.BOUNDSCHECK:  # then every index is to be checked, and plain indexing does it

        def plain_row(table: Any, i: Any) -> Any:
            if isinstance(table, types.BaseTuple):
                return lambda table, i: (
                    table[1][table[2][i] : table[2][i + 1]],
                    table[0][table[2][i] : table[2][i + 1]],
                )
            return lambda table, i: table[i]

        overload(part, strict=False)(lambda line, start, stop: lambda line, start, stop: line[start:stop])
        overload(row, strict=False, inline="always")(plain_row)
        overload(visit, strict=False, inline="always")(lambda table, order, t: lambda table, order, t: order[t])
        return

    @intrinsic  # type: ignore[untyped-decorator]  # Numba is typed in part only
    def borrowed(typing: Any, table: Any, i: Any) -> Any:
        result = types.Array(table.dtype, table.ndim - 1, "C" if table.layout == "C" else "A", not table.mutable)

        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            whole = context.make_array(table)(context, builder, arguments[0])
            first = context.cast(builder, arguments[1], signature.args[1], types.intp)
            rest = [context.get_constant(types.intp, 0)] * (table.ndim - 1)
            array = context.make_array(result)(context, builder)
            populate_array(
                array,
                data=cgutils.get_item_pointer(context, builder, table, whole, [first, *rest], wraparound=False),
                shape=cgutils.unpack_tuple(builder, whole.shape)[1:],
                strides=cgutils.unpack_tuple(builder, whole.strides)[1:],
                itemsize=whole.itemsize,
                meminfo=None,
            )
            return array._getvalue()

        return result(table, i), build

    @intrinsic  # type: ignore[untyped-decorator]
    def borrowed_part(typing: Any, line: Any, start: Any, stop: Any) -> Any:
        result = types.Array(line.dtype, 1, line.layout, not line.mutable)

        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            whole = context.make_array(line)(context, builder, arguments[0])
            first, end = (
                context.cast(builder, argument, kind, types.intp)
                for argument, kind in zip(arguments[1:], signature.args[1:], strict=True)
            )
            part = context.make_array(result)(context, builder)
            populate_array(
                part,
                data=cgutils.get_item_pointer(context, builder, line, whole, [first], wraparound=False),
                shape=[builder.sub(end, first)],
                strides=cgutils.unpack_tuple(builder, whole.strides),
                itemsize=whole.itemsize,
                meminfo=None,
            )
            return part._getvalue()

        return result(line, start, stop), build

    @intrinsic  # type: ignore[untyped-decorator]
    def borrowed_item(typing: Any, items: Any, i: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = context.cast(builder, arguments[1], signature.args[1], types.intp)
            item = ListInstance(context, builder, items, arguments[0]).getitem(place)
            whole = context.make_array(items.dtype)(context, builder, value=item)
            array = context.make_array(items.dtype)(context, builder)
            populate_array(
                array,
                data=whole.data,
                shape=cgutils.unpack_tuple(builder, whole.shape),
                strides=cgutils.unpack_tuple(builder, whole.strides),
                itemsize=whole.itemsize,
                meminfo=None,
            )
            return array._getvalue()

        return items.dtype(items, i), build

    def ask_for(context: Any, builder: Any, place: Any, size: Any) -> None:
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
        fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        none, line, most = (ir.Constant(size.type, value) for value in (0, CACHE_LINE, LONGEST))
        place = builder.bitcast(place, byte)
        size = builder.select(builder.icmp_signed("<", size, most), size, most)
        with cgutils.for_range_slice(builder, none, size, line) as (offset, _):
            builder.call(fetch, [builder.gep(place, [offset]), whole(0), whole(2), whole(1)])  # to read; second cache

    @intrinsic  # type: ignore[untyped-decorator]
    def ask_for_row(typing: Any, table: Any, i: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            whole = context.make_array(table)(context, builder, arguments[0])
            place = [context.cast(builder, arguments[1], signature.args[1], types.intp)]
            place += [context.get_constant(types.intp, 0)] * (table.ndim - 1)
            pointer = cgutils.get_item_pointer(context, builder, table, whole, place, wraparound=False)
            ask_for(context, builder, pointer, cgutils.unpack_tuple(builder, whole.strides)[0])
            return context.get_dummy_value()

        return types.void(table, i), build

    @intrinsic  # type: ignore[untyped-decorator]
    def ask_for_part(typing: Any, line: Any, start: Any, stop: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            whole = context.make_array(line)(context, builder, arguments[0])
            first, end = (
                context.cast(builder, argument, kind, types.intp)
                for argument, kind in zip(arguments[1:], signature.args[1:], strict=True)
            )
            pointer = cgutils.get_item_pointer(context, builder, line, whole, [first], wraparound=False)
            ask_for(context, builder, pointer, builder.mul(builder.sub(end, first), whole.itemsize))
            return context.get_dummy_value()

        return types.void(line, start, stop), build

    def borrowed_row(table: Any, i: Any) -> Any:
        if isinstance(table, types.BaseTuple):
            return lambda table, i: (
                borrowed_part(table[1], table[2][i], table[2][i + 1]),
                borrowed_part(table[0], table[2][i], table[2][i + 1]),
            )
        if isinstance(table, types.List):
            return lambda table, i: borrowed_item(table, i)
        return lambda table, i: borrowed(table, i)

    def visited(table: Any, order: Any, t: Any) -> Any:
        # Without a branch, so that Numba sees that it need not count references here either.
        def of_sparse(table: Any, order: Any, t: Any) -> Any:
            i = order[min(t + AHEAD, len(order) - 1)]
            ask_for_part(table[1], table[2][i], table[2][i + 1])
            ask_for_part(table[0], table[2][i], table[2][i + 1])
            return order[t]

        def of_dense(table: Any, order: Any, t: Any) -> Any:
            ask_for_row(table, order[min(t + AHEAD, len(order) - 1)])
            return order[t]

        return of_sparse if isinstance(table, types.BaseTuple) else of_dense

    overload(part, strict=False)(lambda line, start, stop: lambda line, start, stop: borrowed_part(line, start, stop))
    overload(row, strict=False)(borrowed_row)
    overload(visit, strict=False, inline="always")(visited)


def _compile(function: F, **more: Any) -> F:
    global _cacheless
    import numba

    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, "fastmath": FASTMATH, **more}
    if not _cacheless:
        try:
            return numba.njit(cache=True, **options)(function)  # type: ignore[no-any-return]
        except RuntimeError:
            _cacheless = True
            warnings.warn(
                "no folder to keep compiled kernels in: they are compiled again in each process. "
                "Set NUMBA_CACHE_DIR to a folder that can be written.",
                RuntimeWarning,
                stacklevel=4,
            )
    return numba.njit(**options)(function)  # type: ignore[no-any-return]


def load(speed: str) -> ModuleType:
    """Give the kernels at one speed: the same file, executed under two names.

    Parameters
    ----------
    speed : {"python", "compiled"}

    Returns
    -------
    module

    Examples
    --------
    >>> load("python").weighted_sum([0.0, 1.0], 4.0, [2.0, 3.0])
    7.0
    """
    module = _loaded.get(speed)
    if module is not None:
        return module
    if speed == "python":
        _loaded[speed] = importlib.import_module(_INTERPRETED)
        return _loaded[speed]
    if speed != "compiled":
        raise problem("parameter", name="speed", rule="'python' or 'compiled'", value=speed)
    return _load_compiled()


def _load_compiled() -> ModuleType:
    global _compiling
    with _lock:
        if "compiled" in _loaded:
            return _loaded["compiled"]
        spec = importlib.util.spec_from_file_location(_COMPILED, Path(__file__).with_name("kernels.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        _teach_numba_about_rows()
        _compiling = True
        try:
            spec.loader.exec_module(module)
        finally:
            _compiling = False
        sys.modules[_COMPILED] = module  # Numba looks modules up by name when it reads its cache
        _loaded["compiled"] = module  # only once it is whole: another thread may be asking
        return module


def speed_for(work: float) -> str:
    """Name the speed for work of this many multiply-adds."""
    return chosen if chosen != "auto" else "compiled" if work >= COMPILE_FROM else "python"


def kernels(work: float) -> ModuleType:
    """Give the kernels at the speed that fits work of this many multiply-adds."""
    return load(speed_for(work))


def interpreted(kernels: ModuleType) -> bool:
    """Tell whether these kernels run as plain Python."""
    return kernels.__name__ == _INTERPRETED


def straight(kernel: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """Give the code of a kernel for arguments of exactly these kinds; where Numba is switched off, the kernel itself.

    Compiled, it takes whatever it is called with for arguments of these kinds, dimensions and layouts, and does not
    look: that saves a third of the time of a short call. Whoever calls it has to know what they hand over.

    Parameters
    ----------
    kernel : callable
    *arguments
        An example, with which it is called once.
    """
    kernel(*arguments)
    if not hasattr(kernel, "overloads"):
        return kernel
    from numba import typeof

    return kernel.overloads[tuple(typeof(argument) for argument in arguments)].entry_point  # type: ignore[no-any-return]


def inputs(kernels: ModuleType, *arrays: Any) -> tuple[Any, ...]:
    """Hand arrays to the kernels in the form that suits their speed.

    Interpreted, nested lists of Python floats are four times as fast as arrays. float32 stays an array at both
    speeds: lists would compute in double precision.
    """
    if not interpreted(kernels):
        return arrays
    return tuple(a.tolist() if a.dtype.itemsize == 8 else a for a in arrays)


def table(kernels: ModuleType, X: Any) -> Any:
    """Hand a table of rows to the kernels: an array, or compressed sparse rows (SciPy's, known by their arrays).

    Parameters
    ----------
    kernels : module
    X : ndarray of shape (rows, features), or a sparse array in CSR form
    """
    if not hasattr(X, "indptr"):
        return inputs(kernels, X)[0]
    if not interpreted(kernels):
        whole = f"u{X.indices.itemsize}"  # never negative, so that Numba need not look where to count from
        return X.data, X.indices.view(whole), X.indptr
    values, columns = inputs(kernels, X.data)[0], X.indices.tolist()
    return [(columns[a:b], values[a:b]) for a, b in pairwise(X.indptr.tolist())]


class speed:
    """Choose how the kernels run, from now on or inside a `with` block.

    Parameters
    ----------
    name : {"auto", "python", "compiled"}
        "auto" interprets small work and compiles large work, by the size of the work alone. The environment
        variable ``GLASSNEURON_SPEED`` sets the same thing from outside; this call wins over it.

    Raises
    ------
    ParameterError
        If the name is none of the three.

    Examples
    --------
    >>> import glassneuron as gn
    >>> with gn.speed("python"):
    ...     gn.Neuron([0, 1], 4).feedforward([2, 3])
    0.9990889488055994
    """

    def __init__(self, name: str) -> None:
        global chosen
        if name not in SPEEDS:
            raise problem("parameter", name="speed", rule="'auto', 'python' or 'compiled'", value=name)
        self.name = name
        self._before = chosen
        chosen = self.name

    def __enter__(self) -> speed:
        global chosen
        chosen = self.name
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        global chosen
        chosen = self._before

    def __repr__(self) -> str:
        return f"speed({self.name!r})"
