"""Matrix products on one thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

_inside, _lock = 0, threading.Lock()
_before: list[tuple[Any, int]] = []


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep matrix products to one thread.

    Shared out, short ones would wait for each other longer than they work, beside busy processes many times as long;
    in threads of ours they would fight for the cores; and their last bits would depend on how many threads there are.
    """
    global _inside
    with _lock:
        if _inside == 0:
            known = ((library, library.num_threads) for library in libraries())
            _before[:] = [(library, threads) for library, threads in known if threads != 1]
            for library, _ in _before:
                library.set_num_threads(1)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                for library, threads in _before:
                    library.set_num_threads(threads)


@cache
def libraries() -> list[Any]:
    """Return what controls the threads of matrix products, of each library that multiplies some."""
    import scipy.linalg  # noqa: F401  # compiled kernels call the library that comes with it
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas").lib_controllers  # type: ignore[no-any-return]  # untyped
