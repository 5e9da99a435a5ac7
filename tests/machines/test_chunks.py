"""Frames and arrays of Dask, which are computed piece by piece."""

import gc
import os

import numpy as np
import pandas as pd
import pytest

import glassneuron as gn
import machine_faults
from machine_bits import bits

dask_array = pytest.importorskip("dask.array")


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("GLASSNEURON_CACHE", str(tmp_path))
    return tmp_path


def test_arrays_of_dask_are_learned_from_and_answered(rows, two, home):
    X, y = dask_array.from_array(rows, chunks=(3000, 4)), dask_array.from_array(two, chunks=5000)
    alone = gn.SigmoidNeuron(max_epochs=2).fit(rows, two)
    neuron = gn.SigmoidNeuron(max_epochs=2).fit(X, y)
    assert bits(neuron) == bits(alone)
    np.testing.assert_array_equal(neuron.predict(X), alone.predict(rows))
    del neuron
    gc.collect()
    assert not list(home.glob(".run-*"))


def test_a_folder_of_parquet_is_read_by_the_workers(rows, two, client, tmp_path):
    frames = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame(rows[:4000], columns=list("abcdef")).assign(sold=two[:4000])
    (tmp_path / "t").mkdir()
    for k in range(4):
        frame[1000 * k : 1000 * (k + 1)].to_parquet(tmp_path / "t" / f"part-{k}.parquet", index=False)
    with gn.machines(client):
        lazy = frames.read_parquet(tmp_path / "t")
        table = gn.open_table(lazy.map_partitions(machine_faults.process), target="sold")
    np.testing.assert_array_equal(table.X[:, :6], rows[:4000])
    np.testing.assert_array_equal(table.y, two[:4000])
    assert os.getpid() not in set(table.X[:, 6])
    assert set(table.X[:, 6]) <= set(map(float, client.run(os.getpid).values()))


def test_a_frame_of_dask_is_opened_as_one_of_pandas(rows, two, refused):
    frames = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame(rows[:900], columns=list("abcdef"))
    frame["colour"], frame["sold"] = np.where(rows[:900, 0] > 0.0, "red", "blue"), np.where(two[:900] > 0, "yes", "no")
    lazy = frames.from_pandas(frame, npartitions=4)
    table, whole = gn.open_table(lazy, target="sold"), gn.open_table(frame, target="sold")
    assert (table.names, table.classes) == (whole.names, whole.classes)
    np.testing.assert_array_equal(table.X, whole.X)
    np.testing.assert_array_equal(table.y, whole.y)
    with refused("chunked-frame", "open_table"):
        gn.SigmoidNeuron().fit(lazy[["a"]], lazy["sold"])
