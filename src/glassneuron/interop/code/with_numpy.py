"""Scripts that train with NumPy alone: every line of the chain rule is there to read."""

from __future__ import annotations

from glassneuron.interop.code.common import beginning, ending, order, rate, rates, start
from glassneuron.interop.code.plan import Plan

FUNCTIONS = {
    "step": "(Z >= 0).astype(float)  # a sum of 0 fires",
    "sigmoid": "1 / (1 + np.exp(-Z))",
    "tanh": "np.tanh(Z)",
    "relu": "np.maximum(Z, 0)",
    "linear": "Z",
    "softmax": "np.exp(Z - Z.max(axis=1, keepdims=True)) / np.exp(Z - Z.max(axis=1, keepdims=True)).sum(axis=1, "
    "keepdims=True)",
    "winner": "np.eye(Z.shape[1])[Z.argmax(axis=1)]",
}
SLOPES = {"sigmoid": "A * (1 - A)", "tanh": "1 - A**2", "relu": "(A > 0).astype(float)", "linear": "np.ones_like(A)"}
UPDATES = {
    "sgd": ["        part -= rate * g"],
    "momentum": ["        m[p] = {mu} * m[p] + g", "        part -= rate * m[p]"],
    "nesterov": ["        m[p] = {mu} * m[p] + g", "        part -= rate * (g + {mu} * m[p])"],
    "adam": [
        "        m[p] = {mu} * m[p] + (1 - {mu}) * g",
        "        v[p] = {beta2} * v[p] + (1 - {beta2}) * g**2",
        "        part -= rate * (m[p] / (1 - {mu}**taken)) / (np.sqrt(v[p] / (1 - {beta2}**taken)) + {epsilon})",
    ],
}


def with_numpy(plan: Plan) -> str:
    """Return the text of a script."""
    if plan.optimiser == "optimum":
        return _to_the_optimum(plan)
    parts = [beginning(plan, "NumPy", "import numpy as np"), order(plan), start(plan), *map(_function, used(plan))]
    parts += [*(_slope(name) for name in dict.fromkeys(plan.activations[:-1])), _training(plan), ending(plan)]
    return "\n\n".join(parts) + "\n"


def used(plan: Plan) -> list[str]:
    """Return the activations, each once."""
    return list(dict.fromkeys(plan.activations))


def _function(name: str) -> str:
    return f"\ndef {name}(Z):\n    return {FUNCTIONS[name]}"


def _slope(name: str) -> str:
    return f"\ndef {name}_slope(A):\n    return {SLOPES[name]}"


def _training(plan: Plan) -> str:
    l2, layers = f" + {plan.l2!r} * W[{{l}}]" if plan.l2 else "", len(plan.sizes) - 1
    lines = ["", *rates(plan)]
    if plan.optimiser != "sgd":
        lines.append("m = [np.zeros_like(part) for pair in zip(W, b) for part in pair]")
    if plan.optimiser == "adam":
        lines.append("v = [np.zeros_like(part) for part in m]")
    lines += [
        "taken = 0",
        f"for epoch in range({plan.epochs}):",
        "    visits = order(epoch)",
        f"    for first in range(0, len(visits), {plan.batch}):",
        f"        some = visits[first : first + {plan.batch}]",
        f"        rate = {rate(plan)}",
        "        A0 = X[some]",
    ]
    for l, name in enumerate(plan.activations):
        lines.append(f"        A{l + 1} = {name}(A{l} @ W[{l}].T + b[{l}])")
    lines.append(f"        D = (A{layers} - Y[some]) / len(some)  # the slope of the loss at each sum")
    if plan.loss == "squared_error" and plan.last == "sigmoid":
        lines.append(f"        D = D * A{layers} * (1 - A{layers})")
    if plan.loss == "squared_error" and plan.last == "softmax":
        lines.append(f"        D = A{layers} * (D - (D * A{layers}).sum(axis=1, keepdims=True))")
    for l in reversed(range(layers)):
        lines.append(f"        gW{l}, gb{l} = D.T @ A{l}{l2.format(l=l)}, D.sum(axis=0)")
        if l:
            lines.append(f"        D = D @ W[{l}] * {plan.activations[l - 1]}_slope(A{l})")
    lines += ["        taken += 1", *_update(plan, layers)]
    return "\n".join(lines)


def _update(plan: Plan, layers: int) -> list[str]:
    holds = plan.fixed_bias is not None
    if plan.optimiser == "sgd":
        moves = [
            f"        W[{l}] -= rate * gW{l}" if part == "W" else f"        b[{l}] -= rate * gb{l}"
            for l in range(layers)
            for part in ("W" if holds else "Wb")
        ]
        return moves
    pairs = ", ".join(f"(W[{l}], gW{l}), (b[{l}], gb{l})" for l in range(layers))
    how = {"mu": repr(plan.momentum), "beta2": repr(plan.beta2), "epsilon": repr(plan.epsilon)}
    body = ["    " + line.format(**how) for line in UPDATES[plan.optimiser]]
    return [f"        for p, (part, g) in enumerate([{pairs}]):", *body]


LOSSES = {
    "sigmoid": "(np.logaddexp(0, Z) - Y * Z).sum() / len(Y)",
    "softmax": "(np.logaddexp.reduce(Z, axis=1) - (Y * Z).sum(axis=1)).mean()",
    "linear": "0.5 * ((Z - Y) ** 2).sum() / len(Y)",
}


def _to_the_optimum(plan: Plan) -> str:
    inputs, neurons = plan.sizes
    bias = "[:, -1]"
    body = [
        "",
        "def loss(theta):",
        f"    T = theta.reshape({neurons}, {inputs} + 1)",
        "    Z = X @ T[:, :-1].T + T[:, -1]",
        f"    D = ({plan.last}(Z) - Y) / len(Y)",
        "    slope = np.column_stack([D.T @ X, D.sum(axis=0)])",
        f"    value = {LOSSES[plan.last]}",
    ]
    if plan.l2:
        body.append(f"    slope[:, :-1] += {plan.l2!r} * T[:, :-1]")
        body.append(f"    value += {plan.l2!r} / 2 * (T[:, :-1] ** 2).sum()")
    if plan.fixed_bias is not None:
        body.append(f"    slope{bias} = 0")
    body += [
        "    return value, slope.ravel()",
        "",
        "",
        'how = {"maxiter": 10_000, "maxfun": 100_000, "ftol": 1e-15, "gtol": 1e-10}',
        'theta = minimize(loss, np.column_stack([W[0], b[0]]).ravel(), jac=True, method="L-BFGS-B", options=how).x',
        f"T = theta.reshape({neurons}, {inputs} + 1)",
        "W, b = [T[:, :-1]], [T[:, -1]]",
    ]
    head = beginning(plan, "NumPy and SciPy", "import numpy as np", "from scipy.optimize import minimize")
    return "\n\n".join([head, start(plan), _function(plan.last), "\n".join(body), ending(plan)]) + "\n"
