"""Work shared out between threads, and matrix products on one thread each."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import Any, TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")

THREADS = 2
"""Threads that share work, the one that asks among them."""


def shared(function: Callable[[Item], Found], items: Sequence[Item]) -> list[Found]:
    """Return what a function returns for each item, in order; other threads help, one matrix product at a time each.

    The thread that asks works, too, and waits only for what another one has begun: beside busy processes it may be long
    until the others get their turn, and then there is nothing left for them to do.

    Examples
    --------
    >>> shared(abs, [1, -2, 3])
    [1, 2, 3]
    """
    found: dict[int, Found] = {}
    waiting = deque(enumerate(items))

    def work() -> None:
        while True:
            try:
                i, item = waiting.popleft()
            except IndexError:
                return
            found[i] = function(item)

    with one_blas_thread():
        helpers = [_others().submit(work) for _ in range(min(THREADS, len(items)) - 1)]
        try:
            work()
        finally:
            waiting.clear()  # after an error nobody begins another one
            wait([helper for helper in helpers if not helper.cancel()])
        for helper in helpers:
            if not helper.cancelled():
                helper.result()
    return [found[i] for i in range(len(items))]


@cache
def _others() -> ThreadPoolExecutor:
    """Return the threads that help, which are kept: to start and to end one takes longer than small work."""
    return ThreadPoolExecutor(THREADS - 1, "glassneuron")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_others.cache_clear)  # a forked process has none of the threads

_inside, _lock = 0, threading.Lock()
_before: list[tuple[Any, int]] = []


class one_blas_thread:
    """Keep matrix products to one thread.

    Shared out, short ones would wait for each other longer than they work, beside busy processes many times as long;
    in threads of ours they would fight for the cores; and their last bits would depend on how many threads there are.
    """

    def __enter__(self) -> None:
        global _inside
        with _lock:
            if _inside == 0:
                known = [(library, library.get_num_threads()) for library in libraries()]
                _before[:] = [(library, threads) for library, threads in known if threads != 1]
                for library, _ in _before:
                    library.set_num_threads(1)
            _inside += 1

    def __exit__(self, *_: object) -> None:
        global _inside
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
