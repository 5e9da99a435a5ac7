"""Loops beside the textbook are compiled where a process gains by it, and not before."""

from types import SimpleNamespace

import pytest

from glassneuron.engine import backend
from glassneuron.engine.loops import pays
from glassneuron.engine.loops.pays import Loops


@pytest.fixture
def process(monkeypatch):
    """A process that has loaded so much, with or without compiled code in its cache."""

    def begin(loaded=(), cached=True, compiles=True):
        monkeypatch.setattr(backend, "is_loaded", lambda speed: speed in loaded)
        monkeypatch.setattr(backend, "load", lambda file: SimpleNamespace(file=file, entry=None))
        monkeypatch.setattr(backend, "in_cache", lambda kernel: cached)
        monkeypatch.setattr(backend, "interpreted", lambda module: not compiles)
        pays._compiled_before.cache_clear()

    yield begin
    pays._compiled_before.cache_clear()


@pytest.mark.parametrize(
    ("spent", "loaded", "cached", "pays"),
    [
        (8.0, ("compiled",), True, False),
        (9.0, ("compiled",), True, True),
        (9.0, ("exact",), True, True),
        (98.0, (), True, False),
        (99.0, (), True, True),
        (998.0, ("exact",), False, False),
        (999.0, ("exact",), False, True),
        (1e6, (), False, True),
    ],
)
def test_what_was_spent_is_weighed_against_what_loading_and_compiling_cost(process, spent, loaded, cached, pays):
    process(loaded, cached)
    some = Loops("orders", "entry", loading=10.0, alone=100.0, compiling=1000.0, spent=spent)
    assert (some.compiled(1.0) is not None) == pays
    assert some.spent == spent + 1.0


def test_nothing_is_loaded_for_little_though_it_might_be_compiled_for_that(process):
    process()
    assert Loops("orders", "entry", loading=10.0, alone=100.0, compiling=20.0, spent=50.0).compiled(1.0) is None


def test_nothing_is_loaded_in_order_to_look(process, monkeypatch):
    process()
    monkeypatch.setattr(backend, "load", lambda file: pytest.fail(file))
    assert Loops("orders", "entry", loading=0.0, alone=10.0, compiling=1000.0).compiled(1.0) is None


def test_where_numba_is_switched_off_nothing_is_compiled(process):
    process(("exact",), compiles=False)
    assert Loops("orders", "entry", loading=0.0, alone=0.0, compiling=1000.0).compiled(1.0) is None


@pytest.mark.parametrize("some", [pays.orders, pays.active_set])
def test_what_is_named_is_there(some):
    loaded = backend.load(some.file)
    assert not backend.interpreted(loaded)
    assert hasattr(getattr(loaded, some.entry), "stats")
    assert getattr(loaded, some.entry).targetoptions["fastmath"] is False  # or it would give other bits
