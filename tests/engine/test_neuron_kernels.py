"""What neurons side by side learn by: each kernel by hand, by mathematics, at both speeds, dense and mostly zeros."""

from math import exp, log

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from glassneuron.engine import backend, kernels
from glassneuron.learning.algorithms.evaluate import evaluate
from glassneuron.learning.algorithms.whole_batch.coordinates import Coordinates
from glassneuron.learning.algorithms.whole_batch.evaluation import evaluate_at
from glassneuron.learning.algorithms.whole_batch.hessian import bent_at, hessian_at
from glassneuron.learning.dataset import Dataset
from glassneuron.learning.sampler import Epoch

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


def counts(rows, weight=ONCE):
    """What so many rows count: their weights, the sum of these and the largest."""
    return weight, float(weight.sum() if len(weight) else rows), float(weight.max(initial=1.0))


def in_turn(*rows, weight=ONCE):
    """Visits to rows one after the other, as often as they count."""
    epoch = Epoch(np.array(rows, np.int32), weight)
    return epoch.visits(0, len(epoch))


def no_average():
    return NO_TABLE, NO_TABLE, np.zeros(1)


NO_POCKET = NO_TABLE, NO_TABLE, NO_TABLE, (ONCE, 0.0, 1.0), False


PLAIN = 1.0, 1.0, 0.0  # the learning rates of weights and biases, and the penalty


# ------------------------------------------------------------------ worked by hand


def test_the_average_counts_each_neuron_for_as_long_as_it_stood(k):
    # rate 1, zero start, rows 1, 2, -1 with targets 0, 1, 1; a tie fires.
    # row 1: sum 0 fires wrongly: w = -1, b = -1. row 2: sum -3, missed: w = 1, b = 0.
    # row -1: sum -1, missed: w = 0, b = 1.
    # After each of the three rows the neuron is (-1, -1), (1, 0), (0, 1): the mean is (0, 0).
    W, b, S, s = arrays([[0]], [[0]], [[0]], [[0]])
    rows, time = (np.array([[1.0], [2.0], [-1.0]]), np.array([0, 1, 1], np.int32)), np.zeros(1)
    mistakes, loss = k.averaged_epoch((W, b), rows, in_turn(0, 1, 2), PLAIN, (S, s, time))
    assert (mistakes, W.item(), b.item()) == (3, 0.0, 1.0)
    assert loss == 0.0 + 3.0 + 1.0  # the wrong sums are 0, -3 and -1
    assert time.tolist() == [3.0]
    assert (W - S / time).item() == pytest.approx(0.0)
    assert (b - s / time).item() == pytest.approx(0.0)
    W, b = arrays([[0]], [[0]])
    assert k.perceptron_epoch((W, b), rows, in_turn(0, 1, 2), PLAIN) == (3, 4.0)  # and without an average
    assert (W.item(), b.item()) == (0.0, 1.0)


def test_a_row_that_counts_twice_is_shown_twice_unless_it_is_right_before(k):
    # x = 1, target 1, start w = 0, b = -3, rate 1. Shown once: sum -3, w = 1, b = -2; twice: sum -1, w = 2, b = -1;
    # a third time: sum 1, right. Half a show moves by half.
    rows = np.array([[1.0]]), np.array([1], np.int32)
    for count, weight, bias, mistakes in [(1.0, 1, -2, 1), (2.0, 2, -1, 2), (5.0, 2, -1, 2), (1.5, 1.5, -1.5, 2)]:
        W, b, S, s = arrays([[0]], [[-3]], [[0]], [[0]])
        visits, time = in_turn(0, weight=np.array([count])), np.zeros(1)
        made, _ = k.averaged_epoch((W, b), rows, visits, PLAIN, (S, s, time))
        assert (W.item(), b.item(), made) == (weight, bias, mistakes)
        assert time[0] == count
        W, b = arrays([[0]], [[-3]])
        made, _ = k.perceptron_epoch((W, b), rows, visits, PLAIN)
        assert (W.item(), b.item(), made) == (weight, bias, mistakes)


def test_the_pocket_keeps_the_neuron_that_has_most_rows_right(k):
    # rows 1, 2, 3 fire, row 2.5 is to stay silent. From w = 1, b = 0 all fire: three of four are right. Row 2.5 moves
    # it to w = -1.5, b = -1, which is silent everywhere: one of four.
    rows = np.array([[1.0], [2.0], [3.0], [2.5]]), np.array([1, 1, 1, 0], np.int32)
    W, b, P, p, records = arrays([[1]], [[0]], [[9]], [[9]], [[-1, -1, 0]])
    average = S, s, time = arrays([[0]], [[0]], [0])
    made, _ = k.pocket_epoch((W, b), rows, in_turn(0, 1, 2, 3), PLAIN, average, (P, p, records, counts(4), False))
    assert (made, W.item(), b.item()) == (1, -1.5, -1.0)
    assert (S.item(), s.item(), time.item()) == (
        -7.5,
        -3.0,
        4.0,
    )  # moved at time 3 by -2.5, -1: their mean is 3/8, -1/4
    assert (P.item(), p.item()) == (1.0, 0.0)
    assert records.tolist() == [[3.0, 3.0, 4.0]]
    # a neuron with a shorter run is not tried, whatever it has right, unless each is
    for each, pocket in [(False, 1.0), (True, 2.0)]:
        V, v, P2, p2, records = arrays([[2]], [[-3.5]], [[1]], [[0]], [[3, 1, time[0]]])  # 2x - 3.5 has 2 and 3 right
        k.pocket_epoch((V, v), rows, in_turn(0), PLAIN, average, (P2, p2, records, counts(4), each))
        assert P2.item() == pocket
    # a longer run that was tried in vain is the one to surpass from then on
    V, v, P2, p2, records = arrays(
        [[-1]], [[0]], [[1]], [[0]], [[2, 3, time[0] - 5]]
    )  # -x is silent: only 2.5 is right
    k.pocket_epoch((V, v), rows, in_turn(0), PLAIN, average, (P2, p2, records, counts(4), False))
    assert (P2.item(), records.tolist()) == (1.0, [[5.0, 3.0, time[0]]])


def test_rows_right_counts_as_often_as_rows_count_and_gives_up_early(k):
    rows = np.array([[1.0], [-1.0], [2.0]]), np.array([1, 1, 0], np.int32)  # w = 1: right, wrong, wrong
    neuron = arrays([[1]], [[0]])
    assert k.rows_right(neuron, 0, rows, counts(3), -1.0) == 1.0
    assert k.rows_right(neuron, 0, rows, counts(3, np.array([2.5, 1.0, 1.0])), -1.0) == 2.5
    assert k.rows_right(neuron, 0, rows, counts(3), 2.0) == 2.0  # it cannot come to more than two
    # neuron 1 of three is to fire for class 1 alone
    layer, rows = arrays([[7], [1], [-7]], np.zeros((3, 1))), (rows[0], np.array([1, 0, 2], np.int32))
    assert k.rows_right(layer, 1, rows, counts(3), -1.0) == 2.0


def test_of_a_neuron_that_is_clearly_worse_few_rows_are_looked_at(k):
    class Counted(list):
        def __getitem__(self, i):
            looked.append(i)
            return super().__getitem__(i)

    signs = np.where(np.random.default_rng(0).random(4096) < 0.7, 1.0, -1.0)  # w = 1 has about 70 % right
    y, neuron, looked = np.ones(4096, np.int32), ([[1.0]], [[0.0]]), []
    right = float((signs > 0).sum())
    for enough in (-1.0, right - 1.0, right, 0.75 * 4096, 0.9 * 4096, 5000.0):
        found = k.rows_right(arrays([[1]], [[0]]), 0, (signs[:, np.newaxis], y), counts(4096), enough)
        assert found == max(right, enough)
        double = k.rows_right(
            arrays([[1]], [[0]]), 0, (signs[:, np.newaxis], y), counts(0, np.full(4096, 2.0)), 2.0 * enough
        )
        assert double == 2.0 * found
    assert (
        kernels.rows_right(neuron, 0, (Counted(signs[:, np.newaxis].tolist()), y), counts(4096), 0.9 * 4096)
        == 0.9 * 4096
    )
    assert len(looked) < 256
    assert {i % 17 for i in looked} == {0}
    turns = np.where(np.arange(4096) % 16 == 0, -1.0, 1.0)  # rows that come in turns, of which one is always wrong
    assert k.rows_right(arrays([[1]], [[0]]), 0, (turns[:, np.newaxis], y), counts(4096), 3000.0) == 4096 * 15 / 16


def test_a_layer_has_a_row_right_if_the_first_of_the_largest_sums_is_of_its_class(k):
    # sums (1, 1, 0), a tie that neuron 0 wins, and (-2, 1, 3)
    layer, X = arrays([[-1], [0], [1]], [[0], [1], [1]]), np.array([[-1.0], [2.0]])
    told = {(0, 2): 2.0, (1, 2): 1.0, (0, 1): 1.0, (2, 0): 0.0}
    for classes, right in told.items():
        rows = X, np.array(classes, np.int32)
        assert k.rows_right(layer, -1, rows, counts(2), -1.0) == right
        assert k.rows_right(layer, -1, rows, counts(2, np.array([0.5, 0.5])), -1.0) == right / 2
    assert k.rows_right(layer, -1, (X, np.array([2, 0], np.int32)), counts(2), 1.0) == 1.0  # it cannot come to more


def test_the_pocket_of_a_layer_takes_it_as_a_whole(k):
    # Rows -1, 0.2, 1 of classes 0, 1, 2. The layer has sums (-x, 0, x), whose largest is right at -1 and 1, wrong at
    # 0.2, where neuron 2 wins: after two right answers it is tried, and has two of three right. Then class 1 moves
    # toward 0.2, class 2 away from it.
    rows = np.array([[-1.0], [0.2], [1.0]]), np.array([0, 1, 2], np.int32)
    W, b, P, p, records = arrays([[-1], [0], [1]], np.zeros((3, 1)), np.zeros((3, 1)), np.zeros((3, 1)), [[-1, -1, 0]])
    average = S, s, time = arrays(np.zeros((3, 1)), np.zeros((3, 1)), [0])
    learn = WINNER, (W, b), rows, in_turn(0, 2, 1), PLAIN, np.ones(1), average
    assert k.multiclass_epoch(*learn, (P, p, records, counts(3), False)) == (1, 0.2)
    np.testing.assert_allclose([W[:, 0], b[:, 0]], [[-1, 0.2, 0.8], [0, 1, -1]])
    np.testing.assert_allclose([S[:, 0], s[:, 0]], [[0, 0.4, -0.4], [0, 2, -2]])  # moved at time 2
    assert (P[:, 0].tolist(), p[:, 0].tolist()) == ([-1.0, 0.0, 1.0], [0.0, 0.0, 0.0])
    assert records.tolist() == [[2.0, 2.0, 3.0]]
    assert time.tolist() == [3.0]
    # all but a row is right again: from 3 of 3 on nothing takes its place; and a shorter run is tried only if each is
    for each, kept, right in [(False, 9.0, 1.0), (True, -1.0, 2.0)]:
        W, b, P, p = arrays([[-1], [0], [1]], np.zeros((3, 1)), np.full((3, 1), 9), np.zeros((3, 1)))
        (records,) = arrays([[5, 1, 3]])
        pocket = P, p, records, counts(3), each
        k.multiclass_epoch(WINNER, (W, b), rows, in_turn(1), PLAIN, np.ones(1), average, pocket)
        assert (P[0, 0], records[0, 1]) == (kept, right)


def test_every_neuron_that_is_given_up_has_a_vote_for_each_row_it_stood_for(k):
    # the neurons of the average's example: (0, 0) stood for no row, (-1, -1) for one, (1, 0) for one; (0, 1) is alive
    W, b, V, votes, alive, pace = arrays([[0]], [[0]], np.zeros((9, 2)), np.zeros((9, 2)), [0], [0])
    rows = np.array([[1.0], [2.0], [-1.0]]), np.array([0, 1, 1], np.int32)
    made = k.voted_epoch((W, b), rows, in_turn(0, 1, 2), PLAIN, (V, votes, alive, pace))
    assert V[:2].tolist() == [[-1.0, -1.0], [1.0, 0.0]]
    assert votes[:2].tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert (alive.tolist(), made) == ([1.0], (3, 4.0, 3, 2))  # mistakes, the sum of wrong sums, visits, kept
    # with room for one, it stops before the row that might not fit
    W, b, V, votes, alive = arrays([[0]], [[0]], np.zeros((1, 2)), np.zeros((1, 2)), [0])
    assert k.voted_epoch((W, b), rows, in_turn(0, 1, 2), PLAIN, (V, votes, alive, pace)) == (2, 3.0, 2, 1)
    # at a pace of 2, the second of two rows has the vote of both, and the neuron that survived the first has none
    W, b, V, votes, alive, pace = arrays([[0]], [[0]], np.zeros((9, 2)), np.zeros((9, 2)), [0], [2])
    assert k.voted_epoch((W, b), rows, in_turn(0, 1, 2), PLAIN, (V, votes, alive, pace)) == (3, 4.0, 3, 1)
    assert (V[0].tolist(), votes[0].tolist(), alive.tolist()) == ([1.0, 0.0], [2.0, 0.0], [1.0])


def test_the_delta_rule_on_two_rows_worked_by_hand(k):
    # linear, rate 1/2, zero start, targets 1 and -1 for rows 1 and 2.
    # row 1: z = 0, error 1: w = 1/2, b = 1/2, loss 1/2. row 2: z = 3/2, error -5/2: w = 1/2 - 5/2 = -2, b = -3/4,
    # loss 25/8; its sum was on the wrong side.
    W, b = arrays([[0]], [[0]])
    rows, scale = (np.array([[1.0], [2.0]]), np.array([1, -1], np.int32)), np.ones(1)
    wrong, loss = k.delta_epoch(LINEAR, (W, b), rows, in_turn(0, 1), (0.5, 0.5, 0.0), scale)
    assert (W.item(), b.item(), wrong, scale.item()) == (-2.0, -0.75, 1, 1.0)
    assert loss == pytest.approx(0.5 + 25 / 8)
    # a penalty shrinks the weights, and not the bias, before each move: w = 9/10 * 1/2 - 5/2 with l2 = 1/5
    W, b = arrays([[0]], [[0]])
    k.delta_epoch(LINEAR, (W, b), rows, in_turn(0, 1), (0.5, 0.5, 0.2), scale)
    assert scale.item() == pytest.approx(0.81)  # the shrinking is kept apart: the weights are W times scale
    assert ((W * scale).item(), b.item()) == (pytest.approx(0.45 - 2.5), pytest.approx(-0.75))


def test_logistic_regression_on_one_row_worked_by_hand(k):
    # z = 0, a = 1/2, target 1: error 1/2, loss ln 2; w = 1/2 * 3, b = 1/2
    W, b = arrays([[0]], [[0]])
    rows = np.array([[3.0]]), np.array([1], np.int32)
    _, loss = k.delta_epoch(SIGMOID, (W, b), rows, in_turn(0), PLAIN, np.ones(1))
    assert (W.item(), b.item()) == (1.5, 0.5)
    assert loss == pytest.approx(log(2))


def test_numbers_are_targets_as_they_are(k):
    W, b = arrays([[0]], [[0]])
    k.delta_epoch(LINEAR, (W, b), (np.array([[1.0]]), np.array([7.0])), in_turn(0), (0.5, 0.5, 0.0), np.ones(1))
    assert (W.item(), b.item()) == (3.5, 3.5)


def test_keslers_rule_moves_the_true_class_and_the_winner(k):
    # three neurons at zero: a tie, which the first wins. A row of class 2 moves neuron 2 toward it and neuron 0 away.
    W, b = arrays(np.zeros((3, 2)), np.zeros((3, 1)))
    rows = np.array([[1.0, 2.0]]), np.array([2], np.int32)
    learn = WINNER, (W, b), rows, in_turn(0), PLAIN, np.ones(1), no_average(), NO_POCKET
    assert k.multiclass_epoch(*learn) == (1, 0.0)
    assert W.tolist() == [[-1.0, -2.0], [0.0, 0.0], [1.0, 2.0]]
    assert b[:, 0].tolist() == [-1.0, 0.0, 1.0]
    assert k.multiclass_epoch(*learn) == (0, 0.0)


def test_softmax_shares_what_it_moves(k):
    # equal sums: shares 1/3; class 1 moves by 2/3, the others by -1/3; the loss is ln 3
    W, b = arrays(np.zeros((3, 1)), np.zeros((3, 1)))
    rows = np.array([[3.0]]), np.array([1], np.int32)
    _, loss = k.multiclass_epoch(SOFTMAX, (W, b), rows, in_turn(0), PLAIN, np.ones(1), no_average(), NO_POCKET)
    np.testing.assert_allclose(W[:, 0], [-1, 2, -1], rtol=1e-15)
    np.testing.assert_allclose(b[:, 0], [-1 / 3, 2 / 3, -1 / 3], rtol=1e-15)
    assert loss == pytest.approx(log(3))


# ------------------------------------------------------------------ by mathematics


@pytest.mark.parametrize("code", [LINEAR, SIGMOID, SOFTMAX])
def test_slopes_are_the_slopes_of_the_loss(code):
    rng = np.random.default_rng(0)
    X, y, counts = rng.normal(size=(7, 3)), rng.integers(0, 3, 7).astype(np.int32), rng.random(7)
    data, theta, h = Dataset(X, y, neurons=3, sample_weight=counts), rng.normal(size=(3, 4)), 1e-3
    here, apart = evaluate_at(code, theta, data, l2=0.3), Coordinates(np.zeros(3), np.ones(3))
    hessian = hessian_at(code, theta, data, apart, together=code == SOFTMAX)
    hessian = hessian + 0.3 * np.diag(np.tile([1.0, 1.0, 1.0, 0.0], hessian.shape[1] // 4))

    def along(function, n, j):
        e = np.zeros((3, 4))
        e[n, j] = h
        near, far = (function(theta + s * e) - function(theta - s * e) for s in (1, 2))
        return (8 * near - far) / (12 * h)

    def loss(theta):
        return evaluate(code, theta[:, :3], theta[:, 3], data)[1] + 0.15 * (theta[:, :3] ** 2).sum()

    assert here.objective == pytest.approx(loss(theta), rel=1e-12)
    for n in range(3):
        for j in range(4):
            assert here.gradient[n, j] == pytest.approx(along(loss, n, j), rel=1e-7)
            bent = along(lambda theta: evaluate_at(code, theta, data, l2=0.3).gradient, n, j)
            if code == SOFTMAX:
                np.testing.assert_allclose(hessian[0, 4 * n + j], bent.ravel(), rtol=1e-7, atol=1e-10)
            else:
                np.testing.assert_allclose(hessian[n % len(hessian), j], bent[n], rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("code", [SIGMOID, SOFTMAX])
def test_one_look_tells_what_two_tell(code, together):
    rng = np.random.default_rng(0)
    X, y, counts = 5.0 + rng.normal(size=(70, 3)), rng.integers(0, 3, 70).astype(np.int32), rng.random(70)
    data = Dataset(X, y, neurons=3, sample_weight=counts)
    coordinates = Coordinates(X.mean(axis=0), X.std(axis=0))
    unknowns, penalty = 0.1 * rng.normal(size=(3, 4)), np.append(0.3 / coordinates.scales**2, 0.0)
    there = evaluate_at(code, coordinates.theta(unknowns), data, l2=0.3)
    read = Dataset(coordinates.rows(X), y, neurons=3, sample_weight=counts)
    bent = hessian_at(code, unknowns, data, coordinates, together=together)
    for table, how in ((data, coordinates), (read, None)):
        found = bent_at(code, unknowns, table, how, penalty, together=together)
        assert (found.objective, found.mistakes) == pytest.approx((there.objective, there.mistakes), rel=1e-12)
        np.testing.assert_allclose(found.gradient, coordinates.gradient(there.gradient), atol=1e-12)
        np.testing.assert_allclose(found.hessian, bent, atol=1e-12)


@pytest.mark.parametrize("code", [STEP, LINEAR, SIGMOID, SOFTMAX, WINNER])
def test_losses_in_the_notation_of_matrices_are_those_of_the_loops(k, code):
    rng = np.random.default_rng(0)
    Z, y = rng.normal(size=(20, 3)), np.arange(20) % 3
    Y, a = np.eye(3)[y], np.zeros(3)
    losses, D = k.losses_of_rows(code, Z, y if code in (SOFTMAX, WINNER) else Y)
    for i in range(20):
        if code in (SOFTMAX, WINNER):
            best = k.compete(code, Z[i], a)
            loss = -log(a[y[i]]) if code == SOFTMAX else Z[i, best] - Z[i, y[i]]
        else:
            a = np.array([k.activate(code, z) for z in Z[i]])
            loss = sum(k.neuron_loss(code, *each) for each in zip(Z[i], a, Y[i], strict=True))
        np.testing.assert_allclose(D[i], a - Y[i], rtol=1e-12, atol=1e-15)
        assert losses[i] == pytest.approx(loss, rel=1e-12, abs=1e-15)


def test_rows_are_judged_as_often_as_they_count():
    # w = 1, b = 0 on rows 1, -1, -2 that are to fire: right, wrong, wrong; they count 1/2, 2 and 3
    counts = np.array([0.5, 2.0, 3.0])
    data = Dataset(np.array([[1.0], [-1.0], [-2.0]]), np.ones(3, np.int32), sample_weight=counts)
    mean = (2.0 * 1.0 + 3.0 * 2.0) / 5.5
    assert evaluate(STEP, np.ones((1, 1)), np.zeros(1), data) == pytest.approx((5.0 / 5.5, mean))
    there = evaluate_at(STEP, np.array([[1.0, 0.0]]), data, l2=0.0)
    assert (there.mistakes, there.loss) == (5.0, pytest.approx(mean))


def test_losses_of_the_sigmoid_stay_finite_far_out(k):
    for z in (-800.0, 800.0):
        for target in (0.0, 1.0):
            a = k.activate(SIGMOID, z)
            assert k.neuron_loss(SIGMOID, z, a, target) == pytest.approx(max(0.0, z if target == 0.0 else -z))
    for z in (-3.0, 0.5):
        assert k.neuron_loss(SIGMOID, z, k.activate(SIGMOID, z), 1.0) == pytest.approx(log(1 + exp(-z)))


def test_a_penalty_that_shrinks_the_weights_to_nothing_stays_a_number(k):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(2000, 3)), rng.integers(0, 2, 2000).astype(np.int32)
    W, b, scale = np.full((1, 3), 5.0), np.zeros((1, 1)), np.ones(1)
    k.delta_epoch(SIGMOID, (W, b), rows, in_turn(*range(2000)), (0.1, 0.1, 0.5), scale)
    assert np.isfinite(W).all()
    assert 1e-6 <= scale[0] <= 1.0
    # 2000 steps leave 0.95^2000 of the 5; what remains are the last moves, each of 0.05
    assert np.abs(W * scale).max() < 0.5


# ---------------------------------------------------------- one answer at both speeds, from dense and sparse rows


def outcomes(k, X, dtype, weight):
    """Run every kernel on whole numbers, whose sums are exact in any order."""
    y, order, half = np.arange(40, dtype=np.int32) % 3, np.arange(39, -1, -1, dtype=np.int32), (0.5, 0.5, 0.0)

    def blank(dtype=dtype):
        return np.zeros((3, 5), dtype), np.zeros((3, 1), dtype)

    visits, slow = in_turn(*(order[weight[order] > 0.0] if len(weight) else order), weight=weight), (1 / 64, 1 / 64)
    rows, told = (backend.table(k, X), y), []
    neurons = blank()
    told += [k.perceptron_epoch(neurons, rows, visits, half), *neurons]
    neurons, average = blank(), (*blank(np.float64), np.zeros(1))
    told += [k.averaged_epoch(neurons, rows, visits, half, average), *neurons, *average]
    pocket, other = ((*blank(), np.full((count, 3), -1.0), counts(40, weight), False) for count in (3, 1))
    for average, kept in (
        ((*blank(np.float64), np.zeros(1)), NO_POCKET), (no_average(), NO_POCKET),
        ((*blank(np.float64), np.zeros(1)), other),
    ):  # fmt: skip
        neurons = blank()
        told += [k.multiclass_epoch(WINNER, neurons, rows, visits, half, np.ones(1), average, kept), *neurons]
        told += [*average, *kept[:3]]
    neurons, average = blank(), (*blank(np.float64), np.zeros(1))
    told += [k.pocket_epoch(neurons, rows, visits, half, average, pocket), *pocket[:3], *average]
    neurons, voters = blank(), (np.zeros((500, 6), dtype), np.zeros((500, 2)), np.zeros(3), np.zeros(3))
    told += [k.voted_epoch(neurons, rows, visits, half, voters), *voters]
    for code in (LINEAR, SIGMOID):
        neurons, scale = blank(), np.ones(1)
        told += [k.delta_epoch(code, neurons, rows, visits, (*slow, 1 / 8), scale), *neurons, scale]
    neurons, scale = blank(), np.ones(1)
    told += [
        k.multiclass_epoch(SOFTMAX, neurons, rows, visits, (*slow, 1 / 8), scale, no_average(), NO_POCKET),
        *neurons,
    ]
    told += [scale]
    data, theta = Dataset(X, y, neurons=3, sample_weight=weight), np.arange(18.0).reshape(3, 6) % 4 - 1
    for code in (STEP, LINEAR, SIGMOID, SOFTMAX, WINNER):
        there = evaluate_at(code, theta, data, l2=0.0)
        told += [there.gradient, there.loss, there.mistakes]
    return told


@pytest.mark.parametrize("counted", [False, True])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_one_answer_at_both_speeds_from_dense_and_from_sparse_rows(dtype, counted):
    rng = np.random.default_rng(1)
    X = (rng.integers(-3, 4, size=(40, 5)) * (rng.random((40, 5)) < 0.6)).astype(dtype)
    X[7] = 0.0  # a row with nothing in it
    weight = rng.integers(0, 4, 40) / 2.0 if counted else ONCE
    sparse = sp.csr_array(X)
    first, *others = (
        outcomes(backend.load(speed), table, dtype, weight) for table in (X, sparse) for speed in SPEEDS
    )  # fmt: skip
    assert first[0][0] > 0
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
