"""`gn.code`: a training script to paste, which reaches the same numbers in another library."""

from __future__ import annotations

from typing import Any

from glassneuron import checks
from glassneuron.interop.code.plan import plan_of
from glassneuron.interop.code.with_jax import with_jax
from glassneuron.interop.code.with_keras import with_keras
from glassneuron.interop.code.with_numpy import with_numpy
from glassneuron.interop.code.with_sklearn import with_sklearn
from glassneuron.interop.code.with_torch import with_torch

LIBRARIES = {
    "numpy": with_numpy, "torch": with_torch, "keras": with_keras, "jax": with_jax, "sklearn": with_sklearn,
}  # fmt: skip


def code(estimator: Any, library: str, X: Any, y: Any) -> str:
    """Write a training script that starts where an estimator starts and reaches the same numbers.

    It has the estimator's own sizes, start, order of the rows and rates, and leaves the weights and biases of each
    layer in `W` and `b`, and all of them in `parameters`, as `Network.parameters` has them. Small tables stand in the
    script; a larger one is read from ``data.npz``, which ``numpy.savez("data.npz", X=X, y=y)`` writes.

    Parameters
    ----------
    estimator : Perceptron, Adaline, SigmoidNeuron, LinearNeuron, MLPClassifier or MLPRegressor, fitted or not
    library : {"numpy", "torch", "keras", "jax", "sklearn"}
    X : array_like of shape (rows, features)
    y : array_like of shape (rows,) or (rows, outputs)

    Returns
    -------
    str

    Raises
    ------
    ParameterError
        If the library cannot train so; the message names the part.

    Examples
    --------
    >>> from glassneuron.estimators.perceptron import Perceptron
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]
    >>> script = code(Perceptron(learning_rate=0.1, fixed_bias=-1.0, shuffle=False), "numpy", X, y)
    >>> exec(script, namespace := {})
    [[1.1 1.1]] [-1.]
    """
    write = LIBRARIES[checks.choice("library", library, tuple(LIBRARIES))]
    return write(plan_of(estimator, X, y))
