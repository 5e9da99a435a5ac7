"""What becomes of a fit when machines fail: the same bits, or one sentence."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import glassneuron as gn
import machine_faults
from glassneuron.engine.parts import parts_of
from glassneuron.errors import TrainingWarning
from glassneuron.learning.dataset import Dataset
from glassneuron.workers import cluster as room
from glassneuron.workers import connect, tables
from machine_bits import bits


def learner(**more):
    return gn.SigmoidNeuron(solver="batch", learning_rate=0.1, max_epochs=4, **more)


@pytest.fixture(scope="session")
def undisturbed(rows, two):
    return bits(learner().fit(rows, two))


def test_a_worker_is_killed_in_every_epoch(mapped, two, client, kill, undisturbed):
    with gn.machines(client):
        assert bits(learner(on_epoch=kill).fit(mapped, two)) == undisturbed


def test_a_worker_is_killed_in_every_epoch_of_shards(mapped, two, client, kill):
    settings = {"shards": 4, "max_epochs": 3}
    alone = bits(gn.Perceptron(**settings).fit(mapped, two))
    with gn.machines(client):
        assert bits(gn.Perceptron(**settings, on_epoch=kill).fit(mapped, two)) == alone


def test_workers_come_and_go_during_a_fit(mapped, two, cluster, client, undisturbed):
    numbers = iter([1, 3, 2, 2])
    with gn.machines(client):
        assert bits(learner(on_epoch=lambda _: cluster.scale(next(numbers))).fit(mapped, two)) == undisturbed
    client.wait_for_workers(2, timeout=30)


@pytest.fixture
def table(rows):
    y = np.zeros(len(rows), int)
    y[8192] = 7  # the first row of the second part
    return Dataset(rows, y)


def test_a_part_that_kills_every_worker_is_named(table, client, cluster, refused, monkeypatch):
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    with gn.machines(client) as machines, refused("deadly-part", "8,192 to 16,383", "2 workers"):
        list(machines.map(machine_faults.deadly, parts_of(table), ("",)))


def test_ctrl_c_leaves_nothing_running(table, client, tmp_path):
    def interrupt():
        while not any(tmp_path.iterdir()):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    thread, many = threading.Thread(target=interrupt), parts_of(table) * 40
    thread.start()
    with pytest.raises(KeyboardInterrupt) as held, gn.machines(client) as machines:
        list(machines.map(machine_faults.slow, many, (str(tmp_path),)))
    thread.join()
    until = time.monotonic() + 20.0
    while client.run_on_scheduler(_unfinished) and time.monotonic() < until:
        time.sleep(0.05)
    assert client.run_on_scheduler(_unfinished) == []
    begun = len(list(tmp_path.iterdir()))
    time.sleep(0.5)
    assert len(list(tmp_path.iterdir())) == begun < len(many)
    assert held.tb is not None  # as a notebook holds the last traceback, and with it all that its frames know


def _unfinished(dask_scheduler):
    return [key for key, task in dask_scheduler.tasks.items() if task.state in ("waiting", "queued", "processing")]


def test_tasks_that_nobody_works_on_are_handed_in_anew(table, client, monkeypatch):
    """A scheduler has been seen to forget tasks, for whose results a client then waits for ever."""
    from distributed import Future

    monkeypatch.setattr(room, "STALLED", 0.3)
    real, handed_in = client.map, []

    def forgetful(function, *given, key, **more):
        if function is not room.run:
            return real(function, *given, key=key, **more)
        handed_in.append(set(key))
        return (
            [Future(each, client) for each in key] if len(handed_in) == 1 else real(function, *given, key=key, **more)
        )

    monkeypatch.setattr(client, "map", forgetful)
    with gn.machines(client) as machines:
        assert list(machines.map(machine_faults.rows, parts_of(table), ())) == [8192, 8192, 3616]
    assert len(handed_in) == 2
    assert not handed_in[0] & handed_in[1]


def test_a_client_that_is_closed_is_told(mapped, two, cluster, refused):
    from distributed import Client

    own = Client(cluster, set_as_default=False)
    with gn.machines(own), refused("client-closed"):
        learner(on_epoch=lambda _: own.close()).fit(mapped, two)
    with refused("client-closed"), gn.machines(own):
        pass


def test_a_fit_whose_scheduler_has_gone_goes_on_from_its_checkpoint(mapped, two, undisturbed, refused, tmp_path):
    with scheduler_of_its_own(tmp_path) as (address, end):
        kept = {"checkpoint": tmp_path / "state.safetensors", "checkpoint_every": 0.0}

        def stop(history):
            if history.epochs == 2:
                end()

        with refused("scheduler-gone", address), gn.machines(address):
            learner(on_epoch=stop, **kept).fit(mapped, two)
    with gn.machines(2):
        again = bits(learner(**kept).fit(mapped, two))
    assert again == undisturbed


@contextlib.contextmanager
def scheduler_of_its_own(folder):
    """Start a scheduler and a worker in processes that can be killed."""
    code = "from distributed.cli import {0}; {0}.main()"
    file = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    scheduler, worker = (
        subprocess.Popen([sys.executable, "-c", code.format(f"dask_{what}"), *options, *more], **quiet)
        for what, more in (("scheduler", ["--port", "0"]), ("worker", ["--nthreads", "1", "--no-nanny"]))
    )
    try:
        until = time.monotonic() + 30.0
        while not (file.exists() and file.read_text().endswith("}")) and time.monotonic() < until:
            time.sleep(0.05)
        yield json.loads(file.read_text())["address"], scheduler.kill
    finally:
        for process in (worker, scheduler):
            process.kill()
            process.wait()


def test_no_scheduler_at_an_address(monkeypatch, refused):
    monkeypatch.setattr(connect, "PATIENCE", 0.5)
    with refused("no-scheduler", "tcp://127.0.0.1:9"), gn.machines("tcp://127.0.0.1:9"):
        pass


def test_an_executor_that_breaks_is_told(mapped, two, refused):
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool, gn.machines(pool):
        (pid,) = {pool.submit(os.getpid).result()}
        with refused("broken-executor"):
            learner(on_epoch=lambda _: os.kill(pid, signal.SIGKILL)).fit(mapped, two)


def test_workers_that_differ_are_told(refused):
    mine = connect.about()
    connect.compare(mine, [mine, mine])
    with refused("other-package", "9.9"):
        connect.compare(mine, [mine, mine | {"glassneuron": "9.9"}])
    for what in ("processor", "NumPy"):
        with pytest.warns(TrainingWarning, match=f"differ from this process in {what}.*there another"):
            connect.compare(mine, [mine | {what: "another"}])


def test_a_file_that_has_changed_under_the_workers_is_refused(tmp_path, two, client, refused):
    X = np.random.default_rng(3).normal(size=(len(two), 3))
    np.save(tmp_path / "X.npy", X)
    table = Dataset(np.load(tmp_path / "X.npy", mmap_mode="c"), two)
    with gn.machines(client) as machines:
        assert sum(machines.map(machine_faults.rows, parts_of(table), ())) == len(two)
        with refused("unseen-file", "X.npy"):
            stale = [machines.shelf.pack(part) for part in parts_of(table)]
            os.utime(tmp_path / "X.npy", (2.0, 2.0))
            client.submit(tables.Loaded, stale[0], pure=False).result()


def test_machines_that_are_none_are_refused(refused):
    for wrong in (None, "four", "http://host", 1.5, True):
        with pytest.raises(gn.GlassneuronError, match="`machines` must be"), gn.machines(wrong):
            pass
    with refused("parameter", "[1, inf)"), gn.machines(0):
        pass
