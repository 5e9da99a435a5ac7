"""Small trainings are interpreted until that has cost what loading the exact kernels costs, and not longer."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from glassneuron.engine import backend, exact


@pytest.fixture
def process(monkeypatch):
    """A process that has loaded and spent as much as is said, with or without compiled code in its cache."""

    def begin(spent, loaded=(), cached=True):
        monkeypatch.setattr(exact, "spent", spent)
        monkeypatch.setattr(backend, "is_loaded", lambda speed: speed in loaded)
        monkeypatch.setattr(backend, "load", lambda speed: SimpleNamespace(speed=speed, epoch=None))
        monkeypatch.setattr(backend, "in_cache", lambda kernel: cached)
        exact._compiled_before.cache_clear()

    yield begin
    exact._compiled_before.cache_clear()


@pytest.mark.parametrize(
    ("spent", "loaded", "cached", "speed"),
    [
        (0.0, (), True, "python"),
        (exact.LOADING - 1.0, (), True, "python"),
        (exact.LOADING, (), True, "exact"),
        (0.0, ("compiled",), True, "exact"),
        (0.0, ("compiled",), False, "python"),
        (0.0, ("compiled", "exact"), True, "exact"),
        (0.0, ("exact",), False, "python"),
        (exact.COMPILING - 1.0, ("exact",), False, "python"),
        (exact.COMPILING, (), False, "exact"),
    ],
)
def test_what_was_spent_is_weighed_against_what_loading_costs(process, spent, loaded, cached, speed):
    process(spent, loaded, cached)
    assert exact.kernels_with("epoch").speed == speed


def test_nothing_is_loaded_in_order_to_look(process, monkeypatch):
    process(exact.LOADING - 1.0)
    monkeypatch.setattr(backend, "load", lambda speed: pytest.fail(speed) if speed == "exact" else None)
    exact.kernels_with("epoch")


def test_what_is_spent_adds_up(monkeypatch):
    monkeypatch.setattr(exact, "spent", 0.0)
    exact.spend(2.0)
    exact.spend(3.0)
    assert exact.spent == 5.0


def test_exact_kernels_are_compiled_ones_that_keep_the_order_of_sums():
    kernels = {speed: backend.load(speed).perceptron_epoch for speed in ("compiled", "exact")}
    assert kernels["compiled"].targetoptions["fastmath"] == backend.FASTMATH
    assert kernels["exact"].targetoptions["fastmath"] is False
    assert len({kernel.py_func.__qualname__ for kernel in kernels.values()}) == 2  # or they would share cache files
    modules = [backend.load(speed) for speed in ("python", "compiled", "exact")]
    assert len({module.__name__ for module in modules}) == 3
    assert [backend.interpreted(module) for module in modules] == [True, False, False]


CODE = """
import sys
import numpy as np
import glassneuron as gn
from glassneuron.engine import backend, exact

def train():
    gn.Perceptron(max_epochs=5).fit([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    print(backend.is_loaded("exact"), "numba" in sys.modules, exact.spent > spent)

spent = exact.spent
train()
spent = exact.spent = float(sys.argv[1])
train()
"""

COLD = """
kernel = backend.load("exact").perceptron_move
print(backend.in_cache(kernel))
kernel(np.zeros(2), np.zeros(1), 1.0, 1.0, 1.0, np.zeros(2))
print(backend.in_cache(kernel))
print(backend.interpreted(exact.kernels_with("perceptron_epoch")))
exact.spent = exact.COMPILING
print(backend.interpreted(exact.kernels_with("perceptron_epoch")))
"""


def run(code, spent, **environment):
    call = [sys.executable, "-W", "error", "-c", code, str(spent)]
    environment = {**os.environ, "GLASSNEURON_SPEED": "auto", **environment}
    done = subprocess.run(call, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_process_that_trains_little_loads_nothing():
    assert run(CODE, 1.0) == ["False False True"] * 2


def test_a_process_that_has_spent_enough_loads_them_but_compiles_only_after_more(tmp_path):
    lines = run(CODE + COLD, exact.LOADING, NUMBA_CACHE_DIR=str(tmp_path))
    assert lines[:2] == ["False False True", "True True True"]  # loaded, and interpreted none the less
    assert lines[2:4] == ["False", "True"]  # what a cache holds
    assert lines[4:] == ["True", "False"]


def test_where_interpreting_is_asked_for_nothing_is_loaded_whatever_was_spent():
    assert run(CODE, exact.COMPILING, GLASSNEURON_SPEED="python") == ["False False False"] * 2


def test_where_numba_is_switched_off_all_goes_on_interpreted():
    assert run(CODE, exact.COMPILING, NUMBA_DISABLE_JIT="1")[1] == "True True True"
