"""What is one number a row lies on the disk, too: more rows take no more memory."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

FEW, MANY = 300_000, 1_500_000
MOST = 20
"""Bytes a row: peaks are looked at now and then, and what waits for a thread differs; all arrays together had 90."""

SCRIPT = """
import json, sys, threading, time
import glassneuron as gn
from glassneuron.cli.app import main

folder, found = sys.argv[1], []

def anonymous():
    return 1024 * next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon"))

def command(*words):
    try:
        main(list(words))
    except SystemExit as left:
        assert not left.code, words

def work(rows):
    more = [f"{folder}/{rows}.parquet", "--target", "y", "--cache", f"{folder}/cache"]
    command("train", *more, "--epochs", "1")
    command("prove", *more)
    table = gn.open_table(more[0], "y", cache=more[-1])
    gn.Perceptron(max_epochs=1, early_stopping=True, prove=False).fit(table.X, table.y)
    gn.MLPClassifier(2, max_epochs=1, batch_size=1000).fit(table.X, table.y)

def peak(rows):
    most, over = [anonymous()], threading.Event()
    def look():
        while not over.wait(0.002):
            most[0] = max(most[0], anonymous())
    thread = threading.Thread(target=look)
    thread.start()
    work(rows)
    over.set()
    thread.join()
    return most[0]

rows = list(map(int, sys.argv[2:]))
work(rows[0])  # what is loaded and compiled is no concern
print()
print(json.dumps([min(peak(each) for _ in range(2)) for each in rows]))  # what other threads hold differs upwards
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what is anonymous, Linux alone tells")
def test_more_rows_take_no_more_memory(tmp_path):
    random = np.random.default_rng(0)
    for rows in (FEW, MANY):
        X = random.normal(size=(rows, 2))
        y = np.where(X.sum(axis=1) + random.normal(size=rows) > 0.0, "yes", "no")
        table = pa.table([*X.T, y], ["a", "b", "y"])
        parquet.write_table(table, tmp_path / f"{rows}.parquet", compression="none", use_dictionary=False)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), str(FEW), str(MANY)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    few, many = json.loads(done.stdout.splitlines()[-1])
    assert many - few < MOST * (MANY - FEW), f"{(many - few) / (MANY - FEW):.1f} bytes a row"
