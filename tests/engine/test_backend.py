"""Two speeds: which one runs, who can choose, and that the choice does not depend on the past."""

import os
import subprocess
import sys

import pytest

import glassneuron as gn
from glassneuron.engine import backend


def test_the_two_are_the_same_source_under_two_names():
    slow, fast = backend.load("python"), backend.load("compiled")
    assert slow.__file__ == fast.__file__
    assert slow.__name__ != fast.__name__
    assert not hasattr(slow.weighted_sum, "py_func")
    assert hasattr(fast.weighted_sum, "py_func")


def test_inner_calls_of_the_interpreted_kernels_are_interpreted():
    assert not hasattr(backend.load("python").perceptron_epoch.__globals__["perceptron_update"], "py_func")


def test_auto_goes_by_the_size_of_the_work_alone():
    before = [backend.speed_for(work) for work in (0, backend.COMPILE_FROM - 1, backend.COMPILE_FROM)]
    backend.load("compiled")
    with gn.speed("compiled"):
        pass
    assert [backend.speed_for(work) for work in (0, backend.COMPILE_FROM - 1, backend.COMPILE_FROM)] == before
    assert before == ["python", "python", "compiled"]


def test_speed_as_a_context_and_as_a_call():
    with gn.speed("compiled"):
        assert backend.speed_for(0) == "compiled"
        with gn.speed("python"):
            assert backend.speed_for(1e12) == "python"
        assert backend.speed_for(0) == "compiled"
    assert backend.speed_for(0) == "python"
    before = gn.speed("compiled")
    assert backend.speed_for(0) == "compiled"
    before.__exit__(None, None, None)


@pytest.mark.parametrize("wrong", ["fast", "", None, 3])
def test_speed_refuses_other_names(wrong):
    with pytest.raises(gn.GlassneuronError, match=r"`speed` must be 'auto', 'python' or 'compiled'; got"):
        gn.speed(wrong)


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )


def test_speed_from_the_environment():
    code = "from glassneuron.engine import backend; print(backend.speed_for(0))"
    assert run(code, GLASSNEURON_SPEED="compiled").stdout == "compiled\n"
    refused = run("import glassneuron as gn; gn.Neuron([1]).feedforward([1])", GLASSNEURON_SPEED="warp")
    assert "`GLASSNEURON_SPEED` must be 'auto', 'python' or 'compiled'; got 'warp'." in refused.stderr


def test_without_a_place_for_the_cache_it_runs_and_says_so_once(monkeypatch):
    import numba

    def refuse(*arguments, cache=False, **options):
        def decorate(function):
            if cache:
                raise RuntimeError("cannot cache function: no locator available")
            return function

        return decorate

    monkeypatch.setattr(numba, "njit", refuse)
    monkeypatch.setattr(backend, "_cacheless", False)

    def kernel(): ...

    with pytest.warns(RuntimeWarning, match="NUMBA_CACHE_DIR"):
        assert backend._compile(kernel) is kernel
    assert backend._compile(kernel) is kernel  # a second warning would be an error here


TRAININGS = """
import hashlib, numpy as np, glassneuron as gn
random = np.random.default_rng(0)
for _ in range(8):
    X, weight = random.normal(size=(200, 3)), random.uniform(0.001, 1.0, 200)
    y = (X @ random.normal(size=(3, 3))).argmax(axis=1)
    for estimator in (
        gn.Perceptron(variant="pocket", multi_class="one_vs_rest", tol=None, max_epochs=20),
        gn.Perceptron(variant="pocket", tol=None, max_epochs=20),
        gn.SigmoidNeuron(solver="online", multi_class="softmax", max_epochs=5),
    ):
        state = estimator.set_params(random_state=0).fit(X, y, sample_weight=weight)._state
        print([hashlib.sha256(state[name].tobytes()).hexdigest() for name in sorted(state) if name != "work"])
for optimiser in ("adam", "sgd", "nesterov"):
    network = gn.MLPClassifier(optimiser=optimiser, max_epochs=5, random_state=0).fit(X, y).network_
    print(hashlib.sha256(network.parameters.tobytes()).hexdigest())
"""


def test_a_process_that_compiles_kernels_gives_the_bits_of_one_that_finds_them(tmp_path):
    """A kernel that others call stands several times in what is compiled: all have to add up in one order."""
    surroundings = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "GLASSNEURON_SPEED": "compiled"}
    told = [
        subprocess.run([sys.executable, "-c", TRAININGS], env=surroundings, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert told[0].stdout == told[1].stdout != ""
