"""How many threads a matrix product gets."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

LONG = 20_000_000
"""Multiply-adds from which two threads share one matrix product: below, they wait for each other longer than they work,
and beside other busy processes many times as long."""


def one_blas_thread(work: float) -> AbstractContextManager[Any]:
    """Keep matrix products of so many multiply-adds each to one thread, if they are short."""
    return blas().limit(limits=1, user_api="blas") if work < LONG else nullcontext()


@cache
def blas() -> Any:
    """Return what controls the threads of matrix products."""
    import scipy.linalg  # noqa: F401  # compiled kernels call the library that comes with it
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
