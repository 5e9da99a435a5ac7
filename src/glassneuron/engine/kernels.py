"""THE TEXTBOOK: every loop that computes, top to bottom in teaching order.

Each function is plain Python. `glassneuron.engine.backend` executes this file as it stands, for small work and for
reading along in a debugger, and compiled by Numba, for real work. Tests hold the two equal.

Letters are the textbook's: weights ``w``, bias ``b``, input ``x``, weighted sum ``z``, activation ``a``, target
``y``, learning rate ``eta``. Capitals are tables: a row of ``X`` is an example, a row of ``W`` is a neuron. Rows
are taken as ``row(X, i)``, which is ``X[i]``: of nested lists (fast when interpreted) and of arrays (fast when
compiled) alike. What a docstring calls written or changed, the kernel writes into the argument itself. Unless a
docstring says otherwise, arguments have these shapes:

    w, x          (inputs,)              W        (neurons, inputs)
    z, a          (neurons,)             X        (rows, inputs)
    b, weight     (neurons,), (rows,)    Z, A, D  (rows, neurons)
    y             a number, the target   code     a number, the activation

1. One neuron: the weighted sum
2. Activations and their derivatives
3. Many neurons, many rows
4. Learning by mistakes: Rosenblatt's perceptron, then its variants: averaged, pocket, voted
5. Learning from the size of an error: the delta rule
6. Neurons that compete: one class against the others
7. All rows at once, in the notation of matrices
8. Layers: forward and backward
9. Losses: how wrong an answer is, and which way is less wrong
10. Backpropagation: the chain rule, layer by layer
11. Optimisers: from a gradient to new weights
12. Training a network, batch after batch
13. Answers of a trained network
"""

from __future__ import annotations

from math import exp, log
from math import tanh as _tanh
from typing import Any

import numpy as np

from glassneuron.engine.backend import aside, brief, inlined, kernel, like, part, row, visit

Row = Any
Table = Any
Layers = Any  # a list with one array a layer

# ------------------------------------------------------------------------ 1. One neuron: the weighted sum


@inlined
def weighted_sum(w: Row, b: float, x: Row) -> float:
    r"""Weigh each input and add them up, then add the bias.

    .. math:: z = w_1 x_1 + w_2 x_2 + \dots + w_d x_d + b

    Source: McCulloch & Pitts (1943), Bulletin of Mathematical Biophysics 5:115.
    """
    z = b - b  # zero, in the numbers' own precision
    for j in range(len(w)):
        z += w[j] * x[j]
    return z + b


@inlined
def sparse_sum(w: Row, b: float, x: Any) -> float:
    """Weigh a row that is mostly zeros: only what stands in it, a pair (columns, values), adds anything."""
    columns, values = x
    z = b - b
    for t in range(len(columns)):
        z += w[columns[t]] * values[t]
    return z + b


def row_sum(w: Row, b: float, x: Any) -> float:
    """Weigh a row, dense or sparse; compiled, the choice is made once, when the caller is compiled."""
    return (sparse_sum if type(x) is tuple else weighted_sum)(w, b, x)


# ------------------------------------------------------------------ 2. Activations and their derivatives
#
# A derivative is written with z (the sum) and a (the activation of that sum), whichever makes it shorter.

LINEAR, STEP, SIGMOID, TANH, RELU, SOFTMAX = 0, 1, 2, 3, 4, 5


@inlined
def linear(z: float) -> float:
    """Return the sum as it is: a = z."""
    return z


@inlined
def linear_derivative(z: float, a: float) -> float:
    """Return da/dz = 1."""
    return 1.0


@inlined
def step(z: float) -> float:
    """Fire or stay silent: a = 1 if z >= 0, else 0. A tie fires."""
    return 1.0 if z >= 0.0 else 0.0


@inlined
def step_derivative(z: float, a: float) -> float:
    """Return da/dz = 0: there is no slope to follow, which is why Rosenblatt's rule uses the error itself."""
    return 0.0


@inlined
def sigmoid(z: float) -> float:
    r"""Squash the sum into (0, 1).

    .. math:: a = \frac{1}{1 + e^{-z}} = \frac{e^{z}}{1 + e^{z}}

    Both forms are the same number; each branch takes the one whose exponential cannot overflow.
    """
    if z >= 0.0:
        return 1.0 / (1.0 + exp(-z))
    e = exp(z)
    return e / (1.0 + e)


@inlined
def sigmoid_derivative(z: float, a: float) -> float:
    """Return da/dz = a (1 - a)."""
    return a * (1.0 - a)


@inlined
def tanh(z: float) -> float:
    """Squash the sum into (-1, 1): a = (e^z - e^-z) / (e^z + e^-z)."""
    return _tanh(z)


@inlined
def tanh_derivative(z: float, a: float) -> float:
    """Return da/dz = 1 - a^2."""
    return 1.0 - a * a


@inlined
def relu(z: float) -> float:
    """Pass what is positive, silence the rest: a = max(0, z)."""
    return z if z > 0.0 or z != z else 0.0  # z != z: a NaN stays one


@inlined
def relu_derivative(z: float, a: float) -> float:
    """Return da/dz = 1 where z > 0, else 0 (at the kink itself, 0)."""
    return 1.0 if z > 0.0 else 0.0


@inlined
def activate(code: int, z: float) -> float:
    """Apply the activation with this code to one sum."""
    if code == SIGMOID:
        return sigmoid(z)
    if code == STEP:
        return step(z)
    if code == TANH:
        return tanh(z)
    if code == RELU:
        return relu(z)
    return linear(z)


@inlined
def activation_derivative(code: int, z: float, a: float) -> float:
    """Slope of the activation with this code, at the sum z where it answered a."""
    if code == SIGMOID:
        return sigmoid_derivative(z, a)
    if code == STEP:
        return step_derivative(z, a)
    if code == TANH:
        return tanh_derivative(z, a)
    if code == RELU:
        return relu_derivative(z, a)
    return linear_derivative(z, a)


@kernel
def softmax(z: Row, a: Row) -> None:
    r"""Turn the sums z of a layer into shares that add up to one, written into a.

    .. math:: a_k = \frac{e^{z_k - m}}{\sum_i e^{z_i - m}}, \qquad m = \max_i z_i

    Subtracting the largest sum changes nothing and keeps every exponential at most 1.
    """
    m = z[0]
    for k in range(1, len(z)):
        m = max(m, z[k])
    total = m - m  # zero, in the numbers' own precision
    for k in range(len(z)):
        a[k] = exp(z[k] - m)
        total += a[k]
    for k in range(len(z)):
        a[k] /= total


@kernel
def softmax_derivative(a: Row, slope: Row, dz: Row) -> None:
    r"""Carry the loss's slope at each share back through softmax, where every output depends on every sum.

    .. math:: \frac{\partial L}{\partial z_k} = a_k \Big(s_k - \sum_i s_i a_i\Big), \qquad
              s_i = \frac{\partial L}{\partial a_i}

    All three are rows of shape (neurons,): the shares a and their slopes are read, dz is written.
    """
    mean = 0.0
    for i in range(len(a)):
        mean += slope[i] * a[i]
    for k in range(len(a)):
        dz[k] = a[k] * (slope[k] - mean)


# -------------------------------------------------------------------------- 3. Many neurons, many rows


@kernel
def weighted_sums(W: Row, b: Row, X: Row) -> Any:
    """Return every neuron's weighted sum for every row, of shape (rows, neurons): the same sums as one product."""
    return np.dot(X, W.T) + b


@kernel
def activations(code: int, Z: Table, A: Table) -> None:
    """Apply one activation to the sums Z of many rows; A is written."""
    for i in range(len(Z)):
        z, a = row(Z, i), row(A, i)
        if code == SOFTMAX:
            softmax(z, a)
        else:
            for k in range(len(z)):
                a[k] = activate(code, z[k])


# ----------------------------------------------------- 4. Learning by mistakes: Rosenblatt's perceptron
#
# The epoch kernels of sections 4 to 6 take groups of arrays, in this order:
#
#   neurons   (W, b): tables of shape (neurons, inputs) and (neurons, 1), changed in place
#   rows      (X, y): a table of shape (rows, inputs); the target of a lone neuron, or the number of the one to fire
#   visits    (order, share): the rows to visit, one after the other, and how much of a row each visit counts; a row of
#             weight 2.5 is visited three times in a row, with shares 1, 1 and 0.5 (`share` is empty if all are whole)
#   rates     (eta, eta_bias, l2): the learning rates of weights and biases (0 holds a bias), and the penalty
#
# and return (mistakes, loss), summed over the visits. Some take some of these as well, changed in place:
#
#   average   (S, s, time): tables shaped like W and b, the sums over the moves, each times its time; and the time, in
#             rows, of shape (1,)
#   pocket    (P, p, records, counts, each), as `into_pocket` takes it
#   scale     a row of shape (1,): the weights are W times scale[0], so that shrinking all of them is one product


@inlined
def perceptron_move(w: Row, b: Row, error: float, eta: float, eta_bias: float, x: Row) -> None:
    r"""Move weights and bias toward the target of one example.

    .. math:: w \leftarrow w + \eta\,e\,x, \qquad b \leftarrow b + \eta\,e, \qquad e = y - \hat y
    """
    push = like(w, eta * error)
    for j in range(len(w)):
        w[j] += push * x[j]
    b[0] += eta_bias * error


@inlined
def sparse_move(w: Row, b: Row, error: float, eta: float, eta_bias: float, x: Any) -> None:
    """Move likewise toward a row that is mostly zeros, which leave their weights where they are."""
    columns, values = x
    push = like(w, eta * error)
    for t in range(len(columns)):
        w[columns[t]] += push * values[t]
    b[0] += eta_bias * error


def row_move(w: Row, b: Row, error: float, eta: float, eta_bias: float, x: Any) -> None:
    """Move toward a row, dense or sparse."""
    (sparse_move if type(x) is tuple else perceptron_move)(w, b, error, eta, eta_bias, x)


@inlined
def perceptron_update(w: Row, b: Row, x: Row, z: float, y: float, eta: float, eta_bias: float) -> float:
    r"""Rosenblatt's rule on one example: move the weights toward a missed target.

    .. math:: w \leftarrow w + \eta\,(y - \hat y)\,x, \qquad b \leftarrow b + \eta\,(y - \hat y)

    The row x has the weighted sum z and the target y, 0 or 1. The weights w and the bias b, of shape (1,), are changed
    in place. The learning rate eta is positive; that of the bias is eta too, or 0 to hold the bias where it is. The
    error is returned: -1, 0 or 1, where 0 means that nothing changed.

    Source: Rosenblatt (1958), Psychological Review 65(6):386-408.
    """
    error = y - step(z)
    if error != 0.0:
        row_move(w, b, error, eta, eta_bias, x)
    return error


@inlined
def target_for(y: float, k: int, neurons: int, silent: float) -> float:
    """Return neuron k's target: y itself if it is alone, else 1 for its own class and `silent` for the others."""
    if neurons == 1:
        return float(y)
    return 1.0 if y == k else silent


@inlined
def share_of(share: Row, t: int) -> float:
    """Return how much of a row visit t counts: all of it where no shares are given."""
    return share[t] if len(share) > 0 else 1.0


@kernel
def perceptron_epoch(neurons: Any, rows: Any, visits: Any, rates: Any) -> tuple[int, float]:
    """Rosenblatt's rule on each row in turn, for every neuron; the loss is how far wrong sums are on the wrong side."""
    (W, b), (X, y), (order, share), (eta, eta_bias, _) = neurons, rows, visits, rates
    mistakes, loss = 0, 0.0
    for t in range(len(order)):
        i, part = visit(X, order, t), share_of(share, t)
        x = row(X, i)
        for k in range(len(W)):
            z = row_sum(row(W, k), row(b, k)[0], x)
            target = target_for(y[i], k, len(W), 0.0)
            error = perceptron_update(row(W, k), row(b, k), x, z, target, part * eta, part * eta_bias)
            if error != 0.0:
                mistakes += 1
                loss += part * abs(z)
    return mistakes, loss


@aside
def surely_right(neuron: Any, rows: Any, order: Row) -> int:
    r"""Count the visits, from the first, that find a lone neuron right, as far as rows in short form tell for sure.

    .. math:: |w \cdot x_i + b - (u_i\, w \cdot q_i + b)| \le s_i\, \ell

    The neuron is (w, b, l): its weights, (features,), in single precision, and the length of all of them. The rows are
    (Q, u, s, y): whole numbers, (rows, features), and of each row its unit, how far its sum can be off for each unit of
    that length, and its target, (rows,).
    """
    (w, b, length), (Q, units, slacks, y) = neuron, rows
    for t in range(len(order)):
        i = visit(Q, order, t)
        z = units[i] * row_sum(w, like(w, 0.0), row(Q, i)) + b
        if not abs(z) > slacks[i] * length or step(z) != y[i]:
            return t
    return len(order)


@kernel
def averaged_epoch(neurons: Any, rows: Any, visits: Any, rates: Any, average: Any) -> tuple[int, float]:
    r"""Learn like a perceptron, and add up what the mean of all neurons on the way needs.

    Each neuron counts in the mean for as long as it stood. A move at time t is missing from the t neurons before it:

    .. math:: \bar w = w - \frac{1}{T} \sum_t t\,\eta\,e_t\,x_t

    Source: Freund & Schapire (1999), Machine Learning 37(3):277-296.
    """
    (W, b), (X, y), (order, share), (eta, eta_bias, _), (S, s, time) = neurons, rows, visits, rates, average
    mistakes, loss, now = 0, 0.0, time[0]
    for t in range(len(order)):
        i, part = visit(X, order, t), share_of(share, t)
        x = row(X, i)
        for k in range(len(W)):
            z = row_sum(row(W, k), row(b, k)[0], x)
            target = target_for(y[i], k, len(W), 0.0)
            error = perceptron_update(row(W, k), row(b, k), x, z, target, part * eta, part * eta_bias)
            if error != 0.0:
                mistakes += 1
                loss += part * abs(z)
                row_move(row(S, k), row(s, k), error, part * now * eta, part * now * eta_bias, x)
        now += part
    time[0] = now
    return mistakes, loss


@kernel
def winner(neurons: Any, X: Table, i: int) -> int:
    """Return which neuron of a layer has the largest sum for row i.

    Of equal ones it is the first.
    """
    W, b = neurons
    x, best, most = row(X, i), 0, 0.0
    for k in range(len(W)):
        z = row_sum(row(W, k), row(b, k)[0], x)
        if k == 0 or z > most:
            best, most = k, z
    return best


@kernel
def rows_wrong(neurons: Any, k: int, rows: Any, weight: Row, every: int, most: float) -> float:
    """Add up the weights of the rows, or of every so many-th, that neuron k has wrong, until they come to `most`.

    A k of -1 stands for the whole layer, of which the largest sum answers.
    """
    (W, b), (X, y), wrong = neurons, rows, 0.0
    for i in range(0, len(y), every):
        if k < 0:
            given, wanted = float(winner(neurons, X, i)), float(y[i])
        else:
            given = step(row_sum(row(W, k), row(b, k)[0], row(X, i)))
            wanted = target_for(y[i], k, len(W), 0.0)
        if given != wanted:
            wrong += share_of(weight, i)
            if wrong >= most:
                return wrong
    return wrong


@kernel
def rows_right(neurons: Any, k: int, rows: Any, counts: tuple[Row, float, float], enough: float) -> float:
    """Add up the weights of the rows that neuron k, or for -1 the layer, has right; or return `enough` if no more are.

    What rows count is (weight, whole, heaviest): their weights, if they have some, the sum of these and the largest.

    Where every seventeenth row shows by four standard deviations that there are no more, the others are not looked at;
    rows often come in turns of two, ten or sixteen, and hardly ever of seventeen.
    """
    weight, whole, heaviest = counts
    few = max(0.0, whole - enough) / 17.0
    few += 4.0 * (np.sqrt(few * heaviest) + heaviest)
    if rows_wrong(neurons, k, rows, weight, 17, few) >= few:
        return enough
    return max(enough, whole - rows_wrong(neurons, k, rows, weight, 1, whole - enough))


@kernel
def into_pocket(neurons: Any, k: int, rows: Any, pocket: Any) -> None:
    """Try neuron k, or for -1 the layer, on all rows: if it has more right, it goes into the pocket.

    The pocket, changed in place, is (P, p, records, counts, each): tables shaped like W and b, the neurons in it; a
    table with a row for each of them, or one for a layer that competes: the longest run of right answers of those that
    were tried, the weight of the rows that the one in the pocket has right, and when the one that learns was last
    moved; what rows count, as `rows_right` takes it; and whether to try all neurons, whatever their run, which costs
    little in a small table.
    """
    (W, b), (P, p, records, counts, _) = neurons, pocket
    record = row(records, max(k, 0))
    right = rows_right(neurons, k, rows, counts, record[1])
    if right > record[1]:
        record[1] = right
        for m in range(len(W)):
            if k < 0 or m == k:
                for j in range(len(P[m])):
                    P[m][j] = W[m][j]
                p[m][0] = b[m][0]


@inlined
def stood_longer(record: Row, now: float, part: float) -> Any:
    """Note that neurons move now; return by how much longer they have stood than any that was tried."""
    run, longest = now - record[2], record[0]
    record[0], record[2] = max(longest, run), now + part
    return run - longest


@kernel
def pocket_epoch(neurons: Any, rows: Any, visits: Any, rates: Any, average: Any, pocket: Any) -> tuple[int, float]:
    """Learn like an averaged perceptron, and keep the best neuron so far in a pocket: Gallant's rule, with ratchet.

    A neuron that is about to change, after more right answers in a row than any that was tried, is tried on all rows;
    only one that has more of them right than the one in the pocket takes its place.

    Source: Gallant (1990), IEEE Transactions on Neural Networks 1(2):179-191.
    """
    (W, b), (X, y), (order, share), (eta, eta_bias, _), (S, s, time) = neurons, rows, visits, rates, average
    mistakes, loss, now, records, each = 0, 0.0, time[0], pocket[2], pocket[4]
    for t in range(len(order)):
        i, part = visit(X, order, t), share_of(share, t)
        x = row(X, i)
        for k in range(len(W)):
            target = target_for(y[i], k, len(W), 0.0)
            z = row_sum(row(W, k), row(b, k)[0], x)
            if step(z) == target:
                continue
            if stood_longer(row(records, k), now, part) > 0.0 or bool(each):
                into_pocket(neurons, k, rows, pocket)
            error = perceptron_update(row(W, k), row(b, k), x, z, target, part * eta, part * eta_bias)
            row_move(row(S, k), row(s, k), error, part * now * eta, part * now * eta_bias, x)
            mistakes += 1
            loss += part * abs(z)
        now += part
    time[0] = now
    return mistakes, loss


@kernel
def voted_epoch(neurons: Any, rows: Any, visits: Any, rates: Any, voters: Any) -> tuple[int, float, int, int]:
    """Learn like a perceptron, and keep every neuron on the way with a vote for each row that it survived.

    The voters are (V, votes, alive, pace). V, of shape (room, inputs + 1), takes the neurons that were replaced, their
    bias last; `votes`, of shape (room, 2), takes how many rows each survived, and the number of the neuron that it was
    a stage of; `alive`, of shape (neurons,), counts how many rows the neurons that learn have survived so far. Where
    `pace[k]` is not 0, only whole paces count: a stage of neuron k has the votes of each pace that ended while it
    stood, and what is left over counts for the next stage.

    As many visits are made as V has room for. Their number is returned third, and the rows of V that were written last.

    Source: Freund & Schapire (1999), Machine Learning 37(3):277-296.
    """
    (W, b), (X, y), (order, share), (eta, eta_bias, _), (V, votes, alive, pace) = neurons, rows, visits, rates, voters
    mistakes, loss, kept, now = 0, 0.0, 0, 0.0
    for t in range(len(order)):
        if kept + len(W) > len(V):
            for k in range(len(W)):
                alive[k] += now
            return mistakes, loss, t, kept
        i, part = visit(X, order, t), share_of(share, t)
        x = row(X, i)
        for k in range(len(W)):
            z, target = row_sum(row(W, k), row(b, k)[0], x), target_for(y[i], k, len(W), 0.0)
            if step(z) == target:
                continue
            survived = now + alive[k]
            told = pace[k] * int(survived / pace[k]) if pace[k] > 0.0 else survived
            if told > 0.0:
                for j in range(len(W[k])):
                    V[kept][j] = W[k][j]
                V[kept][len(W[k])] = b[k][0]
                votes[kept][0], votes[kept][1] = told, k
                kept += 1
            alive[k] = survived - told - now  # when its rows began, with what is left over
            perceptron_update(row(W, k), row(b, k), x, z, target, part * eta, part * eta_bias)
            mistakes += 1
            loss += part * abs(z)
        now += part
    for k in range(len(W)):
        alive[k] += now
    return mistakes, loss, len(order), kept


# -------------------------------------------- 5. Learning from the size of an error: the delta rule
#
# The same move as Rosenblatt's, w <- w + eta (y - f(z)) x, with an activation that has a slope: linear for Widrow and
# Hoff, sigmoid for logistic regression. Each is a step down the gradient of its loss, and so it goes on to learn from
# rows that are right already.


@inlined
def neuron_loss(code: int, z: float, a: float, y: float) -> float:
    r"""Return the loss of one answer whose derivative at the sum is a - y.

    .. math:: \text{linear:}\ \tfrac12 (z - y)^2 \qquad \text{sigmoid:}\ \ln(1 + e^z) - y z \qquad
              \text{step:}\ |z| \text{ where it is wrong}
    """
    if code == SIGMOID:
        return max(z, 0.0) - log(max(a, 1.0 - a)) - y * z
    if code == STEP:
        return abs(z) if a != y else 0.0
    return 0.5 * (z - y) * (z - y)


@inlined
def rescaled(W: Table, scale: float) -> float:
    """Multiply a factor that has become small into the weights, and start again from 1."""
    if scale >= 1e-6:
        return scale
    for k in range(len(W)):
        for j in range(len(W[k])):
            W[k][j] *= scale
    return 1.0


@kernel
def delta_epoch(code: int, neurons: Any, rows: Any, visits: Any, rates: Any, scale: Row) -> tuple[int, float]:
    r"""Move every neuron after each row, against the gradient of its loss.

    .. math:: w \leftarrow (1 - \eta\lambda)\,w + \eta\,(y - f(z))\,x, \qquad b \leftarrow b + \eta\,(y - f(z))

    The penalty :math:`\frac{\lambda}{2} |w|^2` shrinks all weights by one factor, which `scale` keeps apart. The code
    is LINEAR or SIGMOID, and the target for the rows of other classes is -1 or 0.

    Source: Widrow & Hoff (1960), IRE WESCON Convention Record 4:96-104.
    """
    (W, b), (X, y), (order, share), (eta, eta_bias, l2) = neurons, rows, visits, rates
    mistakes, loss, silent, factor = 0, 0.0, -1.0 if code == LINEAR else 0.0, scale[0]
    for t in range(len(order)):
        i, part = visit(X, order, t), share_of(share, t)
        x, shrunk = row(X, i), factor * (1.0 - part * eta * l2)
        for k in range(len(W)):
            z = factor * row_sum(row(W, k), like(row(W, k), 0.0), x) + row(b, k)[0]
            target = target_for(y[i], k, len(W), silent)
            error = target - activate(code, z)
            row_move(row(W, k), row(b, k), error, part * eta / shrunk, part * eta_bias, x)
            loss += part * neuron_loss(code, z, target - error, target)
            mistakes += (z >= 0.0) != (target > 0.0)
        factor = rescaled(W, shrunk)
    scale[0] = factor
    return mistakes, loss


# ---------------------------------------------------- 6. Neurons that compete: one class against the others
#
# Once more w_k <- w_k + eta (y_k - a_k) x, now for a whole layer at a time. If the winner takes all, it is Kesler's
# rule: the true class moves toward the row, the class that won moves away. If each takes its share, it is softmax.

WINNER = 6


@inlined
def largest(z: Row) -> int:
    """Return which sum is the largest.

    Of equal ones it is the first.
    """
    best = 0
    for k in range(1, len(z)):
        best = k if z[k] > z[best] else best
    return best


@inlined
def compete(code: int, z: Row, a: Row) -> int:
    """Turn the sums of a layer into activations; return the winner."""
    best = largest(z)
    if code == SOFTMAX:
        softmax(z, a)
    else:
        for k in range(len(z)):
            a[k] = 1.0 if k == best else 0.0
    return best


@kernel
def multiclass_epoch(
    code: int, neurons: Any, rows: Any, visits: Any, rates: Any, scale: Row, average: Any, pocket: Any
) -> tuple[int, float]:
    r"""Move a layer of competing neurons after each row; the code is WINNER or SOFTMAX.

    The loss is :math:`-\ln a_y` for softmax, and else by how much the true class lost, :math:`z_m - z_y`. Without an
    average, S and s are of shape (0, 0); without a pocket, its records are. The layer goes into the pocket as a whole.

    Sources: Nilsson (1965), Learning Machines, for Kesler's construction; Crammer & Singer (2003), JMLR 3:951-991.
    """
    (W, b), (X, y), (order, share), (eta, eta_bias, l2), (S, s, time) = neurons, rows, visits, rates, average
    z, a, mistakes, loss, factor, now = np.zeros(len(W)), np.zeros(len(W)), 0, 0.0, scale[0], time[0]
    records, each = pocket[2], pocket[4]
    for t in range(len(order)):
        i, part = visit(X, order, t), share_of(share, t)
        x, true = row(X, i), int(y[i])
        for k in range(len(W)):
            z[k] = factor * row_sum(row(W, k), like(row(W, k), 0.0), x) + row(b, k)[0]
        best = largest(z)
        if code == SOFTMAX or best != true:
            compete(code, z, a)
            if len(records) > 0 and (stood_longer(row(records, 0), now, part) > 0.0 or bool(each)):
                into_pocket(neurons, -1, rows, pocket)
            mistakes += best != true
            loss += part * (float(z[best] - z[true]) - (log(a[best]) if code == SOFTMAX else 0.0))
            factor *= 1.0 - part * eta * l2
            for k in range(len(W)):
                error = (1.0 if k == true else 0.0) - a[k]
                if error != 0.0:
                    row_move(row(W, k), row(b, k), error, part * eta / factor, part * eta_bias, x)
                    if len(S) > 0:
                        row_move(row(S, k), row(s, k), error, part * now * eta, part * now * eta_bias, x)
            factor = rescaled(W, factor)
        now += part
    scale[0], time[0] = factor, now
    return mistakes, loss


# ----------------------------------------------------------- 7. All rows at once, in the notation of matrices
#
# With Z = X W^T + b and A = f(Z), the gradient of the summed loss is (A - Y)^T X. NumPy computes whole arrays at once,
# and so these lines run as they stand at either speed.


def activations_at_once(code: int, Z: Any) -> Any:
    """Return the activations of sums of shape (rows, neurons), by the formulas of sections 2 and 3."""
    if code == SIGMOID:
        E = np.exp(-np.abs(Z))
        return np.where(Z >= 0.0, 1.0, E) / (1.0 + E)
    if code == STEP:
        return (Z >= 0.0).astype(Z.dtype)
    if code == TANH:
        return np.tanh(Z)
    if code == RELU:
        return np.maximum(Z, 0.0)
    if code == SOFTMAX:
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
        return E / E.sum(axis=1, keepdims=True)
    return Z.copy()


def losses_of_rows(code: int, Z: Any, Y: Any) -> tuple[Any, Any]:
    r"""Return the loss of each row, summed over its neurons, and the slope of it along each sum, from sums Z.

    .. math:: \text{linear:}\ \tfrac12 \sum_k (z_k - y_k)^2 \qquad \text{sigmoid:}\ \sum_k \ln(1 + e^{z_k}) - y_k z_k
              \qquad \text{softmax:}\ \ln \sum_k e^{z_k} - z_y

    The slope is always what fires too much, :math:`a_k - y_k`. The code is STEP, LINEAR or SIGMOID for neurons side by
    side, with a target for each, or WINNER or SOFTMAX for neurons that compete, with the number y of the one to fire.
    """
    if code == SIGMOID:
        E = np.exp(-np.abs(Z))
        A = np.where(Z >= 0.0, 1.0, E) / (1.0 + E)
        return (np.maximum(Z, 0.0) + np.log1p(E) - Y * Z).sum(axis=1), A - Y
    if code == STEP:
        D = (Z >= 0.0) - Y
        return (np.abs(Z) * (D != 0.0)).sum(axis=1), D
    if code == LINEAR:
        D = Z - Y
        return 0.5 * (D * D).sum(axis=1), D
    each, M = np.arange(len(Z)), Z.max(axis=1)
    if code == WINNER:
        A = np.zeros_like(Z)
        A[each, Z.argmax(axis=1)] = 1.0
        losses = M - Z[each, Y]
    else:
        A = np.exp(Z - M[:, np.newaxis])
        total = A.sum(axis=1)
        A /= total[:, np.newaxis]
        losses = M + np.log(total) - Z[each, Y]
    A[each, Y] -= 1.0
    return losses, A


# --------------------------------------------------------------------- 8. Layers: forward and backward
#
# A network keeps all its numbers in one flat vector theta: for each layer its weights, a row a neuron, and then its
# biases. `sizes` lists how many neurons stand in each layer, the inputs first. What a batch leaves behind on its way
# (sums Z, activations A, slopes D) lies in flat buffers in the same way. W[l], b[l], Z[l] are views of them. From here
# on, these arguments keep their meaning:
#
#   theta, gradient    of shape (parameters,): all parameters of a network, and the slope of the mean loss at each
#   sizes, codes, loss of shapes (layers + 1,) and (layers,): the sizes, and the activations; and the number of a loss
#   gW, gb             shaped like W and b: slopes at weights and biases
#   Y, weight          of shapes (rows, outputs) and (rows,): the targets, and how much each row counts
#   mask               of shape (rows, neurons), what dropout multiplies a hidden layer's activations by: 0 silences a
#                      neuron for a row, 1 / (share kept) makes up for the silent ones; without rows, nothing is dropped

SMALL = 3_000
"""Multiply-adds up to which a matrix product is written out: below, calling a library costs more than the work."""


@inlined
def neurons_of(sizes: Row) -> int:
    """Count all neurons, the inputs among them."""
    total = 0
    for size in sizes:
        total += size
    return total


@kernel
def weights_of(theta: Row, sizes: Row) -> Any:
    """View the weights of each layer in the flat vector: a list of arrays of shape (neurons, inputs)."""
    W, start = [], 0
    for l in range(1, len(sizes)):
        end = start + sizes[l] * sizes[l - 1]
        W.append(theta[start:end].reshape(sizes[l], sizes[l - 1]))
        start = end + sizes[l]
    return W


@kernel
def biases_of(theta: Row, sizes: Row) -> Any:
    """View the biases of each layer in the flat vector: a list of arrays of shape (neurons,)."""
    b, start = [], 0
    for l in range(1, len(sizes)):
        start += sizes[l] * sizes[l - 1]
        b.append(theta[start : start + sizes[l]])
        start += sizes[l]
    return b


@kernel
def rows_of(buffer: Row, sizes: Row, rows: int) -> Any:
    """View what a batch left at each layer: a list of arrays of shape (rows, neurons)."""
    A, start = [], 0
    for size in sizes:
        A.append(buffer[start : start + rows * size].reshape(rows, size))
        start += rows * size
    return A


@kernel
def layer_forward(W: Table, b: Row, X: Table, code: int, Z: Table, A: Table) -> None:
    r"""Let a layer answer a batch X; Z and A are written.

    .. math:: Z = X W^T + b, \qquad A = f(Z)
    """
    if len(X) * W.size <= SMALL or code == STEP:  # a tie is to be the same tie in a row and in a table
        for i in range(len(X)):
            for k in range(len(W)):
                z = b[k] - b[k]
                for j in range(W.shape[1]):
                    z += W[k, j] * X[i, j]
                Z[i, k] = z + b[k]
    else:
        np.dot(X, W.T, Z)
        for i in range(len(Z)):
            for k in range(len(b)):
                Z[i, k] += b[k]
    activations(code, Z, A)


@kernel
def layer_backward(W: Table, X: Table, D: Table, gW: Table, gb: Row, dX: Table) -> None:
    r"""Share the blame: from the slope at each sum to the slope at each weight, each bias and each input.

    .. math:: \frac{\partial L}{\partial W} = D^T X, \qquad
              \frac{\partial L}{\partial b_k} = \sum_i D_{ik}, \qquad
              \frac{\partial L}{\partial X} = D W, \qquad D = \frac{\partial L}{\partial Z}

    X is what the layer read. gW, gb and dX are written; dX, shaped like X, has no rows where nobody asks for it.
    """
    if len(X) * W.size <= SMALL:
        gW[:] = 0.0
        for i in range(len(X)):
            for k in range(len(W)):
                for j in range(W.shape[1]):
                    gW[k, j] += D[i, k] * X[i, j]
        for i in range(len(dX)):
            for j in range(W.shape[1]):
                dX[i, j] = 0.0
            for k in range(len(W)):
                for j in range(W.shape[1]):
                    dX[i, j] += D[i, k] * W[k, j]
    else:
        np.dot(D.T, X, gW)
        if len(dX):
            np.dot(D, W, dX)
    gb[:] = 0.0
    for i in range(len(D)):
        for k in range(len(gb)):
            gb[k] += D[i, k]


@kernel
def through_activation(code: int, Z: Table, A: Table, mask: Table, D: Table) -> None:
    r"""Carry the slopes D from a layer's activations A back to its sums Z; D is changed in place.

    .. math:: \frac{\partial L}{\partial z} = \frac{\partial L}{\partial a}\,f'(z)
    """
    for i in range(len(D)):
        if code == SOFTMAX:
            softmax_derivative(row(A, i), row(D, i), row(D, i))
        else:
            for k in range(D.shape[1]):
                kept = mask[i, k] if len(mask) > 0 else like(D, 1.0)
                if kept == 0.0:
                    D[i, k] = 0.0
                else:
                    D[i, k] *= activation_derivative(code, Z[i, k], A[i, k] / kept) * kept


# ------------------------------------------------ 9. Losses: how wrong an answer is, and which way is less wrong

SQUARED_ERROR, CROSS_ENTROPY = 0, 1


@inlined
def squared_error(a: Row, y: Row) -> float:
    r"""L = 1/2 \sum_k (a_k - y_k)^2, whose slope at an output is a_k - y_k."""
    loss = 0.0
    for k in range(len(a)):
        loss += 0.5 * (a[k] - y[k]) ** 2
    return loss


@inlined
def cross_entropy(code: int, z: Row, a: Row, y: Row) -> float:
    r"""Surprise at the target, in nats.

    .. math:: \text{softmax:}\quad L = -\sum_k y_k \ln a_k, \qquad
              \text{sigmoid:}\quad L = -\sum_k \big(y_k \ln a_k + (1 - y_k) \ln(1 - a_k)\big)

    The sums help to take no logarithm of a number near zero: behind softmax, ln a_k = ln a_m + z_k - z_m for the
    largest sum z_m; behind sigmoid, ln a = z + ln(1 - a), and either a or 1 - a is at least a half.
    """
    loss = 0.0
    if code == SOFTMAX:
        m = 0
        for k in range(1, len(z)):
            m = k if z[k] > z[m] else m
        surprise = z[m] - log(a[m])
        for k in range(len(z)):
            loss += y[k] * (surprise - z[k])
    else:
        for k in range(len(z)):
            loss += max(z[k], 0.0) - log(max(a[k], 1.0 - a[k])) - y[k] * z[k]
    return loss


@inlined
def example_loss(loss: int, code: int, z: Row, a: Row, y: Row) -> float:
    """Judge one answer by the loss with this code."""
    if loss == CROSS_ENTROPY:
        return cross_entropy(code, z, a, y)
    return squared_error(a, y)


@kernel
def output_slopes(loss: int, code: int, Z: Table, A: Table, Y: Table, weight: Row, D: Table) -> float:
    r"""Compare answers with targets: the mean loss of a batch, and its slope at each sum of the last layer.

    Behind sigmoid or softmax, the slope of cross-entropy cancels the slope of the activation, and what is left at
    the sum is the error itself:

    .. math:: \frac{\partial L}{\partial z_k} = a_k - y_k

    The weighted mean over the rows is returned, and the slopes D are written; the code is the last layer's.
    """
    total, mean = 0.0, 0.0
    for i in range(len(Y)):
        total += weight[i]
    for i in range(len(Y)):
        share = weight[i] / total
        for k in range(Y.shape[1]):
            D[i, k] = share * (A[i, k] - Y[i, k])
        mean += share * example_loss(loss, code, row(Z, i), row(A, i), row(Y, i))
    if loss == SQUARED_ERROR:
        through_activation(code, Z, A, Z[:0], D)
    return mean


# ------------------------------------------------------- 10. Backpropagation: the chain rule, layer by layer


@inlined
def forward(W: Layers, b: Layers, codes: Row, masks: Layers, Z: Layers, A: Layers) -> None:
    """Let each layer answer what the one before it answered.

    All but the codes are lists with one array a layer, and A[0] holds the inputs; Z and A[1:] are written. The last
    layer has no mask.
    """
    for l in range(len(W)):
        layer_forward(row(W, l), row(b, l), row(A, l), codes[l], row(Z, l), row(A, l + 1))
        if l < len(masks) and len(row(masks, l)) > 0:
            mask, a = row(masks, l), row(A, l + 1)
            for i in range(len(a)):
                for k in range(a.shape[1]):
                    a[i, k] *= mask[i, k]


@inlined
def backward(W: Layers, codes: Row, masks: Layers, Z: Layers, A: Layers, D: Layers, gW: Layers, gb: Layers) -> None:
    """Carry the slopes from the last layer to the first; each layer leaves the slopes of its weights on the way.

    The arguments are as `forward` had and left them. The last D holds the slopes at the last layer's sums; the others,
    gW and gb are written.
    """
    for l in range(len(W) - 1, -1, -1):
        if l > 0:
            layer_backward(row(W, l), row(A, l), row(D, l), row(gW, l), row(gb, l), row(D, l - 1))
            through_activation(codes[l - 1], row(Z, l - 1), row(A, l), row(masks, l - 1), row(D, l - 1))
        else:
            layer_backward(row(W, l), row(A, l), row(D, l), row(gW, l), row(gb, l), row(A, l)[:0])


@inlined
def forward_and_backward(layers: Any, loss: int, masks: Layers, targets: Any, passes: Any, gradient: Any) -> float:
    """Answer a batch, compare with its targets, share the blame: the mean loss, and its slope at every parameter.

    The layers are (W, b, codes), the targets (Y, weight); the passes (Z, A, D) and the gradient (gW, gb) are written.
    """
    (W, b, codes), (Y, weight), (Z, A, D), (gW, gb) = layers, targets, passes, gradient
    forward(W, b, codes, masks, Z, A)
    last = len(W) - 1
    mean = output_slopes(loss, codes[last], row(Z, last), row(A, last + 1), Y, weight, row(D, last))
    backward(W, codes, masks, Z, A, D, gW, gb)
    return mean


@kernel
def loss_and_gradient(
    theta: Row, sizes: Row, codes: Row, loss: int, X: Table, Y: Table, weight: Row, gradient: Row
) -> float:
    """Return the mean loss of all rows; its slope at every parameter, the gradient, is written."""
    room = len(X) * neurons_of(sizes)
    Z = rows_of(np.empty(room, theta.dtype), sizes[1:], len(X))
    A = rows_of(np.empty(room, theta.dtype), sizes, len(X))
    D = rows_of(np.empty(room, theta.dtype), sizes[1:], len(X))
    A[0] = X
    layers, none = (weights_of(theta, sizes), biases_of(theta, sizes), codes), rows_of(theta[:0], sizes[1:-1], 0)
    slopes = weights_of(gradient, sizes), biases_of(gradient, sizes)
    return forward_and_backward(layers, loss, none, (Y, weight), (Z, A, D), slopes)


# --------------------------------------------------- 11. Optimisers: from a gradient to new weights
#
# Each takes the whole flat vector theta at once, with its gradient g and its slots m and v, all of shape (parameters,).
# `pace` holds the numbers of a step in the parameters' own kind of float, so that float32 is not computed in double.

SGD, MOMENTUM, NESTEROV, ADAM = 0, 1, 2, 3

FAINT = 1e-37
"""What has faded to this is nothing: below 1e-38 a float32 is subnormal, and computing with it takes far longer."""


@inlined
def faded(value: float, faint: float) -> float:
    """Let a memory that has faded away be gone: rounding would keep the least of it for good, and slow every step."""
    return value if abs(value) >= faint else value - value


@inlined
def sgd(theta: Row, g: Row, eta: float) -> None:
    r"""Walk downhill: :math:`\theta \leftarrow \theta - \eta g`."""
    for p in range(len(theta)):
        theta[p] -= eta * g[p]


@inlined
def momentum(theta: Row, g: Row, m: Row, eta: float, mu: float, faint: float) -> None:
    r"""Roll downhill: :math:`m \leftarrow \mu m + g, \quad \theta \leftarrow \theta - \eta m` (Polyak 1964)."""
    for p in range(len(theta)):
        m[p] = faded(mu * m[p] + g[p], faint)
        theta[p] -= eta * m[p]


@inlined
def nesterov(theta: Row, g: Row, m: Row, eta: float, mu: float, faint: float) -> None:
    r"""Roll and look ahead: :math:`m \leftarrow \mu m + g, \quad \theta \leftarrow \theta - \eta (g + \mu m)`."""
    for p in range(len(theta)):
        m[p] = faded(mu * m[p] + g[p], faint)
        theta[p] -= eta * (g[p] + mu * m[p])


@inlined
def adam(theta: Row, g: Row, m: Row, v: Row, pace: Row) -> None:
    r"""Give each parameter its own pace, from the mean and the mean square of its past slopes.

    .. math:: m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
              \theta \leftarrow \theta - \eta \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon}

    Both averages start at 0; dividing by 1 - beta^t after t steps makes up for that. The pace holds
    eta / (1 - beta1^t), beta1, 1 - beta1, beta2, 1 - beta2, 1 / sqrt(1 - beta2^t), epsilon, and what is faint.

    Source: Kingma & Ba (2015), Adam, ICLR.
    """
    eta, beta1, rest1, beta2 = pace[0], pace[1], pace[2], pace[3]
    rest2, grow, epsilon, faint = pace[4], pace[5], pace[6], pace[7]
    for p in range(len(theta)):
        m[p] = faded(beta1 * m[p] + rest1 * g[p], faint)
        v[p] = beta2 * v[p] + rest2 * g[p] * g[p]
        theta[p] -= eta * m[p] / (np.sqrt(v[p]) * grow + epsilon)


@inlined
def update(optimiser: int, theta: Row, g: Row, slots: Any, t: int, eta: float, constants: Row, pace: Row) -> None:
    """Take step number t (from 1) with the optimiser of this code.

    The slots (m, v) are changed in place. The constants are momentum or beta1, beta2, and epsilon, in float64; `pace`,
    of shape (8,), is written.
    """
    m, v = slots
    pace[0] = eta
    pace[1] = constants[0]
    pace[7] = FAINT
    if optimiser == SGD:
        sgd(theta, g, pace[0])
    elif optimiser == MOMENTUM:
        momentum(theta, g, m, pace[0], pace[1], pace[7])
    elif optimiser == NESTEROV:
        nesterov(theta, g, m, pace[0], pace[1], pace[7])
    else:
        pace[0] = eta / (1.0 - constants[0] ** t)
        pace[2] = 1.0 - constants[0]
        pace[3] = constants[1]
        pace[4] = 1.0 - constants[1]
        pace[5] = 1.0 / np.sqrt(1.0 - constants[1] ** t)
        pace[6] = constants[2]
        adam(theta, g, m, v, pace)


@inlined
def penalise(W: Layers, l2: float, gW: Layers) -> None:
    r"""Add the slope of the penalty :math:`\frac{\lambda}{2} \sum w^2` on the weights; biases go free."""
    for l in range(len(W)):
        w, g = W[l], gW[l]
        for k in range(len(w)):
            for j in range(w.shape[1]):
                g[k, j] += l2 * w[k, j]


@inlined
def clip(g: Row, longest: float) -> None:
    """Shorten a gradient that is longer than this to this length; its direction stays."""
    length = 0.0
    for p in range(len(g)):
        length += g[p] * g[p]
    length = np.sqrt(length)
    if length > longest:
        for p in range(len(g)):
            g[p] *= longest / length


# ------------------------------------------------------------- 12. Training a network, batch after batch


@kernel
def train_batches(network: Any, rows: Any, order: Table, batches: Any, optimiser: Any, rates: Any, losses: Row) -> int:
    """Take one step for each batch of rows, in the given order; return the number of steps.

    They are fewer than asked for where a loss is no longer finite: the training has diverged. The groups are:

    network    (theta, sizes, codes, loss); theta is changed in place
    rows       (X, Y, weight)
    order      of shape (epochs, rows shown in an epoch): a batch does not reach across epochs, and the last one of an
               epoch takes what is left
    batches    (batch, masks): rows for each step; and dropout, of shape (steps, batch * hidden neurons), or (1, 0) for
               none
    optimiser  (kind, m, v, t, constants): its slots, changed in place; the steps taken before; `update`'s constants
    rates      (etas, l2, longest): each step's learning rate; the penalty; the length at which a gradient is clipped
    losses     of shape (steps,), written
    """
    (theta, sizes, codes, loss), (X, Y, weight), (batch, masks) = network, rows, batches
    (kind, m, v, t, constants), (etas, l2, longest) = optimiser, rates
    W, b = weights_of(theta, sizes), biases_of(theta, sizes)
    neurons, hidden, outputs = sizes[1:], sizes[1:-1], sizes[-1:]  # once: Numba takes a while to compile a slice
    g, pace, room = np.empty(len(theta), theta.dtype), np.empty(8, theta.dtype), batch * neurons_of(sizes)
    gW, gb = weights_of(g, sizes), biases_of(g, sizes)
    sums, activations, slopes = np.empty(room, theta.dtype), np.empty(room, theta.dtype), np.empty(room, theta.dtype)
    targets, part = np.empty(batch * sizes[-1], theta.dtype), np.empty(batch, theta.dtype)
    step, n = 0, 0
    for epoch in range(len(order)):
        for start in range(0, order.shape[1], batch):
            if n != min(batch, order.shape[1] - start):
                n = min(batch, order.shape[1] - start)
                Z, A, D = rows_of(sums, neurons, n), rows_of(activations, sizes, n), rows_of(slopes, neurons, n)
                x, y, mask = A[0], rows_of(targets, outputs, n)[0], rows_of(masks[0], hidden, 0)
            for r in range(n):
                i = order[epoch, start + r]
                for j in range(X.shape[1]):
                    x[r, j] = X[i, j]
                for k in range(Y.shape[1]):
                    y[r, k] = Y[i, k]
                part[r] = weight[i]
            if masks.shape[1] > 0:
                mask = rows_of(masks[step], hidden, n)
            losses[step] = forward_and_backward((W, b, codes), loss, mask, (y, part), (Z, A, D), (gW, gb))
            if not np.isfinite(losses[step]):
                return step
            if l2 > 0.0:
                penalise(W, l2, gW)
            if np.isfinite(longest):
                clip(g, longest)
            update(kind, theta, g, (m, v), t + step + 1, etas[step], constants, pace)
            step += 1
    return step


# ------------------------------------------------------------------ 13. Answers of a trained network


@brief
def answer_row(theta: Row, plan: Row, x: Row, a: Row) -> bool:
    """Let a network answer one row x: neuron after neuron, straight along the flat vector.

    The plan, of shape (2 layers + 1,), holds the sizes and then the codes: one array, for each takes its time to hand
    over. The answers of all layers are written into a, the last layer's at its end. Whether every input is finite is
    returned.
    """
    layers, p, read, write = len(plan) // 2, 0, 0, 0
    for l in range(1, layers + 1):
        inputs, neurons, code = plan[l - 1], plan[l], plan[layers + l]
        v, biases = x if l == 1 else part(a, read, read + inputs), p + neurons * inputs
        for k in range(neurons):
            bias, w = theta[biases + k], part(theta, p, p + inputs)
            z = bias - bias
            for j in range(inputs):
                z += w[j] * v[j]
            a[write + k] = activate(code, z + bias)
            p += inputs
        if code == SOFTMAX:
            shares = part(a, write, write + neurons)
            softmax(shares, shares)
            for k in range(neurons):
                a[write + k] = shares[k]  # of a list, a part is a copy
        p, read, write = biases + neurons, write, write + neurons
    nothing = zero = like(x, 0.0)
    for j in range(len(x)):
        nothing += zero * x[j]  # NaN and infinity, times 0, are NaN
    return bool(nothing == 0.0)


@kernel
def mean_loss(theta: Row, sizes: Row, codes: Row, loss: int, X: Table, Y: Table, weight: Row) -> float:
    """Judge a network by rows that it does not learn from: return the weighted mean of their losses."""
    some = min(len(X), 512)
    W, b = weights_of(theta, sizes), biases_of(theta, sizes)
    none = rows_of(theta[:0], sizes[1:-1], 0)
    sums, buffer = np.empty(some * neurons_of(sizes), theta.dtype), np.empty(some * neurons_of(sizes), theta.dtype)
    total, losses = 0.0, 0.0
    for start in range(0, len(X), some):
        rows = X[start : start + some]
        Z = rows_of(sums, sizes[1:], len(rows))
        A = [rows]
        A += rows_of(buffer, sizes[1:], len(rows))
        forward(W, b, codes, none, Z, A)
        for i in range(len(rows)):
            total += weight[start + i]
            losses += weight[start + i] * example_loss(loss, codes[-1], row(Z[-1], i), row(A[-1], i), row(Y, start + i))
    return losses / total
