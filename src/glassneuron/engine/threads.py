"""Matrix products on one thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

_inside, _lock = 0, threading.Lock()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep matrix products to one thread.

    Shared out, short ones would wait for each other longer than they work, beside busy processes many times as long;
    in threads of ours they would fight for the cores; and their last bits would depend on how many threads there are.
    """
    global _inside
    with _lock:
        first, _inside = _inside == 0, _inside + 1
    try:
        with _blas().limit(limits=1, user_api="blas") if first else nullcontext():
            yield
    finally:
        with _lock:
            _inside -= 1


@cache
def _blas() -> Any:
    """Return what controls the threads of matrix products."""
    import scipy.linalg  # noqa: F401  # compiled kernels call the library that comes with it
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
