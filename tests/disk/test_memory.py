"""Anonymous memory on a table of 200 MB: the system refuses whoever copies it."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

ROWS, COLUMNS, PART = 256_000, 100, 16_000
LIMIT = 150_000_000
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limit on data is Linux's")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Write a table of 205 MB, a part at a time; one of its columns has to be brought to scale."""
    folder = tmp_path_factory.mktemp("large")
    random = np.random.default_rng(0)
    names = [*(f"x{j}" for j in range(COLUMNS)), "y"]
    writer = None
    for _ in range(ROWS // PART):
        X = random.normal(size=(PART, COLUMNS))
        y = X[:, 0] + X[:, 1] + random.normal(size=PART) > 0.0
        X[:, 2] = 1e6 + 1e5 * X[:, 2]
        part = pa.table([*X.T, np.where(y, "yes", "no")], names)
        if writer is None:
            csv.write_csv(part.slice(0, 500), folder / "small.csv")
            parquet.write_table(part.slice(0, 500), folder / "small.parquet")
            writer = parquet.ParquetWriter(folder / "t.parquet", part.schema, compression="none", use_dictionary=False)
        writer.write_table(part)
    writer.close()
    yield folder
    (folder / "t.parquet").unlink()


BEGIN = """
import json, resource, sys
from concurrent.futures import ThreadPoolExecutor
import numpy as np
import glassneuron as gn
from glassneuron.cli.app import main
from glassneuron.data.disk import open_table as of

folder, limit = sys.argv[1], int(sys.argv[2])
plain = of.mapped

def data():
    return 1024 * next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmData"))

def allow(size):
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (soft + size, hard))

def mapped(path):
    "A private map counts as data, though nothing of it is copied: so much more is allowed when it is made."
    if path.name == "X.npy":
        allow(path.stat().st_size)
    return plain(path)

def begin():
    global of
    with ThreadPoolExecutor(2) as pool:  # the room that BLAS takes for each thread, once and for all
        list(pool.map(lambda _: np.ones((2000, 300)) @ np.ones((300, 300)), range(8)))
    of.mapped = mapped
    resource.setrlimit(resource.RLIMIT_DATA, (data() + limit, resource.RLIM_INFINITY))

def command(*words):
    try:
        main(list(words))
    except SystemExit as left:
        assert not left.code, (words, left.code)
"""

ESTIMATORS = """
def work(path, epochs):
    table = gn.open_table(path, "y")
    found = {}
    for make in (
        gn.Perceptron(max_epochs=epochs), gn.Perceptron(max_epochs=epochs, shuffle=False, variant="pocket"),
        gn.SigmoidNeuron(max_epochs=epochs), gn.Adaline(max_epochs=epochs),
        gn.MLPClassifier(4, max_epochs=1, batch_size=200, early_stopping=True),
    ):
        found[str(make)] = float((make.fit(table.X, table.y).predict(table.X) == table.y).mean())
    found["separable"] = gn.separability(table.X, table.y).separable
    return table, found

work(f"{folder}/small.parquet", 1)  # what is loaded and compiled is no copy
begin()
table, found = work(f"{folder}/t.parquet", 2)
try:
    np.array(table.X)
except MemoryError:
    found["a copy"] = "refused"
print()
print(json.dumps(found))
"""

COMMANDS = """
def work(name):
    more = ["--target", "y", "--cache", f"{folder}/cache"]
    watched = ["--validation", f"{folder}/{name}", "--epochs", "2"]
    command("train", f"{folder}/{name}", *more, *watched, "--save", f"{folder}/m.safetensors")
    command("evaluate", f"{folder}/m.safetensors", f"{folder}/{name}", "--measures")
    command("predict", f"{folder}/m.safetensors", f"{folder}/{name}", "--out", f"{folder}/out.csv")
    more_of_it = ["--missing", "mean", "--keep", "x0", "--out", f"{folder}/out.parquet"]
    command("predict", f"{folder}/m.safetensors", f"{folder}/{name}", *more_of_it)
    command("prove", f"{folder}/{name}", *more, "--missing", "fill")  # and so from the same cache

import glassneuron.cli.models.predict as predict
import glassneuron.cli.road as road
predict.takes_the_road = road.takes_the_road = lambda path: True
work("small.parquet")
begin()
work("t.parquet")
print()
print(json.dumps({"rows": sum(1 for _ in open(f"{folder}/out.csv")) - 1}))
"""


NETWORK = """
def work(name):
    more = ["--target", "y", "--cache", f"{folder}/cache", "--model", "network", "--hidden", "4", "--epochs", "1"]
    command("train", f"{folder}/{name}", *more, "--save", f"{folder}/n.safetensors", "--json")

work("small.parquet")
begin()
work("t.parquet")
"""


def run(script, folder):
    """Run a script in a process of its own, and return what it says last."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script, str(folder), str(LIMIT)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout[done.stdout.rindex("\n{") :])


def test_estimators_and_proofs_take_little_memory(large):
    found = run(ESTIMATORS, large)
    assert found.pop("a copy") == "refused"
    assert found.pop("separable") is False
    assert min(found.values()) > 0.7


def test_commands_take_little_memory(large):
    assert run(COMMANDS, large) == {"rows": ROWS}


def test_the_report_on_a_network_takes_little_memory(large):
    told = run(NETWORK, large)
    assert told["rows"]["learned"] + told["rows"]["held_out"] == ROWS
    assert sum(each["rows"] for each in told["calibration"]["bins"]) == told["rows"]["held_out"]
