"""Work shared out between threads."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import numpy as np
import pytest

from glassneuron.engine.threads import THREADS, libraries, one_blas_thread, shared
from glassneuron.neurons import inference


def test_results_are_in_order_whoever_found_them():
    assert shared(lambda i: i * i, range(100)) == [i * i for i in range(100)]
    assert shared(str, []) == []


def test_another_thread_helps():
    both = threading.Barrier(THREADS, timeout=20)  # nobody passes before the other one has come
    names = shared(lambda _: (both.wait(), threading.current_thread().name)[1], range(THREADS))
    assert len(set(names)) == THREADS


def test_the_thread_that_asks_does_all_where_the_others_get_no_turn():
    free, begun = threading.Event(), threading.Event()

    def hold(i):
        if threading.current_thread() is not threading.main_thread():
            begun.set()
            free.wait(20)
        else:
            begun.wait(20)
        return i

    thread = threading.Thread(target=lambda: shared(hold, range(THREADS)))
    thread.start()  # keeps every helper
    begun.wait(20)
    assert shared(lambda i: threading.current_thread().name, range(8)) == ["MainThread"] * 8
    free.set()
    thread.join()


def test_work_within_work_does_not_wait_for_itself():
    assert shared(lambda i: sum(shared(lambda j: i * j, range(5))), range(5)) == [0, 10, 20, 30, 40]


def test_an_error_ends_all_and_the_next_work_is_as_before():
    done = []

    def fail(i):
        if i == 1:
            raise ValueError("the second")
        done.append(i)

    with pytest.raises(ValueError, match="the second"):
        shared(fail, range(10_000))
    assert len(done) < 10_000
    assert shared(abs, [-1, -2]) == [1, 2]


def test_products_keep_to_one_thread_inside_and_are_as_before_after():
    before = [library.num_threads for library in libraries()]
    inside = shared(lambda _: [library.num_threads for library in libraries()], range(4))
    assert inside == [[1] * len(before)] * 4
    assert [library.num_threads for library in libraries()] == before
    with one_blas_thread(), one_blas_thread():
        pass
    assert [library.num_threads for library in libraries()] == before


@pytest.mark.parametrize(("rows", "kept"), [(20, False), (1000, True)])
def test_a_short_product_keeps_to_one_thread_where_a_library_would_take_more(monkeypatch, rows, kept):
    inside = []

    @contextmanager
    def noted():
        with one_blas_thread():
            inside.append(rows)
            yield

    monkeypatch.setattr(inference, "one_blas_thread", noted)
    X = np.ones((rows, 20))
    assert (inference.weighted_sums(np.ones((1, 20)), np.zeros(1), X) == 20.0).all()
    assert bool(inside) == kept


FORKED = """
import os, sys, threading
from glassneuron.engine.threads import THREADS, shared

shared(abs, [1, 2])
child = os.fork()
if child == 0:
    both = threading.Barrier(THREADS, timeout=10)  # nobody passes before the other one has come
    try:
        shared(lambda _: both.wait(), range(THREADS))
    except threading.BrokenBarrierError:
        os._exit(1)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_has_threads_of_its_own():
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED]  # newer Pythons warn of any fork
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
