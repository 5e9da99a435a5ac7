"""How a part of a table comes to another process."""

import gc
import pickle
import sys

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.data.disk.room import room
from glassneuron.engine.parts import Part, parts_of
from glassneuron.learning.dataset import Dataset
from glassneuron.workers import tables
from glassneuron.workers.tables import Loaded, Shelf, on_disk, packed, touched


@pytest.fixture
def shelf():
    made = Shelf(lambda path: True)
    yield made
    made.close()


def files(home):
    return list(home.glob(".run-*/*.npy"))


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setattr(tables, "FEW", 1000)
    monkeypatch.setenv("GLASSNEURON_CACHE", str(tmp_path))
    return tmp_path


def test_views_of_a_map_are_found_in_its_file(mapped, rows):
    for view, own in ((mapped[5000:9000], rows[5000:9000]), (np.asarray(mapped)[7:][100:], rows[107:])):
        place = on_disk(view)
        np.testing.assert_array_equal(place.open(), own)
    assert on_disk(mapped[:, 1]) is None
    assert on_disk(np.array(mapped)) is None


def test_what_has_no_name_on_the_disk_is_not_looked_for_there(mapped):
    """A copy made beside a map lies in a file without a name, though it knows the folder."""
    copy = room((600_000, 6), np.float64, mapped)
    assert on_disk(copy) is None


def test_a_part_of_a_table_on_the_disk_is_a_few_bytes(mapped, two, rows, shelf, home):
    table = Dataset(mapped, two)
    sent = [shelf.pack(part) for part in parts_of(table)]
    assert max(map(len, sent)) < 2_000
    loaded = [Loaded(each).table for each in sent]
    np.testing.assert_array_equal(np.concatenate([each.X for each in loaded]), rows)
    np.testing.assert_array_equal(np.concatenate([each.y for each in loaded]), two)
    again = pickle.loads(pickle.dumps(Loaded(sent[0])))
    np.testing.assert_array_equal(again.table.X, loaded[0].X)
    assert len(pickle.dumps(Loaded(sent[0]))) < 2_000


def test_what_lies_in_memory_is_written_aside_for_as_long_as_its_table_is_there(rows, two, shelf, home):
    table = Dataset(rows, two)
    assert len(shelf.pack(Part(table, 0, 10_000))) < 2_000
    assert files(home)
    del table
    gc.collect()
    assert not files(home)


def test_what_others_cannot_see_is_sent(rows, two, home):
    shelf = Shelf(lambda path: False)
    content = shelf.pack(Part(Dataset(rows, two), 0, 10_000))
    assert len(content) > rows[:10_000].nbytes
    np.testing.assert_array_equal(Loaded(content).table.X, rows[:10_000])
    shelf.close()
    assert not list(home.glob(".run-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which pages of a map were written into")
def test_a_map_that_was_written_into_is_what_this_process_sees(file, two, shelf, home):
    X = np.load(file, mmap_mode="c")
    assert not touched(X)
    X[12, 3] = 1e6
    assert touched(X)
    table = Dataset(X, two)
    part = Loaded(shelf.pack(Part(table, 0, 8192)))
    assert part.table.X[12, 3] == 1e6
    assert not shelf.reaches(X)
    alone = gn.SigmoidNeuron(max_epochs=2).fit(X, two)
    with gn.machines(2):
        assert (gn.SigmoidNeuron(max_epochs=2).fit(X, two).coef_ == alone.coef_).all()


def test_another_file_under_the_name_is_refused(tmp_path, refused):
    np.save(tmp_path / "X.npy", np.zeros((9000, 2)))
    content = packed(np.load(tmp_path / "X.npy", mmap_mode="r"))
    np.save(tmp_path / "X.npy", np.zeros((9001, 2)))
    with refused("unseen-file", tmp_path / "X.npy"):
        Loaded(content)
    (tmp_path / "X.npy").unlink()
    with refused("unseen-file", tmp_path / "X.npy"):
        Loaded(content)
