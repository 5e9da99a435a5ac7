"""Matrix products on one thread."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any


def one_blas_thread() -> AbstractContextManager[Any]:
    """Keep matrix products to one thread.

    Shared out, the short ones of a batch would wait for each other longer than they work, beside busy processes many
    times as long, and their last bits would depend on how many threads there are.
    """
    return blas().limit(limits=1, user_api="blas")  # type: ignore[no-any-return]


@cache
def blas() -> Any:
    """Return what controls the threads of matrix products."""
    import scipy.linalg  # noqa: F401  # compiled kernels call the library that comes with it
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
