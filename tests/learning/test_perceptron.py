"""Rosenblatt's rule: the numbers of the contract, everything that one neuron can learn, and the theorem behind it."""

import time
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.engine import backend
from glassneuron.learning.algorithms.registry import algorithm_for
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.settings import PerceptronSettings
from glassneuron.learning.split import split
from glassneuron.learning.trainer import Trainer
from glassneuron.learning.watch.watch import steps_of
from training import settings_of, train_neurons

OR = Dataset(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 1]))
CONTRACT = PerceptronSettings(learning_rate=0.1, max_epochs=1000, fixed_bias=-1.0, shuffle=False)


@pytest.mark.parametrize("speed", ["python", "compiled", "auto"])
def test_or_as_the_contract_prints_it(speed):
    with gn.speed(speed):
        (neuron,), history = train_neurons(OR, CONTRACT)
        sums = [neuron.weighted_sum(x) for x in OR.X]
    expected = [-1.0, 0.09999999999999987, 0.09999999999999987, 1.1999999999999997]
    if speed == "compiled":
        np.testing.assert_allclose(sums, expected, rtol=0, atol=1e-12)
    else:
        assert sums == expected
    assert neuron.feedforward(OR.X).tolist() == [0, 1, 1, 1]
    assert [round(v) for v in (neuron.bias, *neuron.weights)] == [-1, 1, 1]
    assert history.mistakes == [3, 3, 2, 2, 2, 2, 2, 2, 2, 0]
    assert history.converged
    assert "epoch 10" in history.why_stopped


def test_two_epochs_of_and_worked_by_hand():
    # rate 1, zero start, rows 00 01 10 11, targets 0 0 0 1; a tie fires.
    # epoch 1: 00 sum 0 fires wrongly, b = -1; 01 and 10 sums -1, silent, right; 11 sum -1, missed: w = (1, 1), b = 0.
    # epoch 2: 00 sum 0 fires wrongly, b = -1; 01 sum 0 fires wrongly, w = (1, 0), b = -2; 10 sum -1 right;
    #          11 sum -1, missed: w = (2, 1), b = -1
    X, y = OR.X, np.array([0, 0, 0, 1])
    for epochs, weights, bias, mistakes in [(1, [1, 1], 0, [2]), (2, [2, 1], -1, [2, 3])]:
        (neuron,), history = train_neurons(Dataset(X, y), PerceptronSettings(1.0, max_epochs=epochs, shuffle=False))
        assert (neuron.weights.tolist(), neuron.bias, history.mistakes) == (weights, bias, mistakes)


def every_function(n):
    X = np.array(list(product((0.0, 1.0), repeat=n)))
    for number in range(2**2**n):
        yield X, np.array([(number >> row) & 1 for row in range(2**n)])


@pytest.mark.parametrize(("n", "separable"), [(1, 4), (2, 14), (3, 104)])
def test_all_that_one_neuron_can_learn_and_no_more(n, separable):
    # OEIS A000609: 2, 4, 14, 104, 1882, ... threshold functions of n variables
    learned = 0
    for X, y in every_function(n):
        (neuron,), history = train_neurons(Dataset(X, y), PerceptronSettings(random_state=0, tol=None))
        right = (neuron.feedforward(X) == y).all()
        assert history.converged == right
        if right:
            learned += 1
            assert history.mistakes[-1] == 0
        else:
            assert history.why_stopped.startswith("did not converge in 1000 epochs")
            assert len(history.mistakes) == 1000
    assert learned == separable


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(2, 30), st.integers(0, 2**31), st.booleans())
def test_novikoffs_bound(features, rows, seed, shuffle):
    # With the bias as one more input of 1 and a zero start: mistakes <= (R / margin)^2 in any order. Novikoff 1962.
    rng = np.random.default_rng(seed)
    separator = rng.normal(size=features + 1)
    separator /= np.linalg.norm(separator)
    extended = np.hstack([rng.normal(size=(rows, features)), np.ones((rows, 1))])
    side = extended @ separator
    keep = np.abs(side) > 0.05
    X, y = extended[keep, :-1], (side[keep] > 0).astype(int)
    if not len(X):
        return
    bound = (np.linalg.norm(extended[keep], axis=1).max() / np.abs(side[keep]).min()) ** 2
    rule = PerceptronSettings(max_epochs=10**6, tol=None, shuffle=shuffle, random_state=0)
    with gn.speed("python"):
        _, history = train_neurons(Dataset(X, y), rule)
    assert history.converged
    assert sum(history.mistakes) <= bound


@pytest.mark.parametrize("shuffle", [False, True])
def test_watching_is_the_same_training(shuffle):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(30, 4))
    y = rng.integers(0, 3, size=30)
    rule = PerceptronSettings(0.1, max_epochs=7, shuffle=shuffle, random_state=5, multi_class="one_vs_rest")
    data = Dataset(X, y, neurons=3)
    neurons, history = train_neurons(data, rule)
    watched = list(steps_of(Trainer(algorithm_for(data, rule))))
    assert len(watched) == 30 * 3 * 7
    for k, neuron in enumerate(neurons):
        last = [s for s in watched if s.neuron == k][-1]
        assert last.weights_after.tolist() == neuron.weights.tolist()
        assert last.bias_after == neuron.bias
    for epoch in range(1, 8):
        assert sum(s.error != 0 for s in watched if s.epoch == epoch) == history.mistakes[epoch - 1]
    for s in watched:  # each step is its own arithmetic: w + eta * error * x
        np.testing.assert_allclose(s.weights_after, s.weights_before + 0.1 * s.error * s.x, rtol=1e-13, atol=1e-15)
        assert s.output == (s.weighted_sum >= 0)
        assert s.error == s.target - s.output


def test_a_step_reads_as_arithmetic():
    first, second, *_ = steps_of(Trainer(algorithm_for(OR, CONTRACT)))
    assert "right: nothing changes" in str(first)
    assert "w2      0 + 0.1·1·1 = 0.1" in str(second)
    assert "bias    -1, held" in str(second)


def test_the_caller_can_stop_it_and_sees_every_epoch():
    seen = []

    def follow(history):
        seen.append(history.epochs)
        return history.epochs == 3

    _, history = train_neurons(OR, CONTRACT, on_epoch=follow)
    assert seen == [1, 2, 3]
    assert "epoch 3" in history.why_stopped
    assert not history.converged
    assert len(history.seconds) == 3


def test_the_epochs_take_no_longer_than_all_of_the_training():
    X = np.random.default_rng(0).normal(size=(400, 8))
    data = Dataset(X, (X.sum(axis=1) > 0.0).astype(int))
    train_neurons(data, PerceptronSettings())  # which loads what is needed
    began = time.perf_counter()
    _, history = train_neurons(data, PerceptronSettings())
    assert history.epochs > 10
    assert sum(history.seconds) <= time.perf_counter() - began


def test_learning_ends_only_where_answering_agrees():
    # a table too large for the loop, whose sums tie at zero but for rounding: rate 0.1 on whole numbers
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, size=(400, 8)).astype(float)
    y = (X.sum(axis=1) >= 4).astype(int)
    for seed in range(5):
        rule = PerceptronSettings(0.1, max_epochs=5000, random_state=seed)
        with gn.speed("compiled"):
            (neuron,), history = train_neurons(Dataset(X, y), rule)
        assert history.converged
        assert (neuron.feedforward(X) == y).all()


def test_a_row_that_only_rounding_settles_is_learned_once_more():
    algorithm = algorithm_for(OR, PerceptronSettings(shuffle=False))
    algorithm.b[0][0] = -1.0  # silent everywhere: three rows are wrong
    assert algorithm.end_epoch(0) == 3
    assert [part.tolist() for part in algorithm.weights] == [[[2.0, 2.0]], [2.0]]


@pytest.mark.parametrize(
    ("setting", "code", "named"),
    [
        ({"learning_rate": -0.1}, "parameter", ["(0, inf)", "got -0.1"]),
        ({"learning_rate": "fast"}, "parameter-type", ["got 'fast', a str"]),
        ({"learning_rate": float("nan")}, "parameter", ["got nan"]),
        ({"max_epochs": 0}, "parameter", ["[1, inf)", "got 0"]),
        ({"max_epochs": 2.5}, "parameter-type", ["got 2.5, a float"]),
        ({"fixed_bias": True}, "parameter-type", ["got True, a bool"]),
        ({"shuffle": "yes"}, "parameter-type", ["got 'yes', a str"]),
    ],
)
def test_settings_are_checked(setting, code, named, refused):
    with refused(code, f"`{next(iter(setting))}`", *named):
        settings_of(PerceptronSettings, **setting)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.floats(0, 0.99), st.integers(0, 1000))
def test_held_out_rows_are_a_share_of_each_class(codes, share, seed):
    codes = np.array(codes)
    learn_rows, held = split(codes, share, seed)
    assert sorted([*learn_rows, *held]) == list(range(len(codes)))
    assert set(codes[learn_rows]) == set(codes)
    for code in set(codes):
        members = int((codes == code).sum())
        assert abs((codes[held] == code).sum() - share * members) <= 1


def test_the_speed_follows_the_size_of_the_work():
    compiled = backend.load("compiled")
    small = algorithm_for(OR, PerceptronSettings())
    large = algorithm_for(Dataset(np.ones((1000, 30)), np.zeros(1000, int)), PerceptronSettings())
    assert small.kernels is not compiled
    assert large.kernels is compiled
    for kind, is_large in ((np.float64, False), (np.float32, True)):  # which lists of numbers cannot hold
        between = Dataset(np.ones((200, 2), kind), np.zeros(200, int))
        assert (algorithm_for(between, PerceptronSettings()).kernels is compiled) == is_large


@pytest.mark.parametrize(("rows", "columns"), [(4000, 10), (60_000, 4)])
def test_labels_without_noise_are_learned_to_the_last_row(rows, columns):
    """They leave no gap: there are weights that have every row right, which the rule alone hardly finds."""
    random = np.random.default_rng(0)
    X, w = random.normal(size=(2 * rows, columns)), random.normal(size=columns)
    y = X @ w > 0.0
    last, pocket, mean, alone = (
        gn.Perceptron(**how, max_epochs=200, random_state=0).fit(X[:rows], y[:rows])
        for how in ({}, {"variant": "pocket"}, {"variant": "averaged"}, {"tol": None})
    )
    data = Dataset(X[:rows], y[:rows].astype(int))
    for variant in ("plain", "averaged", "pocket", "voted"):
        assert algorithm_for(data, PerceptronSettings(variant=variant)).patient == (variant == "plain")
    for fitted in (last, pocket) if rows > 4000 else (last,):
        assert fitted.history_.converged
        assert fitted.score(X[:rows], y[:rows]) == 1.0
        assert "it took over weights" in fitted.history_.why_stopped
        new, *others = (each.score(X[rows:], y[rows:]) for each in (fitted, mean, alone))
        assert new > max(others) - 5e-4
    for fitted in (mean, alone):
        assert fitted.history_.why_stopped.count("it can") <= 1
        assert not fitted.history_.converged
    if rows > 4000:
        assert "it can" in mean.history_.why_stopped
        assert "variant='plain', which goes on until every row is right" in str(mean.diagnose())


def test_a_layer_takes_over_what_has_every_row_right():
    random = np.random.default_rng(0)
    X = random.normal(size=(3000, 3))
    y = (X @ random.normal(size=(3, 3))).argmax(axis=1)
    X = X * [1.0, 10.0, 0.1] + [0.0, 0.0, 5.0]
    fitted = gn.Perceptron(random_state=0).fit(X, y)
    assert "took over" in fitted.history_.why_stopped
    assert fitted.history_.converged
    assert fitted.score(X, y) == 1.0


@pytest.mark.parametrize("speed", ["python", "compiled"])
def test_of_neurons_that_do_not_compete_those_in_question_take_over(speed):
    random = np.random.default_rng(0)
    X, y = random.normal(size=(60, 2)) + 7.0, np.repeat([0, 1, 2], 20)  # in the corners of a triangle
    X += 20.0 * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])[y]
    X *= [1.0, 100.0]
    data, found = Dataset(X, y, neurons=3), np.array([[-1.0, -0.01, 24.0], [0.001, 0.01, -17.0]])
    with gn.speed(speed):
        algorithm = algorithm_for(data, PerceptronSettings(multi_class="one_vs_rest", standardise=True))
    while algorithm.step(0, algorithm.begin_epoch(0))[0]:
        pass  # the neuron that is not in question has to be right by itself
    before = algorithm.boundaries()
    lengths = [np.linalg.norm([*w, b]) for w, b in zip(*algorithm.weights, strict=True)]
    assert algorithm.take_over(found, np.array([0, 2]))
    after = algorithm.boundaries()
    assert (after[1] == before[1]).all()
    for k, (w, b) in enumerate(zip(*algorithm.weights, strict=True)):  # for scaled rows
        assert lengths[k] / 1.5 < np.linalg.norm([*w, b]) < 1.5 * lengths[k]
    for k, own in ((0, found[0]), (2, found[1])):
        assert after[k] == pytest.approx(own * after[k, 0] / own[0], rel=1e-12)
        assert after[k, 0] / own[0] > 0.0
    assert not algorithm.take_over(np.full((3, 3), np.inf), np.zeros(0, int))


@pytest.mark.parametrize("variant", ["plain", "pocket"])
def test_a_small_table_is_left_to_the_rule_as_long_as_somebody_may_go_through_it_by_hand(variant):
    """Its columns stay as they are, far from 0: the rule alone would not come to an end."""
    random = np.random.default_rng(0)
    X = 1000.0 + random.normal(size=(40, 2))
    y = (X - 1000.0) @ [1.0, -2.0] > 0.1
    alone, taken = (
        gn.Perceptron(variant=variant, tol=tol, random_state=0, max_epochs=300).fit(X, y) for tol in (None, "auto")
    )
    assert alone.score(X, y) < 1.0
    assert taken.score(X, y) == 1.0
    assert 100 <= taken.n_iter_ < 200
    assert taken.history_.mistakes[:100] == alone.history_.mistakes[:100]
    assert "it took over weights" in taken.history_.why_stopped
    held = gn.Perceptron(variant=variant, fixed_bias=1.0, random_state=0, max_epochs=300).fit(X, y)
    assert "took over" not in held.history_.why_stopped
