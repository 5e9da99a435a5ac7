"""One source, two speeds: the textbook in `kernels.py`, interpreted or compiled.

Compiled it is loaded in two ways: with sums reordered, for real work, and *exact*, in the textbook's own order, whose
bits are those of the interpreted textbook; `exact` decides when small trainings are worth loading that.

Numba is imported here and in `numba_rows` alone, when compiled work is first asked for.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, TypeVar

from glassneuron import checks

F = TypeVar("F", bound=Callable[..., Any])

SPEEDS = ("auto", "python", "compiled")

COMPILE_FROM = 2_000_000
"""Multiply-adds from which `auto` compiles: about a fifth of a second of interpreted work, which is what loading
the compiled kernels costs once a process. Only the size of the work counts, so the same call gives the same bits."""

FASTMATH = {"reassoc", "contract", "nsz", "arcp"}
"""Sums may be reordered (a dot product vectorises); NaN and infinity keep their meaning."""

COMPILE_TRAINING_FROM = 20_000
"""The same for a training that goes through the rows one by one, at the epochs that it mostly takes: a hundredth or two
of a second, which is little for one training; but trainings come in numbers, in cross-validation and searches."""

_INTERPRETED = "glassneuron.engine.kernels"
_COMPILED = {"compiled": "kernels", "exact": "kernels", "orders": "loops/orders", "active_set": "loops/active_set"}
"""What is compiled, and the file of this folder that it is compiled from: the textbook, or loops beside it."""

_loaded: dict[str, ModuleType] = {}
_lock = threading.RLock()
_compiling = ""  # the speed that kernels are being compiled for
_cacheless = False
_stamp = ""  # names what kernels are compiled from, and for which road, in the names of the cache's files
chosen = checks.choice("GLASSNEURON_SPEED", os.environ.get("GLASSNEURON_SPEED", "auto"), SPEEDS)
"""The speed that was asked for; "auto" where it follows from the size of the work."""
ROWS = checks.choice("GLASSNEURON_ROWS", os.environ.get("GLASSNEURON_ROWS", "borrowed"), ("borrowed", "plain"))
"""How compiled kernels take rows: "borrowed" where Numba can, or "plain"; for tests and for emergencies."""


def kernel(function: F) -> F:
    """Mark a function of the textbook that is compiled when the textbook is loaded compiled."""
    return _compile(function) if _compiling else function


def brief(function: F) -> F:
    """Mark a kernel so short that letting other threads run meanwhile would take a twentieth of its time."""
    return _compile(function, nogil=False) if _compiling else function


def aside(function: F) -> F:
    """Mark a kernel that only spares large tables some time: pages that learn small ones do not carry it."""
    return kernel(function)


def inlined(function: F) -> F:
    """Mark a function of the textbook that becomes part of its callers before they are compiled.

    That saves the call, which matters in a loop over rows, and a compilation of its own: up to a fifth of a second
    each, together a third of what a network's first training waits for. It has to be where sums are added up whose
    order a compiler may choose: what stands beside its callers as well is compiled once more with each, perhaps in
    another order, and which of the two a process runs would depend on which it has met first.
    """
    return _compile(function, inline="always") if _compiling else function


def row(table: Any, i: int) -> Any:
    """Return row i (from 0) of a table, or layer i of a list of tables, to read or to write.

    A table is an array, a nested list, or sparse: a list of rows (columns, values) when interpreted, and the three
    arrays (values, columns, starts) of compressed rows when compiled. Compiled, the row is borrowed (see `numba_rows`):
    it is valid while its table is in use, and a kernel never returns it.
    """
    return table[i]


def part(line: Any, start: int, stop: int) -> Any:
    """Return a part of a row, to read or to write; compiled, it is borrowed as by `row`."""
    return line[start:stop]


def visit(table: Any, order: Any, t: int) -> Any:
    """Return the row number at place t of an order.

    Compiled, the row whose turn comes a little later is requested from memory at the same time: waiting for rows in
    random order, one by one, would take up to twice as long as the arithmetic.
    """
    return order[t]


def like(row: Any, value: float) -> Any:
    """Return a number in a row's own kind of float, so that float32 is not computed in double precision."""
    return value


def _compile(function: F, **more: Any) -> F:
    global _cacheless
    import numba

    from glassneuron.engine import numba_rows

    fastmath = FASTMATH if _compiling == "compiled" else False
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True, "fastmath": fastmath, **more}
    if not _cacheless:
        function.__qualname__ = f"{function.__name__}.{_stamp}"  # Numba names its cache files by it
        try:
            return numba_rows.with_safe_cache(numba.njit(cache=True, **options)(function))  # type: ignore[no-any-return]
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
    """Return the kernels at one speed, "python", "compiled" or "exact": the same file, executed under three names.

    Where ``NUMBA_DISABLE_JIT=1`` switches Numba off, all are interpreted.
    """
    if speed not in _loaded:
        with _lock:  # a module is there only once it is whole: another thread may be asking
            if speed not in _loaded:
                _loaded[speed] = _load_compiled(speed) if speed in _COMPILED else importlib.import_module(_INTERPRETED)
    return _loaded[speed]


def is_loaded(speed: str) -> bool:
    """Return whether the kernels at one speed were loaded in this process."""
    return speed in _loaded


def _load_compiled(speed: str) -> ModuleType:
    global _compiling, _stamp
    import numba

    if numba.config.DISABLE_JIT:
        return load("python")
    from glassneuron.engine import numba_rows

    version, road, marks = _how_rows_are_taken()
    file = _COMPILED[speed]
    name = f"{__package__}.{file.replace('/', '.')}_{speed}"
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{file}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    _stamp, _compiling = f"{version}-{road}-{speed}", speed
    try:
        spec.loader.exec_module(module)
    finally:
        _compiling = ""
    for mark in marks:
        setattr(module, mark.__name__, mark)
    if file == "kernels":
        numba_rows.choose(module)
    kernel = next(value for value in vars(module).values() if hasattr(value, "stats"))
    _forget_other_versions(kernel.stats.cache_path, version)
    sys.modules[name] = module  # Numba looks modules up by name when it reads its cache
    return module


@cache
def _how_rows_are_taken() -> tuple[str, str, Sequence[Callable[..., Any]]]:
    """Return what stands for the sources, the road by which kernels take rows, and the functions that go it.

    Numba is told once what these are, whichever kernels are loaded first.
    """
    global _stamp
    import numba

    from glassneuron.engine import numba_rows

    here = Path(__file__)
    sources = [here.parent / f"{file}.py" for file in dict.fromkeys((*_COMPILED.values(), "numba_rows", "backend"))]
    sources.append(here.parents[1] / "__init__.py")  # the version stands there
    version = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
    checked = bool(numba.config.BOUNDSCHECK)  # every index, which plain indexing does
    _stamp = f"{version}-trial"
    marks: Sequence[Callable[..., Any]] = row, part, visit, like
    borrow = not checked and ROWS == "borrowed" and numba_rows.can_borrow(_compile, *marks)
    if not borrow:
        marks = numba_rows.plain(*marks)
    return version, "borrowed" if borrow else "checked" if checked else "plain", marks


def _forget_other_versions(folder: str | None, version: str) -> None:
    """Delete what other versions of these files left in the cache."""
    ours = tuple(f"{Path(file).name}." for file in {"numba_rows", *_COMPILED.values()})
    for path in Path(folder).glob("*.nb[ic]") if folder else ():
        if path.name.startswith(ours) and version not in path.name:
            with suppress(OSError):  # another process was faster, or is reading it
                path.unlink()


def in_cache(kernel: Callable[..., Any]) -> bool:
    """Return whether a kernel was compiled before, for arguments of some kinds; interpreted it need not be."""
    if not hasattr(kernel, "stats"):
        return True
    dispatcher: Any = kernel  # as Numba calls it
    folder, name = dispatcher.stats.cache_path, dispatcher.py_func.__qualname__
    return folder is not None and any(Path(folder).glob(f"*.{name}-*.nbi"))


def speed_for(work: float, compile_from: float = COMPILE_FROM) -> str:
    """Return the speed for work of this many multiply-adds."""
    return chosen if chosen != "auto" else "compiled" if work >= compile_from else "python"


def kernels(work: float, compile_from: float = COMPILE_FROM) -> ModuleType:
    """Return the kernels at the speed that fits work of this many multiply-adds."""
    return load(speed_for(work, compile_from))


def interpreted(kernels: ModuleType) -> bool:
    """Return whether these kernels run as plain Python."""
    return kernels.__name__ == _INTERPRETED


def straight(kernel: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """Return the code of a kernel for arguments of exactly these kinds, or else the kernel itself; it is called once.

    That code takes whatever it is called with for arguments of these kinds, dimensions and layouts, without a check:
    this saves a third of the time of a short call. Whoever calls it has to know what they pass.
    """
    kernel(*arguments)
    if not hasattr(kernel, "overloads"):
        return kernel
    from glassneuron.engine import numba_rows

    return numba_rows.entry_point(kernel, arguments)


def inputs(kernels: ModuleType, *arrays: Any) -> tuple[Any, ...]:
    """Return arrays in the form that suits their speed.

    Interpreted, nested lists of Python floats are four times as fast as arrays. float32 stays an array at both
    speeds: lists would compute in double precision.
    """
    if not interpreted(kernels):
        return arrays
    return tuple(a.tolist() if a.dtype.itemsize == 8 else a for a in arrays)


def table(kernels: ModuleType, X: Any) -> Any:
    """Return a dense table, or a sparse one in CSR form, as `row` takes it at the kernels' speed."""
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
        self.name = checks.choice("speed", name, SPEEDS)
        self._before, chosen = chosen, self.name

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
