"""With JAX."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def perceptron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Write Rosenblatt's rule in arrays."""
    import jax
    from jax import numpy as jnp

    with jax.enable_x64(True):
        w, b = (jnp.array(part) for part in start)
        for t in range(steps):
            x, target = jnp.array(X[t % len(X)]), y[t % len(X)]
            error = target - (w @ x + b >= 0).astype(float)
            w, b = w + rate * error * x, b + rate * error
            yield w, b


def sigmoid_neuron(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Write the loss of one row, and let JAX find its slope."""
    import jax
    from jax import numpy as jnp

    def loss(parts: Any, x: Any, target: Any) -> Any:
        w, b = parts
        z = w @ x + b[0]
        return jnp.logaddexp(0, z) - target * z

    with jax.enable_x64(True):
        slope, parts = jax.jit(jax.grad(loss)), [jnp.array(part) for part in start]
        for t in range(steps):
            down = slope(parts, X[t % len(X)], y[t % len(X)])
            parts = [part - rate * d for part, d in zip(parts, down, strict=True)]
            yield parts


def network(X: Any, y: Any, start: Any, rate: float, steps: int) -> Iterator[Any]:
    """Write the mean loss of all rows, and let JAX find its slope."""
    import jax
    from jax import numpy as jnp

    def loss(parts: Any) -> Any:
        W, b, V, c = parts
        z = (jax.nn.sigmoid(X @ W.T + b) @ V.T + c)[:, 0]
        return jnp.mean(jnp.logaddexp(0, z) - y * z)

    with jax.enable_x64(True):
        slope, parts = jax.jit(jax.grad(loss)), [jnp.array(part) for part in start]
        for _ in range(steps):
            parts = [part - rate * d for part, d in zip(parts, slope(parts), strict=True)]
            yield parts
