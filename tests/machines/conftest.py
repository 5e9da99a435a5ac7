"""A cluster of two processes, and tables and parts so small that they cost next to nothing."""

import contextlib
import logging
import os
import signal
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from glassneuron.engine import parts, sums

ROWS, FEATURES = 20_000, 6


@pytest.fixture(autouse=True)
def small_parts(monkeypatch, tmp_path_factory):
    """Share out small tables too: 8,192 rows are a part."""
    monkeypatch.setattr(parts, "PART", 1 << 16)
    monkeypatch.setattr(sums, "SHARED_WORK", 1e4)
    monkeypatch.setenv("GLASSNEURON_CACHE", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def cluster():
    """Start two workers for one file of tests, as a cluster's own threads would disturb what runs after it."""
    from distributed import LocalCluster

    # as it closes, it may hear once more of a worker that a test has killed, and not know it any more
    with warnings.catch_warnings(), contextlib.suppress(KeyError):
        warnings.simplefilter("ignore")
        with LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", memory_limit=0,
            silence_logs=logging.CRITICAL, worker_dashboard_address=None,
        ) as made:  # fmt: skip
            yield made


@pytest.fixture(scope="module")
def client(cluster):
    from distributed import Client

    with Client(cluster, set_as_default=False) as made:
        yield made


@pytest.fixture(scope="session")
def processes():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as made:
        yield made


@pytest.fixture
def kill(cluster):
    """Return a function that kills one worker process, once there is one."""

    def now(*_):
        until = time.monotonic() + 30.0
        while time.monotonic() < until:
            alive = [nanny.pid for nanny in list(cluster.workers.values()) if nanny.pid]
            if alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(alive[0], signal.SIGKILL)
                return
            time.sleep(0.05)
        pytest.fail("no worker came back")

    return now


@pytest.fixture(scope="session")
def rows():
    random = np.random.default_rng(0)
    X = random.normal(size=(ROWS, FEATURES)) * [1, 2, 3, 1, 1, 50] + [0, 0, 5, 0, 0, 1e3]
    return X


@pytest.fixture(scope="session")
def sums_of(rows):
    """Return what the targets are made from: a sum for each row, with some noise."""
    random = np.random.default_rng(1)
    return (rows - rows.mean(axis=0)) @ [1, 0.5, 0.2, 1, -1, 0.02] + random.normal(size=ROWS)


@pytest.fixture(scope="session")
def two(sums_of):
    return (sums_of > 0.0).astype(np.int64)


@pytest.fixture(scope="session")
def three(sums_of):
    return np.digitize(sums_of, [-1.0, 1.0])


@pytest.fixture(scope="session")
def file(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("disk") / "X.npy"
    np.save(path, rows)
    return path


@pytest.fixture
def mapped(file):
    """The rows as they are mapped from the disk."""
    return np.load(file, mmap_mode="c")
