"""The two activations that Keras has not, registered so that a saved model finds them; imported only with Keras."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="glassneuron")
def step(z: Any) -> Any:
    """Fire or stay silent: 1 if z >= 0, else 0. A tie fires."""
    return keras.ops.cast(z >= 0, z.dtype)


@keras.saving.register_keras_serializable(package="glassneuron")
def shares(a: Any) -> Any:
    """Give each class the share of its neuron's answer in the sum of all; equal shares where that is 0."""
    total = keras.ops.sum(a, axis=-1, keepdims=True)
    even = keras.ops.ones_like(a) / a.shape[-1]
    return keras.ops.where(total > 0, a / keras.ops.where(total > 0, total, keras.ops.ones_like(total)), even)
