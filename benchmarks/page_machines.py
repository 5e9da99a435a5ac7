"""Machines: what the protocol costs, what a second worker brings, and what a kill changes, beside peers.

The table, 1,000,000 x 50 if `BENCH_ROWS` does not say otherwise, lies on disk. Wall times are least of several turns,
since other work only adds to them; beside them stand the seconds of processors, which other work hardly changes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import glassneuron as gn
from benchmarks.harness import seconds
from glassneuron.data.disk.growing import Growing
from glassneuron.data.disk.room import mapped

COLUMNS, BLOCK, TURNS = 50, 50_000, 5


def write(folder: Path, rows: int) -> None:
    """Write a table whose classes overlap."""
    random, X, y = np.random.default_rng(0), Growing(folder / "X.npy", COLUMNS, np.float64), []
    for start in range(0, rows, BLOCK):
        block = random.normal(size=(min(BLOCK, rows - start), COLUMNS))
        X.append(block)
        y.append(block[:, :5].sum(axis=1) + random.normal(size=len(block)) > 0.0)
    X.close()
    np.save(folder / "y.npy", np.concatenate(y).astype(np.int64))


def learner(epochs: int = 10, **more: Any) -> gn.SigmoidNeuron:
    """Return a neuron that looks at all rows so many times, and hardly does anything else."""
    return gn.SigmoidNeuron(solver="batch", learning_rate=0.1, tol=None, max_epochs=epochs, **more)


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[Any]:
    """Start workers of one thread each, in processes of their own."""
    from distributed import Client, LocalCluster

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0",
            worker_dashboard_address=None, memory_limit=0, silence_logs=logging.CRITICAL,
        ) as local, Client(local, set_as_default=False) as client:  # fmt: skip
            yield local, client


def spent(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall time of some work, and the seconds of processors that this process took for it."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def protocol(X: Any, y: Any) -> str:
    """Tell what the protocol costs with threads, beside none."""
    times: dict[str, list[tuple[float, float]]] = {"none": [], "threads": []}
    for _ in range(TURNS):
        times["none"].append(spent(lambda: learner().fit(X, y)))
        with gn.machines(2):
            times["threads"].append(spent(lambda: learner().fit(X, y)))
    (wall, cpu), (with_wall, with_cpu) = (np.min(each, axis=0) for each in times.values())
    return (
        f"ten looks, no machines {seconds(wall)} ({seconds(cpu)} of processors), two threads {seconds(with_wall)} "
        f"({seconds(with_cpu)}): {with_cpu / cpu - 1.0:+.1%} of processors, {with_wall / wall - 1.0:+.1%} of time "
        "(goal 3 %)"
    )


def _worker_seconds() -> float:
    return time.process_time()


def workers(X: Any, y: Any) -> list[str]:
    """Tell what a second worker brings, and that kills change nothing."""
    alone = learner().fit(X, y)
    walls, paths, lines = [], [], []
    for number in (1, 2):
        with cluster(number) as (_, client), gn.machines(client):
            learner(1).fit(X, y)
            wall, path = [], []
            for _ in range(TURNS):
                before = client.run(_worker_seconds)
                took, cpu = spent(lambda: learner().fit(X, y))
                after = client.run(_worker_seconds)
                wall.append(took)
                path.append(cpu + max(after[worker] - before[worker] for worker in after))
        walls.append(min(wall))
        paths.append(min(path))
    lines.append(
        f"ten looks, one worker {seconds(walls[0])}, two {seconds(walls[1])}: {walls[0] / walls[1]:.2f} x of time; by "
        f"the processors of the driver and of the busiest worker {paths[0] / paths[1]:.2f} x (goal 1.7)"
    )
    with cluster(2) as (local, client), gn.machines(client):

        def kill(_: Any) -> None:
            while not (alive := [nanny.pid for nanny in list(local.workers.values()) if nanny.pid]):
                time.sleep(0.01)
            os.kill(alive[0], signal.SIGKILL)

        took, _ = spent(lambda: None)
        start = time.perf_counter()
        killed = learner(on_epoch=kill).fit(X, y)
        took = time.perf_counter() - start
    same = np.array_equal(killed.coef_, alone.coef_) and killed.history_.losses == alone.history_.losses
    lines.append(f"a worker killed in each of ten epochs: {seconds(took)}, {'the same bits' if same else 'OTHER BITS'}")
    return lines


PEERS = """
import logging, os, signal, sys, threading, time, warnings
warnings.simplefilter("ignore")
import numpy as np, dask.array as da
from distributed import Client, LocalCluster
folder = sys.argv[1]
X = np.load(folder + "/X.npy", mmap_mode="r"); y = np.load(folder + "/y.npy")
def incremental(client):
    from dask_ml.wrappers import Incremental
    from sklearn.linear_model import SGDClassifier
    model = Incremental(SGDClassifier(loss="log_loss", random_state=0, learning_rate="constant", eta0=0.01))
    for _ in range(10):
        model.partial_fit(dX, dy, classes=[0, 1])
    return model.estimator_.coef_
def trees(client):  # its linear booster is not supported for distributed training any more
    import xgboost, xgboost.dask
    data = xgboost.dask.DaskDMatrix(client, dX, dy)
    found = xgboost.dask.train(client, {"objective": "binary:logistic", "nthread": 1, "seed": 0, "max_depth": 4},
                               data, num_boost_round=10)
    return np.array(found["booster"].get_dump(with_stats=True))
if __name__ == "__main__":
    for name, fit in (("dask-ml Incremental", incremental), ("xgboost trees", trees)):
        found = []
        for kill in (False, False, True):
            try:
                with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0",
                                  silence_logs=logging.CRITICAL, memory_limit=0) as local, Client(local) as client:
                    dX, dy = da.from_array(X, chunks=(131072, X.shape[1])), da.from_array(y, chunks=131072)
                    dX, dy = client.persist([dX, dy])
                    pid = next(iter(local.workers.values())).pid
                    over = threading.Event()
                    start = time.perf_counter()
                    if kill:
                        timer = threading.Timer(found[0][0] / 2, os.kill, (pid, signal.SIGKILL)); timer.start()
                    answer = []
                    def work():
                        try: answer.append(fit(client))
                        except Exception as error: answer.append(error)
                    thread = threading.Thread(target=work, daemon=True); thread.start(); thread.join(120)
                    took = time.perf_counter() - start
                    found.append((took, answer[0] if answer else TimeoutError("hangs")))
            except Exception as error:
                found.append((float("nan"), error))
        def told(answer):
            if isinstance(answer, Exception):
                return f"{type(answer).__name__}: {str(answer)[:60]}"
            return "the same bits" if np.array_equal(found[0][1], answer) else "other bits"
        print(f"{name}: {found[0][0]:.2f} s; a second run: {told(found[1][1])}; a kill: {told(found[2][1])}, "
              f"{found[2][0]:.1f} s", flush=True)
    os._exit(0)
"""


def peers(folder: Path) -> list[str]:
    """Tell of peers, where `BENCH_PEERS` names a Python that has dask-ml and xgboost."""
    python = os.environ.get("BENCH_PEERS", sys.executable)
    script = folder / "peers.py"
    script.write_text(PEERS)
    done = subprocess.run([python, str(script), str(folder)], capture_output=True, text=True, check=False)
    return done.stdout.splitlines() or [f"no peers: {done.stderr.strip().splitlines()[-1:]}"]


def main(_: list[str]) -> None:
    rows = int(os.environ.get("BENCH_ROWS", 1_000_000))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, rows)
        X, y = mapped(folder / "X.npy"), np.load(folder / "y.npy")
        print(f"{rows:,} x {COLUMNS}, {X.nbytes / 1e9:.2g} GB", flush=True)
        learner(1).fit(X, y)
        print(protocol(X, y), flush=True)
        for line in workers(X, y):
            print(line, flush=True)
        for line in peers(folder):
            print(line, flush=True)
