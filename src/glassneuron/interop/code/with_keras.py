"""Scripts that train with Keras 3."""

from __future__ import annotations

from glassneuron.errors import problem
from glassneuron.interop.code.common import beginning, ending, order, rate, rates, start
from glassneuron.interop.code.plan import Plan

LOSSES = {
    "sigmoid": "ops.sum(ops.softplus(Z) - Y * Z, axis=1)",
    "softmax": "ops.logsumexp(Z, axis=1) - ops.sum(Y * Z, axis=1)",
    "linear": "0.5 * ops.sum((Z - Y) ** 2, axis=1)",
    "step": "ops.sum(ops.stop_gradient(ops.cast(Z >= 0, Z.dtype) - Y) * Z, axis=1)  # its slope: what fires too much",
    "winner": "ops.sum(ops.stop_gradient(ops.one_hot(ops.argmax(Z, 1), Z.shape[1], dtype=Z.dtype) - Y) * Z, axis=1)",
}
SQUARED = {"sigmoid": "ops.sigmoid(Z)", "softmax": "ops.softmax(Z)", "linear": "Z"}
OPTIMISERS = {
    "sgd": "keras.optimizers.SGD(0.1)",
    "momentum": "keras.optimizers.SGD(0.1, momentum={mu})",
    "nesterov": "keras.optimizers.SGD(0.1, momentum={mu}, nesterov=True)",
    "adam": "keras.optimizers.Adam(0.1, beta_1={mu}, beta_2={beta2}, epsilon={epsilon})",
}
BACKEND = """\
import os

os.environ.setdefault("KERAS_BACKEND", "jax")  # "torch" does too, but multiplies in single precision
os.environ.setdefault("JAX_ENABLE_X64", "1")
import keras
import numpy as np
from keras import ops"""
ELSEWHERE = "# It adds epsilon before the correction for the first steps, which may show in the fifth digit."
ARRAYS = [
    "W = [layer.get_weights()[0].T for layer in model.layers]",
    "b = [layer.get_weights()[1] for layer in model.layers]",
]


def with_keras(plan: Plan) -> str:
    """Return the text of a script."""
    if plan.optimiser == "optimum":
        part, why = "a training to the lowest loss", "its optimisers take steps; give a `learning_rate`"
        raise problem("cannot-hold", target="Keras", part=part, why=why)
    falls = isinstance(plan.rates, tuple) and plan.rates[1] != "constant"
    if falls and plan.optimiser in ("momentum", "nesterov"):
        part, why = f"{plan.optimiser} with a rate that falls", "its momentum keeps the rates of the steps before"
        raise problem("cannot-hold", target="Keras", part=part, why=why)
    parts = [beginning(plan, "Keras", BACKEND), order(plan), start(plan), _model(plan), _training(plan)]
    return "\n\n".join([*parts, "\n".join(ARRAYS), ending(plan)]) + "\n"


def _model(plan: Plan) -> str:
    l2 = f", kernel_regularizer=keras.regularizers.L2({plan.l2!r} / 2)" if plan.l2 else ""
    lines = [
        'keras.config.set_floatx("float64")',
        "model = keras.Sequential([",
        f"    keras.Input(({plan.sizes[0]},)),",
    ]
    for l, neurons in enumerate(plan.sizes[1:]):
        name = "linear" if l == len(plan.activations) - 1 else plan.activations[l]
        note = "  # to its sums; what follows is in the loss" if l == len(plan.activations) - 1 else ""
        lines.append(f'    keras.layers.Dense({neurons}, activation="{name}"{l2}),{note}')
    value = LOSSES[plan.last]
    if plan.loss == "squared_error" and plan.last in SQUARED:
        value = f"0.5 * ops.sum(({SQUARED[plan.last]} - Y) ** 2, axis=1)"
    lines += [
        "])",
        "for layer, weights, biases in zip(model.layers, W, b):",
        "    layer.set_weights([weights.T, biases])",
        *(["model.layers[0].bias.trainable = False"] if plan.fixed_bias is not None else []),
        "",
        "",
        "def loss(Y, Z):",
        f"    return {value}",
    ]
    return "\n".join(lines)


def _training(plan: Plan) -> str:
    how = {"mu": repr(plan.momentum), "beta2": repr(plan.beta2), "epsilon": repr(plan.epsilon)}
    lines = [
        "",
        *rates(plan),
        *([ELSEWHERE] if plan.optimiser == "adam" else []),
        f"model.compile({OPTIMISERS[plan.optimiser].format(**how)}, loss=loss)",
        "taken = 0",
        f"for epoch in range({plan.epochs}):",
        "    visits = order(epoch)",
        f"    for first in range(0, len(visits), {plan.batch}):",
        f"        some = visits[first : first + {plan.batch}]",
        f"        model.optimizer.learning_rate = {rate(plan)}",
        "        model.train_on_batch(X[some], Y[some])",
        "        taken += 1",
    ]
    return "\n".join(lines)
