"""A small training has the same bits whether it is interpreted, compiled exactly, or first one and then the other."""

import warnings
from contextlib import contextmanager
from itertools import count

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.engine import backend, exact
from glassneuron.errors import TrainingWarning
from glassneuron.learning.algorithms.neurons import NeuronAlgorithm
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import NONE, Dataset
from glassneuron.learning.settings import DeltaSettings, PerceptronSettings
from glassneuron.learning.trainer import Trainer

VARIANTS = ("plain", "averaged", "pocket", "voted")
NEVER = 1 << 30


@contextmanager
def exact_from(look):
    """Let trainings, all of which count as small, be exact from a look on: they look before each interpreted epoch."""
    looks = count()
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(NeuronAlgorithm, "compile_from", np.inf)
        patch.setattr(exact, "kernels_with", lambda _: backend.load("exact" if next(looks) >= look else "python"))
        warnings.simplefilter("ignore")  # a delta rule that diverges says so, and its history too
        yield


def told_of(trainer):
    """All that a training leaves, to the bit, but for the time that it took."""
    state, history = trainer.state(), trainer.history
    del state["history.seconds"]
    bits = {name: (value.dtype.str, value.shape, value.tobytes()) for name, value in state.items()}
    figures = repr((history.losses, history.norms, history.mistakes, history.mistake_bound))
    return bits, figures, history.why_stopped, history.converged


def trained(look, data, rule, activation="step"):
    with exact_from(look):
        trainer = Trainer(algorithm_for(data, rule, activation))
        assert trainer.algorithm.either
        assert backend.interpreted(trainer.algorithm.kernels) == (look > 0)
        trainer.fit()
        if look in (0, NEVER):
            assert backend.interpreted(trainer.algorithm.kernels) == (look == NEVER)
        return told_of(trainer)


def all_the_same(*training):
    interpreted = trained(NEVER, *training)
    for look in 0, 1, 3:
        assert trained(look, *training) == interpreted


@st.composite
def tables(draw, *, numbers=False, sparse=True):
    """A table of a few hundred numbers: on one scale or on several, whole or with zeros, dense or perhaps sparse."""
    random = np.random.default_rng(draw(st.integers(0, 2**31)))
    rows, features = draw(st.integers(3, 70)), draw(st.integers(1, 8))
    neurons = draw(st.sampled_from([1, 3]))
    X = random.normal(size=(rows, features))
    match draw(st.sampled_from(["plain", "whole", "scales", "zeros"])):
        case "whole":
            X = X.round()
        case "scales":
            X *= 10.0 ** random.integers(-8, 8, features)
        case "zeros":
            X[np.abs(X) < 1.0] = 0.0
    classes = max(2, neurons)
    y = random.integers(0, classes, rows)
    if draw(st.booleans()):
        y = (X @ random.normal(size=(features, classes))).argmax(axis=1)
    if numbers and neurons == 1:
        y = random.normal(size=rows)
    weight = random.integers(1, 6, rows) / 2.0 if draw(st.booleans()) else NONE
    return Dataset(sp.csr_array(X) if sparse and draw(st.booleans()) else X, y, neurons, sample_weight=weight)


COMMON = {
    "shuffle": st.booleans(),
    "random_state": st.integers(0, 9),
    "fixed_bias": st.sampled_from([None, -1.0, 0.3]),
    "schedule": st.sampled_from(["constant", "linear"]),
}


@pytest.mark.parametrize("variant", VARIANTS)
@settings(max_examples=20, deadline=None)
@given(
    st.data(),
    st.fixed_dictionaries(
        {
            **COMMON,
            "learning_rate": st.sampled_from([None, 0.1, 1.0]),
            "max_epochs": st.sampled_from([2, 60]),
            "tol": st.sampled_from([None, "auto"]),
            "multi_class": st.sampled_from(["auto", "one_vs_rest"]),
        }
    ),
)
def test_perceptrons(variant, data, rule):
    # all variants read a sparse row by the same functions, and each is another compilation
    table = data.draw(tables(sparse=variant == "plain"))
    all_the_same(table, PerceptronSettings(variant=variant, **rule))


@settings(max_examples=40, deadline=None)
@given(
    tables(numbers=True),
    st.fixed_dictionaries(
        {
            **COMMON,
            "learning_rate": st.sampled_from([None, 0.01, 3.0]),  # the last of which mostly diverges
            "max_epochs": st.sampled_from([2, 30]),
            "l2": st.sampled_from([0.0, 0.1, 2.0]),  # which soon shrinks the common factor to next to nothing
        }
    ),
)
def test_linear_delta_rules(data, rule):
    all_the_same(data, DeltaSettings(**rule), "linear")


random = np.random.default_rng(0)
X = random.normal(size=(40, 3))
CODES = np.digitize(X[:, 0] + 0.7 * random.normal(size=40), [-0.5, 0.5])
TWO, THREE = Dataset(X, (CODES > 0).astype(int)), Dataset(X, CODES, 3, sample_weight=random.integers(1, 6, 40) / 2.0)
RULES = [
    *[(TWO, PerceptronSettings(variant=v, tol=None, max_epochs=4), "step", f"{v}") for v in VARIANTS],
    *[
        (THREE, PerceptronSettings(variant=v, tol=None, max_epochs=4, multi_class="one_vs_rest"), "step", f"{v}, 3")
        for v in VARIANTS
    ],
    *[
        (THREE, PerceptronSettings(variant=v, tol=None, max_epochs=4, multi_class="kesler"), "step", f"{v}, compete")
        for v in VARIANTS[:-1]
    ],
    (TWO, DeltaSettings(l2=0.1, max_epochs=4), "linear", "delta"),
]
EACH = [pytest.param(*rule, id=name) for *rule, name in RULES]


@pytest.mark.parametrize(("data", "rule", "activation"), EACH)
def test_step_by_step(data, rule, activation):
    told = []
    for look in NEVER, 0, 2:
        with exact_from(look):
            trainer = Trainer(algorithm_for(data, rule, activation))
            told.append([(frame, told_of(trainer)) for frame in trainer.steps(every=7)])
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(("data", "rule", "activation"), EACH)
def test_what_one_leaves_in_the_middle_the_other_goes_on_with(data, rule, activation):
    told = []
    for first, second in [(NEVER, NEVER), (NEVER, 0), (0, NEVER)]:
        with exact_from(first):
            trainer = Trainer(algorithm_for(data, rule, activation))
            frames = trainer.steps(every=9)
            while (trainer.epoch, trainer.visit) != (2, 18):
                next(frames)
            state = trainer.state()
        with exact_from(second):
            trainer = Trainer(algorithm_for(data, rule, activation)).restore(state)
            trainer.fit()
            assert backend.interpreted(trainer.algorithm.kernels) == (second == NEVER)
            told.append(told_of(trainer))
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize(("data", "rule", "activation"), EACH)
def test_the_kernel_that_is_named_is_the_one_that_goes_through_the_rows(data, rule, activation, monkeypatch):
    kernels, called = backend.load("exact"), []
    name = algorithm_for(data, rule, activation).epoch_kernel
    kernel = getattr(kernels, name)
    monkeypatch.setattr(kernels, name, lambda *told: (called.append(name), kernel(*told))[1])
    trained(0, data, rule, activation)
    assert called == [name] * 4


def test_weights_that_overflow_are_refused_alike(refused):
    rule = PerceptronSettings(shuffle=False)
    for look in NEVER, 0:
        with exact_from(look), refused("diverged", "1e+308"):
            Trainer(algorithm_for(Dataset(np.array([[1e308], [1e308], [-1e308]]), np.array([0, 1, 0])), rule)).fit()


@pytest.mark.parametrize(("activation", "data"), [("linear", TWO), ("sigmoid", TWO), ("softmax", THREE)])
def test_a_penalty_that_takes_all_of_the_weights_diverges_at_every_speed(activation, data):
    # each row shrinks the weights by 1 - rate * l2, which is 0 here
    rule, told = DeltaSettings(0.5, l2=2.0, max_epochs=5), []
    for speed in "python", "compiled":
        with gn.speed(speed):
            trainer = Trainer(algorithm_for(data, rule, activation))
        with pytest.warns(TrainingWarning, match="diverged in epoch 1: learning_rate=0.5 is too large"):
            trainer.fit()
        assert trainer.history.diverged
        assert not np.concatenate(trainer.algorithm.params(), axis=None).any()
        told.append((trainer.history.losses, trainer.history.why_stopped))
    assert told[0] == told[1]


@pytest.mark.parametrize("variant", VARIANTS)
def test_an_estimator_has_the_same_numbers_and_words(variant):
    fitted = []
    for look in NEVER, 0:
        with exact_from(look):
            fitted.append(gn.Perceptron(variant=variant).fit(X, CODES > 0))
    told = [
        (each.decision_function(X).tobytes(), each.history_.losses, each.history_.why_stopped, str(each.diagnose()))
        for each in fitted
    ]
    assert told[0] == told[1]


# ------------------------------------------------------------------------------------------- who may take turns


@pytest.fixture
def rich(monkeypatch):
    """A process that has spent enough for all that there is to compile."""
    monkeypatch.setattr(exact, "spent", exact.COMPILING)


def test_a_process_that_has_spent_enough_begins_exactly(rich):
    assert algorithm_for(TWO, PerceptronSettings()).kernels is backend.load("exact")


@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_a_speed_that_is_asked_for_stays(rich, speed):
    with gn.speed(speed):
        algorithm = algorithm_for(TWO, PerceptronSettings(max_epochs=5, tol=None))
        Trainer(algorithm).fit()
    assert algorithm.kernels is backend.load(speed)
    assert exact.spent == exact.COMPILING


def test_large_work_is_compiled_as_ever(rich):
    large = Dataset(np.ones((1000, 30)), np.zeros(1000, int))
    assert algorithm_for(large, PerceptronSettings()).kernels is backend.load("compiled")


@pytest.mark.parametrize(
    ("data", "rule", "activation"),
    [
        (Dataset(X.astype(np.float32), TWO.y), PerceptronSettings(), "step"),  # other bits where floats are single
        (TWO, DeltaSettings(max_epochs=2), "sigmoid"),  # or exp another one
        (THREE, DeltaSettings(max_epochs=2), "softmax"),
        (TWO, PerceptronSettings(shards=2), "step"),  # whose shards may be learned elsewhere
        (THREE, PerceptronSettings(shards=2), "step"),
    ],
    ids=["single precision", "sigmoid", "softmax", "shards", "shards that compete"],
)
def test_others_stay_interpreted(rich, data, rule, activation):
    algorithm = algorithm_for(data, rule, activation)
    assert not algorithm.either
    assert algorithm.kernels is backend.load("python")


def test_epochs_are_paid_for_until_it_is_enough(monkeypatch):
    monkeypatch.setattr(backend, "is_loaded", lambda speed: False)
    monkeypatch.setattr(backend, "in_cache", lambda kernel: True)
    exact._compiled_before.cache_clear()
    monkeypatch.setattr(exact, "spent", 0.0)
    epoch = TWO.entries + exact.VISIT * len(TWO.y)
    rule = PerceptronSettings(tol=None, max_epochs=5)
    kinds = []
    for already in 0.0, exact.LOADING - 2.5 * epoch:
        monkeypatch.setattr(exact, "spent", already)
        algorithm = algorithm_for(TWO, rule)
        Trainer(algorithm, on_epoch=lambda _, algorithm=algorithm: kinds.append(algorithm.kernels)).fit()
        assert exact.spent == already + (5 if already == 0.0 else 3) * epoch
    python, compiled = backend.load("python"), backend.load("exact")
    assert kinds == [python] * 5 + [python] * 2 + [compiled] * 3
    exact._compiled_before.cache_clear()
