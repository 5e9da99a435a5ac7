"""With Keras 3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def perceptron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Write Rosenblatt's rule in the operations of Keras."""
    from keras import ops

    w, b = (ops.convert_to_tensor(part) for part in start)
    for t in range(steps):
        x, target = ops.convert_to_tensor(X[t % len(X)]), y[t % len(X)]
        error = target - ops.cast(ops.dot(w, x) + b >= 0, "float64")
        w, b = w + rate * error * x, b + rate * error
        yield ops.convert_to_numpy(w), ops.convert_to_numpy(b)


def sigmoid_neuron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Train a dense layer; the sigmoid is in the loss. Its weights have the shape (inputs, neurons)."""
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, dtype="float64")])
    model.set_weights([start[0].reshape(2, 1), start[1]])
    model.compile(keras.optimizers.SGD(rate), keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64"))
    for t in range(steps):
        row = [t % len(X)]
        model.train_on_batch(X[row], y[row].reshape(1, 1))
        yield [keras.ops.convert_to_numpy(part) for part in model.trainable_variables]


def network(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Train two dense layers on all rows at once. Their weights have the shape (inputs, neurons)."""
    import keras

    layers = [keras.layers.Dense(2, "sigmoid", dtype="float64"), keras.layers.Dense(1, dtype="float64")]
    model = keras.Sequential([keras.Input((2,)), *layers])
    model.set_weights([part.T for part in start])
    model.compile(keras.optimizers.SGD(rate), keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64"))
    for _ in range(steps):
        model.train_on_batch(X, y.reshape(-1, 1))
        yield [keras.ops.convert_to_numpy(part).T for part in model.trainable_variables]
