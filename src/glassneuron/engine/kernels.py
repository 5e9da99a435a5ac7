"""THE TEXTBOOK: every loop that computes, top to bottom in teaching order.

Each function is plain Python. `glassneuron.engine.jit` executes this file twice: once as it stands, for small
work and for reading along in a debugger, and once compiled by Numba, for real work. Tests hold the two equal.

Letters are the textbook's: weights ``w``, bias ``b``, input ``x``, weighted sum ``z``, activation ``a``, target
``y``, learning rate ``eta``. Capitals are tables: a row of ``X`` is an example, a row of ``W`` is a neuron. Rows
are taken as ``row(X, i)``, which is ``X[i]``: of nested lists (fast when interpreted) and of arrays (fast when
compiled) alike.

1. One neuron: the weighted sum
2. Activations and their derivatives
3. Many neurons, many rows
4. Learning by mistakes: Rosenblatt's perceptron
"""

from __future__ import annotations

from math import exp
from math import tanh as _tanh
from typing import Any

import numpy as np

from glassneuron.engine.jit import inlined, kernel, row

# A row is an ndarray or a list of floats, a table an ndarray or a list of rows: kernels index both the same way.
Row = Any
Table = Any

# ------------------------------------------------------------------------ 1. One neuron: the weighted sum


@inlined
def weighted_sum(w: Row, b: float, x: Row) -> float:
    r"""Weigh each input and add them up, then add the bias.

    .. math:: z = w_1 x_1 + w_2 x_2 + \dots + w_d x_d + b

    Parameters
    ----------
    w : row of shape (inputs,)
    b : float
    x : row of shape (inputs,)

    Returns
    -------
    z : float

    References
    ----------
    McCulloch & Pitts (1943), Bulletin of Mathematical Biophysics 5:115.
    """
    z = 0.0
    for j in range(len(w)):
        z += w[j] * x[j]
    return z + b


# ------------------------------------------------------------------ 2. Activations and their derivatives
#
# A derivative is written with z (the sum) and a (the activation of that sum), whichever makes it shorter.

LINEAR, STEP, SIGMOID, TANH, RELU, SOFTMAX = 0, 1, 2, 3, 4, 5


@inlined
def linear(z: float) -> float:
    """A = z: the sum as it is."""
    return z


@inlined
def linear_derivative(z: float, a: float) -> float:
    """da/dz = 1."""
    return 1.0


@inlined
def step(z: float) -> float:
    """A = 1 if z >= 0 else 0: fire or stay silent. A tie fires."""
    return 1.0 if z >= 0.0 else 0.0


@inlined
def step_derivative(z: float, a: float) -> float:
    """da/dz = 0 wherever it exists: no slope to follow, which is why Rosenblatt's rule uses the error itself."""
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
    """da/dz = a (1 - a)."""
    return a * (1.0 - a)


@inlined
def tanh(z: float) -> float:
    """A = (e^z - e^-z) / (e^z + e^-z): squash the sum into (-1, 1)."""
    return _tanh(z)


@inlined
def tanh_derivative(z: float, a: float) -> float:
    """da/dz = 1 - a^2."""
    return 1.0 - a * a


@inlined
def relu(z: float) -> float:
    """A = max(0, z): pass what is positive, silence the rest."""
    return z if z > 0.0 or z != z else 0.0  # z != z: a NaN stays one


@inlined
def relu_derivative(z: float, a: float) -> float:
    """da/dz = 1 where z > 0, else 0 (at the kink itself, 0)."""
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
    r"""Turn the sums of a layer into shares that add up to one.

    .. math:: a_k = \frac{e^{z_k - m}}{\sum_i e^{z_i - m}}, \qquad m = \max_i z_i

    Subtracting the largest sum changes nothing and keeps every exponential at most 1.

    Parameters
    ----------
    z : row of shape (neurons,)
    a : row of shape (neurons,), written
    """
    m = z[0]
    for k in range(1, len(z)):
        m = max(m, z[k])
    total = 0.0
    for k in range(len(z)):
        a[k] = exp(z[k] - m)
        total += a[k]
    for k in range(len(z)):
        a[k] /= total


@kernel
def softmax_derivative(a: Row, slope: Row, dz: Row) -> None:
    r"""Carry a slope back through softmax, where every output depends on every sum.

    .. math:: \frac{\partial L}{\partial z_k} = a_k \Big(s_k - \sum_i s_i a_i\Big), \qquad
              s_i = \frac{\partial L}{\partial a_i}

    Parameters
    ----------
    a : row of shape (neurons,), the shares
    slope : row of shape (neurons,), the slope of the loss at each share
    dz : row of shape (neurons,), written
    """
    mean = 0.0
    for i in range(len(a)):
        mean += slope[i] * a[i]
    for k in range(len(a)):
        dz[k] = a[k] * (slope[k] - mean)


# -------------------------------------------------------------------------- 3. Many neurons, many rows


@kernel
def weighted_sums(W: Row, b: Row, X: Row) -> Any:
    """Every neuron's weighted sum for every row: the same sums, written as one matrix product.

    Parameters
    ----------
    W : ndarray of shape (neurons, inputs)
    b : ndarray of shape (neurons,)
    X : ndarray of shape (rows, inputs)

    Returns
    -------
    Z : ndarray of shape (rows, neurons)
    """
    return np.dot(X, W.T) + b


@kernel
def activations(code: int, Z: Table, A: Table) -> None:
    """Apply one activation to the sums of many rows.

    Parameters
    ----------
    code : int
    Z : table of shape (rows, neurons)
    A : table of shape (rows, neurons), written
    """
    for i in range(len(Z)):
        z, a = row(Z, i), row(A, i)
        if code == SOFTMAX:
            softmax(z, a)
        else:
            for k in range(len(z)):
                a[k] = activate(code, z[k])


# ----------------------------------------------------- 4. Learning by mistakes: Rosenblatt's perceptron


@inlined
def perceptron_move(w: Row, b: Row, x: Row, error: float, eta: float, eta_bias: float) -> None:
    r"""Move weights and bias toward the target of one example.

    .. math:: w \leftarrow w + \eta\,e\,x, \qquad b \leftarrow b + \eta\,e, \qquad e = y - \hat y
    """
    for j in range(len(w)):
        w[j] += eta * error * x[j]
    b[0] += eta_bias * error


@inlined
def perceptron_update(w: Row, b: Row, x: Row, y: float, eta: float, eta_bias: float) -> float:
    r"""Rosenblatt's rule on one example: move the weights toward a missed target.

    .. math:: w \leftarrow w + \eta\,(y - \hat y)\,x, \qquad b \leftarrow b + \eta\,(y - \hat y)

    Parameters
    ----------
    w : row of shape (inputs,), changed in place
    b : row of shape (1,), changed in place
    x : row of shape (inputs,)
    y : float, 0 or 1
    eta : float in (0, inf)
        Learning rate, dimensionless.
    eta_bias : float
        Learning rate of the bias: eta, or 0 to hold the bias where it is.

    Returns
    -------
    error : float, -1, 0 or 1
        Zero means that nothing changed.

    References
    ----------
    Rosenblatt (1958), Psychological Review 65(6):386-408.
    """
    error = y - step(weighted_sum(w, b[0], x))
    if error != 0.0:
        perceptron_move(w, b, x, error, eta, eta_bias)
    return error


@kernel
def perceptron_epoch(
    W: Table, b: Table, X: Table, y: Row, classes: Row, order: Row, eta: float, eta_bias: float
) -> int:
    """Show every row once, in the given order, to every neuron.

    Parameters
    ----------
    W : table of shape (neurons, inputs), changed in place
    b : table of shape (neurons, 1), changed in place
    X : table of shape (rows, inputs)
    y : row of shape (rows,), the class of each row
    classes : row of shape (neurons,)
        The class that each neuron is to fire for; it is to stay silent for all others.
    order : row of shape (rows,)
    eta, eta_bias : float
        Learning rates of the weights and of the bias.

    Returns
    -------
    mistakes : int
        Answers, over all rows and neurons, that were wrong and caused an update.
    """
    mistakes = 0
    for i in order:
        x = row(X, i)
        for k in range(len(W)):
            target = 1.0 if y[i] == classes[k] else 0.0
            if perceptron_update(row(W, k), row(b, k), x, target, eta, eta_bias) != 0.0:
                mistakes += 1
    return mistakes
