"""What neurons side by side learn by: each kernel by hand, by mathematics, at both speeds, dense and mostly zeros."""

from math import exp, log

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from glassneuron.engine import backend, kernels

SPEEDS = ("python", "compiled")
NO_TABLE = np.empty((0, 0))
ONCE = np.empty(0)
STEP, LINEAR, SIGMOID, SOFTMAX, WINNER = (
    kernels.STEP, kernels.LINEAR, kernels.SIGMOID, kernels.SOFTMAX, kernels.WINNER
)  # fmt: skip


@pytest.fixture(params=SPEEDS)
def k(request):
    return backend.load(request.param)


def arrays(*values):
    return tuple(np.array(v, dtype=np.float64) for v in values)


FIRES = np.array([1], np.int32)


def rows(count):
    """Rows in their order, in the kind of whole number that estimators use, so that the same code is compiled."""
    return np.arange(count, dtype=np.int32)


# ------------------------------------------------------------------ worked by hand


def test_the_average_counts_each_neuron_for_as_long_as_it_stood(k):
    # rate 1, zero start, rows 1, 2, -1 with targets 0, 1, 1; a tie fires.
    # row 1: sum 0 fires wrongly: w = -1, b = -1. row 2: sum -3, missed: w = 1, b = 0.
    # row -1: sum -1, missed: w = 0, b = 1.
    # After each of the three rows the neuron is (-1, -1), (1, 0), (0, 1): the mean is (0, 0).
    W, b, S, s = arrays([[0]], [[0]], [[0]], [[0]])
    X, y, notes = np.array([[1.0], [2.0], [-1.0]]), np.array([0, 1, 1], np.int32), np.zeros(2)
    mistakes = k.perceptron_epoch(W, b, X, y, FIRES, ONCE, rows(3), 1.0, 1.0, S, s, notes)
    assert (mistakes, W.item(), b.item()) == (3, 0.0, 1.0)
    assert notes.tolist() == [0.0 + 3.0 + 1.0, 3.0]  # the wrong sums are 0, -3 and -1
    assert (W - S / notes[1]).item() == pytest.approx(0.0)
    assert (b - s / notes[1]).item() == pytest.approx(0.0)


def test_a_row_that_counts_twice_is_shown_twice_unless_it_is_right_before(k):
    # x = 1, target 1, start w = 0, b = -3, rate 1. Shown once: sum -3, w = 1, b = -2; twice: sum -1, w = 2, b = -1;
    # a third time: sum 1, right. Half a show moves by half.
    X, y = np.array([[1.0]]), np.array([1], np.int32)
    for count, weight, bias, mistakes in [(1.0, 1, -2, 1), (2.0, 2, -1, 2), (5.0, 2, -1, 2), (1.5, 1.5, -1.5, 2)]:
        W, b = arrays([[0]], [[-3]])
        counts, notes = np.array([count]), np.zeros(2)
        made = k.perceptron_epoch(W, b, X, y, FIRES, counts, rows(1), 1.0, 1.0, NO_TABLE, NO_TABLE, notes)
        assert (W.item(), b.item(), made) == (weight, bias, mistakes)
        assert notes[1] == count


def test_the_pocket_keeps_the_neuron_that_has_most_rows_right(k):
    # rows 1, 2, 3 fire, row 2.5 is to stay silent. From w = 1, b = 0 all fire: three of four are right. Row 2.5 moves
    # it to w = -1.5, b = -1, which is silent everywhere: one of four.
    X, y = np.array([[1.0], [2.0], [3.0], [2.5]]), np.array([1, 1, 1, 0], np.int32)
    W, b, P, p, records = arrays([[1]], [[0]], [[9]], [[9]], [[-1, -1, 0]])
    made = k.pocket_epoch(
        W, b, X, y, FIRES, ONCE, rows(4), 1.0, 1.0, P, p, records, False, np.zeros(2)
    )  # fmt: skip
    assert (made, W.item(), b.item()) == (1, -1.5, -1.0)
    assert (P.item(), p.item()) == (1.0, 0.0)
    assert records.tolist() == [[3.0, 3.0, 0.0]]
    # a neuron with a shorter run is not tried, whatever it has right, unless each is
    for each, pocket in [(False, 1.0), (True, 2.0)]:
        V, v, P2, p2, records = arrays([[2]], [[-3.5]], [[1]], [[0]], [[3, 1, 0]])  # 2x - 3.5 has 2 and 3 right
        k.pocket_epoch(
            V, v, X, y, FIRES, ONCE, rows(1), 1.0, 1.0, P2, p2, records, each, np.zeros(2)
        )  # fmt: skip
        assert P2.item() == pocket


def test_rows_right_counts_as_often_as_rows_count_and_gives_up_early(k):
    X, y = np.array([[1.0], [-1.0], [2.0]]), np.array([1, 1, 0], np.int32)  # w = 1: right, wrong, wrong
    (w,) = arrays([1])
    assert k.rows_right(w, 0.0, X, y, FIRES[0], ONCE, -1.0) == 1.0
    assert k.rows_right(w, 0.0, X, y, FIRES[0], np.array([2.5, 1.0, 1.0]), -1.0) == 2.5
    assert k.rows_right(w, 0.0, X, y, FIRES[0], ONCE, 2.0) == 2.0  # it cannot come to more than two


def test_every_neuron_that_is_given_up_has_a_vote_for_each_row_it_stood_for(k):
    # the neurons of the average's example: (0, 0) stood for no row, (-1, -1) for one, (1, 0) for one; (0, 1) is alive
    W, b, V, votes, alive = arrays([[0]], [[0]], np.zeros((9, 2)), np.zeros((9, 2)), [0])
    X, y, notes = np.array([[1.0], [2.0], [-1.0]]), np.array([0, 1, 1], np.int32), np.zeros(3)
    k.voted_epoch(W, b, X, y, FIRES, ONCE, rows(3), 1.0, 1.0, V, votes, alive, notes)
    assert V[:3].tolist() == [[0.0, 0.0], [-1.0, -1.0], [1.0, 0.0]]
    assert votes[:3].tolist() == [[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]]
    assert (alive.tolist(), notes.tolist()) == ([1.0], [4.0, 3.0, 3.0])
    # with room for two, it stops before the row that might not fit
    W, b, V, votes, alive = arrays([[0]], [[0]], np.zeros((3, 2)), np.zeros((3, 2)), [0])
    k.voted_epoch(W, b, X, y, FIRES, ONCE, rows(3), 1.0, 1.0, V, votes, alive, notes)
    assert notes.tolist()[1:] == [2.0, 2.0]


def test_the_delta_rule_on_two_rows_worked_by_hand(k):
    # linear, rate 1/2, zero start, targets 1 and -1 for rows 1 and 2.
    # row 1: z = 0, error 1: w = 1/2, b = 1/2, loss 1/2. row 2: z = 3/2, error -5/2: w = 1/2 - 5/2 = -2, b = -3/4,
    # loss 25/8; its sum was on the wrong side.
    W, b = arrays([[0]], [[0]])
    X, y, notes = np.array([[1.0], [2.0]]), np.array([1, 0], np.int32), np.zeros(1)
    wrong = k.delta_epoch(LINEAR, W, b, X, y, FIRES, -1.0, ONCE, rows(2), 0.5, 0.5, 0.0, notes)
    assert (W.item(), b.item(), wrong) == (-2.0, -0.75, 1)
    assert notes.item() == pytest.approx(0.5 + 25 / 8)
    # a penalty shrinks the weights, and not the bias, before each move: w = 9/10 * 1/2 - 5/2 with l2 = 1/5
    W, b = arrays([[0]], [[0]])
    k.delta_epoch(LINEAR, W, b, X, y, FIRES, -1.0, ONCE, rows(2), 0.5, 0.5, 0.2, notes)
    assert (W.item(), b.item()) == (pytest.approx(0.45 - 2.5), -0.75)


def test_logistic_regression_on_one_row_worked_by_hand(k):
    # z = 0, a = 1/2, target 1: error 1/2, loss ln 2; w = 1/2 * 3, b = 1/2
    W, b = arrays([[0]], [[0]])
    X, y, notes = np.array([[3.0]]), np.array([1], np.int32), np.zeros(1)
    k.delta_epoch(SIGMOID, W, b, X, y, FIRES, 0.0, ONCE, rows(1), 1.0, 1.0, 0.0, notes)
    assert (W.item(), b.item()) == (1.5, 0.5)
    assert notes.item() == pytest.approx(log(2))


def test_numbers_are_targets_as_they_are(k):
    W, b = arrays([[0]], [[0]])
    k.delta_epoch(
        LINEAR, W, b, np.array([[1.0]]), np.array([7.0]), np.empty(0, np.int32), 0.0, ONCE, rows(1), 0.5, 0.5, 0.0,
        np.zeros(1),
    )  # fmt: skip
    assert (W.item(), b.item()) == (3.5, 3.5)


def test_keslers_rule_moves_the_true_class_and_the_winner(k):
    # three neurons at zero: a tie, which the first wins. A row of class 2 moves neuron 2 toward it and neuron 0 away.
    W, b = arrays(np.zeros((3, 2)), np.zeros((3, 1)))
    X, y, notes = np.array([[1.0, 2.0]]), np.array([2], np.int32), np.zeros(2)
    wrong = k.contest_epoch(WINNER, W, b, X, y, ONCE, rows(1), 1.0, 1.0, 0.0, NO_TABLE, NO_TABLE, notes)
    assert wrong == 1
    assert W.tolist() == [[-1.0, -2.0], [0.0, 0.0], [1.0, 2.0]]
    assert b[:, 0].tolist() == [-1.0, 0.0, 1.0]
    assert k.contest_epoch(WINNER, W, b, X, y, ONCE, rows(1), 1.0, 1.0, 0.0, NO_TABLE, NO_TABLE, notes) == 0


def test_softmax_shares_what_it_moves(k):
    # equal sums: shares 1/3; class 1 moves by 2/3, the others by -1/3; the loss is ln 3
    W, b = arrays(np.zeros((3, 1)), np.zeros((3, 1)))
    X, y, notes = np.array([[3.0]]), np.array([1], np.int32), np.zeros(2)
    k.contest_epoch(SOFTMAX, W, b, X, y, ONCE, rows(1), 1.0, 1.0, 0.0, NO_TABLE, NO_TABLE, notes)
    np.testing.assert_allclose(W[:, 0], [-1, 2, -1], rtol=1e-15)
    np.testing.assert_allclose(b[:, 0], [-1 / 3, 2 / 3, -1 / 3], rtol=1e-15)
    assert notes[0] == pytest.approx(log(3))


# ------------------------------------------------------------------ by mathematics


@pytest.mark.parametrize("code", [LINEAR, SIGMOID, SOFTMAX])
def test_slopes_are_the_slopes_of_the_loss(k, code):
    rng = np.random.default_rng(0)
    X, y, counts = rng.normal(size=(7, 3)), rng.integers(0, 3, 7).astype(np.int32), rng.random(7)
    theta, fires = rng.normal(size=(3, 4)), rows(3)

    def loss(theta, G=NO_TABLE, g=NO_TABLE):
        notes = np.zeros(3)
        W, b = theta[:, :3].copy(), theta[:, 3:].copy()
        k.slopes(code, W, b, X, y, fires, 0.0, counts, 0, 7, G, g, NO_TABLE, notes)
        return notes[0]

    G, g = np.zeros((3, 3)), np.zeros((3, 1))
    loss(theta, G, g)
    downhill, h = np.hstack([G, g]), 1e-3
    for n in range(3):
        for j in range(4):
            e = np.zeros((3, 4))
            e[n, j] = h
            slope = (loss(theta - 2 * e) - 8 * loss(theta - e) + 8 * loss(theta + e) - loss(theta + 2 * e)) / (12 * h)
            assert downhill[n, j] == pytest.approx(-slope, rel=1e-7)


def test_rows_are_judged_as_often_as_they_count(k):
    # w = 1, b = 0 on rows 1, -1, -2 that are to fire: right, wrong, wrong; they count 1/2, 2 and 3
    W, b = arrays([[1]], [[0]])
    X, y, notes = np.array([[1.0], [-1.0], [-2.0]]), np.ones(3, np.int32), np.zeros(3)
    counts = np.array([0.5, 2.0, 3.0])
    k.slopes(STEP, W, b, X, y, FIRES, 0.0, counts, 0, 3, NO_TABLE, NO_TABLE, NO_TABLE, notes)
    assert notes.tolist() == [2.0 * 1.0 + 3.0 * 2.0, 5.0, 5.5]


def test_losses_of_the_sigmoid_stay_finite_far_out(k):
    for z in (-800.0, 800.0):
        for target in (0.0, 1.0):
            a = k.activate(SIGMOID, z)
            assert k.neuron_loss(SIGMOID, z, a, target) == pytest.approx(max(0.0, z if target == 0.0 else -z))
    for z in (-3.0, 0.5):
        assert k.neuron_loss(SIGMOID, z, k.activate(SIGMOID, z), 1.0) == pytest.approx(log(1 + exp(-z)))


def test_a_penalty_that_shrinks_the_weights_to_nothing_stays_a_number(k):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(2000, 3)), rng.integers(0, 2, 2000).astype(np.int32)
    W, b, notes = np.full((1, 3), 5.0), np.zeros((1, 1)), np.zeros(1)
    k.delta_epoch(SIGMOID, W, b, X, y, FIRES, 0.0, ONCE, rows(2000), 0.1, 0.1, 0.5, notes)
    assert np.isfinite(W).all()
    assert np.abs(W).max() < 0.5  # 2000 steps leave 0.95^2000 of the 5; what remains are the last moves, each of 0.05


# ---------------------------------------------------------- one answer at both speeds, from dense and sparse rows


def outcomes(k, X, dtype, counts):
    """Run every kernel on whole numbers, whose sums are exact in any order."""
    y, order, fires = rows(40) % 3, rows(40)[::-1].copy(), rows(3)

    def blank(dtype=dtype):
        return np.zeros((3, 5), dtype), np.zeros((3, 1), dtype)

    X, told = backend.table(k, X), []
    for S, s in (blank(np.float64), (NO_TABLE, NO_TABLE)):
        W, b, notes = *blank(), np.zeros(2)
        told += [k.perceptron_epoch(W, b, X, y, fires, counts, order, 0.5, 0.5, S, s, notes), W, b, S, s, notes]
        W, b, notes = *blank(), np.zeros(2)
        told += [k.contest_epoch(WINNER, W, b, X, y, counts, order, 0.5, 0.5, 0.0, S, s, notes), W, b, S, s, notes]
    W, b, P, p, records, notes = *blank(), *blank(), np.full((3, 3), -1.0), np.zeros(2)
    told += [k.pocket_epoch(W, b, X, y, fires, counts, order, 0.5, 0.5, P, p, records, False, notes), P, p, records]
    W, b, V, votes, alive, notes = *blank(), np.zeros((500, 6), dtype), np.zeros((500, 2)), np.zeros(3), np.zeros(3)
    told += [k.voted_epoch(W, b, X, y, fires, counts, order, 0.5, 0.5, V, votes, alive, notes), V, votes, alive]
    for code in (LINEAR, SIGMOID):
        W, b, notes = *blank(), np.zeros(1)
        told += [k.delta_epoch(code, W, b, X, y, fires, -1.0, counts, order, 1 / 64, 1 / 64, 1 / 8, notes), W, notes]
    for code in (STEP, LINEAR, SIGMOID, SOFTMAX, WINNER):
        (W, b), (G, g), A, notes = blank(), blank(np.float64), np.zeros((40, 3)), np.zeros(3)
        W[:] = np.arange(15).reshape(3, 5) % 4 - 1
        k.slopes(code, W, b, X, y, fires, 0.0, counts, 0, 40, G, g, A, notes)
        told += [G, g, A, notes]
    return told


@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_answer_at_both_speeds_from_dense_and_from_sparse_rows(dtype, counted):
    rng = np.random.default_rng(1)
    X = (rng.integers(-3, 4, size=(40, 5)) * (rng.random((40, 5)) < 0.6)).astype(dtype)
    X[7] = 0.0  # a row with nothing in it
    counts = rng.integers(0, 4, 40) / 2.0 if counted else ONCE
    sparse = sp.csr_array(X)
    first, *others = (
        outcomes(backend.load(speed), table, dtype, counts) for table in (X, sparse) for speed in SPEEDS
    )  # fmt: skip
    assert first[0] > 0
    for other in others:
        for one, another in zip(first, other, strict=True):
            np.testing.assert_allclose(one, another, *((1e-12, 1e-12) if dtype == np.float64 else (2e-5, 1e-6)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 6), st.integers(1, 30))
def test_parity_of_a_sparse_row_with_a_dense_one(seed, features, rows):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, features)) * (rng.random((rows, features)) < 0.5)
    w, sparse = rng.normal(size=features), sp.csr_array(X)
    for i in range(rows):
        part = slice(sparse.indptr[i], sparse.indptr[i + 1])
        pair = sparse.indices[part], sparse.data[part]
        for speed in SPEEDS:
            k = backend.load(speed)
            assert k.sparse_sum(w, 0.5, pair) == pytest.approx(k.weighted_sum(w, 0.5, X[i]), rel=1e-12, abs=1e-12)
