"""Tables that lie on disk: what they cost beside memory, beside decoding alone, and beside peers.

`BENCH_GB=4 python -m benchmarks disk`: tables of so many gigabytes (0.4 if not said) are made on the spot, and removed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv, parquet
from sklearn.linear_model import SGDClassifier

import glassneuron as gn
from benchmarks.harness import seconds
from glassneuron.data.disk.room import mapped

COLUMNS, PART = 50, 50_000
TURNS = 5


def parts(rows: int) -> Any:
    """Yield a table part by part."""
    random = np.random.default_rng(0)
    for start in range(0, rows, PART):
        X = random.normal(size=(min(PART, rows - start), COLUMNS))
        y = X[:, :5].sum(axis=1) + random.normal(size=len(X)) > 0.0
        yield pa.table([*X.T, y.astype(np.int64)], [*(f"x{j}" for j in range(COLUMNS)), "y"])


def write(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write a table as Parquet and as CSV."""
    files = folder / "t.parquet", folder / "t.csv"
    writers: list[Any] = []
    for part in parts(rows):
        if not writers:
            writers = [parquet.ParquetWriter(files[0], part.schema), csv.CSVWriter(files[1], part.schema)]
        for writer in writers:
            writer.write_table(part)
    for writer in writers:
        writer.close()
    return files


class Time(NamedTuple):
    """Seconds by the clock, and seconds of processors."""

    clock: float
    processor: float


def timed(work: Callable[[], object]) -> Time:
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return Time(time.perf_counter() - start, time.process_time() - cpu)


def least(times: list[Time]) -> Time:
    """Return the least of each: what others do on the machine only adds to it."""
    return Time(*map(min, zip(*times, strict=True)))


def decode(path: Path) -> None:
    """Read a file batch by batch, and do nothing with it."""
    if path.suffix == ".csv":
        for _ in csv.open_csv(path):
            pass
    else:
        with parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 16) as file:
            for _ in file.iter_batches(1 << 14):
                pass


def forget(path: Path) -> None:
    """Let the system forget what it has read of a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def read_plainly(path: Path) -> None:
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 20):
            pass


def epochs(X: Any, y: Any, shuffle: bool, count: int) -> list[float]:
    """Return the seconds of each epoch of a perceptron."""
    p = gn.Perceptron(shuffle=shuffle, max_epochs=count, tol=None, prove=False, standardise=False)
    return list(p.fit(X, y).history_.seconds)


def the_map(folder: Path) -> list[str]:
    """Tell of epochs from the cache, hot and cold."""
    X, y = mapped(folder / "X.npy"), mapped(folder / "y.npy")
    memory = np.array(X)
    lines = []
    for shuffle, name, hot_goal, cold_goal in ((False, "in order", 1.1, 1.25), (True, "shuffled", 1.3, 2.5)):
        times: dict[str, list[float]] = {"memory": [], "hot": [], "cold": [], "read": []}
        for _ in range(TURNS):
            times["memory"].append(min(epochs(memory, y, shuffle, 3)[1:]))
            times["hot"].append(min(epochs(X, y, shuffle, 3)[1:]))
        del X
        for _ in range(TURNS):
            forget(folder / "X.npy")
            times["read"].append(timed(lambda: read_plainly(folder / "X.npy")).clock)
            forget(folder / "X.npy")
            X = mapped(folder / "X.npy")
            # `fit` looks through the rows once before its first epoch: that pass is the cold one, so both are counted
            times["cold"].append(timed(lambda X=X, shuffle=shuffle: epochs(X, y, shuffle, 1)).clock)
            if len(times["cold"]) < TURNS:
                del X
        t = {key: min(values) for key, values in times.items()}
        lines.append(
            f"epoch {name:<9} memory {seconds(t['memory']):>9}, hot {seconds(t['hot']):>9}: "
            f"{t['hot'] / t['memory']:.2f} x (goal {hot_goal}); cold fit of one epoch {seconds(t['cold']):>9}, plain "
            f"read {seconds(t['read']):>9}: {t['cold'] / t['read']:.2f} x (goal {cold_goal})"
        )
    return lines


def the_cache(path: Path, folder: Path, goal: float) -> str:
    """Tell of survey and cache beside decoding alone."""
    alone, ours = [], []
    for _ in range(3):
        alone.append(timed(lambda: decode(path)))
        shutil.rmtree(folder, ignore_errors=True)
        ours.append(timed(lambda: gn.open_table(path, "y", cache=folder)))
    a, b = least(ours), least(alone)
    return (
        f"{path.suffix[1:]:<8} survey and cache {seconds(a.clock):>9}, decoding alone {seconds(b.clock):>9}: "
        f"{a.clock / b.clock:.2f} x, of processor time {a.processor / b.processor:.2f} x (goal {goal})"
    )


def ten_epochs(path: Path, folder: Path) -> str:
    """Tell of ten epochs from a Parquet file, its cache included, beside scikit-learn's way to do that."""

    def ours() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        table = gn.open_table(path, "y", cache=folder)
        gn.Perceptron(max_epochs=10, tol=None, prove=False, standardise=False).fit(table.X, table.y)

    def theirs() -> None:
        model = SGDClassifier(loss="perceptron", penalty=None, learning_rate="constant", eta0=1.0)
        for _ in range(10):
            with parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(1 << 14):
                    table = np.column_stack([column.to_numpy() for column in batch.columns])
                    model.partial_fit(table[:, :-1], table[:, -1], classes=[0.0, 1.0])

    a, b = least([timed(ours) for _ in range(3)]), timed(theirs)
    return (
        f"ten epochs from Parquet: {seconds(a.clock)}; partial_fit {seconds(b.clock)}: {b.clock / a.clock:.1f} x, of "
        f"processor time {b.processor / a.processor:.1f} x (goal 10)"
    )


MEMORY = """
import json, sys, threading, time
from glassneuron.cli.app import main
import glassneuron.cli.models.predict as predict
predict.takes_the_road = lambda path: True

def anonymous():
    return 1024 * next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon"))

def command(*words):
    try:
        main(list(words))
    except SystemExit as left:
        assert not left.code, words

def peak(*words):
    before, most, over = anonymous(), [0], [False]
    def look():
        while not over[0]:
            most[0] = max(most[0], anonymous())
            time.sleep(0.005)
    thread = threading.Thread(target=look)
    thread.start()
    command(*words)
    over[0] = True
    thread.join()
    return (max(most[0], before) - before) / 1e6

folder, found = sys.argv[1], {}
for name in ("small", "t"):
    more = ["--target", "y", "--cache", f"{folder}/c"]
    found = {
        "train": peak("train", f"{folder}/{name}.parquet", *more, "--epochs", "2", "--save", f"{folder}/m.safetensors"),
        "predict": peak("predict", f"{folder}/m.safetensors", f"{folder}/{name}.parquet", "--out", f"{folder}/o.csv"),
        "prove": peak("prove", f"{folder}/{name}.parquet", *more),
    }
print(json.dumps(found))
"""


def memory(folder: Path) -> dict[str, float]:
    """Return the anonymous memory of commands in MB, beyond what a small table takes."""
    parquet.write_table(next(parts(PART)).slice(0, 2000), folder / "small.parquet")
    done = subprocess.run([sys.executable, "-c", MEMORY, str(folder)], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main(words: list[str] | None = None) -> None:
    size = float(os.environ.get("BENCH_GB", "0.4"))
    rows = int(size * 1e9 / 8 / COLUMNS)
    folder = Path(tempfile.mkdtemp(prefix="glassneuron-bench-"))
    os.environ["GLASSNEURON_CACHE"] = str(folder / "home")
    try:
        (folder / "quarter").mkdir()
        file, text = write(folder, rows)
        print(
            f"{rows:,} rows x {COLUMNS} columns: {size:g} GB decoded; {file.stat().st_size / 1e9:.2g} GB as Parquet, ",
            end="",
        )
        print(f"{text.stat().st_size / 1e9:.2g} GB as CSV", flush=True)
        print(the_cache(text, folder / "c", 1.2), flush=True)
        text.unlink()
        print(the_cache(file, folder / "c", 2.5), flush=True)
        print("\n".join(the_map(next(p for p in (folder / "c").iterdir() if p.is_dir()))), flush=True)
        print(ten_epochs(file, folder / "c"), flush=True)
        shutil.rmtree(folder / "c")
        write(folder / "quarter", rows // 4)[1].unlink()
        small, large = memory(folder / "quarter"), memory(folder)
        print(
            f"anonymous memory in MB beyond that of a small table (goal 150), at {size / 4:g} and {size:g} GB: ", end=""
        )
        print(", ".join(f"{name} {small[name]:.0f}, {large[name]:.0f}" for name in large), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
