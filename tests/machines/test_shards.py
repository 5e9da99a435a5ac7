"""Perceptrons in shards: what mixing promises, and what it shares with the perceptron of one shard."""

import numpy as np
import pytest

import glassneuron as gn
from glassneuron.learning.algorithms.perceptrons.shards import dealt
from glassneuron.proofs.mistake_bound import mistake_bound
from machine_bits import bits


@pytest.fixture(scope="module")
def apart():
    """Rows with a street between two classes, sorted by class."""
    random = np.random.default_rng(2)
    X = random.normal(size=(3000, 4))
    sums = X @ [0.5, -0.5, 0.5, -0.5] + 0.1
    X, sums = X[np.abs(sums) > 0.05], sums[np.abs(sums) > 0.05]
    order = np.argsort(sums > 0.0, kind="stable")
    return X[order], (sums > 0.0)[order].astype(int)


@pytest.mark.parametrize("shards", [2, 3, 8, 16])
@pytest.mark.parametrize("variant", ["plain", "averaged", "pocket"])
def test_rows_that_can_be_told_apart_are(variant, shards, apart):
    X, y = apart
    p = gn.Perceptron(variant=variant, shards=shards, standardise=False).fit(X, y)
    assert p.history_.converged
    assert p.score(X, y) == 1.0


@pytest.mark.parametrize("shards", [2, 5, 16])
@pytest.mark.parametrize("shuffle", [True, False])
def test_weighted_mistakes_stay_under_the_bound_for_the_widest_margin(shards, shuffle, apart):
    """McDonald, Hall & Mann (2010), theorem 3; the bound comes from the proofs, which know nothing of the training."""
    X, y = apart
    p = gn.Perceptron(shards=shards, shuffle=shuffle, standardise=False, prove=False).fit(X, y)
    history = p.history_
    mixed = np.cumsum(history.mistakes) / shards
    np.testing.assert_allclose(history.weighted_mistakes, mixed)
    least = mistake_bound(X, y == 1)
    assert mixed[-1] <= least
    assert history.mistake_bound >= least * (1.0 - 1e-9)  # that of the weights that were found
    assert f"{history.weighted_mistakes[-1]:,.6g}, of (R / gamma)^2 = " in str(history)
    proven = gn.Perceptron(shards=shards, shuffle=shuffle, standardise=False, prove=True).fit(X, y).history_
    assert proven.mistake_bound == pytest.approx(min(least, history.mistake_bound))


def test_the_bound_of_the_weights_that_were_found_by_hand():
    X, y = np.array([[2.0], [-2.0]]), np.array([1, 0])
    p = gn.Perceptron(shards=2, shuffle=False, standardise=False, prove=False).fit(X, y)
    # Each shard has one row. Epoch 1: row 1 fires at 0, and is right; row 2 fires and is wrong: w = 2, b = -1; the mean
    # is (1, -1/2), which has both rows right: 2 - 1/2 = 3/2 and -2 - 1/2 = -5/2.
    assert p.coef_.tolist() == [[1.0]]
    assert p.intercept_.tolist() == [-0.5]
    assert p.history_.mistakes == [1, 0]
    assert p.history_.weighted_mistakes == [0.5, 0.5]
    assert p.history_.mistake_bound == pytest.approx((4.0 + 1.0) * (1.0 + 0.25) / 1.5**2)


def test_the_mean_of_shards_by_hand():
    """The mean counts each neuron on the way, of every shard, for as long as it stood."""
    X, y = np.array([[2.0], [-2.0]]), np.array([1, 0])
    p = gn.Perceptron(variant="averaged", shards=2, shuffle=False, standardise=False, max_epochs=1, prove=False).fit(
        X, y
    )
    # Shard 1 stands at (0, 0) and shard 2 after its only visit at (2, -1): the mean of one visit each is (1, -1/2).
    assert p.coef_.tolist() == [[1.0]]
    assert p.intercept_.tolist() == [-0.5]


def test_one_shard_is_the_perceptron_as_it_was(apart):
    X, y = apart
    assert bits(gn.Perceptron(shards=1).fit(X, y)) == bits(gn.Perceptron().fit(X, y))


@pytest.mark.parametrize("variant", ["plain", "averaged", "pocket"])
def test_an_epoch_is_the_mean_of_perceptrons_of_one_epoch_on_each_shard(variant, apart):
    """The peer is the estimator itself, on the rows of each shard alone."""
    X, y = apart
    settings = {"shuffle": False, "standardise": False, "max_epochs": 1, "prove": False}
    W = [gn.Perceptron(**settings).fit(X[rows], y[rows]) for rows in dealt(np.arange(len(y)), 4)]
    mixed = gn.Perceptron(variant=variant, shards=4, **settings).fit(X, y)
    np.testing.assert_allclose(mixed._state["W"], np.mean([p.coef_ for p in W], axis=0), rtol=1e-12)
    np.testing.assert_allclose(mixed._state["b"][:, 0], np.mean([p.intercept_ for p in W], axis=0), rtol=1e-12)


def test_rows_are_dealt_in_turn_so_that_a_sorted_table_has_all_classes_in_each_shard(apart):
    _, y = apart
    parts = dealt(np.arange(len(y)), 16)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(y)))
    for part in parts:
        assert y[part].mean() == pytest.approx(y.mean(), abs=0.05)


def test_speeds_and_a_checkpoint_come_to_the_same(apart, tmp_path):
    X, y = apart
    settings = {"variant": "averaged", "shards": 3, "max_epochs": 3, "prove": False, "tol": None}
    whole = bits(gn.Perceptron(**settings).fit(X, y))
    with gn.speed("python"):
        assert bits(gn.Perceptron(**settings).fit(X, y))[0] == whole[0]
    kept = {"checkpoint": tmp_path / "state", "checkpoint_every": 0.0}
    gn.Perceptron(**settings, **kept, on_epoch=lambda history: history.epochs == 2).fit(X, y)
    assert bits(gn.Perceptron(**settings, **kept).fit(X, y)) == whole


def test_sample_weights_count_as_repeated_rows(apart):
    X, y = apart[0][:50], apart[1][-50:]
    weight = np.random.default_rng(0).integers(0, 4, 50)
    settings = {"shards": 2, "max_epochs": 4, "prove": False, "tol": None}
    a = gn.Perceptron(**settings).fit(X, y, sample_weight=weight)
    b = gn.Perceptron(**settings).fit(np.repeat(X, weight, axis=0), np.repeat(y, weight))
    assert bits(a)[0] == bits(b)[0]


def test_shards_are_not_watched_row_by_row(apart, refused):
    with refused("parameter", "`shards`", "watched"):
        next(gn.watch(gn.Perceptron(shards=2), *apart))


def test_votes_cannot_be_mixed(refused):
    with refused("parameter", "`shards`", "voted"):
        gn.Perceptron(variant="voted", shards=2).fit([[0.0], [1.0]], [0, 1])


def test_a_bias_that_is_held_and_a_start_elsewhere_have_no_bound(apart):
    X, y = apart
    for settings in ({"fixed_bias": -0.3}, {"warm_start": True}):
        p = gn.Perceptron(shards=2, max_epochs=50, tol=None, prove=False, **settings).fit(X, y).fit(X, y)
        assert p.history_.mistake_bound is None
