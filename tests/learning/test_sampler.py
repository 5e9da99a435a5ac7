"""Which rows are visited and when: each in every epoch, as often as it counts, in an order that can be repeated."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import glassneuron as gn
from glassneuron.engine import backend
from glassneuron.engine.loops import pays
from glassneuron.learning import sampler
from glassneuron.learning.dataset import NONE, Dataset
from glassneuron.learning.sampler import RUN, STREAMS, Epoch, Sampler, _sorted, distinct_rows


@pytest.mark.parametrize("rows", [1, 7, RUN * STREAMS, RUN * STREAMS + 1, 3 * RUN * STREAMS + 1000])
def test_every_epoch_visits_every_row_in_an_order_of_its_own(rows):
    numbers = 2 * np.arange(rows) + 1
    sampler, other = (Sampler(numbers, True, seed) for seed in (5, 6))
    orders = [sampler.order(epoch)[:] for epoch in range(3)]
    for order in orders:
        assert (np.sort(order) == numbers).all()
    for epoch in (2, 0, 1):  # whatever was asked for before
        assert (Sampler(numbers, True, 5).order(epoch)[:] == orders[epoch]).all()
        assert (sampler.order(epoch)[:] == orders[epoch]).all()
    if rows > 7:
        assert (orders[0] != orders[1]).any()
        assert (orders[0] != other.order(0)[:]).any()
    assert (Sampler(numbers, False, 5).order(1)[:] == numbers).all()


def test_a_large_table_is_read_in_streams_and_neighbours_are_parted():
    rows = 4 * RUN * STREAMS
    order = Sampler(np.arange(rows), True, 0).order(0)[:]
    place = np.empty(rows, int)
    place[order] = np.arange(rows)
    for run in place.reshape(-1, RUN):
        assert (np.diff(run) > 0).all()  # a run keeps its order
    assert np.diff(place.reshape(-1, RUN)).mean() > STREAMS / 2
    for part in order.reshape(-1, RUN * STREAMS):  # so many runs at a time
        assert len(np.unique(part // RUN)) == STREAMS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 12).map(lambda w: w / 4), min_size=1, max_size=20), st.integers(1, 7), st.randoms())
def test_a_row_is_visited_as_often_as_it_counts_and_pieces_are_the_whole(weights, size, random):
    weight, order = np.array(weights), np.array(random.sample(range(len(weights)), len(weights)))
    epoch = Epoch(order, weight)
    visited, share = epoch.visits(0, len(epoch))
    share = share if len(share) else np.ones(len(visited))
    assert np.bincount(visited, share, len(weights)).tolist() == weights
    assert visited[np.append(True, np.diff(visited) != 0)].tolist() == order.tolist()
    pieces = [epoch.visits(start, min(start + size, len(epoch))) for start in range(0, len(epoch), size)]
    assert np.concatenate([piece.order for piece in pieces]).tolist() == visited.tolist()
    parts = [piece.share if len(piece.share) else np.ones(len(piece.order)) for piece in pieces]
    assert np.concatenate(parts).tolist() == share.tolist()


def test_weights_that_ask_for_endless_epochs_are_refused():
    with pytest.raises(gn.GlassneuronError, match="`sample_weight` must be small enough for 100,000,000 visits"):
        Epoch(np.arange(2), np.array([1.0, 1e12]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([-0.0, 0.0, 1.0, -2.5]), st.integers(0, 1)), min_size=1), st.randoms())
def test_a_small_table_is_the_same_however_it_is_sorted_and_however_often_a_row_stands_in_it(rows, random):
    def seen(rows):
        X, y = np.array([[x] for x, _ in rows]), np.array([c for _, c in rows])
        kept, weight = distinct_rows(Dataset(X, y), shuffle=True)
        weight = weight[kept] if len(weight) else np.ones(len(kept))
        return list(zip(X[kept, 0].tolist(), y[kept].tolist(), weight.tolist(), strict=True))

    shuffled = random.sample(rows, len(rows))
    assert seen(rows) == seen(shuffled)
    assert {(x, c): w for x, c, w in seen(rows)} == {row: float(rows.count(row)) for row in rows}


def test_an_order_is_one_of_places_whatever_the_rows_are_called():
    rows = np.arange(2 * RUN * STREAMS + 77)
    for epoch in range(2):
        assert (Sampler(3 * rows + 5, True, 1).order(epoch)[:] == 3 * Sampler(rows, True, 1).order(epoch)[:] + 5).all()


@pytest.mark.parametrize("collide", [False, True])
@pytest.mark.parametrize("twice", [False, True])
@pytest.mark.parametrize("values", [[0.0, 1.0], [-0.0, 0.0, 1.0, 2.5], None])
@pytest.mark.parametrize("columns", [1, 3, 11, 70])
def test_the_order_of_rows_depends_on_their_values_alone_and_equal_ones_stand_together(
    monkeypatch, values, columns, twice, collide
):
    if collide:  # all rows have one hash
        monkeypatch.setattr(sampler, "BASE", 0)
    rng = np.random.default_rng(columns)
    table = rng.normal(size=(60, columns)) if values is None else rng.choice(values, size=(60, columns))
    table, rows = table[rng.integers(60, size=90)] if twice else table, np.arange(90 if twice else 60)
    y = (table.sum(axis=1) > 1.0 if twice else rng.integers(2, size=len(rows))).astype(np.int32)
    whole = np.column_stack([table, y]) + 0.0
    order, new = _sorted(Dataset(table, y), rows)
    assert sorted(order) == rows.tolist()
    assert new.tolist() == [True, *(whole[order[1:]] != whole[order[:-1]]).any(axis=1)]
    assert new.sum() == len(np.unique(whole, axis=0))
    assert (np.diff(order)[~new[1:]] > 0).all()  # equal ones stay as they stand
    mixed = rng.permutation(len(rows))
    again, _ = _sorted(Dataset(table[mixed], y[mixed]), rows)
    assert (whole[mixed[again]] == whole[order]).all()
    once, _ = _sorted(Dataset(table[order[new]], y[order[new]]), np.arange(new.sum()))
    assert (whole[order[new]][once] == whole[order[new]]).all()  # equal rows change nothing in the order of others
    doubled, kept = np.concatenate([table, table]), np.arange(len(rows), 2 * len(rows))  # nor do rows left out
    again, _ = _sorted(Dataset(doubled, np.concatenate([y, y])), kept)
    assert again.tolist() == order.tolist()
    again, _ = _sorted(Dataset(sp.csr_array(table), y), rows)
    assert again.tolist() == order.tolist()


@pytest.mark.parametrize("variant", ["averaged", "pocket", "voted"])
@pytest.mark.parametrize(("columns", "values"), [(1, 4), (2, 3), (3, 3)])
def test_many_equal_rows_are_learned_from_as_they_come_and_not_in_a_run(columns, values, variant):
    """What most of them say counts, as the answers to each kind of row show; in a run the last one would decide."""
    random = np.random.default_rng(columns)
    codes = random.integers(values, size=(3000, columns))
    X = np.concatenate([np.eye(values)[code] for code in codes.T], axis=1)
    sums = X @ random.normal(size=X.shape[1])
    clean = sums > np.median(sums)
    y = clean ^ (random.random(3000) < 0.1)
    fitted = gn.Perceptron(variant=variant, random_state=0).fit(X, y)
    assert (fitted.predict(X) == clean).mean() > 0.93


@pytest.mark.parametrize("whole", [True, False])
def test_each_visit_of_a_weighted_row_has_a_place_of_its_own(whole):
    weight = np.array([0.0, 40.0, 30.0, 25.0]) + (0.0 if whole else 0.5)
    rows = np.arange(1, 4)
    sampler = Sampler(rows, True, 0, weight)
    epochs = [sampler.epoch(k) for k in range(2)]
    for epoch in epochs:
        visited, share = epoch.visits(0, len(epoch))
        share = share if len(share) else np.ones(len(visited))
        assert np.bincount(visited, share, 4).tolist() == [0.0, *weight[1:].tolist()]
        assert (visited[1:] != visited[:-1]).sum() > 30
    assert (epochs[0].order != epochs[1].order).any()
    assert (Sampler(rows, True, 0, weight).epoch(1).order == epochs[1].order).all()


@pytest.mark.parametrize("weighted", [False, True])
def test_orders_are_numpys_compiled_or_not(monkeypatch, weighted):
    rows, weight = np.arange(3, 903), np.where(np.arange(903) % 3, 1.0, 2.5) if weighted else NONE
    plain = [Sampler(rows, True, 2**40 + 1, weight).epoch(k) for k in (0, 3)]
    backend.load("exact")
    monkeypatch.setattr(pays.orders, "spent", pays.orders.compiling)
    sampler = Sampler(rows, True, 2**40 + 1, weight)
    monkeypatch.setattr(Sampler, "_drawn", lambda *_: pytest.fail("drawn by NumPy"))
    for number, epoch in zip((0, 3), plain, strict=True):
        again = sampler.epoch(number)
        assert again.order.tolist() == epoch.order.tolist()
        assert again.share.tolist() == epoch.share.tolist()
    assert rows.tolist() == list(range(3, 903))  # which stay as they are
