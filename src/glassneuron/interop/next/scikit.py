"""With scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def perceptron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Show one row after the other to its perceptron."""
    from sklearn.linear_model import Perceptron

    model = Perceptron(eta0=rate, shuffle=False).partial_fit(X[:1], y[:1], classes=[0, 1])
    model.coef_, model.intercept_ = start[0].reshape(1, -1), start[1]
    for t in range(steps):
        row = [t % len(X)]
        model.partial_fit(X[row], y[row])
        yield model.coef_.copy(), model.intercept_.copy()


def sigmoid_neuron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Show one row after the other to logistic regression by stochastic gradient descent."""
    from sklearn.linear_model import SGDClassifier

    model = SGDClassifier(loss="log_loss", penalty=None, learning_rate="constant", eta0=rate)
    model.partial_fit(X[:1], y[:1], classes=[0, 1])
    model.coef_, model.intercept_ = start[0].reshape(1, -1), start[1]
    for t in range(steps):
        row = [t % len(X)]
        model.partial_fit(X[row], y[row])
        yield model.coef_.copy(), model.intercept_.copy()


def network(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Show all rows at once to its network; its weights have the shape (inputs, neurons)."""
    from sklearn.neural_network import MLPClassifier

    W, b, V, c = start
    model = MLPClassifier(
        hidden_layer_sizes=(2,), activation="logistic", solver="sgd", alpha=0, batch_size=len(X),
        learning_rate_init=rate, momentum=0, shuffle=False,
    )  # fmt: skip
    model.partial_fit(X, y, classes=[0, 1])
    model.coefs_, model.intercepts_ = [W.T.copy(), V.T.copy()], [b, c]
    for _ in range(steps):
        model.partial_fit(X, y)
        (W, V), (b, c) = model.coefs_, model.intercepts_
        yield W.T.copy(), b.copy(), V.T.copy(), c.copy()
